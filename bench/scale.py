"""How much data and how long: the default, the large run, and the smoke run of the tests."""

from dataclasses import dataclass

_SMOKE = 100_000
_LARGE = 10_000_000


@dataclass(frozen=True, slots=True)
class Scale:
    """Sizes of one run. Times are per round; floors and product take turns in each round."""

    rows: int
    agencies: int
    fields: int
    busy_agencies: int
    templates: int
    rounds: int
    seconds: float
    clients: int
    bulk_lines: int
    repeats: int
    lists: int

    @property
    def is_large(self) -> bool:
        """Tell whether targets set for ten million dossiers are judged under their own names."""
        return self.rows >= _LARGE


def scale_of(rows: int) -> Scale:
    """Return the sizes that go with so many dossiers; few dossiers only prove that it runs."""
    if rows < _SMOKE:
        return Scale(rows, 20, 6, 8, 200, 1, 0.3, 16, 1_000, 3, 3)
    return Scale(rows, 700, 60, 64, 2_600, 3, 4, 16, 20_000, 20, 12)
