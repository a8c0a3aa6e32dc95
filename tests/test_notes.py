"""What people add to a run: notes, chosen pictures, marks by hand; consent and letterhead."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path

import cv2
import fake_backend
import numpy as np
import pytest
from pydantic import ValidationError
from pypdf import PdfReader

from gait.analysis.analyze import analyze_track
from gait.io.added.notes import LONGEST_NOTE, Mark, MarkedPicture, Notes, keep_notes, kept_notes
from gait.io.added.practice import (
    CONSENT,
    forget_runner,
    keep_consent,
    keep_letterhead,
    kept_runner,
    letterhead,
)
from gait.io.deletion import delete
from gait.io.run_folder import RunFolder
from gait.render.crop import LOGO_PX, logo
from gait.report import collect, write_report
from gait.report.html import html
from gait.report.pdf import pdf
from gait.settings import Settings
from gait.types import UsageError
from gait.video import probe


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A run of a grey video in which a runner made of equations is seen."""
    run = RunFolder(tmp_path / "library" / "anna")
    run.path.mkdir(parents=True)
    video = fake_backend.video(run.path / "video.mp4", shade=90)
    track = fake_backend.runner()
    run.save_track(track, "anna")
    info = probe(video)
    run.save_analysis(analyze_track(track, Settings(speed_mps=3.0, runner="Anna"), info))
    assert run.video is not None
    return run


def angle(*points: tuple[float, float]) -> Mark:
    return Mark(kind="angle" if len(points) == 3 else "line", points=points)


@pytest.mark.parametrize(
    ("points", "degrees", "words"),
    [
        (((0, 10), (0, 0), (10, 0)), 90, "angle 90°"),
        (((10, 0), (0, 0), (10, 10)), 45, "angle 45°"),
        (((-10, 0), (0, 0), (10, 0)), 180, "angle 180°"),
        # y points down: mirrored, the angle is the same.
        (((10, 0), (0, 0), (10, -10)), 45, "angle 45°"),
        (((0, 0), (100, 0)), 0, "line, 0° from level"),
        (((0, 0), (100, 10)), 5.7, "line, 6° from level"),
        (((0, 0), (-10, 100)), 5.7, "line, 6° from upright"),
    ],
)
def test_what_is_drawn_measures_what_geometry_says(
    points: tuple[tuple[float, float], ...], degrees: float, words: str
) -> None:
    mark = angle(*points)
    assert mark.degrees == pytest.approx(degrees, abs=0.05)
    assert mark.words == words


@pytest.mark.parametrize("points", [((0, 0),), ((0, 0), (0, 0)), ((0, 0), (float("nan"), 1))])
def test_a_mark_that_is_none_is_refused(points: tuple[tuple[float, float], ...]) -> None:
    with pytest.raises(ValidationError):
        Mark(kind="line", points=points)


def test_notes_come_back_and_none_leave_nothing(run: RunFolder) -> None:
    mark = angle((1, 2), (3, 4), (5, 4))
    picture = MarkedPicture(video_s=1.25, side="right", marks=(mark,))
    notes = Notes(text="Left shoe worn", text_in_report=True).with_picture(1.25, picture)
    keep_notes(run, notes)
    assert kept_notes(run) == notes
    assert notes.picture(1.2501) == picture
    assert notes.picture(1.26) is None
    keep_notes(run, Notes())
    assert not [p for p in run.path.iterdir() if "notes" in p.name]


@pytest.mark.parametrize("notes", [Notes(text="Felt light"), Notes()])
def test_a_file_of_that_name_that_is_not_ours_stays(run: RunFolder, notes: Notes) -> None:
    file = run.path / "notes.json"
    file.write_text('{"shopping": ["milk"]}')
    report = run.path / "report.html"
    report.write_text("of before")
    with pytest.raises(UsageError, match="Move it away"):
        keep_notes(run, notes)
    assert file.read_text() == '{"shopping": ["milk"]}'
    assert report.read_text() == "of before"


def test_damaged_notes_say_what_to_do(run: RunFolder) -> None:
    (run.path / "notes.json").write_text("{")
    with pytest.raises(UsageError, match="damaged"):
        kept_notes(run)


