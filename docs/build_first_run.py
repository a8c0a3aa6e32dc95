"""What a newcomer sees, done anew: ``python docs/build_first_run.py``.

Clones the repository into an empty home, types what ``first-run.md`` tells, and writes the page
with what came back, how long it took, and pictures of the rendered runners; the README gets the
part of it that it shows. Needs git, make, chromium and a package index; leaves nothing behind.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from build_pages import templates

DOCS: Final = Path(__file__).parent
KEPT: Final = ("PATH", "LANG", "SSL_CERT_FILE", "PIP_CERT", "PIP_DEFAULT_TIMEOUT", "TERM")
"""What a newcomer's shell has; everything else of this one is left out."""

EXAMPLE: Final = "sample_videos/side_normal.mp4 --speed 3.0 --height 1.84"
"""What the demo does with the first video."""

MISTAKES: Final = (
    *("analyze notes.txt", "analyze missing.mp4"),
    "analyze sample_videos/side_normal.mp4 --speed 30",
)

STEPS: Final[Mapping[str, tuple[str, ...]]] = {
    "offline": ("unshare --map-root-user --net .venv/bin/gait demo",),
    "pip": ("python3 -m venv ../empty", "../empty/bin/pip install --quiet ."),
    "pipx": (
        "python3 -m venv ../tools && ../tools/bin/pip install --quiet pipx",
        "../tools/bin/pipx install --quiet .",
    ),
    "uv": (
        "python3 -m venv ../uv && ../uv/bin/pip install --quiet uv",
        "../uv/bin/uv tool install --quiet --force .",
    ),
    "docs": ("make docs",),
    "tests": ("make test",),
}
"""What takes time: commands that prepare it, and the one whose time is told."""

COMMANDS: Final = {
    "pip": "../empty/bin/gait",
    "pipx": "~/.local/bin/gait",
    "uv": "~/.local/bin/gait",
}
"""Where each way of installing puts the command."""

PARTS: Final = {"Times": "rows", "± is half": "told", "Not measured": "left out"} | {
    "What stands out": "told",
    "Right minus left": "left out",
}
"""Where a part of what is said of a video begins, and what the README does with it."""

ROWS: Final = (
    *("Times", "Cadence", "Ground contact time", "At contact", "Overstride, % leg"),
    "Foot strike angle",
)


