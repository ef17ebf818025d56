"""Rules about the code itself."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SERVICES = ["catalog", "dossier", "rating", "reporting"]
CUPBOARDS = {"utils", "common", "core", "helpers", "base", "misc", "manager"}


def tracked(*patterns):
    """Return the files git tracks, or would (so that a new file is held to the rules too)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    files = [ROOT / name for name in listed]
    return [file for file in files if file.is_file()]


def sources():
    return [file for file in tracked("*.py") if "src" in file.relative_to(ROOT).parts]


def test_there_is_code_to_look_at():
    assert len(sources()) > 50


def test_an_init_holds_a_docstring_and_nothing_else():
    for file in tracked("**/__init__.py"):
        tree = ast.parse(file.read_text())
        assert ast.get_docstring(tree), file
        assert len(tree.body) == 1, f"{file} does more than describe its package"


def test_transactions_end_in_one_place():
    ending = re.compile(r"\.(commit|rollback)\(")
    found = {file.name for file in sources() if ending.search(file.read_text())}
    assert found <= {"db.py"}, found


def test_the_clock_is_read_in_one_place():
    reading = re.compile(r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(")
    found = {str(f.relative_to(ROOT)) for f in sources() if reading.search(f.read_text())}
    # The command line signs its own tokens; the kit's clock would load the web framework for that.
    assert found == {"foundation/src/kit/clock.py", "cli/src/tthc/keys.py"}


def test_there_is_no_cupboard():
    names = {part for f in sources() for part in f.relative_to(ROOT).with_suffix("").parts}
    assert not names & CUPBOARDS


def test_the_linter_knows_every_service():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    folders = sorted(p.name for p in (ROOT / "services").iterdir() if (p / "src").is_dir())
    assert folders == SERVICES
    independent = next(c for c in settings["contracts"] if c["type"] == "independence")
    layered = next(c for c in settings["contracts"] if c["type"] == "layers")
    assert sorted(independent["modules"]) == SERVICES
    assert sorted(layered["containers"]) == SERVICES


def test_the_law_of_every_service_and_the_kernel_are_measured_and_nothing_excuses_a_branch():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]
    law = [f"services/{service}/src/{service}/domain" for service in SERVICES]
    assert settings["run"]["source"] == ["foundation/src/kernel", *law]
    assert settings["run"]["branch"] is True
    assert settings["report"]["fail_under"] == 100
    assert len(settings["report"]["exclude_lines"]) == 1  # bodies of protocols


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_depends_on_the_foundation_only(service):
    project = tomllib.loads((ROOT / "services" / service / "pyproject.toml").read_text())
    ours = [d for d in project["project"].get("dependencies", []) if d.startswith("tthc")]
    assert ours == ["tthc-foundation"]


def test_no_file_holds_two_things():
    long = {f: n for f in tracked("*.py") if (n := len(f.read_text().splitlines())) > 400}
    assert not long


def test_nothing_is_left_open_or_waved_through():
    marks = re.compile(
        r"\b(TO" + r"DO|FIX" + r"ME|NotImplemented" + r"Error)\b|pytest\.mark\.(skip|xfail)"
        r"|pytest\.(skip|xfail)" + r"\(|except Exception:|except Exception as"
    )
    found = [f for f in tracked("*.py", "Makefile", "*.sh") if marks.search(f.read_text())]
    assert [str(f.relative_to(ROOT)) for f in found if f != Path(__file__)] == []


def test_an_exception_to_a_rule_says_which_and_why():
    bare = re.compile(r"# noqa(?!: [A-Z]+[0-9]+)|# type: ignore(?!\[[a-z-]+\]  # \w)")
    unexplained = re.compile(r"# noqa: [A-Z0-9, ]+$", re.MULTILINE)
    for file in tracked("*.py"):
        if file == Path(__file__):
            continue
        text = file.read_text()
        assert not bare.search(text), f"{file}: an exception without its code or reason"
        assert not unexplained.search(text), f"{file}: an exception without its reason"


def test_no_file_names_a_machine_or_an_index():
    # Written in two halves, so that this file does not find itself.
    forbidden = [
        "/wo" + "rk/",
        "/ro" + "ot/",
        "py" + "pi.org",
        "files.python" + "hosted",
        "index" + "-url",
    ]
    for file in tracked():
        if file.suffix in {".ttf", ".png", ".docx", ".pdf"}:
            continue
        text = file.read_text(encoding="utf-8")
        assert not [word for word in forbidden if word in text], file
