"""The vocabulary of the routes' signatures: who asks, how far they see, whom we ask."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import Depends, Request, Security
from kernel.refusals import NeighbourUnavailable
from kit.auth import Actor, actor

from reporting.clients import CatalogClient
from reporting.domain.figures import ReportFigure
from reporting.domain.permissions import EVERYWHERE, Reach
from reporting.store import parts, reports, rules
from reporting.store.rules import Rules
from reporting.tables import ReportRow
from reporting.usecases import printing
from reporting.usecases.collecting import Neighbours
from reporting.usecases.printing import Printable

Reader = Annotated[Actor, Security(actor, scopes=["reports:read"])]
Writer = Annotated[Actor, Security(actor, scopes=["reports:write"])]
Sealer = Annotated[Actor, Security(actor, scopes=["reports:seal"])]
RuleKeeper = Annotated[Actor, Security(actor, scopes=["periods:write"])]


async def neighbours(request: Request) -> Neighbours:
    """Return the three services, as opened at start-up."""
    return cast("Neighbours", request.app.state.neighbours)


AskedNeighbours = Annotated[Neighbours, Depends(neighbours)]


async def catalog(known: AskedNeighbours) -> CatalogClient:
    """Return the catalogue's agencies."""
    return known.catalog


Catalog = Annotated[CatalogClient, Depends(catalog)]


async def reach_of(who: Annotated[Actor, Security(actor)], known: Catalog) -> Reach:
    """Return the actor's subtree as of now; its own agency alone while the catalogue is away."""
    if who.agency_code is None:
        return EVERYWHERE
    try:
        return Reach.of(await known.subtree(who.agency_code))
    except NeighbourUnavailable:
        return Reach.of([who.agency_code])


Within = Annotated[Reach, Depends(reach_of)]


async def loaded_rules(request: Request) -> Rules:
    """Return the rules in a transaction of its own, over before any neighbour is asked."""
    async with request.app.state.read_sessions.begin() as session:
        return await rules.rules(session)


LoadedRules = Annotated[Rules, Depends(loaded_rules)]


async def asked_report(request: Request, report_id: UUID, reach: Within) -> ReportRow:
    """Return the report's head in a transaction of its own, as above."""
    async with request.app.state.read_sessions.begin() as session:
        return await reports.report(session, report_id, reach)


AskedReport = Annotated[ReportRow, Depends(asked_report)]


async def asked_figures(request: Request, row: AskedReport) -> tuple[ReportFigure, ...]:
    """Return the report's figures in a transaction of its own, as above."""
    async with request.app.state.read_sessions.begin() as session:
        return await parts.figures(session, row.report_id)


FiguresOfReport = Annotated[tuple[ReportFigure, ...], Depends(asked_figures)]


async def asked_printable(request: Request, report_id: UUID, reach: Within) -> Printable:
    """Return the report ready to be printed, read in a transaction of its own, as above."""
    async with request.app.state.read_sessions.begin() as session:
        return await printing.printable_report(session, report_id, reach)


PrintableReport = Annotated[Printable, Depends(asked_printable)]
