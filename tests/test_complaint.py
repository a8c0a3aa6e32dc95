"""One page for each complaint: own values beside studies, for and against."""

from __future__ import annotations

import examples
import pytest

from gait.analysis.interpret.questionnaire import evaluate
from gait.analysis.results import Analysis, Summary
from gait.knowledge import knowledge
from gait.present.complaint import TITLES, complaint, places


def runner(*summaries: Summary, **settings: object) -> Analysis:
    return examples.analysis(summaries=summaries, settings={"speed_mps": 3.0} | settings)


def drop(value: float, **changes: object) -> Summary:
    return examples.summary(
        "pelvic_drop",
        "left",
        value=value,
        ci95=(value - 1, value + 1),
        flag_limits=(None, 8.0),
        **changes,
    )


@pytest.mark.parametrize("place", TITLES)
def test_every_complaint_says_what_comes_before_running_form(place: str) -> None:
    found = complaint(place, runner())
    assert found.first
    assert all(m.studied and m.says for m in found.measures)


@pytest.mark.parametrize("place", ["kneecap", "outer_knee", "inner_shin", "achilles"])
def test_what_speaks_against_stands_beside_what_was_found(place: str) -> None:
    measures = complaint(place, runner(sex="female")).measures
    assert len(measures) >= 3
    assert all(s.counter or s.against for m in measures for s in m.studied)


def test_where_a_video_shows_little_that_is_said() -> None:
    for place in ("heel", "back_of_thigh"):
        found = complaint(place, runner())
        assert found.measures == ()
        assert found.tried == ()
        assert len(found.first) == 2


@pytest.mark.parametrize(
    ("value", "standing"), [(12.0, "beyond"), (8.5, "cannot decide"), (6.0, "clear")]
)
def test_own_values_stand_beside_the_limit(value: float, standing: str) -> None:
    found = complaint("kneecap", runner(drop(value)))
    own = next(m for m in found.measures if m.metric == "pelvic_drop")
    assert own.standing == standing
    assert "±" in own.own
    assert own.own.startswith("left")


def test_the_leg_that_stands_out_counts() -> None:
    other = drop(6.0).model_copy(update={"side": "right"})
    found = complaint("kneecap", runner(drop(12.0), other))
    assert next(m for m in found.measures if m.metric == "pelvic_drop").standing == "beyond"


def test_what_was_not_measured_says_why() -> None:
    missing = examples.unmeasured("pelvic_drop", "left", "Needs a video from behind.")
    own = next(
        m for m in complaint("kneecap", runner(missing)).measures if m.metric == "pelvic_drop"
    )
    assert (own.own, own.says, own.standing) == ("", "Needs a video from behind.", "not measured")


def test_a_cue_comes_with_dose_and_condition() -> None:
    trials = complaint("kneecap", runner(drop(12.0))).tried
    assert trials
    for trial in trials:
        assert trial.dose
        assert trial.caution
        assert trial.condition
    # Exercise helps this pain without changing the movement: no measure decides on it.
    assert {t.condition for t in trials if "trengthening" in t.name} == {
        "For this pain, whatever the video shows."
    }
    assert any("In you: pelvic drop" in trial.condition for trial in trials)
    clear = complaint("kneecap", runner(drop(5.0))).tried
    assert clear
    assert any("Does not stand out in you: pelvic drop." in trial.condition for trial in clear)
    assert not any("In you: " in trial.condition for trial in clear)


def test_what_was_not_filmed_is_not_said_to_be_usual() -> None:
    missing = examples.unmeasured("pelvic_drop", "left", "Needs a video from behind.")
    tried = complaint("kneecap", runner(missing)).tried
    assert tried
    assert not any("none does" in t.condition or "in you" in t.condition for t in tried)
    assert any(", pelvic drop." in t.condition.partition("does not show")[2] for t in tried)
    assert not any("ankle" in t.condition for t in tried)  # it is never compared


def test_nothing_is_tried_while_questions_about_warning_signs_are_open() -> None:
    hurts = runner(drop(12.0)).model_copy(update={"intake": {"where": ("kneecap",)}})
    assert complaint("kneecap", hurts).tried is None


def test_evidence_on_load_is_not_shown_as_evidence_on_injury() -> None:
    measures = {m.metric: m for m in complaint("kneecap", runner(drop(12.0))).measures}
    assert measures["pelvic_drop"].graded == "higher (limited)"
    assert measures["cadence"].graded.startswith("lower (load: ")


def test_no_cue_where_none_helps() -> None:
    assert complaint("achilles", runner(drop(12.0))).tried == ()


def test_links_of_one_sex_are_shown_to_it_alone() -> None:
    women = complaint("kneecap", runner(sex="female")).measures
    men = complaint("kneecap", runner(sex="male")).measures
    assert {m.metric for m in women} - {m.metric for m in men} == {"hip_adduction"}


def test_nothing_known_of_a_complaint_is_left_out() -> None:
    shown = {m.metric for place in TITLES for m in complaint(place, runner(sex="female")).measures}
    injuries = {
        "patellofemoral pain",
        "iliotibial band syndrome",
        "medial tibial stress syndrome",
        "Achilles tendinopathy",
        "plantar heel pain",
        "hamstring injury",
        "calf strain",
    }
    wanted = {
        link.metric
        for link in knowledge().links.values()
        if set(link.injuries) & injuries and link.metric and link.grade != "none"
    }
    assert shown == wanted <= set(knowledge().metrics)


def test_it_opens_where_it_hurts() -> None:
    answers = {"where": ("kneecap", "elsewhere", "achilles")}
    analysis = examples.analysis(intake=answers, outcome=evaluate(answers))
    assert places(analysis) == ("kneecap", "achilles")
    assert places(examples.analysis()) == ()
