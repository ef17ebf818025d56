"""The one row that says when the kept counts were last compared, and who compares now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.tables.counts import last_verification as last


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison of everything found: windows compared, and cells that differ."""

    verified_at: datetime
    windows: int
    differences: int


async def claim(
    tx: AsyncSession, *, now: datetime, due_before: datetime, until: datetime
) -> int | None:
    """Take the next comparison until an instant; return its number.

    None when the last one is not as old as `due_before`, or another replica has claimed this one.
    Two that claim together are told apart by the row: the second waits and finds it taken.
    """
    taking = insert(last).values(run=1, claimed_until=until)
    taken = taking.on_conflict_do_update(
        index_elements=[last.c.is_only],
        set_={"run": last.c.run + 1, "claimed_until": taking.excluded.claimed_until},
        where=or_(last.c.verified_at.is_(None), last.c.verified_at <= due_before)
        & or_(last.c.claimed_until.is_(None), last.c.claimed_until <= now),
    )
    run: int | None = await tx.scalar(taken.returning(last.c.run))
    return run


async def extend(tx: AsyncSession, run: int, *, until: datetime) -> bool:
    """Keep a claim until a later instant; False when somebody else has taken it meanwhile."""
    kept = update(last).where(last.c.run == run).values(claimed_until=until)
    return await tx.scalar(kept.returning(last.c.run)) is not None


async def finish(tx: AsyncSession, run: int, found: Outcome) -> bool:
    """Write down what a claimed comparison found; False when the claim is somebody else's."""
    written = update(last).where(last.c.run == run).values(claimed_until=None, **_told(found))
    return await tx.scalar(written.returning(last.c.run)) is not None


async def note(tx: AsyncSession, found: Outcome) -> None:
    """Write down what a comparison without a claim found, unless a later one is written."""
    noting = insert(last).values(**_told(found))
    await tx.execute(
        noting.on_conflict_do_update(
            index_elements=[last.c.is_only],
            set_=_told(found),
            where=or_(last.c.verified_at.is_(None), last.c.verified_at <= found.verified_at),
        )
    )


async def latest(tx: AsyncSession) -> Outcome | None:
    """Return what the last finished comparison found."""
    query = select(last.c.verified_at, last.c.windows, last.c.differences).where(
        last.c.verified_at.is_not(None)
    )
    row = (await tx.execute(query)).one_or_none()
    return None if row is None else Outcome(row.verified_at, row.windows, row.differences)


def _told(found: Outcome) -> dict[str, datetime | int]:
    return {
        "verified_at": found.verified_at,
        "windows": found.windows,
        "differences": found.differences,
    }
