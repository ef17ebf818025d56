"""The pieces of a Word file that python-docx has no words for: rules, frames, fields, tables."""

from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Length, Pt
from docx.text.paragraph import Paragraph

from reporting.documents.document import Align, HeaderCell, Table

_LONG_CELL = 800
"""Characters from which a row may break over pages; a shorter row is kept whole."""
_SIDES = ("top", "left", "bottom", "right")


def element(tag: str, *children: BaseOxmlElement, **attributes: str | int) -> BaseOxmlElement:
    """Build one element of the `w` namespace with its attributes and children."""
    built = OxmlElement(f"w:{tag}")
    for name, value in attributes.items():
        built.set(qn(f"w:{name}"), str(value))
    built.extend(children)
    return built


def rule(paragraph: Paragraph, *, within: Length, length: Length) -> None:
    """Turn an empty paragraph into a centred horizontal rule."""
    _border(paragraph, ("bottom",), within=within, length=length)
    paragraph.paragraph_format.line_spacing = Pt(3)


def frame(paragraph: Paragraph, *, within: Length, length: Length) -> None:
    """Draw a centred box around a paragraph."""
    _border(paragraph, _SIDES, within=within, length=length)


def _border(
    paragraph: Paragraph, sides: tuple[str, ...], *, within: Length, length: Length
) -> None:
    lines = (element(side, val="single", sz=6, space=1, color="auto") for side in sides)
    properties = paragraph.paragraph_format.element.get_or_add_pPr()
    properties.insert_element_before(element("pBdr", *lines), "w:spacing", "w:ind", "w:jc")
    side = Emu((within - length) // 2)
    paragraph.paragraph_format.left_indent = side
    paragraph.paragraph_format.right_indent = side


def page_number(paragraph: Paragraph) -> None:
    """Put the number of the page into the paragraph."""
    field = element("fldSimple", element("r", element("t")), instr="PAGE")
    paragraph.paragraph_format.element.append(field)


def bordered_table(table: Table, *, width: Length, size: Length) -> BaseOxmlElement:
    """Build a table with all its borders, its head repeated on every page."""
    unit = width.twips / sum(table.widths)
    widths = [round(share * unit) for share in table.widths]
    last = len(table.rows) - 1
    rows = [
        _row(row, table.aligns, widths, size=size, bold=table.total and at == last)
        for at, row in enumerate(table.rows)
    ]
    return element(
        "tbl",
        _table_properties(sum(widths)),
        element("tblGrid", *(element("gridCol", w=cell) for cell in widths)),
        *_header(table, widths, size=size),
        *rows,
    )


def _table_properties(width: int) -> BaseOxmlElement:
    borders = (
        element(side, val="single", sz=4, space=0, color="auto")
        for side in (*_SIDES, "insideH", "insideV")
    )
    margins = (
        element(side, w=margin, type="dxa")
        for side, margin in zip(_SIDES, (50, 60, 50, 60), strict=True)
    )
    return element(
        "tblPr",
        element("tblW", w=width, type="dxa"),
        element("jc", val="center"),
        element("tblBorders", *borders),
        element("tblLayout", type="fixed"),
        element("tblCellMar", *margins),
    )


def _row(
    texts: tuple[str, ...],
    aligns: tuple[Align, ...],
    widths: list[int],
    *,
    size: Length,
    bold: bool,
) -> BaseOxmlElement:
    cells = [
        _cell(text, [element("tcW", w=width, type="dxa")], align, size=size, bold=bold)
        for text, align, width in zip(texts, aligns, widths, strict=True)
    ]
    whole = [] if any(len(text) > _LONG_CELL for text in texts) else [element("cantSplit")]
    return element("tr", element("trPr", *whole), *cells)


def _header(table: Table, widths: list[int], *, size: Length) -> list[BaseOxmlElement]:
    rows = []
    for at in range(table.header_rows):
        covering = [cell for cell in table.header if cell.row <= at < cell.row + cell.row_span]
        cells = [
            _header_cell(cell, at, widths, size=size)
            for cell in sorted(covering, key=lambda cell: cell.column)
        ]
        rows.append(
            element("tr", element("trPr", element("cantSplit"), element("tblHeader")), *cells)
        )
    return rows


def _header_cell(cell: HeaderCell, row: int, widths: list[int], *, size: Length) -> BaseOxmlElement:
    """Build the part of a head cell that lies in one row; the parts below only continue it."""
    starts = cell.row == row
    end = cell.column + cell.column_span
    properties = [element("tcW", w=sum(widths[cell.column : end]), type="dxa")]
    if cell.column_span > 1:
        properties.append(element("gridSpan", val=cell.column_span))
    if cell.row_span > 1:
        properties.append(element("vMerge", val="restart" if starts else "continue"))
    text = cell.text if starts else ""
    return _cell(text, properties, Align.CENTER, size=size, bold=True)


def _cell(
    text: str, properties: list[BaseOxmlElement], align: Align, *, size: Length, bold: bool
) -> BaseOxmlElement:
    half_points = round(size.pt * 2)
    looks = [element("b")] if bold else []
    looks += [element("sz", val=half_points), element("szCs", val=half_points)]
    words = element("t")
    words.text = text
    words.set(qn("xml:space"), "preserve")
    return element(
        "tc",
        element("tcPr", *properties, element("vAlign", val="center")),
        element(
            "p",
            element("pPr", element("pStyle", val="Cell"), element("jc", val=align.value)),
            element("r", element("rPr", *looks), words),
        ),
    )
