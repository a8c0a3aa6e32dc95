"""RTMPose with feet (Halpe, 26 points) on onnxruntime: a pose backend of an extra.

There is no detector of persons here: the first frame is looked at whole, then closer, and every
later one where the points of the frame before were (`gait.pose.simcc`).
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np

from gait import video
from gait.pose import Progress, weights
from gait.pose.inference import available_cores
from gait.pose.pixels.background import SceneFollower
from gait.pose.pixels.knee_flow import KneeFollower
from gait.pose.pixels.pelvis import PelvisFollower
from gait.pose.pixels.psis_tape import TapeFollower
from gait.pose.simcc import OWN_FILE, Model, around, look, onnxruntime
from gait.sanitize.files import sha256
from gait.settings import PoseSettings
from gait.skeleton import HALPE26
from gait.types import ModelError, PixelSignals, PoseError, PoseTrack, UsageError

ALGORITHM: Final = "box from the frame before, knees, tape, hips and scene followed, 4"

_STORE: Final = "https://download.openmmlab.com/mmpose/v1/projects/rtmposev1/onnx_sdk/"
_TRAINED: Final = "simcc-body7_pt-body7-halpe26_700e"
OFFICIAL: Final = {
    "heavy": f"{_STORE}rtmpose-x_{_TRAINED}-384x288-7fb6e239_20230606.zip",
    "full": f"{_STORE}rtmpose-m_{_TRAINED}-256x192-4d3e73dd_20230605.zip",
    "lite": f"{_STORE}rtmpose-s_{_TRAINED}-256x192-7f134165_20230605.zip",
}
"""OpenMMLab's own files. They publish no digests, so none is pinned: the digest of the file that
came is part of the fingerprint and of the track's log."""


class RTMPose:
    """RTMPose, one person, frame after frame."""

    def fingerprint(self, settings: PoseSettings) -> str:
        """Model hash, algorithm and onnxruntime version; UsageError but in standard mode."""
        if settings.mode != "standard":
            raise UsageError(f"RTMPose has no {settings.mode} mode.", "Leave --pose out.")
        onnxruntime()
        return f"rtmpose {sha256(weights_file(settings))} {ALGORITHM} {_runtime_version()}"

    def track(
        self,
        path: Path,
        settings: PoseSettings,
        *,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> PoseTrack:
        """Keypoints of the person who fills the first frame best.

        Parameters
        ----------
        path, settings, workers, progress
            As for `gait.pose.PoseBackend.track`; `settings.weights` is an ONNX file of the user's
            own, and `workers` are threads of the model.

        Returns
        -------
        PoseTrack
            26 keypoints; NaN and score 0 in frames without a person.

        Raises
        ------
        ModelError
            If onnxruntime or the model is not to be had, or it is another model.
        VideoError
            If the video cannot be read.
        UsageError
            If a person is to be chosen.
        """
        if settings.person is not None:
            raise UsageError(
                "RTMPose follows whoever fills the first frame and cannot choose a person.",
                "Leave --person out, or use the default pose backend.",
            )
        file = weights_file(settings)
        model = Model.load(file, workers or available_cores())
        total = len(video.timestamps(path))
        times, points, seen = [], [], []
        knees, tape, pelvis = KneeFollower(), TapeFollower(), PelvisFollower()
        scene = SceneFollower()
        box, size = None, (0, 0)
        for frame in video.frames(path):
            found = look(model, frame.image, box)
            box = around(found)
            named = dict(zip(HALPE26, found[:, :2], strict=True))
            at = frame.image, named, frame.time_s
            seen.append(
                PixelSignals(
                    knees=knees.step(*at),
                    tape=tape.step(*at),
                    pelvis=pelvis.step(*at),
                    scene=scene.step(*at),
                )
            )
            times.append(frame.time_s)
            points.append(found)
            size = (frame.image.shape[1], frame.image.shape[0])
            if progress is not None:
                progress(len(times), total)
        if not times:
            raise PoseError(f"{path.name} holds no frame.", "Give another video.")
        return PoseTrack(
            time=np.array(times),
            xy=np.stack(points)[..., :2],
            score=np.stack(points)[..., 2],
            names=HALPE26,
            size=size,
            steps=(f"RTMPose {file.name} {sha256(file)[:8]}, {ALGORITHM}, {_runtime_version()}",),
            signals=PixelSignals.over(seen),
        )


def weights_file(settings: PoseSettings) -> Path:
    """The ONNX file: the user's own, or OpenMMLab's, fetched when first needed; else ModelError."""
    if settings.weights is not None:
        if not settings.weights.is_file():
            raise ModelError(f"There is no model file {settings.weights}.", OWN_FILE)
        return settings.weights
    import pooch

    url = OFFICIAL[settings.model]
    try:
        members = pooch.retrieve(
            url,
            known_hash=None,
            path=weights.cache_dir(),
            fname=url.rpartition("/")[2],
            processor=pooch.Unzip(),
            downloader=pooch.HTTPDownloader(timeout=(3, 15)),
        )
        return next(Path(member) for member in members if member.endswith(".onnx"))
    except (OSError, ValueError, StopIteration) as e:
        raise ModelError(
            f"The RTMPose model could not be fetched ({type(e).__name__}).",
            f"Download {url} on a machine that can and unzip it. {OWN_FILE}",
        ) from e


def _runtime_version() -> str:
    return f"onnxruntime {version('onnxruntime')}"
