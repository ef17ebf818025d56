import asyncio
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import asyncpg
import pytest
from kernel.figures import Figure
from kernel.refusals import NeighbourUnavailable
from kit.observe import Metrics, configure_logging, output, refresh_gauges


async def until(condition):
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - what it waits for has no event
            await asyncio.sleep(0.005)


async def run_refreshes(app, answers, condition):
    """Refresh the gauges with `answers` in turn until `condition(text of metrics)`."""
    metrics, left = Metrics(), list(answers)

    async def measure(app, agency, period):
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    refreshing = refresh_gauges(app, measure, metrics, agencies=["H56"], seconds=0.001)
    task = asyncio.create_task(refreshing)
    try:
        await until(lambda: condition(metrics.text().decode()))
    finally:
        task.cancel()


async def test_gauges_show_figures_and_forget_what_becomes_absent(app):
    received, rate = Figure("dossiers.received", 389), Figure("rate", Decimal("33.7"), 131, 389)
    word = Figure("rating.class", "Tốt")
    part = Figure("dossiers.received", 7, dimensions={"procedure_field": "ho-tich"})
    await run_refreshes(
        app,
        [[received, rate, word, part]],
        lambda text: (
            'tthc_figure{agency="H56",key="dossiers.received"} 389.0' in text
            and 'key="rate"} 33.7' in text
            and "rating.class" not in text
        ),
    )
    await run_refreshes(
        app,
        [[received], [Figure("dossiers.received", None)]],
        lambda text: "tthc_figure_refreshes" in text and "dossiers.received" not in text,
    )


@pytest.mark.parametrize(
    "failure",
    [
        NeighbourUnavailable(neighbour="dossier"),
        ConnectionError(),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.InternalClientError("got result for unknown protocol state"),
    ],
    ids=type,
)
async def test_a_failed_refresh_is_counted_and_tried_again(app, failure):
    await run_refreshes(
        app,
        [failure, [Figure("dossiers.received", 389)]],
        lambda text: (
            'tthc_figure_refreshes_total{outcome="failed"} 1.0' in text and "389.0" in text
        ),
    )


async def test_the_gauges_window_is_the_trailing_quarter_unless_set(app):
    app.state.clock = lambda: datetime(2022, 9, 14, 12, tzinfo=UTC)
    assert app.state.metrics_period().last_day == date(2022, 9, 14)
    app.state.settings.metrics_from = date(2022, 6, 15)
    app.state.settings.metrics_to = date(2022, 9, 14)
    assert app.state.metrics_period().start == date(2022, 6, 15)


@pytest.mark.parametrize("path", ["/v1/odd/bug?name=NguoiNopMau001", "/v1/notes/NguoiNopMau001"])
async def test_logs_hold_no_personal_data(client, capsys, path):
    configure_logging("notes", "INFO")
    await client.get(path, headers={"User-Agent": "NguoiNopMau001"})
    output.flush()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"request", "internal_error"} & {line["event"] for line in lines}
    assert "NguoiNopMau001" not in json.dumps(lines)
