import pytest
from tthc.migrations import prepare_databases
from tthc.postgres import temporary_postgres
from tthc.problems import LocalProblem
from tthc.services import Service

ENVIRONMENT = """
import asyncio, asyncpg, os

async def migrate():
    connection = await asyncpg.connect(os.environ["EAST_DATABASE_URL"])
    await connection.execute("CREATE TABLE alembic_version AS SELECT '0001' AS version_num")
    await connection.close()

asyncio.run(migrate())
"""


@pytest.fixture
def east(tmp_path):
    migrations = tmp_path / "east" / "migrations"
    (migrations / "versions").mkdir(parents=True)
    (migrations / "HEAD").write_text("0001\n")
    (migrations / "env.py").write_text(ENVIRONMENT)
    (tmp_path / "east" / "alembic.ini").write_text(
        "[alembic]\nscript_location = %(here)s/migrations\n"
    )
    return Service("east", 0, beside=tmp_path)


async def test_a_failed_migration_is_said_in_one_line(east):
    (east.folder / "migrations" / "env.py").write_text("raise RuntimeError('no such column')")
    told = r"east/alembic\.ini could not be migrated .*no such column"
    with temporary_postgres() as server, pytest.raises(LocalProblem, match=told):
        await prepare_databases(server, [east])


async def test_a_database_at_head_is_left_alone(east):
    with temporary_postgres() as server:
        await prepare_databases(server, [east])
        (east.folder / "migrations" / "env.py").write_text("raise RuntimeError('not again')")
        await prepare_databases(server, [east])
