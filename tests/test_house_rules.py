"""Rules of the house that no linter checks."""

from __future__ import annotations

import ast
import hashlib
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from itertools import pairwise
from pathlib import Path
from token import COMMENT, STRING, tok_name
from tokenize import generate_tokens
from typing import is_typeddict

import pytest
from numpydoc.validate import validate
from pydantic import BaseModel

import gait
from gait.analysis import stance
from gait.analysis.kinematics.frontal import PEAK_WINDOW
from gait.analysis.kinematics.sagittal import STANCE_PEAK_SHARE
from gait.cli.doctor import cv2_providers
from gait.types import Z95
from gait.validation import true_values

MODULES = sorted(m.name for m in pkgutil.walk_packages(gait.__path__, "gait."))

# Fewer arguments than this may be told by one sentence and the annotations.
MANY_ARGUMENTS = 3


def public_names(module_name: str) -> Iterator[tuple[str, object]]:
    """Public functions, classes and methods that a module defines itself."""
    module = importlib.import_module(module_name)
    for name, value in vars(module).items():
        if name.startswith("_") or getattr(value, "__module__", None) != module_name:
            continue
        if inspect.isclass(value):
            yield f"{module_name}.{name}", value
            for method, function in vars(value).items():
                if inspect.isfunction(function) and not method.startswith("_"):
                    yield f"{module_name}.{name}.{method}", function
        elif inspect.isfunction(value):
            yield f"{module_name}.{name}", value


def complaints(name: str, value: object) -> list[str]:
    """What numpydoc finds wrong, of the checks that matter to a reader.

    GL08 no docstring; SS01 no summary; PR01 an argument left out; PR02 one that does not exist.
    """
    doc = vars(value).get("__doc__") if inspect.isclass(value) else value.__doc__
    if not doc or doc.startswith(f"{name.rpartition('.')[2]}("):  # what dataclass makes up
        return [f"{name}: no docstring"]
    wanted = {"GL08", "SS01", "PR02"}
    # The help of a command and the fields of a result describe themselves one by one.
    own = ("cli", "batch_cli", "compare_cli", "export_cli", "validate_cli")
    commands = tuple(f"gait.{module}." for module in own)
    is_command = name.startswith(commands)
    is_result = inspect.isclass(value) and (issubclass(value, BaseModel) or is_typeddict(value))
    told_below: list[str] = []
    if not is_command and not is_result:
        many = n_arguments(value) >= MANY_ARGUMENTS
        if inspect.isclass(value) and is_dataclass(value) and "Parameters\n" not in doc:
            told_below = untold_fields(value) if many else []
        else:
            wanted |= {"PR01"} if many or "Parameters\n" in doc else set()
    found = [f"{code} {text}" for code, text in validate(name)["errors"] if code in wanted]
    return [f"{name}: {text}" for text in (*found, *told_below)]


def untold_fields(dataclass: type) -> list[str]:
    """Fields of a dataclass without a sentence below; one may be of several if it names them."""
    body = ast.parse(textwrap.dedent(inspect.getsource(dataclass))).body[0].body  # type: ignore[attr-defined]
    fields = [n.target.id for n in body if isinstance(n, ast.AnnAssign)]  # type: ignore[union-attr]
    told: set[str] = set()
    for field, below in pairwise(body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                value=ast.Constant(value=str(t))
            ):
                told |= {name, *re.findall(r"`(\w+)`", t.partition(":")[0])}
    return [f"no sentence on {name}" for name in fields if name not in told]


def n_arguments(value: object) -> int:
    if inspect.isclass(value) and issubclass(value, BaseException):
        return 0
    return len(set(inspect.signature(value).parameters) - {"self", "cls"})  # type: ignore[arg-type]


@pytest.mark.parametrize("module_name", ["gait", *MODULES])
def test_public_names_are_documented(module_name: str) -> None:
    found = [c for name, value in public_names(module_name) for c in complaints(name, value)]
    assert found == []


