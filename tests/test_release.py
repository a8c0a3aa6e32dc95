"""Version, changelog, citation, forms and the container say the same as the program."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import yaml

import gait
from gait.cli.doctor import SYSTEM_LIBRARIES

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""The sections of Keep a Changelog, in its order."""


def test_there_is_one_version() -> None:
    newest = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", CHANGES, re.MULTILINE)[0]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert newest == (citation["version"], str(citation["date-released"]))
    assert newest[0] == PROJECT["version"]


def test_the_changelog_has_its_form() -> None:
    heads = re.findall(r"^## (.*)$", CHANGES, re.MULTILINE)
    assert heads[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", head) for head in heads[1:])
    assert heads[1:] == sorted(heads[1:], reverse=True)
    for release in re.split(r"^## ", CHANGES, flags=re.MULTILINE)[1:]:
        sections = re.findall(r"^### (.*)$", release, re.MULTILINE)
        assert sections == [kind for kind in KINDS if kind in sections]


def test_public_names_are_on_the_page_of_what_stays() -> None:
    page = (ROOT / "docs" / "reference" / "stability.md").read_text(encoding="utf-8")
    listed = re.findall(r"^gait\.(\w+)(?:\(|$)", page, re.MULTILINE)
    assert sorted(listed) == sorted(gait.__all__)


def test_the_citation_can_be_read() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "type", "version", "authors", "license"} <= citation.keys()
    assert " AND ".join(citation["license"]) == PROJECT["license"]


def test_forms_ask_for_no_footage() -> None:
    forms = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    assert len(forms) == 4
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        if path.name == "config.yml":
            continue
        assert {"name", "description", "body"} <= form.keys()
        ids = [field["id"] for field in form["body"] if field["type"] != "markdown"]
        assert len(ids) == len(set(ids))
        assert not [field for field in form["body"] if field["type"] == "upload"]


def test_the_container_has_the_libraries_that_the_doctor_looks_for() -> None:
    text = (ROOT / "Containerfile").read_text(encoding="utf-8")
    assert all(package in text for package in SYSTEM_LIBRARIES.values())


def test_every_extra_for_users_is_in_the_page_on_installing() -> None:
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    assert all(f"`{extra}`" in page for extra in PROJECT["optional-dependencies"] if extra != "dev")


def test_what_developers_need_holds_the_extra_for_pages() -> None:
    extras = PROJECT["optional-dependencies"]
    assert set(extras["docs"]) <= set(extras["dev"])
