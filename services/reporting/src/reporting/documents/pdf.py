"""Set the report as PDF; the words travel as JSON and are never read as markup."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from kit.typeset import typeset

from reporting.documents import head_block
from reporting.documents.document import Paragraph, ReportDocument, Section, Table

_TEMPLATE = Path(__file__).parent / "report.typ"


def render_pdf(document: ReportDocument) -> bytes:
    """Return the report as PDF, to be archived.

    Law: NĐ 30/2020/NĐ-CP, phụ lục I
    """
    return typeset(_TEMPLATE, _as_data(document), dated_on=document.dated_on)


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
