"""The questionnaire in the terminal: asking, and showing what the answers lead to."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gait.analysis.interpret.asking import Asking
from gait.analysis.interpret.questionnaire import (
    Answers,
    Given,
    evaluate,
    read_answers,
    write_answers,
)
from gait.io.writing import replacing
from gait.knowledge.questionnaire import Question
from gait.sanitize.files import read_text
from gait.types import Contributor, Outcome, OutputError, UsageError


class StoppedError(UsageError):
    """Whoever answered left amid the questions; `given` are the answers until then."""

    def __init__(self, given: Given) -> None:
        super().__init__("The answers ended before the questions did.", "Answer them again.")
        self.given = given


def render(outcome: Outcome) -> RenderableType:
    """An outcome for a `rich` console: what to do, why, and what else goes with the pain."""
    why = outcome.why or ""
    if outcome.action is None:
        parts: list[RenderableType] = [Text("Your answers", "bold"), Padding(why, (0, 0, 0, 2))]
    else:
        colour = "red" if outcome.gait_advice_withheld else "yellow"
        box = Group(Text(outcome.action, "bold"), Text(), Text(why))
        title = Text(outcome.level.capitalize(), "bold")
        parts = [Panel(box, title=title, title_align="left", border_style=colour)]
    also = [c for c in outcome.contributors if c.wording not in why]
    if also:
        heading = (
            "Needs a look, too"
            if outcome.gait_advice_withheld
            else "What goes with it (and how sure)"
        )
        parts += [Text(), Text(heading, "bold"), _numbered(also)]
    return Group(*parts)


def ask(console: Console) -> Given:
    """Put the questions one at a time, warning signs first; what is urgent is said at once.

    Answers are read from standard input, and are such as `evaluate` takes.

    Raises
    ------
    UsageError
        If there is nobody to answer.
    StoppedError
        If there is nobody any more; its cause is EOFError, or KeyboardInterrupt of Ctrl-C.
    """
    asking, warned = Asking(), ""
    while (question := asking.next()) is not None:
        console.print(f"\n{len(asking.put) + 1}.  {question.text}", style="bold")
        for choice, answer in enumerate(question.answers, 1):
            console.print(f"  {choice:2}  {answer.text}")
        asking = _one(question, asking, console)
        found = evaluate(asking.given)
        if found.gait_advice_withheld and found.action != warned:
            warned = found.action or ""
            console.print()
            console.print(render(found))
    return asking.given


def require_free(path: Path) -> None:
    """Refuse a file that exists and is not as `save` wrote it; OutputError."""
    if not os.path.lexists(path):
        return
    try:
        text = read_text(path)
        unchanged = text == write_answers({}) or text == write_answers(read_answers(path))
    except UsageError:
        raise OutputError(
            f"{path} exists already and holds no answers.", "Choose another --out."
        ) from None
    if not unchanged:  # a form that somebody filled in by hand, perhaps with remarks
        raise OutputError(
            f"{path} was changed since gaitlens wrote it.",
            "Choose another --out, or move that file away.",
        )


def save(answers: Answers, path: Path) -> None:
    """Write answers to a file; OutputError if that fails."""
    try:
        with replacing(path) as (part,):
            part.write_text(write_answers(answers), encoding="utf-8", newline="\n")
    except OutputError as e:
        reason = getattr(e.__cause__, "strerror", None) or e.__cause__
        raise OutputError(f"Cannot write {path}: {reason}.", "Choose another --out.") from e


def _one(question: Question, asking: Asking, console: Console) -> Asking:
    """The questions with one more answered; asks again until it is an answer.

    What is refused is said of numbers and in the words of the answers: names of the file mean
    nothing to whoever reads a list.
    """
    wanted = "Numbers" if question.several else "Number"
    by_number = {str(n): answer for n, answer in enumerate(question.answers, 1)}
    while True:
        try:
            typed = console.input(f"{wanted}, or Enter to skip: ").replace(",", " ").split()
        except (EOFError, KeyboardInterrupt) as e:
            console.print()
            if isinstance(e, EOFError) and not asking.put:
                hint = "Fill in the form that `gait intake --template` prints."
                raise UsageError("Nobody is here to answer.", hint) from e
            raise StoppedError(asking.given) from e
        chosen = [by_number[n] for n in typed if n in by_number]
        alone = [answer.text for answer in chosen if answer.alone and len(set(typed)) > 1]
        if len(chosen) < len(typed):
            several = "numbers" if question.several else "a number"
            refusal = f"Type {several} from 1 to {len(by_number)}."
        elif len(chosen) > 1 and not question.several:
            refusal = "Type one number only."
        elif alone:
            refusal = f"“{alone[0]}” goes with no other answer: type its number alone."
        else:
            return asking.answered(question.id, [answer.id for answer in chosen])
        console.print(refusal, style="yellow", markup=False)


def _numbered(contributors: Sequence[Contributor]) -> Table:
    """One row each: the order says what counts most."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", width=4)
    table.add_column()
    for number, contributor in enumerate(contributors, 1):
        grade = Text(f" ({contributor.grade})", "dim")
        table.add_row(f"{number}.", Text.assemble(contributor.wording, grade))
    return table
