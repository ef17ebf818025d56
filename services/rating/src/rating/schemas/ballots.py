"""Ballot tokens and ballots on the wire."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from kit.wire import DossierCodeText, Instant, ShortText, Text, WireModel
from pydantic import Field

from rating.domain.facts import BallotAnswers, Satisfaction

SmallCount = Annotated[int, Field(ge=0, le=1_000)]


class IssueTokens(WireModel):
    """The ended dossiers whose applicants are asked for a ballot."""

    dossier_codes: Annotated[list[DossierCodeText], Field(min_length=1, max_length=500)]


class IssuedToken(WireModel):
    """A one-time token; it is told once and kept nowhere."""

    dossier_code: str
    token: str


class RefusedToken(WireModel):
    """A dossier that gets no token, and why."""

    dossier_code: str
    code: Literal["unknown_dossier", "dossier_not_ended", "already_rated"]


class IssuedTokens(WireModel):
    """The answer per dossier, in the order asked."""

    tokens: list[IssuedToken]
    refused: list[RefusedToken]


class CastBallot(WireModel):
    """What one applicant says about the handling of one dossier; questions may stay open."""

    token: ShortText
    cast_at: Instant | None = None
    satisfaction: Satisfaction
    contacts_count: SmallCount | None = None
    agencies_contacted_count: SmallCount | None = None
    own_fault: bool = False
    comment: Text | None = None

    @property
    def answers(self) -> BallotAnswers:
        """Return what the ballot says, in the words of the domain."""
        return BallotAnswers(
            self.satisfaction,
            self.contacts_count,
            self.agencies_contacted_count,
            self.own_fault,
        )


class BallotPaper(WireModel):
    """A ballot as stored; nothing in it leads back to a dossier or an applicant."""

    ballot_id: UUID
    cast_on: date
    satisfaction: Satisfaction
