"""Whether a video is from the side, from behind or from in front, and whose left is whose.

A pose model names left and right by what it takes for the front of the body: from behind, the
runner's right is on the image's right. Taking a back for a chest exchanges the whole body. For some
frames that is seen here; for a whole video the feet tell, once it is known which of them carries
(`gait.analysis.view.camera_orientation`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gait.analysis.cleaning.leg_swaps import SIDE_SPREAD, ankle_spread, is_frontal
from gait.skeleton import mirror_name
from gait.types import SIDES, Float, Plane, PoseTrack

# Leg lengths. Hips are some 0.2 apart, shoulders 0.4; less than this between left and right of the
# body is a body seen from the side.
EDGE_ON = 0.05
# Width of shoulders and hips together over the length of the trunk, averaged over half a second: up
# to 0.70 in 9 videos from the side, at least 0.98 in 10 from behind and in front. Shoulders alone,
# which turn against the hips in every stride, reach 0.50 and come down to 0.61.
TURNED = 0.84
PREVAILS = 0.6  # share of the frames that must agree before the others are put right


def find_plane(track: PoseTrack) -> tuple[Plane, float]:
    """The plane that the cleaned track of a video shows.

    Returns
    -------
    plane : {"side", "rear", "front"}
        Rear or front as the names of left and right say.
    confidence : float
        0 to 1.
    """
    spread = ankle_spread(track)
    # 0.5 at the limit, 0.95 at one half of it away.
    confidence = float(1 / (1 + np.exp(-abs(spread / SIDE_SPREAD - 1) * 6)))
    if not is_frontal(track):
        return "side", confidence
    usual, agreeing = _usual_order(track)
    plane: Plane = "front" if usual < 0 else "rear"
    return plane, confidence * agreeing if abs(usual) > EDGE_ON else min(confidence, 0.5)


def turned(track: PoseTrack, plane: Plane) -> NDArray[np.bool_]:
    """(T,) frames in which the body is turned out of the plane of the video for half a second.

    Without shoulders in the cleaned track nothing is seen of it.
    """
    if not track.has("left_shoulder", "right_shoulder", "left_hip", "right_hip"):
        return np.zeros(len(track), bool)
    shoulders, hips = (
        np.stack([track[f"{side}_{point}"] for side in SIDES]) for point in ("shoulder", "hip")
    )
    trunk = np.linalg.norm(shoulders.sum(axis=0) - hips.sum(axis=0), axis=1) / 2
    width = np.abs(np.diff(shoulders + hips, axis=0)[0, :, 0]) / trunk
    good = np.isfinite(width)
    around = np.ones(max(1, min(round(track.fps_hz / 2), len(track))))
    known = np.convolve(good, around, mode="same")
    usual = np.convolve(np.where(good, width, 0.0), around, mode="same") / np.maximum(known, 1)
    # Of frames in which no trunk was found nothing is known.
    seen = good & (2 * known >= np.minimum(len(around), len(track)))
    return np.asarray(seen & (usual > TURNED if plane == "side" else usual < TURNED))


def misnamed(track: PoseTrack, plane: Plane) -> bool:
    """Whether the names of left and right do not fit the plane of a video; False from the side."""
    if plane == "side":
        return False
    usual, _ = _usual_order(track)
    return usual < -EDGE_ON if plane == "rear" else usual > EDGE_ON


def relabelled(track: PoseTrack, plane: Plane) -> PoseTrack:
    """The track with left and right exchanged if it is `misnamed`."""
    if not misnamed(track, plane):
        return track
    return track.with_(
        names=tuple(mirror_name(name) for name in track.names),
        signals=track.signals.sides_exchanged(),
        step=f"left and right exchanged in the whole video, to fit a {plane} view",
    )


def repair_body(track: PoseTrack) -> PoseTrack:
    """Undo frames in which the whole body is exchanged: a back taken for a chest, or the reverse.

    Side views, and raw tracks in which neither order prevails, are returned unchanged.
    """
    if not is_frontal(track):
        return track
    usual, agreeing = _usual_order(track)
    exchanged = _order(track) * np.sign(usual) < -EDGE_ON
    if abs(usual) < EDGE_ON or agreeing < PREVAILS or not exchanged.any():
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


def _usual_order(track: PoseTrack) -> tuple[float, float]:
    """Median of the order and the share of frames with its sign; 0 where it is not known."""
    order = _order(track)
    order = order[np.isfinite(order)]
    if not order.size:
        return 0.0, 0.0
    usual = float(np.median(order))
    return usual, float(np.mean(order * usual > 0))
