"""Who is the runner: linking people from sample to sample and choosing among them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import synthetic
from columns import with_also

from gait.analysis.cleaning.segments import several_people
from gait.pose.person_evidence import APART_S, Pictures, real
from gait.pose.person_search import Target, distinct, erased, everybody, spread_out, tiles
from gait.pose.person_tracking import (
    SAMPLES_HZ,
    Body,
    Person,
    boxes,
    boxes_at,
    boxes_of,
    choose,
    chosen_of,
    link,
)
from gait.render.people import numbered, showing_all
from gait.skeleton import BLAZEPOSE
from gait.types import Float, PersonError, PixelSignals, PoseTrack

TIME = np.arange(0, 4, 1 / SAMPLES_HZ)
Samples = list[tuple[float, list[Body]]]


def bodies(
    track: PoseTrack, scale: float = 1.0, shift: Float | tuple[float, float] = (0, 0)
) -> list[Body]:
    """The runner at the sampled times; points that the synthetic runner lacks are at the nose."""
    out = []
    for t in np.searchsorted(track.time, TIME):
        points = [track[n if n in track else "nose"][t] for n in BLAZEPOSE]
        out.append(Body(np.array(points) * scale + np.asarray(shift), np.ones(len(BLAZEPOSE))))
    return out


RUNNER = bodies(synthetic.runner(60, 5, noise_px=1)[0])
OTHER = bodies(synthetic.runner(60, 5, noise_px=1, first_strike_s=0.37, seed=3)[0], shift=(700, 0))
WALKER = bodies(
    synthetic.runner(60, 5, cadence_spm=110, speed_mps=1.4, contact_s=0.7, noise_px=1)[0],
    shift=(700, 0),
)


def still(
    of: list[Body], scale: float, shift: tuple[float, float], noise_px: float = 2
) -> list[Body]:
    """Somebody who stands, as a model sees it: noise, and left and right exchanged now and then."""
    rng = np.random.default_rng(1)
    swapped = [BLAZEPOSE.index(n) for n in map(_mirror, BLAZEPOSE)]
    xy = of[3].xy * scale + np.array(shift)
    noisy = [xy + rng.normal(0, noise_px, xy.shape) for _ in of]
    return [Body(p[swapped] if i % 3 else p, of[3].score) for i, p in enumerate(noisy)]


def _mirror(name: str) -> str:
    return name.replace("left", "X").replace("right", "left").replace("X", "right")


def together(*people: list[Body]) -> Samples:
    return [(t, [p[i] for p in people]) for i, t in enumerate(TIME.tolist())]


def test_a_runner_goes_before_a_larger_person_who_stands() -> None:
    people = link(together(still(RUNNER, 1.6, (-900, -100)), RUNNER))
    assert len(people) == 2
    assert choose(people) == 1


def test_a_still_picture_of_a_runner_does_not_run_even_if_the_model_exchanges_its_feet() -> None:
    people = link(together(still(RUNNER, 1.0, (700, 0)), RUNNER))
    assert people[1].lift < 0.08 < 0.15 < people[0].lift


def test_a_runner_goes_before_a_larger_walker_who_passes() -> None:
    large = [Body(b.xy * 1.3, b.score) for b in WALKER]
    video = [(t, [r, w] if t < 1.5 else [r]) for (t, [r, w]) in together(RUNNER, large)]
    assert choose(link(video)) == 0


def test_a_larger_walker_who_stays_is_asked_about() -> None:
    large = [Body(b.xy * 1.3, b.score) for b in WALKER]
    with pytest.raises(PersonError):
        choose(link(together(RUNNER, large)))


def test_of_two_runners_the_clearly_larger_one_is_meant() -> None:
    small = [Body(b.xy * 0.6 + (900, 100), b.score) for b in RUNNER]
    assert choose(link(together(small, RUNNER))) == 0


def test_two_runners_alike_are_for_the_user_to_choose_between() -> None:
    people = link(together(RUNNER, OTHER))
    with pytest.raises(PersonError, match="--person 1 or 2"):
        choose(people)
    assert [choose(people, wanted) for wanted in (1, 2)] == [0, 1]


def test_a_number_that_nobody_has_says_how_many_there_are() -> None:
    with pytest.raises(PersonError, match="from 1 to 2"):
        choose(link(together(RUNNER, OTHER)), 3)
    with pytest.raises(PersonError, match=r"one person was found in the video. Leave out --person"):
        choose(link(together(RUNNER)), 5)


def test_two_runners_one_after_the_other_need_no_question() -> None:
    half = len(TIME) // 3
    video = [(t, [b[i]]) for i, t in enumerate(TIME.tolist()) for b in ([RUNNER, OTHER][i > half],)]
    people = link(video)
    assert choose(people) == 1  # seen for longer


def test_people_who_cross_keep_their_identity() -> None:
    at = [(100 + 30 * i, 1300 - 30 * i) for i in range(len(TIME))]
    right = [
        Body(b.xy + np.array([x - RUNNER[0].hips[0], 0]), b.score)
        for b, (x, _) in zip(RUNNER, at, strict=True)
    ]
    left = [
        Body(b.xy * 0.8 + (x - 0.8 * RUNNER[0].hips[0], 120), b.score)
        for b, (_, x) in zip(RUNNER, at, strict=True)
    ]
    people = link(together(right, left))
    assert len(people) == 2
    drift = sorted(p.bodies[-1].hips[0] - p.bodies[0].hips[0] for p in people)
    expected = 30 * (len(TIME) - 1)
    assert drift == pytest.approx([-expected, expected], abs=30)  # the hips sway by some px


def test_somebody_hidden_for_long_has_no_box_there() -> None:
    video = [
        (t, [b] if not 1 < t < 1.9 else []) for t, b in zip(TIME.tolist(), RUNNER, strict=True)
    ]
    people = link(video)
    assert len(people) == 1
    box = boxes_at(people[0], np.array([0.55, 1.45, 2.55]))
    assert np.isfinite(box).all(axis=1).tolist() == [True, False, True]


def test_somebody_lost_and_found_again_in_the_same_place_is_one_person() -> None:
    """However long and however often the model missed him."""
    seen = [(t, [b] if t % 1.9 < 0.7 else []) for t, b in zip(TIME.tolist(), RUNNER, strict=True)]
    assert len(link(seen)) == 1


def test_somebody_who_comes_after_a_second_elsewhere_is_somebody_new() -> None:
    moved = [Body(b.xy + np.array([900, 0]), b.score) for b in RUNNER]
    video = [
        (t, [a] if t < 1 else [b] if t > 2.5 else [])
        for t, a, b in zip(TIME.tolist(), RUNNER, moved, strict=True)
    ]
    assert len(link(video)) == 2


def test_a_body_has_to_be_in_the_picture() -> None:
    left, top, right, bottom = RUNNER[0].box
    whole = Body(RUNNER[0].xy - (left, top), RUNNER[0].score)
    width, height = int(right - left) + 1, int(bottom - top) + 1
    assert whole.is_in(width, height)
    assert not whole.is_in(width, height // 2)  # an empty corner, completed to a body
    assert not Body(whole.xy - (0.6 * width, 0), whole.score).is_in(width, height)


# ---------------------------------------------------------------------------- people and things


def pictures(moving: Body | None, moves_px: float) -> dict[float, Float]:
    """Noise, and a body that sways, as it is kept for comparison."""
    rng = np.random.default_rng(0)
    texture = rng.uniform(0, 255, (135, 240))
    out = {}
    for i, t in enumerate(TIME.tolist()):
        picture = texture + rng.normal(0, 1, texture.shape)
        if moving is not None:
            left, top, right, bottom = (moving.box / 8).astype(int)
            shift = round(moves_px * np.sin(0.7 * i))
            picture[top:bottom, left:right] = np.roll(texture, shift, 1)[top:bottom, left:right]
        out[t] = picture
    return out


def test_what_does_not_move_is_no_person() -> None:
    poster = still(RUNNER, 1.0, (700, 0))
    people = link(together(RUNNER, poster))
    assert len(people) == 2
    # Nothing moves: then the camera shows a picture, and nothing can be told apart.
    assert real(people, pictures(None, 0), 1 / 8) == people
    assert real(people, pictures(RUNNER[3], 2), 1 / 8) == people[:1]
    both = {
        t: np.where(a == pictures_at, a, b)
        for (t, a), b, pictures_at in zip(
            pictures(RUNNER[3], 2).items(),
            pictures(poster[3], 2).values(),
            pictures(None, 0).values(),
            strict=True,
        )
    }
    assert real(people, both, 1 / 8) == people


def test_pictures_of_a_long_video_do_not_pile_up() -> None:
    kept, frame = Pictures(), np.full((540, 960, 3), 90, np.uint8)
    for i in range(4 * 600):
        kept.keep(frame, i / 4)
    assert sum(picture.nbytes for picture in kept.by_time.values()) < 35e6  # of ten minutes
    assert kept.scale == pytest.approx(1 / 3)
    late = [t for t in kept.by_time if t > 570]
    assert len(late) > 8  # still near enough to each other to see somebody move
    assert max(np.diff(late)) < APART_S


def test_a_reflection_is_no_second_runner() -> None:
    mirrored = [Body(b.xy * (-0.8, 0.8) + (1500, 60), b.score) for b in RUNNER]
    people = link(together(RUNNER, mirrored))
    assert len(people) == 2
    assert [p.size_px for p in real(people, {}, 1.0)] == [max(p.size_px for p in people)]
    assert len(real(link(together(RUNNER, OTHER)), {}, 1.0)) == 2


def test_boxes_travel_with_the_track() -> None:
    track, _ = synthetic.runner(60, 4)
    people = link(together(RUNNER, OTHER))
    seen = track.with_(signals=PixelSignals(people=boxes(people, 1, track.time)))
    assert (chosen_of(seen), sorted(boxes_of(seen))) == (2, [1, 2])
    assert "person 2" in several_people(seen)[0]
    assert (chosen_of(track), boxes_of(track), several_people(track)) == (None, {}, ())
    passing = {
        n: np.where(track.time < 0.8, v, np.nan) for n, v in seen.columns().items() if "_1_" in n
    }
    assert several_people(with_also(seen, passing)) == ()
    assert np.allclose(boxes_of(seen)[1][60], RUNNER[10].box, atol=1e-6)


# ------------------------------------------------------------------------------ in one picture


def test_crops_of_a_wide_picture_cover_it_and_overlap_by_half() -> None:
    crops = tiles(1920, 540)
    assert crops[0][0] == 0
    assert crops[-1][1] == 1920
    assert all(b - a == 540 for a, b in crops)
    assert all(b[0] - a[0] <= 271 for a, b in pairwise(crops))


def test_everybody_is_found_by_a_model_that_finds_one_at_a_time() -> None:
    image = np.zeros((800, 1600, 3), np.uint8)
    hidden = [RUNNER[0], OTHER[0]]
    for body, grey in zip(hidden, (200, 100), strict=True):
        x, y = body.hips.astype(int)
        image[y, x] = grey

    def find(crop: np.ndarray) -> Body | None:
        lit = np.argwhere((crop[..., 0] > 0) & (crop[..., 0] != 128))
        if not len(lit):
            return None
        y, x = max(lit.tolist(), key=lambda at: crop[at[0], at[1], 0])
        body = RUNNER[0]
        return Body(body.xy - body.hips + (x, y), body.score)

    found = everybody(image, find, whole=True)
    assert sorted(b.hips[0] for b in found) == pytest.approx(
        sorted(b.hips[0] for b in hidden), abs=1
    )
    assert len(everybody(image, find, found[:1], whole=False)) == 1


def test_the_same_person_in_two_crops_counts_once() -> None:
    doubtful = Body(RUNNER[0].xy + 5, np.full(len(BLAZEPOSE), 0.4))
    assert distinct([doubtful, RUNNER[0], OTHER[0]]) == [RUNNER[0], OTHER[0]]


def test_erasing_spares_the_one_who_is_looked_for() -> None:
    image = np.full((100, 100, 3), 7, np.uint8)
    other, own = np.array([20.0, 20, 60, 60]), np.array([50.0, 20, 90, 60])
    out = erased(image, [other, np.full(4, np.nan)], spared=own)
    assert (out[40, 30] == 128).all()
    assert (out[40, 55] == 7).all()
    assert (image == 7).all()


def test_a_target_takes_nobody_else_for_the_person() -> None:
    body = RUNNER[0]
    aim = Target(body.hips, body.size_px, body.box)
    assert aim.is_met(body.xy + 5)
    assert not aim.is_met(body.xy + np.array([0.5 * body.size_px, 0]))
    assert not aim.is_met(body.xy * 1.6 + body.hips * -0.6)
    hidden = Target(np.full(2, np.nan), body.size_px, np.full(4, np.nan))
    assert hidden.cut_out(np.zeros((50, 50, 3), np.uint8))[0] is None


def test_looks_around_are_spread_over_the_video() -> None:
    time = np.arange(0, 5, 1 / 60)
    at = time[spread_out(time, 1.0)]
    assert at == pytest.approx([0.5, 1.5, 2.5, 3.5, 4.5], abs=0.02)


# -------------------------------------------------------------------------------- the picture


def test_the_picture_shows_everybody_in_as_few_frames_as_it_takes() -> None:
    here, gone = np.zeros(4), np.full(4, np.nan)
    boxes_ = {
        1: np.stack([here, here, gone, gone]),
        2: np.stack([gone, here, gone, gone]),
        3: np.stack([gone, gone, gone, here]),
    }
    assert showing_all(boxes_) == [1, 3]
    assert showing_all({}) == []


def test_the_picture_shows_nobody_behind_somebody_if_there_is_another() -> None:
    still = np.tile([100.0, 0, 200, 400], (5, 1))
    passing = still + np.array([[-300.0], [-60], [0], [60], [90]]) * [1, 0, 1, 0]
    assert showing_all({1: still, 2: passing}) == [0]


def test_the_one_who_was_analysed_stands_out() -> None:
    image = np.zeros((540, 960, 3), np.uint8)
    where = {1: np.array([100.0, 100, 200, 400]), 2: np.array([500.0, 100, 600, 400])}
    drawn = numbered(image, where, 2)
    one, two = drawn[250, 40:110].max(axis=0), drawn[250, 440:510].max(axis=0)
    assert one.min() > 200  # grey
    assert two[1] > 150 > two[0]  # green
    assert not image.any()


def test_persons_know_where_they_should_be_next() -> None:
    person = Person(
        [0.0, 0.1], [RUNNER[0], Body(RUNNER[0].xy + np.array([30, 0]), RUNNER[0].score)]
    )
    assert person.expected(0.2)[0] == pytest.approx(RUNNER[0].hips[0] + 60)
    assert person.expected(5.0)[0] == pytest.approx(RUNNER[0].hips[0] + 30 + 75)
