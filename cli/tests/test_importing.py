"""`tthc import dossiers` as a person uses it, with the two real services it takes."""

import asyncio
import gzip
import json
import os
import re
import signal
import stat
import subprocess
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import asyncpg
import httpx
import pytest
from rich.console import Console
from tthc import importing
from tthc.keys import LocalIssuer
from tthc.migrations import prepare_databases
from tthc.postgres import free_port
from tthc.services import SERVICES
from tthc.stack import running_services

WARD = "H66.1.1"
PROCEDURE = "1.666001"


@pytest.fixture(scope="module")
def local(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="module")
async def dossier(postgres, local):
    """The address of a dossier service that knows a ward and a procedure."""
    services, keys = SERVICES[:2], local / "keys"
    await prepare_databases(postgres, services)
    starting = running_services(
        services, home=local, server=postgres, keys=keys, console=Console(quiet=True)
    )
    async with starting as running:
        token = LocalIssuer(keys).token("test", "*", ["catalog:write"], timedelta(hours=1))
        async with httpx.AsyncClient(
            base_url=running.addresses["catalog"], headers={"Authorization": f"Bearer {token}"}
        ) as catalog:
            for path, paper in world():
                (await catalog.post(path, json=paper)).raise_for_status()
        yield running.addresses["dossier"]


def world():
    agency = {"name": "Đơn vị mẫu", "valid_from": "2020-01-01", "is_sample": True}
    levels = ("H66", "province"), ("H66.1", "district"), (WARD, "commune")
    for code, level in levels:
        parent = code.rpartition(".")[0] or None
        yield "/v1/agencies", {**agency, "code": code, "level": level, "parent_code": parent}
    yield "/v1/procedure-fields", {"code": "linh-vuc-mau", "name": "Lĩnh vực mẫu"}
    method = {"channel": "direct", "time_limit_value": 3, "time_limit_unit": "working_day"}
    yield (
        "/v1/procedures",
        {
            "code": PROCEDURE,
            "name": "Thủ tục mẫu",
            "field_code": "linh-vuc-mau",
            "level": "commune",
            "filing_methods": [method],
            "valid_from": "2020-01-01",
        },
    )


def lines(run: str, count: int, *, bad: tuple[int, ...] = ()) -> list[str]:
    return [
        json.dumps(
            {
                "external_id": f"{run}-{number}",
                "agency_code": WARD,
                "procedure_code": "9.999999" if number in bad else PROCEDURE,
                "channel": "direct",
                "received_at": "2022-07-04T08:00:00+07:00",
                "settled_at": "2022-07-06T09:00:00+07:00",
                "applicant": {"full_name": f"Người nộp mẫu {number:03d}"},
            }
        )
        for number in range(1, count + 1)
    ]


async def send(dossier, local, file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = ("import", "dossiers", str(file), "--url", dossier, "--local", str(local), *options)
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "tthc", *command],
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


async def test_a_file_is_imported_and_rejected_lines_are_kept_with_their_reasons(
    dossier, local, tmp_path
):
    file = tmp_path / "transfer.ndjson"
    file.write_text("\n".join(["", *lines("a", 30, bad=(3, 7)), "no json", '{"a\u2028b": 1}']))
    done = await send(dossier, local, file)
    assert done.returncode == 1, done.stderr
    assert "28 stored, 0 duplicates, 4 rejected" in done.stdout
    kept = tmp_path / "transfer.ndjson.rejected.ndjson"
    assert str(kept) in done.stdout
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    rejects = [json.loads(line) for line in kept.read_text().split("\n") if line]
    assert [reject["line"] for reject in rejects] == [4, 8, 32, 33]
    assert [reject["problem"]["code"] for reject in rejects] == [
        "unknown_procedure",
        "unknown_procedure",
        "malformed_json",
        "invalid_fields",
    ]
    assert json.loads(rejects[0]["text"])["external_id"] == "a-3"


async def test_a_file_sent_again_continues_and_good_files_end_well(dossier, local, tmp_path):
    file = tmp_path / "part.ndjson"
    (tmp_path / "part.ndjson.rejected.ndjson").write_text("of an earlier run")
    file.write_text("\n".join(lines("b", 10)))
    first = await send(dossier, local, file)
    assert first.returncode == 0, first.stderr
    assert "10 stored, 0 duplicates, 0 rejected" in first.stdout
    file.write_text("\n".join(lines("b", 25)))
    again = await send(dossier, local, file)
    assert again.returncode == 0
    assert "15 stored, 10 duplicates, 0 rejected" in again.stdout
    assert not (tmp_path / "part.ndjson.rejected.ndjson").exists()


