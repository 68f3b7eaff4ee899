"""Any selection can be changed, stopped and taken back in one step, and the books stay right."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, IllegalStep, NotFound
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.services import bulk, finding, library, organising, undo
from stylestudio_desktop.services.bulk import Selection
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import facets
from stylestudio_desktop.store.database import Database, Sql
from tests.factories import FakeProvider, import_photo
from tests.finding.library import Seen, fill

State = dict[int, tuple[object, ...]]
Filled = tuple[Studio, list[Seen]]


@pytest.fixture
def thirty(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Filled:
    monkeypatch.setattr(bulk, "PORTION", 7)
    seen = fill(studio, 30)
    library.trash(studio, [seen[3].id, seen[17].id])
    return studio, seen


def state(studio: Studio) -> State:
    """Return all that steps can change of every picture, read by plain SQL."""
    rows = studio.database.rows(
        "SELECT f.id, rating, favourite, note, trashed_at IS NOT NULL,"
        " (SELECT group_concat(tag_id) FROM (SELECT tag_id FROM file_tags WHERE file_id = f.id"
        "  ORDER BY tag_id)), (SELECT group_concat(collection_id || ':' || (position > 0)) FROM"
        " (SELECT * FROM collection_files WHERE file_id = f.id ORDER BY 1)) FROM files f"
    )
    return {row[0]: row[1:] for row in rows}


def sound(studio: Studio) -> None:
    assert facets.faulty(studio.database) == []


DEEDS: dict[str, Callable[[Studio, Selection], bulk.Done]] = {
    "rate 4": lambda studio, some: bulk.rate(studio, some, 4),
    "rate 0": lambda studio, some: bulk.rate(studio, some, 0),
    "favourite": lambda studio, some: bulk.favourite(studio, some, True),
    "plain": lambda studio, some: bulk.favourite(studio, some, False),
    "note": lambda studio, some: bulk.note(studio, some, "for the shop"),
    "no note": lambda studio, some: bulk.note(studio, some, " "),
    "tag": lambda studio, some: bulk.tag(studio, some, "SUMMER"),
    "untag": lambda studio, some: bulk.untag(studio, some, 1),
    "collect": lambda studio, some: bulk.collect(studio, some, 1),
    "uncollect": lambda studio, some: bulk.uncollect(studio, some, 1),
    "trash": bulk.trash,
    "restore": bulk.restore,
}
QUERIES = ("", "rating:0", "tag:summer", "-collection:lookbook", "is:favourite", "is:trashed")
STEPS = st.one_of(
    st.tuples(st.sampled_from(sorted(DEEDS)), st.sampled_from(QUERIES), st.integers(0, 12)),
    st.just("undo"),
    st.just("redo"),
    st.just("reopen"),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(STEPS, max_size=14))
def test_undo_and_redo_walk_through_every_state_there_was(
    tmp_path_factory: pytest.TempPathFactory, steps: list[object]
) -> None:
    """The model is a list of whole states and a place in it."""
    root = tmp_path_factory.mktemp("model")
    studio = open_studio(Workspace(root), {"local": FakeProvider()})
    fill(studio, 12)
    states, place = [state(studio)], 0
    for step in steps:
        if step == "reopen":
            close_studio(studio)
            studio = open_studio(Workspace(root), {"local": FakeProvider()})
        elif step == "undo":
            taken = undo.undo(studio)
            assert (taken is None) == (place == 0)
            place = max(0, place - 1)
        elif step == "redo":
            taken = undo.redo(studio)
            assert (taken is None) == (place == len(states) - 1)
            place = min(len(states) - 1, place + 1)
        else:
            deed, text, first = step  # type: ignore[misc]
            some = Selection(parse(text), ranges=((first, first + 7),))
            if DEEDS[deed](studio, some).changed:
                states = [*states[: place + 1], state(studio)]
                place += 1
        assert state(studio) == states[place], step
    sound(studio)
    close_studio(studio)


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_each_deed_is_one_step_that_goes_back_and_forth(thirty: Filled, deed: str) -> None:
    studio, _ = thirty
    heard: list[int] = []
    studio.bus.subscribe(
        lambda e: heard.extend(e.file_ids) if isinstance(e, FilesChanged) else None
    )
    every = Selection(ids=[int(row[0]) for row in studio.database.rows("SELECT id FROM files")])
    before = state(studio)
    told: list[tuple[int, int]] = []
    done = DEEDS[deed](studio, every)
    after = state(studio)
    changed = {one for one in before if before[one] != after[one]}
    assert done.changed == len(changed) > 0
    assert set(heard) == changed
    assert not DEEDS[deed](studio, every).changed
    (step,) = undo.steps(studio)
    assert (step.id, step.number) == (done.action_id, done.changed)
    taken = undo.undo(studio, lambda *numbers: told.append(numbers), action_id=done.action_id)
    assert taken is not None
    assert (taken.changed, taken.finished, taken.kind) == (done.changed, True, step.kind)
    assert told[-1] == (done.changed, done.changed)
    assert state(studio) == before
    sound(studio)
    assert undo.next_undo(studio) is None
    assert undo.next_redo(studio) is not None
    undo.redo(studio)
    assert state(studio) == after
    sound(studio)


def test_a_selection_is_ranges_of_what_the_list_showed(thirty: Filled, tmp_path: Path) -> None:
    studio, _ = thirty
    shown = list(finding.ids(studio, parse("")))
    import_photo(studio, tmp_path)
    some = Selection(parse(""), ((2, 4), (3, 6), (20, 21)), newest=shown[0])
    assert list(bulk.selected(studio, some)) == [*shown[2:6], shown[20]]
    assert len(bulk.selected(studio, Selection())) == len(shown) + 1
    assert list(bulk.selected(studio, Selection(ids=[5, 4, 5]))) == [5, 4]
    assert list(bulk.selected(studio, Selection(ranges=()))) == []
    with pytest.raises(BadInput):
        bulk.selected(studio, Selection(ranges=((4, 2),)))


def test_what_is_stopped_half_way_is_undone_as_far_as_it_went(thirty: Filled) -> None:
    studio, _ = thirty
    before = state(studio)
    stop = threading.Event()

    def progress(done: int, _all: int) -> None:
        if done >= 14:
            stop.set()

    done = bulk.rate(studio, Selection(), 1, progress, stop)
    assert done.cancelled
    assert 0 < done.changed <= 14 < done.wanted
    stop.clear()
    taken = undo.undo(studio, lambda *_: stop.set(), stop)
    assert taken is not None
    assert not taken.finished
    again = undo.undo(studio)
    assert again is not None
    assert again.finished
    assert taken.changed + again.changed == done.changed
    assert state(studio) == before
    stop.clear()
    redone = undo.redo(studio, lambda *_: stop.set(), stop)
    assert redone is not None
    assert not redone.finished
    rest = undo.redo(studio)
    assert rest is not None
    assert redone.changed + rest.changed == done.changed
    sound(studio)


@pytest.mark.parametrize("meddle", ["rate", "purge", "join"])
def test_undo_refuses_when_pictures_are_others_by_now(
    thirty: Filled, tmp_path: Path, meddle: str
) -> None:
    studio, _ = thirty
    studio.database.run("UPDATE files SET rating = 0, trashed_at = NULL")
    live = finding.ids(studio, parse(""))
    bulk.rate(studio, Selection(), 5)
    first = undo.next_undo(studio)
    assert first is not None
    sql = {
        "rate": "UPDATE files SET rating = 2 WHERE id = ?",
        "purge": "DELETE FROM files WHERE id = ?",
        "join": "INSERT INTO files (id, user_id, filename, content_type, size, storage_id,"
        " uploaded_at, category, width, height, format) SELECT id + 1, user_id, filename,"
        " content_type, size, storage_id, uploaded_at, category, width, height, format FROM files"
        " WHERE id = ?",
    }[meddle]
    studio.database.run(sql, (live[8],))
    left = state(studio)
    with pytest.raises(IllegalStep, match="Nothing was changed"):
        undo.undo(studio)
    assert state(studio) == left
    undo.forget(studio, first.id)
    assert undo.undo(studio) is None


def test_a_change_between_looking_and_writing_stops_the_undo(
    thirty: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio, _ = thirty
    bulk.favourite(studio, Selection(), True)
    victim = finding.ids(studio, parse(""))[0]

    def progress(_done: int, _all: int) -> None:
        studio.database.run("UPDATE files SET favourite = 0 WHERE id = ?", (victim,))
        studio.database.run("UPDATE files SET favourite = 0 WHERE favourite = 1")

    with pytest.raises(IllegalStep):
        undo.undo(studio, progress)
    sound(studio)


def test_a_toast_undoes_its_own_step_only(thirty: Filled) -> None:
    studio, _ = thirty
    first = bulk.rate(studio, Selection(), 5)
    bulk.favourite(studio, Selection(), True)
    with pytest.raises(IllegalStep, match="newer steps first"):
        undo.undo(studio, action_id=first.action_id)


def test_undo_of_a_tag_that_was_deleted_says_so(thirty: Filled) -> None:
    studio, _ = thirty
    bulk.tag(studio, Selection(), "new one")
    (tag,) = [one for one in organising.list_tags(studio) if one.name == "new one"]
    organising.delete_tag(studio, tag.id)
    with pytest.raises(IllegalStep, match="tag that this step"):
        undo.undo(studio)


def test_only_the_newest_steps_are_kept(thirty: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    studio, _ = thirty
    monkeypatch.setattr(undo, "MOST_STEPS", 3)
    some = Selection(ids=finding.ids(studio, parse(""), limit=1))
    for rating in (1, 2, 3, 4, 5, 1):
        bulk.rate(studio, some, rating)
    assert len(undo.steps(studio)) == 3
    undo.undo(studio)
    bulk.rate(studio, some, 2)
    assert undo.redo(studio) is None
    orphans = (
        "SELECT count(*) FROM gallery_action_parts"
        " WHERE action_id NOT IN (SELECT id FROM gallery_actions)"
    )
    assert studio.database.value(orphans) == 0


def test_a_crash_in_the_middle_leaves_whole_portions_with_their_undo(
    thirty: Filled,
) -> None:
    studio, _ = thirty
    before = state(studio)

    def progress(done: int, _all: int) -> None:
        if done == 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bulk.note(studio, Selection(), "x", progress)
    assert state(studio) != before
    undo.undo(studio)
    assert state(studio) == before


def test_a_selection_of_everything_is_kept_in_few_bytes(studio: Studio) -> None:
    fill(studio, 4500)
    studio.database.run("UPDATE files SET note = NULL")
    all_ids = [row[0] for row in studio.database.rows("SELECT id FROM files")]
    fresh = Selection(ids=all_ids)
    done = bulk.note(studio, fresh, "the same on all")
    (size,) = studio.database.row(
        "SELECT sum(length(was)) FROM gallery_action_parts WHERE action_id = ?", (done.action_id,)
    ) or (0,)
    assert done.changed == len(all_ids)
    assert size < 1000
    taken = undo.undo(studio)
    assert taken is not None
    assert taken.changed == done.changed
    sound(studio)


def test_bad_wishes_are_refused(thirty: Filled, tmp_path: Path) -> None:
    studio, _ = thirty
    for rating in (-1, 6):
        with pytest.raises(BadInput):
            bulk.rate(studio, Selection(), rating)
    with pytest.raises(BadInput):
        bulk.note(studio, Selection(), "x" * 10_001)
    for act in (bulk.untag, bulk.collect, bulk.uncollect):
        with pytest.raises(NotFound):
            act(studio, Selection(), 99)
    with pytest.raises(BadInput):
        bulk.tag(studio, Selection(), " ")


def test_a_selection_is_exported(studio: Studio, tmp_path: Path) -> None:
    import_photo(studio, tmp_path, "red")
    told: list[int] = []
    out = tmp_path / "out"
    made = bulk.export(
        studio, Selection(parse("red")), out, progress=lambda d, _a, _n: told.append(d)
    )
    assert [one.path.exists() for one in made.exported] == [True]
    assert told[-1] == 1


def test_what_was_noted_and_tagged_is_found_by_its_words(studio: Studio, tmp_path: Path) -> None:
    one = import_photo(studio, tmp_path, "red")
    other = import_photo(studio, tmp_path, "blue")

    def found(text: str) -> list[int]:
        return list(finding.ids(studio, parse(text)))

    bulk.tag(studio, Selection(ids=[one]), "Été chaud")
    bulk.note(studio, Selection(ids=[other]), "call the tailor")
    assert found("ete cha") == [one]
    assert found("tailor") == [other]
    assert found('tag:"ETE chaud" red') == [one]
    (tag,) = organising.tags_of(studio, one)
    organising.rename_tag(studio, tag.id, "winter")
    assert found("chaud") == []
    assert found("wint") == [one]
    organising.delete_tag(studio, tag.id)
    assert found("winter") == []
    undo.forget(studio, undo.steps(studio)[1].id)
    undo.undo(studio)
    assert found("tailor") == []
    library.trash(studio, [one])
    library.purge(studio, 1 << 50)
    sound(studio)


def test_no_step_walks_or_sorts_the_library(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside a list of ids, an index of the owner's would find rows a thousand times slower."""
    seen = fill(studio, 400)
    ids = [one.id for one in seen]
    heard: dict[str, object] = {}
    genuine = Database.rows

    def rows(self: Database, sql: Sql, values: object = ()) -> object:
        heard.setdefault(str(sql), values)
        return genuine(self, sql, values)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "rows", rows)
    for some in (ids[:3], ids[:300]):
        bulk.rate(studio, Selection(ids=some), 4)
        bulk.tag(studio, Selection(ids=some), "new")
        bulk.collect(studio, Selection(ids=some), 1)
        bulk.trash(studio, Selection(ids=some))
        for _ in range(4):
            undo.undo(studio)
        finding.fitting(studio, parse("style:vintage rating:>=2 -tag:summer linen"), some)
    monkeypatch.undo()
    assert len(heard) > 8
    for sql, values in heard.items():
        for line in (row[3] for row in studio.database.rows(f"EXPLAIN QUERY PLAN {sql}", values)):
            assert "TEMP B-TREE" not in line, (line, sql)
            if "FROM files" in sql and " files" in line:
                assert "INTEGER PRIMARY KEY" in line, (line, sql)
