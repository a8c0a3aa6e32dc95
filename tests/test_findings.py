"""From a value to what is said about it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import examples
import numpy as np
import pytest
from rich.console import Console
from scipy.stats import norm
from synthetic import runner

import gait
from gait import Settings, analyze_track
from gait.analysis.interpret.findings import assess
from gait.analysis.interpret.reference_limits import mark
from gait.analysis.kinematics.measure import sides_of
from gait.analysis.results import Finding, Summary, View
from gait.analysis.trial import Trial
from gait.knowledge import Flag, Link, knowledge
from gait.present.ranges import about, speed_words, usual
from gait.present.table import render
from gait.present.wording import overview
from gait.types import Outcome

WOMAN = Settings(speed_mps=3.0, sex="female")
MAN = Settings(speed_mps=3.0, sex="male")
HALF = 2.0
U = HALF / 1.96
"""Standard uncertainty of the values made here."""


def view(**changes: Any) -> View:
    return examples.analysis().view.model_copy(update={"fps_hz": 240.0, **changes})


def limit_of(flag: Flag, settings: Settings = WOMAN) -> float:
    info = knowledge().metrics[flag.metric]
    limit = flag.limit.at(info, settings.speed_mps, "treadmill", settings.sex)
    assert limit is not None
    return limit


def flag_of(metric: str, direction: str) -> Flag:
    return next(f for f in knowledge().flags if (f.metric, f.direction) == (metric, direction))


def measured(metric: str, value: float, side: str = "both", **changes: Any) -> Summary:
    """A value ± `HALF`."""
    info = knowledge().metrics[metric]
    fields = {"value": value, "ci95": (value - HALF, value + HALF), "unit": info.unit, "n": 40}
    return examples.summary(metric, side, **(fields | changes))


def beyond(flag: Flag, by_u: float, settings: Settings = WOMAN, **changes: Any) -> list[Summary]:
    """Every side of a metric so many standard uncertainties beyond the limit.

    The mean of two legs is more exact than one leg: its uncertainty counts.
    """
    sides = sides_of(flag.metric)
    value = limit_of(flag, settings) + flag.sign * by_u * U / len(sides) ** 0.5
    return [measured(flag.metric, value, side, **changes) for side in sides]


def trial(settings: Settings = WOMAN, **changes: Any) -> Trial:
    """A trial of which only the circumstances count."""
    seen = {"view": view(), "activity": "running"} | changes
    return Trial(examples.track(), settings=settings, **seen)


def found(
    summaries: Iterable[Summary], settings: Settings = WOMAN, **changes: Any
) -> tuple[Finding, ...]:
    options = {
        name: changes.pop(name) for name in ("outcome", "asked", "answers") if name in changes
    }
    return assess(trial(settings, **changes), tuple(summaries), **options)


CLEAR = 3.0

# -------------------------------------------------------------------------------- the whole table

CASES = [
    pytest.param(link, flag_of(link.metric, direction), id=f"{link.id}-{direction}")
    for link in knowledge().links.values()
    if link.metric is not None
    for direction in link.directions
]


def test_the_table_has_every_link_that_a_video_can_show() -> None:
    assert {case.values[0].id for case in CASES} == {f"L{i:02}" for i in range(1, 25)}


@pytest.mark.parametrize(("link", "flag"), CASES)
def test_a_value_beyond_the_limit_leads_to_its_link(link: Link, flag: Flag) -> None:
    (finding,) = found(beyond(flag, 1.01))
    assert finding.metric == link.metric
    assert finding.limit_value == limit_of(flag)
    evidence = next(e for e in finding.links if e.id == link.id)
    assert evidence == link.evidence
    assert evidence.grade == link.grade
    expected = "note" if flag.note else "unusual" if link.grade == "none" else "linked"
    assert finding.kind == expected
    assert finding.flag == (None if flag.note else flag.direction)
    assert finding.wording.startswith(flag.wording)
    assert finding.cue is None


@pytest.mark.parametrize(("link", "flag"), CASES)
def test_just_inside_there_is_nothing(link: Link, flag: Flag) -> None:
    assert found(beyond(flag, 0.99)) == ()
    assert found(beyond(flag, 0.0)) == ()
    assert found(beyond(flag, -0.01)) == ()


@pytest.mark.parametrize(("link", "flag"), CASES)
def test_what_speaks_against_a_link_is_in_the_same_paragraph(link: Link, flag: Flag) -> None:
    (finding,) = found(beyond(flag, CLEAR))
    best = finding.links[0]
    if finding.kind != "unusual":
        assert best.wording in finding.wording
    if link.against:
        assert link.evidence.wording.endswith(link.against)
    if link.grade == "conflicting":
        assert link.against
        assert link.evidence.counter


@pytest.mark.parametrize("flag", knowledge().flags, ids=lambda f: f"{f.metric}-{f.direction}")
def test_the_two_kinds_are_never_mixed_in_words(flag: Flag) -> None:
    unusual = knowledge().texts.sentence["unusual"]
    for settings in (WOMAN, MAN):
        (finding,) = found(beyond(flag, CLEAR, settings), settings)
        graded = [e for e in finding.links if e.grade != "none"]
        if finding.kind == "linked":
            assert graded
            assert unusual not in finding.wording
        elif finding.kind == "unusual":
            assert not graded
            assert finding.wording.endswith(unusual)


def test_a_link_found_in_women_is_told_to_women_only() -> None:
    flag = flag_of("hip_adduction", "high")
    (hers,), (his,) = (found(beyond(flag, CLEAR, s), s) for s in (WOMAN, MAN))
    assert [e.id for e in hers.links] == ["L10", "L12", "L11"]
    assert (his.kind, his.links) == ("unusual", ())
    assert (hers.limit_value, his.limit_value) == (22, 16)
    assert found(beyond(flag, CLEAR), Settings(speed_mps=3.0)) == ()  # sex not known


# ------------------------------------------------------------------------------------ uncertainty


def test_words_tell_whether_the_interval_reaches_back() -> None:
    flag = flag_of("cadence", "low")
    unsure = knowledge().texts.sentence["not_clear"]
    (close,), (far,) = (found(beyond(flag, by)) for by in (1.9, 2.0))
    assert unsure in close.wording
    assert unsure not in far.wording


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0, 4 / 3])
def test_the_guard_flags_no_more_healthy_runners_than_exact_values_would(ratio: float) -> None:
    """Values scatter by the SD of runners (1) and of the measurement; the limit is at 2."""
    assert norm.sf((2 + ratio) / np.hypot(1, ratio)) <= norm.sf(2) * (1 + 1e-9)


def test_every_side_is_told_with_its_band() -> None:
    legs = [
        measured("overstride", 36.4, "left", far_side=True),
        measured("overstride", 34.6, "right", n=7),
    ]
    (finding,) = found(legs)
    assert finding.side == "both"
    assert finding.measured == (
        "Measured: left 36 ± 2 % (far leg), right 35 ± 2 % of leg length. "
        "This rests on 7 strides only."
    )
    assert finding.typical == (
        "Healthy runners at this speed average 23 % of leg length. "
        "It is pointed out above 28 % of leg length, a limit of our own. "
        "Nearly all of these runners are men, so it says less about a woman."
    )
    # Equal bands: the mean of both, more exact than either by sqrt 2.
    assert finding.value == pytest.approx(35.5)
    assert finding.ci95[1] - finding.value == pytest.approx(HALF / 2**0.5)


@pytest.mark.parametrize(
    ("left", "right", "side"),
    [
        ((40, False), (20, False), "left"),
        ((40, False), (40, False), "both"),
        ((20, False), (40, False), "right"),
        ((40, True), (20, False), None),  # the far leg alone is no evidence
        ((40, True), (40, False), "both"),
        ((20, True), (40, False), "right"),
    ],
)
def test_both_legs_are_one_finding(
    left: tuple[float, bool], right: tuple[float, bool], side: str | None
) -> None:
    legs = [
        measured("overstride", value, name, far_side=far)
        for name, (value, far) in (("left", left), ("right", right))
    ]
    assert [f.side for f in found(legs)] == ([side] if side else [])


def test_sides_change_places_in_the_mirror() -> None:
    legs = [measured("knee_flexion_ic", -5, "left"), measured("knee_flexion_ic", 10, "right")]
    mirrored = [
        s.model_copy(update={"side": {"left": "right", "right": "left"}[s.side]}) for s in legs
    ]
    (one,), (other,) = found(legs), found(reversed(mirrored))
    assert (one.side, other.side) == ("left", "right")
    assert one.wording == other.wording


# ------------------------------------------------------------------------------------------ gates

LOW_CADENCE = beyond(flag_of("cadence", "low"), CLEAR)
OVERSTRIDE = beyond(flag_of("overstride", "high"), CLEAR)


@pytest.mark.parametrize("activity", ["walking", "unclear"])
def test_only_running_is_compared_with_runners(activity: str) -> None:
    assert found(LOW_CADENCE, activity=activity) == ()


@pytest.mark.parametrize(("fps_hz", "n"), [(30, 0), (58, 0), (59.94, 1), (60, 1)])
def test_moments_of_contact_need_sixty_frames(fps_hz: float, n: int) -> None:
    assert len(found(OVERSTRIDE, view=view(fps_hz=fps_hz))) == n
    assert len(found(LOW_CADENCE, view=view(fps_hz=fps_hz))) == 1


@pytest.mark.parametrize(("n_strides", "n"), [(2, 0), (3, 1)])
def test_a_comparison_rests_on_five_strides(n_strides: int, n: int) -> None:
    # Two legs of 2 or 3 strides each.
    few = [s.model_copy(update={"n": n_strides}) for s in OVERSTRIDE]
    assert len(found(few)) == n


def test_treadmill_norms_are_not_for_the_road() -> None:
    assert found(OVERSTRIDE, view=view(surface="overground")) == ()
    assert len(found(LOW_CADENCE, view=view(surface="overground"))) == 1


@pytest.mark.parametrize("speed_mps", [None, 1.5, 6.0])
def test_without_a_known_speed_nothing_that_depends_on_it_is_compared(
    speed_mps: float | None,
) -> None:
    assert found([*LOW_CADENCE, *OVERSTRIDE], Settings(speed_mps=speed_mps)) == ()


def told(**settings: Any) -> Settings:
    return Settings(speed_mps=3.0, **settings)


def test_a_tall_and_a_short_runner_of_one_cadence_are_judged_differently() -> None:
    # 153 ± 2 steps/min at 3 m/s: the lowest twentieth begins at 150 of everyone, at 159 of runners
    # of 1.60 m and at 140 of those of 1.90 m.
    cadence = (measured("cadence", 153.0),)
    short, tall, untold = (told(height_m=m) for m in (1.60, 1.90, None))
    (finding,) = found(cadence, short)
    assert (finding.metric, finding.flag) == ("cadence", "low")
    assert found(cadence, tall) == found(cadence, untold) == ()
    assert "legs are about as long as yours (judged by your height) average 175" in finding.typical
    lowest = [mark(trial(s), cadence)[0].flag_limits[0] for s in (short, tall, untold)]
    assert lowest == pytest.approx([158.8, 140.4, 149.6], abs=0.1)


def test_without_stature_cadence_is_compared_by_speed_alone() -> None:
    (finding,) = found(LOW_CADENCE, told())
    assert "Healthy runners at this speed average 166 steps per minute." in finding.typical


def test_stature_changes_no_other_range() -> None:
    (with_it,), (without) = (found(OVERSTRIDE, told(height_m=m)) for m in (1.50, None))
    assert (with_it,) == without


def notes(**settings: Any) -> list[str]:
    """What is said of the ranges that a cadence at 3 m/s is held against."""
    known = told(**settings)
    info = knowledge().metrics["cadence"]
    typical = info.typical_range(3.0, "treadmill", known.height_m)
    summary = measured("cadence", 170.0, typical=typical)
    return list(about(examples.analysis(settings=known, summaries=(summary,))))


def test_the_leg_and_whose_ranges_they_are_is_said_beside_the_numbers() -> None:
    leg, men = notes(height_m=1.60)
    assert "Leg length is judged by the height" in leg
    assert men.startswith("Nearly all the runners behind these ranges are men")
    (woman,) = notes(sex="female")
    assert "as a woman" in woman
    assert notes(sex="male") == []


def test_a_result_of_before_is_not_said_to_go_by_the_leg() -> None:
    info = knowledge().metrics["cadence"]
    summary = measured("cadence", 170.0, typical=info.typical_range(3.0, "treadmill"))
    known = told(height_m=1.60, sex="male")
    assert list(about(examples.analysis(settings=known, summaries=(summary,)))) == []


def test_a_woman_is_told_at_each_value_that_is_compared_with_men() -> None:
    said = "Nearly all of these runners are men"
    for settings, expected in ((WOMAN, True), (MAN, False), (told(), False)):
        (finding,) = found(OVERSTRIDE, settings)
        assert (said in finding.typical) is expected
    # The limits of hip adduction are those of women.
    adduction = beyond(flag_of("hip_adduction", "high"), CLEAR)
    assert said not in found(adduction)[0].typical


def test_lost_contacts_are_said_and_nothing_is_compared() -> None:
    scatter = measured("stride_variability", 8.0, ci95=(7, 9))
    assert [f.links[0].id for f in found([scatter, *LOW_CADENCE, *OVERSTRIDE])] == ["L23"]


def test_what_was_not_measured_is_not_compared() -> None:
    assert found([examples.unmeasured("cadence", "both", "Too dark.")]) == ()


def test_flags_and_limits_are_written_into_the_summaries() -> None:
    inside = measured("knee_flexion_peak_stance", 40.0, "left")
    note = beyond(flag_of("foot_strike_angle", "high"), CLEAR)
    marked = mark(trial(), (*OVERSTRIDE, inside, *note))
    assert [s.flag for s in marked] == ["high", "high", None, None, None]
    limit = pytest.approx(8.0 + 5.06 * 3.0 + 1.64 * 2.7)
    knee = (pytest.approx(40.0 - 2 * 3.8), pytest.approx(40.0 + 2 * 3.8))
    assert [s.flag_limits for s in marked] == [(None, limit)] * 2 + [knee] + [None] * 2
    assert all(s.flag_limits is None for s in mark(trial(activity="walking"), marked[2:])[1:])


# ------------------------------------------------------------------------------------------ order


def test_better_evidence_comes_first() -> None:
    wanted = [
        ("overstride", "high", "linked"),  # limited
        ("cadence", "low", "linked"),  # limited too, but less far from its limit
        ("vertical_oscillation", "high", "linked"),  # very limited
        ("trunk_lean", "high", "linked"),  # conflicting
        ("step_width", "low", "linked"),  # load, not injury
        ("knee_flexion_peak_stance", "high", "unusual"),
        ("foot_strike_angle", "high", "note"),
    ]
    summaries = [
        s
        for metric, direction, _ in reversed(wanted)
        for s in beyond(flag_of(metric, direction), 2.5 if metric == "cadence" else CLEAR)
    ]
    assert [(f.metric, f.kind) for f in found(summaries)] == [(m, kind) for m, _, kind in wanted]


# ------------------------------------------------------------------------------------------- cues

DROP = beyond(flag_of("pelvic_drop", "high"), CLEAR)
STIFF = beyond(flag_of("knee_flexion_excursion", "low"), CLEAR)


def hurts(*injuries: str, **changes: Any) -> Outcome:
    return Outcome.model_validate({"level": "advice", "injuries": injuries} | changes)


def cue_of(summaries: Sequence[Summary], settings: Settings = WOMAN, **options: Any) -> str | None:
    cues = [f.cue.id for f in found(summaries, settings, **options) if f.cue is not None]
    assert len(cues) <= 1
    return cues[0] if cues else None


KNEECAP = hurts("patellofemoral pain")


@pytest.mark.parametrize(
    ("summaries", "settings", "options", "cue"),
    [
        (DROP, WOMAN, {}, None),
        (DROP, WOMAN, {"outcome": hurts()}, None),  # no pain: no change needed
        (DROP, WOMAN, {"outcome": KNEECAP}, "I03"),
        (DROP, MAN, {"outcome": KNEECAP}, "I04"),  # mirror feedback was tested in women
        (DROP, WOMAN, {"outcome": hurts("medial tibial stress syndrome")}, None),
        (LOW_CADENCE, WOMAN, {"outcome": KNEECAP}, "I01"),  # since the trial of 2024
        (LOW_CADENCE, WOMAN, {"asked": True}, "I01"),
        (STIFF, WOMAN, {"asked": True}, "I02"),
        (STIFF, WOMAN, {"asked": True, "outcome": hurts("Achilles tendinopathy")}, None),
        (OVERSTRIDE, WOMAN, {"outcome": KNEECAP}, None),  # its cue helps, but it is no link
        (DROP, WOMAN, {"asked": True}, "I03"),
        (beyond(flag_of("pelvic_drop", "high"), 1.5), WOMAN, {"outcome": KNEECAP}, None),  # unclear
        (beyond(flag_of("trunk_lean", "high"), CLEAR), WOMAN, {"asked": True}, None),
        (beyond(flag_of("hip_extension_peak", "low"), CLEAR), WOMAN, {"asked": True}, None),
        (beyond(flag_of("foot_strike_angle", "low"), CLEAR), WOMAN, {"asked": True}, None),
    ],
)
def test_a_cue_needs_a_reason_and_evidence(
    summaries: list[Summary], settings: Settings, options: dict[str, Any], cue: str | None
) -> None:
    assert cue_of(summaries, settings, **options) == cue


def test_there_is_one_cue_at_a_time() -> None:
    both = found([*DROP, *LOW_CADENCE], asked=True)
    assert [f.kind for f in both] == ["linked", "linked"]
    assert [f.cue is not None for f in both] == [True, False]


@pytest.mark.parametrize("level", ["emergency", "stop", "see a clinician"])
def test_a_warning_sign_leaves_no_cue(level: str) -> None:
    warned = hurts("patellofemoral pain", level=level, action="Stop.", why="Because.")
    assert cue_of(DROP, outcome=warned, asked=True) is None


def test_open_questions_about_warning_signs_leave_no_cue() -> None:
    assert cue_of(DROP, outcome=KNEECAP, answers={"where": ["kneecap"]}) is None


def test_every_cue_that_may_be_suggested_is_reached() -> None:
    reached = {
        cue_of(DROP, outcome=KNEECAP),
        cue_of(DROP, MAN, outcome=KNEECAP),
        cue_of(LOW_CADENCE, asked=True),
        cue_of(STIFF, asked=True),
    }
    assert reached == {cue.id for cue in knowledge().cues.values() if not cue.withheld}


def test_a_cue_for_pain_ends_with_whom_to_see() -> None:
    (finding,) = found(DROP, outcome=KNEECAP)
    assert finding.cue is not None
    assert finding.cue.dose
    assert finding.cue.caution.endswith("talk to a physiotherapist.")


# --------------------------------------------------------------------------- a whole analysis


def test_an_ordinary_runner_has_nothing_linked() -> None:
    track, _ = runner(fps_hz=120, duration_s=10)
    analysis = analyze_track(track, Settings(speed_mps=3.0, height_m=1.75))
    assert [f.metric for f in analysis.findings if f.kind == "linked"] == []
    assert any(s.flag_limits for s in analysis.summaries)


def test_reaching_far_forward_is_found_in_a_track() -> None:
    track, _ = runner(fps_hz=120, duration_s=10, overstride_m=0.36, min_knee_deg=2)
    analysis = analyze_track(track, Settings(speed_mps=3.0, height_m=1.75))
    finding = next(f for f in analysis.findings if f.metric == "overstride")
    assert (finding.kind, finding.side) == ("linked", "both")
    flags = {s.side: s.flag for s in analysis.summaries if s.metric == "overstride"}
    assert flags == {"left": "high", "right": "high"}


# ---------------------------------------------------------------------------------- the terminal


def shown(**changes: Any) -> str:
    out = io.StringIO()
    console = Console(file=out, width=80, highlight=False)
    console.print(render(examples.analysis(**changes)))
    return " ".join(out.getvalue().split())


def compared(*summaries: Summary) -> tuple[Summary, ...]:
    return mark(trial(), tuple(summaries))


def test_nothing_unusual_is_a_complete_answer() -> None:
    text = shown(summaries=compared(measured("cadence", 170.0)))
    assert "Nothing unusual found:" in text
    assert "all 1 measures that matter here are clearly within what is usual." in text
    assert "This video does not allow a comparison" in shown()


def test_what_is_mostly_usual_is_not_nothing_unusual() -> None:
    seen = [measured("cadence", 170.0), measured("duty_factor", 34.0, "left")]
    (wide,) = compared(measured("overstride", 20.0, "left"))
    wide = wide.model_copy(update={"ci95": (0.0, 90.0)})
    told = overview(examples.analysis(summaries=(*compared(*seen), wide)))
    assert told is not None
    assert not told.clear
    assert "2 of the 3 measures" in told.sentence
    assert "cannot tell about the others" in told.sentence


def test_cannot_tell_is_never_nothing_unusual() -> None:
    missing = tuple(
        examples.unmeasured(metric, side, "Video from the side.")
        for metric in ("contact_time", "overstride", "tibia_angle_strike")
        for side in ("left", "right")
    )
    seen = compared(measured("cadence", 170.0), *missing)
    assert "Nothing unusual" not in (text := shown(summaries=seen))
    assert "This video cannot decide:" in text


def test_a_value_whose_interval_reaches_a_limit_is_not_nothing_unusual() -> None:
    (cadence,) = compared(measured("cadence", 170.0))
    wide = cadence.model_copy(update={"ci95": (120.0, 220.0)})
    assert "This video cannot decide:" in shown(summaries=(wide,))


def test_what_lies_near_a_limit_is_named_and_never_a_tick() -> None:
    """A drop of 7.6 ± 4.2 where 8 is the limit: neither beyond it nor clear of it."""
    drop = measured("pelvic_drop", 7.6, "right", ci95=(3.4, 11.8))
    analysis = examples.analysis(summaries=mark(trial(view=view(plane="rear")), (drop,)))
    told = overview(analysis)
    assert told is not None
    assert not told.clear
    assert "Clearly within what is usual: none." in told.sentence
    assert (
        told.undecided == "Near the limit, so that this video cannot decide: pelvic drop (right)."
    )


def test_what_is_compared_with_nobody_says_what_it_needs() -> None:
    adduction = measured("hip_adduction", 20.0, "left")
    nobody = Settings(speed_mps=3.0)
    analysis = examples.analysis(
        settings=nobody,
        summaries=mark(trial(nobody, view=view(plane="rear")), (adduction,)),
    )
    told = overview(analysis)
    assert told is not None
    assert "hip adduction. Give the sex" in told.undecided


def test_with_pain_it_is_not_said_that_nothing_needs_to_change() -> None:
    hurt = Outcome(level="advice", injuries=("patellofemoral pain",))
    summaries = compared(*OVERSTRIDE)
    for outcome, said in (
        (None, "As long as nothing hurts"),
        (hurt, "only an examination can tell"),
    ):
        analysis = examples.analysis(
            summaries=summaries, findings=found(OVERSTRIDE), outcome=outcome
        )
        told = overview(analysis)
        assert told is not None
        assert said in told.answer


@pytest.mark.parametrize("metric", sorted({f.metric for f in knowledge().flags if not f.note}))
def test_what_is_shown_as_usual_ends_where_it_is_pointed_out(metric: str) -> None:
    info = knowledge().metrics[metric]
    settings = Settings(speed_mps=3.0, sex="female")
    (marked,) = mark(trial(settings), (measured(metric, 10.0),))
    typical = info.typical_range(3.0, "treadmill")
    shown = usual(marked.model_copy(update={"typical": typical}))
    assert shown is not None
    assert marked.flag_limits is not None
    for end, limit in zip(shown, marked.flag_limits, strict=True):
        assert limit is None or end == limit


def test_where_the_sexes_differ_the_limit_of_the_runner_is_all_that_is_shown() -> None:
    value = measured("hip_adduction", 10.0, "left", typical=(4.0, 15.0))
    (told,) = mark(trial(Settings(sex="female")), (value,))
    assert usual(told) == (None, 22.0)
    assert usual(value) is None


def test_three_findings_are_on_top() -> None:
    summaries = [*LOW_CADENCE, *OVERSTRIDE, *STIFF, *DROP]
    text = shown(summaries=compared(*summaries), findings=found(summaries))
    assert "3. " in text
    assert "4. " not in text
    assert "1 more in analysis.json." in text
    assert "this is your baseline" in text
    assert "limited evidence (prospective, 65 people" in text


def test_with_a_warning_sign_no_finding_is_shown() -> None:
    outcome = Outcome(level="stop", action="Stop.", why="Because.", gait_advice_withheld=True)
    text = shown(summaries=compared(*OVERSTRIDE), findings=found(OVERSTRIDE), outcome=outcome)
    assert "stands out" not in text


def test_what_a_video_lacks_is_told_without_the_names_of_options() -> None:
    files = Path(gait.__file__).parent.joinpath("analysis").rglob("*.py")
    assert [file.name for file in files if re.search(r"[ (]--[a-z]", file.read_text())] == []


def test_a_speed_is_said_only_of_ranges_that_go_by_it() -> None:
    """A page that was told 32 km/h said "usual at 32.0 km/h" of what is usual at any speed."""
    steps = examples.summary("cadence", unit="steps/min", typical=(150, 186))
    lean = examples.summary("trunk_lean", name="Forward trunk lean", flag_limits=(0.0, None))
    time = examples.summary("duty_factor", unit="%", typical=(29, 39))
    cases = (
        (3.0, (steps,), " at 10.8 km/h"),
        (3.0, (steps, lean), ". At 10.8 km/h: cadence"),
        (3.0, (steps, lean, time), " at 10.8 km/h. The same at any speed: forward trunk lean"),
        (3.0, (lean,), ""),
        (32 / 3.6, (steps, lean), ""),  # nobody knows what is usual then
        (None, (steps, lean), ""),
    )
    for speed_mps, shown, words in cases:
        found = examples.analysis(settings={"speed_mps": speed_mps}, summaries=shown)
        assert speed_words(found, shown) == words
