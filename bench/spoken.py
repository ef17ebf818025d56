"""What the product says to its database: overheard once, then repeated by pgbench.

So the SQL floor of a request is always the product's own statements, whatever becomes of them.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path

import asyncpg

SEPARATOR = "\x1e"
"""Stands before and after the application's name on each line of the server's log."""
LOG_OPTIONS = {"log_line_prefix": f"{SEPARATOR}%a{SEPARATOR}"}

_SETTLE_SECONDS = 0.3
_SAID = re.compile(r"LOG:  duration: \S+ ms  (?:execute [^:]+|statement): (.*)", re.DOTALL)
_PARAMETER = re.compile(r"\$(\d+) = ('(?:[^']|'')*'|NULL)")
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_COUNTS = ("select", "with", "insert", "update", "delete")


class Overhearing:
    """Has the server log every statement while some requests are made."""

    def __init__(self, admin_url: str, log: Path, applications: Collection[str]) -> None:
        self._admin_url = admin_url
        self._log = log
        self._applications = applications

    async def scripts(self, requests: Sequence[Callable[[], Awaitable[object]]]) -> list[str]:
        """Return for each request a pgbench script of what it makes the product say.

        The server writes its log before it answers, so each request ends where the next begins.
        """
        await self._set("0")
        found = []
        for request in requests:
            before = self._log.stat().st_size
            await request()
            said = self._log.read_bytes()[before:].decode(errors="replace")
            found.append(as_script(self._statements(said)))
        await self._set("-1")
        return found

    async def _set(self, threshold: str) -> None:
        connection = await asyncpg.connect(self._admin_url)
        try:
            await connection.execute(f"alter system set log_min_duration_statement = {threshold}")
            await connection.execute("select pg_reload_conf()")
        finally:
            await connection.close()
        await asyncio.sleep(_SETTLE_SECONDS)

    def _statements(self, said: str) -> list[str]:
        _, *parts = said.split(SEPARATOR)
        lines = list(zip(parts[::2], parts[1::2], strict=False))
        own = [line for application, line in lines if application in self._applications]
        found = []
        for line, following in zip(own, [*own[1:], ""], strict=True):
            spoken = _SAID.fullmatch(line.strip())
            if spoken and spoken[1].lstrip().lower().startswith(_COUNTS):
                found.append(_filled(" ".join(spoken[1].split()).rstrip(";"), following))
        return found


def as_script(statements: Sequence[str]) -> str:
    """Put statements together; what they set for their transaction, they set in one."""
    script = ";\n".join(statements) + ";\n"
    return f"begin;\n{script}commit;\n" if any(map(sets, statements)) else script


def sets(statement: str) -> bool:
    """Tell whether a statement only sets something for the rest of its transaction."""
    return statement.lower().startswith("select set_config(")


def _filled(statement: str, detail: str) -> str:
    """Put the parameters in; a request overheard is repeated with its own values."""
    values = dict(_PARAMETER.findall(detail)) if detail.startswith("DETAIL:") else {}
    filled = re.sub(r"\$(\d+)", lambda place: values.get(place[1], place[0]), statement)
    return _LITERAL.sub(_plain, filled)


def _plain(literal: re.Match[str]) -> str:
    """Write a literal without the colons before letters that pgbench takes for its variables."""
    text = literal[0]
    if not re.search(r":[A-Za-z_]", text):
        return text
    return "U&" + text.replace("\\", "\\\\").replace(":", "\\003A")
