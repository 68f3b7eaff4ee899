"""A mended cut-out is kept with its photo, used by later pictures, and goes with it."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest
from PIL import Image, ImageDraw

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import BadInput, NotFound, StorageError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.domain.masks import LONGEST
from stylestudio_desktop.engine.picture import srgb_profile
from stylestudio_desktop.services import consents, generate, library, masks, queue, sending, sources
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import masks as table
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio
from tests.services.test_sources import Looking


@pytest.fixture
def service() -> Looking:
    """The service of the studio: it shows cut-outs and reads originals."""
    return Looking()


@pytest.fixture
def studio(tmp_path: Path, service: Looking) -> Iterator[Studio]:
    """A new library whose services are one that shows cut-outs."""
    studio = open_test_studio(tmp_path, {"local": service, "plain": FakeProvider("plain")})
    yield studio
    close_studio(studio)


def size_of(studio: Studio, file_id: int) -> tuple[int, int]:
    row = library.picture(studio, file_id)
    return row.width, row.height


def painted(size: tuple[int, int], mode: str = "L") -> bytes:
    """Return a mask with a white (or opaque) left half."""
    clear: object = (9, 9, 9, 0) if mode == "RGBA" else 0
    full: object = (9, 9, 9, 255) if mode == "RGBA" else 65535 if mode == "I;16" else 255
    picture = Image.new(mode, size, clear)
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill=full)
    out = io.BytesIO()
    profile = srgb_profile() if mode == "RGBA" else None  # as the engine's cut-outs have
    picture.save(out, "PNG", icc_profile=profile)
    return out.getvalue()


@pytest.mark.parametrize("mode", ["L", "RGBA", "I;16"])
def test_a_mask_is_kept_and_reset(studio: Studio, tmp_path: Path, mode: str) -> None:
    photo = import_photo(studio, tmp_path)
    size = size_of(studio, photo)
    source = tmp_path / "mine.png"
    source.write_bytes(painted(size, mode))

    kept = masks.keep_file(studio, photo, source)

    assert masks.of_files(studio, [photo]) == {photo: kept}
    assert masks.of_files(studio, []) == {}
    data = sources.mask(studio, photo, Event())
    with Image.open(io.BytesIO(data)) as read:
        assert read.mode == "L"
        assert "icc_profile" not in read.info, "a profile for colours belongs to no grey picture"
        assert read.size == size
        assert (read.getpixel((2, 2)), read.getpixel((size[0] - 3, 2))) == (255, 0)
    assert masks.reset(studio, photo)
    assert not masks.reset(studio, photo)
    assert masks.png(studio, photo) is None


def test_a_large_mask_is_kept_smaller(studio: Studio, tmp_path: Path) -> None:
    large = tmp_path / "large.jpg"
    Image.new("RGB", (3000, 1500), "teal").save(large)
    photo = library.import_files(studio, [large], Category.PRODUCT).files[0].id
    kept = masks.keep(studio, photo, painted((3000, 1500)), "large.png")
    assert (kept.width, kept.height) == (LONGEST, LONGEST // 2)
    small = masks.keep(studio, photo, painted((300, 150)), "small.png")
    assert (small.width, small.height) == (300, 150)


def test_what_is_no_mask_of_the_photo_is_refused(studio: Studio, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path)
    wide, tall = size_of(studio, photo)
    for data, words in (
        (painted((wide * 2, tall)), "sides do not match"),
        (painted((wide, tall))[:60], "ends too early"),
        (b"GIF89a", "not a JPEG, PNG or WebP"),
    ):
        with pytest.raises(BadInput, match=words):
            masks.keep(studio, photo, data, "bad.png")
    black = io.BytesIO()
    Image.new("L", (wide, tall)).save(black, "PNG")
    with pytest.raises(BadInput, match="marks nothing"):
        masks.keep(studio, photo, black.getvalue(), "black.png")
    with pytest.raises(NotFound):
        masks.keep(studio, 12, painted((wide, tall)), "a.png")
    assert masks.of_files(studio, [photo]) == {}


def test_the_cut_out_follows_the_mask(studio: Studio, service: Looking, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path)
    row = library.picture(studio, photo)
    plain = sources.cutout(studio, "local", row, Event())
    masks.keep(studio, photo, painted((row.width, row.height)), "mine.png")
    mended = sources.cutout(studio, "local", row, Event())
    assert mended != plain
    assert [mask is None for mask in service.masks] == [True, False]
    assert sources.cutout(studio, "local", row, Event(), mended=False) == plain


def test_without_a_mended_one_the_engine_is_asked(studio: Studio, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path)
    data = sources.mask(studio, photo, Event(), mended=False)
    with Image.open(io.BytesIO(data)) as read:
        assert read.mode == "L"
    written = sources.write_mask(studio, photo, tmp_path / "out.png", Event())
    assert written.read_bytes() == data
    bare = replace(studio, providers={"plain": studio.providers["plain"]})
    with pytest.raises(BadInput, match="not installed"):
        sources.mask(bare, photo, Event())


def test_the_engine_gets_the_mask_with_the_job(
    studio: Studio, service: Looking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = import_photo(studio, tmp_path)
    masks.keep(studio, photo, painted(size_of(studio, photo)), "mine.png")
    generate.start(studio, brief_for(photo))
    claimed = queue.claim_next(studio, "host", "local")
    assert claimed is not None
    prepared = queue.prepare(studio, *claimed)

    ready = sending.ready(studio, prepared, tmp_path / "work", Event())
    (path,) = ready.job.masks
    assert path is not None
    assert path.read_bytes() == masks.png(studio, photo)

    service.remote = True
    monkeypatch.setattr(consents, "require", lambda *_: None)
    (tmp_path / "copies").mkdir()
    assert sending.ready(studio, prepared, tmp_path / "copies", Event()).job.masks == ()


def test_a_folder_that_is_in_the_way_is_told(studio: Studio, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path)
    masks.keep(studio, photo, painted(size_of(studio, photo)), "mine.png")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError):
        masks.for_job(studio, [photo], tmp_path / "file")


def test_a_mask_goes_with_its_photo(studio: Studio, tmp_path: Path) -> None:
    photo = import_photo(studio, tmp_path)
    masks.keep(studio, photo, painted(size_of(studio, photo)), "mine.png")
    library.trash(studio, [photo])
    assert table.png(studio.database, studio.user_id, photo) is not None
    library.purge(studio, now_ms() + 1)
    assert table.png(studio.database, studio.user_id, photo) is None
