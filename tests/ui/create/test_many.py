"""Many pictures at once: the plan before, a budget, and a batch that History shows."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import batches, ledger_proof
from stylestudio_desktop.ui.create.batch_dialog import BatchDialog
from stylestudio_desktop.ui.create.draft import Step
from stylestudio_desktop.ui.create.look_page import LookPage
from stylestudio_desktop.ui.window import CREATE, HISTORY
from stylestudio_desktop.ui.wishes import ShowQueue
from tests.factories import give, photo
from tests.ui.create.conftest import Desk


@pytest.fixture
def wishes(tmp_path: Path) -> Path:
    photo(tmp_path, "tee.jpg", "teal")
    photo(tmp_path, "hat.jpg", "red")
    path = tmp_path / "wishes.csv"
    path.write_text("product,sku,quality\ntee.jpg,A,draft\nhat.jpg,B,draft\nno.jpg,C,draft\n")
    return path


def planned(desk: Desk, path: Path) -> BatchDialog:
    dialog = desk.pane.many.plan(path)
    desk.bot.waitUntil(lambda: dialog.plan is not None)
    return dialog


def test_a_table_is_priced_before_it_is_started(desk: Desk, wishes: Path) -> None:
    dialog = planned(desk, wishes)
    assert "Line 4: There is no photo “no.jpg”" in dialog.problems.toPlainText()
    assert "Price: 2 token" in dialog.facts.text()
    assert dialog.go.text().startswith("Start for up to 2 token")
    dialog.budget.setValue(1)
    assert "ends it after 1 generation" in dialog.said.text()
    dialog.go.click()
    desk.bot.waitUntil(lambda: bool(batches.listing(desk.studio)))
    desk.bot.waitUntil(lambda: desk.window.current == HISTORY)
    begun = batches.listing(desk.studio)[0].batch
    assert (begun.total, begun.budget, begun.name) == (2, 1, "wishes.csv")
    assert desk.others[HISTORY].wishes == [ShowQueue()]
    desk.settle()


def test_nothing_starts_and_no_balance_is_told_while_the_ledger_is_broken(
    desk: Desk, wishes: Path
) -> None:
    desk.studio.database.run("UPDATE users SET token_balance = 4000")
    ledger_proof.at_start(desk.studio)
    dialog = planned(desk, wishes)
    assert "In your wallet: not known until the ledger is in order" in dialog.facts.text()
    assert dialog.said.text() == "Nothing new starts until the ledger is in order."
    assert not dialog.go.isEnabled()
    assert dialog.budget.value() == 2, "the price, as where the balance covers it"
    ledger_proof.anchor(desk.studio, "I tried something out.")
    ledger_proof.at_start(desk.studio)
    assert planned(desk, wishes).go.isEnabled()
    desk.settle()


def test_a_folder_takes_what_create_shows(
    desk: Desk, wishes: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    room = photo(tmp_path_factory.mktemp("rooms"), "room.jpg", "navy")
    desk.pane.intake.take([room], Category.BACKGROUND)
    desk.settle()
    desk.pane.desk.edit(style="vintage", quality="draft", prompt="in the rain", light_from="left")
    dialog = planned(desk, wishes.parent)
    assert dialog.plan is not None
    assert {wish.style for wish in dialog.plan.wishes} == {"vintage"}
    assert {wish.prompt for wish in dialog.plan.wishes} == {"in the rain"}
    ground = desk.pane.desk.draft.background
    assert ground is not None
    assert {wish.background for wish in dialog.plan.wishes} == {str(ground.id)}
    assert {wish.options for wish in dialog.plan.wishes} == {(("light_from", "left"),)}
    assert "can be paused at any time" in dialog.said.text()
    dialog.budget.setValue(1000)
    dialog.start()
    desk.bot.waitUntil(lambda: bool(batches.listing(desk.studio)))
    assert batches.listing(desk.studio)[0].batch.budget == 2
    desk.settle()


def test_what_cannot_be_a_batch_is_told_in_the_dialog(desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("name\nx\n")
    dialog = desk.pane.many.plan(bad)
    desk.bot.waitUntil(lambda: "no column" in dialog.said.text())
    dialog.start()
    assert not dialog.go.isEnabled()
    dialog.reject()
    bad.write_text("product\nnone.jpg\n")
    dialog = planned(desk, bad)
    assert not dialog.go.isEnabled()
    assert "Nothing in it can be made" in dialog.said.text()
    dialog.reject()
    photo(tmp_path, "tee.jpg")
    bad.write_text("product,quality\n" + "tee.jpg,high\n" * 5)
    dialog = planned(desk, bad)
    dialog.budget.setValue(15)
    assert "not enough tokens" in dialog.said.text()
    assert not dialog.go.isEnabled()
    dialog.reject()
    desk.settle()


@pytest.mark.parametrize("folder", [False, True])
def test_the_buttons_ask_for_a_table_or_a_folder(desk: Desk, folder: bool) -> None:
    desk.pane.pages.products.many.emit(folder)
    dialog = desk.pane.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    wanted = QFileDialog.FileMode.Directory if folder else QFileDialog.FileMode.ExistingFile
    assert dialog.fileMode() == wanted
    dialog.close()


def test_products_people_and_styles_are_multiplied_with_their_totals(
    desk: Desk, tmp_path: Path
) -> None:
    give(desk.studio, 90)
    photos = [photo(tmp_path, f"{name}.jpg", name) for name in ("teal", "red", "navy")]
    desk.pane.intake.take(photos[:2], Category.PRODUCT)
    desk.pane.intake.take(photos[2:], Category.MODEL)
    desk.settle()
    desk.pane.desk.edit(style="vintage", quality="draft")
    desk.pane.go(Step.LOOK)
    desk.settle()
    desk.pane.pages.look.vary.click()
    dialog = desk.pane.findChild(BatchDialog)
    assert isinstance(dialog, BatchDialog)
    desk.bot.waitUntil(lambda: dialog.plan is not None)
    assert [name for name, chip in dialog.styles.items() if chip.isChecked()] == ["vintage"]
    assert "Made of: 2 product(s) × 1 model(s) × 1 style(s)" in dialog.facts.text()
    dialog.styles["vintage"].click()
    assert dialog.styles["vintage"].isChecked(), "a picture has a style"
    dialog.styles["fashion"].click()
    assert not dialog.go.isEnabled(), "nothing starts before its price is known"
    dialog.styles["artistic"].click()
    desk.bot.waitUntil(lambda: dialog.plan is not None)
    assert "Made of: 2 product(s) × 1 model(s) × 3 style(s)" in dialog.facts.text()
    assert "Price: 6 token" in dialog.facts.text()
    assert dialog.budget.value() == 6
    dialog.budget.setValue(4)
    dialog.styles["minimalist"].click()
    desk.bot.waitUntil(lambda: dialog.plan is not None)
    assert dialog.budget.value() == 4, "a budget stays when a style joins"
    dialog.go.click()
    desk.bot.waitUntil(lambda: bool(batches.listing(desk.studio)))
    begun = batches.listing(desk.studio)[0].batch
    assert (begun.total, begun.budget, begun.name) == (8, 4, "teal.jpg + 1")
    desk.settle()


def test_several_styles_need_products_each_by_itself(desk: Desk, tmp_path: Path) -> None:
    assert desk.pane.many.vary() is None
    vary = desk.pane.pages.page(Step.LOOK)
    assert isinstance(vary, LookPage)
    vary.show_desk()
    assert not vary.vary.isEnabled()
    assert "Choose a product first" in vary.vary.toolTip()
    photos = [photo(tmp_path, f"{name}.jpg", name) for name in ("teal", "red")]
    desk.pane.intake.take(photos, Category.PRODUCT)
    desk.settle()
    desk.pane.desk.edit(together=True)
    vary.show_desk()
    assert "not for all together" in vary.vary.toolTip()
    desk.pane.desk.edit(together=False)
    vary.show_desk()
    assert vary.vary.isEnabled()


def pressed(desk: Desk, text: str) -> None:
    """Press the button of the notice that is shown."""
    (found,) = [one for one in desk.window.findChildren(QPushButton) if one.text() == text]
    found.click()


def test_what_several_styles_lack_has_a_button_that_gives_it(desk: Desk, tmp_path: Path) -> None:
    desk.pane.go(Step.REVIEW)
    assert desk.pane.many.vary() is None
    desk.window.open_pane(HISTORY)
    pressed(desk, "Choose a product")
    assert desk.window.current == CREATE
    assert desk.pane.step is Step.PRODUCT
    photos = [photo(tmp_path, f"{name}.jpg", name) for name in ("teal", "red")]
    desk.pane.intake.take(photos, Category.PRODUCT)
    desk.settle()
    desk.pane.desk.edit(together=True)
    assert desk.pane.many.vary() is None
    pressed(desk, "Show each by itself")
    assert not desk.pane.desk.draft.together
    (dialog,) = desk.pane.findChildren(BatchDialog)
    desk.bot.waitUntil(lambda: dialog.plan is not None)
    assert "Made of: 2 product(s)" in dialog.facts.text()
    dialog.reject()
    desk.settle()


def test_a_table_says_where_the_styles_count(desk: Desk, tmp_path: Path) -> None:
    photo(tmp_path, "tee.jpg")
    table = tmp_path / "some.csv"
    table.write_text("product,style,quality\ntee.jpg,fashion,draft\ntee.jpg,,draft\n")
    dialog = planned(desk, table)
    assert any("names no style" in one.text() for one in dialog.findChildren(QLabel))
    dialog.styles["vintage"].click()
    desk.bot.waitUntil(lambda: dialog.plan is not None)
    assert dialog.plan is not None
    styles = [wish.style for wish in dialog.plan.wishes]
    assert styles == ["fashion", "realistic", "vintage"]
    dialog.reject()
    desk.settle()
