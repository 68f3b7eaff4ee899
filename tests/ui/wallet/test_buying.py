"""From the package's button to the tokens in the balance, and back again by a refund."""

import base64
import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QUrl
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services import budget, buying, generate, reconciling, till, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.session import Session
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.wallet import cashier as cashier_room
from stylestudio_desktop.ui.wallet.cashier import Cashier, cashier
from stylestudio_desktop.ui.wallet.pane import WalletPane
from stylestudio_desktop.ui.widgets.labels import StatusBadge
from stylestudio_desktop.ui.window import HISTORY, SETTINGS, WALLET, MainWindow
from stylestudio_desktop.ui.wishes import GetTokens
from tests.factories import brief_for, import_photo, open_test_studio
from tests.payments.bank import Bank
from tests.payments.counter import KEY, at
from tests.ui.pane_shots import window_on
from tests.ui.settings.test_settings import press, toasts


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def studio(tmp_path: Path, bank: Bank) -> Iterator[Studio]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    opened = open_test_studio(tmp_path)
    ready = dataclasses.replace(opened, gateways=at(bank))
    till.keep_key(ready, KEY)
    yield ready
    close_studio(opened)
    QLocale.setDefault(before)


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened."""
    opened: list[str] = []

    def take(url: QUrl) -> bool:
        opened.append(url.toString())
        return True

    monkeypatch.setattr(cashier_room.QDesktopServices, "openUrl", take)
    monkeypatch.setattr(cashier_room, "FIRST_MS", 20)
    return opened


@pytest.fixture
def pane(
    qtbot: QtBot, studio: Studio, browser: list[str], calm: Callable[[], None]
) -> Iterator[WalletPane]:
    window = window_on(studio)
    qtbot.addWidget(window)
    window.resize(1400, 900)
    window.show()
    qtbot.waitExposed(window)
    opened = window.open_pane(WALLET)
    assert isinstance(opened, WalletPane)
    qtbot.waitUntil(lambda: opened.cards[0].buy.isEnabled())
    yield opened
    window.close()
    assert window.tasks.close(5000)


@pytest.fixture
def window(pane: WalletPane) -> MainWindow:
    found = pane.window()
    assert isinstance(found, MainWindow)
    return found


@pytest.fixture
def calm() -> Callable[[], None]:
    return lambda: None


def words(pane: QWidget) -> str:
    """Return all words in `pane`, those of states as well."""
    badges = [one.accessibleName() for one in pane.findChildren(StatusBadge)]
    return "\n".join([*(one.text() for one in pane.findChildren(QLabel)), *badges])


def act(pane: QWidget, name: str) -> None:
    """Press the small button whose name begins with `name`."""
    found = [one for one in pane.findChildren(QToolButton) if one.accessibleName().startswith(name)]
    assert found, name
    found[0].click()


def bought(pane: WalletPane, bank: Bank, browser: list[str], qtbot: QtBot) -> str:
    """Buy the standard package and pay for it; return the page's id."""
    pane.cards[1].buy.click()
    qtbot.waitUntil(lambda: bool(browser))
    (session,) = bank.sessions.values()
    assert browser == [session["url"]]
    qtbot.waitUntil(lambda: "Waiting" in words(pane.purchases))
    bank.pay(session["id"])
    qtbot.waitUntil(lambda: pane.standing.balance.text() == "110")
    return str(session["id"])


