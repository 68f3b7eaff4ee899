"""Taking in many photos: order kept, bad ones named, durable by groups, stopped cleanly."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageFull
from stylestudio_desktop.files.intake import Refused, Taken, take_in
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.files.store import Condition, FileStore
from stylestudio_desktop.files.thumbnails import ThumbnailCache
from tests.files import hostile


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "w" / "files", tmp_path / "w" / "tmp")


@pytest.fixture
def cache(tmp_path: Path) -> ThumbnailCache:
    made = ThumbnailCache(tmp_path / "w" / "thumbnails.sqlite3")
    yield made
    made.close()


def photos(folder: Path, count: int) -> list[Path]:
    paths = []
    for number in range(count):
        paths.append(folder / f"{number}.jpg")
        paths[-1].write_bytes(hostile.encoded(hostile.drawing(100 + number, 90)))
    return paths


def test_good_ones_go_in_and_bad_ones_are_named(
    tmp_path: Path, store: FileStore, cache: ThumbnailCache
) -> None:
    sources = photos(tmp_path, 11)
    sources[3].write_bytes(b"no picture")
    sources[7].unlink()
    sources.append(sources[0])
    groups = list(take_in(sources, store, cache, group=4))
    assert [len(group) for group in groups] == [4, 4, 4]
    results = [one for group in groups for one in group]
    assert [one.source for one in results] == sources
    refused = {one.source: one.error for one in results if isinstance(one, Refused)}
    assert type(refused.pop(sources[3])) is BadInput
    assert type(refused.pop(sources[7])) is NotFound
    assert refused == {}
    taken = [one for one in results if isinstance(one, Taken)]
    assert len(taken) == 10
    for one in taken:
        assert one.stored.storage_id == hashlib.sha256(one.source.read_bytes()).hexdigest()
        assert store.verify(one.stored.storage_id) is Condition.INTACT
        assert cache.get(one.stored.storage_id, Tier.SMALL)
        assert one.probe.height == 90
        assert one.phash
    assert [one.stored.new for one in taken].count(False) == 1
    assert list(store.tmp.iterdir()) == []


def test_stopping_keeps_what_was_given_and_leaves_no_trace_of_the_rest(
    tmp_path: Path, store: FileStore, cache: ThumbnailCache
) -> None:
    running = take_in(iter(photos(tmp_path, 12)), store, cache, group=3)
    first = next(running)
    running.close()
    assert sorted(store.every()) == sorted(one.stored.storage_id for one in first)
    assert list(store.tmp.iterdir()) == []


def test_sources_are_not_read_far_ahead(
    tmp_path: Path, store: FileStore, cache: ThumbnailCache
) -> None:
    paths = iter(photos(tmp_path, 30))
    running = take_in(paths, store, cache, group=5)
    next(running)
    assert len(list(paths)) == 20
    running.close()


def test_a_full_disk_stops_it_with_the_right_error(
    tmp_path: Path, store: FileStore, cache: ThumbnailCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = take_in(photos(tmp_path, 8), store, cache, group=2)
    first = next(running)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "planted")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StorageFull):
            next(running)
    assert sorted(store.every()) == sorted(one.stored.storage_id for one in first)
    assert list(store.tmp.iterdir()) == []


def test_no_sources_no_groups(store: FileStore, cache: ThumbnailCache) -> None:
    assert list(take_in([], store, cache)) == []
