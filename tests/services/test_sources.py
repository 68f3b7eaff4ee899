"""Photos are made ready for a brief: samples, doubles, cut-outs and the check before paying."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, Code, ServiceError, StorageError
from stylestudio_desktop.domain.generation import Category, Status
from stylestudio_desktop.providers.protocol import Kind, ProviderError
from stylestudio_desktop.services import attempts, generate, library, masks, sources
from stylestudio_desktop.services.studio import Studio
from tests.factories import (
    FakeProvider,
    brief_for,
    fault,
    import_photo,
    open_test_studio,
    picture_bytes,
)


@dataclass
class Looking(FakeProvider):
    """A service that shows cut-outs and checks photos."""

    sentences: list[str] = field(default_factory=list)
    shown: list[Path] = field(default_factory=list)
    masks: list[Path | None] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    cloth: str = "opened"
    drawn: list[Path | None] = field(default_factory=list)
    checked: list[tuple[list[Path], list[Path], dict[str, str]]] = field(default_factory=list)
    trouble: ProviderError | None = None

    def preview(
        self,
        photo: Path,
        out: Path,
        cancelled: Event,
        *,
        mask: Path | None = None,
        side: int = 768,
        sheer: str = "auto",
    ) -> None:
        if self.trouble is not None:
            out.write_bytes(b"half a picture")
            raise self.trouble
        self.shown.append(photo)
        self.masks.append(mask)
        self.said.append(sheer)
        told = PngInfo()
        if sheer == "on":
            told.add_text("sheer", self.cloth)
        level = 140 if sheer == "on" else 249
        if sheer == "auto":
            out.write_bytes(picture_bytes())
        else:
            with Image.open(photo) as shot:
                made = Image.new("RGBA", shot.size, (9, 9, 9, level))
            made.save(out, "PNG", pnginfo=told)

    def suitable(
        self,
        products: Sequence[Path],
        people: Sequence[Path],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        if self.trouble is not None:
            raise self.trouble
        self.checked.append((list(products), list(people), dict(options)))
        self.drawn = list(masks)
        return self.sentences


@pytest.fixture
def service() -> Looking:
    """The service of the studio."""
    return Looking()


@pytest.fixture
def studio(tmp_path: Path, service: Looking) -> Iterator[Studio]:
    """A library with two services, of which one shows and checks."""
    made = open_test_studio(tmp_path, {"local": service, "plain": FakeProvider("plain")})
    yield made
    close_studio(made)


def storage_id(studio: Studio, file_id: int) -> str:
    """Return where a photo's bytes are."""
    return library.picture(studio, file_id).storage_id


def test_our_samples_are_there_with_their_kinds() -> None:
    products, people = sources.samples(Category.PRODUCT), sources.samples(Category.MODEL)

    assert len(products) >= 6
    assert people
    assert {"top", "dress"} <= {one.kind for one in products}
    assert all(one.path.is_file() for one in (*products, *people))


def test_without_samples_there_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "resources", lambda: tmp_path)

    assert sources.samples(Category.PRODUCT) == []


def test_photos_are_used_in_the_order_asked(studio: Studio, tmp_path: Path) -> None:
    one, two, three = (import_photo(studio, tmp_path, c) for c in ("red", "blue", "green"))
    library.trash(studio, [two])

    found = sources.use_as(studio, [three, two, one], Category.PRODUCT)

    assert [card.id for card in found] == [three, one]


def test_a_photo_of_another_category_joins_this_one(studio: Studio, tmp_path: Path) -> None:
    person = import_photo(studio, tmp_path, "red", Category.MODEL)

    (card,) = sources.use_as(studio, [person], Category.PRODUCT)
    (again,) = sources.use_as(studio, [person], Category.PRODUCT)

    assert card.id != person
    assert again.id == card.id
    assert card.category == Category.PRODUCT.value
    assert card.storage_id == storage_id(studio, person)
    assert card.filename == library.picture(studio, person).filename
    assert not list(studio.workspace.tmp.glob("use-*"))


def test_bytes_that_are_gone_are_told(studio: Studio, tmp_path: Path) -> None:
    person = import_photo(studio, tmp_path, "red", Category.MODEL)
    studio.files.path(storage_id(studio, person)).unlink()

    with pytest.raises(StorageError, match="could not be read"):
        sources.use_as(studio, [person], Category.PRODUCT)
    assert not list(studio.workspace.tmp.glob("use-*"))


def test_a_cut_out_is_made_once(studio: Studio, service: Looking, tmp_path: Path) -> None:
    row = library.picture(studio, import_photo(studio, tmp_path))

    first = sources.cutout(studio, "local", row, Event())
    second = sources.cutout(studio, "local", row, Event())

    assert first is not None
    assert first == second
    assert first.read_bytes() == picture_bytes()
    assert service.shown == [studio.files.path(row.storage_id)]


