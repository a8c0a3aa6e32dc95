"""A cluster of machines as an executor: Dask, for those who installed the extra."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from gait.jobs.job import Job, Labour, Outcome, perform
from gait.jobs.workers import listen
from gait.resources import own_version
from gait.types import UsageError

_TOPIC: Final = "gait"
_TELL_EVERY_S: Final = 2.0
"""One scheduler hears all workers."""
_PATIENCE_S: Final = 10
"""For the scheduler to answer; one that is there does in a moment."""


@contextmanager
def cluster(address: str, heard: Callable[[Any], None]) -> Iterator[Labour]:
    """The workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        Such as ``tcp://10.0.0.5:8786``.
    heard : callable
        Given what jobs `gait.jobs.workers.tell`.

    Yields
    ------
    Labour
        Does not count on a common disk. When a worker is lost the scheduler gives its jobs to
        others; a job that takes several workers with it fails.

    Raises
    ------
    UsageError
        If Dask is not installed, nobody answers, or a worker has another version of gaitlens.
    """
    try:
        from distributed import Client, KilledWorker
    except ImportError as e:
        raise UsageError(
            "--scheduler needs Dask, which is not installed.", "pip install 'gaitlens[dask]'"
        ) from e
    # Videos and tracks travel in messages, each of them once: that is what they are for.
    warnings.filterwarnings("ignore", "Sending large graph", UserWarning)
    try:
        client: Any = Client(address, timeout=_PATIENCE_S, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as e:
        raise UsageError(
            f"No Dask scheduler answers at {address}.",
            "Start one with `dask scheduler` and give its address.",
        ) from e
    with client:
        _require_same_version(client)
        client.subscribe_topic(_TOPIC, lambda event: heard(event[1]))
        yield Labour(
            executor=client.get_executor(pure=False),
            perform=_perform,
            slots=lambda: sum(client.nthreads().values()),
            shares_disk=False,
            deaths=(KilledWorker,),
        )


def _require_same_version(client: Any) -> None:
    versions = client.run(own_version, on_error="return")
    other = {worker: v for worker, v in versions.items() if v != own_version()}
    if other:
        worker, found = next(iter(other.items()))
        shown = found if isinstance(found, str) else "none"
        raise UsageError(
            f"The worker {worker} has gaitlens {shown}, not {own_version()}.",
            "Install the same version on every machine of the cluster and restart its workers.",
        )


def _perform(job: Job) -> Outcome:
    """`perform` on a worker of the cluster; what it tells goes by way of the scheduler."""
    from distributed import get_worker

    worker, told = get_worker(), 0.0

    def pass_on(message: Any) -> None:
        nonlocal told
        if time.monotonic() - told > _TELL_EVERY_S:
            told = time.monotonic()
            worker.log_event(_TOPIC, message)

    listen(pass_on)
    return perform(job)
