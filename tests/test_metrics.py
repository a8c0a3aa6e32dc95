"""Metrics against the exact truth of the synthetic runner, with true events."""

from collections.abc import Mapping

import numpy as np
import pytest
from columns import with_also
from data_tracks import from_behind
from pydantic import ValidationError
from scipy.stats import chi2
from scipy.stats import t as student_t
from synthetic import STATURE_M, Truth, runner

from gait.analysis.kinematics import measure, summarize
from gait.analysis.kinematics.measure import Sample
from gait.analysis.kinematics.measure import _pooled as pooled
from gait.analysis.kinematics.registry import REGISTRY, SystematicError
from gait.analysis.kinematics.uncertainty import VARIABILITY
from gait.analysis.peaks import peak
from gait.analysis.results import Summary
from gait.analysis.trial import Strides, Trial
from gait.knowledge import Classes, MetricInfo, knowledge
from gait.settings import Settings
from gait.types import PoseTrack

SPEED_MPS = 3.0
SETTINGS = Settings(speed_mps=SPEED_MPS, height_m=STATURE_M)

EXACT = 1e-6
# Linear interpolation cuts the corner that a curve has at contact, by at most a quarter of the
# frame interval times the jump in slope. The synthetic knee goes from 0.4 to 1.6 deg/ms (flat
# foot), so 1.25 deg at 240 Hz; the shank jumps by half of that.
AT_STRIKE_240 = 1.25
# The parabola through three frames against a smooth peak: fourth-order small at 240 Hz.
PEAK_240 = 0.05

TOLERANCE = {
    "cadence": EXACT,
    "step_time": EXACT,
    "stride_time": EXACT,
    "step_length": EXACT,
    "stride_length": EXACT,
    "contact_time": EXACT,
    "flight_time": EXACT,
    "duty_factor": EXACT,
    "vertical_oscillation": 0.01,
    "vertical_oscillation_pct": 0.01,
    "vertical_ratio": 0.01,
    "overstride": 0.3,
    "overstride_cm": 0.3,
    "tibia_angle_ic": AT_STRIKE_240,
    "knee_flexion_ic": AT_STRIKE_240,
    "knee_flexion_peak_stance": PEAK_240,
    "knee_flexion_excursion": AT_STRIKE_240,
    "knee_flexion_peak_swing": PEAK_240,
    "foot_strike_angle": 0.2,
    "ankle_dorsiflexion_ic": AT_STRIKE_240,
    "trunk_lean": EXACT,
    "hip_extension_peak": PEAK_240,
    "step_time_asymmetry": EXACT,
    "stride_variability": EXACT,
    "contact_variability": EXACT,
    "peak_force": EXACT,
    "step_impulse": EXACT,
    "vertical_stiffness": EXACT,
    "leg_stiffness": EXACT,
    "load_per_km": 15,  # the steps of the synthetic runner are of unequal length
    "step_rate_normalized": EXACT,
}

NOT_FROM_THE_SIDE = {
    *(info.id for info in knowledge().metrics.values() if info.view in ("frontal", "front")),
    "rearfoot_eversion",
}


def analyse(
    track: PoseTrack,
    truth: Truth,
    *,
    settings: Settings = SETTINGS,
    strides: Strides | None = None,
    activity: str = "running",
    **view: object,
) -> Mapping[tuple[str, str], Summary]:
    """Summaries by metric and side; keywords change the view."""
    seen = truth.view.model_copy(update=view)
    strides = truth.strides if strides is None else strides
    trial = Trial(track, seen, settings, strides, activity=activity)
    return {(s.metric, s.side): s for s in summarize(measure(trial))}


def half(summary: Summary) -> float:
    assert summary.ci95 is not None
    return (summary.ci95[1] - summary.ci95[0]) / 2


@pytest.fixture(scope="module")
def fast() -> tuple[PoseTrack, Truth]:
    return runner(fps_hz=240, duration_s=8)


