"""Building a service: everything around the routes that the law does not care about."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy.exc
from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse
from fastapi_offline import FastAPIOffline
from kernel.periods import ReportingPeriod
from kernel.time_zone import local_day
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text
from starlette.exceptions import HTTPException  # noqa: TID251 - the layer's own answer, not a route's

from kit import errors
from kit.auth import PUBLIC, Verifier
from kit.clock import system_clock
from kit.db import create_engine, read_sessions, write_sessions
from kit.errors import UnknownParameter
from kit.hot import HotPool
from kit.observe import (
    AsgiApp,
    Measure,
    Message,
    Metrics,
    Observe,
    Receive,
    Scope,
    Send,
    configure_logging,
    refresh_gauges,
)
from kit.settings import ServiceSettings
from kit.shortcut import Shortcut, Shortcuts

Opening = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""Opens what the service needs beyond its database (clients of its neighbours) on `app.state`."""

_TRAILING_DAYS = 91
_OBJECTS_A_COLLECTION = 20_000
"""Requests leave few cycles behind; looking every 700 objects, as usual, costs a few percent."""
_METHODS = ("get", "put", "post", "delete", "patch")


def create_service(
    *,
    name: str,
    title: str,
    description: str,
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    messages: Mapping[str, str],
    migrations: Path,
    messages_en: Mapping[str, str] | None = None,
    opening: Opening | None = None,
    measure: Measure | None = None,
    streamed_paths: frozenset[str] = frozenset(),
    shortcuts: Sequence[Shortcut] = (),
) -> FastAPI:
    """Wire a service: problems, tokens, metrics, health, docs, database, lifespan.

    `migrations` is the folder whose HEAD file names the revision the database must be at.
    `streamed_paths` take bodies of any length, because they read them as a stream. `shortcuts` are
    short ways of some of the operations.
    """
    configure_logging(name, settings.log_level)
    app = FastAPIOffline(
        title=title,
        description=description,
        version="0.1.0",
        openapi_url="/openapi.json",
        lifespan=_lifespan(name, opening, measure),
        dependencies=[Depends(refuse_unknown_parameters)],
        responses=errors.DEFAULT_RESPONSES,
        # We measure and log ourselves; the framework's own would put what citizens wrote into
        # telemetry when a body does not parse, and asks each request whether anybody listens.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.settings = settings
    app.state.clock = system_clock
    app.state.verifier = Verifier(settings)
    app.state.messages = errors.Messages(messages, messages_en or {})
    app.state.metrics = Metrics()
    app.state.head = (migrations / "HEAD").read_text().strip()
    app.state.metrics_period = lambda: _metrics_period(app)
    errors.install(app)
    for router in routers:
        app.include_router(router)
    app.include_router(health)
    _document_problems(app)
    app.add_middleware(BodyLimit, limit=settings.body_limit_bytes, streamed=streamed_paths)
    if shortcuts:
        limit = settings.body_limit_bytes
        app.add_middleware(Shortcuts, shortcuts=shortcuts, body_limit=limit)
    app.add_middleware(
        Observe, service=name, metrics=app.state.metrics, log_level=settings.log_level
    )
    return app


def _lifespan(
    name: str, opening: Opening | None, measure: Measure | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings: ServiceSettings = app.state.settings
        engine = create_engine(
            settings.database_url.get_secret_value(),
            pool_size=settings.pool_size,
            application_name=name,
        )
        app.state.engine = engine
        app.state.sessions = write_sessions(engine)
        app.state.read_sessions = read_sessions(engine)
        app.state.hot = HotPool(
            settings.database_url.get_secret_value(),
            size=settings.hot_pool_size,
            application_name=f"{name}-hot",
        )
        async with AsyncExitStack() as stack:
            stack.push_async_callback(engine.dispose)
            stack.push_async_callback(app.state.hot.close)
            if opening is not None:
                await stack.enter_async_context(opening(app))
            if measure is not None and settings.metrics_agencies:
                task = asyncio.create_task(
                    refresh_gauges(
                        app,
                        measure,
                        app.state.metrics,
                        agencies=settings.metrics_agencies,
                        seconds=settings.metrics_refresh_seconds,
                    )
                )
                stack.callback(task.cancel)
            # What start-up allocated lives as long as the process; collecting it costs p99.
            gc.collect()
            gc.freeze()
            gc.set_threshold(_OBJECTS_A_COLLECTION)
            yield

    return lifespan


def _metrics_period(app: FastAPI) -> ReportingPeriod:
    """Return the window of the gauges: as set, else the trailing quarter up to today."""
    settings: ServiceSettings = app.state.settings
    last = settings.metrics_to or local_day(app.state.clock())
    first = settings.metrics_from or last - timedelta(days=_TRAILING_DAYS)
    return ReportingPeriod.between(first, last)


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse a query parameter that the operation does not have: a typo must not be ignored."""
    if not request.query_params:
        return
    known = _known_parameters(request.app)
    template = getattr(request.scope.get("route"), "path_format", "")
    allowed = known.get((request.method.lower(), template), frozenset())
    unknown = sorted(set(request.query_params) - allowed)
    if unknown:
        raise UnknownParameter(names=", ".join(unknown)[:200])


def _known_parameters(app: FastAPI) -> dict[tuple[str, str], frozenset[str]]:
    """Return the query parameters by operation, read once from the OpenAPI document."""
    if not hasattr(app.state, "query_parameters"):
        app.state.query_parameters = {
            (method, path): frozenset(
                p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"
            )
            for path, operations in app.openapi()["paths"].items()
            for method, operation in operations.items()
            if method in _METHODS
        }
    known: dict[tuple[str, str], frozenset[str]] = app.state.query_parameters
    return known


def _document_problems(app: FastAPI) -> None:
    """Add the problem document's schema, which answers refer to, to the OpenAPI document."""
    build = app.openapi

    def openapi() -> dict[str, Any]:
        document = build()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            problem = errors.Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # the framework's documented way


class BodyLimit:
    """Refuses bodies over the limit before they are held in memory: 413."""

    def __init__(self, app: AsgiApp, *, limit: int, streamed: frozenset[str]) -> None:
        self._app = app
        self._limit = limit
        self._streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http" or scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                raise HTTPException(413)
            return message

        await self._app(scope, limited, send)


health = APIRouter(tags=["health"])


@health.get("/livez", openapi_extra=PUBLIC)
async def livez() -> dict[str, str]:
    """Tell that the process runs; it asks nothing of anybody."""
    return {"status": "alive"}


@health.get("/readyz", openapi_extra=PUBLIC)
async def readyz(request: Request) -> Response:
    """Tell whether requests can be served: the database answers and its schema is current."""
    reason = await _not_ready_because(request.app)
    if reason is not None:
        return errors.problem(request, status=503, code="not_ready", details={"reason": reason})
    return Response('{"status":"ready"}', media_type="application/json")


async def _not_ready_because(app: FastAPI) -> str | None:
    try:
        async with app.state.engine.connect() as connection:
            found = await connection.execute(text("select version_num from alembic_version"))
            revision = found.scalar_one_or_none()
    except (sqlalchemy.exc.SQLAlchemyError, OSError) as error:
        return f"database: {type(error).__name__}"
    return None if revision == app.state.head else f"schema at {revision}, not {app.state.head}"


@health.get("/metrics", response_class=PlainTextResponse, openapi_extra=PUBLIC)
async def metrics(request: Request) -> Response:
    """Give Prometheus the rate, errors and duration per route, and the figures."""
    collected: Metrics = request.app.state.metrics
    return Response(collected.text(), media_type=CONTENT_TYPE_LATEST)