async def test_a_compressed_file_is_read_as_it_is(dossier, local, tmp_path):
    file = tmp_path / "transfer.ndjson.gz"
    file.write_bytes(gzip.compress("\n".join(lines("c", 40)).encode()))
    done = await send(dossier, local, file)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "40 stored")


async def test_a_damaged_file_is_imported_as_far_as_it_goes(dossier, local, tmp_path):
    whole = gzip.compress("\n".join(lines("d", 3_000)).encode())
    file = tmp_path / "torn.ndjson.gz"
    file.write_bytes(whole[: len(whole) // 2])
    done = await send(dossier, local, file)
    assert done.returncode == 1
    assert "torn.ndjson.gz is damaged after line" in done.stderr


async def test_a_compressed_file_with_corrupt_data_is_named(dossier, local, tmp_path):
    whole = bytearray(gzip.compress("\n".join(lines("z", 3_000)).encode()))
    whole[10] = 0xFF  # behind the header: no such kind of block
    file = tmp_path / "corrupt.ndjson.gz"
    file.write_bytes(whole)
    done = await send(dossier, local, file)
    assert done.returncode == 1
    assert "corrupt.ndjson.gz is damaged after line 0" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_pipe_is_refused_in_one_line(local, tmp_path):
    file = tmp_path / "pipe.ndjson"
    os.mkfifo(file)
    done = await send("http://127.0.0.1:9", local, file)
    assert done.returncode == 1
    assert "is no regular file" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_byte_order_mark_before_a_blank_line_is_no_line(dossier, local, tmp_path):
    file = tmp_path / "marked.ndjson"
    file.write_bytes(b"\xef\xbb\xbf\n" + "\n".join(lines("m", 2)).encode())
    done = await send(dossier, local, file)
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "2 stored"), done.stderr


async def test_who_may_not_import_is_told_so(dossier, local, tmp_path):
    file = tmp_path / "transfer.ndjson"
    file.write_text("\n".join(lines("e", 1)))
    done = await send(dossier, local, file, "--token", "no-token")
    assert done.returncode == 1
    assert "refuses the import" in done.stderr


async def test_a_service_that_is_away_is_named(local, tmp_path, monkeypatch):
    file = tmp_path / "transfer.ndjson"
    file.write_text("\n".join(lines("f", 1)))
    monkeypatch.setattr(importing, "_PAUSES_SECONDS", ())
    away = f"http://127.0.0.1:{free_port()}"
    tally = importing.Tally()
    with importing.Rejects(file) as rejects, pytest.raises(importing.LocalProblem, match=away):
        await importing.Import(file, away, "token", tally, rejects, lambda _done: None).run()


def test_a_file_is_read_part_by_part_and_overlong_lines_are_cut(tmp_path, monkeypatch):
    monkeypatch.setattr(importing, "_LINES_A_REQUEST", 2)
    file = tmp_path / "long.ndjson"
    file.write_bytes(b"1\n" + b"x" * 1_000_000 + b"\n\n4\n5")
    parts = list(importing.parts_of(file))
    assert [(part.first, len(part.lines)) for part in parts] == [(1, 2), (3, 2), (5, 1)]
    assert len(parts[0].lines[1]) == 65_539
    assert parts[2].lines == [b"5\n"]
    assert [part.ends for part in parts][-1] == file.stat().st_size


def an_import(file: Path, dossier: str, local: Path, rejects, follow) -> importing.Import:
    token = LocalIssuer(local / "keys").token("t", "*", ["dossiers:import"], timedelta(hours=1))
    return importing.Import(file, dossier, token, importing.Tally(), rejects, follow)


async def count_of(postgres, run: str) -> int:
    """Return how many dossiers of a run the database holds."""
    connection = await asyncpg.connect(postgres.url("tthc_dossier", "tthc_dossier"))
    try:
        counting = "select count(*) from dossiers where external_id like $1"
        return await connection.fetchval(counting, f"{run}-%")
    finally:
        await connection.close()


def long_lines(run: str, count: int) -> str:
    return "\n".join(
        json.dumps({**json.loads(line), "subject": "x" * 1_500}) for line in lines(run, count)
    )


async def test_answers_are_shown_while_lines_are_still_being_sent(dossier, local, tmp_path):
    file = tmp_path / "long.ndjson"
    file.write_text(long_lines("n", 12_000))
    seen = []
    with importing.Rejects(file) as rejects:

        def follow(done: int) -> None:
            seen.append((done, sending.tally.lines, len(sending.tally.untold)))

        sending = an_import(file, dossier, local, rejects, follow)
        await sending.run()
    answered = [lines for _, lines, _ in seen]
    assert answered == sorted(answered)
    assert answered[-1] == 12_000
    assert len(set(answered)) > 4
    assert any(lines > 0 and lines + untold < 12_000 for _, lines, untold in seen)
    assert not sending.tally.untold


async def test_a_service_killed_midway_leaves_no_line_uncounted_and_none_twice(
    dossier, postgres, local, tmp_path, monkeypatch
):
    monkeypatch.setattr(importing, "_PAUSES_SECONDS", ())
    file, total = tmp_path / "killed.ndjson", 12_000
    (tmp_path / "first" / "logs").mkdir(parents=True)
    file.write_text(long_lines("k", total))
    running = partial(
        running_services,
        SERVICES[:2],
        server=postgres,
        keys=local / "keys",
        console=Console(quiet=True),
    )
    with importing.Rejects(file) as rejects:
        async with running(home=tmp_path / "first") as stack:
            (child,) = (child for child in stack.children if child.name == "dossier")

            def strike(_done: int) -> None:
                child.process.kill()

            sending = an_import(file, stack.addresses["dossier"], local, rejects, strike)
            with pytest.raises(importing.LocalProblem, match="does not answer"):
                await sending.run()
        told, untold = sending.tally.outcomes["stored"], len(sending.tally.untold)
        assert 0 < told == sending.tally.lines < total
        assert untold
        stored = await count_of(postgres, "k")
        assert told <= stored <= told + untold
        assert f"{told:,} stored, 0 duplicates, 0 rejected. {untold:,} more lines were sent" in (
            sending.tally.at_a_break
        )
        again = an_import(file, dossier, local, rejects, lambda _done: None)
        await again.run()
    assert again.tally.outcomes == {"stored": total - stored, "duplicate": stored}
    assert await count_of(postgres, "k") == total


async def test_what_this_run_had_sent_before_is_told_from_other_duplicates(
    dossier, postgres, local, tmp_path
):
    file = tmp_path / "repeated.ndjson"
    file.write_text("\n".join(lines("r", 300)))
    with importing.Rejects(file) as rejects:
        first = an_import(file, dossier, local, rejects, lambda _done: None)
        await first.run()
        again = an_import(file, dossier, local, rejects, lambda _done: None)
        again.tally.untold.update(range(1, 101))  # an attempt whose answer never came
        await again.run()
    assert str(again.tally) == (
        "0 stored, 300 duplicates (100 of them sent before by this run), 0 rejected"
    )


async def test_who_presses_ctrl_c_is_told_what_is_certain_and_what_is_not(
    dossier, postgres, local, tmp_path
):
    file, total = tmp_path / "stopped.ndjson", 40_000
    file.write_text(long_lines("s", total))
    command = ("import", "dossiers", str(file), "--url", dossier, "--local", str(local))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tthc", *command),
        env={**os.environ, "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
    )
    while not await count_of(postgres, "s"):  # noqa: ASYNC110 - another process stores them
        await asyncio.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said = (await process.communicate())[0].decode()
    assert process.returncode == 130
    found = re.search(r"Broken off: ([\d,]+) stored, .*\. ([\d,]+) more lines were sent", said)
    assert found, said
    told, untold = (int(number.replace(",", "")) for number in found.groups())
    assert told <= await count_of(postgres, "s") <= told + untold
    assert told + untold < total


@pytest.mark.parametrize("url", ["nowhere", "ftp://127.0.0.1", "http://", "http://[::1"])
async def test_what_is_no_address_is_said_to_be_none(local, tmp_path, url):
    file = tmp_path / "transfer.ndjson"
    file.write_text("\n".join(lines("u", 1)))
    with importing.Rejects(file) as rejects:
        sending = an_import(file, url, local, rejects, lambda _done: None)
        with pytest.raises(importing.LocalProblem, match="is no address"):
            await sending.run()