@pytest.fixture(scope="module")
def usual() -> tuple[PoseTrack, Truth]:
    return runner(fps_hz=60, duration_s=8)


def with_event_sd(strides: Strides, sd_s: float) -> Strides:
    update = {"strike_sd_s": sd_s, "off_sd_s": sd_s}
    return Strides(tuple(s.model_copy(update=update) for s in strides))


# ---------------------------------------------------------------- truth


@pytest.mark.parametrize(
    "scene",
    [
        {},
        {"foot_strike_deg": 0.0},
        {"foot_strike_deg": -6.0},
        {"speed_mps": 2.5, "cadence_spm": 161, "contact_s": 0.287, "overstride_m": 0.18},
        {"facing": "left", "tilt_deg": 3},
        {"surface": "overground"},
    ],
    ids=["rearfoot", "flat", "forefoot", "slow", "tilted", "overground"],
)
def test_every_metric_equals_the_truth(scene: dict[str, object]) -> None:
    track, truth = runner(fps_hz=240, duration_s=4, **scene)
    speed = float(scene.get("speed_mps", SPEED_MPS))
    found = analyse(track, truth, settings=Settings(speed_mps=speed, height_m=STATURE_M))
    from_the_side = {(m, s): v for (m, s), v in found.items() if m not in NOT_FROM_THE_SIDE}
    assert {metric for metric, _ in from_the_side} == set(TOLERANCE)
    for (metric, side), summary in from_the_side.items():
        if summary.far_side and summary.value is None:
            continue  # too uncertain to be given; its strides are checked below
        assert summary.value == pytest.approx(truth.values[metric], abs=TOLERANCE[metric]), (
            metric,
            side,
        )
    settings = Settings(speed_mps=speed, height_m=STATURE_M)
    for m in measure(Trial(track, truth.view, settings, truth.strides)).rows:
        tolerance = 2 * TOLERANCE[m.metric]  # a single stride meets its corner anywhere
        assert m.value == pytest.approx(truth.values[m.metric], abs=tolerance), m


def test_at_60_fps_the_error_at_strike_stays_below_the_landmark_error(usual) -> None:
    track, truth = usual
    found = analyse(track, truth)
    for metric, info in knowledge().metrics.items():
        if info.landmark_sd and metric not in NOT_FROM_THE_SIDE:
            side = "both" if (metric, "both") in found else truth.near_side
            assert abs(found[metric, side].value - truth.values[metric]) < info.landmark_sd, metric


def test_walking_has_negative_flight_and_no_typical_range() -> None:
    track, truth = runner(
        fps_hz=120, duration_s=8, cadence_spm=110, speed_mps=1.3, contact_s=0.68, overstride_m=0.25
    )
    found = analyse(track, truth, settings=Settings(speed_mps=1.3), activity="walking")
    assert found["flight_time", "right"].value == pytest.approx(-134.5, abs=0.1)
    assert found["duty_factor", "right"].value == pytest.approx(100 * 0.68 * 110 / 120, abs=EXACT)
    assert all(s.typical is None for s in found.values())
    # Toe-off flexion is larger than the stance peak and must not be taken for it.
    expected = truth.values["knee_flexion_peak_stance"]
    assert found["knee_flexion_peak_stance", "right"].value == pytest.approx(expected, abs=0.1)


def test_asymmetry_is_positive_when_the_right_step_is_longer() -> None:
    track, truth = runner(duration_s=8, step_asymmetry=0.06)
    found = analyse(track, truth)
    assert found["step_time_asymmetry", "both"].value == pytest.approx(6, abs=EXACT)
    right, left = found["step_time", "right"].value, found["step_time", "left"].value
    assert (right - left) / ((right + left) / 2) == pytest.approx(0.06, abs=EXACT)


