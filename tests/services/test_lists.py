"""Pictures, stories and the wallet as lists show them: complete, one's own, and never broken."""

import dataclasses
import getpass
import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain import events
from stylestudio_desktop.domain.errors import BadInput, Code, IllegalStep, NotFound
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import LARGEST_ID, FileId, new_id, now_ms
from stylestudio_desktop.domain.records import UsageRecord
from stylestudio_desktop.files import intake
from stylestudio_desktop.files.scaling import Tier
from stylestudio_desktop.services import (
    accounts,
    attempts,
    exporting,
    finishing,
    generate,
    history,
    importing,
    insights,
    library,
    overview,
    paging,
    queue,
    steering,
    wallet,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files as file_rows
from stylestudio_desktop.store import usage
from tests.factories import brief_for, give, import_photo, open_test_studio, photo, picture_bytes
from tests.store.books import dump, faults
from tests.store.machines import (
    Library,
    results,
    second_person,
    stored_result,
    work_until_processing,
)


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, tokens=40)
    yield opened
    close_studio(opened)


@pytest.fixture
def product(studio: Studio, tmp_path: Path) -> FileId:
    return import_photo(studio, tmp_path)


def made(studio: Studio, folder: Path, product: FileId, **asked: object) -> tuple[int, list[int]]:
    """Make a generation with its pictures; return its id and theirs."""
    row = work_until_processing(studio, generate.start(studio, brief_for(product, **asked)))
    ids = finishing.complete(studio, row, results(stored_result(studio, folder), row.pictures))
    return row.id, ids


# Bringing pictures in


def test_a_folder_is_walked_and_bad_files_are_named(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    (folder / "b" / ".hidden").mkdir(parents=True)
    photo(folder, "z.JPG", "red")
    photo(folder / "b", "a.jpeg", "blue")
    photo(folder, ".secret.jpg", "green")
    photo(folder / "b" / ".hidden", "x.jpg", "pink")
    (folder / "notes.txt").write_text("no picture")
    (folder / "broken.png").write_bytes(b"no picture either")
    (folder / "loop").symlink_to(folder)
    alone = tmp_path / "alone"
    alone.write_bytes(picture_bytes("gold"))
    seen: list[tuple[int, int, str]] = []
    found = library.import_files(
        studio,
        [folder, alone, tmp_path / "missing.jpg"],
        Category.MODEL,
        progress=lambda done, all_, name: seen.append((done, all_, name)),
    )
    assert [row.filename for row in found.files] == ["z.JPG", "a.jpeg", "alone"]
    assert {Path(one.path).name for one in found.rejected} == {"broken.png", "missing.jpg"}
    assert all(one.reason for one in found.rejected)
    assert {row.category for row in found.files} == {"model_image"}
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1][:2] == (5, 5)
    assert faults(studio.database) == []


def test_the_same_bytes_are_not_doubled_unless_their_use_differs(
    studio: Studio, tmp_path: Path
) -> None:
    heard: list[events.Event] = []
    studio.bus.subscribe(heard.append)
    first = import_photo(studio, tmp_path)
    assert import_photo(studio, tmp_path) == first
    assert heard == [events.FilesImported((first,))]
    person = import_photo(studio, tmp_path, category=Category.MODEL)
    assert person != first
    library.trash(studio, [first])
    assert import_photo(studio, tmp_path) != first, "what lies in the trash is not the library's"
    theirs = import_photo(second_person(studio), tmp_path)
    assert theirs not in (first, person)
    rows = studio.database.value("SELECT count(DISTINCT storage_id) FROM files")
    assert rows == 1


def test_an_import_can_be_stopped_and_keeps_what_it_has(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "GROUP", 2)
    paths = [photo(tmp_path, f"{n}.jpg", f"rgb({n * 20},0,90)") for n in range(6)]
    stop = Event()

    def pressed(*_told: object) -> None:
        stop.set()

    found = library.import_files(studio, paths, Category.PRODUCT, progress=pressed, cancelled=stop)
    assert len(found.files) == 2
    again = library.import_files(studio, paths[2:], Category.PRODUCT, cancelled=stop)
    assert again.files == (), "pressed while the files were still looked for"
    assert len(library.ids(studio, FileFilter())) == 2
    assert library.import_files(studio, [], Category.PRODUCT) == library.Imported((), ())


