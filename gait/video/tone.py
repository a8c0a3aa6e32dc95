"""High dynamic range made ordinary: phones use HLG or PQ, screens and models expect neither.

Shown as they are, such pictures are pale or dark. Light is worked out from the signal, compressed
so that what is as bright as paper stays bright and lamps do not burn out, and coded as sRGB.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from av.video.reformatter import ColorTrc
from numpy.typing import NDArray

from gait.types import Float

HLG: Final = int(ColorTrc.ARIB_STD_B67)
PQ: Final = int(ColorTrc.SMPTE2084)
PAPER_CDM2: Final = 203.0
"""White paper in HLG and PQ (ITU-R BT.2408)."""
PEAK_CDM2: Final = 1000.0
"""Of the screen that HLG is made for (ITU-R BT.2100); brighter light of PQ is white."""
SYSTEM_GAMMA: Final = 1.2


def curve(transfer: int) -> NDArray[np.uint8] | None:
    """What 8-bit sRGB value stands for each 16-bit value of a signal, channel by channel.

    Parameters
    ----------
    transfer : int
        Transfer characteristic of a frame (ITU-T H.273).

    Returns
    -------
    uint8 array or None
        (65536,); None for signals that are shown as they are. Colours stay a little pale: their
        primaries would cost four times as much to convert, and nothing here depends on them.
    """
    signal = np.linspace(0, 1, 1 << 16)
    if transfer == HLG:
        light = PEAK_CDM2 * _from_hlg(signal) ** SYSTEM_GAMMA
    elif transfer == PQ:
        light = _from_pq(signal)
    else:
        return None
    paper = np.minimum(light, PEAK_CDM2) / PAPER_CDM2
    # Reinhard, E. et al. (2002). Photographic tone reproduction for digital images. Eq. 4.
    shown = paper * (1 + paper / (PEAK_CDM2 / PAPER_CDM2) ** 2) / (1 + paper)
    srgb = np.where(shown <= 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055)
    return np.asarray(np.round(255 * np.clip(srgb, 0, 1)), np.uint8)


def _from_hlg(signal: Float) -> Float:
    """Light of the scene, 0 to 1 (ITU-R BT.2100, table 5)."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    return np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)


def _from_pq(signal: Float) -> Float:
    """Light of the screen in cd/m2 (ITU-R BT.2100, table 4)."""
    m1, m2 = 2610 / 16384, 2523 / 32
    c1, c2, c3 = 3424 / 4096, 2413 / 128, 2392 / 128
    power = signal ** (1 / m2)
    return np.asarray(10_000 * (np.maximum(power - c1, 0) / (c2 - c3 * power)) ** (1 / m1))
