"""G: keypoints as text and session lists that are broken in form or in meaning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import examples
import numpy as np
import pytest
from hostile import KEPT, refuses

from gait import io as formats
from gait.skeleton import HALPE26


def people(n: int = 90) -> list[dict[str, Any]]:
    """AlphaPose output of the kept track."""
    track = formats.read(KEPT)
    points = [p for p in HALPE26 if p in track]
    found = []
    for i in range(n):
        flat = []
        for name in HALPE26:
            x, y = track[name][i] if name in points else (480.0, 100.0)
            flat += [float(x), float(y), 0.9]
        found.append({"image_id": f"{i}.jpg", "keypoints": flat})
    return found


def changed(where: int, value: Any) -> str:
    document = people()
    for person in document:
        person["keypoints"][where] = value
    return json.dumps(document)


TRACKS: dict[str, str | bytes] = {
    "empty": "",
    "null": "null",
    "number": "1",
    "deep": "[" * 200_000,
    "deep tables": '{"a":' * 200_000,
    "long number": f"[{'9' * 5000}]",
    "not UTF-8": b"\xff\xfe[]",
    "null bytes": b"\0" * 50,
    "no people": "[]",
    "people of words": '["a", "b"]',
    "no image": '[{"keypoints": [1, 2, 3]}]',
    "no number in the image": '[{"image_id": "x.jpg", "keypoints": [1, 2, 3]}]',
    "image numbers of 30 digits": '[{"image_id": "' + "9" * 30 + '.jpg", "keypoints": [1,2,3]}]',
    "image numbers of 5,000 digits": '[{"image_id": "' + "9" * 5000 + '", "keypoints": [1,2,3]}]',
    "two points": '[{"image_id": "1.jpg", "keypoints": [1, 2]}]',
    "words for numbers": '[{"image_id": "1.jpg", "keypoints": ["a", "b", "c"]}]',
    "null for numbers": '[{"image_id": "1.jpg", "keypoints": null}]',
    "tables for numbers": '[{"image_id": "1.jpg", "keypoints": [{}, [], 1]}]',
    "points far away": changed(12 * 3, 1e12),
    "points at 1e300": changed(12 * 3, 1e300),
    "integers of 18 digits": changed(12 * 3, 10**17),
    "upside down": json.dumps(
        [
            p | {"keypoints": [v if i % 3 != 1 else 540 - v for i, v in enumerate(p["keypoints"])]}
            for p in people()
        ]
    ),
    "a name that fills pages": json.dumps([p | {"image_id": ["a"] * 3000} for p in people(2)]),
    "a gap of numbers": json.dumps([*people(2), people(1)[0] | {"image_id": "999999999.jpg"}]),
}


@pytest.mark.parametrize("case", TRACKS)
def test_alphapose(here: Path, case: str) -> None:
    text = TRACKS[case]
    (here / "x.json").write_bytes(text.encode() if isinstance(text, str) else text)
    refuses(here, "analyze", "x.json", "--fps", 60, "--out", "out")


@pytest.mark.parametrize("case", ["empty", "null", "deep", "deep tables", "long number", "number"])
def test_openpose(here: Path, case: str) -> None:
    (here / "frames").mkdir()
    for i in range(3):
        (here / "frames" / f"{i}.json").write_text(str(TRACKS[case]))
    refuses(here, "analyze", "frames", "--fps", 60, "--out", "out")


def trc(**header: str) -> str:
    names = [f"{s}{p}" for s in "RL" for p in ("Hip", "Knee", "Ankle")]
    y = {"Hip": 200, "Knee": 300, "Ankle": 400}
    fields = {"Units": "px", "rate": "60", "time": "{t:.4f}", "x": "100", "y": ""} | header
    rows = []
    for i in range(90):
        cells = [str(i + 1), fields["time"].format(t=i / 60, i=i)]
        for name in names:
            cells += [fields["x"], fields["y"] or str(y[name[1:]]), "0"]
        rows.append("\t".join(cells))
    return "\n".join(
        [
            "PathFileType\t4\t(X/Y/Z)\tx.trc",
            "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits",
            f"{fields['rate']}\t60\t90\t6\t{fields['Units']}",
            "Frame#\tTime\t" + "\t\t\t".join(names),
            "\t\t" + "\t".join(f"{a}{i}" for i in range(1, 7) for a in "XYZ"),
            *rows,
        ]
    )


TRCS: dict[str, str | bytes] = {
    "empty": "",
    "one line": "PathFileType",
    "null bytes": b"\0" * 500,
    "binary": bytes(range(256)) * 20,
    "unit furlong": trc(Units="furlong"),
    "no unit": trc(Units=""),
    "words": trc(x="far"),
    "points at 1e300": trc(x="1e300", y="1e300"),
    "points infinite": trc(x="inf", y="inf"),
    "points not numbers": trc(x="nan", y="nan"),
    "points of 5,000 digits": trc(x="9" * 400),
    "all in one place": trc(x="5", y="5"),
    "times stand still": trc(time="1.0"),
    "times backwards": trc(time="-{i}"),
    "times in ms": trc(time="{i}000"),
    "times infinite": trc(time="inf"),
    "times not numbers": trc(time="nan"),
    "times words": trc(time="now"),
    "times of a year": trc(time="{i}0000000"),
    "rows cut": trc()[: len(trc()) // 3],
    "no rows": trc().partition("\n1\t")[0],
    "markers twice": trc().replace("LHip", "RHip"),
    "no ankle": trc().replace("RAnkle", "RUncle"),
    "a wide row": trc() + "\t5" * 50,
}


@pytest.mark.parametrize("case", TRCS)
def test_trc(here: Path, case: str) -> None:
    text = TRCS[case]
    (here / "x.trc").write_bytes(text.encode() if isinstance(text, str) else text)
    refuses(here, "analyze", "x.trc", "--out", "out")


SHEETS: dict[str, str | bytes] = {
    "empty": "",
    "only a line break": "\n",
    "null bytes": b"video\n\0\0\n",
    "a null byte in a name": "video,runner\nrun.mp4,a\0b\n",
    "a null byte in the head": "vid\0eo\nrun.mp4\n",
    "not UTF-8": b"video\n\xff\xfe.mp4\n",
    "UTF-16": "video\nrun.mp4\n".encode("utf-16"),
    "a long cell": f"video,note\nrun.mp4,{'x' * 1001}\n",
    "a cell of 200 kB": f"video,note\nrun.mp4,{'x' * 200_000}\n",
    "a long video": f"video\n{'x' * 900}.mp4\n",
    "a longer video": f"video\n{'x' * 9000}.mp4\n",
    "a long head": f"{'x' * 200_000}\nrun.mp4\n",
    "many columns": "video" + "," * 10_000 + "\nrun.mp4\n",
    "many cells": "video\nrun.mp4" + ",x" * 1000 + "\n",
    "an open quote": 'video\n"run.mp4\n' + "x" * 200_000,
    "another column": "video,colour\nrun.mp4,red\n",
    "a column twice": "video,video\nrun.mp4,run.mp4\n",
    "no video column": "runner\nAnna\n",
    "a video twice": "video\nrun.mp4\nrun.mp4\n",
    "a video that is not there": "video\nnone.mp4\n",
    "a folder": "video\n.\n",
    "a parent": "video\n..\n",
    "a device": "video\n/dev/zero\n",
    **{
        f"{column} {value!r:.12}": f"video,{column}\nrun.mp4,{value}\n"
        for column, values in {
            "speed": ("nan", "inf", "-1", "0", "1e400", "fast", "9" * 400),
            "height": ("nan", "inf", "-1", "17.8", "tall"),
            "sex": ("x", "1"),
            "view": ("above", "1"),
            "person": ("0", "-1", "1.5", "nan", "x", "9" * 400),
            "runner": ("x" * 81,),
        }.items()
        for value in values
    },
}


@pytest.mark.parametrize("case", SHEETS)
def test_a_session_list(here: Path, case: str) -> None:
    examples.video(here / "run.mp4")
    text = SHEETS[case]
    (here / "list.csv").write_bytes(text.encode() if isinstance(text, str) else text)
    refuses(here, "batch", "list.csv", "--out", "out")


def test_a_kept_track_as_alphapose_is_read(here: Path) -> None:
    (here / "x.json").write_text(json.dumps(people()))
    assert np.isfinite(formats.read(here / "x.json", 60.0).xy).all()
