"""What we write for other programs, read back by other code than ours: pandas and ezc3d.

The readers here follow the rules of OpenSim's TRCFileAdapter and STOFileAdapter.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import ezc3d
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import synthetic

from gait.analysis.analyze import analyze_track
from gait.analysis.results import Analysis
from gait.analysis.trial import Trial
from gait.cli import main as cli
from gait.export import Format, export
from gait.export.series import angle_series, ground_px
from gait.io import read, write_trc
from gait.io.analysis_file import read_analysis
from gait.io.kept_run import reanalyze, reopen
from gait.io.npz import read_npz
from gait.io.run_folder import RunFolder
from gait.settings import Settings
from gait.types import OutputError, UsageError, VideoInfo

HOSTILE = '=HYPERLINK("http://x")\t\r\nendheader\x00 \'a",b'
HEIGHT_M = 1.75
GOLDEN = Path(__file__).parent / "golden" / "v1"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A synthetic runner with a scale, a pose track with a gap, and a name that is a formula."""
    track, _ = synthetic.runner(60, 6, facing="left", noise_px=0.3, missing_s=(3.0, 3.3))
    run = RunFolder(tmp_path_factory.mktemp("runs") / "=run")
    settings = Settings(height_m=HEIGHT_M, speed_mps=3.0, runner=HOSTILE)
    info = VideoInfo(
        name="=1+1.mp4", sha256="0" * 64, width=600, height=525, n_frames=len(track),
        duration_s=6.0, fps_hz=60.0, codec="h264",
    )  # fmt: skip
    run.path.mkdir()
    run.save_track(track, "")
    run.save_analysis(analyze_track(track, settings, info))
    return run


@pytest.fixture(scope="module")
def opened(run: RunFolder) -> tuple[Analysis, Trial]:
    return reopen(run)


def read_trc(path: Path) -> tuple[Mapping[str, str], list[str], pd.DataFrame]:
    """By the rules of OpenSim: keys, their values, names, coordinates, rows of one length."""
    lines = path.read_bytes().decode("utf-8").split("\n")
    assert lines[0].split("\t")[:3] == ["PathFileType", "4", "(X/Y/Z)"]
    keys, values = lines[1].split("\t"), lines[2].split("\t")
    assert " ".join(keys) == (
        "DataRate CameraRate NumFrames NumMarkers Units OrigDataRate OrigDataStartFrame "
        "OrigNumFrames"
    )
    header = dict(zip(keys, values, strict=True))
    labels = [cell for cell in lines[3].split("\t") if cell]
    assert labels[:2] == ["Frame#", "Time"]
    names = labels[2:]
    assert len(names) == int(header["NumMarkers"])
    axes = [cell for cell in lines[4].split("\t") if cell]
    assert axes == [f"{a}{i}" for i in range(1, len(names) + 1) for a in "XYZ"]
    columns = ["frame", "time", *(f"{n}_{a}" for n in names for a in "xyz")]
    rows = [line.split("\t") for line in lines[5:] if line]
    assert {len(row) for row in rows} == {len(columns)}
    assert len(rows) == int(header["NumFrames"])
    return header, names, pd.DataFrame(rows, columns=columns).astype(float)


def read_mot(path: Path) -> tuple[Mapping[str, str], pd.DataFrame]:
    """By the rules of OpenSim: header until ``endheader``, then labels and numbers."""
    lines = path.read_text().splitlines()
    end = lines.index("endheader")
    header = dict(line.split("=", 1) for line in lines[1:end] if "=" in line)
    table = pd.read_csv(path, sep="\t", skiprows=end + 1)
    assert len(table) == int(header["nRows"])
    assert len(table.columns) == int(header["nColumns"])
    return header, table


def test_trc_in_pixels_holds_the_cleaned_points(
    run: RunFolder, opened: tuple[Analysis, Trial], tmp_path: Path
) -> None:
    track = opened[1].track
    (path,) = export(run, "trc", tmp_path, "px")
    header, names, table = read_trc(path)
    assert tuple(names) == track.names
    assert header["Units"] == "px"
    assert float(header["DataRate"]) == pytest.approx(60)
    np.testing.assert_allclose(table["time"], track.time, atol=1e-9)
    for name in names:
        found = table[[f"{name}_x", f"{name}_y"]].to_numpy()
        np.testing.assert_allclose(found, track[name], atol=5.1e-5)  # four decimals
    assert table["nose_x"].isna().any()  # the gap


