"""The outline of the control report: every section with its computed and its written part."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from reporting.documents import sentences
from reporting.documents.content import ReportContent
from reporting.documents.document import Paragraph, ParagraphKind, Section, Table
from reporting.documents.rating_section import rating
from reporting.documents.wording import ABSENT, Wording
from reporting.domain.outline import SECTION

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
        parts = (
            self._results(),
            self._assessment(),
            self._next_tasks(),
            self._leaf("proposals"),
        )
        others = self._others()
        return (*parts, others) if others else parts

    def _results(self) -> Section:
        chapters = (
            self._leaf("publication", sentences.publication),
            self._leaf("review", sentences.review),
            self._leaf("feedback", sentences.feedback),
            self._leaf("settling", self._settling),
            self._one_stop(),
            Section(
                "I.6",
                "Thực hiện thủ tục hành chính trên môi trường điện tử",
                2,
                sections=(
                    self._leaf("online_services", sentences.online_services),
                    self._leaf("certified_copies", sentences.certified_copies),
                ),
            ),
            self._leaf("communication"),
        )
        title = "TÌNH HÌNH, KẾT QUẢ KIỂM SOÁT THỦ TỤC HÀNH CHÍNH"
        return Section("I", title, 1, sections=chapters)

    def _one_stop(self) -> Section:
        return Section(
            "I.5",
            "Triển khai cơ chế một cửa, một cửa liên thông trong giải quyết thủ tục hành chính",
            2,
            sections=(
                self._leaf("direction"),
                self._leaf("facilities"),
                self._leaf("staffing"),
                self._leaf("posting", sentences.posting),
                self._leaf("rating", rating),
            ),
        )

    def _settling(self, content: ReportContent, words: Wording) -> tuple[Block, ...]:
        if content.form is None:
            reference = sentences.item(f"Biểu số II.06a: {ABSENT}.")
        else:
            reference = sentences.item(f"Chi tiết tại Biểu số {content.form.code} kèm theo.")
        return (*sentences.settling(content, words), reference)

    def _assessment(self) -> Section:
        """Give the points of the assessment; one text on the whole may stand for them."""
        whole = self._leaf("assessment")
        points = tuple(
            self._leaf(key)
            for key in SECTION["assessment"].stands_for
            if not whole.blocks or self._written(key)
        )
        return replace(whole, sections=points)

    def _next_tasks(self) -> Section:
        title = f"PHƯƠNG HƯỚNG, NHIỆM VỤ {self.content.next_period_label.upper()}"
        return replace(self._leaf("next_tasks"), title=title.strip())

    def _others(self) -> Section | None:
        keys = sorted(self.content.narratives.keys() - SECTION.keys())
        chapters = tuple(
            Section(f"V.{at}", key, 2, self._written(key)) for at, key in enumerate(keys, start=1)
        )
        return Section("V", "NỘI DUNG KHÁC", 1, sections=chapters) if chapters else None

    def _leaf(self, key: str, compose: _Compose | None = None) -> Section:
        """Build a section from its figures and its text; name it when its text is missing."""
        section = SECTION[key]
        computed = compose(self.content, Wording(self.content.figures)) if compose else ()
        written = self._written(key)
        if section.required and not written:
            remark = f"(Chưa có nội dung mục: {section.title})"
            written = (Paragraph(remark, ParagraphKind.REMARK),)
        level = section.place.count(".") + 1
        title = section.title.upper() if level == 1 else section.title
        return Section(section.place, title, level, (*computed, *written))

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
