"""What the rooms below say reaches the window in its language, and names the window's own ways."""

import ast
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import raised
from pytestqt.qtbot import QtBot

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.store import diagnoses
from stylestudio_desktop.ui import said
from stylestudio_desktop.ui.frame.queue_strip import QueueState, QueueStrip
from stylestudio_desktop.ui.said import spoken

MARKS = re.compile(r"%[1-9]")
UI = Path(said.__file__).parent
LANGUAGES = ("de", "en")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    said.speak("en")


@pytest.fixture
def german() -> None:
    said.speak("de")


def texts(language: str, part: str = "sentences") -> dict[str, str]:
    file = resources() / "said" / f"{language}.json"
    return dict(json.loads(file.read_text("utf-8"))[part])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_that_may_reach_the_window_has_a_text(language: str) -> None:
    assert len(raised.sentences()) > 600
    assert raised.missing(language) == [], f"add them to resources/said/{language}.json"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_left_of_a_sentence_that_nobody_says(language: str) -> None:
    assert set(texts(language)) - set(raised.sentences()) == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_in_the_window_to_type_a_command(language: str) -> None:
    told = [texts(language).get(one, one) for one in raised.sentences()]
    assert [one for one in told if raised.names_command(one) or "stylestudio" in one] == []


@pytest.mark.parametrize("part", ["sentences", "phrases"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_keep_what_varies(language: str, part: str) -> None:
    for one, text in texts(language, part).items():
        kept, wanted = set(MARKS.findall(text)), set(MARKS.findall(one))
        assert kept == wanted or (raised.names_command(one) and kept < wanted), one
        assert text.strip() == text or one.strip() != one


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_is_told_from_every_other(language: str) -> None:
    said.speak(language)
    have = {**texts(language, "phrases"), **texts(language)}
    for one in raised.sentences():
        fill = {mark: f"Q{mark[1]}x" for mark in MARKS.findall(one)}
        told = MARKS.sub(lambda found, put=fill: put[found[0]], one)
        wanted = MARKS.sub(lambda found, put=fill: put[found[0]], have.get(one, one))
        if language == "de" or raised.names_command(one):
            assert spoken(told) == wanted


def test_what_stands_in_a_sentence_is_said_too(german: None) -> None:
    assert spoken(
        "The disk became full while saving a picture. What was saved before is safe and nothing "
        "is left half-written. Free some space, then try again."
    ) == (
        "Der Datenträger wurde voll (beim Speichern eines Bildes). Was vorher gespeichert wurde, "
        "ist sicher, und nichts blieb halb geschrieben. Schaffen Sie Platz und versuchen Sie es "
        "noch einmal."
    )
    assert spoken(
        "The disk is full. Nothing of this step was kept, and everything before it is safe. Free "
        "some space and try again."
    ).startswith("Der Datenträger ist voll. Nichts von diesem Schritt wurde behalten")


@pytest.mark.parametrize("story", ["database disk image is malformed", "disk i/o error"])
def test_two_sentences_in_one_are_told_apart(german: None, story: str) -> None:
    told = spoken(diagnoses.damaged(story).sentence)
    assert "Nichts von diesem Schritt wurde behalten, und alles davor ist sicher." in told
    assert re.search(r"[Ss]chließen Sie das Programm und kopieren Sie", told)
    assert not re.search(r"\b(the|and|is|of)\b", told)


def test_a_sentence_takes_no_other_into_its_last_word(german: None) -> None:
    """What a service says when it is asked in Settings has an advice behind it."""
    told = spoken(
        "ComfyUI could not be reached. Nothing was lost. Check that it runs there, and its address "
        "in Settings. Try again later."
    )
    assert told == (
        "ComfyUI war nicht erreichbar. Nichts wurde verloren. Prüfen Sie: ob es dort läuft, und "
        "die Adresse in den Einstellungen. Versuchen Sie es später noch einmal."
    )
    foreign = spoken("It says so. Nobody knows why. It was tried 3 times. Your tokens are back. "
                     "Try again later, or choose another service.")  # fmt: skip
    assert foreign.startswith("It says so. Nobody knows why. Es wurde 3-mal versucht.")


def test_what_is_for_sale_and_to_choose_from_is_named_in_german(german: None) -> None:
    file = resources() / "catalogue" / "catalogue.json"
    catalogue = json.loads(file.read_text("utf-8"))
    have = {**texts("de", "phrases"), **texts("de")}
    parts = ("styles", "qualities", "ratios", "packages")
    shown = [one[key] for part in parts for one in catalogue[part]
             for key in ("name", "summary", "use", "tag") if one.get(key)]  # fmt: skip
    assert len(shown) > 30
    kept = {one["name"] for one in catalogue["packages"]}
    assert [one for one in shown if one not in have and one not in kept] == []
    assert spoken("Draft") == "Entwurf"
    collection = json.loads((resources() / "samples" / "collection.json").read_text("utf-8"))
    people = [one["title"] for one in collection["items"] if one["category"] == "model_image"]
    assert len(people) > 4
    for language in LANGUAGES:  # none is cut off on its card
        said.speak(language)
        assert [one for one in people if len(spoken(one)) > 20] == []
    titles = [one["title"] for one in collection["items"]]
    assert [one for one in titles if one not in have] == []


def test_a_name_of_several_words_stays_one(german: None) -> None:
    told = "The photo my best coat.jpg has more than 60 million pixels. Nothing was charged; "
    told += "choose another photo."
    assert spoken(told).startswith("Das Foto my best coat.jpg hat mehr als 60 Millionen Pixel.")
    told = "Google Gemini sent less than it promised. Nothing was kept."
    assert spoken(told) == "Google Gemini schickte weniger als angekündigt. Nichts wurde behalten."


def test_a_name_is_never_translated(german: None) -> None:
    assert spoken("There is a tag “product” already. Choose another name.") == (
        "Es gibt schon ein Schlagwort „product“. Wählen Sie einen anderen Namen."
    )
    assert spoken("“%1 %2.png” is empty. Nothing was changed; save or download it again.") == (
        "„%1 %2.png“ ist leer. Nichts wurde geändert. Speichern oder laden Sie die Datei noch "
        "einmal."
    )


def test_sentences_behind_each_other_are_each_said(german: None) -> None:
    one = "“a.png” is empty. Nothing was changed; save or download it again."
    two = one.replace("a.png", "b.png")
    assert spoken(f"{one} {two}") == f"{spoken(one)} {spoken(two)}"
    assert "„b.png“" in spoken(f"{one} {two}")


def test_a_sentence_among_strange_ones_names_the_page_in_english_and_stays_whole() -> None:
    told = (
        "Somebody says this. There is no backup yet. “stylestudio backup snapshot” makes one. So!"
    )
    assert spoken(told) == (
        "Somebody says this. There is no backup yet. “Snapshot now” in Settings, Backups makes "
        "one. So!"
    )
    said.speak("de")
    assert spoken(told) == told
    many = "There is no backup yet. “stylestudio backup snapshot” makes one. " * 20
    assert spoken(many) == many


def test_what_only_ever_follows_another_sentence_is_said_too(german: None) -> None:
    told = (
        "The balance of “root” is not what its entries add up to. It shows 4,000 tokens; they "
        "add up to 530. And 2 more."
    )
    assert spoken(told) == (
        "Der Stand von „root“ ist nicht, was die Einträge ergeben. Angezeigt sind 4,000 Tokens; "
        "die Einträge ergeben 530. Und 2 mehr."
    )


def test_what_nobody_knows_stays_as_it_is(german: None) -> None:
    for told in ("", "Somebody's package says this. And that.", "x" * 50_000, "%1", "„“"):
        assert spoken(told) == told


def test_english_stays_english_and_names_the_page_instead_of_a_command() -> None:
    told = "“a.png” is empty. Nothing was changed; save or download it again."
    assert spoken(told) == told
    assert spoken("There is no backup yet. “stylestudio backup snapshot” makes one.") == (
        "There is no backup yet. “Snapshot now” in Settings, Backups makes one."
    )


def test_a_language_without_texts_stays_english() -> None:
    said.speak("tlh")
    assert spoken("The account was deleted.") == "The account was deleted."


def test_no_text_holds_the_window_up(german: None) -> None:
    begun = time.process_time()
    for number in range(10):
        spoken(f"The {number} “" + "no ” such. Thing “" * 1000)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.stem)
def test_the_window_shows_no_sentence_as_it_came(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    asked = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("spoken", "bool", "Readiness")
        for argument in node.args
        for part in ast.walk(argument)
    }
    asked |= {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        for part in ast.walk(node.test)
    }
    raw = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr == "sentence"
        and id(node) not in asked
        and not (isinstance(node.value, ast.Name) and node.value.id in ("self", "words"))
    ]
    assert raw == [], "what is shown goes through `spoken`"


def test_why_everything_rests_is_said_at_the_window_s_foot(qtbot: QtBot, german: None) -> None:
    strip = QueueStrip()
    qtbot.addWidget(strip)
    told = "This library was brought back from a backup. Look whether everything is as you want "
    told += "it; then let the queue go on."
    strip.set_state(QueueState(remark=told))
    assert strip.accessibleName().startswith("Diese Bibliothek wurde aus einer Sicherung")
