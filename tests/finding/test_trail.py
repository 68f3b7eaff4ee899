"""What was done to pictures between two looks is known one by one, whoever did it."""

from pathlib import Path

import pytest

from stylestudio_desktop.services import bulk, library, undo
from stylestudio_desktop.services.bulk import Selection
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.services.trail import followed, trail
from stylestudio_desktop.store import undoing
from tests.factories import import_photo
from tests.finding.library import fill

MOST = 100


@pytest.fixture
def ids(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    monkeypatch.setattr(bulk, "PORTION", 3)
    made = [one for one in fill(studio, 30) if not one.trashed]
    library.rate(studio, [one.id for one in made], 0)
    return [one.id for one in made[:12]]


def test_steps_their_undoing_and_redoing_name_their_pictures(
    studio: Studio, ids: list[int]
) -> None:
    before = trail(studio)
    assert followed(studio, before, before, MOST) == []
    bulk.rate(studio, Selection(ids=ids[2:9]), 5)
    rated = trail(studio)
    assert sorted(followed(studio, before, rated, MOST) or []) == sorted(ids[2:9])
    undo.undo(studio)
    undone = trail(studio)
    assert sorted(followed(studio, rated, undone, MOST) or []) == sorted(ids[2:9])
    undo.redo(studio)
    again = trail(studio)
    assert sorted(followed(studio, undone, again, MOST) or []) == sorted(ids[2:9])
    bulk.trash(studio, Selection(ids=ids[:2]))
    bulk.tag(studio, Selection(ids=[ids[4]]), "a new one")
    after = trail(studio)
    assert sorted(followed(studio, again, after, MOST) or []) == sorted([*ids[:2], ids[4]])


def test_what_joined_is_named_with_those_just_before(
    studio: Studio, ids: list[int], tmp_path: Path
) -> None:
    just_before = import_photo(studio, tmp_path, "teal")
    before = trail(studio)
    joined = {just_before, import_photo(studio, tmp_path, "red")}
    found = followed(studio, before, trail(studio), MOST)
    assert found is not None
    assert joined == set(found)


def test_too_much_is_not_told_one_by_one(studio: Studio, ids: list[int]) -> None:
    before = trail(studio)
    bulk.rate(studio, Selection(ids=ids), 2)
    after = trail(studio)
    assert followed(studio, before, after, len(ids) - 1) is None
    assert len(followed(studio, before, after, len(ids)) or []) == len(ids)


def test_a_step_whose_pictures_are_not_what_they_were_is_not_told(
    studio: Studio, ids: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = trail(studio)
    bulk.rate(studio, Selection(ids=ids), 3)
    monkeypatch.setattr(undoing, "unpacked", lambda *_all: None)
    assert followed(studio, before, trail(studio), MOST) is None


def test_what_is_in_no_journal_shows_in_the_counts_alone(studio: Studio, ids: list[int]) -> None:
    before, counted = trail(studio), library.mark(studio)
    library.rate(studio, ids[:1], 4)
    assert trail(studio) == before
    assert library.mark(studio) != counted
