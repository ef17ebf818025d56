"""The desk of ballots: tokens for officers, casting for everybody who holds one."""

from fastapi import APIRouter
from kernel.refusals import NeighbourUnavailable
from kit.auth import PUBLIC
from kit.clock import Now
from kit.db import Tx
from kit.errors import refusals
from kit.idempotency import Once

from rating.deps import BallotOfficer, Catalog, Dossiers
from rating.domain.errors import CastBeforeSettlement, InTheFuture, SpentToken, UnknownToken
from rating.schemas.ballots import BallotPaper, CastBallot, IssuedTokens, IssueTokens
from rating.usecases import ballots

router = APIRouter(prefix="/v1", tags=["ballots"])


@router.post("/ballot-tokens", responses=refusals(NeighbourUnavailable))
async def issue_tokens(
    body: IssueTokens,
    officer: BallotOfficer,
    tx: Tx,
    catalog: Catalog,
    dossiers: Dossiers,
    now: Now,
) -> IssuedTokens:
    """Issue one-time ballot tokens for ended dossiers; asking again voids the unspent ones."""
    return await ballots.issue_tokens(
        tx, catalog, dossiers, by=officer, now=now, dossier_codes=body.dossier_codes
    )


@router.post(
    "/ballots",
    status_code=201,
    openapi_extra=PUBLIC,
    responses=refusals(UnknownToken, SpentToken, InTheFuture, CastBeforeSettlement),
)
async def cast_ballot(body: CastBallot, tx: Tx, once: Once, now: Now) -> BallotPaper:
    """Cast a ballot with a one-time token; nothing stored leads back to the dossier."""
    return await once(
        lambda: ballots.cast_ballot(
            tx,
            now=now,
            token=body.token,
            cast_at=body.cast_at,
            answers=body.answers,
            comment=body.comment,
        ),
        BallotPaper,
    )