def test_cloth_that_is_said_to_be_sheer_is_kept_as_the_photos_mask(
    studio: Studio, service: Looking, tmp_path: Path
) -> None:
    photo = import_photo(studio, tmp_path)
    for choice, level in (("on", 140), ("off", 249)):
        kept = sources.see_through(studio, photo, choice, Event())
        assert kept is not None
        with Image.open(io.BytesIO(sources.mask(studio, photo, Event()))) as mask:
            assert mask.getpixel((1, 1)) == level
    assert service.said == ["on", "off"]
    assert sources.see_through(studio, photo, "auto", Event()) is None
    assert masks.of_files(studio, [photo]) == {}


def test_on_a_busy_ground_sheer_cloth_is_refused_and_nothing_changes(
    studio: Studio, service: Looking, tmp_path: Path
) -> None:
    photo = import_photo(studio, tmp_path)
    service.cloth = "untold"
    with pytest.raises(BadInput, match="too busy"):
        sources.see_through(studio, photo, "on", Event())
    assert masks.of_files(studio, [photo]) == {}


def test_a_service_without_cut_outs_shows_none(studio: Studio, tmp_path: Path) -> None:
    row = library.picture(studio, import_photo(studio, tmp_path))

    assert sources.cutout(studio, "plain", row, Event()) is None
    assert sources.shows_cutouts(studio, "local")
    assert not sources.shows_cutouts(studio, "plain")
    assert not sources.shows_cutouts(studio, "none such")


def test_a_cut_out_that_failed_leaves_nothing(
    studio: Studio, service: Looking, tmp_path: Path
) -> None:
    row = library.picture(studio, import_photo(studio, tmp_path))
    service.trouble = fault(Kind.PROVIDER)

    with pytest.raises(ServiceError, match="went wrong"):
        sources.cutout(studio, "local", row, Event())
    assert not list(studio.workspace.tmp.rglob("*.png"))


def test_a_cut_out_that_cannot_be_kept_is_told(studio: Studio, tmp_path: Path) -> None:
    row = library.picture(studio, import_photo(studio, tmp_path))
    (studio.workspace.tmp / "cutouts").write_text("in the way")

    with pytest.raises(StorageError, match="could not be kept"):
        sources.cutout(studio, "local", row, Event())


def test_photos_are_checked_before_paying(studio: Studio, service: Looking, tmp_path: Path) -> None:
    product = import_photo(studio, tmp_path, "red")
    person = import_photo(studio, tmp_path, "blue", Category.MODEL)
    service.sentences = ["The arms are crossed."]
    brief = brief_for(product, models=(person,), options={"garment": "top"})

    assert sources.doubts(studio, brief, Event()) == ["The arms are crossed."]
    paths = [studio.files.path(storage_id(studio, one)) for one in (product, person)]
    assert service.checked == [([paths[0]], [paths[1]], {"garment": "top"})]


def test_photos_are_checked_as_they_were_cut_out(
    studio: Studio, service: Looking, tmp_path: Path
) -> None:
    mended, plain = (import_photo(studio, tmp_path, colour) for colour in ("red", "green"))
    masks.keep(studio, mended, sources.mask(studio, mended, Event(), sheer="off"), "mask.png")

    sources.doubts(studio, brief_for(mended, plain), Event())

    drawn, nothing = service.drawn
    assert drawn is not None
    assert drawn.read_bytes() == masks.png(studio, mended)
    assert nothing is None


def test_a_service_that_does_not_check_has_no_doubts(studio: Studio, tmp_path: Path) -> None:
    brief = brief_for(import_photo(studio, tmp_path), provider="plain")

    assert sources.doubts(studio, brief, Event()) == []


def test_a_check_that_failed_is_told(studio: Studio, service: Looking, tmp_path: Path) -> None:
    service.trouble = fault(Kind.PROVIDER)

    with pytest.raises(ServiceError, match="went wrong"):
        sources.doubts(studio, brief_for(import_photo(studio, tmp_path)), Event())


def test_photos_go_by_their_names_and_never_by_their_digests(
    studio: Studio, service: Looking, tmp_path: Path
) -> None:
    photo = import_photo(studio, tmp_path)
    row = library.picture(studio, photo)
    unknown = "0" * 64
    said = f"No product could be told from its background in {row.storage_id}. Not {unknown}."
    told = f"No product could be told from its background in “{row.filename}”. Not {unknown}."
    service.sentences = [said]
    assert sources.doubts(studio, brief_for(photo), Event()) == [told]
    service.trouble = ProviderError(Kind.INPUT, said)
    with pytest.raises(ServiceError) as caught:
        sources.cutout(studio, "local", row, Event())
    assert caught.value.sentence == told
    begun = generate.start(studio, brief_for(photo))
    with studio.database.write():
        attempts.close(studio, begun, Status.FAILED, Code.BAD_INPUT, said)
    assert attempts.owned(studio, begun.id).error == told
