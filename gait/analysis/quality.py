"""What is wrong with a video, seen from the track and the signals that came with it.

Every fault has an amount here; limits, costs and words are in ``gait/knowledge/faults.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.analysis.cleaning.stabilize import as_filmed
from gait.analysis.cleaning.view_plane import find_plane
from gait.analysis.events.image_crossing import feet_outside
from gait.analysis.events.steady_state import foot_speeds
from gait.analysis.kinematics.uncertainty import SEEN_FROM, TOO_FEW
from gait.analysis.results import SPEED_DOUBTED, Summary, VideoFault
from gait.analysis.trial import NO_SPEED, Trial
from gait.analysis.view.observe import LEG_OF_STATURE
from gait.analysis.view.proportions import stretched
from gait.knowledge import Fault, knowledge
from gait.skeleton import LEG
from gait.types import SIDES, Z95, Float, Plane, Side

BODY_OF_LEG: Final = 1 / 0.46
"""Height of a body over its leg as BlazePose draws it (0.491 of stature, 6 % short)."""

PER_DEG: Final[Mapping[str, float]] = {"deg": 1.0, "% leg": 1.75, "cm": 1.5, "ms": 2.8, "%": 0.4}
"""What an error of 1 degree is in a unit: at the end of a leg, 1.75 % of it, or 1.5 cm of 85; at
contact, where a foot turns by 6 degrees in 1/60 s, 2.8 ms, or 0.4 % of a stride."""

FEWEST_HZ: Final = 20.0
"""Six frames a step; nobody has looked at fewer."""

USUAL_STATURE_M: Final = 1.72
SLIP: Final = 0.93
"""Speed of the foot on the ground over that of the belt: 0.93 to 1.09 of rendered runners, 0.85 to
0.98 of such that move as people did, 0.76 to 0.94 of twelve people taken to be 1.75 m tall."""

CAMERA: Final[Mapping[Plane, str]] = {
    "side": "beside the runner",
    "rear": "behind the runner",
    "front": "in front of the runner",
}

FAST, SLOW = 0.9, 0.1
"""Quantiles of foot speed: slower than one in ten are the turning points, where no foot smears."""

CONTACT: Final = "contact_time"
"""A fault that hides this one hides contacts, and with them strides."""

SHOULDERS: Final = 0.47
"""Width of the shoulders in leg lengths: 0.45 to 0.49 on five videos from behind and in front."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a fault there is."""

    value: float
    """In the unit of the limit; NaN if it cannot be known."""
    words: Mapping[str, object] = field(default_factory=dict)
    """What else `found` fills in."""


def find_faults(trial: Trial) -> tuple[VideoFault, ...]:
    """What is wrong with a video, dearest first; empty if nothing is."""
    found = []
    for id, spec in knowledge().faults.items():
        amount = AMOUNTS[id](trial)
        times = spec.times(amount.value)
        if times >= 1:
            found.append(_fault(id, spec, amount, times))
    return tuple(sorted(found, key=lambda f: -f.cost_deg))


def limited(summaries: tuple[Summary, ...], faults: tuple[VideoFault, ...]) -> tuple[Summary, ...]:
    """Summaries as far as the faults of the video allow them.

    Parameters
    ----------
    summaries : tuple of Summary
        As measured.
    faults : tuple of VideoFault
        Of the video they were measured in, dearest first.

    Returns
    -------
    tuple of Summary
        The same metrics and sides: values withheld that a fault makes a guess, intervals widened
        by what others cost, and the reason for either. Where strides are missing because contacts
        cannot be seen, that is the reason: a longer video would have no more of them.
    """
    reasons = {TOO_FEW: next((f for f in faults if CONTACT in f.hides), None)}
    reasons[NO_SPEED] = next((f for f in faults if f.id == SPEED_DOUBTED), None)
    return tuple(
        _explained(s, reasons) if s.value is None else _limited(s, faults) for s in summaries
    )


