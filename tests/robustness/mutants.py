"""Files with faults nobody thought of: strategies that damage a good one."""

from __future__ import annotations

import copy
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from hypothesis import strategies as st

ODD_NUMBERS: Final = (
    *(0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**18, 10**400),
    *(float("nan"), float("inf"), float("-inf"), 1e308, -1e308, 5e-324, 1e-300, 0.5, -0.0, 1e9),
)
_ODD_FLOATS: Final = [float(v) for v in ODD_NUMBERS if v != 10**400]
ODD_TEXTS: Final = (
    *("", " ", "nan", "inf", "-inf", "1e999", "-1", "0x10", "١٢", "1_000", "1,5", "9" * 5000),
    *("\0", "\ufeff", "\u202e", "\U0001f3c3", "..", "/etc/passwd", "=1+1", "a" * 70_000, "\r\n"),
    *('"', "'", "'''", "[", "{", "[[", "]]", "#", "true", "null", "\t", ",", ";", "\x1b[31m"),
)
VALUES: Final = st.one_of(
    st.sampled_from(ODD_NUMBERS),
    st.sampled_from(ODD_TEXTS),
    st.none(),
    st.booleans(),
    st.floats(),
    st.integers(),
    st.text(max_size=20),
    st.sampled_from([[], {}, [[]], [None], {"a": []}, [[[[[[[[1]]]]]]]], ["a"] * 3000]),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something stands in a document; of long lists only the ends."""
    found = [path] if path else []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += _places(inner, (*path, key))
    elif isinstance(value, list):
        for i in sorted({*range(min(2, len(value))), len(value) - 1} - {-1}):
            found += _places(value[i], (*path, i))
    return found


@st.composite
def documents(draw: st.DrawFn, document: Any) -> str:
    """JSON in which up to three things are other, gone, or there twice."""
    changed = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(_places(changed) or [()]))
        where = changed
        for step in way:
            where = where[step]
        match draw(st.sampled_from(("replace", "replace", "delete", "twice", "swap"))):
            case "replace":
                where[last] = copy.deepcopy(draw(VALUES))
            case "delete":
                del where[last]
            case "twice" if isinstance(where, list):
                where.append(copy.deepcopy(where[last]))
            case "twice":
                where[draw(st.text(max_size=5))] = where[last]
            case _:
                other = draw(st.sampled_from(list(where) if isinstance(where, dict) else [0]))
                where[last], where[other] = where[other], where[last]
    return json.dumps(changed)


@st.composite
def texts(draw: st.DrawFn, text: str) -> bytes:
    """Text in which up to four parts are other: whole cells, single characters, lines."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        match draw(st.sampled_from(("cell", "cell", "cut", "insert", "line", "end"))):
            case "cell":
                begin = max(text.rfind(mark, 0, at) for mark in "\t,\n= ") + 1
                end = min((e for m in "\t,\n" if (e := text.find(m, at)) >= 0), default=len(text))
                text = text[:begin] + str(draw(VALUES)) + text[max(end, begin) :]
            case "cut":
                text = text[:at] + text[at + draw(st.integers(1, 200)) :]
            case "insert":
                text = text[:at] + draw(st.sampled_from(ODD_TEXTS)) + text[at:]
            case "line":
                lines = text.splitlines(keepends=True) or [""]
                i = draw(st.integers(0, len(lines) - 1))
                j = draw(st.integers(0, len(lines) - 1))
                lines[i], lines[j] = lines[j], lines[i] * draw(st.integers(0, 2))
                text = "".join(lines)
            case _:
                text = text[:at]
    encoding = draw(st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "latin-1")))
    return text.encode(encoding, "replace")


@st.composite
def damaged(draw: st.DrawFn, content: bytes, head: int = 4096) -> bytes:
    """Bytes of which some are other, more often near an end, where formats say what they are."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 6))):
        size = len(data)
        near = st.one_of(st.integers(0, min(head, size)), st.integers(max(0, size - head), size))
        at = draw(st.one_of(near, st.integers(0, size)))
        match draw(st.sampled_from(("bytes", "bytes", "number", "cut", "end", "insert", "zero"))):
            case "bytes":
                new = draw(st.binary(min_size=1, max_size=8))
                data[at : at + len(new)] = new
            case "number":
                new = draw(st.sampled_from((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)))
                data[at : at + 4] = new.to_bytes(4, "big")
            case "cut":
                del data[at : at + draw(st.integers(1, 5000))]
            case "end":
                del data[at:]
            case "insert":
                data[at:at] = draw(st.binary(min_size=1, max_size=200))
            case _:
                n = draw(st.integers(1, 2000))
                data[at : at + n] = bytes(min(n, max(0, size - at)))
    return bytes(data)


_CHANGES: Final[tuple[Callable[[Any], Any], ...]] = (
    lambda a: a[:-1] if np.ndim(a) else a,
    lambda a: a[..., :-1] if np.ndim(a) else a,
    lambda a: np.asarray(a)[None],
    lambda a: np.ravel(a),
    lambda a: np.empty(0),
    lambda a: np.asarray(a)[::-1] if np.ndim(a) else a,
    lambda a: np.repeat(a, 3, axis=0) if np.ndim(a) else a,
    lambda a: np.asarray(a, object),
    lambda a: np.asarray(a).astype("U9"),
    *(
        lambda a, factor=factor: np.asarray(a, float) * factor
        for factor in (-1, 0, 1e-6, 1e3, 1e9, 1e200)
    ),
    *(lambda a, kind=kind: np.asarray(a).astype(kind) for kind in ("i1", "u8", "f2", "c16", "?")),
)


@st.composite
def archives(draw: st.DrawFn, arrays: dict[str, Any], meta: Any) -> bytes:
    """A track whose arrays or description are other in form or meaning, or whose bytes are."""
    made = dict(arrays)
    for _ in range(draw(st.integers(0, 2))):
        name = draw(st.sampled_from(sorted(made)))
        if draw(st.booleans()):
            with np.errstate(all="ignore"):
                made[name] = draw(st.sampled_from(_CHANGES))(made[name])
        elif np.size(made[name]) and np.asarray(made[name]).dtype.kind == "f":
            flat = np.array(made[name])
            n = draw(st.sampled_from((1, flat.size // 3, flat.size)))
            flat.reshape(-1)[:n] = draw(st.sampled_from(_ODD_FLOATS))
            made[name] = flat
    described = draw(st.one_of(st.just(json.dumps(meta)), documents(meta)))
    file = io.BytesIO()
    if draw(st.integers(0, 9)) == 0:  # as pickled objects are not read, a few do
        np.savez(file, meta=np.array(described), **made)
    else:
        np.savez_compressed(file, meta=np.array(described), **made)
    content = file.getvalue()
    match draw(st.integers(0, 5)):
        case 0:
            return draw(damaged(content))
        case 1:  # a member that is no array
            with zipfile.ZipFile(file, "a") as archive:
                archive.writestr(draw(st.sampled_from(("x.npy", "a/b.npy", "xy.npy"))), b"\x93NUM")
            return file.getvalue()
        case _:
            return content
