"""Strikes and toe-offs against runners whose contacts are known exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from data_tracks import (
    FOOT_STRIKE_DEG,
    RUNNING,
    WALKING,
    Matched,
    match,
    without_person,
)
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from synthetic import Truth, runner

from gait.analysis.cleaning.filtering import clean
from gait.analysis.events import OFF_DETECTORS, STRIKE_DETECTORS, _inside, detect, to_strides
from gait.analysis.events.foot_kinematics import cycles_of, foot_signals
from gait.analysis.results import Event
from gait.analysis.trial import Trial
from gait.settings import Settings
from gait.types import SIDES, PoseTrack, UsageError, opposite

# The last and first contacts are cut by the ends of the video; those have a test of their own.
END_S = 0.35
STRIKE_BIAS_MS = 14.0
"""The foot of the synthetic runner comes to rest too early: it is read 4 to 13 ms early, people on
force plates by 1 ± 4 ms. Bias is judged on them (docs/accuracy.md)."""
OFF_BIAS_MS = 25.0
"""A rigid foot cannot leave the ground like one that bends; the synthetic runner is right to one
frame and a half at 60 fps. Toe-off is judged on rendered figures and force plates
(test_validation.py)."""


def found_in(track: PoseTrack, truth: Truth, **options: Any) -> tuple[Event, ...]:
    """Events in a cleaned track, seen from where the truth says the camera is."""
    return detect(Trial(clean(track), truth.view, Settings(**options)))


def against(events: tuple[Event, ...], truth: Truth, kind: str, end_s: float = END_S) -> Matched:
    return match(events, truth.events, kind, (end_s, truth.view.window_s[1] - end_s))


def assert_complete(events: tuple[Event, ...], truth: Truth) -> tuple[Matched, Matched]:
    """Every true event is there, on its foot, and no other."""
    strikes, offs = (against(events, truth, kind) for kind in ("strike", "off"))
    for m in (strikes, offs):
        assert m.missed == m.invented == ()
        assert len(m.error_ms) > 0
    return strikes, offs


# --------------------------------------------------------------------------------------- accuracy


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
@pytest.mark.parametrize("strike", FOOT_STRIKE_DEG)
@pytest.mark.parametrize("speed", RUNNING)
def test_every_contact_is_found_and_timed(fps_hz: float, strike: str, speed: str) -> None:
    track, truth = runner(fps_hz, 4, foot_strike_deg=FOOT_STRIKE_DEG[strike], **RUNNING[speed])
    strikes, offs = assert_complete(found_in(track, truth), truth)
    assert abs(strikes.bias_ms) <= STRIKE_BIAS_MS
    assert abs(offs.bias_ms) <= OFF_BIAS_MS
    # All contacts are alike, so whatever scatters comes from where the frames happen to lie:
    # interpolation has to get well below the ±dt/sqrt(12) of counting frames (10 ms at 30 fps).
    assert strikes.sd_ms <= 1.5
    assert offs.sd_ms <= 2.5


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
def test_the_class_of_foot_strike_moves_the_strike_by_less_than_10_ms(fps_hz: float) -> None:
    # Otherwise contact times of a rearfoot and a forefoot runner could not be compared. People on
    # force plates: 3 ms from midfoot to rearfoot, 0.25 ms per degree.
    bias = []
    for angle_deg in FOOT_STRIKE_DEG.values():
        track, truth = runner(fps_hz, 5, foot_strike_deg=angle_deg, **RUNNING["easy"])
        bias.append(against(found_in(track, truth), truth, "strike").bias_ms)
    assert max(bias) - min(bias) < 10


SCENES: Mapping[str, Mapping[str, Any]] = {
    "to the left": {"facing": "left"},
    "overground": {"surface": "overground"},
    "overground, to the left": {"surface": "overground", "facing": "left"},
    "far away": {"px_per_m": 60},
    "camera not level": {"tilt_deg": 4},
    "limping": {"step_asymmetry": 0.08},
    "uneven frames": {"dt_jitter": 0.4},
}


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES.keys())
def test_filming_does_not_change_the_times(scene: Mapping[str, Any]) -> None:
    plain, plain_truth = runner(60, 5, **RUNNING["easy"])
    track, truth = runner(60, 5, **(dict(RUNNING["easy"]) | dict(scene)))
    plain_bias = [m.bias_ms for m in assert_complete(found_in(plain, plain_truth), plain_truth)]
    bias = [m.bias_ms for m in assert_complete(found_in(track, truth), truth)]
    # Uneven frames go through one more interpolation, which rounds corners by up to 3 ms.
    assert bias == pytest.approx(plain_bias, abs=3)


@pytest.mark.parametrize("speed", WALKING)
def test_contacts_of_walkers_are_found(speed: str) -> None:
    track, truth = runner(60, 8, **WALKING[speed])
    events = found_in(track, truth)
    strikes, offs = against(events, truth, "strike", 1.0), against(events, truth, "off", 1.0)
    assert strikes.missed == strikes.invented == offs.missed == offs.invented == ()
    assert abs(strikes.bias_ms) <= 15  # the rules were made for running
    assert abs(offs.bias_ms) <= 80


@pytest.mark.parametrize(("cadence_spm", "speed_mps", "duty"), [(150, 2.0, 0.28), (180, 3.0, 0.26)])
def test_runners_with_short_contacts_are_found(
    cadence_spm: float, speed_mps: float, duty: float
) -> None:
    track, truth = runner(
        60,
        5,
        cadence_spm=cadence_spm,
        contact_s=duty * 120 / cadence_spm,
        speed_mps=speed_mps,
        toe_off_pitch_deg=-40,
    )
    assert_complete(found_in(track, truth), truth)


@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    cadence_spm=st.floats(150, 195),
    duty=st.floats(0.33, 0.42),
    speed_mps=st.floats(2.0, 3.8),
    strike_deg=st.floats(-8, 18),
    overstride_m=st.floats(0.12, 0.26),
    first_strike_s=st.floats(0.0, 0.6),
    fps_hz=st.sampled_from([30, 50, 60, 120]),
    noise_px=st.floats(0, 3),
)
def test_any_runner_has_all_contacts_in_turn(
    cadence_spm: float,
    duty: float,
    speed_mps: float,
    strike_deg: float,
    overstride_m: float,
    first_strike_s: float,
    fps_hz: float,
    noise_px: float,
) -> None:
    track, truth = runner(
        fps_hz,
        4,
        cadence_spm=cadence_spm,
        contact_s=duty * 120 / cadence_spm,
        speed_mps=speed_mps,
        foot_strike_deg=strike_deg,
        overstride_m=overstride_m,
        first_strike_s=first_strike_s,
        toe_off_pitch_deg=-40,
        noise_px=noise_px,
    )
    events = found_in(track, truth)
    strikes, _ = assert_complete(events, truth)
    # Three SD of noise of 1.4 % of the leg (20 ms, see below) on top of the bias.
    assert np.abs(strikes.error_ms).max() <= STRIKE_BIAS_MS + 20
    sides = [e.side for e in events if e.kind == "strike"]
    assert all(a != b for a, b in pairwise(sides))


# ------------------------------------------------------------------------------------ uncertainty


@pytest.mark.parametrize("fps_hz", [30, 60, 120])
def test_the_stated_sd_is_that_of_the_errors(fps_hz: float) -> None:
    found: dict[str, list[Matched]] = {"strike": [], "off": []}
    for i, scene in enumerate(RUNNING.values()):
        for angle_deg in FOOT_STRIKE_DEG.values():
            # 3 px are 1.4 % of the leg, as much as a pose model leaves.
            track, truth = runner(fps_hz, 4, foot_strike_deg=angle_deg, noise_px=3, seed=i, **scene)
            events = found_in(track, truth)
            for kind, list_ in found.items():
                list_.append(against(events, truth, kind))
    for kind, matched in found.items():
        rms, claimed = (
            np.sqrt(np.mean(np.concatenate(values) ** 2))
            for values in ([m.error_ms for m in matched], [m.claimed_sd_ms for m in matched])
        )
        # About half to double: nine runners whose biases differ say no more.
        assert 0.45 < rms / claimed < 2, (kind, rms, claimed)


def test_more_noise_is_less_certain() -> None:
    claimed = []
    for noise_px in (0, 2, 6):
        track, truth = runner(60, 5, noise_px=noise_px, **RUNNING["easy"])
        strikes = [e for e in found_in(track, truth) if e.kind == "strike"]
        claimed.append(np.median([e.sd_s for e in strikes]))
    assert claimed[0] < claimed[1] < claimed[2]


# ------------------------------------------------------------------------------------- detectors

# Size and sign of what each rule leaves as error on the synthetic runner, ms. Its foot is rigid and
# turns about the heel, so the toe falls fastest while it is still in the air.
STRIKE_BIASES = {
    "fused": (-13, 5),
    "foot_speed": (-13, 5),
    "toe_fall": (-70, 10),
    "foot_rest": (-13, 12),
    "zeni": (-40, -15),
    "heel_lowest": (4, 85),
    "pelvis_velocity": (5, 60),
}
OFF_BIASES = {
    "fused": (-25, 10),
    "toe_reach": (-35, 0),
    "knee_straight": (-25, 10),
    "rear_rise": (0, 20),
    "heel_speed": (-25, 10),
    "zeni": (70, 125),
    "knee_extension": (-10, 35),
}


def test_every_detector_has_its_bias_stated_here() -> None:
    assert STRIKE_DETECTORS.keys() == STRIKE_BIASES.keys()
    assert OFF_DETECTORS.keys() == OFF_BIASES.keys()


@pytest.mark.parametrize("name", STRIKE_BIASES)
@pytest.mark.parametrize("strike", FOOT_STRIKE_DEG)
def test_strike_detectors_err_as_documented(name: str, strike: str) -> None:
    track, truth = runner(60, 4, foot_strike_deg=FOOT_STRIKE_DEG[strike], **RUNNING["easy"])
    matched = against(found_in(track, truth, strike_detector=name), truth, "strike")
    assert matched.missed == matched.invented == ()
    low, high = STRIKE_BIASES[name]
    assert low <= matched.bias_ms <= high


@pytest.mark.parametrize("name", OFF_BIASES)
@pytest.mark.parametrize("speed", RUNNING)
def test_off_detectors_err_as_documented(name: str, speed: str) -> None:
    track, truth = runner(60, 4, **RUNNING[speed])
    matched = match(
        found_in(track, truth, off_detector=name),
        truth.events,
        "off",
        (END_S, 4 - END_S),
        reach_s=0.15,
    )
    assert matched.missed == matched.invented == ()
    low, high = OFF_BIASES[name]
    assert low <= matched.bias_ms <= high


@pytest.mark.parametrize("option", ["strike_detector", "off_detector"])
def test_an_unknown_detector_names_those_there_are(option: str) -> None:
    track, truth = runner(60, 2)
    with pytest.raises(UsageError, match=r"no detector called best.* fused"):
        found_in(track, truth, **{option: "best"})


def test_one_reading_that_is_far_off_moves_neither_event() -> None:
    # Blur or a shoe may spoil the toe: both events are medians in which it has one voice of three.
    track, truth = runner(60, 4, **RUNNING["easy"])
    xy = track.xy.copy()
    xy[:, [track.index(f"{side}_foot_index") for side in SIDES]] += [15, 15]
    plain, moved = (found_in(t, truth) for t in (track, track.with_(xy=xy)))
    assert [(e.kind, e.side) for e in moved] == [(e.kind, e.side) for e in plain]
    assert [e.time_s for e in moved] == pytest.approx([e.time_s for e in plain], abs=0.012)


def test_one_pass_of_a_wild_heel_is_not_taken_for_another_speed_of_the_belt() -> None:
    track, truth = runner(60, 6, **RUNNING["easy"])
    seen = foot_signals(clean(track), truth.view, "right")
    assert seen is not None
    third = cycles_of(seen, clean(track))[2]
    for factor, limit in ((1.6, 1.15), (0.4, 0.85)):
        speed = seen.heel_speed.copy()
        speed[third.ahead : third.behind] *= factor
        found = cycles_of(replace(seen, heel_speed=speed), clean(track))
        usual_speed = float(np.median([c.speed for c in found]))
        assert found[2].speed == pytest.approx(limit * usual_speed, rel=1e-6)


def test_readings_of_another_moment_hardly_move_toe_off() -> None:
    """A leg that is longest and straightest at mid-stance, as a walker's: the rise decides."""
    track, truth = runner(60, 4, **RUNNING["easy"])
    seen = foot_signals(clean(track), truth.view, "right")
    assert seen is not None
    for cycle in cycles_of(seen, clean(track)):
        early = np.abs(np.arange(len(seen.time)) - cycle.middle - 3) / 1000
        misled = replace(seen, toe_reach=-early, knee_deg=early)
        alone = OFF_DETECTORS["rear_rise"](misled, cycle)
        if alone is not None:
            found = OFF_DETECTORS["fused"](misled, cycle)
            assert found is not None
            assert found.time_s == pytest.approx(alone.time_s, abs=0.01)


