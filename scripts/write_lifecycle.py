"""Write docs/lifecycle.md from the table of moves; --check only tells whether it is current."""

import sys
from pathlib import Path

from dossier.domain.lifecycle import as_markdown

PAGE = Path(__file__).parents[1] / "docs" / "lifecycle.md"


def main() -> int:
    """Write the page, or return 1 when --check finds it out of date."""
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(as_markdown())
        return 0
    is_current = PAGE.exists() and PAGE.read_text() == as_markdown()
    if not is_current:
        print(f"{PAGE.name} is out of date: run scripts/write_lifecycle.py")
    return 0 if is_current else 1


if __name__ == "__main__":
    sys.exit(main())
