"""Cadence as it comes: from the last seconds, never late, with a beat to step to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import examples
import numpy as np
import pytest
import synthetic
from data_tracks import from_behind
from waiting import PATIENCE_S

from gait import analyze_track
from gait.analysis.events.live_cadence import LEAST_S, CadenceMeter
from gait.cli import main as cli
from gait.jobs.live import LOOKS_HZ, SAYS_S, Beat, Reading, readings
from gait.settings import Settings
from gait.skeleton import BLAZEPOSE
from gait.types import Float, PoseTrack, UsageError
from gait.video.live import LiveFrame, live_frames

BLANK = np.zeros((2, 2, 3), np.uint8)
CADENCE_SPM = 172.0


class Watch:
    """A clock that moves when somebody works or sleeps."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s

    def pass_(self, seconds: float) -> None:
        self.now_s += seconds


class Engine:
    """Points of a known track, at the cost of a look; the picture carries its number."""

    def __init__(self, track: PoseTrack, watch: Watch, look_s: float) -> None:
        self._track, self._watch, self._look_s = track, watch, look_s

    def locate(self, image: object) -> None:
        return None

    def detect(
        self, image: np.ndarray, crop: object, *, silhouette: bool
    ) -> tuple[Float, Float, dict[str, float]]:
        self._watch.pass_(self._look_s)
        frame = int(image[0, 0, 0]) * 256 + int(image[0, 0, 1])
        xy = np.full((len(BLAZEPOSE), 2), np.nan)
        for i, name in enumerate(BLAZEPOSE):
            if name in self._track:
                xy[i] = self._track[name][frame]
        return xy, np.ones(len(BLAZEPOSE)), {}

    def close(self) -> None:
        pass


def newest(track: PoseTrack, watch: Watch) -> Iterator[LiveFrame]:
    """What a source gives: the newest picture that is due, or the next one when it is."""
    start_s, last = watch(), -1
    while last < len(track) - 1:
        due = int(np.searchsorted(track.time, watch() - start_s, side="right")) - 1
        frame = max(due, last + 1)
        watch.pass_(max(0.0, start_s + track.time[frame] - watch()))
        last = frame
        image = BLANK.copy()
        image[0, 0, :2] = divmod(frame, 256)
        yield LiveFrame(float(track.time[frame]), start_s + float(track.time[frame]), image)


def live(track: PoseTrack, look_s: float = 0.07) -> list[Reading]:
    watch = Watch()
    engine = Engine(track, watch, look_s)
    return list(readings(newest(track, watch), engine, watch, watch.pass_))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def minute() -> PoseTrack:
    return synthetic.runner(30, 60, cadence_spm=CADENCE_SPM, noise_px=2)[0]


@pytest.mark.parametrize("behind", [False, True], ids=["side", "behind"])
def test_after_ten_seconds_it_is_the_offline_cadence(minute: PoseTrack, behind: bool) -> None:
    track = from_behind(minute) if behind else minute
    offline = analyze_track(minute, Settings()).summary("cadence")
    assert offline is not None
    found = [r.cadence for r in live(track) if r.time_s >= 10]
    assert len(found) > 80
    for cadence in found:
        assert cadence is not None
        assert abs(cadence.steps_per_min - offline.value) < 1  # type: ignore[operator]


@pytest.mark.parametrize("look_s", [0.02, 0.07, 0.2])
def test_what_is_said_is_never_more_than_half_a_second_old(
    minute: PoseTrack, look_s: float
) -> None:
    found = live(minute.between(0, 20), look_s)
    assert max(r.lag_s for r in found) <= 0.5
    times = np.diff([r.time_s for r in found])
    assert times.max() <= SAYS_S + look_s + 0.1


def test_it_takes_less_than_one_core(minute: PoseTrack) -> None:
    watch = Watch()
    engine = Engine(minute, watch, 0.07)
    looks = 0

    def counting(*args: object, **more: object) -> object:
        nonlocal looks
        looks += 1
        return Engine.detect(engine, *args, **more)  # type: ignore[arg-type]

    engine.detect = counting  # type: ignore[method-assign, assignment]
    list(readings(newest(minute, watch), engine, watch, watch.pass_))  # type: ignore[arg-type]
    assert looks * 0.07 / 60 < 1
    assert looks <= 60 * LOOKS_HZ + 1


