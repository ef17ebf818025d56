"""Loads the demo quarter of ward Phú Sơn through the public HTTP APIs of the running services."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tthc.calendar_file import read_days
from tthc.concurrency import all_of
from tthc.demo_api import Caller, Callers, DemoRefused, Json, for_each, refuse_rejected
from tthc.keys import LocalIssuer
from tthc.services import PROJECT

FOLDER = PROJECT / "demo" / "phu-son-2022q3"
WARD = "H56.18.26"
EVERYWHERE = "*"
_CALENDAR = PROJECT / "services/catalog/releases/working-calendar-2021-2026.csv"
_INDICATOR_SET = PROJECT / "services/rating/releases/tt01-2018.json"
_PERIOD_SCHEMES = PROJECT / "services/reporting/releases/period-schemes.json"
_REPORT_FORM = PROJECT / "services/reporting/releases/form-ii06a.json"


async def load(urls: Mapping[str, str], issuer: LocalIssuer, console: Console) -> None:
    """Load everything the report is made of, but not the report; loading twice changes nothing.

    `urls` holds each service's address by its name.

    Raises:
        DemoRefused: a service refused a part; what was stored before stays.
    """
    async with Callers(issuer) as callers:
        catalog = await callers.of(urls["catalog"], "catalog:write", agency=EVERYWHERE)
        dossier = await callers.of(
            urls["dossier"], "dossiers:import", "dossiers:process", agency=WARD
        )
        rating = await callers.of(
            urls["rating"],
            *("indicator-sets:write", "assessments:write", "ballots:issue", "feedback:write"),
            agency=EVERYWHERE,
        )
        reporting = await callers.of(urls["reporting"], "periods:write", agency=EVERYWHERE)
        with Board(console) as board:
            await all_of(
                [
                    _load_report_rules(reporting, board),
                    _load_indicator_set(rating, board),
                    _load_records(catalog, dossier, rating, board),
                ]
            )


def read(name: str) -> Any:
    """Return the content of one of the demo's JSON files."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def gauges() -> dict[str, str]:
    """Return the settings that make every service show this quarter's figures as gauges."""
    settings = read("gauges.json")
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in settings.items()
    }


