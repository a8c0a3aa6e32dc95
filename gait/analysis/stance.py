"""Where in a contact the foot lies on the ground: shares of the time from strike to toe-off."""

from __future__ import annotations

from typing import Final

SOLE_DOWN: Final = (0.15, 0.30)
"""The whole sole is down: after the slap, before the heel rises. For the angle of the flat foot.

10-30 % of the stride, the usual window, reaches past heel-off when the duty factor is below 40 %.
Later in stance BlazePose's heel point also climbs up the back of the shoe, by up to 8 deg.
"""

CARRIED: Final = (0.25, 0.55)
"""The belt carries the foot, or the ground holds it: after the slap of any strike, and the toe
still lies where it was put. For the path of the foot over the ground."""

STILL: Final = 0.30
"""The foot lies flat and still at this moment, whatever the strike pattern: in both windows."""

MIDDLE: Final = 0.5
"""Mid-stance."""
