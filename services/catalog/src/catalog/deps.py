"""The vocabulary of the catalogue's signatures."""

import hashlib
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request, Response, Security
from kernel.time_zone import local_day
from kit.auth import Actor, actor
from kit.clock import Now
from kit.preconditions import not_modified
from kit.wire import AgencyCodeText, Day, ProcedureCodeText, WireModel

CatalogKeeper = Annotated[Actor, Security(actor, scopes=["catalog:write"])]
FiguresReader = Annotated[Actor, Security(actor, scopes=["figures:read"])]

AgencyCode = Annotated[AgencyCodeText, Path(alias="code", description="Code of the agency.")]
ProcedureCode = Annotated[
    ProcedureCodeText, Path(alias="code", description="National code of the procedure.")
]


async def _on(
    now: Now,
    on: Annotated[Day | None, Query(description="As of this day; today if absent.")] = None,
) -> date:
    return on or local_day(now)


OnDay = Annotated[date, Depends(_on)]

COPIED: dict[int | str, dict[str, Any]] = {304: {"description": "The client's copy is fresh."}}
"""`responses=` of what others copy."""


class Freshness:
    """Answers 304 to a client whose copy is the same paper as the one it would get."""

    def __init__(self, request: Request, response: Response) -> None:
        self._request = request
        self._response = response

    def __call__(self, paper: WireModel) -> WireModel | Response:
        """Return `paper` with its tag, or the empty answer that says it has not changed."""
        tag = hashlib.sha256(paper.model_dump_json().encode()).hexdigest()[:32]
        return not_modified(self._request, self._response, tag) or paper


Fresh = Annotated[Freshness, Depends(Freshness)]