def test_landmark_noise_averages_out(usual) -> None:
    """2 px (8 mm) on each point is 1.6-3.5 deg in one frame; 11 strides leave a third of it."""
    _, truth = usual
    noisy, _ = runner(duration_s=8, noise_px=2, seed=1)
    clean = analyse(usual[0], truth)
    for metric in ("tibia_angle_ic", "knee_flexion_ic", "foot_strike_angle", "trunk_lean"):
        side = "both" if metric == "trunk_lean" else "right"
        change = analyse(noisy, truth)[metric, side].value - clean[metric, side].value
        assert abs(change) < 2.0, metric


# ---------------------------------------------------------------- knowledge


def test_code_and_knowledge_have_the_same_metrics() -> None:
    assert {*REGISTRY, *VARIABILITY} == set(knowledge().metrics)


def test_typical_is_interpolated_and_never_far_outside_the_measured_speeds() -> None:
    duty = knowledge().metrics["duty_factor"]
    low, high = duty.typical_range(3.0, "treadmill")
    assert (low + high) / 2 == pytest.approx((35.8 + 32.0) / 2)
    assert (high - low) / 4 == pytest.approx((3.0 + 2.3) / 2)
    assert duty.typical_range(2.3, "treadmill") == duty.typical_range(2.5, "treadmill")
    assert duty.typical_range(2.1, "treadmill") is None
    assert duty.typical_range(4.9, "treadmill") is None
    assert duty.typical_range(None, "treadmill") is None
    assert duty.typical_range(3.0, "overground") is None  # treadmill norms do not carry over


def test_typical_cadence_follows_the_speed_model() -> None:
    cadence = knowledge().metrics["cadence"]
    assert cadence.typical_range(3.0, "overground") == pytest.approx((146, 186))
    assert cadence.typical_range(5.0, "treadmill") is None


def test_typical_cadence_goes_by_the_leg_where_stature_is_told() -> None:
    cadence = knowledge().metrics["cadence"]
    short, tall = (cadence.reference(3.0, "treadmill", m) for m in (1.60, 1.90))
    assert short[0] - tall[0] == pytest.approx(123 * 0.491 * 0.3)
    leg_m = 0.491 * 1.60
    assert short[0] == pytest.approx(238 + 11.2 * 3.0 - 123 * leg_m)
    # The leg behind a stature is not known to better than 3 %: that is part of the width.
    assert short[1] == pytest.approx(np.hypot(9.4, 123 * 0.03 * leg_m))
    assert cadence.typical_range(5.0, "treadmill", 1.75) is None
    assert cadence.typical_range(None, "treadmill", 1.75) is None
    # A child's leg, or a giant's, is further than anybody's who was measured: no further is said.
    ends = [cadence.reference(3.0, "treadmill", m) for m in (1.00, 0.77 / 0.491)]
    assert ends[0] == pytest.approx(ends[1])


@pytest.mark.parametrize("height_m", [1.60, 1.76, 1.90])
def test_steps_are_typical_where_the_cadence_is(height_m: float) -> None:
    """Time and length of steps repeat the cadence: none may contradict it."""
    known = knowledge().metrics
    mean, sd = known["cadence"].reference(3.0, "treadmill", height_m)
    for metric, of_one_step in {
        "step_time": 60 / mean,
        "stride_time": 120 / mean,
        "step_impulse": 60 / mean,
        "step_length": 3.0 * 60 / mean,
        "stride_length": 3.0 * 120 / mean,
    }.items():
        typical, spread = known[metric].reference(3.0, "treadmill", height_m)
        assert typical == pytest.approx(of_one_step), metric
        assert spread / typical == pytest.approx(sd / mean), metric
        # Mean stature: what was measured by speed alone, within 2 %.
        if height_m == 1.76:
            assert typical == pytest.approx(known[metric].reference(3.0, "treadmill")[0], rel=0.02)


def test_an_average_runner_is_judged_alike_with_and_without_stature() -> None:
    cadence = knowledge().metrics["cadence"]
    for speed_mps in (2.5, 3.5, 4.5):
        told, untold = (cadence.typical_range(speed_mps, "treadmill", m) for m in (1.76, None))
        # 1.76 m is the mean of the runners of both figures; 26 and 28 of the same 28.
        assert told == pytest.approx(untold, abs=2.5)


