"""Settings → Services as people use it: added with a key, tested, ordered, agreed to, removed."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QMenu, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.services import connections, consents
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.frame.toasts import Toast
from stylestudio_desktop.ui.settings import service_words
from stylestudio_desktop.ui.settings.pane import SettingsPane
from stylestudio_desktop.ui.settings.service_dialog import ServiceDialog
from stylestudio_desktop.ui.settings.services import ServicesSection
from stylestudio_desktop.ui.window import SETTINGS, MainWindow
from tests.contract.case import KEY
from tests.contract.cases.openai import OpenAIAtOnce


@pytest.fixture
def studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Studio]:
    """A library with the real services."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    opened = open_studio(Workspace(tmp_path / "workspace"))
    yield opened
    close_studio(opened)


@pytest.fixture
def server() -> Iterator[OpenAIAtOnce]:
    made = OpenAIAtOnce()
    yield made
    made.close()


@pytest.fixture
def section(window: MainWindow, calm: Callable[[], None]) -> ServicesSection:
    opened = window.open_pane(SETTINGS)
    assert isinstance(opened, SettingsPane)
    calm()
    return opened.services


def words(widget: QWidget) -> str:
    return "\n".join(one.text() for one in widget.findChildren(QLabel))


def press(widget: QWidget, text: str) -> None:
    (found,) = [one for one in widget.findChildren(QPushButton) if one.text() == text]
    found.click()


def dialog_for(section: ServicesSection, name: str) -> ServiceDialog:
    section.add(name)
    assert section.dialog is not None
    return section.dialog


def fill(dialog: ServiceDialog, **texts: str) -> None:
    for name, text in texts.items():
        dialog.fields[name].setText(text)  # type: ignore[attr-defined]


def test_a_service_is_added_and_says_what_the_test_found(
    section: ServicesSection,
    server: OpenAIAtOnce,
    studio: Studio,
    window: MainWindow,
    calm: Callable[[], None],
) -> None:
    dialog = dialog_for(section, "openai")
    dialog.key.setText(KEY)
    dialog.ceiling.setValue(40)
    fill(dialog, base_url=f"{server.server.url}/v1")
    dialog.save()
    calm()
    calm()

    row = section.rows["openai"]
    assert row.sentence.text() == "The key is valid; 1 model can be used."
    assert "gpt-image-2" in row.found.text()
    said = words(row)
    assert "0 of 40 picture" in said
    assert f"key …{KEY[-4:]} until the program ends" in said
    assert KEY not in said
    assert "memory" in "\n".join(one.accessibleName() for one in window.findChildren(Toast))
    assert KEY not in studio.workspace.settings.read_text("utf-8")


def test_changing_keeps_the_key_and_shows_what_is_set(
    section: ServicesSection, studio: Studio, calm: Callable[[], None]
) -> None:
    studio.settings.change(no_network=True)  # its test shall not wait for an answer
    first = dialog_for(section, "custom")
    first.key.setText(KEY)
    fill(first, base_url="http://127.0.0.1:9/v1", model="mine")
    first.save()
    calm()
    calm()
    again = dialog_for(section, "custom")

    assert again.fields["model"].text() == "mine"  # type: ignore[attr-defined]
    assert again.key.placeholderText().endswith(KEY[-4:])
    again.fields["edits"].setChecked(True)  # type: ignore[attr-defined]
    again.fields["seed"].set_value("no")  # type: ignore[attr-defined]
    again.save()
    calm()
    calm()

    assert dict(section.rows["custom"].connection.settings) == {
        "base_url": "http://127.0.0.1:9/v1", "model": "mine", "edits": "yes", "seed": "no",
    }  # fmt: skip
    assert studio.secrets.get("provider:custom") == KEY


def test_what_is_wrong_is_told_in_the_dialog(
    section: ServicesSection, calm: Callable[[], None]
) -> None:
    dialog = dialog_for(section, "custom")
    fill(dialog, base_url="ftp://odd")
    dialog.save()
    calm()

    assert "only http" in words(dialog)
    assert dialog.isVisible()
    assert "custom" not in section.rows
    dialog.reject()


def test_order_consent_and_removal(
    section: ServicesSection, studio: Studio, calm: Callable[[], None], qtbot: QtBot
) -> None:
    for name in ("openai", "fal"):
        dialog = dialog_for(section, name)
        dialog.save()
        calm()
        calm()
    assert list(section.rows) == ["local", "openai", "fal"]
    section.prefer("fal")
    calm()
    assert list(studio.providers) == ["local", "fal", "openai"]

    press(section.rows["openai"], "Allow photos of people")
    calm()
    assert consents.given(studio, "openai")
    assert "agreed on" in words(section.rows["openai"])
    press(section.rows["openai"], "Send no people any more")
    calm()
    assert not consents.given(studio, "openai")

    section._ask_to_remove("openai")
    (box,) = [one for one in section.findChildren(QMessageBox) if one.isVisible()]
    press(box, "Remove")
    calm()
    assert list(section.rows) == ["local", "fal"]


def test_only_what_is_not_in_use_is_offered(
    section: ServicesSection, calm: Callable[[], None]
) -> None:
    dialog_for(section, "fal").save()
    calm()
    calm()
    section.adding.click()

    (menu,) = [one for one in section.findChildren(QMenu) if one.isVisible()]
    names = [one.text() for one in menu.actions()]
    assert "OpenAI" in names
    assert "fal.ai" not in names
    menu.close()


def test_a_service_that_is_no_more_in_the_catalogue_can_only_be_removed(
    section: ServicesSection, studio: Studio, window: MainWindow, calm: Callable[[], None]
) -> None:
    studio.settings.change(services=[{"id": "gone"}])
    section.refresh()
    calm()

    section.add("gone")

    assert section.dialog is None
    said = "\n".join(one.accessibleName() for one in window.findChildren(Toast))
    assert "only be removed" in said
    section.test("gone")
    calm()
    calm()
    assert "no entry" in section.rows["gone"].sentence.text()


def test_what_is_wrong_in_ones_own_catalogue_is_told(
    window: MainWindow, studio: Studio, calm: Callable[[], None]
) -> None:
    (studio.workspace.root / "services.json").write_text("{broken")
    section = window.open_pane(SETTINGS)
    assert isinstance(section, SettingsPane)
    calm()

    assert "services.json can't be used" in words(section.services)
    assert "Mend the file" in words(section.services)
    assert section.services.found is not None
    assert section.services.found.entries, "the shipped catalogue is used all the same"


def test_a_service_that_made_pictures_is_not_called_untested(studio: Studio) -> None:
    (here,) = connections.connections(studio)
    there = replace(here, tested_at=None, pause="", made=0)
    assert service_words.status(there).word == "Not tested yet"
    assert service_words.status(replace(there, made=3)).word == "In use"
    assert service_words.status(replace(there, made=3, pause="no key")).word == "Paused"