def test_trc_in_metres_has_the_axes_of_opensim(
    run: RunFolder, opened: tuple[Analysis, Trial], tmp_path: Path
) -> None:
    analysis, trial = opened
    (path,) = export(run, "trc", tmp_path)  # a scale is known
    header, _, table = read_trc(path)
    assert (path.name, header["Units"]) == ("=run_m.trc", "m")
    scale = analysis.view.scale_m_per_px
    assert scale is not None
    leg = np.linalg.norm(
        table[["left_hip_x", "left_hip_y"]].to_numpy()
        - table[["left_knee_x", "left_knee_y"]].to_numpy(),
        axis=1,
    )
    leg_px = np.linalg.norm(trial.track["left_hip"] - trial.track["left_knee"], axis=1)
    np.testing.assert_allclose(leg, leg_px * scale, atol=3e-6)
    assert (table["nose_y"].dropna() > 1).all()  # up, from the ground
    assert np.nanpercentile(table[["left_heel_y", "left_foot_index_y"]], 1) == pytest.approx(
        0, abs=0.02
    )
    # Forward is where toes point, though this runner faces the left of the picture.
    flat = table["left_heel_y"] < 0.08
    assert (table["left_foot_index_x"] - table["left_heel_x"])[flat].median() > 0.1
    assert (table.filter(like="_z").fillna(0) == 0).all(axis=None)


def test_metres_without_a_scale_are_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--height"):
        export(RunFolder(GOLDEN / "side_normal"), "trc", tmp_path, "m")
    (path,) = export(RunFolder(GOLDEN / "side_normal"), "trc", tmp_path)
    assert path.name == "side_normal_px.trc"


def test_mot_holds_the_angles_of_the_model(
    run: RunFolder, opened: tuple[Analysis, Trial], tmp_path: Path
) -> None:
    angles = angle_series(opened[1])
    (path,) = export(run, "mot", tmp_path)
    header, table = read_mot(path)
    assert header["inDegrees"] == "yes"
    assert table.columns[0] == "time"
    time_s = opened[1].time_s
    frames = np.searchsorted(time_s, table["time"] - 1e-6)
    for column, angle, sign in [
        ("knee_angle_r", "right_knee", 1),
        ("hip_flexion_l", "left_thigh", 1),
        ("ankle_angle_r", "right_ankle", 1),
        ("lumbar_extension", "trunk", -1),
    ]:
        expected = sign * angles[angle].degrees[frames]
        np.testing.assert_allclose(table[column], expected, atol=1e-6)
    assert len(table) < len(time_s)  # the gap is left out: OpenSim reads none
    assert table.notna().all(axis=None)
    # A runner bends the knee by some 90 deg in swing and leans forward.
    assert 60 < table["knee_angle_l"].max() < 140
    assert table["lumbar_extension"].mean() == pytest.approx(-6, abs=1.5)
    assert "knee_angle_r" in path.read_text().split("endheader")[0]  # its uncertainty


def test_mot_from_behind_lists_to_the_side_that_is_lower(tmp_path: Path) -> None:
    run = RunFolder(GOLDEN / "rear_bad")
    analysis, trial = reopen(run)
    (path,) = export(run, "mot", tmp_path)
    _, table = read_mot(path)
    assert list(table.columns) == ["time", "pelvis_list", "hip_adduction_r", "hip_adduction_l"]
    for side, sign in (("left", 1), ("right", -1)):
        strides = [s for s in analysis.strides if s.side == side]
        middle = [s.strike_s + (s.off_s - s.strike_s) / 2 for s in strides]
        drop = analysis.summary("pelvic_drop_midstance", side)
        assert drop is not None
        assert drop.value is not None
        listed = np.interp(middle, table["time"], table["pelvis_list"])
        # While the left foot stands, a drop lowers the right side: the list is positive. What was
        # kept took the picture to turn by 0.74 of the pelvis, not 0.68.
        assert np.mean(sign * listed) == pytest.approx(drop.value * 0.74 / 0.68, abs=0.6)
    assert trial.view.plane == "rear"


