"""Every reason for aching legs that the seed articles name has its place in the product.

One row a sub-point: the group, what is meant, and where it is said. "guide:x" is a section, a part
or a tip of `docs/legs-ache.md`; "ask:q.a" an answer of the questionnaire; "tell:c" what answers
lead to; "video:m" a measure that is compared with other runners.
"""

from __future__ import annotations

import build_pages
import pytest

from gait.analysis.interpret.questionnaire import evaluate
from gait.knowledge import knowledge
from gait.knowledge.questionnaire import Point, Section

GUIDE = knowledge().guide
PARTS: dict[str, Section | Point] = {s.id: s for s in GUIDE.section}
PARTS |= {p.id: p for s in GUIDE.section for p in s.point} | {t.id: t for t in GUIDE.tip}

COVERAGE = [
    ("overtraining", "a sudden jump of distance", "guide:training ask:load.longer_run"),
    ("overtraining", "a weekly jump", "guide:weekly_jump ask:load.longer_week"),
    ("overtraining", "hormones", "guide:hormones"),
    ("overtraining", "nervous-system fatigue", "guide:nerves"),
    ("overtraining", "immunity", "guide:immunity tell:low_energy"),
    ("overtraining", "too little food, periods", "guide:energy ask:recovery.yes"),
    ("dehydration", "blood volume", "guide:blood_volume"),
    ("dehydration", "overheating", "guide:overheating ask:heat.confused_or_collapsed"),
    ("dehydration", "stiffness", "guide:stiffness"),
    ("dehydration", "cramps", "guide:dehydration ask:cramps.hot_or_salty"),
    ("electrolytes", "sodium", "guide:sodium tell:fluid_and_salt"),
    ("electrolytes", "too much water (low sodium)", "guide:sodium tell:heat_or_sodium"),
    ("electrolytes", "potassium", "guide:potassium"),
    ("electrolytes", "magnesium", "guide:magnesium"),
    ("electrolytes", "calcium and vitamin D", "guide:calcium_vitamin_d"),
    ("the way you run", "overpronation", "guide:foot_rolling_in"),
    ("the way you run", "limited ankle bend and the Achilles", "guide:ankle_bend"),
    ("the way you run", "weak gluteals and pelvic drop", "guide:gluteals video:pelvic_drop"),
    ("the way you run", "overstriding", "guide:gait video:overstride"),
    ("the way you run", "step rate", "guide:tip_form video:cadence"),
    ("warm-up", "none at all", "guide:warm_up ask:warm_up.no_warm_up"),
    ("warm-up", "dynamic drills", "guide:drills ask:warm_up.drills"),
    ("warm-up", "cool-down", "guide:cool_down"),
    ("muscle fatigue", "metabolites", "guide:metabolites"),
    ("muscle fatigue", "the lactate myth", "guide:lactate"),
    ("muscle fatigue", "glycogen", "guide:glycogen"),
    ("muscle fatigue", "neuromuscular fatigue", "guide:neuromuscular ask:cramps.hard_run"),
    ("muscle fatigue", "delayed-onset soreness", "guide:doms ask:onset.later tell:soreness"),
    ("conditions", "peripheral artery disease", "guide:arteries ask:circulation.walking_pain"),
    ("conditions", "exertional compartment syndrome", "guide:running_pressure ask:tightness.yes"),
    ("conditions", "the same, told", "tell:compartment"),
    ("conditions", "acute compartment syndrome", "guide:acute_pressure ask:pressure.yes"),
    ("conditions", "blood clot", "guide:clot ask:clot.swollen_leg tell:leg_clot"),
    ("conditions", "stress fracture", "guide:bone_stress_injury ask:where.one_spot_on_bone"),
    ("conditions", "stress fracture of the forefoot", "ask:where.forefoot tell:bone_stress"),
    ("conditions", "stress fracture of the front of the shin", "ask:where.front_shin_bone"),
    ("conditions", "muscle that breaks down", "guide:muscle_breaks_down ask:ill.dark_urine"),
    ("conditions", "nerves of the lower spine", "guide:lower_spine_nerves tell:lower_spine"),
    ("conditions", "artery squeezed behind the knee", "guide:artery_behind_knee"),
    ("conditions", "the same, asked", "ask:circulation.young_pale_foot tell:squeezed_artery"),
    ("conditions", "low iron", "guide:low_iron"),
    ("conditions", "sciatica", "guide:sciatica ask:nerve.weak_or_dropping_foot"),
    ("conditions", "tarsal tunnel", "guide:tarsal_tunnel ask:nerve.tingling_when_running"),
    ("conditions", "scoliosis", "guide:scoliosis"),
    ("conditions", "leg-length difference", "guide:leg_length"),
    ("conditions", "diabetic neuropathy", "guide:diabetes ask:nerve.numb_feet_diabetes"),
    ("conditions", "lupus", "guide:lupus ask:joint.hot_swollen"),
    ("question", "soreness or injury", "guide:soreness_or_injury"),
    ("question", "shoes", "guide:shoes ask:load.shoes_or_surface"),
    ("question", "stretching", "guide:stretching"),
    ("question", "running through pain", "guide:through_pain ask:warm_up.strong_pain"),
    ("question", "surfaces", "guide:surfaces ask:load.shoes_or_surface"),
    ("question", "at home: rest", "guide:home guide:rest"),
    ("question", "at home: ice", "guide:ice"),
    ("question", "at home: compression", "guide:compression"),
    ("question", "at home: elevation", "guide:elevation"),
    ("question", "at home: painkillers and cautions", "guide:painkillers"),
    ("tip", "progression", "guide:tip_progression guide:progress"),
    ("tip", "warm-up and cool-down", "guide:tip_warm_up"),
    ("tip", "drinking", "guide:tip_drinking"),
    ("tip", "shoes and their age", "guide:tip_shoes"),
    ("tip", "strength and cross-training", "guide:tip_strength"),
    ("tip", "form", "guide:tip_form"),
    ("tip", "rest and sleep", "guide:tip_rest ask:sleep.yes tell:poor_sleep"),
]
GROUPS = {
    "overtraining",
    "dehydration",
    "electrolytes",
    "the way you run",
    "warm-up",
    "muscle fatigue",
    "conditions",
}


