"""Pelvic drop of people read off a picture of the hips that their thighs pull.

    python benchmarks/pelvic_pull.py --data VALIDATION_DIR

Runners on force plates seen from behind, joints with noise, and instead of the markers of the
pelvis what `gait.pose.pixels.pelvis` would give of them: a share of the tilt of the pelvis, the
angle between their own thighs times a pull, and noise. How much thighs pull is a matter of clothes:
2 degrees in tights, 7 under a shirt over shorts from behind, 15 from in front. Against the tilt of
the markers to level ground, so the zero that a video cannot show is part of the errors. Then the
constants of `gait.analysis.kinematics.pelvic_obliquity` as these runners have them.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gait import analyze_track
from gait.analysis.events import to_strides
from gait.analysis.kinematics.pelvic_obliquity import SHARE, stride_phase
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


@dataclass(frozen=True)
class Harmonics:
    """Of thighs and pelvis of one trial: the first ones, and the third of the thighs."""

    runner: str
    phase_deg: float
    third: float
    third_phase_deg: float
    in_phase_deg: float


def harmonics(trial: PlateTrial) -> Harmonics:
    """How the thighs of a trial open and close, and what of the pelvic tilt goes with that."""
    track = trial.filmed("rear", trial.recorded_hz)
    tilt = track.derived.pelvic_roll
    assert tilt is not None
    phase = stride_phase(track.time, to_strides(trial.events))
    thighs, pelvis = (
        [2 * complex(np.nanmean(series * np.exp(-1j * k * phase))) for k in (1, 3)]
        for series in (_scissor(trial, track.time), tilt.pelvic_roll_deg)
    )
    first = thighs[0] / abs(thighs[0])
    return Harmonics(
        runner=trial.runner,
        phase_deg=float(np.degrees(np.angle(first))),
        third=abs(thighs[1] / thighs[0]),
        third_phase_deg=float(np.degrees(np.angle(thighs[1]))),
        in_phase_deg=float((pelvis[0] / first).real),
    )


def left_out_sd(values: Float, runners: list[str]) -> float:
    """RMS of what the mean of all other runners misses each trial by."""
    of = np.array(runners)
    missed = [values[of == r] - values[of != r].mean() for r in dict.fromkeys(runners)]
    return float(np.sqrt(np.mean(np.concatenate(missed) ** 2)))


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
    known = [harmonics(trial) for trial in trials]
    for name in ("phase_deg", "third", "third_phase_deg", "in_phase_deg"):
        values = np.array([getattr(h, name) for h in known])
        sd = left_out_sd(values, [h.runner for h in known])
        print(f"{name}: {values.mean():.3g}, SD {sd:.2g} (runner left out)")  # noqa: T201


if __name__ == "__main__":
    main()
