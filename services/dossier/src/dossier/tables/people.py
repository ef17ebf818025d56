"""Personal data, apart from everything else, and who looked at it."""

from sqlalchemy import Column, DateTime, Index, LargeBinary, Table, Text, Uuid, text

from dossier.tables.row import Row, agency_key, dossier_key

applicants = Table(
    "applicants",
    Row.metadata,
    agency_key(),
    Column("applicant_id", Uuid, primary_key=True),
    Column("full_name", Text, nullable=False),
    Column("sealed", LargeBinary),
    Column("key_id", Text, nullable=False),
)
"""Personal data. `sealed` is the encrypted JSON of id number, phone, address and e-mail."""

personal_data_reads = Table(
    "personal_data_reads",
    Row.metadata,
    agency_key(),
    Column("read_id", Uuid, primary_key=True),
    Column("applicant_id", Uuid, nullable=False),
    Column("read_by", Text, nullable=False),
    Column("read_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text, nullable=False),
)
"""Who looked at personal data in clear, and when."""

personal_data_searches = Table(
    "personal_data_searches",
    Row.metadata,
    agency_key(),
    Column("search_id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("term_digest", LargeBinary),
    Column("key_id", Text, nullable=False),
    Column("searched_by", Text, nullable=False),
    Column("searched_at", DateTime(timezone=True), nullable=False),
    Column("request_id", Text, nullable=False),
)
"""Who searched or exported names, and when; the term only as a digest under the sealing key.

`agency_id` 0 means everything in the actor's sight.
"""

NAME_KEYS = (
    "array_to_tsvector(string_to_array((agency_id::text || ':'::text) || "
    "replace(folded_name, ' '::text, (' '::text || agency_id::text) || ':'::text), ' '::text))"
)
"""The words of a name, each behind its agency: `17:nguyen`, `17:van`, `17:an`."""

applicant_names = Table(
    "applicant_names",
    Row.metadata,
    *dossier_key(),
    Column("folded_name", Text, nullable=False),
    # Search by words and their beginnings: every key leads with the agency, so a search never
    # reads another agency's names. A short list of pending keys keeps writing and reading even.
    Index(
        "ix_applicant_names_words",
        text(NAME_KEYS),
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": "512"},
    ),
)
"""Names without accents, for search; personal data.

Written with its dossier by the same call and read only through it, so a foreign key would buy
nothing but a look-up per intake.
"""