def test_the_rule_sees_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    import gait.skeleton as module

    def undocumented(a: int, b: int) -> None: ...

    def unexplained(a: int, b: int, c: int) -> None:
        """Do something."""

    for function in (undocumented, unexplained):
        function.__module__ = module.__name__
        monkeypatch.setattr(module, function.__name__, function, raising=False)
    found = [c for name, value in public_names(module.__name__) for c in complaints(name, value)]
    assert [c.split(":")[0] for c in found] == [
        "gait.skeleton.undocumented",
        "gait.skeleton.unexplained",
    ]


def test_the_rule_sees_a_field_that_nothing_is_said_of() -> None:
    @dataclass
    class Seen:
        """What is seen."""

        width: int
        height: int
        """`width` and `height`: px."""
        name: str
        """Of its file."""
        score: float

    assert untold_fields(Seen) == ["no sentence on score"]


# -------------------------------------------------------------------------------------- words

ROOT = Path(__file__).parents[1]
READ = {COMMENT, STRING}
TEXTS = {".py", ".md", ".toml", ".j2", ".typ", ".js", ".svg"}
GLOSSARY = ROOT / "docs" / "conventions.md"
# In files of users: a change is judged real or not in comparison.json.
KEPT = {
    ("gait/comparison/models.py", "Verdict"),
    ("gait/comparison/models.py", "verdict"),
    ("tests/test_comparison.py", "verdict"),
}


def retired_words() -> frozenset[str]:
    """The last column of the glossary."""
    table = GLOSSARY.read_text(encoding="utf-8").split("## Words")[1].split("\n## ")[0]
    rows = [line.strip("| ").split("|") for line in table.splitlines() if line.startswith("| ")]
    return frozenset(word for row in rows[1:] for word in re.findall(r"`(\w+)`", row[-1]))


def retired_phrases() -> frozenset[str]:
    """The same of two words and more, for texts: one word may have its ordinary sense there."""
    table = GLOSSARY.read_text(encoding="utf-8").split("## Words")[1].split("\n## ")[0]
    return frozenset(re.findall(r"`(\w+ \w[\w ]*)`", table))


def texts_in(path: Path) -> str:
    """All of a file that is read: of code its comments and strings."""
    if path.suffix != ".py":
        return path.read_text(encoding="utf-8")
    with path.open(encoding="utf-8") as code:
        return "\n".join(
            token.string.lstrip("#")
            for token in generate_tokens(code.readline)
            if token.type in READ or tok_name[token.type] == "FSTRING_MIDDLE"
        )


def phrases_in(text: str) -> set[str]:
    """Retired phrases of a text, across its lines; "in step length" and the like are none."""
    found = set()
    for phrase in retired_phrases():
        words = r"\s+".join(phrase.split())
        if re.search(rf"\b{words}\b(?!\s+(rate|length|width|time|frequency)\b)", text, re.I):
            found.add(phrase)
    return found


def names_in(tree: ast.AST) -> Iterator[str]:
    """What a module defines, assigns, takes as an argument or imports under another name."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.arg():
                yield node.arg
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.alias(asname=str(name)):
                yield name


def words_of(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_"))


def test_retired_words_do_not_come_back_in_names() -> None:
    retired, found = retired_words(), []
    for path in (
        p
        for folder in ("gait", "benchmarks", "docs", "tests")
        for p in ROOT.glob(f"{folder}/**/*.py")
    ):
        place = path.relative_to(ROOT).as_posix()
        names = {path.stem, *names_in(ast.parse(path.read_text(encoding="utf-8")))}
        found += [
            f"{place}: {name}"
            for name in sorted(names)
            if words_of(name) & retired and (place, name) not in KEPT
        ]
    assert found == []


def test_retired_words_are_seen_wherever_a_name_can_be() -> None:
    assert {"film", "clip", "verdict", "doubt"} <= retired_words()
    code = """
