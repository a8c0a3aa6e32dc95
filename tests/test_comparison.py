"""Before and after: arithmetic of the interval, verdicts, comparability, goals, history."""

from __future__ import annotations

import io
import math
import wave
from collections.abc import Iterable
from typing import Any

import examples
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from scipy.stats import t as student_t

from gait import Analysis, Settings, analyze_track, compare
from gait.analysis.merge_views import merge_views
from gait.analysis.results import Measurement, Stride, View
from gait.comparison.fatigue import thirds
from gait.comparison.goals import (
    advice,
    judge,
    keep_goals,
    kept_goals,
    parse_goal,
    reachable,
    target,
)
from gait.comparison.longitudinal import history
from gait.comparison.metronome import RATE_HZ, metronome
from gait.comparison.models import Change, Goal
from gait.comparison.table import render, render_history
from gait.comparison.visits import timelines
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.types import UsageError

N = 20
T = 2.093  # quantile of Student's t with 19 degrees of freedom


def video(
    *,
    sha: str = "a",
    settings: dict[str, Any] | None = None,
    view: dict[str, Any] | None = None,
    video: dict[str, Any] | None = None,
    versions: dict[str, str] | None = None,
    **values: float,
) -> Analysis:
    """An analysis with these values, "tibia_angle_ic_left" or "cadence", of 20 strides."""
    base = examples.analysis()
    known = {"speed_mps": 3.0, "height_m": 1.8} | (settings or {})
    return base.model_copy(
        update={
            "video": examples.video_info(f"{sha}.mp4", sha).model_copy(update=video or {}),
            "settings": Settings.model_validate(known),
            "view": base.view.model_copy(update={"fps_hz": 120.0} | (view or {})),
            "versions": {"gaitlens": "1", "pose": "BlazePose heavy"} | (versions or {}),
            "summaries": tuple(summary(name, v) for name, v in (values or VALUES).items()),
        }
    )


VALUES = {
    "cadence": 170.0,
    "stride_time_left": 0.7,
    "contact_time_left": 250.0,
    "tibia_angle_ic_left": 8.0,
    "foot_strike_angle_left": 10.0,
    "overstride_cm_left": 17.0,
    "trunk_lean": 6.0,
    "knee_flexion_excursion_left": 30.0,
}


def summary(name: str, value: float, sd: float = 1.0, constant_sd: float = 2.0) -> Any:
    metric, _, side = name.rpartition("_")
    if side not in ("left", "right"):
        metric, side = name, "both"
    info = knowledge().metrics[metric]
    scale = 0.01 if info.unit == "s" else 1.0
    half = math.hypot(T * sd / math.sqrt(N), 1.96 * constant_sd) * scale
    return examples.summary(
        metric,
        side,
        n=N,
        value=value,
        sd=sd * scale,
        ci95=(value - half, value + half),
        unit=info.unit,
        tier=info.tier,
    )


def one_change(before: Analysis, after: Analysis, metric: str, side: str = "left") -> Change:
    change = compare([before], [after]).change(metric, side)
    assert change is not None
    return change


# ------------------------------------------------------------------------------- the interval


def test_interval_of_a_difference_is_what_the_docstring_says() -> None:
    found = one_change(video(), video(sha="b", tibia_angle_ic_left=20.0), "tibia_angle_ic")
    day_sd = knowledge().repeatability["tibia_angle_ic"].day_sd
    own_share = 1 - knowledge().agreement.shared_variance
    expected = math.sqrt(
        2 * (T * 1.0 / math.sqrt(N)) ** 2 + 1.96**2 * (2 * own_share * 2.0**2 + 2 * day_sd**2)
    )
    assert found.difference == pytest.approx(12.0)
    assert found.ci95 is not None
    # The quantile is rounded to three decimals.
    assert found.ci95[1] - found.difference == pytest.approx(expected, rel=1e-3)
    assert found.detectable == pytest.approx(max(expected, found.mdc or 0), rel=1e-3)
    assert found.verdict == "real change"


@pytest.mark.parametrize(
    ("change", "verdict"), [(3.9, "within measurement error"), (4.1, "real change")]
)
def test_a_change_is_real_only_beyond_the_minimal_detectable_one(
    change: float, verdict: str
) -> None:
    def steady(sha: str, value: float) -> Analysis:
        exact = summary("cadence", value, sd=0.5, constant_sd=0.0)
        return video(sha=sha).model_copy(update={"summaries": (exact,)})

    found = one_change(steady("a", 170), steady("b", 170 + change), "cadence", "both")
    assert found.mdc == found.detectable == 4
    assert found.verdict == verdict


