"""A tiny service with one resource, to see the plumbing work on a real database."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, FastAPI, Query, Request, Response, Security
from kernel.refusals import Conflict, NeighbourUnavailable
from kit.app import create_service
from kit.auth import PUBLIC, Actor, actor
from kit.clock import Now
from kit.db import ReadTx, Tx, refusing
from kit.errors import refusals
from kit.figures import AskedEvidence, AskedFigures
from kit.hot import Hot
from kit.idempotency import Once
from kit.paging import Cursor, Limit, decode_cursor, encode_cursor
from kit.preconditions import IfMatch, not_modified, require_version, set_etag
from kit.settings import ServiceSettings
from kit.wire import AgencyCodeText, Count, Day, Instant, ShortText, WireModel
from pydantic_settings import SettingsConfigDict
from sqlalchemy import text
from tthc.databases import ensure_database

SCHEMA = """
    drop table if exists notes, idempotency_keys, alembic_version;
    create table notes (
        title text constraint pk_notes primary key,
        version int not null default 1,
        twin text constraint uq_notes_twin unique deferrable initially deferred
    );
    create table idempotency_keys (
        subject text, key text, route text not null, body_digest text not null,
        answer jsonb, recorded_at timestamptz not null, primary key (subject, key)
    );
    create table alembic_version (version_num text primary key);
    insert into alembic_version values ('0001');
"""


class Settings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="NOTES_")


class TitleTaken(Conflict):
    code = "title_taken"


class NewNote(WireModel):
    title: ShortText
    twin: ShortText | None = None
    written_on: Day | None = None
    written_at: Instant | None = None
    count: Count = 0


class Note(WireModel):
    title: str
    version: int


router = APIRouter(prefix="/v1/notes")
Writer = Annotated[Actor, Security(actor, scopes=["notes:write"])]


@router.post("", status_code=201, responses=refusals(TitleTaken))
async def add(body: NewNote, by: Writer, tx: Tx, once: Once, now: Now) -> Note:
    """Add a note."""

    async def act() -> Note:
        with refusing({"pk_notes": TitleTaken(title=body.title)}):
            await tx.execute(
                text("insert into notes (title, twin) values (:title, :twin)"),
                {"title": body.title, "twin": body.twin},
            )
        return Note(title=body.title, version=1)

    return await once(act, Note)


@router.get("", openapi_extra=PUBLIC)
async def all_notes(tx: ReadTx, limit: Limit = 100, cursor: Cursor = None) -> list[str]:
    """List titles."""
    after = decode_cursor(cursor, str) or ("",)
    rows = await tx.execute(
        text("select title from notes where title > :after order by title limit :limit"),
        {"after": after[0], "limit": limit},
    )
    return [encode_cursor(row.title) for row in rows]


@router.get("/{title}", openapi_extra=PUBLIC, response_model=Note)
async def one(title: str, request: Request, response: Response, tx: ReadTx) -> Note | Response:
    """Read a note."""
    found = await tx.execute(text("select * from notes where title = :t"), {"t": title})
    note = Note.model_validate(found.one())
    return not_modified(request, response, f"n{note.version}") or note


@router.put("/{title}")
async def change(title: str, by: Writer, expected: IfMatch, tx: Tx, response: Response) -> Note:
    """Change a note."""
    found = await tx.execute(
        text("select version from notes where title = :t for update"), {"t": title}
    )
    actual = found.scalar_one()
    require_version(expected, actual)
    await tx.execute(text("update notes set version = version + 1 where title = :t"), {"t": title})
    set_etag(response, actual + 1)
    return Note(title=title, version=actual + 1)


@router.delete("", openapi_extra=PUBLIC)
async def write_in_a_read_transaction(tx: ReadTx) -> None:
    """Try to write where only reading is allowed."""
    await tx.execute(text("delete from notes"))


odd = APIRouter(prefix="/v1/odd")


@odd.get("/hot", openapi_extra=PUBLIC)
async def hot(connection: Hot) -> int:
    """Ask on a plain connection."""
    return int(await connection.fetchval("select 42"))


@odd.get("/dying", openapi_extra=PUBLIC)
async def dying(connection: Hot) -> None:
    """Ask on a connection to which its server has just said farewell."""
    raise asyncpg.InternalClientError


@odd.get("/unreachable", openapi_extra=PUBLIC)
async def unreachable() -> None:
    """Wait for a connection in vain."""
    raise TimeoutError


@odd.get("/bug", openapi_extra=PUBLIC)
async def bug() -> None:
    """Fail."""
    raise ZeroDivisionError


@odd.get("/away", openapi_extra=PUBLIC)
async def away() -> None:
    """Be without a neighbour."""
    raise NeighbourUnavailable(neighbour="catalog")


@odd.get("/slow", openapi_extra=PUBLIC)
async def slow(tx: Tx) -> None:
    """Be stopped by the database."""
    await tx.execute(text("set local statement_timeout = 20"))
    await tx.execute(text("select pg_sleep(5)"))


@odd.get("/agency", openapi_extra=PUBLIC)
async def agency(code: Annotated[AgencyCodeText, Query()]) -> str:
    """Echo a code."""
    return code


@odd.get("/figures", openapi_extra=PUBLIC)
async def figures(asked: AskedFigures) -> dict[str, str]:
    """Echo a question."""
    return asked.parameters() | {"by": asked.by or ""}


@odd.get("/evidence", openapi_extra=PUBLIC)
async def evidence(asked: AskedEvidence) -> dict[str, str]:
    """Echo a question."""
    return {"field": asked.figures.procedure_field or "", "limit": str(asked.limit)}


@pytest.fixture(scope="session")
def notes_url(postgres):
    with asyncio.Runner() as runner:
        return runner.run(ensure_database(postgres, "notes"))


@pytest.fixture(scope="session")
def migrations(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("migrations")
    (folder / "HEAD").write_text("0001\n")
    return folder


@pytest.fixture
async def app(notes_url, issuer, migrations) -> AsyncIterator[FastAPI]:
    settings = Settings(
        database_url=notes_url, jwks_file=issuer.jwks_file, body_limit_bytes=100_000
    )
    app = create_service(
        name="notes",
        title="Notes",
        description="Notes.",
        settings=settings,
        routers=[router, odd],
        messages={"title_taken": "Đã có ghi chú {title}."},
        messages_en={"title_taken": "There is a note {title}."},
        migrations=migrations,
        streamed_paths=frozenset({"/v1/streamed"}),
    )
    async with app.router.lifespan_context(app):
        async with app.state.engine.connect() as connection:
            raw = await connection.get_raw_connection()
            await raw.driver_connection.execute(SCHEMA)
        yield app


@pytest.fixture
async def client(app) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://notes") as client:
        yield client
