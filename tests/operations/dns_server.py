"""A real name server on loopback that knows what a test tells it, or says nothing at all."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

from intake.operations.names import Names

Zone = Mapping[tuple[str, str], tuple[str, ...]]  # ("clinic.example", "TXT"): texts


@contextmanager
def names_of(zone: Zone, *, is_silent: bool = False) -> Iterator[Names]:
    """Give a way to ask a name server with these records."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(0.05)
        stop = threading.Event()
        thread = threading.Thread(target=_serve, args=(server, zone, stop, is_silent), daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = server.getsockname()[1]
        try:
            yield Names(resolver)
        finally:
            stop.set()
            thread.join()


def _serve(server: socket.socket, zone: Zone, stop: threading.Event, is_silent: bool) -> None:
    while not stop.is_set():
        try:
            wire, asker = server.recvfrom(4096)
        except TimeoutError:
            continue
        if not is_silent:
            server.sendto(_reply(dns.message.from_wire(wire), zone).to_wire(), asker)


def _reply(question: dns.message.Message, zone: Zone) -> dns.message.Message:
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.RA | dns.flags.AA
    asked = question.question[0]
    name, kind = asked.name.to_text().rstrip("."), dns.rdatatype.to_text(asked.rdtype)
    if not any(known == name for known, _ in zone):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif (name, kind) in zone:
        reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *zone[name, kind]))
    return reply
