"""Set the report as a Word file in the layout of NĐ 30/2020/NĐ-CP."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Emu, Length, Mm, Pt
from docx.text.paragraph import Paragraph as WordParagraph

from reporting.documents import head_block
from reporting.documents.document import (
    Annex,
    Paragraph,
    ParagraphKind,
    ReportDocument,
    Section,
    Table,
)
from reporting.documents.docx_parts import bordered_table, frame, rule
from reporting.documents.docx_styles import BODY_SIZE, MARGINS, PAGE, blank_paper

_WIDTH = Emu(PAGE[0] - MARGINS[1] - MARGINS[3])
_HEAD_COLUMNS = (Mm(64), Mm(96))
_SIGN_COLUMNS = (Mm(80), Mm(80))
_TABLE_SIZE = Pt(12)


def render_docx(document: ReportDocument) -> bytes:
    """Return the report as DOCX; the same report gives the same bytes.

    Law: NĐ 30/2020/NĐ-CP, phụ lục I
    """
    paper = blank_paper(document)
    _head(paper, document)
    _subject(paper, document)
    _blocks(paper, document.introduction)
    for section in document.sections:
        _section(paper, section)
    _signature(paper, document)
    for annex in document.annexes:
        _annex(paper, annex)
    buffer = BytesIO()
    paper.save(buffer)
    return _with_fixed_times(buffer.getvalue())


def _head(paper: Document, document: ReportDocument) -> None:
    """Write the agency and the number on the left, the motto, place and date on the right."""
    table = _columns(paper, rows=2, widths=_HEAD_COLUMNS)
    left, right = _HEAD_COLUMNS
    agency, state = table[0]
    if document.parent_name:
        _line(agency, document.parent_name, size=Pt(13))
    for line in document.agency_lines:
        _line(agency, line, size=Pt(13), bold=True)
    rule(_empty(agency), within=left, length=Mm(22))
    country, motto = head_block.MOTTO
    _line(state, country, size=Pt(12.5), bold=True)
    _line(state, motto, size=Pt(13.5), bold=True)
    rule(_empty(state), within=right, length=Mm(52))
    for cell in table[0]:
        cell.paragraphs[-1].paragraph_format.space_after = Pt(8)
    number, place = table[1]
    _line(number, document.number_line, size=Pt(13))
    if document.mark:
        mark = _line(number, document.mark, size=Pt(13), bold=True)
        mark.paragraph_format.space_before = Pt(6)
        frame(mark, within=left, length=Mm(30))
    _line(place, document.place_and_date, size=Pt(13.5), italic=True)


def _subject(paper: Document, document: ReportDocument) -> None:
    title = _line(paper, document.title, bold=True)
    title.paragraph_format.space_before = Pt(14)
    subject = _line(paper, document.subject, bold=True)
    subject.paragraph_format.space_before = Pt(3)
    subject.paragraph_format.left_indent = subject.paragraph_format.right_indent = Mm(6)
    rule(_empty(paper), within=_WIDTH, length=Mm(45))
    recipient = f"Kính gửi: {document.recipient}." if document.recipient else ""
    addressed = _line(paper, recipient)
    addressed.paragraph_format.space_before = Pt(12)
    addressed.paragraph_format.space_after = Pt(12)


def _section(paper: Document, section: Section) -> None:
    paper.add_heading(section.heading, section.level)
    _blocks(paper, section.blocks)
    for inner in section.sections:
        _section(paper, inner)


def _blocks(paper: Document, blocks: tuple[Paragraph | Table, ...]) -> None:
    for block in blocks:
        if isinstance(block, Table):
            _table(paper, block, _WIDTH)
        else:
            _paragraph(paper, block)


def _table(paper: Document, table: Table, width: Length) -> None:
    """Add a table, and a small gap below it."""
    built = bordered_table(table, width=width, size=_TABLE_SIZE)
    paper.element.body.insert_element_before(built, "w:sectPr")
    paper.add_paragraph(style="Centred").paragraph_format.line_spacing = Pt(6)


def _paragraph(paper: Document, block: Paragraph) -> None:
    paragraph = paper.add_paragraph()
    run = paragraph.add_run(block.printed)
    run.italic = block.kind is ParagraphKind.REMARK or None
    # What a colon announces stands on the same page.
    paragraph.paragraph_format.keep_with_next = block.text.endswith(":") or None


def _signature(paper: Document, document: ReportDocument) -> None:
    """Close the text; recipients on the left and the signer on the right stay together."""
    closing = paper.add_paragraph(document.closing)
    closing.paragraph_format.keep_with_next = True
    closing.paragraph_format.space_before = closing.paragraph_format.space_after = Pt(12)
    [(recipients, signer)] = _columns(paper, rows=1, widths=_SIGN_COLUMNS)
    _left(_line(recipients, "Nơi nhận:", size=Pt(12), bold=True, italic=True))
    last = len(document.recipients) - 1
    for at, name in enumerate(document.recipients):
        _left(_line(recipients, f"- {name}{'.' if at == last else ';'}", size=Pt(11)))
    for line in document.authority:
        _line(signer, line, bold=True)
    signed = _line(signer, document.signer_name, bold=True)
    signed.paragraph_format.space_before = Mm(24)
    for paragraph in (*recipients.paragraphs, *signer.paragraphs):
        paragraph.paragraph_format.keep_with_next = True
    for at, line in enumerate(document.seal):
        sealed = _line(paper, line, size=Pt(9))
        sealed.paragraph_format.space_before = Pt(0 if at else 14)
        _left(sealed)


def _annex(paper: Document, annex: Annex) -> None:
    """Begin a page of its own, turned when the table is wide."""
    section = paper.add_section(WD_SECTION.NEW_PAGE)
    section.different_first_page_header_footer = False
    height, width = PAGE if annex.landscape else PAGE[::-1]
    section.orientation = WD_ORIENT.LANDSCAPE if annex.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = width, height
    code = _line(paper, annex.code, size=Pt(12), bold=True)
    code.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    heading = paper.add_heading(annex.title, 1)
    heading.alignment = WD_ALIGN_PARAGRAPH.CENTER
    heading.paragraph_format.first_line_indent = Mm(0)
    for note in annex.notes:
        _line(paper, note, size=Pt(12.5), italic=True).paragraph_format.space_after = Pt(4)
    _table(paper, annex.table, Emu(width - MARGINS[1] - MARGINS[3]))


def _columns(
    paper: Document, *, rows: int, widths: tuple[Length, Length]
) -> list[tuple[BlockItemContainer, BlockItemContainer]]:
    """Add an invisible table of two columns and return its cells row by row."""
    table = paper.add_table(rows, len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    pairs: list[tuple[BlockItemContainer, BlockItemContainer]] = []
    for row in table.rows:
        left, right = row.cells
        left.width, right.width = widths
        pairs.append((left, right))
    return pairs


def _empty(container: Document | BlockItemContainer) -> WordParagraph:
    """Return a paragraph without text; a new cell already holds one, which must be used up."""
    paragraphs = container.paragraphs
    if isinstance(container, BlockItemContainer) and len(paragraphs) == 1:
        only = paragraphs[0]
        if not only.text:
            only.style = "Centred"
            return only
    return container.add_paragraph(style="Centred")


def _line(
    container: Document | BlockItemContainer,
    text: str,
    *,
    size: Length = BODY_SIZE,
    bold: bool = False,
    italic: bool = False,
) -> WordParagraph:
    """Add one centred line."""
    paragraph = _empty(container)
    run = paragraph.add_run(text)
    run.font.size = size
    run.bold = bold or None
    run.italic = italic or None
    return paragraph


def _left(paragraph: WordParagraph) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT


def _with_fixed_times(packed: bytes) -> bytes:
    """Pack the parts again, each with the oldest time that a zip file can hold."""
    buffer = BytesIO()
    with ZipFile(BytesIO(packed)) as old, ZipFile(buffer, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = ZipInfo(name)
            part.create_system = 0
            part.compress_type = ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return buffer.getvalue()
