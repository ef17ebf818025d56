"""Which paper forms are in force on a day: dated sets, one per circular."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dossier.domain.paper_errors import NoFormsInForce, UnknownForm


class FormKind(StrEnum):
    """What a form is for, whatever number a circular gives it."""

    RECEIPT = "receipt"
    SUPPLEMENT_REQUEST = "supplement_request"
    REFUSAL = "refusal"
    APOLOGY = "apology"
    CONTROL_SHEET = "control_sheet"
    FOLLOW_UP_BOOK = "follow_up_book"


@dataclass(frozen=True, slots=True)
class FormTemplate:
    """One form of a set: its number, its title in lines, and the sign after its own number.

    Forms without a number of their own (the control sheet, the book) have no sign.
    """

    number: str
    kind: FormKind
    title: tuple[str, ...]
    sign: str | None = None


@dataclass(frozen=True, slots=True)
class FormSet:
    """The forms of one circular; in force from `valid_from` up to, but without, `valid_to`."""

    code: str
    instrument: str
    valid_from: date
    valid_to: date | None
    forms: tuple[FormTemplate, ...]

    def numbered(self, number: str) -> FormTemplate:
        """Return the form with this number; refuse a number the set does not have."""
        for form in self.forms:
            if form.number == number:
                return form
        raise UnknownForm(number=number, numbers=self.numbers)

    @property
    def numbers(self) -> str:
        """Return the numbers of all forms, as a refusal lists them."""
        return ", ".join(form.number for form in self.forms)

    def of_kind(self, kind: FormKind) -> FormTemplate:
        """Return the form for `kind`; every set has one of each."""
        return next(form for form in self.forms if form.kind is kind)


TT01_2018 = FormSet(
    code="tt01-2018",
    instrument="Thông tư 01/2018/TT-VPCP",
    valid_from=date(2019, 1, 8),
    valid_to=None,
    forms=(
        FormTemplate(
            "01",
            FormKind.RECEIPT,
            ("GIẤY TIẾP NHẬN HỒ SƠ", "VÀ HẸN TRẢ KẾT QUẢ"),
            "TNHS",
        ),
        FormTemplate(
            "02",
            FormKind.SUPPLEMENT_REQUEST,
            ("PHIẾU YÊU CẦU", "BỔ SUNG, HOÀN THIỆN HỒ SƠ"),
            "HDHS",
        ),
        FormTemplate(
            "03",
            FormKind.REFUSAL,
            ("PHIẾU TỪ CHỐI TIẾP NHẬN", "GIẢI QUYẾT HỒ SƠ"),
            "TCHS",
        ),
        FormTemplate(
            "04",
            FormKind.APOLOGY,
            ("PHIẾU XIN LỖI", "VÀ HẸN LẠI NGÀY TRẢ KẾT QUẢ"),
            "PXL",
        ),
        FormTemplate(
            "05",
            FormKind.CONTROL_SHEET,
            ("PHIẾU KIỂM SOÁT", "QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ"),
        ),
        FormTemplate("06", FormKind.FOLLOW_UP_BOOK, ("SỔ THEO DÕI HỒ SƠ",)),
    ),
)
FORM_SETS = (TT01_2018,)
"""Oldest first. A later circular is one more row, and `valid_to` in the row before it."""


def forms_on(day: date, sets: Sequence[FormSet] = FORM_SETS) -> FormSet:
    """Return the set in force on `day`, the day the paper bears.

    A set begins on the day its circular was signed: our reading. The set of TT 03/2025 has seven
    forms; it joins the rows when its text is at hand.

    Law: TT 01/2018/TT-VPCP art. 9
    """
    for forms in sets:
        if forms.valid_from <= day and (forms.valid_to is None or day < forms.valid_to):
            return forms
    raise NoFormsInForce(on=day)


def paper_number(issued_on: date, serial: int) -> str:
    """Write the number of papers about a dossier: the day and serial of its code.

    The head of the paper names the agency, the third part of the code; so the number is unique
    with no register to keep.

    Law: our reading (the number of a paper is the day and serial of the dossier code)
    """
    return f"{issued_on:%y%m%d}-{serial:04d}"
