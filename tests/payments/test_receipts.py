"""A receipt says what was bought and given back, and replaces no file."""

import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fpdf import FPDF

from stylestudio_desktop.config.resources import resources
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
    assert "E-mail" not in words
    assert found[0].sums == [("Standard, 100 tokens", "29.99 USD"), ("Total", "29.99 USD")]
    assert "test payment" in found[0].remarks[0]
    with pytest.raises(BadInput, match="already"):
        receipts.write(studio, row.id, target)
    assert target.read_bytes() == content
    hold(studio, 60)
    refunding.ask(studio, row.id)
    receipts.write(studio, row.id, tmp_path / "second.pdf")
    bought, back, total = found[-1].sums
    assert bought == ("Standard, 100 tokens", "29.99 USD")
    assert back[0].startswith("Refund of ")
    assert back[0].endswith(", 50 tokens")
    assert (back[1], total) == ("−14.99 USD", ("Total", "15.00 USD"))
    assert sorted(one.name for one in tmp_path.glob("*.pdf")) == ["second.pdf", target.name]
    assert not list(tmp_path.glob(".*.part"))


def test_an_address_stands_on_it(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    row, found = request.getfixturevalue("bought"), said(monkeypatch)
    with studio.database.write():
        mail = "anna@example.com"
        studio.database.run("UPDATE users SET email = ?, email_norm = ?", (mail, mail))
    receipts.write(studio, row.id, tmp_path)
    assert dict(found[0].lines)["E-mail"] == mail


def typeface(path: Path, letter: str) -> Path:
    """Make a typeface that has one letter, a box."""
    pen = TTGlyphPen(None)
    for corner in ((0, 0), (0, 700), (500, 700), (500, 0)):
        (pen.lineTo if corner != (0, 0) else pen.moveTo)(corner)
    pen.closePath()
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder([".notdef", "box"])
    font.setupCharacterMap({ord(letter): "box"})
    font.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "box": pen.glyph()})
    font.setupHorizontalMetrics({".notdef": (600, 0), "box": (600, 0)})
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "One", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(path)
    return path


def test_a_name_in_another_script_is_printed_in_another_typeface_or_said_to_lack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[str] = []
    print_ = FPDF.multi_cell

    def note(page: FPDF, width: float, height: float, text: str, **how: Any) -> object:
        printed.append(text)
        return print_(page, width, height, text, **how)

    monkeypatch.setattr(FPDF, "multi_cell", note)
    receipt = Receipt("Receipt", "No. 1", [("Bought by", "さ, Anna")], [("Total", "1 JPY")], [])
    damaged = tmp_path / "damaged.ttf"
    damaged.write_bytes(b"no typeface at all")
    others = [tmp_path / "missing.ttf", damaged]
    drawn(receipt, resources() / "fonts", others)
    assert printed == [
        "□, Anna",
        "□ stands for letters that no typeface of this computer has.",
    ]
    printed.clear()
    drawn(receipt, resources() / "fonts", [*others, typeface(tmp_path / "one.ttf", "さ")])
    assert printed == ["さ, Anna"]


def test_nothing_paid_no_receipt(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(IllegalStep):
        receipts.write(studio, buy(studio).id, tmp_path)


def test_nowhere_to_write(studio: Studio, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    row = request.getfixturevalue("bought")
    with pytest.raises(StorageError, match="could not be written"):
        receipts.write(studio, row.id, tmp_path / "missing" / "receipt.pdf")