def test_a_second_hump_of_heel_speed_after_push_off_does_not_make_toe_off_late() -> None:
    # BlazePose draws one: the fall is the first after mid-stance, not the last before the swing.
    track, truth = runner(60, 4, **RUNNING["easy"])
    signals = foot_signals(clean(track), truth.view, "right")
    assert signals is not None
    rule = OFF_DETECTORS["heel_speed"]
    for cycle in cycles_of(signals, clean(track)):
        plain = rule(signals, cycle)
        if plain is None:
            continue
        hump = np.abs(signals.time - plain.time_s - 0.04) < 0.02
        speed = np.where(hump, cycle.speed, signals.heel_speed)
        assert rule(replace(signals, heel_speed=speed), cycle) == plain


# ------------------------------------------------------------------------------- gaps and the ends


@pytest.mark.parametrize("start_s", [2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6])
@pytest.mark.parametrize("fps_hz", [30, 60])
def test_a_gap_holds_no_event(fps_hz: float, start_s: float) -> None:
    track, truth = runner(fps_hz, 5, noise_px=1, **RUNNING["easy"])
    stop_s = start_s + 0.4
    events = found_in(without_person(track, start_s, stop_s), truth)
    # What is seen of a contact precedes the event by up to a tenth of the contact.
    assert [e for e in events if start_s + 0.025 < e.time_s < stop_s] == []
    # The contacts that the gap does not touch are as good as ever.
    for kind in ("strike", "off"):
        matched = against(events, truth, kind)
        assert matched.invented == ()
        assert np.abs(matched.error_ms).max() <= OFF_BIAS_MS + 15
        assert all(start_s - 0.4 < t < stop_s + 0.4 for _, t in matched.missed)


