"""A Create pane in a real window on a real small library."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create.bench import Bench
from stylestudio_desktop.ui.create.pane import CreatePane, create_pane
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from tests.factories import open_test_studio
from tests.ui.create.looking import Looking


class Listener(Pane):
    """Another pane, that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[object] = []

    def receive(self, wish: object) -> None:
        self.wishes.append(wish)


@dataclass
class Desk:
    """What a test works with."""

    studio: Studio
    service: Looking
    window: MainWindow
    pane: Bench
    bot: QtBot
    others: dict[str, Listener] = field(default_factory=dict)

    def settle(self) -> None:
        """Wait until nothing runs in the background; a gesture ends with a turn of the loop."""
        QCoreApplication.processEvents()
        pane = self.pane
        self.bot.waitUntil(
            lambda: (
                not (
                    self.window.tasks.busy()
                    or pane.desk.photos.slow.busy()
                    or pane.making.reading
                    or pane.desk.checking
                    or (pane.isVisible() and not pane.pages.complete)
                    or ("pictures" in vars(pane.pages) and not pane.pages.pictures.complete)
                )
            ),
            timeout=10_000,
        )


@pytest.fixture(autouse=True)
def collected(qapp: object) -> Iterator[None]:
    """Collect on the UI thread and between tests only, as the program's own collector does.

    Otherwise a pool's thread may take widgets apart, and what earlier tests left takes time.
    """
    gc.collect()
    enabled = gc.isenabled()
    gc.disable()
    yield
    if enabled:
        gc.enable()


@pytest.fixture
def service() -> Looking:
    """The service of the studio."""
    return Looking()


@pytest.fixture
def studio(tmp_path: Path, service: Looking) -> Iterator[Studio]:
    """A new library with ten tokens."""
    made = open_test_studio(tmp_path, {"local": service})
    yield made
    close_studio(made)


@pytest.fixture
def opened(
    qtbot: QtBot, studio: Studio, service: Looking
) -> Iterator[Callable[[dict[str, object]], Desk]]:
    """Open windows on the library; all are closed in good order."""
    desks: list[Desk] = []

    def make(memory: dict[str, object]) -> Desk:
        others = {name: Listener() for name in (GALLERY, HISTORY, WALLET, SETTINGS)}
        panes = {name: (lambda _window, one=one: one) for name, one in others.items()}
        window = MainWindow({CREATE: lambda window: create_pane(window, studio), **panes}, memory)
        qtbot.addWidget(window)
        window.resize(1280, 800)
        window.show()
        pane = window.pane(CREATE)
        assert isinstance(pane, CreatePane)
        qtbot.waitUntil(lambda: pane.bench is not None, timeout=10_000)
        assert pane.bench is not None
        desks.append(Desk(studio, service, window, pane.bench, qtbot, others))
        desks[-1].settle()
        return desks[-1]

    yield make
    for desk in desks:
        desk.window.close()
        assert desk.window.tasks.close(10_000)
        assert desk.pane.desk.photos.slow.close(10_000)


@pytest.fixture
def desk(opened: Callable[[dict[str, object]], Desk]) -> Desk:
    """The pane as somebody finds it who opens it for the first time."""
    return opened({})
