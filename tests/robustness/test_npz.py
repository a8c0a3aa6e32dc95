"""F, G: a file of keypoints is looked at before it is unpacked, and by what it means."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile import COMMAND, KEPT, gait, refuses, subprocess_environment

Arrays = dict[str, Any]


def kept() -> tuple[Arrays, dict[str, Any]]:
    with np.load(KEPT) as arrays:
        found = dict(arrays)
    return found, json.loads(str(found.pop("meta")))


def written(path: Path, arrays: Arrays, meta: Any) -> None:
    np.savez_compressed(path, meta=np.array(json.dumps(meta)), **arrays)


def changed(**new: Any) -> Callable[[Arrays, dict[str, Any]], None]:
    return lambda arrays, meta: arrays.update(
        {name: value(arrays[name]) if callable(value) else value for name, value in new.items()}
    )


def meta(**new: Any) -> Callable[[Arrays, dict[str, Any]], None]:
    return lambda arrays, meta: meta.update(
        {name: value(meta[name]) if callable(value) else value for name, value in new.items()}
    )


def without(name: str) -> Callable[[Arrays, dict[str, Any]], None]:
    return lambda arrays, meta: (arrays if name in arrays else meta).pop(name)


def at(value: float, *where: Any) -> Callable[[Any], Any]:
    def put(array: Any) -> Any:
        array = array.copy()
        array[where] = value
        return array

    return put


def upside_down(arrays: Arrays, meta: dict[str, Any]) -> None:
    arrays["xy"] = arrays["xy"] * [1, -1] + [0, meta["size"][1]]


def renamed(old: str, new: str) -> Callable[[Arrays, dict[str, Any]], None]:
    return meta(names=lambda names: [new if n == old else n for n in names])


CASES: dict[str, Callable[[Arrays, dict[str, Any]], Any]] = {
    **{f"no {n}": without(n) for n in ("time", "xy", "score", "names", "size", "steps", "key")},
    **{
        f"{n} of {kind}": changed(**{n: lambda a, kind=kind: a.astype(kind)})
        for n in ("xy", "score", "time")
        for kind in ("int8", "int64", "uint8", "complex128", "bool", "U8", "S8")
    },
    **{
        f"{n} {what}": changed(**{n: change})
        for n in ("xy", "score", "time", "signal_head_blur")
        for what, change in {
            "empty": lambda a: np.empty(0),
            "single": lambda a: np.array(1.0),
            "shorter": lambda a: a[:-1] if np.ndim(a) else a,
            "flat": lambda a: np.ravel(a)[:-2],
            "deeper": lambda a: np.asarray(a)[None],
            "of no frames": lambda a: np.empty((0, 2, 5, 7)),
        }.items()
    },
    "names reversed": meta(names=lambda names: names[::-1]),
    "names twice": meta(names=lambda names: [names[0], *names[:-1]]),
    "names few": meta(names=lambda names: names[:-1]),
    "names a word": meta(names="nose"),
    "names numbers": meta(names=lambda names: list(range(len(names)))),
    "names null": meta(names=None),
    "names a table": meta(names=dict.fromkeys),
    "no hip": renamed("left_hip", "left_hop"),
    "no ankle": renamed("right_ankle", "right_uncle"),
    "upside down": upside_down,
    **{
        f"size {size!r:.30}": meta(size=size)
        for size in (
            *(
                [],
                [960],
                [960, 540, 1],
                [-960, 540],
                [0, 0],
                [960, 0],
                [960.5, 540],
                ["960", "540"],
            ),
            *([True, True], [10**9, 540], [10**30, 1], None, "ab", 5, {"a": 1, "b": 2}, [[1], [2]]),
            *([float("nan"), 540], [float("inf"), 540], [1, 1]),
        )
    },
    **{f"steps {s!r}": meta(steps=s) for s in (None, 5, "abc", [1, 2], [None], {"a": 1})},
    **{
        f"scores {v:g}": changed(score=lambda a, v=v: a * 0 + v)
        for v in (1e9, -1, 1.5, 1e308, float("inf"), -float("inf"))
    },
    **{f"a score {v:g}": changed(score=at(v, 100, 5)) for v in (1e9, -0.5, 2, float("inf"))},
    **{
        f"a point at {v:g}": changed(xy=at(v, 100, 5, 0))
        for v in (1e5, -1e6, 1e12, 1e300, -1e308, float("inf"), -float("inf"))
    },
    **{f"points times {v:g}": changed(xy=lambda a, v=v: a * v) for v in (1e4, 1e100, -1, 1e305)},
    "times step back": changed(time=at(0.0, 100)),
    "times stand still": changed(time=lambda t: t * 0),
    "time not a number": changed(time=at(np.nan, 7)),
    "time infinite": changed(time=at(np.inf, -1)),
    "times backwards": changed(time=lambda t: t[::-1].copy()),
    "times in ms": changed(time=lambda t: t * 1e3),
    "times in us": changed(time=lambda t: t * 1e6),
    "times tiny": changed(time=lambda t: t * 1e-6),
    "a gap of a day": changed(time=lambda t: t + 86400 * (np.arange(len(t)) > 150)),
    "a gap of 1e12 s": changed(time=lambda t: t + 1e12 * (np.arange(len(t)) > 150)),
    "a gap of an hour": changed(time=lambda t: t + 3600 * (np.arange(len(t)) > 150)),
    "signals huge": changed(signal_head_blur=lambda a: np.full(300, 1e200)),
    "signals infinite": changed(signal_head_blur=lambda a: np.full(300, np.inf)),
    "signals of words": changed(signal_head_blur=lambda a: np.full(300, "a")),
    "nobody": changed(xy=lambda a: a * np.nan),
    "one frame": lambda arrays, meta: arrays.update({n: a[:1] for n, a in arrays.items()}),
    "two frames": lambda arrays, meta: arrays.update({n: a[:2] for n, a in arrays.items()}),
    "no frames": lambda arrays, meta: arrays.update({n: a[:0] for n, a in arrays.items()}),
}


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_a_runner_is_refused(here: Path, case: str) -> None:
    arrays, about = kept()
    if any("signal_head_blur" in name for name in (case,)) or case.startswith("signals"):
        arrays.setdefault("signal_head_blur", np.ones(len(arrays["time"])))
    CASES[case](arrays, about)
    written(here / "x.npz", arrays, about)
    assert "x.npz" in refuses(here, "analyze", "x.npz", "--out", "out") or "track" in case


METAS: dict[str, str | bytes] = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "a number": "5",
    "null": "null",
    "deep": "[" * 100_000,
    "deep tables": '{"a":' * 100_000,
    "long number": '{"size": ' + "9" * 5000 + "}",
    "null bytes": "\0\0\0",
    "half a letter": '"\ud800"',
}


@pytest.mark.parametrize("case", METAS)
def test_what_the_file_says_of_itself(here: Path, case: str) -> None:
    arrays, _ = kept()
    try:
        np.savez(here / "x.npz", meta=np.array(METAS[case]), **arrays)
    except UnicodeEncodeError:
        pytest.skip("cannot be written either")
    refuses(here, "analyze", "x.npz", "--out", "out")


CONTENTS = {
    "empty": b"",
    "text": b"My training diary. " * 100,
    "zip magic": b"PK\x03\x04" + b"\0" * 100,
    "npy": b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }",
    "pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "half": KEPT.read_bytes()[: KEPT.stat().st_size // 2],
    "without its head": KEPT.read_bytes()[100:],
    "twice": KEPT.read_bytes()[:5000] + KEPT.read_bytes()[:5000],
}


@pytest.mark.parametrize("case", CONTENTS)
@pytest.mark.parametrize("command", ["analyze", "history"])
def test_other_files(here: Path, case: str, command: str) -> None:
    (here / "x.npz").write_bytes(CONTENTS[case])
    refuses(here, command, "x.npz")


def member(shape: str, dtype: str = "<f8", data: bytes = b"") -> bytes:
    head = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (63 - (10 + len(head)) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + data


@pytest.mark.parametrize("name", ["time", "xy", "score", "signal_x", "meta"])
@pytest.mark.parametrize(
    "shape",
    ["(400000000,)", "(4000000, 100)", "(10**12,)", "(1000000000000, 2)", "(-1,)", "(-5, 3)"],
)
def test_shapes_are_read_before_arrays(here: Path, name: str, shape: str) -> None:
    arrays, about = kept()
    written(here / "x.npz", {n: a for n, a in arrays.items() if n != name}, about)
    whole = (here / "x.npz").read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(here / "x.npz", "w") as new:
        for n in old.namelist():
            if n != f"{name}.npy":
                new.writestr(n, old.read(n))
        new.writestr(f"{name}.npy", member(shape, "<U8" if name == "meta" else "<f8", b"\0" * 64))
    refuses(here, "analyze", "x.npz")


def test_three_megabytes_do_not_become_three_gigabytes(here: Path) -> None:
    frames = 2_000_000
    with zipfile.ZipFile(here / "x.npz", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        about = kept()[1]
        text = np.array(json.dumps(about))
        for name, array in {"meta": text, "time": np.arange(frames) / 60}.items():
            with archive.open(f"{name}.npy", "w") as file:
                np.lib.format.write_array(file, array)
        with archive.open("xy.npy", "w", force_zip64=True) as file:
            file.write(member(f"({frames}, 33, 2)"))
            for _ in range(frames // 10_000):
                file.write(bytes(10_000 * 33 * 2 * 8))
    assert (here / "x.npz").stat().st_size < 25e6
    done = subprocess.run(
        [*COMMAND, "analyze", "x.npz"],
        capture_output=True,
        text=True,
        env=subprocess_environment(),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (1 << 30, 1 << 30)),
        check=False,
    )
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert "memory" not in done.stderr
    assert sys.getsizeof(done.stderr) < 2000


def test_refusing_keeps_the_results_that_are_there(here: Path) -> None:
    assert gait("analyze", KEPT, "--out", "out").code == 0
    arrays, about = kept()
    arrays = {n: a[:5] for n, a in arrays.items()}  # too few frames, which the analysis says
    arrays["time"] = np.arange(5) / 30
    written(here / "x.npz", arrays, about)
    refuses(here, "analyze", "x.npz", "--out", "out")
