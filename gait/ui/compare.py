"""Two runs side by side."""

from __future__ import annotations

import streamlit as st

from gait.table import rows
from gait.types import Analysis
from gait.ui.context import link
from gait.ui.library import label, readable


def page() -> None:
    """Show the numbers of two runs beside each other."""
    st.title("Compare")
    found = readable()
    if len(found) < 2:
        st.markdown("Two analyses are needed to compare; there are fewer in the library.")
        link("analyze", "Analyze a film")
        return
    names = [label(run, analysis) for run, analysis in found]
    left, right = st.columns(2)
    before = left.selectbox("Before", range(len(found)), 1, format_func=names.__getitem__)
    after = right.selectbox("After", range(len(found)), 0, format_func=names.__getitem__)
    first, second = found[before][1], found[after][1]
    table = _table(first, second)
    if not table:
        st.info("These two films have no measure in common.")
        return
    for difference in _unlike(first, second):
        st.warning(difference, icon=":material/warning:")
    st.table(table, border="horizontal", hide_index=True, alt="Both runs side by side")
    st.caption(
        "± is half of the 95 % interval. This page shows both runs and judges nothing: where the "
        "intervals overlap, the films cannot tell the runs apart."
    )


def _table(before: Analysis, after: Analysis) -> list[dict[str, str]]:
    earlier = {row.metric: row for row in rows(before)}
    return [
        {
            "Measure": f"{row.name}, {row.unit}",
            "Side": side,
            "Before": earlier[row.metric].values[side],
            "After": value,
        }
        for row in rows(after)
        for side, value in row.values.items()
        if row.metric in earlier and side in earlier[row.metric].values
    ]


def _unlike(before: Analysis, after: Analysis) -> list[str]:
    """What makes two films hard to compare."""
    found = []
    if before.view.plane != after.view.plane:
        found.append("The films were taken from different sides.")
    elif before.view.near_side != after.view.near_side:
        found.append("Different legs were near the camera.")
    slower, faster = sorted(a.settings.get("speed_mps") or 0.0 for a in (before, after))
    if not slower:
        found.append("The speed is not known for both: most measures change with speed.")
    elif faster > 1.05 * slower:
        found.append("The speeds differ by more than 5 %: most measures change with speed.")
    return found
