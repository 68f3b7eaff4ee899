"""Several products in one cut-out are told apart, from left to right; specks are none."""

import pytest

from stylestudio_desktop.domain.pieces import MOST, pieces


def drawn(*rows: str) -> tuple[bytes, int]:
    return bytes(255 * (cell != ".") for row in rows for cell in row), len(rows[0])


def areas(*rows: str) -> list[int]:
    return [len(piece) for piece in pieces(*drawn(*rows))]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("....", "...."), []),
        ((".##.", ".##."), [4]),
        (("###..#", "###..#", "###..."), [9, 2]),
        (("#..####", ".#.####"), [2, 8]),
        (("#....#", "#....#"), [2, 2]),
    ],
    ids=["nothing", "one", "two", "joined by a corner", "no neighbours round the edge"],
)
def test_what_hangs_together_is_one_product(rows: tuple[str, ...], expected: list[int]) -> None:
    assert areas(*rows) == expected


def test_specks_are_no_products_and_there_are_not_too_many() -> None:
    assert areas("#" * 40 + "..#") == [40]
    assert areas(".".join("##" for _ in range(30))) == [2] * MOST


def test_those_in_one_column_come_from_the_top() -> None:
    first, second = pieces(*drawn("##.", "...", "##."))
    assert min(first) < min(second)
