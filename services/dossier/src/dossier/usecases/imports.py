"""Bulk intake of histories: one batch is checked while the one before is being stored."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from kernel.refusals import NeighbourUnavailable, Refusal
from kernel.time_zone import local_day
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from dossier.domain.chronology import receipt_instant
from dossier.domain.dossier import Terms, numbered_code
from dossier.domain.errors import ExternalIdReused, NotStorable
from dossier.domain.history import past_course
from dossier.domain.past_hands import past_steps
from dossier.domain.told import Told
from dossier.schemas.imports import ImportedDossier, LineOutcome, LineProblem
from dossier.store.ids import time_ordered_ids
from dossier.store.imports import Outcome, Placed, store_histories
from dossier.store.scribe import History, Particulars, Scribe
from dossier.store.scribe_papers import Elsewhere
from dossier.usecases.acting import Office
from dossier.usecases.ndjson import Line, batches
from dossier.usecases.terms_book import Agreed, TermsBook
from dossier.usecases.told_lines import told_of

BATCH = 4_000
_FIRST_BATCH = 250
_BATCH_BYTES = 4_194_304
_WAITING_BATCHES = 50
"""Answers kept for a client that writes everything before it reads: 200,000 lines of them."""
_BOOK_LASTS = timedelta(seconds=5)
_A_BREATH = 8
"""Lines checked before others get their turn: what is being stored must not run dry."""


@dataclass(frozen=True, slots=True)
class Importer:
    """What an import works with; `explain` words a refusal, `clock` stamps what is stored."""

    sessions: async_sessionmaker[AsyncSession]
    office: Office
    clock: Callable[[], datetime]
    explain: Callable[[Refusal], LineProblem]
    malformed: Callable[[ValidationError], LineProblem]
    too_long: LineProblem


@dataclass(frozen=True, slots=True)
class Client:
    """Who imports, and for which part of the tree: None for the whole.

    What is in that part is asked line by line, because the first line may come in an outage and
    the last one after it.
    """

    by: str
    agency_code: str | None


@dataclass(frozen=True, slots=True)
class _Checked:
    """A batch after checking: the answers to bad lines, and the histories of the others.

    An answer is a line as `LineOutcome` has it; those to good lines are written without the model.
    """

    outcomes: dict[int, bytes]
    histories: dict[int, tuple[str, History]]
    """By line number: the agency's code, and the history."""
    is_cut_short: bool
    """Lines are left that nothing can be said of, because the catalogue is away."""


@dataclass(frozen=True, slots=True)
class _Tools:
    """What a batch is checked with."""

    book: TermsBook
    scribe: Scribe
    applicant_ids: Iterator[UUID]


async def import_dossiers(
    importer: Importer, chunks: AsyncIterator[bytes], *, client: Client
) -> AsyncIterator[bytes]:
    """Store histories and answer each line; reading goes on while the client does not read.

    A batch is answered after its commit. A line that the database does not take is found by
    storing ever smaller parts of its batch, so it takes nobody along. When the catalogue cannot be
    asked, the answers end before the line it was asked for: the line is not to blame, and the
    client sends the rest again.
    """
    answers: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=_WAITING_BATCHES)
    worker = asyncio.create_task(_work(importer, chunks, client, answers))
    try:
        while (answer := await answers.get()) is not None:
            yield answer
        await worker
    finally:
        worker.cancel()


async def _work(
    importer: Importer,
    chunks: AsyncIterator[bytes],
    client: Client,
    answers: "asyncio.Queue[bytes | None]",
) -> None:
    """Check a batch while the one before is being stored, and answer in order."""
    storing: asyncio.Task[bytes] | None = None
    book = TermsBook(importer.office.catalogue, opened_at=importer.clock())
    is_cut_short = False
    try:
        async for batch in batches(chunks, lines=BATCH, size=_BATCH_BYTES, first=_FIRST_BATCH):
            if is_cut_short:
                continue  # The client reads no answer before it has said all.
            now = importer.clock()
            if now - book.opened_at > _BOOK_LASTS:
                book = TermsBook(importer.office.catalogue, opened_at=now)
            checked = await _check(importer, book, batch, client=client, now=now)
            is_cut_short = checked.is_cut_short
            if storing is not None:
                await answers.put(await storing)
            storing = asyncio.create_task(_answered(importer, checked, client.by))
        if storing is not None:
            await answers.put(await storing)
    finally:
        if storing is not None:
            storing.cancel()
        await answers.put(None)


