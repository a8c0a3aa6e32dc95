"""The faults of `make mutations` can still be made: each stands for a line that is there."""

from __future__ import annotations

import ast
import re

import pytest
from mutations import ROOT, Mutation, mutations

FAULTS = mutations()


def test_there_are_faults_in_every_part_that_makes_a_number_or_a_warning() -> None:
    files = {fault.file for fault in FAULTS}
    for part in (
        "analysis/kinematics/",
        "analysis/events/",
        "analysis/view/",
        "analysis/interpret/",
        "analysis/quality",
        "comparison/",
    ):
        assert any(f"gait/{part}" in file for file in files), part


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_the_line_stands_there_once_and_is_python_with_the_fault_too(fault: Mutation) -> None:
    source = (ROOT / fault.file).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(fault.applied(source))) != ast.dump(ast.parse(source))


def test_a_line_that_is_not_there_once_is_refused() -> None:
    fault = Mutation("gait/a.py", "x = 1", "x = 2", ())
    for source in ("y = 1", "x = 1; x = 1"):
        with pytest.raises(ValueError, match="not once"):
            fault.applied(source)


def test_the_tests_that_have_to_notice_are_there() -> None:
    for test in {test for fault in FAULTS for test in fault.tests}:
        file, _, name = test.partition("::")
        source = (ROOT / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {name or 'test_.*'}\(", source, re.MULTILINE), test


def test_every_fault_has_tests() -> None:
    assert all(fault.tests for fault in FAULTS)
