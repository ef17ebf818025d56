"""Databases of the services: one role and one database each, of the same name."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol

import asyncpg

from tthc.problems import LocalProblem

# Any number will do, as long as it is always the same one.
_SETTING_UP = 7_417_010


class Server(Protocol):
    """What a PostgreSQL server must say about itself, ours or somebody else's."""

    @property
    def admin_url(self) -> str:
        """Return the address for the one who may create roles and databases."""

    def url(self, database: str, role: str) -> str:
        """Return the address of `database` for `role`."""

    def password_of(self, role: str) -> str:
        """Return the password that `role` has or shall have."""


async def ensure_database(server: Server, name: str) -> str:
    """Return the address of database `name`, owned by role `name`, creating both if need be."""
    async with setting_up(server, [name]):
        return server.url(name, name)


@asynccontextmanager
async def setting_up(server: Server, names: Iterable[str]) -> AsyncIterator[None]:
    """Create what is missing of the databases `names`; no other run sets up until we are done."""
    connection = await _connect(server.admin_url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _SETTING_UP)
        for name in names:
            await _ensure(connection, server, name)
        yield
    finally:
        await connection.close()


async def revision_of(url: str) -> str | None:
    """Return the revision that the database has been migrated to, None for a new one."""
    connection = await _connect(url)
    try:
        if await connection.fetchval("SELECT to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        return revision
    finally:
        await connection.close()


async def _connect(url: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url, timeout=10)
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise LocalProblem(
            f"The database server refuses our password ({error})",
            "Correct DATABASE_URL; if it is not set, restore secrets.json or run `make clean`",
        ) from error
    except (OSError, asyncpg.PostgresError, ValueError) as error:
        reason = str(error) or type(error).__name__
        raise LocalProblem(
            f"Cannot connect to the database server ({reason})",
            "Correct DATABASE_URL, or unset it to use the embedded server",
        ) from error


async def _ensure(connection: asyncpg.Connection, server: Server, name: str) -> None:
    """Create role and database; names are our own constants and passwords are URL-safe."""
    password = server.password_of(name)
    try:
        known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
        verb = "ALTER" if known else "CREATE"
        await connection.execute(f"{verb} ROLE \"{name}\" LOGIN PASSWORD '{password}'")
        if await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
            return
        # Since PostgreSQL 16 a role that may create roles must join one to give it a database.
        if not await connection.fetchval("SELECT pg_has_role($1, 'SET')", name):
            await connection.execute(f'GRANT "{name}" TO CURRENT_USER')
        await connection.execute(
            f'CREATE DATABASE "{name}" OWNER "{name}" TEMPLATE template0 ENCODING \'UTF8\''
        )
        await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    except asyncpg.InsufficientPrivilegeError as error:
        user = await connection.fetchval("SELECT current_user")
        raise LocalProblem(
            f"The database user {user} may not create the role and database {name} ({error})",
            f'Have its administrator run: ALTER ROLE "{user}" CREATEROLE CREATEDB',
        ) from error
