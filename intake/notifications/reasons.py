"""Why a message went no further, in plain English for staff; by the codes that the queue stores.

The one place for these sentences: whoever adds a code to a channel adds its words here, and a test
finds the code that has none. Each says what is so and, where staff can do something, what. No
address stands in any of it.
"""

from collections.abc import Mapping
from types import MappingProxyType

WORDS: Mapping[str, str] = MappingProxyType(
    {
        "dns": "the name of the mail server cannot be found",
        "refused": "the mail server refuses connections",
        "no_answer": "the mail server does not answer in time",
        "hung_up": "the mail server closed the connection",
        "unreachable": "the mail server cannot be reached",
        "busy": "the mail server says it is too busy (421)",
        "greeting_refused": "the mail server turned us away in its greeting",
        "not_offered": "the mail server offers no encryption or no sign-in",
        "certificate": "the certificate of the mail server is not trusted",
        "tls": "no encrypted connection could be made",
        "sign_in_refused": "the mail server refuses our user name or password",
        "disk": "the file could not be written",
        "console": "the terminal is closed",
        "recipient_refused": "the mail server refused the address",
        "sender_refused": "the mail server refused our sender address",
        "content_refused": "the mail server refused the message",
        "timed_out": "the mail server stopped answering half-way",
        "garbage": "the mail server answered with nonsense",
        "bad_address": "the address is not one that mail can be sent to",
        "address_not_supported": "the mail server cannot send to this address",
        "cannot_render": "the words of this message could not be made",
        "own_fault": "an error in this program",
        "worker_lost": "the worker was lost five times while sending this",
        "address_limit": "this address had enough automatic messages for now",
        "suppressed": "this address asked for no more messages",
        "database": "the database was busy",
        "waits_hourly": "it waits for the reader's hourly digest",
        "waits_daily": "it waits for the reader's daily digest",
        "too_many": "the reader had 60 messages in an hour; it waits for a digest",
        "in_digest": "it was told in a digest",
        "quiet_hours": "it waits for the end of the reader's quiet hours",
        "texts_off": "texts to people are switched off",
        "text_hours": "it is night where the person lives; texts go out between 8 and 21 o'clock",
        "stand_in_hears": "the member is away; who stands in was told anyway",
        "member_inactive": "the member works here no more, and nobody stands in",
        "notify_missing": "chat and SMS need the extra [notify], which is not installed",
        "notify_busy": "the chat or SMS service says it is too busy",
        "notify_unreachable": "the chat or SMS service cannot be reached",
        "notify_failed": "the chat or SMS service did not take the message this time",
        "notify_timed_out": "the chat or SMS service did not answer in time",
        "notify_refused": "the chat or SMS service refuses the address or the key",
        "service_unknown": "the address names no chat or SMS service that can be used",
        "service_incomplete": "the address of the chat or SMS service lacks a part",
        "service_other_host": "the address leads to another host than the service's own",
        "service_option": "the address has an option that is not allowed",
        "address_characters": "the address has characters that cannot stand in one",
        "endpoint_dns": "the name of the receiving system cannot be found",
        "endpoint_refused_connection": "the receiving system refuses connections",
        "endpoint_no_answer": "the receiving system does not answer in time",
        "endpoint_unreachable": "the receiving system cannot be reached",
        "endpoint_certificate": "the certificate of the receiving system is not trusted",
        "endpoint_tls": "no encrypted connection to the receiving system could be made",
        "endpoint_busy": "the receiving system asks us to wait (429 or 503)",
        "endpoint_timed_out": "the receiving system stopped answering half-way",
        "endpoint_hung_up": "the receiving system closed the connection",
        "endpoint_garbage": "the receiving system answered with nonsense",
        "endpoint_failed": "the receiving system had an error of its own",
        "endpoint_refused": "the receiving system refused the message; check its address",
        "endpoint_not_permitted": "the receiving system does not accept our signature (401 or 403)",
        "endpoint_redirects": "the receiving system has moved; enter its new address",
        "endpoint_gone": "the receiving system asked for no more messages (410); it is off now",
        "url_missing": "this receiving system has no address; enter one",
        "url_too_long": "the address of the receiving system is too long; enter a shorter one",
        "url_characters": "the address of the receiving system has characters that cannot stand in"
        " one; enter it again",
        "url_not_https": "the address of the receiving system does not begin with https://; nothing"
        " is sent unencrypted",
        "url_sign_in": "the address of the receiving system holds a user name; take it out",
        "url_port": "the address of the receiving system names a port; only port 443 is used",
        "url_fragment": "the address of the receiving system has a # in it; take it out",
        "url_number": "the address of the receiving system is a number; enter its name",
        "url_local": "the address of the receiving system is one of a private network; nothing was"
        " sent",
        "url_host": "the address of the receiving system is not whole; enter it again",
        "endpoint_disabled": "this receiving system is switched off",
        "endpoint_removed": "this receiving system was removed",
        "address_private": "the name leads into a private network; nothing was sent",
        "proxy_unreachable": "the egress proxy cannot be reached",
        "proxy_refused": "the egress proxy refuses to connect",
        "imap_dns": "the name of the IMAP server cannot be found",
        "imap_closed": "the IMAP server refuses connections",
        "imap_refused": "the IMAP server refuses what we ask of it",
        "imap_no_answer": "the IMAP server does not answer in time",
        "imap_certificate": "the certificate of the IMAP server is not trusted",
        "imap_tls": "no encrypted connection to the IMAP server could be made",
        "imap_sign_in_refused": "the IMAP server refuses our user name or password",
        "imap_folder": "the IMAP server does not let us read the folder",
        "imap_away": "the IMAP server stopped answering",
        "not_closed": "the closing was taken back before this could be sent",
        "attempt_taken_back": "the call it tells of was taken back",
        "answered_meanwhile": "it was answered before this could be sent",
        "well_again": "it was well again before this could be sent",
        "lease_lost": "another worker took this message over",
        "cancelled_by_staff": "a member of staff took it back",
        "made_up": "it belonged to a made-up inquiry",
        "erased": "the inquiry was erased",
        "closed": "the inquiry was closed",
        "inquiry_gone": "the inquiry is not there any more",
        "no_address": "the person gave no address for this",
        "link_spent": "its one-time link was used or replaced meanwhile",
        "permission_withdrawn": "the person took back the permission to write to them",
        "recipient_unknown": "the reader is not there any more",
        "no_contact": "no address is set for this contact",
    }
)


