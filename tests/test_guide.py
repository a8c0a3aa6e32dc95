"""The guide "Why do my legs ache when I run?"."""

from __future__ import annotations

import build_pages
import pytest
from pydantic import ValidationError

from gait.analysis.interpret.questionnaire import evaluate
from gait.knowledge import knowledge

GUIDE = knowledge().guide


def order(answers: dict[str, str | list[str]]) -> list[str]:
    return [section.id for section in knowledge().guide.sections_for(evaluate(answers))]


def test_seven_groups_and_seven_questions() -> None:
    groups = [s.id for s in GUIDE.section if s.about == "contributor"]
    assert set(groups) == {
        "training",
        "dehydration",
        "electrolytes",
        "gait",
        "warm_up",
        "fatigue",
        "health",
    }
    questions = [s.id for s in GUIDE.section if s.about == "question"]
    assert set(questions) == {
        "soreness_or_injury",
        "shoes",
        "stretching",
        "through_pain",
        "surfaces",
        "home",
        "progress",
    }


def test_without_answers_it_is_the_page() -> None:
    assert knowledge().guide.sections_for() == GUIDE.section


@pytest.mark.parametrize(
    ("answers", "first"),
    [
        ({"load": "longer_run"}, ["training"]),
        ({"warm_up": "no_warm_up", "load": "longer_run"}, ["training", "warm_up"]),
        ({"cramps": ["hot_or_salty", "hard_run"]}, ["fatigue", "electrolytes"]),
        ({"night": "yes", "load": "longer_run"}, ["health"]),
        ({"recovery": "yes"}, ["health", "training"]),
    ],
)
def test_it_opens_at_the_runners_own_contributors(
    answers: dict[str, str | list[str]], first: list[str]
) -> None:
    found = order(answers)
    assert found[: len(first)] == first
    assert sorted(found) == sorted(s.id for s in GUIDE.section)


GO_NOW = {
    "chest": "Chest pain, or short of breath",
    "heat_or_sodium": "Confused or collapsed",
    "fainting": "Fainted in a run",
    "acute_compartment": "hard muscle",
    "lower_spine": "A numb seat or groin",
    "no_blood_flow": "A cold, pale foot",
    "leg_clot": "One swollen calf",
    "muscle_breakdown": "Dark urine",
    "hot_joint": "hot and swollen",
    "young_hip": "a child or teenager who limps",
}
"""Emergencies of the questionnaire, and how the guide begins with them."""


def test_what_cannot_wait_is_said_before_everything_else() -> None:
    emergencies = {c.id for c in knowledge().intake.conclusion if c.level == "emergency"}
    assert set(GO_NOW) == emergencies
    for page in (GUIDE.preface, build_pages.guide()):
        assert all(words in page.split("Aching legs seldom")[0] for words in GO_NOW.values())


def test_every_conclusion_has_its_section() -> None:
    ids = {s.id for s in GUIDE.section}
    assert {c.guide for c in knowledge().intake.conclusion} <= ids


@pytest.mark.parametrize("text", ["One sentence.", "One. Two. Three.", "None"])
def test_two_sentences_each(text: str) -> None:
    section = GUIDE.section[0]
    with pytest.raises(ValidationError, match="two sentences"):
        type(section).model_validate(section.model_dump() | {"text": text})


def test_the_page_marks_what_nobody_here_has_read() -> None:
    page = build_pages.guide()
    told = [c for section in GUIDE.section for c in (section, *section.point)]
    cited = dict.fromkeys(s for claim in (*told, *GUIDE.tip) for s in claim.sources)
    for number, source in enumerate(cited, 1):
        (line,) = [li for li in page.splitlines() if li.startswith(f"{number}. ")]
        assert knowledge().sources[source].citation in line
        assert ("◦" in line) != knowledge().sources[source].read
        assert ("https://doi.org/" in line) == (knowledge().sources[source].doi is not None)
