"""What was sent over which connection: only that may be fetched, and it can be withdrawn.

Streamlit serves pictures, videos and downloads to anybody who knows their address, and as long as
some session may still show them. Here an address is good only for those it was sent to, and for
nobody any more once the run is deleted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Final

_MEDIA: Final = re.compile(rb"/media/([0-9a-f]{16,})")


@dataclass(slots=True)
class _Line:
    """One connection of a browser, and what was sent over it."""

    profile: str
    open: bool = True
    media: set[bytes] = field(default_factory=set)


class Served:
    """The connections of one server."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}
        self._shown: dict[Path, set[tuple[str, str]]] = {}
        self._numbers = count(1)
        self._lock = Lock()

    def connect(self, profile: str) -> str:
        """Note a new connection of somebody who sees that library; its name."""
        with self._lock:
            name = str(next(self._numbers))
            self._lines[name] = _Line(profile)
        return name

    def disconnect(self, line: str) -> None:
        """Note that a connection has ended; a browser may still fetch what it was sent."""
        with self._lock:
            if line in self._lines:
                self._lines[line].open = False

    def forget(self, line: str) -> None:
        """Nothing that was sent over this connection may be fetched any more."""
        with self._lock:
            self._lines.pop(line, None)
            for shown in self._shown.values():
                shown -= {entry for entry in shown if entry[0] == line}
            self._shown = {run: shown for run, shown in self._shown.items() if shown}

    @property
    def n_open(self) -> int:
        """Connections at this moment."""
        with self._lock:
            return sum(line.open for line in self._lines.values())

    def sent(self, line: str, message: bytes) -> None:
        """Note the addresses in a message."""
        found = _MEDIA.findall(message)
        if found:
            with self._lock:
                if line in self._lines:
                    self._lines[line].media.update(found)

    def may_fetch(self, profile: str, media: str) -> bool:
        """Whether a picture, video or download was sent to somebody who sees that library."""
        name = media.encode("utf-8", "replace").partition(b".")[0]
        with self._lock:
            lines = [line for line in self._lines.values() if line.profile == profile]
            return any(name in line.media for line in lines)

    def shows(self, run: Path, line: str, session: str) -> None:
        """Note that a session of Streamlit shows something of a run.

        Parameters
        ----------
        run : Path
            Its folder.
        line : str
            The connection.
        session : str
            As Streamlit names it.
        """
        with self._lock:
            self._shown.setdefault(run, set()).add((line, session))

    def withdraw(self, run: Path) -> tuple[str, ...]:
        """Let nobody fetch anything that was sent where a run was shown.

        Returns the sessions of Streamlit that showed it.
        """
        with self._lock:
            shown = self._shown.pop(run, set())
            for line, _ in shown:
                if line in self._lines:
                    self._lines[line].media.clear()
        return tuple(sorted({session for _, session in shown}))


SERVED: Final = Served()
"""Of this process, which is one server."""
