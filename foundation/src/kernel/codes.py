"""Codes of agencies, procedures and dossiers: parsed once at the border, trusted afterwards."""

import re
from dataclasses import dataclass
from datetime import date

_AGENCY = re.compile(r"[A-Z]\d{2}(?:\.\d{1,3}){0,3}|\d{3}(?:\.\d{2,3}){0,2}\.[A-Z]\d{2}", re.ASCII)
_PROCEDURE = re.compile(r"(\d\.\d{6})(?:\.(\d{3}(?:\.\d{2,3}){0,2}\.[A-Z]\d{2}))?", re.ASCII)
_DOSSIER = re.compile(r"(.+)-(\d{2})(\d{2})(\d{2})-(\d{4,9})", re.ASCII)


class MalformedCode(ValueError):
    """The text is not a code of the expected shape."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"not a {kind} code: {text!r}")
        self.kind = kind
        self.text = text


@dataclass(frozen=True, slots=True, order=True)
class AgencyCode:
    """`H56`, `H56.18`, `H56.18.26`, or the old form `000.00.18.H56`.

    Law: QĐ 20/2020/QĐ-TTg (mã định danh điện tử)
    """

    text: str

    @classmethod
    def parse(cls, text: str) -> "AgencyCode":
        """Parse a code; raise `MalformedCode` when it has another shape."""
        if not _AGENCY.fullmatch(text):
            raise MalformedCode("agency", text)
        return cls(text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class ProcedureCode:
    """National root `d.dddddd`, with the publishing agency's suffix when it is a local copy.

    Two codes with one root are the same procedure: identity is the root.
    """

    root: str
    publisher: str | None = None

    @classmethod
    def parse(cls, text: str) -> "ProcedureCode":
        """Parse `1.001193` or `1.001193.000.00.00.H56`; raise `MalformedCode` otherwise."""
        match = _PROCEDURE.fullmatch(text)
        if match is None:
            raise MalformedCode("procedure", text)
        return cls(match[1], match[2])

    def __str__(self) -> str:
        return self.root if self.publisher is None else f"{self.root}.{self.publisher}"


@dataclass(frozen=True, slots=True, order=True)
class DossierCode:
    """`<agency code>-YYMMDD-XXXX`: receiving agency, day of receipt, its serial that day.

    The serial has four digits and widens past 9999; it starts at 1. The two-digit year means
    2000 to 2099.

    Law: TT 01/2018/TT-VPCP art. 19
    """

    agency: AgencyCode
    received_on: date
    serial: int

    def __post_init__(self) -> None:
        if self.serial < 1:
            raise ValueError(f"serials start at 1, got {self.serial}")

    @classmethod
    def parse(cls, text: str) -> "DossierCode":
        """Parse a code; raise `MalformedCode` when it has another shape or an impossible day."""
        match = _DOSSIER.fullmatch(text)
        if match is None:
            raise MalformedCode("dossier", text)
        agency, year, month, day, serial = match.groups()
        try:
            code = cls(
                AgencyCode.parse(agency),
                date(2000 + int(year), int(month), int(day)),
                int(serial),
            )
        except ValueError as error:
            raise MalformedCode("dossier", text) from error
        if str(code) != text:  # 0012 and 00012 would otherwise name one dossier twice
            raise MalformedCode("dossier", text)
        return code

    def __str__(self) -> str:
        day = self.received_on
        written_on = f"{day.year % 100:02d}{day.month:02d}{day.day:02d}"
        return f"{self.agency.text}-{written_on}-{self.serial:04d}"
