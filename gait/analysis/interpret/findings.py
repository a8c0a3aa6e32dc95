"""From values that differ to what is known about them, in words for the runner."""

from __future__ import annotations

from collections.abc import Iterable

from gait.analysis.interpret.questionnaire import Answers, may_suggest
from gait.analysis.interpret.reference_limits import Deviation, deviations
from gait.analysis.results import Finding, Summary
from gait.analysis.trial import Trial
from gait.knowledge import GRADES, Link, decimals_of, knowledge
from gait.types import Cue, Injury, Outcome, Sex

_KINDS = ("linked", "unusual", "note")


def assess(
    trial: Trial,
    summaries: tuple[Summary, ...],
    outcome: Outcome | None = None,
    answers: Answers | None = None,
    *,
    asked: bool = False,
) -> tuple[Finding, ...]:
    """What stands out in a video and what is documented about it.

    Parameters
    ----------
    trial : Trial
        Only running is compared with runners, at this speed and of this sex.
    summaries : tuple of Summary
        From `gait.analysis.kinematics.summarize`.
    outcome : Outcome, optional
        What the questionnaire led to. Without it there is no pain and no warning sign.
    answers : mapping of str to str or sequence of str, optional
        To the questionnaire.
    asked : bool
        Whether the runner asks what to try, also without pain.

    Returns
    -------
    tuple of Finding
        Linked with an injury before merely unusual before notes; then by grade, then by distance
        from the limit. Show at most three on top. At most one of all carries a cue.
    """
    sex = trial.settings.sex
    found = [(d, _finding(trial, d)) for d in deviations(trial, summaries)]
    found.sort(key=lambda pair: _order(pair[0], pair[1], sex))
    if not may_suggest(outcome, answers):
        return tuple(finding for _, finding in found)
    return _with_one_cue(found, sex, outcome, asked)


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of several videos as those of one: by kind, and with at most one cue."""
    by_kind = sorted(findings, key=lambda finding: _KINDS.index(finding.kind))
    first = next((i for i, finding in enumerate(by_kind) if finding.cue), None)
    return tuple(
        finding if i == first else finding.model_copy(update={"cue": None})
        for i, finding in enumerate(by_kind)
    )


def _order(deviation: Deviation, finding: Finding, sex: Sex | None) -> tuple[float, ...]:
    links = knowledge().links_of(deviation.flag.metric, deviation.flag.direction, sex)
    about_load, grade = links[0].rank if links else (True, len(GRADES))
    return _KINDS.index(finding.kind), about_load, grade, -deviation.distance


def _finding(trial: Trial, deviation: Deviation) -> Finding:
    flag = deviation.flag
    info = knowledge().metrics[flag.metric]
    links = knowledge().links_of(flag.metric, flag.direction, trial.settings.sex)
    documented = any(link.grade != "none" for link in links)
    return Finding(
        id=f"{flag.metric}_{flag.direction}_{deviation.side}",
        metric=flag.metric,
        side=deviation.side,
        kind="note" if flag.note else "linked" if documented else "unusual",
        flag=None if flag.note else flag.direction,
        value=deviation.value,
        ci95=deviation.ci95,
        unit=info.unit,
        tier=info.tier,
        limit_value=deviation.limit,
        measured=_measured(deviation),
        typical=_typical(trial, deviation),
        wording=_wording(deviation, links, documented),
        links=tuple(link.evidence for link in links),
    )


def _number(value: float, unit: str) -> str:
    text = f"{value:z.{decimals_of(unit).sentence}f}"
    return "0" if float(text) == 0 else text


def _measured(deviation: Deviation) -> str:
    """Every measured side with its band, and a word of caution if it rests on little."""
    say = knowledge().texts.sentence
    info = knowledge().metrics[deviation.flag.metric]
    unit = knowledge().texts.unit[info.unit]
    values = [
        say["value"].format(
            side=say[s.side],
            value=_number(s.value, s.unit),
            half=_number(s.half, s.unit),
            unit=unit.words if s is deviation.summaries[-1] else unit.short,
            far=say["far"] if s.far_side else "",
        )
        for s in deviation.summaries
        if s.value is not None and s.half is not None
    ]
    sentences = [say["measured"].format(values=", ".join(values))]
    fewest = min(s.n for s in deviation.summaries)
    if fewest < info.min_strides:
        sentences.append(say["few_strides"].format(n=fewest))
    return " ".join(sentences)


def _typical(trial: Trial, deviation: Deviation) -> str:
    """What other runners have, and from where on it is pointed out."""
    say, flag = knowledge().texts.sentence, deviation.flag
    info = knowledge().metrics[flag.metric]
    unit = knowledge().texts.unit[info.unit].words
    sentences = [flag.typical] if flag.typical else []
    told, surface = trial.settings, trial.view.surface
    mean, _ = info.reference(told.speed_mps, surface, told.height_m) or (None, None)
    ends = info.typical_range(told.speed_mps, surface, told.height_m)
    compared = False
    if not sentences and mean is not None:
        depends = info.speed_model or any(t.speed_mps is not None for t in info.typical)
        by_leg = info.leg_model is not None and told.height_m is not None
        at_speed = say["at_speed_and_leg" if by_leg else "at_speed"]
        compared = True
        words = {
            "at_speed": at_speed if depends else "",
            "unit": unit,
            "mean": _number(mean, info.unit),
        }
        # A range of its own beside the limit would say twice what is usual, and not the same.
        ranged = ends is not None and flag.note
        if ends is not None:
            words |= {
                "low": _number(ends[0], info.unit),
                "high": _number(ends[1], info.unit),
            }
        sentences.append(say["range" if ranged else "mean"].format(**words))
    if not flag.note:
        template = f"{'own_' if flag.own_limit else ''}limit_{flag.direction}"
        limit = _number(deviation.limit, info.unit)
        sentences.append(say[template].format(limit=limit, unit=unit))
    men = any(knowledge().sources[i].mostly_men for i in info.reference_sources(told.height_m))
    if compared and men and told.sex == "female":
        sentences.append(say["men"])
    return " ".join(sentences)


def _wording(deviation: Deviation, links: tuple[Link, ...], documented: bool) -> str:
    """What differs, how sure that is, and the best documented link with what speaks against it."""
    say, flag = knowledge().texts.sentence, deviation.flag
    sentences = [flag.wording]
    if not deviation.clear and not flag.note:
        sentences.append(say["not_clear"])
    if documented or flag.note:
        sentences += [links[0].evidence.wording] if links else []
    else:
        sentences.append(say["unusual"])
    return " ".join(sentences)


def _with_one_cue(
    found: list[tuple[Deviation, Finding]], sex: Sex | None, outcome: Outcome | None, asked: bool
) -> tuple[Finding, ...]:
    """The findings, the first that a cue fits with that cue.

    A cue needs pain or a question, a clear deviation that is linked with an injury, and enough
    evidence that the cue helps against this pain.
    """
    findings = [finding for _, finding in found]
    pain = frozenset(outcome.injuries) if outcome is not None else frozenset()
    if not (pain or asked):
        return tuple(findings)
    for i, (deviation, finding) in enumerate(found):
        cue = _cue(deviation, sex, pain) if finding.kind == "linked" and deviation.clear else None
        if cue is not None:
            findings[i] = finding.model_copy(update={"cue": cue})
            break
    return tuple(findings)


def _cue(deviation: Deviation, sex: Sex | None, pain: frozenset[Injury]) -> Cue | None:
    """The first cue of the links that fits; with pain only of links with that injury."""
    for link in knowledge().links_of(deviation.flag.metric, deviation.flag.direction, sex):
        if pain and not pain & set(link.injuries):
            continue
        for info in (knowledge().cues[name] for name in link.cues):
            if info.fits(pain, sex):
                cue = info.cue
                if pain:
                    advice = knowledge().texts.sentence["see_someone"]
                    cue = cue.model_copy(update={"caution": f"{cue.caution} {advice}"})
                return cue
    return None
