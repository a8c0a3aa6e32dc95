"""Worker processes on this machine, as an executor: for the page and for a batch alike.

`concurrent.futures.ProcessPoolExecutor` gives everything up when one of its processes dies, cannot
say which task did it, and leaves its processes behind when it is killed itself. Here every process
has pipes of its own: a death is the failure of one task, a task can be killed, and processes end
when their pipe does. (pebble, tried for this, gives everything up when a process dies that has no
task at that moment, and leaves its processes behind as well.)
"""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, Final

from gait.pose.inference import available_cores

WORKER_BYTES: Final = 1_400_000_000
"""Memory to be had for each worker: what one takes at most, and a quarter (docs/scaling.md)."""

_START: Final = """
import sys
sys.path += [p for p in {path} if p not in sys.path]
from gait.jobs.workers import work
work()
"""
"""Not by multiprocessing: that would run the script of the page again in every worker."""
_HEAP: Final = {"MALLOC_MMAP_THRESHOLD_": str(4 << 20)}
"""Has glibc give every picture back to the system. By default it keeps arrays of up to 32 MB in its
heap, which fell to pieces with 4K video: 3.7 GB instead of 1.2 GB after 450 pictures."""
_THREADS: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
"""Libraries that start a thread per core get in the way of the other workers."""

_heard: Callable[[Any], None] | None = None


class WorkerLostError(Exception):
    """The process that did a task is no more."""


class Crew(Executor):
    """Processes, each doing one task after the other.

    Parameters
    ----------
    size : int
        How many.
    heard : callable, optional
        Given what tasks `tell`, from a thread.
    threads : int
        That a process may use.
    lasting : bool
        Whether a process does more than one task: faster, but its memory does not come back.
    """

    def __init__(
        self,
        size: int,
        heard: Callable[[Any], None] | None = None,
        *,
        threads: int = 1,
        lasting: bool = True,
    ) -> None:
        self.size, self.threads = size, threads
        self._hearers = [heard] if heard else []
        self._lasting = lasting
        self._tasks: SimpleQueue[tuple[Future[Any], bytes] | None] = SimpleQueue()
        self._doing: dict[Future[Any], _Worker] = {}
        self._lock = threading.Lock()
        self._stopped = False
        self._leaders = [threading.Thread(target=self._lead, daemon=True) for _ in range(size)]
        for leader in self._leaders:
            leader.start()

    def told(self, heard: Callable[[Any], None]) -> None:
        """Let somebody more hear what tasks `tell`."""
        self._hearers.append(heard)

    def _heard(self, message: Any) -> None:
        for heard in self._hearers:
            heard(message)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """As `concurrent.futures.Executor.submit`; the future raises WorkerLostError on a death.

        Parameters
        ----------
        fn : callable
            To be found by its name in another process.
        *args, **kwargs
            What it is called with.
        """
        future: Future[Any] = Future()
        self._tasks.put((future, pickle.dumps((fn, args, kwargs))))
        return future

    def kill(self, future: Future[Any]) -> None:
        """Cancel a task that waits, end the process of one that runs, leave one that is done."""
        with self._lock:
            if (worker := self._doing.get(future)) is not None:
                worker.process.kill()
                return
        future.cancel()

    def stop(self) -> None:
        """End all processes now, whatever they are doing."""
        with self._lock:
            self._stopped = True
            for worker in self._doing.values():
                worker.process.kill()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `concurrent.futures.Executor.shutdown`."""
        if cancel_futures:
            self._stopped = True
        for _ in self._leaders:
            self._tasks.put(None)
        if wait:
            for leader in self._leaders:
                leader.join()

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Wait for the tasks, unless something went wrong."""
        if kind is not None:
            self.stop()
        self.shutdown()

    def _lead(self) -> None:
        """Give tasks to one process, and start another when it dies."""
        worker: _Worker | None = None
        while (task := self._tasks.get()) is not None:
            future, call = task
            try:
                with self._lock:  # a task is either waiting or to be killed
                    if self._stopped:
                        future.cancel()
                    if not future.set_running_or_notify_cancel():
                        continue
                    worker = self._doing[future] = worker or _Worker(self.threads)
                failed, result = worker.do(call, self._heard)
            except Exception as e:  # its pipe broke, or what came out of it cannot be read
                lost = True
                failed, result = True, WorkerLostError(str(e))
            else:
                lost = not self._lasting
            with self._lock:
                self._doing.pop(future, None)
            if lost and worker is not None:
                worker.end()
                worker = None
            (future.set_exception if failed else future.set_result)(result)
        if worker is not None:
            worker.end()


class _Worker:
    """One process, and pipes to and from it that nobody else has: its death closes them."""

    def __init__(self, threads: int) -> None:
        environment = _HEAP | dict.fromkeys(_THREADS, str(threads)) | os.environ
        self.process = subprocess.Popen(
            [sys.executable, "-c", _START.format(path=sys.path)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def do(self, call: bytes, heard: Callable[[Any], None]) -> tuple[bool, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(call)
        self.process.stdin.flush()
        while True:
            kind, message = pickle.load(self.process.stdout)
            if kind != "told":
                return kind == "failed", message
            heard(message)

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


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
    if sys.platform == "win32":
        kib = ctypes.c_ulonglong()
        if ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kib)):
            known.append(1024 * kib.value)
    with suppress(AttributeError, ValueError, OSError):  # not on Windows
        known.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    with suppress(OSError, ValueError):  # "max" if there is no limit
        known.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(known, default=2 * WORKER_BYTES)


def work() -> None:
    """What a process does: tasks from standard input until it ends, answers to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    answers, writing = os.fdopen(os.dup(1), "wb"), threading.Lock()
    os.dup2(2, 1)  # whatever libraries print is no answer

    def answer(kind: str, message: Any) -> None:
        content = pickle.dumps((kind, message))
        with writing:
            answers.write(content)
            answers.flush()

    listen(lambda message: answer("told", message))
    tasks: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_receive, args=(sys.stdin.buffer, tasks), daemon=True).start()
    while True:
        fn, args, kwargs = tasks.get()
        try:
            result = fn(*args, **kwargs)
        except Exception as e:
            answer("failed", e)
        else:
            answer("done", result)


def _receive(stream: IO[bytes], tasks: SimpleQueue[Any]) -> None:
    """Pass tasks on; a pipe that ends means that nobody waits for a result any more."""
    try:
        while True:
            tasks.put(pickle.load(stream))
    finally:
        os._exit(1)