async def _check(
    importer: Importer, book: TermsBook, batch: Sequence[Line], *, client: Client, now: datetime
) -> _Checked:
    tools = _Tools(book, Scribe(), time_ordered_ids(now))
    outcomes: dict[int, bytes] = {}
    histories: dict[int, tuple[str, History]] = {}
    for count, line in enumerate(batch, start=1):
        if count % _A_BREATH == 0:
            await asyncio.sleep(0)
        try:
            paper = _paper(line)
            history = await _history(importer.office, tools, paper, client, now=now)
            histories[line.number] = (paper.agency_code, history)
        except _TooLong:
            outcomes[line.number] = _rejected(line.number, importer.too_long)
        except ValidationError as error:
            outcomes[line.number] = _rejected(line.number, importer.malformed(error))
        except NeighbourUnavailable:
            return _Checked(outcomes, histories, is_cut_short=True)
        except Refusal as refusal:
            outcomes[line.number] = _rejected(line.number, importer.explain(refusal))
    return _Checked(outcomes, histories, is_cut_short=False)


async def _answered(importer: Importer, checked: _Checked, by: str) -> bytes:
    """Store a checked batch and return its answers, in the order of its lines."""
    outcomes = checked.outcomes
    if checked.histories:
        outcomes = outcomes | await _stored(importer, checked.histories, by)
    return b"".join(outcomes[number] for number in sorted(outcomes))


async def _stored(
    importer: Importer, histories: dict[int, tuple[str, History]], by: str
) -> dict[int, bytes]:
    """Store histories together, or, when the database takes not all of them, by halves."""
    try:
        async with importer.sessions.begin() as tx:
            told = [history for _, history in histories.values()]
            placed = await store_histories(tx, told, by=by, clock=importer.clock)
    except NotStorable as refusal:
        if len(histories) == 1:
            return {number: _rejected(number, importer.explain(refusal)) for number in histories}
        numbers, middle = list(histories), len(histories) // 2
        first = await _stored(importer, {n: histories[n] for n in numbers[:middle]}, by)
        return first | await _stored(importer, {n: histories[n] for n in numbers[middle:]}, by)
    return {
        number: _outcome(importer, number, agency_code, history, place)
        for (number, (agency_code, history)), place in zip(histories.items(), placed, strict=True)
    }


async def _history(
    office: Office, tools: _Tools, paper: ImportedDossier, client: Client, *, now: datetime
) -> History:
    if client.agency_code is not None:
        await tools.book.require_below(paper.agency_code, client.agency_code)
    received_at = receipt_instant(paper.received_at, now=now)
    agreed = await tools.book.agreed(
        paper.agency_code, paper.procedure_code, paper.channel, local_day(received_at)
    )
    told = told_of(paper, received_at, agreed.due_on(received_at))
    terms = Terms(agreed.limit, agreed.version.supplement_policy)
    course, events = past_course(told, terms, agreed.desk, now=now)
    has_part_elsewhere = told.hand_overs or told.consultations
    applicant_id = next(tools.applicant_ids)
    particulars = Particulars(
        agency_id=agreed.agency_id,
        external_id=paper.external_id,
        applicant_id=applicant_id,
        full_name=paper.applicant.full_name,
        sealed=office.sealer.seal(applicant_id, paper.applicant.sensitive),
        key_id=office.sealer.key_id,
        subject=paper.subject,
        version=agreed.version,
        limit=agreed.limit,
        received_at=received_at,
        previous_code=paper.previous_code,
        elsewhere=await _elsewhere(tools.book, told, agreed) if has_part_elsewhere else None,
    )
    return tools.scribe.history(particulars, course, events, told)


async def _elsewhere(book: TermsBook, told: Told, agreed: Agreed) -> Elsewhere:
    """Number the agencies that a history names; each stood on the day something was given to it."""
    agency_ids = {told.receiver: agreed.agency_id}
    for step in told.hand_overs:
        day = local_day(step.handed_over_at)
        agency_ids[step.to_agency_code] = await book.given_to(step.to_agency_code, day)
    for question in told.consultations:
        day = local_day(question.asked_at)
        agency_ids[question.agency_code] = await book.given_to(question.agency_code, day)
    return Elsewhere(steps=past_steps(told, agreed.desk), agency_ids=agency_ids)


class _TooLong(Exception):
    """The line is longer than any line may be."""


def _paper(line: Line) -> ImportedDossier:
    if line.text is None:
        raise _TooLong
    return ImportedDossier.model_validate_json(line.text)


def _rejected(number: int, problem: LineProblem) -> bytes:
    outcome = LineOutcome(line=number, outcome="rejected", problem=problem)
    return outcome.model_dump_json(exclude_none=True).encode() + b"\n"


def _outcome(
    importer: Importer, number: int, agency_code: str, history: History, place: Placed
) -> bytes:
    """Write the answer to a good line; nothing in it needs escaping."""
    code = numbered_code(agency_code, place.issued_on, place.serial)
    if place.outcome is Outcome.REUSED:
        reused = ExternalIdReused(external_id=history.external_id, dossier_code=code)
        return _rejected(number, importer.explain(reused))
    return f'{{"line":{number},"outcome":"{place.outcome}","code":"{code}"}}\n'.encode()