def test_speed_independent_references_need_no_speed() -> None:
    assert knowledge().metrics["trunk_lean"].typical_range(None, "overground") == pytest.approx(
        (0.1, 14.5)
    )


@pytest.mark.parametrize(
    ("angle", "label"),
    [
        (12.0, "rearfoot"),
        (9.0, "rearfoot, borderline"),
        (7.0, "midfoot, borderline"),
        (3.2, "midfoot"),
        (-2.0, "forefoot, borderline"),
        (-9.0, "forefoot"),
    ],
)
def test_foot_strike_classes(angle: float, label: str) -> None:
    assert knowledge().metrics["foot_strike_angle"].classes.label(angle) == label


def test_inconsistent_knowledge_is_refused() -> None:
    with pytest.raises(ValidationError, match="one label more"):
        Classes(limits=(0,), labels=("only",), borderline=1, sources=())
    good = knowledge().metrics["duty_factor"].model_dump()
    with pytest.raises(ValidationError, match="rising speed"):
        MetricInfo.model_validate(good | {"typical": good["typical"][::-1]})
    with pytest.raises(ValidationError, match="landmark_note"):
        MetricInfo.model_validate(good | {"landmark_sd": 1.0})


# ---------------------------------------------------------------- uncertainty


def test_common_timing_error_leaves_cadence_alone_and_widens_what_hangs_on_one_event(fast) -> None:
    """Truth without scatter and landmark error: the interval is the event bias and nothing else."""
    found = analyse(*fast)
    bias = knowledge().event_bias
    assert half(found["cadence", "both"]) == pytest.approx(0, abs=EXACT)
    assert half(found["stride_time", "right"]) == pytest.approx(0, abs=EXACT)
    # Both ends of a contact err; and one leg's strikes may err against the other's.
    spread_s = np.linalg.norm([bias.strike_sd_s, bias.off_sd_s, bias.side_difference_sd_s / 2])
    assert half(found["contact_time", "right"]) == pytest.approx(1960 * spread_s, rel=1e-3)
    # Right and left steps err in opposite directions: 100 * 2 * d / step.
    expected = 1.96 * 200 * bias.side_difference_sd_s / fast[1].values["step_time"]
    assert half(found["step_time_asymmetry", "both"]) == pytest.approx(expected, rel=1e-3)


def test_foot_strike_angle_interval_holds_landmark_and_timing_error(fast) -> None:
    """The slap takes 12 deg in 40 ms after contact and 12 deg in 40 ms before: 0.3 deg/ms."""
    info, bias = knowledge().metrics["foot_strike_angle"], knowledge().event_bias
    slope = 12 / 0.04
    timing = slope * np.hypot(bias.strike_sd_s, bias.side_difference_sd_s / 2)
    expected = 1.96 * np.hypot(info.marker_sd or 0.0, timing)
    # 10 %: the slap is not quite a straight line over +-5 ms.
    assert half(analyse(*fast)["foot_strike_angle", "right"]) == pytest.approx(expected, rel=0.1)


def test_the_far_leg_is_marked_and_less_certain(usual) -> None:
    track, truth = usual
    found = analyse(track.with_(steps=("BlazePose heavy",)), truth)
    near, far = found["foot_strike_angle", "right"], found["foot_strike_angle", "left"]
    assert (near.far_side, far.far_side) == (False, True)
    assert half(far) > half(near)
    assert not found["step_time", "left"].far_side
    assert not found["trunk_lean", "both"].far_side


def test_one_stray_stride_does_not_move_the_value(usual) -> None:
    track, truth = usual
    stride = truth.strides.each[4]
    late = stride.model_copy(update={"off_s": stride.off_s + 0.2})
    strides = Strides(tuple(late if s is stride else s for s in truth.strides))
    stray = analyse(track, truth, strides=strides)["contact_time", stride.side]
    assert stray.value == pytest.approx(250, abs=EXACT)  # the mean would be 18 ms too long
    assert stray.sd > 50
    assert half(stray) > half(analyse(track, truth)["contact_time", stride.side])


