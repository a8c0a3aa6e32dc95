"""The knowledge base: nothing without a source, no unread figure, nothing unreachable."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import build_pages
import pytest
from pydantic import ValidationError

import gait
from gait.analysis.kinematics.registry import REGISTRY
from gait.analysis.kinematics.uncertainty import VARIABILITY
from gait.analysis.results import Summary
from gait.knowledge import ENOUGH, CueInfo, Decimals, Flag, Link, Statement, decimals_of, knowledge
from gait.knowledge.claims import StudyRef
from gait.knowledge.limits import Limit
from gait.ui.result import answer

READ, UNREAD = "bramah2018", "noehren2007"


def tables(name: str) -> dict[str, Any]:
    return tomllib.loads(files("gait.knowledge").joinpath(name).read_text(encoding="utf-8"))


def cited(value: object) -> Iterator[str]:
    """Every id under a key "sources" or "source", however deep."""
    if isinstance(value, dict):
        for key, below in value.items():
            if key == "sources":
                yield from below
            elif key == "source":
                yield below
            else:
                yield from cited(below)
    elif isinstance(value, list):
        for below in value:
            yield from cited(below)


# -------------------------------------------------------------------------------------- sources


def test_all_sources_are_there() -> None:
    sources = knowledge().sources
    assert len(sources) >= 200
    assert len({s.citation for s in sources.values()}) == len(sources)


@pytest.mark.parametrize(
    "name", ["metrics.toml", "flags.toml", "links.toml", "cues.toml", "statements.toml"]
)
def test_every_cited_source_resolves(name: str) -> None:
    ids = set(cited(tables(name)))
    assert ids
    assert ids <= knowledge().sources.keys()


def test_a_doi_is_a_doi_and_printed_only_where_one_is_given() -> None:
    page = build_pages.evidence()
    given = {s.doi for s in knowledge().sources.values() if s.doi}
    assert all(re.fullmatch(r"10\.\d{4,}/\S+", doi) for doi in given)
    assert set(map(unquote, re.findall(r"https://doi\.org/([^)\s]+)", page))) == given


def test_unread_sources_are_marked_wherever_they_are_cited() -> None:
    page = build_pages.evidence()
    for source in knowledge().sources.values():
        assert f'<a id="{source.id}"></a>**{source.id}**{"" if source.read else " ◦"} ' in page
        for after in re.findall(rf"\[{source.id}\]\(#{source.id}\)(.{{2}})", page):
            assert (after == " ◦") == (not source.read), source.id


def test_a_figure_nobody_has_read_cannot_load() -> None:
    assert StudyRef(source=UNREAD).study.effect is None
    assert StudyRef(source=UNREAD).study.n is None  # 36 in sources.toml, from memory
    assert StudyRef(source=READ, effect="OR 1.8").study.n == 108
    with pytest.raises(ValidationError, match="nobody here has read"):
        StudyRef(source=UNREAD, effect="14 against 11 deg")


@pytest.mark.parametrize("metric", knowledge().metrics)
def test_every_measure_can_be_chosen_for_the_picture(metric: str) -> None:
    """Six units had no words: choosing such a measure ended the page of a result."""
    info = knowledge().metrics[metric]
    told = {"n": 9, "value": 1.2, "sd": 0.1, "ci95": (1.1, 1.3), "unit": info.unit, "tier": "A"}
    summary = Summary.model_validate({"metric": metric, "name": info.name, "side": "both"} | told)
    assert "1" in answer._value(summary)


# These are known from memory or from what others say of the work.
MEMORY = ("6.7", "36.7", "62 %", "12 vs 8", "14 vs 11", "5.6 (1.9", "about 0.5", "14 % of")


def test_figures_known_from_memory_are_nowhere() -> None:
    names = ("links", "cues", "flags", "texts", "statements")
    texts = [build_pages.evidence(), *(str(tables(f"{name}.toml")) for name in names)]
    for figure in MEMORY:
        # Not as a part of another number, such as one in a DOI.
        pattern = rf"(?<![\d.]){re.escape(figure)}(?!\d)"
        assert not any(re.search(pattern, text) for text in texts), figure
    # The odds ratio of pelvic drop says who is injured already, not who will be.
    assert not any("your injury" in text.lower() for text in texts)


# ------------------------------------------------------------------- a claim without a source

LINK = {
    "id": "L99",
    "metric": "cadence",
    "directions": ("low",),
    "injury": "shin injury",
    "injuries": ("medial tibial stress syndrome",),
    "grade": "limited",
    "population": "runners",
    "wording": "A sentence.",
    "studies": ({"source": READ},),
}


def test_a_complete_link_loads() -> None:
    assert Link.model_validate(LINK).evidence.studies[0].source == READ


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"studies": ()}, "needs a source"),
        ({"studies": (), "counter": ({"source": READ},)}, "a grade needs studies"),
        ({"studies": ({"source": "nobody1999"},)}, "no such source"),
        ({"grade": "conflicting"}, "speaks against"),
        ({"grade": "conflicting", "counter": ({"source": READ},)}, "speaks against"),
        ({"grade": "strong"}, "grade"),
        ({"metric": None}, "come together"),
        ({"directions": ()}, "come together"),
        ({"injuries": ("housemaid's knee",)}, "injuries"),
        ({"efect": "typing error"}, "efect"),
    ],
)
def test_an_incomplete_link_does_not(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        Link.model_validate(LINK | change)


def test_limits_cues_and_statements_need_sources_too() -> None:
    flag = {"metric": "cadence", "direction": "low", "limit": {"value": 1}, "wording": "Low."}
    cue = next(iter(knowledge().cues.values())).model_dump()
    for model, fields in ((Flag, flag), (CueInfo, cue), (Statement, {"text": "So it is."})):
        with pytest.raises(ValidationError):
            model.model_validate(fields | {"sources": ()})
        with pytest.raises(ValidationError, match="no such source"):
            model.model_validate(fields | {"sources": ("nobody1999",)})
        assert model.model_validate(fields | {"sources": (READ,)})


@pytest.mark.parametrize(
    "limit", [{}, {"value": 1, "above_mean_sd": 2}, {"female": 22}, {"above": 3}]
)
def test_a_limit_has_one_form(limit: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Limit.model_validate(limit)


# ------------------------------------------------------------------------ everything is reachable


def test_links_limits_and_metrics_name_each_other() -> None:
    assert len(knowledge().links) == 28
    flagged = {flag.metric for flag in knowledge().flags}
    linked = {link.metric for link in knowledge().links.values() if link.metric is not None}
    assert linked <= flagged
    assert (
        flagged | knowledge().no_flag.keys()
        == {*REGISTRY, *VARIABILITY}
        == knowledge().metrics.keys()
    )
    assert not flagged & knowledge().no_flag.keys()


def test_every_link_with_a_metric_has_a_limit_in_each_direction() -> None:
    limits = {(flag.metric, flag.direction) for flag in knowledge().flags}
    assert len(limits) == len(knowledge().flags)
    for link in knowledge().links.values():
        assert {(link.metric, d) for d in link.directions} <= limits, link.id


def test_every_cue_is_named_by_a_link_or_says_why_it_is_never_suggested() -> None:
    named = {cue for link in knowledge().links.values() for cue in link.cues}
    assert named <= knowledge().cues.keys()
    for cue in knowledge().cues.values():
        evidence = [cue.grade, *(h.grade for h in cue.helps)]
        reachable = cue.id in named and any(grade in ENOUGH for grade in evidence)
        assert reachable or cue.withheld, cue.id


def test_how_many_decimals_a_unit_has_stands_in_one_place() -> None:
    decimals = knowledge().texts.decimals
    assert {info.unit for info in knowledge().metrics.values()} == decimals.keys()
    for unit, found in decimals.items():
        assert decimals_of(unit) is found
        assert found.table >= found.range >= 0
    assert decimals_of("furlongs") == Decimals(table=1, sentence=1, range=0)
    set_elsewhere = [
        path.name
        for path in Path(gait.__file__).parent.glob("**/*.py")
        if re.search(r"(?i)decimals\b[^=\n]*= ?\{", path.read_text(encoding="utf-8"))
    ]
    assert set_elsewhere == []
