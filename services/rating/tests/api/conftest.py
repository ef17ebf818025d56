"""A ward with the records of Phú Sơn, third quarter 2022."""

from datetime import UTC, datetime, timedelta

import pytest
from rating.domain.facts import BallotAnswers, Satisfaction
from rating.store.agencies import agency_ids
from rating.store.ballots import add_ballot

QUARTER = {"from": "2022-06-15", "to": "2022-09-14"}
CAST_AT = datetime(2022, 8, 2, 3, tzinfo=UTC)


@pytest.fixture
def quarter(agency):
    return {"agency": agency, **QUARTER}


@pytest.fixture
def cast(app):
    """Return a function that stores ballots without their tokens, as known at `recorded_at`."""

    async def cast(agency, satisfaction, times, recorded_at=CAST_AT, cast_at=CAST_AT, **answers):
        given = {
            "contacts_count": 0,
            "agencies_contacted_count": 0,
            "own_fault": False,
            **answers,
        }
        async with app.state.sessions.begin() as session:
            ids = await agency_ids(session, {agency})
            for second in range(times):
                await add_ballot(
                    session,
                    agency_id=ids[agency],
                    cast_at=cast_at + timedelta(seconds=second),
                    answers=BallotAnswers(Satisfaction(satisfaction), **given),
                    comment=None,
                    recorded_at=recorded_at,
                )

    return cast


@pytest.fixture
async def phu_son(agency, neighbours, cast, settled_dossiers):
    """The ward's records: 316 early, 70 on time, 3 late; 0, 23, 102 ballots; no feedback."""
    neighbours.dossiers.settled_of[agency] = settled_dossiers(agency, early=316, on_time=70, late=3)
    await cast(agency, "satisfied", 23)
    await cast(agency, "very_satisfied", 102)
    return agency


@pytest.fixture
def assess(client, officer):
    """Return a function that records the assessment of an agency for the quarter."""

    async def assess(agency, counted=tuple(range(1, 8)), **changes):
        body = {
            "agency_code": agency,
            **QUARTER,
            "indicator_set": "tt01-2018",
            "counted_indicators": list(counted),
            "reason": "Theo hướng dẫn của thị xã, quý này chấm bảy chỉ số.",
            **changes,
        }
        return await client.post("/v1/agency-assessments", headers=officer, json=body)

    return assess
