"""The two tables that a report is shown as on the terminal."""

from rich import box
from rich.table import Table

from tthc.report_api import Json

_SEVERITIES = {
    "error": "[red]Sai[/red]",
    "warning": "[yellow]Cần xem[/yellow]",
    "notice": "Lưu ý",
}


def figures_table(report: Json) -> Table:
    """Return the figures of the whole agency; those per procedure field are in the form."""
    period = report["period"]
    title = f"Số liệu {report['agency']['name']}, {period['from']} – {period['to']}"
    table = Table(title=title, box=box.SIMPLE_HEAD)
    table.add_column("Mã", no_wrap=True)
    table.add_column("Số liệu")
    for heading in ("Giá trị", "Tử/mẫu số"):
        table.add_column(heading, justify="right", no_wrap=True)
    for figure in report["figures"]:
        if not figure["dimensions"]:
            table.add_row(
                figure["key"],
                figure["label"],
                _number(figure["value"]),
                _parts(figure["numerator"], figure["denominator"]),
            )
    return table


def findings_table(report: Json) -> Table:
    """Return the findings, in the order of the checks."""
    table = Table("Mức", "Kiểm tra", title="Phát hiện", box=box.SIMPLE_HEAD)
    table.columns[1].no_wrap = True
    table.add_column("Phát hiện")
    table.add_column("Mục", no_wrap=True)
    for finding in report["findings"]:
        table.add_row(
            _SEVERITIES[finding["severity"]],
            finding["check_id"],
            finding["message"],
            ", ".join(finding["sections"]),
        )
    return table


def _number(value: float | str | None) -> str:
    return "–" if value is None else str(value).replace(".", ",")


def _parts(numerator: int | None, denominator: int | None) -> str:
    return "" if denominator is None else f"{numerator}/{denominator}"
