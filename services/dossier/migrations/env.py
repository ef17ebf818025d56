"""Runs the migrations of the dossier service on the database named by DOSSIER_DATABASE_URL."""

import asyncio
import os

from alembic import context
from dossier.tables.everything import METADATA
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine


def _migrate(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA)
    with context.begin_transaction():
        context.run_migrations()


async def _online() -> None:
    url = make_url(os.environ["DOSSIER_DATABASE_URL"]).set(drivername="postgresql+asyncpg")
    limits = {"lock_timeout": "5000", "statement_timeout": "30000"}
    engine = create_async_engine(url, connect_args={"server_settings": limits})
    async with engine.begin() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


asyncio.run(_online())