def test_the_scatter_of_a_short_video_is_no_error_that_two_videos_share() -> None:
    """Neighbouring strides are alike, which widens the interval of a rhythm: by 2.3 in 10 s."""

    def short(sha: str) -> Analysis:
        sd, half = 5.0, 2.3 * T * 5.0 / math.sqrt(N)
        told = summary("cadence", 170.0, sd=sd).model_copy(
            update={"ci95": (170.0 - half, 170.0 + half)}
        )
        return video(sha=sha, view={"window_s": (1.0, 9.0)}).model_copy(
            update={"summaries": (told,)}
        )

    found = one_change(short("a"), short("b"), "cadence", "both")
    day_sd = knowledge().repeatability["cadence"].day_sd
    expected = math.sqrt(2 * (2.3 * T * 5.0 / math.sqrt(N)) ** 2 + 2 * (1.96 * day_sd) ** 2)
    assert found.ci95 is not None
    assert found.ci95[1] == pytest.approx(expected, rel=1e-3)


def test_errors_in_proportion_to_their_size_do_not_cancel_if_one_is_larger() -> None:
    """What videos have in common is larger in the one that is worse: the rest of it is left."""

    def with_error(sha: str, constant_sd: float) -> Analysis:
        exact = summary("tibia_angle_ic_left", 8.0, sd=0.0, constant_sd=constant_sd)
        return video(sha=sha).model_copy(update={"summaries": (exact,)})

    found = one_change(with_error("a", 1.0), with_error("b", 3.0), "tibia_angle_ic")
    shared = knowledge().agreement.shared_variance
    day_sd = knowledge().repeatability["tibia_angle_ic"].day_sd
    assert 0 < shared < 1
    variance = (1 - shared) * (1.0**2 + 3.0**2) + shared * (3.0 - 1.0) ** 2 + 2 * day_sd**2
    assert found.ci95 is not None
    assert found.ci95[1] - (found.difference or 0) == pytest.approx(1.96 * math.sqrt(variance))


def test_videos_of_one_mean_count_by_their_number() -> None:
    def with_scatter(sha: str) -> Analysis:
        rough = summary("cadence", 170.0, sd=5.0, constant_sd=0.0)
        return video(sha=sha).model_copy(update={"summaries": (rough,)})

    found = compare([with_scatter("a")], [with_scatter(s) for s in "bcd"]).change("cadence")
    assert found is not None
    assert found.ci95 is not None
    day_sd = knowledge().repeatability["cadence"].day_sd
    scatter = T * 5.0 / math.sqrt(N)
    expected = math.sqrt(scatter**2 * (1 + 1 / 3) + 2 * (1.96 * day_sd) ** 2)
    assert found.ci95[1] - (found.difference or 0) == pytest.approx(expected, rel=1e-3)


def test_own_errors_of_several_videos_average_out() -> None:
    """What every video has of its own shrinks with their number; what all share does not."""

    def erring(sha: str) -> Analysis:
        exact = summary("tibia_angle_ic_left", 8.0, sd=0.0, constant_sd=2.0)
        return video(sha=sha).model_copy(update={"summaries": (exact,)})

    found = compare([erring("a")], [erring(s) for s in "bcd"]).change("tibia_angle_ic", "left")
    assert found is not None
    assert found.ci95 is not None
    day_sd = knowledge().repeatability["tibia_angle_ic"].day_sd
    own = (1 - knowledge().agreement.shared_variance) * 2.0**2 * (1 + 1 / 3)
    assert found.ci95[1] == pytest.approx(1.96 * math.sqrt(own + 2 * day_sd**2), rel=1e-6)


def test_two_stretches_of_one_video_are_of_one_day() -> None:
    same, other = (one_change(video(), video(sha=s), "tibia_angle_ic") for s in "ab")
    assert same.ci95 is not None
    assert other.ci95 is not None
    day_sd = knowledge().repeatability["tibia_angle_ic"].day_sd
    apart = other.ci95[1] ** 2 - same.ci95[1] ** 2
    assert apart == pytest.approx(2 * (1.96 * day_sd) ** 2)


