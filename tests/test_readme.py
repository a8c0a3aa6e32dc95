"""The README says what the accuracy page says, and what is to be had comes before the rest."""

from __future__ import annotations

import math
import re
from pathlib import Path

from gait.knowledge import GRADES, knowledge

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ACCURACY = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8")

ORDER = (
    *("What you get", "How to film", "How exact it is", "Why do my legs ache when I run?"),
    *("Before and after", "A whole session", "From Python", "Limits", "Develop", "Cite"),
)
SCREEN_LINES = 50
"""What a browser shows of a page on GitHub without scrolling, at the most."""


def test_it_answers_in_the_order_of_a_newcomers_questions() -> None:
    assert tuple(re.findall(r"^## (.*)$", README, re.MULTILINE)) == ORDER


def test_the_first_result_is_one_screen_away() -> None:
    first, _, _ = README.partition("\n## ")
    assert len(first.splitlines()) <= SCREEN_LINES
    assert first.index("](docs/images/") < first.index("make demo")


def test_the_python_is_short_enough_to_be_read() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 9


def accuracy() -> dict[str, list[str]]:
    """Cells of the rendered runners on the accuracy page, by metric; the unit is the first."""
    (block,) = re.findall(r"<!-- begin validate -->(.*?)<!-- end validate -->", ACCURACY, re.DOTALL)
    known = {}
    for line in block.splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")]
        if len(cells) >= 8 and "," in cells[0]:
            name, _, unit = cells[0].rpartition(", ")
            known[name] = [unit, *cells[1:]]
    return known


def rmse(cells: list[str]) -> float:
    return math.hypot(float(cells[2]), float(cells[3]))


def test_its_first_figures_are_those_of_the_accuracy_page() -> None:
    known = accuracy()
    strike, excursion = known["Knee flexion at strike"], known["Knee flexion excursion"]
    foot, drop, cadence = (known[name] for name in ("Foot strike angle", "Pelvic drop", "Cadence"))
    for row in (
        f"| RMSE {rmse(strike):.1f}° at strike, {rmse(excursion):.1f}° excursion |",
        f"| limits {foot[5].replace('+', '')}° |",
        f"| MAE {drop[4]}° |",
        f"| MAE {cadence[4]}, limits {cadence[5].replace('+', '')} |",
    ):
        assert row in README


def test_errors_are_those_of_the_accuracy_page() -> None:
    known = {
        name: (f"{cells[4]} {cells[0]}", f"{cells[6]} {cells[0]}")
        for name, cells in accuracy().items()
    }
    (table,) = re.findall(r"\| metric \| view .*?\n\n", README, re.DOTALL)
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in table.strip().splitlines()[2:]
    ]
    assert len(rows) > 10
    ids = {info.name: metric for metric, info in knowledge().metrics.items()}
    for name, view, error, stated, evidence in rows:
        assert (error, stated) == known[name], name
        assert view in knowledge().metrics[ids[name]].view, name
        grades = [link.grade for link in knowledge().links.values() if link.metric == ids[name]]
        best = min(grades, key=GRADES.index, default="none")
        assert evidence.removeprefix("load: ") == best, name
