"""The Wallet: honest numbers, live, every movement in plain words."""

import dataclasses
import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.catalog import Package
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.ledger import Kind
from stylestudio_desktop.domain.purchase import Refund
from stylestudio_desktop.domain.records import Page, Purchase, TokenEntry
from stylestudio_desktop.services import buying, steering, wallet
from stylestudio_desktop.services.budget import Month
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.wallet import ledger
from stylestudio_desktop.ui.wallet import pane as wallet_room
from stylestudio_desktop.ui.wallet.ledger import BALANCE, CHANGE, WHAT, LedgerModel, LedgerTable
from stylestudio_desktop.ui.wallet.packages import PackageCard, Purchases
from stylestudio_desktop.ui.wallet.pane import WalletPane
from stylestudio_desktop.ui.wallet.waiting import WaitingCard
from stylestudio_desktop.ui.wallet.words import movement, signed
from stylestudio_desktop.ui.window import HISTORY, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens, ShowGeneration
from tests.factories import give
from tests.payments.bank import Bank
from tests.payments.counter import at
from tests.ui.watchdog import Watchdog

REQUEST = json.dumps(
    {
        "reference": "r", "key": "k", "workspace": "w", "package": "p", "name": "n", "tokens": 1,
        "amount": 1, "currency": "usd", "expires_at": 1, "success_url": "", "cancel_url": "",
    }
)  # fmt: skip
ROOM = 440
"""What the left column leaves in a window of 1280 pixels."""

Ids = dict[str, list[int]]


@pytest.fixture(autouse=True)
def american() -> Iterator[None]:
    """Money is written as the locale writes it; here, one locale."""
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def pane(window: MainWindow, made: Ids, calm: Callable[[], None]) -> WalletPane:
    """The Wallet pane after some work."""
    opened = window.open_pane(WALLET)
    assert isinstance(opened, WalletPane)
    calm()
    return opened


def words(pane: QWidget) -> str:
    """Return all visible words."""
    return "\n".join(one.text() for one in pane.findChildren(QLabel) if one.isVisibleTo(pane))