def test_a_new_rate_is_followed_within_the_window(minute: PoseTrack) -> None:
    quick = synthetic.runner(30, 30, cadence_spm=182, noise_px=2)[0]
    first = minute.between(0, 20)
    moved = quick.with_(time=quick.time + first.time[-1] + 1 / 30)
    both = first.with_(
        time=np.concatenate([first.time, moved.time]),
        xy=np.concatenate([first.xy, moved.xy]),
        score=np.concatenate([first.score, moved.score]),
    )
    found = live(both)
    after = [r.cadence for r in found if r.time_s > 31]
    assert all(c is not None and abs(c.steps_per_min - 182) < 1 for c in after)


def test_nothing_is_said_without_steady_steps() -> None:
    still = synthetic.runner(30, 10)[0]
    rng = np.random.default_rng(0)
    noise = still.with_(xy=still.xy[:1] + rng.normal(0, 3, still.xy.shape))
    assert all(r.cadence is None for r in live(noise))


def test_nothing_is_said_too_early_or_without_ankles(minute: PoseTrack) -> None:
    assert all(r.cadence is None for r in live(minute) if r.time_s < LEAST_S)
    meter = CadenceMeter()
    for t in np.arange(0, 8, 0.1):
        meter.add(float(t), np.full(2, np.nan), np.zeros(2), np.zeros(2))
    assert meter.now() is None


def test_lost_frames_do_no_harm(minute: PoseTrack) -> None:
    rng = np.random.default_rng(1)
    xy = minute.xy.copy()
    xy[rng.random(len(minute)) < 0.3] = np.nan
    found = [r.cadence for r in live(minute.with_(xy=xy)) if r.time_s >= 10]
    assert all(c is not None and abs(c.steps_per_min - CADENCE_SPM) < 1 for c in found)


def test_a_file_plays_as_fast_as_life_and_only_the_newest_picture_is_taken(tmp_path: Path) -> None:
    path = examples.video(tmp_path / "run.mp4", n_frames=45, fps_hz=30.0)
    began_s = time.monotonic()  # limits from below only: others may keep this machine busy
    with live_frames(path) as pictures:
        seen = []
        for picture in pictures:
            seen.append(picture.time_s)
            time.sleep(0.25)
    assert time.monotonic() - began_s > 1.0
    assert seen == sorted(seen)
    assert len(seen) < 15  # of 45


def test_a_source_that_is_none_says_so(tmp_path: Path) -> None:
    with (
        pytest.raises(UsageError),
        live_frames(tmp_path / "none.mp4") as pictures,
    ):
        next(pictures)
    with pytest.raises(UsageError, match="Camera 77"), live_frames("77") as pictures:
        next(pictures)


def test_every_beat_is_at_its_own_place(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, enough = Watch(), threading.Event()
    began_s, beats = watch(), list[float]()

    class Waits(threading.Event):
        """Waits by that watch."""

        def wait(self, timeout: float | None = None) -> bool:
            watch.pass_(timeout or 0.0)
            return self.is_set()

    def signal() -> None:
        beats.append(watch())
        watch.pass_(0.7 if len(beats) == 5 else 0.03)  # the sound takes time, once very long
        if len(beats) == 12:
            enough.set()

    monkeypatch.setattr(f"{Beat.__module__}.threading.Event", Waits)
    with Beat(240, signal, watch):
        assert enough.wait(PATIENCE_S)
    # Two beats fall into the long sound; the others are no later for it, nor for those before.
    places = [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, 14]
    assert beats[:12] == pytest.approx([began_s + 0.25 * place for place in places])


def test_a_beat_is_heard_by_the_clock_of_the_computer() -> None:
    heard = threading.Event()
    began_s = time.monotonic()
    with Beat(240, heard.set):
        assert heard.wait(PATIENCE_S)
    assert time.monotonic() - began_s >= 0.25


def test_a_target_that_nobody_runs_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["live", "0", "--target", "500"]) == 2
    assert "Nobody runs at 500" in capsys.readouterr().err
