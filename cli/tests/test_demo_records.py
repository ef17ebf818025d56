"""The demo quarter holds the report's counts, counted here from its files alone."""

import importlib.util
import json
from collections import Counter
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from kernel.codes import AgencyCode, ProcedureCode
from kernel.periods import ReportingPeriod
from kernel.ratios import Ratio, percentages
from kernel.time_zone import local_day, local_time
from kernel.working_days import WorkingCalendar

FOLDER = Path(__file__).parents[2] / "demo" / "phu-son-2022q3"
QUARTER = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
CALENDAR = WorkingCalendar(days_off=frozenset({date(2022, 9, 1), date(2022, 9, 2)}))


def read(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def lines_of(name):
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


PROCEDURES = {line["code"]: line for line in lines_of("procedures.ndjson")}
DOSSIERS = lines_of("dossiers.ndjson")


def limit_of(dossier):
    in_force = {
        **PROCEDURES,
        **{version["code"]: version for version in lines_of("procedure-versions.ndjson")},
    }[dossier["procedure_code"]]
    methods = {method["channel"]: method for method in in_force["filing_methods"]}
    return methods[dossier["channel"]]["time_limit_value"]


def outcome_of(dossier):
    limit = limit_of(dossier)
    if limit is None:
        return "on_time"
    due_on = CALENDAR.add(local_day(instant(dossier["received_at"])), limit)
    settled_on = local_day(instant(dossier["settled_at"]))
    if settled_on == due_on:
        return "on_time"
    return "early" if settled_on < due_on else "late"


def instant(text):
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_records", FOLDER / "make_records.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_records_are_what_the_script_writes(script):
    for name, text in script.files().items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, name


def test_there_are_220_procedures_of_which_8_and_34_are_online():
    assert len(PROCEDURES) == len(lines_of("procedures.ndjson")) == 220
    levels = Counter(
        line["online_level"]["level"] for line in PROCEDURES.values() if "online_level" in line
    )
    assert levels == {"level_3": 8, "level_4": 34}


@pytest.mark.parametrize("code", sorted(PROCEDURES))
def test_every_procedure_is_complete(code):
    procedure = PROCEDURES[code]
    assert str(ProcedureCode.parse(code)) == code
    channels = {method["channel"] for method in procedure["filing_methods"]}
    assert "direct" in channels
    assert ("online" in channels) == ("online_level" in procedure)
    for part in ("name", "steps", "components", "applicants", "result", "legal_basis"):
        assert procedure[part]


def test_fields_and_decisions_that_procedures_name_are_there():
    fields = {field["code"] for field in read("procedure-fields.json")["procedure_fields"]}
    assert {line["field_code"] for line in PROCEDURES.values()} == fields
    decisions = {
        decision["number"]: decision["effective_on"]
        for decision in read("publication-decisions.json")["publication_decisions"]
    }
    for line in PROCEDURES.values():
        assert line["valid_from"] == decisions[line["decision_number"]]


def test_agency_codes_are_samples_and_say_so():
    for agency in read("agencies.json")["agencies"]:
        assert agency["is_sample"]
        assert str(AgencyCode.parse(agency["code"])) == agency["code"]


def test_389_dossiers_balance_by_channel_and_by_outcome():
    assert len(DOSSIERS) == 389
    assert Counter(d["channel"] for d in DOSSIERS) == {"online": 131, "direct": 258}
    assert Counter(map(outcome_of, DOSSIERS)) == {"early": 316, "on_time": 70, "late": 3}
    assert {d["channel"] for d in DOSSIERS if outcome_of(d) == "late"} == {"direct"}


def test_everything_happens_at_desk_hours_of_working_days_in_the_quarter():
    for dossier in DOSSIERS:
        moments = [instant(dossier[key]) for key in ("received_at", "settled_at", "returned_at")]
        assert moments == sorted(moments)
        for moment in moments:
            assert local_day(moment) in QUARTER
            assert CALENDAR.is_working(local_day(moment))
            assert time(7, 30) <= local_time(moment) < time(17)


def test_online_dossiers_use_the_seven_procedures_whose_limits_were_cut():
    used = {d["procedure_code"] for d in DOSSIERS if d["channel"] == "online"}
    (review,) = read("reviews.json")["reviews"]
    assert used == {outcome["procedure_code"] for outcome in review["outcomes"]}
    assert used <= {code for code, line in PROCEDURES.items() if "online_level" in line}
    assert len(used) == 7
    for outcome in review["outcomes"]:
        assert outcome["after_working_days"] < outcome["before_working_days"]


def test_applicants_are_plainly_synthetic():
    for number, dossier in enumerate(DOSSIERS, start=1):
        assert dossier["applicant"] == {"full_name": f"Người nộp mẫu {number:03d}"}


def test_125_ballots_give_the_printed_satisfaction():
    ballots = read("ballots.json")["ballots"]
    returned = {d["external_id"]: d["returned_at"] for d in DOSSIERS}
    answers = Counter(ballot["satisfaction"] for ballot in ballots)
    counts = [answers[word] for word in ("not_satisfied", "satisfied", "very_satisfied")]
    assert len({ballot["external_id"] for ballot in ballots}) == len(ballots) == 125
    assert percentages(counts) == (Decimal("0.0"), Decimal("18.4"), Decimal("81.6"))
    for ballot in ballots:
        assert instant(ballot["cast_at"]) > instant(returned[ballot["external_id"]])
        assert local_day(instant(ballot["cast_at"])) in QUARTER


def test_certified_copies_add_up_to_288_over_the_working_days():
    days = read("certified-copies.json")["certified_copies"]
    assert sum(day["copy_count"] for day in days) == 288
    for day in days:
        assert CALENDAR.is_working(date.fromisoformat(day["certified_on"]))
        assert date.fromisoformat(day["certified_on"]) in QUARTER


def test_expected_figures_follow_from_the_records():
    expected = {figure["key"]: figure["value"] for figure in read("expected.json")["figures"]}
    outcomes = Counter(map(outcome_of, DOSSIERS))
    points = Ratio(2 * outcomes["early"] + outcomes["on_time"], len(DOSSIERS)).average()
    assert Decimal(str(expected["rating.indicator.1"])) == points
    online = Ratio(131, len(DOSSIERS)).percent()
    assert Decimal(str(expected["dossiers.received.online.share"])) == online
    indicators = [Decimal(str(expected[f"rating.indicator.{n}"])) for n in range(1, 10)]
    assert sum(indicators[:7]) == Decimal(str(expected["rating.score"]))
    assert sum(indicators) == Decimal(str(expected["rating.score.all"]))