@given(st.floats(-15, 15))
def test_before_and_after_exchanged_turn_the_sign_and_nothing_else(change: float) -> None:
    one, other = video(), video(sha="b", **{k: v + change / 10 for k, v in VALUES.items()})
    there, back = compare([one], [other]), compare([other], [one])
    for c, d in zip(there.changes, back.changes, strict=True):
        assert c.difference == pytest.approx(-(d.difference or 0))
        assert c.verdict == d.verdict
        assert c.detectable == pytest.approx(d.detectable)


def test_more_videos_narrow_the_interval_but_not_below_the_day() -> None:
    later = [video(sha=s) for s in "cdefghijkl"]
    single = one_change(video(), later[0], "tibia_angle_ic")
    many = compare([video()], later).change("tibia_angle_ic", "left")
    assert single.ci95 is not None
    assert many is not None
    assert many.ci95 is not None
    day = 1.96 * math.sqrt(2) * knowledge().repeatability["tibia_angle_ic"].day_sd
    assert day < many.ci95[1] - (many.difference or 0) < single.ci95[1]


def test_own_detectable_change_comes_from_two_videos_before_and_follows_their_scatter() -> None:
    def own(*cadences: float) -> Change:
        before = [video(sha=f"b{i}", cadence=c) for i, c in enumerate(cadences)]
        found = compare(before, [video(sha="z", cadence=170)]).change("cadence")
        assert found is not None
        return found

    assert own(170).mdc_of == "runners"
    steady, restless = own(170, 170, 170, 170), own(160, 180, 160, 180)
    assert steady.mdc_of == restless.mdc_of == "this runner"
    assert (steady.mdc or 0) < 4 < 15 < (restless.mdc or 0)


def test_own_detectable_change_weighs_both_variances_by_their_degrees_of_freedom() -> None:
    """Others' variance counts as `own_prior_videos`, the runner's own as one less than videos."""
    before = [video(sha=f"b{i}", cadence=c) for i, c in enumerate((168.0, 171.0, 174.0))]
    found = compare(before, [video(sha=s, cadence=170) for s in "xy"]).change("cadence")
    assert found is not None
    prior = knowledge().agreement.own_prior_videos
    of_runners = (4.0 / (1.96 * math.sqrt(2))) ** 2  # minimal detectable change: 4 steps/min
    freedom = prior + 2
    variance = (prior * of_runners + 2 * 9.0) / freedom
    quantile = student_t.ppf(0.975, freedom)
    assert found.mdc == pytest.approx(quantile * math.sqrt(variance * (1 / 3 + 1 / 2)))


@pytest.mark.parametrize(
    ("before", "after", "leads"),
    [
        # 163 ± 10 steps/min at 3 m/s and 1.80 m: 143 to 183 are typical.
        (150.0, 180.0, "typical"),
        (148.0, 160.0, "typical"),
        (141.0, 160.0, "towards typical"),
        (180.0, 190.0, "away from typical"),
    ],
)
def test_typical_is_within_two_standard_deviations(before: float, after: float, leads: str) -> None:
    found = one_change(video(cadence=before), video(sha="b", cadence=after), "cadence", "both")
    assert found.towards == leads


def test_a_real_change_is_seen_from_typical_runners() -> None:
    far, near = video(cadence=140.0), video(sha="b", cadence=165.0)
    assert one_change(far, near, "cadence", "both").towards == "towards typical"
    assert one_change(near, far, "cadence", "both").towards == "away from typical"
    assert (
        one_change(video(cadence=160), video(cadence=170), "cadence", "both").towards == "typical"
    )
    assert one_change(video(), video(), "cadence", "both").towards is None


def test_what_one_video_lacks_is_not_comparable_and_says_why() -> None:
    lacking = examples.unmeasured("tibia_angle_ic", "left", "Too dark.")
    other = video(sha="b").model_copy(update={"summaries": (lacking,)})
    found = one_change(video(), other, "tibia_angle_ic")
    assert (found.verdict, found.difference, found.why) == ("not comparable", None, ("Too dark.",))


def test_a_comparison_needs_videos() -> None:
    with pytest.raises(UsageError):
        compare([], [video()])


