"""Set a form in type: its words go to the template as data, with its code as a QR code."""

from dataclasses import asdict
from pathlib import Path

from kit.typeset import typeset, typeset_apart

from dossier.documents.paper import Book, Sheet, Slip
from dossier.documents.qr import qr_code

_HERE = Path(__file__).parent


def render_pdf(paper: Slip | Sheet | Book) -> bytes:
    """Return the form as PDF: 01 to 05 on A5, the book on A4; the same paper, the same bytes.

    Law: TT 01/2018/TT-VPCP art. 9
    """
    if isinstance(paper, Book):
        return typeset_apart(_HERE / "book.typ", asdict(paper), dated_on=paper.dated_on)
    template = _HERE / ("slip.typ" if isinstance(paper, Slip) else "control_sheet.typ")
    data = {**asdict(paper), "qr": asdict(qr_code(paper.code))}
    return typeset(template, data, dated_on=paper.dated_on)
