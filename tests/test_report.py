"""The report: what it says, to whom, and that nothing a user wrote can do anything in it."""

from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

import cv2
import examples
import fake_backend
import html5lib
import numpy as np
import pytest
from examples import summary
from pypdf import PdfReader

from gait.analysis.analyze import analyze_track
from gait.analysis.kinematics.waveforms import readings
from gait.analysis.merge_views import merge_views
from gait.analysis.results import Analysis, Measurement, Stride
from gait.cli import main as cli
from gait.io.kept_run import reanalyze, reopen
from gait.io.run_folder import RunFolder
from gait.knowledge import knowledge
from gait.present import table, wording
from gait.render.key_frames import HEIGHT_PX, MOMENTS, key_frames, typical_strides
from gait.report import collect, write_report
from gait.report.content import Advice, Reader, Report
from gait.report.html import html
from gait.report.pdf import pdf
from gait.report.pictures import Added
from gait.sanitize.files import sha256
from gait.sanitize.text import one_line
from gait.settings import Settings
from gait.types import UsageError
from gait.video import Writer, frames

A4_PT = (595.28, 841.89)
SETTINGS = Settings(speed_mps=3.0, height_m=1.8, runner="Anna")
STOP = {"where": ("one_spot_on_bone",), "onset": "at_rest", "night": "yes"}
HOSTILE = {
    "html": '"><script>alert(1)</script><img src=x onerror=alert(1)>',
    "quotes": 'O\'Hara "the" `quick` \'\'\' """',
    "lines": "Anna\nBerta\r\n\tC\x1b[31m\x00",
    "formula": '=HYPERLINK("http://evil.example","click")',
    "typst": '#panic("x") $x^2$ *b* _i_ @ref <label> #read("/etc/passwd") \\',
    "jinja": "{{ 7 * 7 }} {% raw %} {# x #}",
    "markdown": "[a](javascript:alert(1)) **b** # c | d",
    "turned": "Anna \u202egnp.exe\u202c \u2066x\u2069",
    "long": "W" * 80,
    "scripts": "Μαρία Иванова 走る 🏃‍♀️ שלום سارة",
    "half": "half a character \ud800",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A run of a runner made of equations, without its video."""
    folder = RunFolder(tmp_path_factory.mktemp("runs") / "anna-easy")
    folder.path.mkdir()
    track = fake_backend.runner()
    folder.save_track(track, "key")
    folder.save_analysis(analyze_track(track, SETTINGS, examples.video_info("anna-easy.mp4")))
    return folder


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first seconds of a video of that runner: a pattern in which a hidden face shows."""
    track = fake_backend.runner()
    width, height = track.size
    pattern = np.indices((height, width)).sum(axis=0) // 4 % 2 * 200
    picture = np.repeat(pattern[..., None], 3, axis=2).astype(np.uint8)
    path = tmp_path_factory.mktemp("video") / "anna-easy.mp4"
    with Writer(path, width, height, fake_backend.FPS_HZ) as writer:
        for time_s in track.time:
            writer.write(picture, float(time_s))
    return path


@pytest.fixture(scope="module")
def full(run: RunFolder) -> Report:
    return collect(run)


@pytest.fixture(scope="module")
def page(run: RunFolder) -> Report:
    return collect(run, reader="runner")


@pytest.fixture
def copy(run: RunFolder, tmp_path: Path) -> RunFolder:
    shutil.copytree(run.path, tmp_path / "anna-easy")
    return RunFolder(tmp_path / "anna-easy")


def parsed(document: str) -> Element:
    """The document tree; an error if it is not valid HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parse(document)  # type: ignore[no-any-return]


def text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def pages(document: bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(document))
    for sheet in reader.pages:
        assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == pytest.approx(
            A4_PT, abs=0.5
        )
    return [" ".join(sheet.extract_text().split()) for sheet in reader.pages]


def squeezed(words: str) -> str:
    """Without blanks: a PDF breaks lines where it likes."""
    return re.sub(r"[\s\u200b-\u200d]", "", words)


# ------------------------------------------------------------------------------------- key frames


def test_the_strides_shown_are_neighbours_nearest_to_the_medians() -> None:
    strides = [
        Stride(
            side=side,
            strike_s=at + 0.7 * i,
            off_s=at + 0.7 * i + 0.25,
            next_strike_s=at + 0.7 * (i + 1),
            strike_sd_s=0.004,
            off_sd_s=0.006,
        )
        for side, at in (("left", 0.0), ("right", 0.35))
        for i in range(5)
    ]
    # In the left leg stride 3 is the median, in the right leg 2 and, nearly, 0.
    values = {"left": (9.0, 14.0, 6.0, 10.0, 13.0), "right": (10.1, 14.0, 10.0, 7.0, 6.0)}
    measurements = [
        Measurement(metric="knee_flexion_ic", side=side, stride=i, time_s=0.0, value=value)
        for side, series in values.items()
        for i, value in enumerate(series)
    ]
    shown = typical_strides(examples.analysis(strides=strides, measurements=measurements))
    assert [(s.side, round(s.strike_s, 2)) for s in shown] == [("left", 2.1), ("right", 1.75)]


def test_a_foot_without_strides_has_no_pictures() -> None:
    one = [s for s in examples.analysis().strides if s.side == "right"]
    assert [s.side for s in typical_strides(examples.analysis(strides=one))] == ["right"]
    assert typical_strides(examples.analysis(strides=[])) == ()


def test_pictures_carry_the_angles_of_their_frame(run: RunFolder) -> None:
    analysis, trial = reopen(run)
    made = key_frames(analysis, trial, None)
    assert [(p.side, p.moment) for p in made] == [
        (side, moment) for side in ("left", "right") for moment in MOMENTS
    ]
    for picture in made:
        index = int(np.abs(trial.time_s - picture.time_s).argmin())
        own = readings(trial, picture.side)
        said = {"knee": "knee", "shin": "shank", "foot": "foot", "trunk": "trunk"}
        assert set(picture.angles) == set(said)
        for name, (degrees, half) in picture.angles.items():
            assert degrees == pytest.approx(own[said[name]][0][index])
            assert half == pytest.approx(own[said[name]][1])


def picture(jpeg: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR).astype(float)


def test_pictures_show_the_video_and_without_it_plain_paper(run: RunFolder, video: Path) -> None:
    analysis, trial = reopen(run)
    from_video, from_lines = key_frames(analysis, trial, video), key_frames(analysis, trial, None)
    for on_video, on_paper in zip(from_video, from_lines, strict=True):
        assert picture(on_video.jpeg).shape[0] == HEIGHT_PX
        corner = np.s_[:60, :60]
        assert picture(on_video.jpeg)[corner].std() > 50  # a checkered video
        assert (
            picture(on_paper.jpeg)[corner].std(axis=(0, 1)).max() < 2
        )  # what JPEG adds to one colour


def test_a_hidden_face_is_no_longer_in_the_picture(run: RunFolder, video: Path) -> None:
    analysis, trial = reopen(run)
    seen = key_frames(analysis, trial, video)[0]
    hidden = key_frames(analysis, trial, video, blur_face=True)[0]
    changed = np.abs(picture(seen.jpeg) - picture(hidden.jpeg)).max(axis=2) > 40
    rows, columns = np.nonzero(changed)
    middle = slice(int(np.median(rows)) - 8, int(np.median(rows)) + 8)
    face = np.s_[middle, int(np.median(columns)) - 8 : int(np.median(columns)) + 8]
    assert rows.max() < HEIGHT_PX / 2
    assert picture(seen.jpeg)[face].std() > 50
    assert picture(hidden.jpeg)[face].std() < 25  # a mosaic of four tiles, smoothed


def test_a_hidden_face_is_not_in_the_pictures_one_by_one_either(
    run: RunFolder, video: Path
) -> None:
    from gait.ui.result.viewer import _picture

    seen = _picture(run.path, 0, video, 40, "left")
    analysis, _ = reopen(run)
    settings = analysis.settings.model_copy(update={"blur_face": True})
    run.save_analysis(analysis.model_copy(update={"settings": settings}))
    hidden = _picture(run.path, 1, video, 40, "left")
    assert seen is not None
    assert hidden is not None
    changed = np.abs(seen.astype(int) - hidden).max(axis=2) > 40
    rows, columns = np.nonzero(changed)
    assert 0 < np.ptp(rows) < len(seen) / 4
    face = np.s_[rows.min() : rows.max(), columns.min() : columns.max()]
    assert hidden[face].std() < seen[face].std() / 1.5


# ----------------------------------------------------------------------------------------- content


def test_every_number_of_the_table_is_in_the_report(run: RunFolder, full: Report) -> None:
    analysis, _ = reopen(run)
    document = text(parsed(html(full)))
    on_paper = squeezed(" ".join(pages(pdf(full))))
    for row in table.rows(analysis):
        assert row.name in document
        for value in row.values.values():
            assert value in document
            assert squeezed(value) in on_paper
    for names, why in full.missing:
        assert names in document
        assert why in document


def test_a_value_stands_where_it_is_among_healthy_runners(run: RunFolder) -> None:
    analysis, _ = reopen(run)
    typical = (20.0, 40.0)
    changed = analysis.model_copy(
        update={
            "summaries": (
                summary("knee_flexion_ic", "left", value=40.0, ci95=(35.0, 45.0), typical=typical),
                summary(
                    "knee_flexion_ic", "right", value=99.0, ci95=(90.0, 108.0), typical=typical
                ),
            )
        }
    )
    run_of = collect_of(changed)
    left, right = run_of.numbers[0].marks
    # 40 is the upper end of the typical range, 2 of the 5 SD that are shown on each side.
    assert (left.low, left.value, left.high) == (60.0, 70.0, 80.0)
    assert (right.low, right.value, right.high) == (100.0, 100.0, 100.0)
    assert (
        run_of.numbers[0].drawing
        == "left: within the typical range; right: above the typical range"
    )


def collect_of(analysis: Analysis) -> Report:
    from gait.report.build import build

    return build(analysis, [], None, "runner", Added())


def test_the_runner_gets_one_page_and_the_clinician_all_of_it(page: Report, full: Report) -> None:
    sheets = pages(pdf(page))
    assert len(sheets) == 1
    assert len(pages(pdf(full))) > 1
    assert page.details is None
    for heading in ("All numbers", "Method", "What it cannot do", "Sources", "Curves"):
        assert heading in text(parsed(html(full)))
        assert heading not in text(parsed(html(page)))
    assert "[1]" not in sheets[0]


SMALLEST_PICTURE_MM = 50


def pictures_mm(document: bytes) -> list[float]:
    """How tall every picture of a PDF is on paper; drawings are none."""
    tall: list[float] = []
    for sheet in PdfReader(io.BytesIO(document)).pages:
        objects = sheet["/Resources"].get("/XObject", {})
        photographs = {n for n, o in objects.items() if o.get_object()["/Subtype"] == "/Image"}

        def look(
            operator: bytes, operands: list[str], matrix: list[float], _text: object, own: set[str]
        ) -> None:
            if operator == b"Do" and operands[0] in own:
                tall.append(abs(matrix[3]) / 72 * 25.4)

        sheet.extract_text(visitor_operand_before=partial(look, own=photographs))
    return tall


KNEE: dict[str, str | list[str]] = {
    "where": ["kneecap", "inner_shin"],
    "load": ["longer_run"],
    "history": ["last_12_months"],
    "warm_up": ["no_warm_up"],
}


@pytest.mark.parametrize("answers", [{}, KNEE], ids=["no answers", "pain"])
def test_paper_is_few_well_filled_pages_with_pictures_to_look_at(
    copy: RunFolder, answers: dict[str, str | list[str]]
) -> None:
    reanalyze(copy, SETTINGS, answers)
    for reader, most in (("runner", 1), ("clinician", 4)):
        document = pdf(collect(copy, reader=reader))  # type: ignore[arg-type]
        sheets = pages(document)
        assert len(sheets) <= most
        assert min(map(len, sheets)) > max(map(len, sheets)) / 5
        tall = pictures_mm(document)
        assert len(tall) >= 3
        assert min(tall) >= SMALLEST_PICTURE_MM


def test_answers_bring_reasons_and_tips_and_what_was_studied(copy: RunFolder) -> None:
    reanalyze(copy, SETTINGS, KNEE)
    report = collect(copy, reader="runner")
    document = text(parsed(html(report)))
    assert [c.title for c in report.complaints] == ["Kneecap pain", "Shin splints"]
    for tip in knowledge().guide.tip:
        assert tip.text in document
    own = [s for s in knowledge().guide.section if s.id in ("training", "progress", "warm_up")]
    for section in own:
        assert section.title in document
        assert all(point.name in document for point in section.point)


def test_the_model_and_the_settings_are_named(run: RunFolder, full: Report) -> None:
    analysis, _ = reopen(run)
    document = text(parsed(html(full)))
    for words in (*analysis.versions.values(), "Speed: 10.8 km/h", examples.video_info().sha256):
        assert words in document
    assert all(step in document for step in analysis.quality.steps)


@pytest.mark.parametrize("reader", ["runner", "clinician"])
def test_before_a_warning_sign_is_dealt_with_nothing_else_is_said(
    copy: RunFolder, reader: Reader
) -> None:
    analysis = reanalyze(copy, SETTINGS, STOP)
    assert analysis.outcome is not None
    report = collect(copy, reader=reader)
    for document in (text(parsed(html(report))), " ".join(pages(pdf(report)))):
        assert "Stop running" in document
        for said in ("stands out", "numbers", "Cadence", "steps/min", "video", "from the side"):
            assert said not in document.replace("What your video shows comes after that", "")
    reanalyze(copy, SETTINGS, STOP | {"checked": "yes"})
    document = text(parsed(html(collect(copy, reader=reader))))
    assert document.index("a clinician has looked at") < document.index("The main numbers")


def test_whom_nobody_asked_reads_first_when_to_see_a_clinician(
    copy: RunFolder, page: Report, full: Report
) -> None:
    pain, stop = wording.STOP
    for document in (text(parsed(html(page))), " ".join(pages(pdf(page)))):
        assert squeezed(pain + stop) in squeezed(document)
        assert document.index("Pain at night") < document.index("stands out")
    assert text(parsed(html(full))).count(pain) == 1  # among what it cannot do
    reanalyze(copy, SETTINGS, KNEE)
    assert pain not in text(parsed(html(collect(copy, reader="runner"))))


def test_a_video_without_a_stride_still_gets_a_report(copy: RunFolder) -> None:
    track = fake_backend.runner()
    still = track.with_(xy=np.broadcast_to(track.xy[:1], track.xy.shape))
    copy.save_track(still, "still")
    copy.save_analysis(analyze_track(still, Settings(), examples.video_info("still.mp4")))
    report = collect(copy)
    assert report.title == "still"
    assert report.warning
    assert report.pictures == ()
    assert len(pages(pdf(report))) >= 1
    parsed(html(report))


def test_merged_views_show_the_pictures_of_each(tmp_path: Path, run: RunFolder) -> None:
    whole = RunFolder(tmp_path / "both")
    parts = []
    for name in ("one", "two"):
        shutil.copytree(run.path, whole.path / name)
        part = RunFolder(whole.path / name)
        analysis, _ = reopen(part)
        video = examples.video_info(f"{name}.mp4", sha256=name)
        parts.append(analysis.model_copy(update={"video": video}))
        part.save_analysis(parts[-1])
    whole.save_analysis(merge_views(parts))
    report = collect(whole)
    assert report.details is not None
    assert [len(video.pictures) for video in report.details.videos] == [6, 6]
    files = [p.file for video in report.details.videos for p in video.pictures]
    assert len(set(files)) == len(files)
    assert len(pages(pdf(report))) > 1
    assert "two.mp4" not in html(collect(whole, nameless=True))
    with pytest.raises(UsageError, match="several videos"):
        collect(whole, video=Path("one.mp4"))
    shutil.rmtree(whole.path / "two")
    with pytest.raises(UsageError, match="lost"):
        collect(whole)


def test_the_longest_page_of_a_runner_is_one_page(page: Report) -> None:
    words = "Landing far ahead of the hip usually means more braking in the runners studied. " * 4
    cue = max(
        (f"{c.cue.text} {c.cue.dose} {c.cue.caution}" for c in knowledge().cues.values()), key=len
    )
    example = full_point(words)
    also = tuple((words[:160], "training; evidence: limited") for _ in range(6))
    advice = Advice("See a clinician", False, words[:120], words, "What goes with it", also)
    longest = replace(
        page,
        title="W" * 80,
        points=(replace(example, cue=cue), example, example),
        more=(example, example),
        answer=words[:150],
        advice=advice,
    )
    sheets = pages(pdf(longest))
    assert len(sheets) == 1
    assert squeezed(cue) in squeezed(sheets[0])


def full_point(words: str):  # type: ignore[no-untyped-def]
    from gait.report.content import Point

    return Point("Overstride, both legs", "linked", True, words[:80], words[:90], words, "", ())


# ------------------------------------------------------------- nothing loads, nothing runs


def test_the_html_loads_nothing_and_runs_nothing(full: Report) -> None:
    document = html(full)
    tree = parsed(document)
    assert "default-src 'none'" in document
    assert tree.findall(".//script") == []
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not str(name).startswith("on")
            if name in ("src", "href", "srcset", "action", "data"):
                assert value.startswith("data:image/")
    for image in tree.iter("img"):
        assert image.attrib["alt"]
    assert not re.search(r"https?:|url\(|@import", re.sub(r"base64,[\w+/=]+", "", document))


@pytest.mark.parametrize("name", HOSTILE.values(), ids=list(HOSTILE))
def test_names_are_text_and_nothing_else(page: Report, name: str) -> None:
    shown = one_line(name)
    hostile = replace(page, title=shown, video_reasons=(shown,))
    tree = parsed(html(hostile))
    heading = next(tree.iter("h1"))
    assert text(heading) == shown
    assert [e.tag for e in heading.iter()] == ["h1", "bdi"]
    assert [e.tag for e in tree.iter() if e.tag in ("script", "iframe", "object", "a")] == []
    sheets = pages(pdf(hostile))
    assert len(sheets) == 1
    if shown.isascii():
        assert squeezed(shown) in squeezed(sheets[0])


def test_names_are_cleaned_on_their_way_into_the_report(copy: RunFolder) -> None:
    name = HOSTILE["turned"]
    hostile = HOSTILE["html"] + ".mp4"
    analysis, _ = reopen(copy)
    video = examples.video_info(hostile)
    for runner, expected in ((name, one_line(name)), (None, one_line(hostile[:-4]))):
        settings = analysis.settings.model_copy(update={"runner": runner, "shoes": "\u202exx\n"})
        copy.save_analysis(analysis.model_copy(update={"settings": settings, "video": video}))
        report = collect(copy)
        assert report.title == expected
        assert "\u202e" not in json.dumps(str(report), ensure_ascii=False)
        assert all("\n" not in line for _, lines in report.details.method for line in lines)  # type: ignore[union-attr]


def test_an_anonymous_report_names_nobody_and_shows_no_video(copy: RunFolder, video: Path) -> None:
    shutil.copyfile(video, copy.path / "video.mp4")
    analysis, _ = reopen(copy)
    steps = ("read from anna-easy.trc: TRC in px", *analysis.quality.steps)
    quality = analysis.quality.model_copy(update={"steps": steps})
    versions = analysis.versions | {"pose": steps[0]}
    copy.save_analysis(analysis.model_copy(update={"quality": quality, "versions": versions}))
    report = collect(copy, nameless=True)
    everything = re.sub(r"base64,[\w+/=]+", "", html(report)) + "".join(pages(pdf(report)))
    assert analysis.video is not None
    for secret in ("Anna", "anna-easy", analysis.video.sha256, f"{copy.filmed:%d %B %Y}"):
        assert secret.lstrip("0") not in everything
    assert report.pictures
    for shown in report.pictures:
        assert (
            picture(shown.jpeg)[:60, :60].std(axis=(0, 1)).max() < 2
        )  # paper, not the checkered video


# ------------------------------------------------------------------------------------------ files


def test_reports_are_found_under_their_names_and_go_with_the_analysis(copy: RunFolder) -> None:
    assert write_report(copy, reader="runner") == copy.path / "report-runner.html"
    written = write_report(copy, reader="runner", pdf=True, nameless=True)
    assert written == copy.path / "report-runner-anonymous.pdf"
    assert written.read_bytes().startswith(b"%PDF")
    assert len(copy.reports) == 2
    reanalyze(copy, Settings(speed_mps=4.0))
    assert copy.reports == ()


def test_the_command_writes_where_it_is_told(
    copy: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new folder" / "mine.html"
    command = ["report", str(copy.path), "--for", "runner", "--out", str(out)]
    assert cli.main(command) == 0
    assert capsys.readouterr().out.strip() == str(out)
    parsed(out.read_text(encoding="utf-8"))
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "holds no analysis" in capsys.readouterr().err


def test_the_overlay_serves_where_the_video_is_gone(copy: RunFolder, video: Path) -> None:
    from gait.pipeline import draw

    shutil.copyfile(video, copy.path / "video.mp4")
    analysis, _ = reopen(copy)
    assert analysis.video is not None
    own = analysis.video.model_copy(update={"sha256": sha256(video)})
    copy.save_analysis(analysis.model_copy(update={"video": own}))
    with copy.replacing(copy.overlay) as part:
        draw(copy, part)
    direct = collect(copy, reader="runner").pictures[0]
    (copy.path / "video.mp4").unlink()
    again = collect(copy, reader="runner").pictures[0]
    assert next(frames(copy.overlay)).image.shape != next(frames(video)).image.shape
    close = np.abs(picture(direct.jpeg) - picture(again.jpeg))[:40].mean()
    assert close < 40  # the same checkers, smaller and coded once more; paper would differ by 120
    assert again.caption == direct.caption


def test_another_video_is_never_drawn_over(
    copy: RunFolder, video: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    analysis, _ = reopen(copy)
    assert analysis.video is not None
    own = analysis.video.model_copy(update={"sha256": sha256(video)})
    copy.save_analysis(analysis.model_copy(update={"video": own}))
    moved, other = tmp_path / "moved.mp4", tmp_path / "anna-easy.mp4"
    shutil.copyfile(video, moved)
    other.write_bytes(video.read_bytes() + b"\0")
    assert cli.main(["report", str(copy.path), "--video", str(moved)]) == 0
    before = copy.report.read_bytes()
    capsys.readouterr()
    assert cli.main(["report", str(copy.path), "--video", str(other)]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert f"{other} is not the video of this run: anna-easy.mp4 was analysed" in line
    assert copy.report.read_bytes() == before


def test_pictures_of_keypoints_come_from_the_video_that_is_given(
    copy: RunFolder, video: Path
) -> None:
    analysis, _ = reopen(copy)
    assert analysis.video is not None
    keypoints = analysis.video.model_copy(update={"codec": "keypoints (TRC)"})
    copy.save_analysis(analysis.model_copy(update={"video": keypoints}))
    assert "from the video" not in collect(copy, reader="runner").pictures[0].caption
    assert collect(copy, video=video).pictures


def test_a_report_is_what_its_ending_says(
    copy: RunFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    starts = {"a.html": b"<!", "b.pdf": b"%PDF", "c.PDF": b"%PDF"}
    for name, start in starts.items():
        assert cli.main(["report", str(copy.path), "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).read_bytes().startswith(start)
    assert cli.main(["report", str(copy.path), "--pdf", "--out", str(tmp_path / "d.pdf")]) == 0
    capsys.readouterr()
    for arguments, said in {
        ("--pdf", "--out", "e.html"): "Name it e.pdf, or leave out --pdf.",
        ("--out", "e.txt"): "Let it end in .html or in .pdf.",
        ("--out", "e"): "Let it end in .html or in .pdf.",
        ("--out", str(tmp_path)): "is a folder. Give a file, such as",
    }.items():
        assert cli.main(["report", str(copy.path), *arguments]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
    assert not Path("e.html").exists()
