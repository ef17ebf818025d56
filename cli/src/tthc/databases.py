"""Databases of the services: one role and one database each, of the same name."""

import asyncpg

from tthc.postgres import PostgresServer


async def ensure_database(server: PostgresServer, name: str) -> str:
    """Return the address of database `name`, owned by role `name`, creating both if need be."""
    connection = await asyncpg.connect(server.admin_url)
    try:
        await _ensure(connection, name, server.passwords.of(name))
    finally:
        await connection.close()
    return server.url(name, name)


async def _ensure(connection: asyncpg.Connection, name: str, password: str) -> None:
    # Names are our own constants and passwords are URL-safe, so quoting is plain.
    known = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name)
    verb = "ALTER" if known else "CREATE"
    await connection.execute(f"{verb} ROLE \"{name}\" LOGIN PASSWORD '{password}'")
    if not await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await connection.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
        await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
