"""Names of people as they are searched for and as they are hidden."""

import unicodedata

_HIDDEN = "***"


class _Bare(dict[int, int | None]):
    """What becomes of a character: marks vanish, others stay; learnt as characters are met."""

    def __missing__(self, point: int) -> int | None:
        self[point] = None if unicodedata.combining(chr(point)) else point
        return self[point]


_BARE = _Bare({ord("đ"): ord("d")})
"""The barred letter is no letter with a mark, and becomes plain like the others."""


def folded(text: str) -> str:
    """Return `text` in lower case without accents: "Nguyễn  Văn Đức" gives "nguyen van duc".

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


def masked_name(full_name: str) -> str:
    """Show the first letter of each word: "Nguyễn Văn An" gives "N*** V*** A***"."""
    return " ".join(word[:1] + _HIDDEN for word in full_name.split())