def test_c3d_is_read_by_ezc3d_with_equal_numbers(
    run: RunFolder, opened: tuple[Analysis, Trial], tmp_path: Path
) -> None:
    analysis, trial = opened
    (path,) = export(run, "c3d", tmp_path)
    file = ezc3d.c3d(str(path))
    point = {k: v["value"] for k, v in file["parameters"]["POINT"].items() if k != "__METADATA__"}
    labels = point["LABELS"]
    assert labels[: len(trial.track.names)] == list(trial.track.names)
    assert point["UNITS"] == ["mm"]
    assert point["RATE"][0] == pytest.approx(60)
    points = file["data"]["points"]
    assert points.shape == (4, len(labels), len(trial.track))
    scale = analysis.view.scale_m_per_px
    assert scale is not None
    expected = 1000 * scale * ground_px(trial)
    residuals = file["data"]["meta_points"]["residuals"][0].T
    for k, name in enumerate(trial.track.names):
        there = np.isfinite(expected[:, k]).all(axis=1)
        # C3D holds 32-bit numbers.
        np.testing.assert_allclose(points[:3, k, there].T, expected[there, k], rtol=1e-6, atol=1e-4)
        assert (residuals[~there, k] == -1).all(), name
        assert (residuals[there, k] >= 0).all(), name
    for key, label in (("left_knee", "LKneeAngles"), ("trunk", "TrunkAngles")):
        series = angle_series(trial)[key]
        there = np.isfinite(series.degrees)
        found = points[0, labels.index(label), there]
        np.testing.assert_allclose(found, series.degrees[there], rtol=1e-6, atol=1e-5)
        assert label in point["ANGLES"]
        assert f"{series.half_deg:.1f} deg" in point["DESCRIPTIONS"][labels.index(label)]


def test_c3d_holds_every_contact(
    run: RunFolder, opened: tuple[Analysis, Trial], tmp_path: Path
) -> None:
    (path,) = export(run, "c3d", tmp_path)
    event = {
        k: v["value"]
        for k, v in ezc3d.c3d(str(path))["parameters"]["EVENT"].items()
        if k != "__METADATA__"
    }
    minutes, seconds = event["TIMES"]
    found = sorted(zip(60 * minutes + seconds, event["LABELS"], event["CONTEXTS"], strict=True))
    names = {"strike": "Foot Strike", "off": "Foot Off"}
    true = sorted((e.time_s, names[e.kind], e.side.capitalize()) for e in opened[0].events)
    assert event["USED"][0] == len(true) >= 16
    assert [f[1:] for f in found] == [t[1:] for t in true]
    np.testing.assert_allclose([f[0] for f in found], [t[0] for t in true], atol=1e-5)


