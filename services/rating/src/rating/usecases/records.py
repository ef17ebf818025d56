"""Records as evidence: what each contributes and what may be shown of it."""

from collections.abc import Sequence
from decimal import Decimal

from kit.figures import EvidenceRecord

from rating.clients import SettledDossier
from rating.domain.facts import BallotAnswers, Satisfaction
from rating.domain.feedback import is_on_time
from rating.domain.figures import INDICATOR_PREFIX
from rating.domain.rules import AnswerPoints, ConductPoints, TimelinessPoints
from rating.domain.scoring import IndicatorScore
from rating.store import ballots as ballot_store
from rating.store import feedback as feedback_store
from rating.usecases.scoring import Scored, View


def of_ballot(
    ballot: ballot_store.CastBallotSeen, counted_by: AnswerPoints | Satisfaction | None
) -> EvidenceRecord:
    """Return a ballot with its points, its vote for a level, or 1; its comment stays out."""
    return EvidenceRecord(
        record_type="ballot",
        record_id=str(ballot.ballot_id),
        contribution=Decimal(_ballot_contribution(ballot.answers, counted_by)),
        occurred_on=ballot.cast_on,
        attributes={
            "satisfaction": ballot.answers.satisfaction.value,
            "contacts_count": _text(ballot.answers.contacts_count),
            "agencies_contacted_count": _text(ballot.answers.agencies_contacted_count),
            "own_fault": _text(ballot.answers.own_fault),
        },
    )


def _ballot_contribution(
    answers: BallotAnswers, counted_by: AnswerPoints | Satisfaction | None
) -> int:
    if counted_by is None:
        return 1
    if isinstance(counted_by, Satisfaction):
        return int(answers.satisfaction is counted_by)
    return counted_by.points(answers) or 0


def of_feedback(one: feedback_store.Feedback, *, judging: bool) -> EvidenceRecord:
    """Return feedback as counted or, when `judging`, as answered on time; its text stays out."""
    on_time = is_on_time(one.due_on, one.answered_on)
    return EvidenceRecord(
        record_type="feedback",
        record_id=str(one.feedback_id),
        contribution=Decimal(on_time if judging else 1),
        occurred_on=one.received_on,
        attributes={
            "agency_code": one.agency_code,
            "kind": one.kind.value,
            "due_on": one.due_on.isoformat(),
            "answered_on": _text(one.answered_on),
        },
    )


def of_dossier(
    dossier: SettledDossier, rule: TimelinessPoints | ConductPoints, *, complained: bool
) -> EvidenceRecord:
    """Return a settled dossier with the points that its rule gives it."""
    attributes = dossier.attributes.model_dump(mode="json")
    if isinstance(rule, ConductPoints):
        points = rule.points(dossier.attributes.timeliness, complained=complained)
        attributes["conduct_feedback"] = _text(complained)
    else:
        points = rule.points(dossier.attributes.timeliness)
    return EvidenceRecord(
        record_type="dossier",
        record_id=dossier.record_id,
        contribution=Decimal(points),
        occurred_on=dossier.occurred_on,
        attributes=attributes,
    )


def of_agency(
    view: View, scored: Scored, found: IndicatorScore, looks_at: Sequence[str]
) -> EvidenceRecord:
    """Return the agency itself with the figures it was judged by; their evidence is elsewhere."""
    facts = scored.facts
    judged_by = {
        key: f"{facts.shares[key].part}/{facts.shares[key].whole}"
        if key in facts.shares
        else _text(facts.counts.get(key))
        for key in looks_at
    }
    return EvidenceRecord(
        record_type="agency",
        record_id=view.scene.agency.code,
        contribution=Decimal(found.earned.part),
        occurred_on=view.query.period.last_day,
        attributes={"level": view.scene.agency.level, **judged_by},
    )


def of_indicator(set_code: str, one: IndicatorScore, key: str) -> EvidenceRecord:
    """Return an indicator as what it adds to the sum, the maximum or the number counted."""
    return EvidenceRecord(
        record_type="indicator",
        record_id=f"{set_code}/{one.indicator.number}",
        contribution=_added(one, key),
        attributes={
            "figure": f"{INDICATOR_PREFIX}{one.indicator.number}",
            "points": _text(one.points),
            "max_points": _text(one.indicator.max_points),
        },
    )


def _added(one: IndicatorScore, key: str) -> Decimal:
    if key == "rating.indicators_counted":
        return Decimal(1)
    if key == "rating.maximum":
        return Decimal(one.indicator.max_points)
    return one.points or Decimal()


def _text(value: object) -> str:
    """Write an attribute: empty when unknown, `true` and `false` as on the wire."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