def test_a_gap_holds_no_stride() -> None:
    track, truth = runner(60, 5, noise_px=1, **RUNNING["easy"])
    over_it = []
    for start_s in (2.0, 2.1, 2.2, 2.3, 2.4, 2.5, 2.6):
        strides = to_strides(found_in(without_person(track, start_s, start_s + 0.4), truth))
        over_it += [s for s in strides if s.strike_s < start_s + 0.4 and s.next_strike_s > start_s]
    assert over_it == []


def test_a_filled_gap_does_not_move_events() -> None:
    track, truth = runner(60, 4, **RUNNING["easy"])
    for start_s in np.arange(2.0, 2.7, 0.1):
        events = found_in(without_person(track, start_s, start_s + 0.05), truth)
        strikes, _ = assert_complete(events, truth)
        # Three or four frames bridged at touch-down cost up to one frame of time.
        assert np.abs(strikes.error_ms).max() <= STRIKE_BIAS_MS + 17


@pytest.mark.parametrize("first_strike_s", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
@pytest.mark.parametrize("fps_hz", [30, 60])
def test_contacts_that_the_video_cuts_are_found_or_left_out(
    fps_hz: float, first_strike_s: float
) -> None:
    longer, truth = runner(fps_hz, 4, first_strike_s=first_strike_s, **RUNNING["easy"])
    track = longer.between(1.0, 3.0)
    view = truth.view.model_copy(update={"window_s": (1.0, 3.0)})
    events = detect(Trial(clean(track), view, Settings()))
    for kind in ("strike", "off"):
        # Events just outside the video may be read just inside it, so all true ones count.
        near = match(events, truth.events, kind, (0.8, 3.2))
        assert near.invented == ()
        assert np.abs(near.error_ms).max() <= OFF_BIAS_MS + 20
        # 0.15 s show the foot move with the belt, or leave it, and that is enough.
        assert match(events, truth.events, kind, (1.15, 2.85)).missed == ()


# ------------------------------------------------------------------------------------- symmetries


@settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
@given(seed=st.integers(0, 99), asymmetry=st.floats(-0.1, 0.1))
def test_the_mirrored_video_swaps_the_feet_and_nothing_else(seed: int, asymmetry: float) -> None:
    track, truth = runner(60, 4, noise_px=2, seed=seed, step_asymmetry=asymmetry)
    view = truth.view.model_copy(update={"direction": "left", "near_side": "left"})
    here = detect(Trial(clean(track), truth.view, Settings()))
    there = detect(Trial(clean(track.mirrored()), view, Settings()))
    assert [(e.kind, opposite(e.side)) for e in there] == [(e.kind, e.side) for e in here]
    times = [e.time_s for e in here]
    assert [e.time_s for e in there] == pytest.approx(times, abs=1e-9)


@settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
@given(zoom=st.floats(0.2, 5), dx=st.floats(-500, 500), dy=st.floats(-500, 500))
def test_size_and_place_in_the_picture_change_no_time(zoom: float, dx: float, dy: float) -> None:
    track, truth = runner(60, 4, noise_px=1)
    other = track.with_(xy=zoom * track.xy + [dx, dy])
    here, there = found_in(track, truth), found_in(other, truth)
    assert [e.time_s for e in there] == pytest.approx([e.time_s for e in here], abs=1e-9)


def test_an_event_at_the_edge_of_the_video_may_lie_outside_it() -> None:
    view = runner(60, 2)[1].view.model_copy(update={"window_s": (1.0, 3.0)})
    times_s = (1.001, 1.03, 2.0, 2.97, 2.999)
    events = [Event(time_s=t, kind="strike", side="left", sd_s=0.01) for t in times_s]
    assert [e.time_s for e in _inside(events, view)] == [1.03, 2.0, 2.97]
