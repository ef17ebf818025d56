"""From an ended dossier to a ballot: issuing one-time tokens, casting ballots."""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kernel.time_zone import local_day
from kit.auth import Actor
from sqlalchemy.ext.asyncio import AsyncSession

from rating.clients import CatalogClient, DossierClient, DossierSeen
from rating.domain.errors import CastBeforeSettlement, InTheFuture
from rating.domain.facts import BallotAnswers
from rating.domain.permissions import Sight
from rating.domain.tokens import SECRET_BYTES, BallotToken, dossier_digest
from rating.schemas.ballots import IssuedToken, IssuedTokens, RefusedToken
from rating.store import agencies
from rating.store import ballots as store
from rating.usecases.sight import sight_of

_AT_ONCE = 8
"""How many dossiers are asked for at the same moment: quick for 500, gentle to the neighbour."""


@dataclass(frozen=True, slots=True)
class EndedDossier:
    """A dossier that can be rated."""

    code: str
    agency_code: str
    ended_on: date


Unrateable = Literal["unknown_dossier", "dossier_not_ended"]


async def issue_tokens(
    tx: AsyncSession,
    catalog: CatalogClient,
    dossiers: DossierClient,
    *,
    by: Actor,
    now: datetime,
    dossier_codes: Sequence[str],
) -> IssuedTokens:
    """Issue a token for each ended dossier within sight; a new one voids the one before.

    The tokens leave with this answer and are kept nowhere, only their digests are. Asking again
    is therefore how to repeat a lost answer.
    """
    sight = await sight_of(catalog, by, now=now)
    found = await _find(dossiers, dict.fromkeys(dossier_codes))
    judged = {code: _rateable(dossier, sight) for code, dossier in found.items()}
    ended = [one for one in judged.values() if isinstance(one, EndedDossier)]
    tokens = await _keep_tokens(tx, ended, issued_on=local_day(now))
    return IssuedTokens(
        tokens=[IssuedToken(dossier_code=code, token=str(one)) for code, one in tokens.items()],
        refused=[
            RefusedToken(
                dossier_code=code, code="already_rated" if isinstance(one, EndedDossier) else one
            )
            for code, one in judged.items()
            if code not in tokens
        ],
    )


async def _find(dossiers: DossierClient, codes: dict[str, None]) -> dict[str, DossierSeen | None]:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(code: str) -> DossierSeen | None:
        async with gate:
            return await dossiers.dossier(code)

    return dict(zip(codes, await asyncio.gather(*map(one, codes)), strict=True))


def _rateable(dossier: DossierSeen | None, sight: Sight) -> EndedDossier | Unrateable:
    """Say what is out of sight as if it did not exist."""
    if dossier is None or not sight.covers(dossier.agency_code):
        return "unknown_dossier"
    if dossier.ended_on is None:
        return "dossier_not_ended"
    return EndedDossier(dossier.code, dossier.agency_code, dossier.ended_on)


async def _keep_tokens(
    tx: AsyncSession, ended: Sequence[EndedDossier], *, issued_on: date
) -> dict[str, BallotToken]:
    """Keep a new token for each dossier that has not been rated; return them by dossier."""
    if not ended:
        return {}
    ids = await agencies.agency_ids(tx, {dossier.agency_code for dossier in ended})
    tokens = {
        dossier.code: BallotToken(ids[dossier.agency_code], secrets.token_urlsafe(SECRET_BYTES))
        for dossier in ended
    }
    kept = await store.replace_tokens(
        tx,
        [store.NewToken(tokens[one.code], dossier_digest(one.code), one.ended_on) for one in ended],
        issued_on=issued_on,
    )
    return {code: token for code, token in tokens.items() if dossier_digest(code) in kept}


async def cast_ballot(
    tx: AsyncSession,
    *,
    now: datetime,
    token: str,
    cast_at: datetime | None,
    answers: BallotAnswers,
    comment: str | None,
) -> store.CastBallotSeen:
    """Take a ballot: spend its token and store it, in one transaction or not at all.

    Raises:
        UnknownToken, SpentToken: the token is none of ours, or has been used.
        InTheFuture, CastBeforeSettlement: nobody can rate what has not been settled.
    """
    cast_at = cast_at or now
    if cast_at > now:
        raise InTheFuture
    known = BallotToken.parse(token)
    ended_on = await store.spend_token(tx, known)
    if local_day(cast_at) < ended_on:
        raise CastBeforeSettlement
    return await store.add_ballot(
        tx,
        agency_id=known.agency_id,
        cast_at=cast_at,
        answers=answers,
        comment=comment,
        recorded_at=now,
    )
