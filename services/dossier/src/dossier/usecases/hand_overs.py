"""Between agencies and units: handing over, taking over, completing, and who was late."""

from collections.abc import Sequence
from datetime import datetime

from kernel.codes import DossierCode
from kernel.time_zone import local_day
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.domain import hand_overs as rules
from dossier.domain import lifecycle
from dossier.domain.corrections import Recorded
from dossier.domain.dossier import Dossier
from dossier.domain.errors import UnknownDossier, UnknownHandOver
from dossier.domain.event_kinds import HANDED_OVER, RECALLED, STEP_COMPLETED, TAKEN_OVER
from dossier.domain.facts import Facts
from dossier.domain.hand_overs import Lateness, Step
from dossier.domain.lifecycle import HAND_OVER_FROM, OPEN, LegalAct
from dossier.domain.permissions import require_act, require_sight
from dossier.store import course as courses
from dossier.store import dossiers
from dossier.store import hand_overs as store
from dossier.store.hand_overs import Waiting
from dossier.usecases.acting import Acting, Office
from dossier.usecases.changing import Change, Details, Opened, keep, open_held
from dossier.usecases.places import waiting_cursor, waiting_place
from dossier.usecases.reading import read_dossier
from dossier.usecases.telling import Log, read_log, told_steps


async def hand_over(
    tx: AsyncSession,
    office: Office,
    change: Change,
    *,
    to_agency_code: str,
    to_unit: str | None,
    step_name: str,
    limit_working_days: int | None,
) -> Dossier:
    """Hand a dossier to another agency or unit, which settles it from now on.

    The hand-over ends the step in whose course it happens. The code, and so the agency that
    received the dossier, never changes.
    """
    to_agency_id = await office.catalogue.standing_agency_id(to_agency_code, on=change.on)
    opened = await open_held(tx, office, change)
    opened.require(LegalAct.HAND_OVER, HAND_OVER_FROM)
    rules.require_other_hands(opened.dossier.resolver_agency_code, to_agency_code, to_unit)
    steps = await store.steps_of(tx, opened.dossier)
    rules.require_handed_on(steps, at=opened.at)
    due_on = rules.step_due_on(opened.at, limit_working_days, opened.desk)
    details: Details = {
        "step_number": len(steps) + 1,
        "from_agency_code": opened.dossier.resolver_agency_code,
        "to_agency_code": to_agency_code,
        "to_unit": to_unit,
        "step_due_on": None if due_on is None else due_on.isoformat(),
    }
    handed = await keep(
        tx,
        opened,
        opened.course,
        act=LegalAct.HAND_OVER,
        kind=HANDED_OVER,
        details=details,
        resolver=(to_agency_id, to_agency_code),
    )
    await store.add_step(
        tx,
        opened.dossier,
        step_name=step_name,
        to_agency_id=to_agency_id,
        to_unit=to_unit,
        limit_working_days=limit_working_days,
        due_on=due_on,
        handed_over_at=opened.at,
        by=change.acting.by,
        at=change.acting.now,
    )
    return handed


async def take_over(tx: AsyncSession, office: Office, change: Change, number: int) -> Dossier:
    """Confirm that a dossier arrived: the taking side's time."""
    opened = await open_held(tx, office, change, since_receipt=True)
    step = await _open_step(tx, opened, number, LegalAct.TAKE_OVER)
    rules.require_after(step.handed_over_at, at=opened.at)
    rules.require_step_open(step, taken_over=False)
    taken = await keep(
        tx,
        opened,
        opened.course,
        act=LegalAct.TAKE_OVER,
        kind=TAKEN_OVER,
        details={"step_number": number},
    )
    await store.take_over(tx, opened.dossier, number, at=opened.at, by=change.acting.by)
    return taken


async def complete_step(tx: AsyncSession, office: Office, change: Change, number: int) -> Dossier:
    """Complete a step without handing on: the dossier goes back to the agency that received it."""
    opened = await open_held(tx, office, change)
    step = await _open_step(tx, opened, number, LegalAct.COMPLETE_STEP)
    rules.require_step_open(step, taken_over=True)
    rules.require_in_hand(opened.step, LegalAct.COMPLETE_STEP, at=opened.at, ends_step=True)
    return await keep(
        tx,
        opened,
        opened.course,
        act=LegalAct.COMPLETE_STEP,
        kind=STEP_COMPLETED,
        details={"step_number": number},
        resolver=(opened.dossier.agency_id, opened.dossier.agency_code),
    )


