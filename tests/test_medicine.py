"""What a sports physician would look for: safety cases, and rows of evidence once wrong."""

from __future__ import annotations

from itertools import combinations

import pytest

from gait.intake import check, evaluate
from gait.knowledge.guide import guide_for
from gait.knowledge.intake import NOTHING, URGENT, Answer, Question, load_intake
from gait.types import Evidence, Finding, Study, UsageError

INTAKE = load_intake()
CONCLUSIONS = {c.id: c for c in INTAKE.conclusion}
EVERY = [(q, a) for q in INTAKE.question for a in q.answers]
KINDS_WITH_URGENCY = {"health"}


def finding(injury: str = "patellofemoral pain") -> Finding:
    """A low step rate, linked with pain."""
    return Finding.model_validate(
        {
            "id": "cadence_low",
            "metric": "cadence",
            "side": "both",
            "kind": "linked",
            "flag": "low",
            "value": 140.0,
            "ci95": (139.0, 141.0),
            "unit": "steps/min",
            "tier": "A",
            "limit_value": 150.0,
            "measured": "",
            "typical": "",
            "wording": "",
            "links": (
                Evidence(
                    id="L",
                    injury=injury,
                    injuries=(injury,),  # type: ignore[arg-type]
                    grade="limited",
                    population="runners",
                    wording="Linked in one study.",
                    studies=(Study(source="neal2016", design="meta-analysis"),),
                    counter=(),
                ),
            ),
        }
    )


# ---------------------------------------------------------------------------- safety cases

SAFETY = [
    # what the runner answers, how urgent it is, what the action and the reason must name
    ({"where": "groin_hip"}, "stop", "hopping", "stress fracture of the hip"),
    ({"where": "midfoot"}, "stop", "midfoot", "bone stress injury"),
    ({"where": "buttock_low_back"}, "stop", "hopping", "base of the spine"),
    ({"pressure": "yes"}, "emergency", "emergency department", "within hours"),
    ({"tightness": "yes", "easing": "stays"}, "emergency", "emergency department", "high pressure"),
    ({"clot": "breathless"}, "emergency", "Call the emergency number", "the heart"),
    ({"clot": "breathless"}, "emergency", "Call the emergency number", "blood clot"),
    ({"heart": "fainted"}, "emergency", "doctor today", "heart problem"),
    ({"heart": "palpitations"}, "stop", "see a doctor", "heart"),
    ({"nerve": "bladder_bowel_groin"}, "emergency", "emergency department", "passing or holding"),
    ({"nerve": "both_legs_back"}, "emergency", "emergency department", "both legs"),
    ({"heat": "confused_or_collapsed"}, "emergency", "cool the skin", "heat stroke"),
    ({"heat": "sick_after_drinking"}, "emergency", "Do not drink more", "too little salt"),
    ({"heat": "gained_weight"}, "emergency", "Do not drink more", "drinking a lot"),
    ({"joint": "under_16_limp"}, "emergency", "no weight", "top of the thigh bone"),
    ({"joint": "hot_swollen"}, "emergency", "doctor today", "infected"),
    ({"clot": "pregnancy_or_pill", "where": "one_calf"}, "emergency", "today", "pregnancy"),
    ({"where": "achilles", "cramps": "fluoroquinolone"}, "stop", "antibiotic", "this tendon"),
    ({"ill": "dark_urine"}, "emergency", "emergency care", "breaking down"),
]


@pytest.mark.parametrize(("answers", "level", "action", "why"), SAFETY)
def test_a_safety_case(answers: dict[str, str], level: str, action: str, why: str) -> None:
    outcome = evaluate(answers, [finding()])
    assert outcome.level == level
    assert outcome.action is not None
    assert action in outcome.action
    assert outcome.why is not None
    assert why in outcome.why
    assert outcome.gait_advice_withheld
    assert {c.kind for c in outcome.contributors} <= KINDS_WITH_URGENCY
    assert guide_for(outcome)[0].id == "health"


def test_a_pill_or_a_pregnancy_alone_is_no_emergency() -> None:
    assert evaluate({"clot": "pregnancy_or_pill"}).level == "advice"


def test_every_emergency_says_not_to_run_on() -> None:
    for conclusion in INTAKE.conclusion:
        if conclusion.level in URGENT:
            action = str(conclusion.action)
            assert any(
                word in action
                for word in ("not run", "Stop", "no weight", "Call", "Go to", "care today")
            ), action


# ------------------------------------------------------------------------- the whole intake


def possible(*pairs: tuple[Question, Answer]) -> dict[str, list[str]] | None:
    answers: dict[str, list[str]] = {}
    for question, answer in pairs:
        answers.setdefault(question.id, []).append(answer.id)
    try:
        check(answers)
    except UsageError:
        return None
    return answers


def assert_defined(*pairs: tuple[Question, Answer]) -> bool:
    """Whether the answers can be given together; if so, their outcome is a complete one."""
    answers = possible(*pairs)
    if answers is None:
        return False
    injuries = [i for _, a in pairs for i in a.injuries] or ["patellofemoral pain"]
    outcome = evaluate(answers, [finding(i) for i in injuries])
    assert outcome.why
    names = {f"{q.id}.{a.id}" for q, a in pairs}
    reached = {a.leads_to for _, a in pairs} - {NOTHING}
    reached |= {
        r.leads_to for r in INTAKE.rule if names >= set(r.answers) and r.while_open not in answers
    }
    levels = [CONCLUSIONS[c].level for c in reached]
    order = ("emergency", "stop", "see a clinician", "advice")
    assert outcome.level == min(levels, key=order.index, default="advice")
    assert outcome.gait_advice_withheld == (outcome.level in URGENT)
    assert (outcome.action is None) == (outcome.level == "advice")
    if outcome.gait_advice_withheld:
        assert {c.kind for c in outcome.contributors} <= KINDS_WITH_URGENCY
        assert INTAKE.wording.withheld in outcome.why
    return True


def test_every_answer_has_a_defined_outcome() -> None:
    assert all(assert_defined(pair) for pair in EVERY)


def test_all_pairs_with_a_red_flag_have_a_defined_outcome() -> None:
    flags = [p for p in EVERY if p[1].leads_to in CONCLUSIONS]
    flags = [p for p in flags if CONCLUSIONS[p[1].leads_to].level in URGENT]
    assert len(flags) >= 25
    seen = sum(assert_defined(flag, other) for flag in flags for other in EVERY if other != flag)
    assert seen > 1500


def test_all_pairs_at_all_have_a_defined_outcome() -> None:
    assert sum(assert_defined(*pair) for pair in combinations(EVERY, 2)) > 2000
