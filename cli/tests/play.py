"""A whole run of two small services, as a process of its own that tests may stop and kill.

    python play.py LOCAL PLAYGROUND KIND PORT PORT

Prints one line of JSON when everything is up, then serves until stopped.
"""

import asyncio
import json
import os
import sys
from pathlib import Path

import asyncpg
from rich.console import Console
from tthc.environment import settle_environment
from tthc.homes import own_home
from tthc.problems import LocalProblem
from tthc.services import Service
from tthc.session import Run, Session, run_session
from tthc.signals import Stopped, stoppable


async def visits(home: Path) -> int:
    """Note one more visit in the database of `north`; return how many there were before."""
    url = (home / "north-url").read_text()
    connection = await asyncpg.connect(url)
    try:
        before = await connection.fetchval("SELECT count(*) FROM visits")
        await connection.execute("INSERT INTO visits DEFAULT VALUES")
    finally:
        await connection.close()
    return before


def main(local: Path, playground: Path, kind: str, *ports: int) -> None:
    services = [
        Service("north", ports[0], beside=playground),
        Service("south", ports[1], ("north",), beside=playground),
    ]
    settle_environment()
    console = Console(file=sys.stderr, width=200)
    with stoppable(), own_home(local, kind, console) as home:
        os.environ["URL_FILE"] = str(home / "north-url")
        run = Run(home, local / "keys", console, services)

        async def work(session: Session) -> None:
            told = {
                "home": str(home),
                "addresses": dict(session.addresses),
                "pids": {child.name: child.process.pid for child in session.children},
                "visits": await visits(home),
            }
            print(json.dumps(told), flush=True)
            await asyncio.Event().wait()

        run_session(run, work, fresh=kind == "demo")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], *map(int, sys.argv[4:]))
    except LocalProblem as problem:
        sys.exit(str(problem))
    except Stopped as stopped:
        sys.exit(stopped.exit_code)
