"""The dossier code as a QR code: a square of modules drawn as one outline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import segno

QUIET = 4
"""Light modules around the square; readers need them to find it."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """`size` modules a side with the quiet zone; `outline` is an SVG path of the dark ones."""

    size: int
    outline: str


def qr_code(text: str) -> QrCode:
    """Return the QR code of `text`, a quarter of which may be soiled before it is unreadable."""
    modules = [list(row) for row in segno.make_qr(text, error="q", boost_error=False).matrix]
    return QrCode(len(modules) + 2 * QUIET, "".join(_runs(modules)))


def _runs(modules: Sequence[Sequence[int]]) -> Iterator[str]:
    """Yield a rectangle for each run of dark modules; one path leaves no seams between them."""
    for down, row in enumerate(modules):
        along = 0
        for is_dark, run in groupby(row):
            length = len(list(run))
            if is_dark:
                yield f"M{along + QUIET} {down + QUIET}h{length}v1h-{length}z"
            along += length
