"""Asking another service: always with a time limit, a few retries, and the trace passed on."""

import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import stamina
import structlog
from kernel.refusals import NeighbourUnavailable

log = structlog.get_logger()

_PASSING = (429, 502, 503, 504)
_CONNECT_SECONDS = 2
_AWAY_SECONDS = 3
"""How long a neighbour found away is taken to stay so."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a question is put, and how long each time the answer may take."""

    attempts: int
    seconds: float

    @property
    def timeout(self) -> httpx.Timeout:
        """Return the time limits of one attempt."""
        return httpx.Timeout(self.seconds, connect=min(self.seconds, _CONNECT_SECONDS))


PATIENT = Patience(attempts=3, seconds=10)
BRIEF = Patience(attempts=1, seconds=1)
"""For those who have an older answer to go on with."""


class _Passing(Exception):
    """The neighbour said that trying again may help."""


_AWAY = (_Passing, httpx.TimeoutException, httpx.ConnectError)
"""Nobody at the door. A connection that broke off is not among them: the next one may hold."""


class Neighbour:
    """Another service, as this one sees it; reads only, so that retrying is always safe.

    For a few seconds after it was found to be away, those who are brief are refused unasked, so
    that an outage costs them no time; the others, who have nothing else to go by, try once.
    """

    def __init__(
        self,
        name: str,
        client: httpx.AsyncClient,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name
        self._client = client
        self._clock = clock
        self._away_until = clock()

    async def get(
        self,
        path: str,
        *,
        params: Mapping[str, str | int | bool] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (),
        patience: Patience = PATIENT,
    ) -> httpx.Response:
        """GET `path`; statuses other than 2xx are returned only when listed in `accept`.

        Raises:
            NeighbourUnavailable: no useful answer within the patience.
        """
        is_away = self._clock() < self._away_until
        if is_away and patience == BRIEF:
            raise NeighbourUnavailable(neighbour=self.name)
        request = self._client.build_request(
            "GET",
            path,
            params=params,
            headers={**_trace(), **(headers or {})},
            timeout=patience.timeout,
        )
        try:
            answer = await self._send(request, 1 if is_away else patience.attempts)
        except (httpx.TransportError, _Passing) as error:
            if isinstance(error, _AWAY):
                self._away_until = self._clock() + _AWAY_SECONDS
            await log.awarning("neighbour_unavailable", neighbour=self.name, path=path)
            raise NeighbourUnavailable(neighbour=self.name) from error
        self._away_until = self._clock()
        if answer.is_success or answer.status_code in accept:
            return answer
        await log.awarning(
            "neighbour_refused", neighbour=self.name, path=path, status=answer.status_code
        )
        raise NeighbourUnavailable(neighbour=self.name, status=answer.status_code)

    async def _send(self, request: httpx.Request, attempts: int) -> httpx.Response:
        async for attempt in stamina.retry_context(
            on=(httpx.TransportError, _Passing),
            attempts=attempts,
            timeout=15,
            wait_initial=0.1,
            wait_jitter=0.1,
            wait_max=1,
        ):
            with attempt:
                answer = await self._client.send(request)
                if answer.status_code in _PASSING:
                    raise _Passing
        return answer


def _trace() -> dict[str, str]:
    """Return the headers that let one citizen's request be followed through all services."""
    bound = structlog.contextvars.get_contextvars()
    headers = {}
    if "request_id" in bound:
        headers["X-Request-ID"] = str(bound["request_id"])
    if "traceparent" in bound:
        headers["traceparent"] = str(bound["traceparent"])
    return headers


@asynccontextmanager
async def neighbour(
    name: str, base_url: str, token: str, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Neighbour]:
    """Open a client of the service `name`; tests hand in the transport of the real app."""
    async with httpx.AsyncClient(
        base_url=base_url,
        headers={"Authorization": f"Bearer {token}"},
        transport=transport,
    ) as client:
        yield Neighbour(name, client)


def is_not_found(answer: httpx.Response) -> bool:
    """Tell whether the neighbour says that there is no such thing."""
    return answer.status_code == HTTPStatus.NOT_FOUND
