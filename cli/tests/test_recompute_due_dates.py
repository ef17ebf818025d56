"""The driver of recomputations, against a service of our own making."""

import httpx
import pytest
from tthc.main import app
from tthc.problems import LocalProblem
from tthc.recompute_due_dates import begin, drive, look
from typer.testing import CliRunner

RUN = {"run_id": "r1", "state": "walking", "expected_count": 4, "done_count": 0, "changed_count": 0}


class Service:
    """Answers batches as told; an integer is a refusal, an exception an outage."""

    def __init__(self, *answers) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer, json={"code": "refused"})
        return httpx.Response(200, json={**RUN, **answer})

    @property
    def client(self) -> httpx.Client:
        return httpx.Client(base_url="http://dossier", transport=httpx.MockTransport(self))


@pytest.fixture
def waited() -> list[float]:
    return []


def driven(service, waited, shown=None):
    note = shown.append if shown is not None else lambda _: None
    return drive(service.client, RUN, 2, show=note, wait=waited.append)


def test_batches_are_asked_for_until_the_run_is_done(waited):
    shown = []
    service = Service({"done_count": 2}, {"done_count": 4, "state": "done"})
    assert driven(service, waited, shown)["done_count"] == 4
    assert [run["done_count"] for run in shown] == [2, 4]
    assert service.asked == ["POST /v1/due-date-recomputations/r1/batches"] * 2
    assert not waited


def test_while_nothing_moves_the_driver_waits(waited):
    driven(Service({}, {}, {"state": "done"}), waited)
    assert len(waited) == 2


def test_what_passes_is_tried_again(waited):
    driven(Service(412, 503, httpx.ConnectError("away"), {"state": "done"}), waited)
    assert len(waited) == 3


def test_what_does_not_pass_ends_the_driver(waited):
    with pytest.raises(LocalProblem, match="refuses"):
        driven(Service(403), waited)
    with pytest.raises(LocalProblem, match="No dossier service answers"):
        driven(Service(*[httpx.ConnectError("away")] * 5), waited)


def test_a_run_is_begun_or_taken_up_again():
    service = Service({}, {"done_count": 2})
    assert begin(service.client, {"reason": "x"})["run_id"] == "r1"
    assert look(service.client, "r1")["done_count"] == 2
    assert service.asked == [
        "POST /v1/due-date-recomputations",
        "GET /v1/due-date-recomputations/r1",
    ]


@pytest.mark.parametrize("given", [[], ["--from", "2022-09-05"], ["--reason", "Nghỉ bù"]])
def test_the_command_needs_days_and_a_reason_or_a_run(given):
    found = CliRunner().invoke(app, ["recompute-due-dates", *given])
    assert found.exit_code == 2
