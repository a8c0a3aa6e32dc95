"""Which engine to run the pose networks with: against runners who are rendered as people moved.

    python benchmarks/engines.py --data VALIDATION_DIR [--cache DIR] [--markdown FILE]

Every engine takes the same videos through the whole product: all points, the legs as the model
names them, the knee in stance, and what `analyze_track` makes of the track. Tracks are kept in the
cache with the processor time they took; a second run takes seconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from localisation import n_exchanged, with_true_sides
from material import cached
from scoring import arguments, publish

from gait.analysis.analyze import analyze_track
from gait.pose.blazepose import BlazePose, BlazePoseGraph
from gait.pose.engines.graph import ONCE, THRICE
from gait.pose.engines.networks import LiteRT, OpenVINO
from gait.settings import PoseSettings
from gait.skeleton import LEG
from gait.types import SIDES, Float, PoseTrack, Side
from gait.validation.markdown import table
from gait.validation.rendered import Rendered, rendered_videos
from gait.validation.truth import Truth

PREFIX = "mocap_"
ENGINES: Mapping[str, Callable[[], BlazePose]] = {
    "MediaPipe": BlazePose,
    "graph, OpenVINO bf16": lambda: BlazePoseGraph(OpenVINO("bf16"), ONCE),
    "graph, OpenVINO bf16, three looks": lambda: BlazePoseGraph(OpenVINO("bf16"), THRICE),
    "graph, OpenVINO f32": lambda: BlazePoseGraph(OpenVINO("f32"), ONCE),
    "graph, LiteRT": lambda: BlazePoseGraph(LiteRT(), ONCE),
}


@dataclass(frozen=True)
class Result:
    """One engine on one video."""

    exchanged: int
    repaired: int
    residuals: Mapping[tuple[str, bool], Float]
    knee_deg: Mapping[bool, Float]
    peak_deg: Mapping[bool, Float]
    errors: Mapping[str, list[tuple[float, float]]]
    ms_a_frame: float


def main() -> None:
    """Compare the engines on every video that moves as a person did."""
    parser = arguments(__doc__)
    parser.add_argument("--engines", nargs="*", default=list(ENGINES)[:4], choices=ENGINES)
    options = parser.parse_args()
    videos = rendered_videos(options.data / "rendered")
    trials = [trial for trial in videos if trial.name.startswith(PREFIX)]
    results = {
        name: [examine(trial, name, options.cache) for trial in trials] for name in options.engines
    }
    publish("pose engines", tables(results, trials), options)


def examine(trial: Rendered, engine: str, cache: Path) -> Result:
    """The track of one engine (or the kept one) against truth."""
    key = "_".join(engine.replace(",", "").split())
    kept = cache / f"{trial.name}.{key}.npz"
    took = kept.with_suffix(".seconds.json")

    def run() -> PoseTrack:
        start_s = time.process_time()
        track = ENGINES[engine]().track(trial.video, PoseSettings(), workers=1)
        took.write_text(json.dumps(time.process_time() - start_s))
        return track

    cache.mkdir(parents=True, exist_ok=True)
    track = cached(kept, run)
    return Result(
        *legs(track, trial),
        **points(with_true_sides(track, trial), trial),
        errors=metric_errors(track, trial),
        ms_a_frame=1000 * json.loads(took.read_text()) / len(track),
    )


def legs(track: PoseTrack, trial: Rendered) -> tuple[int, int]:
    """Frames with the legs exchanged before repair, and what is left of them after."""
    from gait.analysis.cleaning.leg_swaps import repair_sides

    return n_exchanged(track, trial), n_exchanged(repair_sides(track), trial)


def points(track: PoseTrack, trial: Rendered) -> dict[str, dict]:
    """How far the points and the angle of the knee in stance are from truth, near leg and far."""
    residuals, knee, peak = {}, {}, {}
    for side in SIDES:
        near = side == trial.near
        for point in LEG:
            name = f"{side}_{point}"
            offset = 100 * (track[name] - trial.track[name]) / trial.track.leg_px
            offset = offset - np.nanmedian(offset, axis=0)
            residuals[point, near] = np.linalg.norm(offset, axis=1)
        error = flexion_deg(track, side) - flexion_deg(trial.track, side)
        contacts = [
            (trial.time_s >= on) & (trial.time_s <= off) for on, off in stances(trial, side)
        ]
        knee[near] = error[np.any(contacts, axis=0)]
        peak[near] = np.array(
            [
                np.nanmax(flexion_deg(track, side)[c]) - flexion_deg(trial.track, side)[c].max()
                for c in contacts
            ]
        )
    return {"residuals": residuals, "knee_deg": knee, "peak_deg": peak}


def stances(trial: Rendered, side: Side) -> list[tuple[float, float]]:
    """(strike, toe-off) of every whole contact of a foot, s."""
    return [(step["fs"], step["to"]) for step in trial.steps if step["side"] == side]


def flexion_deg(track: PoseTrack, side: Side) -> Float:
    """(T,) knee flexion in the picture."""
    thigh = track[f"{side}_hip"] - track[f"{side}_knee"]
    shank = track[f"{side}_ankle"] - track[f"{side}_knee"]
    lengths = np.linalg.norm(thigh, axis=1) * np.linalg.norm(shank, axis=1)
    return np.asarray(180 - np.degrees(np.arccos((thigh * shank).sum(axis=1) / lengths)))


def metric_errors(track: PoseTrack, trial: Rendered) -> dict[str, list[tuple[float, float]]]:
    """Error and half-width of the interval of every value whose truth is known, by metric."""
    truth = Truth.read(trial.path)
    found: dict[str, list[tuple[float, float]]] = {}
    for s in analyze_track(track, truth.settings).summaries:
        if s.value is not None and s.ci95 is not None and (s.metric, s.side) in truth.by_key:
            half = (s.ci95[1] - s.ci95[0]) / 2
            error = s.value - truth.by_key[s.metric, s.side]
            found.setdefault(s.metric, []).append((error, half))
    return found


def tables(results: Mapping[str, list[Result]], trials: list[Rendered]) -> str:
    """All videos pooled; the knee from the side alone."""
    side = [trial.plane == "side" for trial in trials]
    decision, places, metrics = [], [], []
    for engine, found in results.items():
        seen = [r for r, from_side in zip(found, side, strict=True) if from_side]
        inside = [abs(e) <= h for r in found for pairs in r.errors.values() for e, h in pairs]
        row = [engine, str(sum(r.exchanged for r in found)), str(sum(r.repaired for r in found))]
        for near in (True, False):
            knee = np.concatenate([r.knee_deg[near] for r in seen])
            peak = np.concatenate([r.peak_deg[near] for r in seen])
            row.append(f"{np.nanmean(abs(knee)):.1f} / {np.nanmean(peak):+.1f}")
        row.append(f"{100 * np.mean(inside):.1f} % of {len(inside)}")
        row.append(f"{np.median([r.ms_a_frame for r in found]):.0f}")
        decision.append(row)
        places.append([engine])
        for point, near in product(LEG, (True, False)):
            pooled = np.concatenate([r.residuals[point, near] for r in seen])
            rms = np.sqrt(np.nanmean(pooled**2))
            places[-1].append(f"{rms:.1f} / {np.nanpercentile(pooled, 95):.1f}")
    first = next(iter(results.values()))
    for metric in sorted({m for r in first for m in r.errors}):
        row = [metric]
        for found in results.values():
            pairs = np.array([p for r in found for p in r.errors.get(metric, [])])
            rms, bias = np.sqrt(np.mean(pairs[:, 0] ** 2)), np.mean(pairs[:, 0])
            inside_n = int((abs(pairs[:, 0]) <= pairs[:, 1]).sum())
            row.append(f"{rms:.2f} / {bias:+.2f} ({inside_n} of {len(pairs)})")
        metrics.append(row)
    header = ["engine", "legs exchanged", "after repair", "knee near", "knee far"]
    header += ["truth inside its interval", "CPU ms a frame"]
    names = ("hip", "knee", "ankle", "heel", "toe")
    where = [f"{name} {leg}" for name, leg in product(names, ("near", "far"))]
    blocks = (
        table(header, decision),
        table(["engine", *where], places),
        table(["metric", *results], metrics),
    )
    return "\n\n".join(blocks)


if __name__ == "__main__":
    main()
