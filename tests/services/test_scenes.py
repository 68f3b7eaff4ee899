"""Background photos in the library: kept, used, sent to nobody else, brought back, rebuilt."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import BadInput, NotFound, ServiceError
from stylestudio_desktop.domain.generation import Category, Role
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.providers.protocol import Kind, Output, ProviderError
from stylestudio_desktop.services import (
    adopting,
    describing,
    finishing,
    generate,
    health,
    history,
    library,
    queue,
    rebuilding,
    sources,
    watching,
)
from stylestudio_desktop.services.backup import pieces
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import copying, generations
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio, photo
from tests.store.books import faults
from tests.store.machines import results, stored_result, work_until_processing

PLANE = "0.3000,0.6000 0.7000,0.6000 0.9000,0.9500 0.1000,0.9500"


@dataclass
class Fitting(FakeProvider):
    """A service that looks at background photos."""

    sentences: list[str] = field(default_factory=list)
    looked: list[tuple[Path, tuple[int, int]]] = field(default_factory=list)
    plane: str = PLANE
    trouble: ProviderError | None = None

    def find_plane(
        self, photo: Path, arrangement: str, cancelled: Event | None = None
    ) -> tuple[str, float]:
        if self.trouble is not None:
            raise self.trouble
        assert photo.is_file()
        assert arrangement == "laid"
        return self.plane, 0.8

    def suitable(
        self,
        products: Sequence[Path],
        people: Sequence[Path],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        raise AssertionError("a scene is asked about as a scene")

    def fits_scene(
        self,
        products: Sequence[Path],
        background: Path,
        size: tuple[int, int],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        if self.trouble is not None:
            raise self.trouble
        assert products
        assert options["plane"] == PLANE
        self.looked.append((background, size))
        return self.sentences


@pytest.fixture
def service() -> Fitting:
    return Fitting()


@pytest.fixture
def studio(tmp_path: Path, service: Fitting) -> Iterator[Studio]:
    other = FakeProvider("other", scenes=())
    opened = open_test_studio(tmp_path, {"local": service, "other": other}, tokens=20)
    yield opened
    close_studio(opened)


@pytest.fixture
def brief(studio: Studio, tmp_path: Path) -> Brief:
    """A tee in a photo of a room."""
    product = import_photo(studio, tmp_path, "gold")
    background = import_photo(studio, tmp_path, "navy", Category.BACKGROUND)
    return brief_for(product, background=background, options={"plane": PLANE}, seed=3)


def completed(studio: Studio, folder: Path, brief: Brief) -> int:
    row = work_until_processing(studio, generate.start(studio, brief))
    finishing.complete(studio, row, results(stored_result(studio, folder), 1))
    return row.id


def test_a_generation_keeps_its_background_and_plane(
    studio: Studio, tmp_path: Path, brief: Brief
) -> None:
    made = completed(studio, tmp_path, brief)
    assert generate.brief_of(studio, made) == brief
    told = history.story(studio, made)
    assert [one.role for one in told.inputs] == ["product", "background"]
    row = library.picture(studio, brief.background or 0)
    said = describing.describe(studio, told.generation, 0)
    assert said.backgrounds == (row.storage_id,)
    assert said.parameters["options"]["plane"] == PLANE
    assert faults(studio.database) == []
    assert not health.verify(studio).problems


def test_the_service_gets_the_photo_itself(studio: Studio, brief: Brief) -> None:
    row = work_until_processing(studio, generate.start(studio, brief))
    job = queue.place(studio, row.id)
    assert job is not None
    prepared = queue.prepare(studio, row, job)
    kept = library.picture(studio, brief.background or 0)
    assert prepared.background == studio.files.path(kept.storage_id)
    assert prepared.brief.background == brief.background


def test_doubts_are_told_before_anything_is_charged(
    studio: Studio, service: Fitting, brief: Brief
) -> None:
    service.sentences = ["The picked plane is too small."]
    assert sources.doubts(studio, brief, Event()) == ["The picked plane is too small."]
    ((path, size),) = service.looked
    assert path.is_file()
    assert size == studio.catalogue.pixels(brief.quality, brief.aspect_ratio)


def test_a_service_looks_for_the_plane(studio: Studio, service: Fitting, brief: Brief) -> None:
    behind = brief.background or 0
    found = sources.plane(studio, "local", behind, "laid", Event())
    assert found == (scene.read(PLANE), 0.8)
    assert sources.plane(studio, "other", behind, "laid", Event()) is None
    service.plane = "auto"
    assert sources.plane(studio, "local", behind, "laid", Event()) is None
    service.trouble = ProviderError(Kind.INPUT, "The photo is damaged.")
    with pytest.raises(ServiceError, match="damaged"):
        sources.plane(studio, "local", behind, "laid", Event())
    with pytest.raises(ServiceError, match="damaged"):
        sources.doubts(studio, brief, Event())


def test_what_a_service_can_not_do_is_said(studio: Studio, brief: Brief) -> None:
    for changed, why in (
        (replace(brief, provider="other"), "no background photo"),
        (replace(brief, options={"arrangement": "plinth"}), "no arrangement “plinth” in a back"),
        (replace(brief, background=brief.products[0]), "as a background photo first"),
    ):
        with pytest.raises(BadInput, match=why):
            generate.start(studio, changed)
    with pytest.raises(NotFound, match="background photo"):
        generate.start(studio, replace(brief, background=FileId(7)))


def test_only_a_background_plays_the_background(studio: Studio, brief: Brief) -> None:
    row = generate.start(studio, brief)
    with pytest.raises(Exception, match="fitting files"), studio.database.write():
        generations.link(studio.database, row.id, Role.MODEL, [brief.background or 0])
    with pytest.raises(Exception, match="check constraint"), studio.database.write():
        generations.link_at(studio.database, row.id, Role.BACKGROUND, 1, brief.background or 0)


def test_folders_of_backgrounds_can_be_watched(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "rooms"
    folder.mkdir()
    assert watching.watch(studio, folder, Category.BACKGROUND).category == "background_image"


def test_a_story_comes_back_with_its_background(
    studio: Studio, tmp_path: Path, brief: Brief
) -> None:
    made = completed(studio, tmp_path, brief)
    copying.snapshot(studio.database, tmp_path / "copy.sqlite3")
    copy = copying.Copy(tmp_path / "copy.sqlite3")
    copy.open()
    told = pieces.story_of(copy, studio.user_id, made)
    copy.close()
    assert [row.id for row in told.backgrounds] == [brief.background]
    other = open_studio(Workspace(tmp_path / "other"), {"local": FakeProvider()})
    into = adopting.Adopted()
    found = adopting.story(other, told, lambda row: studio.files.open(row.storage_id), into)
    assert found is not None
    again = generate.brief_of(other, found)
    assert again.background is not None
    assert library.picture(other, again.background).category == Category.BACKGROUND.value
    close_studio(other)


def test_a_library_rebuilt_from_its_pictures_knows_its_backgrounds(
    studio: Studio, tmp_path: Path, brief: Brief
) -> None:
    row = work_until_processing(studio, generate.start(studio, brief))
    partial = photo(studio.workspace.tmp, "result-0.part", "olive")
    saved = finishing.save_result(studio, partial, Output(0, "", {}), row)
    finishing.complete(studio, row, [saved])
    fresh = open_studio(Workspace(tmp_path / "fresh"), {"local": FakeProvider()})
    done = rebuilding.rebuild(fresh, studio.workspace.root)
    assert done.adopted.generations == [row.id]
    again = generate.brief_of(fresh, row.id)
    assert again.background is not None
    assert again.options["plane"] == PLANE
    assert library.picture(fresh, again.background).category == Category.BACKGROUND.value
    assert faults(fresh.database) == []
    close_studio(fresh)


def test_every_role_has_its_category() -> None:
    assert {role.value for role in Role} == {"product", "model", "background", "result"}
