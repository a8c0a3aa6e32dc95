"""Which way to run BlazePose: every mode against the exact truth of rendered videos.

    python benchmarks/pose_modes.py --data VALIDATION_DIR [--cache DIR] [--markdown FILE]

Each pass over a video is kept in the cache; a second run takes seconds.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from functools import partial
from itertools import islice, product
from pathlib import Path
from typing import Any

import numpy as np
from localisation import lag_ms, n_exchanged, residual, with_true_sides
from material import cached
from scoring import arguments, bias_sd, publish

from gait.analysis.cleaning.filtering import clean
from gait.analysis.cleaning.leg_swaps import repair_sides
from gait.analysis.events import detect
from gait.analysis.trial import Trial
from gait.analysis.view.observe import observe
from gait.pose import weights
from gait.skeleton import BLAZEPOSE, LEG
from gait.types import SIDES, Float, PoseTrack
from gait.validation.markdown import table
from gait.validation.matching import Score, score
from gait.validation.rendered import Rendered

SCENES = ("side_normal", "side_overstride")
STRETCHED_MS = 100_000  # so long after the last frame the smoothing filter trusts the new one only
TIMED_FRAMES = 60


@dataclass(frozen=True)
class Pass:
    """One way of sending a video through the model."""

    running_mode: str
    square: bool = True
    backward: bool = False
    stretched: bool = False
    mirrored: bool = False

    @property
    def key(self) -> str:
        parts = {
            self.running_mode: True,
            "mir": self.mirrored,
            "st": self.stretched,
            "pad": self.square,
            "bwd": self.backward,
        }
        return "_".join(name for name, on in parts.items() if on)


VIDEO, STRETCHED, IMAGE = Pass("video"), Pass("video", stretched=True), Pass("image")
VIDEO_BACK = Pass("video", backward=True)
STRETCHED_BACK = Pass("video", backward=True, stretched=True)
MIRRORED = Pass("image", mirrored=True)
MODES: dict[str, tuple[Pass, ...]] = {
    "IMAGE": (Pass("image", square=False),),
    "**IMAGE, square**": (IMAGE,),
    "IMAGE, square, mirrored video": (MIRRORED,),
    "mean of IMAGE and mirrored": (IMAGE, MIRRORED),
    "VIDEO": (Pass("video", square=False),),
    "VIDEO, square": (VIDEO,),
    "VIDEO, square, backward": (VIDEO_BACK,),
    "mean of forward and backward": (VIDEO, VIDEO_BACK),
    "VIDEO, square, stretched time": (STRETCHED,),
    "the same backward": (STRETCHED_BACK,),
    "mean of these two": (STRETCHED, STRETCHED_BACK),
}


def landmarker(how: Pass) -> Any:
    """A new landmarker for one pass, which a VIDEO pass needs: it remembers earlier frames."""
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(weights.resolve())),
        running_mode=vision.RunningMode[how.running_mode.upper()],
    )
    return vision.PoseLandmarker.create_from_options(options)


def run(video: Path, how: Pass) -> PoseTrack:
    """The raw track of one pass."""
    frames = list(video.frames(video))
    if how.backward:
        frames.reverse()
    height, width = frames[0].image.shape[:2]
    xy = np.full((len(frames), len(BLAZEPOSE), 2), np.nan)
    scores = np.zeros(xy.shape[:2])
    with landmarker(how) as model:
        for i, frame in enumerate(frames):
            since_first_ms = round(1000 * abs(frame.time_s - frames[0].time_s))
            time_ms = STRETCHED_MS * i if how.stretched else since_first_ms
            image = frame.image[:, ::-1] if how.mirrored else frame.image
            xy[i], scores[i] = infer(model, image, how, time_ms)
    times = np.array([frame.time_s for frame in frames])
    order = np.argsort(times)
    track = PoseTrack(times[order], xy[order], scores[order], BLAZEPOSE, (width, height))
    if not how.mirrored:
        return track
    mirrored = track.mirrored()
    columns = [mirrored.index(name) for name in BLAZEPOSE]
    return track.with_(xy=mirrored.xy[:, columns], score=mirrored.score[:, columns])


def inference_s(video: Path, cache: Path) -> dict[str, float]:
    """Median processor time per frame of both running modes, kept in the cache."""
    kept = cache / "inference_s.json"
    if not kept.exists():
        seconds: dict[str, list[float]] = {"image": [], "video": []}
        with landmarker(IMAGE) as image_model, landmarker(VIDEO) as video_model:
            # In turns, so that whatever else the machine does slows both alike.
            for i, frame in enumerate(islice(video.frames(video), TIMED_FRAMES)):
                for how, model in ((IMAGE, image_model), (VIDEO, video_model)):
                    start_s = time.process_time()
                    infer(model, frame.image, how, i)
                    seconds[how.running_mode].append(time.process_time() - start_s)
        medians = {mode: float(np.median(values)) for mode, values in seconds.items()}
        kept.write_text(json.dumps(medians))
    times: dict[str, float] = json.loads(kept.read_text())
    return times


def infer(model: Any, image: np.ndarray, how: Pass, time_ms: int) -> tuple[Float, Float]:
    """(33, 2) pixels of the image as given and (33,) scores; NaN and 0 if nobody is seen."""
    import mediapipe

    height, width = image.shape[:2]
    side = max(height, width)
    left, top = ((side - width) // 2, (side - height) // 2) if how.square else (0, 0)
    canvas = np.ascontiguousarray(image)
    if how.square:
        canvas = np.zeros((side, side, 3), np.uint8)
        canvas[top : top + height, left : left + width] = image
    picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=canvas)
    found = (
        model.detect(picture)
        if how.running_mode == "image"
        else model.detect_for_video(picture, time_ms)
    ).pose_landmarks
    if not found:
        return np.full((len(BLAZEPOSE), 2), np.nan), np.zeros(len(BLAZEPOSE))
    size = (canvas.shape[1], canvas.shape[0])
    xy = np.array([(p.x, p.y) for p in found[0]]) * size - (left, top)
    return xy, np.array([p.visibility for p in found[0]])


@dataclass
class Result:
    """One mode on one video."""

    raw_wrong: int
    left_wrong: int
    residuals: dict[tuple[str, bool], Float]
    lags_ms: dict[str, list[float]]
    strikes: Score
    offs: Score


def examine(scene: Rendered, passes: tuple[Pass, ...], cache: Path) -> Result:
    """Run (or load) the passes, average them once the sides are repaired, compare with truth."""
    raw = [
        cached(cache / f"{scene.name}.{how.key}.npz", partial(run, scene.video, how))
        for how in passes
    ]
    track = repair_sides(raw[0])
    if len(raw) > 1:
        track = track.with_(xy=np.mean([repair_sides(t).xy for t in raw], axis=0))
    true, leg_px = scene.track, scene.track.leg_px
    named = with_true_sides(track, scene)
    both = list(product(SIDES, LEG))
    lags: dict[str, list[float]] = {point: [] for point in LEG}
    for side, point in both:
        name = f"{side}_{point}"
        lags[point].append(lag_ms(true.time, named[name], true[name], leg_px))
    cleaned = clean(track)
    events = detect(Trial(cleaned, observe(cleaned, scene.settings), scene.settings))
    strikes, offs = (score(k, events, scene.events, true.time[-1]) for k in ("strike", "off"))
    return Result(
        raw_wrong=sum(n_exchanged(t, scene) for t in raw),
        left_wrong=n_exchanged(track, scene),
        residuals={
            (p, s == scene.near): residual(named[f"{s}_{p}"], true[f"{s}_{p}"], leg_px)
            for s, p in both
        },
        lags_ms=lags,
        strikes=strikes,
        offs=offs,
    )


def tables(results: dict[str, list[Result]], seconds: dict[str, float]) -> str:
    """Both videos pooled: the decision, and where every point is."""
    decision, places = [], []
    for mode, found in results.items():
        scores = ([r.strikes for r in found], [r.offs for r in found])
        lags = [np.mean([r.lags_ms[p] for r in found]) for p in ("ankle", "heel", "foot_index")]
        decision.append(
            [
                mode,
                str(sum(r.raw_wrong for r in found)),
                str(sum(r.left_wrong for r in found)),
                " / ".join(f"{round(lag):+d}" for lag in lags),
                *(bias_sd(np.concatenate([s.all_ms for s in kind])) for kind in scores),
                str(sum(s.missed for kind in scores for s in kind)),
                f"{1 / sum(seconds[how.running_mode] for how in MODES[mode]):.1f}",
            ]
        )
        places.append([mode])
        for point, near in product(LEG, (True, False)):
            pooled = np.concatenate([r.residuals[point, near] for r in found])
            places[-1].append(f"{np.nanmedian(pooled):.1f} / {np.nanpercentile(pooled, 95):.0f}")
    header = ["mode", "legs exchanged", "after repair", "lag ankle / heel / toe, ms"]
    header += ["strike, ms", "toe-off, ms", "events missed", "fps"]
    names = ("hip", "knee", "ankle", "heel", "toe")
    where = [f"{name} {leg}" for name, leg in product(names, ("near", "far"))]
    return f"{table(header, decision)}\n\n{table(['mode', *where], places)}"


def main() -> None:
    """Compare all modes on the videos named in `SCENES`."""
    options = arguments(__doc__).parse_args()
    scenes = [Rendered(options.data / "rendered" / f"{name}.mp4") for name in SCENES]
    results = {
        mode: [examine(scene, passes, options.cache) for scene in scenes]
        for mode, passes in MODES.items()
    }
    seconds = inference_s(scenes[0].video, options.cache)
    publish("pose modes", tables(results, seconds), options)


if __name__ == "__main__":
    main()
