"""Asking another service: always with a time limit, a few retries, and the trace passed on."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

import httpx
import stamina
import structlog
from kernel.refusals import NeighbourUnavailable

log = structlog.get_logger()

_TIMEOUT = httpx.Timeout(10, connect=2)
_PASSING = (429, 502, 503, 504)
_ATTEMPTS = 3


class _Passing(Exception):
    """The neighbour said that trying again may help."""


class Neighbour:
    """Another service, as this one sees it; reads only, so that retrying is always safe."""

    def __init__(self, name: str, client: httpx.AsyncClient) -> None:
        self.name = name
        self._client = client

    async def get(
        self,
        path: str,
        *,
        params: Mapping[str, str | int | bool] | None = None,
        headers: Mapping[str, str] | None = None,
        accept: tuple[int, ...] = (),
    ) -> httpx.Response:
        """GET `path`; statuses other than 2xx are returned only when listed in `accept`.

        Raises:
            NeighbourUnavailable: no useful answer within the time limit and retries.
        """
        try:
            async for attempt in stamina.retry_context(
                on=(httpx.TransportError, _Passing),
                attempts=_ATTEMPTS,
                timeout=15,
                wait_initial=0.1,
                wait_max=1,
            ):
                with attempt:
                    answer = await self._client.get(
                        path, params=params, headers={**_trace(), **(headers or {})}
                    )
                    if answer.status_code in _PASSING:
                        raise _Passing
        except (httpx.TransportError, _Passing) as error:
            await log.awarning("neighbour_unavailable", neighbour=self.name, path=path)
            raise NeighbourUnavailable(neighbour=self.name) from error
        if answer.is_success or answer.status_code in accept:
            return answer
        await log.awarning(
            "neighbour_refused", neighbour=self.name, path=path, status=answer.status_code
        )
        raise NeighbourUnavailable(neighbour=self.name, status=answer.status_code)


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
        timeout=_TIMEOUT,
        transport=transport,
    ) as client:
        yield Neighbour(name, client)


def is_not_found(answer: httpx.Response) -> bool:
    """Tell whether the neighbour says that there is no such thing."""
    return answer.status_code == HTTPStatus.NOT_FOUND
