"""A batch from its table to its pictures: planned, bounded, begun once, paused, gone on with."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.domain.batch import BatchStatus, Plan, Wish
from stylestudio_desktop.domain.errors import (
    BadInput,
    BudgetReached,
    CeilingReached,
    IllegalStep,
    NeedsConsent,
    NotEnoughTokens,
    NotFound,
    StorageError,
)
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.providers.protocol import Kind
from stylestudio_desktop.services import (
    attempts,
    batch_feeding,
    batch_photos,
    batch_plan,
    batch_table,
    batches,
    generate,
    health,
    history,
    library,
    steering,
    wallet,
)
from stylestudio_desktop.services.batch_plan import Sources, plan
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import batches as rows
from stylestudio_desktop.store.database import RuleBroken
from stylestudio_desktop.worker.runner import Runner
from tests.factories import FakeProvider, brief_for, fault, import_photo, open_test_studio, photo

NEVER = threading.Event()


@pytest.fixture
def service() -> FakeProvider:
    return FakeProvider(concurrency=4)


@pytest.fixture
def studio(tmp_path: Path, service: FakeProvider) -> Iterator[Studio]:
    opened = open_test_studio(tmp_path, {"local": service}, tokens=20)
    yield opened
    assert health.verify(opened).problems == ()
    close_studio(opened)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "shots"
    made.mkdir()
    for name, colour in (("tee.jpg", "teal"), ("hat.jpg", "red"), ("bag.jpg", "navy")):
        photo(made, name, colour)
    return made


def table(folder: Path, *lines: str, name: str = "wishes.csv", encoding: str = "utf-8") -> str:
    path = folder / name
    path.write_bytes("\n".join(lines).encode(encoding))
    return str(path)


def planned(studio: Studio, folder: Path, *lines: str, budget: int | None = None) -> Plan:
    usual = Wish((), quality="draft")
    return plan(studio, Sources((table(folder, *lines),), settings=usual, budget=budget))


def work(studio: Studio, until: Callable[[], bool] | None = None) -> None:
    runner = Runner(studio)
    runner.run(threading.Event(), until=until or runner.idle)


# --- reading a table


def test_a_table_becomes_wishes_with_everything_it_says(studio: Studio, folder: Path) -> None:
    usual = Wish((), quality="draft", prompt="on sand")
    path = table(
        folder,
        "SKU;Name;Product;Model;Style;Ratio;Seed;Count;Prompt;Colour",
        "A-1;=HYPERLINK(1);tee.jpg | hat.jpg;;fashion|vintage;3:4;7;2;;blue",
        "",
        "A-2;;bag.jpg;;;;;;in rain;",
    )
    made = plan(studio, Sources((path,), settings=usual))
    assert made.problems == ()
    first, second, third = made.wishes
    assert [Path(one).name for one in first.products] == ["tee.jpg", "hat.jpg"]
    assert (first.style, second.style, first.ratio, first.seed) == ("fashion", "vintage", "3:4", 7)
    assert (first.sku, first.name, first.line, first.prompt) == (
        "A-1", "=HYPERLINK(1)", 2, "on sand",
    )  # fmt: skip
    assert (third.sku, third.line, third.prompt, third.count) == ("A-2", 4, "in rain", 1)
    assert (made.pictures, made.price, made.within, made.balance) == (5, 5, 3, 30)
    assert made.seconds is None
    assert "colour" in made.notes[0]


def test_products_are_set_into_a_background_photo(studio: Studio, folder: Path) -> None:
    backgrounds = folder / "places"
    backgrounds.mkdir()
    photo(backgrounds, "terrace.jpg", "olive")
    usual = Wish((), quality="draft", options=(("light_from", "left"),))
    path = table(folder, "product,background", "tee.jpg,places/terrace.jpg", "hat.jpg,", "bag.jpg,")
    room = import_photo(studio, folder, "navy", category=Category.BACKGROUND)
    made = plan(studio, Sources((path,), background=str(room), settings=usual))
    assert made.problems == ()
    assert [wish.background for wish in made.wishes[1:]] == [str(room), str(room)]
    assert Path(made.wishes[0].background or "").name == "terrace.jpg"
    batches.start(studio, made)
    work(studio)
    found = studio.database.rows("SELECT id FROM generations")
    briefs = [generate.brief_of(studio, number) for (number,) in found]
    grounds = [one.background for one in briefs if one.background is not None]
    assert len(grounds) == 3
    assert len(set(grounds)) == 2, "one photo behind two products is taken in once"
    assert {dict(one.options)["light_from"] for one in briefs} == {"left"}
    assert plan(studio, Sources((str(folder / "tee.jpg"),), background=str(room))).problems == ()


def test_a_batch_has_one_background_and_a_service_that_can_use_it(
    studio: Studio, folder: Path, service: FakeProvider
) -> None:
    with pytest.raises(BadInput, match="a photo, not a folder"):
        plan(studio, Sources((str(folder / "tee.jpg"),), background=str(folder)))
    path = table(folder, "product,background", "tee.jpg,hat.jpg", "tee.jpg,", "tee.jpg,gone.jpg")
    service.scenes = ()
    made = plan(studio, Sources((path,)))
    assert [problem.line for problem in made.problems] == [2, 4]
    assert len(made.wishes) == 1


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ";"), ("utf-8", "|")],
)
def test_every_usual_way_of_writing_a_table_is_read(
    folder: Path, encoding: str, separator: str
) -> None:
    lines = [separator.join(("product", "name")), separator.join(("tee.jpg", "Kleid für Müller"))]
    read = batch_table.read_table(Path(table(folder, *lines, encoding=encoding)))
    assert read.lines[0].cells == {"product": "tee.jpg", "name": "Kleid für Müller"}
    assert bool(read.notes) == (encoding == "cp1252")


def test_what_excel_writes_before_the_heading_is_passed_over(folder: Path) -> None:
    read = batch_table.read_table(Path(table(folder, "sep=;", "product;sku", "tee.jpg;1")))
    assert [(line.number, line.cells["sku"]) for line in read.lines] == [(3, "1")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name;sku\nx;y", "no column"),
        (b"product;product\nx;y", "twice"),
        (b"product\n", "no lines"),
        (b"", "no column"),
        (b"product\nx\x00", "NUL"),
        (b"product\n\x81\x8d\xff", "no text"),
        (b'product;name\n"tee.jpg;never ends', "quotation"),
        (b"product\n" + b"x" * 10_001, "quotation"),
        (b"product\n" + b"x" * 200_000, "quotation"),
        (b"product\n" + b"x\n" * 50_001, "more than 50,000"),
        (b"product\n" + b"x" * batch_table.MOST_BYTES, "larger than"),
        (b"sep=;", "no column"),
    ],
)
def test_what_is_no_table_of_wishes_is_refused_in_words(
    folder: Path, content: bytes, said: str
) -> None:
    path = folder / "wishes.csv"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        batch_table.read_table(path)


def test_a_table_that_is_not_there_is_refused(folder: Path) -> None:
    with pytest.raises(BadInput, match="can't be read"):
        batch_table.read_table(folder / "none.csv")


# --- photos


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("none.jpg", "no photo"),
        ("../secret.jpg", "outside"),
        ("/etc/passwd", "outside"),
        ("way.jpg", "outside"),
        ("\\\\server\\share\\x.jpg", "not a file"),
        ("x\\..\\..\\secret.jpg", "outside"),
        ("http://example.org/x.jpg", "web address"),
        ("notes.txt", "not a JPEG"),
        ("empty.jpg", "no file with a photo"),
        ("folder.jpg", "no file with a photo"),
        ("huge.jpg", "larger"),
        ("a" * 5000 + ".jpg", "no photo"),
        ("123456789012345678", "no product photo"),
        ("", "No product photo is named"),
    ],
)
def test_a_table_names_only_photos_of_its_own_folder(
    studio: Studio, folder: Path, word: str, said: str
) -> None:
    photo(folder.parent, "secret.jpg")
    (folder / "way.jpg").symlink_to(folder.parent / "secret.jpg")
    (folder / "notes.txt").write_text("x")
    (folder / "empty.jpg").touch()
    (folder / "folder.jpg").mkdir()
    studio.settings.change(max_file_mb=1)
    (folder / "huge.jpg").write_bytes(b"x" * 1_200_000)
    made = planned(studio, folder, "product;sku", f"{word};1", "tee.jpg;2", f"{word};3")
    assert [problem.line for problem in made.problems] == [2, 4]
    assert said in made.problems[0].sentence
    assert len(made.wishes) == 1


def test_the_librarys_photos_are_named_by_their_ids(studio: Studio, folder: Path) -> None:
    product = import_photo(studio, folder)
    person = import_photo(studio, folder, "tan", Category.MODEL)
    made = planned(studio, folder, "product,model", f"{product},{person}", f"{person},{product}")
    assert made.wishes[0].products == (str(product),)
    assert made.wishes[0].models == (str(person),)
    assert [problem.line for problem in made.problems] == [3]
    batch = batches.start(studio, made)
    work(studio)
    assert batches.progress(studio, batch.id).completed == 1


def test_products_times_people_times_styles_from_folders(studio: Studio, folder: Path) -> None:
    people = folder.parent / "people"
    people.mkdir()
    photo(people, "ann.jpg", "tan")
    photo(people, "bea.jpg", "pink")
    sources = Sources(
        (str(folder), str(folder / "tee.jpg")), (str(people),), ("fashion", "vintage")
    )
    made = plan(studio, sources)
    assert len(made.wishes) == 4 * 2 * 2
    assert made.name == "shots + 1"
    assert {Path(wish.models[0]).name for wish in made.wishes} == {"ann.jpg", "bea.jpg"}
    assert made.wishes[0].name == "bag"
    with_ids = Sources((str(import_photo(studio, folder.parent)),))
    one = plan(studio, with_ids)
    assert [wish.name for wish in one.wishes] == ["teal-product_image"]
    assert one.name == "teal-product_image.jpg", "a photo of the library goes by its name"


def test_people_and_styles_given_count_for_lines_that_name_none(
    studio: Studio, folder: Path
) -> None:
    person = photo(folder, "ann.jpg", "tan")
    path = table(folder, "product;model;style", "tee.jpg;;", "hat.jpg;ann.jpg;vintage")
    made = plan(studio, Sources((path,), (str(person),), ("fashion", "artistic")))
    assert [wish.style for wish in made.wishes] == ["fashion", "artistic", "vintage"]
    assert all(wish.models for wish in made.wishes)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"paths": ()}, "Name a table"),
        ({"budget": 0}, "at least one token"),
        ({"paths": ("a.csv", "b.jpg")}, "not from both"),
        ({"paths": ("nothing",)}, "no picture|no photo"),
    ],
)
def test_what_can_never_be_a_batch_is_refused(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: object, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(BadInput, match=said):
        plan(studio, replace(Sources(("x.jpg",)), **change))  # type: ignore[arg-type]


def test_a_batch_has_a_largest_size(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_plan, "MOST_ROWS", 2)
    with pytest.raises(BadInput, match="more than 2"):
        plan(studio, Sources((str(folder),)))


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ("tee.jpg;nostyle;1;", "no style"),
        ("tee.jpg;;99;", "whole number"),
        ("tee.jpg;;0;", "1 to 10"),
        ("tee.jpg;;7;", "at most 4"),
        ("tee.jpg;;1;nobody", "no service"),
        ("tee.jpg|tee.jpg;;1;", "twice"),
    ],
)
def test_a_line_that_cannot_be_made_is_named(
    studio: Studio, folder: Path, cells: str, said: str
) -> None:
    made = planned(studio, folder, "product;style;count;provider", "hat.jpg;;;", cells)
    assert [problem.line for problem in made.problems] == [3]
    assert said in made.problems[0].sentence
    assert len(made.wishes) == 1


def test_words_that_no_service_takes_are_named_by_their_line(studio: Studio, folder: Path) -> None:
    """All else of these lines is alike, and tried once for all of them."""
    photo(folder, "hat.jpg")
    made = planned(studio, folder, "product;prompt", "hat.jpg;on sand", f"hat.jpg;{'x' * 9000}")
    assert [problem.line for problem in made.problems] == [3]
    assert "9000 characters long" in made.problems[0].sentence
    assert len(made.wishes) == 1


def test_ten_thousand_lines_are_planned_in_two_seconds(studio: Studio, folder: Path) -> None:
    for number in range(200):
        photo(folder, f"{number}.jpg")
    lines = [f"{number % 200}.jpg;SKU-{number};words {number}" for number in range(10_000)]
    begun = time.process_time()
    made = planned(studio, folder, "product;sku;prompt", *lines)
    took = time.process_time() - begun
    assert len(made.wishes) == 10_000
    assert took < 6, "half a second of work; this one may be traced"


# --- from the plan to the pictures


def test_a_batch_is_made_and_its_pictures_carry_the_sku(
    studio: Studio, service: FakeProvider, folder: Path
) -> None:
    made = planned(studio, folder, "product;sku", "tee.jpg;AB/12", "hat.jpg;", "bag.jpg;X")
    batch = batches.start(studio, made)
    assert batches.progress(studio, batch.id).waiting == 3
    work(studio)
    seen = batches.progress(studio, batch.id)
    assert (seen.completed, seen.tokens, seen.over, seen.share) == (3, 3, True, 1.0)
    assert seen.batch.status == BatchStatus.DONE.value
    found = history.ids(studio, GenerationFilter(batch=batch.id))
    assert len(found) == 3
    assert len(history.ids(studio, GenerationFilter(batch=batch.id, status="completed"))) == 3
    story = history.story(studio, found[-1])
    assert story.item is not None
    assert story.item.sku == "AB/12"
    assert story.results[0].filename.startswith("AB 12-realistic-")
    assert [one.batch.id for one in batches.listing(studio)] == [batch.id]
    alone = generate.start(studio, brief_for(import_photo(studio, folder.parent)))
    assert history.story(studio, alone.id).item is None
    work(studio)
    with pytest.raises(IllegalStep):
        batches.pause(studio, batch.id)
    with pytest.raises(IllegalStep):
        batches.resume(studio, batch.id)
    with pytest.raises(IllegalStep):
        batches.cancel(studio, batch.id)
    with pytest.raises(NotFound):
        batches.progress(studio, 5)


def test_the_budget_is_a_hard_stop_that_can_be_raised(studio: Studio, folder: Path) -> None:
    lines = ["product;sku", *(f"tee.jpg;{number}" for number in range(6))]
    made = planned(studio, folder, *lines, budget=4)
    assert (made.within, made.most, made.price) == (4, 4, 6)
    batch = batches.start(studio, made)
    work(studio)
    seen = batches.progress(studio, batch.id)
    assert (seen.completed, seen.waiting, seen.tokens) == (4, 2, 4)
    assert (seen.batch.status, seen.batch.reason) == ("paused", "budget_reached")
    assert not seen.going_on
    with pytest.raises(BudgetReached):
        batches.resume(studio, batch.id, budget=4)
    batches.resume(studio, batch.id, budget=6)
    work(studio)
    assert batches.progress(studio, batch.id).completed == 6


def test_a_retry_cannot_go_beyond_the_budget(
    studio: Studio, service: FakeProvider, folder: Path
) -> None:
    service.faults["submit"] = [fault(Kind.CONTENT)]
    made = planned(studio, folder, "product;sku", "tee.jpg;1", "tee.jpg;2", "tee.jpg;3", budget=2)
    batch = batches.start(studio, made)
    work(studio)
    # The refused picture gave its token back, so the third line was made with it.
    assert batches.progress(studio, batch.id).completed == 2
    failed = history.ids(studio, GenerationFilter(status="failed"))[0]
    before = wallet.summary(studio).user.token_balance
    with pytest.raises(BudgetReached):
        steering.retry(studio, failed)
    assert wallet.summary(studio).user.token_balance == before
    assert attempts.owned(studio, failed).status == "failed"


def test_even_a_stray_tool_cannot_go_beyond_the_budget(studio: Studio, folder: Path) -> None:
    made = planned(studio, folder, "product", "tee.jpg")
    batch = batches.start(studio, made)
    work(studio)
    generation_id = history.ids(studio, GenerationFilter())[0]
    with pytest.raises(RuleBroken, match="never changes its batch"):
        studio.database.run("UPDATE generations SET batch_id = NULL WHERE id = ?", (generation_id,))
    with pytest.raises(IllegalStep):
        studio.database.run("UPDATE batch_items SET state = 'waiting'")
    assert batch.budget == 1


def test_other_rules_stay_themselves_beside_the_budget(studio: Studio) -> None:
    with pytest.raises(RuleBroken), attempts.within_budget():
        raise RuleBroken("some other rule")


def test_without_enough_tokens_it_does_not_start_and_later_it_rests(
    studio: Studio, folder: Path
) -> None:
    lines = ["product;sku", *(f"tee.jpg;{number}" for number in range(31))]
    with pytest.raises(NotEnoughTokens):
        batches.start(studio, planned(studio, folder, *lines))
    with pytest.raises(BudgetReached):
        batches.start(studio, replace(planned(studio, folder, *lines, budget=1), within=0))
    with pytest.raises(BadInput):
        batches.start(studio, planned(studio, folder, "product", "none.jpg"))
    batch = batches.start(studio, planned(studio, folder, *lines[:4]))
    product = import_photo(studio, folder.parent)
    for _ in range(7):
        generate.start(studio, brief_for(product, count=4))
    work(studio)
    seen = batches.progress(studio, batch.id)
    assert (seen.completed, seen.waiting, seen.batch.reason) == (2, 1, "not_enough_tokens")


def test_a_photo_that_cannot_be_taken_in_is_refused_and_the_rest_goes_on(
    studio: Studio, folder: Path
) -> None:
    (folder / "odd.jpg").write_bytes(b"this is no photo at all")
    person = photo(folder, "ann.jpg", "tan")
    made = planned(studio, folder, "product;model", "odd.jpg;", f"tee.jpg;{person.name}")
    batch = batches.start(studio, made)
    work(studio)
    seen = batches.progress(studio, batch.id)
    assert (seen.completed, seen.refused, seen.over) == (1, 1, True)
    bad = batches.refused(studio, batch.id)
    assert bad[0].line == 2
    assert "odd.jpg" in (bad[0].error or "")


def test_paused_it_begins_nothing_and_holds_no_other_work_up(
    studio: Studio, service: FakeProvider, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_feeding, "AHEAD", 2)
    product = import_photo(studio, folder.parent)
    batch = batches.start(
        studio, planned(studio, folder, "product", "tee.jpg", "hat.jpg", "bag.jpg")
    )
    assert batch_feeding.feed(studio, NEVER) == 2
    assert batches.pause(studio, batch.id).batch.sentence
    assert not batch_feeding.feeding(studio)
    other = generate.start(studio, brief_for(product))
    work(studio)
    assert attempts.owned(studio, other.id).status == "completed"
    seen = batches.progress(studio, batch.id)
    assert (seen.open, seen.waiting, seen.completed, seen.going_on) == (2, 1, 0, True)
    batches.resume(studio, batch.id)
    work(studio)
    assert batches.progress(studio, batch.id).completed == 3
    assert len({job.intent_id for job in service.asked}) == 4


def test_a_batch_whose_rows_are_all_begun_can_rest_too(studio: Studio, folder: Path) -> None:
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg"))
    batch_feeding.feed(studio, NEVER)
    assert batches.progress(studio, batch.id).batch.status == "done"
    batches.pause(studio, batch.id)
    work(studio)
    assert batches.progress(studio, batch.id).open == 1
    assert batches.resume(studio, batch.id).batch.status == "done"
    work(studio)
    assert batches.progress(studio, batch.id).completed == 1


def test_cancelled_its_tokens_come_back_and_nothing_more_is_begun(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch_feeding, "AHEAD", 2)
    before = wallet.summary(studio).user.token_balance
    lines = ["product;sku", *(f"tee.jpg;{number}" for number in range(5))]
    batch = batches.start(studio, planned(studio, folder, *lines))
    batch_feeding.feed(studio, NEVER)
    seen = batches.cancel(studio, batch.id)
    assert (seen.cancelled, seen.dropped, seen.open, seen.over) == (2, 3, 0, True)
    assert seen.tokens == 0
    assert wallet.summary(studio).user.token_balance == before
    work(studio)
    assert batches.progress(studio, batch.id).completed == 0
    with pytest.raises(IllegalStep):
        batches.resume(studio, batch.id)


def test_two_hosts_begin_a_row_once(studio: Studio, folder: Path) -> None:
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg"))
    item = rows.next_item(studio.database, batch.id)
    assert item is not None
    assert batch_feeding.feed(studio, NEVER) == 1
    # The other host read the row before the first one began it.
    assert batch_feeding._begun(studio, batch, item) is False
    assert len(history.ids(studio, GenerationFilter())) == 1
    assert not rows.refuse(studio.database, item, "too late")


def test_a_pause_between_reading_a_row_and_beginning_it_is_kept(
    studio: Studio, folder: Path
) -> None:
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg"))
    item = rows.next_item(studio.database, batch.id)
    assert item is not None
    batches.pause(studio, batch.id)
    assert batch_feeding._begun(studio, batch, item) is False
    assert not history.ids(studio, GenerationFilter())
    batches.cancel(studio, batch.id)


def test_closing_ends_the_feeding_and_the_next_host_goes_on(studio: Studio, folder: Path) -> None:
    closing = threading.Event()
    closing.set()
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg"))
    assert batch_feeding.feed(studio, closing) == 0
    work(studio)
    assert batches.progress(studio, batch.id).completed == 1


def test_a_disk_that_fails_leaves_the_row_waiting(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg"))
    genuine = library.import_files

    def failing(*_: object, **__: object) -> None:
        raise StorageError("The disk is away.")

    monkeypatch.setattr(batch_feeding.library, "import_files", failing)
    with pytest.raises(StorageError):
        batch_feeding.feed(studio, NEVER)
    assert batches.progress(studio, batch.id).waiting == 1
    monkeypatch.setattr(batch_feeding.library, "import_files", genuine)
    work(studio)
    assert batches.progress(studio, batch.id).completed == 1


def test_the_price_of_a_row_stays_what_was_planned(studio: Studio, folder: Path) -> None:
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg"))
    qualities = tuple(one._replace(tokens=9) for one in studio.catalogue.qualities)
    dearer = replace(studio, catalogue=studio.catalogue._replace(qualities=qualities))
    batch_feeding.feed(dearer, NEVER)
    work(dearer)
    assert batches.progress(studio, batch.id).tokens == 1


def test_the_time_is_told_from_what_such_work_took(studio: Studio, folder: Path) -> None:
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg", "hat.jpg"))
    work(studio)
    studio.database.run("UPDATE generations SET processing_time_ms = 8000")
    lines = ["product;sku", *(f"bag.jpg;{number}" for number in range(8))]
    made = planned(studio, folder, *lines)
    assert made.seconds == pytest.approx(8 * 8 / 4)
    assert planned(studio, folder, "product", "none.jpg").seconds is None
    assert library.ids(studio, FileFilter(category="generated_image"))
    assert batch.price == 2


def test_a_name_made_of_digits_is_an_id_only_when_it_is_long() -> None:
    assert not batch_photos.is_id("2024")
    assert batch_photos.is_id("3765199326184083587")
    assert not batch_photos.is_id("9" * 20)


@pytest.mark.parametrize(
    "error",
    [
        CeilingReached("The service has made as many pictures this month as you allow."),
        NeedsConsent("Photos of people would go to a third party.", "local"),
    ],
)
def test_what_concerns_every_row_lets_the_batch_rest_instead_of_refusing_them_all(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch, error: BadInput
) -> None:
    batch = batches.start(studio, planned(studio, folder, "product", "tee.jpg", "hat.jpg"))

    def refuse(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(batch_feeding.generate, "examined", refuse)
        assert batch_feeding.feed(studio, NEVER) == 0
    seen = batches.progress(studio, batch.id)
    assert (seen.refused, seen.waiting, seen.batch.status) == (0, 2, "paused")
    assert seen.batch.sentence == error.sentence
    batches.resume(studio, batch.id)
    work(studio)
    assert batches.progress(studio, batch.id).completed == 2
