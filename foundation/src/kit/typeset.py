"""Papers as PDF: a typst template and the data it prints, in the vendored fonts and no other."""

import json
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import Any, cast

import typst

_FONTS = Path(__file__).parent / "fonts"
_ONE_AT_A_TIME = Lock()


def typeset(template: Path, data: Mapping[str, Any], *, dated_on: date) -> bytes:
    """Return the paper as tagged PDF/A-2a with its fonts inside; the same input, the same bytes.

    The template finds `data` as JSON in `sys.inputs.data`, so words are never read as markup, and
    may import the templates beside it. What JSON has no form for is written by `str`. `dated_on`
    is the day the file names as its creation.

    A text with a character that the fonts lack (an emoji) cannot be archived as PDF/A: it is kept,
    shown as a box, in an ordinary PDF.
    """
    compiler = typst.Compiler(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, default=str)},
    )
    made_at = datetime.combine(dated_on, time(), tzinfo=UTC)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=["a-2a"], timestamp=made_at)
    except typst.TypstError:
        pdf = compiler.compile(format="pdf", timestamp=made_at)
    return cast("bytes", pdf)  # without an output path the one file comes back as bytes


def typeset_apart(template: Path, data: Mapping[str, Any], *, dated_on: date) -> bytes:
    """Return what `typeset` returns, set by a process of its own; one at a time.

    For long papers: a table of thousands of rows takes hundreds of megabytes, which the compiler
    keeps for the next paper and only the end of its process gives back.
    """
    with _ONE_AT_A_TIME, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
        return apart.submit(typeset, template, data, dated_on=dated_on).result()


@cache
def _fonts() -> typst.Fonts:
    """Read the vendored fonts once; nothing of the machine's own fonts gets into the paper."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FONTS]
    )
