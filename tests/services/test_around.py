"""Exporting, the samples, the examination and the queue's view, where no command shows it."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageError, StorageFull
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.providers.protocol import Readiness
from stylestudio_desktop.services import (
    doctor,
    engine_weights,
    exporting,
    generate,
    history,
    library,
    lineup,
    samples,
    steering,
)
from stylestudio_desktop.services.studio import Studio
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio


@pytest.fixture
def service() -> FakeProvider:
    return FakeProvider()


@pytest.fixture
def studio(tmp_path: Path, service: FakeProvider):
    opened = open_test_studio(tmp_path, {"local": service})
    yield opened
    close_studio(opened)


def test_an_export_can_be_stopped_between_pictures(studio: Studio, tmp_path: Path) -> None:
    ids = [import_photo(studio, tmp_path, colour) for colour in ("red", "blue", "green")]
    stop = Event()

    done = exporting.export(
        studio,
        ids,
        tmp_path / "out",
        cancelled=stop,
        progress=lambda number, _all, _name: stop.set() if number == 1 else None,
    )

    assert len(done.exported) == 2
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_a_long_export_goes_by_portions_in_the_order_asked(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "PORTION", 2)
    ids = [import_photo(studio, tmp_path, colour) for colour in ("red", "blue", "teal", "gold")]
    wanted = [ids[2], ids[0], ids[3], ids[0], ids[1]]

    def purge_the_next(done: int, _all: int, _name: str) -> None:
        if done == 1:
            library.trash(studio, [ids[1]])
            library.purge(studio, before=now_ms() + 1)

    done = exporting.export(studio, wanted, tmp_path / "out", progress=purge_the_next)

    assert [one.file_id for one in done.exported] == [ids[2], ids[0], ids[3]]
    assert [one.file_id for one in done.rejected] == [ids[1]]
    assert "removed for good" in done.rejected[0].reason


def test_export_patterns_name_the_files(studio: Studio, tmp_path: Path) -> None:
    file_id = import_photo(studio, tmp_path, "red")

    done = exporting.export(studio, [file_id], tmp_path, pattern="shot {n:03} {name}")

    assert done.exported[0].path.name == "shot 001 red-product_image.jpg"
    with pytest.raises(BadInput):
        exporting.export(studio, [file_id], tmp_path, pattern="{nonsense}")
    with pytest.raises(BadInput):
        exporting.export(studio, [file_id], tmp_path, preset="nonsense")


def test_an_export_folder_that_cannot_be_is_refused(studio: Studio, tmp_path: Path) -> None:
    file_id = import_photo(studio, tmp_path, "red")
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(BadInput):
        exporting.export(studio, [file_id], tmp_path / "file" / "below")


def test_a_generation_without_pictures_has_nothing_to_export(
    studio: Studio, tmp_path: Path
) -> None:
    row = generate.start(studio, brief_for(import_photo(studio, tmp_path)))

    with pytest.raises(NotFound, match="no pictures"):
        exporting.export(studio, [row.id], tmp_path / "out")


def test_a_picture_without_bytes_is_named_and_the_rest_is_written(
    studio: Studio, tmp_path: Path
) -> None:
    ids = [import_photo(studio, tmp_path, colour) for colour in ("red", "blue")]
    library.location(studio, library.picture(studio, ids[0])).unlink()

    done = exporting.export(studio, ids, tmp_path / "out")

    assert [one.file_id for one in done.rejected] == [ids[0]]
    assert [one.file_id for one in done.exported] == [ids[1]]


def test_a_full_disk_ends_an_export(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StorageFull("The disk is full.")

    monkeypatch.setattr(exporting, "export_picture", full)

    with pytest.raises(StorageFull):
        exporting.export(studio, [import_photo(studio, tmp_path)], tmp_path / "out")


def test_the_collection_is_checked_before_it_is_taken_in(studio: Studio, tmp_path: Path) -> None:
    copy = tmp_path / "samples"
    shutil.copytree(resources() / "samples", copy)
    whole = samples.collection(copy)
    assert {Category.PRODUCT, Category.MODEL} == set(whole)
    victim = whole[Category.PRODUCT][0]
    victim.write_bytes(victim.read_bytes() + b"x")
    with pytest.raises(StorageError, match="not as it was packed"):
        samples.collection(copy)
    (copy / "collection.json").write_text(json.dumps({"items": [{}]}))
    with pytest.raises(StorageError):
        samples.collection(copy)


def test_loading_samples_tells_one_progress_over_all(studio: Studio) -> None:
    told: list[tuple[int, int, str]] = []
    taken = samples.load(studio, progress=lambda *step: told.append(step))

    assert not taken.rejected
    assert {one.category for one in taken.files} == {"product_image", "model_image"}
    assert told[-1][0] == told[-1][1] == len(taken.files)


def test_the_examination_names_what_needs_a_person(
    studio: Studio, service: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "check", lambda: Readiness(False, "Its parts are missing."))
    studio.workspace.settings.write_text("{ this is no JSON")

    def broken() -> None:
        raise RuntimeError("no desktop service")

    monkeypatch.setattr("keyring.get_keyring", broken)
    monkeypatch.setattr("shutil.disk_usage", lambda _path: shutil._ntuple_diskusage(1, 1, 0))

    report = doctor.examine(studio.workspace, studio)

    names = {one["name"] for one in report["findings"]}
    assert names == {"local", "settings", "keyring", "space"}
    assert report["ok"] is False
    assert report["keyring"] == {"backend": None, "usable": False}
    assert report["settings"]["remark"]


def test_the_examination_works_without_a_library(tmp_path: Path) -> None:
    place = Workspace(tmp_path / "not" / "there")

    report = doctor.examine(place, None, StorageError("It can't be opened. Try another."))

    assert report["findings"][0] == {
        "name": "library",
        "sentence": "It can't be opened. Try another.",
    }
    assert report["space"]["free"] > 0
    assert report["schema"]["version"] is None
    assert not place.root.exists()


def test_a_package_that_is_not_there_is_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "PACKAGES", (*doctor.PACKAGES, "no-such-package-at-all"))

    assert doctor.examine(studio.workspace, studio)["versions"]["no-such-package-at-all"] is None


@pytest.mark.parametrize(
    ("fetched", "sentence"), [(True, "is used"), (False, "fetch it in Settings")]
)
def test_a_damaged_file_of_the_installed_engine_is_named(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, fetched: bool, sentence: str
) -> None:
    first, *others = engine_weights.listing()
    damaged = replace(first, damaged=True, present=fetched)
    monkeypatch.setattr(engine_weights, "listing", lambda: [damaged, *others])

    report = doctor.examine(studio.workspace, studio)

    (told,) = [one["sentence"] for one in report["findings"] if one["name"] == "engine_files"]
    assert f"“{first.title}” is damaged" in told
    assert sentence in told
    assert [one["damaged"] for one in report["engine_files"]] == [True] + [False] * len(others)


def test_the_lineup_shows_jobs_and_pauses(studio: Studio, tmp_path: Path) -> None:
    row = generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    steering.pause_queue(studio)

    assert [one.job.generation_id for one in lineup.places(studio)] == [row.id]
    assert [(one.provider, one.until) for one in lineup.pauses(studio)] == [("*", None)]
    job = lineup.job_of(studio, row.id)
    assert job is not None
    assert job.attempt == 0
    assert history.story(studio, row.id).job == job


def test_a_keyring_is_named_and_a_missing_one_is_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Keyring:
        pass

    monkeypatch.setattr("keyring.get_keyring", Keyring)
    kept = doctor.examine(studio.workspace, studio)
    assert kept["keyring"]["usable"] is True
    assert kept["keyring"]["backend"].endswith("Keyring")

    Keyring.__module__ = "keyring.backends.fail"
    missing = doctor.examine(studio.workspace, studio)
    assert missing["keyring"]["usable"] is False
    assert "keyring" in {one["name"] for one in missing["findings"]}
