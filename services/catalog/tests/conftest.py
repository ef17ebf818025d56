"""The catalogue's application on a real database; what a test writes is undone after it."""

import pytest
from catalog.main import create_app
from catalog.settings import Settings
from kit.db import create_engine
from sqlalchemy.ext.asyncio import async_sessionmaker


@pytest.fixture(scope="session")
def catalog_settings(database_url, issuer):
    return Settings(database_url=database_url("catalog"), jwks_file=issuer.jwks_file)


@pytest.fixture(scope="session")
async def engine(catalog_settings):
    engine = create_engine(
        catalog_settings.database_url.get_secret_value(), pool_size=4, application_name="tests"
    )
    yield engine
    await engine.dispose()


@pytest.fixture
async def sessions(engine):
    """Commits become savepoints; the outer transaction is undone."""
    async with engine.connect() as connection:
        outer = await connection.begin()
        yield async_sessionmaker(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        await outer.rollback()


@pytest.fixture(scope="session")
async def opened_app(catalog_settings):
    app = create_app(catalog_settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def app(opened_app, sessions):
    kept = opened_app.state.sessions, opened_app.state.read_sessions
    opened_app.state.sessions = opened_app.state.read_sessions = sessions
    yield opened_app
    opened_app.state.sessions, opened_app.state.read_sessions = kept
