"""A form ready to be set in type: every word decided, nothing left to the template but places."""

from dataclasses import dataclass
from datetime import date

MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
ONE_STOP_DESK = ("BỘ PHẬN TIẾP NHẬN", "VÀ TRẢ KẾT QUẢ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The top of the paper: agency, desk (none when the agency itself speaks), number, date."""

    agency: tuple[str, ...]
    desk: tuple[str, ...] = ()
    number: str | None = None
    place_and_date: str | None = None
    motto: tuple[str, str] = MOTTO


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what was entered; None leaves a dotted line to fill in by hand."""

    label: str
    entered: str | None
    weighty: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Two short lines side by side."""

    left: Line
    right: Line


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A sentence of the form."""

    words: str


@dataclass(frozen=True, slots=True)
class Items:
    """What a label introduces, numbered."""

    label: str
    items: tuple[str, ...]


Block = Line | Pair | Paragraph | Items


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signs, and how."""

    role: str
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """Forms 01 to 04: one dossier, one page of A5 when the words allow it."""

    head: Head
    form: str
    title: tuple[str, ...]
    code: str
    code_label: str
    blocks: tuple[Block, ...]
    signatures: tuple[Signature, ...]
    notes: tuple[str, ...] = ()
    dated_on: date


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a hand-over: who, when, by which account."""

    party: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A hand-over as form 05 shows it."""

    giver: Side
    taker: Side
    outcome: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Form 05: the course of a dossier through agencies and units."""

    head: Head
    form: str
    title: tuple[str, ...]
    code: str
    code_label: str
    blocks: tuple[Block, ...]
    rows: tuple[SheetRow, ...]
    dated_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """Form 06: one row of cells per dossier, in the order of the columns.

    A volume of a longer book has a cover with its lines, and names itself at the foot as `part`.
    """

    head: Head
    form: str
    title: tuple[str, ...]
    subtitle: str
    cover: tuple[str, ...]
    part: str | None
    rows: tuple[tuple[str, ...], ...]
    closing: str
    dated_on: date
