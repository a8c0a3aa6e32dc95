"""Two videos side by side: the same phase of the stride in both pictures."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import examples
import numpy as np
import pytest
from waiting import until

from gait.analysis.kinematics.waveforms import PHASE_PCT, Curve, difference
from gait.analysis.results import Analysis, Stride
from gait.render.change_chart import change_charts
from gait.render.synced_video import FRAMES_PER_STRIDE, ComparedVideo, shared_side, write_synced
from gait.types import UsageError
from gait.video import Writer, frames, probe

SIZE_PX = (96, 64)
BROWSER = shutil.which("chromium"), shutil.which("chromedriver")
FPS_HZ = 60.0


def clock(path: Path, stride_s: float, n_strides: int, first_s: float) -> Path:
    """A video in which the shade of grey is the phase of the right leg's stride."""
    n = round((first_s + n_strides * stride_s + 0.2) * FPS_HZ)
    with Writer(path, *SIZE_PX, FPS_HZ) as writer:
        for i in range(n):
            phase = ((i / FPS_HZ - first_s) / stride_s) % 1
            writer.write(np.full((*SIZE_PX[::-1], 3), 20 + 200 * phase, np.uint8), i / FPS_HZ)
    return path


def of(stride_s: float, n_strides: int, first_s: float, scale: float = 1.0) -> Analysis:
    base = examples.analysis()
    strides = [
        Stride(
            side="right",
            strike_s=(first_s + i * stride_s) / scale,
            off_s=(first_s + (i + 0.35) * stride_s) / scale,
            next_strike_s=(first_s + (i + 1) * stride_s) / scale,
            strike_sd_s=0,
            off_sd_s=0,
        )
        for i in range(n_strides)
    ]
    # The end of one stride is the same number as the start of the next.
    chained = [s.model_copy(update={"next_strike_s": t.strike_s}) for s, t in pairwise(strides)]
    view = {"fps_hz": FPS_HZ, "near_side": "right", "time_scale": scale}
    return base.model_copy(
        update={"strides": (*chained, strides[-1]), "view": base.view.model_copy(update=view)}
    )


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_both_pictures_show_the_same_phase(tmp_path: Path, scale: float) -> None:
    quick, slow = (0.6, 5, 0.3), (0.8 * scale, 4, 0.5)
    before = ComparedVideo(clock(tmp_path / "a.mp4", *quick), of(*quick), "Before")
    after = ComparedVideo(clock(tmp_path / "b.mp4", *slow), of(*slow, scale), "After")
    out = tmp_path / "both.mp4"
    told: list[tuple[int, int]] = []
    write_synced(before, after, out, lambda *n: told.append(n))
    info = probe(out)
    pictures = [f.image for f in frames(out)]
    width = SIZE_PX[0]
    assert info.codec == "h264"
    assert told[-1] == (len(pictures), len(pictures))
    per_stride = len(pictures) / 4  # the shorter video has four strides
    assert FRAMES_PER_STRIDE[0] <= per_stride <= FRAMES_PER_STRIDE[1]
    middle = pictures[0].shape[0] // 2 - 10  # above the panel, below the head
    for i, picture in enumerate(pictures):
        left, right = picture[middle, width // 2].mean(), picture[middle, width + width // 2].mean()
        expected = 20 + 200 * (i % per_stride) / per_stride
        # Half a frame of the quicker video is 1.4 % of its stride; video is lossy.
        if 0.05 < (i % per_stride) / per_stride < 0.95:
            assert left == pytest.approx(expected, abs=10)
            assert right == pytest.approx(expected, abs=10)


@pytest.mark.skipif(
    not all(BROWSER) and "CI" not in os.environ, reason="Chromium and its driver are not installed"
)
def test_a_browser_plays_it(tmp_path: Path) -> None:
    from selenium import webdriver

    quick, slow = (0.6, 3, 0.3), (0.8, 3, 0.5)
    before = ComparedVideo(clock(tmp_path / "a.mp4", *quick), of(*quick), "Before", curve(10))
    after = ComparedVideo(clock(tmp_path / "b.mp4", *slow), of(*slow), "After", curve(14))
    write_synced(before, after, tmp_path / "both.mp4")
    page = tmp_path / "page.html"
    page.write_text("<video src=both.mp4 autoplay muted></video>")
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.binary_location = str(BROWSER[0])
    service = webdriver.ChromeService(executable_path=BROWSER[1])
    with webdriver.Chrome(options=options, service=service) as driver:
        driver.get(page.as_uri())

        def plays() -> bool:
            video = "const v = document.querySelector('video');"
            at_s, broken = driver.execute_script(f"{video} return [v.currentTime, v.error]")
            assert not broken
            return bool(at_s > 0.5)

        until(plays, "the end of half a second of video")


def test_videos_without_a_common_leg_are_refused() -> None:
    one = examples.analysis()
    left = one.model_copy(update={"strides": tuple(s for s in one.strides if s.side == "left")})
    right = one.model_copy(update={"strides": tuple(s for s in one.strides if s.side == "right")})
    assert shared_side(one, left) == "left"
    with pytest.raises(UsageError):
        shared_side(left, right)


def curve(mean_deg: float, sd_deg: float = 2.0, n: int = 16, constant_sd_deg: float = 1.5) -> Curve:
    flat = np.ones(len(PHASE_PCT))
    return Curve("shank", "left", n, mean_deg * flat, sd_deg * flat, 35.0, constant_sd_deg)


def test_band_of_the_difference() -> None:
    found = difference(curve(10), curve(14), shared=1.0)
    np.testing.assert_allclose(found.mean_deg, 4)
    # All keypoint errors are shared: what remains is the scatter of two means.
    np.testing.assert_allclose(found.half_deg, 1.96 * np.sqrt(2 * 4 / 16))
    wider = difference(curve(10), curve(14), shared=0.5)
    widest = difference(curve(10), curve(14, constant_sd_deg=2.0), shared=0.5)
    assert (found.half_deg < wider.half_deg).all()
    assert (wider.half_deg < widest.half_deg).all()
    np.testing.assert_allclose(wider.half_deg, 1.96 * np.sqrt(2 * 4 / 16 + 0.5 * 2 * 1.5**2), 1e-4)


def test_a_curve_from_behind_ends_with_toe_off() -> None:
    ended = replace(curve(10), mean_deg=np.where(PHASE_PCT > 35, np.nan, 10.0))
    for chart in change_charts(difference(ended, curve(14), shared=0.5)):
        assert json.dumps(chart.to_dict(), allow_nan=False)


def test_chart_of_a_difference_can_be_drawn() -> None:
    for pair in ((curve(10), curve(14)), (curve(10, np.nan, 1), curve(14))):
        for chart in change_charts(difference(*pair, shared=0.5)):
            assert chart.to_dict()["layer"]