TO_DO: Mapping[str, str] = MappingProxyType(
    {
        "dns": "Check smtp.host",
        "refused": "Check smtp.host and smtp.port",
        "no_answer": "Check smtp.host and smtp.port, and whether a firewall stands between",
        "unreachable": "Check smtp.host, and whether this machine has a network",
        "hung_up": "Check smtp.port and smtp.security: starttls goes with 587, tls with 465",
        "garbage": "Check smtp.port and smtp.security: starttls goes with 587, tls with 465",
        "not_offered": "Check smtp.security, and whether smtp.username is wanted there",
        "certificate": "Check that smtp.host is the name in the certificate; for an authority of"
        " your own set smtp.ca_file",
        "tls": "Check smtp.port and smtp.security: starttls goes with 587, tls with 465",
        "sign_in_refused": "Check smtp.username and smtp.password",
        "greeting_refused": "Ask who runs the mail server whether this machine may use it",
        "disk": "Check that there is room, and that the data folder can be written",
        "notify_missing": "Run: pip install 'clinic-intake[notify]'",
        "endpoint_dns": "Check its address",
        "endpoint_certificate": "Ask who runs that system to renew it",
        "proxy_unreachable": "Check webhooks.proxy",
        "proxy_refused": "Ask who runs the proxy to let this machine connect to port 443",
        "imap_dns": "Check imap.host",
        "imap_closed": "Check imap.host and imap.port",
        "imap_refused": "Check imap.folder, and what this user may do there",
        "imap_no_answer": "Check imap.host and imap.port, and whether a firewall stands between",
        "imap_certificate": "Check that imap.host is the name in the certificate; for an authority"
        " of your own set imap.ca_file",
        "imap_tls": "Check imap.port and imap.security: tls goes with 993, starttls with 143",
        "imap_sign_in_refused": "Check imap.username and imap.password",
        "imap_folder": "Check imap.folder",
        "imap_away": "Check imap.host, imap.port and imap.security",
    }
)


def what_to_do(code: str | None) -> str:
    """Return what an operator can do about a channel or a mailbox; empty where it is to wait."""
    return TO_DO.get(code or "", "")


def in_words(code: str | None) -> str | None:
    """Return what a code means; a code that nobody explained is better than nothing."""
    return None if code is None else WORDS.get(code, code.replace("_", " "))