def test_c3d_without_its_package_says_what_to_install(
    run: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ezc3d", None)
    with pytest.raises(OutputError, match=re.escape("gaitlens[c3d]")):
        export(run, "c3d", tmp_path)
    assert not list(tmp_path.iterdir())


def test_tables_are_the_same_as_csv_and_as_parquet(
    run: RunFolder, opened: tuple[Analysis, Trial], tmp_path: Path
) -> None:
    analysis = opened[0]
    as_csv, as_parquet = (export(run, form, tmp_path) for form in ("csv", "parquet"))
    rows = {"strides": len(analysis.measurements), "summaries": len(analysis.summaries)}
    rows["series"] = len(opened[1].track)
    rows["differences"] = len(analysis.differences)
    for one, other in zip(as_csv, as_parquet, strict=True):
        from_csv, from_parquet = pd.read_csv(one), pq.read_table(other).to_pandas()
        assert list(from_csv) == list(from_parquet)
        assert len(from_csv) == len(from_parquet) == rows[one.stem.rpartition("_")[2]]
        for column in from_parquet.select_dtypes("number"):
            expected = from_parquet[column].to_numpy(dtype=float)
            np.testing.assert_allclose(from_csv[column], expected, rtol=1e-8)  # nine digits
    cadence = analysis.summary("cadence")
    table = pd.read_csv(as_csv[1]).set_index(["metric", "side"]).loc[("cadence", "both")]
    assert cadence is not None
    assert cadence.ci95 is not None
    assert (table["ci95_low"], table["ci95_high"]) == pytest.approx(cadence.ci95)
    told = pd.read_csv(as_csv[1])["caveat"].dropna().tolist()
    assert told == [s.caveat for s in analysis.summaries if s.caveat]
    assert told  # 60 frames per second are few for contacts


@pytest.mark.parametrize("form", get_args(Format))
def test_hostile_names_stay_text(form: Format, run: RunFolder, tmp_path: Path) -> None:
    files = export(run, form, tmp_path)
    if form == "csv":
        for file in files:
            with file.open(newline="") as lines:
                cells = [cell for row in csv.reader(lines) for cell in row]
            words = [c for c in cells if not re.fullmatch(r"-?[\d.]+(e[-+]\d+)?", c)]
            assert not [c for c in words if c.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
            assert ("'" + HOSTILE in words) == file.stem.endswith(("summaries", "differences"))
    elif form == "trc":
        read_trc(files[0])
    elif form == "mot":
        assert read_mot(files[0])[1].columns[0] == "time"
    elif form == "c3d":
        names = ezc3d.c3d(str(files[0]))["parameters"]["SUBJECTS"]["NAMES"]["value"]
        assert names == [" ".join(HOSTILE.replace("\x00", " ").split())]


def test_a_hostile_title_cannot_break_the_header(run: RunFolder, tmp_path: Path) -> None:
    track = reopen(run)[1].track
    path = tmp_path / "x.trc"
    write_trc(path, track, np.zeros((*track.xy.shape[:2], 3)), "px", "a\nFrame#\t\x00b")
    assert path.read_text().splitlines()[0].split("\t")[3] == "a Frame# b"
    read_trc(path)


PICTURE = {"hip_adduction", "pelvic_drop", "pelvic_drop_excursion", "pelvic_drop_midstance"}
"""Read from the picture of the hips, which is not in a file of keypoints."""


@pytest.mark.parametrize("unit", ["px", "m"])
@pytest.mark.parametrize("name", ["side_normal", "rear_bad"])
def test_a_round_trip_through_trc_gives_the_same_analysis(
    name: str, unit: str, tmp_path: Path
) -> None:
    run = RunFolder(tmp_path / name)
    run.path.mkdir()
    (run.path / "pose.npz").write_bytes((GOLDEN / name / "pose.npz").read_bytes())
    (run.path / "analysis.json").write_bytes((GOLDEN / name / "analysis.json").read_bytes())
    settings = Settings(height_m=1.84, speed_mps=3.0)
    before = reanalyze(run, settings)
    (path,) = export(run, "trc", tmp_path, "px" if unit == "px" else "m")
    after = analyze_track(read(path), settings)
    assert [(e.kind, e.side) for e in after.events] == [(e.kind, e.side) for e in before.events]
    apart_s = [a.time_s - b.time_s for a, b in zip(after.events, before.events, strict=True)]
    # Four decimals of a pixel move a contact by less than 1 ms. Metres are levelled by what is seen
    # of the camera's roll, which is then judged anew: on the sample videos that moves a contact by
    # up to 1 ms and a value by up to a sixth of its uncertainty.
    assert np.abs(apart_s).max() < (1e-3 if unit == "px" else 4e-3)
    allowed = 0.15 if unit == "px" else 0.2
    compared = 0
    for one in before.summaries:
        other = after.summary(one.metric, one.side)
        assert other is not None
        if one.metric in PICTURE:
            assert other.value is None
            assert other.limit
        elif one.value is not None and one.ci95 is not None:
            assert other.value is not None, one.metric
            # The outline of the legs is not in the file either: their angle is less sure then.
            width = other.ci95 if one.metric == "knee_fppa" else one.ci95
            assert width is not None
            half = (width[1] - width[0]) / 2
            assert abs(other.value - one.value) <= allowed * half, (one.metric, one.side)
            compared += 1
    assert compared >= 20 - len(PICTURE)


def test_uneven_frames_are_put_on_an_even_grid(tmp_path: Path) -> None:
    track, truth = synthetic.runner(60, 4, dt_jitter=0.4)
    run = RunFolder(tmp_path / "vfr")
    run.path.mkdir()
    run.save_track(track, "")
    run.save_analysis(analyze_track(track, Settings()))
    (path,) = export(run, "c3d", tmp_path)
    file = ezc3d.c3d(str(path))
    rate = file["parameters"]["POINT"]["RATE"]["value"][0]
    even_s = np.arange(len(track)) / rate
    analysis, trial = reopen(run)
    knee = angle_series(trial)["right_knee"].degrees
    labels = file["parameters"]["POINT"]["LABELS"]["value"]
    found = file["data"]["points"][0, labels.index("RKneeAngles")]
    np.testing.assert_allclose(found, np.interp(even_s, trial.time_s, knee), atol=1e-3)
    assert truth.near_side == analysis.view.near_side


def test_the_command_writes_and_says_where(
    run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["export", str(run.path), "--format", "csv", "--out", str(tmp_path)])
    said = capsys.readouterr().out.split("\n")
    assert code == 0
    assert [Path(line).suffix for line in said if line] == [".csv"] * 4
    assert all(Path(line).is_file() for line in said if line)
    assert cli.main(["export", str(tmp_path), "--format", "mot"]) == 2
    assert "holds no analysis" in capsys.readouterr().err


def test_times_of_a_video_whose_speed_is_not_known_are_called_a_guess(
    run: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    analysis = read_analysis(run.path)
    guessed = RunFolder(tmp_path / "guessed")
    guessed.path.mkdir()
    guessed.save_track(read_npz(run.pose)[0], "")
    view = analysis.view.model_copy(update={"time_base": "unknown"})
    guessed.save_analysis(analysis.model_copy(update={"view": view}))
    for folder, said in ((run, False), (guessed, True)):
        argv = ["export", str(folder.path), "--format", "trc", "--out", str(tmp_path / "out")]
        assert cli.main(argv) == 0
        assert ("times, frame rate and contacts" in capsys.readouterr().err) == said
