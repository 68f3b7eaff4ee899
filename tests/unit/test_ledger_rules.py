"""The ledger's rules: what may be written, under which key, and what it adds up to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.ledger import Kind, Movement, Sums, add_up

ID = st.integers(1, 2**62)
TOKENS = st.integers(0, 10_000)


@given(ID, st.integers(1, 1000))
def test_a_grant_adds_free_tokens_once_for_each_reason(user: int, tokens: int) -> None:
    move = ledger.grant(user, tokens, "welcome")
    assert move == Movement(Kind.GRANT, tokens, 0, f"grant/{user}/welcome")
    assert ledger.grant(user, tokens, "birthday").key != move.key


@pytest.mark.parametrize("tokens", [0, -1])
def test_a_grant_is_positive(tokens: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        ledger.grant(1, tokens, "welcome")


def test_a_price_is_not_negative() -> None:
    with pytest.raises(ValueError, match="negative"):
        ledger.hold(1, 0, -1)


@given(ID, st.integers(0, 50), TOKENS, st.data())
def test_hold_and_its_closing_cancel_out(
    generation: int, attempt: int, price: int, data: st.DataObject
) -> None:
    charged = data.draw(st.integers(0, price))
    held = ledger.hold(generation, attempt, price)
    settled = ledger.settle(generation, attempt, price, charged)
    released = ledger.release(generation, attempt, price)
    assert held.delta == -price
    assert held.delta + settled.delta == -charged
    assert settled.settled == charged
    assert held.delta + released.delta == 0
    assert {held.settled, released.settled} == {0}
    assert {one.generation_id for one in (held, settled, released)} == {generation}


@given(ID, st.integers(0, 50), ID, st.integers(0, 50))
def test_an_attempt_has_one_closing_key_of_its_own(a: int, i: int, b: int, j: int) -> None:
    same = (a, i) == (b, j)
    assert (ledger.closing_key(a, i) == ledger.closing_key(b, j)) is same
    assert ledger.settle(a, i, 3, 2).key == ledger.release(a, i, 3).key == ledger.closing_key(a, i)
    assert ledger.hold(a, i, 3).key != ledger.closing_key(a, i)


@pytest.mark.parametrize("charged", [-1, 4])
def test_a_charge_lies_within_the_price(charged: int) -> None:
    with pytest.raises(ValueError, match="quoted price"):
        ledger.settle(1, 0, 3, charged)


def test_adding_up() -> None:
    entries = [
        (Kind.GRANT, 10, 0),
        (Kind.PURCHASE, 50, 0),
        (Kind.HOLD, -6, 0),
        (Kind.SETTLE, 2, 4),
        (Kind.HOLD, -3, 0),
        (Kind.RELEASE, 3, 0),
        (Kind.HOLD, -5, 0),
        (Kind.REFUND, -20, 0),
    ]
    assert add_up(entries) == Sums(balance=31, purchased=50, used=4, granted=10, held=5)
    assert add_up([]) == Sums()


@given(st.lists(st.tuples(TOKENS, st.booleans(), st.data()), max_size=20))
def test_what_is_held_used_and_left_is_all_there_ever_was(
    runs: list[tuple[int, bool, st.DataObject]],
) -> None:
    entries = [(Kind.GRANT, 1_000_000, 0)]
    held = used = 0
    for price, closed, data in runs:
        entries.append((Kind.HOLD, -price, 0))
        if closed:
            charged = data.draw(st.integers(0, price))
            move = ledger.settle(1, 0, price, charged)
            entries.append((move.kind, move.delta, move.settled))
            used += charged
        else:
            held += price
    sums = add_up(entries)
    assert (sums.held, sums.used) == (held, used)
    assert sums.balance + sums.held + sums.used == sums.granted + sums.purchased
