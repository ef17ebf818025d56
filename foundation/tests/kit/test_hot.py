"""Connections lent for one call: never more than agreed, never one that is in doubt."""

import asyncio

import asyncpg
import pytest
from kit.hot import HotPool


@pytest.fixture
async def pool(notes_url):
    pool = HotPool(notes_url, size=2, application_name="test-hot")
    yield pool
    await pool.close()


async def the_backend(pool) -> int:
    async with pool.connection() as connection:
        return await connection.fetchval("select pg_backend_pid()")


async def test_a_connection_is_used_again(pool):
    assert await the_backend(pool) == await the_backend(pool)


async def test_no_more_are_open_than_agreed(pool):
    async def hold() -> int:
        async with pool.connection() as connection:
            await asyncio.sleep(0.02)
            return await connection.fetchval("select pg_backend_pid()")

    assert len(set(await asyncio.gather(*(hold() for _ in range(10))))) == 2


async def test_a_refusal_of_the_server_leaves_the_connection(pool):
    backend = await the_backend(pool)
    with pytest.raises(asyncpg.DivisionByZeroError):
        async with pool.connection() as connection:
            await connection.fetchval("select 1 / 0")
    assert await the_backend(pool) == backend


async def test_a_call_that_was_cancelled_gives_no_connection_back(pool):
    backend = await the_backend(pool)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05), pool.connection() as connection:
            await connection.fetchval("select pg_sleep(5)")
    assert await the_backend(pool) != backend


async def test_a_connection_whose_server_went_away_is_dialled_anew(pool):
    async with pool.connection() as one:
        backend = await one.fetchval("select pg_backend_pid()")
        async with pool.connection() as other:
            await other.fetchval("select pg_terminate_backend($1)", backend)
        await asyncio.sleep(0.05)
    assert await the_backend(pool) != backend
    assert await the_backend(pool) != backend


async def test_nobody_waits_for_ever_when_dialling_fails(pool):
    away = HotPool("postgresql://nobody@127.0.0.1:1/none", size=1, application_name="test-hot")
    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            async with asyncio.timeout(5), away.connection():
                pass


async def test_a_statement_of_any_length_is_prepared_once(pool):
    long = f"select length('{'x' * 50_000}')"
    for _ in range(3):
        async with pool.connection() as connection:
            assert await connection.fetchval(long) == 50_000
    async with pool.connection() as connection:
        prepared = await connection.fetch(
            "select generic_plans + custom_plans as plans from pg_prepared_statements"
            " where statement = $1",
            long,
        )
    assert [row["plans"] for row in prepared] == [3]