def test_no_group_is_missing() -> None:
    assert {group for group, _, _ in COVERAGE} == GROUPS | {"question", "tip"}
    assert len({(group, what) for group, what, _ in COVERAGE}) == len(COVERAGE)


@pytest.mark.parametrize(("group", "what", "where"), COVERAGE)
def test_no_row_is_empty(group: str, what: str, where: str) -> None:
    assert where.split(), what
    page = build_pages.guide()
    for place in where.split():
        kind, name = place.split(":")
        if kind == "guide":
            part = PARTS[name]
            assert part.text in page
            assert part.sources
            assert part.grade
        elif kind == "ask":
            question, answer = name.split(".")
            assert evaluate({question: answer}).why
        elif kind == "tell":
            assert name in {c.id for c in knowledge().intake.conclusion}
        else:
            assert kind == "video"
            assert name in {flag.metric for flag in knowledge().flags}


def test_every_part_of_the_guide_is_in_a_row() -> None:
    told = {place.split(":")[1] for _, _, where in COVERAGE for place in where.split()}
    parts = {p.id for s in GUIDE.section for p in s.point} | {t.id for t in GUIDE.tip}
    assert parts <= told


def test_seven_tips_and_the_questions_as_lists() -> None:
    assert len(GUIDE.tip) == 7
    page = build_pages.guide()
    assert page.count("\n- **") == len(PARTS) - len(GUIDE.section)
    assert "## In short" in page


def test_every_doi_of_the_guide_is_that_of_its_source() -> None:
    page = build_pages.guide()
    for part in PARTS.values():
        for source in part.sources:
            doi = knowledge().sources[source].doi
            assert doi is None or f"https://doi.org/{doi}" in page
