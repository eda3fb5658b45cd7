"""The tables of docs/access.md."""

from __future__ import annotations

from pathlib import Path

ROLES = ["visitor", "viewer", "clerk", "reviewer", "administrator", "superuser"]
PAGE = Path(__file__).parents[2] / "docs" / "access.md"


def table(heading: str) -> list[dict[str, str]]:
    """The rows of all tables under a heading, as dictionaries by column."""
    section = PAGE.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    head = cells[0]
    rows = [row for row in cells if row != head and not row[0].startswith("---")]
    return [dict(zip(head, row, strict=True)) for row in rows]
