"""The tables of docs/access.md, as tests try them."""

from __future__ import annotations

from pathlib import Path

ROLES = ["visitor", "viewer", "clerk", "reviewer", "administrator", "superuser"]
PAGE = Path(__file__).parents[2] / "docs" / "access.md"


def table(heading: str) -> list[dict[str, str]]:
    """The rows of the table under a heading, by the words above their columns."""
    section = PAGE.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    head, _rule, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert head[-len(ROLES) :] == ROLES
    return [dict(zip(head, row, strict=True)) for row in rows]
