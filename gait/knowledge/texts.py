"""Templates of sentences and the words for units."""

from __future__ import annotations

from functools import cache

from gait.knowledge.reading import Model, parsed


class Unit(Model):
    """A unit as it is read aloud, the same inside a list, and decimals that suit a sentence."""

    words: str
    short: str
    decimals: int


class Texts(Model):
    """``texts.toml``; what is filled in where is said there."""

    sentence: dict[str, str]
    unit: dict[str, Unit]
    side: dict[str, str]
    overview: dict[str, str]
    video: dict[str, str]
    evidence_page: dict[str, str]


@cache
def load_texts() -> Texts:
    """All templates."""
    return Texts.model_validate(parsed("texts.toml"))
