"""The comparison is shown in words and figures, with a map of where the picture differs."""

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.fidelity import REASONS, VERDICTS, Fidelity, Heat, Likeness, Verdict
from stylestudio_desktop.engine import picture
from stylestudio_desktop.ui import fidelity, wording
from stylestudio_desktop.ui.fidelity import FidelityView, heat_picture

FACTS = {"points": 40, "matched": 31, "outline_overlap": 0.97}


def report(verdict: Verdict = Verdict.DRIFTED, levels: bytes = bytes([0, 0, 0, 255])) -> Fidelity:
    one = Likeness(verdict, ("colour", "missing"), 5.2, 8.1, FACTS)
    return Fidelity(verdict, (one,), Heat(2, 2, levels))


def test_every_verdict_and_reason_has_its_words() -> None:
    assert {code: fidelity.reason(code) for code in REASONS} == REASONS
    assert {one: fidelity.verdict(one) for one in Verdict} == VERDICTS


def test_a_report_is_shown_and_taken_away(qtbot: QtBot) -> None:
    view = FidelityView()
    qtbot.addWidget(view)
    view.show_report(report())
    assert view.isVisible()
    assert view.verdict.text() == "The product has drifted"
    assert view.reasons.text().splitlines() == [REASONS["colour"], REASONS["missing"]]
    assert "5.2 in the middle, 8.1 at worst" in view.facts.text()
    assert "31 of 40" in view.facts.text()
    assert "97%" in view.facts.text()
    assert not view.heat.pixmap().isNull()
    assert view.told.isVisible()
    view.show_report(Fidelity(Verdict.UNKNOWN, (), None))
    assert not view.heat.isVisible()
    assert not view.told.isVisible()
    view.show_report(None)
    assert not view.isVisible()


def test_the_map_glows_where_the_picture_differs() -> None:
    shown_picture = QImage(400, 200, QImage.Format.Format_RGB32)
    shown_picture.fill(QColor("white"))
    shown = heat_picture(shown_picture, Heat(2, 1, bytes([0, 255])), 100)
    assert (shown.width(), shown.height()) == (100, 50)
    calm, hot = shown.pixelColor(5, 25), shown.pixelColor(95, 25)
    assert calm.red() == pytest.approx(calm.blue(), abs=2)
    assert hot.red() > hot.blue() + 80
    assert heat_picture(None, Heat(2, 1, bytes([0, 0])), 100).width() == 100


def test_the_engines_pictures_say_how_they_were_made() -> None:
    for mode, label in (("still_life", picture.LABEL), ("draft", picture.DRAFT)):
        assert wording.honest(mode) == label
    assert wording.honest("") == ""
