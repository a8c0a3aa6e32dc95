"""Whether a film is from the side, from behind or from in front, and whose left is whose.

A pose model names left and right by what it takes for the front of the body: from behind, the
runner's right is on the image's right. Taking a back for a chest exchanges the whole body. For some
frames that is seen here; for a whole film the feet tell, once it is known which of them carries
(`gait.geometry`).
"""

from __future__ import annotations

import numpy as np

from gait.sides import SIDE_SPREAD, is_frontal
from gait.skeleton import mirror_name
from gait.types import Float, Plane, PoseTrack

# Leg lengths. Hips are some 0.2 apart, shoulders 0.4; less than this between left and right of the
# body is a body seen from the side.
EDGE_ON = 0.05


def find_plane(track: PoseTrack) -> tuple[Plane, float]:
    """The plane a film shows.

    Parameters
    ----------
    track : PoseTrack
        Cleaned track.

    Returns
    -------
    plane : {"side", "rear", "front"}
        Rear or front as the names of left and right say.
    confidence : float
        0 to 1.
    """
    apart = (track["left_ankle"][:, 0] - track["right_ankle"][:, 0]) / track.leg_px
    spread = float(np.sqrt(np.nanmean(apart**2)))
    # 0.5 at the limit, 0.95 at one half of it away.
    confidence = float(1 / (1 + np.exp(-abs(spread / SIDE_SPREAD - 1) * 6)))
    if not is_frontal(track):
        return "side", confidence
    order = _order(track)
    middle = float(np.nanmedian(order))
    plane: Plane = "rear" if middle > 0 else "front"
    if abs(middle) < EDGE_ON:
        return plane, min(confidence, 0.5)
    return plane, confidence * float(np.mean(order[np.isfinite(order)] * middle > 0))


def misnamed(track: PoseTrack, plane: Plane) -> bool:
    """Whether the names of left and right do not fit a plane.

    Parameters
    ----------
    track : PoseTrack
        Any track.
    plane : {"side", "rear", "front"}
        What the film is known to be.

    Returns
    -------
    bool
        Always False for a side view.
    """
    if plane == "side":
        return False
    expected = 1 if plane == "rear" else -1
    return bool(np.nanmedian(_order(track)) * expected < -EDGE_ON)


def renamed(track: PoseTrack) -> PoseTrack:
    """The track with the names of left and right exchanged in the whole film."""
    return track.with_(
        names=tuple(mirror_name(name) for name in track.names),
        signals={mirror_name(name): values for name, values in track.signals.items()},
        step="left and right exchanged, because the plane was given",
    )


def repair_body(track: PoseTrack) -> PoseTrack:
    """Undo frames in which the whole body is exchanged: a back taken for a chest, or the reverse.

    Parameters
    ----------
    track : PoseTrack
        Raw track. Side views, and films in which neither order prevails, are returned unchanged.
    """
    if not is_frontal(track):
        return track
    order = _order(track)
    known = order[np.abs(order) > EDGE_ON]
    if not known.size:
        return track
    usual = np.sign(np.median(known))
    exchanged = order * usual < -EDGE_ON
    if np.mean(known * usual > 0) < 0.6 or not exchanged.any():
        return track
    mirror = [track.index(m if (m := mirror_name(n)) in track else n) for n in track.names]
    xy = np.where(exchanged[:, None, None], track.xy[:, mirror], track.xy)
    score = np.where(exchanged[:, None], track.score[:, mirror], track.score)
    step = f"left and right of the body exchanged back in {exchanged.sum()} frames"
    return track.with_(xy=xy, score=score, step=step)


def _order(track: PoseTrack) -> Float:
    """(T,) how far the body's right is to the image's right of its left, leg lengths."""
    pairs = [
        track[f"right_{p}"][:, 0] - track[f"left_{p}"][:, 0]
        for p in ("shoulder", "hip")
        if track.has(f"left_{p}", f"right_{p}")
    ]
    return np.asarray(np.mean(pairs, axis=0) / track.leg_px)
