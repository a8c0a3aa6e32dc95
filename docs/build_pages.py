"""The pages made from data, anew: ``python docs/build_pages.py``.

Evidence, guide and metrics are what ``gait/knowledge`` says, in the words of the templates beside
this file; the schema is that of `gait.Analysis`, commands and public names are the program's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import filterfalse
from pathlib import Path
from typing import Any, Final, get_args

import reference_tables
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gait.analysis.results import SCHEMA_VERSION, Analysis
from gait.knowledge import CueInfo, Flag, Link, Source, knowledge
from gait.knowledge.claims import Claim
from gait.knowledge.questionnaire import NOTHING, Rule
from gait.types import Grade, Injury

DOCS: Final = Path(__file__).parent
HOW_READ: Final = {
    "abstract": "abstract or key sentences read",
    "computed": "computed by us",
    "secondary": "read of in another work",
    "citation": "title only",
    "no": "from memory",
}


def evidence() -> str:
    """The knowledge base as a page to read."""
    return _page("evidence.md.j2")


def guide() -> str:
    """The guide to aching legs."""
    return _page("legs-ache.md.j2")


def schema() -> str:
    """The JSON Schema (2020-12) of ``analysis.json``."""
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"gaitlens analysis.json, version {SCHEMA_VERSION}",
    }
    return json.dumps(head | _schema() | head, indent=2, ensure_ascii=False) + "\n"


def _schema() -> dict[str, Any]:
    return Analysis.model_json_schema(mode="serialization")


def _reference(name: str) -> Callable[[], str]:
    return lambda: _page(f"{name}.md.j2")


PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "evidence.md": evidence,
    "legs-ache.md": guide,
    **{f"reference/{n}.md": _reference(n) for n in ("commands", "metrics", "schema", "stability")},
    "schema/analysis.schema.json": schema,
}
"""Every page by its place in this folder."""


def templates() -> Environment:
    """Where pages are made from, with the habits that all of them share."""
    return Environment(
        loader=FileSystemLoader(DOCS / "templates", encoding="utf-8"),
        autoescape=False,  # Markdown
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _page(template: str) -> str:
    pages = templates()
    pages.filters |= {function.__name__: function for function in FILTERS}
    for function in TABLES:
        pages.globals[function.__name__] = function
    injuries = [injury for injury in get_args(Injury) if injury != "running injury"]
    return pages.get_template(template).render(
        k=knowledge(),
        injuries=injuries,
        guide_sources=[knowledge().sources[i] for i in _told()],
        schema=_schema(),
        schema_version=SCHEMA_VERSION,
    )


# ------------------------------------------------------------------------------ any page


def row(cells: Iterable[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def upper_first(text: str) -> str:
    """A sentence's beginning."""
    return text[0].upper() + text[1:]


def thousands(n: int) -> str:
    """A number of people."""
    return f"{n:,}"


def mark(source: Source) -> str:
    """What stands behind the name of a work that nobody here has read."""
    return "" if source.read else " ◦"


# ------------------------------------------------------------------------------ the evidence page


def cited(ids: Iterable[str]) -> str:
    """Links to the list of sources at the end of the page."""
    return ", ".join(f"[{i}](#{i}){mark(knowledge().sources[i])}" for i in ids)


def name(metric: str) -> str:
    """What a metric is called."""
    info = knowledge().metrics.get(metric)
    return info.name if info else upper_first(metric.replace("_", " "))


def deviation(link: Link) -> str:
    """What is seen on video where the link applies."""
    if link.metric is None:
        return "not seen on video"
    notes = {f.direction for f in knowledge().flags if f.metric == link.metric and f.note}
    kind = " (note)" if notes.issuperset(link.directions) else ""
    return f"{name(link.metric)}, {' or '.join(link.directions)}{kind}"


def links(injury: Injury) -> list[Link]:
    """Those that speak of an injury."""
    return [link for link in knowledge().links.values() if injury in link.injuries]