async def recall(
    tx: AsyncSession, office: Office, change: Change, number: int, *, reason: str
) -> Dossier:
    """Call back a hand-over that nobody has taken over: everything is as it was before it.

    It is for the agency that handed over, which may be neither side of the dossier meanwhile.
    """
    opened = await open_held(tx, office, change, since_receipt=True)
    step = await _step(tx, opened, number)
    lifecycle.require_status(
        opened.status, OPEN, LegalAct.RECALL, came_from=opened.course.came_from
    )
    rules.require_step_open(step, taken_over=False)
    require_act(change.acting.sight, LegalAct.RECALL, opened.holders)
    rules.require_after(step.handed_over_at, at=opened.at)
    details: Details = {
        "step_number": number,
        "from_agency_code": step.from_agency_code,
        "reason": reason,
    }
    log = await read_log(tx, opened.dossier)
    event = Recorded(
        number=opened.dossier.version + 1,
        kind=RECALLED,
        from_status=opened.status,
        to_status=opened.status,
        occurred_at=opened.at,
        details=details,
    )
    recalled = Log([*log.events, event], log.holding)
    told = await told_steps(tx, opened.dossier, recalled, opened.desk)
    back = await keep(
        tx,
        opened,
        opened.course,
        act=LegalAct.RECALL,
        kind=RECALLED,
        details=details,
        resolver=told.resolver,
    )
    await store.keep_steps(tx, opened.dossier, told.changed)
    return back


async def list_hand_overs(
    tx: AsyncSession, office: Office, code: str, *, acting: Acting
) -> Sequence[Step]:
    """Return the steps of a dossier, in order."""
    return await store.steps_of(tx, await read_dossier(tx, office, code, acting=acting))


async def explain_lateness(
    tx: AsyncSession, office: Office, code: str, *, known_at: datetime | None, acting: Acting
) -> Lateness:
    """Say how late a dossier is as of today, which steps were, and whose doing it is.

    With `known_at`, as of that instant's day and as it was known then: what has been corrected
    since reads as it was told. Whoever had a step of it may read why it is blamed, when the step
    has long ended as well.
    """
    desk = await office.catalogue.desk(DossierCode.parse(code).agency.text)
    dossier = await dossiers.dossier(tx, code, acting.sight, office.sealer, by_part=True)
    if dossier is None:
        raise UnknownDossier(code=code)
    log = await read_log(tx, dossier, known_at=known_at)
    if known_at is None:
        facts: Facts | None = (await courses.course(tx, dossier)).facts
        steps = await store.steps_of(tx, dossier)
    else:
        facts = await courses.facts_known(tx, dossier, known_at)
        steps = (await told_steps(tx, dossier, log, desk)).steps
    if facts is None:
        raise UnknownDossier(code=code)
    return rules.lateness(
        facts,
        steps,
        receiver=dossier.agency_code,
        as_of=local_day(known_at or acting.now),
        desk=desk,
        corrections=len(log.holding),
    )


async def list_waiting(
    tx: AsyncSession,
    office: Office,
    agency_code: str,
    *,
    cursor: str | None,
    limit: int,
    acting: Acting,
) -> tuple[list[Waiting], str | None]:
    """Return a page of what waits for an agency: handed over to it and not completed."""
    require_sight(acting.sight, agency_code)
    to_agency_id = await office.catalogue.agency_id(agency_code)
    found = await store.steps_waiting(
        tx, to_agency_id, after=waiting_place(cursor), limit=limit + 1
    )
    page = found[:limit]
    return page, waiting_cursor(page[-1].place) if len(found) > limit else None


async def _open_step(tx: AsyncSession, opened: Opened, number: int, act: LegalAct) -> Step:
    opened.require(act, OPEN)
    return await _step(tx, opened, number)


async def _step(tx: AsyncSession, opened: Opened, number: int) -> Step:
    steps = await store.steps_of(tx, opened.dossier)
    found = next((step for step in steps if step.step_number == number), None)
    if found is None:
        raise UnknownHandOver(code=opened.dossier.code, step_number=number)
    return found
