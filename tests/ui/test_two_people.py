"""Two people share a workspace: no pane shows one of them anything of the other."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.cli.arguments import LISTS
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.batch import Wish
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import (
    batches,
    bulk,
    buying,
    generate,
    library,
    organising,
    profiles,
    reconciling,
    till,
    watching,
)
from stylestudio_desktop.services.batch_plan import Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create.draft import Step
from stylestudio_desktop.ui.create.pane import CreatePane
from stylestudio_desktop.ui.gallery.pane import GalleryPane
from stylestudio_desktop.ui.history.pane import INSIGHTS, LIST, QUEUE, HistoryPane
from stylestudio_desktop.ui.pane import Pane
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.wallet.pane import WalletPane
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from tests.cli.conftest import Shell
from tests.cli.conftest import shell as shell
from tests.factories import FakeProvider, open_test_studio
from tests.payments.bank import Bank
from tests.payments.counter import KEY, at
from tests.ui.pictures import picture
from tests.ui.studios import complete, fail

WORD = "zebra"
NAME = "Yolanda"


def furnished(tmp_path: Path) -> Studio:
    """Return a workspace in which somebody has something of everything, called by one word."""
    studio = open_test_studio(tmp_path, tokens=4311)
    bank = Bank()
    till.keep_key(studio, KEY)
    buyer = dataclasses.replace(studio, gateways=at(bank))
    profiles.rename(studio, NAME)
    profiles.set_email(studio, f"{WORD}@example.com")
    folder = tmp_path / f"{WORD} photos"
    folder.mkdir()
    paths = []
    for number in range(4):
        paths.append(folder / f"{WORD}-{number}.jpg")
        picture(number, 320, product=True).save(str(paths[-1]), "JPEG", 90)  # type: ignore[call-overload]
    kinds = (Category.PRODUCT, Category.PRODUCT, Category.MODEL, Category.BACKGROUND)
    ids = [
        FileId(library.import_files(studio, [path], kind).files[0].id)
        for path, kind in zip(paths, kinds, strict=True)
    ]
    profiles.set_picture(studio, paths[0])
    rows = [
        generate.start(studio, Brief(products=(ids[0],), prompt=f"{WORD} {number}", count=1))
        for number in range(5)
    ]
    made = complete(studio, folder, rows[0])
    fail(studio, rows[1], Code.SERVICE_REFUSED, f"The {WORD} was refused.")
    library.trash(studio, [ids[1]])
    library.mark_favourite(studio, made, True)
    chosen = bulk.Selection(ids=made)
    bulk.tag(studio, chosen, f"{WORD} tag")
    bulk.collect(studio, chosen, organising.new_collection(studio, f"{WORD} collection").id)
    organising.keep_search(studio, f"{WORD} search", f"{WORD} style:vintage")
    watching.watch(studio, folder, Category.PRODUCT)
    planned = plan(studio, Sources((str(paths[0]),), settings=Wish((), prompt=WORD)))
    batches.start(studio, dataclasses.replace(planned, name=f"{WORD} batch"))
    row = buying.buy(buyer, "enterprise", buying.Back("http://x/", "http://x/"))
    bank.pay(str(row.stripe_checkout_session_id))
    buying.buy(buyer, "pro", buying.Back("http://x/", "http://x/"))
    reconciling.reconcile(buyer)
    return studio


def texts(root: QWidget) -> Iterator[str]:
    """Yield every word that a widget or anything in it shows, tells a reader, or lists."""
    for one in [root, *root.findChildren(QWidget)]:
        yield one.accessibleName()
        yield one.accessibleDescription()
        yield one.toolTip()
        yield one.windowTitle()
        if isinstance(one, QLabel | QAbstractButton):
            yield one.text()
        elif isinstance(one, QLineEdit):
            yield from (one.text(), one.placeholderText())
        elif isinstance(one, QPlainTextEdit):
            yield one.toPlainText()
        elif isinstance(one, QComboBox):
            yield from (one.itemText(row) for row in range(one.count()))
        elif isinstance(one, QAbstractItemView):
            yield from cells(one.model())


def cells(model: QAbstractItemModel) -> Iterator[str]:
    """Yield what the rows of a list or tree say."""
    roles = (
        Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
        Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.UserRole,
    )  # fmt: skip
    above = [QModelIndex()]
    while above:
        parent = above.pop()
        for row in range(model.rowCount(parent)):
            for column in range(model.columnCount(parent)):
                index = model.index(row, column, parent)
                yield from (str(model.data(index, role)) for role in roles)
            above.append(model.index(row, 0, parent))


def shown() -> str:
    """Return all words of all windows."""
    return "\n".join(
        text for one in QApplication.topLevelWidgets() if one.isVisible() for text in texts(one)
    )


def press(pane: QWidget, text: str) -> None:
    """Press the button that says `text`."""
    (found,) = [one for one in pane.findChildren(QAbstractButton) if one.text() == text]
    found.click()


@pytest.fixture
def settle(qtbot: QtBot) -> Callable[[MainWindow], None]:
    """Wait until nothing of a window's is under way, and the timers behind it have run."""

    def wait(window: MainWindow) -> None:
        def calm() -> bool:
            create = window.findChild(CreatePane)
            if window.tasks.busy() or (create is not None and create.bench is None):
                return False
            return not any(
                one.isActive() and one.isSingleShot() and one.interval() < 1000
                for one in window.findChildren(QTimer)
            )

        qtbot.waitUntil(calm, timeout=15_000)

    return wait


