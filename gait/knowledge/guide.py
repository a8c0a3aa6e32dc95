"""The guide "Why do my legs ache when I run?", as data and as a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final, Literal, Self

from pydantic import model_validator

from gait.knowledge.claim import Claim
from gait.knowledge.intake import load_intake
from gait.knowledge.reading import Model, parsed
from gait.knowledge.sources import Source, load_sources
from gait.types import Outcome

HEALTH: Final = "health"
"""The section that comes first if an answer calls for a clinician."""


_HEADINGS: Final = {"contributor": "What goes with aching legs", "question": "What runners ask"}


class Section(Claim):
    """Two sentences on one contributor or one question.

    `often_said` is the popular answer and `support` how well it holds.
    """

    id: str
    about: Literal["contributor", "question"]
    title: str
    often_said: str
    support: Literal["good", "mixed", "weak", "untested"]

    @model_validator(mode="after")
    def _two_sentences(self) -> Self:
        if len(re.findall(r"[.?!](?:\s|$)", self.text)) != 2:
            raise ValueError(f"{self.id}: not two sentences")
        return self


class Guide(Model):
    """All sections, in the order in which they are read without answers."""

    title: str
    preface: str
    legend: str
    section: tuple[Section, ...]

    @model_validator(mode="after")
    def _answers_find_their_section(self) -> Self:
        ids = [section.id for section in self.section]
        wanted = {HEALTH, *(conclusion.guide for conclusion in load_intake().conclusion)}
        if len(set(ids)) != len(ids) or wanted - set(ids):
            raise ValueError(f"sections that repeat, or are missing: {wanted - set(ids)}")
        return self


@cache
def load_guide() -> Guide:
    """Read and check ``guide.toml``."""
    return Guide.model_validate(parsed("guide.toml"))


def guide_for(outcome: Outcome | None = None) -> tuple[Section, ...]:
    """All sections, those on a runner's own contributors first.

    Parameters
    ----------
    outcome : Outcome, optional
        What the questionnaire led to, if it was answered.

    Returns
    -------
    tuple of Section
        If an answer calls for a clinician, underlying conditions open the guide.
    """
    own: list[str | None] = []
    if outcome is not None:
        own = [HEALTH] if outcome.action else []
        own += [contributor.guide for contributor in outcome.contributors]
    sections = {section.id: section for section in load_guide().section}
    order = dict.fromkeys([*(i for i in own if i in sections), *sections])
    return tuple(sections[i] for i in order)


def to_markdown() -> str:
    """The whole guide as a page, with what it cites."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    guide = load_guide()
    cited = list(dict.fromkeys(s for section in guide.section for s in section.sources))
    yield from (f"# {guide.title}", "", guide.preface.strip(), "", guide.legend.strip())
    for about, heading in _HEADINGS.items():
        yield from ("", f"## {heading}")
        for section in guide.section:
            if section.about == about:
                numbers = ", ".join(f"{cited.index(s) + 1}{_mark(s)}" for s in section.sources)
                yield from ("", f"### {section.title}", "", section.text, "")
                yield f"- Evidence: {section.grade} [{numbers}]"
                yield f"- Often said: “{section.often_said}” Support: {section.support}."
    yield from ("", "## Sources", "", "Those marked * we have not read ourselves.", "")
    yield from (f"{n}. {_reference(load_sources()[s])}" for n, s in enumerate(cited, 1))


def _mark(source: str) -> str:
    return "" if load_sources()[source].read else "\\*"


def _reference(source: Source) -> str:
    doi = f". [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
    return f"{source.citation}{doi}{_mark(source.id)}"
