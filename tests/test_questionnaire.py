"""The questionnaire in the terminal, and what `gait analyze` says first."""

from __future__ import annotations

import io
from pathlib import Path

import examples
import pytest
from data_tracks import RUNNING
from rich.console import Console
from synthetic import runner

from gait import analyze_track
from gait.analysis.interpret.asking import Asking
from gait.analysis.interpret.questionnaire import evaluate, read_answers, write_answers
from gait.analysis.results import Analysis
from gait.cli import main as cli
from gait.knowledge import knowledge
from gait.present.questionnaire import render
from gait.present.table import render as render_table
from gait.settings import Settings

SWOLLEN = {"clot": ["swollen_leg"], "load": ["longer_run"]}
BENIGN = {"where": ["kneecap"], "load": ["longer_run"], "clot": ["none"]}


def shown(what: object, width: int = 80) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False).print(what)
    return out.getvalue()


def words(text: str) -> str:
    return " ".join(text.replace("│", " ").split())


@pytest.fixture(scope="module")
def slow_stepper() -> dict[str, Analysis]:
    """The same track with and without warning signs."""
    track, _ = runner(60, 8, **RUNNING["slow"] | {"cadence_spm": 145})
    settings = Settings(speed_mps=2.6)
    return {
        "no answers": analyze_track(track, settings),
        "benign": analyze_track(track, settings, answers={**BENIGN, "where": "inner_shin"}),
        "swollen": analyze_track(track, settings, answers=SWOLLEN),
    }


# ------------------------------------------------------------------------------ what comes first


def test_an_emergency_is_the_first_thing_in_the_output() -> None:
    text = shown(render_table(examples.analysis(outcome=evaluate(SWOLLEN))))
    first = text.splitlines()
    assert "Emergency" in first[0]
    assert "Do not run." in first[1]
    assert "longer than the longest" not in words(text)


def test_advice_is_numbered_with_its_grade() -> None:
    text = words(shown(render(evaluate(BENIGN))))
    assert "1. A run over 10 % longer" in text
    assert "(moderate)" in text
    assert "2. For pain around the kneecap" in text


def test_what_is_said_above_is_not_repeated_below() -> None:
    outcome = evaluate({"recovery": "yes"})
    text = words(shown(render(outcome)))
    assert text.count(outcome.contributors[0].wording) == 1


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("answers", [SWOLLEN, BENIGN, {"where": "one_calf"}, {}])
def test_lines_fit(answers: dict[str, str | list[str]], width: int) -> None:
    assert max(map(len, shown(render(evaluate(answers)), width).splitlines())) <= width


def test_a_warning_sign_withholds_all_findings(slow_stepper: dict[str, Analysis]) -> None:
    assert [f.id for f in slow_stepper["no answers"].findings] != []
    swollen = slow_stepper["swollen"]
    assert swollen.findings == ()
    assert {s.flag for s in swollen.summaries} == {None}
    assert swollen.intake == {"clot": ("swollen_leg",), "load": ("longer_run",)}
    # Nothing about the running comes before that: no number, no view, no grade of the video.
    said = shown(render_table(swollen)).strip()
    assert said == shown(render(swollen.outcome)).strip()  # type: ignore[arg-type]
    for row in ("Cadence", "steps/min", "view", "stands out", "video:"):
        assert row not in said
    assert "Cadence" in shown(render_table(slow_stepper["no answers"]))
    # The video was measured all the same, and is shown once a clinician has looked at the leg.
    assert swollen.measurements == slow_stepper["no answers"].measurements


def test_gait_comes_last_and_only_where_it_fits(slow_stepper: dict[str, Analysis]) -> None:
    outcome = slow_stepper["benign"].outcome
    assert outcome is not None
    kinds = [c.kind for c in outcome.contributors]
    assert kinds[0] == "training"
    assert kinds[-1] == "gait"
    assert outcome.contributors[-1].id == "cadence_low_both"
    assert slow_stepper["no answers"].outcome is None
    assert slow_stepper["no answers"].intake is None


