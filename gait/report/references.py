"""Numbers for the works that a report cites, in the order in which it does."""

from __future__ import annotations

from gait.analysis.results import Summary
from gait.knowledge import knowledge
from gait.present.wording import told
from gait.types import Study


class References:
    """Works cited so far.

    Parameters
    ----------
    shown : bool
        Whether there will be a list of them; without it there are no numbers either.
    """

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._ids: dict[str, int] = {}

    def study(self, study: Study) -> str:
        """What one study found, with the number of its work."""
        return f"{told(study)} {self.number(study.source)}".rstrip()

    def number(self, *sources: str) -> str:
        """The numbers of works in brackets."""
        if not (self._shown and sources):
            return ""
        numbers = sorted(self._ids.setdefault(i, len(self._ids) + 1) for i in sources)
        return f"[{', '.join(str(n) for n in numbers)}]"

    def typical(self, summary: Summary) -> str:
        """The numbers of the works that a typical range is from."""
        if summary.typical is None:
            limits = [f for f in knowledge().flags if f.metric == summary.metric and not f.note]
            compared = summary.flag_limits is not None
            return self.number(*dict.fromkeys(i for f in limits for i in f.sources if compared))
        info = knowledge().metrics[summary.metric]
        at_any_speed = [t for t in info.typical if t.speed_mps is None]
        if info.speed_model is not None and not at_any_speed:
            return self.number(*info.speed_model.sources)
        rows = at_any_speed or info.typical
        return self.number(*dict.fromkeys(i for row in rows for i in row.sources))

    def listed(self) -> tuple[str, ...]:
        """The works in the order of their numbers."""
        works = [knowledge().sources[i] for i in self._ids]
        return tuple(f"{w.citation}. doi:{w.doi}" if w.doi else f"{w.citation}." for w in works)
