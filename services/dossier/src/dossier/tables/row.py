"""What all tables are made of: their metadata, and the keys that the receiving agency leads."""

from typing import Any

from kit.db import NAMING
from sqlalchemy import Column, Date, DateTime, ForeignKeyConstraint, Integer, MetaData
from sqlalchemy.orm import DeclarativeBase


class Row(DeclarativeBase):
    """Holds the metadata; the tables are used through Core, because the hot paths are."""

    metadata = MetaData(naming_convention=NAMING)


def agency_key() -> Column[int]:
    """Return the receiving agency, first in every key of tables that grow with dossiers."""
    return Column("agency_id", Integer, primary_key=True, autoincrement=False)


def dossier_key() -> tuple[Column[Any], ...]:
    """Return the dossier code as a key: agency, day of the code, serial of that day."""
    return (
        agency_key(),
        Column("issued_on", Date, primary_key=True),
        Column("serial", Integer, primary_key=True, autoincrement=False),
    )


def of_dossier() -> ForeignKeyConstraint:
    """Return the reference to the dossier that a row belongs to."""
    return ForeignKeyConstraint(
        ["agency_id", "issued_on", "serial"],
        ["dossiers.agency_id", "dossiers.issued_on", "dossiers.serial"],
    )


def number(name: str) -> Column[int]:
    """Return a number that the application gives out, as a part of the key."""
    return Column(name, Integer, primary_key=True, autoincrement=False)


def instant(name: str, *, nullable: bool = True) -> Column[Any]:
    """Return a column for an instant."""
    return Column(name, DateTime(timezone=True), nullable=nullable)
