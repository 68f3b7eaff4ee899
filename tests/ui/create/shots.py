"""Takes a picture of every state of the Create pane, on a real library: look at them.

Run as `python -m tests.ui.create.shots OUTDIR [NAME...]`.
"""

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Category, Status
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import finishing, generate, library, queue, sources
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create.bench import Bench
from stylestudio_desktop.ui.create.draft import Step
from stylestudio_desktop.ui.create.mask_dialog import MaskDialog
from stylestudio_desktop.ui.create.pane import CreatePane, create_pane
from stylestudio_desktop.ui.create.plane_dialog import PlaneDialog
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.translation import install
from stylestudio_desktop.ui.widgets.empty import EmptyState
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from stylestudio_desktop.worker.runner import Runner
from tests.engine.drawn_rooms import room
from tests.ui.shots import settle

SIZES = ((1280, 800), (2560, 1440))


def _quiet(pane: Bench) -> bool:
    return not pane.window_.tasks.busy() and not pane.desk.photos.slow.busy()


def _ready(pane: Bench, seconds: float = 90.0) -> None:
    settle(lambda: _quiet(pane), seconds)
    settle(lambda: _quiet(pane), seconds)


def _choose(pane: Bench, products: int, people: int = 0) -> None:
    studio = pane.desk.studio
    for category, number in ((Category.PRODUCT, products), (Category.MODEL, people)):
        if number:
            ours = sources.samples(category)[:number]
            pane.intake.take([one.path for one in ours], category)
            _ready(pane)
    assert len(pane.desk.draft.products) == products, studio.workspace.root


def empty(pane: Bench) -> None:
    """Show the pane as a stranger finds it."""
    _ready(pane)


def styles(pane: Bench) -> None:
    """Show two products by one person in two styles, with what they would cost."""
    _choose(pane, 2, 1)
    dialog = pane.many.vary()
    assert dialog is not None
    settle(lambda: dialog.plan is not None)
    dialog.styles["fashion"].click()
    settle(lambda: dialog.plan is not None)


def product(pane: Bench) -> None:
    """Show three products with their cut-outs."""
    _choose(pane, 3)


def mending(pane: Bench) -> None:
    """Show a cut-out under the brush."""
    _choose(pane, 1)
    (tile,) = pane.pages.products.tiles.values()
    tile.mend.click()
    dialog = next(iter(pane.window().findChildren(MaskDialog)))
    settle(lambda: dialog.canvas is not None, 90.0)
    canvas = dialog.canvas
    assert canvas is not None
    dialog.pick_mode(adding=False)
    canvas.hover(QPointF(canvas.width() * 0.6, canvas.height() * 0.7))
    _ready(pane)


def model(pane: Bench) -> None:
    """Show people of the library."""
    _choose(pane, 1, 1)
    pane.pages.models.look_for_people()
    pane.go(Step.MODEL)
    _ready(pane)


def model_none(pane: Bench) -> None:
    """Show our own people when there are none."""
    _choose(pane, 1)
    pane.go(Step.MODEL)
    _ready(pane)


def look(pane: Bench) -> None:
    """Show the looks."""
    _choose(pane, 1)
    pane.desk.edit(style="vintage", prompt="On linen, early morning")
    pane.go(Step.LOOK)
    _ready(pane)


def _own_background(pane: Bench) -> None:
    (ours,) = [one for one in sources.samples(Category.PRODUCT) if "handbag" in one.path.name]
    pane.intake.take([ours.path], Category.PRODUCT, {ours.path.name: "bag"})
    _ready(pane)
    folder = pane.desk.studio.workspace.tmp
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "oak-table.jpg"
    Image.fromarray(room("boards", (1800, 1350), "left", warm=1.06).rgb).save(path, quality=92)
    pane.go(Step.LOOK)
    pane.intake.take([path], Category.BACKGROUND)
    _ready(pane)


def scene(pane: Bench) -> None:
    """Show a background photo of one's own among the looks."""
    _own_background(pane)
    pane.desk.edit(plane="0.31,0.52 0.69,0.52 0.77,0.78 0.23,0.78", light_from="left")
    page = pane.pages.look
    page.ensureWidgetVisible(page.scene)
    _ready(pane)


def plane(pane: Bench) -> None:
    """Show how the plane is picked."""
    _own_background(pane)
    pane.pages.look.scene.place.click()
    dialog = next(iter(pane.window().findChildren(PlaneDialog)))
    settle(lambda: dialog.canvas is not None, 90.0)
    _ready(pane)


def review(pane: Bench) -> None:
    """Show everything before paying."""
    _choose(pane, 2)
    pane.desk.edit(style="fashion", count=2)
    pane.go(Step.REVIEW)
    _ready(pane)


