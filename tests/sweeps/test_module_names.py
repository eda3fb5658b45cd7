"""Modules can be reached by their names: nothing of the same name hides one."""

import pkgutil
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

import projects

PACKAGES = [
    "projects",
    *(
        module.name
        for module in pkgutil.walk_packages(projects.__path__, "projects.")
        if module.ispkg
    ),
]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_package_exports_a_name_that_is_also_its_module(package: str) -> None:
    path = import_module(package).__path__
    names = [module.name for module in pkgutil.iter_modules(path)]

    for name in names:
        import_module(f"{package}.{name}")

    found = import_module(package)
    assert [n for n in names if not isinstance(getattr(found, n), ModuleType)] == []


def test_no_module_has_a_package_of_its_name() -> None:
    (root,) = map(Path, projects.__path__)

    assert [path for path in root.rglob("*.py") if path.with_suffix("").is_dir()] == []
