"""A lock that the disk refuses ends in a sentence."""

from pathlib import Path

import pytest

from stylestudio_desktop.config.presence import Presence
from stylestudio_desktop.domain.errors import StorageError


def test_a_lock_that_the_disk_refuses_ends_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "locks").write_text("no folder")
    with pytest.raises(StorageError, match="can't be written to"), Presence(tmp_path / "locks"):
        pass
