"""Worker processes on this machine, as an executor.

`concurrent.futures.ProcessPoolExecutor` gives everything up when one of its processes dies, cannot
say which task did it, and leaves its processes behind when it is killed itself. Here every process
has a pipe of its own: a death is the failure of one task, and processes end when their pipe does.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from gait.pose.inference import available_cores

WORKER_BYTES: Final = 1_400_000_000
"""Memory to be had for each worker: what one takes at most, and a quarter (docs/scaling.md)."""

_FRUGAL: Final = {
    # A worker has one inference at a time: libraries that start a thread per core get in its way.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    # glibc keeps what is freed in its heap, which falls to pieces with large pictures.
    "MALLOC_MMAP_THRESHOLD_": str(4 << 20),
}
_environment = threading.Lock()
_heard: Callable[[Any], None] | None = None


class WorkerLostError(Exception):
    """The process that did a task is no more."""


class Crew(Executor):
    """Spawned processes, each doing one task after the other.

    Parameters
    ----------
    size : int
        How many.
    heard : callable, optional
        Given what tasks `tell`, from a thread.
    """

    def __init__(self, size: int, heard: Callable[[Any], None] | None = None) -> None:
        self.size = size
        self._heard = heard or (lambda message: None)
        self._tasks: SimpleQueue[tuple[Future[Any], Any, Any, Any] | None] = SimpleQueue()
        self._workers: set[_Worker] = set()
        self._stopped = False
        self._threads = [threading.Thread(target=self._lead, daemon=True) for _ in range(size)]
        for thread in self._threads:
            thread.start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `concurrent.futures.Executor.submit`; the future raises WorkerLostError on a death.

        Parameters
        ----------
        fn : callable
            To be found by its name in another process.
        *args, **kwargs
            What it is called with.

        Returns
        -------
        Future
            Of its result.
        """
        future: Future[Any] = Future()
        self._tasks.put((future, fn, args, kwargs))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `concurrent.futures.Executor.shutdown`."""
        if cancel_futures:
            self._stopped = True
        for _ in self._threads:
            self._tasks.put(None)
        if wait:
            for thread in self._threads:
                thread.join()

    def stop(self) -> None:
        """End all processes now, whatever they are doing."""
        self._stopped = True
        for worker in tuple(self._workers):
            worker.process.kill()

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Wait for the tasks, unless something went wrong."""
        if kind is not None:
            self.stop()
        self.shutdown()

    def _lead(self) -> None:
        """Give tasks to one process, and start another when it dies."""
        worker: _Worker | None = None
        while (task := self._tasks.get()) is not None:
            future, *call = task
            if self._stopped or not future.set_running_or_notify_cancel():
                future.cancel()
                continue
            try:
                if worker is None:
                    self._workers.add(worker := _Worker())
                    if self._stopped:  # while it started
                        worker.process.kill()
                failed, result = worker.do(call, self._heard)
            except (EOFError, OSError) as e:
                future.set_exception(WorkerLostError(str(e)))
                if worker is not None:
                    self._workers.discard(worker)
                    worker.end()
                worker = None
            else:
                (future.set_exception if failed else future.set_result)(result)
        if worker is not None:
            worker.end()


class _Worker:
    """One process and the pipe to it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, end = context.Pipe()
        self.process = context.Process(target=_work, args=(end,), daemon=True)
        with _frugal():
            self.process.start()
        end.close()  # the process has the only one now, so that its death closes the pipe

    def do(self, call: list[Any], heard: Callable[[Any], None]) -> tuple[bool, Any]:
        self._pipe.send(call)
        while True:
            kind, message = self._pipe.recv()
            if kind != "told":
                return kind == "failed", message
            heard(message)

    def end(self) -> None:
        self._pipe.close()
        self.process.join()


def tell(message: Any) -> None:
    """Say something to whoever gave this process its tasks; without one nobody hears it."""
    if _heard is not None:
        _heard(message)


def listen(heard: Callable[[Any], None]) -> None:
    """Set who hears what tasks of this process `tell`."""
    global _heard
    _heard = heard


def fitting() -> int:
    """How many workers this machine has cores and memory for; at least one."""
    return max(1, min(available_cores(), memory_bytes() // WORKER_BYTES))


def memory_bytes() -> int:
    """Memory of this machine, or of the container this runs in."""
    known = []
    with suppress(AttributeError, ValueError, OSError):  # not on Windows
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):  # "max" if there is no limit
        known.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(known, default=available_cores() * WORKER_BYTES)


@contextmanager
def _frugal() -> Iterator[None]:
    """Environment for processes that are started meanwhile."""
    with _environment:
        added = {name: value for name, value in _FRUGAL.items() if name not in os.environ}
        os.environ.update(added)
        try:
            yield
        finally:
            for name in added:
                del os.environ[name]


def _work(pipe: Connection) -> None:
    """What a process does: tasks from the pipe, until the pipe ends."""
    listen(lambda message: pipe.send(("told", message)))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    tasks: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_receive, args=(pipe, tasks), daemon=True).start()
    while True:
        fn, args, kwargs = tasks.get()
        try:
            result = fn(*args, **kwargs)
        except Exception as e:
            pipe.send(("failed", e))
        else:
            pipe.send(("done", result))


def _receive(pipe: Connection, tasks: SimpleQueue[Any]) -> None:
    """Pass tasks on; a pipe that ends means that nobody waits for a result any more."""
    try:
        while True:
            tasks.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(1)
