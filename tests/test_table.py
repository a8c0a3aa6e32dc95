"""What a reader of the terminal table must be able to see."""

from __future__ import annotations

import io

import examples
import pytest
from rich.console import Console

from gait.analysis.results import Analysis, Summary
from gait.present.table import render, rows
from gait.present.wording import NO_STRIDE, UNCLEAR, WALKING


def shown(analysis: Analysis, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(render(analysis))
    return out.getvalue()


def row(text: str, start: str) -> list[str]:
    """Cells of the line that begins with this text."""
    (line,) = [line for line in text.splitlines() if line.strip().startswith(start)]
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


@pytest.fixture
def summaries() -> list[Summary]:
    return [
        examples.summary("knee_flexion_ic", "left", typical=(4, 18)),
        examples.summary("knee_flexion_ic", "right", value=20.0, far_side=True, flag="high"),
        examples.summary("cadence", value=169.53, ci95=(169.1, 169.9), unit="steps/min"),
        examples.summary("contact_time", "left", value=250.2, ci95=(240, 260), unit="ms"),
        examples.summary("ankle_dorsiflexion_ic", "left", tier="C"),
        examples.unmeasured("step_length", "both", "Give --speed."),
        examples.unmeasured("stride_length", "left", "Give --speed."),
        examples.unmeasured("overstride", "left", "Give --speed."),
        examples.unmeasured("overstride", "right", "Give --speed."),
    ]


def test_both_sides_share_a_row_with_range_and_remarks(summaries: list[Summary]) -> None:
    text = shown(examples.analysis(summaries=summaries))
    assert row(text, "Knee flexion ic") == [
        "Knee flexion ic, deg",
        "10.0 ± 2.0",
        "20.0 ± 2.0*",
        "4 to 18",
        "right high",
    ]
    assert row(text, "Cadence")[1:3] == ["169.5 ± 0.4", "both"]
    assert row(text, "Contact time")[1:3] == ["250 ± 10", "-"]
    assert row(text, "Ankle")[-1] == "trend only"
    assert "right (far)" in text
    assert "* far leg" in text


def test_what_both_legs_have_in_common_is_said_once() -> None:
    labels = {"left": "rearfoot, borderline; trend only", "right": "rearfoot; trend only"}
    legs = tuple(examples.summary("foot", side, label=text) for side, text in labels.items())
    (found,) = rows(examples.analysis(summaries=legs))
    assert found.remarks == "left rearfoot, borderline; right rearfoot; trend only"


def test_nothing_is_less_than_zero_and_yet_nothing() -> None:
    """A value that is rounded to zero has no sign: "-0.0" reads like a fault of the program."""
    summary = examples.summary("step_time_asymmetry", value=-0.04, ci95=(-1, 1), typical=(-0.4, 9))
    text = shown(examples.analysis(summaries=[summary]))
    assert row(text, "Step time asymmetry")[1:4] == ["0.0 ± 1.0", "both", "0 to 9"]


def test_rows_are_grouped_in_the_order_of_the_stride(summaries: list[Summary]) -> None:
    lines = shown(examples.analysis(summaries=summaries)).splitlines()
    order = ["Times", "  Cadence", "  Contact time", "At contact", "  Knee flexion ic"]
    found = [next(i for i, line in enumerate(lines) if line.startswith(o)) for o in order]
    assert found == sorted(found)


def test_what_could_not_be_measured_is_listed_by_reason(summaries: list[Summary]) -> None:
    text = shown(examples.analysis(summaries=summaries))
    assert "Overstride, Step length, Stride length (left): Give --speed." in text


def test_the_header_tells_how_the_video_was_understood() -> None:
    text = shown(examples.analysis())
    assert "run.mp4: 64 x 48, 30 fps, 1.5 s" in text
    assert "Side view (98 % sure), facing left, near leg left, treadmill" in text
    assert "Activity running, 4 foot strikes, steady from 0.1 to 1.4 s" in text
    assert "3 frames (repaired), undecided in 1" in " ".join(text.split())
    assert "No person in 2 of 45 frames" in text


@pytest.mark.parametrize(("activity", "warning"), [("walking", WALKING), ("unclear", UNCLEAR)])
def test_no_running_norms_unless_it_is_running(
    summaries: list[Summary], activity: str, warning: str
) -> None:
    text = shown(examples.analysis(summaries=summaries, activity=activity))
    assert " ".join(text.split()).startswith(warning)
    assert "typical" not in text
    assert "4 to 18" not in text


@pytest.mark.parametrize("width", [80, 100, 200])
def test_what_stands_out_comes_before_the_long_table(summaries: list[Summary], width: int) -> None:
    found = [examples.linked_finding(metric=summaries[0].metric)]
    text = shown(examples.analysis(summaries=summaries, findings=found), width)
    assert 0 < text.index("What stands out") < text.index("typical  note")


def test_a_video_without_a_stride_is_not_called_undecided(summaries: list[Summary]) -> None:
    unmeasured = [s.model_copy(update={"value": None, "ci95": None}) for s in summaries]
    text = shown(examples.analysis(summaries=unmeasured, activity="unclear", strides=()))
    assert " ".join(text.split()).startswith(NO_STRIDE)


@pytest.mark.parametrize("label", [None, "rearfoot; trend only", "borderline; trend only"])
def test_nothing_is_cut_off_in_80_columns(label: str | None) -> None:
    # The widest values there are: times, far leg, range, label and flag in one row.
    step_time = {"value": 0.355, "ci95": (0.349, 0.361), "unit": "s", "typical": (0.321, 0.404)}
    sides = [
        examples.summary("step_time", "left", **step_time, label=label),
        examples.summary("step_time", "right", **step_time, far_side=True, flag="high"),
    ]
    narrow, wide = (shown(examples.analysis(summaries=sides), width) for width in (80, 200))
    assert sorted(narrow.split()) == sorted(wide.split())


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_and_have_no_control_codes(summaries: list[Summary], width: int) -> None:
    text = shown(examples.analysis(summaries=summaries), width)
    assert max(map(len, text.splitlines())) <= width
    assert "\x1b" not in text
    assert "…" not in text