def unsuitable(pane: Bench) -> None:
    """Show a pair that does not fit, told before it is paid for: a bag that is called a top."""
    (bag,) = (
        one.path for one in sources.samples(Category.PRODUCT) if one.path.stem == "tote-canvas"
    )
    (person, *_) = (one.path for one in sources.samples(Category.MODEL))
    for path, category in ((bag, Category.PRODUCT), (person, Category.MODEL)):
        pane.intake.take([path], category)
        _ready(pane)
    named = tuple(replace(one, kind="top") for one in pane.desk.draft.products)
    pane.desk.edit(products=named)
    pane.go(Step.REVIEW)
    _ready(pane)


def poor(pane: Bench) -> None:
    """Show what happens without enough tokens."""
    _choose(pane, 4)
    pane.desk.edit(quality="high", count=4)
    pane.go(Step.REVIEW)
    _ready(pane)


def picker(pane: Bench) -> None:
    """Show the choice from the gallery."""
    _choose(pane, 12)
    pane.desk.edit(products=())
    pane.pages.products.gallery.emit()
    _ready(pane)


def running(pane: Bench) -> None:
    """Show pictures in the making, made, and failed."""
    studio = pane.desk.studio
    ours = [one.path for one in sources.samples(Category.PRODUCT)[:6]]
    files = library.import_files(studio, ours, Category.PRODUCT).files
    briefs = [
        Brief(products=(FileId(one.id),), quality="draft", style=style, count=count)
        for one, style, count in zip(
            files,
            ("vintage", "fashion", "artistic", "realistic", "minimalist"),
            (1, 2, 1, 1, 1),
            strict=False,
        )
    ]
    made = generate.start_many(studio, briefs[:2])
    _run(studio)
    made += generate.start_many(studio, briefs[2:])
    for row in made[2:4]:
        claimed = queue.claim_next(studio, "shots", "local")
        assert claimed is not None
        queue.advance(studio, row.id, Status.UPLOADING)
    queue.advance(studio, made[2].id, Status.PROCESSING)
    queue.progress(studio, made[2].id, "Setting the stage and the light", 0.62)
    finishing.fail(
        studio,
        made[3].id,
        Code.SERVICE_FAILED,
        "The picture engine stopped. Nothing was charged. Try again.",
    )
    pane.making.follow([row.id for row in made])
    pane.go(Step.PICTURES)
    _ready(pane)


def _run(studio: Studio) -> None:
    stop = threading.Event()
    runner = Runner(studio)

    def work() -> None:
        with studio.database.connection():
            runner.run(stop, until=runner.idle)

    thread = threading.Thread(target=work)
    thread.start()
    settle(lambda: not thread.is_alive(), 120.0)
    stop.set()
    thread.join()


SHOTS: dict[str, Callable[[Bench], None]] = {
    "empty": empty,
    "product": product,
    "mending": mending,
    "model": model,
    "model-none": model_none,
    "look": look,
    "scene": scene,
    "plane": plane,
    "review": review,
    "unsuitable": unsuitable,
    "poor": poor,
    "picker": picker,
    "styles": styles,
    "running": running,
}


def _window(studio: Studio) -> MainWindow:
    def other(_window: MainWindow) -> Pane:
        pane = Pane()
        layout = QVBoxLayout(pane)
        layout.addWidget(EmptyState("images", "Another pane", "Not part of this picture."))
        return pane

    def ours(window: MainWindow) -> Pane:
        return create_pane(window, studio)

    panes = {GALLERY: other, CREATE: ours, HISTORY: other, WALLET: other, SETTINGS: other}
    window = MainWindow(panes, {"pane": CREATE})
    window.top_bar.set_balance(10)
    return window


def take(folder: Path, names: list[str]) -> list[Path]:
    """Write the pictures called `names` (all when empty) to `folder`; return the files."""
    app = QApplication.instance() or QApplication([])
    install(app)
    taken: list[Path] = []
    for name, shot in SHOTS.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as root:
            studio = open_studio(Workspace(Path(root)))
            window = _window(studio)
            window.resize(*SIZES[0])
            window.show()
            pane = window.pane(CREATE)
            assert isinstance(pane, CreatePane)
            shot(_bench(pane))
            for look_ in (Appearance.LIGHT, Appearance.DARK):
                theme().set_appearance(look_)
                for width, height in SIZES:
                    window.resize(width, height)
                    settle(lambda: True)
                    path = folder / f"{name}-{look_.value}-{width}.png"
                    _picture(window, path)
                    taken.append(path)
            theme().set_appearance(Appearance.LIGHT)
            window.close()
            window.tasks.close()
            window.deleteLater()
            QApplication.processEvents()
            close_studio(studio)
    return taken


def _bench(pane: CreatePane) -> Bench:
    settle(lambda: pane.bench is not None)
    assert pane.bench is not None
    return pane.bench


def _picture(window: MainWindow, path: Path) -> None:
    dialogs = [one for one in window.findChildren(QWidget) if one.isWindow() and one.isVisible()]
    image = window.grab()
    for dialog in dialogs:
        dialog.move(window.rect().center() - dialog.rect().center())
        dialog.render(image, dialog.pos())
    image.save(str(path))


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for written in take(target, sys.argv[2:]):
        sys.stdout.write(f"{written}\n")