def test_the_numbers_are_the_ledgers(pane: WalletPane, studio: Studio) -> None:
    state = wallet.summary(studio)

    assert pane.standing.balance.text() == str(state.user.token_balance)
    assert f"{state.held} more set aside" in words(pane)
    for price, card in pane.standing.buys:
        assert str(state.user.token_balance // price) in card.accessibleName()


def test_a_change_of_the_balance_shows_by_itself(
    pane: WalletPane, studio: Studio, made: Ids, qtbot: QtBot
) -> None:
    before = wallet.summary(studio).user.token_balance
    steering.cancel(studio, made["waiting"][0])

    qtbot.waitUntil(lambda: pane.standing.balance.text() != str(before))
    qtbot.waitUntil(lambda: pane.model.entries[0].kind == Kind.RELEASE.value)


def test_every_entry_has_words_change_and_running_balance(pane: WalletPane, studio: Studio) -> None:
    entries = wallet.movements(studio, limit=500).items
    model = pane.model
    assert model.rowCount() == len(entries)
    for row, entry in enumerate(entries):
        assert model.index(row, BALANCE).data() == str(entry.balance_after)
        assert model.index(row, CHANGE).data() == signed(entry.delta)
        assert model.index(row, WHAT).data()
    assert "Free tokens" in {model.index(row, WHAT).data() for row in range(len(entries))}


def test_an_entry_leads_to_its_generation(
    pane: WalletPane, window: MainWindow, made: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(window.pane(HISTORY), "receive", asked.append)
    row = next(
        place
        for place, one in enumerate(pane.model.entries)
        if one.generation_id == made["failed"][0]
    )
    pane.table.activated.emit(pane.model.index(row, 0))

    assert asked == [ShowGeneration(made["failed"][0])]  # type: ignore[arg-type]


def test_packages_show_what_a_token_costs_and_why_they_wait(
    pane: WalletPane, studio: Studio, qtbot: QtBot
) -> None:
    cards = pane.findChildren(PackageCard)
    assert len(cards) == len(studio.catalogue.packages)
    starter = cards[0].accessibleName()
    assert "9.99" in starter
    assert "0.40 a token" in starter
    qtbot.waitUntil(lambda: "No payment key" in pane.honest.text())
    assert not any(card.buy.isEnabled() for card in cards)
    assert "No payment key" in cards[0].buy.toolTip()


def test_a_low_balance_is_marked(window: MainWindow, studio: Studio, qtbot: QtBot) -> None:
    studio.settings.change(low_balance=500)
    pane = window.open_pane(WALLET)
    assert isinstance(pane, WalletPane)
    qtbot.waitUntil(lambda: pane.standing.low.isVisible())

    give(studio, 1000)
    pane.shown()
    qtbot.waitUntil(lambda: not pane.standing.low.isVisible())


def test_what_is_owed_and_a_used_up_budget_are_told_beside_the_balance(
    window: MainWindow, studio: Studio, qtbot: QtBot
) -> None:
    pane = window.open_pane(WALLET)
    assert isinstance(pane, WalletPane)
    qtbot.waitUntil(lambda: pane.now is not None)
    assert pane.now is not None
    card = pane.standing
    assert not card.debt.isVisible()
    assert not card.used_up.isVisible()
    card.show_wallet(dataclasses.replace(pane.now, debt=260), Month(40, 10, 50))
    assert (
        card.debt.text() == "260 token(s) owed after a refund. The next purchase pays them first."
    )
    assert card.debt.isVisible()
    assert card.used_up.isVisible()
    card.show_wallet(pane.now, Month(40, 9, 50))
    assert not card.debt.isVisible()
    assert not card.used_up.isVisible()


def test_the_way_back_is_offered_once(
    window: MainWindow, calm: Callable[[], None], qtbot: QtBot
) -> None:
    window.open_pane(HISTORY)
    pane = window.open_pane(WALLET, GetTokens(HISTORY))
    assert isinstance(pane, WalletPane)
    back = next(one for one in pane.findChildren(QPushButton) if one.text() == "Back")
    assert back.isVisibleTo(pane)
    back.click()
    assert window.current == HISTORY
    window.open_pane(WALLET)
    assert not back.isVisibleTo(pane)


def test_purchases_are_listed_with_their_state(qtbot: QtBot) -> None:
    purchases = Purchases()
    qtbot.addWidget(purchases)
    purchases.show()
    assert "Nothing has been bought yet." in words(purchases)
    moment = now_ms()
    purchases.show_purchases(
        [
            Purchase(
                new_id(),
                1,
                2999,
                "USD",
                100,
                status,
                "t",
                None,
                None,
                "card",
                "standard",
                "Standard",
                None,
                None,
                moment,
                moment,
            )
            for status in ("completed", "refunded", "pending", "failed")
        ]
    )
    QApplication.processEvents()
    assert "$29.99" in words(purchases)
    assert "Nothing has been bought yet." not in words(purchases)


@pytest.mark.parametrize(
    "name",
    [
        "Enterprise for large houses with long names",
        "Donaudampfschifffahrtsgesellschaftskapitänskajüte",
        "大きな家のための長い名前を持つ企業向けパッケージ",
    ],
)
def test_a_long_name_and_a_large_sum_push_nothing_out_of_sight(qtbot: QtBot, name: str) -> None:
    row = Purchase(
        new_id(), 1, 99_999_900, "JPY", 1000, "completed", "t", None, None, "card", "enterprise",
        name, None, None, now_ms(), now_ms(), gateway="stripe",
    )  # fmt: skip
    purchases = Purchases()
    qtbot.addWidget(purchases)
    purchases.show_purchases([row, row._replace(status="pending", checkout_url="https://x/")])
    said = [one.text() for one in purchases.findChildren(QLabel)]
    assert "¥99,999,900" in said
    assert purchases.minimumSizeHint().width() <= ROOM
    package = Package("enterprise", name, 1000, 99_999_900, "JPY", "best value of all")
    card = PackageCard(package)
    qtbot.addWidget(card)
    assert card.minimumSizeHint().width() <= ROOM // 2
    waiting = WaitingCard()
    qtbot.addWidget(waiting)
    waiting.show_waiting(
        [row._replace(status="pending", checkout_url="https://x/", request=REQUEST)]
    )
    assert waiting.minimumSizeHint().width() <= ROOM


@pytest.mark.parametrize(
    ("kind", "status", "said"),
    [
        ("refund", "done", "$10.00 given back"),
        ("refund", "asked", "$10.00 on its way back"),
        ("dispute", "done", "$10.00 taken back by the payer's bank"),
        ("dispute", "pending", "The payer's bank disputes $10.00 and has not decided yet"),
    ],
)
def test_a_part_that_went_back_is_said_beside_what_was_paid(
    qtbot: QtBot, kind: str, status: str, said: str
) -> None:
    purchases = Purchases()
    qtbot.addWidget(purchases)
    paid = Purchase(
        7, 1, 2999, "USD", 100, "completed", "t", None, None, "card", "standard", "Standard", None,
        None, now_ms(), now_ms(),
    )  # fmt: skip
    purchases.show_purchases([paid])
    assert said not in words(purchases)
    part = Refund(8, 1, 7, kind, status, None, 1000, 33, 33, None, now_ms(), now_ms())
    purchases.show_purchases([paid], back={7: [part]})
    assert said in words(purchases)


def entry(number: int, kind: str = "hold", delta: int = -2, settled: int = 0) -> TokenEntry:
    """Return the ledger's line `number`."""
    return TokenEntry(number, 1, kind, delta, settled, 5, 9, None, f"k{number}", 1_790_000_000_000)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (entry(1, "grant", 10), "Free tokens"),
        (entry(1, "purchase", 100), "Bought"),
        (entry(1, "hold"), "Set aside for pictures"),
        (entry(1, "release", 2), "Returned, nothing was saved"),
        (entry(1, "refund", -5), "Refunded"),
    ],
)
def test_kinds_are_plain_words(line: TokenEntry, said: str) -> None:
    assert movement(line).text == said


