"""The two tables that a report is shown as on the terminal."""

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
    table = Table("Mã", "Số liệu", title=title)
    for heading in ("Giá trị", "Tử số", "Mẫu số"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Nguồn")
    for figure in report["figures"]:
        if not figure["dimensions"]:
            table.add_row(
                figure["key"],
                figure["label"],
                _number(figure["value"]),
                _number(figure["numerator"], absent=""),
                _number(figure["denominator"], absent=""),
                figure["source"],
            )
    return table


def findings_table(report: Json) -> Table:
    """Return the findings, in the order of the checks."""
    table = Table("Mức", "Kiểm tra", "Phát hiện", "Mục", title="Phát hiện")
    for finding in report["findings"]:
        table.add_row(
            _SEVERITIES[finding["severity"]],
            finding["check_id"],
            finding["message"],
            ", ".join(finding["sections"]),
        )
    return table


def _number(value: float | str | None, absent: str = "–") -> str:
    return absent if value is None else str(value).replace(".", ",")
