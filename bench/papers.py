"""The papers that the bench hands in: plainly synthetic, of a realistic size."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from kernel.time_zone import local_day
from kit.clock import system_clock

from bench.world import World

_FINISHED_DAYS_AGO = 36
_OPEN_DAYS = 20
_LIMITS = 20
_LATE_SHARE = 0.08
_POSTAL_SHARE = 0.2
_OPEN_SHARE = 0.1


def applicant(number: int) -> dict[str, str]:
    """Return an applicant whose numbers belong to nobody."""
    return {
        "full_name": f"Người nộp mẫu {number:06d}",
        "id_number": f"000{number:09d}",
        "phone": f"0000{number:06d}",
        "address": f"Số {number % 300}, tổ {number % 20}, khu phố mẫu, phường mẫu",
        "email": f"nguoi-nop-{number}@example.invalid",
    }


def intake(number: int, agency: str, procedure: str, *, run: str) -> dict[str, Any]:
    """Return a dossier handed in now, of twelve fields."""
    return {
        "agency_code": agency,
        "procedure_code": procedure,
        "channel": "postal" if number % 5 == 0 else "direct",
        "applicant": applicant(number),
        "subject": f"Đề nghị giải quyết hồ sơ mẫu số {number} theo quy định hiện hành",
        "components_count": 1 + number % 7,
        "external_id": f"{run}-{number}",
    }


def templates(world: World, count: int) -> Iterator[dict[str, Any]]:
    """Return histories to be multiplied: most have ended, one in ten is open."""
    chance = random.Random(1)  # noqa: S311 - the same data in every run is what is wanted
    for number in range(count):
        is_open = chance.random() < _OPEN_SHARE
        yield _history(number, world.wards[-1], world, chance, is_open=is_open)


def histories(
    world: World, agency: str, count: int, *, run: str, bad_every: int
) -> Iterator[dict[str, Any]]:
    """Return ended histories for an import; every `bad_every`th cannot be right."""
    chance = random.Random(run)  # noqa: S311 - as above
    for number in range(count):
        line = _history(number, agency, world, chance, is_open=False)
        line["external_id"] = f"{run}-{number}"
        if number % bad_every == 0:
            line["settled_at"] = "2100-01-01T00:00:00+07:00"
        yield line


def _history(
    number: int, agency: str, world: World, chance: random.Random, *, is_open: bool
) -> dict[str, Any]:
    procedure = chance.randrange(len(world.procedures))
    days_ago = chance.randrange(1, _OPEN_DAYS) if is_open else _FINISHED_DAYS_AGO + number % 7
    received = _opening_hour() - timedelta(days=days_ago) + timedelta(minutes=number % 480)
    line: dict[str, Any] = {
        "external_id": f"T-{number}",
        "agency_code": agency,
        "procedure_code": world.procedures[procedure],
        "channel": ("direct", "direct", "online", "postal")[number % 4],
        "received_at": received.isoformat(),
        "applicant": applicant(number),
        "subject": f"Đề nghị giải quyết hồ sơ mẫu số {number} theo quy định hiện hành",
    }
    if is_open:
        return {**line, "status": 2 if number % 4 else 4}
    return {**line, **_end(received, 1 + procedure % _LIMITS, chance)}


def _end(received: datetime, limit: int, chance: random.Random) -> dict[str, Any]:
    is_late = chance.random() < _LATE_SHARE
    days = limit * 7 // 5 + 3 if is_late else chance.randint(0, limit)
    settled = received + timedelta(days=days)
    return {
        "settled_at": settled.isoformat(),
        "returned_at": (settled + timedelta(hours=20)).isoformat(),
        "return_method": "postal" if chance.random() < _POSTAL_SHARE else "direct",
    }


def _opening_hour() -> datetime:
    """Return eight o'clock in the morning of today, Vietnamese time."""
    return datetime.fromisoformat(f"{local_day(system_clock())}T08:00:00+07:00")
