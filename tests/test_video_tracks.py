"""Pose tracks of real videos, labelled by eye: plane, direction, cadence, and nothing said falsely.

They are other people's, and not part of the project: see `--validation-dir` in conftest.py.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.analysis.analyze import analyze_track
from gait.analysis.results import Analysis
from gait.io import read
from gait.settings import Settings

pytestmark = pytest.mark.validation

PLANE = {
    "front_in_place": ("front", None, 183.9),
    "front_retreating": ("front", None, 149.9),
    "front_walking_in_place": ("front", None, None),
    "rear_receding_body25": ("rear", None, 167.4),
    "side_slow_silhouette": ("side", "right", None),
    "side_treadmill_25fps": ("side", "right", 166.7),
    "side_treadmill_hidden_shank": ("side", "left", None),
}
"""Plane, direction and steps per minute of each; None where no cadence can be asked for."""

FALSE = ("somebody else", "The person turns", "people are in the video")


@pytest.fixture(scope="module")
def analyses(request: pytest.FixtureRequest) -> dict[str, Analysis]:
    folder = Path(request.config.getoption("--validation-dir")) / "film_tracks"
    return {
        name: analyze_track(read(folder / f"{name}.npz", fps_hz=30.0), Settings()) for name in PLANE
    }


@pytest.mark.parametrize("name", PLANE)
def test_plane_direction_and_cadence_are_those_seen_by_eye(
    name: str, analyses: dict[str, Analysis]
) -> None:
    plane, direction, cadence = PLANE[name]
    analysis = analyses[name]
    assert (analysis.view.plane, analysis.view.direction) == (plane, direction)
    if cadence is not None:
        summary = analysis.summary("cadence")
        assert analysis.activity == "running"
        assert summary is not None
        assert summary.value == pytest.approx(cadence, rel=0.01)


@pytest.mark.parametrize("name", PLANE)
def test_nothing_false_is_said(name: str, analyses: dict[str, Analysis]) -> None:
    said = " ".join(analyses[name].view.limits)
    assert not [sentence for sentence in FALSE if sentence in said]
    if name in ("front_retreating", "rear_receding_body25"):  # whole in every picture
        faults = {fault.id for fault in analyses[name].quality.faults}
        assert faults.isdisjoint({"feet_cut", "head_cut"})
    assert (analyses[name].activity == "running") <= ("walking" not in name)


def test_strikes_of_a_runner_who_recedes_are_those_seen_by_eye(
    analyses: dict[str, Analysis],
) -> None:
    events = analyses["rear_receding_body25"].events
    for side, frames in (("left", (39, 61, 82)), ("right", (50, 71, 93))):
        found = [30 * e.time_s for e in events if e.kind == "strike" and e.side == side]
        assert found == pytest.approx(frames, abs=1.0)
