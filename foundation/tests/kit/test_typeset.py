import io
from datetime import date

import pytest
from kit.typeset import typeset, typeset_apart
from pypdf import PdfReader

TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(font: "Tinos", lang: "vi")
#data.words
"""
HOSTILE = r'#panic("x") #import "/etc/passwd" $x$ *bold* `code` \u{41} {0} %s'
DAY = date(2022, 9, 14)


@pytest.fixture
def printed(tmp_path):
    template = tmp_path / "paper.typ"
    template.write_text(TEMPLATE)

    def paper(words: str) -> bytes:
        return typeset(template, {"title": "Giấy mẫu", "words": words, "on": DAY}, dated_on=DAY)

    return paper


def opened(pdf: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(pdf))


def test_words_are_data_and_never_markup(printed):
    assert HOSTILE in opened(printed(HOSTILE)).pages[0].extract_text()


def test_the_same_data_gives_the_same_bytes(printed):
    assert printed("Hồ sơ") == printed("Hồ sơ")
    assert printed("Hồ sơ") != printed("Hồ sơ khác")


def test_the_vendored_font_is_embedded_and_no_other(printed):
    fonts = opened(printed("Độc lập - Tự do")).pages[0]["/Resources"]["/Font"].values()
    inner = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts]
    assert {font["/BaseFont"].partition("+")[2] for font in inner} == {"Tinos"}
    assert all("/FontFile2" in font["/FontDescriptor"].get_object() for font in inner)


def test_a_paper_is_an_archive_file_unless_the_fonts_lack_a_character(printed):
    pdf = opened(printed("Hồ sơ"))
    assert "pdfaid" in pdf.trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert pdf.metadata.creation_date.date() == DAY
    plain = opened(printed("Hồ sơ \N{GRINNING FACE}"))
    assert "pdfaid" not in plain.trailer["/Root"]["/Metadata"].get_object().get_data().decode()


def test_a_process_of_its_own_sets_the_same_bytes(tmp_path):
    template = tmp_path / "paper.typ"
    template.write_text(TEMPLATE)
    data = {"title": "Sổ mẫu", "words": "Dòng"}
    assert typeset_apart(template, data, dated_on=DAY) == typeset(template, data, dated_on=DAY)
