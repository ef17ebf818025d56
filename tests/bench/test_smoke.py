import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TARGETS = {
    *("intake_c16", "intake_p95_c16", "get_c16", "get_p95_c16", "list100_p95_c16"),
    *("list100_p95_c1", "transition_c16", "bulk", "ward_quarter_sql", "ward_quarter_http"),
    *("raw_quarter", "evidence_page", "hot_agency_p95", "serial_gaps_and_duplicates", "scrape"),
}


def test_every_measure_still_runs_and_says_what_it_found(tmp_path):
    bench = subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=ROOT,
        env={**os.environ, "BENCH_ROWS": "20000", "BENCH_OUT": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert bench.returncode == 0, bench.stdout[-3000:] + bench.stderr[-3000:]
    assert "errors, the first" not in bench.stdout
    results = json.loads((tmp_path / "bench.json").read_text())
    keys = {"name", "unit", "value", "floor", "ratio", "target", "met"}
    assert all(set(result) == keys for result in results)
    judged = {result["name"] for result in results if isinstance(result["met"], bool)}
    assert judged >= TARGETS
    gaps = next(r for r in results if r["name"] == "serial_gaps_and_duplicates")
    assert gaps["value"] == 0