def test_bytes_that_vanish_before_their_row_get_no_row(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = intake.take_in

    def robbed(*given: object) -> Iterator[object]:
        for group in real(*given):  # type: ignore[arg-type]
            for one in group:
                studio.files.remove(one.stored.storage_id)  # type: ignore[union-attr]
            yield group

    monkeypatch.setattr(intake, "take_in", robbed)
    before = dump(studio.database)
    found = library.import_files(studio, [photo(tmp_path)], Category.PRODUCT)
    assert found.files == ()
    assert "Import it again" in found.rejected[0].reason
    assert dump(studio.database) == before


@given(name=st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_name_becomes_text_that_a_list_can_show(name: str) -> None:
    shown = importing._display_name(name)
    shown.encode("utf-8")
    assert 1 <= len(shown) <= 255
    assert shown.isprintable()


# Lists and searches


def everything(studio: Studio, search: str = "") -> set[int]:
    """Return every id that any list, search or look-up shows a person."""
    found: set[int] = set()
    for trashed in (False, True):
        wanted = FileFilter(search=search, trashed=trashed)
        found |= set(library.ids(studio, wanted))
        found |= {row.id for row in library.listing(studio, wanted).items}
        asked = GenerationFilter(search=search, trashed=trashed)
        found |= set(history.ids(studio, asked))
        found |= {row.card.id for row in history.rows(studio, asked).items}
    found |= {entry.generation_id for entry in wallet.movements(studio).items} - {None}  # type: ignore[arg-type]
    found |= {row.card.id for row in history.dashboard(studio).generations}
    found |= {row.generation_id or row.file_id for row in insights.log(studio).items} - {None}  # type: ignore[arg-type]
    return found


def test_another_persons_rows_never_show(studio: Studio, product: FileId, tmp_path: Path) -> None:
    stranger = second_person(studio)
    give(stranger, 20)
    theirs = import_photo(stranger, tmp_path, "red")
    their_run, their_pictures = made(stranger, tmp_path, theirs, prompt="secret coat")
    my_run, my_pictures = made(studio, tmp_path, product, prompt="secret coat")
    mine, others = {product, my_run, *my_pictures}, {theirs, their_run, *their_pictures}
    assert everything(studio) == mine
    assert everything(stranger) == others
    assert everything(studio, "secret") & others == set()
    assert my_run in everything(studio, "secret")
    for search in (f"u{stranger.user_id}", f"owner:u{stranger.user_id}", "-nothing", "red"):
        assert everything(studio, search) & others == set()
    assert library.cards(studio, [theirs, *their_pictures]) == []
    for look in (library.picture, history.story, attempts.owned):
        with pytest.raises(NotFound):
            look(studio, their_run if look is not library.picture else theirs)
    for change in (library.trash, library.restore, history.trash, history.trash_any):
        with pytest.raises(NotFound):
            change(studio, [their_run if change is history.trash else theirs])
    before = file_rows.get(studio.database, theirs, stranger.user_id)
    library.rate(studio, [theirs], 5)
    library.mark_favourite(studio, [theirs], True)
    assert file_rows.get(studio.database, theirs, stranger.user_id) == before
    assert {one.number for one in library.totals(studio)} == {1}
    assert wallet.bought(studio).items == []


def test_a_library_is_narrowed_as_asked(studio: Studio, product: FileId, tmp_path: Path) -> None:
    person = import_photo(studio, tmp_path, "red", Category.MODEL)
    library.mark_favourite(studio, [person], True)
    run, pictures = made(studio, tmp_path, product, prompt="linen on a beach")
    moment = library.picture(studio, person).uploaded_at

    def ids(**wanted: object) -> list[int]:
        return list(library.ids(studio, FileFilter(**wanted)))  # type: ignore[arg-type]

    assert ids() == [pictures[0], person, product]
    assert ids(category="model_image") == [person]
    assert ids(favourite=True) == [person]
    assert ids(search="beach") == pictures
    assert ids(search="teal -beach") == [product]
    assert ids(search='"linen on a"') == pictures
    assert ids(until=moment - 60_000) == []
    assert ids(since=moment - 60_000) == [pictures[0], person, product]
    assert ids(since=moment + 60_000) == []
    assert ids(search="lin", since=moment - 60_000) == pictures
    library.mark_favourite(studio, [person], False)
    assert ids(favourite=True) == []
    library.trash(studio, [person])
    assert (ids(trashed=True), ids()) == ([person], [pictures[0], product])
    story = history.story(studio, run)
    assert [one.file_id for one in story.inputs] == [product]
    asked = GenerationFilter(status="completed", since=moment - 60_000, until=moment + 60_000)
    assert list(history.ids(studio, asked)) == [run]
    assert not history.ids(studio, GenerationFilter(status="failed"))
    assert list(history.ids(studio, GenerationFilter(search="beach", status="completed"))) == [run]


def test_pages_of_pictures_miss_and_double_nothing(studio: Studio, tmp_path: Path) -> None:
    ids = [import_photo(studio, tmp_path, f"rgb({n * 30},10,10)") for n in range(7)]
    pages, after = [], None
    while True:
        page = library.listing(studio, FileFilter(), after, limit=3)
        pages += [row.id for row in page.items]
        after = page.next
        if after is None:
            break
    assert pages == ids[::-1]
    assert [card.id for card in library.cards(studio, [ids[3], 5, ids[0]])] == [ids[3], ids[0]]


def test_the_log_pages_without_holes_when_stamps_and_ids_disagree(studio: Studio) -> None:
    moment = now_ms()
    stamps = [moment, moment + 5, moment - 7, moment + 5, moment - 7, moment + 1]
    ids = []
    with studio.database.write():
        for stamp in stamps:
            ids.append(new_id())
            usage.insert(
                studio.database,
                UsageRecord(
                    ids[-1], studio.user_id, "login", stamp, None, None, None, None, "", "", 0, 0,
                    0, "{}",
                ),
            )  # fmt: skip
    seen, after = [], None
    while True:
        page = insights.log(studio, after, limit=1)
        seen += [row.id for row in page.items]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == sorted(ids)
    assert seen == [row for _, row in sorted(zip(stamps, ids, strict=True), reverse=True)]


@pytest.fixture(scope="module")
def searched() -> Iterator[Studio]:
    opened = Library()
    yield opened.studio
    opened.close()


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=60),
        st.text(st.sampled_from('"*()-^:+{}NEAR OR AND NOT u1 a½ⓐ٣'), max_size=40),
    )
)
def test_nothing_typed_breaks_a_search(searched: Studio, text: str) -> None:
    history.listing(searched, GenerationFilter(search=text))
    history.ids(searched, GenerationFilter(search=text))
    library.listing(searched, FileFilter(search=text))


