"""`tthc import dossiers` as a person uses it, with the two real services it takes."""

import asyncio
import gzip
import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

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
