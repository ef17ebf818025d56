"""Ids in the order of time: rows that come together lie together in every index of theirs."""

import secrets
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from uuid import UUID

from asyncpg.pgproto import pgproto

_MILLISECONDS = 1_000
_VERSION = 7 << 76
_VARIANT = 2 << 62


def time_ordered_ids(now: datetime) -> Iterator[UUID]:
    """Give ids of version 7 from `now` on: a random one, then one after the other.

    They name rows and keep no secret, so a batch needs to be unlike others only where it starts.
    """
    start = int(now.timestamp() * _MILLISECONDS) << 80 | _VERSION | secrets.randbits(12) << 64
    start |= _VARIANT | secrets.randbits(61)
    return map(_id, count(start))


def _id(number: int) -> UUID:
    # The driver's own kind of id: the same thing, made in a tenth of the time.
    made: UUID = pgproto.UUID(number.to_bytes(16))
    return made
