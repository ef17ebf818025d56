"""What several unit tests of the dossier's domain begin with."""

from collections.abc import Callable, Sequence

import pytest
from dossier.domain.corrections import Recorded
from dossier.domain.told import PastEvent


@pytest.fixture(scope="session")
def recorded() -> Callable[[Sequence[PastEvent]], list[Recorded]]:
    """Return a function: the events of an imported history -> the log they are read from again."""

    def log_of(events: Sequence[PastEvent]) -> list[Recorded]:
        return [
            Recorded(
                number=number,
                kind=event.kind,
                from_status=event.from_status,
                to_status=event.to_status,
                occurred_at=event.occurred_at,
                details=event.details or {},
            )
            for number, event in enumerate(events, start=1)
        ]

    return log_of