@given(st.one_of(st.text(max_size=30), st.integers().map(str)))
def test_a_cursor_is_one_or_is_refused(text: str) -> None:
    try:
        found = paging.cursor(text)
    except BadInput:
        return
    assert 0 <= found <= LARGEST_ID
    assert int(text) == found


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "abc", "1e3", "٣", " 5", "9" * 19, "9" * 500, "1;--", "0x10"]
)
def test_garbage_is_no_cursor(studio: Studio, text: str) -> None:
    for listing in (wallet.movements, wallet.bought, insights.log):
        with pytest.raises(BadInput, match="cursor"):
            listing(studio, text)
    with pytest.raises(BadInput, match="cursor"):
        library.listing(studio, FileFilter(), text)


@pytest.mark.parametrize("limit", [0, -1, 1001, 10**30])
def test_a_limit_is_kept(studio: Studio, limit: int) -> None:
    for listing in (wallet.movements, wallet.bought, insights.log):
        with pytest.raises(BadInput, match="1 to 1000"):
            listing(studio, None, limit)


# Marks, trash, stories


@pytest.mark.parametrize("rating", [-1, 6])
def test_a_rating_has_bounds(studio: Studio, product: FileId, rating: int) -> None:
    with pytest.raises(BadInput):
        library.rate(studio, [product], rating)
    library.rate(studio, [product], 3)
    assert library.picture(studio, product).rating == 3


def test_very_many_at_once(studio: Studio, product: FileId) -> None:
    with pytest.raises(NotFound):
        library.trash(studio, [product, *range(1, 300_000)])
    assert library.picture(studio, product).trashed_at is None
    library.trash(studio, [product] * 2_500)
    assert library.picture(studio, product).trashed_at is not None


def test_a_thumbnail_is_made_anew(studio: Studio, product: FileId) -> None:
    row = library.picture(studio, product)
    studio.thumbnails.drop(row.storage_id)
    assert library.thumbnail(studio, row.storage_id, Tier.SMALL)
    studio.thumbnails.drop(row.storage_id)
    library.location(studio, row).unlink()
    assert library.thumbnail(studio, row.storage_id, Tier.SMALL) is None


def test_purging_more_than_one_group_passes_over_what_is_kept(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "GROUP", 2)
    ids = [import_photo(studio, tmp_path, f"rgb({n * 20},10,10)") for n in range(9)]
    run = generate.start(studio, brief_for(*ids[:3]))
    heard: list[events.Event] = []
    library.trash(studio, ids)
    studio.bus.subscribe(heard.append)
    assert library.purge(studio, now_ms() + 1) == 6
    assert sorted(library.ids(studio, FileFilter(trashed=True))) == sorted(ids[:3])
    gone = [one for event in heard for one in event.file_ids]  # type: ignore[attr-defined]
    assert sorted(gone) == sorted(ids[3:])
    assert len(history.story(studio, run.id).inputs) == 3
    assert len(list(studio.files.every())) == 3


