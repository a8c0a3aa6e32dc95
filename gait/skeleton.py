"""Canonical keypoint names, limbs and the left/right mirror.

Names are those of the MediaPipe pose landmarks in snake case; every pose backend and file reader
maps its own points onto them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final


def _both(*points: str) -> Iterator[str]:
    """Each point of the left and then of the right side."""
    return (f"{side}_{point}" for point in points for side in ("left", "right"))


BLAZEPOSE: Final[tuple[str, ...]] = (
    "nose",
    *(f"{side}_eye{part}" for side in ("left", "right") for part in ("_inner", "", "_outer")),
    *_both("ear"),
    "mouth_left",
    "mouth_right",
    *_both("shoulder", "elbow", "wrist", "pinky", "index", "thumb"),
    *_both("hip", "knee", "ankle", "heel", "foot_index"),
)
"""The 33 landmarks of BlazePose in the order the model returns them."""

HALPE26: Final[tuple[str, ...]] = (
    "nose",
    *_both("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle"),
    "head",
    "neck",
    "mid_hip",
    *_both("foot_index", "small_toe", "heel"),
)
"""Halpe with feet in its own order (AlphaPose, RTMPose, Sports2D); the big toe is the foot index.
The first 17 are COCO's."""

COCO17: Final[tuple[str, ...]] = HALPE26[:17]
"""COCO in its own order: no feet."""

BODY25: Final[tuple[str, ...]] = (
    "nose",
    "neck",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "mid_hip",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
    "left_foot_index",
    "left_small_toe",
    "left_heel",
    "right_foot_index",
    "right_small_toe",
    "right_heel",
)
"""OpenPose with feet in its own order."""

LEG: Final[tuple[str, ...]] = ("hip", "knee", "ankle", "heel", "foot_index")
"""The points of one leg from top to bottom, without the side."""

SHANK_AND_FOOT: Final[tuple[str, ...]] = LEG[1:]
"""The points that a pose model exchanges between the legs when one leg hides the other."""

FOOT: Final[tuple[str, ...]] = SHANK_AND_FOOT[1:]
"""Those of them that it exchanges in a video from behind or in front."""

LIMBS: Final[tuple[tuple[str, str], ...]] = (
    ("left_shoulder", "right_shoulder"),
    ("left_hip", "right_hip"),
    *(
        (f"{side}_{a}", f"{side}_{b}")
        for side in ("left", "right")
        for a, b in (
            ("shoulder", "elbow"),
            ("elbow", "wrist"),
            ("shoulder", "hip"),
            ("hip", "knee"),
            ("knee", "ankle"),
            ("ankle", "heel"),
            ("heel", "foot_index"),
            ("ankle", "foot_index"),
        )
    ),
)
"""Pairs of points joined by a line when a skeleton is drawn."""


def mirror_name(name: str) -> str:
    """The same point, or signal, of the other side of the body; what has no side stays as it is.

    Examples
    --------
    >>> mirror_name("left_ankle"), mirror_name("mouth_right"), mirror_name("brightness")
    ('right_ankle', 'mouth_left', 'brightness')
    """
    other = {"left": "right", "right": "left"}
    return "_".join(other.get(word, word) for word in name.split("_"))


_TOE: Final = ("big_toe", "toe", "bigtoe")
_MIDDLE_OF_HIPS: Final = ("hip", "pelvis", "midhip", "chip", "c_hip")


def canonical_name(label: str) -> str:
    """The canonical name of a point that another program calls by its own.

    Snake case with the side first; what is not known stays recognisable.

    Examples
    --------
    >>> canonical_name("RBigToe"), canonical_name("LAnkle"), canonical_name("LEFT_HEEL")
    ('right_foot_index', 'left_ankle', 'left_heel')
    >>> canonical_name("Hip"), canonical_name("left_hip"), canonical_name("left_foot_index")
    ('mid_hip', 'left_hip', 'left_foot_index')
    """
    # Between a small and a capital letter, and after the L or R of a side, a word begins.
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=^[LR])(?=[A-Z][a-z])", "_", label.strip())
    name = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")
    side, _, point = name.partition("_")
    sides = {"l": "left", "r": "right", "left": "left", "right": "right"}
    if point and side in sides:
        return f"{sides[side]}_{'foot_index' if point in _TOE else point}"
    return "mid_hip" if name in _MIDDLE_OF_HIPS else name
