"""All tables together, as migrations and checks of the schema need them."""

from dossier.tables import (
    agencies,
    copies,
    corrections,
    counts,
    dossiers,
    facts,
    filings,
    keys,
    papers,
    people,
)
from dossier.tables.row import Row

MODULES = (agencies, keys, people, filings, dossiers, papers, corrections, facts, copies, counts)
"""Importing them is what puts their tables into the metadata."""

METADATA = Row.metadata
