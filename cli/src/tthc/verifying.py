"""Compare the counts kept ahead with the records they come from: `tthc verify figures`."""

import sys
from datetime import date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem
from tthc.services import PROJECT

app = typer.Typer(help="Prove on live data that numbers are right.", no_args_is_help=True)

_LIFETIME = timedelta(hours=1)
_PATIENCE_SECONDS = 900
_SHOWN = 50


class DifferingCell(BaseModel):
    """A count kept ahead that does not say what the records say."""

    agency_code: str
    period_code: str
    figure: str
    value: str
    counted_ahead: int
    counted_raw: int


class Verification(BaseModel):
    """What the service found."""

    windows: int
    differences: list[DifferingCell]


@app.callback()
def verify() -> None:
    """Prove on live data that numbers are right."""


@app.command()
def figures(
    agency: Annotated[str | None, typer.Option(help="Only this agency and those below it.")] = None,
    first: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="Only windows from this day on."),
    ] = None,
    last: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%d"], help="Only windows up to this day."),
    ] = None,
    url: Annotated[str, typer.Option(help="Where dossier listens.")] = "http://127.0.0.1:8002",
    token: Annotated[
        str | None,
        typer.Option(envvar="TTHC_TOKEN", help="Bearer token; by default one of the local stack."),
    ] = None,
    local: Annotated[Path, typer.Option(help="Folder of the local stack's keys.")] = (
        PROJECT / ".local"
    ),
) -> None:
    """Recount figures from the dossiers; every cell that differs is listed, and the exit code 1."""
    issuer = LocalIssuer(local / "keys")
    bearer = token or issuer.token("tthc-verify", "*", ["figures:fold"], _LIFETIME)
    headers = {"Authorization": f"Bearer {bearer}"}
    with httpx.Client(base_url=url, headers=headers, timeout=_PATIENCE_SECONDS) as client:
        found = ask(client, agency=agency, first=_day(first), last=_day(last))
    print(f"{found.windows} windows compared, {len(found.differences)} cells differ.")
    if found.differences:
        Console().print(as_table(found.differences[:_SHOWN]))
        sys.exit(1)


def ask(
    client: httpx.Client, *, agency: str | None, first: date | None, last: date | None
) -> Verification:
    """Have the service compare; it does so in one snapshot, whatever is written meanwhile.

    Raises:
        LocalProblem: no service answers there, or it refuses.
    """
    named = {"agency_code": agency, "from": first, "to": last}
    body = {name: str(value) for name, value in named.items() if value is not None}
    try:
        answer = client.post("/v1/figure-verifications", json=body)
    except httpx.TransportError as error:
        raise LocalProblem(
            f"No dossier service answers at {client.base_url} ({type(error).__name__})",
            "Start it with `make run`, or name its address with --url",
        ) from error
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise LocalProblem("The dossier service refuses to compare", answer.text)
    return Verification.model_validate_json(answer.content)


def as_table(differences: list[DifferingCell]) -> Table:
    """Lay the cells that differ out, a line each."""
    table = Table("agency", "window", "figure", "of", "counted ahead", "records say")
    for one in differences:
        table.add_row(
            one.agency_code,
            one.period_code,
            one.figure,
            one.value or "all",
            str(one.counted_ahead),
            str(one.counted_raw),
        )
    return table


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
