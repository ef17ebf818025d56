"""Rules about what a newcomer reads."""

import importlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "Enforced by"]


def law_lines():
    """Return the instruments that docstrings cite, with where."""
    cited = {}
    for folder in ("foundation/src", "services"):
        for file in (ROOT / folder).rglob("*.py"):
            if "tests" in file.parts:
                continue
            for match in re.finditer(
                r"^\s*(?:\"\"\")?Law: (.+?)(?:\"\"\")?$", file.read_text(), re.MULTILINE
            ):
                cited.setdefault(match[1].strip(), file)
    return cited


def law_table():
    """Return the instruments column of docs/law.md."""
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in (DOCS / "law.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith("| rule ")
    ]
    return {row[1] for row in rows if len(row) >= 4}


def test_every_law_that_code_cites_is_in_the_table():
    cited = law_lines()
    assert cited
    missing = {law: str(file) for law, file in cited.items() if law not in law_table()}
    assert not missing


def test_every_law_in_the_table_is_cited_by_code():
    assert law_table() <= set(law_lines())


def test_every_function_and_test_in_the_law_table_exists():
    text = (DOCS / "law.md").read_text()
    paths = re.findall(r"`((?:foundation|services|tests|cli)/[^`:]+\.py)(?:::(\w+))?`", text)
    assert paths
    for path, name in paths:
        assert (ROOT / path).is_file(), path
        assert not name or re.search(rf"\b{name}\b", (ROOT / path).read_text()), f"{path}::{name}"


def test_every_rule_in_the_law_table_names_a_function_that_exists():
    text = (DOCS / "law.md").read_text()
    named = re.findall(r"`((?:kernel|catalog|dossier|rating|reporting)(?:\.\w+)+)`", text)
    assert len(named) > 20
    for name in named:
        assert resolve(name), name


def resolve(name):
    """Tell whether a dotted name leads to something in a module."""
    parts = name.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            found = getattr(found, part, None)
        return found is not None
    return False


def test_decisions_are_numbered_without_gaps_and_tell_the_same_story():
    pages = sorted((DOCS / "adr").glob("*.md"))
    assert [int(p.name[:4]) for p in pages] == list(range(1, len(pages) + 1))
    for page in pages:
        text = page.read_text()
        assert text.startswith(f"# {page.name[:4]} "), page
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, page
        assert len(text.splitlines()) <= 60, page


def test_links_between_documents_lead_somewhere():
    pages = [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "services").glob("*/README.md")]
    assert len(pages) > 15
    for page in pages:
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page}: {target}"
