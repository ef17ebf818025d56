"""Figures written straight are the figures that their model writes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from kernel.figures import Figure, FigureDefinition, FigureKind
from kernel.periods import ReportingPeriod
from kit.figures import FigureQuery, FiguresOut, figures_out, figures_written

DEFINITIONS = {
    key: FigureDefinition(key, f"Nhãn «{key}»", unit, kind, "Định nghĩa", "our reading")
    for key, unit, kind in (
        ("dossiers.received", "dossier", FigureKind.COUNT),
        ("dossiers.settled.in_time_rate", "percent", FigureKind.RATIO),
        ("rating.class", "class", FigureKind.LABEL),
    )
}
FIGURES = [
    Figure("dossiers.received", 11),
    Figure("dossiers.settled.in_time_rate", Decimal("66.7"), 2, 3),
    Figure("dossiers.settled.in_time_rate", Decimal("100.0"), 3, 3),
    Figure("dossiers.settled.in_time_rate", None, 0, 0),
    Figure("rating.class", "Tốt"),
    Figure("dossiers.received", 7, dimensions={"procedure_field": "ho-tich"}),
    Figure("dossiers.received", 4, dimensions={"officer": "Cán bộ & «một»"}),
    Figure("dossiers.received", 0, dimensions={"officer": "a", "channel": "direct"}),
]
PERIOD = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
INSTANTS = [
    datetime(2022, 10, 15, 3, tzinfo=UTC),
    datetime(2022, 10, 15, 3, 0, 0, 120_000, tzinfo=UTC),
    datetime(2022, 10, 15, 10, 0, 1, 1, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
]


@pytest.mark.parametrize("known_at", INSTANTS)
@pytest.mark.parametrize("pooled", [False, True])
def test_written_figures_are_those_of_the_model(known_at, pooled):
    query = FigureQuery("H56.18.26", PERIOD, known_at, include_subordinates=pooled)
    asked = (DEFINITIONS, FIGURES, query)
    model = figures_out(*asked, watermark="none", known_at=known_at)
    body = figures_written(*asked, watermark="none", known_at=known_at)
    # Byte for byte what `response_model` would send, and nothing the model does not know.
    assert body.decode() == model.model_dump_json(by_alias=True)
    assert FiguresOut.model_validate_json(body) == model


def test_each_figure_says_where_its_evidence_is():
    query = FigureQuery("H56.18.26", PERIOD, include_subordinates=True)
    found = figures_out(DEFINITIONS, FIGURES, query, watermark="none", known_at=INSTANTS[0])
    asked = (
        "agency=H56.18.26&from=2022-06-15&to=2022-09-14"
        "&include_subordinates=true&known_at=2022-10-15T03%3A00%3A00%2B00%3A00"
    )
    plain, by_field = found.figures[0], found.figures[5]
    assert plain.evidence_url == f"/v1/figures/dossiers.received/evidence?{asked}"
    assert by_field.evidence_url == f"{plain.evidence_url}&procedure_field=ho-tich"
