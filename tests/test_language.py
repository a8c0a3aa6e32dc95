"""What no user may be told, and how hard the telling may be to read."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import gait

PACKAGE = Path(gait.__file__).parent
KNOWLEDGE = sorted(
    # Titles of other people's papers may say what they like.
    p
    for p in (PACKAGE / "knowledge").glob("*.toml")
    if p.name != "sources.toml"
)
CODE = sorted(PACKAGE.rglob("*.py"))

FORBIDDEN = {
    "an association is no reason": r"\bcaus(e|es|ed|ing|al)\b|\bdue to\b"
    r"|\bleads? to (\w+ ){0,2}(pain|injur)",
    "nothing is promised": r"\bprevent|\bprotects?\b|\bguarantee|\bcures?\b"
    r"|\bwill (avoid|stop|fix|heal)\b",
    "no runner's future is known": r"\bprobabilit|\blikelihood\b|\brisk (score|of (?!bias))"
    r"|\b(your|at) (\w+ )?risk\b(?! of bias)|% (\w+ )?(risk|chance|likely)\b"
    r"|\btimes (more|as|less) likely\b|\bodds of injur",
    "only an examination can tell": r"\bdiagnos",
    "it cannot be seen on video": r"\b(over|under)?(pro|supi)nat",
    "cadence depends on the runner and the speed": r"\b180\b(?! ?(deg|°))",
    "no way of running is wrong": r"\b(bad|poor|wrong|incorrect|faulty|perfect|ideal|correct"
    r"|abnormal) (running )?(form|technique|gait|posture|running|style|mechanics)\b",
}
"""Why a word is not for users, and the word."""

SHOWN = {"text", "action", "wording", "against", "dose", "caution", "title", "often_said"}
SHOWN |= {"preface", "legend", "withheld", "clear", "open", "because", "found", "change"}
"""Keys of the knowledge files that hold sentences for a runner."""

EASY_FILE, EASY_TEXT = 9.0, 12.0
"""Highest grade (years of school) of a file on average and of any one text in it.

Information for the public is to be written for people of 13 to 15 years: eighth to ninth grade. A
single text may be harder, because "Achilles tendon" or "blood vessel" cannot be said in one
syllable, but never beyond what ends school for most.
"""
ENOUGH_WORDS = 15
"""Fewer words than this have no reading grade worth the name."""


def leaves(node: object, key: str = "") -> Iterator[tuple[str, str]]:
    """All strings of a TOML document with the key they belong to."""
    if isinstance(node, str):
        yield key, node
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from leaves(value, name)
    elif isinstance(node, list):
        for value in node:
            yield from leaves(value, key)


def knowledge(path: Path) -> list[tuple[str, str]]:
    return list(leaves(tomllib.loads(path.read_text(encoding="utf-8"))))


def sentences_in_code(source: str) -> Iterator[str]:
    """String literals that are no docstrings; "…" where an f-string has a value."""
    tree = ast.parse(source)
    # A string that stands alone is a docstring, also below a constant.
    silent = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in node.values}
            yield "".join(v.value if isinstance(v, ast.Constant) else "…" for v in node.values)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            yield node.value


def objections(text: str) -> list[str]:
    return [f"{why}: {text}" for why, word in FORBIDDEN.items() if re.search(word, text, re.I)]


def syllables(word: str) -> int:
    """Groups of vowels, less a silent e at the end."""
    word = word.lower()
    silent = re.search(r"[^aeiouyl]es?$|[^aeiouytd]ed$", word) is not None
    return max(1, len(re.findall(r"[aeiouy]+", word)) - silent)


def grade(text: str) -> float:
    """Flesch-Kincaid: years of school needed (Kincaid 1975)."""
    words = re.findall(r"[A-Za-z]+(?:'[a-z]+)?", text)
    stops = max(1, len(re.findall(r"[.?!](?:\s|$)", text)))
    return 0.39 * len(words) / stops + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def for_runners(path: Path) -> list[str]:
    """Texts that are long enough to be graded."""
    texts = [text.strip() for key, text in knowledge(path) if key in SHOWN]
    return [
        text if text[-1] in ".?!" else f"{text}."
        for text in texts
        if len(text.split()) >= ENOUGH_WORDS
    ]


# ------------------------------------------------------------------------------------------ words


@pytest.mark.parametrize("path", KNOWLEDGE, ids=lambda p: p.name)
def test_knowledge_says_nothing_forbidden(path: Path) -> None:
    assert [o for _, text in knowledge(path) for o in objections(text)] == []


@pytest.mark.parametrize("path", CODE, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_code_says_nothing_forbidden(path: Path) -> None:
    found = sentences_in_code(path.read_text(encoding="utf-8"))
    assert [o for text in found for o in objections(text)] == []


@pytest.mark.parametrize("path", KNOWLEDGE, ids=lambda p: p.name)
def test_no_value_is_worded_without_its_interval(path: Path) -> None:
    assert [t for _, t in knowledge(path) if "{value}" in t and "±" not in t] == []


@pytest.mark.parametrize(
    "bad",
    [
        "Overstriding causes shin splints.",
        "Caused by weak hips.",
        "A quicker step will prevent injury.",
        "Stretching prevents injury.",
        "The probability of injury is 30 %.",
        "This gives you a 64 % higher risk.",
        "Each extra degree raises your injury risk by 80 %.",
        "You are three times more likely to be hurt.",
        "Diagnosis: runner's knee.",
        "Your foot overpronates.",
        "Aim for 180 steps per minute.",
        "This is bad form.",
        "Your posture leads to back pain.",
    ],
)
def test_the_guard_hears_what_must_not_be_said(bad: str) -> None:
    assert objections(bad)


@pytest.mark.parametrize(
    "good",
    [
        "Because the far leg is hidden, its interval is wider.",
        "A lower step rate was linked with more shin injuries in one study.",
        "A prone position is not needed.",
        "The video has 1800 frames.",
        "180 deg minus the angle of the knee.",
    ],
)
def test_the_guard_lets_the_rest_pass(good: str) -> None:
    assert objections(good) == []


def test_the_guard_finds_strings_in_code() -> None:
    source = '"""Causes."""\nx = f"A {y} causes pain."\n"""Causes."""\nf("It causes", z="pain")\n'
    assert set(sentences_in_code(source)) == {"A … causes pain.", "It causes", "pain"}


# ---------------------------------------------------------------------------------------- reading


@pytest.mark.parametrize("path", KNOWLEDGE, ids=lambda p: p.name)
def test_a_general_adult_can_read_it(path: Path) -> None:
    texts = for_runners(path)
    if not texts:
        pytest.skip("no long text for runners")
    assert grade(" ".join(texts)) <= EASY_FILE
    assert {t: round(g, 1) for t in texts if (g := grade(t)) > EASY_TEXT} == {}


def test_the_grade_of_known_texts() -> None:
    # "The cat sat on the mat." is grade -1.4 by definition: six words, six syllables.
    assert grade("The cat sat on the mat.") == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    hard = (
        "Contralateral pelvic obliquity constitutes a biomechanical association with "
        "musculoskeletal symptomatology in recreational populations."
    )
    assert grade(hard) > EASY_TEXT
    counted = {w: syllables(w) for w in ("ache", "little", "muscles", "looked", "added", "injury")}
    assert counted == {"ache": 1, "little": 2, "muscles": 2, "looked": 1, "added": 2, "injury": 3}