def test_an_analysis_with_answers_survives_json(slow_stepper: dict[str, Analysis]) -> None:
    for analysis in slow_stepper.values():
        assert Analysis.model_validate_json(analysis.model_dump_json()) == analysis


# ----------------------------------------------------------------------------------- the command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def test_the_form_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["intake", "--template"]) == 0
    assert capsys.readouterr().out == write_answers({})
    assert list(folder.iterdir()) == []


def test_answers_are_asked_for_and_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    questions = [q.id for q in knowledge().intake.question]
    n_signs = questions.index("where")
    # Knee and outer knee; then a wrong number, a word and two answers to a question that takes one.
    rest = [""] * (len(questions) - n_signs - 3)
    typed(monkeypatch, *[""] * n_signs, "8, 9", "99", "perhaps", "1 2", "6", *rest)
    assert cli.main(["intake", "--out", "mine.toml"]) == 0
    out = capsys.readouterr().out
    assert read_answers(folder / "mine.toml") == {
        "where": ("kneecap", "outer_knee"),
        "onset": "no_pattern",
    }
    assert out.count("Type a number from 1 to ") == 2
    assert "Type one number only." in out
    assert "For pain around the kneecap" in words(out)
    assert "mine.toml" in out


def test_a_refused_answer_names_no_key_of_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    first = knowledge().intake.question[0]
    (alone,) = (n for n, answer in enumerate(first.answers, 1) if answer.alone)
    typed(monkeypatch, "banana", str(len(first.answers) + 1), "0", f"1 {alone}")
    assert cli.main(["intake"]) == 2
    said = words(capsys.readouterr().out)
    assert said.count(f"Type numbers from 1 to {len(first.answers)}.") == 3
    assert f"“{first.answers[alone - 1].text}” goes with no other answer" in said
    for key in (first.id, *(answer.id for answer in first.answers)):
        assert f"{key}:" not in said
        assert f"'{key}'" not in said


@pytest.mark.parametrize(
    ("options", "lines", "said"),
    [
        (["--out", "mine.toml"], ["5", "3"], "2 answers are kept in mine.toml."),
        (["--out", "mine.toml"], ["", "3"], "1 answer is kept in mine.toml."),
        (["--out", "mine.toml"], [""], "Nothing was kept, as nothing was answered."),
        ([], ["5", "3"], "Nothing was kept. With --out FILE.toml the answers until then are."),
    ],
)
@pytest.mark.parametrize("how", [EOFError, KeyboardInterrupt])
def test_who_stops_amid_the_questions_is_told_what_is_kept(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    how: type[BaseException],
    options: list[str],
    lines: list[str],
    said: str,
) -> None:
    left = iter(lines)

    def answer(*_: object, **__: object) -> str:
        for line in left:
            return line
        raise how

    monkeypatch.setattr("rich.console.Console.input", answer)
    assert cli.main(["intake", *options]) == (2 if how is EOFError else 130)
    (line,) = capsys.readouterr().err.splitlines()
    start = "The answers ended before the questions did." if how is EOFError else "stopped."
    assert line.startswith(f"gait: {start} {said}")
    kept = "are kept" in said or "is kept" in said
    assert {path.name for path in folder.iterdir()} == ({"mine.toml"} if kept else set())
    if kept:
        assert len(read_answers(folder / "mine.toml")) == int(said.split()[0])


def test_an_emergency_ends_the_questions(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "3", "2")
    assert cli.main(["intake"]) == 0
    out = words(capsys.readouterr().out)
    # What to do is said before anything else is asked, and then only if it has been seen to.
    assert out.index("Call the emergency number now.") < out.index("Has a doctor")
    assert "where" not in out.lower().split()[:200]
    assert read_answers(folder / "answers.toml") == {"clot": ("breathless",), "checked": "no"}


