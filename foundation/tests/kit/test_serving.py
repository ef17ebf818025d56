"""Answers leave in one write; streams still feel their readers."""

import asyncio
import socket

import httpx
import pytest
from kit.serving import Joined


class Wire:
    """A transport that remembers its writes."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed
        self.writes.append(data)

    def close(self) -> None:
        self.is_closed = True


@pytest.fixture
async def wire() -> Wire:
    return Wire()


@pytest.fixture
async def joined(wire) -> Joined:
    return Joined(wire, asyncio.get_running_loop())


async def test_what_is_written_in_one_turn_leaves_together(wire, joined):
    joined.write(b"head")
    joined.write(b"body")
    assert wire.writes == []
    await asyncio.sleep(0)
    assert wire.writes == [b"headbody"]
    joined.write(b"next")
    await asyncio.sleep(0)
    assert wire.writes == [b"headbody", b"next"]


async def test_much_is_written_at_once(wire, joined):
    joined.write(b"x" * 65_537)
    assert [len(data) for data in wire.writes] == [65_537]


async def test_much_is_not_copied_to_leave_together(wire, joined):
    much = b"x" * 65_537
    joined.write(b"head")
    joined.write(much)
    assert wire.writes[0] == b"head"
    assert wire.writes[1] is much
    joined.write(b"next")
    await asyncio.sleep(0)
    assert wire.writes[2] == b"next"


async def test_closing_writes_what_waits(wire, joined):
    joined.write(b"last")
    joined.close()
    assert wire.writes == [b"last"]
    assert wire.is_closed
    await asyncio.sleep(0)
    assert wire.writes == [b"last"]


def test_an_answer_arrives_whole_in_one_packet(app, serve):
    with (
        serve(app) as address,
        socket.create_connection(
            (httpx.URL(address).host, httpx.URL(address).port or 80)
        ) as client,
    ):
        for _ in range(3):
            client.sendall(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n")
            answer = client.recv(65_536)
            assert answer.startswith(b"HTTP/1.1 200 OK")
            assert answer.endswith(b'{"status":"alive"}')
