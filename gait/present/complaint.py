"""One complaint: what was studied for it, for and against, beside the runner's own values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gait.analysis.interpret.questionnaire import open_signs
from gait.analysis.results import Analysis, Summary
from gait.knowledge import ENOUGH, Link, decimals_of, knowledge
from gait.present import wording
from gait.types import SIDES, Injury, Sex, Study

TITLES: Final = {
    "kneecap": "Kneecap pain",
    "outer_knee": "Outer knee (iliotibial band)",
    "inner_shin": "Shin splints",
    "achilles": "Achilles tendon",
    "heel": "Under the heel",
    "back_of_thigh": "Back of the thigh (hamstring)",
    "one_calf": "Calf",
}
"""Answers on the place of the pain that have something to be looked up, and their titles."""

Standing = Literal["beyond", "cannot decide", "clear", "not compared", "not measured"]

_SAYS: Final[dict[Standing, str]] = {
    "beyond": "Yours lies on that side of the limit.",
    "cannot decide": "Yours is near the limit, and this video cannot decide.",
    "clear": "Yours is clear of the limit.",
    "not compared": "Yours is not compared with other runners.",
}


_WORDS: Final = {"low": "lower", "high": "higher"}
_HERE: Final[dict[Standing, str]] = {
    "beyond": "In you",
    "cannot decide": "This video cannot decide",
    "clear": "Does not stand out in you",
    "not compared": "Not compared here",
    "not measured": "This video does not show",
}


@dataclass(frozen=True, slots=True)
class Studied:
    """One link between a measure and the complaint."""

    about: Literal["injury", "load"]
    """Whether it was linked with the injury itself, or with what the body carries."""
    grade: str
    """How well it is supported."""
    wording: str
    against: str
    """`wording` and `against`: what was found, and what speaks against it."""
    over_time: tuple[Study, ...]
    at_one_time: tuple[Study, ...]
    counter: tuple[Study, ...]
    """`over_time`, `at_one_time` and `counter`: studies that followed runners, all others, and
    those that did not find it."""

    @property
    def found(self) -> str:
        """What was found, and what speaks against it."""
        return f"{self.wording} {self.against}".strip()


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure that was studied for the complaint."""

    metric: str
    name: str
    unit: str
    """`metric`, `name` and `unit`: what was measured; empty for what no video shows."""
    direction: str
    """"Lower" or "higher": the side that studies speak of."""
    own: str
    """The runner's values with half of their interval, left / right; empty if there is none."""
    standing: Standing
    """On which side of the limit they lie."""
    says: str
    """The same as a sentence; why there is no value."""
    studied: tuple[Studied, ...]
    """Best evidence first."""

    @property
    def graded(self) -> str:
        """The side that was studied, and the grade of the best link: of injury if there is one."""
        best = self.studied[0]
        if best.about == "injury":
            return f"{self.direction} ({best.grade})"
        return f"{self.direction} (load: {best.grade}; injury: not known)"