def test_five_in_a_hundred_unchanged_and_eighty_in_a_hundred_changed_values_are_called_real() -> (
    None
):
    """The promise, with errors exactly as stated and as large as they may be beside the MDC."""
    rng = np.random.default_rng(7)
    shared, name = knowledge().agreement.shared_variance, "tibia_angle_ic_left"
    day_sd = knowledge().repeatability["tibia_angle_ic"].day_sd
    invented = found = 0
    n_pairs = 1000
    for _ in range(n_pairs):
        common = rng.normal(0, 2 * np.sqrt(shared))
        values = [
            8
            + common
            + rng.normal(0, 2 * np.sqrt(1 - shared))
            + rng.normal(0, day_sd)
            + rng.normal(0, 1 / np.sqrt(N))
            for _ in range(2)
        ]
        videos = (video(sha=sha, **{name: v}) for sha, v in zip("ab", values, strict=True))
        change = one_change(*videos, "tibia_angle_ic")
        assert change.difference is not None
        assert change.detectable is not None
        invented += change.verdict == "real change"
        found += change.difference + 1.5 * change.detectable > change.detectable
    # 5 and 83.6 % are expected; three standard errors of 1000 pairs are 2 and 3.5 %.
    assert invented / n_pairs < 0.07
    assert found / n_pairs > 0.80


# ------------------------------------------------------------------------------- comparability

EVERYTHING = set(VALUES)
ALL_BUT_RATE = EVERYTHING - {"cadence", "stride_time_left"}
SHOES = {"contact_time_left", "foot_strike_angle_left"}
NEEDS_60_OR_MORE = {
    "contact_time_left",
    "tibia_angle_ic_left",
    "foot_strike_angle_left",
    "overstride_cm_left",
    "knee_flexion_excursion_left",
}

MISMATCHES = {
    "other view": (video(sha="b", view={"plane": "rear"}), ALL_BUT_RATE),
    "other near leg": (video(sha="b", view={"near_side": "right"}), ALL_BUT_RATE),
    "open ground": (video(sha="b", view={"surface": "overground"}), EVERYTHING),
    "faster": (video(sha="b", settings={"speed_mps": 3.11}), EVERYTHING),
    "30 fps": (video(sha="b", view={"fps_hz": 30.0}), NEEDS_60_OR_MORE),
    "slow motion told": (
        video(sha="b", view={"time_scale": 4.0}),
        {"cadence", "stride_time_left", "contact_time_left"},
    ),
    "slow motion not told": (
        video(sha="b", video={"fps_hz": 30.0, "capture_fps_hz": 240.0}),
        {"cadence", "stride_time_left", "contact_time_left"},
    ),
    "other model": (video(sha="b", versions={"pose": "BlazePose lite"}), ALL_BUT_RATE),
    "other detector": (video(sha="b", settings={"strike_detector": "zeni"}), ALL_BUT_RATE),
    "other stature": (video(sha="b", settings={"height_m": 1.7}), {"overstride_cm_left"}),
    "walking": (video(sha="b").model_copy(update={"activity": "walking"}), EVERYTHING),
    "no speed": (
        video(sha="b", settings={"speed_mps": None}),
        {"foot_strike_angle_left", "overstride_cm_left"},  # the excursion hardly knows speed
    ),
}


@pytest.mark.parametrize("name", MISMATCHES)
@pytest.mark.parametrize("exchanged", [False, True])
def test_what_a_mismatch_touches_is_not_compared(name: str, exchanged: bool) -> None:
    other, touched = MISMATCHES[name]
    pair = (other, video()) if exchanged else (video(), other)
    found = compare(*([f] for f in pair))
    without = {c for c in found.changes if c.verdict == "not comparable"}
    assert {f"{c.metric}_{c.side}".removesuffix("_both") for c in without} == touched
    assert all(c.difference is None and c.why for c in without)
    assert found.mismatches


