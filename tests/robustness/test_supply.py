"""J: what is installed with the program is what was tested."""

from __future__ import annotations

import tomllib

from hostile import TESTS
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def test_every_dependency_has_a_tested_version_that_is_allowed() -> None:
    root = TESTS.parent
    lines = (root / "constraints.txt").read_text().splitlines()
    tested: dict[str, list[str]] = {}
    for line in lines:
        if line and not line.startswith((" ", "#")):
            pinned = Requirement(line)
            (version,) = pinned.specifier
            assert version.operator == "=="
            tested.setdefault(canonicalize_name(pinned.name), []).append(version.version)
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    for text in (*project["dependencies"], *(text for extra in extras for text in extra)):
        wanted = Requirement(text)
        found = tested.get(canonicalize_name(wanted.name), [])
        assert found, f"{wanted.name} is not in constraints.txt: make lock"
        assert all(wanted.specifier.contains(version) for version in found), wanted
