"""One batch at a time in a folder, and nothing else is ever taken for another batch."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gait.batch.lock import alone_in
from gait.types import OutputError, UsageError

HOLD = """
import sys, time
from pathlib import Path
from gait.batch.lock import alone_in
with alone_in(Path(sys.argv[1])):
    print("in", flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("error", [BlockingIOError, OSError, TimeoutError, UsageError])
def test_what_fails_in_a_batch_is_not_another_batch(tmp_path: Path, error: type[Exception]) -> None:
    raised = error("inside", "the batch")
    with pytest.raises(error) as found, alone_in(tmp_path / "out"):
        raise raised
    assert found.value is raised
    with alone_in(tmp_path / "out"):  # and the folder is free again
        pass


def test_another_process_holds_the_lock_until_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path / "out")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None
            assert other.stdout.readline().strip() == b"in"
            with pytest.raises(UsageError, match="Another"), alone_in(tmp_path / "out"):
                pass
        finally:
            other.kill()
    with alone_in(tmp_path / "out"):
        pass


def test_a_folder_that_cannot_be_made_is_no_other_batch(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="not a folder"), alone_in(tmp_path / "file" / "out"):
        pass
