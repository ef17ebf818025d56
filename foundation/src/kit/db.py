"""Transactions: the only `commit` of the repository, and it comes before the response leaves."""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import asyncpg
import sqlalchemy.exc
from fastapi import Depends, Request
from kernel.refusals import Refusal
from sqlalchemy import event
from sqlalchemy.engine import AdaptedConnection, make_url
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have names so that `refusing` can translate them."""


def create_engine(url: str, *, pool_size: int, application_name: str) -> AsyncEngine:
    """Open a pool on PostgreSQL; statements and lock waits are bounded on the server's side."""
    engine = create_async_engine(
        make_url(url).set(drivername="postgresql+asyncpg"),
        pool_size=pool_size,
        # A connection beyond the pool would be dialled, used once and thrown away.
        max_overflow=0,
        pool_timeout=10,
        connect_args={
            "timeout": 5,
            "server_settings": server_settings(application_name),
        },
    )
    event.listen(engine.sync_engine, "checkout", _only_open)
    return engine


def _only_open(connection: AdaptedConnection, *_: object) -> None:
    """Have the pool dial anew where the server went away while connections lay in it."""
    if connection.driver_connection.is_closed():
        raise sqlalchemy.exc.InvalidatePoolError


def server_settings(application_name: str) -> dict[str, str]:
    """Return what every connection asks of the server for itself."""
    return {
        "application_name": application_name,
        "statement_timeout": "30000",
        "lock_timeout": "10000",
        "idle_in_transaction_session_timeout": "60000",
        "timezone": "UTC",
    }


def write_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Build the sessions of `Tx`."""
    return async_sessionmaker(engine, expire_on_commit=False)


def read_sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    """Build the sessions of `ReadTx`: read only, one snapshot for all statements of a request."""
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return async_sessionmaker(snapshot, expire_on_commit=False)


async def transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Commit after the endpoint and before the response leaves; roll back on any error."""
    async with request.app.state.sessions.begin() as session:
        yield session


async def read_transaction(request: Request) -> AsyncIterator[AsyncSession]:
    """Give one read-only snapshot; a write in it is refused by the database."""
    async with request.app.state.read_sessions.begin() as session:
        yield session


Tx = Annotated[AsyncSession, Depends(transaction, scope="function")]
ReadTx = Annotated[AsyncSession, Depends(read_transaction, scope="function")]


@contextmanager
def refusing(translations: Mapping[str, Refusal]) -> Iterator[None]:
    """Translate a violated constraint, by its name, into the refusal it stands for.

    The surrounding transaction is lost, as it must be: the refusal ends the request.
    """
    try:
        yield
    except sqlalchemy.exc.IntegrityError as error:
        name = _constraint_name(error.orig)
        if name in translations:
            raise translations[name] from error
        raise
    except asyncpg.IntegrityConstraintViolationError as error:
        name = _constraint_name(error)
        if name in translations:
            raise translations[name] from error
        raise


def _constraint_name(error: BaseException | None) -> str:
    while error is not None:
        name = getattr(error, "constraint_name", None)
        if isinstance(name, str):
            return name
        error = error.__cause__
    return ""
