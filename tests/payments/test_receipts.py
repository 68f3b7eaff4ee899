"""A receipt says what was bought and given back, and replaces no file."""

import re
import zlib
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput, IllegalStep, StorageError
from stylestudio_desktop.payments.receipt_pdf import Receipt, drawn
from stylestudio_desktop.services import receipts, refunding
from stylestudio_desktop.services.studio import Studio
from tests.payments.bank import Bank
from tests.payments.test_buying import buy
from tests.payments.test_refunds import bought, hold

__all__ = ["bought"]


def said(monkeypatch: pytest.MonkeyPatch) -> list[Receipt]:
    """Keep what is drawn."""
    found: list[Receipt] = []

    def note(receipt: Receipt, fonts: Path) -> bytes:
        found.append(receipt)
        return drawn(receipt, fonts)

    monkeypatch.setattr(receipts, "drawn", note)
    return found


def test_it_says_what_was_bought(
    studio: Studio, bank: Bank, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    row = request.getfixturevalue("bought")
    found = said(monkeypatch)
    with studio.database.write():
        studio.database.run("UPDATE users SET name = 'Żółć Ærø'")
    target = receipts.write(studio, row.id, tmp_path)
    assert target.name == receipts.suggested_name(row)
    content = target.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type /Page\b", content)) == 1
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S)
    assert any(b"BT" in zlib.decompress(one) for one in streams if one.startswith(b"x\x9c"))
    words = dict(found[0].lines)
    assert words["Bought by"] == "Żółć Ærø"
    assert words["Tokens"] == "100"
    assert found[0].total == ("Total", "29.99 USD")
    assert "test payment" in found[0].remarks[0]
    with pytest.raises(BadInput, match="already"):
        receipts.write(studio, row.id, target)
    assert target.read_bytes() == content
    hold(studio, 60)
    refunding.ask(studio, row.id)
    receipts.write(studio, row.id, tmp_path / "second.pdf")
    assert found[-1].total == ("Total", "15.00 USD")
    assert "−14.99 USD, 50 tokens" in dict(found[-1].lines).values()
    assert sorted(one.name for one in tmp_path.glob("*.pdf")) == ["second.pdf", target.name]
    assert not list(tmp_path.glob(".*.part"))


def test_nothing_paid_no_receipt(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(IllegalStep):
        receipts.write(studio, buy(studio).id, tmp_path)


def test_nowhere_to_write(studio: Studio, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    row = request.getfixturevalue("bought")
    with pytest.raises(StorageError, match="could not be written"):
        receipts.write(studio, row.id, tmp_path / "missing" / "receipt.pdf")
