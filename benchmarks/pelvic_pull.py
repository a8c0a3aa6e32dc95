"""Pelvic drop of people read off a picture of the hips that their thighs pull.

    python benchmarks/pelvic_pull.py --data VALIDATION_DIR

Runners on force plates seen from behind, joints with noise, and instead of the markers of the
pelvis what `gait.pose.pixels.pelvis` would give of them: a share of the tilt of the pelvis, the
angle between their own thighs times a pull, and noise. How much thighs pull is a matter of clothes:
2 degrees in tights, 7 under a shirt over shorts from behind, 15 from in front. Against the tilt of
the markers to level ground, so the zero that a video cannot show is part of the errors.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from gait import analyze_track
from gait.analysis.kinematics.pelvic_obliquity import SHARE
from gait.types import DerivedSignals, Float, PelvisSignals, PoseTrack
from gait.validation.force_plate import PlateTrial, plate_trials
from gait.validation.markdown import table
from gait.validation.people import truth

FPS_HZ, SECONDS, NOISE_MM = 30.0, 10.0, 4.0
NOISE_DEG = 0.6
PULLS_DEG = (-15.0, -7.0, -2.0, 2.0, 7.0, 15.0)
METRICS = ("pelvic_drop", "pelvic_drop_midstance", "pelvic_drop_excursion")


def pulled(trial: PlateTrial, pull_deg: float, share: float, seed: int) -> PoseTrack:
    """Ten seconds of a trial with the picture of the hips for the markers of the pelvis."""
    track = trial.filmed("rear", FPS_HZ, NOISE_MM, seed)
    tilt = track.derived.pelvic_roll
    assert tilt is not None
    roll = tilt.pelvic_roll_deg
    turn = share * (roll - np.nanmean(roll)) + pull_deg * _scissor(trial, track.time)
    turn = turn + np.random.default_rng(seed).normal(0, NOISE_DEG, len(track))
    seen = PelvisSignals(hips_roll_deg=turn, hips_roll_sd_deg=np.full(len(track), NOISE_DEG))
    signals = replace(track.signals, pelvis=seen)
    return track.with_(signals=signals, derived=DerivedSignals()).between(0.2, 0.2 + SECONDS)


def _scissor(trial: PlateTrial, time_s: Float) -> Float:
    """How far the left thigh is ahead of the right one, as a share of its amplitude."""
    joints = trial.joints
    left, right = (
        np.arctan2(
            joints[f"{side}_KNEE_x"] - joints[f"{side}_HIP_x"],
            joints[f"{side}_HIP_y"] - joints[f"{side}_KNEE_y"],
        )
        for side in "LR"
    )
    opened = left - right - np.nanmean(left - right)
    recorded_s = joints["time_s"] - joints["time_s"][0]
    return np.interp(time_s, recorded_s, opened) / (np.sqrt(2) * float(np.nanstd(opened)))


def main() -> None:
    """One row for each metric and pull, and all together."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--share", type=float, default=SHARE)
    options = parser.parse_args()
    trials = plate_trials(options.data / "forceplate")
    true = {t.name: {(v.metric, v.side): v.value for v in truth(t, "rear").values} for t in trials}
    rows = []
    for pull_deg in PULLS_DEG:
        found: dict[str, list[tuple[float, float]]] = {}
        refused = 0
        for seed, trial in enumerate(trials):
            track = pulled(trial, pull_deg, options.share, seed)
            for s in analyze_track(track, trial.settings).summaries:
                if s.metric not in METRICS:
                    continue
                if s.value is None or s.ci95 is None:
                    refused += 1
                    continue
                error = s.value - true[trial.name][s.metric, s.side]
                found.setdefault(s.metric, []).append((error, np.ptp(s.ci95) / 2))
        for metric, pairs in found.items():
            error, half = np.array(pairs).T
            held = f"{(abs(error) <= half).sum()} of {len(error)}"
            rms = f"{np.sqrt(np.mean(error**2)):.1f}"
            row = [f"{pull_deg:+.0f}", metric, f"{error.mean():+.1f}", rms]
            rows.append([*row, f"{abs(error).max():.1f}", f"{half.mean():.1f}", held])
            print(" | ".join(rows[-1]), flush=True)  # noqa: T201
        if refused:
            print(f"{pull_deg:+.0f}: {refused} not given", flush=True)  # noqa: T201
    header = ["pull, deg", "metric", "mean error", "RMS", "worst", "±", "held"]
    print(table(header, rows))  # noqa: T201


if __name__ == "__main__":
    main()
