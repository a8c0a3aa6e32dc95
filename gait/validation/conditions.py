"""Known videos made worse on purpose: what frame rate, noise, camera and occlusion do to results.

The pose tracks of videos with a truth are changed; the errors of the pose model stay in them. What
was measured in the picture goes with the points where a change leaves it meaningful, and is dropped
where it would need another video.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

import numpy as np

from gait.analysis.analyze import analyze_track
from gait.io.kept_run import kept_track
from gait.io.run_folder import RunFolder
from gait.types import SIDES, Float, PoseTrack, Side, opposite
from gait.validation.agreement import Checked, check
from gait.validation.truth import Known, Truth

Change: TypeAlias = Callable[[PoseTrack, Truth], tuple[PoseTrack, Truth]]
"""A track and its truth, changed together."""


def as_filmed(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
    """Nothing changed."""
    return track, truth


def every_other_frame(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
    """Half the frame rate; motion between frames in the picture is not known any more."""
    half = slice(0, None, 2)
    return track.with_(signals=replace(track.signals, knees=None)).rows(half), truth


def first_half(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
    """Half the strides: their mean is not that of the whole video, which stays the truth."""
    middle_s = (track.time[0] + track.time[-1]) / 2
    return track.between(track.time[0], middle_s), truth


def noise(share_of_leg: float) -> Change:
    """White noise on every point, SD as a share of the leg."""

    def change(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
        sd_px = share_of_leg * track.leg_px
        shake = np.random.default_rng(0).normal(0, sd_px, track.xy.shape)
        return track.with_(xy=track.xy + shake), truth

    return change


def roll(deg: float) -> Change:
    """The camera turned about its axis, image right lower; frontal videos only lose their level."""

    def change(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
        c, s = np.cos(np.radians(deg)), np.sin(np.radians(deg))
        turn = np.array([[c, -s], [s, c]])
        centre = np.array(track.size) / 2
        signals, knees = track.signals, track.signals.knees
        if knees is not None:
            turned = knees.with_flow_px(*(knees.flow_px(side) @ turn.T for side in SIDES))
            signals = replace(signals, knees=turned)
        return track.with_(xy=(track.xy - centre) @ turn.T + centre, signals=signals), truth

    return change


def mirrored(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
    """The video seen in a mirror: the runner goes the other way, left becomes right."""
    signs = {"step_time_asymmetry": -1}
    values = tuple(
        v.model_copy(update={"side": _other(v.side), "value": signs.get(v.metric, 1) * v.value})
        for v in truth.values
    )
    events = tuple(e.model_copy(update={"side": opposite(e.side)}) for e in truth.events)
    return track.mirrored(), truth.model_copy(update={"values": values, "events": events})


def far_leg_hidden(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
    """The far knee and foot are not seen for a tenth of every second."""
    far = _far(track)
    hidden = np.mod(track.time - track.time[0], 1.0) < HIDDEN_S
    points = [track.index(f"{far}_{p}") for p in ("knee", "ankle", "heel", "foot_index")]
    xy, score = track.xy.copy(), track.score.copy()
    xy[np.ix_(hidden, points)] = np.nan
    score[np.ix_(hidden, points)] = 0
    return track.with_(xy=xy, score=score), truth


def now_and_then_lost(track: PoseTrack, truth: Truth) -> tuple[PoseTrack, Truth]:
    """Nobody is found for `LOST_S` out of every `EVERY_S`, beginning after half of that."""
    since_s = track.time - track.time[0] - EVERY_S / 2
    lost = (since_s >= 0) & (np.mod(since_s, EVERY_S) < LOST_S)
    xy = np.where(lost[:, None, None], np.nan, track.xy)
    return track.with_(xy=xy, score=np.where(lost[:, None], 0.0, track.score)), truth


HIDDEN_S: Final = 0.1
LOST_S, EVERY_S = 0.3, 2.0

CONDITIONS: Final[Mapping[str, tuple[Change, str]]] = {
    "as filmed": (as_filmed, "any"),
    "half the frame rate": (every_other_frame, "any"),
    "half as long": (first_half, "any"),
    "noise of 0.5 % of the leg": (noise(0.005), "any"),
    "noise of 1 % of the leg": (noise(0.01), "any"),
    "camera rolled by 3 degrees": (roll(3), "side"),
    "camera rolled by -3 degrees": (roll(-3), "side"),
    "mirrored": (mirrored, "side"),
    "far leg hidden for a tenth of each second": (far_leg_hidden, "side"),
    "nobody found for 0.3 of every 2 s": (now_and_then_lost, "any"),
}
"""What is done to a video, and to videos from where."""


@dataclass(frozen=True, slots=True)
class UnderCondition:
    """All comparisons under one condition."""

    condition: str
    """As in `CONDITIONS`."""
    checked: tuple[Checked, ...]
    """Of all videos."""


def under_conditions(
    videos: Iterable[Known], names: Iterable[str] = tuple(CONDITIONS)
) -> tuple[UnderCondition, ...]:
    """Conditions on every run folder with a truth; videos that need the pose model are left."""
    tracks = [(k, kept_track(RunFolder(k.source))) for k in videos if not k.is_video]
    results = []
    for name in names:
        change, plane = CONDITIONS[name]
        checked: list[Checked] = []
        for known, track in tracks:
            if plane in ("any", known.truth.plane):
                changed, truth = change(track, known.truth)
                checked += check(known.name, analyze_track(changed, truth.settings), truth)
        results.append(UnderCondition(name, tuple(checked)))
    return tuple(results)


def _other(side: str) -> str:
    return opposite(side) if side in SIDES else side


def _far(track: PoseTrack) -> Side:
    """Who faces image right shows the right side."""
    ahead: Float = np.concatenate(
        [(track[f"{s}_foot_index"] - track[f"{s}_heel"])[:, 0] for s in SIDES]
    )
    return "left" if np.nanmedian(ahead) > 0 else "right"
