"""What a refund takes and gives, in money of any currency: never more than was paid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.ledger import Kind
from stylestudio_desktop.domain.money import digits, written
from stylestudio_desktop.domain.purchase import money_for_tokens, tokens_for_money

PARTS = st.lists(st.integers(1, 5000), min_size=1, max_size=6)


@given(st.integers(1, 2000), PARTS)
def test_parts_of_a_refund_claim_no_more_than_the_whole(tokens: int, parts: list[int]) -> None:
    amount = sum(parts)
    money = claimed = 0
    for number, part in enumerate(parts):
        share = tokens_for_money(tokens, amount, part, money, claimed)
        assert 0 <= share <= tokens - claimed
        if number < len(parts) - 1:
            assert share == min(tokens - claimed, tokens * part // amount)
        money += part
        claimed += share
    assert claimed == tokens


@given(st.integers(1, 2000), st.integers(1, 100_000), st.integers(0, 2000))
def test_unspent_tokens_are_never_dearer_than_they_were(
    tokens: int, amount: int, unspent: int
) -> None:
    money = money_for_tokens(tokens, amount, min(unspent, tokens), 0, 0)
    assert money * tokens <= amount * min(unspent, tokens)
    rest = money_for_tokens(tokens, amount, tokens - min(unspent, tokens), money, unspent)
    if unspent <= tokens:
        assert money + rest == amount


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (2999, "usd", "29.99 USD"), (5, "EUR", "0.05 EUR"), (1200, "jpy", "1,200 JPY"),
        (1234, "KWD", "1.234 KWD"), (-250, "GBP", "-2.50 GBP"), (0, "CHF", "0.00 CHF"),
        (123_456_789, "EUR", "1,234,567.89 EUR"), (99_999, "USD", "999.99 USD"),
    ],
)  # fmt: skip
def test_money_is_written_with_its_currencys_digits(amount: int, currency: str, said: str) -> None:
    assert written(amount, currency) == said


def test_digits_of_currencies() -> None:
    assert [digits(name) for name in ("USD", "JPY", "TND")] == [2, 0, 3]


def test_entries_of_a_purchase() -> None:
    bought = ledger.purchase(7, "pi_1", 100)
    assert (bought.kind, bought.delta, bought.key) == (Kind.PURCHASE, 100, "purchase/pi_1")
    taken = ledger.claw_back(7, 8, 30, 0)
    assert (taken.kind, taken.delta, taken.key) == (Kind.REFUND, -30, "refund/8/0")
    back = ledger.reinstate(7, 8, 30)
    assert (back.kind, back.delta, back.key) == (Kind.REINSTATE, 30, "reinstate/8")
    assert {one.purchase_id for one in (bought, taken, back)} == {7}


@pytest.mark.parametrize("tokens", [0, -1])
def test_nothing_is_no_entry(tokens: int) -> None:
    for make in (
        lambda: ledger.purchase(1, "pi", tokens),
        lambda: ledger.claw_back(1, 2, tokens, 0),
        lambda: ledger.reinstate(1, 2, tokens),
    ):
        with pytest.raises(ValueError, match="positive"):
            make()
