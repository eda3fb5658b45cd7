"""The layout of the code."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("root", ["bench", "ftz_site", "projects", "tests"])
def test_no_module_has_a_package_of_the_same_name_beside_it(root):
    shadowed = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / root).rglob("*.py")
        if path.with_suffix("").is_dir()
    ]

    assert shadowed == []


def test_every_path_that_is_marked_postgres_exists():
    from tests.conftest import POSTGRES

    assert [path for path in POSTGRES if not (ROOT / "tests" / path).exists()] == []
