"""Figures for Prometheus, asked from the database at each scrape, so that all processes agree.

Labels are channel names only: nothing about a person can become a metric.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from intake.inquiries.queries import open_counts
from intake.notifications.queries import channel_health, workers_seen
from intake.storage.database import Database


def metrics_text(database: Database, *, at: datetime) -> bytes:
    """Return the figures in Prometheus' text format.

    Raises:
        Unavailable: the database does not answer.
    """
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(database, at))
    return bytes(generate_latest(registry))


class _Figures(Collector):
    def __init__(self, database: Database, at: datetime) -> None:
        self._database = database
        self._at = at

    def collect(self) -> Iterator[Metric]:
        """Yield every figure, read in one snapshot."""
        with self._database.read() as session:
            health = channel_health(session, day_start=self._at - timedelta(days=1))
            counts = open_counts(session)
        yield _by(
            "intake_outbox_waiting",
            "Messages that are not delivered yet.",
            "channel",
            {channel.name: float(channel.waiting) for channel in health},
        )
        yield _by(
            "intake_outbox_oldest_seconds",
            "Age of the oldest message that waits.",
            "channel",
            {
                channel.name: (self._at - channel.oldest_at).total_seconds()
                for channel in health
                if channel.oldest_at is not None
            },
        )
        yield _by(
            "intake_outbox_dead",
            "Messages that could not be delivered.",
            "channel",
            {channel.name: float(channel.dead) for channel in health},
        )
        yield _by(
            "intake_channel_failing",
            "1 while a channel is paused because it fails.",
            "channel",
            {channel.name: float(channel.failing_since is not None) for channel in health},
        )
        yield _by(
            "intake_inquiries_open",
            "Open inquiries.",
            "status",
            {status: float(count) for status, count in counts.items()},
        )
        alive = sum(worker.is_alive for worker in workers_seen(self._database, at=self._at))
        yield GaugeMetricFamily("intake_workers_alive", "Workers that are alive.", value=alive)


def _by(name: str, words: str, label: str, values: dict[str, float]) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family
