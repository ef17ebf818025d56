from dataclasses import replace
from datetime import date

import pytest
from catalog.domain.desks import Desk, PostingPlace, least
from catalog.domain.facts import Assignment, Facts, Recorded, Settling, facts_on
from catalog.domain.figures import BY_KEY, DEFINITIONS, RULES
from catalog.domain.online_levels import LevelFrom, OnlineLevel
from catalog.domain.publication import Effect, EffectKind, Version
from catalog.domain.reviews import Outcome, ReviewedProcedure
from kernel.figures import FigureKind

START, DAY = date(2022, 1, 4), date(2022, 9, 14)
PLAIN = Facts(
    published=False,
    posted_at_desk=False,
    posted_on_portal=False,
    posted_nationally=False,
    online_level=None,
    desk=Desk.ELSEWHERE,
    review=None,
)


def contributions(facts):
    return {rule.key for rule in RULES if rule.contributes(facts)}


def test_keys_are_unique_and_every_figure_is_explained():
    assert len(BY_KEY) == len(RULES)
    assert all(each.label_vi and each.definition_vi and each.law for each in DEFINITIONS)


def test_a_plain_procedure_only_counts_as_in_force():
    assert contributions(PLAIN) == {"procedures.in_force"}


@pytest.mark.parametrize(
    ("change", "figures"),
    [
        ({"published": True}, {"published"}),
        ({"posted_at_desk": True}, {"posted.desk"}),
        ({"posted_on_portal": True}, {"posted.agency_portal"}),
        (
            {"posted_at_desk": True, "posted_on_portal": True},
            {"posted.desk", "posted.agency_portal", "posted"},
        ),
        ({"posted_nationally": True}, {"posted.national_database"}),
        ({"online_level": OnlineLevel.LEVEL_2}, set()),
        ({"online_level": OnlineLevel.LEVEL_3}, {"online", "online.level_3", "online.share"}),
        ({"online_level": OnlineLevel.LEVEL_4}, {"online", "online.level_4", "online.share"}),
        (
            {"online_level": OnlineLevel.PARTLY_ONLINE},
            {"online", "online.partly_online", "online.share"},
        ),
        (
            {"online_level": OnlineLevel.FULLY_ONLINE},
            {"online", "online.fully_online", "online.share"},
        ),
        ({"desk": Desk.RECEIVED_AND_RETURNED}, {"received_and_returned_at_desk"}),
        ({"desk": Desk.SETTLED_AT_DESK}, {"settled_at_desk", "received_and_returned_at_desk"}),
    ],
)
def test_what_counts_where(change, figures):
    expected = {f"procedures.{name}" for name in figures} | {"procedures.in_force"}
    assert contributions(replace(PLAIN, **change)) == expected


def test_only_reviewed_procedures_are_asked_whether_their_limit_was_cut():
    rule = BY_KEY["reviews.time_limit_cut"]
    assert not rule.lists(PLAIN)
    kept, cut = (replace(PLAIN, review=each) for each in (Outcome.KEPT, Outcome.CUT))
    assert rule.lists(kept)
    assert not rule.contributes(kept)
    assert rule.contributes(cut)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.key)
def test_no_procedure_is_an_absent_rate_and_a_count_of_nothing(rule):
    figure = rule.figure(0, 0)
    assert figure.value == (0 if rule.definition.kind is FigureKind.COUNT else None)


def test_the_desk_of_several_agencies_is_that_of_the_weakest():
    assert least([Desk.SETTLED_AT_DESK, Desk.ELSEWHERE]) is Desk.ELSEWHERE


def recorded(**settling):
    return Recorded(
        versions=[Version(START, None)],
        effects=[],
        levels=[LevelFrom(START, OnlineLevel.LEVEL_4)],
        settling={"ward": Settling([Assignment(START, Desk.SETTLED_AT_DESK)], **settling)},
    )


def test_an_old_level_is_counted_in_its_own_words_after_the_vocabulary_changed():
    facts = facts_on(recorded(), frozenset({"ward"}), DAY)
    assert facts is not None
    assert facts.online_level is OnlineLevel.LEVEL_4


def test_a_procedure_nobody_asked_about_settles_is_not_counted():
    assert facts_on(recorded(), frozenset({"other"}), DAY) is None
    ended = Settling([Assignment(START, Desk.ELSEWHERE, valid_to=DAY)])
    assert facts_on(replace(recorded(), settling={"ward": ended}), frozenset({"ward"}), DAY) is None


def test_an_abolished_procedure_is_not_counted():
    abolished = Effect(EffectKind.ABOLISHED, START, DAY)
    assert facts_on(replace(recorded(), effects=[abolished]), frozenset({"ward"}), DAY) is None


def test_the_latest_review_of_the_year_decides():
    reviews = [
        ReviewedProcedure(date(2021, 9, 14), 1, Outcome.KEPT),
        ReviewedProcedure(date(2022, 7, 20), 2, Outcome.KEPT),
        ReviewedProcedure(date(2022, 7, 20), 3, Outcome.CUT),
        ReviewedProcedure(date(2022, 9, 15), 4, Outcome.ABOLISHED),
    ]
    facts = facts_on(recorded(reviews=reviews), frozenset({"ward"}), DAY)
    assert facts is not None
    assert facts.review is Outcome.CUT
    only_old = facts_on(recorded(reviews=reviews[:1]), frozenset({"ward"}), DAY)
    assert only_old is not None
    assert only_old.review is None


def test_a_posting_counts_from_its_day():
    postings = {PostingPlace.DESK: [DAY], PostingPlace.AGENCY_PORTAL: [date(2022, 9, 15)]}
    facts = facts_on(recorded(postings=postings), frozenset({"ward"}), DAY)
    assert facts is not None
    assert (facts.posted_at_desk, facts.posted_on_portal) == (True, False)
