"""Bulk intake of histories: read line by line, stored batch by batch, answered line by line."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from kernel.refusals import Refusal
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from dossier.domain.chronology import receipt_instant
from dossier.domain.dossier import dossier_code
from dossier.domain.history import Told, past_course
from dossier.domain.lifecycle import Status
from dossier.domain.permissions import require_sight
from dossier.schemas.imports import ImportedDossier, LineOutcome, LineProblem
from dossier.store.imports import History, store_histories
from dossier.usecases.acting import Acting, Office
from dossier.usecases.intake import Particulars, intake_of, terms_of

BATCH = 500
LONGEST_LINE = 65_536
_WAITING_BATCHES = 400
"""Answers kept for a client that writes everything before it reads: 200,000 lines of them."""


@dataclass(frozen=True, slots=True)
class Importer:
    """What an import works with; `explain` words a refusal, `clock` stamps each batch."""

    sessions: async_sessionmaker[AsyncSession]
    office: Office
    clock: Callable[[], datetime]
    explain: Callable[[Refusal], LineProblem]
    malformed: Callable[[ValidationError], LineProblem]
    too_long: LineProblem


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: bytes | None


async def import_dossiers(
    importer: Importer, chunks: AsyncIterator[bytes], *, acting: Acting
) -> AsyncIterator[bytes]:
    """Store histories and answer each line; reading goes on while the client does not read.

    A batch is stored whole or not at all, and answered after its commit.
    """
    answers: asyncio.Queue[bytes | None] = asyncio.Queue(maxsize=_WAITING_BATCHES)

    async def work() -> None:
        try:
            async for batch in _batches(_lines(chunks)):
                outcomes = await _store(importer, batch, acting=acting)
                await answers.put(b"".join(map(_ndjson, outcomes)))
        finally:
            await answers.put(None)

    worker = asyncio.create_task(work())
    try:
        while (answer := await answers.get()) is not None:
            yield answer
        await worker
    finally:
        worker.cancel()


async def _store(
    importer: Importer, batch: Sequence[_Line], *, acting: Acting
) -> list[LineOutcome]:
    acting = replace(acting, now=importer.clock())
    outcomes: dict[int, LineOutcome] = {}
    histories: dict[int, tuple[ImportedDossier, History]] = {}
    for line in batch:
        try:
            paper = _paper(line)
            histories[line.number] = (paper, await _history(importer.office, paper, acting))
        except _TooLong:
            outcomes[line.number] = _rejected(line, importer.too_long)
        except ValidationError as error:
            outcomes[line.number] = _rejected(line, importer.malformed(error))
        except Refusal as refusal:
            outcomes[line.number] = _rejected(line, importer.explain(refusal))
    if histories:
        outcomes |= await _stored(importer, histories)
    return [outcomes[line.number] for line in batch]


async def _stored(
    importer: Importer, histories: dict[int, tuple[ImportedDossier, History]]
) -> dict[int, LineOutcome]:
    async with importer.sessions.begin() as tx:
        placed = await store_histories(tx, [history for _, history in histories.values()])
    return {
        number: LineOutcome(
            line=number,
            outcome="stored" if place.is_new else "duplicate",
            code=dossier_code(paper.agency_code, place.issued_on, place.serial),
        )
        for (number, (paper, _)), place in zip(histories.items(), placed, strict=True)
    }


async def _history(office: Office, paper: ImportedDossier, acting: Acting) -> History:
    require_sight(acting.sight, paper.agency_code)
    received_at = receipt_instant(paper.received_at, now=acting.now)
    terms = await terms_of(
        office.catalogue, paper.agency_code, paper.procedure_code, paper.channel, received_at
    )
    told = Told(
        channel=paper.channel,
        received_at=received_at,
        due_on=terms.due_on,
        settled_at=paper.settled_at,
        returned_at=paper.returned_at,
        return_method=paper.return_method,
        status=None if paper.status is None else Status(paper.status),
    )
    course, events = past_course(told, now=acting.now)
    applicant_id = uuid4()
    particulars = Particulars(
        agency_id=await office.catalogue.agency_id(paper.agency_code),
        agency_code=paper.agency_code,
        channel=paper.channel,
        applicant_id=applicant_id,
        full_name=paper.applicant.full_name,
        sealed=office.sealer.seal(applicant_id, paper.applicant.sensitive),
        key_id=office.sealer.key_id,
        subject=paper.subject,
        components_count=None,
        external_id=paper.external_id,
    )
    new = intake_of(particulars, terms, received_at, acting=acting, request_key=None)
    return History(new, course, events)


class _TooLong(Exception):
    """The line is longer than any line may be."""


def _paper(line: _Line) -> ImportedDossier:
    if line.text is None:
        raise _TooLong
    return ImportedDossier.model_validate_json(line.text)


def _rejected(line: _Line, problem: LineProblem) -> LineOutcome:
    return LineOutcome(line=line.number, outcome="rejected", problem=problem)


def _ndjson(outcome: LineOutcome) -> bytes:
    return outcome.model_dump_json(exclude_none=True).encode() + b"\n"


async def _lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[_Line]:
    """Cut a stream into numbered lines; an overlong line is skipped without being held."""
    number, held, is_overlong = 1, bytearray(), False
    async for chunk in chunks:
        *whole, rest = chunk.split(b"\n")
        for part in whole:
            text = bytes(held) + part
            yield _Line(number, None if is_overlong or len(text) > LONGEST_LINE else text)
            number, is_overlong = number + 1, False
            held.clear()
        held += rest
        if len(held) > LONGEST_LINE:
            is_overlong = True
            held.clear()
    if held or is_overlong:
        yield _Line(number, None if is_overlong else bytes(held))


async def _batches(lines: AsyncIterator[_Line]) -> AsyncIterator[list[_Line]]:
    """Group lines; blank ones are numbered but neither stored nor answered."""
    batch: list[_Line] = []
    async for line in lines:
        if line.text is not None and not line.text.strip():
            continue
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
