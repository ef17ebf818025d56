"""Drive a recomputation of due dates to its end, however often it is broken off."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem
from tthc.services import PROJECT

_RUNS = "/v1/due-date-recomputations"
_PATIENCE = httpx.Timeout(60, connect=5)
_BETWEEN_LOOKS = 2.0
_TRIES = 5
_PASSING = (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.SERVICE_UNAVAILABLE)

Run = Mapping[str, Any]
Day = datetime | None


def recompute_due_dates(
    first_day: Annotated[
        Day, typer.Option("--from", formats=["%Y-%m-%d"], help="First day that changed.")
    ] = None,
    last_day: Annotated[
        Day, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day that changed.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why; the event of each dossier repeats it.")] = "",
    decided_by: Annotated[str | None, typer.Option(help="Who decreed it.")] = None,
    resume: Annotated[str | None, typer.Option(help="Id of a run to take up again.")] = None,
    agency: Annotated[str, typer.Option(help="Province code, or * for the whole tree.")] = "*",
    batch: Annotated[int, typer.Option(min=1, max=1_000, help="Dossiers a batch.")] = 500,
    url: Annotated[str, typer.Option(help="Where dossier listens.")] = "http://127.0.0.1:8002",
    local: Annotated[Path, typer.Option(help="Folder with the local keys.")] = PROJECT / ".local",
) -> None:
    """Move open due dates after a day off was decreed late; load the calendar before."""
    asked = _asked(first_day, last_day or first_day, reason, decided_by)
    if (asked is None) == (resume is None):
        raise typer.BadParameter("give --from and --reason to begin, or --resume to go on")
    issuer = LocalIssuer(local / "keys")
    bearer = issuer.token("tthc-recompute", agency, ["calendar:apply"], timedelta(hours=8))
    headers = {"Authorization": f"Bearer {bearer}"}
    with httpx.Client(base_url=url, headers=headers, timeout=_PATIENCE) as client:
        run = begin(client, asked) if asked is not None else look(client, str(resume))
        print(f"Run {run['run_id']} (take it up again with --resume {run['run_id']})")
        with _bar() as progress:
            task = progress.add_task("Due dates", total=run["expected_count"] or None)
            run = drive(
                client,
                run,
                batch,
                show=lambda now: progress.update(task, completed=now["done_count"]),
            )
    print(f"{run['done_count']} dossiers looked at, {run['changed_count']} due dates moved.")


def begin(client: httpx.Client, asked: Mapping[str, str]) -> Run:
    """Begin a run."""
    return _answer(client, "POST", _RUNS, json=asked)


def look(client: httpx.Client, run_id: str) -> Run:
    """Return how far a run is."""
    return _answer(client, "GET", f"{_RUNS}/{run_id}")


def drive(
    client: httpx.Client,
    run: Run,
    batch: int,
    *,
    show: Callable[[Run], None],
    wait: Callable[[float], None] = time.sleep,
) -> Run:
    """Work batch after batch until the run is done; nothing is lost by stopping in between.

    A batch that moves nothing on means that another driver is at work, or that copies of the old
    calendar are still in use somewhere: both pass.
    """
    while run["state"] != "done":
        path = f"{_RUNS}/{run['run_id']}/batches"
        following = _patient(client, path, {"size": batch}, wait)
        if following == run:
            wait(_BETWEEN_LOOKS)
        run = following
        show(run)
    return run


def _patient(
    client: httpx.Client, path: str, params: Mapping[str, int], wait: Callable[[float], None]
) -> Run:
    """Post, again when an act or an absent neighbour was in the way."""
    for _ in range(_TRIES - 1):
        try:
            answer = client.post(path, params=dict(params))
        except httpx.TransportError:
            wait(_BETWEEN_LOOKS)
            continue
        if answer.status_code not in _PASSING:
            return _read(answer)
        wait(_BETWEEN_LOOKS)
    return _answer(client, "POST", path, params=dict(params))


def _answer(client: httpx.Client, method: str, path: str, **options: Any) -> Run:
    try:
        return _read(client.request(method, path, **options))
    except httpx.TransportError as error:
        raise LocalProblem(
            f"No dossier service answers at {client.base_url} ({type(error).__name__})",
            "Start it with `make run`, or name its address with --url",
        ) from error


def _read(answer: httpx.Response) -> Run:
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise LocalProblem("The dossier service refuses", answer.text)
    run: Run = answer.json()
    return run


def _asked(
    first_day: Day, last_day: Day, reason: str, decided_by: str | None
) -> dict[str, str] | None:
    if first_day is None or last_day is None or not reason:
        return None
    asked = {
        "reason": reason,
        "first_day": first_day.date().isoformat(),
        "last_day": last_day.date().isoformat(),
    }
    return asked if decided_by is None else {**asked, "decided_by": decided_by}


def _bar() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=Console())
