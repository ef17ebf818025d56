import os
import signal
import socket
import time

import httpx
import pytest
from tthc.postgres import free_port, temporary_postgres


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_everything_comes_up_and_goes_down_when_asked(play, number):
    one = play().is_up()
    assert set(one.told["pids"]) == {"postgres", "north", "south"}
    for name, address in one.told["addresses"].items():
        assert httpx.get(f"{address}/").text == name
    started = time.monotonic()
    code, _said = one.end(number)
    assert time.monotonic() - started < 10
    assert code == 128 + number
    assert not one.living()


def test_a_request_to_stop_during_the_start_leaves_nothing(play, folder):
    one = play()
    home = folder / "run-1"
    deadline = time.monotonic() + 20
    while not (home / "logs" / "north.log").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    code, _said = one.end(signal.SIGTERM)
    assert code == 128 + signal.SIGTERM
    assert not (home / "postgres" / "data" / "postmaster.pid").exists()


def test_killed_runs_leave_no_process_and_lose_nothing(play):
    for visits in range(3):
        one = play().is_up()
        assert one.told["visits"] == visits
        one.end(signal.SIGKILL)
        assert visits != 1 or one.all_gone()  # Once waiting, else straight into the next run.


def test_postgres_killed_ends_the_run_and_loses_nothing(play):
    one = play().is_up()
    os.kill(one.told["pids"]["postgres"], signal.SIGKILL)
    _out, said = one.process.communicate(timeout=20)
    assert one.process.returncode == 1
    assert "postgres has stopped by itself" in said
    assert play().is_up().told["visits"] == 1


def test_a_service_that_dies_ends_the_run_with_its_last_words(play):
    one = play().is_up()
    with pytest.raises(httpx.TransportError):
        httpx.get(one.told["addresses"]["south"] + "/die")
    _out, said = one.process.communicate(timeout=20)
    assert one.process.returncode == 1
    assert "south has stopped by itself (exit code 7)" in said
    assert "a last word" in said
    assert not one.living()


def test_a_taken_port_is_left_alone_and_named(play):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        one = play(port, free_port()).is_up()
        _code, said = one.end(signal.SIGTERM)
    assert f"Port {port} is taken; north listens on" in said
    assert not one.told["addresses"]["north"].endswith(f":{port}")


def test_two_runs_at_once_keep_apart(play):
    ports = free_port(), free_port()
    one, other = play(*ports), play(*ports)
    one.is_up()
    other.is_up()
    assert one.told["home"] != other.told["home"]
    assert not set(one.told["addresses"].values()) & set(other.told["addresses"].values())
    assert one.told["visits"] == other.told["visits"] == 0
    said = one.end(signal.SIGTERM)[1] + other.end(signal.SIGTERM)[1]
    assert said.count("Another run is at work") == 1


def test_what_the_shell_says_of_other_servers_does_not_matter(play):
    nowhere = f"http://127.0.0.1:{free_port()}"
    one = play(HTTP_PROXY=nowhere, http_proxy=nowhere, PGSSLMODE="require", PGHOST="elsewhere")
    assert one.is_up().told["visits"] == 0


def test_a_demo_begins_on_fresh_data(play):
    play(kind="demo").is_up().end(signal.SIGKILL)
    assert play(kind="demo").is_up().told["visits"] == 0


def test_an_existing_server_is_used(play):
    with temporary_postgres() as server:
        one = play(DATABASE_URL=server.admin_url).is_up()
        assert set(one.told["pids"]) == {"north", "south"}
        one.end(signal.SIGTERM)
        other = play(kind="demo", DATABASE_URL=server.admin_url).is_up()
        assert other.told["visits"] == 1


def test_an_existing_server_that_is_away_is_named_in_one_line(play):
    one = play(DATABASE_URL=f"postgresql://me:secret@127.0.0.1:{free_port()}/postgres")
    _out, said = one.process.communicate(timeout=20)
    assert one.process.returncode == 1
    assert "Cannot connect to the database server" in said.splitlines()[-1]
    assert "secret" not in said