def test_bought_by_a_click(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    bought(pane, bank, browser, qtbot)
    qtbot.waitUntil(lambda: "100 token(s) bought, $29.99" in toasts(window))
    qtbot.waitUntil(lambda: "Paid" in words(pane))
    assert "test payment" in words(pane)


def test_refunded_after_the_amount_was_shown(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    bought(pane, bank, browser, qtbot)
    qtbot.waitUntil(lambda: "Paid" in words(pane))
    act(pane, "Refund what is unspent")
    qtbot.waitUntil(lambda: pane.desk.question is not None)
    box = pane.desk.question
    assert box is not None
    assert "$29.99" in box.title.text()
    assert "100 unspent token(s)" in box.said.text()
    assert (box.yes.text(), box.no.text()) == ("Refund $29.99", "Keep the tokens")
    qtbot.waitUntil(box.isVisible)
    assert box.no.hasFocus()  # nothing goes back by pressing Enter too soon
    box.no.click()
    act(pane, "Refund what is unspent")
    qtbot.waitUntil(lambda: pane.desk.question is not box)
    box = pane.desk.question
    assert box is not None
    assert bank.refunds == {}
    box.yes.click()
    qtbot.waitUntil(lambda: pane.standing.balance.text() == "10")
    qtbot.waitUntil(lambda: "Refunded" in words(pane))
    assert "The refund is made." in toasts(window)


def test_a_purchase_is_cancelled_and_its_page_opened_again(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    pane.cards[0].buy.click()
    qtbot.waitUntil(lambda: "Waiting" in words(pane.purchases))
    qtbot.waitUntil(lambda: len(browser) == 1)
    act(pane, "Open the payment page")
    assert len(browser) == 2
    act(pane, "Cancel this purchase")
    qtbot.waitUntil(lambda: "closed before anything was paid" in words(pane))
    assert "Not paid" in words(pane)
    qtbot.waitUntil(lambda: "closed before anything was paid" in toasts(window))


def test_what_waits_for_its_payment_is_told_on_top_with_what_can_be_done(
    pane: WalletPane, bank: Bank, browser: list[str], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert not pane.waiting.isVisible()
    monkeypatch.setattr(cashier_room, "FIRST_MS", 600_000)
    pane.cards[3].buy.click()
    qtbot.waitUntil(pane.waiting.isVisible)
    card = words(pane.waiting)
    qtbot.waitUntil(lambda: pane.waiting.paid.text() == "I have paid")
    assert "$199.99 to be paid: Enterprise, 1000 token(s)" in card
    assert "even if you close this window" in card
    qtbot.waitUntil(lambda: len(browser) == 1)
    pane.waiting.pay.click()
    assert len(browser) == 2
    pane.waiting.paid.click()
    qtbot.waitUntil(lambda: "No payment is found yet." in words(pane.waiting))
    pane.waiting.found("No payment is found yet.")  # a look of its own takes the answer from nobody
    assert "No payment is found yet." in words(pane.waiting)
    pane.waiting.found("")
    assert "No payment is found yet." in words(pane.waiting)
    (session,) = bank.sessions.values()
    bank.pay(session["id"])
    pane.waiting.paid.click()
    qtbot.waitUntil(lambda: pane.standing.balance.text() == "1,010")
    qtbot.waitUntil(lambda: not pane.waiting.isVisible())


def test_what_waits_is_cancelled_on_top_and_a_lost_page_is_no_dead_end(
    pane: WalletPane, bank: Bank, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cashier_room, "FIRST_MS", 600_000)
    bank.faults = ["down_before"]
    pane.cards[0].buy.click()
    qtbot.waitUntil(pane.waiting.isVisible)
    assert "could not be made yet" in words(pane.waiting)
    assert not pane.waiting.pay.isVisible()
    assert pane.waiting.paid.text() == "Try again"
    bank.faults = ["down_before"]
    pane.waiting.paid.click()
    qtbot.waitUntil(lambda: "could not be reached" in words(pane.waiting))
    pane.cards[1].buy.click()
    qtbot.waitUntil(lambda: "1 more wait below" in words(pane.waiting))
    pane.waiting.cancel.click()
    qtbot.waitUntil(lambda: "Starter" in words(pane.waiting))


def test_a_payment_that_a_bank_works_on_says_so_and_offers_nothing(
    pane: WalletPane, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    pane.cards[0].buy.click()
    qtbot.waitUntil(lambda: len(browser) == 1)
    (session,) = bank.sessions.values()
    bank.pay(session["id"], later=True)
    qtbot.waitUntil(lambda: "Being paid" in words(pane))
    assert "which can take days" in words(pane)
    assert not [one for one in pane.purchases.findChildren(QToolButton) if one.isVisible()]
    bank.bank_answers(session["id"], True)
    qtbot.waitUntil(lambda: pane.standing.balance.text() == "35")
    bank.give_back(bank.sessions[session["id"]]["payment_intent"], 999)
    pane.desk._cashier.look()
    qtbot.waitUntil(lambda: "Given back at the payment service" in words(pane))


def test_a_bank_that_says_no_days_later_is_told(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    pane.cards[0].buy.click()
    qtbot.waitUntil(lambda: len(browser) == 1)
    (session,) = bank.sessions.values()
    bank.pay(session["id"], later=True)
    qtbot.waitUntil(lambda: "Being paid" in words(pane))
    bank.bank_answers(session["id"], False)
    qtbot.waitUntil(lambda: "The payment did not come about" in toasts(window))
    qtbot.waitUntil(lambda: "Not paid" in words(pane))
    assert pane.standing.balance.text() == "10"


def test_the_browsers_return_looks_at_once(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    import urllib.request

    monkeypatch.setattr(cashier_room, "FIRST_MS", 600_000)
    pane.cards[1].buy.click()
    qtbot.waitUntil(lambda: bool(browser))
    (session,) = bank.sessions.values()
    bank.pay(session["id"])
    with urllib.request.urlopen(session["success_url"], timeout=5) as page:
        assert page.status == 200
    qtbot.waitUntil(lambda: pane.standing.balance.text() == "110")


def test_what_was_paid_while_the_window_was_closed_comes_at_the_start(
    qtbot: QtBot, studio: Studio, bank: Bank
) -> None:
    row = buying.buy(studio, "standard", buying.Back("http://x/", "http://x/"))
    bank.pay(str(row.stripe_checkout_session_id))
    window = window_on(studio)
    qtbot.addWidget(window)
    made = cashier(window, studio)
    assert cashier(window, studio) is made
    made.start()
    qtbot.waitUntil(lambda: wallet.summary(studio).user.token_balance == 110)
    qtbot.waitUntil(lambda: "100 token(s) bought" in toasts(window))
    window.close()
    assert window.tasks.close(5000)


def test_a_failing_service_is_told_and_asked_again(
    pane: WalletPane, window: MainWindow, bank: Bank, qtbot: QtBot
) -> None:
    bank.faults = ["down_before"]
    pane.cards[0].buy.click()
    qtbot.waitUntil(lambda: "could not be reached" in toasts(window))
    qtbot.waitUntil(lambda: len(bank.sessions) == 1)
    assert not reconciling.reconcile(studio_of(window)).problems


def studio_of(window: MainWindow) -> Studio:
    found = window.findChild(Cashier)
    assert found is not None
    return found._studio


def test_the_way_back_says_that_the_tokens_came(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    window.open_pane(WALLET, GetTokens(HISTORY))
    bought(pane, bank, browser, qtbot)
    assert "Your tokens are there" in pane._way.text()


def test_a_receipt_is_saved(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    bought(pane, bank, browser, qtbot)
    qtbot.waitUntil(lambda: "Paid" in words(pane))
    target = tmp_path / "receipt.pdf"
    from stylestudio_desktop.ui.wallet import desk

    monkeypatch.setattr(
        desk.QFileDialog, "getSaveFileName", lambda *_: (str(target), "PDF files (*.pdf)")
    )
    act(pane, "Save the receipt")
    qtbot.waitUntil(target.exists, timeout=15000)
    qtbot.waitUntil(lambda: "Saved as receipt.pdf" in toasts(window))


def test_the_months_budget_is_kept_and_told(
    pane: WalletPane, studio: Studio, qtbot: QtBot, tmp_path: Path
) -> None:
    pane.spending.budget.setValue(1)
    qtbot.waitUntil(lambda: budget.month(studio).budget == 1)
    generate.start(studio, brief_for(import_photo(studio, tmp_path)))
    pane.shown()
    qtbot.waitUntil(lambda: "used up" in words(pane.spending))


def test_the_key_in_the_settings(
    window: MainWindow, studio: Studio, qtbot: QtBot, bank: Bank
) -> None:
    opened = window.open_pane(SETTINGS)
    assert isinstance(opened, SettingsPane)
    section = opened.payments
    qtbot.waitUntil(lambda: "test" in section.state.text())
    assert section.state.text().endswith("The key ends in …cdef.")
    section.key.setText("sk_live_0123456789")
    press(section, "Keep the key", qtbot)
    assert section.key.text() == ""
    qtbot.waitUntil(lambda: "Checkout Sessions: Write" in words(section))
    press(section, "Test it", qtbot)
    qtbot.waitUntil(lambda: "Stripe accepts the key" in words(section))
    press(section, "Forget it", qtbot)
    qtbot.waitUntil(lambda: "No payment key" in section.state.text())


def test_a_sellers_relay_in_the_settings(
    window: MainWindow, studio: Studio, qtbot: QtBot, bank: Bank
) -> None:
    opened = window.open_pane(SETTINGS)
    assert isinstance(opened, SettingsPane)
    section = opened.payments
    qtbot.waitUntil(lambda: "test" in section.state.text())
    assert not section.leave.isEnabled()
    section.relay.setText("test https://pay.example.com nonsense")
    section.use.click()
    qtbot.waitUntil(lambda: "key" in section.relay.accessibleDescription())
    assert studio.settings.value.payment_relay == ""
    line = f"test https://pay.example.com {base64.b64encode(bytes(32)).decode()}"
    section.relay.setText(line)
    section.use.click()
    qtbot.waitUntil(lambda: "through https://pay.example.com" in section.state.text())
    assert studio.settings.value.payment_relay == line
    assert not section.remove.isEnabled()
    section.leave.click()
    qtbot.waitUntil(lambda: "The key ends in" in section.state.text())
    assert (studio.settings.value.payment_relay, section.relay.text()) == ("", "")


def test_the_window_itself_sees_to_what_was_paid_meanwhile(
    qtbot: QtBot, studio: Studio, bank: Bank
) -> None:
    row = buying.buy(studio, "standard", buying.Back("http://x/", "http://x/"))
    bank.pay(str(row.stripe_checkout_session_id))
    session = Session(studio, lambda: None)
    qtbot.addWidget(session.window)
    session.start()
    qtbot.waitUntil(lambda: wallet.summary(studio).user.token_balance == 110, timeout=15000)
    session.window.close()
    assert session.window.tasks.close(5000)


def oddly_paid(pane: WalletPane, bank: Bank, browser: list[str], qtbot: QtBot) -> None:
    """Buy the standard package and pay another sum."""
    pane.cards[1].buy.click()
    qtbot.waitUntil(lambda: bool(browser))
    (session,) = bank.sessions.values()
    session["amount_total"] = 1500
    bank.pay(session["id"])
    qtbot.waitUntil(lambda: "Your decision" in words(pane))


def choose(pane: QWidget, text: str) -> None:
    """Press the button that says `text`."""
    (found,) = [one for one in pane.findChildren(QPushButton) if one.text() == text]
    found.click()


def test_a_payment_of_another_sum_is_accepted_with_a_reason(
    pane: WalletPane, window: MainWindow, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    oddly_paid(pane, bank, browser, qtbot)
    asked = "A payment is not what was asked for: please decide."
    qtbot.waitUntil(lambda: asked in toasts(window))
    shown = words(pane)
    for part in ("Asked\n100 token(s)\n$29.99", "Paid\nnone credited\n$15.00", "Your decision"):
        assert part in shown
    choose(pane, "Show it at Stripe")
    assert browser[-1].startswith("https://dashboard.stripe.com/test/payments/pi_")
    choose(pane, "Accept it…")
    qtbot.waitUntil(lambda: pane.desk.accepting is not None)
    dialog = pane.desk.accepting
    assert dialog is not None
    assert "50 token(s)" in dialog.said.text()
    assert not dialog.accept_button.isEnabled()
    dialog.reason.setText("half, as agreed")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: pane.standing.balance.text() == "60")
    qtbot.waitUntil(lambda: "half, as agreed" in words(pane))


def test_money_that_could_not_be_paid_out_is_shown_with_the_way_on(
    pane: WalletPane, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    oddly_paid(pane, bank, browser, qtbot)
    for failing in (True, False):
        choose(pane, "Refund $15.00…")
        qtbot.waitUntil(lambda: pane.desk.question is not None)
        box = pane.desk.question
        assert box is not None
        box.yes.click()
        pane.desk.question = None
        qtbot.waitUntil(lambda: "Given back" in words(pane))
        if failing:
            bank.refund_ends(next(iter(bank.refunds)), "failed")
            cashier(pane.window(), pane._studio).look()
            qtbot.waitUntil(lambda: "Refund failed" in words(pane))
            assert "the money is at the payment service again" in words(pane)
            assert "Accept it…" not in [one.text() for one in pane.findChildren(QPushButton)]
    assert pane.standing.balance.text() == "10"


def test_a_payment_of_another_sum_is_given_back(
    pane: WalletPane, bank: Bank, browser: list[str], qtbot: QtBot
) -> None:
    oddly_paid(pane, bank, browser, qtbot)
    choose(pane, "Refund $15.00…")
    qtbot.waitUntil(lambda: pane.desk.question is not None)
    box = pane.desk.question
    assert box is not None
    assert "Nothing was credited for it" in box.said.text()
    box.yes.click()
    qtbot.waitUntil(lambda: "Given back" in words(pane))
    assert [one["amount"] for one in bank.refunds.values()] == [1500]
    assert pane.standing.balance.text() == "10"
