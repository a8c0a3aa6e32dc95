"""What page, terminal and report say alike, and in which order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from gait.analysis.grading import grade
from gait.analysis.results import SPEED_DOUBTED, Analysis, Finding, Summary, View
from gait.knowledge import knowledge
from gait.present.ranges import near_limit, needed
from gait.types import Activity, Outcome, Study

NONE: Final = "\N{EN DASH}"
"""Stands where there is nothing; where Markdown is read, a hyphen would begin a list."""

ON_TOP: Final = 3
"""Findings that are shown; more would bury the first."""

MAIN: Final = (
    "cadence",
    "contact_time",
    "overstride",
    "foot_strike_angle",
    "knee_flexion_peak_stance",
    "trunk_lean",
    "vertical_oscillation",
    "pelvic_drop",
    "hip_adduction",
    "knee_fppa",
    "step_width",
)
"""What a runner asks about first; the rest is one click away."""

WALKING: Final = (
    "This is walking, not running: a foot is always on the ground. "
    "Running norms do not apply and none are shown."
)
UNCLEAR: Final = "Walking or running could not be decided; no running norms are shown."
NO_STRIDE: Final = (
    "No complete stride could be read from this video, so it cannot tell running from walking, and "
    "nothing was measured."
)
_DOING: Final[dict[Activity, str]] = {
    "walking": WALKING,
    "unclear": UNCLEAR,
    "standing": "The person stands: there is no step to measure.",
    "turning": "The person turns all the time: no stretch is straight enough to measure.",
    "changing speed": (
        "The speed changes from stride to stride, as in a start or a stop. Averages would mean "
        "little and are left out. The strides are kept one by one in the file of results."
    ),
}

_TOLD_WRONGLY: Final = (SPEED_DOUBTED, "other_view")
"""Faults of what was told about a video, not of the video."""
_FROM: Final = {"side": "from the side", "rear": "from behind", "front": "from the front"}


@dataclass(frozen=True, slots=True)
class Overview:
    """What stands out, in the order in which it is told."""

    top: tuple[Finding, ...]
    """Told at once, at most `ON_TOP`."""
    rest: tuple[Finding, ...]
    """One step further: more findings, then what research says of values that are no deviation."""
    answer: str
    """What they mean, or the good news that there is none."""
    sentence: str
    """All of it in one sentence, to begin with."""
    undecided: str
    """What lies near a limit and what has to be said before more can be compared; may be empty."""
    compared: bool
    """Whether any measure could be compared with other runners."""
    clear: bool
    """Whether all that can be judged from this side clearly lies within its limits. Otherwise
    "nothing found" means of the rest that it cannot be told."""


def overview(analysis: Analysis) -> Overview | None:
    """What stands out; None of a video that does not show running, or if advice is withheld."""
    outcome = analysis.outcome
    if analysis.activity != "running" or (outcome is not None and outcome.gait_advice_withheld):
        return None
    say = knowledge().texts.overview
    found = [f for f in analysis.findings if f.kind != "note"]
    compared = {s.metric for s in analysis.summaries if s.flag_limits is not None}
    within = compared - {s.metric for s in analysis.summaries if not _within_limits(s)}
    wanted = compared | _judged_from(analysis)
    clear = not found and within == wanted
    mostly = 2 * len(within) > len(wanted)
    counted = {"n": len(compared), "within": len(within) or "none", "all": len(wanted)}
    if found:
        answer = say["with_pain" if _hurts(analysis) else "no_change"]
        sentence = say["one" if len(found) == 1 else "several"].format(
            n=len(found), first=_deviation(found[0], analysis)
        )
    else:
        undecided = "mostly" if mostly else "undecided" if compared else "not_compared"
        kind = "nothing" if clear else undecided
        answer = sentence = say[kind].format(**counted)
    notes = (f for f in analysis.findings if f.kind == "note")
    return Overview(
        tuple(found[:ON_TOP]),
        (*found[ON_TOP:], *notes),
        answer,
        sentence,
        " ".join(_undecided(analysis, {f.metric for f in found})),
        bool(found or compared),
        clear,
    )


def _deviation(finding: Finding, analysis: Analysis) -> str:
    """A finding in the middle of a sentence, such as "overstride of the right leg is high"."""
    own = next((s for s in analysis.summaries if s.metric == finding.metric), None)
    name = own.name if own else finding.metric
    leg = f" of the {finding.side} leg" if finding.side != "both" else ""
    sure = "is" if _beyond(finding) else "is probably"
    what = knowledge().texts.overview["low" if finding.flag == "low" else "high"]
    return f"{inside(name)}{leg} {sure} {what}"


def inside(name: str) -> str:
    """The name of a measure in the middle of a sentence."""
    return f"{name[:1].lower()}{name[1:]}"


def _beyond(finding: Finding) -> bool:
    """Whether the whole interval is beyond the limit."""
    low, high = finding.ci95
    return high < finding.limit_value if finding.flag == "low" else low > finding.limit_value


def _hurts(analysis: Analysis) -> bool:
    outcome = analysis.outcome
    return outcome is not None and bool(outcome.injuries or outcome.level != "advice")


def _undecided(analysis: Analysis, told: set[str]) -> Iterator[str]:
    """What was told and cannot be; what lies near a limit, and what to say to compare more."""
    say = knowledge().texts.overview
    yield from (f"{f.found} {f.change}" for f in analysis.quality.faults if f.id in _TOLD_WRONGLY)
    near: dict[str, list[str]] = {}
    for s in analysis.summaries:
        if s.metric not in told and near_limit(s):
            near.setdefault(s.name, []).append(s.side)
    if near:
        one_leg = {
            n: f" ({s[0]})" if len(s) == 1 and s != ["both"] else "" for n, s in near.items()
        }
        named = ", ".join(f"{inside(name)}{leg}" for name, leg in one_leg.items())
        yield say["near"].format(names=named)
    needs: dict[str, list[str]] = {}
    for need, name in needed(analysis):
        needs.setdefault(need, []).append(inside(name))
    for need, names in needs.items():
        yield say[f"needs_{need}"].format(names=", ".join(dict.fromkeys(names)))


def _within_limits(summary: Summary) -> bool:
    """Whether the whole interval lies within the limits; True where there are none."""
    if summary.flag_limits is None or summary.ci95 is None:
        return True
    (lowest, highest), (low, high) = summary.ci95, summary.flag_limits
    return (low is None or lowest >= low) and (high is None or highest <= high)


def _judged_from(analysis: Analysis) -> set[str]:
    """Metrics with a limit that a video from this side is expected to show."""
    plane = analysis.view.plane
    views = {"any", "side"} if plane == "side" else {"any", "frontal", plane}
    known = knowledge().metrics
    limited = {flag.metric for flag in knowledge().flags if not flag.note}
    return {
        s.metric
        for s in analysis.summaries
        if s.metric in limited and known[s.metric].view in views
    }


def video_speed(view: View) -> str:
    """How fast the video plays and how that is known, in a few words."""
    if view.time_base == "unknown":
        return "speed of the video not known"
    source = {"seen": ", as seen from the body", "file": ", as the file says"}
    return f"slow motion x {view.time_scale:g}{source.get(view.time_base, '')}"


def activity_warning(analysis: Analysis) -> str | None:
    """What to say of a video that does not show running."""
    seen = any(a.strides for a in analysis.videos)
    if analysis.activity == "unclear" and not seen:
        return NO_STRIDE
    return _DOING.get(analysis.activity)


def title(finding: Finding, analysis: Analysis) -> str:
    """What a finding is about: the measure and the leg."""
    own = [s for s in analysis.summaries if s.metric == finding.metric]
    per_leg = any(s.side != "both" for s in own)
    leg = f", {knowledge().texts.side[finding.side]}" if per_leg else ""
    return f"{own[0].name if own else finding.metric}{leg}"


def filmed(analysis: Analysis) -> Iterator[str]:
    """How the video was taken, in a few words each."""
    view, speed = analysis.view, analysis.settings.speed_mps
    yield view_words(view)
    if view.direction:
        yield f"running to the {view.direction}"
    yield view.surface
    if view.time_scale != 1:
        yield video_speed(view)
    if speed:
        yield f"{speed * 3.6:.1f} km/h"


def view_words(view: View) -> str:
    """Where the camera stood."""
    return _FROM[view.plane]


def video_words(analysis: Analysis) -> str:
    """The grade of the video as a title."""
    return f"{grade(analysis).level.capitalize()} video"


def also_title(outcome: Outcome) -> str:
    """Heading of what goes with the pain besides the most urgent."""
    return "Needs a look, too" if outcome.gait_advice_withheld else "What goes with the pain"


def doi(study: Study) -> str | None:
    """The DOI of a study, if somebody has seen it."""
    return knowledge().sources[study.source].doi


def cited(study: Study) -> str:
    """Who found it."""
    return knowledge().sources[study.source].citation


def told(study: Study) -> str:
    """How it was studied, in how many people, and what was found."""
    people = f", {study.n} people" if study.n else ""
    effect = f": {study.effect}" if study.effect else ""
    return f"{study.design}{people}{effect}"


def standing_sd(summary: Summary) -> tuple[float, float, float] | None:
    """Where a value stands among healthy runners.

    Lower end of the interval, value and upper end in SD of healthy runners from their mean;
    None without a value or without a typical range.
    """
    if summary.value is None or summary.typical is None or summary.ci95 is None:
        return None
    low, high = summary.typical
    middle, sd = (low + high) / 2, (high - low) / 4
    ends = (summary.ci95[0], summary.value, summary.ci95[1])
    return tuple((x - middle) / sd for x in ends)  # type: ignore[return-value]


BAND: Final = "± is half of the 95 % interval: the true value is very likely inside."
FAR: Final = "* is the leg away from the camera: partly hidden, less certain."
TREND: Final = "Trend only: compare videos of the same setup, don't read the number itself."
GREY: Final = "Grey: 95 % of healthy runners. Lines: 95 % interval of each value."
INTERVAL: Final = (
    "A value is the median of all pairwise means of the strides. Its 95 % interval adds, in "
    "squares, the scatter of the strides, the timing of the contacts, the error of the keypoints "
    "and what this video adds, such as a camera that was not level. SD is that between strides."
)
NO_SPEED: Final = (
    "What is typical depends on speed: with the speed given, more measures can be compared."
)
CURVES: Final = (
    "Mean of {strides} strides; shaded: ± 1 SD between strides; dotted: toe-off; grey: typical "
    "where a reference exists. The keypoints add an error that is the same in all strides."
)
CONTACTS: Final = (
    "Grey: the steady part that was measured. Pale contacts are outside whole strides."
)

STOP: Final = (
    "Pain at night or at rest, swelling, a limp, pain on one spot of bone, numbness, or pain "
    "that gets worse from run to run:",
    "stop, and see a clinician.",
)
"""Said to everybody whom no questionnaire has asked about it, in two parts as `LIMITS`."""

LIMITS: Final = (
    (
        "It measures movement.",
        "What is wrong with a leg only an examination can tell, and no number here says that a way "
        "of running is wrong.",
    ),
    (
        "The far leg",
        "is partly hidden in a video from the side: its values are marked and less certain.",
    ),
    (
        "30 pictures per second",
        "give cadence and posture; contact times are rough, angles at contact rougher.",
    ),
    ("Forces and pain", "are not in a video: peak force and load are computed from times."),
    STOP,
)
"""What it cannot do: a heading and the rest of the sentence."""
