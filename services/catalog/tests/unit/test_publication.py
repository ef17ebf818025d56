from datetime import date

import pytest
from catalog.domain.errors import ProcedureIncomplete, UnknownDecision
from catalog.domain.publication import (
    Decision,
    Effect,
    EffectKind,
    Parts,
    Version,
    find_decision,
    is_published,
    missing_parts,
    require_complete,
)

WHOLE = {"steps": 1, "filing_methods": 1, "components": 1, "sets_count": 1, "applicants": 1}
VERSION_DAY, DAY = date(2022, 1, 1), date(2022, 9, 14)


def test_a_procedure_with_all_its_parts_may_be_published():
    assert missing_parts(Parts(**WHOLE)) == ()
    require_complete("1.000001", ())


@pytest.mark.parametrize("part", WHOLE)
def test_every_part_of_article_8_is_asked_for(part):
    missing = missing_parts(Parts(**{**WHOLE, part: 0}))
    assert missing == (part,)
    with pytest.raises(ProcedureIncomplete) as refusal:
        require_complete("1.000001", missing)
    assert refusal.value.details["missing"] == part


@pytest.mark.parametrize(
    ("decided_on", "published"),
    [(None, False), (date(2022, 9, 14), True), (date(2022, 9, 15), False)],
)
def test_a_version_is_published_by_the_decision_it_names(decided_on, published):
    assert is_published(Version(VERSION_DAY, decided_on), [], on=DAY) is published


@pytest.mark.parametrize(
    ("kind", "decided_on", "effective_on", "published"),
    [
        (EffectKind.NEW, date(2022, 1, 1), date(2022, 1, 1), True),
        (EffectKind.AMENDED, date(2022, 9, 14), date(2022, 9, 14), True),
        (EffectKind.REPLACED, date(2022, 9, 15), date(2022, 9, 14), False),
        (EffectKind.NEW, date(2022, 1, 1), date(2022, 9, 15), False),
        (EffectKind.NEW, date(2021, 12, 31), date(2021, 12, 31), False),
        (EffectKind.ABOLISHED, date(2022, 1, 1), date(2022, 1, 1), False),
    ],
)
def test_a_decision_publishes_the_version_in_force_when_it_takes_hold(
    kind, decided_on, effective_on, published
):
    effect = Effect(kind, decided_on, effective_on)
    assert is_published(Version(VERSION_DAY, None), [effect], on=DAY) is published


def test_a_number_shared_by_two_years_needs_the_day():
    both = [Decision(1, "5/QĐ", date(2021, 1, 1)), Decision(2, "5/QĐ", date(2022, 1, 1))]
    assert find_decision(both, "5/QĐ", date(2022, 1, 1)).decision_id == 2
    assert find_decision(both[:1], "5/QĐ", None).decision_id == 1
    for number, day in [("5/QĐ", None), ("6/QĐ", None), ("5/QĐ", date(2023, 1, 1))]:
        with pytest.raises(UnknownDecision):
            find_decision(both, number, day)
