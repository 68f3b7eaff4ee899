"""Rights that were lost come back to their owner, to nobody else, and not through links."""

import os
from pathlib import Path

import pytest

from stylestudio_desktop.files import rights
from stylestudio_desktop.files.rights import Given


def modes(root: Path) -> dict[str, int]:
    return {str(one.relative_to(root)): one.stat().st_mode & 0o777 for one in root.rglob("*")}


def test_folders_and_books_are_writable_again_and_pictures_only_readable(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.touch(mode=0o400)
    root = tmp_path / "workspace"
    (root / "files" / "ab").mkdir(parents=True)
    (root / "journal").mkdir()
    for name in ("library.sqlite3", "journal/1.log", "files/ab/picture"):
        (root / name).touch(mode=0o600)
    (root / "link").symlink_to(outside)
    for name in ("library.sqlite3", "journal/1.log", "files/ab/picture"):
        (root / name).chmod(0o040)
    for name in ("files/ab", "files", "journal"):
        (root / name).chmod(0o500)
    assert rights.give_back(root) == Given(6, 0)
    found = modes(root)
    assert found.pop("link") == 0o400
    assert found == {
        "files": 0o700, "files/ab": 0o700, "files/ab/picture": 0o440, "journal": 0o700,
        "journal/1.log": 0o640, "library.sqlite3": 0o640,
    }  # fmt: skip
    assert rights.give_back(root) == Given(0, 0)


@pytest.mark.linux
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_what_is_another_accounts_is_counted_and_left(tmp_path: Path) -> None:
    book = tmp_path / "library.sqlite3"
    book.touch(mode=0o400)
    os.chown(book, 65534, 65534)
    assert rights.give_back(tmp_path) == Given(0, 1)
    assert book.stat().st_mode & 0o777 == 0o400
