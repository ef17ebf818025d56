"""What docker-compose.yml promises, read from the file: no engine is needed."""

import base64
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml
from kit.settings import ServiceSettings
from pydantic_settings import BaseSettings

ROOT = Path(__file__).parents[2]
SERVICES = ["catalog", "dossier", "rating", "reporting"]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE = yaml.safe_load(TEXT)
CONTAINERS = COMPOSE["services"]
LONG_RUNNING = [name for name in CONTAINERS if not name.endswith("-migration")]
EXAMPLE = dict(
    line.split("=", 1)
    for line in (ROOT / ".env.example").read_text().splitlines()
    if line and not line.startswith("#")
)
OURS = [*SERVICES, *(f"{service}-migration" for service in SERVICES)]


def test_the_file_names_the_database_four_jobs_four_services_and_prometheus():
    assert set(CONTAINERS) == {"postgres", "prometheus", *OURS}


@pytest.mark.parametrize("name", CONTAINERS)
def test_every_container_is_hardened(name):
    container = CONTAINERS[name]
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert not container.get("privileged")


@pytest.mark.parametrize("name", CONTAINERS)
def test_no_container_runs_as_root(name):
    if name in OURS:
        user = re.findall(r"^USER (.+)$", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
        assert user == ["10001:10001"]
    else:
        assert CONTAINERS[name]["user"] in {"postgres", "nobody"}


@pytest.mark.parametrize("name", LONG_RUNNING)
def test_what_keeps_running_has_a_health_check_and_comes_back(name):
    assert CONTAINERS[name]["healthcheck"]["test"][0] == "CMD"
    assert CONTAINERS[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", CONTAINERS)
def test_ports_are_published_on_loopback_only(name):
    for port in CONTAINERS[name].get("ports", ()):
        assert port.startswith("127.0.0.1:")


def test_the_database_is_reached_by_its_services_only():
    assert CONTAINERS["postgres"]["networks"] == ["data"]
    assert "ports" not in CONTAINERS["postgres"]
    assert COMPOSE["networks"]["data"]["internal"] is True
    on_it = {name for name, container in CONTAINERS.items() if "data" in container["networks"]}
    assert on_it == {"postgres", *OURS}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_starts_after_its_own_migration_and_waits_for_no_neighbour(service):
    migration = f"{service}-migration"
    assert CONTAINERS[service]["depends_on"] == {
        migration: {"condition": "service_completed_successfully"}
    }
    assert CONTAINERS[migration]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert CONTAINERS[migration]["image"] == CONTAINERS[service]["image"]
    assert CONTAINERS[migration]["restart"] == "no"


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_is_built_for_its_service(service):
    assert CONTAINERS[service]["build"]["args"] == {"SERVICE": service}
    assert CONTAINERS[service]["image"] == f"tthc-{service}:${{TTHC_VERSION:-dev}}"


def test_every_variable_is_in_the_example_and_the_example_has_no_other():
    used = set(re.findall(r"\$\{([A-Z_]+)", TEXT))
    assert used == set(EXAMPLE) - {"COMPOSE_PROJECT_NAME"}


def test_what_must_be_set_has_no_value_in_the_example():
    required = set(re.findall(r"\$\{([A-Z_]+):\?", TEXT))
    assert {name for name in required if EXAMPLE[name]} == set()
    assert required >= {"POSTGRES_PASSWORD", "DOSSIER_PERSONAL_DATA_KEY", "TTHC_JWKS_FILE"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_given_the_settings_it_reads_and_no_other(service):
    settings: type[BaseSettings] = import_module(f"{service}.settings").Settings
    prefix = f"{service.upper()}_"
    assert settings.model_config["env_prefix"] == prefix
    given = {name.removeprefix(prefix).lower() for name in CONTAINERS[service]["environment"]}
    required = {name for name, field in settings.model_fields.items() if field.is_required()}
    assert given <= set(settings.model_fields)
    assert required <= given


@pytest.mark.parametrize("service", SERVICES)
def test_the_example_names_every_setting(service):
    text = (ROOT / ".env.example").read_text()
    for name in import_module(f"{service}.settings").Settings.model_fields:
        shared = name in ServiceSettings.model_fields
        variable = f"{'…' if shared else service.upper() + '_'}{name.upper()}"
        assert re.search(rf"^(#   )?{variable}=", text, re.MULTILINE), variable


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_accepts_what_the_example_gives_it(service, monkeypatch):
    for name, value in CONTAINERS[service]["environment"].items():
        monkeypatch.setenv(name, interpolated(value))
    settings = import_module(f"{service}.settings").Settings()
    assert settings.metrics_agencies == []
    assert settings.metrics_from is None
    assert settings.jwks_file == Path("/run/tthc/jwks.json")


def interpolated(value: str) -> str:
    """Put the example's values in, and for those left open a key as an operator would make it."""
    made = base64.b64encode(bytes(32)).decode()
    return re.sub(
        r"\$\{([A-Z_]+)(?::[-?][^}]*)?\}",
        lambda match: EXAMPLE[match[1]] or ("" if ":-}" in match[0] else made),
        value,
    )


def test_every_service_has_a_role_and_a_database_of_its_own():
    script = (ROOT / "deploy/postgres/01-databases.sql").read_text()
    for service in SERVICES:
        assert f"\\getenv {service}_password {service.upper()}_DB_PASSWORD" in script
        assert f"CREATE ROLE tthc_{service} LOGIN PASSWORD :'{service}_password';" in script
        assert f"CREATE DATABASE tthc_{service} OWNER tthc_{service};" in script
        assert f"REVOKE ALL ON DATABASE tthc_{service} FROM PUBLIC;" in script
        assert f"{service.upper()}_DB_PASSWORD" in CONTAINERS["postgres"]["environment"]


def test_prometheus_scrapes_the_four_services():
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    targets = {
        job["job_name"]: [target for group in job["static_configs"] for target in group["targets"]]
        for job in config["scrape_configs"]
    }
    assert targets == {
        "prometheus": ["127.0.0.1:9090"],
        **{service: [f"{service}:8000"] for service in SERVICES},
    }
    for service in SERVICES:
        assert set(CONTAINERS[service]["networks"]) & set(CONTAINERS["prometheus"]["networks"])


def test_the_page_for_operators_tells_the_memory_of_each_container():
    rows = re.findall(
        r"^\| (`[^|]+) \|.+\| (\d+) (MB|GB).* \|$",
        (ROOT / "deploy/README.md").read_text(),
        re.MULTILINE,
    )
    told = {
        name.replace("*", service): f"{number}{unit[0].lower()}"
        for names, number, unit in rows
        for name in re.findall(r"`([^`]+)`", names)
        for service in (SERVICES if "*" in name else [""])
    }
    assert told == {name: container["mem_limit"] for name, container in CONTAINERS.items()}


def test_the_page_for_operators_counts_the_connections_that_replicas_take():
    defaults = {name: field.default for name, field in ServiceSettings.model_fields.items()}
    pool, hot = defaults["pool_size"], defaults["hot_pool_size"]
    copies = 1
    page = " ".join((ROOT / "deploy/README.md").read_text().split())
    assert f"A replica of `dossier` takes at most {pool + hot + copies} of" in page
    assert f"(`DOSSIER_POOL_SIZE` {pool}, `DOSSIER_HOT_POOL_SIZE` {hot}, one for copies)" in page
    assert f"one of the others {pool}." in page
    reserved = 3
    assert f"lets {100 - reserved} in" in page
    others = len(SERVICES) - 1
    assert (100 - reserved - others * pool) // (pool + hot + copies) == 2
    assert "two replicas of `dossier` beside one of each other service" in page


def test_the_filled_in_variables_stay_out_of_the_repository():
    assert "/.env" in (ROOT / ".gitignore").read_text().splitlines()
