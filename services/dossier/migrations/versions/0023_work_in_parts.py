"""Let lists of work be walked by part: open stretches, closed late ones, and all other closed ones.

What is handed in lies in one index less than before; what ends in time goes into one more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023_work_in_parts"
down_revision = "0022_last_verification"

RECEIVED = ["agency_id", "due_on", "issued_on", "serial"]
HANDED = ["handed_to_agency_id", "due_on", "issued_on", "serial", "agency_id"]
IS_HANDED = "handed_to_agency_id is not null"
SHOWN_OPEN = ["stretch", "from_on", "is_waiting", "apologised_on"]
SHOWN_LATE = [*SHOWN_OPEN, "until_on", "is_last", "ended_on"]
OPEN = "until_on = 'infinity'"
LATE = "until_on < 'infinity' and ended_on > due_on"
IN_TIME = "until_on < 'infinity' and ended_on <= due_on"


def index(name: str, columns: list[str], where: str, include: list[str]) -> None:
    op.create_index(
        name,
        "facts",
        columns,
        postgresql_include=include or None,
        postgresql_where=sa.text(where),
    )


def upgrade() -> None:
    # Ten million facts take longer than a statement may.
    op.execute("set local statement_timeout = 0")
    for name in ("ix_facts_open", "ix_facts_due", "ix_facts_handed_due"):
        op.drop_index(name, table_name="facts")
    index("ix_facts_open", RECEIVED, OPEN, [*SHOWN_OPEN, "handed_to_agency_id", "field_code"])
    index("ix_facts_closed_late", RECEIVED, LATE, [*SHOWN_LATE, "handed_to_agency_id"])
    index("ix_facts_closed_in_time", RECEIVED, IN_TIME, [])
    index("ix_facts_handed_open", HANDED, f"{IS_HANDED} and {OPEN}", SHOWN_OPEN)
    index("ix_facts_handed_closed_late", HANDED, f"{IS_HANDED} and {LATE}", SHOWN_LATE)
    index("ix_facts_handed_closed_in_time", HANDED, f"{IS_HANDED} and {IN_TIME}", [])


def downgrade() -> None:
    op.execute("set local statement_timeout = 0")
    for name in ("open", "closed_late", "closed_in_time"):
        op.drop_index(f"ix_facts_handed_{name}", table_name="facts")
        op.drop_index(f"ix_facts_{name}", table_name="facts")
    index("ix_facts_handed_due", HANDED, f"{IS_HANDED} and ended_on > due_on", [])
    index("ix_facts_due", RECEIVED, "ended_on > due_on", [])
    index("ix_facts_open", ["agency_id", "due_on"], OPEN, ["field_code", "is_waiting"])
