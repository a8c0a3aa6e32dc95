"""The knowledge base as a page to read: ``python -m gait.knowledge.evidence_page``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import filterfalse
from typing import Final, get_args

from gait.knowledge import CueInfo, Flag, Link, Source, knowledge
from gait.knowledge.claims import StudyRef
from gait.knowledge.questionnaire import NOTHING
from gait.types import Injury

UNREAD: Final = "◦"
HOW_READ: Final = {
    "abstract": "abstract or key sentences read",
    "computed": "computed by us",
    "secondary": "read of in another work",
    "citation": "title only",
    "no": "from memory",
}


def render() -> str:
    """The whole page as Markdown."""
    return "\n".join(section().strip("\n") + "\n" for section in SECTIONS)


def cite(ids: Iterable[str]) -> str:
    """Links to the list of sources at the end of the page."""
    return ", ".join(
        f"[{i}](#{i})" + ("" if knowledge().sources[i].read else f" {UNREAD}") for i in ids
    )


def _start() -> str:
    return knowledge().texts.evidence_page["start"]


def _first() -> str:
    lines = (f"- {s.text} {cite(s.sources)}" for s in knowledge().statements.values())
    return knowledge().texts.evidence_page["first"] + "\n" + "\n".join(lines)


def _links() -> str:
    parts = [_link(link) for link in knowledge().links.values()]
    return "\n".join([knowledge().texts.evidence_page["links"], *parts])


def _link(link: Link) -> str:
    sex = f"; told to {link.sex} runners only" if link.sex else ""
    lines = [
        f"\n### {link.id}: {_deviation(link)}",
        f"\n**{link.injury[0].upper()}{link.injury[1:]}.** Evidence: **{link.grade}**"
        f"{' (about load, not injury)' if link.about == 'load' else ''}. "
        f"Population: {link.population}{sex}.\n",
        link.evidence.wording + "\n",
        *(_study("For", ref) for ref in link.studies),
        *(_study("Against", ref) for ref in link.counter),
    ]
    if link.cues:
        lines.append(f"- Cues: {', '.join(link.cues)}")
    return "\n".join(lines)


def _deviation(link: Link) -> str:
    if link.metric is None:
        return "not seen on video"
    notes = {f.direction for f in knowledge().flags if f.metric == link.metric and f.note}
    kind = " (note)" if notes.issuperset(link.directions) else ""
    return f"{_name(link.metric)}, {' or '.join(link.directions)}{kind}"


def _name(metric: str) -> str:
    info = knowledge().metrics.get(metric)
    return info.name if info else metric.replace("_", " ").capitalize()


def _study(stance: str, ref: StudyRef) -> str:
    study = ref.study
    people = f", {study.n:,} people" if study.n else ""
    effect = f": {study.effect}" if study.effect else ""
    return f"- {stance}: {cite([study.source])} ({study.design}{people}){effect}"


def _injuries() -> str:
    named = [i for i in get_args(Injury) if i != "running injury"]
    return "\n".join([knowledge().texts.evidence_page["injuries"], *map(_injury, named)])


def _injury(injury: Injury) -> str:
    rows = [_injury_row(k, injury) for k in knowledge().links.values() if injury in k.injuries]
    trials = [t for t in knowledge().cues.values() if any(h.injury == injury for h in t.helps)]
    never = [t.id for t in knowledge().cues.values() if injury in t.not_with]
    lines = [
        f"\n### {injury[0].upper()}{injury[1:]}\n",
        "| link | measure | evidence | before | beside | against |",
        "| :-- | :-- | :-- | :-- | :-- | :-- |",
        *rows,
        "",
        *(_injury_cue(trial, injury) for trial in trials),
    ]
    if not trials:
        lines.append("- No cue has been studied enough against this pain.")
    if never:
        lines.append(f"- Never with this pain: {', '.join(never)}")
    return "\n".join(lines)


def _injury_row(link: Link, injury: Injury) -> str:
    studies = [s.source for s in link.studies if s.speaks_of(injury)]
    before = filter(_comes_first, studies)
    beside = filterfalse(_comes_first, studies)
    against = [s.source for s in link.counter if s.speaks_of(injury)]
    places = (cite(dict.fromkeys(ids)) or "none" for ids in (before, beside, against))
    grade = f"{link.grade}{' (load)' if link.about == 'load' else ''}"
    return f"| {link.id} | {_deviation(link)} | {grade} | {' | '.join(places)} |"


def _comes_first(source: str) -> bool:
    """Whether the people were followed from before they were hurt."""
    return "prospective" in knowledge().sources[source].design


def _injury_cue(trial: CueInfo, injury: Injury) -> str:
    (grade,) = (h.grade for h in trial.helps if h.injury == injury)
    sex = f"; {trial.sex} runners only" if trial.sex else ""
    held = "; never suggested by the program" if trial.withheld else ""
    return f"- Cue {trial.id} ({grade}{sex}{held}): {trial.text} Dose: {trial.dose}"


def _limits() -> str:
    say, gate = knowledge().texts.evidence_page, knowledge().gate
    start = say["limits"].format(
        min_strides=gate.min_strides,
        min_fps=gate.min_fps_hz,
        max_cv=gate.max_stride_variability_pct,
    )
    rows = [
        "| metric | limit | where it comes from | what is said | links | sources |",
        "| :-- | :-- | :-- | :-- | :-- | :-- |",
        *(_limit(flag) for flag in knowledge().flags),
    ]
    without = (f"- {_name(metric)}: {why}" for metric, why in knowledge().no_flag.items())
    return "\n".join([start, *rows, "", say["no_limits"], *without])


def _limit(flag: Flag) -> str:
    links = [
        link.id
        for link in knowledge().links.values()
        if link.metric == flag.metric and flag.direction in link.directions
    ]
    kind = "note: " if flag.note else ""
    beyond = "below" if flag.direction == "low" else "above"
    mark = " †" if flag.own_limit else ""
    return (
        f"| {_name(flag.metric)} | {kind}{beyond} {_limit_in_words(flag)}{mark} "
        f"| {flag.note_on_limit or ''} | {flag.wording} "
        f"| {', '.join(links) or 'none'} | {cite(flag.sources)} |"
    )


def _limit_in_words(flag: Flag) -> str:
    limit = flag.limit
    info = knowledge().metrics.get(flag.metric)
    unit = knowledge().texts.unit[info.unit].words if info else ""
    if limit.value is not None:
        return f"{limit.value:g}{unit}"
    if limit.female is not None:
        return f"{limit.female:g}{unit} (women), {limit.male:g}{unit} (men)"
    if limit.above_mean is not None:
        return f"mean at the speed {limit.above_mean:+g}{unit}"
    return f"mean at the speed {limit.above_mean_sd:+g} SD"


def _cues() -> str:
    return "\n".join(
        [knowledge().texts.evidence_page["cues"], *map(_cue, knowledge().cues.values())]
    )


def _cue(trial: CueInfo) -> str:
    fits = [link.id for link in knowledge().links.values() if trial.id in link.cues]
    helps = "; ".join(f"{h.injury}: {h.grade}" for h in trial.helps) or "none studied"
    lines = [
        f"\n### {trial.id}: {trial.name}\n",
        f"{trial.text} {trial.dose}\n",
        f"- Caution: {trial.caution}",
        f"- Changes on video ({trial.grade}): {trial.expected}",
        f"- Effect on pain or injury ({helps}): {trial.clinical}",
        f"- For links: {', '.join(fits) or 'none'}",
        f"- Sources: {cite(trial.sources)}",
    ]
    if trial.sex:
        lines.append(f"- Suggested to {trial.sex} runners only, as it was studied.")
    if trial.withheld:
        lines.append(f"- Never suggested by the program: {trial.withheld}")
    return "\n".join(lines)


def _intake() -> str:
    say, intake = knowledge().texts.evidence_page, knowledge().intake
    rows = (
        f"| {q.text if a is q.answers[0] else ''} | {a.text} | {_led(a.leads_to)} |"
        for q in intake.question
        for a in q.answers
    )
    texts = {f"{q.id}.{a.id}": a.text for q in intake.question for a in q.answers}
    rules = (
        f"- {' + '.join(f'“{texts[name]}”' for name in rule.answers)}"
        f"{f' while “{rule.while_open}” is open' if rule.while_open else ''}: {_led(rule.leads_to)}"
        for rule in intake.rule
    )
    told = (
        f'- <a id="{c.id}"></a>**{c.id}** ({c.level}; {c.kind}; {c.grade}) '
        f"{' '.join(c.shown())} {cite(c.sources)}"
        for c in intake.conclusion
    )
    return "\n".join([say["intake"].rstrip("\n"), *rows, say["rules"], *rules, "", *told])


def _led(conclusion: str) -> str:
    return "" if conclusion == NOTHING else f"[{conclusion}](#{conclusion})"


def _sources() -> str:
    return "\n".join(
        [knowledge().texts.evidence_page["sources"], *map(_source, knowledge().sources.values())]
    )


def _source(source: Source) -> str:
    people = f", n = {source.n:,}" if source.n and source.read else ""
    doi = f" [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
    mark = "" if source.read else f" {UNREAD}"
    return (
        f'- <a id="{source.id}"></a>**{source.id}**{mark} {source.citation}.{doi} '
        f"({source.design}{people}; {HOW_READ[source.verified]})"
    )


SECTIONS: Final[tuple[Callable[[], str], ...]] = (
    _start,
    _first,
    _links,
    _injuries,
    _limits,
    _cues,
    _intake,
    _sources,
)
"""Parts of the page in order; each gives Markdown."""


if __name__ == "__main__":
    sys.stdout.write(render())