@dataclass
class Newcomer:
    """An account with an empty home.

    Parameters
    ----------
    home : Path
        An empty folder.
    took_s : dict of str to float
        How long each named step took.
    """

    home: Path
    took_s: dict[str, float] = field(default_factory=dict)

    @property
    def checkout(self) -> Path:
        """Where the clone is."""
        return self.home / "gaitlens"

    def types(self, command: str, name: str = "", *, fails: bool = False) -> str:
        """What a command says on the terminal, with the command itself.

        Parameters
        ----------
        command : str
            For the shell, in the checkout.
        name : str
            Under which its time is kept.
        fails : bool
            Whether it is meant to fail.

        Raises
        ------
        RuntimeError
            If it fails and is not meant to, or the other way round.
        """
        sys.stderr.write(f"$ {command}\n")
        environment = {key: os.environ[key] for key in KEPT if key in os.environ}
        began = time.monotonic()
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.checkout if self.checkout.exists() else self.home,
            env=environment | {"HOME": str(self.home), "COLUMNS": "100"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if name:
            self.took_s[name] = time.monotonic() - began
        if fails == (done.returncode == 0):
            raise RuntimeError(f"{command}: {done.returncode}\n{done.stdout[-3000:]}")
        return f"$ {command}\n{self._told(done.stdout)}"

    def _told(self, output: str) -> str:
        """Output without progress bars, warnings of pip about this machine, and this folder."""
        lines = (line.rpartition("\r")[2].rstrip() for line in output.splitlines())
        kept = [line for line in lines if not line.startswith(("WARNING:", "make: warn"))]
        text = re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n")
        return text.replace(str(self.home), "/home/stranger")

    def weighs_mb(self, *folders: str) -> int:
        """How much disk folders of the home take."""
        files = (path for name in folders for path in (self.home / name).rglob("*"))
        return round(sum(f.lstat().st_size for f in files if not f.is_dir()) / 1e6)


def visit(newcomer: Newcomer, source: Path, steps: Sequence[str]) -> Iterator[tuple[str, object]]:
    """Everything the page shows, by the names that its template has for it."""
    newcomer.types(f"git clone --quiet --no-hardlinks {source} gaitlens")
    yield "demo", newcomer.types("make demo", "demo")
    yield "venv_mb", newcomer.weighs_mb("gaitlens/.venv")
    yield "model_mb", newcomer.weighs_mb(".cache/gaitlens")
    gait = ".venv/bin/gait"
    yield "runner", newcomer.types(f"{gait} report gait_runs/side_overstride --for runner --pdf")
    (newcomer.checkout / "notes.txt").write_text("Not a video.")
    yield "mistakes", [newcomer.types(f"{gait} {what}", fails=True) for what in MISTAKES]
    for step in steps:
        for command in STEPS[step][:-1]:
            newcomer.types(command)
        said = newcomer.types(STEPS[step][-1], step)
        if step == "tests":
            yield "passed", re.findall(r"(\d+ passed.*?) in ", said)[-1]
        if step in COMMANDS:
            yield step, newcomer.types(f"{COMMANDS[step]} --version")
    yield "took", {name: minutes(seconds) for name, seconds in newcomer.took_s.items()}


def excerpt(demo: str) -> str:
    """What the README shows of the first video: head, a few rows, and what stands out."""
    _, _, said = demo.partition("\nside_normal.mp4: ")
    lines = ("side_normal.mp4: " + said.partition("\nIn gait_runs")[0]).split("\n")
    shown: list[str] = []
    part, whole = "head", False
    for line in lines:
        part = next((to for start, to in PARTS.items() if line.startswith(start)), part)
        row = part == "rows" and line.strip().startswith(ROWS)
        more = line.startswith(" " * 40) and whole  # the note of a row that is shown
        whole = row or (part == "rows" and more)
        if part in ("head", "told") or whole:
            shown.append(line)
        elif part == "rows" and shown[-1] != "  …":
            shown.append("  …")
    return "\n".join(shown)


def minutes(seconds: float) -> str:
    """A wall time in words.

    Examples
    --------
    >>> minutes(79.4), minutes(153)
    ('79 s', '2 min 33 s')
    """
    whole = round(seconds)
    return f"{whole} s" if whole < 100 else f"{whole // 60} min {whole % 60} s"


def photograph(page: Path, picture: Path, size: tuple[int, int]) -> None:
    """The top of an HTML page as a browser shows it."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *("chromium", "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu"),
                *(f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}"),
                *(f"--screenshot={picture}", page.resolve().as_uri()),
            ],
            check=True,
            capture_output=True,
        )


def system() -> str:
    """This machine in words."""
    names = platform.freedesktop_os_release()
    return f"{names['NAME']} {names['VERSION_ID']}, {os.cpu_count()} cores"


def page(seen: Mapping[str, object], load: float) -> str:
    """The page with what was seen, and how busy the machine was."""
    return (
        templates()
        .get_template("first-run.md.j2")
        .render(seen=seen, system=system(), python=platform.python_version(), load=load)
    )


def main() -> None:
    """Write the page and its pictures."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument(
        *("--without", "-w"), nargs="*", default=("tests",), choices=STEPS, metavar="STEP",
        help=f"leave out some of {', '.join(STEPS)} (tests, if none is named)",
    )  # fmt: skip
    left_out = parser.parse_args().without
    with tempfile.TemporaryDirectory() as home:
        newcomer = Newcomer(Path(home))
        steps = [step for step in STEPS if step not in left_out]
        seen = dict(visit(newcomer, DOCS.parent, steps))
        run = newcomer.checkout / "gait_runs" / "side_overstride"
        photograph(run / "report.html", DOCS / "images" / "report.png", (960, 1240))
    (DOCS / "first-run.md").write_text(page(seen, os.getloadavg()[2]), encoding="utf-8")
    readme = DOCS.parent / "README.md"
    shown = f"$ gait analyze {EXAMPLE}\n\n{excerpt(str(seen['demo']))}\n"
    written = re.sub(
        r"(?<=```console\n).*?(?=```)",
        lambda _: shown,
        readme.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    readme.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
