"""The interface speaks German as completely as English, and counts rightly in both."""

import re

import pytest
import translate
from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, QTranslator

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.ui import translation, wording
from stylestudio_desktop.ui.wallet import purchase_words
from stylestudio_desktop.ui.widgets.progress import time_left

MARKS = re.compile(r"%[n1-9]")


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_sentence_has_a_translation(language: str) -> None:
    lacking = [f"{one.context}|{one.text}" for one in translate.missing(language)]
    hint = "add them to resources/translations/de.json, then run packaging/translate.py build"
    assert not lacking, f"{hint}: {lacking}"


def test_every_translation_keeps_the_marks_of_its_sentence() -> None:
    for one, forms in translate.translated("de").items():
        for form in forms if isinstance(forms, list) else [forms]:
            assert sorted(MARKS.findall(form.replace("%Ln", "%n"))) == sorted(
                MARKS.findall(one.text)
            ), one


@pytest.mark.parametrize("language", ["de", "en"])
def test_what_is_compiled_is_what_is_written(language: str, speaking: QCoreApplication) -> None:
    compiled = QTranslator()
    folder = str(resources() / "translations")
    assert compiled.load(f"stylestudio_{language}.qm", folder)
    for one, forms in translate.translated(language).items():
        counts = (1, 2) if one.counts else (-1,)
        wanted = forms if isinstance(forms, list) else [forms]
        got = [compiled.translate(one.context, one.text, "", number) for number in counts]
        assert got == wanted, f"run packaging/translate.py build: {one}"


def test_german_is_installed_and_counts(speaking: QCoreApplication) -> None:
    assert translation.install(speaking, "de") == "de"
    assert time_left(180) == "noch 3 Minuten"
    assert time_left(60) == "noch 1 Minute"
    assert purchase_words.tokens(1000) == "1.000 Tokens"
    assert QLocale().language() == QLocale.Language.German


def test_english_counts(speaking: QCoreApplication) -> None:
    assert translation.install(speaking, "en") == "en"
    assert time_left(60) == "1 minute left"
    assert time_left(180) == "3 minutes left"
    assert purchase_words.tokens(1000) == "1,000 tokens"


def test_an_unknown_language_becomes_english(speaking: QCoreApplication) -> None:
    assert translation.install(speaking, "tlh") == "en"


def test_sentences_are_found_in_their_contexts() -> None:
    found = {(one.context, one.text) for one in translate.sentences()}
    assert ("Grid", "%n picture(s)") in found
    assert ("TimeLeft", "%n minute(s) left") in found
    assert ("MainWindow", "Open the wallet") in found


def test_dates_are_written_as_each_language_does(speaking: QCoreApplication) -> None:
    """The day's number has a dot in German; without it no German reads it as a date."""
    moment = QDateTime(2026, 11, 30, 9, 5, 7).toMSecsSinceEpoch()
    translation.install(speaking, "en")
    assert wording.date(moment) == "30 Nov 2026"
    translation.install(speaking, "de")
    assert wording.date(moment) == "30. Nov. 2026"
    assert wording.moment(moment) == "30. Nov. 2026, 09:05:07"
    assert wording.when(moment, moment + 60 * 86_400_000) == "30. Nov. 2026"
    assert wording.when(moment - 9 * 86_400_000, moment).startswith("21. Nov. ")
    assert wording.day(20_787) == "30. Nov."


def test_numbers_are_written_as_each_language_does(speaking: QCoreApplication) -> None:
    translation.install(speaking, "en")
    assert (wording.percent(0.424), wording.decimal(2)) == ("42%", "2.0")
    assert (wording.figure(1234.5), wording.figure(17)) == ("1,234.5", "17")
    translation.install(speaking, "de")
    assert (wording.percent(0.424), wording.decimal(2)) == ("42\N{NO-BREAK SPACE}%", "2,0")
    assert (wording.figure(1234.5), wording.figure(17)) == ("1.234,5", "17")
