"""Agencies and the tree they form on a day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kit.db import refusing
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from catalog.domain.agencies import ParentLink
from catalog.domain.errors import AgencyExists, ParentExists, RangeReversed
from catalog.tables import AgencyParentRow, AgencyRow, Found

_HIERARCHY = 41_501
"""Number of the advisory lock under which the tree changes."""

_PLACES = """
    link as (
        select distinct on (agency_id) agency_id, parent_id
        from agency_parents
        where valid_from <= :day and recorded_at <= :known_at
        order by agency_id, valid_from desc
    )
"""
_LINKS = text(f"""
    with {_PLACES}
    select child.code, parent.code as parent_code, child.valid_to
    from agencies child
    left join link on link.agency_id = child.agency_id
    left join agencies parent on parent.agency_id = link.parent_id
    order by child.code collate "C"
""")  # noqa: S608 - our own words
_SUBTREE = text(f"""
    with recursive {_PLACES}, tree as (
        select agency_id from agencies where code = :code
        union
        select link.agency_id from link join tree on link.parent_id = tree.agency_id
    )
    select agency_id, code, valid_from <= :day and coalesce(valid_to > :day, true) as exists_then
    from agencies join tree using (agency_id)
    order by code collate "C"
""")  # noqa: S608 - our own words
"""The order of codes is that of their bytes: the same on every server."""


def _on_day(day: date) -> Any:
    """Select agencies that exist on `day`, each with its parent of that day."""
    link = (
        select(AgencyParentRow.parent_id)
        .where(AgencyParentRow.agency_id == AgencyRow.agency_id, AgencyParentRow.valid_from <= day)
        .order_by(AgencyParentRow.valid_from.desc())
        .limit(1)
        .lateral()
    )
    parent = aliased(AgencyRow)
    return (
        select(*_COLUMNS, parent.code.label("parent_code"))
        .select_from(AgencyRow)
        .outerjoin(link, text("true"))
        .outerjoin(parent, parent.agency_id == link.c.parent_id)
        .where(
            AgencyRow.valid_from <= day,
            (AgencyRow.valid_to.is_(None)) | (AgencyRow.valid_to > day),
        )
    )


_COLUMNS = (
    AgencyRow.agency_id,
    AgencyRow.code,
    AgencyRow.name,
    AgencyRow.level,
    AgencyRow.valid_from,
    AgencyRow.valid_to,
    AgencyRow.is_sample,
    AgencyRow.version,
)


async def agency_on(tx: AsyncSession, code: str, *, day: date) -> Found | None:
    """Return the agency as of `day`; None when it does not exist then."""
    return (await tx.execute(_on_day(day).where(AgencyRow.code == code))).one_or_none()


async def agencies_on(
    tx: AsyncSession, *, day: date, parent_code: str | None, after: str | None, limit: int
) -> Sequence[Found]:
    """Return agencies that exist on `day` in the order of their codes."""
    found = _on_day(day).subquery()
    page = select(found).order_by(found.c.code.collate("C")).limit(limit)
    if parent_code is not None:
        page = page.where(found.c.parent_code == parent_code)
    if after is not None:
        page = page.where(found.c.code.collate("C") > after)
    return (await tx.execute(page)).all()


async def agency_row(tx: AsyncSession, code: str) -> AgencyRow | None:
    """Return the agency of `code`, whether or not it exists today."""
    found: AgencyRow | None = await tx.scalar(select(AgencyRow).where(AgencyRow.code == code))
    return found


async def add_agency(
    tx: AsyncSession,
    *,
    code: str,
    name: str,
    level: str,
    parent_id: int | None,
    valid_from: date,
    valid_to: date | None,
    is_sample: bool,
    at: datetime,
) -> None:
    """Record an agency with the parent it begins under."""
    with refusing(
        {"uq_agencies_code": AgencyExists(agency_code=code), "ck_agencies_range": RangeReversed()}
    ):
        agency_id = await tx.scalar(
            insert(AgencyRow)
            .values(
                code=code,
                name=name,
                level=level,
                valid_from=valid_from,
                valid_to=valid_to,
                is_sample=is_sample,
                version=1,
                recorded_at=at,
            )
            .returning(AgencyRow.agency_id)
        )
    await tx.execute(
        insert(AgencyParentRow).values(
            agency_id=agency_id, valid_from=valid_from, parent_id=parent_id, recorded_at=at
        )
    )


async def change_agency(
    tx: AsyncSession, code: str, *, expected_version: int, changes: dict[str, str | date | None]
) -> bool:
    """Change the agency if it is at `expected_version`; tell whether it was."""
    with refusing({"ck_agencies_range": RangeReversed()}):
        changed = await tx.scalar(
            update(AgencyRow)
            .where(AgencyRow.code == code, AgencyRow.version == expected_version)
            .values(**changes, version=AgencyRow.version + 1)
            .returning(AgencyRow.agency_id)
        )
    return changed is not None


async def lock_hierarchy(tx: AsyncSession) -> None:
    """Let one transaction at a time change the tree: no constraint can see a cycle."""
    await tx.execute(text("select pg_advisory_xact_lock(:number)"), {"number": _HIERARCHY})


async def parent_links(tx: AsyncSession) -> list[ParentLink]:
    """Return every link ever recorded, by code."""
    child, parent = aliased(AgencyRow), aliased(AgencyRow)
    links = await tx.execute(
        select(child.code, parent.code, AgencyParentRow.valid_from)
        .join(child, child.agency_id == AgencyParentRow.agency_id)
        .outerjoin(parent, parent.agency_id == AgencyParentRow.parent_id)
    )
    return [ParentLink(*link) for link in links]


async def add_parent(
    tx: AsyncSession, *, agency_id: int, parent_id: int | None, valid_from: date, at: datetime
) -> None:
    """Put the agency under another parent from a day on."""
    with refusing({"pk_agency_parents": ParentExists(valid_from=valid_from)}):
        await tx.execute(
            insert(AgencyParentRow).values(
                agency_id=agency_id, valid_from=valid_from, parent_id=parent_id, recorded_at=at
            )
        )


async def subtree_on(
    tx: AsyncSession, code: str, *, day: date, known_at: datetime
) -> Sequence[Found]:
    """Return the agency and every one below it that day, also those that had ended by then."""
    asked = {"code": code, "day": day, "known_at": known_at}
    return (await tx.execute(_SUBTREE, asked)).all()


async def links_on(tx: AsyncSession, *, day: date, known_at: datetime) -> Sequence[Found]:
    """Return every agency with the one it stands under that day."""
    return (await tx.execute(_LINKS, {"day": day, "known_at": known_at})).all()


async def is_within(
    tx: AsyncSession, code: str, root_code: str, *, day: date, known_at: datetime
) -> bool:
    """Tell whether the agency is `root_code` or stands below it that day."""
    if code == root_code:
        return True
    below = await subtree_on(tx, root_code, day=day, known_at=known_at)
    return any(agency.code == code for agency in below)
