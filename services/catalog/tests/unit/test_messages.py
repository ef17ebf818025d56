import inspect
import string

from catalog.domain import errors
from catalog.messages_vi import MESSAGES, MESSAGES_EN
from kernel.refusals import Refusal

OF_THE_KIT = {"unknown_figure", "empty_period"}


def refusals():
    return {
        each.code
        for _, each in inspect.getmembers(errors, inspect.isclass)
        if issubclass(each, Refusal) and each.__module__ == errors.__name__
    }


def placeholders(template):
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_refusal_has_words_in_both_languages():
    assert set(MESSAGES) == set(MESSAGES_EN) == refusals() | OF_THE_KIT


def test_both_languages_name_the_same_details():
    for code, template in MESSAGES.items():
        assert placeholders(template) == placeholders(MESSAGES_EN[code]), code