def read_film(clip_s): ...
class FilmVerdict: ...
for doubt in []: ...
self.shots = 1
import video as piece
np.clip(1, 2, 3)
"""
    seen = {name for name in names_in(ast.parse(code)) if words_of(name) & retired_words()}
    assert seen == {"read_film", "clip_s", "FilmVerdict", "doubt", "shots", "piece"}


def test_retired_phrases_do_not_come_back_in_texts() -> None:
    texts = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    for folder in ("gait", "benchmarks", "docs", "tests"):
        texts += [p for p in (ROOT / folder).rglob("*") if p.suffix in TEXTS]
    others = [p for p in texts if p not in (GLOSSARY, Path(__file__))]
    found = {
        p.relative_to(ROOT).as_posix(): names for p in others if (names := phrases_in(texts_in(p)))
    }
    assert found == {}


def test_retired_phrases_are_seen_wherever_they_are_read(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text(
        '"""Both videos\nin step."""\nname = f"puts together {len("a")}"  # the film\n'
        'ok = any("a" in step for step in "an increase in step rate")\n'
    )
    assert phrases_in(texts_in(code)) == {"in step", "puts together", "the film"}


# ------------------------------------------------------------------------------------ numbers


def test_half_of_a_95_percent_interval_is_named_once() -> None:
    places = [
        path.relative_to(ROOT).as_posix()
        for folder in ("gait", "benchmarks")
        for path in ROOT.glob(f"{folder}/**/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value == Z95
    ]
    assert places == ["gait/types/words.py"]


def imported_by(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.ImportFrom(module=str(name)):
                found.add(name)
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
    return found


@pytest.mark.parametrize("name", ["true_values", "rendered", "truth", "matching"])
def test_truth_takes_nothing_from_the_code_that_it_judges(name: str) -> None:
    modules = imported_by(ROOT / "gait" / "validation" / f"{name}.py")
    inside = {module for module in modules if module.startswith("gait.analysis")}
    assert inside <= {"gait.analysis.results"}


def test_truth_and_program_mean_the_same_by_a_metric() -> None:
    assert true_values.KNEE_PEAK_SHARE == STANCE_PEAK_SHARE
    assert true_values.PELVIS_PEAK == PEAK_WINDOW
    assert true_values.MID_STANCE == stance.MIDDLE


def test_the_foot_lies_on_the_ground_at_the_same_moments_for_every_stage() -> None:
    """Shares of a contact are named in one module: nobody else holds such a window."""
    windows = [
        f"{path.relative_to(ROOT).as_posix()}: {name.id}"
        for path in ROOT.glob("gait/analysis/**/*.py")
        if path.name != "stance.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for name in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(name, ast.Name) and words_of(name.id) & {"flat", "contact", "stance", "mid"}
        if isinstance(node.value, ast.Tuple)
        and all(
            isinstance(end, ast.Constant) and isinstance(end.value, float) and 0 < end.value < 1
            for end in node.value.elts
        )
    ]
    assert windows == []
    assert stance.SOLE_DOWN[0] < stance.CARRIED[0] < stance.STILL <= stance.SOLE_DOWN[1]
    assert stance.STILL < stance.MIDDLE < stance.CARRIED[1]


def test_one_distribution_brings_cv2() -> None:
    assert cv2_providers() == ("opencv-contrib-python",)


def test_sample_videos_are_the_ones_described(sample_videos: Path) -> None:
    readme = (sample_videos / "README.md").read_text()
    stated = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", readme, re.MULTILINE))
    found = [p for p in sample_videos.iterdir() if p.suffix in {".mp4", ".json"}]
    assert {hashlib.sha256(p.read_bytes()).hexdigest(): p.name for p in found} == stated


def test_a_file_is_the_same_on_every_system() -> None:
    # Windows would end its lines otherwise, and take another encoding.
    folder = Path(gait.__file__).parent
    calls = [
        (path.name, node.lineno, {word.arg for word in node.keywords})
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "write_text"
    ]
    assert calls
    assert not [call for call in calls if not call[2] >= {"encoding", "newline"}]
