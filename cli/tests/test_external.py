from pathlib import Path

import asyncpg
import pytest
from tthc.databases import ensure_database
from tthc.external import external_server
from tthc.postgres import free_port, temporary_postgres
from tthc.problems import LocalProblem


@pytest.fixture(scope="module")
def existing():
    with temporary_postgres() as server:
        yield server


async def a_user(existing, name, rights):
    connection = await asyncpg.connect(existing.admin_url)
    await connection.execute(f"CREATE ROLE {name} LOGIN {rights} PASSWORD 'pass word'")
    await connection.close()
    return f"postgresql://{name}:pass%20word@127.0.0.1:{existing.port}/postgres"


async def test_a_user_who_may_create_roles_and_databases_is_enough(existing, tmp_path):
    address = await a_user(existing, "modest", "CREATEROLE CREATEDB")
    for _time in range(2):
        url = await ensure_database(external_server(address, tmp_path), "ours")
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        await connection.close()


async def test_a_user_who_may_not_is_told_what_to_ask_for(existing, tmp_path):
    address = await a_user(existing, "poor", "")
    with pytest.raises(LocalProblem, match='ALTER ROLE "poor" CREATEROLE CREATEDB'):
        await ensure_database(external_server(address, tmp_path), "theirs")


def test_two_homes_agree_on_the_passwords_of_one_server(tmp_path):
    address = "postgresql://me:secret@db:5432/postgres"
    one, other = (external_server(address, tmp_path / name) for name in ("one", "other"))
    assert one.password_of("tthc_catalog") == other.password_of("tthc_catalog")
    assert one.password_of("tthc_catalog") != one.password_of("tthc_dossier")
    changed = external_server(address.replace("secret", "other"), tmp_path)
    assert one.password_of("tthc_catalog") != changed.password_of("tthc_catalog")


def test_an_address_keeps_its_place_and_settings(tmp_path):
    server = external_server("postgres://me:a%2Fb@db:5433/any?ssl=require", tmp_path)
    url = server.url("tthc_catalog", "tthc_catalog")
    assert url.startswith("postgresql://tthc_catalog:")
    assert url.endswith("@db:5433/tthc_catalog?ssl=require")


@pytest.mark.parametrize("address", ["", "mysql://me@db/x", "postgresql:///nowhere", "db:5432"])
def test_what_is_no_address_is_refused(address, tmp_path):
    with pytest.raises(LocalProblem, match="DATABASE_URL is no PostgreSQL address"):
        external_server(address, tmp_path)


async def test_wrong_passwords_and_silent_servers_are_one_line(existing, tmp_path):
    place = f"127.0.0.1:{existing.port}"
    for address in (
        f"postgresql://postgres:wrong@{place}/postgres",
        f"postgresql://postgres:wrong@127.0.0.1:{free_port()}/postgres",
    ):
        with pytest.raises(LocalProblem, match=r"^[^\n]*DATABASE_URL[^\n]*$") as problem:
            await ensure_database(external_server(address, Path(tmp_path)), "ours")
        assert "wrong" not in str(problem.value)
