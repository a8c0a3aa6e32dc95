"""What is drawn where, on plain grey videos with one known pose."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gait.analysis import angles
from gait.analysis.angles import to_ground
from gait.analysis.results import Analysis, Event, Quality, Summary, View
from gait.render.overlay import MAX_SIDE_PX, draw_frame, write_overlay
from gait.render.usual_range import Drawn, counted_from, draw_measure, turned
from gait.settings import Settings
from gait.types import PoseTrack
from gait.video import Writer, frames, probe, timestamps

LEFT, RIGHT = (86, 180, 233), (230, 159, 0)
NAMES = tuple(
    f"{side}_{part}"
    for side in ("left", "right")
    for part in ("shoulder", "hip", "knee", "ankle", "heel", "foot_index")
)
# Fractions of width and height; the left leg stands left of the right one.
SHAPE = np.array(
    [[x + dx, y] for x in (0.3, 0.6) for dx, y in
     ((0, 0.2), (0, 0.5), (0, 0.65), (0, 0.8), (-0.03, 0.85), (0.05, 0.85))]
)  # fmt: skip
TIME = np.arange(40) / 30
EVENTS = tuple(
    Event(kind=kind, side=side, time_s=t, sd_s=0.005)
    for kind, side, t in (
        ("strike", "left", 0.2), ("off", "left", 0.5), ("strike", "right", 0.7),
        ("off", "right", 1.0),
    )
)  # fmt: skip


def make_track(size: tuple[int, int] = (480, 360), score: float = 0.9) -> PoseTrack:
    xy = np.broadcast_to(SHAPE * size, (len(TIME), len(NAMES), 2))
    return PoseTrack(TIME, xy, np.full(xy.shape[:2], score), NAMES, size)


def make_analysis(time_scale: float = 1.0, near: str | None = "left") -> Analysis:
    view = View(
        plane="side", plane_confidence=1, direction="right", near_side=near,
        surface="treadmill", fps_hz=30, leg_px=100, window_s=(0, 1), time_scale=time_scale,
    )  # fmt: skip
    quality = Quality(
        n_frames=40, frames_without_person=0, swaps_repaired=0, swaps_undecided=0, strikes=2,
        steps=(),
    )  # fmt: skip
    cadence = Summary(
        metric="cadence", name="Cadence", side="both", n=9, value=170.0, sd=1.0,
        ci95=(169.0, 171.0), unit="steps/min", tier="A",
    )  # fmt: skip
    return Analysis(
        video=None, settings=Settings(), activity="running", view=view, quality=quality,
        events=EVENTS, strides=(), measurements=(), summaries=(cadence,), versions={},
    )  # fmt: skip


def grey(size: tuple[int, int] = (480, 360)) -> np.ndarray:
    return np.full((size[1], size[0], 3), 128, np.uint8)


def has(image: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """(H, W) where the image has exactly this colour: inside marks, not on their edges."""
    return (image == colour).all(axis=-1)


def marked(image: np.ndarray, colour: tuple[int, int, int], size: tuple[int, int]) -> bool:
    """Whether the colour is found lower than the joints of the feet reach."""
    width, height = size
    em = max(9, min(height / 30, width / 28))
    return bool(has(image[round(0.85 * height + 0.42 * em) : height], colour).any())


def test_each_leg_has_its_colour_where_it_is() -> None:
    image = draw_frame(grey(), make_track(), 0, make_analysis(near=None))
    picture = image[:360]
    left, right = has(picture, LEFT), has(picture, RIGHT)
    assert left[:, :240].any()
    assert right[:, 240:].any()
    assert not left[:, 240:].any()
    assert not right[:, :240].any()


def test_the_far_leg_is_thinner_and_dimmer() -> None:
    picture = draw_frame(grey(), make_track(), 0, make_analysis(near="left"))[:360]
    assert has(picture, LEFT).any()
    assert not has(picture, RIGHT).any()
    dim = tuple(round(0.6 * c) for c in RIGHT)
    assert 0 < has(picture, dim).sum() < has(picture, LEFT).sum()


def test_only_the_runner_and_the_panel_are_touched() -> None:
    before = grey()
    image = draw_frame(before, make_track(), 0, make_analysis())
    touched = (image[:360] != 128).any(axis=-1)
    rows, columns = np.nonzero(touched)
    em = 12  # text height at 360 rows; marks reach less than half of it beyond the points
    assert rows.min() > 0.2 * 360 - em / 2
    assert rows.max() < 0.85 * 360 + em / 2
    assert columns.min() > 0.27 * 480 - em / 2
    assert columns.max() < 0.65 * 480 + em / 2
    assert (before == 128).all()


def test_missing_points_are_not_drawn() -> None:
    track = make_track()
    gone = track.with_(xy=np.full(track.xy.shape, np.nan))
    assert (draw_frame(grey(), gone, 8, make_analysis())[:360] == 128).all()
    assert (draw_frame(grey(), make_track(score=0.1), 8, make_analysis())[:360] == 128).all()
    wild = track.with_(xy=track.xy + 1e12)
    assert (draw_frame(grey(), wild, 8, make_analysis())[:360] == 128).all()


def test_uncertain_points_are_hollow() -> None:
    sure = has(draw_frame(grey(), make_track(), 0, make_analysis())[:360], LEFT).sum()
    unsure = has(draw_frame(grey(), make_track(score=0.3), 0, make_analysis())[:360], LEFT).sum()
    assert unsure < 0.5 * sure


@pytest.mark.parametrize("size", [(480, 360), (320, 568), (568, 320), (2160, 3840)])
@pytest.mark.parametrize("time_scale", [1.0, 0.5])
def test_a_foot_is_marked_while_it_is_on_the_ground(
    size: tuple[int, int], time_scale: float
) -> None:
    track, analysis = make_track(size), make_analysis(time_scale)
    for index in (3, 12, 18, 28, 36) if size[1] < 1000 else (12,):
        true_s = TIME[index] / time_scale
        image = draw_frame(grey(size), track, index, analysis)
        # 0.08 s after an event its flash is drawn at the same place.
        assert marked(image, LEFT, size) == (0.2 <= true_s < 0.58), true_s
        assert marked(image, RIGHT, size) == (0.7 <= true_s < 1.08), true_s


def test_the_strip_shows_contacts_before_and_after_the_cursor() -> None:
    image = draw_frame(grey(), make_track(), 12, make_analysis())  # 0.4 s, left foot down
    panel = image[360:]
    cursor = np.nonzero((panel == 242).all(axis=-1).all(axis=0))[0]
    done = np.nonzero(has(panel, LEFT)[:, 120:].sum(axis=0) > 5)[0]
    ahead = np.nonzero(has(panel, tuple(round(0.45 * c) for c in LEFT)).any(axis=0))[0]
    assert len(cursor) == 0  # the cursor stays within the strips
    assert len(done)
    assert len(ahead)
    assert done.max() + 120 < ahead.min()
    # 0.2 s before and 0.1 s after the cursor; a pixel or two of each lie under it.
    assert len(done) / len(ahead) == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize("size", [(33, 21), (320, 568), (568, 320), (1280, 720), (2160, 3840)])
def test_a_still_keeps_its_picture_and_is_even(size: tuple[int, int]) -> None:
    image = draw_frame(grey(size), make_track(size), 12, make_analysis())
    assert image.shape[1] == size[0] // 2 * 2
    assert image.shape[0] % 2 == 0
    assert image.shape[0] > size[1]


@pytest.mark.parametrize("size", [(480, 360), (721, 1279), (1920, 1080)])
def test_the_video_keeps_its_times_and_fits(tmp_path: Path, size: tuple[int, int]) -> None:
    uneven = np.cumsum([0, *[0.033, 0.05, 0.017] * 4])
    source, out = tmp_path / "a.mp4", tmp_path / "b.mp4"
    with Writer(source, *size, 30) as writer:
        for time_s in uneven:
            writer.write(grey(size), time_s)
    info, times = probe(source), timestamps(source)
    track = make_track((info.width, info.height))
    track = track.with_(time=times, xy=track.xy[: len(times)], score=track.score[: len(times)])
    calls: list[tuple[int, int]] = []
    write_overlay(source, track, make_analysis(), out, lambda *done: calls.append(done))
    assert calls == [(i + 1, len(times)) for i in range(len(times))]
    np.testing.assert_allclose(timestamps(out), times, atol=1 / 90_000)  # one tick
    written = probe(out)
    assert max(written.width, written.height) <= MAX_SIDE_PX
    assert written.width == info.width or max(info.width, info.height) > 1200
    assert next(frames(out)).image[5, 5].astype(int) == pytest.approx(
        [128, 128, 128], abs=3
    )  # compression


def test_frames_without_a_pose_stay_plain(tmp_path: Path) -> None:
    source, out = tmp_path / "a.mp4", tmp_path / "b.mp4"
    with Writer(source, 480, 360, 30) as writer:
        for time_s in TIME[:4]:
            writer.write(grey(), time_s)
    track = make_track()
    keep = [0, 1, 3]
    track = track.with_(time=TIME[keep], xy=track.xy[keep], score=track.score[keep])
    write_overlay(source, track, make_analysis(), out)
    shown = [np.abs(f.image[:360].astype(int) - 128).max() for f in frames(out)]
    # Above 60 is a drawn mark; what compression leaves of the one before stays far below.
    assert [peak > 60 for peak in shown] == [True, True, False, True]


def test_between_frames_that_were_looked_at_the_body_is_drawn_on_its_way(tmp_path: Path) -> None:
    source, out = tmp_path / "a.mp4", tmp_path / "b.mp4"
    with Writer(source, 480, 360, 60) as writer:
        for i in range(9):
            writer.write(grey(), i / 60)
    track = make_track()
    times = np.arange(0, 9, 2) / 60
    along = np.linspace(0, 40, 5)[:, None, None] * (1, 0)
    xy = track.xy[:1] + along
    track = track.with_(time=times, xy=xy, score=track.score[:5])
    write_overlay(source, track, make_analysis(), out)
    left_edge = [
        int(np.argmax((np.abs(f.image[:300].astype(int) - 128) > 60).any(axis=(0, 2))))
        for f in frames(out)
    ]
    assert np.diff(left_edge) == pytest.approx(5, abs=1)


def test_a_face_is_hidden_also_where_it_was_lost() -> None:
    names = (*NAMES, "nose")
    nose = np.full((len(TIME), 1, 2), (0.45, 0.12)) * (480, 360)
    nose[10:20] = np.nan
    track = make_track()
    track = track.with_(
        names=names,
        xy=np.concatenate([track.xy, nose], axis=1),
        score=np.concatenate([track.score, np.full((len(TIME), 1), 0.9)], axis=1),
    )
    noise = np.random.default_rng(1).integers(0, 255, (360, 480, 3), dtype=np.uint8)
    hidden = make_analysis().model_copy(update={"settings": Settings(blur_face=True)})
    for index in (0, 15, 39):
        seen = draw_frame(noise, track, index, make_analysis())
        blurred = draw_frame(noise, track, index, hidden)
        face = (slice(33, 53), slice(206, 226))
        assert (seen[face] == noise[face]).all()
        assert blurred[face].std() < 0.3 * noise[face].std()
        far = (slice(200, 300), slice(0, 100))
        assert (blurred[far] == noise[far]).all()


def test_angles_are_written_beside_the_leg() -> None:
    plain = draw_frame(grey(), make_track(), 0, make_analysis())
    angles = {"left": {"knee": 12.0, "trunk": float("nan"), "elbow": 3.0}}
    drawn = draw_frame(grey(), make_track(), 0, make_analysis(), angles)  # type: ignore[arg-type]
    rows, columns = np.nonzero((plain[:360] != drawn[:360]).any(axis=-1))
    knee = SHAPE[2] * (480, 360)
    assert np.abs(rows - knee[1]).max() < 80
    assert np.abs(columns - knee[0]).max() < 120


DRAW = """
import sys
import numpy as np
from gait.render.skeleton import draw_skeleton
from gait.skeleton import LIMBS
names = dict.fromkeys(name for limb in LIMBS for name in limb)
found = {name: ((50.0 + i, 50.0), i % 2 == 0) for i, name in enumerate(names)}
picture = np.zeros((100, 100, 3), np.uint8)
draw_skeleton(picture, found, "left", 30.0)
sys.stdout.buffer.write(picture.tobytes())
"""


def test_points_that_cover_each_other_are_drawn_alike_in_every_process() -> None:
    drawn = {
        subprocess.run(
            [sys.executable, "-c", DRAW],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in (1, 2)
    }
    assert len(drawn) == 1
    assert any(drawn.pop())


# ------------------------------------------------------- a measure drawn where it is measured


def side_points(facing: int) -> dict[str, tuple[float, float]]:
    """A bent leg seen from the side; px, y down. Facing 1 is to the right of the picture."""
    shape = {
        "shoulder": (220, 60), "hip": (200, 200), "knee": (240, 300), "ankle": (190, 400),
        "heel": (175, 415), "foot_index": (245, 395),
    }  # fmt: skip
    return {f"right_{n}": (200 + facing * (x - 200), float(y)) for n, (x, y) in shape.items()}


def rear_points(inwards: int) -> dict[str, tuple[float, float]]:
    """A left leg on which the body stands; inwards 1 is to the right of the picture."""
    shape = {
        "left_hip": (200, 200), "right_hip": (260, 212), "left_knee": (225, 300),
        "left_ankle": (220, 400),
    }  # fmt: skip
    return {n: (200 + inwards * (x - 200), float(y)) for n, (x, y) in shape.items()}


def ground(points: dict[str, tuple[float, float]], facing: int) -> dict[str, np.ndarray]:
    direction = "right" if facing == 1 else "left"
    return {n.partition("_")[2]: to_ground(np.array(p), direction) for n, p in points.items()}


@pytest.mark.parametrize("facing", [1, -1])
def test_the_reference_line_is_where_the_angle_counts_from(facing: int) -> None:
    """Angles by the functions that measure them; their zero lines by geometry."""
    points = side_points(facing)
    p = ground(points, facing)
    thigh = np.array(points["right_knee"]) - points["right_hip"]
    expected = {
        "knee": (angles.knee_flexion(p["hip"], p["knee"], p["ankle"]), thigh),
        "thigh": (-angles.segment_angle(p["hip"], p["knee"]), (0, 1)),
        "shank": (angles.segment_angle(p["knee"], p["ankle"]), (0, -1)),
        "foot": (angles.foot_angle(p["heel"], p["foot_index"]), (facing, 0)),
        "trunk": (angles.trunk_lean(p["hip"], p["shoulder"]), (0, -1)),
    }
    for mark, (value, zero) in expected.items():
        found = counted_from(points, Drawn(mark, "right", float(value), None, ""))
        assert found is not None, mark
        assert found / np.linalg.norm(found) == pytest.approx(zero / np.linalg.norm(zero)), mark


@pytest.mark.parametrize("inwards", [1, -1])
def test_the_reference_lines_of_a_standing_leg(inwards: int) -> None:
    points = rear_points(inwards)
    hip, other, knee, _ = (np.array(points[n]) for n in points)
    drop = np.degrees(np.arctan2(12, 60))
    inward = np.degrees(np.arctan2(25, 100))
    bend = inward + np.degrees(np.arctan2(5, 100))
    level = counted_from(points, Drawn("pelvis", "left", float(drop), None, ""))
    straight = counted_from(points, Drawn("fppa", "left", float(bend), None, ""))
    across = counted_from(points, Drawn("adduction", "left", float(drop + inward), None, ""))
    assert level is not None
    assert straight is not None
    assert across is not None
    assert level[1] == pytest.approx(0, abs=1e-9)
    thigh = knee - hip
    assert straight[0] * thigh[1] - straight[1] * thigh[0] == pytest.approx(0, abs=1e-6)
    assert across @ (other - hip) == pytest.approx(0, abs=1e-6)  # upright to the pelvis


def test_the_usual_range_is_shaded_where_it_lies() -> None:
    """A knee bent by 40° where 0 to 10° is usual: the green is at the reference line."""
    points = side_points(1)
    p = ground(points, 1)
    value = float(angles.knee_flexion(p["hip"], p["knee"], p["ankle"]))
    picture = grey((480, 480))
    drawn = Drawn("knee", "right", value, (0.0, 10.0), "")
    assert draw_measure(picture, points, drawn, 200, RIGHT, 12)
    zero = counted_from(points, drawn)
    assert zero is not None
    for degrees, shaded in ((5, True), (25, False)):
        x, y = points["right_knee"] + 0.7 * turned(zero, degrees)
        red, green, _ = picture[round(y), round(x)].astype(int)
        assert (green - red > 30) == shaded, degrees


def test_what_is_not_seen_is_not_drawn() -> None:
    points = side_points(1)
    del points["right_ankle"]
    picture = grey((480, 480))
    assert not draw_measure(picture, points, Drawn("knee", "right", 4.0, (0, 9), ""), 9, RIGHT, 12)
    assert (picture == 128).all()