def test_the_report_has_notes_and_chosen_pictures_with_what_was_drawn(run: RunFolder) -> None:
    width, height = fake_backend.runner().size
    line = angle((10.0, height / 2), (width - 10.0, height / 2))
    chosen = MarkedPicture(video_s=2.0, side="left", marks=(line,))
    other = MarkedPicture(video_s=3.0, side="left", in_report=False)
    keep_notes(
        run,
        Notes(text="Tired today.\nSecond line.", text_in_report=True, pictures=(chosen, other)),
    )
    report = collect(run)
    assert report.added.notes == ("Tired today.", "Second line.")
    (picture,) = report.added.chosen
    assert "line, 0° from level" in picture.caption
    pixels = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR).astype(int)
    blue, green, red = np.moveaxis(pixels, 2, 0)
    yellow = (red > 200) & (green > 170) & (blue < 130)
    # The line goes over the whole width of the video, of which all is shown.
    assert yellow.any(axis=0).mean() > 0.9
    assert "Tired today." in html(report)
    anonymous = collect(run, nameless=True)
    assert anonymous.added.notes == ()
    assert anonymous.added.chosen == ()


def test_notes_that_are_not_for_the_report_stay_out_of_it(run: RunFolder) -> None:
    keep_notes(run, Notes(text="For me alone"))
    assert "For me alone" not in html(collect(run))


def test_a_report_with_older_notes_does_not_stay(run: RunFolder) -> None:
    keep_notes(run, Notes(text="Something private", text_in_report=True))
    report = write_report(run)
    assert "Something private" in report.read_text()
    keep_notes(run, Notes())
    assert not report.exists()


def test_a_runner_gets_one_sheet_with_notes_as_long_as_they_may_be(run: RunFolder) -> None:
    words = ("Shorter steps felt easier. " * 200)[:LONGEST_NOTE]
    pictures = tuple(MarkedPicture(video_s=s, side="left") for s in (1.0, 2.0, 3.0, 4.0))
    keep_notes(run, Notes(text=words, text_in_report=True, pictures=pictures))
    keep_letterhead(run.path.parent, "Practice at the River", logo(_png(400, 100)))
    sheets = PdfReader(io.BytesIO(pdf(collect(run, reader="runner")))).pages
    assert len(sheets) == 1
    text = sheets[0].extract_text()
    assert "Practice at the River" in text
    assert "Shorter steps felt easier." in text


def test_letterhead_stands_in_every_report_but_the_anonymous(run: RunFolder) -> None:
    library = run.path.parent
    keep_letterhead(library, " Practice <b>X</b> ", logo(_png(50, 50)))
    assert letterhead(library)[0] == "Practice <b>X</b>"
    page = html(collect(run, reader="runner"))
    assert "Practice &lt;b&gt;X&lt;/b&gt;" in page
    assert "data:image/png;base64," in page
    assert "Practice" not in html(collect(run, nameless=True))
    keep_letterhead(library, "", b"")
    assert letterhead(library) == ("", b"")


def test_a_logo_is_made_small_and_what_is_none_is_refused() -> None:
    small = cv2.imdecode(np.frombuffer(logo(_png(3000, 500)), np.uint8), cv2.IMREAD_COLOR)
    assert (small.shape[1], small.shape[0]) == (LOGO_PX[0], round(500 * LOGO_PX[0] / 3000))
    for data in (b"", b"<svg onload='x'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 40):
        with pytest.raises(UsageError):
            logo(data)


def test_consent_is_dated_kept_and_can_be_withdrawn(tmp_path: Path) -> None:
    first, second = datetime(2026, 3, 2, 10), datetime(2026, 6, 8, 9)
    keep_consent(tmp_path, "Anna", agreed=True, now=lambda: first)
    keep_consent(tmp_path, "anna ", agreed=True, now=lambda: second)  # said twice: the first counts
    keep_consent(tmp_path, "ANNA", agreed=False, now=lambda: second)
    known = kept_runner(tmp_path, "Anna")
    assert [(c.agreed, c.at.replace(tzinfo=None)) for c in known.consents] == [
        (True, first),
        (False, second),
    ]
    assert {c.wording for c in known.consents} == {CONSENT}
    assert kept_runner(tmp_path, "Ben").consent is None
    forget_runner(tmp_path, "anna")
    assert kept_runner(tmp_path, "Anna").consent is None
    assert not any(b"nna" in path.read_bytes() for path in tmp_path.rglob("*.json"))


def test_a_deleted_run_takes_its_notes_along(run: RunFolder) -> None:
    keep_notes(run, Notes(text="Private"))
    library = run.path.parent
    delete(run)
    assert not [p for p in library.rglob("*") if p.is_file() and b"Private" in p.read_bytes()]


def _png(width: int, height: int) -> bytes:
    picture = np.full((height, width, 3), 40, np.uint8)
    return cv2.imencode(".png", picture)[1].tobytes()
