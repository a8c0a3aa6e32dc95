"""What is known of every frame beside the keypoints: read off the pixels, or found out later.

Every signal is named once, here, and called by that name in files and wherever it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np

from gait.types.signals import (
    DEG,
    GREY_LEVELS,
    LENGTH_PX,
    NUMBER,
    ROLL_DEG,
    ROOM_PX,
    ROOM_X_PX,
    X_PX,
    S,
    Signals,
    over,
)
from gait.types.words import Float, Side


@dataclass(frozen=True, slots=True, eq=False)
class KneeSignals(Signals[S]):
    """How the picture around the knees moves (`gait.pose.pixels.knee_flow.KneeFollower`)."""

    left_knee_flow_x_px: S = field(metadata=X_PX)
    left_knee_flow_y_px: S = field(metadata=LENGTH_PX)
    right_knee_flow_x_px: S = field(metadata=X_PX)
    right_knee_flow_y_px: S = field(metadata=LENGTH_PX)
    """`left_knee_flow_x_px`, `left_knee_flow_y_px`, `right_knee_flow_x_px` and
    `right_knee_flow_y_px`: motion since the frame before, px; NaN where unknown. A knee keeps the
    name that the pose model gave it in the frame in which following began."""
    knees_followed: S = field(metadata=NUMBER)
    """1 in the first frame after the landmarks, 2 in those after it, else 0."""

    def flow_px(self: KneeSignals[Float], side: Side) -> Float:
        """(T, 2) motion of the knee with this name."""
        left = self.left_knee_flow_x_px, self.left_knee_flow_y_px
        right = self.right_knee_flow_x_px, self.right_knee_flow_y_px
        return np.stack(left if side == "left" else right, axis=1)

    def with_flow_px(self: KneeSignals[Float], left: Float, right: Float) -> KneeSignals[Float]:
        """With other (T, 2) motions."""
        return KneeSignals(
            left_knee_flow_x_px=left[:, 0],
            left_knee_flow_y_px=left[:, 1],
            right_knee_flow_x_px=right[:, 0],
            right_knee_flow_y_px=right[:, 1],
            knees_followed=self.knees_followed,
        )


@dataclass(frozen=True, slots=True, eq=False)
class PelvisSignals(Signals[S]):
    """How the picture of the hips turns (`gait.pose.pixels.pelvis.PelvisFollower`)."""

    hips_roll_deg: S = field(metadata=ROLL_DEG)
    """Against the mean picture, + = the end at image right is lower; NaN where it is not told."""
    hips_roll_sd_deg: S = field(metadata=DEG)
    """Its standard deviation."""


@dataclass(frozen=True, slots=True, eq=False)
class TapeSignals(Signals[S]):
    """Two strips of tape over the PSIS (`gait.pose.pixels.psis_tape.TapeFollower`)."""

    tape_roll_deg: S = field(metadata=ROLL_DEG)
    """Tilt of the line through both, + = the end at image right is lower; NaN without two strips.
    """
    tape_roll_sd_deg: S = field(metadata=DEG)
    """Its standard deviation."""


@dataclass(frozen=True, slots=True, eq=False)
class SilhouetteSignals(Signals[S]):
    """Outer edges of the body, whichever leg is called left (`gait.pose.pixels.silhouette`).

    Parameters
    ----------
    hips_centre_x_px, knees_centre_x_px
        From the middle of the hip landmarks to half-way between the outer edges at that height.
    hips_width_px, knees_width_px
        From edge to edge of the body.
    low_foot_x_px
        From the middle of the hip landmarks to the middle of the ankle that is lower.
    hips_height_px
        Of the hip landmarks above the lowest point of that foot.
    """

    hips_centre_x_px: S = field(metadata=X_PX)
    hips_width_px: S = field(metadata=LENGTH_PX)
    knees_centre_x_px: S = field(metadata=X_PX)
    knees_width_px: S = field(metadata=LENGTH_PX)
    low_foot_x_px: S = field(metadata=X_PX)
    hips_height_px: S = field(metadata=LENGTH_PX)


@dataclass(frozen=True, slots=True, eq=False)
class SceneSignals(Signals[S]):
    """The picture as a whole and the room in it (`gait.pose.pixels.background.SceneFollower`)."""

    picture_change: S = field(metadata=GREY_LEVELS)
    """Mean difference from the frame before, grey levels of 255."""
    brightness: S = field(metadata=GREY_LEVELS)
    """Mean, grey levels of 255."""
    background_kept: S = field(metadata=NUMBER)
    """Share of the points of the background that were found again; NaN if there were too few."""
    camera_x_px: S = field(metadata=ROOM_X_PX)
    camera_y_px: S = field(metadata=ROOM_PX)
    """`camera_x_px` and `camera_y_px`: how the background moved since the frame before."""
    camera_scale: S = field(metadata=NUMBER)
    """By what factor it grew."""


@dataclass(frozen=True, slots=True, eq=False)
class UprightLinesSignals(Signals[S]):
    """Upright lines behind the runner (`gait.pose.pixels.camera_roll.UprightLines`)."""

    background_roll_deg: S = field(metadata=ROLL_DEG)
    """Of the camera, + = level lines appear with the end at image right lower; NaN where not looked
    at or not known."""
    background_roll_sd_deg: S = field(metadata=DEG)
    """Its standard deviation."""


@dataclass(frozen=True, slots=True, eq=False)
class SharpnessSignals(Signals[S]):
    """How sharp the picture is (`gait.pose.pixels.sharpness.SharpnessMeter`)."""

    left_foot_blur: S = field(metadata=NUMBER)
    right_foot_blur: S = field(metadata=NUMBER)
    head_blur: S = field(metadata=NUMBER)
    """`left_foot_blur`, `right_foot_blur` and `head_blur`: 0 sharp to 1 blurred; NaN where not seen
    or not looked at."""
    grain: S = field(metadata=NUMBER)
    """SD of the noise against that of the picture."""

    def foot_blur(self, side: Side) -> S:
        """That of one foot."""
        return self.left_foot_blur if side == "left" else self.right_foot_blur


BOX: Final = ("person_{}_x0", "person_{}_y0", "person_{}_x1", "person_{}_y1")
"""Names in files of the sides of a box: left, top, right, bottom; people are numbered from 1."""


@dataclass(frozen=True, slots=True, eq=False)
class PeopleSignals(Signals[S]):
    """Who else is there (`gait.pose.person_tracking.boxes`)."""

    person_chosen: S = field(metadata=NUMBER)
    """Number of the runner, the leftmost person being 1; 0 if nobody was chosen."""
    boxes_px: S = field(metadata=ROOM_PX)
    """(T, N, 4) left, top, right, bottom of everybody; NaN where not seen."""

    def mirrored(self, width_px: float) -> Self:
        """In a mirror, the left edge of a box is its right one."""
        left, top, right, bottom = np.moveaxis(np.asarray(self.boxes_px), 2, 0)
        boxes: Any = np.stack([width_px - right, top, width_px - left, bottom], axis=2)
        return replace(self, boxes_px=boxes)

    def columns(self) -> dict[str, Float]:
        """As everywhere; a box is four series."""
        sides = {
            name.format(number): series
            for number, box in enumerate(np.moveaxis(np.asarray(self.boxes_px), 1, 0), start=1)
            for name, series in zip(BOX, box.T, strict=True)
        }
        return {"person_chosen": np.asarray(self.person_chosen), **sides}

    @classmethod
    def from_columns(cls, columns: Mapping[str, Float]) -> Self | None:
        """As everywhere."""
        chosen = columns.get("person_chosen")
        if chosen is None:
            return None
        boxes: list[list[Float]] = []
        while all(name.format(len(boxes) + 1) in columns for name in BOX):
            boxes.append([columns[name.format(len(boxes) + 1)] for name in BOX])
        series = np.reshape(boxes, (len(boxes), len(BOX), len(chosen)))
        found: Any = (chosen, np.moveaxis(series, 2, 0))
        return cls(*found)


@dataclass(frozen=True, slots=True, eq=False)
class PixelSignals(Signals[S]):
    """What was read off the pixels beside the keypoints, a group for each follower."""

    knees: KneeSignals[S] | None = field(default=None, metadata={"kind": KneeSignals})
    pelvis: PelvisSignals[S] | None = field(default=None, metadata={"kind": PelvisSignals})
    tape: TapeSignals[S] | None = field(default=None, metadata={"kind": TapeSignals})
    silhouette: SilhouetteSignals[S] | None = field(
        default=None, metadata={"kind": SilhouetteSignals}
    )
    scene: SceneSignals[S] | None = field(default=None, metadata={"kind": SceneSignals})
    upright_lines: UprightLinesSignals[S] | None = field(
        default=None, metadata={"kind": UprightLinesSignals}
    )
    sharpness: SharpnessSignals[S] | None = field(default=None, metadata={"kind": SharpnessSignals})
    people: PeopleSignals[S] | None = field(default=None, metadata={"kind": PeopleSignals})
    """`knees`, `pelvis`, `tape`, `silhouette`, `scene`, `upright_lines`, `sharpness` and `people`:
    None if the follower did not run."""

    @classmethod
    def over(cls, frames: Sequence[PixelSignals[float]]) -> PixelSignals[Float]:
        """What single frames showed, as series of the video."""
        series: PixelSignals[Float] = over(frames) if frames else PixelSignals()
        return series


@dataclass(frozen=True, slots=True, eq=False)
class LegSignals(Signals[S]):
    """Whose leg is whose (`gait.analysis.cleaning.leg_swaps.repair_sides`)."""

    swapped: S = field(metadata=NUMBER)
    swap_undecided: S = field(metadata=NUMBER)
    """`swapped` and `swap_undecided`: 1 for frames whose legs were exchanged, or could not be told
    apart."""


@dataclass(frozen=True, slots=True, eq=False)
class CameraPath(Signals[S]):
    """The motion that was taken out of a track (`gait.analysis.cleaning.stabilize`)."""

    camera_path_x_px: S = field(metadata=ROOM_X_PX)
    camera_path_y_px: S = field(metadata=ROOM_PX)
    camera_path_scale: S = field(metadata=NUMBER)
    """`camera_path_x_px`, `camera_path_y_px` and `camera_path_scale`: where the middle of the first
    picture is in that of the frame, and how large."""

    def path_px(self: CameraPath[Float]) -> Float:
        """(T, 2) both axes together."""
        return np.stack((self.camera_path_x_px, self.camera_path_y_px), axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class PelvicRoll(Signals[S]):
    """Tilt of the pelvis (`gait.analysis.kinematics.pelvic_obliquity.read_roll`)."""

    pelvic_roll_deg: S = field(metadata=ROLL_DEG)
    """+ = the end at image right is lower; NaN where it cannot be told."""
    pelvic_roll_sd_deg: S = field(metadata=DEG)
    """Its standard deviation, apart from a constant."""
    pelvic_roll_absolute: S = field(metadata=NUMBER)
    """1 if zero is level in the picture (tape), 0 if it is the mean over whole strides."""


@dataclass(frozen=True, slots=True, eq=False)
class DerivedSignals(Signals[S]):
    """What was found out about every frame after the pose model, by the stage that found it."""

    legs: LegSignals[S] | None = field(default=None, metadata={"kind": LegSignals})
    camera_path: CameraPath[S] | None = field(default=None, metadata={"kind": CameraPath})
    pelvic_roll: PelvicRoll[S] | None = field(default=None, metadata={"kind": PelvicRoll})
    """`legs`, `camera_path` and `pelvic_roll`: None if the stage had nothing to go by."""
    on_outline: S | None = field(default=None, metadata=NUMBER)
    """1 if hips and standing leg were fitted to the silhouette, 0 if it was not found."""
    knee_bridged: S | None = field(default=None, metadata=NUMBER)
    """Share of the passings in which the near knee was corrected."""
    body_growth: S | None = field(default=None, metadata=NUMBER)
    """How large the runner was, against the average, camera motion left out."""
    low_passed: S | None = field(default=None, metadata=NUMBER)
    """1 throughout if the keypoints were low-passed before they came here."""
