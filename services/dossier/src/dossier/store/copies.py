"""Copies of catalogue answers, kept so that the desk works while the catalogue is away."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from dossier.tables.agencies import catalog_copies


async def copy_of(tx: AsyncSession, resource: str) -> tuple[str | None, object] | None:
    """Return the tag and the body of a stored copy."""
    found = await tx.execute(
        select(catalog_copies.c.etag, catalog_copies.c.body).where(
            catalog_copies.c.resource == resource
        )
    )
    row = found.one_or_none()
    return None if row is None else (row.etag, row.body)


async def keep_copy(
    tx: AsyncSession, resource: str, *, etag: str | None, body: object, fetched_at: datetime
) -> None:
    """Store a copy; the later one replaces the earlier."""
    values = {"etag": etag, "body": body, "fetched_at": fetched_at}
    await tx.execute(
        insert(catalog_copies)
        .values(resource=resource, **values)
        .on_conflict_do_update(index_elements=[catalog_copies.c.resource], set_=values)
    )
