"""An empty Word file in the dress of an official paper: page, fonts, language, styles."""

from datetime import UTC, datetime, time

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from reporting.documents.document import ReportDocument
from reporting.documents.docx_parts import page_number

FONT = "Times New Roman"
BODY_SIZE = Pt(14)
INDENT = Mm(10)
PAGE = (Mm(210), Mm(297))
MARGINS = (Mm(20), Mm(20), Mm(20), Mm(30))
"""Top, right, bottom, left.

Law: NĐ 30/2020/NĐ-CP, phụ lục I
"""
_BLACK = RGBColor(0, 0, 0)
_HEADINGS = {1: (True, False, Pt(8)), 2: (True, False, Pt(4)), 3: (False, True, Pt(4))}
"""By level (part, chapter, point): bold, italic, space above."""


def blank_paper(report: ReportDocument) -> Document:
    """Return a file without text: A4, margins, styles, page numbers from page 2, fixed dates."""
    paper = docx.Document()
    _describe(paper, report)
    _set_language(paper)
    _style_text(paper)
    _style_headings(paper)
    section = paper.sections[0]
    section.page_width, section.page_height = PAGE
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = MARGINS
    section.header_distance = Mm(10)
    section.different_first_page_header_footer = True
    _number_pages(section)
    return paper


def _describe(paper: Document, report: ReportDocument) -> None:
    made_at = datetime.combine(report.dated_on, time(), tzinfo=UTC).replace(tzinfo=None)
    about = paper.core_properties
    about.title = f"{report.title} {report.subject}"[:255]
    about.author = about.last_modified_by = " ".join(report.agency_lines)[:255]
    about.created = about.modified = made_at
    about.language = "vi-VN"
    about.comments = ""
    about.revision = 1


def _set_language(paper: Document) -> None:
    for language in paper.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), "vi-VN")
    for language in paper.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), "vi-VN")
    for zoom in paper.settings.element.iter(qn("w:zoom")):
        zoom.set(qn("w:percent"), "100")


def _style_text(paper: Document) -> None:
    normal = _dress(paper, "Normal")
    normal.font.size = BODY_SIZE
    form = normal.paragraph_format
    form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    form.first_line_indent = INDENT
    form.space_before, form.space_after = Pt(0), Pt(6)
    form.line_spacing = 1.15
    form.widow_control = True
    for name in ("Centred", "Cell"):
        style = paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = normal
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        style.paragraph_format.first_line_indent = Mm(0)
        style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = 1.0


def _style_headings(paper: Document) -> None:
    for level, looks in _HEADINGS.items():
        style = _dress(paper, f"Heading {level}")
        style.font.size = BODY_SIZE
        style.font.color.rgb = _BLACK
        style.font.bold, style.font.italic, space_before = looks
        style.paragraph_format.space_before = space_before
        style.paragraph_format.space_after = Pt(4)


def _dress(paper: Document, name: str) -> ParagraphStyle:
    """Give a style the one font of the paper, for every script, in place of the theme's."""
    style = paper.styles[name]
    if not isinstance(style, ParagraphStyle):
        raise TypeError(f"{name} is not a paragraph style")
    style.font.name = FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.attrib.clear()
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), FONT)
    return style


def _number_pages(section: Section) -> None:
    paragraph = section.header.paragraphs[0]
    paragraph.style = "Centred"
    page_number(paragraph)
