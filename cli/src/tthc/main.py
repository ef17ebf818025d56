"""The command line: `tthc run`, `tthc demo`, `tthc token`, `tthc load calendar`."""

import asyncio
import re
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from tthc import calendar_file, demo_data, importing, report_run, verifying
from tthc.environment import settle_environment
from tthc.homes import own_home
from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem
from tthc.recompute_due_dates import recompute_due_dates
from tthc.services import PROJECT
from tthc.session import Run, Session, run_session
from tthc.signals import Stopped, stoppable

app = typer.Typer(help=__doc__, no_args_is_help=True, pretty_exceptions_enable=False)
load = typer.Typer(help="Load files into a running service.", no_args_is_help=True)
app.add_typer(load, name="load")
app.add_typer(importing.app, name="import")
app.add_typer(verifying.app, name="verify")
app.command()(recompute_due_dates)

Local = Annotated[Path, typer.Option(help="Folder for keys, data and logs of local runs.")]
Out = Annotated[Path, typer.Option(help="Folder that the report is written to.")]

_WIDTH_OF_A_LOG = 140
_LOCAL = PROJECT / ".local"
_OUT = PROJECT / "out"
T = TypeVar("T")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@app.command()
def run(local: Local = _LOCAL, out: Out = _OUT) -> None:
    """Start everything, load the demo quarter, build the report, serve until Ctrl-C."""
    serving = asyncio.Event()

    async def work(session: Session, given: Run) -> None:
        await _report(session, given, out)
        given.console.print("Serving. Ctrl-C stops everything.")
        serving.set()
        await asyncio.Event().wait()

    try:
        _in_own_home(local, "run", work, fresh=False)
    except Stopped:
        if not serving.is_set():
            raise
        print("Stopped.")


@app.command()
def demo(local: Local = _LOCAL, out: Out = _OUT) -> None:
    """Start everything on fresh data, load the demo quarter, build the report, stop."""

    async def work(session: Session, given: Run) -> int:
        return await _report(session, given, out)

    raise typer.Exit(_in_own_home(local, "demo", work, fresh=True))


def _in_own_home(
    local: Path, kind: str, work: Callable[[Session, Run], Awaitable[T]], *, fresh: bool
) -> T:
    settle_environment()
    console = Console(width=None if sys.stdout.isatty() else _WIDTH_OF_A_LOG)
    with stoppable(), own_home(local.resolve(), kind, console) as home:
        given = Run(home, local / "keys", console, settings=demo_data.gauges())
        return run_session(given, lambda session: work(session, given), fresh=fresh)


async def _report(session: Session, given: Run, out: Path) -> int:
    issuer = LocalIssuer(given.keys)
    await demo_data.load(session.addresses, issuer, given.console)
    return await report_run.build_report(session.addresses, issuer, out, given.console)


@app.command()
def token(
    agency: Annotated[str, typer.Option(help="Agency code, or * for the whole tree.")],
    scope: Annotated[list[str], typer.Option(help="What the token allows; may be repeated.")],
    subject: Annotated[str, typer.Option(help="Who the token speaks for.")] = "officer-1",
    lifetime: Annotated[str, typer.Option(help="For how long, such as 30m, 8h or 7d.")] = "8h",
    local: Local = _LOCAL,
) -> None:
    """Print a bearer token that the services of local runs accept."""
    print(LocalIssuer(local / "keys").token(subject, agency, scope, _duration(lifetime)))


def _duration(text: str) -> timedelta:
    found = re.fullmatch(r"(\d{1,6})([smhd])", text)
    if not found:
        raise typer.BadParameter("write a number and s, m, h or d, such as 8h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@load.command()
def calendar(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV of days.")],
    url: Annotated[str, typer.Option(help="Where catalog listens.")] = "http://127.0.0.1:8001",
    local: Local = _LOCAL,
) -> None:
    """Load days off and make-up days: columns day, kind, note, decided_by, source."""
    issuer = LocalIssuer(local / "keys")
    bearer = issuer.token("tthc-load", "*", ["catalog:write"], timedelta(minutes=5))
    count = asyncio.run(calendar_file.load_calendar(file, url, bearer))
    print(f"{count} days of {file.name} are in the catalogue.")


def main() -> None:
    """Run the command; a problem of this machine ends it with one line."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot write Vietnamese shows question marks instead of failing.
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        app()
    except LocalProblem as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
    except Stopped as stopped:
        sys.exit(stopped.exit_code)
