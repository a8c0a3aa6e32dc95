"""Patches of one colour on the back of a waist, cut out to a fraction of a pixel."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gait.types import Float, UInt8

Picture = NDArray[np.float32]
Mask = NDArray[np.bool_]

# Lengths are fractions of the trunk (mid-hip to mid-shoulder, about 0.45 m in life).
LATERAL = 0.3  # half the width of the place looked at: inside the outline of the waist
ABOVE, BELOW = 0.4, 0.05  # its height from the hip points of the model
AREA = (0.0006, 0.018)  # a dot of 1.2 cm, a strip of 5 by 7 cm
LONGEST = 0.18  # side of a patch: 8 cm
WINDOW = 0.12  # half the side of the square a patch is cut out of: it and its surroundings
WORKING_TRUNK_PX = 120  # larger pictures are scaled down to this: the cost stays the same
MOST_TRIES = 6

# Colours are CIE L*a*b*, their differences Euclidean: 2 is just visible, folded cloth spans 10.
CONTRAST_LIGHTNESS = 25.0
CONTRAST_HUE = 20.0
UNLIKE = 20.0  # a patch and its surroundings
SURROUNDED = 0.8  # share of the surroundings that are unlike; a second patch may be among them
FINE: Final = np.array([1.0, 0.5, 0.5], np.float32)  # video has colour at half the resolution


@dataclass(frozen=True, slots=True)
class Waist:
    """Where to look in one frame: px of the middle between the hips and length of the trunk."""

    hips: Float
    trunk_px: float


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """One closed patch of one colour."""

    xy: Float
    """(2,) centre in px of the video."""
    sd_px: float
    """Standard deviation of the height of the centre that noise along the edge makes."""
    half_height_px: float
    """Half the height of the upright rectangle that is spread as much."""
    area: float
    """Trunks²."""
    colour: Float
    """(3,) L*a*b*."""


def find_marks(image: UInt8, waist: Waist) -> list[Mark]:
    """Closed patches behind the hips unlike all around them in colour, the most conspicuous first.

    The image is (H, W, 3) RGB. None where the place is cut by its edge.
    """
    import cv2

    reach = np.array([[LATERAL, ABOVE], [LATERAL, BELOW]]) + WINDOW + 0.02  # and rounding
    low = np.floor(waist.hips - waist.trunk_px * reach[0]).astype(int)
    high = np.ceil(waist.hips + waist.trunk_px * reach[1]).astype(int)
    if (low < 0).any() or (high > image.shape[1::-1]).any():
        return []
    scale = min(1.0, WORKING_TRUNK_PX / waist.trunk_px)
    size = np.round((high - low) * scale).astype(int)
    crop = cv2.resize(
        image[low[1] : high[1], low[0] : high[0]], size.tolist(), interpolation=cv2.INTER_AREA
    )
    lab = np.asarray(cv2.cvtColor(crop.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    px = (high - low) / size  # of the video in one of the crop, after rounding to whole pixels
    return [
        Mark(
            xy=low + (mark.xy + 0.5) * px - 0.5,
            sd_px=mark.sd_px * px[1],
            half_height_px=mark.half_height_px * px[1],
            area=mark.area,
            colour=mark.colour,
        )
        for mark in _cut_out(lab, waist.trunk_px * scale)
    ]


def _cut_out(lab: Picture, trunk_px: float) -> list[Mark]:
    """Marks of a picture in its own pixels, from the most conspicuous place downwards."""
    salient = conspicuous(lab, trunk_px)
    half = int(WINDOW * trunk_px)
    salient[:half] = salient[-half:] = salient[:, :half] = salient[:, -half:] = 0
    found = []
    for _ in range(MOST_TRIES):
        row, column = (int(i) for i in np.unravel_index(np.argmax(salient), salient.shape))
        if salient[row, column] < 1:
            break
        around = np.s_[row - half : row + half + 1, column - half : column + half + 1]
        window = lab[around]
        patch = patch_around(window, lab[row, column].astype(np.float64))
        salient[around][_grown(patch, 5)] = 0
        salient[row - 2 : row + 3, column - 2 : column + 3] = 0
        # A patch may have grown from its edge; its median is the colour of its inside.
        inside = window[patch] if patch.any() else lab[row, [column]]
        colour = np.asarray(np.median(inside, axis=0), np.float64)
        patch = patch_around(window, colour)
        if not _compact(patch, LONGEST * trunk_px):
            continue
        cover, noise = coverage(window, patch, colour)
        area = float(cover.sum())
        if not AREA[0] <= area / trunk_px**2 <= AREA[1]:
            continue
        y, x = np.mgrid[row - half : row + half + 1, column - half : column + half + 1]
        xy = np.array([(cover * x).sum(), (cover * y).sum()]) / area
        lever_px = math.sqrt(((y - xy[1])[_edge(patch)] ** 2).sum())
        half_height_px = math.sqrt(3 * (cover * (y - xy[1]) ** 2).sum() / area)
        found.append(Mark(xy, noise * lever_px / area, half_height_px, area / trunk_px**2, colour))
    return found


def conspicuous(lab: Picture, trunk_px: float) -> Picture:
    """How far every pixel stands out from what is around it, 1 = enough to start a mark.

    Top-hats (Meyer 1979) of lightness, redness, greenness, yellowness and blueness: what is
    narrower than the window and has more of one of them than all around it.

    Parameters
    ----------
    lab : float32 array
        (h, w, 3) L*a*b* picture.
    trunk_px : float
        Length of the trunk in pixels of this picture.
    """
    import cv2

    window = np.ones((int(LONGEST * trunk_px) | 1,) * 2, np.uint8)
    lightness, green_red, blue_yellow = cv2.split(lab)
    more = (green_red, -green_red, blue_yellow, -blue_yellow)
    kinds = [lightness / CONTRAST_LIGHTNESS, *(np.maximum(hue, 0) / CONTRAST_HUE for hue in more)]
    top_hats = [
        cv2.morphologyEx(np.asarray(kind, np.float32), cv2.MORPH_TOPHAT, window) for kind in kinds
    ]
    return np.asarray(np.max(top_hats, axis=0), np.float32)


def patch_around(window: Picture, colour: Float) -> Mask:
    """Pixels of one colour that hang together around the centre of a window.

    Parameters
    ----------
    window : float32 array
        (h, w, 3) L*a*b* picture.
    colour : Float
        (3,) colour looked for.

    Returns
    -------
    bool array
        (h, w); empty unless the colour is unlike the surroundings and the patch closed.
    """
    import cv2

    nothing = np.zeros(window.shape[:2], bool)
    away = np.sqrt(((window - colour) ** 2).sum(axis=2))
    border = np.concatenate([away[0], away[-1], away[1:-1, 0], away[1:-1, -1]])
    unlike = np.sort(border[border > UNLIKE])
    if len(unlike) < SURROUNDED * len(border):
        return nothing
    likest = unlike[len(unlike) // 10]  # a tenth may be noise and the edge of another patch
    _, label = cv2.connectedComponents((away < likest / 2).astype(np.uint8), connectivity=4)
    centre = label[label.shape[0] // 2, label.shape[1] // 2]
    patch = label == centre
    closed = not (patch[[0, -1]].any() or patch[:, [0, -1]].any())
    return patch if centre > 0 and closed else nothing


def coverage(window: Picture, patch: Mask, colour: Float) -> tuple[Float, float]:
    """What share of each pixel a patch covers.

    Along the edge a pixel is a mixture of the patch and the nearest pixel outside, which may be
    cloth on one side and skin on the other.

    Parameters
    ----------
    window : float32 array
        (h, w, 3) L*a*b* picture.
    patch : bool array
        (h, w), the pixels that are mostly patch.
    colour : Float
        (3,) colour of the patch.

    Returns
    -------
    Float
        (h, w) shares from 0 to 1.
    float
        How far edge pixels are from such a mixture (root mean square), as a share.
    """
    import cv2

    fine = window * FINE
    outside = ~_grown(patch, 5)
    edge = _edge(patch)
    _, nearest = cv2.distanceTransformWithLabels(
        (~outside).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    colours = np.zeros((int(nearest.max()) + 1, 3))
    colours[nearest[outside]] = fine[outside]
    beyond = colours[nearest[edge]]
    contrast = colour * FINE - beyond
    length = (contrast**2).sum(axis=1)
    share = np.clip(((fine[edge] - beyond) * contrast).sum(axis=1) / length, 0, 1)
    misfit = ((fine[edge] - beyond - share[:, None] * contrast) ** 2).sum(axis=1) / length
    cover = patch.astype(np.float64)
    cover[edge] = share
    return cover, math.sqrt(float(misfit.mean()) / 2)  # two of three directions are free


def _compact(patch: Mask, longest_px: float) -> bool:
    """Whether there is a patch and no side of it is too long."""
    rows, columns = (np.flatnonzero(patch.any(axis=axis)) for axis in (1, 0))
    return len(rows) > 0 and int(max(np.ptp(rows), np.ptp(columns))) < longest_px


def _grown(patch: Mask, size: int) -> Mask:
    import cv2

    grown = cv2.dilate(patch.astype(np.uint8), np.ones((size, size), np.uint8))
    return np.asarray(grown, bool)


def _edge(patch: Mask) -> Mask:
    """Pixels that a patch may cover in part: its own outermost, and two beyond."""
    return _grown(patch, 5) & _grown(~patch, 3)
