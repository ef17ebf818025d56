import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from kernel.figures import FigureKind
from kernel.periods import ReportingPeriod
from kit.errors import BadCursor
from reporting.clients import CatalogClient, FiguresClient
from reporting.domain.errors import UnknownFigure
from reporting.domain.score_scale import SCALES

Q3 = ReportingPeriod.between(date(2022, 6, 15), date(2022, 9, 14))
LATER = datetime(2030, 1, 1, tzinfo=UTC)
WARD = "H56.18.26"
RELEASES = Path(__file__).parents[2] / "services" / "rating" / "releases"


@pytest.fixture(params=["catalog", "dossier", "rating"])
def keeper(request, keepers):
    return FiguresClient(getattr(keepers, request.param))


async def test_every_keeper_answers_with_figures_and_their_definitions(keeper):
    answer = await keeper.figures(WARD, Q3, known_at=LATER)
    assert len(answer.figures) > 5
    assert answer.watermark
    for figure in answer.figures:
        assert figure.label
        assert figure.definition
        assert figure.law
        assert figure.definition_id.startswith(figure.key)


async def test_every_figure_lists_the_records_that_its_kind_says(keeper):
    for figure in (await keeper.figures(WARD, Q3, known_at=LATER)).figures:
        items, cursor, page = [], None, None
        while page is None or cursor is not None:
            page = await keeper.evidence(
                figure.key,
                WARD,
                Q3,
                known_at=LATER,
                procedure_field=None,
                limit=2,
                cursor=cursor,
            )
            items += page.items
            cursor = page.next_cursor
        assert len(items) == page.total, figure.key
        contributed = sum(item.contribution for item in items)
        assert contributed == page.total_contribution, figure.key
        if figure.kind is FigureKind.COUNT:
            assert page.total == figure.value, figure.key
        elif figure.kind in {FigureKind.RATIO, FigureKind.AVERAGE}:
            assert page.total == (figure.denominator or 0), figure.key
            assert contributed == (figure.numerator or 0), figure.key
        elif figure.kind is FigureKind.TOTAL and figure.value is not None:
            assert contributed == figure.value, figure.key


async def test_dossier_figures_come_by_procedure_field(keepers):
    dossiers = FiguresClient(keepers.dossier)
    answer = await dossiers.figures(WARD, Q3, known_at=LATER, by="procedure_field")
    received = [
        figure
        for figure in answer.figures
        if figure.key == "dossiers.received" and figure.dimensions
    ]
    assert [(f.dimensions, f.value) for f in received] == [({"procedure_field": "chung-thuc"}, 3)]
    page = await dossiers.evidence(
        "dossiers.received",
        WARD,
        Q3,
        known_at=LATER,
        procedure_field="chung-thuc",
        limit=100,
        cursor=None,
    )
    assert page.total == 3


async def test_a_figure_or_cursor_nobody_issued_is_told_apart_from_an_absent_neighbour(keeper):
    asked = {"known_at": LATER, "procedure_field": None, "limit": 2}
    with pytest.raises(UnknownFigure):
        await keeper.evidence("no.such.figure", WARD, Q3, cursor=None, **asked)
    key = (await keeper.figures(WARD, Q3, known_at=LATER)).figures[0].key
    with pytest.raises(BadCursor):
        await keeper.evidence(key, WARD, Q3, cursor="W10", **asked)


async def test_agencies_have_names_levels_and_parents_and_fields_have_names(keepers):
    catalog = CatalogClient(keepers.catalog, fresh_seconds=60)
    ward = await catalog.agency(WARD, on=Q3.last_day)
    assert (ward.level, ward.parent_code) == ("commune", "H56.18")
    assert await catalog.agency("H57", on=Q3.last_day) is None
    assert await catalog.subtree("H56.18") == {"H56.18", WARD}
    assert await catalog.procedure_field_names() == {"chung-thuc": "Chứng thực"}


def test_the_scale_of_stated_points_is_that_of_the_indicator_set():
    for scale in SCALES:
        released = json.loads((RELEASES / f"{scale.code}.json").read_text())
        assert released["valid_from"] == scale.valid_from.isoformat()
        assert {each["max_points"] for each in released["indicators"]} == {scale.points_each}
        assert len(released["indicators"]) == scale.indicators
        for band in released["classes"]:
            assert scale.class_of(Decimal(band["from_points"])) == band["name_vi"]
            below = scale.class_of(Decimal(band["from_points"]) - Decimal("0.1"))
            assert (below != band["name_vi"]) or band is released["classes"][-1]
