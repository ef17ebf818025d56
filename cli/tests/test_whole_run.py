"""The command as a person uses it, with the four real services."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from tthc import report_run
from tthc.services import PROJECT

ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
CALENDAR = PROJECT / "services/catalog/releases/working-calendar-2021-2026.csv"


def tthc(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tthc", *arguments, "--local", str(folder)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
    )


def start(folder: Path) -> tuple[subprocess.Popen[str], list[str]]:
    """Start `tthc run`; return it and what it said until it serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tthc", "run", "--local", str(folder), "--out", str(folder / "out")],
        env={**ENVIRONMENT, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Serving"):
            break
    return process, said


def address_of(service: str, said: list[str]) -> str:
    (line,) = [line for line in said if line.startswith(f"{service}: ")]
    return line.split()[1].removesuffix("/docs")


def test_a_run_gives_the_report_and_another_after_kill_9_gives_the_same(folder):
    process, said = start(folder)
    try:
        assert any("expected figures came out" in line for line in said), "".join(said)
        first = (folder / "out" / "bao-cao-quy-3-2022.json").read_bytes()
        report = json.loads(first)
        assert report["digest"].startswith("sha256:")
        assert {source["outcome"] for source in report["sources"]} == {"ok"}
        assert (folder / "out" / "bao-cao-quy-3-2022.docx").read_bytes().startswith(b"PK")
        assert (folder / "out" / "bao-cao-quy-3-2022.pdf").read_bytes().startswith(b"%PDF")
    finally:
        process.kill()
        process.communicate()

    process, said = start(folder)
    try:
        assert any("expected figures came out" in line for line in said), "".join(said)
        assert (folder / "out" / "bao-cao-quy-3-2022.json").read_bytes() == first
        commands_reach_what_runs(folder, said)
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        rest, _nothing = process.communicate(timeout=20)
        assert time.monotonic() - started < 10
        assert process.returncode == 0
        assert rest.endswith("Stopped.\n")
    finally:
        process.kill()


def commands_reach_what_runs(folder: Path, said: list[str]) -> None:
    catalog, dossier = address_of("catalog", said), address_of("dossier", said)
    loaded = tthc(folder, "load", "calendar", str(CALENDAR), "--url", catalog)
    assert "are in the catalogue" in loaded.stdout, loaded.stderr
    asked = tthc(folder, "token", "--agency", "H56.18.26", "--scope", "dossiers:read")
    bearer = {"Authorization": f"Bearer {asked.stdout.strip()}"}
    assert httpx.get(f"{dossier}/v1/dossiers", headers=bearer).status_code == 200
    assert httpx.get(f"{dossier}/v1/dossiers").status_code == 401


def test_a_figure_that_is_not_as_expected_is_named_and_fails(capsys):
    expected = report_run.read("expected.json")["figures"]
    figures = [{**each, "dimensions": {}} for each in expected]
    assert report_run._differences({"figures": figures}, Console(width=200)) == 0
    figures[0] = {**figures[0], "value": 1}
    assert report_run._differences({"figures": figures}, Console(width=200)) == 1
    assert f"{figures[0]['key']} is 1, expected {expected[0]['value']}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ["load", "calendar", str(CALENDAR), "--url", "http://127.0.0.1:9"],
            "No catalogue answers",
        ),
        (["load", "calendar", __file__], "lacks the columns day, kind"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(tmp_path, arguments, told):
    ran = tthc(tmp_path, *arguments)
    assert ran.returncode == 1
    (line,) = ran.stderr.splitlines()
    assert told in line


def test_a_lifetime_needs_a_unit(tmp_path):
    ran = tthc(tmp_path, "token", "--agency", "*", "--scope", "a:b", "--lifetime", "soon")
    assert ran.returncode == 2
    assert "such as 8h" in ran.stderr
