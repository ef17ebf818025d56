"""The vocabulary of route signatures: who acts, and what is asked."""

from typing import Annotated

from fastapi import Depends, Request, Security
from kit.auth import Actor, actor

from rating.clients import CatalogClient, DossierClient
from rating.usecases.scoring import Sources

SetKeeper = Annotated[Actor, Security(actor, scopes=["indicator-sets:write"])]
FigureReader = Annotated[Actor, Security(actor, scopes=["figures:read"])]
BallotOfficer = Annotated[Actor, Security(actor, scopes=["ballots:issue"])]
FeedbackOfficer = Annotated[Actor, Security(actor, scopes=["feedback:write"])]
FeedbackHandler = Annotated[Actor, Security(actor, scopes=["feedback:handle"])]
Assessor = Annotated[Actor, Security(actor, scopes=["assessments:write"])]


async def _catalog(request: Request) -> CatalogClient:
    client: CatalogClient = request.app.state.catalog
    return client


async def _dossiers(request: Request) -> DossierClient:
    client: DossierClient = request.app.state.dossiers
    return client


Catalog = Annotated[CatalogClient, Depends(_catalog)]
Dossiers = Annotated[DossierClient, Depends(_dossiers)]


async def _sources(request: Request, catalog: Catalog, dossiers: Dossiers) -> Sources:
    return Sources(request.app.state.read_sessions.begin, catalog, dossiers)


FactSources = Annotated[Sources, Depends(_sources)]