def _explained(summary: Summary, reasons: Mapping[str, VideoFault | None]) -> Summary:
    """With the fault as the reason for what is missing, by how the reason so far begins."""
    for begins, fault in reasons.items():
        if fault is not None and (summary.limit or "").startswith(begins):
            return summary.withheld(f"{fault.found} {fault.change}")
    return summary


def _limited(summary: Summary, faults: tuple[VideoFault, ...]) -> Summary:
    hiding = next((f for f in faults if summary.metric in f.hides), None)
    if hiding is not None:
        return summary.withheld(f"{hiding.found} {hiding.change}")
    widening = [f for f in faults if f.widens and summary.unit in PER_DEG]
    weakening = [f for f in faults if f in widening or summary.metric in f.weakens]
    if not weakening or summary.value is None or summary.half is None:
        return summary
    error = Z95 * PER_DEG.get(summary.unit, 0.0) * np.linalg.norm([f.cost_deg for f in widening])
    half = float(np.hypot(summary.half, error))
    most = knowledge().metrics[summary.metric].max_halfwidth
    first = weakening[0]
    if half > most:
        reason = f"Too uncertain in this video (± {half:.2g} {summary.unit}). "
        return summary.withheld(f"{reason}{first.found} {first.change}")
    update = {
        "ci95": (summary.value - half, summary.value + half),
        "caveat": summary.caveat or first.found,
    }
    return summary.model_copy(update=update if widening else {"caveat": update["caveat"]})


def _fault(id: str, spec: Fault, amount: Amount, times: float) -> VideoFault:
    hides = spec.hides if spec.times(amount.value, spec.hides_from) >= 1 else ()
    return VideoFault(
        id=id,
        found=spec.found.format(amount=amount.value, **amount.words),
        change=spec.change,
        cost_deg=spec.cost_deg * times,
        hides=hides,
        weakens=spec.weakens,
        widens=spec.widens,
    )


# ------------------------------------------------------------------------------- what is measured


def _feet_cut(trial: Trial) -> Amount:
    """Percent of frames with a foot outside the picture."""
    if not _inside(trial).any():
        return Amount(float("nan"))
    return Amount(100 * float(feet_outside(trial)[_inside(trial)].mean()))


def _head_cut(trial: Trial) -> Amount:
    """Percent of frames with a point of the head above the picture."""
    return Amount(_outside(trial, ["nose", "left_ear", "right_ear"], np.array([-np.inf, 0.0])))


def _outside(trial: Trial, names: list[str], room_px: Float) -> float:
    """Percent of frames with a point nearer than `room_px` (x, y) to an edge."""
    names, inside = [name for name in names if name in trial.track], _inside(trial)
    if not names or not inside.any():
        return float("nan")
    filmed = as_filmed(trial.track)  # the edges of the pictures are nowhere else
    xy = np.stack([filmed[name][inside] for name in names])
    beyond = (xy < room_px) | (xy > np.array(trial.track.size) - room_px)
    return 100 * float(beyond.any(axis=(0, 2)).mean())


def _lost(trial: Trial) -> Amount:
    """Percent of frames without a single leg point, from the first to the last frame with one."""
    names = [f"{s}_{p}" for s in SIDES for p in LEG if f"{s}_{p}" in trial.track]
    points = np.stack([trial.track[name][:, 0] for name in names])
    seen = np.asarray(np.isfinite(points).any(axis=0))
    between = seen[seen.argmax() : len(seen) - seen[::-1].argmax()]
    return Amount(100 * float(1 - between.mean()))


def _sides_unclear(trial: Trial) -> Amount:
    """Percent of frames with unclear left and right; from behind feet alone are unclear."""
    legs = trial.track.derived.legs
    unclear = None if legs is None else _known(trial, legs.swap_undecided)
    if unclear is None or trial.view.plane != "side":
        return Amount(float("nan"))
    return Amount(100 * float(np.mean(unclear)))


def _frame_rate(trial: Trial) -> Amount:
    """Frames per second; 49.9 passes as 50."""
    hz = float(np.round(trial.view.fps_hz))
    reliable = hz >= FEWEST_HZ and len(trial.strides) > 0
    return Amount(hz, {"still": "cadence and posture are reliable, " if reliable else ""})


