"""What is inside: a bill of materials in CycloneDX form, out of the tested versions.

    python benchmarks/bill_of_materials.py build/gaitlens.cdx.json

Every package of `constraints.txt` with its version, what needs it, and its licence where it is
installed here; and the pose models, with their digests. Two runs on one machine give the same
file. `scope` says whether a user needs it: "required", "optional" (an extra) or "excluded" (only
to develop).
"""

from __future__ import annotations

import importlib.metadata
import json
import re
import sys
import tomllib
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from gait.pose.weights import MODELS

ROOT: Final = Path(__file__).resolve().parents[1]
ROOT_NAME: Final = "gaitlens (pyproject.toml)"
"""How the lock calls the program itself."""

NAMESPACE: Final = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122, of addresses


@dataclass
class Pinned:
    """A version in the lock, the system or Python it is for, and the packages that need it."""

    name: str
    version: str
    marker: str = ""
    needed_by: set[str] = field(default_factory=set)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


def read_lock(text: str) -> list[Pinned]:
    """The lines of a file that `uv pip compile` wrote."""
    found: list[Pinned] = []
    for line in text.splitlines():
        if line and not line.startswith((" ", "#")):
            pinned = Requirement(line)
            (version,) = pinned.specifier
            marker = str(pinned.marker or "")
            found.append(Pinned(canonicalize_name(pinned.name), version.version, marker))
        elif found and (needed := re.match(r"    #(?: via)? +(\S.*)$", line)):
            found[-1].needed_by.add(needed[1])
    return found


def scopes(lock: list[Pinned], project: dict[str, Any]) -> dict[str, str]:
    """What a user needs of it, by name."""

    def named(texts: list[str]) -> set[str]:
        return {canonicalize_name(Requirement(text).name) for text in texts}

    def with_what_they_need(names: set[str]) -> set[str]:
        more = names | {one.name for one in lock if one.needed_by & names}
        return names if more == names else with_what_they_need(more)

    extras = dict(project["optional-dependencies"])
    extras.pop("dev")
    required = with_what_they_need(named(project["dependencies"]))
    optional = with_what_they_need(named([text for extra in extras.values() for text in extra]))
    return {
        one.name: "required"
        if one.name in required
        else "optional"
        if one.name in optional
        else "excluded"
        for one in lock
    }


def licences(one: Pinned) -> list[dict[str, Any]]:
    """As the package states it, if just this version is installed."""
    try:
        found = importlib.metadata.metadata(one.name).json
    except importlib.metadata.PackageNotFoundError:
        return []
    if found["version"] != one.version:
        return []
    if expression := found.get("license_expression"):
        return [{"expression": expression}]
    classified = [
        text.rpartition(" :: ")[2]
        for text in found.get("classifier", [])
        if text.startswith("License :: ") and text != "License :: OSI Approved"
    ]
    stated = str(found.get("license", "")).strip()
    names = classified or [stated] * (0 < len(stated) < 80 and "\n" not in stated)
    return [{"license": {"name": name}} for name in names]


def bill(lock: list[Pinned], project: dict[str, Any]) -> dict[str, Any]:
    """The document, version 1.6 of the form."""
    me = f"pkg:pypi/{project['name']}@{project['version']}"
    scope = scopes(lock, project)
    components: list[dict[str, Any]] = [
        {
            "type": "library",
            "bom-ref": one.purl,
            "name": one.name,
            "version": one.version,
            "scope": scope[one.name],
            **({"licenses": found} if (found := licences(one)) else {}),
            "purl": one.purl,
            **({"properties": [{"name": "marker", "value": one.marker}]} if one.marker else {}),
        }
        for one in lock
    ]
    components += [
        {
            "type": "machine-learning-model",
            "bom-ref": f"model-{name}",
            "name": model.file,
            "scope": "required" if name == "heavy" else "optional",
            "hashes": [{"alg": "SHA-256", "content": digest} for digest in model.sha256],
            "externalReferences": [{"type": "distribution", "url": model.url}],
        }
        for name, model in MODELS.items()
    ]
    needs = {me: {one.purl for one in lock if ROOT_NAME in one.needed_by} | {"model-heavy"}}
    for parent in lock:
        needs[parent.purl] = {one.purl for one in lock if parent.name in one.needed_by}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(NAMESPACE, json.dumps(components))}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": me,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"expression": project["license"]}],
                "purl": me,
            }
        },
        "components": components,
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(needed)} for ref, needed in sorted(needs.items())
        ],
    }


def here() -> dict[str, Any]:
    """The bill of this checkout."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return bill(read_lock((ROOT / "constraints.txt").read_text(encoding="utf-8")), project)


def main() -> None:
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    document = here()
    target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    counted = [one["scope"] for one in document["components"]]
    sys.stdout.write(
        f"{target}: {counted.count('required')} required, {counted.count('optional')} optional, "
        f"{counted.count('excluded')} to develop\n"
    )


if __name__ == "__main__":
    main()
