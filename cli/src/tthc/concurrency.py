"""Several things at the same time, failing as one."""

import asyncio
from collections.abc import Coroutine, Iterable


async def all_of(works: Iterable[Coroutine[None, None, None]]) -> None:
    """Do all `works` together; the first failure cancels the rest and is raised as it is."""
    try:
        async with asyncio.TaskGroup() as group:
            for work in works:
                group.create_task(work)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
