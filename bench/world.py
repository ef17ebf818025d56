"""The catalogue of the bench: a province with its wards, and fields with a procedure each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from tthc.calendar_file import load_calendar
from tthc.services import PROJECT

PROVINCE = "H99"
CHANNELS = ("direct", "postal", "online")

_WARDS_A_DISTRICT = 19
_SINCE = "2020-01-01"
_CALENDAR = PROJECT / "services/catalog/releases/working-calendar-2021-2026.csv"


@dataclass(frozen=True, slots=True)
class World:
    """Codes of what exists; `wards` are in the order of how much work they have."""

    districts: Sequence[str]
    wards: Sequence[str]
    procedures: Sequence[str]


def world_of(agencies: int, fields: int) -> World:
    """Return a world of so many agencies, the province and its districts among them."""
    count = max(1, round((agencies - 1) / (_WARDS_A_DISTRICT + 1)))
    districts = [f"{PROVINCE}.{number}" for number in range(1, count + 1)]
    wards = [
        f"{districts[number % count]}.{number // count + 1}"
        for number in range(agencies - 1 - count)
    ]
    return World(districts, wards, [f"1.{900_000 + number}" for number in range(fields)])


async def record_world(world: World, url: str, token: str) -> None:
    """Record the world in the catalogue, over its API."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as catalog:
        await _agency(catalog, PROVINCE, None, "province")
        for code in world.districts:
            await _agency(catalog, code, PROVINCE, "district")
        for code in world.wards:
            await _agency(catalog, code, code.rpartition(".")[0], "commune")
        for number, code in enumerate(world.procedures):
            field = {"code": f"linh-vuc-{number}", "name": f"Lĩnh vực {number}"}
            await _record(catalog, "/v1/procedure-fields", field)
            await _record(catalog, "/v1/procedures", _procedure(code, number))
    await load_calendar(_CALENDAR, url, token)


async def _agency(catalog: httpx.AsyncClient, code: str, parent: str | None, level: str) -> None:
    paper = {
        "code": code,
        "name": f"Đơn vị mẫu {code}",
        "level": level,
        "parent_code": parent,
        "valid_from": _SINCE,
        "is_sample": True,
    }
    await _record(catalog, "/v1/agencies", paper)


def _procedure(code: str, number: int) -> dict[str, Any]:
    method = {"time_limit_value": 1 + number % 20, "time_limit_unit": "working_day"}
    return {
        "code": code,
        "name": f"Thủ tục mẫu số {number} về giải quyết hồ sơ của tổ chức, cá nhân",
        "field_code": f"linh-vuc-{number}",
        "level": "commune",
        "filing_methods": [{"channel": channel, **method} for channel in CHANNELS],
        "valid_from": _SINCE,
    }


async def _record(catalog: httpx.AsyncClient, path: str, paper: dict[str, Any]) -> None:
    (await catalog.post(path, json=paper)).raise_for_status()
