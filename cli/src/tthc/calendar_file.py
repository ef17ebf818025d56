"""Load a CSV file of days off and make-up working days into the catalogue."""

import csv
from http import HTTPStatus
from pathlib import Path

import httpx

from tthc.problems import LocalProblem

_COLUMNS = ("day", "kind", "note", "decided_by", "source")


async def load_calendar(file: Path, url: str, bearer: str) -> int:
    """Send the days of `file` as one release named after it; return how many there are.

    Raises:
        LocalProblem: the file is not such a table, or the catalogue refuses it.
    """
    days = read_days(file)
    release = {"name": file.stem, "days": days}
    headers = {"Authorization": f"Bearer {bearer}"}
    try:
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client:
            answer = await client.post("/v1/calendar-releases", json=release)
    except httpx.TransportError as error:
        raise LocalProblem(
            f"No catalogue answers at {url} ({type(error).__name__})",
            "Start it with `make run`, or name its address with --url",
        ) from error
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise LocalProblem(f"The catalogue refuses {file.name}", answer.text)
    return len(days)


def read_days(file: Path) -> list[dict[str, str]]:
    """Return the rows of `file` as the catalogue's days."""
    with file.open(encoding="utf-8-sig", newline="") as table:
        reader = csv.DictReader(table)
        missing = [name for name in _COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise LocalProblem(
                f"{file.name} lacks the columns {', '.join(missing)}",
                f"The first line names: {', '.join(_COLUMNS)}",
            )
        return [{name: row[name] for name in _COLUMNS} for row in reader]
