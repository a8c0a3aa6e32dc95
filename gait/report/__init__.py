"""The report: what an analysis found, as a file to keep, to print and to hand over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from gait.analysis.results import Analysis
from gait.io import writing
from gait.io.added.notes import kept_notes
from gait.io.added.practice import letterhead
from gait.io.analysis_file import read_analysis
from gait.io.kept_run import reopen
from gait.io.ours import replacing
from gait.io.run_folder import RunFolder
from gait.io.visit import folders
from gait.render.key_frames import key_frames
from gait.report.build import anonymous, build
from gait.report.content import Reader, Report
from gait.report.marked import chosen_pictures
from gait.report.pictures import Added, Letterhead
from gait.report.videos import ShownVideo
from gait.sanitize.files import real, sha256
from gait.sanitize.text import one_line
from gait.types import OutputError, UsageError


def write_report(
    run: RunFolder,
    *,
    reader: Reader = "clinician",
    pdf: bool = False,
    nameless: bool = False,
    blur_face: bool = False,
    video: Path | None = None,
    parts: Sequence[tuple[RunFolder, Path | None]] | None = None,
    out: Path | None = None,
) -> Path:
    """Write the report of a run.

    Parameters
    ----------
    run : RunFolder
        Holds an analysis and its track; several videos whose views were merged are found in it.
    reader : {"runner", "clinician"}
        The runner gets one page in plain words, the clinician all numbers behind it.
    pdf : bool
        A PDF instead of an HTML file; with `out` its ending says so.
    nameless : bool
        Without the names of runner, video and practice, without date, notes and chosen pictures,
        and drawn as lines instead of pictures of the video.
    blur_face : bool
        Whether to hide the face in the pictures; the settings of the run may ask for it too.
    video : Path, optional
        Where the pictures come from: the very file that was analysed. Default is the video that is
        kept with the run, else its overlay. Without either the runner is drawn as lines.
    parts : sequence of (RunFolder, Path or None), optional
        Run folder and video of each of several videos whose views were merged, in the order of
        `Analysis.parts`; default are the folders below that of the run.
    out : Path, optional
        The file, HTML or PDF by its ending; default is in the run folder, see `default_place`.

    Raises
    ------
    UsageError
        If the run holds no analysis or no track, `video` is another one, or the ending of `out` is
        not that of a report.
    OutputError
        If the file exists and is no report of this run: it stays as it is.
    GaitError
        If the video cannot be read or the report not be written.
    """
    target = out or default_place(run, reader=reader, pdf=pdf, nameless=nameless)
    if target.is_dir():
        hint = f"Give a file, such as {target / 'report.html'}."
        raise UsageError(f"{target} is a folder.", hint)
    if os.path.lexists(target) and real(target) not in {real(p) for p in run.reports}:
        raise OutputError(
            f"{target} exists already and is no report of this run.",
            "Choose another name with --out FILE, or move that file away.",
        )
    if out is not None:
        pdf = _is_pdf(out, pdf)
    report = collect(
        run, reader=reader, nameless=nameless, blur_face=blur_face, video=video, parts=parts
    )
    # What is put elsewhere is never replaced again, so no record is needed there.
    replaces = replacing if target in run.results else writing.replacing
    with RunFolder(target.parent).writing(), replaces(target) as (temporary,):
        if pdf:
            from gait.report.pdf import pdf as document

            temporary.write_bytes(document(report))
        else:
            from gait.report.html import html

            temporary.write_text(html(report), encoding="utf-8", newline="\n")
    return target


def collect(
    run: RunFolder,
    *,
    reader: Reader = "clinician",
    nameless: bool = False,
    blur_face: bool = False,
    video: Path | None = None,
    parts: Sequence[tuple[RunFolder, Path | None]] | None = None,
) -> Report:
    """What the report of a run says, with its pictures and charts.

    Parameters
    ----------
    run, reader, nameless, blur_face, video, parts
        As for `write_report`.

    Returns
    -------
    Report
        To be set by `gait.report.html` or `gait.report.pdf`.

    Raises
    ------
    GaitError
        As `write_report`.
    """
    analysis = read_analysis(run.path)
    if video is not None and analysis.parts:
        raise UsageError(
            "This run is of several videos.",
            "Leave out --video: pictures come from their overlays.",
        )
    sources = parts or [(one, video) for one in folders(run, analysis)]
    shown_videos = [
        _shown(one, its_video, nameless, blur_face, number)
        for number, (one, its_video) in enumerate(sources)
    ]
    filmed = None if nameless else min(one.filmed for one, _ in sources)
    if nameless:
        analysis = anonymous(analysis)
        shown_videos = [
            ShownVideo(part, shown.trial, shown.pictures, shown.from_video)
            for shown, part in zip(shown_videos, analysis.videos, strict=True)
        ]
    added = Added() if nameless else _added(run, shown_videos)
    return build(analysis, shown_videos, filmed, reader, added)


def default_place(run: RunFolder, *, reader: Reader, pdf: bool, nameless: bool) -> Path:
    """Where a report goes: ``report.html`` is that of a clinician, other kinds say what they are.

    Parameters
    ----------
    run : RunFolder
        Whose it is.
    reader, pdf, nameless
        As for `write_report`.
    """
    kind = ("-runner" if reader == "runner" else "") + ("-anonymous" if nameless else "")
    return run.path / f"report{kind}.{'pdf' if pdf else 'html'}"


def _is_pdf(out: Path, asked: bool) -> bool:
    """Whether a report is to be a PDF, by the ending of its file; nobody is to open a lie."""
    ending = out.suffix.lower()
    if ending not in (".html", ".pdf"):
        raise UsageError(
            f"The ending of {out} is not that of a report.", "Let it end in .html or in .pdf."
        )
    if asked and ending != ".pdf":
        raise UsageError(
            f"{out} does not end as a PDF does.", f"Name it {out.stem}.pdf, or leave out --pdf."
        )
    return ending == ".pdf"


def _require_video_of(analysis: Analysis, video: Path) -> None:
    """Refuse another video: the skeleton of one runner would be drawn over somebody else.

    Of keypoints it is not known which video they were found in.
    """
    of = analysis.video
    if of is not None and not of.codec.startswith("keypoints") and sha256(video) != of.sha256:
        raise UsageError(
            f"{video} is not the video of this run: {one_line(of.name)} was analysed, and it "
            "differs from that.",
            "Give the file that was analysed, or leave out --video.",
        )


def _added(run: RunFolder, shown_videos: Sequence[ShownVideo]) -> Added:
    """Notes, chosen pictures and letterhead; an anonymous report has none of them."""
    notes = kept_notes(run)
    text = notes.text.splitlines() if notes.text_in_report else []
    name, logo = letterhead(run.path.parent)
    return Added(
        notes=tuple(line for line in map(one_line, text) if line),
        chosen=tuple(chain.from_iterable(shown.chosen for shown in shown_videos)),
        letterhead=Letterhead(name, logo, "logo.png" if logo else ""),
    )


def _shown(
    run: RunFolder, video: Path | None, nameless: bool, blur_face: bool, number: int
) -> ShownVideo:
    analysis, trial = reopen(run)
    if video is not None:
        _require_video_of(analysis, video)
    overlay = run.drawn
    source = None if nameless else video or run.video or overlay
    hidden = blur_face or bool(analysis.settings.blur_face)
    pictures = key_frames(analysis, trial, source, blur_face=hidden)
    chosen = () if nameless else kept_notes(run).pictures
    drawn = source is not None and source == overlay
    return ShownVideo(
        analysis,
        trial,
        pictures,
        from_video=source is not None,
        chosen=tuple(
            chosen_pictures(analysis, trial, source, chosen, number, drawn=drawn, blur_face=hidden)
        ),
    )
