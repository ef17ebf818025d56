"""The schema is what the mapping says, and every step can be taken back."""

from pathlib import Path

HEAD = (Path(__file__).parents[2] / "migrations" / "HEAD").read_text().strip()


def test_up_down_up_without_drift(own_database, alembic):
    url = own_database("stairway")
    alembic(url, "upgrade", "head")
    assert alembic(url, "current").startswith(HEAD)
    assert "No new upgrade operations" in alembic(url, "check")
    alembic(url, "downgrade", "base")
    alembic(url, "upgrade", "head")
