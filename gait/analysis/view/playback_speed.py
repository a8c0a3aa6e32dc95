"""How many times slower than life a video plays, and whether that is known.

Phones save slow motion as a video that plays slowly, and conversions give videos a wrong frame
rate. What the user says counts; otherwise what the file says and what the body shows are weighed by
Bayes' rule. The body shows two things. Runners take 130 to 230 steps a minute. And gravity: who is
thrown up by every step and falls again rises in proportion to the square of the time of a step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from scipy.special import logsumexp
from scipy.stats import norm
from scipy.stats import t as student_t

from gait.analysis.cleaning.leg_swaps import is_frontal
from gait.analysis.view.observe import FRONTAL_LEG_OF_STATURE, LEG_OF_STATURE
from gait.analysis.view.speed_ramps import LEAST_RISE, Ramp, clearest_rhythm
from gait.analysis.view.step_rhythm import Rhythm, rhythm
from gait.settings import Settings
from gait.types import Float, PoseTrack, TimeBase, VideoInfo

# Steps per minute, with the SD of their logarithm: runners 168 ± 12 (fukuchi_segments), 164
# (malisoux2023ref); adults who walk as they like 100 to 120, strollers and hurried ones differ.
RUNNING_SPM: Final = (167.0, 0.08)
WALKING_SPM: Final = (110.0, 0.13)
# Rise of the trunk over g and squared step time. Half-sines of force give 0.034 without flight and
# 0.125 for all flight; 18 tracks of runners have 0.050 to 0.079, 8 of walkers 0.010 to 0.022.
RUNNING_RISE: Final = (0.063, 0.18)
WALKING_RISE: Final = (0.016, 0.40)
# Shape, which no clock changes: phase of the trunk in rad, rise in leg lengths. The same tracks
# have 82 to 222 and -104 to -58 degrees, 0.076 to 0.13 and 0.046 to 0.069.
RUNNING_SHAPE: Final = (np.radians(150), np.radians(38), 0.10, 0.25)
WALKING_SHAPE: Final = (np.radians(-77), np.radians(25), 0.052, 0.25)
# How often a video with a rhythm shows running, walking, or something else.
GAITS: Final = (0.65, 0.34, 0.01)
NEITHER: Final = 1 / (2 * np.pi) / 4 / 6 / 8
"""Density of phase, rise, step rate and their relation where they can be anything."""
HUMAN_SPM: Final = (40.0, 300.0)
"""No legs are quicker, and slower ones have no rhythm."""
QUICKEST_SPM: Final = 230.0
"""Of sprinters."""
NEVER: Final = 1e-6
FREEDOM: Final = 4
"""Student's t with few degrees of freedom: sprinters exist, and errors of the pose model."""
HEIGHT_M: Final = (1.72, 0.06)
"""Of adults of both sexes; its relative SD."""
G_MPS2: Final = 9.81

ORDINARY: Final = 0.95
SLOWED: Final = 0.045
ANYTHING: Final = 0.005
"""How often a video plays at normal speed, slower by a usual factor, at any other speed."""
FILE_IS_RIGHT: Final = 0.95
"""How often the rate of capture in a file is that of its frames: tags survive conversions."""
RATIOS: Final = (2.0, 4.0, 8.0, 10.0, 16.0, 32.0)
CAPTURED_HZ: Final = (60.0, 120.0, 240.0, 480.0, 960.0)
PLAYED_HZ: Final = (24.0, 25.0, 30.0, 50.0, 60.0)
SAME: Final = 0.015
"""Rates and factors this near are one: 23.976 and 24 Hz, 240/29.97 and 8."""
ONE_SPEED: Final = 0.26
"""Logarithm of a ratio of step times that one speed may have."""
STEPS_TELL: Final = 0.06
"""Logarithm to which a few steps at either speed tell how many times slower one is."""
FACTORS: Final = np.exp(np.arange(np.log(1 / 30), np.log(100), 0.01))
"""All that are thought of."""
CERTAIN: Final = 0.95
ABSURD: Final = 1e-4
"""Likelihood, against that of the best factor, at which a factor that was told is questioned."""
UNUSUAL_QUICK: Final = 0.02
UNUSUAL_SLOW: Final = 0.08
"""The same for normal speed, which nobody told, where a faster or a slower one is likelier: 0.04
and 0.15 at least in 91 videos and trials on force plates. Played 1.25 times faster nine of ten are
below, played 0.8 times as fast eight."""