def _motion_blur(trial: Trial) -> Amount:
    """How much more blurred the feet are while they are fast."""
    more = []
    for side in SIDES:
        blur, speed = _foot_blur(trial, side), _foot_speed(trial, f"{side}_ankle")
        if blur is not None:
            fast, slow = speed > np.nanquantile(speed, FAST), speed < np.nanquantile(speed, SLOW)
            more.append(_median(blur[fast]) - _median(blur[slow]))
    return Amount(float(np.mean(more)) if more else float("nan"))


def _soft(trial: Trial) -> Amount:
    """Blur of what moves little: the sharper of head and slow feet."""
    sharpness = trial.track.signals.sharpness
    head = None if sharpness is None else _known(trial, sharpness.head_blur)
    if head is None:
        return Amount(float("nan"))
    still = [_median(head)]
    for side in SIDES:
        blur, speed = _foot_blur(trial, side), _foot_speed(trial, f"{side}_ankle")
        if blur is not None:
            still.append(_median(blur[speed < np.nanquantile(speed, SLOW)]))
    return Amount(float(np.min(still)))


def _grainy(trial: Trial) -> Amount:
    """Noise of the picture against its contrast."""
    sharpness = trial.track.signals.sharpness
    grain = None if sharpness is None else _known(trial, sharpness.grain)
    return Amount(float("nan") if grain is None else _median(grain))


def _small(trial: Trial) -> Amount:
    """Height of the body in px."""
    return Amount(trial.view.leg_px * BODY_OF_LEG)


def _few_strides(trial: Trial) -> Amount:
    """Complete strides of the foot that has fewer."""
    return Amount(float(min(len(trial.strides.of(side)) for side in SIDES)))


def _uneven_strides(trial: Trial) -> Amount:
    """Coefficient of variation of stride time in percent, of the foot that varies more."""
    percent = []
    for side in SIDES:
        times = trial.strides.of(side).stride_s
        if len(times) > 2:
            percent.append(100 * float(np.std(times, ddof=1) / np.mean(times)))
    return Amount(max(percent) if percent else float("nan"))


def _hidden(trial: Trial) -> Amount:
    """The lowest median score of a point on the side near the camera, and which one it is.

    The wrist counts too: what hides the hips (a console, a rail) hides the wrist, and the pose
    model is sure of hips whatever it sees. Of other programs it counts whether a point was found:
    how sure they are of a point in view is not known, and differs from one to the next.
    """
    near = trial.view.near_side
    score = trial.track.score[_inside(trial)]
    if trial.track.by_model and not trial.track.by_blazepose:
        score = np.sign(score)
    scores = {
        point: _median(score[:, trial.track.index(f"{near}_{point}")])
        for point in ("wrist", *LEG)
        if f"{near}_{point}" in trial.track
    }
    if not scores:
        return Amount(float("nan"))
    worst = min(scores, key=scores.__getitem__)
    return Amount(scores[worst], {"where": worst.replace("foot_index", "toe")})


def _oblique(trial: Trial) -> Amount:
    """Confidence in the plane, apart from uncertainty about whose left is whose."""
    return Amount(max(trial.view.plane_confidence, find_plane(trial.track)[1]))


def _other_view(trial: Trial) -> Amount:
    """Percent of confidence that the camera was not where it is said to have been."""
    told = trial.settings.view
    if told is None:
        return Amount(float("nan"))
    seen, sure = find_plane(trial.track)
    if seen == told or "side" not in (seen, told):
        return Amount(0.0)
    return Amount(100 * sure, {"told": CAMERA[told], "seen": SEEN_FROM[seen]})


def _proportions(trial: Trial) -> Amount:
    """Percent by which lower legs look longer, or shorter, level than upright."""
    wider = float("nan")
    if trial.view.plane == "side":
        wider = stretched(trial.track.rows(_inside(trial)))
    changed, longer = ("stretched", "longer") if wider > 1 else ("squeezed", "shorter")
    words = {"changed": f"{changed} sideways", "longer": longer}
    return Amount(100 * abs(wider - 1), words)


