"""The roll of the pelvis from the picture of the hips.

The hip points of a pose model stay level whatever the pelvis does (docs/accuracy.md). The skin and
cloth over the hips do turn (`gait.pose.pixels.pelvis`), but they are not bone:

- They also hang on the lumbar spine, which turns less, so they turn by a share of the pelvis only.
- They are pulled by the thighs: up on the side whose thigh is behind, down on the other.

The pull goes with the scissor of the thighs, which opens and closes at known moments of the stride;
the pelvis tilts most while it is closed. So what moves in phase with the scissor is taken for pull.
Some of the tilt is lost by that; what it is in people is put in its place. Strips of tape, if there
are any, show the tilt itself and its level.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter1d

from gait.analysis.cleaning.leg_swaps import shifted
from gait.analysis.trial import Strides, Trial
from gait.types import Float, PelvicRoll, PoseTrack

SHARE: Final = 0.68
"""Turn of the picture per turn of the pelvis: 0.4 to 0.75, on average 0.6, in ten rendered runners
of two builds, most in a shirt over the waistband. It depends on how such figures are made: the PSIS
markers of one measured runner (RBDS 1, Fukuchi 2017, doi:10.7717/peerj.3298) turned by 0.95 of the
pelvis apart from the pull of the thighs. Rendered runners count four times as much as that one."""
SHARE_SD: Final = 0.13
"""Of the rendered runners, and half the distance to the measured one."""
SKIN_SD_DEG: Final = 0.8
"""What is left between the turn and the share of the pelvis with the pull of a runner's own thighs
taken out: 0.6 to 1.1 in four rendered runners, two of whom move as people did."""
SCISSOR: Final = {1: (1.0, np.radians(100)), 3: (0.115, np.radians(41))}
"""Amplitude and phase at the middle of left stance of the harmonics of the angle by which the left
thigh is ahead of the right one. Means of twelve runners at three speeds each (RBDS): 91 to 112 and
22 to 72 degrees, third harmonic 0.09 to 0.17 of the first. In rendered runners whose motion was
made up it is 113 to 119: with that, a pull of 15 degrees moves the drop of people by 4."""
PHASE_SD: Final = np.radians(6)
"""Of the first harmonic: what runners differ (5.1 degrees, the runner left out), and contacts that
are found 6 ms early or late."""
IN_PHASE_DEG: Final = 2.6
"""The part of the tilt that goes with the scissor and is lost with the pull, amplitude: in all of
these runners the pelvis is lower on the side whose thigh is behind. Without it the drop would rise
by 1.7 degrees too much from strike to peak."""
IN_PHASE_SD_DEG: Final = 1.4
"""What runners differ by, the runner left out."""

REPEATS: Final = 0.5
"""Correlation with the strides around below which single strides say too little."""
MEAN_REPEATS: Final = 0.65
"""What the mean over all strides has to reach then (Spearman and Brown): 10 strides that agree by
0.16, 6 by 0.24. Below it, it is not gait that turns the picture."""
CHOSEN: Final = 1.3
"""Videos whose strides agree by chance pass, so what is left of their noise is taken for more: with
noise of 3 and 5 degrees on seven tracks their intervals then hold as often as without noise."""
HARMONICS: Final = 3
"""Of the stride, which hold the waveform of the pelvis."""
FEWEST_STRIDES: Final = 2
"""One to compare with another."""


def read_roll(trial: Trial) -> Trial:
    """Add the roll of the pelvis to the track of a trial, as `DerivedSignals.pelvic_roll`.

    Parameters
    ----------
    trial : Trial
        If neither the picture of the hips nor tape was followed it is returned unchanged. From the
        front only tape counts: there thighs pull a shirt by 15 degrees, and what is left of the
        turn after that missed the drop of two runners by 5.6 degrees (RMS), more than people
        differ by (2.9).
    """
    track = trial.track
    strips, hips = track.signals.tape, track.signals.pelvis
    if strips is None and hips is None:
        return trial
    tape = None if strips is None else _known(strips.tape_roll_deg, strips.tape_roll_sd_deg)
    picture = None if hips is None else _known(hips.hips_roll_deg, hips.hips_roll_sd_deg)
    nothing = np.full(len(track), np.nan)
    roll, sd, step = nothing, nothing, "no picture of the hips that could be followed"
    if picture is not None and trial.view.plane != "rear":
        step = "the picture of the hips tells it from behind only"
    elif picture is not None:
        roll, sd, step = _from_picture(trial, *picture)
    if tape is not None:
        level = np.nanmedian(tape[0] - roll) if np.isfinite(tape[0] - roll).any() else 0.0
        roll, sd = fuse((roll + level, sd), tape)
        step += f", tape in {np.isfinite(tape[0]).sum()} frames"
    found = PelvicRoll(
        pelvic_roll_deg=roll,
        pelvic_roll_sd_deg=sd,
        pelvic_roll_absolute=np.full(len(track), float(tape is not None)),
    )
    derived = replace(track.derived, pelvic_roll=found)
    return trial.with_(track=track.with_(derived=derived, step=f"pelvic roll: {step}"))


def tilt_hips(track: PoseTrack) -> PoseTrack:
    """A track with its hips moved onto the measured line of the pelvis, to be drawn.

    Both move up or down about their middle; they stay where the roll is not known.
    """
    roll = track.derived.pelvic_roll
    if roll is None or not track.has("left_hip", "right_hip"):
        return track
    slope = np.tan(np.radians(roll.pelvic_roll_deg))
    xy = track.xy.copy()
    hips = [track.index("left_hip"), track.index("right_hip")]
    middle = xy[:, hips].mean(axis=1, keepdims=True)
    y = middle[..., 1] + slope[:, None] * (xy[:, hips, 0] - middle[..., 0])
    xy[:, hips, 1] = np.where(np.isfinite(y), y, xy[:, hips, 1])
    return track.with_(xy=xy)


def fuse(one: tuple[Float, Float], other: tuple[Float, Float]) -> tuple[Float, Float]:
    """Mean of two measured series weighted by their precision, and its SD.

    Each is (T,) values and (T,) standard deviations; NaN where missing.
    """
    values, sds = (np.stack(pair) for pair in zip(one, other, strict=True))
    known = np.isfinite(values) & (sds > 0)
    weights = np.where(known, 1 / np.where(known, sds, 1.0) ** 2, 0.0)
    total = weights.sum(axis=0)
    total[total == 0] = np.nan
    return (weights * np.where(known, values, 0.0)).sum(axis=0) / total, 1 / np.sqrt(total)


def stride_phase(time_s: Float, strides: Strides) -> Float:
    """Phase of the stride, 0 in the middle of left stance and pi in the middle of right stance.

    Parameters
    ----------
    time_s : Float
        (T,) times.
    strides : Strides
        Steady ones of both feet.

    Returns
    -------
    Float
        (T,) radians, rising; NaN more than half a stride before or after the stances.
    """
    stances = sorted(((s.strike_s + s.off_s) / 2, s.side) for s in strides)
    half_s = float(np.median(strides.stride_s)) / 2
    phase = [0.0 if stances[0][1] == "left" else np.pi]
    for (before, side), (after, other) in pairwise(stances):
        # One step on to the other foot, two to the same; more where strides were left out.
        odd = int(side != other)
        phase.append(phase[-1] + np.pi * (2 * round(((after - before) / half_s - odd) / 2) + odd))
    middle = [time for time, _ in stances]
    return np.interp(
        time_s,
        [middle[0] - half_s, *middle, middle[-1] + half_s],
        [phase[0] - np.pi, *phase, phase[-1] + np.pi],
        left=np.nan,
        right=np.nan,
    )


def scissor(phase: Float) -> Float:
    """How far the left thigh is ahead of the right one at a `stride_phase`, about -1 to 1."""
    waveform: Float = np.sum([a * np.cos(k * phase + b) for k, (a, b) in SCISSOR.items()], axis=0)
    return waveform


def without_drift(values: Float, period: float) -> Float:
    """(T,) values less their mean over one stride of `period` frames around each frame.

    Within half a stride of the ends of the video the last whole stride counts. NaN where missing.
    """
    known = np.isfinite(values)
    whole = 2 * int((period - 1) // 2) + 1

    def stride_sum(x: Float) -> Float:
        """Over an odd number of frames, and by halves over what of the stride sticks out."""
        inner, outer = (uniform_filter1d(x, n, mode="constant") * n for n in (whole, whole + 2))
        return np.asarray(inner + (outer - inner) * (period - whole) / 2)

    mean = stride_sum(np.where(known, values, 0.0)) / stride_sum(known + 1e-9)
    half = min(whole // 2 + 1, len(values) // 2)
    centre = np.clip(np.arange(len(values)), half, len(values) - 1 - half)
    return np.asarray(values - mean[centre])


def _known(roll: Float, sd: Float) -> tuple[Float, Float] | None:
    """Roll and SD from one source; None if it saw nothing."""
    return (roll, sd) if np.isfinite(roll).any() else None


def _from_picture(trial: Trial, turn: Float, turn_sd: Float) -> tuple[Float, Float, str]:
    """Roll of the pelvis, SD, and what happened."""
    track, strides = trial.track, trial.strides
    nothing = np.full(len(track), np.nan)
    if len(strides) < FEWEST_STRIDES:
        return nothing, nothing, "no strides to compare"
    period = float(np.median(strides.stride_s)) * track.fps_hz
    turn = without_drift(turn, period)
    phase = stride_phase(track.time, strides)
    opened = scissor(phase)
    seen = np.isfinite(turn + phase)
    # All frames count alike: only over whole strides is the drop at right angles to the scissor.
    pull_deg = turn[seen] @ opened[seen] / (opened[seen] @ opened[seen])
    roll = (turn - pull_deg * opened) / SHARE
    alike, noise = _repeats(roll, period), np.zeros(len(track))
    told = f"strides agree by r = {alike:.2f}"
    if alike < REPEATS:
        n = seen.sum() / period
        if n * alike < MEAN_REPEATS * (1 + (n - 1) * alike):
            return nothing, nothing, f"refused, strides agree by r = {alike:.2f} only"
        roll, noise_deg = _usual_cycle(roll, phase, n)
        noise = np.full(len(track), CHOSEN * noise_deg * SHARE)
        told += f", the mean of {n:.0f} taken"
    sources = [
        noise,
        turn_sd,
        np.full(len(track), SKIN_SD_DEG),
        roll * SHARE_SD,
        IN_PHASE_SD_DEG * SHARE * opened,
        pull_deg * PHASE_SD * scissor(phase + np.pi / 2),
    ]
    sd = np.linalg.norm(sources, axis=0) / SHARE
    # Only now: what is put in comes back in every stride, whatever the picture does.
    roll = roll + IN_PHASE_DEG * opened
    step = (
        f"picture of the hips in {seen.sum()} of {len(track)} frames, {told}, "
        f"{abs(pull_deg):.1f} deg of pull by the thighs taken out"
    )
    return roll, sd, step


def _usual_cycle(roll: Float, phase: Float, n_strides: float) -> tuple[Float, float]:
    """The mean waveform over a stride, frame by frame, and its standard error.

    What is left in single frames is taken to be the same through a whole stride: so many frames do
    not make it surer, so many strides do.
    """
    k = np.arange(1, HARMONICS + 1)
    angles = np.outer(phase, k)
    shape = np.hstack([np.ones((len(phase), 1)), np.cos(angles), np.sin(angles)])
    seen = np.isfinite(roll) & np.isfinite(phase)
    weights, *_ = np.linalg.lstsq(shape[seen], roll[seen], rcond=None)
    mean = shape @ weights
    return mean, float(np.std(roll[seen] - mean[seen]) / np.sqrt(n_strides))


def _repeats(values: Float, period: float) -> float:
    """Correlation of the frames with the same instant of the next stride."""
    following = shifted(values[:, None], period)[:, 0]
    both = np.isfinite(values) & np.isfinite(following)
    if both.sum() < period or np.ptp(values[both]) == 0:
        return 0.0
    return float(np.corrcoef(values[both], following[both])[0, 1])