@dataclass(frozen=True, slots=True)
class TrueTime:
    """How a video has to be played."""

    scale: float
    """Times slower than life that it plays; the best guess if that is not known."""
    base: TimeBase
    """How it is known; "film" plays at normal speed as far as anybody can tell."""
    limit: str | None = None
    """What the user has to know about it."""


def true_time(
    track: PoseTrack,
    settings: Settings,
    video: VideoInfo | None = None,
    ramp: Ramp | None = None,
) -> TrueTime:
    """Find out how many times slower than life a video plays.

    Parameters
    ----------
    track : PoseTrack
        Raw track on the time base of the video.
    settings : Settings
        `time_scale`, if told, is used; `height_m` makes the judgement sharper.
    video : VideoInfo, optional
        What the file says about its rates.
    ramp : Ramp, optional
        If the video plays at several speeds, of which the track shows one.
    """
    told, claimed = settings.time_scale, _claimed(video, track.fps_hz)
    if ramp is not None:  # what file and user say is true of the slowest part
        claimed = None if claimed is None else _near_one(claimed / ramp.faster)
        told = _near_one(told / ramp.faster) if told is not None and told > 1 else told
    seen = rhythm(track)
    if seen is None or _exchanged(seen):
        seen = clearest_rhythm(track)
    if told is not None:
        contradiction = None if seen is None else _contradiction(told, seen, track, settings)
        return TrueTime(told, "told", contradiction)
    candidates = _candidates(track.fps_hz, claimed)
    if ramp is not None and np.log(ramp.slower) > ONE_SPEED:
        candidates = _slower(candidates, ramp.slower)
    factors, prior = np.array(list(candidates)), np.array(list(candidates.values()))
    belief = np.concatenate([np.log(prior), np.log(ANYTHING / len(FACTORS)) + 0 * FACTORS])
    every = np.concatenate([factors, FACTORS])
    if seen is not None:
        belief = belief + _log_likelihood(every, seen, track, settings)
    belief = np.exp(belief - logsumexp(belief))
    named = belief[: len(factors)]
    best = int(named.argmax())
    scale = float(factors[best])
    if named[best] >= (0.5 if scale == (claimed or 1.0) else CERTAIN):
        known = _known(scale, claimed, video)
        limit = None if seen is None or scale != 1 else _unlikely(seen, track, settings)
        return replace(known, limit=limit) if limit else known
    guess = float(np.exp(belief @ np.log(every)))
    likely = [f for f, p in zip(factors, named, strict=True) if p > 0.05]
    return TrueTime(guess, "unknown", _unknown(guess, likely))


def _claimed(video: VideoInfo | None, shown_hz: float) -> float | None:
    """Times slower than life by what the file says; None if it says nothing.

    The rate at which it shows pictures counts: converted, it may hold each of them twice.
    """
    if video is None or video.capture_fps_hz is None:
        return None
    return _near_one(video.capture_fps_hz / shown_hz)


def _exchanged(seen: Rhythm) -> bool:
    """Whether a rhythm is that of a pose model which exchanges the legs: quick, without a rise."""
    return 60 / seen.step_s > QUICKEST_SPM and seen.rise < LEAST_RISE


def _near_one(ratio: float) -> float:
    """A ratio of rates, or 1 if it is as near to that as rates are told."""
    return 1.0 if abs(np.log(ratio)) < 0.1 else ratio


def _slower(candidates: dict[float, float], times: float) -> dict[float, float]:
    """Factors of a part that plays slower than the rest, which plays by one of the candidates.

    The steps tell about how many times slower, the factors that are usual how many exactly.
    """
    usual = [f for f in candidates if f > 1]
    found = dict.fromkeys(candidates, 0.0)
    for factor, p in candidates.items():
        nearest = min(usual, key=lambda f: abs(np.log(f / (factor * times))))
        if abs(np.log(nearest / (factor * times))) < STEPS_TELL:
            found[nearest] += p
    return {f: max(p, ANYTHING / len(candidates)) for f, p in found.items()}


def _candidates(fps_hz: float, claimed: float | None) -> dict[float, float]:
    """Factors that have a name, with how often they are met."""
    played = next((hz for hz in PLAYED_HZ if abs(fps_hz / hz - 1) < SAME), None)
    rates = [hz / played for hz in CAPTURED_HZ if hz > played] if played else []
    slowed: list[float] = []
    for ratio in (*rates, *RATIOS):
        if all(abs(ratio / other - 1) > SAME for other in slowed):
            slowed.append(ratio)
    known = {1.0: ORDINARY} | dict.fromkeys(slowed, SLOWED / len(slowed))
    if claimed is None:
        return known
    rest = {f: p for f, p in known.items() if abs(f / claimed - 1) > SAME}
    return {f: (1 - FILE_IS_RIGHT) * p for f, p in rest.items()} | {claimed: FILE_IS_RIGHT}


