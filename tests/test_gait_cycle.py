"""Strides, the steady part of a video, and running or walking, from known contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from data_tracks import RUNNING, WALKING, join
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from synthetic import runner

from gait.analysis.cleaning.filtering import clean
from gait.analysis.events import activity, detect, steady, to_strides
from gait.analysis.results import Event, Stride
from gait.analysis.trial import Strides, Trial
from gait.settings import Settings
from gait.types import SIDES, Side

# ---------------------------------------------------------------------------------------- strides


def events_of(n: int, stride_s: float = 0.7, contact_s: float = 0.25) -> list[Event]:
    """n strikes of alternating feet, each with its toe-off."""
    events = []
    for i in range(n):
        at = {"side": SIDES[i % 2], "sd_s": 0.004}
        strike_s = i * stride_s / 2
        events.append(Event(kind="strike", time_s=strike_s, **at))
        events.append(Event(kind="off", time_s=strike_s + contact_s, **at))
    return sorted(events, key=lambda e: e.time_s)


def without(events: list[Event], *indices: int, kind: str) -> tuple[Event, ...]:
    """The events but the ones with these numbers among their kind."""
    of_kind = [e for e in events if e.kind == kind]
    gone = [of_kind[i] for i in indices]
    return tuple(e for e in events if e not in gone)


def test_strides_are_those_of_the_events() -> None:
    track, truth = runner(60, 6, step_asymmetry=0.05)
    assert to_strides(truth.events) == truth.strides
    assert len(track) == 360


def test_a_lost_event_costs_the_strides_it_belongs_to_and_no_other() -> None:
    events = events_of(12)
    whole = to_strides(tuple(events))
    assert len(whole) == 10
    at = [e.time_s for e in events if e.kind == "strike"]

    def lost(left: tuple[Event, ...]) -> list[float]:
        kept = to_strides(left)
        assert all(s in whole for s in kept)
        return [s.strike_s for s in whole if s not in kept]

    # Toe-off 5 is in stride 5 alone. Strike 5 ends stride 3, begins stride 5 and is the one of the
    # other foot in stride 4.
    assert lost(without(events, 5, kind="off")) == [at[5]]
    assert lost(without(events, 5, kind="strike")) == [at[3], at[4], at[5]]


def test_a_misread_strike_costs_the_stride_before_and_the_one_after_it() -> None:
    events = events_of(12)
    whole = to_strides(tuple(events))
    strikes = [e for e in events if e.kind == "strike"]
    late = strikes[5].model_copy(update={"time_s": strikes[5].time_s + 0.08, "sd_s": 0.08})
    kept = to_strides(tuple(late if e is strikes[5] else e for e in events))
    touched = [s for s in whole if strikes[5].time_s in (s.strike_s, s.next_strike_s)]
    assert list(kept) == [s for s in whole if s not in touched]
    assert len(kept) == 8


def test_lost_steps_of_both_feet_are_not_bridged() -> None:
    events = [e for e in events_of(20) if not 2.0 < e.time_s < 2.75]
    assert all(
        s.next_strike_s - s.strike_s == pytest.approx(0.7) for s in to_strides(tuple(events))
    )


# ----------------------------------------------------------------------------------- steady state


def strides_of(times_s: list[float], gaps: Mapping[int, float] | None = None) -> Strides:
    """Strides of alternating feet with these stride times; gaps: seconds before stride i."""
    strides, at = [], 0.0
    for i, stride_s in enumerate(times_s):
        at += (gaps or {}).get(i, 0.0)
        side: Side = SIDES[i % 2]
        strides.append(
            Stride(
                side=side,
                strike_s=at,
                off_s=at + 0.25,
                next_strike_s=at + stride_s,
                strike_sd_s=0.004,
                off_sd_s=0.006,
            )
        )
        at += stride_s / 2
    return Strides(tuple(strides))


def kept(times_s: list[float], **options: Any) -> list[int]:
    strides = strides_of(times_s, **options)
    chosen = steady(strides)
    return [i for i, s in enumerate(strides) if s in chosen]


def test_steady_running_is_kept_whole() -> None:
    rng = np.random.default_rng(0)
    times = (0.7 * rng.normal(1, 0.02, 40)).tolist()  # 2 % is what people vary
    assert kept(times) == list(range(40))


def test_starting_and_stopping_are_left_out() -> None:
    times = [1.1, 1.0, 0.9, 0.82, *[0.7] * 20, 0.82, 0.9, 1.1]
    assert kept(times) == list(range(4, 24))


def test_a_stumble_is_left_out_and_the_rest_kept() -> None:
    assert kept([*[0.7] * 10, 0.9, *[0.7] * 12]) == [*range(10), *range(11, 23)]


def test_a_long_break_of_the_rhythm_ends_the_segment() -> None:
    assert kept([*[0.7] * 8, 0.9, 0.95, 0.9, *[0.7] * 12]) == list(range(11, 23))


def test_strides_missing_for_a_moment_end_nothing_and_for_longer_the_run() -> None:
    assert kept([0.7] * 20, gaps={8: 1.5}) == list(range(20))
    assert kept([0.7] * 20, gaps={8: 4.0}) == list(range(8, 20))


def test_two_strides_are_passed_on() -> None:
    assert kept([0.7, 1.4]) == [0, 1]
    assert steady(Strides()) == Strides()


def test_of_two_rhythms_one_is_kept() -> None:
    assert kept([*[1.0] * 6, *[0.7] * 6]) in (list(range(6)), list(range(6, 12)))


@given(st.lists(st.floats(0.4, 1.4), max_size=30))
def test_what_is_steady_is_a_part_in_the_same_order(times: list[float]) -> None:
    strides = strides_of(times)
    chosen = steady(strides)
    assert list(chosen) == [s for s in strides if s in chosen]
    spread = [s.next_strike_s - s.strike_s for s in chosen]
    if len(strides) >= 3 and chosen:
        assert max(spread) <= min(spread) * 1.12 / 0.88 + 1e-9


def test_a_runner_who_walks_before_and_after_is_measured_in_between() -> None:
    walk, run = runner(60, 3, **WALKING["usual"])[0], runner(60, 8)
    track = join(walk, run[0], walk)
    view = run[1].view.model_copy(update={"window_s": (0.0, float(track.time[-1]))})
    chosen = steady(to_strides(detect(Trial(clean(track), view, Settings()))))
    # 22 strides less those at the seams, and the odd one of walking that happens to be as long.
    inside = [s for s in chosen if s.strike_s > 3 and s.next_strike_s < 11]
    assert len(inside) >= 18
    assert len(chosen) - len(inside) <= 3
    times = [s.next_strike_s - s.strike_s for s in inside]
    assert times == pytest.approx([120 / 170] * len(times), rel=0.03)


# --------------------------------------------------------------------------------- walk or run

KNOWN = {
    **{f"running {name}": ("running", scene) for name, scene in RUNNING.items()},
    **{f"walking {name}": ("walking", scene) for name, scene in WALKING.items()},
}


@pytest.mark.parametrize("fps_hz", [30, 60])
@pytest.mark.parametrize("surface", ["treadmill", "overground"])
@pytest.mark.parametrize(("expected", "scene"), KNOWN.values(), ids=KNOWN.keys())
def test_running_and_walking_are_told_apart(
    fps_hz: float, surface: str, expected: str, scene: Mapping[str, Any]
) -> None:
    track, truth = runner(fps_hz, 4, noise_px=2, surface=surface, **scene)
    cleaned = clean(track)
    assert activity(cleaned, detect(Trial(cleaned, truth.view, Settings()))) == expected


@settings(max_examples=15, deadline=None, derandomize=True, phases=[Phase.generate])
@given(
    cadence_spm=st.floats(90, 140),
    duty=st.floats(0.55, 0.68),
    speed_mps=st.floats(0.8, 1.7),
    noise_px=st.floats(0, 4),
    fps_hz=st.sampled_from([30, 60]),
)
def test_walking_is_never_called_running(
    cadence_spm: float, duty: float, speed_mps: float, noise_px: float, fps_hz: float
) -> None:
    track, truth = runner(
        fps_hz,
        5,
        cadence_spm=cadence_spm,
        contact_s=duty * 120 / cadence_spm,
        speed_mps=speed_mps,
        noise_px=noise_px,
    )
    cleaned = clean(track)
    assert activity(cleaned, detect(Trial(cleaned, truth.view, Settings()))) != "running"


def test_too_few_contacts_are_unclear() -> None:
    track, truth = runner(60, 3)
    assert activity(track, truth.events[:3]) == "unclear"
    assert activity(track, ()) == "unclear"
