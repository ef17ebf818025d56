"""Who recorded what, and up to which change the records reach."""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.tables import ChangeRow


async def add_change(
    tx: AsyncSession, *, at: datetime, subject: str, action: str, resource: str
) -> None:
    """Record that `subject` did `action` to `resource` (a code, never a person)."""
    await tx.execute(
        insert(ChangeRow).values(recorded_at=at, subject=subject, action=action, resource=resource)
    )


async def watermark(tx: AsyncSession, *, known_at: datetime) -> str:
    """Return the number of the last change known at the instant."""
    last = await tx.scalar(
        select(func.max(ChangeRow.change_id)).where(ChangeRow.recorded_at <= known_at)
    )
    return f"changes:{last or 0}"
