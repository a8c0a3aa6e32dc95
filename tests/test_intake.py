"""From answers to actions: what is urgent comes first and nothing distracts from it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from examples import linked_finding
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gait.analysis.interpret.questionnaire import (
    CHECKED,
    OF_THE_PAIN,
    check,
    evaluate,
    read_answers,
    write_answers,
)
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import NOTHING, URGENT, Answer, Intake, Question
from gait.types import Outcome, UsageError

INTAKE = knowledge().intake
CONCLUSIONS = {c.id: c for c in INTAKE.conclusion}
URGENCY = {c.id: rank for rank, c in enumerate(INTAKE.conclusion)}
ASKED = [q for q in INTAKE.question if q.id != CHECKED]
"""All but the question that is put after a warning."""
EVERY = [(q, a) for q in ASKED for a in q.answers]
WARNING = [(q, a) for q, a in EVERY if a.leads_to in CONCLUSIONS]
WARNING = [(q, a) for q, a in WARNING if CONCLUSIONS[a.leads_to].level in URGENT]

PAIN = ("where", *OF_THE_PAIN)
ORDER = ("health", "training", "previous injury", "recovery", "fatigue", "other", "gait")


def name(pair: object) -> str:
    question, answer = pair  # type: ignore[misc]
    return f"{question.id}.{answer.id}"


def answered(*pairs: tuple[Question, Answer]) -> dict[str, list[str]]:
    answers: dict[str, list[str]] = {}
    for question, answer in pairs:
        answers.setdefault(question.id, []).append(answer.id)
    return answers


def possible(*pairs: tuple[Question, Answer]) -> bool:
    """Whether a runner could have given these answers together."""
    try:
        check(answered(*pairs))
    except UsageError:
        return False
    return True


def choices(question: Question) -> st.SearchStrategy[list[str]]:
    """No answer, one, or any that can be given together."""
    free = [a.id for a in question.answers if not a.alone]
    most = len(free) if question.several else 1
    together = st.lists(st.sampled_from(free), max_size=most, unique=True)
    return st.one_of(together, *(st.just([a.id]) for a in question.answers if a.alone))


ANSWER_SETS = st.fixed_dictionaries({q.id: choices(q) for q in ASKED})
"""Any answers a runner can give, from none to all."""


def rules_that_hold(answers: dict[str, list[str]]) -> set[str]:
    """Where answers lead together."""
    names = {f"{question}.{answer}" for question, given in answers.items() for answer in given}
    return {
        rule.leads_to
        for rule in INTAKE.rule
        if names >= set(rule.answers) and rule.while_open not in answers
    }


def kinds(outcome: Outcome) -> list[str]:
    return [c.kind for c in outcome.contributors]


# ------------------------------------------------------------------------------- every answer


def test_there_are_twenty_questions_and_the_check() -> None:
    assert len(ASKED) == 20
    assert INTAKE.question[-1].id == CHECKED


@pytest.mark.parametrize("pair", EVERY, ids=name)
def test_every_answer_alone_leads_somewhere(pair: tuple[Question, Answer]) -> None:
    answer = pair[1]
    outcome = evaluate(answered(pair))
    ids = [c.id for c in outcome.contributors]
    if answer.leads_to == NOTHING:
        assert (outcome.level, outcome.action, ids) == ("advice", None, [])
        return
    # One calf asks for the clot question, and from the first steps for the place.
    reached = {answer.leads_to, *rules_that_hold(answered(pair))}
    expected = CONCLUSIONS[min(reached, key=URGENCY.__getitem__)]
    if CONCLUSIONS[answer.leads_to].action is None:
        assert answer.leads_to in ids
        assert outcome.level in ("advice", "see a clinician")
    else:
        assert (outcome.level, outcome.action) == (expected.level, expected.action)
    assert outcome.why


@pytest.mark.parametrize("pair", WARNING, ids=name)
def test_a_warning_sign_alone_gives_its_action_first_and_no_gait_advice(
    pair: tuple[Question, Answer],
) -> None:
    expected = CONCLUSIONS[pair[1].leads_to]
    outcome = evaluate(answered(pair), [linked_finding()])
    assert outcome.level == expected.level
    assert outcome.action == expected.action
    assert outcome.gait_advice_withheld
    assert outcome.why is not None
    assert outcome.why.startswith(expected.text)
    assert pair[1].text in outcome.why
    assert outcome.why.endswith(INTAKE.wording.withheld)
    assert outcome.contributors == ()


@pytest.mark.parametrize("pair", WARNING, ids=name)
def test_with_any_other_answer_the_most_urgent_wins(pair: tuple[Question, Answer]) -> None:
    sign = CONCLUSIONS[pair[1].leads_to]
    for other in EVERY:
        if not possible(pair, other):
            continue
        outcome = evaluate(answered(pair, other), [linked_finding()])
        rival = URGENCY.get(other[1].leads_to, len(URGENCY))
        # Both together can mean more than each alone.
        together = [URGENCY[c] for c in rules_that_hold(answered(pair, other))]
        first = INTAKE.conclusion[min([URGENCY[sign.id], rival, *together])]
        assert outcome.action == first.action, name(other)
        assert outcome.gait_advice_withheld
        # What is less urgent is not lost, as long as it concerns health.
        assert set(kinds(outcome)) <= {"health"}
        if rival < URGENCY[sign.id]:
            assert sign.action is not None
            assert any(sign.action in c.wording for c in outcome.contributors)


def test_all_pairs_of_answers_have_an_outcome() -> None:
    for one, two in product(EVERY, EVERY):
        if one[0].id < two[0].id:
            assert evaluate(answered(one, two)).why


@given(ANSWER_SETS)
def test_any_set_of_answers(answers: dict[str, list[str]]) -> None:
    outcome = evaluate(answers, [linked_finding()])
    reached = [a.leads_to for q, a in EVERY if a.id in answers[q.id] and a.leads_to != NOTHING]
    most_urgent = min([URGENCY[c] for c in reached], default=None)
    if most_urgent is not None and INTAKE.conclusion[most_urgent].level in URGENT:
        # Rules may find something more urgent in the same answers, never something less.
        actions = [c.action for c in INTAKE.conclusion[: most_urgent + 1]]
        assert outcome.action in actions
    assert outcome.gait_advice_withheld == (outcome.level in URGENT)
    assert (outcome.action is None) == (outcome.level == "advice")
    places = [ORDER.index(kind) for kind in kinds(outcome)]
    assert places == sorted(places)
    assert len({c.id for c in outcome.contributors}) == len(outcome.contributors)
    if outcome.gait_advice_withheld:
        assert set(kinds(outcome)) <= {"health"}
        advice = {c.id for c in INTAKE.conclusion if c.level == "advice" and not c.beside}
        assert not advice & {
            c.id for c in outcome.contributors if CONCLUSIONS[c.id].kind != "health"
        }
    assert ("gait" in kinds(outcome)) == (
        "kneecap" in answers["where"] and not outcome.gait_advice_withheld
    )


@given(ANSWER_SETS, st.randoms(use_true_random=False))
def test_the_order_of_questions_and_answers_does_not_matter(answers: Any, random: Any) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    again = {question: random.sample(given, len(given)) for question, given in shuffled}
    assert evaluate(again) == evaluate(answers)


# --------------------------------------------------------------------------- answers together


def test_one_calf_is_a_clinicians_only_until_the_clot_question_is_answered() -> None:
    assert evaluate({"where": "one_calf"}).level == "see a clinician"
    assert evaluate({"where": "one_calf", "clot": "none"}).level == "advice"
    assert evaluate({"where": "one_calf", "clot": "swollen_leg"}).level == "emergency"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"where": "inner_shin"}, "advice"),
        ({"where": "groin_hip"}, "stop"),
        ({"where": "midfoot"}, "stop"),
        ({"where": "achilles"}, "advice"),
        ({"cramps": "fluoroquinolone"}, "see a clinician"),
        ({"where": "achilles", "cramps": "fluoroquinolone"}, "stop"),
        ({"clot": "pregnancy_or_pill"}, "advice"),
        ({"clot": "pregnancy_or_pill", "where": "one_calf"}, "emergency"),
        ({"tightness": "yes"}, "see a clinician"),
        ({"tightness": "yes", "easing": "stays"}, "emergency"),
        ({"history": "stress_fracture"}, "advice"),
        ({"where": "inner_shin", "history": "stress_fracture"}, "stop"),
        ({"circulation": "artery_risk"}, "advice"),
        ({"circulation": "artery_risk", "easing": "minutes"}, "stop"),
        ({"circulation": "artery_risk", "onset": "same_time"}, "stop"),
        ({"circulation": "artery_risk", "onset": "same_time", "where": "one_calf"}, "stop"),
        ({"circulation": "artery_risk", "easing": "minutes", "where": "both_legs"}, "stop"),
        ({"onset": "first_steps"}, "stop"),
        ({"onset": "first_steps", "where": "inner_shin"}, "stop"),
        ({"onset": "first_steps", "where": "heel"}, "stop"),
        ({"onset": "first_steps", "where": "elsewhere"}, "stop"),
        ({"onset": "first_steps", "where": "achilles"}, "see a clinician"),
        ({"where": "buttock_low_back"}, "see a clinician"),
        ({"where": "buttock_low_back", "onset": "first_steps"}, "stop"),
        ({"where": "buttock_low_back", "history": "stress_fracture"}, "stop"),
        ({"onset": "same_time", "easing": "minutes"}, "see a clinician"),
    ],
)
def test_answers_together_can_mean_more(answers: dict[str, str], expected: str) -> None:
    outcome = evaluate(answers)
    assert outcome.level == expected
    if expected in URGENT:
        assert outcome.why is not None
        chosen = [a.text for q, a in EVERY if answers.get(q.id) == a.id]
        assert all(text in outcome.why for text in chosen)


def test_open_questions_on_warning_signs_are_named() -> None:
    answers = {q.id: q.answers[-1].id for q in INTAKE.warning_signs()}
    answers |= {"where": "kneecap", "onset": "no_pattern", "easing": "next_morning"}
    assert evaluate(answers).why == INTAKE.wording.clear
    del answers["clot"]
    assert evaluate(answers).why == INTAKE.wording.open.format(questions="1 question")
    # Who feels no ache is not told what to do if it stays.
    without_pain = {n: a for n, a in answers.items() if n not in PAIN} | {"clot": "none"}
    assert evaluate(without_pain | {"where": "no_pain"}).why == INTAKE.wording.painless
    # No id of the program in it, and no question that has no answer where nothing hurts.
    painless = {"where": "no_pain", **{n: a for n, a in answers.items() if n not in PAIN}}
    assert evaluate(painless).why == INTAKE.wording.open.format(questions="1 question")


def test_nothing_answered_is_not_a_clean_bill() -> None:
    outcome = evaluate({})
    assert outcome.level == "advice"
    assert outcome.why is not None
    assert outcome.why == INTAKE.wording.open.format(questions="13 questions")


@pytest.mark.parametrize("pair", WARNING, ids=name)
def test_what_a_clinician_has_looked_at_no_longer_withholds(
    pair: tuple[Question, Answer],
) -> None:
    told = answered(pair)
    not_yet = evaluate(told | {CHECKED: ["no"]}, [linked_finding()])
    assert not_yet == evaluate(told, [linked_finding()])
    seen = evaluate(told | {CHECKED: ["yes"]}, [linked_finding()])
    assert not seen.gait_advice_withheld
    assert seen.level not in URGENT
    assert seen.why is not None
    assert seen.why.startswith(INTAKE.wording.settled)
    # Which sign that was is still told: one yes must not hide what it covers.
    assert pair[1].text in seen.why
    assert pair[0].text in seen.why


def test_a_check_of_nothing_says_nothing() -> None:
    assert evaluate({CHECKED: "yes"}) == evaluate({})


# ------------------------------------------------------------------------------------ the order


def test_contributors_are_in_the_order_of_their_evidence() -> None:
    outcome = evaluate(
        {
            "warm_up": ["no_warm_up"],
            "where": ["kneecap", "both_legs"],
            "recovery": "yes",
            "history": ["last_12_months"],
            "load": ["longer_run"],
        },
        [linked_finding()],
    )
    assert [c.id for c in outcome.contributors] == [
        "training_jump",
        "previous_injury",
        "low_energy",
        "soreness",
        "kneecap_pain",
        "no_warm_up",
        "cadence_low",
    ]


# --------------------------------------------------------------------------------- gait and pain


def test_a_finding_counts_where_a_study_links_it_with_the_place_that_hurts() -> None:
    outcome = evaluate({"where": ["kneecap"]}, [linked_finding()])
    assert outcome.injuries == ("patellofemoral pain",)
    last = outcome.contributors[-1]
    assert (last.kind, last.wording, last.grade) == ("gait", "Linked in one study.", "limited")
    assert last.sources == ("neal2016", "prospmeta2022")


@pytest.mark.parametrize("where", ["heel", "no_pain", "elsewhere", "both_legs"])
def test_a_finding_is_left_out_where_no_study_does(where: str) -> None:
    assert "gait" not in kinds(evaluate({"where": where}, [linked_finding()]))


def test_what_is_merely_unusual_or_a_note_is_never_tied_to_pain() -> None:
    answers = {"where": "kneecap"}
    no_link = linked_finding().links[0].model_copy(update={"grade": "none"})
    for other in (
        linked_finding(kind="unusual"),
        linked_finding(kind="note", flag=None),
        linked_finding(links=(no_link,)),
    ):
        assert "gait" not in kinds(evaluate(answers, [other]))


# ----------------------------------------------------------------------------------------- files


@given(ANSWER_SETS)
def test_answers_survive_their_file(answers: dict[str, list[str]]) -> None:
    assert check(tomllib.loads(write_answers(answers))) == check(answers)


def test_the_form_names_every_question_and_answer() -> None:
    form = write_answers({})
    for question, answer in EVERY:
        assert f"\n{question.id} = " in form
        assert f"#   {answer.id}  " in form
    assert max(map(len, form.splitlines())) <= 80


def bad_files() -> Iterator[Any]:
    for text, problem, hint in [
        ('knee = "yes"', "no question 'knee'", "clot, heart"),
        ('night = "maybe"', "night: there is no answer 'maybe'", "yes, no"),
        ("night = true", "night: there is no answer True", "yes, no"),
        ('where = [["kneecap"]]', "there is no answer ['kneecap']", "kneecap, outer_knee"),
        ('night = ["yes", "no"]', "night: takes one answer only", "yes, no"),
        ('clot = ["none", "breathless"]', "'none' contradicts the other answers", "Keep one"),
        ("night = yes", "is not TOML", "Correct"),
        (write_answers({}), "holds no answer", "between the quotes"),
    ]:
        yield pytest.param(text, problem, hint, id=text[:25])


@pytest.mark.parametrize(("text", "problem", "hint"), list(bad_files()))
def test_a_file_that_cannot_be_used_says_what_to_change(
    tmp_path: Path, text: str, problem: str, hint: str
) -> None:
    path = tmp_path / "answers.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        read_answers(path)
    assert problem in caught.value.problem
    assert hint in caught.value.hint
    assert "answers.toml" in caught.value.problem


def test_a_missing_file_and_one_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "video.mp4").write_bytes(b"\x00\xff\xfe")
    for path in (tmp_path / "missing.toml", tmp_path / "video.mp4", tmp_path):
        with pytest.raises(UsageError, match=r"no file|not text|a folder"):
            read_answers(path)


# ------------------------------------------------------------------------------------- the data


def changed(**changes: Any) -> Intake:
    return Intake.model_validate(INTAKE.model_dump() | changes)


def test_data_that_would_mislead_do_not_load() -> None:
    dumped = INTAKE.model_dump()
    first, *rest = dumped["conclusion"]
    questions = dumped["question"]
    rule = dumped["rule"][0]
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"conclusion": rest}, "lead nowhere"),
        ({"conclusion": [*rest, first]}, "order of urgency"),
        ({"conclusion": [first, *dumped["conclusion"]]}, "repeat"),
        ({"conclusion": [{**first, "sources": []}, *rest]}, "source"),
        ({"conclusion": [{**first, "sources": ["nobody1999"]}, *rest]}, "source"),
        ({"conclusion": [{**first, "action": None}, *rest]}, "action"),
        ({"conclusion": [{**first, "id": "new"}, *rest]}, "lead nowhere"),
        ({"conclusion": [*dumped["conclusion"], {**rest[-1], "id": "new"}]}, "nothing leads to"),
        ({"rule": [{**rule, "answers": ["where.moon"]}, *dumped["rule"][1:]]}, "unknown answers"),
        ({"rule": [{**rule, "while_open": "moon"}, *dumped["rule"][1:]]}, "unknown questions"),
        ({"conclusion": [{**first, "beside": ["moon"]}, *rest]}, "unknown conclusions"),
        ({"question": [{**questions[0], "answers": []}, *questions[1:]]}, "too_short"),
    ]
    for changes, problem in wrong:
        with pytest.raises(ValidationError, match=problem):
            changed(**changes)
    assert changed() == INTAKE


def test_a_figure_needs_a_source_that_was_read() -> None:
    warm_up = CONCLUSIONS["no_warm_up"].model_dump()
    with pytest.raises(ValidationError, match="no source that was read"):
        type(CONCLUSIONS["no_warm_up"])(
            **warm_up | {"text": "It did so in 421 runners.", "sources": ("noehren2011",)}
        )
