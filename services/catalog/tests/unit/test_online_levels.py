from datetime import date

import pytest
from catalog.domain.errors import LevelOutsideVocabulary, VocabularyNotInForce
from catalog.domain.online_levels import (
    ONLINE,
    WORDS,
    OnlineLevel,
    Vocabulary,
    require_level_of_the_day,
)

LAST_DAY_OF_FOUR_LEVELS, FIRST_DAY_OF_TWO = date(2022, 8, 14), date(2022, 8, 15)


@pytest.mark.parametrize(
    ("vocabulary", "level", "day"),
    [
        (Vocabulary.LEVELS_1_4, OnlineLevel.LEVEL_4, LAST_DAY_OF_FOUR_LEVELS),
        (Vocabulary.PARTLY_FULLY, OnlineLevel.FULLY_ONLINE, FIRST_DAY_OF_TWO),
    ],
)
def test_a_level_is_recorded_in_the_words_of_its_day(vocabulary, level, day):
    require_level_of_the_day(vocabulary, level, day)


@pytest.mark.parametrize(
    ("vocabulary", "level", "day"),
    [
        (Vocabulary.LEVELS_1_4, OnlineLevel.LEVEL_4, FIRST_DAY_OF_TWO),
        (Vocabulary.PARTLY_FULLY, OnlineLevel.PARTLY_ONLINE, LAST_DAY_OF_FOUR_LEVELS),
    ],
)
def test_a_vocabulary_out_of_its_era_is_refused(vocabulary, level, day):
    with pytest.raises(VocabularyNotInForce):
        require_level_of_the_day(vocabulary, level, day)


def test_a_word_of_the_other_vocabulary_is_never_taken_for_its_like():
    with pytest.raises(LevelOutsideVocabulary):
        require_level_of_the_day(Vocabulary.PARTLY_FULLY, OnlineLevel.LEVEL_4, FIRST_DAY_OF_TWO)


def test_the_vocabularies_share_no_word_and_cover_every_level():
    four, two = WORDS.values()
    assert four.isdisjoint(two)
    assert four | two == set(OnlineLevel)


def test_showing_a_procedure_or_its_forms_is_not_online():
    assert set(OnlineLevel) - ONLINE == {OnlineLevel.LEVEL_1, OnlineLevel.LEVEL_2}
