"""Taking in many photos: order kept, bad ones named, durable by groups, stopped cleanly."""

import errno
import hashlib
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageError, StorageFull
from stylestudio_desktop.files import batch, incoming, intake
from stylestudio_desktop.files.incoming import Incoming
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


def test_a_disk_that_fills_refuses_what_has_no_room_and_keeps_the_rest_of_the_group(
    tmp_path: Path, store: FileStore, cache: ThumbnailCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = photos(tmp_path, 8)
    running = take_in(sources, store, cache, group=4)
    flush, calls = Incoming.flush, []

    def fills(incoming: Incoming) -> None:
        calls.append(incoming)
        if len(calls) == 6:
            raise OSError(errno.ENOSPC, "planted")
        flush(incoming)

    monkeypatch.setattr(Incoming, "flush", fills)
    first, second = list(running)
    assert all(isinstance(one, Taken) for one in first)
    assert [type(one) for one in second] == [Taken, Refused, Taken, Taken]
    assert isinstance(second[1].error, StorageFull)
    stored = [one.stored.storage_id for one in [*first, *second] if isinstance(one, Taken)]
    assert sorted(store.every()) == sorted(stored)
    assert list(store.tmp.iterdir()) == []


def test_a_photo_that_the_disk_has_no_room_to_copy_is_refused_alone(
    tmp_path: Path, store: FileStore, cache: ThumbnailCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def receive(source: Path, folder: Path, limit: int) -> Incoming:
        if source.name == "1.jpg":
            raise StorageFull("The disk became full.")
        return incoming.receive(source, folder, limit)

    monkeypatch.setattr(intake, "receive", receive)
    (found,) = take_in(photos(tmp_path, 3), store, cache)
    assert [type(one) for one in found] == [Taken, Refused, Taken]


def test_a_group_that_cannot_be_made_to_last_is_no_success(
    tmp_path: Path, store: FileStore, cache: ThumbnailCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: Path) -> None:
        raise OSError(errno.EIO, "planted")

    monkeypatch.setattr(batch, "flush_folder", broken)
    with pytest.raises(StorageError):
        list(take_in(photos(tmp_path, 2), store, cache))
    assert list(store.tmp.iterdir()) == []


def test_no_sources_no_groups(store: FileStore, cache: ThumbnailCache) -> None:
    assert list(take_in([], store, cache)) == []
