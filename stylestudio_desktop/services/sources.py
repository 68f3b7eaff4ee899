"""Gets photos ready for a brief: samples, the gallery's own, what was pasted, cut-outs, checks."""

import contextlib
import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import NamedTuple, Protocol, runtime_checkable

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain import scene
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import BadInput, ServiceError, StorageError
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.masks import LONGEST, Mask
from stylestudio_desktop.domain.records import FileCard, StoredFile
from stylestudio_desktop.files.export import checked_folder, write_new
from stylestudio_desktop.files.masks import apart, canonical, cloth
from stylestudio_desktop.providers.protocol import ProviderError
from stylestudio_desktop.services import library, masks
from stylestudio_desktop.services.naming import named
from stylestudio_desktop.services.studio import Studio

SHEER = ("auto", "on", "off")
"""What may be said of cloth: that the ground shows through it, that it does not, or nothing."""
_PATTERNED = (
    "The ground of this photo is too busy to be told from what shows through cloth. Nothing was "
    "changed. Photograph it on an even ground of another colour, or mend the cut-out by hand."
)
CUTOUT_SIDE = 768
"""The longest side, in pixels, of the cut-outs that are shown."""


@runtime_checkable
class ShowsCutouts(Protocol):
    """A service that shows beforehand how it cuts a product out."""

    def preview(
        self,
        photo: Path,
        out: Path,
        cancelled: Event,
        *,
        mask: Path | None = None,
        side: int = CUTOUT_SIDE,
        sheer: str = "auto",
    ) -> None:
        """Write the cut-out of `photo`, or what `mask` says, to the PNG `out`.

        No side of it is longer than `side` pixels; `sheer` is one of SHEER. Raises ProviderError.
        """


