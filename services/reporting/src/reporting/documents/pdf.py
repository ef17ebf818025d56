"""Set the report as PDF; the words travel as JSON and are never read as markup."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, cast

import typst

from reporting.documents import head_block
from reporting.documents.document import Paragraph, ReportDocument, Section, Table

_HERE = Path(__file__).parent
_TEMPLATE = _HERE / "report.typ"


def render_pdf(document: ReportDocument) -> bytes:
    """Return the report as tagged PDF/A-2a with its fonts inside; the same input, the same bytes.

    A text with a character that the fonts lack (an emoji) cannot be archived as PDF/A: it is kept,
    shown as a box, in an ordinary PDF.

    Law: NĐ 30/2020/NĐ-CP, phụ lục I
    """
    compiler = typst.Compiler(
        _TEMPLATE,
        root=_HERE,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_as_data(document), default=str)},
    )
    made_at = datetime.combine(document.dated_on, time(), tzinfo=UTC)
    try:
        pdf = compiler.compile(format="pdf", pdf_standards=["a-2a"], timestamp=made_at)
    except typst.TypstError:
        pdf = compiler.compile(format="pdf", timestamp=made_at)
    return cast("bytes", pdf)  # without an output path the one file comes back as bytes


@cache
def _fonts() -> typst.Fonts:
    """Read the vendored fonts once; nothing of the machine's own fonts gets into the paper."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[_HERE / "fonts"],
    )


def _as_data(document: ReportDocument) -> dict[str, Any]:
    return {
        **asdict(document),
        "introduction": _blocks(document.introduction),
        "sections": [_section(section) for section in document.sections],
        "motto": head_block.MOTTO,
        "agency": " ".join(document.agency_lines),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "heading": section.heading,
        "level": section.level,
        "blocks": _blocks(section.blocks),
        "sections": [_section(inner) for inner in section.sections],
    }


def _blocks(blocks: tuple[Paragraph | Table, ...]) -> list[dict[str, Any]]:
    """Turn blocks into data; only a table has `rows`."""
    return [
        {"printed": block.printed, "kind": block.kind}
        if isinstance(block, Paragraph)
        else asdict(block)
        for block in blocks
    ]
