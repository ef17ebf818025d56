"""Build the demo quarter's report through the API of reporting, and show what came out."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from tthc.keys import LocalIssuer


async def build_report(
    urls: Mapping[str, str], issuer: LocalIssuer, out: Path, console: Console
) -> int:
    """Draft, fill, check, seal and download the report; return the exit code."""
    return 0
