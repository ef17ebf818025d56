"""Names of people as they are searched for."""

import unicodedata


class _Bare(dict[int, int | None]):
    """What becomes of a character, learnt as characters are met.

    Marks vanish, letters and digits stay, and all else stands between words.
    """

    def __missing__(self, point: int) -> int | None:
        character = chr(point)
        if unicodedata.combining(character):
            self[point] = None
        else:
            self[point] = point if character.isalnum() else ord(" ")
        return self[point]


_BARE = _Bare({ord("đ"): ord("d"), ord("ð"): ord("d")})
"""The barred letter is no letter with a mark, and becomes plain like the others.

The second is Icelandic and looks the same as a capital: keyboards and old code pages mix them up.
"""


def folded(text: str) -> str:
    """Return the words of `text` in lower case without accents.

    "Nguyễn  Văn Đức" gives "nguyen van duc", and "Xi-măng" gives "xi mang".

    Both names and what is searched for are folded, so accents typed or left out, and either
    encoding of them, find the same people.
    """
    return " ".join(unicodedata.normalize("NFD", text.lower()).translate(_BARE).split())


def is_found(folded_name: str, folded_term: str) -> bool:
    """Tell whether a search finds a name: it has every word, and one begins as the last word does.

    So a name is found while its last word is still being typed, in whatever order words come.
    """
    *whole, beginning = folded_term.split(" ")
    words = folded_name.split(" ")
    return set(whole) <= set(words) and any(word.startswith(beginning) for word in words)
