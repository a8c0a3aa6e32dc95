"""Tables of what the program itself knows: its commands, fields of results, public functions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from typer.testing import CliRunner

from gait.cli.main import app
from gait.knowledge import MetricInfo, knowledge

PUBLIC: Final[Mapping[str, tuple[str, ...]]] = {
    "gait": (
        *("analyze", "analyze_track", "compare", "read"),
        *("Analysis", "Comparison", "GaitError", "PoseTrack", "Settings"),
    ),
    "gait.analysis.results": (
        *("Summary", "Measurement", "Stride", "Event", "View", "Quality"),
        *("SideDifference", "Finding", "Outcome"),
    ),
    "gait.pipeline": ("analyze_together", "check"),
    "gait.io.kept_run": ("reanalyze",),
    "gait.io.run_folder": ("RunFolder", "read_analysis"),
    "gait.export": ("export", "donate"),
    "gait.pose": ("PoseBackend", "register", "get_backend"),
    "gait.knowledge": ("knowledge",),
}
"""What keeps its name and meaning (docs/reference/stability.md), by module."""

_VIEWS: Final = {
    "any": "any",
    "side": "side",
    "frontal": "behind, in front",
    "front": "in front",
}


def commands() -> Iterator[tuple[str, str]]:
    """Every command with what it says of itself."""
    runner = CliRunner(env={"COLUMNS": "100", "TERM": "dumb"})
    for command in app.registered_commands:
        if command.callback is None or command.hidden:
            continue
        name = command.name or command.callback.__name__
        said = runner.invoke(app, [name, "--help"], prog_name="gait").output
        yield name, "\n".join(line.rstrip() for line in said.strip().splitlines())


def _line(text: str | None) -> str:
    return " ".join((text or "").split())


def metrics() -> Iterator[MetricInfo]:
    """Every metric in the order of the tables."""
    yield from knowledge().metrics.values()


def views(metric: MetricInfo) -> str:
    """From where a metric can be seen."""
    return _VIEWS[metric.view]


def models(schema: Mapping[str, Any]) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """Every kind of object of a JSON Schema: its name, what it is, and its fields.

    A field is a name, its type, and "yes" if it is always there.
    """
    every = {"Analysis": schema, **schema["$defs"]}
    for name, model in every.items():
        always = set(model.get("required", ()))
        fields = [
            (field, _type(of), "yes" if field in always else "")
            for field, of in model["properties"].items()
        ]
        yield name, _line(model.get("description", "").partition("\n\n")[0]), fields


def _type(of: Mapping[str, Any]) -> str:
    if "$ref" in of:
        name = of["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "enum" in of:
        return ", ".join(f"`{value}`" for value in of["enum"])
    if "const" in of:
        return f"`{of['const']}`"
    if "anyOf" in of:
        return " or ".join(dict.fromkeys(map(_type, of["anyOf"])))
    if of.get("type") == "array":
        if "prefixItems" in of:
            return f"({', '.join(map(_type, of['prefixItems']))})"
        return f"list of {_type(of['items'])}"
    if of.get("type") == "object" and isinstance(of.get("additionalProperties"), Mapping):
        return f"{_type(of['additionalProperties'])} by name"
    return str(of.get("type", "any"))


def signatures() -> Iterator[str]:
    """How every public function is called; classes by name, for their fields are elsewhere."""
    for module, names in PUBLIC.items():
        for name in names:
            of = getattr(import_module(module), name)
            if inspect.isclass(of):
                yield f"{module}.{name}"
                continue
            parameters = [
                p.replace(annotation=inspect.Parameter.empty)
                for p in inspect.signature(of).parameters.values()
            ]
            said = str(inspect.Signature(parameters)).replace("PosixPath", "Path")
            yield f"{module}.{name}{said}"
