"""Short ways of the operations that portals call all day: hand in, list, look up, move, track.

Each does what its long way does, with the same use case; what it refuses the long way refuses.
"""

from kernel.codes import MalformedCode
from kit.hot import HotPool
from kit.preconditions import BY_ACTOR, entity_tag, version_in
from kit.shortcut import Answer, NotPlain, Plain, Shortcut

from dossier.deps import acting_of
from dossier.domain.lifecycle import Status
from dossier.intake_deps import key_of
from dossier.schemas.handling import MoveDossier
from dossier.schemas.intake import ReceiveDossier
from dossier.schemas.lists import PageAsked
from dossier.schemas.sheet import progress_sheet, receipt_sheet, sheet_of
from dossier.usecases import foreseen, handling, intake, listing, reading
from dossier.usecases.acting import Acting, Office
from dossier.usecases.changing import Change, agency_of
from dossier.usecases.handling import AtOnce
from dossier.usecases.hot_calls import HotCalls
from dossier.usecases.listing import Listing, Searcher

_BY_ACTOR = (b"vary", BY_ACTOR.encode())


async def _receive_dossier(plain: Plain) -> Answer:
    acting = await _acting(plain, "dossiers:receive")
    paper = ReceiveDossier.model_validate_json(plain.body)
    key = plain.header(b"idempotency-key")
    prepared = await intake.prepare_intake(
        _office(plain),
        paper,
        acting=acting,
        request_key=None if key is None else key_of(key, plain.body),
    )
    received = await intake.hand_in(_calls(plain), prepared)
    return Answer(201, receipt_sheet(received))


async def _list_dossiers(plain: Plain) -> Answer:
    asked = PageAsked.model_validate(plain.query(lists=("status",)))
    if asked.applicant is not None:  # A search is recorded before it may still be refused.
        raise NotPlain
    acting, office = await _acting(plain, "dossiers:read"), _office(plain)
    searcher = Searcher(acting, may_search=False, request_id=plain.scope["request_id"])
    wanted = Listing(await listing.wanted(office, asked, searcher), asked, searcher)
    async with _hot(plain).connection() as connection:
        return Answer(200, await listing.list_dossiers(connection, office, wanted))


async def _read_dossier(plain: Plain) -> Answer:
    if b"if-none-match" in plain.headers:
        raise NotPlain
    acting = await _acting(plain, "dossiers:read")
    try:
        found = await reading.read_sheet(
            _calls(plain), _office(plain), plain.parameters["code"], acting=acting
        )
    except MalformedCode as error:
        raise NotPlain from error
    tag = entity_tag(found.version, acting.view)
    return Answer(200, found.body, ((b"etag", tag.encode()), _BY_ACTOR))


async def _move_dossier(plain: Plain) -> Answer:
    acting = await _acting(plain, "dossiers:process")
    expected = version_in(plain.header(b"if-match"))
    body = MoveDossier.model_validate_json(plain.body)
    office, code, to = _office(plain), plain.parameters["code"], Status(body.to_status)
    change = Change(code=code, expected=expected, at=body.occurred_at, acting=acting)
    try:
        sheet = await foreseen.move_as_foreseen(
            _calls(plain), office, change, to, reason=body.reason
        )
        if sheet is not None:
            return Answer(200, sheet.body, _tagged(sheet.version))
        desk = await office.catalogue.desk(agency_of(code))
    except MalformedCode as error:
        raise NotPlain from error
    async with _hot(plain).connection() as connection:
        once = AtOnce(connection, office, desk)
        moved = await handling.move_dossier(once, change, to, reason=body.reason)
    return Answer(200, sheet_of(moved), _tagged(moved.version))


async def _track_dossier(plain: Plain) -> Answer:
    try:
        async with _hot(plain).connection() as connection:
            progress = await reading.track_dossier(connection, plain.parameters["code"])
    except MalformedCode as error:
        raise NotPlain from error
    return Answer(200, progress_sheet(progress))


SHORTCUTS = (
    Shortcut("POST", "/v1/dossiers", _receive_dossier),
    Shortcut("GET", "/v1/dossiers", _list_dossiers, takes_query=True),
    Shortcut("GET", "/v1/dossiers/{code}", _read_dossier),
    Shortcut("POST", "/v1/dossiers/{code}/moves", _move_dossier),
    Shortcut("GET", "/v1/tracking/{code}", _track_dossier),
)


async def _acting(plain: Plain, scope: str) -> Acting:
    who = await plain.actor(scope)
    return await acting_of(who, _office(plain), plain.app.state.clock())


def _office(plain: Plain) -> Office:
    office: Office = plain.app.state.office
    return office


def _hot(plain: Plain) -> HotPool:
    pool: HotPool = plain.app.state.hot
    return pool


def _calls(plain: Plain) -> HotCalls:
    calls: HotCalls = plain.app.state.hot_calls
    return calls


def _tagged(version: int) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"etag", entity_tag(version).encode()),)
