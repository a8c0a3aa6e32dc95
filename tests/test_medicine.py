"""What a sports physician would look for: safety cases, and rows of evidence once wrong."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import build_pages
import pytest
from examples import linked_finding
from test_plain_words import objections

from gait.analysis.interpret.questionnaire import CHECKED, check, evaluate
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import NOTHING, URGENT, Answer, Question
from gait.types import Injury, UsageError

INTAKE = knowledge().intake
CONCLUSIONS = {c.id: c for c in INTAKE.conclusion}
EVERY = [(q, a) for q in INTAKE.question if q.id != CHECKED for a in q.answers]
KINDS_WITH_URGENCY = {"health"}


# ---------------------------------------------------------------------------- safety cases

SAFETY = [
    # what the runner answers, how urgent it is, what the action and the reason must name
    ({"where": "groin_hip"}, "stop", "hopping", "neck of the thigh bone"),
    ({"where": "midfoot"}, "stop", "midfoot", "bone stress injury"),
    ({"where": "forefoot"}, "stop", "within days", "bone stress injury"),
    ({"where": "front_shin_bone"}, "stop", "front of the shin", "bone stress injury"),
    ({"where": "heel", "onset": "first_steps"}, "stop", "within days", "bone stress injury"),
    ({"night": "yes"}, "stop", "keep weight off", "a tumour"),
    (
        {"where": "buttock_low_back", "night": "yes"},
        "stop",
        "hopping",
        "a bone stress injury",
    ),
    (
        {"where": "buttock_low_back", "history": "stress_fracture"},
        "stop",
        "hopping",
        "base of the spine",
    ),
    ({"sudden": "yes"}, "stop", "emergency department today", "broken bone"),
    ({"sudden": "yes"}, "stop", "push off", "torn tendon"),
    ({"ill": "fever_weight_loss_cancer"}, "stop", "see a doctor today", "tumours"),
    ({"ill": "fever_weight_loss_cancer"}, "stop", "within days", "cancer"),
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
    outcome = evaluate(answers, [linked_finding()])
    assert outcome.level == level
    assert outcome.action is not None
    assert action in outcome.action
    assert outcome.why is not None
    assert why in outcome.why
    assert outcome.gait_advice_withheld
    assert {c.kind for c in outcome.contributors} <= KINDS_WITH_URGENCY
    assert knowledge().guide.sections_for(outcome)[0].id == "health"


CLINICIAN = [
    # no reason to stop at once; what is to be done, and why
    ({"where": "buttock_low_back"}, "stop running and go within days", "base of the spine"),
    ({"nerve": "numbness_stays"}, "within days", "pressed nerve"),
    ({"joint": "growing", "where": "kneecap"}, "hip examined", "thigh or knee only"),
    ({"cramps": "statin_or_diuretic"}, "Do not stop the tablets", "dummy pill"),
    ({"where": "achilles", "onset": "first_steps"}, "two weeks", "usual soreness"),
]


@pytest.mark.parametrize(("answers", "action", "why"), CLINICIAN)
def test_a_case_for_a_clinician(answers: dict[str, str], action: str, why: str) -> None:
    outcome = evaluate(answers)
    assert outcome.level == "see a clinician"
    assert action in str(outcome.action)
    assert why in str(outcome.why)


@pytest.mark.parametrize(
    "place", ["kneecap", "outer_knee", "achilles", "heel", "front_shin_muscle"]
)
@pytest.mark.parametrize("sign", [{"onset": "same_time"}, {"easing": "minutes"}])
def test_what_is_not_where_arteries_hurt_is_not_taken_for_them(
    place: str, sign: dict[str, str]
) -> None:
    outcome = evaluate({"circulation": "artery_risk", "where": place} | sign)
    assert outcome.level == "see a clinician"
    assert "At the knee it is more often" in str(outcome.why)


SOFT = ("both_legs", "one_calf", "kneecap", "outer_knee", "achilles", "back_of_thigh")


@pytest.mark.parametrize("place", [*SOFT, "front_shin_muscle"])
def test_from_the_first_steps_in_soft_tissue_is_no_reason_to_stop(place: str) -> None:
    assert evaluate({"onset": "first_steps", "where": place}).level == "see a clinician"


@pytest.mark.parametrize("place", [a.id for q, a in EVERY if q.id == "where" if a.id != "no_pain"])
def test_from_the_first_steps_anywhere_else_is_one(place: str) -> None:
    stops = evaluate({"onset": "first_steps", "where": place}).level == "stop"
    assert stops == (place not in (*SOFT, "front_shin_muscle"))


BONE = [{"night": "yes"}, {"where": "groin_hip"}, {"where": "midfoot"}]
BONE += [{"where": "buttock_low_back", "onset": "first_steps"}]


@pytest.mark.parametrize("answers", BONE)
def test_food_periods_and_old_fractures_are_told_where_bone_may_be_hurt(
    answers: dict[str, str],
) -> None:
    told = evaluate(answers | {"recovery": "yes", "history": "stress_fracture"})
    assert {"low_energy", "past_stress_fracture"} <= {c.id for c in told.contributors}
    assert {c.kind for c in told.contributors} == KINDS_WITH_URGENCY
    for word in ("missed periods", "weight loss", "eating little", "earlier stress fracture"):
        assert word in str(told.why)


def test_too_little_food_is_told_with_any_warning_and_an_old_fracture_only_with_bone() -> None:
    told = evaluate({"heart": "fainted", "recovery": "yes", "history": "stress_fracture"})
    assert {c.id for c in told.contributors} == {"low_energy"}


def test_pressure_that_was_denied_is_no_emergency_but_says_when_it_is_one() -> None:
    outcome = evaluate({"tightness": "yes", "easing": "stays", "pressure": "no"})
    assert outcome.level == "stop"
    (beside,) = [c for c in outcome.contributors if c.id == "compartment"]
    assert "very strong, go to an emergency department" in beside.wording


def test_the_check_asks_for_a_doctor_and_says_where_a_physiotherapist_will_do() -> None:
    (question,) = [q for q in INTAKE.question if q.id == CHECKED]
    assert question.text.startswith("Has a doctor looked at this")
    assert "muscle, tendon or bone, a physiotherapist" in question.text
    assert "has to be a doctor" in INTAKE.wording.settled


def test_being_short_of_breath_in_a_run_is_no_answer_of_a_healthy_runner() -> None:
    texts = {f"{q.id}.{a.id}": a.text for q, a in EVERY}
    assert "at rest, or far more than the effort explains" in texts["clot.breathless"]
    assert "cough up blood" in texts["clot.breathless"]
    assert texts["circulation.cold_or_pale_foot"].startswith("One foot")


IDS_BEFORE = {
    "clot": "swollen_leg clot_risk breathless pregnancy_or_pill none",
    "heart": "fainted palpitations none",
    "heat": "confused_or_collapsed sick_after_drinking gained_weight none",
    "nerve": "bladder_bowel_groin both_legs_back weak_or_dropping_foot tingling_when_running"
    " numb_feet_diabetes none",
    "circulation": "cold_foot_at_rest walking_pain cold_or_pale_foot young_pale_foot artery_risk"
    " none",
    "joint": "hot_swollen under_16_limp none",
    "ill": "dark_urine fever_weight_loss_cancer none",
    "where": "no_pain one_spot_on_bone inner_shin both_legs one_calf kneecap outer_knee achilles"
    " heel back_of_thigh groin_hip midfoot buttock_low_back elsewhere",
    "onset": "first_steps eases same_time later at_rest no_pattern",
    "cramps": "hard_run hot_or_salty fluoroquinolone statin_or_diuretic none",
    "checked": "yes no",
}
"""Answers that stand in files of users, of the questions that have got more of them."""


def test_answers_in_files_of_users_stay_valid() -> None:
    for question, ids in IDS_BEFORE.items():
        for answer in ids.split():
            assert check({question: answer})


def test_what_runners_read_is_in_short_sentences() -> None:
    told = [text for question in INTAKE.question for text in question.shown()]
    told += [text for conclusion in INTAKE.conclusion for text in conclusion.shown()]
    told += [part.text for s in knowledge().guide.section for part in (s, *s.point)]
    told += [tip.text for tip in knowledge().guide.tip]
    told += [text for c in knowledge().cues.values() for text in (c.text, c.dose, c.caution)]
    assert [found for text in told for found in objections(text)] == []


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
    outcome = evaluate(answers, [linked_finding(i) for i in injuries])
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


# ------------------------------------------------------------------- rows of evidence once wrong

LINKS = [
    # id, grade, a source for, a source against, what is said, what is no longer said
    ("L09", "limited", "becker2018", "prospmeta2022", "24 college runners", "nobody has shown"),
    ("L09", "limited", "menendez2020", "noehren2012", "it can come first", "nobody has shown"),
    ("L11", "conflicting", "shen2019", "noehren2014", "30 men", "is proven"),
    (
        "L12",
        "very limited",
        "milner2022tsf",
        "milner2022tsf",
        "forces from the ground",
        "clear pattern",
    ),
    ("L17", "conflicting", "shen2019", "teng2014", "grew in the half who got", "is proven"),
    ("L25", "limited", "becker2018", None, "earlier shin pain", "is proven"),
]


@pytest.mark.parametrize(("link", "grade", "pro", "contra", "said", "unsaid"), LINKS)
def test_a_corrected_link(
    link: str, grade: str, pro: str, contra: str | None, said: str, unsaid: str
) -> None:
    row = knowledge().links[link]
    assert row.grade == grade
    (study,) = [s for s in row.studies if s.source == pro]
    assert study.effect
    assert contra is None or contra in {s.source for s in row.counter}
    assert said in row.evidence.wording
    assert unsaid not in row.evidence.wording


CUES = [
    # id, pain, grade of the effect on it, sources, what is said of it
    (
        "I01",
        "patellofemoral pain",
        "limited",
        ("souzajunior2024", "bonacci2018", "esculier2022"),
        ("ten in each", "-2.9", "-4.8 to -1.0", "6 months", "35 %", "added nothing to education"),
    ),
    ("I04", "patellofemoral pain", "moderate", ("willy2019cpg", "collins2018"), ("hip and knee",)),
    (
        "I04",
        "running injury",
        "conflicting",
        ("leppanen2024", "taddei2020", "toresdahl2020"),
        ("325 novices", "0.66, 0.45 to 0.97", "3.60", "118 runners", "720 runners", "0.57 to 1.63"),
    ),
    ("I09", "running injury", "conflicting", ("vanhooren2024",), ("did not clearly differ",)),
]


@pytest.mark.parametrize(("cue", "injury", "grade", "sources", "said"), CUES)
def test_a_corrected_cue(
    cue: str, injury: str, grade: str, sources: tuple[str, ...], said: tuple[str, ...]
) -> None:
    row = knowledge().cues[cue]
    assert {str(h.injury): h.grade for h in row.helps}[injury] == grade
    assert set(sources) <= set(row.sources)
    assert all(words in row.clinical for words in said)


def test_the_dose_of_a_higher_step_rate() -> None:
    row = knowledge().cues["I01"]
    # One number to begin with and one never to go beyond: no advice against the other.
    assert "5 % above your usual rate" in row.text
    assert "7.5 %, and never over 10 %" in row.text
    assert "%" not in row.caution
    assert "69 runners" in row.caution
    assert "did not differ between the groups" in row.expected
    (tip,) = [t for t in knowledge().guide.tip if t.id == "tip_form"]
    assert "5 % more steps" in tip.text
    assert "less and less over some weeks" in row.dose


GUIDE = [
    # section, grade, how well the popular answer holds, sources, what is said
    ("shoes", "limited", "mixed", ("malisoux2020", "messier2018"), ("848", "1.07 to 2.16")),
    ("training", "moderate", "weak", ("buist2008", "frandsen2025"), ("532", "20.8", "20.3")),
]


@pytest.mark.parametrize(("name", "grade", "support", "sources", "said"), GUIDE)
def test_a_corrected_section(
    name: str, grade: str, support: str, sources: tuple[str, ...], said: tuple[str, ...]
) -> None:
    (row,) = [s for s in knowledge().guide.section if s.id == name]
    assert (row.grade, row.support) == (grade, support)
    assert set(sources) <= set(row.sources)
    assert all(words in row.text for words in said)


@pytest.mark.parametrize(
    ("source", "authors"),
    [
        ("femval2d", "Creaby MW"),
        ("prospmeta2022", "Peterson B"),
        ("sr2d2022", "Hensley CP"),
        ("milwaukee", "Kasmer ME"),
        ("stiffness2021", "Davis JJ, Gruber AH"),
        ("fatiguehab", "Radzak KN, Stickley CD"),
        ("sexmeta2022", "Xie PP"),
        ("xu2021ffs", "Xu Y"),
        ("imu18methods", "Kiernan D"),
        ("bsi_review2020", "Song SH, Koo JH"),
        ("milner2022tsf", "Milner CE, Foch E, Gonzales JM, Petersen D"),
    ],
)
def test_authors_stand_first(source: str, authors: str) -> None:
    assert knowledge().sources[source].citation.startswith(authors)


@pytest.mark.parametrize(
    ("source", "design", "n"),
    [
        ("becker2018", "prospective", 24),
        ("shen2019", "prospective", 30),
        ("souzajunior2024", "RCT", 30),
        ("bonacci2018", "RCT (pilot)", 16),
        ("esculier2022", "experimental", 68),
        ("leppanen2024", "RCT", 325),
        ("taddei2020", "RCT", 118),
        ("toresdahl2020", "RCT", 720),
        ("ctt2022", "meta-analysis", 123940),
        ("malisoux2020", "RCT", 848),
        ("buist2008", "RCT", 532),
    ],
)
def test_the_design_and_size_of_what_was_read(source: str, design: str, n: int) -> None:
    row = knowledge().sources[source]
    assert (row.design, row.n, row.read) == (design, n, True)


# --------------------------------------------------------------------------------- by injury


def table(injury: str) -> str:
    """The part of the evidence page on one injury."""
    page = build_pages.evidence().split("## By injury")[1].split("## Limits")[0]
    return page.split(f"### {injury}\n")[1].split("\n### ")[0]


def test_each_injury_has_its_table() -> None:
    for injury in get_args(Injury):
        if injury != "running injury":
            assert "| L" in table(injury[0].upper() + injury[1:])


def test_a_study_of_one_injury_does_not_speak_for_another() -> None:
    for other in ("Patellofemoral pain", "Iliotibial band syndrome", "Achilles tendinopathy"):
        assert "becker2018" not in table(other)
    assert "| limited | [becker2018](#becker2018) |" in table("Medial tibial stress syndrome")
    assert "shen2019" in table("Iliotibial band syndrome")
    assert "shen2019" not in table("Patellofemoral pain")


def test_what_may_never_be_tried_is_said_beside_the_pain() -> None:
    assert "Never with this pain: I02, I07" in table("Achilles tendinopathy")
    assert "Never with this pain: I07" in table("Plantar heel pain")


def test_rare_is_not_the_same_as_linked() -> None:
    limits = build_pages.evidence().split("## Limits")[1].split("## Cues")[0]
    assert "That is not the same as a link with injury" in limits


# ------------------------------------------------------------------------- what else is asked


@pytest.mark.parametrize(
    ("answers", "conclusion"),
    [
        ({"load": "longer_run"}, "training_jump"),
        ({"load": "longer_week"}, "weekly_jump"),
        ({"load": "shoes_or_surface"}, "new_demand"),
        ({"sleep": "yes"}, "poor_sleep"),
        ({"recovery": "yes"}, "low_energy"),
    ],
)
def test_what_is_asked_leads_somewhere(answers: dict[str, str], conclusion: str) -> None:
    assert conclusion in {c.id for c in evaluate(answers).contributors}
