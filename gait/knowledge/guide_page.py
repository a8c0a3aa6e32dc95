"""The guide as a page to read: ``python -m gait.knowledge.guide_page``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Final

from gait.knowledge import knowledge
from gait.knowledge.evidence_page import UNREAD
from gait.knowledge.questionnaire import Point, Section

_HEADINGS: Final = {"contributor": "What goes with aching legs", "question": "What runners ask"}


def render() -> str:
    """The whole page as Markdown."""
    guide = knowledge().guide
    told = [claim for section in guide.section for claim in (section, *section.point)]
    cited = list(dict.fromkeys(s for claim in (*told, *guide.tip) for s in claim.sources))
    parts = [f"# {guide.title}", guide.preface.strip(), guide.legend.strip()]
    for about, heading in _HEADINGS.items():
        parts.append(f"## {heading}")
        parts += [_section(s, cited) for s in guide.section if s.about == about]
    parts += ["## In short", "\n".join(_point(tip, cited) for tip in guide.tip)]
    parts += ["## Sources", "\n".join(_sources(cited))]
    return "\n\n".join(parts) + "\n"


def _section(section: Section, cited: Sequence[str]) -> str:
    text = (
        f"### {section.title}\n\n{section.text}\n\n"
        f"- Often said: “{section.often_said}” Support for that: {section.support}.\n"
        f"- Evidence: {section.grade} [{_numbers(section.sources, cited)}]"
    )
    points = "\n".join(_point(point, cited) for point in section.point)
    return f"{text}\n\nOne by one:\n\n{points}" if points else text


def _point(point: Point, cited: Sequence[str]) -> str:
    return f"- **{point.name}.** {point.text} ({point.grade}) [{_numbers(point.sources, cited)}]"


def _numbers(sources: Sequence[str], cited: Sequence[str]) -> str:
    return ", ".join(str(cited.index(source) + 1) for source in sources)


def _sources(cited: Sequence[str]) -> Iterator[str]:
    for number, source in enumerate((knowledge().sources[i] for i in cited), 1):
        doi = f". [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
        mark = "" if source.read else f" {UNREAD}"
        yield f"{number}. [{source.id}](evidence.md#{source.id}){mark} {source.citation}{doi}"


if __name__ == "__main__":
    sys.stdout.write(render())
