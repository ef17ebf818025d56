"""The outline of the control report: every section with its computed and its written part."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from reporting.documents import sentences
from reporting.documents.content import ReportContent
from reporting.documents.document import Paragraph, ParagraphKind, Section, Table
from reporting.documents.rating_section import rating
from reporting.documents.sections import NARRATIVES, REQUIRED
from reporting.documents.wording import ABSENT, Wording

Block = Paragraph | Table
_Compose = Callable[[ReportContent, Wording], tuple[Block, ...]]
_DASHES = ("- ", "– ", "• ", "+ ", "* ")


@dataclass(frozen=True, slots=True)
class Outline:
    """Build the sections of one report.

    Law: NĐ 63/2010/NĐ-CP art. 35
    """

    content: ReportContent

    def sections(self) -> tuple[Section, ...]:
        """Return the parts I to IV, and a last one for texts under keys of no section."""
        parts = (self._results(), self._assessment(), self._next_tasks(), self._proposals())
        others = self._others()
        return (*parts, others) if others else parts

    def _results(self) -> Section:
        chapters = (
            self._leaf("I.1", "publication", sentences.publication),
            self._leaf("I.2", "review", sentences.review),
            self._leaf("I.3", "feedback", sentences.feedback),
            self._leaf("I.4", "settling", self._settling),
            self._one_stop(),
            Section(
                "I.6",
                "Thực hiện thủ tục hành chính trên môi trường điện tử",
                2,
                sections=(
                    self._leaf("I.6.a", "online_services", sentences.online_services),
                    self._leaf("I.6.b", "certified_copies", sentences.certified_copies),
                ),
            ),
            self._leaf("I.7", "communication"),
        )
        title = "TÌNH HÌNH, KẾT QUẢ KIỂM SOÁT THỦ TỤC HÀNH CHÍNH"
        return Section("I", title, 1, sections=chapters)

    def _one_stop(self) -> Section:
        return Section(
            "I.5",
            "Triển khai cơ chế một cửa, một cửa liên thông trong giải quyết thủ tục hành chính",
            2,
            sections=(
                self._leaf("I.5.a", "direction"),
                self._leaf("I.5.b", "facilities"),
                self._leaf("I.5.c", "staffing"),
                self._leaf("I.5.d", "posting", sentences.posting),
                self._leaf("I.5.đ", "rating", rating),
            ),
        )

    def _settling(self, content: ReportContent, words: Wording) -> tuple[Block, ...]:
        if content.form is None:
            reference = sentences.item(f"Biểu số II.06a: {ABSENT}.")
        else:
            reference = sentences.item(f"Chi tiết tại Biểu số {content.form.code} kèm theo.")
        return (*sentences.settling(content, words), reference)

    def _assessment(self) -> Section:
        whole = self._written("assessment")
        keys = [key for key in ("strengths", "limitations") if not whole or self._written(key)]
        points = tuple(self._leaf(f"II.{at}", key) for at, key in enumerate(keys, start=1))
        return Section("II", NARRATIVES["assessment"], 1, whole, points)

    def _next_tasks(self) -> Section:
        part = self._leaf("III", "next_tasks")
        return replace(part, title=f"{part.title} {self.content.next_period_label.upper()}".strip())

    def _proposals(self) -> Section:
        return self._leaf("IV", "proposals")

    def _others(self) -> Section | None:
        keys = sorted(self.content.narratives.keys() - NARRATIVES.keys())
        chapters = tuple(
            Section(f"V.{at}", key, 2, paragraphs(self.content.narratives[key]))
            for at, key in enumerate(keys, start=1)
        )
        return Section("V", "NỘI DUNG KHÁC", 1, sections=chapters) if chapters else None

    def _leaf(self, number: str, key: str, compose: _Compose | None = None) -> Section:
        """Build a section from its figures and its text; say so when the text must be there."""
        words = Wording(self.content.figures)
        computed = compose(self.content, words) if compose else ()
        written = self._written(key)
        if key in REQUIRED and not written:
            written = (missing_remark(NARRATIVES[key]),)
        return Section(number, NARRATIVES[key], number.count(".") + 1, (*computed, *written))

    def _written(self, key: str) -> tuple[Paragraph, ...]:
        return paragraphs(self.content.narratives.get(key, ""))


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """Break an officer's text at its lines; a line that begins with a dash becomes an item."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(_paragraph(line) for line in lines if line)


def _paragraph(line: str) -> Paragraph:
    for dash in _DASHES:
        if line.startswith(dash):
            return Paragraph(line.removeprefix(dash).strip(), ParagraphKind.ITEM)
    return Paragraph(line)


def missing_remark(title: str) -> Paragraph:
    """Name a section that nobody has written."""
    name = title.capitalize() if title.isupper() else title
    return Paragraph(f"(Chưa có nội dung mục: {name})", ParagraphKind.REMARK)


def missing_sections(sections: tuple[Section, ...]) -> tuple[str, ...]:
    """List the sections, with their numbers, that carry the remark of a missing text."""
    found: list[str] = []
    for section in sections:
        if any(isinstance(b, Paragraph) and b.kind is ParagraphKind.REMARK for b in section.blocks):
            found.append(f"{section.number} {section.title}")
        found.extend(missing_sections(section.sections))
    return tuple(found)
