"""Beside the queue, folders are watched and look-alikes studied, by one process at a time."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.config.sole import Sole
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import fidelity, generate, history, library, similar, watching
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.watching import Report
from stylestudio_desktop.worker.besides import Besides
from stylestudio_desktop.worker.runner import Runner
from tests.factories import (
    FakeProvider,
    brief_for,
    import_photo,
    open_test_studio,
    photo,
    picture_bytes,
)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path)
    yield opened
    close_studio(opened)


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    """Wait for a condition, ten seconds at most."""
    tick = threading.Event()

    def wait(holds: Callable[[], bool]) -> None:
        for _ in range(500):
            if holds():
                return
            tick.wait(0.02)
        pytest.fail("it never came to that")

    return wait


def test_what_lands_in_a_folder_comes_in_and_is_told(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "incoming"
    folder.mkdir()
    photo(folder)
    watching.watch(studio, folder, Category.PRODUCT)
    told: list[Report] = []
    heard = threading.Event()

    def tell(report: Report) -> None:
        told.append(report)
        heard.set()

    beside = Besides(studio, tell)
    beside.start()
    assert heard.wait(15)
    assert beside.close()
    assert [library.picture(studio, one).filename for one in told[0].taken] == ["tee.jpg"]


def test_nothing_is_studied_while_somebody_is_at_work(
    studio: Studio, tmp_path: Path, until: Callable[[Callable[[], bool]], None]
) -> None:
    asked, away = [0], threading.Event()

    def at_work() -> bool:
        asked[0] += 1
        return not away.is_set()

    def unseen() -> int:
        with studio.database.connection():
            return int(studio.database.value("SELECT count(*) FROM files WHERE colour IS NULL"))

    library.import_files(studio, [photo(tmp_path)], Category.PRODUCT)
    beside = Besides(studio, rest_s=0.01, at_work=at_work)
    beside.start()
    until(lambda: asked[0] > 3)
    assert unseen() == 1
    away.set()
    until(lambda: unseen() == 0)
    assert beside.close()


def test_pictures_that_join_are_stacked_with_their_twins(
    studio: Studio, tmp_path: Path, until: Callable[[Callable[[], bool]], None]
) -> None:
    beside = Besides(studio, rest_s=0.05)
    beside.start()
    first = tmp_path / "one.jpg"
    first.write_bytes(picture_bytes("crimson", (400, 300)))
    again = tmp_path / "two.jpg"
    Image.open(first).resize((398, 299)).save(again, quality=80)
    taken = library.import_files(studio, [first, again], Category.PRODUCT).files
    ids = {row.id for row in taken}
    until(lambda: set(similar.stack_of(studio, taken[0].id)) == ids)
    assert beside.close()


def test_only_one_process_does_it(studio: Studio, tmp_path: Path) -> None:
    other = Sole(studio.workspace.locks, "watching")
    assert other.take()
    assert other.take()
    again = Sole(studio.workspace.locks, "watching")
    assert not again.take()
    told: list[Report] = []
    beside = Besides(studio, told.append)
    beside.start()
    assert beside.close()
    other.give_up()
    other.give_up()
    assert again.take()
    again.give_up()
    assert told == []


def test_one_that_was_never_begun_closes(studio: Studio) -> None:
    assert Besides(studio).close()


def test_finished_pictures_are_compared_with_their_products(
    tmp_path: Path, until: Callable[[Callable[[], bool]], None]
) -> None:
    compared: list[Path] = []
    asked, away = [0], threading.Event()

    def at_work() -> bool:
        asked[0] += 1
        return not away.is_set()

    class Examining(FakeProvider):
        def examine(
            self,
            products: Sequence[Path],
            picture: Path,
            grade: str,
            cancelled: threading.Event,
            masks: Sequence[Path | None] = (),
            *,
            worn: bool = False,
        ) -> Mapping[str, Any]:
            compared.append(picture)
            return {"verdict": "same", "products": [], "heat": None}

    studio = open_test_studio(tmp_path, {"local": Examining()})
    beside = Besides(studio, rest_s=0.05, at_work=at_work)
    beside.start()
    try:
        made = generate.start(studio, brief_for(import_photo(studio, tmp_path)))
        runner = Runner(studio)
        runner.run(threading.Event(), until=runner.idle)
        ids = [one.id for one in history.story(studio, made.id).results]
        before = asked[0]
        until(lambda: asked[0] > before + 4)
        assert not compared, "somebody is at work"
        away.set()
        until(lambda: set(fidelity.of_pictures(studio, ids)) == set(ids))
    finally:
        assert beside.close()
        close_studio(studio)
    assert len(compared) == len(ids) == 1