def _turned_side(trial: Trial) -> Amount:
    """Angle off the side, from how far the shoulders lie apart on average over whole strides."""
    if trial.view.plane != "side" or not trial.strides:
        return Amount(float("nan"))
    names = [f"{side}_shoulder" for side in SIDES]
    if not trial.track.has(*names) or _outside(trial, names, np.zeros(2)) > 0:
        return Amount(float("nan"))
    apart = (trial.track["left_shoulder"] - trial.track["right_shoulder"])[_inside(trial), 0]
    share = float(np.nanmean(apart)) / trial.view.leg_px / SHOULDERS
    angle = float(np.degrees(np.arcsin(np.clip(share, -1, 1))))
    return Amount(abs(angle), {"where": "behind" if angle < 0 else "in front"})


def _camera_yaw(trial: Trial) -> Amount:
    """Angle off the line of running, from behind or in front."""
    return _camera(trial.view.camera_yaw_deg)


def _camera_roll(trial: Trial) -> Amount:
    """Roll of the camera."""
    return _camera(trial.view.camera_roll_deg)


def _camera(angle_deg: tuple[float, float] | None) -> Amount:
    if angle_deg is None:
        return Amount(float("nan"))
    return Amount(abs(angle_deg[0]), {"error": Z95 * angle_deg[1]})


def _inside(trial: Trial) -> NDArray[np.bool_]:
    """(T,) frames of the strides that are measured, or where they should be."""
    times = [(s.strike_s, s.next_strike_s) for s in trial.strides] or [trial.view.window_s]
    time = trial.track.time
    return np.asarray(np.any([(time >= a) & (time <= b) for a, b in times], axis=0))


def _foot_blur(trial: Trial, side: Side) -> Float | None:
    """(n,) blur of a foot within the part that is analysed; None if nobody looked."""
    sharpness = trial.track.signals.sharpness
    return None if sharpness is None else _known(trial, sharpness.foot_blur(side))


def _known(trial: Trial, series: Float) -> Float | None:
    """(n,) a signal within the part that is analysed; None if it was never measured there."""
    values = series[_inside(trial)]
    return values if np.isfinite(values).any() else None


def _foot_speed(trial: Trial, name: str) -> Float:
    """(n,) speed of a point in the image within the part that is analysed."""
    velocity = np.gradient(trial.track[name], trial.track.time, axis=0)
    return np.asarray(np.linalg.norm(velocity, axis=1))[_inside(trial)]


def _median(values: Float) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _speed_told(trial: Trial) -> Amount:
    """Percent by which the speed that was told and that of the feet on the belt differ."""
    view, told_mps = trial.view, trial.settings.speed_mps
    if told_mps is None or view.surface != "treadmill" or view.time_base == "unknown":
        return Amount(float("nan"))
    m_per_px = view.scale_m_per_px or USUAL_STATURE_M * LEG_OF_STATURE / view.leg_px
    seen_mps = _median(foot_speeds(trial)) * view.leg_px * m_per_px / SLIP
    apart = abs(np.log(seen_mps / told_mps)) if seen_mps > 0 else float("nan")
    words = {"seen": f"{seen_mps * 3.6:.0f} km/h", "told": f"{told_mps * 3.6:.1f} km/h"}
    return Amount(100 * float(np.exp(apart) - 1), words)


AMOUNTS: Final[Mapping[str, Callable[[Trial], Amount]]] = {
    "speed_told": _speed_told,
    "feet_cut": _feet_cut,
    "head_cut": _head_cut,
    "lost": _lost,
    "sides_unclear": _sides_unclear,
    "frame_rate": _frame_rate,
    "motion_blur": _motion_blur,
    "soft": _soft,
    "grainy": _grainy,
    "small": _small,
    "few_strides": _few_strides,
    "uneven_strides": _uneven_strides,
    "hidden": _hidden,
    "oblique": _oblique,
    "other_view": _other_view,
    "proportions": _proportions,
    "turned_side": _turned_side,
    "camera_yaw": _camera_yaw,
    "camera_roll": _camera_roll,
}
"""How much of each fault there is, by its id in ``faults.toml``."""