Settle = Callable[[MainWindow], None]


def opened(studio: Studio, qtbot: QtBot) -> Session:
    """Return what the program would open, without the thread that works off the queue."""
    session = Session(studio, lambda: None)
    qtbot.addWidget(session.window)
    session.window.resize(1400, 900)
    session.window.show()
    return session


def closed(session: Session, studio: Studio) -> None:
    session.window.close()
    assert session.window.tasks.close(5000)
    close_studio(studio)


def walk(window: MainWindow, settle: Settle) -> Iterator[str]:
    """Go through every pane as somebody who looks for everything, and yield what each shows."""
    gallery = window.open_pane(GALLERY)
    assert isinstance(gallery, GalleryPane)
    settle(window)
    yield f"pictures: {len(gallery.grid.contents.ids)}" + shown()
    gallery._on_panel(True)
    settle(window)
    yield shown()
    for typed in (WORD, "tag:", "is:trashed"):
        window.top_bar.search.setText(typed)
        settle(window)
        yield f"{typed}: {len(gallery.grid.contents.ids)}" + shown()
    window.top_bar.search.clear()
    create = window.open_pane(CREATE)
    assert isinstance(create, CreatePane)
    settle(window)
    assert create.bench is not None
    for step in Step:
        create.bench.go(step)
        settle(window)
        yield shown()
    history = window.open_pane(HISTORY)
    assert isinstance(history, HistoryPane)
    for view in (LIST, QUEUE, INSIGHTS):
        history._turn(view)
        settle(window)
        yield f"{view}: {history.model.rowCount()}" + shown()
    wallet = window.open_pane(WALLET)
    settle(window)
    yield shown()
    assert isinstance(wallet, WalletPane)
    settings = window.open_pane(SETTINGS)
    assert isinstance(settings, SettingsPane)
    settle(window)
    settings.health.check()
    press(settings, "Show the report")
    press(settings, "Crash reports")
    settle(window)
    yield shown()


@pytest.fixture
def workspace(tmp_path: Path, qtbot: QtBot, settle: Settle) -> Workspace:
    """A workspace that somebody has used, draft and search and all, and left to somebody new."""
    studio = furnished(tmp_path)
    ben = profiles.add(studio, "Ben")
    session = opened(studio, qtbot)
    window = session.window
    found = list(walk(window, settle))
    # The walk sees what there is to see: but for the grid, whose words are painted.
    assert not found[0].startswith("pictures: 0")
    everything = "\n".join(found)
    for part in ("tag", "collection", "search", "photos", "batch", "4", "@example.com"):
        assert f"{WORD}{part}" in everything.replace(f"{WORD} ", WORD), part
    assert "test payment" in everything
    create = window.open_pane(CREATE)
    assert isinstance(create, CreatePane)
    assert create.bench is not None
    create.bench.desk.edit(prompt=f"{WORD} unsent")
    for name in (HISTORY, GALLERY):
        window.open_pane(name)
        window.top_bar.search.setText(WORD)
        settle(window)
    profiles.switch(studio, ben.id)
    closed(session, studio)
    return studio.workspace


