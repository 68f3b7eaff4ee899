"""Real small workspaces for the panes' tests and pictures: generations in every state."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QImage

from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Category, Review, Status
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.protocol import RemoteRef
from stylestudio_desktop.services import finishing, generate, library, queue, steering
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations
from tests.ui.pictures import picture

PROMPTS = (
    "Linen shirt on warm sand, morning light, lots of room on the left for a headline",
    "Summer dress in a garden of lemons",
    "Wide trousers, folded once, on pale oak",
    "",
    "Leather bag against a rust-coloured wall with one long shadow",
    "Denim jacket, close crop, crisp stitching",
)
STYLES = ("realistic", "fashion", "artistic", "vintage", "minimalist")
HOST = "test host"


def import_drawings(studio: Studio, folder: Path, count: int) -> list[FileId]:
    """Import `count` drawn product photos and return their ids."""
    paths = []
    for number in range(count):
        path = folder / f"product-{number:02d}.jpg"
        picture(number, 640, product=True).save(str(path), "JPEG", 90)  # type: ignore[call-overload]
        paths.append(path)
    found = library.import_files(studio, paths, Category.PRODUCT).files
    return [FileId(one.id) for one in found]


def start(studio: Studio, products: Sequence[FileId], number: int = 0) -> Generation:
    """Start one generation; `number` chooses its words, style and count."""
    return generate.start(
        studio,
        Brief(
            products=(products[number % len(products)],),
            prompt=PROMPTS[number % len(PROMPTS)],
            style=STYLES[number % len(STYLES)],
            quality=("draft", "standard", "high")[number % 3],
            aspect_ratio=("1:1", "3:4", "16:9")[number % 3],
            count=1 + number % 3,
        ),
    )


def run(studio: Studio, row: Generation) -> None:
    """Bring a started generation as far as the service working on it."""
    claimed = queue.claim_next(studio, HOST, row.provider)
    assert claimed is not None
    queue.advance(studio, claimed[0].id, Status.UPLOADING)
    queue.about_to_send(studio, claimed[0].id)
    queue.keep_ref(studio, claimed[0].id, RemoteRef(f"remote-{claimed[0].id}"))


def complete(studio: Studio, folder: Path, row: Generation, number: int = 0) -> list[int]:
    """Let a started generation run to its end, with drawn pictures as its results."""
    from stylestudio_desktop.providers.protocol import Output

    run(studio, row)
    saved = []
    for position in range(row.pictures):
        partial = folder / f"result-{row.id}-{position}.part"
        image: QImage = picture(number * 7 + position, 768)
        image.save(str(partial), "PNG")  # type: ignore[call-overload]
        saved.append(finishing.save_result(studio, partial, Output(position, "", {})))
    current = generations.by_id(studio.database, row.id)
    assert current is not None
    return finishing.complete(studio, current, saved)


def fail(studio: Studio, row: Generation, code: Code, sentence: str) -> None:
    """Let a started generation fail."""
    run(studio, row)
    finishing.fail(studio, row.id, code, sentence)


def furnish(studio: Studio, folder: Path, count: int = 12) -> dict[str, list[int]]:
    """Make generations in every state; return their ids by what they are."""
    folder.mkdir(parents=True, exist_ok=True)
    products = import_drawings(studio, folder, 6)
    made: dict[str, list[int]] = {"completed": []}
    for number in range(count):
        row = start(studio, products, number)
        complete(studio, folder, row, number)
        made["completed"].append(row.id)
    failed = start(studio, products, 4)
    fail(
        studio, failed, Code.SERVICE_REFUSED,
        "The service refused the photo because its rules do not allow it. Nothing was charged. "
        "Try another service, or choose another photo.",
    )  # fmt: skip
    lost = start(studio, products, 1)
    run(studio, lost)
    queue.set_aside(studio, lost.id, Review.OUTCOME_UNKNOWN)
    gone = start(studio, products, 2)
    steering.cancel(studio, gone.id)
    running = start(studio, products, 0)
    run(studio, running)
    queue.progress(studio, running.id, "Cutting out the product", 0.42)
    waiting = start(studio, products, 5)
    made |= {
        "failed": [failed.id], "review": [lost.id], "cancelled": [gone.id],
        "running": [running.id], "waiting": [waiting.id],
    }  # fmt: skip
    return made
