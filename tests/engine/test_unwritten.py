"""A picture that the disk does not take ends in a sentence whose cure fits what happened."""

import errno
import os
from pathlib import Path

import pytest

from stylestudio_desktop.engine.faults import EngineFault
from stylestudio_desktop.engine.picture import write_whole


def test_a_disk_that_is_gone_is_not_called_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EngineFault, match="connect the workspace's disk, if it is gone, and try"):
        write_whole(tmp_path / "gone" / "a.png", b"x")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EngineFault, match="free some space and try"):
        write_whole(tmp_path / "a.png", b"x")
    assert list(tmp_path.iterdir()) == []