class Board(Progress):
    """The progress bars, one for each kind of record."""

    def __init__(self, console: Console) -> None:
        super().__init__(
            TextColumn("{task.description:<34}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
        )

    def counter(self, description: str, total: int) -> Callable[[], None]:
        """Add a bar and return what moves it one further."""
        bar = self.add_task(description, total=total)
        return lambda: self.advance(bar)


async def _load_records(catalog: Caller, dossier: Caller, rating: Caller, board: Board) -> None:
    """Load first what the others look up, then what happened."""
    await _load_catalogue(catalog, board)
    await all_of(
        [
            _load_dossiers_and_ballots(dossier, rating, board),
            _load_certified_copies(dossier, board),
            _load_assessment(rating, board),
        ]
    )


async def _load_catalogue(catalog: Caller, board: Board) -> None:
    await all_of(
        [
            _load_calendar(catalog, board),
            _load_agencies(catalog, board),
            _load_procedures(catalog, board),
        ]
    )
    await all_of([_load_cut_time_limits(catalog, board), _load_settling(catalog, board)])


async def _load_calendar(catalog: Caller, board: Board) -> None:
    done = board.counter("Lịch làm việc 2021-2026", 1)
    release = {"name": _CALENDAR.stem, "days": read_days(_CALENDAR)}
    await catalog.create("/v1/calendar-releases", release)
    done()


async def _load_agencies(catalog: Caller, board: Board) -> None:
    """Load from the province down: a parent must be there before its child."""
    agencies = read("agencies.json")["agencies"]
    done = board.counter("Cơ quan", len(agencies))
    for agency in agencies:
        await catalog.create("/v1/agencies", agency)
        done()


async def _load_procedures(catalog: Caller, board: Board) -> None:
    fields = read("procedure-fields.json")["procedure_fields"]
    decisions = read("publication-decisions.json")["publication_decisions"]
    procedures = _lines("procedures.ndjson")

    async def add_field(field: Json) -> None:
        await catalog.create("/v1/procedure-fields", field)

    async def add_decision(decision: Json) -> None:
        body = {key: decision[key] for key in ("number", "decided_on", "issued_by", "title")}
        await catalog.create("/v1/publication-decisions", {**body, "effects": []})

    await all_of(
        [
            for_each(fields, add_field, board.counter("Lĩnh vực", len(fields))),
            for_each(decisions, add_decision, board.counter("Quyết định công bố", len(decisions))),
        ]
    )
    done = board.counter("Thủ tục hành chính", 1)
    answer = await catalog.create("/v1/procedure-imports", {"procedures": procedures})
    refuse_rejected(answer["lines"])
    done()


async def _load_cut_time_limits(catalog: Caller, board: Board) -> None:
    """Add the versions whose online time limit the ward cut before the quarter."""
    versions = _lines("procedure-versions.ndjson")

    async def add_version(version: Json) -> None:
        path = f"/v1/procedures/{version['code']}"
        current = await catalog.read(path)
        await catalog.create(
            f"{path}/versions",
            version,
            headers={"If-Match": current.headers["ETag"]},
        )

    await for_each(versions, add_version, board.counter("Cắt giảm thời hạn", len(versions)))


async def _load_settling(catalog: Caller, board: Board) -> None:
    """Load who settles the procedures, where they are posted and how they were reviewed."""
    assignments = read("agency-procedures.json")["agency_procedures"]
    postings = read("postings.json")["postings"]
    reviews = read("reviews.json")["reviews"]
    done = board.counter("Phân công, niêm yết, rà soát", 4)
    for each in assignments:
        await catalog.create("/v1/agency-procedures", _with_each_assignment(each))
        done()
    for each in postings:
        body = {**each, "procedure_codes": _codes(each["procedure_codes"])}
        await catalog.create("/v1/postings", body)
        done()
    for each in reviews:
        await catalog.create("/v1/reviews", each)
        done()


async def _load_dossiers_and_ballots(dossier: Caller, rating: Caller, board: Board) -> None:
    done = board.counter("Hồ sơ", 1)
    lines = (FOLDER / "dossiers.ndjson").read_text(encoding="utf-8")
    answers = await dossier.import_lines("/v1/dossier-imports", lines)
    done()
    external_ids = [json.loads(line)["external_id"] for line in lines.splitlines()]
    codes = {
        external_id: answer["code"]
        for external_id, answer in zip(external_ids, answers, strict=True)
    }
    await _load_ballots(rating, codes, board)
    await _load_feedback(rating, board)


async def _load_ballots(rating: Caller, codes: Mapping[str, str], board: Board) -> None:
    """Issue a token for each dossier to be rated and cast its ballot.

    A dossier that was rated by an earlier load is left as it is.
    """
    ballots = read("ballots.json")["ballots"]
    by_code = {codes[ballot["external_id"]]: ballot for ballot in ballots}
    issued = await rating.create("/v1/ballot-tokens", {"dossier_codes": list(by_code)})
    for refused in issued["refused"]:
        if refused["code"] != "already_rated":
            raise DemoRefused(f"ballot for {refused['dossier_code']}: {refused['code']}")

    async def cast(token: Json) -> None:
        ballot = dict(by_code[token["dossier_code"]])
        del ballot["external_id"]
        await rating.create("/v1/ballots", {"token": token["token"], **ballot})

    await for_each(issued["tokens"], cast, board.counter("Phiếu đánh giá", len(issued["tokens"])))


async def _load_feedback(rating: Caller, board: Board) -> None:
    feedback = read("feedback.json")["feedback"]

    async def receive(each: Json) -> None:
        await rating.create("/v1/feedback", each)

    await for_each(feedback, receive, board.counter("Phản ánh, kiến nghị", len(feedback)))


async def _load_certified_copies(dossier: Caller, board: Board) -> None:
    days = read("certified-copies.json")["certified_copies"]

    async def record(day: Json) -> None:
        await dossier.create("/v1/certified-copies", day)

    await for_each(days, record, board.counter("Chứng thực bản sao điện tử", len(days)))


async def _load_indicator_set(rating: Caller, board: Board) -> None:
    done = board.counter("Bộ chỉ số đánh giá", 1)
    body = json.loads(_INDICATOR_SET.read_text(encoding="utf-8"))
    await rating.create("/v1/indicator-sets", body)
    done()


async def _load_assessment(rating: Caller, board: Board) -> None:
    done = board.counter("Tự đánh giá", 1)
    await rating.create("/v1/agency-assessments", read("assessment.json"))
    done()


async def _load_report_rules(reporting: Caller, board: Board) -> None:
    """Load the calendar of periods and the form; the same content again is no conflict."""
    done = board.counter("Kỳ báo cáo và biểu mẫu", 2)
    for path, file in (
        ("/v1/period-schemes", _PERIOD_SCHEMES),
        ("/v1/report-forms", _REPORT_FORM),
    ):
        await reporting.create(path, json.loads(file.read_text(encoding="utf-8")))
        done()


def _lines(name: str) -> list[Json]:
    return [json.loads(line) for line in (FOLDER / name).read_text(encoding="utf-8").splitlines()]


def _codes(named: str | list[str]) -> list[str]:
    """Return the codes named one by one, or every code of the demo."""
    if isinstance(named, list):
        return named
    return [procedure["code"] for procedure in _lines("procedures.ndjson")]


def _with_each_assignment(shared: Json) -> Json:
    """Write one assignment for each procedure out of one line that holds for all."""
    return {
        "agency_code": shared["agency_code"],
        "assignments": [
            {"procedure_code": code, "valid_from": shared["valid_from"], "desk": shared["desk"]}
            for code in _codes(shared["procedure_codes"])
        ],
    }
