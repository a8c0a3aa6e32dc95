"""Rendered videos of one body that runs in two ways: what changed is called real, and only that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from gait import Comparison, analyze_track, compare
from gait import validation as validity
from gait.io.run_folder import RunFolder
from gait.settings import Settings
from gait.validation.rendered import Rendered
from gait.video import probe

TRACKS = Path(validity.__file__).parent / "tracks"

pytestmark = pytest.mark.validation


@pytest.fixture(scope="module")
def compared(validation_dir: Path) -> Callable[[str, str], Comparison]:
    """A comparison of two rendered videos, from their kept poses; every pair once."""
    known = dict[tuple[str, str], Comparison]()

    def comparison(*names: str) -> Comparison:
        if names not in known:
            analyses = []
            for name in names:
                video = validation_dir / "rendered" / f"{name}.mp4"
                truth = Rendered(video.with_suffix(".truth.json"))
                settings = Settings(speed_mps=truth.speed_mps, height_m=truth.stature_m)
                track = RunFolder(TRACKS / name).load_track()
                assert track is not None
                analyses.append(analyze_track(track, settings, probe(video)))
            known[names] = compare(analyses[:1], analyses[1:])
        return known[names]

    return comparison


# True changes from the truth files; those of less than two thirds of what is needed count as none.
CHANGED = {
    ("side_normal", "side_overstride"): {
        ("cadence", "both"): -13.3,
        ("step_time", "left"): +0.028,
        ("step_time", "right"): +0.032,
        ("overstride", "left"): +14.8,
        ("overstride", "right"): +14.8,
        ("tibia_angle_ic", "right"): +10.2,
        ("knee_flexion_peak_stance", "left"): +13.3,
        ("knee_flexion_peak_stance", "right"): +13.2,
        ("knee_flexion_excursion", "right"): +15.9,
        ("hip_extension_peak", "right"): -20.6,
    },
    ("rear_normal", "rear_bad"): {
        ("cadence", "both"): -7.5,
        ("hip_adduction", "right"): +10.5,
    },
}
UNCHANGED = {
    ("side_normal", "side_overstride"): [
        ("duty_factor", "left"),
        ("duty_factor", "right"),
        ("flight_time", "left"),
        ("knee_flexion_ic", "left"),
        ("knee_flexion_ic", "right"),
        ("ankle_dorsiflexion_ic", "left"),
        ("ankle_dorsiflexion_ic", "right"),
        ("knee_flexion_peak_swing", "left"),
        ("trunk_lean", "both"),
        ("step_time_asymmetry", "both"),
    ],
    ("rear_normal", "rear_bad"): [
        ("pelvic_drop", "left"),
        ("lateral_trunk_lean", "left"),
        ("lateral_trunk_lean", "right"),
    ],
}


@pytest.mark.parametrize("pair", CHANGED)
def test_what_changed_is_called_real_with_the_right_sign(
    pair: tuple[str, str], compared: Callable[[str, str], Comparison]
) -> None:
    found = compared(*pair)
    assert not found.mismatches
    for key, true in CHANGED[pair].items():
        change = found.change(*key)
        assert change is not None
        assert (change.verdict, (change.difference or 0) * true > 0) == ("real change", True), key


@pytest.mark.parametrize("pair", UNCHANGED)
def test_what_did_not_change_is_not(
    pair: tuple[str, str], compared: Callable[[str, str], Comparison]
) -> None:
    for key in UNCHANGED[pair]:
        change = compared(*pair).change(*key)
        assert change is not None
        assert change.verdict == "within measurement error", key


def test_videos_from_other_sides_are_not_compared_but_for_rates(
    compared: Callable[[str, str], Comparison],
) -> None:
    found = compared("side_normal", "rear_normal")
    judged = {c.metric for c in found.changes if c.verdict != "not comparable"}
    assert judged <= {"cadence", "stride_time", "stride_length"}