def test_bytes_that_got_a_row_again_stay(studio: Studio, product: FileId) -> None:
    storage_id = library.picture(studio, product).storage_id
    library.forget_bytes(studio, storage_id)
    assert studio.files.exists(storage_id)


def test_a_result_can_be_purged_without_its_generation(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    run, pictures = made(studio, tmp_path, product, count=2)
    library.trash(studio, pictures[:1])
    assert library.purge(studio, now_ms() + 1) == 1
    story = history.story(studio, run)
    assert [one.id for one in story.results] == pictures[1:]
    assert studio.files.exists(story.results[0].storage_id), "the twin has the same bytes"
    (row,) = history.rows(studio, GenerationFilter()).items
    assert row.thumbnail == story.results[0].storage_id, "the next one stands for it now"
    assert row.products == (library.picture(studio, product).filename,)
    library.trash(studio, pictures[1:])
    assert library.purge(studio, now_ms() + 1) == 1
    (row,) = history.rows(studio, GenerationFilter()).items
    assert row.thumbnail == library.picture(studio, product).storage_id


def test_an_exported_picture_is_named_by_its_product_and_its_style_once(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    _, pictures = made(studio, tmp_path, product, count=2)
    done = exporting.export(studio, [*pictures, product], tmp_path / "out")
    name = Path(library.picture(studio, product).filename).stem
    style = library.picture(studio, pictures[0]).style
    wanted = [f"{name} {style} 1", f"{name} {style} 2", f"{name} 3"]
    assert [one.path.stem for one in done.exported] == wanted


def test_generations_go_to_the_trash_with_their_pictures(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    run, pictures = made(studio, tmp_path, product)
    waiting = generate.start(studio, brief_for(product))
    before = dump(studio.database)
    with pytest.raises(IllegalStep, match="Cancel it first"):
        history.trash(studio, [run, waiting.id])
    with pytest.raises(NotFound):
        history.trash(studio, [run, 5])
    with pytest.raises(NotFound):
        history.restore(studio, [run, 5])
    with pytest.raises(NotFound):
        history.trash_any(studio, [product, 5])
    with pytest.raises(IllegalStep):
        history.trash_any(studio, [product, waiting.id])
    assert dump(studio.database) == before
    heard: list[events.Event] = []
    studio.bus.subscribe(heard.append)
    history.trash_any(studio, [run, product])
    assert heard == [
        events.FilesChanged((product,)),
        events.GenerationsChanged((run,)),
        events.FilesChanged(tuple(pictures)),
    ]
    assert list(history.ids(studio, GenerationFilter(trashed=True))) == [run]
    assert set(library.ids(studio, FileFilter(trashed=True))) == {product, *pictures}
    history.trash_any(studio, [product, run], back=True)
    assert not history.ids(studio, GenerationFilter(trashed=True))
    assert set(library.ids(studio, FileFilter())) == {product, *pictures}
    history.trash_any(studio, [])
    assert faults(studio.database) == []


def test_the_dashboard_and_the_wallet(studio: Studio, product: FileId, tmp_path: Path) -> None:
    made(studio, tmp_path, product, count=2)
    for _ in range(11):
        newest = generate.start(studio, brief_for(product))
    found = history.dashboard(studio)
    assert len(found.generations) == 10
    assert found.generations[0].card.id == newest.id
    assert found.generations[0].job is not None
    assert found.user.token_balance == 50 - 2 - 11
    assert {(one.key, one.number) for one in found.by_status if one.number} == {
        ("pending", 11),
        ("completed", 1),
    }
    purse = wallet.summary(studio)
    assert (purse.held, purse.low) == (11, False)
    studio.settings.change(low_balance=37)
    assert wallet.summary(studio).low
    page = wallet.movements(studio, limit=5)
    assert page.items[0].balance_after == 37
    assert wallet.movements(studio, page.next).items[0].id < page.items[-1].id
    studio.database.run(
        "INSERT INTO token_purchases (id, user_id, amount, currency, tokens_received, status,"
        " transaction_id, package_name, display_name, created_at)"
        " VALUES (7, ?, 499, 'EUR', 50, 'pending', 't', 'small', 'Small', 1)",
        (studio.user_id,),
    )
    assert [one.id for one in wallet.bought(studio).items] == [7]


# People, services, the queue as a whole


def test_the_profile_is_made_once_with_its_free_tokens(studio: Studio) -> None:
    again = accounts.open_local_profile(studio.database, 10)
    assert again.id == studio.user_id
    assert accounts.current_user(studio).free_tokens_granted == 50
    gone = dataclasses.replace(studio, user_id=4)
    with pytest.raises(NotFound, match="no longer there"):
        accounts.current_user(gone)


@pytest.mark.parametrize("free", [0, 25])
def test_a_profile_gets_what_the_catalogue_gives(
    studio: Studio, free: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = iter([None])
    real = accounts.users
    first = SimpleNamespace(first=lambda _db: next(looked, None), insert=real.insert, get=real.get)
    monkeypatch.setattr(accounts, "users", first)
    monkeypatch.setattr(getpass, "getuser", _nobody)
    made_now = accounts.open_local_profile(studio.database, free)
    assert (made_now.name, made_now.token_balance, made_now.free_tokens_granted) == (
        "Me",
        free,
        free,
    )
    assert faults(studio.database) == []


def _nobody() -> str:
    raise KeyError("no such user")


def test_a_profile_that_another_program_made_meanwhile_is_taken(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = accounts.users.first(studio.database)
    looks = iter([None, mine])
    monkeypatch.setattr(accounts.users, "first", lambda _db: next(looks))
    assert accounts.open_local_profile(studio.database, 10) == mine
    assert studio.database.value("SELECT count(*) FROM users") == 1


def test_an_unknown_service_is_named(studio: Studio) -> None:
    with pytest.raises(NotFound, match="Choose one of: local"):
        studio.provider("x" * 200)


def test_limits_follow_the_settings(studio: Studio) -> None:
    assert (studio.limits.max_bytes, studio.limits.max_pixels) == (10 * 1_048_576, 50_000_000)
    studio.settings.change(max_file_mb=1.5)
    assert studio.limits.max_bytes == 1_572_864


def test_a_listener_that_fails_harms_nobody(
    studio: Studio, product: FileId, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[events.Event] = []

    def fall(_event: events.Event) -> None:
        raise RuntimeError("a pane fell over")

    end = studio.bus.subscribe(fall)
    studio.bus.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        library.rate(studio, [product], 1)
    assert heard == [events.FilesChanged((product,))]
    assert "FilesChanged" in caplog.text
    end()
    caplog.clear()
    library.rate(studio, [product], 2)
    assert caplog.text == ""


def test_the_strip_tells_what_runs_waits_and_hinders(
    studio: Studio, product: FileId, tmp_path: Path
) -> None:
    idle = overview.overview(studio)
    assert (idle.running, idle.waiting, idle.seconds_left, idle.share) == (0, 0, None, None)
    first = generate.start(studio, brief_for(product))
    unknown = overview.overview(studio)
    assert (unknown.running, unknown.waiting, unknown.seconds_left) == (0, 1, None)
    row = work_until_processing(studio, first)
    finishing.complete(studio, row, results(stored_result(studio, tmp_path), 1))
    studio.database.run("UPDATE generations SET processing_time_ms = 8000")
    running = work_until_processing(studio, generate.start(studio, brief_for(product, count=2)))
    queue.progress(studio, running.id, "Painting", 0.5)
    for _ in range(2):
        generate.start(studio, brief_for(product))
    busy = overview.overview(studio)
    assert (busy.running, busy.waiting, busy.share, busy.paused) == (1, 2, 0.5, False)
    assert busy.seconds_left == pytest.approx(8 + 16)
    studio.database.run("UPDATE jobs SET review = 'crashed' WHERE generation_id = ?", (running.id,))
    asking = overview.overview(studio)
    assert (asking.running, asking.waiting, asking.undecided, asking.share) == (0, 2, 1, None)
    assert asking.seconds_left == pytest.approx(16)
    queue.pause_service(studio, "far", now_ms() + 60_000, Code.SERVICE_BUSY, "Far is busy.")
    assert overview.overview(studio).remark == "Far is busy."
    steering.pause_queue(studio)
    held = overview.overview(studio)
    assert (held.paused, held.remark) == (True, "")
    queue.pause_service(studio, "*", now_ms() + 60_000, Code.STORAGE_FULL, "No room.")
    assert overview.overview(studio).remark == "No room."
    queue.pause_service(studio, "*", now_ms() - 1, Code.STORAGE_FULL, "No room.")
    assert not overview.overview(studio).paused
