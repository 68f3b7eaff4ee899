"""The store's promises: right name, whole bytes, nothing overwritten, nothing else deleted."""

import errno
import hashlib
import io
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stylestudio_desktop.domain.errors import (
    BadInput,
    Code,
    NotFound,
    StorageBusy,
    StorageError,
    StorageFull,
)
from stylestudio_desktop.files import disk, incoming
from stylestudio_desktop.files.disk import storage_error
from stylestudio_desktop.files.store import Condition, FileStore

LIMIT = 1 << 20


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "w" / "files", tmp_path / "w" / "tmp")


def leftovers(store: FileStore) -> list[str]:
    return [entry.name for entry in store.tmp.iterdir()]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.binary(max_size=600_000 // 100) | st.just(b"x" * 600_000))
def test_what_goes_in_comes_out(store: FileStore, data: bytes) -> None:
    stored = store.ingest(io.BytesIO(data), LIMIT)
    assert stored.storage_id == hashlib.sha256(data).hexdigest()
    assert stored.size == len(data) == store.size(stored.storage_id)
    with store.open(stored.storage_id) as opened:
        assert opened.read() == data
    assert store.verify(stored.storage_id) is Condition.INTACT
    assert store.quick(stored.storage_id, len(data)) is Condition.INTACT
    assert not store.ingest(io.BytesIO(data), LIMIT).new
    assert leftovers(store) == []


def test_place_and_rights(store: FileStore, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"abc")
    stored = store.ingest(tmp_path / "a.jpg", LIMIT)
    path = store.path(stored.storage_id)
    first, second = stored.storage_id[:2], stored.storage_id[2:4]
    assert path == store.root / first / second / stored.storage_id
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    for folder in (store.root, store.tmp, path.parent, path.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert list(store.every()) == [stored.storage_id]


def test_every_lists_all_in_order_and_nothing_else(store: FileStore) -> None:
    ids = sorted(store.ingest(io.BytesIO(bytes([n])), LIMIT).storage_id for n in range(60))
    (store.root / "ab").mkdir(exist_ok=True)
    (store.root / "ab" / "notes.txt").write_text("mine")
    (store.root / ids[0][:2] / ids[0][2:4] / ("f" * 64)).write_text("wrong folder")
    assert list(store.every()) == ids


@pytest.mark.parametrize(
    "odd", ["", "abc", "A" * 64, "g" * 64, "../" * 21 + "a", "a" * 65, "a" * 63 + "\n"]
)
def test_only_digests_are_ids(store: FileStore, odd: str) -> None:
    for work in (store.path, store.open, store.verify, store.remove, store.exists):
        with pytest.raises(BadInput):
            work(odd)


def test_missing_and_damaged_are_told_apart(store: FileStore) -> None:
    stored = store.ingest(io.BytesIO(b"picture"), LIMIT)
    path = store.path(stored.storage_id)
    path.chmod(0o600)
    path.write_bytes(b"pictUre")
    assert store.verify(stored.storage_id) is Condition.DAMAGED
    assert store.quick(stored.storage_id, 7) is Condition.INTACT
    path.write_bytes(b"pic")
    assert store.quick(stored.storage_id, 7) is Condition.DAMAGED
    path.unlink()
    assert store.verify(stored.storage_id) is Condition.MISSING
    assert store.quick(stored.storage_id) is Condition.MISSING
    with pytest.raises(StorageError) as caught:
        store.open(stored.storage_id)
    assert caught.value.code is Code.FILE_MISSING


def test_importing_again_heals_damage(store: FileStore) -> None:
    stored = store.ingest(io.BytesIO(b"picture"), LIMIT)
    path = store.path(stored.storage_id)
    path.chmod(0o600)
    path.write_bytes(b"pictUre")
    assert store.ingest(io.BytesIO(b"picture"), LIMIT).new
    assert store.verify(stored.storage_id) is Condition.INTACT


def test_an_intact_object_is_never_written_again(store: FileStore) -> None:
    stored = store.ingest(io.BytesIO(b"picture"), LIMIT)
    inode = store.path(stored.storage_id).stat().st_ino
    store.ingest(io.BytesIO(b"picture"), LIMIT)
    assert store.path(stored.storage_id).stat().st_ino == inode


def test_too_large_is_refused_and_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"x" * 11)
    for source in (tmp_path / "big", io.BytesIO(b"x" * 11)):
        with pytest.raises(BadInput, match="larger than"):
            store.ingest(source, 10)
    assert store.ingest(tmp_path / "big", 11).size == 11
    assert leftovers(store) == []


def test_a_check_that_refuses_leaves_nothing(store: FileStore) -> None:
    seen = []

    def check(path: Path) -> None:
        seen.append(path.read_bytes())
        raise BadInput("no")

    with pytest.raises(BadInput, match="no"):
        store.ingest(io.BytesIO(b"abc"), LIMIT, check)
    assert seen == [b"abc"]
    assert list(store.every()) == []
    assert leftovers(store) == []


def test_a_source_that_grows_meanwhile_is_reported(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "growing.jpg"
    source.write_bytes(b"x" * 1000)
    plain = incoming._write

    def slow(descriptor: int, block: memoryview) -> None:
        plain(descriptor, block)
        if source.stat().st_size < 2000:
            with source.open("ab") as more:
                more.write(b"y" * 1000)

    monkeypatch.setattr(incoming, "_write", slow)
    with pytest.raises(BadInput, match="changed while"):
        store.ingest(source, LIMIT)
    assert list(store.every()) == []
    assert leftovers(store) == []


def test_sources_that_are_no_files(store: FileStore, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for odd in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(BadInput):
            store.ingest(odd, LIMIT)
    with pytest.raises(NotFound):
        store.ingest(tmp_path / "absent", LIMIT)


def test_a_batch_is_all_or_nothing(store: FileStore) -> None:
    with store.batch() as batch:
        batch.add(io.BytesIO(b"one"), LIMIT)
        bad = batch.add(io.BytesIO(b"two"), LIMIT)
        batch.add(io.BytesIO(b"one"), LIMIT)
        batch.reject(bad)
        assert list(store.every()) == []
    assert [stored.new for stored in batch.stored] == [True, False]
    assert len(list(store.every())) == 1

    def interrupted() -> None:
        with store.batch() as second:
            second.add(io.BytesIO(b"three"), LIMIT)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert len(list(store.every())) == 1
    assert leftovers(store) == []


def test_adopt_takes_the_file_itself(store: FileStore) -> None:
    part = store.tmp / "job.part"
    part.write_bytes(b"result")
    inode = part.stat().st_ino
    stored = store.adopt(part)
    assert not part.exists()
    assert store.path(stored.storage_id).stat().st_ino == inode
    assert stat.S_IMODE(store.path(stored.storage_id).stat().st_mode) == 0o400
    assert store.verify(stored.storage_id) is Condition.INTACT
    part.write_bytes(b"result")
    assert not store.adopt(part).new
    assert not part.exists()


def test_adopt_copies_what_others_could_still_change(store: FileStore, tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"result")
    os.link(tmp_path / "kept", store.tmp / "job.part")
    stored = store.adopt(store.tmp / "job.part")
    (tmp_path / "kept").write_bytes(b"changed")
    assert store.verify(stored.storage_id) is Condition.INTACT
    (store.tmp / "link.part").symlink_to(tmp_path / "kept")
    with pytest.raises(BadInput):
        store.adopt(store.tmp / "link.part")


def test_remove_takes_only_stored_files(store: FileStore, tmp_path: Path) -> None:
    stored = store.ingest(io.BytesIO(b"picture"), LIMIT)
    assert not store.remove(stored.storage_id, grace_s=60)
    assert store.verify(stored.storage_id) is Condition.INTACT
    assert store.remove(stored.storage_id)
    assert not store.exists(stored.storage_id)
    assert not store.remove(stored.storage_id)
    path = store.path(stored.storage_id)
    (tmp_path / "mine").write_bytes(b"mine")
    path.symlink_to(tmp_path / "mine")
    with pytest.raises(BadInput):
        store.remove(stored.storage_id)
    assert (tmp_path / "mine").read_bytes() == b"mine"
    path.unlink()
    path.parent.rmdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / stored.storage_id).write_bytes(b"mine")
    path.parent.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BadInput):
        store.remove(stored.storage_id)
    fresh = FileStore(store.root, store.tmp)
    with pytest.raises(BadInput, match="link"):
        fresh.ingest(io.BytesIO(b"picture"), LIMIT)
    assert (tmp_path / "elsewhere" / stored.storage_id).exists()


def test_saving_again_protects_from_removal(store: FileStore) -> None:
    stored = store.ingest(io.BytesIO(b"picture"), LIMIT)
    os.utime(store.path(stored.storage_id), (0, 0))
    store.ingest(io.BytesIO(b"picture"), LIMIT)
    assert not store.remove(stored.storage_id, grace_s=60)
    os.utime(store.path(stored.storage_id), (0, 0))
    assert store.remove(stored.storage_id, grace_s=60)


def test_sweep_spares_what_lives(store: FileStore, tmp_path: Path) -> None:
    for name in ("dead.tmp", "dead.part", "notes.txt"):
        (store.tmp / name).write_bytes(b"x")
    (store.tmp / "folder.tmp").mkdir()
    (tmp_path / "mine").write_bytes(b"x")
    (store.tmp / "link.tmp").symlink_to(tmp_path / "mine")
    assert store.sweep_temporaries(older_than_s=60) == 0
    with store.batch() as batch:
        batch.add(io.BytesIO(b"alive"), LIMIT)
        assert store.sweep_temporaries() == 2
    assert store.verify(batch.stored[0].storage_id) is Condition.INTACT
    assert sorted(leftovers(store)) == ["folder.tmp", "link.tmp", "notes.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="no marks there")
def test_the_copy_of_a_dead_writer_is_swept_however_young(store: FileStore) -> None:
    (store.tmp / "ingest-1-dead.tmp").write_bytes(b"half")
    (store.tmp / "remove-1.tmp").write_bytes(b"being moved aside")
    with store.batch() as batch:
        batch.add(io.BytesIO(b"alive"), LIMIT)
        assert store.sweep_temporaries(older_than_s=3600) == 1
    assert store.exists(batch.stored[0].storage_id)
    assert leftovers(store) == ["remove-1.tmp"]


@pytest.mark.skipif(sys.platform == "win32", reason="an open file can't be renamed there")
def test_a_copy_keeps_its_mark_until_it_has_its_name(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []
    real = Path.replace

    def sweep_first(path: Path, target: Path) -> Path:
        swept.append(store.sweep_temporaries())
        return real(path, target)

    monkeypatch.setattr(Path, "replace", sweep_first)
    stored = store.ingest(io.BytesIO(b"picture"), LIMIT)
    assert swept == [0]
    assert store.verify(stored.storage_id) is Condition.INTACT


@pytest.mark.parametrize(
    ("number", "kind", "word"),
    [
        (errno.ENOSPC, StorageFull, "full"),
        (errno.EDQUOT, StorageFull, "full"),
        (errno.EROFS, StorageError, "only be read"),
        (errno.EACCES, StorageError, "allow"),
        (errno.EIO, StorageError, "Check the disk"),
        (errno.EMFILE, StorageBusy, "Too many"),
        (None, StorageError, "Check the disk"),
    ],
)
def test_every_refusal_of_a_disk_is_a_sentence(
    number: int | None, kind: type[StorageError], word: str
) -> None:
    error = OSError("odd") if number is None else OSError(number, "x")
    made = storage_error(error, "saving a picture")
    assert type(made) is kind
    assert word in made.sentence
    assert "saving a picture" in made.sentence


@pytest.mark.parametrize("call", ["fsync", "write", "fchmod", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_failing_disk_leaves_no_object_and_no_temporary(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    plain = getattr(os, call)

    def fail(*arguments: object, **named: object) -> object:
        if call != "open" or ".tmp" in str(arguments[0]):
            raise OSError(number, "planted")
        return plain(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, fail)
        with pytest.raises(StorageFull if number == errno.ENOSPC else StorageError):
            store.ingest(io.BytesIO(b"picture"), LIMIT)
    assert list(store.every()) == []
    assert leftovers(store) == []
    assert store.ingest(io.BytesIO(b"picture"), LIMIT).new


def test_folders_are_flushed_after_the_rename(
    store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    plain_replace, plain_fsync = Path.replace, os.fsync

    def replace(self: Path, target: Path) -> Path:
        steps.append(f"rename {Path(target).name[:4]}")
        return plain_replace(self, target)

    def fsync(descriptor: int) -> None:
        steps.append(f"fsync {Path(f'/proc/self/fd/{descriptor}').readlink().name[:4]}")
        plain_fsync(descriptor)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "fsync", fsync)
    made = store.ingest(io.BytesIO(b"picture"), LIMIT).storage_id
    first, second = made[:2], made[2:4]
    assert steps == ["fsync inge", f"fsync {first}", "fsync file", f"rename {made[:4]}",
                     f"fsync {second}"]  # fmt: skip
    steps.clear()
    store.ingest(io.BytesIO(b"picture"), LIMIT)
    assert f"fsync {second}" in steps  # another process may have renamed it a moment ago


def test_threads_bringing_the_same_bytes_agree(store: FileStore) -> None:
    failures: list[BaseException] = []

    def bring() -> None:
        try:
            for number in range(25):
                store.ingest(io.BytesIO(b"%d" % (number % 5)), LIMIT)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=bring) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(list(store.every())) == 5
    assert all(store.verify(made) is Condition.INTACT for made in store.every())
    assert leftovers(store) == []


@pytest.mark.linux
@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to mount")
def test_a_disk_that_is_really_full(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)]
    if subprocess.run(options, capture_output=True, check=False).returncode:
        pytest.skip("this system does not let us mount")
    try:
        store = FileStore(small / "files", small / "tmp")
        kept = store.ingest(io.BytesIO(b"k" * 100_000), LIMIT)
        with pytest.raises(StorageFull, match="Free some space"):
            store.ingest(io.BytesIO(b"x" * 500_000), LIMIT)
        assert list(store.every()) == [kept.storage_id]
        assert leftovers(store) == []
        assert store.verify(kept.storage_id) is Condition.INTACT
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_folders_are_made_durable_up_to_the_first_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[Path] = []
    monkeypatch.setattr(disk, "flush_folder", flushed.append)
    disk.make_private_folder(tmp_path / "a" / "b")
    assert flushed == [tmp_path, tmp_path / "a"]
