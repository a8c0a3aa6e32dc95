"""Numbers for the works that a report cites, in the order in which it does."""

from __future__ import annotations

from gait.analysis.results import Summary
from gait.knowledge import knowledge
from gait.present.ranges import sources_of
from gait.present.wording import told
from gait.types import Study


class References:
    """Works cited so far.

    Parameters
    ----------
    shown : bool
        Whether there will be a list of them; without it there are no numbers either.
    height_m : float, optional
        Stature of the runner: some typical ranges go by it.
    """

    def __init__(self, shown: bool, height_m: float | None = None) -> None:
        self._shown = shown
        self._height_m = height_m
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
        return self.number(*sources_of(summary, self._height_m))

    def listed(self) -> tuple[str, ...]:
        """The works in the order of their numbers."""
        works = [knowledge().sources[i] for i in self._ids]
        return tuple(f"{w.citation}. doi:{w.doi}" if w.doi else f"{w.citation}." for w in works)
