"""SQL counts, the domain decides: on random catalogues both must say the same."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from catalog.domain.desks import Desk, PostingPlace
from catalog.domain.facts import Assignment, Recorded, Settling, facts_on
from catalog.domain.figures import RULES
from catalog.domain.online_levels import WORDS, LevelFrom, OnlineLevel
from catalog.domain.publication import Effect, EffectKind, Version
from catalog.domain.reviews import Outcome, ReviewedProcedure
from catalog.store import figures as store
from catalog.tables import (
    AgencyProcedureRow,
    AgencyRow,
    OnlineLevelRow,
    PostingRow,
    ProcedureFieldRow,
    ProcedureRow,
    ProcedureVersionRow,
    PublicationDecisionRow,
    PublicationEffectRow,
    ReviewOutcomeRow,
    ReviewRow,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

END = date(2022, 9, 14)
KNOWN_AT = datetime(2022, 9, 15, tzinfo=UTC)
AGENCIES = ("H56.18.26", "H56.18.27")
FIELDS = ("chung-thuc", "ho-tich")
DAYS = st.sampled_from(
    [END + timedelta(days=n) for n in (-800, -366, -365, -364, -100, -30, -1, 0, 1, 40)]
)

REVIEW_DAYS = st.sampled_from([END + timedelta(days=n) for n in (-365, -364, -30, 0, 1)])


def dated(**fields):
    return st.fixed_dictionaries({"valid_from": DAYS, **fields})


def several(rows, key="valid_from", most=3):
    return st.lists(rows, max_size=most, unique_by=lambda row: row[key])


@dataclass
class Drawn:
    """One procedure as drawn: plain rows, from which SQL and the domain each get their form."""

    field_code: str
    versions: list
    effects: list
    levels: list
    assignments: dict = field(default_factory=dict)
    postings: dict = field(default_factory=dict)
    reviews: dict = field(default_factory=dict)


PROCEDURES = st.lists(
    st.builds(
        Drawn,
        field_code=st.sampled_from(FIELDS),
        versions=several(dated(decided_on=st.none() | DAYS)),
        effects=st.lists(
            st.fixed_dictionaries(
                {"kind": st.sampled_from(EffectKind), "decided_on": DAYS, "effective_on": DAYS}
            ),
            max_size=2,
        ),
        levels=several(dated(level=st.sampled_from(OnlineLevel))),
        assignments=st.fixed_dictionaries(
            {
                agency: several(dated(desk=st.sampled_from(Desk), valid_to=st.none() | DAYS))
                for agency in AGENCIES
            }
        ),
        postings=st.fixed_dictionaries(
            {
                agency: st.sets(st.tuples(st.sampled_from(PostingPlace), DAYS), max_size=4)
                for agency in AGENCIES
            }
        ),
        reviews=st.fixed_dictionaries(
            {
                agency: st.lists(st.tuples(REVIEW_DAYS, st.sampled_from(Outcome)), max_size=3)
                for agency in AGENCIES
            }
        ),
    ),
    max_size=4,
)


def ends(row):
    """Return the drawn end when it is one: after the beginning."""
    end = row["valid_to"]
    return end if end is not None and end > row["valid_from"] else None


class Writer:
    """Writes drawn catalogues as rows, and remembers what the domain needs of them."""

    def __init__(self, tx: AsyncSession):
        self.tx = tx
        self.reviewed = 0

    async def one(self, row, returning, **values):
        added = await self.tx.execute(
            insert(row).values(**values, recorded_at=KNOWN_AT).returning(returning)
        )
        return added.scalar_one()

    async def many(self, row, rows, **shared):
        if rows:
            await self.tx.execute(insert(row), [{**each, **shared} for each in rows])

    async def agency(self, code):
        return await self.one(
            AgencyRow,
            AgencyRow.agency_id,
            code=code,
            name=code,
            level="commune",
            valid_from=date(2000, 1, 1),
            is_sample=True,
            version=1,
        )

    async def decision(self, number, decided_on):
        return await self.one(
            PublicationDecisionRow,
            PublicationDecisionRow.decision_id,
            number=number,
            decided_on=decided_on,
            issued_by="UBND",
            title="Công bố",
        )

    async def procedure(self, code, drawn, agency_ids):
        procedure_id = await self.one(ProcedureRow, ProcedureRow.procedure_id, code=code, version=1)
        shared = {"procedure_id": procedure_id, "recorded_at": KNOWN_AT}
        for number, version in enumerate(drawn.versions, start=1):
            await self.version(code, drawn, number, version, shared)
        for number, effect in enumerate(drawn.effects):
            decision_id = await self.decision(f"{code}/effect/{number}", effect["decided_on"])
            await self.many(
                PublicationEffectRow,
                [{"kind": effect["kind"].value, "effective_on": effect["effective_on"]}],
                decision_id=decision_id,
                procedure_code=code,
                recorded_at=KNOWN_AT,
            )
        levels = [
            {
                "valid_from": row["valid_from"],
                "level": row["level"].value,
                "vocabulary": next(v.value for v, words in WORDS.items() if row["level"] in words),
            }
            for row in drawn.levels
        ]
        await self.many(OnlineLevelRow, levels, **shared)
        settling = {
            agency: await self.settling(drawn, agency, {**shared, "agency_id": agency_ids[agency]})
            for agency in AGENCIES
        }
        return Recorded(
            versions=[Version(row["valid_from"], row["decided_on"]) for row in drawn.versions],
            effects=[Effect(**row) for row in drawn.effects],
            levels=[LevelFrom(row["valid_from"], row["level"]) for row in drawn.levels],
            settling=settling,
        )

    async def version(self, code, drawn, number, version, shared):
        decided_on, decision_id = version["decided_on"], None
        if decided_on is not None:
            decision_id = await self.decision(f"{code}/{number}", decided_on)
        values = {
            **{name: [] for name in ("filing_methods", "steps", "components", "applicants")},
            "legal_basis": [],
            "sets_count": 1,
            "supplement_policy": "restart",
        }
        await self.many(
            ProcedureVersionRow,
            [{"version_number": number, "valid_from": version["valid_from"], **values}],
            name=code,
            field_code=drawn.field_code,
            level="commune",
            decision_id=decision_id,
            **shared,
        )

    async def settling(self, drawn, agency, shared):
        assignments = [
            Assignment(row["valid_from"], row["desk"], ends(row))
            for row in drawn.assignments[agency]
        ]
        rows = [
            {"valid_from": a.valid_from, "valid_to": a.valid_to, "desk": a.desk.value}
            for a in assignments
        ]
        await self.many(AgencyProcedureRow, rows, **shared)
        posted = sorted(drawn.postings[agency])
        rows = [{"place": place.value, "posted_on": day} for place, day in posted]
        await self.many(PostingRow, rows, **shared)
        reviews = [
            await self.review(day, outcome, shared) for day, outcome in drawn.reviews[agency]
        ]
        postings = {
            place: [day for where, day in posted if where is place] for place in PostingPlace
        }
        return Settling(assignments, postings, reviews)

    async def review(self, day, outcome, shared):
        self.reviewed += 1
        review_id = await self.one(
            ReviewRow,
            ReviewRow.review_id,
            agency_id=shared["agency_id"],
            document_number=str(self.reviewed),
            document_on=day,
            reviewed_on=day,
        )
        keys = {name: shared[name] for name in ("agency_id", "procedure_id")}
        rows = [{"review_id": review_id, "outcome": outcome.value}]
        await self.many(ReviewOutcomeRow, rows, **keys)
        return ReviewedProcedure(day, review_id, outcome)


async def check(engine, drawn, asked):
    async with engine.connect() as connection, AsyncSession(connection) as tx:
        writer = Writer(tx)
        ids = {code: await writer.agency(code) for code in AGENCIES}
        for code in FIELDS:
            await writer.many(
                ProcedureFieldRow, [{"code": code, "name": code}], recorded_at=KNOWN_AT
            )
        recorded = {
            f"1.{number:06}": (each, await writer.procedure(f"1.{number:06}", each, ids))
            for number, each in enumerate(drawn, start=1)
        }
        scope = store.Scope([ids[code] for code in asked], END, KNOWN_AT)
        counted = await store.counts(tx, scope, RULES, by_field=True)
        facts = {
            code: (each.field_code, found)
            for code, (each, rows) in recorded.items()
            if (found := facts_on(rows, frozenset(asked), END)) is not None
        }
        for field_code in (None, *FIELDS):
            compare_counts(facts_of(facts, field_code), counted.get(field_code, NOTHING))
        await compare_evidence(tx, scope, facts_of(facts, None), None)
        await compare_evidence(tx, scope, facts_of(facts, FIELDS[0]), FIELDS[0])
        earlier = store.Scope(scope.agency_ids, END, KNOWN_AT - timedelta(seconds=1))
        before = await store.counts(tx, earlier, RULES, by_field=False)
        assert set(before[None]) == {(0, 0)}  # nothing was known then


NOTHING = [(0, 0)] * len(RULES)


def facts_of(facts, field_code):
    return {
        code: found for code, (own_field, found) in facts.items() if field_code in (None, own_field)
    }


def compare_counts(facts, pairs):
    for rule, (counted, whole) in zip(RULES, pairs, strict=True):
        assert counted == sum(rule.contributes(found) for found in facts.values()), rule.key
        if rule.lists_all_among:
            assert whole == sum(rule.lists(found) for found in facts.values()), rule.key


async def compare_evidence(tx, scope, facts, field_code):
    for rule in RULES:
        listed = sorted(code for code, found in facts.items() if rule.lists(found))
        counting = [code for code in listed if rule.contributes(facts[code])]
        asked = {"field_code": field_code}
        totals = await store.evidence_totals(tx, scope, rule, **asked)
        assert totals == (len(listed), len(counting)), rule.key
        rows = await store.evidence(tx, scope, rule, **asked, after=None, limit=100)
        assert [row.code for row in rows] == listed, rule.key
        assert [row.code for row in rows if row.contributes is True] == counting, rule.key
        assert all(row.contributes is not None for row in rows), rule.key


@given(PROCEDURES, st.sets(st.sampled_from(AGENCIES), min_size=1))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
async def test_sql_counts_what_the_domain_decides(engine, drawn, asked):
    await check(engine, drawn, sorted(asked))
