"""Speak to the reporting service as the officer who writes and seals a report."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeAlias

import httpx

from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem

Json: TypeAlias = dict[str, Any]

_SCOPES = ("reports:read", "reports:write", "reports:seal")
_TOKEN_LIFETIME = timedelta(minutes=10)
_PATIENCE = httpx.Timeout(60, connect=5)


class ReportDesk:
    """The reports of one agency, through HTTP."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def draft(self, period: Json) -> Json:
        """Return the report of `period`: the one that is there, or a new draft."""
        path = f"/v1/reports?agency={period['agency_code']}"
        heads = (await self._ask("GET", path)).json()["items"]
        wanted = {name: period[name] for name in ("scheme", "kind", "year", "number")}
        for head in heads:
            if wanted.items() <= head["period"].items():
                return await self.report(head["report_id"])
        opened = (await self._ask("POST", "/v1/reports", body=period)).json()
        return await self.report(opened["report_id"])

    async def report(self, report_id: str) -> Json:
        """Return the whole report."""
        report: Json = (await self._ask("GET", f"/v1/reports/{report_id}")).json()
        return report

    async def write(self, report: Json, texts: Mapping[str, str]) -> None:
        """Write the narrative sections that the report does not have yet as they are here."""
        written = {each["section"]: each for each in report["narratives"]}
        for section, text in texts.items():
            there = written.get(section, {"version": 0, "text": ""})
            if there["text"] != text:
                path = f"/v1/reports/{report['report_id']}/narratives/{section}"
                await self._ask("PUT", path, body={"text": text}, version=there["version"])

    async def state(self, report: Json, stated: Json) -> None:
        """Attach the figures that somebody typed to the report as it now is."""
        path = f"/v1/reports/{report['report_id']}"
        version = (await self.report(report["report_id"]))["version"]
        await self._ask("POST", f"{path}/stated-figures", body=stated, version=version)

    async def collect(self, report: Json) -> Json:
        """Collect the figures from the record keepers; return the report as it then is."""
        await self._ask("POST", f"/v1/reports/{report['report_id']}/collections", body={})
        return await self.report(report["report_id"])

    async def seal(self, report: Json) -> Json:
        """Seal the report as it was read."""
        path = f"/v1/reports/{report['report_id']}/seal"
        sealed: Json = (await self._ask("POST", path, version=report["version"])).json()
        return sealed

    async def document(self, report: Json, kind: str) -> bytes:
        """Return the report as a file."""
        path = f"/v1/reports/{report['report_id']}/document?format={kind}"
        return (await self._ask("GET", path)).content

    async def _ask(
        self, method: str, path: str, *, body: Json | None = None, version: int | None = None
    ) -> httpx.Response:
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        try:
            answer = await self._client.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise LocalProblem(
                f"{method} {path} got no answer ({type(error).__name__})", "See the logs"
            ) from error
        if answer.status_code >= HTTPStatus.BAD_REQUEST:
            raise LocalProblem(
                f"{method} {path} was refused: {answer.status_code} {_reason(answer)}",
                "See the logs",
            )
        return answer


def _reason(answer: httpx.Response) -> str:
    try:
        return json.dumps(answer.json(), ensure_ascii=False)
    except ValueError:
        return answer.text


@asynccontextmanager
async def report_desk(url: str, issuer: LocalIssuer, agency: str) -> AsyncIterator[ReportDesk]:
    """Open the desk of `agency`."""
    bearer = issuer.token("demo-officer", agency, _SCOPES, _TOKEN_LIFETIME)
    headers = {"Authorization": f"Bearer {bearer}"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=_PATIENCE) as client:
        yield ReportDesk(client)