def test_event_sd_counts_as_systematic_below_60_frames_per_second(usual) -> None:
    for (track, truth), grows in ((runner(fps_hz=30, duration_s=8), True), (usual, False)):
        sure = analyse(track, truth)["contact_time", "right"]
        unsure = analyse(track, truth, strides=with_event_sd(truth.strides, 0.008))[
            "contact_time", "right"
        ]
        assert (half(unsure) > 1.1 * half(sure)) is grows


def test_a_value_that_would_be_too_uncertain_is_withheld_with_the_remedy() -> None:
    track, truth = runner(fps_hz=30, duration_s=8)
    found = analyse(track, truth, strides=with_event_sd(truth.strides, 0.030))
    angle = found["foot_strike_angle", "left"]
    assert angle.value is None
    assert angle.n > 0
    assert "120 frames per second" in angle.limit
    assert found["cadence", "both"].value == pytest.approx(170, abs=EXACT)


@pytest.mark.parametrize(
    ("duration_s", "sd_s", "remedy"),
    [(10, 0.08, "film 20 to 30 s"), (30, 0.12, "film running of even speed")],
)
def test_a_short_video_is_too_short_however_many_strides_both_feet_have(
    duration_s: float, sd_s: float, remedy: str
) -> None:
    """Uneven steps: fifteen strides of both feet, which 10 s have, are not yet enough."""
    track, truth = runner(duration_s=duration_s)
    rng = np.random.default_rng(0)
    strikes = {round(t, 6) for s in truth.strides for t in (s.strike_s, s.next_strike_s)}
    uneven = {strike_s: strike_s + rng.normal(0, sd_s) for strike_s in sorted(strikes)}
    strides = Strides(
        tuple(
            s.model_copy(
                update={
                    name: uneven[round(getattr(s, name), 6)]
                    for name in ("strike_s", "next_strike_s")
                }
            )
            for s in truth.strides
        )
    )
    found = analyse(track, truth, strides=strides)["step_time_asymmetry", "both"]
    assert found.value is None
    assert remedy in found.limit