def test_no_pane_shows_what_is_somebody_else_s(
    workspace: Workspace, qtbot: QtBot, settle: Settle
) -> None:
    studio = open_studio(workspace, {"local": FakeProvider()})
    session = opened(studio, qtbot)
    window = session.window
    settle(window)
    assert WORD not in shown()
    for typed, text in enumerate(walk(window, settle)):
        # What was typed into the search stays to be seen there.
        wrong = {one for one in text.splitlines() if WORD in one.lower()} - {WORD, f"{WORD}: 0"}
        assert not wrong, (typed, wrong)
        assert NAME not in text or window.current == SETTINGS
        assert "4,3" not in text
        assert "test payment" not in text
    closed(session, studio)


def test_a_frame_that_was_shown_for_another_opens_with_ones_own_memory(qtbot: QtBot) -> None:
    theirs = {"panes": {WALLET: {"draft": WORD}}, "pane": WALLET}
    frame = MainWindow(memory=theirs)
    qtbot.addWidget(frame)
    frame.take_over({"panes": {WALLET: {"draft": "mine"}}, "pane": HISTORY})
    seen: list[object] = []

    class Listening(Pane):
        def recall(self, memory: dict[str, Any]) -> None:
            seen.append(memory)

    frame.furnish({name: lambda _window: Listening() for name in (GALLERY, HISTORY, WALLET)})
    assert frame.current == HISTORY
    frame.open_pane(WALLET)
    assert seen == [{}, {"draft": "mine"}]
    assert WORD not in str(frame.memory())
    frame.close()
    assert frame.tasks.close(5000)


def test_no_command_tells_what_is_somebody_else_s(shell: Shell, tmp_path: Path) -> None:
    studio = furnished(tmp_path)
    ids = {
        table: str(studio.database.value(f"SELECT max(id) FROM {table}"))
        for table in ("files", "generations", "token_purchases", "batches")
    }
    ben = profiles.add(studio, "Ben")
    asked = [
        *(f"list {what}" for what in LISTS), f"list files --search {WORD}",
        f"list generations --search {WORD}", "list files --trashed", "dashboard", "insights",
        "queue", "batches", "watch list", "wallet", "wallet purchases", "wallet reconcile",
        "account", "services", "doctor", "crashes",
    ]  # fmt: skip
    seen = ""
    for who in (studio.user_id, ben.id):
        profiles.switch(studio, who)
        for line in asked:
            for form in ([], ["--json"])[: 1 + (who == ben.id)]:
                shell.run(*line.split(), *form)
                seen += shell.out + shell.err
        if who == studio.user_id:
            assert all(f"{WORD} {part}" in seen for part in ("4", "batch", "photos"))
            assert NAME in seen
            seen = ""
    assert WORD not in seen
    assert NAME not in seen
    assert "Enterprise" not in seen
    for line in (
        f"show {ids['files']}", f"show {ids['generations']}", f"cancel {ids['generations']}",
        f"retry {ids['generations']}", f"batches show {ids['batches']}",
        f"wallet refund {ids['token_purchases']}", f"wallet cancel {ids['token_purchases']}",
        f"wallet receipt {ids['token_purchases']} --to {tmp_path / 'r.pdf'}",
        f"export {ids['files']} --to {tmp_path / 'out'}", f"fidelity {ids['files']}",
    ):  # fmt: skip
        assert shell.run(*line.split()) != 0, line
        assert WORD not in shell.out + shell.err, line
    assert not (tmp_path / "r.pdf").exists()
    close_studio(studio)
