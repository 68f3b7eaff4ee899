"""The last resort: a library rebuilt from what its pictures say about themselves."""

import hashlib
import os
import shutil
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.files.containers import with_xmp
from stylestudio_desktop.files.metadata import Description, DigitalSource, packet_of
from stylestudio_desktop.providers.protocol import Output
from stylestudio_desktop.services import (
    exporting,
    finishing,
    generate,
    health,
    history,
    library,
    rebuilding,
    sources,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations
from tests.factories import (
    FakeProvider,
    brief_for,
    import_photo,
    open_test_studio,
    photo,
    picture_bytes,
)
from tests.store.books import faults
from tests.store.machines import work_until_processing


@pytest.fixture
def studio(tmp_path: Path):
    opened = open_test_studio(tmp_path, tokens=20)
    yield opened
    close_studio(opened)


@pytest.fixture
def fresh(tmp_path: Path):
    opened = open_studio(Workspace(tmp_path / "fresh"), {"local": FakeProvider()})
    yield opened
    close_studio(opened)


def made(studio: Studio, folder: Path) -> tuple[int, list[int]]:
    """Make two pictures of a product and a person, saved as the worker saves them."""
    product = import_photo(studio, folder, "gold")
    person = import_photo(studio, folder, "pink", Category.MODEL)
    brief = brief_for(product, models=(person,), prompt="by the sea", count=2, seed=7)
    row = work_until_processing(studio, generate.start(studio, brief))
    saved = []
    for position, colour in enumerate(("navy", "olive")):
        partial = photo(studio.workspace.tmp, f"result-{position}.part", colour)
        saved.append(finishing.save_result(studio, partial, Output(position, "", {}), row))
    return row.id, finishing.complete(studio, row, saved)


def sound(studio: Studio) -> None:
    assert [one.sentence for one in health.verify(studio, deep=True).problems] == []
    assert faults(studio.database) == []


def digests(studio: Studio) -> set[tuple[str, str]]:
    return set(studio.database.rows("SELECT storage_id, category FROM files"))


def test_from_the_files_alone_photos_generations_and_links_come_back(
    studio: Studio, fresh: Studio, tmp_path: Path
) -> None:
    generation_id, pictures = made(studio, tmp_path)
    import_photo(studio, tmp_path, "red")
    (studio.workspace.files / "note.txt").write_text("somebody's own")
    balance = fresh.database.value("SELECT token_balance FROM users")

    steps: list[tuple[int, int, str]] = []
    done = rebuilding.rebuild(fresh, studio.workspace.root, lambda *step: steps.append(step))

    assert (done.seen, done.rejected, len(done.adopted.new)) == (5, ["note.txt"], 5)
    assert digests(fresh) == digests(studio)
    was = generations.by_id(studio.database, generation_id)
    now = generations.by_id(fresh.database, generation_id)
    assert was is not None
    assert now is not None
    same = ("prompt", "full_prompt", "style", "quality", "provider", "seed", "pictures", "status")
    assert [getattr(now, name) for name in same] == [getattr(was, name) for name in same]
    story = history.story(fresh, generation_id)
    before = history.story(studio, generation_id)
    assert [one.storage_id for one in story.results] == [one.storage_id for one in before.results]
    assert fresh.database.value("SELECT token_balance FROM users") == balance
    sound(fresh)
    assert steps[-1] == (1, 1, "")
    again = rebuilding.rebuild(fresh, studio.workspace.root)
    assert again.adopted.new == []
    assert len(pictures) == 2


def test_exported_pictures_give_their_story_back(
    studio: Studio, fresh: Studio, tmp_path: Path
) -> None:
    generation_id, pictures = made(studio, tmp_path)
    folder = tmp_path / "out"
    photos = [
        row for (row,) in studio.database.rows("SELECT id FROM files WHERE generation_id IS NULL")
    ]
    exporting.export(studio, [*pictures, *photos], folder)
    done = rebuilding.rebuild(fresh, folder)
    assert done.adopted.generations == [generation_id]
    assert len(history.story(fresh, generation_id).results) == 2
    sound(fresh)


def test_without_the_photos_they_come_as_pictures_of_their_own(
    studio: Studio, fresh: Studio, tmp_path: Path
) -> None:
    _, pictures = made(studio, tmp_path)
    exporting.export(studio, pictures, tmp_path / "out")
    done = rebuilding.rebuild(fresh, tmp_path / "out")
    assert done.adopted.generations == []
    assert {library.picture(fresh, one).category for one in done.adopted.new} == {"product_image"}
    sound(fresh)


def described(folder: Path, name: str, source: str, **changes: Any) -> None:
    """Write a picture that says something about itself."""
    said = Description(
        source=DigitalSource.GENERATED,
        **{"prompt": "x", "sources": (source,), "generation": "12", "made_at": 5, **changes},
    )
    data = with_xmp(
        picture_bytes(f"rgb({len(name)},{sum(name.encode()) % 256},3)"), packet_of(said)
    )
    (folder / f"{name}.jpg").write_bytes(data)


@pytest.mark.parametrize(
    "changes",
    [
        {"parameters": {"count": 99}},
        {"parameters": {"strength": float("inf")}},
        {"parameters": {"style": "a\ud800b", "options": {"\ud800": 3}, "prompt": 12}},
        {"parameters": {"style": ["a"], "options": [], "place": "first", "strength": 1}},
        {"generation": "../../etc"},
        {"generation": "9" * 40},
        {"made_at": -5_000_000_000},
        {"made_at": 200_000_000_000_000},
        {"people": ("0" * 64,)},
        {"people": None},
        {"title": "a/../b" * 90},
    ],
)
def test_what_is_said_is_judged_and_no_picture_is_lost(
    fresh: Studio, tmp_path: Path, changes: dict[str, Any]
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    data = picture_bytes("gold")
    (folder / "gold.jpg").write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    if changes.get("people", ()) is None:
        changes = {"people": (digest,)}
    described(folder, "one", digest, **changes)
    done = rebuilding.rebuild(fresh, folder)
    assert len(done.adopted.new) == 2
    assert done.adopted.missing == []
    sound(fresh)


def test_what_was_made_from_a_made_picture_keeps_its_story(fresh: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "chain"
    folder.mkdir()
    (folder / "gold.jpg").write_bytes(picture_bytes("gold"))
    gold = hashlib.sha256(picture_bytes("gold")).hexdigest()
    described(folder, "one", gold)
    first = hashlib.sha256((folder / "one.jpg").read_bytes()).hexdigest()
    described(folder, "second", gold, generation="13", sources=(gold, first), backgrounds=(first,))
    described(folder, "third", first, generation="14")
    done = rebuilding.rebuild(fresh, folder)
    assert done.adopted.generations == [12, 13, 14]
    assert (len(done.adopted.new), done.adopted.missing) == (6, [])
    story = history.story(fresh, 13)
    used = {(one.storage_id, one.role) for one in story.inputs}
    assert used == {(gold, "product"), (first, "background")}
    sound(fresh)
    assert rebuilding.rebuild(fresh, folder).adopted.new == []


def test_a_library_whose_pictures_were_used_again_comes_back_whole(
    studio: Studio, fresh: Studio, tmp_path: Path
) -> None:
    _, pictures = made(studio, tmp_path)
    (again,) = sources.use_as(studio, pictures[:1], Category.PRODUCT)
    row = work_until_processing(studio, generate.start(studio, brief_for(again.id)))
    partial = photo(studio.workspace.tmp, "result-0.part", "crimson")
    finishing.complete(
        studio, row, [finishing.save_result(studio, partial, Output(0, "", {}), row)]
    )
    rebuilding.rebuild(fresh, studio.workspace.root)
    assert digests(fresh) == digests(studio)
    (product,) = history.story(fresh, row.id).inputs
    assert product.storage_id == again.storage_id
    sound(fresh)


def test_a_folder_that_may_not_be_read_is_named(
    fresh: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "some"
    (folder / "closed").mkdir(parents=True)
    photo(folder, "a.jpg")
    scan = os.scandir

    def scandir(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    done = rebuilding.rebuild(fresh, folder)
    assert (done.seen, done.rejected) == (1, [str(folder / "closed")])


def test_more_than_a_generation_can_have_come_by_themselves(fresh: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "gold.jpg").write_bytes(picture_bytes("gold"))
    digest = hashlib.sha256(picture_bytes("gold")).hexdigest()
    for number in range(12):
        described(folder, "x" * (number + 1), digest, parameters={"place": number})
    done = rebuilding.rebuild(fresh, folder)
    assert len(done.adopted.new) == 13
    assert fresh.database.value("SELECT count(*) FROM generation_files WHERE role = 'result'") == 10
    sound(fresh)


def test_it_can_be_stopped_at_any_point_and_begun_again(
    studio: Studio, fresh: Studio, tmp_path: Path
) -> None:
    made(studio, tmp_path)
    for after in range(12):
        stop = Event()
        count = [after]

        def step(*_: object, stop: Event = stop, count: list[int] = count) -> None:
            count[0] -= 1
            if count[0] < 0:
                stop.set()

        rebuilding.rebuild(fresh, studio.workspace.root, step, stop)
        sound(fresh)
    rebuilding.rebuild(fresh, studio.workspace.root)
    assert digests(fresh) == digests(studio)


def test_links_and_hidden_files_are_passed_by(fresh: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "odd"
    (folder / ".hidden").mkdir(parents=True)
    shutil.copy(photo(tmp_path, "a.jpg"), folder / ".hidden" / "a.jpg")
    (folder / "link.jpg").symlink_to(tmp_path / "a.jpg")
    done = rebuilding.rebuild(fresh, folder)
    assert (done.seen, done.rejected) == (0, [])
    with pytest.raises(BadInput):
        rebuilding.rebuild(fresh, tmp_path / "nowhere")


def test_exports_of_what_is_here_are_not_doubled(studio: Studio, tmp_path: Path) -> None:
    _, pictures = made(studio, tmp_path)
    exporting.export(studio, pictures, tmp_path / "out")
    exporting.export(studio, pictures, tmp_path / "out", preset="web")
    done = rebuilding.rebuild(studio, tmp_path / "out")
    assert done.adopted.new == []
    assert set(done.adopted.pictures.values()) == set(pictures)
    studio.files.remove(library.picture(studio, pictures[0]).storage_id)
    assert len(rebuilding.rebuild(studio, tmp_path / "out").adopted.new) == 2, "its bytes are lost"


def test_a_purged_picture_comes_back_from_its_export(studio: Studio, tmp_path: Path) -> None:
    _, pictures = made(studio, tmp_path)
    exporting.export(studio, pictures, tmp_path / "out")
    library.trash(studio, pictures[:1])
    assert library.purge(studio, now_ms() + 1) == 1
    done = rebuilding.rebuild(studio, tmp_path / "out")
    assert len(done.adopted.new) == 1
    assert pictures[1] in done.adopted.pictures.values(), "the other one is here"
    sound(studio)


def test_a_photo_that_is_here_as_something_else_is_not_doubled(
    studio: Studio, fresh: Studio, tmp_path: Path
) -> None:
    """Nothing in the bytes of a photo that no picture was made of says what it shows."""
    import_photo(studio, tmp_path, "pink", Category.MODEL)
    photo(tmp_path, "pink.jpg", "pink")
    library.import_files(fresh, [tmp_path / "pink.jpg"], Category.MODEL)
    (lost,) = fresh.files.every()
    fresh.files.path(lost).unlink()
    done = rebuilding.rebuild(fresh, studio.workspace.root)
    assert done.adopted.new == []
    assert digests(fresh) == {(lost, "model_image")}
    sound(fresh)  # its bytes came back
