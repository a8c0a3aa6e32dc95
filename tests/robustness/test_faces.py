"""J: where a face is to be hidden, nothing that shows it is kept."""

from __future__ import annotations

from pathlib import Path

import cv2
import fake_backend
import numpy as np
import pytest
from waiting import until

from gait.io.analysis_file import read_analysis
from gait.io.kept_run import kept_track, reanalyze
from gait.io.ours import RECORD
from gait.io.run_folder import RunFolder
from gait.jobs.queue import Jobs
from gait.render.skeleton import heads
from gait.settings import PoseSettings, Settings
from gait.video import frames

HIDDEN = Settings(pose=PoseSettings(backend="fake"), blur_face=True)
SHOWN = HIDDEN.model_copy(update={"blur_face": False})


@pytest.fixture
def jobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    for name, value in fake_backend.install(tmp_path).items():
        monkeypatch.setenv(name, value)
    return Jobs(tmp_path / "runs")


def done(jobs: Jobs, job: str) -> RunFolder:
    until(lambda: jobs.get(job).over, "the end of the job")  # type: ignore[union-attr]
    status = jobs.get(job)
    assert status is not None
    assert status.state == "done", status
    return RunFolder(jobs.workspace / str(status.run))


def names(run: RunFolder) -> set[str]:
    return {path.name for path in run.path.iterdir() if path.name != RECORD}


def checkered(path: Path) -> Path:
    """A video with detail everywhere: what is hidden has none left."""
    import gait.video

    plain = next(frames(fake_backend.video(path.with_name("plain.mp4")))).image
    tiles = np.indices(plain.shape[:2]).sum(axis=0) // 6 % 2 * 200
    picture = np.repeat(tiles[..., None], 3, axis=2).astype(np.uint8)
    n = round(fake_backend.FPS_HZ * fake_backend.DURATION_S)
    height, width = picture.shape[:2]
    with gait.video.Writer(path, width, height, fake_backend.FPS_HZ) as writer:
        for i in range(n):
            writer.write(picture, i / fake_backend.FPS_HZ)
    return path


def test_the_video_is_kept_only_where_faces_may_be_seen(tmp_path: Path, jobs: Jobs) -> None:
    video = fake_backend.video(tmp_path / "a.mp4")
    assert done(jobs, jobs.analyse(video, "a.mp4", SHOWN)).video is not None
    run = done(jobs, jobs.analyse(video, "a.mp4", HIDDEN))
    assert names(run) == {"analysis.json", "overlay.mp4", "pose.npz", "strides.parquet"}
    assert video.is_file()


def test_who_hides_the_face_later_loses_the_video_once_it_is_drawn(
    tmp_path: Path, jobs: Jobs
) -> None:
    run = done(jobs, jobs.analyse(fake_backend.video(tmp_path / "a.mp4"), "a.mp4", SHOWN))
    reanalyze(run, HIDDEN, None)
    assert run.video is not None
    done(jobs, jobs.draw(run, "a.mp4"))
    assert run.video is None
    assert run.overlay.is_file()


def test_pictures_of_people_go_as_well(
    tmp_path: Path, jobs: Jobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fake_backend.PEOPLE, "2")
    video = fake_backend.video(tmp_path / "a.mp4")
    chosen = SHOWN.model_copy(update={"pose": SHOWN.pose.model_copy(update={"person": 1})})
    run = done(jobs, jobs.analyse(video, "a.mp4", chosen))
    assert run.people.is_file()
    reanalyze(run, chosen.model_copy(update={"blur_face": True}), None)
    assert not run.people.exists()


def test_of_a_hidden_head_no_detail_is_left_in_any_file(tmp_path: Path, jobs: Jobs) -> None:
    """Every file with pictures, every half second: the disc of the head is a few tiles at most."""
    run = done(jobs, jobs.analyse(checkered(tmp_path / "a.mp4"), "a.mp4", HIDDEN))
    track, analysis = kept_track(run), read_analysis(run.path)
    at = heads(track)
    assert at is not None
    videos = [p for p in run.path.iterdir() if p.suffix in {".mp4", ".mov", ".png"}]
    assert videos == [run.overlay]
    checked = 0
    for index in range(0, len(track), 30):
        frame = next(frames(run.overlay, float(track.time[index]) - 1e-4)).image
        x, y = at[index] * frame.shape[1] / track.size[0]
        radius = 0.06 * analysis.view.leg_px
        head = frame[round(y - radius) : round(y + radius), round(x - radius) : round(x + radius)]
        body = frame[round(y + 12 * radius) :][: 2 * round(radius), : 2 * round(radius)]
        sharp = [float(cv2.Laplacian(part[..., 1], cv2.CV_64F).std()) for part in (head, body)]
        assert sharp[0] < 0.2 * sharp[1]
        checked += 1
    assert checked >= 15