def test_warning_signs_are_asked_first() -> None:
    intake = knowledge().intake
    signs = {q.id for q in intake.warning_signs()}
    asked = [q.id for q in intake.question]
    after = asked[asked.index("where") :]
    # The place and the pattern of the pain follow: they can be warning signs, too.
    assert set(asked[: asked.index("where")]) == signs - {"where", "onset", "easing"}
    assert after[:4] == ["where", "onset", "easing", "tightness"]
    assert set(after[4:]) & signs == set()


def test_one_question_follows_another_until_none_is_left() -> None:
    asking, seen = Asking(), []
    while (question := asking.next()) is not None:
        seen.append(question.id)
        asking = asking.answered(question.id, ())
    assert seen == [q.id for q in knowledge().intake.question if q.id != "checked"]
    assert asking.back().next() == knowledge().intake.question[-2]


def test_a_reason_to_stop_lets_only_warning_signs_and_the_check_follow() -> None:
    asking, seen = Asking().answered("heart", ["palpitations"]), []
    while (question := asking.next()) is not None:
        seen.append(question.id)
        asking = asking.answered(question.id, "no" if question.id == "checked" else ())
    signs = [q.id for q in knowledge().intake.warning_signs()]
    assert seen == [*(name for name in signs if name != "heart"), "checked"]


@pytest.mark.parametrize(
    "answers",
    [{"night": "yes"}, {"where": "groin_hip"}, {"where": "forefoot"}, {"onset": "first_steps"}],
)
def test_where_bone_may_be_hurt_food_periods_and_old_fractures_are_asked_for(
    answers: dict[str, str],
) -> None:
    asking, seen = Asking(), []
    for name, answer in answers.items():
        asking = asking.answered(name, answer)
    while (question := asking.next()) is not None:
        seen.append(question.id)
        asking = asking.answered(
            question.id, {"recovery": "yes", "checked": "yes"}.get(question.id, ())
        )
        if question.id == "checked":
            break
    assert seen[-3:] == ["history", "recovery", "checked"]
    # Such an answer is no new warning sign that somebody would have to look at again.
    assert "checked" in asking.answered("recovery", "no").given


def test_a_new_warning_sign_takes_back_that_the_old_one_was_checked() -> None:
    checked = Asking().answered("heart", ["palpitations"]).answered("checked", "yes")
    assert not evaluate(checked.given).gait_advice_withheld
    again = checked.answered("pressure", "yes")
    assert evaluate(again.given).level == "emergency"
    assert "checked" not in again.given
    assert "checked" not in again.put
    assert "checked" in checked.answered("sleep", "yes").given


def test_without_pain_nothing_more_is_asked() -> None:
    asking = Asking().answered("where", ["no_pain"])
    while (question := asking.next()) is not None:
        assert question.id not in ("onset", "easing", "load")
        asking = asking.answered(question.id, ())


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["intake"], "--template"),
        (["intake", "--out", "no/such/folder.toml"], "Cannot write no/such/folder.toml"),
        (["analyze", "run.mp4", "--intake", "missing.toml"], "There is no file"),
    ],
)
def test_mistakes_are_one_line(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    complaint: str,
) -> None:
    typed(monkeypatch, *([""] * len(knowledge().intake.question) if "--out" in argv else []))
    assert cli.main(argv) in (1, 2)
    (line,) = capsys.readouterr().err.splitlines()
    assert complaint in line


def test_what_is_urgent_is_said_before_the_video_is_read(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("answers.toml").write_text(write_answers(SWOLLEN))
    assert cli.main(["analyze", "no_such_video.mp4", "--intake", "answers.toml", "--json"]) == 2
    out, err = capsys.readouterr()
    first, second = err.splitlines()
    assert first.startswith("gait: Do not run. See a doctor today")
    assert "no_such_video.mp4" in second
    assert out == ""
