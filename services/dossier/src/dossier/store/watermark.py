"""How far the log reaches, as known then."""

from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Executable, func, literal, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.store.scopes import Scope, Shape
from dossier.tables.agencies import agencies
from dossier.tables.dossiers import events


async def as_present(tx: AsyncSession, scope: Scope) -> Scope:
    """Return the scope without its instant when the log has nothing after it.

    The present is less to read than the past.
    """
    if scope.known_at is None or await tx.scalar(_changed_since(scope.shape), scope.values()):
        return scope
    return replace(scope, known_at=None)


@cache
def _changed_since(shape: Shape) -> Executable:
    return select(changed_since(shape))


def changed_since(shape: Shape) -> ColumnElement[bool]:
    """Return whether something was recorded after the instant as of which is asked."""
    if shape.knows_now:
        return literal(value=False)
    late = shape.sees(events.c.agency_id), events.c.recorded_at > shape.known_at
    return select(events.c.agency_id).where(*late).exists()


async def watermark(tx: AsyncSession, scope: Scope) -> datetime | None:
    """Return when the last event known then was recorded; None when there is none."""
    found: datetime | None = await tx.scalar(looking_up_last(scope.shape), scope.values())
    return found


@cache
def looking_up_last(shape: Shape) -> Executable:
    """Return the statement of `watermark`, which looks agency by agency: the index has it ready."""
    recorded = events.c.recorded_at
    last = select(recorded).where(events.c.agency_id == agencies.c.agency_id)
    if not shape.knows_now:
        last = last.where(recorded <= shape.known_at)
    each = last.order_by(recorded.desc()).limit(1).lateral("each_agency")
    return (
        select(func.max(each.c.recorded_at))
        .select_from(agencies.join(each, true()))
        .where(shape.sees(agencies.c.agency_id))
    )