def _log_likelihood(factors: Float, seen: Rhythm, track: PoseTrack, settings: Settings) -> Float:
    """(N,) log of the density of what is seen, if the video plays this many times slower."""
    step_s = seen.step_s / factors
    leg_of_stature = FRONTAL_LEG_OF_STATURE if is_frontal(track) else LEG_OF_STATURE
    height_m, height_sd = (settings.height_m, 0.0) if settings.height_m else HEIGHT_M
    rise = seen.rise * leg_of_stature * height_m / G_MPS2 / step_s**2
    possible = (60 / step_s > HUMAN_SPM[0]) & (60 / step_s < HUMAN_SPM[1])
    likelihoods = [np.where(possible, NEITHER, NEVER * NEITHER)]
    for shape, steps, rises in (
        (RUNNING_SHAPE, RUNNING_SPM, RUNNING_RISE),
        (WALKING_SHAPE, WALKING_SPM, WALKING_RISE),
    ):
        turned = np.angle(np.exp(1j * (seen.phase_rad - shape[0])))
        likelihoods.append(
            norm.pdf(turned, scale=shape[1])
            * norm.pdf(np.log(seen.rise), np.log(shape[2]), shape[3])
            * student_t.pdf(np.log(60 / step_s), FREEDOM, np.log(steps[0]), steps[1])
            * student_t.pdf(np.log(rise), FREEDOM, np.log(rises[0]), np.hypot(rises[1], height_sd))
        )
    neither, running, walking = likelihoods
    return np.asarray(np.log(GAITS[0] * running + GAITS[1] * walking + GAITS[2] * neither))


def _known(scale: float, claimed: float | None, video: VideoInfo | None) -> TrueTime:
    if scale == 1.0:
        return TrueTime(1.0, "film")
    if scale == claimed and video is not None:
        source = f"the file says that it was filmed at {video.capture_fps_hz:.0f} frames per second"
    else:
        source = "that is seen from the rhythm of the steps and from how the body falls"
    return TrueTime(
        scale,
        "file" if scale == claimed else "seen",
        f"The video plays {_times(scale)} than life: {source}. Cadence and times are corrected. "
        "If it plays at normal speed, say that it is slowed down 1 time.",
    )


def _unknown(guess: float, likely: list[float]) -> str:
    named = f" ({' or '.join(f'{f:g}' for f in sorted(likely))})" if len(likely) > 1 else ""
    return (
        f"How fast this video plays is not clear: it seems to be about {_times(guess)} than "
        f"life{named}. Cadence and times are left out, angles are given. Say how many times slower "
        "than life it plays: 1 for normal speed, 8 for 240 frames per second played at 30."
    )


def _contradiction(told: float, seen: Rhythm, track: PoseTrack, settings: Settings) -> str | None:
    """What to say if nobody moves as fast or slowly as a factor that was told would have it."""
    here, *elsewhere = _log_likelihood(np.array([told, *FACTORS]), seen, track, settings)
    if here - max(elsewhere) > np.log(ABSURD):
        return None
    return (
        f"Slowed down {told:g} times, the runner takes {60 * told / seen.step_s:.0f} steps a "
        "minute and falls as nobody falls: times and cadence are only right if that number is."
    )


def _unlikely(seen: Rhythm, track: PoseTrack, settings: Settings) -> str | None:
    """What to say if a video that seems to play at normal speed shows what few people do."""
    here, *elsewhere = _log_likelihood(np.array([1.0, *FACTORS]), seen, track, settings)
    likelier = float(FACTORS[int(np.argmax(elsewhere))])
    if here - max(elsewhere) > np.log(UNUSUAL_QUICK if likelier < 1 else UNUSUAL_SLOW):
        return None
    return (
        f"The steps are {'quick' if likelier < 1 else 'slow'} for how the body falls: the video "
        f"may play about {_times(likelier)} than life. Cadence and times are right only if it "
        "plays at normal speed. If it does, say that it is slowed down 1 time."
    )


def _times(factor: float) -> str:
    return f"{factor:.2g} times slower" if factor > 1 else f"{1 / factor:.2g} times faster"
