"""A finished picture is made again, larger: its own seed, its settings, and what to know before."""

import dataclasses
import threading
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.services import enlarging, generate, history
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, import_photo, open_test_studio


def run_to_end(studio: Studio) -> None:
    runner = Runner(studio)
    runner.run(threading.Event(), until=runner.idle)


def made(studio: Studio, folder: Path, **changes: object) -> history.Story:
    brief = brief_for(import_photo(studio, folder), **changes)
    row = generate.start(studio, brief)
    run_to_end(studio)
    return history.story(studio, row.id)


def test_the_larger_picture_has_the_seed_of_the_small_one(tmp_path: Path) -> None:
    studio = open_test_studio(tmp_path, {"local": FakeProvider()})
    story = made(studio, tmp_path, quality="draft", count=2, seed=7, style="vintage")

    found = enlarging.larger(studio, story.generation.id)
    assert (found.brief.quality, found.brief.count, found.brief.style) == ("high", 1, "vintage")
    assert enlarging.possible(studio, story.results[1].id)
    assert not enlarging.possible(studio, story.inputs[0].file_id)
    second = enlarging.larger(studio, story.results[1].id, 1024)
    assert second.brief.quality == "standard"
    assert second.brief.seed is not None
    assert "fewer" in found.notes[0]


def test_what_can_not_be_made_larger_is_said(tmp_path: Path) -> None:
    studio = open_test_studio(tmp_path, {"local": FakeProvider()})
    story = made(studio, tmp_path, quality="draft")
    with pytest.raises(BadInput, match="Choose one of"):
        enlarging.larger(studio, story.generation.id, 999)
    with pytest.raises(NotFound, match="12345"):
        enlarging.larger(studio, 12345)
    waiting = generate.start(studio, brief_for(story.inputs[0].file_id))
    with pytest.raises(BadInput, match="no finished picture"):
        enlarging.larger(studio, waiting.id)


def test_the_largest_and_other_services_stay_as_they_are(tmp_path: Path) -> None:
    @dataclasses.dataclass
    class Fixed(FakeProvider):
        able: dict[str, object] = dataclasses.field(default_factory=dict)

        @property
        def card(self):  # type: ignore[no-untyped-def]
            card = super().card
            able = dataclasses.replace(card.models[0].capabilities, **self.able)  # type: ignore[arg-type]
            model = dataclasses.replace(card.models[0], capabilities=able)
            return dataclasses.replace(card, models=(model,))

    provider = Fixed()
    studio = open_test_studio(tmp_path, {"local": provider})
    story = made(studio, tmp_path, quality="draft")
    provider.able = {"qualities": ()}
    with pytest.raises(BadInput, match="largest"):
        enlarging.larger(studio, story.generation.id)
    provider.able = {"enlarges": False}
    with pytest.raises(BadInput, match="on this computer"):
        enlarging.larger(studio, story.generation.id)
