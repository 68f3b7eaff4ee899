"""A model that only sets pictures together gets the product alone, as the engine cuts it out."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

import pytest
from PIL import Image, ImageDraw

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.errors import Code
from stylestudio_desktop.domain.generation import Status
from stylestudio_desktop.domain.records import Generation
from stylestudio_desktop.providers.protocol import (
    Context,
    Finished,
    Kind,
    Prepared,
    ProviderError,
    RemoteRef,
    ServiceCard,
)
from stylestudio_desktop.services import attempts, generate, sources, wallet
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import sendings
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio


@dataclass
class Engine(FakeProvider):
    """Cuts a rectangle of 30 × 20 pixels out of every photo."""

    trouble: ProviderError | None = None
    stop: Event | None = None

    def preview(
        self,
        photo: Path,
        out: Path,
        cancelled: Event,
        *,
        mask: Path | None = None,
        side: int = 768,
        sheer: str = "auto",
    ) -> None:
        if self.stop is not None:
            cancelled.set()
        if self.trouble is not None:
            raise self.trouble
        cut = Image.new("RGBA", (64, 48), (0, 0, 0, 0))
        ImageDraw.Draw(cut).rectangle((10, 10, 39, 29), fill="teal")
        cut.save(out)


@dataclass
class Setting(FakeProvider):
    """A service that sets products onto grounds and keeps what arrived."""

    name: str = "setting"
    remote: bool = True
    arrived: list[tuple[str, tuple[int, int]]] = field(default_factory=list)

    @property
    def card(self) -> ServiceCard:
        card = super().card
        able = replace(card.models[0].capabilities, cutouts=True)
        return replace(card, models=(replace(card.models[0], capabilities=able),))

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        for path in job.products:
            with Image.open(path) as image:
                self.arrived.append((image.mode, image.size))
        return super().submit(job, context)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def service() -> Setting:
    return Setting()


@pytest.fixture
def studio(tmp_path: Path, engine: Engine, service: Setting) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": engine, "setting": service})
    opened.settings.change(services=[{"id": "setting"}])
    yield opened
    close_studio(opened)


def made(studio: Studio, tmp_path: Path) -> Generation:
    photo = import_photo(studio, tmp_path)
    row = generate.start(studio, brief_for(photo, provider="setting"))
    runner, stop = Runner(studio), threading.Event()
    timer = threading.Timer(20, stop.set)
    timer.start()
    runner.run(stop, until=runner.idle)
    timer.cancel()
    return attempts.owned(studio, row.id)


def test_the_product_is_cut_out_and_what_is_clear_around_it_stays_here(
    studio: Studio, service: Setting, tmp_path: Path
) -> None:
    row = made(studio, tmp_path)

    assert row.status == Status.COMPLETED.value
    assert service.arrived == [("RGBA", (30, 20))]
    (kept,) = sendings.of_generation(studio.database, row.id)
    (noted,) = json.loads(kept.photos)
    assert (noted["content_type"], noted["width"], noted["height"]) == ("image/png", 30, 20)


def test_whose_cut_outs_a_model_is_made_with(studio: Studio) -> None:
    assert sources.cutter(studio, "local", False) == "local"
    assert sources.cutter(studio, "setting", True) == "local"
    assert sources.cutter(studio, "setting", False) is None


def test_a_photo_in_which_no_product_can_be_told_costs_nothing(
    studio: Studio, engine: Engine, service: Setting, tmp_path: Path
) -> None:
    engine.trouble = ProviderError(Kind.INPUT, "No product could be told. Choose another photo.")
    before = wallet.summary(studio).user.token_balance

    row = made(studio, tmp_path)

    assert (row.status, row.error_code) == (Status.FAILED.value, Code.PHOTO_UNSUITABLE.value)
    assert "No product could be told" in (row.error or "")
    assert service.asked == []
    assert wallet.summary(studio).user.token_balance == before


def test_a_wish_to_stop_while_it_is_cut_out_is_no_failure(
    studio: Studio, engine: Engine, service: Setting, tmp_path: Path
) -> None:
    engine.stop = Event()
    engine.trouble = ProviderError(Kind.CANCELLED, "It was stopped.")

    assert made(studio, tmp_path).status == Status.CANCELLED.value
    assert service.asked == []


def test_without_an_engine_the_photo_goes_as_it_is(tmp_path: Path, service: Setting) -> None:
    studio = open_test_studio(tmp_path, {"setting": service})
    studio.settings.change(services=[{"id": "setting"}])

    assert made(studio, tmp_path).status == Status.COMPLETED.value
    assert service.arrived == [("RGB", (64, 48))]
    close_studio(studio)
