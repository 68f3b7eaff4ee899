"""Services in the wizard: those in use are offered, and people go nowhere without a yes."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox, QPushButton

from stylestudio_desktop.domain.events import ServicesChanged
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.providers.custom import CustomServer
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.services import attempts, consents, history
from stylestudio_desktop.ui.create.draft import Step
from tests.contract.case import entry_of
from tests.contract.cases.custom import Compatible
from tests.contract.test_whole_way import host
from tests.factories import FakeProvider, import_photo
from tests.ui.create.conftest import Desk


@pytest.fixture
def afar(desk: Desk) -> FakeProvider:
    """A service elsewhere, in use beside the first one."""
    made = FakeProvider(name="afar", remote=True)
    desk.studio.providers["afar"] = made  # type: ignore[index]
    desk.studio.settings.change(services=[{"id": "afar"}])
    desk.studio.bus.publish(ServicesChanged())
    desk.settle()
    return made


def ready(desk: Desk, folder: Path, provider: str = "afar") -> None:
    product = import_photo(desk.studio, folder)
    person = import_photo(desk.studio, folder, "pink", Category.MODEL)
    desk.pane.desk.use(Category.PRODUCT, [product])
    desk.settle()
    desk.pane.desk.use(Category.MODEL, [person])
    desk.settle()
    desk.pane.desk.edit(provider=provider, quality="draft")
    desk.settle()


def asked(desk: Desk) -> QMessageBox:
    (box,) = [one for one in desk.pane.findChildren(QMessageBox) if one.isVisible()]
    return box


def started(desk: Desk) -> int:
    return len(history.listing(desk.studio, GenerationFilter()).items)


def test_a_model_that_takes_products_alone_shows_how_they_are_cut_out(
    desk: Desk, afar: FakeProvider, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = import_photo(desk.studio, tmp_path)
    desk.pane.desk.use(Category.PRODUCT, [product])
    desk.pane.desk.edit(provider="afar")
    desk.settle()
    page = desk.pane.pages.products
    assert page.tiles[product].mend.isHidden()

    card = FakeProvider.card.fget(afar)  # type: ignore[attr-defined]
    able = replace(card.models[0].capabilities, cutouts=True)
    alone = replace(card, models=(replace(card.models[0], capabilities=able),))
    genuine = FakeProvider.card.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(
        FakeProvider, "card", property(lambda self: alone if self is afar else genuine(self))
    )
    page.show_desk()
    desk.settle()

    assert not page.tiles[product].mend.isHidden()


def test_a_service_that_was_added_is_offered(desk: Desk, afar: FakeProvider) -> None:
    desk.pane.go(Step.LOOK)

    cards = desk.pane.pages.look.services

    assert [place[0] for place in cards] == ["local", "afar"]
    cards["afar", "plain"].click()
    assert desk.pane.desk.draft.provider == "afar"
    desk.studio.bus.publish(ServicesChanged())


def test_a_service_that_was_removed_gives_way(desk: Desk, afar: FakeProvider) -> None:
    desk.pane.go(Step.LOOK)
    desk.pane.desk.edit(provider="afar", model="plain")
    del desk.studio.providers["afar"]  # type: ignore[attr-defined]

    assert desk.pane.desk.card.id == "local"
    desk.pane.desk.ask_services()
    desk.settle()

    assert (desk.pane.desk.draft.provider, desk.pane.desk.draft.model) == ("local", None)
    assert not desk.pane.pages.look.services


def test_people_are_sent_after_a_yes_only(desk: Desk, afar: FakeProvider, tmp_path: Path) -> None:
    ready(desk, tmp_path)
    desk.pane.generate()
    desk.settle()
    box = asked(desk)
    assert "Test service" in box.text()
    assert started(desk) == 0
    box.reject()
    assert not consents.given(desk.studio, "afar")

    desk.pane.generate()
    desk.settle()
    (yes,) = [one for one in asked(desk).findChildren(QPushButton) if "Agree" in one.text()]
    yes.click()
    desk.settle()
    desk.settle()

    assert consents.given(desk.studio, "afar")
    assert started(desk) == 1


@pytest.fixture
def third_party(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Compatible]:
    """A server elsewhere by its name, which only this test's resolver knows to be here."""
    case, http, whole = Compatible(), Http(pause_s=0.001), socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo",
        lambda name, *rest, **more: whole(
            "127.0.0.1" if name == "pictures.example" else name, *rest, **more
        ),
    )  # fmt: skip
    settings = {"base_url": f"http://pictures.example:{case.server.server_port}/v1"}
    adapter = CustomServer(entry_of("custom"), lambda: None, http, settings)
    desk.studio.providers["custom"] = adapter  # type: ignore[index]
    desk.studio.settings.change(services=[{"id": "custom", "settings": settings}])
    desk.studio.bus.publish(ServicesChanged())
    desk.settle()
    yield case
    http.close()
    case.close()


def test_a_photo_of_a_person_reaches_a_third_party_by_its_name_and_after_a_yes(
    desk: Desk, third_party: Compatible, tmp_path: Path
) -> None:
    ready(desk, tmp_path, "custom")
    desk.pane.generate()
    desk.settle()
    box = asked(desk)
    assert "pictures.example" in box.text()
    assert box.defaultButton().text() == box.button(QMessageBox.StandardButton.Cancel).text()
    box.defaultButton().click()
    desk.settle()
    assert (started(desk), third_party.server.seen) == (0, [])

    before = time.time() * 1000
    desk.pane.generate()
    desk.settle()
    (yes,) = [one for one in asked(desk).findChildren(QPushButton) if "Agree" in one.text()]
    yes.click()
    desk.settle()
    desk.settle()
    (card,) = history.listing(desk.studio, GenerationFilter()).items
    host(desk.studio, lambda: not attempts.is_open(attempts.owned(desk.studio, card.id)))

    (sent,) = [one for one in third_party.server.seen if one.method == "POST"]
    assert len(sent.json["ref_images"]) == 2
    (kept,) = desk.studio.settings.value.services
    assert isinstance(kept, dict)
    assert kept["consent_to"] == "pictures.example"
    assert before - 1000 < kept["consent_at"] <= time.time() * 1000
