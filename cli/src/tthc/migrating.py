"""Run as a process of its own: bring one database after another to head.

One interpreter for all, because importing alembic and SQLAlchemy takes longer than migrating.
Says on standard output which `alembic.ini` it is at.
"""

import sys

from alembic import command
from alembic.config import Config


def main(*files: str) -> None:
    """Upgrade the database of each `alembic.ini` to head."""
    for file in files:
        print(file, flush=True)
        command.upgrade(Config(file), "head")


if __name__ == "__main__":
    main(*sys.argv[1:])
