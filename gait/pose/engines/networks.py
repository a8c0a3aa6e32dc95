"""Neural networks as functions: the one place that knows the runtimes.

The networks come as TFLite files, which both OpenVINO and LiteRT read as they are. OpenVINO is
asked first: it is the faster one, twice so on processors that compute in bfloat16, and can leave
out what nobody asks for. Everything else in the project sees a `Network`.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from gait.types import ModelError

Float32 = NDArray[np.float32]
Precision = Literal["f32", "bf16"]


class Network(Protocol):
    """A network with one picture as input, for one thread at a time."""

    def __call__(self, picture: Float32) -> Sequence[Float32]:
        """All outputs that were asked for.

        Parameters
        ----------
        picture : float32 array
            (S, S, 3) RGB in the range that the network was trained on.

        Returns
        -------
        sequence of float32 array
            In the order asked for, without the axis of the batch.
        """
        ...


class Runtime(Protocol):
    """What runs networks."""

    @property
    def name(self) -> str:
        """Package, version and precision: other ones give other numbers in the last digits."""
        ...

    def load(self, tflite: bytes, outputs: Sequence[int], workers: int) -> Callable[[], Network]:
        """Makes a network per call, of which each is for one thread.

        Parameters
        ----------
        tflite : bytes
            The file.
        outputs : sequence of int
            Which of its outputs are wanted, in this order.
        workers : int
            How many of these networks run at a time.
        """
        ...


class OpenVINO:
    """Intel's runtime; also on other processors."""

    def __init__(self, precision: Precision = "f32") -> None:
        self._core = _openvino_core()
        self._precision = precision
        self._models: dict[bytes, Any] = {}

    @property
    def name(self) -> str:
        """As `Runtime`."""
        return f"openvino {version('openvino')} {self._precision}"

    @property
    def precisions(self) -> tuple[Precision, ...]:
        """What this processor computes in without emulating it."""
        able = self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        return ("f32", "bf16") if "BF16" in able else ("f32",)

    def load(self, tflite: bytes, outputs: Sequence[int], workers: int) -> Callable[[], Network]:
        """As `Runtime`.

        Parameters
        ----------
        tflite, outputs, workers
            See `Runtime`.
        """
        model = self._read(tflite).clone()
        names = [model.outputs[i].get_any_name() for i in outputs]
        for result in list(model.results):
            if result.input_value(0).get_any_name() not in names:
                model.remove_result(result)
        # One core for each; with fewer streams than threads they would wait for each other.
        options = {
            "INFERENCE_NUM_THREADS": workers,
            "NUM_STREAMS": workers,
            "ENABLE_CPU_PINNING": False,
            "INFERENCE_PRECISION_HINT": self._precision,
        }
        compiled = self._core.compile_model(model, "CPU", options)

        def network() -> Network:
            request = compiled.create_infer_request()

            def run(picture: Float32) -> Sequence[Float32]:
                request.infer([picture[None]])
                return [request.get_tensor(name).data[0] for name in names]

            return run

        return network

    def _read(self, tflite: bytes) -> Any:
        if tflite not in self._models:
            with tempfile.TemporaryDirectory() as folder:  # it reads TFLite from files alone
                file = Path(folder) / "network.tflite"
                file.write_bytes(tflite)
                self._models[tflite] = self._core.read_model(file)
        return self._models[tflite]


@cache
def _openvino_core() -> Any:
    import openvino

    core = openvino.Core()
    core.set_property({"ENABLE_MMAP": False})  # the file is gone when the network runs
    return core


class LiteRT:
    """Google's own runtime of these files."""

    @property
    def name(self) -> str:
        """As `Runtime`."""
        return f"litert {version('ai-edge-litert')} f32"

    def load(self, tflite: bytes, outputs: Sequence[int], workers: int) -> Callable[[], Network]:
        """As `Runtime`.

        Parameters
        ----------
        tflite, outputs, workers
            See `Runtime`.
        """
        from ai_edge_litert.interpreter import Interpreter

        def network() -> Network:
            interpreter = Interpreter(model_content=tflite, num_threads=1)
            interpreter.allocate_tensors()
            source = interpreter.get_input_details()[0]["index"]
            found = interpreter.get_output_details()
            wanted = [found[i]["index"] for i in outputs]

            def run(picture: Float32) -> Sequence[Float32]:
                interpreter.set_tensor(source, picture[None])
                interpreter.invoke()
                return [interpreter.get_tensor(i)[0] for i in wanted]

            return run

        return network


def best_runtime() -> Runtime:
    """The fastest runtime that is installed here; ModelError if there is none."""
    return _choice()[0]


def can_run() -> bool:
    """Whether anything is installed that runs networks."""
    return find_spec("openvino") is not None or find_spec("ai_edge_litert") is not None


def why_this_runtime() -> str:
    """Which runtime `best_runtime` takes on this machine, and for what reason; ModelError alike."""
    runtime, reason = _choice()
    return f"{runtime.name}, because {reason}"


def _choice() -> tuple[Runtime, str]:
    if find_spec("openvino"):
        plain = OpenVINO()
        if "bf16" in plain.precisions:
            return OpenVINO("bf16"), "this processor computes in bfloat16 twice as fast"
        return plain, "this processor does not compute in bfloat16"
    if find_spec("ai_edge_litert"):
        return LiteRT(), "openvino is not installed"
    raise ModelError(
        "Nothing is installed that looks at a video as closely as that.",
        "Run: python -m pip install openvino, or choose --pose standard.",
    )
