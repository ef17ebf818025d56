from datetime import date

import pytest
from catalog.domain.errors import OutcomeContradictsDays
from catalog.domain.reviews import Outcome, quoted_since, require_outcome_fits_days


@pytest.mark.parametrize(
    ("outcome", "before", "after"),
    [
        (Outcome.CUT, 3, 2),
        (Outcome.CUT, 1, 0),
        (Outcome.KEPT, 3, 3),
        (Outcome.KEPT, None, None),
        (Outcome.ABOLISHED, 3, None),
    ],
)
def test_an_outcome_that_fits_its_days(outcome, before, after):
    require_outcome_fits_days("1.000001", outcome, before, after)


@pytest.mark.parametrize(
    ("outcome", "before", "after"),
    [
        (Outcome.CUT, 3, 3),
        (Outcome.CUT, 2, 3),
        (Outcome.CUT, None, 2),
        (Outcome.CUT, 3, None),
        (Outcome.KEPT, 3, 2),
        (Outcome.ABOLISHED, 3, 2),
    ],
)
def test_an_outcome_that_contradicts_its_days(outcome, before, after):
    with pytest.raises(OutcomeContradictsDays):
        require_outcome_fits_days("1.000001", outcome, before, after)


@pytest.mark.parametrize(
    ("end", "since"),
    [
        (date(2022, 9, 14), date(2021, 9, 15)),
        (date(2022, 12, 31), date(2022, 1, 1)),
        (date(2024, 2, 28), date(2023, 3, 1)),
        (date(2025, 2, 28), date(2024, 3, 1)),
    ],
)
def test_a_report_quotes_the_reviews_of_twelve_months(end, since):
    assert quoted_since(end) == since
