"""Our own graph over the networks of BlazePose: geometry exactly, numbers against MediaPipe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar, Final

import numpy as np
import pytest

from gait import video
from gait.pose import weights
from gait.pose.blazepose import BlazePose, BlazePoseGraph
from gait.pose.engines import crops, networks
from gait.pose.engines.blazepose_nets import BODY_PX, BlazePoseNets, Reading, refined
from gait.pose.engines.crops import Crop
from gait.pose.engines.graph import ROOM, GraphEngine, Look, agreed, around
from gait.pose.engines.mediapipe import UNASKED, MediaPipeEngine
from gait.pose.engines.networks import LiteRT, OpenVINO, Runtime
from gait.pose.inference import LOCATE_FRAMES, Detection, Engine, Landmarkers, nobody
from gait.pose.person_search import Target
from gait.settings import PoseSettings
from gait.skeleton import BLAZEPOSE
from gait.types import Float, ModelError, UInt8
from gait.video import Frame

RUNTIMES: Final[dict[str, tuple[str, Callable[[], Runtime]]]] = {
    "openvino": ("openvino", OpenVINO),
    "litert": ("ai_edge_litert", LiteRT),
}
SIDE = Path(__file__).parent.parent / "sample_videos"


@pytest.fixture(scope="module", params=RUNTIMES)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    package, make = RUNTIMES[request.param]
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    return make()


@pytest.fixture(scope="module")
def task() -> Path:
    file = weights.locate()
    if file is None:
        pytest.skip("the pose model is not here")
    return file


@pytest.fixture(scope="module")
def pictures() -> list[UInt8]:
    """Some frames of every sample video."""
    out = []
    for file in sorted(SIDE.glob("*.mp4"))[:2]:
        out += [frame.image for frame in islice(video.frames(file), 0, 60, 15)]
    return out


@pytest.mark.parametrize("zoom", [1, 3, 5, 8])
@pytest.mark.parametrize("angle", [0.0, 0.4])
def test_points_of_a_crop_come_back_to_where_they_are_in_the_frame(zoom: int, angle: float) -> None:
    image = np.zeros((400 * zoom + 1, 601 * zoom, 3), np.uint8)
    image[198 * zoom : 203 * zoom, 349 * zoom : 354 * zoom] = 255
    middle = np.array([351.5 * zoom - 0.5, 200.5 * zoom - 0.5])
    crop = Crop(330.0 * zoom, 210.0 * zoom, 180.0 * zoom, angle)
    weight = crop.cut(image, BODY_PX)[..., 0].astype(float)
    rows, columns = np.indices(weight.shape)
    seen = np.array([(weight * columns).sum(), (weight * rows).sum()]) / weight.sum() / BODY_PX
    # A tenth of a pixel of the crop.
    assert crop.to_frame(seen) == pytest.approx(middle, abs=0.1 * crop.side / BODY_PX)


def test_a_mask_is_pasted_where_it_was_cut() -> None:
    crop = Crop(330.0, 210.0, 180.0, -0.3)
    mask = np.zeros((BODY_PX, BODY_PX), np.float32)
    mask[190:201, 60:71] = 1
    frame = crop.paste(mask, (400, 600))
    rows, columns = np.nonzero(frame > 0.5)
    expected = crop.to_frame(np.array([65, 195]) / BODY_PX)
    assert [columns.mean(), rows.mean()] == pytest.approx(expected, abs=0.7)


def test_a_large_crop_is_averaged_not_sampled() -> None:
    # A checked pattern of single pixels is grey from afar; sampled, it is black or white.
    checked = (np.indices((1600, 1600)).sum(axis=0) % 2 * 255).astype(np.uint8)
    image = np.repeat(checked[..., None], 3, axis=2)
    crop = Crop(800, 800, 1500).cut(image, BODY_PX)
    assert np.ptp(crop[8:-8, 8:-8].astype(int)) < 40


def test_outside_the_frame_a_crop_is_black() -> None:
    image = np.full((1600, 1600, 3), 255, np.uint8)
    for side in (300.0, 1400.0):  # both ways of cutting
        crop = Crop(-5000.0, 900.0, side).cut(image, BODY_PX)
        assert crop.shape == (BODY_PX, BODY_PX, 3)
        crop = Crop(0.0, 800.0, side).cut(image, BODY_PX)
        assert crop[128, :120].max() == 0
        assert crop[128, 140:].min() == 255


def test_a_heatmap_moves_its_point_only_where_it_is_sure() -> None:
    heatmaps = np.full((64, 64, 2), -20.0, np.float32)
    heatmaps[31, 42, 0] = 20.0
    heatmaps[31, 42, 1] = -2.0
    start = np.array([[40.5 / 64, 30.5 / 64]] * 2)
    assert refined(start, heatmaps)[0] == pytest.approx([42 / 64, 31 / 64])
    assert refined(start, heatmaps)[1] == pytest.approx(start[1])


def crossed(xy: Float) -> Float:
    """The same body with its legs exchanged."""
    out = xy.copy()
    for point in ("knee", "ankle", "heel", "foot_index"):
        left, right = BLAZEPOSE.index(f"left_{point}"), BLAZEPOSE.index(f"right_{point}")
        out[[left, right]] = out[[right, left]]
    return out


@pytest.mark.parametrize("wrong", [0, 1, 2, None])
def test_most_looks_name_the_legs_and_a_wild_one_is_outvoted(wrong: int | None) -> None:
    rng = np.random.default_rng(3)
    body = rng.uniform(0, 400, (len(BLAZEPOSE), 2))
    score = np.ones(len(BLAZEPOSE))
    looks = [body, body + 2, body + 3]
    if wrong is not None:
        looks[wrong] = crossed(looks[wrong])
    wild = looks[1]
    wild[BLAZEPOSE.index("nose")] += 300
    seen = agreed([Reading(xy, score, 1.0, None) for xy in looks])
    assert np.abs(seen.xy - (body + 2)).max() == pytest.approx(1)  # the nose; the rest agrees


def test_one_look_is_left_as_it_is() -> None:
    xy = np.random.default_rng(1).uniform(0, 400, (len(BLAZEPOSE), 2))
    assert (agreed([Reading(xy, np.ones(len(BLAZEPOSE)), 1.0, None)]).xy == xy).all()


def test_crops_of_different_people_have_nothing_between_them() -> None:
    one = Crop(100, 100, 200)
    assert one.towards(Crop(120, 100, 220), 0.5) == Crop(110, 100, 210)
    assert one.towards(Crop(320, 100, 200), 0.5) is None
    assert one.towards(Crop(100, 100, 320), 0.5) is None


class Recorder:
    """An engine that sees a person who moves evenly, and notes where it was told to look."""

    def __init__(self, told: dict[int, Crop | None], blind: frozenset[int]) -> None:
        self.told, self.blind = told, blind

    def locate(self, image: UInt8) -> Crop | None:
        at = int(image[0, 0, 0])
        return None if at in self.blind else Crop(2.0 * at, 50.0, 40.0)

    def detect(self, image: UInt8, crop: Crop | None, *, silhouette: bool) -> Detection:
        self.told[int(image[0, 0, 0])] = crop
        return nobody()

    def close(self) -> None:
        """Nothing is open."""


def frames(n: int, fps_hz: float) -> Iterator[Frame]:
    for i in range(n):
        yield Frame(i / fps_hz, np.full((4, 4, 3), i, np.uint8))


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("fps_hz", [8.0, 30.0, 240.0])
@pytest.mark.parametrize("n", [1, 2, 9, 41])
def test_between_located_frames_a_crop_moves_evenly(n: int, fps_hz: float, workers: int) -> None:
    told: dict[int, Crop | None] = {}
    engine: Callable[[], Engine] = partial(Recorder, told, frozenset())
    with Landmarkers(engine, workers, looks_ahead=True) as landmarkers:
        order = [frame.time_s for frame, _ in landmarkers.follow(frames(n, fps_hz))]
    assert order == [i / fps_hz for i in range(n)]
    for i in range(n):
        crop = told[i]
        assert crop is not None
        assert (crop.x, crop.y, crop.side) == pytest.approx((2.0 * i, 50, 40))


def test_where_nobody_was_located_no_crop_is_made_up() -> None:
    told: dict[int, Crop | None] = {}
    blind = frozenset({LOCATE_FRAMES})
    engine: Callable[[], Engine] = partial(Recorder, told, blind)
    with Landmarkers(engine, 2, looks_ahead=True) as landmarkers:
        list(landmarkers.follow(frames(3 * LOCATE_FRAMES + 1, 240)))
    lost = {i for i, crop in told.items() if crop is None}
    assert lost == set(range(1, 2 * LOCATE_FRAMES))


def test_one_person_among_others_is_looked_at_where_they_are() -> None:
    told: list[Crop | None] = []

    class InTheCrop(Recorder):
        def locate(self, image: UInt8) -> Crop | None:
            return Crop(20.0, 20.0, 60.0)

        def detect(self, image: UInt8, crop: Crop | None, *, silhouette: bool) -> Detection:
            told.append(crop)
            return nobody()

    def walks(time_s: float) -> Target:
        hips = np.array([100.0 + 90 * time_s, 100.0])
        return Target(hips, 40.0, np.array([*(hips - 30), *(hips + 30)]))

    video_frames = (Frame(i / 30, np.zeros((200, 300, 3), np.uint8)) for i in range(30))
    engine: Callable[[], Engine] = partial(InTheCrop, {}, frozenset())
    with Landmarkers(engine, 2, looks_ahead=True) as landmarkers:
        list(landmarkers.follow(video_frames, walks))
    assert len(told) == 30
    for crop in told:
        assert crop is not None
        # The corner of a crop is a whole number of pixels, and so is known to one.
        assert (crop.x, crop.y, crop.side) == pytest.approx((20, 20, 60), abs=1)


def test_the_graph_gives_what_mediapipe_gives(
    runtime: Runtime, task: Path, pictures: list[UInt8], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crops, "SHARP", 1e9)  # MediaPipe does not average before it samples
    nets = BlazePoseNets(task, runtime)
    detector, landmarker = nets.detector(), nets.landmarker(mask=False)
    reference = MediaPipeEngine(task)
    apart, visible = [], []
    for image in pictures:
        xy, score, _ = reference.detect(image, None, silhouette=False)
        crop = detector(image)
        assert crop is not None
        seen = landmarker(image, crop)
        apart.append(np.linalg.norm(seen.xy - xy, axis=1))
        visible.append(abs(seen.visibility - score))
    reference.close()
    # The rest is how pictures are rounded on their way into the networks.
    assert np.median(apart) < 0.25
    assert np.percentile(apart, 95) < 1.5
    assert np.percentile(visible, 95) < 0.05


class _Loaded:
    """Stands for a landmarker that sees nobody, and counts those that are open."""

    open: ClassVar[list[bool]] = []

    def __init__(self, outlines: bool) -> None:
        self._outlines = outlines
        self.open.append(outlines)

    def detect(self, _: object) -> SimpleNamespace:
        return SimpleNamespace(pose_landmarks=[])

    def close(self) -> None:
        self.open.remove(self._outlines)


def test_mediapipe_is_in_memory_once_for_each_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mediapipe")
    monkeypatch.setattr(MediaPipeEngine, "_make", lambda _, *, silhouette: _Loaded(silhouette))
    engine, picture = MediaPipeEngine(Path("none.task")), np.zeros((48, 64, 3), np.uint8)

    def after(n: int, *, silhouette: bool) -> list[bool]:
        for _ in range(n):
            engine.detect(picture, None, silhouette=silhouette)
        return list(_Loaded.open)

    assert after(1, silhouette=True) == [True]
    assert after(UNASKED - 1, silhouette=False) == [True]
    assert after(1, silhouette=False) == [False]
    assert after(1, silhouette=True) == [True]
    # Who turns again and again does not have it loaded again and again.
    assert after(3 * UNASKED, silhouette=False) == [True]
    engine.close()
    assert _Loaded.open == []


def test_the_outline_is_where_mediapipe_has_it(
    runtime: Runtime, task: Path, pictures: list[UInt8]
) -> None:
    reference = MediaPipeEngine(task)
    engine = GraphEngine(BlazePoseNets(task, runtime))
    compared = 0
    for image in pictures[:4]:
        *_, expected = reference.detect(image, None, silhouette=True)
        *_, found = engine.detect(image, None, silhouette=True)
        width = expected.hips_width_px
        if np.isfinite(width):
            compared += 1
            assert found.hips_width_px == pytest.approx(width, rel=0.08)
    reference.close()
    assert compared > 0


def test_nobody_is_seen_in_an_empty_picture(runtime: Runtime, task: Path) -> None:
    engine = GraphEngine(
        BlazePoseNets(task, runtime), (Look(), Look(mirrored=True), Look(room=1.2))
    )
    empty = np.full((240, 320, 3), 90, np.uint8)
    for crop in (None, Crop(160, 120, 200)):
        xy, score, _ = engine.detect(empty, crop, silhouette=True)
        assert np.isnan(xy).all()
        assert not score.any()


def test_a_crop_that_misses_is_looked_for_again(
    runtime: Runtime, task: Path, pictures: list[UInt8]
) -> None:
    engine = GraphEngine(BlazePoseNets(task, runtime))
    image = pictures[0]
    alone = engine.detect(image, None, silhouette=False)[0]
    elsewhere = engine.detect(image, Crop(5, 5, 40), silhouette=False)[0]
    assert np.isfinite(alone).all()
    assert elsewhere == pytest.approx(alone)


@pytest.mark.parametrize("angle", [0.0, 0.3, -1.2])
def test_a_body_fits_into_the_crop_that_leans_with_it(angle: float) -> None:
    rng = np.random.default_rng(5)
    xy: Float = rng.uniform(100, 500, (len(BLAZEPOSE), 2))
    crop = around(xy, angle)
    assert crop.angle == angle
    inside = crop.from_frame(xy)
    margin = (1 - 1 / ROOM) / 2
    assert inside.min() == pytest.approx(margin)
    assert inside.max() == pytest.approx(1 - margin)
    assert crop.to_frame(inside) == pytest.approx(xy)


def test_each_way_of_running_the_model_has_a_fingerprint_of_its_own(task: Path) -> None:
    pytest.importorskip("openvino")
    ways = (BlazePose(), BlazePoseGraph())
    assert len({way.fingerprint(PoseSettings()) for way in ways}) == len(ways)


def test_without_a_runtime_the_graph_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(networks, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match="pip install openvino"):
        BlazePoseGraph().engines()
