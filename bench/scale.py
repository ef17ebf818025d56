"""How much data and how long: the default, the large run, and the smoke run of the tests."""

from dataclasses import dataclass

_SMOKE = 100_000
_LARGE = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Sizes of one run. Times are per round; floors and product take turns in each round."""

    rows: int
    agencies: int
    fields: int
    busy_agencies: int
    templates: int
    rounds: int
    seconds: float
    bulk_lines: int
    repeats: int
    lists: int
    figures: int
    clients: int = 16

    @property
    def is_large(self) -> bool:
        """Tell whether targets set for ten million dossiers are judged under their own names."""
        return self.rows >= _LARGE


def scale_of(rows: int) -> Scale:
    """Return the sizes that go with so many dossiers; few dossiers only prove that it runs."""
    if rows >= _SMOKE:
        return Scale(
            rows=rows,
            agencies=700,
            fields=60,
            busy_agencies=64,
            templates=2_600,
            rounds=3,
            seconds=3,
            bulk_lines=20_000,
            repeats=20,
            lists=12,
            figures=100,
        )
    return Scale(
        rows=rows,
        agencies=10,
        fields=6,
        busy_agencies=8,
        templates=100,
        rounds=1,
        seconds=0.3,
        bulk_lines=1_000,
        repeats=3,
        lists=3,
        figures=5,
    )