@dataclass(frozen=True, slots=True)
class Tried:
    """Something that has been tried against it."""

    name: str
    text: str
    dose: str
    caution: str
    """`name`, `text`, `dose` and `caution`: what to do, how much of it, and what it costs."""
    grade: str
    """How well it is supported for this complaint."""
    condition: str
    """When it is worth trying, and whether that holds here."""
    sources: tuple[str, ...]
    """Ids of its sources."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """All of it."""

    place: str
    title: str
    """`place` and `title`: where it hurts."""
    first: tuple[str, ...]
    """What is better documented than running form."""
    measures: tuple[Measure, ...]
    """Those with the best evidence first."""
    tried: tuple[Tried, ...] | None
    """Empty where nothing has been shown to help this pain by way of running form; None as long as
    questions about warning signs are open."""


def places(analysis: Analysis) -> tuple[str, ...]:
    """Where it hurts, as far as there is something to be looked up."""
    given = (analysis.intake or {}).get("where", ())
    chosen = (given,) if isinstance(given, str) else given
    return tuple(place for place in TITLES if place in chosen)


def complaint(place: str, analysis: Analysis) -> Complaint:
    """What was studied for the pain at a place of `TITLES`, beside what this runner's video shows.

    Studies that found the opposite or nothing stand beside those that found something.
    """
    injuries = _injuries(place)
    sex: Sex | None = analysis.settings.sex
    links = [
        link
        for link in knowledge().links.values()
        if set(link.injuries) & injuries and link.sex in (None, sex) and link.grade != "none"
    ]
    by_metric: dict[tuple[str, str], list[Link]] = {}
    for link in sorted(links, key=lambda link: link.rank):
        if link.metric is not None:
            by_metric.setdefault((link.metric, link.directions[0]), []).append(link)
    measures = tuple(
        _measure(metric, direction, found, injuries, analysis)
        for (metric, direction), found in by_metric.items()
    )
    asking = analysis.intake is not None and open_signs(analysis.intake)
    return Complaint(
        place=place,
        title=TITLES[place],
        first=tuple(_first(place, links)),
        measures=measures,
        tried=None if asking else tuple(_trials(links, measures, injuries, sex)),
    )


def _injuries(place: str) -> frozenset[Injury]:
    where = next(q for q in knowledge().intake.question if q.id == "where")
    return frozenset(next(a for a in where.answers if a.id == place).injuries)


def _first(place: str, links: Iterable[Link]) -> Iterator[str]:
    where = next(q for q in knowledge().intake.question if q.id == "where")
    target = next(a for a in where.answers if a.id == place).leads_to
    yield next(c for c in knowledge().intake.conclusion if c.id == target).text
    yield from (link.wording for link in links if link.metric is None)


def _measure(
    metric: str,
    direction: str,
    links: Iterable[Link],
    injuries: frozenset[Injury],
    analysis: Analysis,
) -> Measure:
    info = knowledge().metrics[metric]
    own = [s for s in analysis.summaries if s.metric == metric]
    shown = [s for s in own if s.value is not None]
    standing = _standing(shown, direction)
    if shown:
        says = _SAYS[standing]
    else:
        says = next((s.limit for s in own if s.limit), "This video does not show it.")
    return Measure(
        metric=metric,
        name=info.name,
        unit=info.unit,
        direction=_WORDS[direction],
        own=" / ".join(_value(s) for s in shown),
        standing=standing,
        says=says,
        studied=tuple(_studied(link, injuries) for link in links),
    )


def _value(summary: Summary) -> str:
    decimals = decimals_of(summary.unit).sentence
    assert summary.value is not None
    value, half = (f"{x:z.{decimals}f}" for x in (summary.value, summary.half or 0.0))
    side = f"{summary.side} " if summary.side in SIDES else ""
    return f"{side}{value} ± {half}{'*' * summary.far_side}"


def _standing(shown: Iterable[Summary], direction: str) -> Standing:
    """The most telling of both legs."""
    found = [_of_one(s, direction) for s in shown]
    order: tuple[Standing, ...] = ("beyond", "cannot decide", "clear", "not compared")
    return min(found, key=order.index, default="not measured")


def _of_one(summary: Summary, direction: str) -> Standing:
    limits = summary.flag_limits or (None, None)
    limit = limits[0] if direction == "low" else limits[1]
    if limit is None or summary.ci95 is None:
        return "not compared"
    low, high = summary.ci95
    if direction == "low":
        low, high, limit = -high, -low, -limit
    return "beyond" if low > limit else "clear" if high <= limit else "cannot decide"


def _studied(link: Link, injuries: frozenset[Injury]) -> Studied:
    own = [r.study for r in link.studies if any(r.speaks_of(i) for i in injuries)]
    over = [study for study in own if _followed(study)]
    return Studied(
        about=link.about,
        grade=link.grade,
        wording=link.wording,
        against=link.against or "",
        over_time=tuple(over),
        at_one_time=tuple(study for study in own if study not in over),
        counter=tuple(r.study for r in link.counter),
    )


def _followed(study: Study) -> bool:
    """Whether runners were followed before they were hurt, or put into groups by lot."""
    return "prospective" in study.design or "RCT" in study.design


def _trials(
    links: Iterable[Link],
    measures: Iterable[Measure],
    injuries: frozenset[Injury],
    sex: Sex | None,
) -> Iterator[Tried]:
    changed: dict[str, list[tuple[str, str]]] = {}
    for link in links:
        for name in link.cues:
            studied = [(link.metric, _WORDS[way]) for way in link.directions if link.metric]
            changed.setdefault(name, []).extend(studied)
    # A measure that is never held against a limit can never stand out.
    compared = {(f.metric, _WORDS[f.direction]) for f in knowledge().flags if not f.note}
    shown = {key: m for m in measures if (key := (m.metric, m.direction)) in compared}
    for name, keys in changed.items():
        trial = knowledge().cues[name]
        helped = [h.grade for h in trial.helps if h.injury in injuries]
        if not trial.fits(injuries, sex) or not helped:
            continue
        yield Tried(
            name=trial.name,
            text=trial.text,
            dose=trial.dose,
            caution=trial.caution,
            grade=helped[0],
            condition=(
                _condition([shown[key] for key in keys if key in shown])
                if trial.grade in ENOUGH
                else "For this pain, whatever the video shows."
            ),
            sources=trial.sources,
        )


def _condition(measures: Iterable[Measure]) -> str:
    """When it is worth trying, and which of these measures say so here."""
    names: dict[Standing, list[str]] = {}
    for m in measures:
        names.setdefault(m.standing, []).append(wording.inside(m.name))
    every = ", ".join(dict.fromkeys(name for named in names.values() for name in named))
    told = [
        f"{words}: {', '.join(dict.fromkeys(names[standing]))}."
        for standing, words in _HERE.items()
        if standing in names
    ]
    if not names:
        return "No measure tells when it is worth trying."
    if list(names) == ["clear"]:
        told = ["In you none does."]
    return " ".join([f"Only where one of these clearly stands out: {every}.", *told])


def study_line(study: Study) -> str:
    """Who found what, in one line."""
    return f"{wording.cited(study)}: {wording.told(study)}"
