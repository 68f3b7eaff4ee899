"""Takes pictures of the Gallery on a real library: `python -m tests.ui.gallery_shots OUTDIR`."""

import os
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QDialog

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.providers.protocol import Output
from stylestudio_desktop.services import (
    bulk,
    finishing,
    generate,
    library,
    organising,
    samples,
)
from stylestudio_desktop.services.similar import Lookalikes
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import generations
from stylestudio_desktop.ui.collector import Collector
from stylestudio_desktop.ui.frame.queue_strip import QueueState
from stylestudio_desktop.ui.gallery.pane import GalleryPane, create_pane
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.theme import Appearance, theme
from stylestudio_desktop.ui.translation import install
from stylestudio_desktop.ui.widgets.grid.selection import Ranges
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from tests.factories import open_test_studio
from tests.ui.pane_shots import SIZES, settle
from tests.ui.studios import run

PROMPTS = {
    "realistic": "Soft daylight, seamless paper",
    "fashion": "Bold colour block, one hard light from the left",
    "artistic": "Painted set, a still life",
    "vintage": "Warm film, textured wall",
    "minimalist": "Off-white, a lot of room",
}


def furnish(studio: Studio, folder: Path) -> None:
    """Load the sample collection and complete generations with the catalogue's own pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    samples.load(studio)
    products = list(library.ids(studio, FileFilter(category=Category.PRODUCT.value)))
    pictures = [resources() / "catalogue" / "pictures" / f"{style}.jpg" for style in PROMPTS]
    for number in range(28):
        picture = pictures[number % len(pictures)]
        brief = Brief(
            products=(FileId(products[number % len(products)]),),
            prompt=PROMPTS[picture.stem],
            style=picture.stem,
        )
        row = generate.start(studio, brief)
        run(studio, row)
        partial = folder / f"{row.id}.part"
        image = QImage(str(picture))
        turned = image.flipped(Qt.Orientation.Horizontal) if number % 2 and number >= 5 else image
        turned.copy(0, 0, turned.width(), turned.height() - number // 5).save(
            str(partial), "JPEG", 92
        )
        saved = finishing.save_result(studio, partial, Output(0, "", {}))
        current = generations.by_id(studio.database, row.id)
        assert current is not None
        finishing.complete(studio, current, [saved])
    made = list(library.ids(studio, FileFilter(category=Category.GENERATED.value)))
    library.mark_favourite(studio, made[2::5], True)
    library.rate(studio, made[1::4], 4)


def busy(pane: GalleryPane, window: MainWindow) -> None:
    """Show the grid with a selection, an import running and a notice."""
    pane.grid.select(Ranges([(2, 5), (8, 9)]))
    pane.grid.set_current(4)
    pane.browser.show_work(0.42, "Importing linen-shirt-042.jpg", "84 / 200")
    window.toast("4 pictures moved to the trash", "good", ("Undo", lambda: None))


def plain(pane: GalleryPane, _window: MainWindow) -> None:
    """Show the grid."""
    pane.grid.set_cell(176)


def viewer(pane: GalleryPane, window: MainWindow) -> None:
    """Show the viewer with the slider against the product photo."""
    pane.show_pictures([pane.grid.contents.ids[1]])
    settle(window)
    pane.viewer.toggle_before()
    settle(window)


def compare(pane: GalleryPane, window: MainWindow) -> None:
    """Show four results side by side, zoomed in step."""
    pane.show_pictures(list(pane.grid.contents.ids[:4]))
    settle(window)
    pane.viewer.stages[0].zoom(1.6)


def refused(pane: GalleryPane, window: MainWindow) -> None:
    """Show what an import did not take."""
    here = Path(__file__)
    pane.importer.bring([here, here.with_name("library.py")], Category.PRODUCT)
    settle(window)


def narrowed(pane: GalleryPane, window: MainWindow) -> None:
    """Show the filter panel with tags, collections, kept searches and a tick."""
    studio = pane._studio
    ids = list(pane.grid.contents.ids)
    for name, some in (("summer", ids[:9]), ("shop window", ids[4:11]), ("retouch", ids[2:5])):
        bulk.tag(studio, bulk.Selection(ids=some), name)
    if not organising.list_collections(studio):
        shelf = organising.new_collection(studio, "Spring 2027")
        bulk.collect(studio, bulk.Selection(ids=ids[:12]), shelf.id)
    organising.keep_search(studio, "Best of vintage", "style:vintage rating:>=4")
    organising.keep_search(studio, "To retouch", "tag:retouch")
    pane.browser.filters.more.click()
    settle(window)
    pane.browser.filters.set_text("tag:summer")


def stacks(pane: GalleryPane, window: MainWindow) -> None:
    """Show look-alikes on stacks."""
    Lookalikes(pane._studio).study(threading.Event())
    pane.browser.filters.stacks.setChecked(True)
    pane.browser.filters.changed.emit()


def tags(pane: GalleryPane, window: MainWindow) -> None:
    """Show the dialog of tags on a selection that has some of them."""
    narrowed(pane, window)
    pane.browser.filters.set_text("")
    settle(window)
    pane.grid.select(Ranges([(1, 6)]))
    pane.doing.tag()
    settle(window)


def nothing(pane: GalleryPane, _window: MainWindow) -> None:
    """Show a search without a match."""
    pane.search("winter boots")


def export(pane: GalleryPane, window: MainWindow) -> None:
    """Show the export dialog over the grid."""
    pane.grid.select(Ranges([(0, 6)]))
    pane.doing.export()
    settle(window)


Scene = Callable[[GalleryPane, MainWindow], None]
SCENES: dict[str, tuple[bool, Scene]] = {
    "gallery-empty": (False, plain),
    "gallery": (True, plain),
    "gallery-busy": (True, busy),
    "gallery-viewer": (True, viewer),
    "gallery-compare": (True, compare),
    "gallery-refused": (True, refused),
    "gallery-narrowed": (True, narrowed),
    "gallery-stacks": (True, stacks),
    "gallery-tags": (True, tags),
    "gallery-nothing": (True, nothing),
    "gallery-export": (True, export),
}


def _window(studio: Studio) -> MainWindow:
    others = {name: lambda _window: Pane() for name in (CREATE, HISTORY, WALLET, SETTINGS)}
    window = MainWindow({GALLERY: lambda own: create_pane(own, studio), **others})
    window.top_bar.set_balance(128)
    window.top_bar.avatar.set_user("Mara Lind")
    window.queue_strip.set_state(QueueState(1, 3, 130.0, 0.4))
    return window


def _one(studio: Studio, scene: Scene, look: Appearance, size: tuple[int, int], path: Path) -> None:
    theme().set_appearance(look)
    window = _window(studio)
    window.resize(*size)
    window.show()
    pane = window.pane(GALLERY)
    assert isinstance(pane, GalleryPane)
    settle(window)
    scene(pane, window)
    settle(window)
    target = path.with_name(f"{path.name}-{size[0]}.png")
    shot = window.grab()
    for dialog in [one for one in pane.findChildren(QDialog) if one.isVisible()]:
        dialog.render(shot, dialog.pos() - window.pos())
        dialog.reject()
    shot.save(str(target))
    sys.stdout.write(f"{target}\n")
    window.close()
    window.tasks.close()
    window.deleteLater()
    QApplication.processEvents()


def take(folder: Path, names: list[str]) -> None:
    """Write every scene (or those called `names`) in both appearances and sizes."""
    app = QApplication.instance() or QApplication([])
    install(app)
    collector = Collector()
    folder.mkdir(parents=True, exist_ok=True)
    for name, (furnished, scene) in SCENES.items():
        if names and name not in names:
            continue
        with tempfile.TemporaryDirectory() as place:
            studio = open_test_studio(Path(place), tokens=190)
            if furnished:
                furnish(studio, Path(place) / "made")
            for look in (Appearance.LIGHT, Appearance.DARK):
                for size in SIZES:
                    _one(studio, scene, look, size, folder / f"{name}-{look.value}")
            close_studio(studio)
    collector.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:])
