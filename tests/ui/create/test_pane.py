"""The Create pane as people use it: photos in, choices, a price, and pictures in the making."""

import io
import struct
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Category, Review, Status
from stylestudio_desktop.services import (
    attempts,
    finishing,
    generate,
    history,
    ledger_proof,
    library,
    queue,
    steering,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.create import draft as drafts
from stylestudio_desktop.ui.create.draft import Step
from stylestudio_desktop.ui.create.pane import CreatePane, create_pane
from stylestudio_desktop.ui.create.picker import Picker
from stylestudio_desktop.ui.create.result_card import Ask
from stylestudio_desktop.ui.window import CREATE, GALLERY, HISTORY, SETTINGS, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import (
    GetTokens,
    MakeLarger,
    MakeMoreLike,
    ShowFiles,
    ShowGeneration,
    UseAsModel,
    UseAsProduct,
)
from stylestudio_desktop.worker.runner import Runner
from tests.factories import brief_for, import_photo, photo
from tests.ui.create.conftest import Desk, Listener
from tests.ui.watchdog import Watchdog


def drop(desk: Desk, data: QMimeData) -> None:
    """Drop something on the pane."""
    desk.pane.dropEvent(
        QDropEvent(
            QPointF(QPoint(200, 200)),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )
    desk.settle()


def files(*paths: Path) -> QMimeData:
    """Return files as a file manager hands them over."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def with_product(desk: Desk, folder: Path, colour: str = "teal") -> int:
    """Choose one product photo."""
    file_id = import_photo(desk.studio, folder, colour)
    desk.pane.desk.use(Category.PRODUCT, [file_id])
    desk.settle()
    return file_id


def work(desk: Desk) -> None:
    """Let a worker make everything that waits."""
    stop = threading.Event()
    runner = Runner(desk.studio)

    def run() -> None:
        with desk.studio.database.connection():
            runner.run(stop, until=runner.idle)

    thread = threading.Thread(target=run)
    thread.start()
    desk.bot.waitUntil(lambda: not thread.is_alive(), timeout=20_000)
    thread.join()
    desk.settle()


def only_card(desk: Desk) -> QWidget:
    """Return the one card of the pictures page."""
    (card,) = desk.pane.pages.pictures.cards.values()
    return card


def balance(desk: Desk) -> int | None:
    """Return what the pane believes is in the wallet."""
    return desk.pane.desk.situation.balance


def test_a_stranger_is_told_the_one_thing_to_do(desk: Desk) -> None:
    assert not desk.pane.summary.go.isEnabled()
    assert "product photo" in desk.pane.summary.remark.text()
    assert desk.pane.pages.products.zone.isVisible()
    assert balance(desk) == 10


def test_a_dropped_photo_is_imported_shown_and_priced(desk: Desk, tmp_path: Path) -> None:
    drop(desk, files(photo(tmp_path)))

    assert [one.name for one in desk.pane.desk.draft.products] == ["tee.jpg"]
    assert desk.pane.summary.go.isEnabled()
    assert "2 token" in desk.pane.summary.go.text()
    assert ("Balance", "10 → 8 tokens") in desk.pane.summary.price.rows
    (tile,) = desk.pane.pages.products.tiles.values()
    assert tile.photo_image.width() == 64
    assert tile.view.image.pixelColor(32, 24).red() > 200  # the cut-out, in gold


def test_photo_or_cut_out(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    (tile,) = desk.pane.pages.products.tiles.values()

    for button in desk.pane.pages.products.findChildren(QAbstractButton):
        if button.accessibleName() == "Photo":
            button.click()

    assert tile.view.image.width() == 64


def test_people_are_dropped_on_the_second_page(desk: Desk, tmp_path: Path) -> None:
    desk.pane.go(Step.MODEL)
    drop(desk, files(photo(tmp_path)))

    assert len(desk.pane.desk.draft.models) == 1
    assert not desk.pane.desk.draft.products
    assert desk.pane.pages.models.nobody.isChecked() is False


def test_what_is_no_photo_is_told_and_the_rest_goes_in(desk: Desk, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")
    told: list[str] = []
    desk.pane.intake.refused.connect(told.append)

    drop(desk, files(bad, photo(tmp_path)))

    assert len(desk.pane.desk.draft.products) == 1
    assert len(told) == 1
    assert "bad.jpg" in told[0]


def test_a_picture_is_pasted(desk: Desk) -> None:
    image = QImage(90, 60, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)

    desk.pane.paste()
    desk.settle()

    (one,) = desk.pane.desk.draft.products
    assert library.picture(desk.studio, one.id).width == 90
    assert not list(desk.studio.workspace.tmp.glob("paste-*"))


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp"])
def test_a_picture_of_another_program_is_taken_as_it_came(
    desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = io.BytesIO()
    Image.new("RGB", (90, 60), "teal").save(made, kind.upper())
    monkeypatch.setattr(QMimeData, "imageData", None)  # Qt would decode it on this thread
    pasted = QMimeData()
    pasted.setData(f"image/{kind}", made.getvalue())

    assert desk.pane.intake.take_mime(pasted, Category.PRODUCT)
    desk.settle()

    (one,) = desk.pane.desk.draft.products
    row = library.picture(desk.studio, one.id)
    assert (row.width, row.height) == (90, 60)
    if kind != "bmp":
        assert library.location(desk.studio, row).read_bytes() == made.getvalue()


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "bmp"])
def test_a_pasted_picture_that_is_broken_is_told(desk: Desk, kind: str) -> None:
    told: list[str] = []
    desk.pane.intake.refused.connect(told.append)
    pasted = QMimeData()
    pasted.setData(f"image/{kind}", b"\x89PNG\r\n\x1a\n rubbish")

    assert desk.pane.intake.take_mime(pasted, Category.PRODUCT)
    desk.settle()

    assert not desk.pane.desk.draft.products
    assert len(told) == 1
    assert not list(desk.studio.workspace.tmp.glob("paste-*"))


def test_a_pasted_picture_of_absurd_size_is_refused_before_it_is_read(desk: Desk) -> None:
    told: list[str] = []
    desk.pane.intake.refused.connect(told.append)
    vast = QImage(30_000, 20_000, QImage.Format.Format_Mono)
    head = struct.pack("<2sIHHIIiiHH", b"BM", 54, 0, 0, 54, 40, 10_000, 10_000, 1, 24)
    for pasted in (QMimeData(), QMimeData(), QMimeData()):
        if not told:
            pasted.setImageData(vast)
        elif len(told) == 1:
            pasted.setData("image/bmp", head + bytes(24))
        else:
            pasted.setData("image/png", bytes(desk.studio.limits.max_bytes + 1))
        assert desk.pane.intake.take_mime(pasted, Category.PRODUCT)
        desk.settle()

    assert [("million pixels" in text, "MB" in text) for text in told] == [
        (True, False), (True, False), (False, True),
    ]  # fmt: skip
    assert not desk.pane.desk.draft.products


def test_pasting_nothing_is_told(desk: Desk) -> None:
    QGuiApplication.clipboard().setText("words")

    desk.pane.paste()
    desk.settle()

    assert not desk.pane.desk.draft.products


def test_tiles_follow_the_photos(desk: Desk, tmp_path: Path) -> None:
    colours = [f"rgb({number * 20},90,90)" for number in range(10)]
    ids = [import_photo(desk.studio, tmp_path, colour) for colour in colours]
    desk.pane.desk.use(Category.PRODUCT, ids)
    page = desk.pane.pages.products
    desk.bot.waitUntil(lambda: list(page.tiles) == ids)
    first = page.tiles[ids[0]]

    page.tiles[ids[3]].remove.click()
    first.kind_picked.emit("dress")
    desk.settle()

    assert list(page.tiles) == [*ids[:3], *ids[4:]]
    assert page.tiles[ids[0]] is first
    assert desk.pane.desk.draft.products[0].kind == "dress"
    desk.pane.desk.edit(products=tuple(reversed(desk.pane.desk.draft.products)))
    desk.bot.waitUntil(lambda: list(page.tiles) == [*reversed([*ids[:3], *ids[4:]])])


def test_one_of_ours_is_chosen_with_its_kind(desk: Desk) -> None:
    cards = desk.pane.pages.products._cards
    assert cards

    cards[0].click()
    desk.settle()

    (one,) = desk.pane.desk.draft.products
    assert one.kind != "auto"
    assert len(library.ids(desk.studio, FileFilter(category="product_image"))) == 1


def test_one_of_our_people_is_chosen(desk: Desk) -> None:
    desk.pane.go(Step.MODEL)
    desk.settle()
    page = desk.pane.pages.models
    assert len(page.samples) >= 3
    name, number = page.samples[1].accessibleName(), len(page.samples)

    page.samples[1].click()
    desk.settle()

    assert len(desk.pane.desk.draft.models) == 1
    assert [card.accessibleName() for card in page.cards.values()] == [name], "it keeps its name"
    assert len(page.samples) == number - 1, "and is not offered twice"
    desk.pane.pages.models.nobody.click()
    assert desk.pane.desk.draft.models == ()


def test_photos_are_picked_from_the_gallery(desk: Desk, tmp_path: Path) -> None:
    ids = [import_photo(desk.studio, tmp_path, colour) for colour in ("red", "blue", "green")]
    desk.pane.pages.products.gallery.emit()
    picker = desk.pane.findChild(Picker)
    assert picker is not None
    desk.settle()
    assert sorted(picker.grid.contents.ids) == sorted(ids)
    assert not picker.choose.isEnabled()

    picker.grid.select_all()
    picker.choose.click()
    desk.settle()

    assert sorted(one.id for one in desk.pane.desk.draft.products) == sorted(ids)


def test_the_picker_is_searched_as_the_gallery_is(desk: Desk, tmp_path: Path) -> None:
    ids = [import_photo(desk.studio, tmp_path, colour) for colour in ("red", "blue", "green")]
    library.rate(desk.studio, ids[:1], 4)
    desk.pane.pages.products.gallery.emit()
    picker = desk.pane.findChild(Picker)
    assert picker is not None

    picker.search.set_text("rating:>=3")
    picker.search.searched.emit("rating:>=3")
    desk.settle()

    assert list(picker.grid.contents.ids) == ids[:1]


def test_several_products_are_made_one_by_one_or_together(desk: Desk, tmp_path: Path) -> None:
    for colour in ("red", "blue"):
        with_product(desk, tmp_path, colour)
    assert desk.pane.desk.bill().total == 4

    desk.pane.desk.edit(together=True)

    assert desk.pane.desk.bill().total == 2
    assert "2 token" in desk.pane.summary.go.text()


def test_the_service_doubts_before_anything_is_paid(desk: Desk, tmp_path: Path) -> None:
    desk.service.sentences = ["The arms are crossed."]
    with_product(desk, tmp_path)
    assert desk.service.checked == []
    person = import_photo(desk.studio, tmp_path, "red", Category.MODEL)

    desk.window.open_pane(CREATE, UseAsModel((person,)))
    desk.settle()

    assert desk.service.checked == [(1, 1)]
    desk.pane.go(Step.MODEL)
    assert desk.pane.pages.models._doubts.isVisibleTo(desk.pane)
    assert "arms are crossed" in desk.pane.summary.remark.text()
    desk.pane.go(Step.REVIEW)
    desk.settle()
    assert desk.pane.pages.review.alone.isVisibleTo(desk.pane)
    desk.pane.pages.review.alone.click()
    assert desk.pane.desk.draft.models == ()
    assert not desk.pane.pages.review.alone.isVisibleTo(desk.pane)
    assert "arms are crossed" not in desk.pane.summary.remark.text()


def test_only_what_the_service_has_can_be_set_and_the_reason_is_given(desk: Desk) -> None:
    desk.pane.go(Step.LOOK)
    rows = desk.pane.pages.look.knobs.rows

    assert rows["seed"].field.isEnabled()
    for name in ("strength", "guidance_scale", "num_inference_steps", "negative_prompt"):
        assert not rows[name].field.isEnabled()
        assert "Test service" in rows[name].field.accessibleDescription()
    assert desk.pane.pages.look.count is not None
    assert len(desk.pane.pages.look.count.findChildren(QAbstractButton)) == 4


def test_a_look_is_chosen_by_its_cards(desk: Desk) -> None:
    desk.pane.go(Step.LOOK)
    look = desk.pane.pages.look

    look.styles["vintage"].click()
    look.ratios["2:3"].click()
    look.qualities["high"].click()
    look.prompt.setPlainText("calm")
    look.knobs.seed.setValue(12)

    draft = desk.pane.desk.draft
    assert (draft.style, draft.ratio, draft.quality) == ("vintage", "2:3", "high")
    assert (draft.prompt, draft.seed) == ("calm", 12)
    assert look.styles["vintage"].isChecked()


def test_a_picture_is_made_larger_with_its_own_seed(desk: Desk, tmp_path: Path) -> None:
    file_id = with_product(desk, tmp_path)
    row = generate.start(desk.studio, brief_for(file_id, quality="draft", seed=9))
    runner = Runner(desk.studio)
    runner.run(threading.Event(), until=runner.idle)

    desk.pane.receive(MakeLarger(row.id))
    desk.settle()

    draft = desk.pane.desk.draft
    assert (draft.quality, draft.seed, draft.count) == ("high", 9, 1)
    assert desk.pane.step is Step.REVIEW


def test_how_it_is_shown_is_chosen_by_cards(desk: Desk, tmp_path: Path) -> None:
    file_id = with_product(desk, tmp_path)
    desk.pane.go(Step.LOOK)
    cards = desk.pane.pages.look.staging

    cards.arrangements["plinth"].click()
    cards.backdrops["white"].click()
    assert not cards.reflection.isEnabled()
    desk.pane.go(Step.REVIEW)
    assert ("Arrangement", "On a plinth") in desk.pane.pages.review.choices.rows

    shoes = drafts.of_kind(desk.pane.desk.draft.products, file_id, "shoes")
    desk.pane.desk.edit(products=shoes)
    desk.pane.go(Step.LOOK)
    assert not cards.arrangements["hung"].isEnabled()
    assert cards.arrangements["plinth"].isChecked()
    assert "Standing" in cards.arrangements["auto"].toolTip()


def test_the_review_shows_the_whole_prompt(desk: Desk, tmp_path: Path) -> None:
    file_id = with_product(desk, tmp_path)
    desk.pane.desk.edit(style="vintage", prompt="by the sea")
    desk.pane.go(Step.REVIEW)

    quote = generate.quote(desk.studio, brief_for(file_id, style="vintage", prompt="by the sea"))
    assert desk.pane.pages.review.prompt.text() == quote.prompt
    assert ("Style", "Vintage") in desk.pane.pages.review.choices.rows
    assert dict(desk.pane.pages.review.price.rows)["Balance after"].startswith("8 token")


def test_pictures_are_made_charged_and_opened(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.desk.edit(count=2)

    desk.pane.summary.go.click()
    desk.settle()

    assert desk.pane.step is Step.PICTURES
    assert balance(desk) == 6
    card = desk.pane.pages.pictures.cards[desk.pane.making.ids[0]]
    desk.bot.waitUntil(card.progress.isVisible)
    work(desk)
    story = desk.pane.making.stories[desk.pane.making.ids[0]]
    assert story.generation.status == Status.COMPLETED.value
    assert not card.progress.isVisible()
    assert [one.text() for one in card.buttons] == ["Open", "Make more like this"]
    card.buttons[0].click()
    wish = desk.others[GALLERY].wishes[0]
    assert wish == ShowFiles(tuple(one.id for one in story.results))


def test_a_batch_starts_whole(desk: Desk, tmp_path: Path) -> None:
    for colour in ("red", "blue", "green"):
        with_product(desk, tmp_path, colour)

    desk.pane.generate()
    desk.settle()

    page = history.listing(desk.studio, GenerationFilter())
    assert len(page.items) == 3
    assert len(desk.pane.pages.pictures.cards) == 3


def test_ctrl_enter_generates_and_alt_numbers_walk(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.window.activateWindow()
    desk.bot.waitUntil(desk.window.isActiveWindow)
    desk.pane.summary.go.setFocus()

    for step in (Step.LOOK, Step.MODEL, Step.REVIEW, Step.PRODUCT):
        key = getattr(Qt.Key, f"Key_{int(step) + 1}")
        QTest.keyClick(desk.window.focusWidget(), key, Qt.KeyboardModifier.AltModifier)
        assert desk.pane.step is step
    focus = desk.window.focusWidget()
    QTest.keyClick(focus, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()

    assert len(desk.pane.making.ids) == 1


def test_pressing_twice_starts_once(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)

    desk.pane.generate()
    desk.pane.generate()
    desk.settle()

    assert len(desk.pane.making.ids) == 1
    assert balance(desk) == 8


def test_without_enough_tokens_the_wallet_opens_and_nothing_is_lost(
    desk: Desk, tmp_path: Path, opened: Callable[[dict[str, object]], Desk]
) -> None:
    with_product(desk, tmp_path)
    desk.pane.desk.edit(quality="high", count=4, prompt="calm")

    assert desk.pane.summary.go.text() == "Get tokens"
    desk.pane.summary.go.click()

    assert desk.others[WALLET].wishes == [GetTokens(CREATE)]
    memory = desk.window.memory()
    again = opened(memory)
    again.window.open_pane(CREATE)
    again.settle()
    assert again.pane.desk.draft == desk.pane.desk.draft


def test_ctrl_enter_without_a_product_goes_there(desk: Desk) -> None:
    desk.pane.go(Step.REVIEW)

    desk.pane.generate()

    assert desk.pane.step is Step.PRODUCT
    assert not desk.pane.making.ids


def test_a_photo_that_is_gone_at_the_next_start_is_let_go(
    desk: Desk, tmp_path: Path, opened: Callable[[dict[str, object]], Desk]
) -> None:
    file_id = with_product(desk, tmp_path)
    memory = desk.window.memory()
    library.trash(desk.studio, [file_id])

    again = opened(memory)
    again.settle()

    assert again.pane.desk.draft.products == ()


def test_a_failure_says_what_happened_and_is_retried(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    (row_id,) = desk.pane.making.ids
    finishing.fail(desk.studio, row_id, Code.SERVICE_FAILED, "The service is down. Try again.")
    desk.settle()

    card = desk.pane.pages.pictures.cards[row_id]
    assert card.sentence.text() == "The service is down. Try again."
    assert balance(desk) == 10
    card.buttons[0].click()
    desk.settle()

    assert desk.pane.making.stories[row_id].generation.status == Status.PENDING.value
    assert balance(desk) == 8


@pytest.mark.parametrize(
    ("code", "pane", "step"),
    [
        (Code.NEEDS_KEY, SETTINGS, None),
        (Code.SERVICE_REFUSED, CREATE, Step.LOOK),
        (Code.FILE_MISSING, CREATE, Step.PRODUCT),
        (Code.NOT_ENOUGH_TOKENS, WALLET, None),
        (Code.STORAGE_FULL, SETTINGS, None),
    ],
)
def test_every_failure_offers_what_helps(
    desk: Desk, tmp_path: Path, code: Code, pane: str, step: Step | None
) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    (row_id,) = desk.pane.making.ids
    finishing.fail(desk.studio, row_id, code, "It failed.")
    desk.settle()

    desk.pane.pages.pictures.cards[row_id].buttons[0].click()
    desk.settle()

    assert desk.window.current == pane
    assert step is None or desk.pane.step is step


def test_waiting_work_is_cancelled_and_its_tokens_return(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    (row_id,) = desk.pane.making.ids

    desk.pane.pages.pictures.cards[row_id].progress.stop.click()
    desk.settle()

    assert desk.pane.making.stories[row_id].generation.status == Status.CANCELLED.value
    assert balance(desk) == 10


def test_an_unknown_outcome_is_decided_by_the_user(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    (row_id,) = desk.pane.making.ids
    queue.claim_next(desk.studio, "host", "local")
    queue.set_aside(desk.studio, row_id, Review.OUTCOME_UNKNOWN)
    desk.settle()

    card = desk.pane.pages.pictures.cards[row_id]
    assert [one.text() for one in card.buttons] == ["Run it again", "Let it go"]
    card.buttons[1].click()
    desk.settle()

    assert not attempts.is_open(desk.pane.making.stories[row_id].generation)
    assert balance(desk) == 10


def test_the_stage_and_the_time_left_are_shown(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    (row_id,) = desk.pane.making.ids
    queue.claim_next(desk.studio, "host", "local")
    queue.advance(desk.studio, row_id, Status.UPLOADING)
    queue.advance(desk.studio, row_id, Status.PROCESSING)
    desk.settle()

    queue.progress(desk.studio, row_id, "Light", 0.5)
    desk.settle()

    found = desk.pane.making.progress(row_id)
    assert (found.stage, found.share) == ("Light", 0.5)
    assert found.left is not None
    assert desk.pane.pages.pictures.cards[row_id]._left.text() == "a few seconds left"


def test_what_another_process_does_is_seen(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    (row_id,) = desk.pane.making.ids
    other = open_studio(desk.studio.workspace, {"local": desk.service})
    try:
        steering.cancel(other, row_id)
    finally:
        close_studio(other)

    def ended() -> bool:
        return not attempts.is_open(desk.pane.making.stories[row_id].generation)

    desk.bot.waitUntil(ended, timeout=5000)
    desk.settle()
    desk.bot.waitUntil(lambda: balance(desk) == 10, timeout=5000)


def test_work_of_an_earlier_start_appears(
    studio: object, tmp_path: Path, opened: Callable[[dict[str, object]], Desk]
) -> None:
    first = opened({})
    with_product(first, tmp_path)
    first.pane.generate()
    first.settle()

    again = opened({})
    again.window.open_pane(CREATE)
    again.settle()
    again.bot.waitUntil(lambda: again.pane.making.ids == first.pane.making.ids, timeout=5000)
    again.bot.waitUntil(lambda: bool(again.pane.pages.pictures.cards), timeout=5000)


def test_more_like_this_fills_the_draft(desk: Desk, tmp_path: Path) -> None:
    product = import_photo(desk.studio, tmp_path)
    row = generate.start(desk.studio, brief_for(product, style="artistic", prompt="calm", seed=4))

    desk.window.open_pane(CREATE, MakeMoreLike(row.id))
    desk.settle()

    draft = desk.pane.desk.draft
    assert [one.id for one in draft.products] == [product]
    assert (draft.style, draft.prompt, draft.quality) == ("artistic", "calm", "draft")
    assert draft.seed is None


def test_a_generation_that_is_gone_is_told(desk: Desk) -> None:
    told: list[str] = []
    desk.pane.desk.failed.connect(told.append)

    desk.window.open_pane(CREATE, MakeMoreLike(123))
    desk.settle()

    assert len(told) == 1


def test_pictures_of_the_gallery_become_products(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path, "red")
    person = import_photo(desk.studio, tmp_path, "blue", Category.MODEL)

    desk.window.open_pane(CREATE, UseAsProduct((person,)))
    desk.settle()

    (one,) = desk.pane.desk.draft.products
    assert library.picture(desk.studio, one.id).category == Category.PRODUCT.value


def test_starting_over_can_be_undone(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    before = desk.pane.desk.draft

    desk.pane.start_over()
    assert desk.pane.desk.draft.products == ()
    (undo,) = [
        one for one in desk.window.findChildren(QAbstractButton) if one.text() == "Undo"
    ]  # fmt: skip
    undo.click()

    assert desk.pane.desk.draft == before


def test_the_story_is_one_press_away(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    (row_id,) = desk.pane.making.ids

    desk.pane.answers.answer(Ask.STORY, row_id)

    assert desk.others[HISTORY].wishes == [ShowGeneration(row_id)]


def test_what_is_finished_can_be_cleared(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    work(desk)

    desk.pane.pages.pictures.clear.click()

    assert not desk.pane.pages.pictures.cards
    assert desk.pane.pages.pictures._empty.isVisible()


def test_a_service_that_is_not_ready_is_said(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    desk.service.ready = False

    desk.pane.refresh()
    desk.settle()

    assert not desk.pane.summary.go.isEnabled()
    assert "Test service" in desk.pane.summary.remark.text()


def test_everything_has_a_name_for_those_who_hear_it(desk: Desk, tmp_path: Path) -> None:
    with_product(desk, tmp_path)
    for step in Step:
        desk.pane.go(step)
        desk.settle()
        nameless = [
            one
            for one in desk.pane.findChildren(QAbstractButton)
            if one.isVisible() and not (one.accessibleName() or one.text())
        ]
        assert not nameless, step


def test_opening_blocks_nothing(studio: Studio, qtbot: QtBot, watchdog: Watchdog) -> None:
    with watchdog.excused():
        window = MainWindow(
            {GALLERY: lambda _window: Listener(), CREATE: lambda w: create_pane(w, studio)}, {}
        )
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)

    pane = window.open_pane(CREATE)
    assert isinstance(pane, CreatePane)
    qtbot.waitUntil(lambda: pane.bench is not None and pane.bench.pages.complete, timeout=10_000)

    with watchdog.excused():
        qtbot.waitUntil(lambda: not window.tasks.busy())
        window.close()


def test_the_window_never_stands_still(desk: Desk, tmp_path: Path, watchdog: Watchdog) -> None:
    with watchdog.excused():
        paths = [photo(tmp_path, f"{n}.jpg", f"rgb({n * 6},80,90)") for n in range(40)]
    drop(desk, files(*paths))
    for step in Step:
        desk.pane.go(step)
        desk.settle()
    desk.pane.desk.edit(quality="draft", products=desk.pane.desk.draft.products[:8])
    desk.settle()
    desk.pane.generate()
    desk.settle()

    assert len(desk.pane.making.ids) == 8


def test_no_balance_is_told_while_the_ledger_is_broken(desk: Desk) -> None:
    desk.settle()
    before = balance(desk)
    desk.studio.database.run("UPDATE users SET token_balance = 4000")
    ledger_proof.at_start(desk.studio)
    desk.bot.waitUntil(lambda: balance(desk) is None, timeout=5000)
    ledger_proof.anchor(desk.studio, "I tried something out.")
    ledger_proof.at_start(desk.studio)
    desk.bot.waitUntil(lambda: balance(desk) == before, timeout=5000)


@pytest.mark.parametrize(("width", "beside"), [(683, False), (800, False), (1280, True)])
def test_a_narrow_window_cuts_no_page_off(desk: Desk, width: int, beside: bool) -> None:
    pane = desk.pane
    desk.window.resize(width, 384)
    pane.go(Step.LOOK)
    desk.settle()
    page = pane.pages.page(Step.LOOK)
    assert page.widget().minimumSizeHint().width() <= page.viewport().width()
    summary = pane.summary
    assert summary.isVisible()
    assert (summary.geometry().left() > page.width() // 2) is beside
    assert (summary.width() == pane.width()) is not beside
    for part in (summary.total, summary.remark, summary.go):
        assert part.isVisible()
        assert part.mapTo(pane, part.rect().bottomRight()).y() < pane.height()
        assert part.mapTo(pane, part.rect().bottomRight()).x() < pane.width()
