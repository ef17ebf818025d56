"""The command that compares counts with records, against a service of our own making."""

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx
import pytest
from rich.console import Console
from tthc import verifying
from tthc.main import app
from tthc.problems import LocalProblem
from typer.testing import CliRunner

CELL = {
    "agency_code": "H56.18.26",
    "period_code": "legal_quarter/2022-06-15",
    "figure": "settled_late",
    "value": "",
    "counted_ahead": 4,
    "counted_raw": 3,
}


def answering(status: int, **body):
    asked = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append((request.url.path, json.loads(request.content)))
        return httpx.Response(status, json=body)

    client = httpx.Client(base_url="http://dossier", transport=httpx.MockTransport(answer))
    return client, asked


def test_only_what_is_named_narrows_the_comparison():
    client, asked = answering(200, windows=3, differences=[CELL])
    found = verifying.ask(client, agency="H56", first=date(2022, 6, 15), last=None)
    body = {"agency_code": "H56", "from": "2022-06-15"}
    assert asked == [("/v1/figure-verifications", body)]
    assert (found.windows, found.differences[0].counted_raw) == (3, 3)


def test_a_cell_that_differs_is_told_with_both_counts():
    console = Console(width=140, record=True)
    console.print(verifying.as_table([verifying.DifferingCell.model_validate(CELL)]))
    line = console.export_text()
    assert "settled_late" in line
    assert "all" in line


def test_a_refusal_is_told_in_the_service_s_own_words():
    client, _ = answering(403, code="missing_scope")
    with pytest.raises(LocalProblem, match="refuses"):
        verifying.ask(client, agency=None, first=None, last=None)


def test_an_absent_service_is_told():
    def away(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    client = httpx.Client(base_url="http://dossier", transport=httpx.MockTransport(away))
    with pytest.raises(LocalProblem, match="No dossier service"):
        verifying.ask(client, agency=None, first=None, last=None)


@pytest.fixture
def service():
    """A service on a real socket that answers what it is told to."""
    answers: list[dict] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answers[-1]).encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", answers
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("differences", "code"), [([], 0), ([CELL], 1)])
def test_the_exit_code_says_whether_all_is_well(service, tmp_path, differences, code):
    url, answers = service
    answers.append({"windows": 2, "differences": differences})
    asked = ["verify", "figures", "--local", str(tmp_path), "--url", url, "--from", "2022-06-15"]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == code
    assert f"{len(differences)} cells differ" in done.output
