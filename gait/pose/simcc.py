"""SimCC: where the points of a person are, from rows of scores (Jiang 2023, arXiv:2303.07399).

The model looks at a person cut out of the picture and gives two rows of scores for each point:
where it is across and where along.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from gait.skeleton import HALPE26
from gait.types import Float, ModelError

# Of the models' training: RGB mean and standard deviation, bins per pixel, room around the person.
MEAN: Final = np.array([123.675, 116.28, 103.53], np.float32)
STD: Final = np.array([58.395, 57.12, 57.375], np.float32)
BINS_PER_PX: Final = 2.0
ROOM: Final = 1.25

SEEN: Final = 0.3
"""Mean score of all points below which nobody is there; the threshold of rtmlib's tracker."""

OWN_FILE: Final = 'Name its end2end.onnx as weights = "…" under [pose] in a settings file.'


@dataclass(frozen=True, slots=True)
class Model:
    """An open model."""

    session: Any
    """What runs it: an `onnxruntime.InferenceSession`."""
    input: str
    """Name of its input."""
    width: int
    height: int
    """`width` and `height`: size of its picture in px."""

    @classmethod
    def load(cls, file: Path, threads: int) -> Model:
        """Open an ONNX file; ModelError if it is not RTMPose with 26 points."""
        runtime = onnxruntime()
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        try:
            session = runtime.InferenceSession(
                str(file), options, providers=["CPUExecutionProvider"]
            )
            (picture,) = session.get_inputs()
            height, width = picture.shape[2:]
            model = cls(session, picture.name, width, height)
            # Files say the size of what goes in, but not always of what comes out.
            points = model.scores(np.zeros((1, 3, height, width), np.float32))[0].shape[1]
        except Exception as e:  # onnxruntime's own errors have no common base
            raise ModelError(f"{file.name} is not an RTMPose model.", OWN_FILE) from e
        if points != len(HALPE26):
            raise ModelError(
                f"{file.name} has {points} points; the {len(HALPE26)} of Halpe with feet are "
                "needed.",
                OWN_FILE,
            )
        return model

    def scores(self, batch: np.ndarray) -> tuple[Float, Float]:
        """(N, K, bins) scores across and along of (N, 3, height, width) normalised pictures."""
        across, along = self.session.run(["simcc_x", "simcc_y"], {self.input: batch})
        return np.asarray(across, float), np.asarray(along, float)

    def __call__(self, image: np.ndarray, box: Float) -> Float:
        """(26, 3) x, y and score of the person within `box` (centre x, y, width, height; px)."""
        import cv2

        x, y, width, height = box
        scale = self.width / width
        corner = np.array([x - width / 2, y - height / 2])
        to_crop = np.column_stack([scale * np.eye(2), -scale * corner])
        crop = cv2.warpAffine(image, to_crop, (self.width, self.height), flags=cv2.INTER_LINEAR)
        batch = ((crop.astype(np.float32) - MEAN) / STD).transpose(2, 0, 1)[None]
        across, along = self.scores(batch)
        found = decode(across[0], along[0])
        found[:, :2] = found[:, :2] / scale + corner
        return found


def decode(across: Float, along: Float) -> Float:
    """Points from the scores of their bins.

    Parameters
    ----------
    across, along : Float
        (K, bins) scores of every half pixel of the cut-out picture, in x and in y.

    Returns
    -------
    Float
        (K, 3) pixels of that picture and the smaller one of the two scores, in [0, 1].
    """
    score = np.minimum(across.max(axis=1), along.max(axis=1))
    bins = np.stack([across.argmax(axis=1), along.argmax(axis=1)], axis=1)
    return np.column_stack([bins / BINS_PER_PX, np.clip(score, 0, 1)])


def look(model: Model, image: np.ndarray, box: Float | None) -> Float:
    """(26, 3) x, y and score of the person in one picture; NaN and 0 if nobody is there.

    Parameters
    ----------
    model : Model
        What finds them.
    image : ndarray
        (H, W, 3) uint8 RGB.
    box : Float or None
        Where the person was, (centre x, y, width, height) in px; None to look everywhere.
    """
    if box is None:
        height, width = image.shape[:2]
        box = around(model(image, fitted(np.array([0, 0, width, height], float), model)))
    if box is not None:
        found = model(image, fitted(box, model))
        if found[:, 2].mean() >= SEEN:
            return found
    return np.column_stack([np.full((len(HALPE26), 2), np.nan), np.zeros(len(HALPE26))])


def around(found: Float) -> Float | None:
    """Left, top, right and bottom of the points that were seen; None if there are hardly any."""
    seen = found[found[:, 2] >= SEEN, :2]
    if len(seen) < len(HALPE26) / 2:
        return None
    return np.concatenate([seen.min(axis=0), seen.max(axis=0)])


def fitted(box: Float, model: Model) -> Float:
    """A box with room around it, in the proportions of the model: centre, width and height in px.

    `box` is left, top, right and bottom in px.
    """
    left, top, right, bottom = box
    # A person seen end on in one line of pixels still gets a box that can be divided by.
    width = max(right - left, (bottom - top) * model.width / model.height, 2.0) * ROOM
    return np.array(
        [(left + right) / 2, (top + bottom) / 2, width, width * model.height / model.width]
    )


def onnxruntime() -> Any:
    """The package; ModelError if it is not installed."""
    try:
        import onnxruntime as runtime
    except ImportError as e:
        raise ModelError(
            "RTMPose needs the package onnxruntime.", "Install it: pip install 'gaitlens[rtmpose]'."
        ) from e
    return runtime
