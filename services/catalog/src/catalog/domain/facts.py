"""What the figures know of one procedure that agencies settle, on one day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from catalog.domain.desks import Desk, PostingPlace, least
from catalog.domain.online_levels import LevelFrom, OnlineLevel
from catalog.domain.publication import Effect, EffectKind, Version, is_published
from catalog.domain.reviews import Outcome, ReviewedProcedure, quoted_since
from catalog.domain.validity import latest_by, tile

Allowed: TypeAlias = frozenset[bool] | frozenset[OnlineLevel] | frozenset[Desk] | frozenset[Outcome]
Condition: TypeAlias = Mapping[str, Allowed]
"""Attributes of `Facts` with the values they must be among; every one must hold."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One procedure in force that at least one of the agencies asked about settles."""

    published: bool
    posted_at_desk: bool
    posted_on_portal: bool
    posted_nationally: bool
    online_level: OnlineLevel | None
    desk: Desk
    review: Outcome | None


@dataclass(frozen=True, slots=True)
class Assignment:
    """From `valid_from` (until `valid_to`, exclusive) an agency settles the procedure."""

    valid_from: date
    desk: Desk
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Settling:
    """What one agency recorded about one procedure."""

    assignments: Sequence[Assignment]
    postings: Mapping[PostingPlace, Sequence[date]] = field(default_factory=dict)
    reviews: Sequence[ReviewedProcedure] = ()

    def desk_on(self, day: date) -> Desk | None:
        """Return how the desk handles the procedure that day; None when it does not settle it."""
        latest = latest_by(self.assignments, on=day)
        if latest is None or (latest.valid_to is not None and latest.valid_to <= day):
            return None
        return latest.desk

    def is_posted(self, place: PostingPlace, on: date) -> bool:
        """Tell whether the procedure was posted at that place by the day."""
        return any(posted_on <= on for posted_on in self.postings.get(place, ()))


@dataclass(frozen=True, slots=True)
class Recorded:
    """Everything recorded about one procedure, by everybody."""

    versions: Sequence[Version]
    effects: Sequence[Effect]
    levels: Sequence[LevelFrom]
    settling: Mapping[str, Settling]


def facts_on(recorded: Recorded, agencies: frozenset[str], day: date) -> Facts | None:
    """Return the facts of one procedure for `agencies` together; None when it is not theirs.

    A procedure is posted when each agency that settles it has posted it, and its desk is that
    of the weakest. The store computes the same in SQL; a property test holds the two together.
    """
    version = version_in_force(recorded.versions, recorded.effects, day)
    own = [each for agency, each in recorded.settling.items() if agency in agencies]
    settling = [each for each in own if each.desk_on(day) is not None]
    if version is None or not settling:
        return None
    level = latest_by(recorded.levels, on=day)
    return Facts(
        published=is_published(version, recorded.effects, on=day),
        posted_at_desk=all(each.is_posted(PostingPlace.DESK, day) for each in settling),
        posted_on_portal=all(each.is_posted(PostingPlace.AGENCY_PORTAL, day) for each in settling),
        posted_nationally=all(
            each.is_posted(PostingPlace.NATIONAL_DATABASE, day) for each in settling
        ),
        online_level=None if level is None else level.level,
        desk=least(desk for each in settling if (desk := each.desk_on(day)) is not None),
        review=_latest_review([review for each in own for review in each.reviews], day),
    )


def version_in_force(
    versions: Sequence[Version], effects: Sequence[Effect], day: date
) -> Version | None:
    """Return the version whose range holds `day`: versions tile, an abolition cuts."""
    ordered = sorted(versions, key=lambda version: version.valid_from)
    cuts = [each.effective_on for each in effects if each.kind is EffectKind.ABOLISHED]
    ranges = tile([version.valid_from for version in ordered], cuts)
    return next(
        (version for version, held in zip(ordered, ranges, strict=True) if day in held), None
    )


def _latest_review(reviews: Sequence[ReviewedProcedure], day: date) -> Outcome | None:
    quoted = [each for each in reviews if quoted_since(day) <= each.reviewed_on <= day]
    latest = max(quoted, key=lambda each: (each.reviewed_on, each.order), default=None)
    return None if latest is None else latest.outcome
