"""Nobody finds, changes or takes back what belongs to somebody else in the same workspace."""

from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.services import bulk, finding, organising, undo
from stylestudio_desktop.services.bulk import Selection
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import facets
from stylestudio_desktop.store.database import RuleBroken
from tests.finding.library import fill
from tests.store.machines import second_person


@pytest.fixture
def other(studio: Studio) -> Studio:
    return second_person(studio)


def test_lists_and_changes_end_at_the_owner(studio: Studio, other: Studio) -> None:
    fill(studio, 40)
    mine = finding.ids(studio, parse(""))
    done = bulk.rate(studio, Selection(), 4)
    for text in ("", "linen", "tag:summer", "rating:4", 'collection:"spring 26"', "is:trashed"):
        assert not finding.ids(other, parse(text)), text
    for change in (
        lambda: bulk.rate(other, Selection(ids=mine), 1),
        lambda: bulk.trash(other, Selection(ids=mine)),
        lambda: bulk.tag(other, Selection(ids=mine), "theirs"),
    ):
        assert change().changed == 0
    assert len(finding.ids(studio, parse("rating:4"))) == len(mine)
    assert undo.undo(other) is None
    undo.forget(other, done.action_id or 0)
    assert undo.next_undo(studio) is not None
    assert organising.list_collections(other) == []
    tag = organising.list_tags(studio)[0]
    for act in (organising.delete_tag, lambda s, one: bulk.untag(s, Selection(), one)):
        with pytest.raises(NotFound):
            act(other, tag.id)
    assert facets.faulty(studio.database) == []


def test_the_database_itself_refuses_a_tag_on_another_persons_picture(
    studio: Studio, other: Studio, tmp_path: Path
) -> None:
    fill(studio, 3)
    theirs = organising.tag_called(other, "theirs")
    file_id = finding.ids(studio, parse(""))[0]
    with pytest.raises(RuleBroken):
        studio.database.run("INSERT INTO file_tags VALUES (?, ?)", (theirs, file_id))


def test_wrong_facets_are_found_and_counted_anew(studio: Studio) -> None:
    fill(studio, 60)
    db = studio.database
    db.run("UPDATE file_facets SET number = number + 2 WHERE facet = 'style' AND value = 'vintage'")
    db.run("DELETE FROM file_facets WHERE facet = 'rating' AND value = '0'")
    db.run("INSERT INTO file_facets VALUES (?, 'style', 'none', 3)", (studio.user_id,))
    wrong = {(facet, value): kept for _, facet, value, kept, _ in facets.faulty(db)}
    assert wrong.keys() == {("style", "vintage"), ("rating", "0"), ("style", "none")}
    with db.write():
        facets.recount(db)
    assert facets.faulty(db) == []
