import itertools
from collections.abc import AsyncIterator

import pytest
from dossier.usecases.ndjson import LONGEST_LINE, Line, batches
from hypothesis import example, given
from hypothesis import strategies as st


async def cut(
    chunks: list[bytes], *, lines: int = 10_000, size: int = 1 << 30, first: int | None = None
) -> list[list[Line]]:
    async def stream() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    return [batch async for batch in batches(stream(), lines=lines, size=size, first=first)]


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=8))
@example(text=b"\xef\xbb\xbfa\n\xef\xbb\xbfb", cuts=[1, 2, 3, 4])
@example(text=b"\xef\xbb\xbf", cuts=[])
async def test_lines_do_not_depend_on_how_the_stream_is_cut(text, cuts):
    places = [0, *sorted(cuts), len(text)]
    chunks = [text[a:b] for a, b in itertools.pairwise(places)]
    found = [line for batch in await cut(chunks) for line in batch]
    lines = enumerate(text.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1)
    assert found == [Line(number, line) for number, line in lines if line.strip()]


async def test_a_batch_ends_at_its_lines_or_at_its_bytes():
    chunks = [b"x\n" * 7]
    assert [len(batch) for batch in await cut(chunks, lines=3)] == [3, 3, 1]
    assert [len(batch) for batch in await cut(chunks, size=1)] == [2, 2, 2, 1]
    assert [len(batch) for batch in await cut(chunks, lines=3, first=1)] == [1, 2, 3, 1]


@pytest.mark.parametrize("step", [1_000, LONGEST_LINE, 1 << 20])
async def test_an_overlong_line_is_skipped_and_its_neighbours_are_not(step):
    text = b"a\n" + b"x" * (3 * LONGEST_LINE) + b"\nb\n" + b"y" * (LONGEST_LINE + 1)
    chunks = [text[place : place + step] for place in range(0, len(text), step)]
    (batch,) = await cut(chunks)
    assert batch == [Line(1, b"a"), Line(2, None), Line(3, b"b"), Line(4, None)]
