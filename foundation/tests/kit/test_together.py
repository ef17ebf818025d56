"""Calls that meet are made as one, and nobody fails for another's sake."""

import asyncio

import asyncpg
import pytest
from kit.hot import HotPool
from kit.together import Together


@pytest.fixture
async def pool(notes_url):
    pool = HotPool(notes_url, size=3, application_name="test-together")
    yield pool
    await pool.close()


@pytest.fixture
def made() -> list[list[str]]:
    return []


@pytest.fixture
def doubled(pool, made) -> Together[str, str]:
    """Doubles a text in the database; of one it cannot divide by, it complains."""

    async def calling(connection, asked):
        made.append(list(asked))
        rows = await connection.fetch(
            "select t, pg_sleep(0.01), 1 / nullif(length(t), 3) as none, 1 / (length(t) - 4)"
            " from unnest($1::text[]) t",
            asked,
        )
        return [row["t"] * 2 for row in rows]

    return Together(pool, calling, at_once=1, most=8)


async def test_one_who_comes_alone_is_asked_alone(doubled, made):
    assert await doubled("a") == "aa"
    assert await doubled("b") == "bb"
    assert made == [["a"], ["b"]]


async def test_who_comes_while_a_call_is_under_way_travels_with_the_next(doubled, made):
    await doubled("dialled")
    made.clear()
    letters = "abcdefgh"
    first = asyncio.create_task(doubled("first"))
    await asyncio.sleep(0.005)
    assert await asyncio.gather(*map(doubled, letters)) == [letter * 2 for letter in letters]
    assert await first == "firstfirst"
    assert made == [["first"], list(letters)]


async def test_a_call_is_full_at_some_point(doubled, made):
    letters = "abcdefghijklmnopqrs"
    assert await asyncio.gather(*map(doubled, letters)) == [letter * 2 for letter in letters]
    assert [len(asked) for asked in made] == [8, 8, 3]


async def test_whoever_is_at_fault_fails_alone(doubled, made):
    told = await asyncio.gather(*map(doubled, ["a", "four", "b"]), return_exceptions=True)
    assert told[0::2] == ["aa", "bb"]
    assert isinstance(told[1], asyncpg.DivisionByZeroError)
    assert sorted(made) == [["a"], ["a", "four", "b"], ["b"], ["four"]]


async def test_what_the_driver_cannot_write_fails_alone(doubled):
    told = await asyncio.gather(*map(doubled, ["a", 1]), return_exceptions=True)
    assert told[0] == "aa"
    assert isinstance(told[1], asyncpg.DataError)


async def test_one_who_goes_away_takes_nobody_along(doubled):
    here, gone = (asyncio.create_task(doubled(letter)) for letter in "ab")
    await asyncio.sleep(0.005)
    gone.cancel()
    assert await here == "aa"


async def test_a_connection_that_breaks_is_not_asked_again(pool, made):
    """Nobody knows what was kept, so it is not for this layer to keep it twice."""

    async def calling(connection, asked):
        made.append(asked)
        await connection.execute("select pg_terminate_backend(pg_backend_pid())")
        return asked

    calls: Together[str, str] = Together(pool, calling)
    told = await asyncio.gather(calls("a"), calls("b"), return_exceptions=True)
    assert all(isinstance(one, asyncpg.PostgresError | OSError) for one in told)
    assert made == [["a", "b"]]


async def test_after_a_server_that_was_away_calls_are_made_anew(pool, doubled, monkeypatch):
    def hang_up():
        raise ConnectionRefusedError

    with monkeypatch.context() as away:
        away.setattr(pool, "connection", hang_up)
        told = await asyncio.gather(doubled("a"), doubled("b"), return_exceptions=True)
        assert [type(one) for one in told] == [ConnectionRefusedError] * 2
    assert await doubled("a") == "aa"


async def test_a_call_that_took_too_long_is_asked_again_one_by_one(pool):
    """The server ended it and kept nothing; whoever held it up fails alone."""

    async def calling(connection, asked):
        async with connection.transaction():
            await connection.execute("set local statement_timeout = 50")
            slow = "slow" in asked
            return await connection.fetchval("select $1::text[] from pg_sleep($2)", asked, slow)

    calls: Together[str, str] = Together(pool, calling)
    told = await asyncio.gather(*map(calls, ["a", "slow", "b"]), return_exceptions=True)
    assert told[0::2] == ["a", "b"]
    assert isinstance(told[1], asyncpg.QueryCanceledError)
