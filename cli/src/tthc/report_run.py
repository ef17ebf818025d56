"""Build the demo quarter's report through the API of reporting, and show what came out."""

import os
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from tthc.concurrency import all_of
from tthc.demo_data import read
from tthc.keys import LocalIssuer
from tthc.problems import LocalProblem, writing_under
from tthc.report_api import Json, ReportDesk, report_desk
from tthc.report_tables import figures_table, findings_table

_DOCUMENTS = ("json", "docx", "pdf")
_KINDS = {"month": "thang", "quarter": "quy", "half_year": "6-thang", "year": "nam"}


async def build_report(
    urls: Mapping[str, str], issuer: LocalIssuer, out: Path, console: Console
) -> int:
    """Draft, fill, check, seal and download the report; return 1 if it is not as expected."""
    period = read("report.json")
    async with report_desk(urls["reporting"], issuer, period["agency_code"]) as desk:
        report = await desk.draft(period)
        if report["state"] == "draft":
            report = await _fill_and_seal(desk, report, console)
        else:
            console.print(f"The report was sealed at {report['sealed_at']}.")
        files = await _download(desk, report, out / _file_name(period))
    console.print(figures_table(report), findings_table(report))
    _say_where(report, files, urls, console)
    return _differences(report, console)


async def _fill_and_seal(desk: ReportDesk, report: Json, console: Console) -> Json:
    """Write, collect and seal; sealing again must give the same digest."""
    with console.status("Writing, collecting, checking"):
        await desk.write(report, read("narratives.json"))
        await desk.state(report, read("stated.json"))
        report = await desk.collect(report)
    first = await desk.seal(report)
    report = await desk.report(report["report_id"])
    again = await desk.seal(report)
    if not first["digest"] == again["digest"] == report["digest"]:
        raise LocalProblem(
            f"Sealing twice gave two digests, {first['digest']} and {again['digest']}",
            "Tell the developers; this must never happen",
        )
    return report


async def _download(desk: ReportDesk, report: Json, path: Path) -> list[Path]:
    with writing_under(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
    files = [path.with_name(f"{path.name}.{kind}") for kind in _DOCUMENTS]

    async def fetch(kind: str, file: Path) -> None:
        content = await desk.document(report, kind)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        with writing_under(path.parent):
            new.write_bytes(content)
            new.replace(file)

    await all_of(fetch(kind, file) for kind, file in zip(_DOCUMENTS, files, strict=True))
    return files


def _file_name(period: Json) -> str:
    return f"bao-cao-{_KINDS[period['kind']]}-{period['number']}-{period['year']}"


def _say_where(report: Json, files: list[Path], urls: Mapping[str, str], console: Console) -> None:
    console.print(f"Digest: {report['digest']}", soft_wrap=True)
    for file in files:
        console.print(f"Report: {file}", soft_wrap=True)
    address = f"{urls['reporting']}/v1/reports/{report['report_id']}"
    console.print(f"Address: {address}", soft_wrap=True)


def _differences(report: Json, console: Console) -> int:
    """Print each figure that is not what the demo quarter must give; return the exit code."""
    found = {each["key"]: each["value"] for each in report["figures"] if not each["dimensions"]}
    expected = {each["key"]: each["value"] for each in read("expected.json")["figures"]}
    different = {key for key in expected if found.get(key) != expected[key]}
    for key in sorted(different):
        console.print(f"[red]{key} is {found.get(key)}, expected {expected[key]}[/red]")
    if not different:
        console.print(f"All {len(expected)} expected figures came out.")
    return 1 if different else 0
