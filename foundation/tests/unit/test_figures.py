from kernel.figures import Figure, FigureDefinition, FigureKind
from kernel.refusals import Conflict


def test_a_definition_is_named_by_its_key_and_edition():
    definition = FigureDefinition(
        "dossiers.received", "Tiếp nhận", "dossier", FigureKind.COUNT, "…", "our reading"
    )
    assert definition.definition_id == "dossiers.received@1"


def test_an_absent_figure_is_not_zero():
    assert Figure("dossiers.received", None).value is None


def test_a_refusal_carries_plain_details():
    assert Conflict(status=4).details == {"status": 4}