def works(link: Link, injury: Injury) -> str:
    """Cells: studies that followed people from before they were hurt, others, those against."""
    told = [s.source for s in link.studies if s.speaks_of(injury)]
    against = [s.source for s in link.counter if s.speaks_of(injury)]
    cells = (filter(_comes_first, told), filterfalse(_comes_first, told), against)
    return " | ".join(cited(dict.fromkeys(ids)) or "none" for ids in cells)


def _comes_first(source: str) -> bool:
    return "prospective" in knowledge().sources[source].design


def cues(injury: Injury) -> list[tuple[CueInfo, Grade]]:
    """What has been studied against a pain, and how sure its effect is."""
    every = knowledge().cues.values()
    return [(cue, h.grade) for cue in every for h in cue.helps if h.injury == injury]


def forbidden(injury: Injury) -> list[str]:
    """Cues that are never given with a pain."""
    return [cue.id for cue in knowledge().cues.values() if injury in cue.not_with]


def helps(cue: CueInfo) -> str:
    """The pains against which a cue was studied."""
    return "; ".join(f"{h.injury}: {h.grade}" for h in cue.helps)


def fitting(cue: CueInfo) -> str:
    """The links that name a cue."""
    return ", ".join(link.id for link in knowledge().links.values() if cue.id in link.cues)


def linked(flag: Flag) -> str:
    """The links that a value beyond a limit brings up."""
    every = knowledge().links.values()
    return ", ".join(
        k.id for k in every if k.metric == flag.metric and flag.direction in k.directions
    )


def limit(flag: Flag) -> str:
    """A limit in words, such as "below 3°"."""
    kind = "note: " if flag.note else ""
    beyond = "below" if flag.direction == "low" else "above"
    own = " †" if flag.own_limit else ""
    return f"{kind}{beyond} {_amount(flag)}{own}"


def _amount(flag: Flag) -> str:
    of, info = flag.limit, knowledge().metrics.get(flag.metric)
    unit = knowledge().texts.unit[info.unit].words if info else ""
    if of.value is not None:
        return f"{of.value:g}{unit}"
    if of.female is not None:
        return f"{of.female:g}{unit} (women), {of.male:g}{unit} (men)"
    return f"mean at the speed {of.above_mean_sd:+g} SD"


def led(conclusion: str) -> str:
    """Where an answer leads."""
    return "" if conclusion == NOTHING else f"[{conclusion}](#{conclusion})"


def answers(rule: Rule) -> str:
    """The answers that mean more together."""
    every = knowledge().intake.question
    texts = {f"{question.id}.{a.id}": a.text for question in every for a in question.answers}
    return " + ".join(f"“{texts[given]}”" for given in rule.answers)


def how_read(source: Source) -> str:
    """How far anybody here has read a work."""
    return HOW_READ[source.verified]


# ------------------------------------------------------------------------------ the guide


def numbers(claim: Claim) -> str:
    """Of the claim's sources in the list at the end of the guide."""
    every = _told()
    return ", ".join(str(every.index(source) + 1) for source in claim.sources)


def _told() -> list[str]:
    """Sources of the guide in the order in which it cites them."""
    whole = knowledge().guide
    claims = [claim for section in whole.section for claim in (section, *section.point)]
    return list(dict.fromkeys(s for claim in (*claims, *whole.tip) for s in claim.sources))


FILTERS: Final[tuple[Callable[..., object], ...]] = (
    *(row, upper_first, mark, thousands),
    *(cited, name, deviation, links, works, cues, forbidden, helps, fitting, linked, limit),
    *(led, answers, how_read, numbers, reference_tables.views),
)
"""What the templates know by name."""


TABLES: Final[tuple[Callable[..., object], ...]] = (
    reference_tables.commands,
    reference_tables.metrics,
    reference_tables.models,
    reference_tables.signatures,
)
"""What the templates call by name."""


def main() -> None:
    """Write all pages."""
    for place, page in PAGES.items():
        (DOCS / place).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
