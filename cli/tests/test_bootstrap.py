"""The set-up, run as `make` runs it, in copies of what it needs."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tthc.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
OF_MAKE = {"MAKELEVEL", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES"}
DIAGNOSIS = runpy.run_path(str(ROOT / "scripts" / "bootstrap.py"))["diagnosis"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a clean clone has of the set-up, in a path with spaces, with one package to install."""
    place = tmp_path / "a clean clone"
    (place / "requirements").mkdir(parents=True)
    shutil.copy(ROOT / "Makefile", place)
    shutil.copytree(ROOT / "scripts", place / "scripts")
    digest = "0" * 64
    for name in ("run", "dev"):
        (place / "requirements" / f"{name}.txt").write_text(f"six==1.17.0 --hash=sha256:{digest}\n")
    for name in ("foundation", "cli"):
        (place / name).mkdir()
        (place / name / "pyproject.toml").write_text("[project]\n")
    return place


def make(clone: Path, *arguments: str, **variables: str):
    # `make test` runs these tests; the make that they run must not take itself for a part of it.
    outside = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    return subprocess.run(
        ["make", "--no-print-directory", f"PYTHON={sys.executable}", *arguments],
        cwd=clone,
        env={**outside, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def complaint(ran) -> str:
    """Return the one line that was said before make's own."""
    (line,) = [line for line in ran.stderr.splitlines() if not line.startswith("make: ***")]
    return line


def test_without_network_the_first_set_up_says_so(clone):
    nowhere = {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_INDEX_URL": f"http://127.0.0.1:{free_port()}/simple",
        "PIP_NO_CACHE_DIR": "1",
    }
    ran = make(clone, "setup", **nowhere)
    assert ran.returncode == 2
    assert "The package index cannot be reached. Connect this machine" in complaint(ran)
    assert not (clone / ".venv" / "stamp-run").exists()


def test_what_is_set_up_is_left_alone(clone):
    namespace = runpy.run_path(str(clone / "scripts" / "bootstrap.py"))
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").touch()
    (clone / ".venv" / "stamp-run").write_text(namespace["key_of"]("run"))
    assert namespace["is_done"]("run")
    assert make(clone, "setup").returncode == 0
    (clone / "requirements" / "run.txt").write_text("changed")
    assert not namespace["is_done"]("run")


def test_without_python_one_line_says_so(clone):
    ran = make(clone, "setup", "PYTHON=python-of-nowhere")
    assert complaint(ran).startswith("python-of-nowhere is not here. Install Python 3.11")


def test_help_is_what_make_says_first(clone):
    ran = make(clone)
    targets = [line.split()[0] for line in ran.stdout.splitlines()]
    first, *_, last = targets
    assert (first, last) == ("help", "clean")
    assert {"setup", "run", "demo", "check", "test"} <= set(targets)


def test_clean_removes_what_was_made(clone):
    for name in (".venv", ".local", "out"):
        (clone / name).mkdir()
    assert make(clone, "clean").returncode == 0
    assert not any((clone / name).exists() for name in (".venv", ".local", "out"))


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
         "The disk is full."),
        ("The virtual environment was not created because ensurepip is not\navailable.",
         "cannot make virtual environments"),
        ("Error: Command '['/x/bin/python', '-m', 'ensurepip']' returned non-zero exit status 1.",
         "cannot make virtual environments"),
        ("No module named venv", "cannot make virtual environments"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.",
         "not the pinned one"),
        ("Retrying: Temporary failure in name resolution\nERROR: No matching distribution found",
         "index cannot be reached"),
        ("ERROR: No matching distribution found for typst==0.14.0", "no wheel of typst==0.14.0"),
        ("[Errno 13] Permission denied: '/a b/.venv'", "Cannot write /a b/.venv"),
        ("something\nERROR: else", "Set-up failed: ERROR: else"),
    ],
)  # fmt: skip
def test_each_known_failure_has_its_remedy(output, told):
    line = DIAGNOSIS(output)
    assert told in line
    assert "\n" not in line
