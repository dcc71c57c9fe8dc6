"""Where following stands, all at once: what `stream_status` prints."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isfinite

from django.utils import timezone

from config.lag import breaker_tripped, lag_seconds, not_shown
from config.songs import Song, last_song
from cqrs.stream.models import Shard


@dataclass(frozen=True, slots=True)
class ShardStatus:
    """A shard, or a segment of the table; `lag_seconds` is the time since it was last read to its end."""

    id: str
    parent: str
    segment: str
    checkpoint: str
    is_closed: bool
    holder: str
    deaths: int
    lag_seconds: float


@dataclass(frozen=True, slots=True)
class Status:
    """`lag_seconds` is the longest of its open shards', infinite where there is none; `not_shown` counts entities by
    why; `song` is the canary's last."""

    lag_seconds: float
    shards: Sequence[ShardStatus]
    not_shown: Mapping[str, int]
    breaker_open: bool
    song: Song | None

    @property
    def open(self) -> list[ShardStatus]:
        return [shard for shard in self.shards if not shard.is_closed]

    def as_json(self) -> dict[str, object]:
        """What `stream_status --json` prints; a lag that is infinite is null."""
        return {
            "lag_seconds": self.lag_seconds if isfinite(self.lag_seconds) else None,
            "shards": [asdict(shard) for shard in self.shards],
            "not_shown": dict(self.not_shown),
            "breaker_open": self.breaker_open,
            "canary": asdict(self.song) if self.song else None,
        }


def status() -> Status:
    """As Postgres has it now."""
    shards = [_shard(shard) for shard in Shard.objects.order_by("id")]
    return Status(lag_seconds(), shards, not_shown(), breaker_tripped(), last_song())


def _shard(shard: Shard) -> ShardStatus:
    return ShardStatus(
        shard.id,
        shard.parent,
        shard.segment,
        shard.checkpoint,
        shard.is_closed,
        shard.holder,
        shard.deaths,
        round((timezone.now() - shard.caught_up_at).total_seconds(), 3),
    )