def test_other_shoes_and_another_runner_count_only_where_both_are_told() -> None:
    def lost(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
        changes = compare([video(settings=one)], [video(sha="b", settings=other)]).changes
        lost = {c for c in changes if c.verdict == "not comparable"}
        return {f"{c.metric}_{c.side}".removesuffix("_both") for c in lost}

    assert lost({"shoes": "Pegasus"}, {"shoes": "Vaporfly"}) == SHOES
    assert lost({"shoes": "Pegasus"}, {"shoes": " pegasus"}) == set()
    assert lost({"shoes": "Pegasus"}, {}) == set()
    assert lost({"runner": "Anna"}, {"runner": "Ben"}) == EVERYTHING
    assert lost({"runner": "Anna"}, {}) == set()


@pytest.mark.parametrize(
    ("other", "metric"),
    [
        (video(sha="b", versions={"gaitlens": "2"}), "tibia_angle_ic"),
        (video(sha="b", view={"leg_px": 40.0}), "tibia_angle_ic"),
        (video(sha="b", view={"ground_tilt_deg": 4.0}), "tibia_angle_ic"),
        (video(sha="b", settings={"speed_mps": 3.1}), "tibia_angle_ic"),
    ],
)
def test_lesser_mismatches_widen_the_interval(other: Analysis, metric: str) -> None:
    alike, unlike = (one_change(video(), f, metric) for f in (video(sha="b"), other))
    assert alike.ci95 is not None
    assert unlike.ci95 is not None
    assert unlike.ci95[1] > alike.ci95[1]


def test_speeds_a_tenth_apart_are_the_same_speed() -> None:
    found = compare([video()], [video(sha="b", settings={"speed_mps": 2.9})])
    assert not found.mismatches


def test_a_camera_seen_from_another_line_gives_no_knee_angle() -> None:
    def behind(sha: str, yaw: float) -> Analysis:
        rear = video(sha=sha, knee_fppa_left=5.0, view={"plane": "rear"})
        view = rear.view.model_copy(update={"camera_yaw_deg": (yaw, 0.5)})
        return rear.model_copy(update={"view": view})

    straight = behind("a", 0)
    assert one_change(straight, behind("b", 10), "knee_fppa").verdict == "not comparable"
    near = one_change(straight, behind("b", 2), "knee_fppa")
    wider = one_change(straight, behind("b", 5), "knee_fppa")
    assert near.ci95 is not None
    assert wider.ci95 is not None
    assert wider.ci95[1] > near.ci95[1]


@pytest.mark.parametrize(("sd", "alike"), [(0.5, False), (2.0, True)])
def test_cameras_that_differ_within_their_errors_are_alike(sd: float, alike: bool) -> None:
    """4 deg apart, of which errors of 0.5 deg explain 1.4 and errors of 2 deg all."""

    def tilted(sha: str, tilt: float) -> Analysis:
        return video(sha=sha, view={"ground_tilt_deg": tilt, "ground_tilt_sd_deg": sd})

    found = compare([tilted("a", -2.0)], [tilted("b", 2.0)])
    assert (found.mismatches == ()) is alike


def test_merged_views_are_compared_video_by_video() -> None:
    side = video(sha="side")
    rear = video(sha="rear", knee_fppa_left=5.0, view={"plane": "rear", "near_side": None})
    both = merge_views([side, rear])
    again = merge_views(
        [
            video(sha="side2"),
            rear.model_copy(update={"video": examples.video_info("rear2.mp4", "rear2")}),
        ]
    )
    found = compare([both], [again])
    assert not found.mismatches
    assert {c.verdict for c in found.changes} == {"within measurement error"}
    # The rear video of one against the side video of the other shares nothing but the rate.
    assert one_change(both, rear, "tibia_angle_ic").verdict == "not comparable"


def test_of_two_visits_values_from_one_side_are_compared() -> None:
    """Each visit shows the surer of two values: one from behind, the other from the side."""

    def visit(name: str, side_rate: float, rear_rate: float, *, rear_is_surer: bool) -> Analysis:
        rear = {"plane": "rear", "near_side": None}
        videos = [video(sha=f"{name} side"), video(sha=f"{name} rear", view=rear)]
        sure = {True: 0.1, False: 2.0}
        return merge_views(
            [
                a.model_copy(update={"summaries": (summary("cadence", rate, constant_sd=sd),)})
                for a, rate, sd in (
                    (videos[0], side_rate, sure[not rear_is_surer]),
                    (videos[1], rear_rate, sure[rear_is_surer]),
                )
            ]
        )

    before = visit("first", 156.0, 166.0, rear_is_surer=True)
    after = visit("second", 170.0, 174.0, rear_is_surer=False)
    found = compare([before], [after])
    change = found.change("cadence", "both")
    assert change is not None
    assert (change.before, change.after) == (166.0, 174.0)
    assert not found.mismatches
    ((trend,), _) = history([before, after])
    assert trend.values == (166.0, 174.0)
    (shown,) = timelines([before, after], [], ["cadence"])
    assert [visit.value for visit in shown.visits] == [166.0, 174.0]


def test_every_metric_says_how_repeatable_it_is() -> None:
    unmeasured = {"rearfoot_eversion"}
    assert set(knowledge().repeatability) == set(knowledge().metrics) - unmeasured
    for metric in knowledge().repeatability.values():
        assert metric.sources or "rovisional" in metric.note or "known" in metric.note


# ------------------------------------------------------------------------------- goals


@pytest.mark.parametrize(
    ("text", "goal", "aim"),
    [
        ("cadence=+7.5%", Goal(metric="cadence", kind="percent", amount=7.5), 182.75),
        ("cadence=+7,5%", Goal(metric="cadence", kind="percent", amount=7.5), 182.75),
        ("cadence=178", Goal(metric="cadence", kind="value", amount=178), 178),
        ("cadence = -5", Goal(metric="cadence", kind="difference", amount=-5), 165),
        (
            "overstride:left=-6",
            Goal(metric="overstride", side="left", kind="difference", amount=-6),
            164,
        ),
    ],
)
def test_goals_are_read_as_they_are_written(text: str, goal: Goal, aim: float) -> None:
    assert parse_goal(text) == goal
    assert target(goal, 170) == pytest.approx(aim)


@pytest.mark.parametrize(
    "text", ["cadence", "cadence=7%", "cadence=+0%", "pace=+5", "cadence=a", ""]
)
def test_goals_that_mean_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_goal(text)


@pytest.mark.parametrize(
    ("after", "progress"),
    [
        (183, "reached"),
        (188, "reached"),
        (192, "beyond the goal"),  # more than half as much again: 189.1
        (176, "on the way"),
        (172, "no clear change"),
        (160, "further away"),
    ],
)
def test_a_goal_is_judged_by_the_change(after: float, progress: str) -> None:
    def steady(value: float) -> Analysis:
        exact = summary("cadence", value, sd=0.5, constant_sd=0.3)
        return video().model_copy(update={"summaries": (exact,)})

    goal = parse_goal("cadence=+7.5%")
    (found,) = compare([steady(170)], [steady(after)], [goal]).goals
    assert (found.progress, found.target) == (progress, pytest.approx(182.75))
    assert progress in found.wording


def test_of_two_legs_the_one_further_from_the_goal_is_judged() -> None:
    goal = parse_goal("foot_strike_angle=-15")
    start = {"foot_strike_angle_left": 20.0, "foot_strike_angle_right": 20.0}
    for there, behind in (("left", "right"), ("right", "left")):
        after = {f"foot_strike_angle_{there}": 5.0, f"foot_strike_angle_{behind}": 35.0}
        changes = compare([video(**start)], [video(sha="b", **after)]).changes
        found = judge(goal, changes)
        assert (found.side, found.progress) == (behind, "further away")


def test_a_goal_below_what_can_be_seen_says_so_and_one_that_was_not_measured_is_not_judged() -> (
    None
):
    (small,) = compare([video()], [video(sha="b")], [parse_goal("cadence=+1%")]).goals
    assert "cannot be told from measurement error" in small.wording
    assert judge(parse_goal("pelvic_drop=-3"), []).progress == "not comparable"


def test_goals_stay_with_the_run(tmp_path: Any) -> None:
    run, goals = RunFolder(tmp_path), (parse_goal("cadence=+5%"),)
    assert kept_goals(run) == ()
    keep_goals(run, goals)
    assert kept_goals(run) == goals
    (tmp_path / "goals.json").write_text("[{}]")
    with pytest.raises(UsageError):
        kept_goals(run)


def test_dose_and_caution_come_from_the_cue() -> None:
    cue, _ = advice(parse_goal("cadence=+5%"), 160, video())
    assert cue is not None
    assert "metronome" in cue.text
    assert "less and less over some weeks" in cue.dose


@pytest.mark.parametrize(
    ("goal", "before", "sex"),
    [("cadence=-5%", 170, None), ("duty_factor=-3", 35, None), ("step_width=-3", 6, None)],
)
def test_a_cue_that_moves_the_other_way_is_not_given(goal: str, before: float, sex: Any) -> None:
    assert advice(parse_goal(goal), before, video(settings={"sex": sex}))[0] is None


def test_no_cue_for_a_goal_while_questions_about_warning_signs_are_open() -> None:
    asked = video().model_copy(update={"intake": {"where": ("no_pain",)}})
    assert advice(parse_goal("cadence=+5%"), 160, asked)[0] is None


def test_a_cue_for_others_or_in_the_hands_of_a_professional_is_not_given() -> None:
    mirror, drop = "mirror", parse_goal("pelvic_drop=-3")
    women, men = (video(settings={"sex": sex}) for sex in ("female", "male"))
    assert mirror in getattr(advice(drop, 8, women)[0], "text", "")
    assert mirror not in getattr(advice(drop, 8, men)[0], "text", "")
    cue, why = advice(parse_goal("foot_strike_angle=-20"), 15, video())
    assert cue is None
    assert "Achilles" in (why or "")


@pytest.mark.parametrize("goal", ["cadence=+20%", "cadence=200", "cadence=-25", "cadence=-10.5%"])
def test_more_than_studies_asked_for_is_refused(goal: str) -> None:
    with pytest.raises(UsageError, match="studies asked for 5 to 10 %"):
        reachable(parse_goal(goal), 170)
    assert reachable(parse_goal("cadence=+10%"), 170) == pytest.approx(187)
    with pytest.raises(UsageError, match="none to start from"):
        reachable(parse_goal(goal), 0)


def test_the_metronome_clicks_at_the_rate_and_does_not_drift() -> None:
    minutes, rate = 2.0, 182.75
    with wave.open(io.BytesIO(metronome(rate, minutes))) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (1, RATE_HZ)
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.uint8).astype(float) - 128
    loud = np.flatnonzero(np.abs(samples) > 30)
    clicks = loud[np.flatnonzero(np.diff(loud, prepend=-RATE_HZ) > RATE_HZ // 10)]
    expected = np.arange(int(minutes * rate)) * 60 / rate * RATE_HZ
    # A click sounds two or three samples after it begins.
    assert np.abs(clicks - expected).max() < 5


@pytest.mark.parametrize(("rate", "minutes"), [(40, 1), (400, 1), (180, 0), (180, 100)])
def test_a_metronome_nobody_can_run_to_is_refused(rate: float, minutes: float) -> None:
    with pytest.raises(UsageError):
        metronome(rate, minutes)


def test_a_metronome_that_is_refused_is_told_in_round_numbers() -> None:
    with pytest.raises(UsageError, match=r"of 85\.0 steps per minute"):
        metronome(84.9923)


# ------------------------------------------------------------------------------- over time


def test_history_marks_the_runs_beyond_the_band() -> None:
    runs = [video(sha=str(c), cadence=c) for c in (170.0, 171.0, 178.0)]
    trends, comparisons = history(runs)
    (cadence,) = trends
    assert cadence.values == (170, 171, 178)
    assert cadence.real == (False, False, True)
    assert cadence.band[0] < 171 < cadence.band[1] < 178
    assert "178.0*" in text(render_history(trends, comparisons, ["a", "b", "c"]))
    with pytest.raises(UsageError):
        history(runs, 3)


def test_the_band_of_a_history_is_the_widest_of_any_run() -> None:
    def run(sha: str, constant_sd: float) -> Analysis:
        exact = summary("cadence", 170.0, sd=0.5, constant_sd=constant_sd)
        return video(sha=sha).model_copy(update={"summaries": (exact,)})

    runs = [run("a", 0.1), run("b", 9.0), run("c", 0.1)]
    (trend,), comparisons = history(runs)
    needed = [c.detectable for of in comparisons for c in of.changes if c.detectable is not None]
    assert len(set(needed)) == 2
    assert trend.band == pytest.approx((170 - max(needed), 170 + max(needed)))


def test_runs_that_cannot_be_compared_leave_a_gap() -> None:
    runs = [video(cadence=170.0), video(cadence=180.0), video(cadence=150.0)]
    runs[1] = video(sha="b", cadence=180.0, settings={"speed_mps": 4.0})
    (cadence,), _ = history(runs)
    assert cadence.values == (170, None, 150)


def long_video(drift: float, n: int = 90) -> Analysis:
    """A video of n strides of each foot in which cadence falls by `drift` from end to end."""
    base = video(cadence=170.0)
    strides, rows = [], []
    rng = np.random.default_rng(3)
    for side, start in (("left", 0.0), ("right", 0.35)):
        for i in range(n):
            at = start + 0.7 * i
            strides.append(
                Stride(
                    side=side,
                    strike_s=at,
                    off_s=at + 0.25,
                    next_strike_s=at + 0.7,
                    strike_sd_s=0.003,
                    off_sd_s=0.003,
                )
            )
            value = 170 - drift * i / n + rng.normal(0, 1)
            rows.append(
                Measurement(metric="cadence", side="both", stride=i, time_s=at, value=value)
            )
    window = (0.0, 0.35 + 0.7 * n)
    return base.model_copy(
        update={
            "strides": tuple(sorted(strides, key=lambda s: s.strike_s)),
            "measurements": tuple(rows),
            "view": base.view.model_copy(update={"window_s": window}),
        }
    )


def test_a_tired_runner_is_seen_within_one_video_and_a_steady_one_is_not() -> None:
    for drift, verdict in ((0, "within measurement error"), (12, "real change")):
        change = compare(*([a] for a in thirds(long_video(drift)))).change("cadence")
        assert change is not None
        # Thirds are 2/3 of the video apart from middle to middle; scatter of 60 strides is 0.13.
        assert change.difference == pytest.approx(-drift * 2 / 3, abs=0.6)
        assert change.verdict == verdict


def test_a_third_has_its_own_scatter_and_the_constant_error_of_the_whole() -> None:
    whole = long_video(0)
    (of_all,) = whole.summaries
    for third in thirds(whole):
        (found,) = third.summaries
        assert found.ci95 is not None
        assert found.sd is not None
        scatter = student_t.ppf(0.975, found.n - 1) * found.sd / math.sqrt(found.n)
        # 21 s of a rhythm say less of the runner's half minute than independent strides would.
        first_s, last_s = third.view.window_s
        scatter *= np.interp(last_s - first_s, [20, 30], [1.6, 1.0])
        constant = 1.96 * 2.0  # of `summary`
        half = (found.ci95[1] - found.ci95[0]) / 2
        assert half == pytest.approx(math.hypot(scatter, constant), rel=1e-3)
        assert found.n < of_all.n or found.sd != of_all.sd


def test_thirds_need_a_long_video() -> None:
    with pytest.raises(UsageError, match="complete strides"):
        thirds(long_video(0, n=20))


# ------------------------------------------------------------------------------- the table


def text(renderable: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=80, highlight=False).print(renderable)
    return out.getvalue()


def test_the_table_says_it_all_in_80_columns() -> None:
    found = compare(
        [video()],
        [video(sha="b", **(VALUES | {"cadence": 180.0}))],
        [parse_goal("cadence=180")],
    )
    shown = text(render(found))
    assert "Real changes: 1 of 8 comparisons" in shown
    assert "goal 180.0: reached" in shown
    assert "+10.0" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_no_words_that_judge() -> None:
    shown = text(render(compare([video()], [video(sha="b", cadence=180.0)]))).lower()
    for word in ("better", "worse", "improve", "risk", "cause"):
        assert word not in shown


def values_of(found: Iterable[Change]) -> list[str]:
    return [c.verdict for c in found]


def test_the_whole_way_from_a_track() -> None:
    from synthetic import runner

    def filmed(**changes: float) -> Analysis:
        track, _ = runner(120, 10, noise_px=1.0, **changes)
        return analyze_track(track, Settings(speed_mps=3.0, height_m=1.75))

    same = compare([filmed(seed=1)], [filmed(seed=2)])
    assert "real change" not in values_of(same.changes)
    faster = compare([filmed(seed=1)], [filmed(seed=2, cadence_spm=182)])
    cadence = faster.change("cadence")
    assert cadence is not None
    assert cadence.verdict == "real change"
    assert cadence.difference == pytest.approx(12, abs=0.5)  # events are exact to a few ms


def test_views_have_no_more_fields_than_the_rules_know() -> None:
    """A new field of the view is a new way in which videos may differ: think of it here."""
    judged = {"plane", "near_side", "surface", "fps_hz", "time_scale", "ground_tilt_deg"}
    judged |= {"ground_tilt_sd_deg", "camera_roll_deg", "camera_yaw_deg", "leg_px", "time_base"}
    follows = {"plane_confidence", "direction", "scale_m_per_px", "window_s", "limits"}
    assert set(View.model_fields) == judged | follows
