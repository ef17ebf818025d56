"""Online levels are dated, and each era of the law has its own words for them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.time_zone import EARLIEST_DAY

from catalog.domain.errors import LevelOutsideVocabulary, VocabularyNotInForce
from catalog.domain.validity import Validity


class Vocabulary(StrEnum):
    """The words in which an online level is expressed."""

    LEVELS_1_4 = "levels_1_4"
    PARTLY_FULLY = "partly_fully"


class OnlineLevel(StrEnum):
    """How far a procedure can be done online, in the words of its vocabulary."""

    LEVEL_1 = "level_1"
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"
    LEVEL_4 = "level_4"
    PARTLY_ONLINE = "partly_online"
    FULLY_ONLINE = "fully_online"


@dataclass(frozen=True, slots=True)
class LevelFrom:
    """From `valid_from` on, the procedure has this level, until a later one is recorded."""

    valid_from: date
    level: OnlineLevel


ERAS: dict[Vocabulary, Validity] = {
    Vocabulary.LEVELS_1_4: Validity(EARLIEST_DAY, date(2022, 8, 15)),
    Vocabulary.PARTLY_FULLY: Validity(date(2022, 8, 15)),
}
"""When a level may be recorded in which vocabulary.

NĐ 42/2022/NĐ-CP replaced the four levels of NĐ 43/2011/NĐ-CP by two on 15/8/2022. There is no
official mapping between them. When the four began is not asked: nothing older is recorded.
"""

WORDS: dict[Vocabulary, frozenset[OnlineLevel]] = {
    Vocabulary.LEVELS_1_4: frozenset(
        {OnlineLevel.LEVEL_1, OnlineLevel.LEVEL_2, OnlineLevel.LEVEL_3, OnlineLevel.LEVEL_4}
    ),
    Vocabulary.PARTLY_FULLY: frozenset({OnlineLevel.PARTLY_ONLINE, OnlineLevel.FULLY_ONLINE}),
}

ONLINE = frozenset(
    {
        OnlineLevel.LEVEL_3,
        OnlineLevel.LEVEL_4,
        OnlineLevel.PARTLY_ONLINE,
        OnlineLevel.FULLY_ONLINE,
    }
)
"""Levels at which a dossier can be filed online: 1 and 2 only show or offer forms to print."""


def require_level_of_the_day(vocabulary: Vocabulary, level: OnlineLevel, valid_from: date) -> None:
    """Refuse a level that the law did not know on the day it is to hold from.

    A level recorded earlier stays counted in its own words after the vocabulary changed, until
    somebody records the new level: nothing is ever converted.

    Law: NĐ 42/2022/NĐ-CP
    """
    if level not in WORDS[vocabulary]:
        raise LevelOutsideVocabulary(level=level.value, vocabulary=vocabulary.value)
    if valid_from not in ERAS[vocabulary]:
        raise VocabularyNotInForce(vocabulary=vocabulary.value, day=valid_from.isoformat())