def test_a_partial_charge_says_what_came_back() -> None:
    told = movement(entry(1, "settle", 2, 4))
    assert "4 token" in told.text
    assert "2 returned" in told.text
    assert told.change == "+2"


class Book:
    """A ledger of any length, served by pages."""

    def __init__(self, length: int) -> None:
        self.top = length
        self.asked: list[str | None] = []

    def movements(self, _studio: object, after: str | None, limit: int) -> Page[TokenEntry]:
        """Return a page below `after`."""
        self.asked.append(after)
        first = self.top if after is None else int(after) - 1
        lines = [entry(number) for number in range(first, max(0, first - limit), -1)]
        return Page(lines, str(lines[-1].id) if lines and lines[-1].id > 1 else None)


def test_a_long_ledger_is_read_as_one_scrolls(
    window: MainWindow,
    studio: Studio,
    calm: Callable[[], None],
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    watchdog: Watchdog,
) -> None:
    book = Book(5000)
    monkeypatch.setattr(ledger.wallet, "movements", book.movements)
    with watchdog.excused():
        model = LedgerModel(studio, window.tasks)
        table = LedgerTable(model)
        qtbot.addWidget(table)
        table.show()
    model.refresh()
    calm()
    assert model.rowCount() <= 2 * ledger.PAGE
    while model.rowCount() < 5000:
        before = model.rowCount()
        table.scrollToBottom()
        qtbot.waitUntil(lambda before=before: model.rowCount() > before)
        calm()
    assert [one.id for one in model.entries] == list(range(5000, 0, -1))
    assert not model.canFetchMore(model.index(-1, -1))

    book.top = 5003
    model.refresh()
    calm()
    assert [one.id for one in model.entries[:4]] == [5003, 5002, 5001, 5000]

    book.top = 9000
    model.refresh()
    calm()
    assert model.entries[0].id == 9000
    assert len({one.id for one in model.entries}) == model.rowCount()


def test_older_purchases_are_a_page_away(
    window: MainWindow, studio: Studio, qtbot: QtBot, calm: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(wallet_room, "PURCHASES", 2)
    trader = dataclasses.replace(studio, gateways=at(Bank()))
    for package in ("starter", "standard", "pro"):
        buying.buy(trader, package, buying.Back("http://x/p", "http://x/c"))
    pane = window.open_pane(WALLET)
    assert isinstance(pane, WalletPane)

    def names() -> set[str]:
        found = {one.text() for one in pane.purchases.findChildren(QLabel) if one.isVisible()}
        return found & {"Starter", "Standard", "Pro"}

    qtbot.waitUntil(lambda: names() == {"Pro", "Standard"})
    assert pane.purchases.newest.isHidden()
    pane.purchases.older.click()
    qtbot.waitUntil(lambda: names() == {"Starter"})
    assert pane.purchases.older.isHidden()
    pane.purchases.newest.click()
    qtbot.waitUntil(lambda: names() == {"Pro", "Standard"})


def test_a_narrow_window_shows_balance_and_ledger_one_at_a_time(
    pane: WalletPane, window: MainWindow, qtbot: QtBot
) -> None:
    both = (pane._scroll, pane._ledger)
    assert all(part.isVisible() for part in both)
    assert not pane._choice.isVisible()
    window.resize(683, 384)
    qtbot.waitUntil(lambda: pane._choice.isVisible() and pane._scroll.width() == pane.width())
    assert [part.isVisible() for part in both] == [True, False]
    inside = pane._scroll.widget()
    assert inside.minimumSizeHint().width() <= pane._scroll.viewport().width()
    qtbot.mouseClick(pane._views.findChildren(QAbstractButton)[1], Qt.MouseButton.LeftButton)
    assert [part.isVisible() for part in both] == [False, True]
    pane.receive(GetTokens("create"))
    assert [part.isVisible() for part in both] == [True, False]
    window.resize(1400, 900)
    qtbot.waitUntil(lambda: all(part.isVisible() for part in both))
