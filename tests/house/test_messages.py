"""Every refusal has its words, in Vietnamese and in English."""

import ast
import importlib
import pkgutil
import string
from pathlib import Path

import pytest
from kernel.refusals import Refusal
from kit import errors as kit_errors

ROOT = Path(__file__).parents[2]
SERVICES = ["catalog", "dossier", "rating", "reporting"]
SHARED = {"kernel", "kit"}


def refusals(service):
    """Return the refusals that a service can speak: its own and those of the foundation."""
    for package in (service, *SHARED):
        for module in pkgutil.walk_packages(
            importlib.import_module(package).__path__, f"{package}."
        ):
            importlib.import_module(module.name)
    found, left = set(), [Refusal]
    while left:
        below = left.pop().__subclasses__()
        found.update(kind for kind in below if kind.__module__.split(".")[0] in {service, *SHARED})
        left.extend(below)
    return found


def texts(service):
    """Return the messages in Vietnamese and in English, the service's own over the kit's."""
    own = importlib.import_module(f"{service}.messages_vi")
    vietnamese = getattr(own, "MESSAGES_VI", None) or own.MESSAGES
    return {**kit_errors._VI, **vietnamese}, {**kit_errors._EN, **own.MESSAGES_EN}


def placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def spoken(service, names):
    """Yield where a refusal of `names` is built, with the details it is given (None: unknown)."""
    for file in (ROOT / "services" / service / "src").rglob("*.py"):
        tree = ast.parse(file.read_text())
        for node in ast.walk(tree):
            place = f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', '')}"
            if isinstance(node, ast.Call) and getattr(node.func, "id", None) in names:
                given = {keyword.arg for keyword in node.keywords}
                yield place, node.func.id, None if None in given else given
            elif isinstance(node, ast.Raise) and getattr(node.exc, "id", None) in names:
                yield place, node.exc.id, set()


@pytest.mark.parametrize("service", SERVICES)
def test_every_refusal_has_words_in_both_languages(service):
    vietnamese, english = texts(service)
    codes = {kind.code for kind in refusals(service)}
    assert len(codes) > 20
    assert codes - vietnamese.keys() == set()
    assert codes - english.keys() == set()


@pytest.mark.parametrize("service", SERVICES)
def test_no_words_are_kept_for_what_nobody_says(service):
    own = texts(service)[0].keys() - kit_errors._VI.keys()
    sources = (ROOT / "services" / service / "src").rglob("*.py")
    said = "".join(file.read_text() for file in sources if file.name != "messages_vi.py")
    assert [code for code in sorted(own) if f'"{code}"' not in said] == []


@pytest.mark.parametrize("service", SERVICES)
def test_both_languages_name_the_same_details(service):
    vietnamese, english = texts(service)
    assert vietnamese.keys() == english.keys()
    for code, template in vietnamese.items():
        assert placeholders(template) == placeholders(english[code]), code


@pytest.mark.parametrize("service", SERVICES)
def test_a_refusal_is_given_every_detail_that_its_words_name(service):
    vietnamese, _ = texts(service)
    wanted = {kind.__name__: placeholders(vietnamese[kind.code]) for kind in refusals(service)}
    built = list(spoken(service, wanted))
    assert len(built) > 10
    lacking = {
        f"{place} {name}": sorted(wanted[name] - given)
        for place, name, given in built
        if given is not None and wanted[name] - given
    }
    assert lacking == {}
