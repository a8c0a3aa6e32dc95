"""J: what is installed with the program is what was tested."""

from __future__ import annotations

import tomllib

import bill_of_materials
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


def test_the_bill_of_materials_names_every_tested_version_and_what_needs_it() -> None:
    made = bill_of_materials.here()
    by_ref = {one["bom-ref"]: one for one in made["components"]}
    pinned = [
        line.split(" ;")[0].strip()
        for line in (TESTS.parent / "constraints.txt").read_text().splitlines()
        if line and not line.startswith((" ", "#"))
    ]
    assert sorted(f"pkg:pypi/{line.replace('==', '@')}" for line in pinned) == sorted(
        ref for ref in by_ref if ref.startswith("pkg:")
    )
    me = made["metadata"]["component"]["bom-ref"]
    needs = {one["ref"]: set(one["dependsOn"]) for one in made["dependencies"]}
    assert set().union(*needs.values()) <= by_ref.keys()
    reached, more = set[str](), {me}
    while more:
        reached |= more
        more = set().union(*(needs.get(ref, set()) for ref in more)) - reached
    models = {ref for ref in by_ref if ref.startswith("model-")}
    assert reached - {me} == by_ref.keys() - models | {"model-heavy"}  # nobody is there for nothing


def test_the_bill_of_materials_says_what_a_user_needs() -> None:
    scope = {one["name"]: one["scope"] for one in bill_of_materials.here()["components"]}
    assert {scope[name] for name in ("mediapipe", "numpy", "certifi")} == {"required"}
    assert {scope[name] for name in ("distributed", "onnxruntime")} == {"optional"}
    assert {scope[name] for name in ("pytest", "mypy", "iniconfig")} == {"excluded"}