@runtime_checkable
class ChecksScenes(Protocol):
    """A service that says beforehand whether products fit into a background photo."""

    def fits_scene(
        self,
        products: Sequence[Path],
        background: Path,
        size: tuple[int, int],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        """Return sentences that say why not, for a picture of `size`; raises ProviderError."""


@runtime_checkable
class FindsPlanes(Protocol):
    """A service that looks for the plane in a background photo on which a product would stand."""

    def find_plane(
        self, photo: Path, arrangement: str, cancelled: Event | None = None
    ) -> tuple[str, float]:
        """Return the plane and how sure it is, from 0 to 1; raises ProviderError."""


@runtime_checkable
class ChecksPhotos(Protocol):
    """A service that says beforehand whether photos fit together."""

    def suitable(
        self,
        products: Sequence[Path],
        people: Sequence[Path],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        """Return sentences that say why not; `masks` are as in a job. Raises ProviderError."""


class Photo(NamedTuple):
    """Which photo is meant, where its row is not at hand."""

    id: int
    storage_id: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A photo of the sample collection; `kind` is the garment's, `sha256` its bytes'."""

    path: Path
    title: str
    kind: str
    sha256: str


def samples(category: Category) -> list[Sample]:
    """Return the sample collection's photos of a category, empty where it did not ship."""
    folder = resources() / "samples"
    try:
        items = json.loads((folder / "collection.json").read_text("utf-8"))["items"]
        return [
            Sample(
                folder / str(one["file"]),
                str(one["title"]),
                str(one.get("kind", "auto")),
                str(one["sha256"]),
            )
            for one in items
            if one["category"] == category.value and (folder / str(one["file"])).is_file()
        ]
    except FileNotFoundError:
        return []


def use_as(studio: Studio, wanted: Sequence[int], category: Category) -> list[FileCard]:
    """Return pictures of the library as photos of `category`, in the order asked.

    One that is kept as something else joins the category as a photo of its own; the bytes are
    shared. What is gone or in the trash is left out. Raises StorageError.
    """
    ready: list[FileCard] = []
    for card in library.cards(studio, wanted):
        if card.trashed_at is not None:
            continue
        if card.category == category.value:
            ready.append(card)
        else:
            ready += _doubled(studio, card, category)
    return ready


def _doubled(studio: Studio, card: FileCard, category: Category) -> list[FileCard]:
    folder = studio.workspace.tmp / f"use-{uuid.uuid4()}"
    # The name is that of an imported file: it may hold anything but never leads elsewhere.
    copy = folder / (Path(card.filename).name or "picture")
    try:
        folder.mkdir(mode=0o700)
        shutil.copyfile(studio.files.path(card.storage_id), copy)
        taken = library.import_files(studio, [copy], category)
    except OSError as error:
        raise StorageError(
            f"“{card.filename}” could not be read from the library: {error.strerror}. Nothing was "
            "changed. Choose another photo, or import it again."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if taken.trouble is not None:
        raise taken.trouble
    return [as_card(row) for row in taken.files]


def as_card(row: StoredFile) -> FileCard:
    """Return a picture's row as lists show it."""
    known = [name for name in FileCard._fields if name != "stack_id"]  # which no row tells
    return FileCard(*(getattr(row, name) for name in known))


def shows_cutouts(studio: Studio, provider: str) -> bool:
    """Say whether a service can show its cut-outs beforehand."""
    return isinstance(studio.providers.get(provider), ShowsCutouts)


def cutter(studio: Studio, provider: str, wants_cutouts: bool) -> str | None:
    """Return whose cut-outs pictures of `provider` are made with, None where there are none.

    With `wants_cutouts` its model takes products alone, which the embedded engine cuts out.
    """
    if shows_cutouts(studio, provider):
        return provider
    names = studio.providers if wants_cutouts else ()
    return next((name for name in names if shows_cutouts(studio, name)), None)


def cutout(
    studio: Studio,
    provider: str,
    photo: StoredFile | FileCard | Photo,
    cancelled: Event,
    *,
    side: int = CUTOUT_SIDE,
    mended: bool = True,
    sheer: str = "auto",
) -> Path | None:
    """Return a picture of the product alone (PNG with alpha), made once and kept.

    It is what the mask says that somebody mended, where there is one and `mended` asks for it;
    else `sheer` (one of SHEER) says whether the cloth lets the ground through. None when the
    service shows none. Blocks for seconds; raises ServiceError.
    """
    service = studio.provider(provider)
    if not isinstance(service, ShowsCutouts):
        return None
    known = masks.of_files(studio, [photo.id]).get(photo.id) if mended else None
    stem = photo.storage_id if known is None else f"{photo.storage_id}-{known.digest}"
    kept = studio.workspace.tmp / "cutouts" / provider / f"{stem}-{side}-{sheer}.png"
    if kept.is_file():
        return kept
    partial = kept.with_name(f"{photo.storage_id}.{uuid.uuid4().hex}.png")
    try:
        kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        mask = None if known is None else masks.for_job(studio, [photo.id], kept.parent)[0]
        source = studio.files.path(photo.storage_id)
        service.preview(source, partial, cancelled, mask=mask, side=side, sheer=sheer)
        partial.replace(kept)
    except ProviderError as error:
        raise ServiceError(named(studio, error.sentence)) from error
    except OSError as error:
        raise StorageError(
            f"The cut-out could not be kept: {error.strerror}. Your photo is safe."
        ) from error
    finally:
        with contextlib.suppress(OSError):  # where the folder itself is the trouble
            partial.unlink(missing_ok=True)
    return kept


def mask(
    studio: Studio, file_id: int, cancelled: Event, *, mended: bool = True, sheer: str = "auto"
) -> bytes:
    """Return what belongs to the product in a photo, as a grey PNG.

    The one somebody mended, unless `mended` says not to; else the engine's own, at the size masks
    have, by what `sheer` (one of SHEER) says of the cloth. Blocks for seconds. Raises NotFound,
    BadInput where nothing here cuts out, ServiceError.
    """
    row = library.picture(studio, file_id)
    kept = masks.png(studio, file_id) if mended else None
    if kept is not None:
        return kept
    for name in studio.providers:
        made = cutout(studio, name, row, cancelled, side=LONGEST, mended=False, sheer=sheer)
        if made is not None:
            if sheer == "on" and cloth(made.read_bytes()) == "untold":
                raise BadInput(_PATTERNED)
            return canonical(made.read_bytes(), row.filename, (row.width, row.height))[0]
    raise BadInput("The embedded engine, which cuts products out, is not installed.")


def products(studio: Studio, file_id: int, cancelled: Event) -> list[bytes]:
    """Return a mask for each of several products that the engine finds in one photo.

    From left to right; empty for a photo of one product. Blocks and raises as `mask` does.
    """
    whole = mask(studio, file_id, cancelled, mended=False)
    return apart(whole, library.picture(studio, file_id).filename)


def choose(studio: Studio, file_id: int, number: int, cancelled: Event) -> Mask:
    """Keep only the product `number` (1 is the leftmost) of several in a photo, as its mask.

    Raises what `mask` does, and BadInput where there is no such product.
    """
    found = products(studio, file_id, cancelled)
    if not 1 <= number <= len(found):
        there = f"{len(found)} products, counted from the left" if found else "one product"
        raise BadInput(
            f"There is no product {number} in this photo: the engine finds {there}. "
            "Nothing was changed."
        )
    return masks.keep(studio, file_id, found[number - 1], "the product's mask")


def see_through(studio: Studio, file_id: int, sheer: str, cancelled: Event) -> Mask | None:
    """Keep, as a photo's mask, its cut-out with sheer cloth seen through ("on") or not ("off").

    "auto" leaves it to the engine again and returns None. Raises what `mask` does.
    """
    if sheer == "auto":
        masks.reset(studio, file_id)
        return None
    data = mask(studio, file_id, cancelled, mended=False, sheer=sheer)
    return masks.keep(studio, file_id, data, "the product's mask")


def write_mask(studio: Studio, file_id: int, target: Path, cancelled: Event) -> Path:
    """Write the mask that pictures of a photo are made with to a new file and return its path.

    A name that is taken gets a number. Raises what `mask` does, and BadInput for the folder.
    """
    folder = checked_folder(target.parent)
    data = mask(studio, file_id, cancelled)
    return write_new(data, folder, target.stem, ".png")


def plane(
    studio: Studio, provider: str, file_id: int, arrangement: str, cancelled: Event
) -> tuple[scene.Plane, float] | None:
    """Return the plane that a service finds in a background photo, and how sure it is of it.

    None where the service looks for none. Blocks for seconds; raises NotFound or ServiceError.
    """
    row = library.picture(studio, file_id)
    service = studio.provider(provider)
    if not isinstance(service, FindsPlanes):
        return None
    try:
        path = studio.files.path(row.storage_id)
        text, sure = service.find_plane(path, arrangement, cancelled)
    except ProviderError as error:
        raise ServiceError(named(studio, error.sentence)) from error
    found = scene.read(text)
    return None if found is None else (found, sure)


def doubts(studio: Studio, brief: Brief, cancelled: Event) -> list[str]:
    """Return the service's sentences on why these photos don't fit together; empty if they do.

    Asked before anything is charged. Blocks for seconds; raises ServiceError.
    """
    service = studio.provider(brief.provider)
    if not isinstance(service, ChecksPhotos):
        return []
    wanted = list(brief.photos)
    found = {one.id: studio.files.path(one.storage_id) for one in library.cards(studio, wanted)}
    people = [found[one] for one in brief.models if one in found]
    there = [one for one in brief.products if one in found]
    products = [found[one] for one in there]
    drawn = masks.for_job(studio, there, studio.workspace.tmp / "cutouts")
    try:
        if brief.background in found and isinstance(service, ChecksScenes):
            size = studio.catalogue.pixels(brief.quality, brief.aspect_ratio)
            behind = found[brief.background]
            said = service.fits_scene(products, behind, size, brief.options, cancelled, drawn)
        else:
            said = service.suitable(products, people, brief.options, cancelled, drawn)
    except ProviderError as error:
        raise ServiceError(named(studio, error.sentence)) from error
    return [named(studio, one) for one in said]
