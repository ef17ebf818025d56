"""Fold the names already stored as the application folds them now.

What is stored was folded before: in lower case, without accents. So it is folded from there: what
is left of marks vanishes, eth becomes d, and all but letters and digits stands between words. What
a letter or a digit is, the same tables of characters say as in the application; the database would
say it by its locale.
"""

import sys
import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from alembic import op

revision = "0013_refolded_names"
down_revision = "0012_closed_filings"

SURROGATES = range(0xD800, 0xE000)


def ranges(belongs: Callable[[str], bool]) -> str:
    """Write the characters of a kind as ranges of a regular expression's bracket."""
    return "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in _runs(belongs))


def _runs(belongs: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    points = (p for p in range(1, sys.maxunicode + 1) if p not in SURROGATES)
    for does, run in groupby(points, lambda point: belongs(chr(point))):
        if does:
            first, *rest = run
            yield first, rest[-1] if rest else first


def is_mark(character: str) -> bool:
    return unicodedata.combining(character) > 0


def is_kept(character: str) -> bool:
    return character.isalnum() and not is_mark(character)


def refold() -> str:
    """Return the statement; names of plain words, nearly all, are left alone."""
    return f"""
update applicant_names
set folded_name = btrim(
    regexp_replace(
        regexp_replace(translate(folded_name, 'ð', 'd'), '[{ranges(is_mark)}]+', '', 'g'),
        '[^{ranges(is_kept)}]+', ' ', 'g'
    )
)
where folded_name ~ '[^a-z0-9 ]'
"""  # noqa: S608 - ranges of code points, no one's text


def upgrade() -> None:
    op.get_bind().exec_driver_sql(refold())


def downgrade() -> None:
    """Leave the names as they are: a search by words finds them before this revision too."""