def test_stride_variability_subtracts_the_timing_error() -> None:
    """Every other strike 10 ms late: stride times alternate by +-10 ms, SD 10 ms.

    Of the SD of a strike only the part that strides do not share scatters: 3.6 ms at least.
    """
    track, truth = runner(duration_s=30)
    strides = []
    for side in ("left", "right"):
        own = truth.strides.of(side).each
        own = own[: len(own) // 2 * 2]
        for i, s in enumerate(own):
            odd, even = 0.01 * (i % 2), 0.01 * ((i + 1) % 2)
            late = {"strike_s": s.strike_s + odd, "next_strike_s": s.next_strike_s + even}
            strides.append(s.model_copy(update=late))
    n, stride_s = len(strides), truth.values["stride_time"]
    variance = 0.01**2 * n / (n - 2)  # two means, one per foot

    def variability(event_sd_s: float) -> Summary:
        known = with_event_sd(tuple(strides), event_sd_s)
        return analyse(track, truth, strides=known)["stride_variability", "both"]

    for sd_s, within_s in ((0.0, 0.0036), (0.0045, 0.0036), (0.0075, 0.006)):
        expected = 100 * np.sqrt(variance - 2 * within_s**2) / stride_s
        assert variability(sd_s).value == pytest.approx(expected, abs=EXACT)
    drowned = variability(0.02)
    assert drowned.value == 0
    assert drowned.ci95[0] == 0


def test_scatter_between_strides_counts_with_students_t(fast) -> None:
    """Swing times differ and nothing else: the interval of the stride time is that of a mean."""
    track, truth = fast
    rng = np.random.default_rng(3)
    strides = Strides(
        tuple(
            s.model_copy(update={"next_strike_s": s.next_strike_s + rng.normal(0, 0.01)})
            for s in truth.strides
        )
    )
    found = analyse(track, truth, strides=strides, window_s=(0.0, 40.0))["stride_time", "right"]
    times = strides.of("right").stride_s
    n = len(times)
    assert found.n == n
    expected = student_t.ppf(0.975, n - 1) * np.std(times, ddof=1) / np.sqrt(n)
    assert half(found) == pytest.approx(expected, rel=1e-9)


def test_the_rhythm_of_a_short_video_says_less_of_the_runner(fast) -> None:
    """Neighbouring strides are alike: 10 s hold half of what independent strides would."""
    track, truth = fast
    fifth = truth.strides.each[4]
    late = fifth.model_copy(update={"next_strike_s": fifth.next_strike_s + 0.02})
    strides = Strides(tuple(late if s is fifth else s for s in truth.strides))

    def halves(seconds: float) -> tuple[float, float]:
        found = analyse(track, truth, strides=strides, window_s=(0.0, seconds))
        return half(found["cadence", "both"]), half(found["contact_time", "right"])

    long, middle, short = (halves(seconds) for seconds in (30.0, 15.0, 10.0))
    assert long[0] > 0
    assert short[0] == pytest.approx(2.3 * long[0])
    assert middle[0] == pytest.approx(2.1 * long[0])
    assert short[1] == middle[1] == long[1]


def test_the_interval_of_variability_is_that_of_a_variance() -> None:
    track, truth = runner(duration_s=30)
    strides = Strides(
        tuple(
            s.model_copy(update={"off_s": s.off_s + 0.02 * (-1) ** (i // 2)})
            for i, s in enumerate(truth.strides)
        )
    )
    found = analyse(track, truth, strides=strides)["contact_variability", "both"]
    feet = [1000 * strides.of(side).contact_s for side in ("left", "right")]
    freedom = sum(map(len, feet)) - 2
    squares = sum(float(np.sum((foot - foot.mean()) ** 2)) for foot in feet)
    noise = 3.9**2  # of contact times in tracks that are not of BlazePose, ms
    assert found.ci95 is not None
    assert found.value == pytest.approx(np.sqrt(squares / freedom - noise))
    assert found.ci95[0] == pytest.approx(np.sqrt(squares / chi2.ppf(0.975, freedom) - noise))
    assert found.ci95[1] == pytest.approx(np.sqrt(squares / chi2.ppf(0.025, freedom)))


def test_the_bias_of_the_pose_model_is_taken_out(usual) -> None:
    """BlazePose straightens a bent knee and puts the hip ahead of the joint; others do not."""
    track, truth = usual
    plain = analyse(track, truth)
    ours = analyse(track.with_(steps=("BlazePose heavy",)), truth)
    correction = knowledge().pose_correction
    added = {"hip_extension_peak": -correction.thigh_deg, "trunk_lean": correction.trunk_deg}
    bent = {"knee_flexion_ic", "knee_flexion_peak_stance", "knee_flexion_peak_swing"}
    assert correction.knee_gain > 1
    assert min(correction.thigh_deg, correction.trunk_deg, correction.knee_far_deg) > 0
    for (metric, side), summary in ours.items():
        before = plain[metric, side].value
        if metric not in ("contact_variability",) and None not in (summary.value, before):
            gain = correction.knee_gain if metric.startswith("knee_flexion") else 1.0
            far = summary.far_side and metric in bent
            offset = added.get(metric, 0.0) + (correction.knee_far_deg if far else 0.0)
            expected = gain * before + offset
            assert summary.value == pytest.approx(expected, abs=1e-9), metric


def test_a_near_knee_that_was_not_carried_across_the_other_is_less_sure(usual) -> None:
    """Only BlazePose draws passing knees towards each other, and only the near leg hides one."""
    track, truth = usual
    ours = track.with_(steps=("BlazePose heavy",))
    found = {
        "carried": analyse(with_also(ours, {"knee_bridged": 1.0}), truth),
        "not carried": analyse(ours, truth),
        "of another model": analyse(track.with_(steps=("RTMPose",)), truth),
    }
    known = {"knee_flexion_ic": 5.0, "knee_flexion_excursion": 4.5, "tibia_angle_ic": 2.0}
    for metric, sd in known.items():
        near = {name: half(of[metric, "right"]) for name, of in found.items()}
        # Its knees are not multiplied, and so a slope over time is a twelfth less.
        assert near["carried"] == pytest.approx(near["of another model"], rel=0.06)
        added = np.sqrt(near["not carried"] ** 2 - near["carried"] ** 2)
        assert added == pytest.approx(1.96 * sd)
        far = {name: of[metric, "left"].ci95 for name, of in found.items()}
        assert far["carried"] == far["not carried"]


def test_of_two_legs_the_larger_error_counts_for_what_is_pooled() -> None:
    samples = [
        Sample(np.array([start_s]), np.array([1.0]), SystematicError(sd, note))
        for start_s, sd, note in ((0.2, 0.5, "small"), (0.1, 2.0, "large"))
    ]
    for by_leg in (samples, samples[::-1]):
        both = pooled(by_leg)
        assert isinstance(both, Sample)
        assert both.systematic == SystematicError(2.0, "large")
        assert both.strike_s.tolist() == [0.1, 0.2]
    assert pooled(["no left", samples[0]]) == pooled([samples[0], "no right"])
    assert pooled(["no left", "no right"]) == "no left"


# ---------------------------------------------------------------- what cannot be had


def test_absent_speed_and_scale_are_asked_for(usual) -> None:
    found = analyse(*usual, settings=Settings(), scale_m_per_px=None)
    assert "speed" in found["step_length", "right"].limit
    assert "height" in found["vertical_oscillation", "both"].limit
    assert "height" in found["overstride_cm", "right"].limit
    assert found["vertical_oscillation_pct", "both"].value is not None
    assert found["overstride", "right"].value is not None
    assert found["cadence", "both"].typical is None


def test_absent_keypoints_are_named(usual) -> None:
    track, truth = usual
    keep = [i for i, n in enumerate(track.names) if "shoulder" not in n and n != "left_heel"]
    names = tuple(track.names[i] for i in keep)
    lean = track.with_(xy=track.xy[:, keep], score=track.score[:, keep], names=names)
    found = analyse(lean, truth)
    assert "shoulder" in found["trunk_lean", "both"].limit
    assert "left heel" in found["foot_strike_angle", "left"].limit
    assert found["foot_strike_angle", "right"].value is not None


def test_one_pair_of_points_is_enough_for_midpoints(usual) -> None:
    track, truth = usual
    keep = [i for i, n in enumerate(track.names) if n != "left_shoulder"]
    names = tuple(track.names[i] for i in keep)
    near = track.with_(xy=track.xy[:, keep], score=track.score[:, keep], names=names)
    assert analyse(near, truth)["trunk_lean", "both"].value == pytest.approx(6, abs=EXACT)


def test_the_rise_of_the_trunk_is_read_at_the_shoulders_and_else_at_the_hips(usual) -> None:
    """A pose model flattens the movement of the hips more."""
    track, truth = usual
    hips = [track.index(f"{side}_hip") for side in ("left", "right")]
    xy = track.xy.copy()
    xy[:, hips, 1] = xy[:, hips, 1].mean()
    flattened = track.with_(xy=xy)
    rise = truth.values["vertical_oscillation"]
    found = analyse(flattened, truth)["vertical_oscillation", "both"].value
    assert found == pytest.approx(rise, abs=0.1)
    keep = [i for i, name in enumerate(track.names) if "shoulder" not in name]
    names = tuple(track.names[i] for i in keep)
    for of, expected in ((track, rise), (flattened, 0.0)):
        without = of.with_(xy=of.xy[:, keep], score=of.score[:, keep], names=names)
        found = analyse(without, truth)["vertical_oscillation", "both"].value
        assert found == pytest.approx(expected, abs=0.1)


def test_a_stride_with_two_strikes_of_the_other_foot_has_no_step(usual) -> None:
    """A strike was missed: which of the two ends the step cannot be told."""
    track, truth = usual
    first, second, *_ = (s for s in truth.strides if s.side == "right")
    long = first.model_copy(update={"next_strike_s": second.next_strike_s})
    strides = tuple(long if s is first else s for s in truth.strides if s is not second)
    found = measure(Trial(track, truth.view, SETTINGS, Strides(strides))).rows
    times = {m.metric: m.value for m in found if m.side == "right" and m.time_s == first.strike_s}
    assert times["stride_time"] == pytest.approx(2 * truth.values["stride_time"])
    assert not {"step_time", "step_length", "flight_time"} & times.keys()


def test_a_rear_video_gives_times_but_no_side_view_values(usual) -> None:
    track, truth = usual
    found = analyse(from_behind(track), truth, plane="rear", direction=None, near_side=None)
    assert found["cadence", "both"].value == pytest.approx(170, abs=EXACT)
    assert "side" in found["knee_flexion_ic", "right"].limit


@pytest.mark.parametrize("n", [0, 2])
def test_too_few_strides_give_no_value(usual, n: int) -> None:
    track, truth = usual
    few = Strides(truth.strides.of("right").each[:n])
    found = analyse(track, truth, strides=few)
    assert {m for m, _ in found} == set(knowledge().metrics)
    for summary in found.values():
        assert summary.value is None
        assert summary.limit
    assert found["stride_time", "right"].n == n


def test_missing_frames_drop_the_strides_they_are_in_and_no_others() -> None:
    gap = (3.0, 3.3)
    whole, truth = runner(duration_s=8)
    broken, _ = runner(duration_s=8, missing_s=gap)
    full = measure(Trial(whole, truth.view, SETTINGS, truth.strides)).rows
    left = measure(Trial(broken, truth.view, SETTINGS, truth.strides)).rows
    kept = {(m.metric, m.side, m.stride) for m in left}
    lost = [m for m in full if (m.metric, m.side, m.stride) not in kept]
    assert {"knee_flexion_peak_swing", "trunk_lean"} <= {m.metric for m in lost}
    for m in lost:
        assert m.time_s < gap[1]
        assert m.time_s + truth.values["stride_time"] > gap[0]
    # The flat foot is one median for the trial; everything else is untouched by the gap.
    before = {(m.metric, m.side, m.stride): m.value for m in full}
    for m in left:
        assert m.value == pytest.approx(before[m.metric, m.side, m.stride], abs=0.05)


# ---------------------------------------------------------------- peaks


def test_peak_of_a_parabola_is_exact_on_uneven_frames() -> None:
    time = np.array([0.0, 0.9, 2.1, 3.0, 4.2])
    values = 7 - (time - 1.7) ** 2
    assert peak(time, values, 0, 5) == pytest.approx(7)


def test_peak_at_the_edge_is_the_frame_itself() -> None:
    time = np.arange(5.0)
    assert peak(time, time, 0, 4) == 4
    assert np.isnan(peak(time, time, 0, 1.5))
    assert np.isnan(peak(time, time, float("nan"), 4))
    assert np.isnan(peak(time, np.where(time == 2, np.nan, time), 0, 4))


@pytest.mark.parametrize(
    ("value", "speed_mps", "label"),
    [
        (24.0, 3.0, "usual for the speed"),  # mean of healthy runners at 3 m/s: 23 %
        (34.0, 3.0, "overstride"),  # 1.64 SD above the mean is 27.6 %
        (29.0, 3.0, "overstride, borderline"),
        (34.0, 4.5, "usual for the speed, borderline"),  # 35 % at 4.5 m/s
        (25.0, None, None),
        (25.0, 6.0, None),
    ],
)
def test_overstride_is_judged_at_its_speed(
    value: float, speed_mps: float | None, label: str | None
) -> None:
    classes = knowledge().metrics["overstride"].classes
    assert classes is not None
    assert classes.label(value, speed_mps) == label
