"""The printed report as plain data: every word is final, only the looks are left to decide."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class ParagraphKind(StrEnum):
    """How a paragraph is set: plain text, an item with a dash, or a remark in italics."""

    TEXT = "text"
    ITEM = "item"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of final text; it is never read as markup."""

    text: str
    kind: ParagraphKind = ParagraphKind.TEXT

    @property
    def printed(self) -> str:
        """Return the words with the dash of an item; its space does not stretch."""
        return f"-\u00a0{self.text}" if self.kind is ParagraphKind.ITEM else self.text


class Align(StrEnum):
    """Where the text of a table column stands."""

    LEFT = "left"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A cell of a table head; `row` and `column` count from 0."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A bordered table; `widths` are shares of the text width, rows are final text.

    The head's last row may be a row of column numbers; `total` prints the last row in bold.
    """

    widths: tuple[int, ...]
    aligns: tuple[Align, ...]
    header: tuple[HeaderCell, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False

    @property
    def header_rows(self) -> int:
        """Return the number of rows that the head takes."""
        return max(cell.row + cell.row_span for cell in self.header)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its body; `level` 1 is the part (I.), 2 the chapter (1.), 3 the point (a)."""

    number: str
    title: str
    level: int
    blocks: tuple[Paragraph | Table, ...] = ()
    sections: tuple["Section", ...] = ()

    @property
    def heading(self) -> str:
        """Return the heading as printed: `I.`, `1.`, `a)` before the title."""
        own = self.number.rpartition(".")[2]
        return f"{own}{')' if own.islower() else '.'} {self.title}"


@dataclass(frozen=True, slots=True)
class Annex:
    """A page of its own after the signature; a landscape one holds a wide form."""

    code: str
    title: str
    notes: tuple[str, ...]
    table: Table
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The whole paper in reading order.

    `parent_name` is empty where none is printed; `agency_lines` is the agency's name broken as in
    the head block; `mark` is `DỰ THẢO` or empty; `seal` is the
    digest with a line above it, or empty; `dated_on` is the date that the files carry.
    """

    parent_name: str
    agency_lines: tuple[str, ...]
    number_line: str
    place_and_date: str
    mark: str
    title: str
    subject: str
    recipient: str
    introduction: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    closing: str
    authority: tuple[str, ...]
    signer_name: str
    recipients: tuple[str, ...]
    annexes: tuple[Annex, ...]
    seal: tuple[str, ...]
    dated_on: date
