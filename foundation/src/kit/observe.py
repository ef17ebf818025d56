"""One pure ASGI layer that numbers, times, counts and logs every request."""

import asyncio
import atexit
import logging
import os
import random
import re
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

import orjson
import structlog
from fastapi import FastAPI
from kernel.figures import Figure
from kernel.periods import ReportingPeriod
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from kit.clock import system_clock
from kit.errors import PASSING

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Measure = Callable[[FastAPI, str, ReportingPeriod], Awaitable[Sequence[Figure]]]
"""Computes a service's figures for an agency and a period, for the gauges."""

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,100}")
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")
_QUIET = ("/livez", "/readyz", "/metrics")
_SERVER_ERROR = 500
_WAIT_SECONDS = 0.02

_numbers = random.Random(os.urandom(16))  # noqa: S311 - ids must differ; they may be guessed
"""A seed from the system once; asking it for each id costs a request three calls."""

_FRAMES_ONLY = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)

log = structlog.get_logger()


class _Output:
    """Standard output, many lines to a write: under load a write costs more than the line does.

    Lines wait for `_WAIT_SECONDS` at most, and for none at all after a warning or at the end.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []

    def line(self, line: str) -> None:
        """Write a line soon."""
        if not self._lines:
            asyncio.get_running_loop().call_later(_WAIT_SECONDS, self.flush)
        self._lines.append(line)

    def flush(self) -> None:
        """Write what waits, to whatever standard output is at that moment (tests replace it)."""
        if self._lines:
            together = "\n".join(self._lines)
            self._lines = []
            sys.stdout.write(f"{together}\n")
            sys.stdout.flush()


output = _Output()
atexit.register(output.flush)


class _Lines:
    """Writes what structlog has to say at once."""

    def __init__(self, *_: object) -> None:
        pass

    def msg(self, line: str) -> None:
        output.flush()
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()

    debug = info = warning = error = critical = msg


def configure_logging(service: str, level: str) -> None:
    """Write JSON lines to standard output, each with its service and request."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Never with locals: they may hold what a citizen wrote.
            structlog.processors.ExceptionRenderer(_FRAMES_ONLY),
            structlog.processors.JSONRenderer(
                serializer=lambda event, **_: orjson.dumps(event, default=str).decode()
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
        logger_factory=_Lines,
        # Several applications may live in one process (tests do), each with its own level.
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.bind_contextvars(service=service)


class Metrics:
    """The service's own registry: rate, errors and duration per route template, and figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._figure_registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests_total",
            "Requests by route template and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Time to the end of the response by route template.",
            ["method", "route"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
            registry=self.registry,
        )
        self.figures = Gauge(
            "tthc_figure",
            "Value of a figure of the control report; absent figures have no sample.",
            ["key", "agency"],
            registry=self._figure_registry,
        )
        self._figure_text = b""
        self.figure_refreshes = Counter(
            "tthc_figure_refreshes_total",
            "Refreshes of the figure gauges by outcome.",
            ["outcome"],
            registry=self.registry,
        )
        # .labels() hashes and locks on each call; children are looked up here instead.
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}

    def publish_figures(self) -> None:
        """Write the figures' part of the answer: they change once a minute, not once a scrape."""
        self._figure_text = generate_latest(self._figure_registry)

    def text(self) -> bytes:
        """Return what Prometheus reads."""
        return generate_latest(self.registry) + self._figure_text

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one finished request."""
        key = (method, route, status)
        if key not in self._children:
            self._children[key] = (
                self._requests.labels(method, route, str(status)),
                self._seconds.labels(method, route),
            )
        requests, duration = self._children[key]
        requests.inc()
        duration.observe(seconds)


class Observe:
    """The layer: request id, trace context, metrics, one log line per request."""

    def __init__(self, app: AsgiApp, *, service: str, metrics: Metrics, log_level: str) -> None:
        self._app = app
        self._service = service
        self._metrics = metrics
        self._tells = logging.getLevelNamesMapping()[log_level.upper()] <= logging.INFO

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), _SERVER_ERROR
        headers = dict(scope["headers"])
        request_id, traceparent = _request_id(headers), _traceparent(headers)
        scope["request_id"] = request_id

        async def numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = [h for h in message.get("headers", []) if h[0] != b"x-request-id"]
                message["headers"] = [*given, (b"x-request-id", request_id.encode())]
            await send(message)

        of = {"service": self._service, "request_id": request_id, "traceparent": traceparent}
        structlog.contextvars.bind_contextvars(**of)
        try:
            await self._app(scope, receive, numbered)
        finally:
            self._finish(scope, status, time.perf_counter() - started, of)

    def _finish(self, scope: Scope, status: int, seconds: float, of: Mapping[str, str]) -> None:
        route = getattr(scope.get("route"), "path_format", None) or "unmatched"
        method = scope["method"] if len(scope["method"]) < 10 else "OTHER"  # noqa: PLR2004 - real methods are shorter
        self._metrics.count(method, route, status, seconds)
        # The template, never the path or the query: they may carry codes of people's papers.
        if self._tells and route not in _QUIET:
            # The request's line looks like all others but waits for company.
            line = {
                **of,
                "event": "request",
                "method": method,
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 2),
                "level": "info",
                "timestamp": system_clock(),
            }
            output.line(orjson.dumps(line, option=orjson.OPT_UTC_Z).decode())


def _request_id(headers: dict[bytes, bytes]) -> str:
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return given if _REQUEST_ID.fullmatch(given) else f"{_numbers.getrandbits(96):024x}"


def _traceparent(headers: dict[bytes, bytes]) -> str:
    given = _TRACEPARENT.fullmatch(headers.get(b"traceparent", b"").decode("latin-1"))
    trace, flags = given.groups() if given else (f"{_numbers.getrandbits(128):032x}", "01")
    return f"00-{trace}-{_numbers.getrandbits(64):016x}-{flags}"


async def refresh_gauges(
    app: FastAPI, measure: Measure, metrics: Metrics, *, agencies: Sequence[str], seconds: float
) -> None:
    """Compute the figures of `agencies` again and again; a failure is counted and tried again."""
    while True:
        try:
            for agency in agencies:
                for figure in await measure(app, agency, app.state.metrics_period()):
                    _set_gauge(metrics, agency, figure)
            metrics.publish_figures()
            metrics.figure_refreshes.labels("ok").inc()
        except PASSING as error:
            metrics.figure_refreshes.labels("failed").inc()
            await log.awarning("figure_refresh_failed", error=type(error).__name__)
        await asyncio.sleep(seconds)


def _set_gauge(metrics: Metrics, agency: str, figure: Figure) -> None:
    if figure.dimensions or isinstance(figure.value, str):
        return
    if figure.value is None:
        if (figure.key, agency) in metrics.figures._metrics:  # noqa: SLF001 - the library has no "forget if there"
            metrics.figures.remove(figure.key, agency)
    else:
        metrics.figures.labels(figure.key, agency).set(float(figure.value))
