"""The nearest pictures are found exactly, and only near-identical ones share a stack."""

import random
import threading
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.finding import parse
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.files.phash import distance
from stylestudio_desktop.services import (
    bulk,
    finding,
    fingerprints,
    library,
    similar,
    touching,
    undo,
)
from stylestudio_desktop.services.bulk import Selection
from stylestudio_desktop.services.finding import Listed
from stylestudio_desktop.services.fingerprints import Fingerprints
from stylestudio_desktop.services.similar import Lookalikes
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import similar as store
from tests.finding.library import fill

NEVER = threading.Event()


def prints(number: int, seed: int = 1) -> list[tuple[int, int, int | None]]:
    """Return random fingerprints, half of them a few bits away from another."""
    rng = random.Random(seed)
    made = [rng.getrandbits(64) for _ in range(number // 2)]
    for near in list(made):
        for bit in rng.sample(range(64), rng.randint(0, 9)):
            near ^= 1 << bit
        made.append(near)
    signed = [one - (1 << 64) if one >> 63 else one for one in made]
    colours = [rng.choice((None, rng.getrandbits(24))) for _ in made]
    return [
        (place * 3 + 1, one, colour)
        for place, (one, colour) in enumerate(zip(signed, colours, strict=True))
    ]


def slowly(
    rows: Sequence[tuple[int, int, int | None]], wanted: int, radius: int
) -> set[tuple[int, int]]:
    return {(one, distance(wanted, p)) for one, p, _ in rows if distance(wanted, p) <= radius}


@pytest.mark.parametrize("radius", [0, 3, 6, 7])
def test_tables_find_what_comparing_with_all_finds(radius: int) -> None:
    rows = prints(3000)
    held = Fingerprints()
    held.extend([rows[:2800]])
    for place, (_, print_, _) in enumerate(rows):
        if place == 1500:
            held.extend([rows[2800:2801], rows[2801:]])
        known = rows if place >= 1500 else rows[:2800]
        if place % 7 == 0 or 1500 <= place < 1510:
            assert set(held.within(print_, radius)) == slowly(known, print_, radius)
    assert len(held) == 3000
    assert held.last == rows[-1][0]


def test_nearest_comes_first_and_colour_decides_between_equals() -> None:
    rows = prints(2000)
    held = Fingerprints()
    held.extend([rows])
    for _, print_, _ in rows[::50]:
        found = held.nearest(print_, -1, 4000, 12)
        assert set(found) == slowly(rows, print_, 12)
        assert [one.distance for one in found] == sorted(one.distance for one in found)
        assert held.nearest(print_, -1, 3, 12) == found[:3]
    twins = Fingerprints()
    twins.extend([[(1, 5, 0x00FF00), (2, 5, None), (3, 5, 0xF00000), (4, 4, 0xFF0000)]])
    assert [one.id for one in twins.nearest(5, 0xFF0000, 9, 20)] == [3, 4, 2, 1]
    assert twins.print_of(3) == (5, 0xF00000)
    assert twins.print_of(2) == (5, -1)
    assert twins.print_of(9) is None
    assert Fingerprints().print_of(9) is None
    with pytest.raises(ValueError, match="up to 7"):
        twins.within(5, 8)


def test_what_is_put_in_late_is_found_like_the_rest() -> None:
    rows = prints(400)
    held, late = Fingerprints(), rows[5:400:50]
    held.extend([[row for row in rows if row not in late]])
    held.within(rows[0][1], 6)
    held.put([*late, (rows[0][0], rows[0][1], 0x123456), (rows[1][0], rows[1][1], None)])
    assert len(held) == 400
    assert held.last == rows[-1][0]
    assert held.print_of(rows[0][0]) == (rows[0][1], 0x123456)
    assert held.print_of(rows[1][0]) == (rows[1][1], -1)
    for _, print_, _ in late:
        assert set(held.within(print_, 7)) == slowly(rows, print_, 7)
        assert set(held.nearest(print_, -1, 400, 12)) == slowly(rows, print_, 12)
    equal = Fingerprints()
    equal.extend([[(5, 7, None), (9, 7, None)]])
    equal.put([(2, 7, None)])
    assert [near.id for near in equal.within(7, 6)] == [2, 5, 9], "the oldest comes first"
    assert [near.id for near in equal.nearest(7, -1, 9, 6)] == [2, 5, 9]


def test_very_many_equal_prints_cost_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprints, "MOST_NEAR", 10)
    held = Fingerprints()
    held.extend([[(one, 7, None) for one in range(1, 1000)]])
    assert [near.id for near in held.within(7, 6)] == list(range(1, 11))


def draw(folder: Path, name: str, seed: int, shift: int = 0, size: int = 200) -> Path:
    """Write a picture of blocks; the same seed with another shift is nearly the same picture."""
    rng = random.Random(seed)
    image = Image.new("RGB", (size, size), "white")
    pen = ImageDraw.Draw(image)
    for _ in range(12):
        left, top = rng.randrange(size), rng.randrange(size)
        shade = tuple(min(255, rng.randrange(256) + shift) for _ in range(3))
        pen.rectangle((left, top, left + 60, top + 60), fill=shade)
    path = folder / name
    image.save(path, quality=92)
    return path


def take(studio: Studio, *paths: Path, category: Category = Category.PRODUCT) -> list[int]:
    done = library.import_files(studio, paths, category)
    assert not done.rejected
    return [row.id for row in done.files]


def stacks(studio: Studio) -> dict[int, int | None]:
    return dict(studio.database.rows("SELECT id, stack_id FROM files"))


def test_near_identical_pictures_share_a_stack_as_they_join(studio: Studio, tmp_path: Path) -> None:
    one, other = take(studio, draw(tmp_path, "a.jpg", 1), draw(tmp_path, "b.jpg", 2))
    looks = Lookalikes(studio)
    told: list[int] = []
    assert looks.study(NEVER, told.append) == 2
    assert told == [2]
    assert set(stacks(studio).values()) == {None}
    (twin,) = take(studio, draw(tmp_path, "a2.jpg", 1, shift=3))
    (model,) = take(studio, draw(tmp_path, "a3.jpg", 1, shift=4), category=Category.MODEL)
    assert looks.study(NEVER) == 2
    assert stacks(studio) == {one: one, twin: one, other: None, model: None}
    (third,) = take(studio, draw(tmp_path, "a4.jpg", 1, shift=5))
    looks.study(NEVER)
    assert similar.stack_of(studio, one) == [third, twin, one]
    assert similar.stack_of(studio, other) == [other]
    assert [near.id for near in looks.find(one)][:3] != [other]
    assert {near.id for near in looks.find(one)} >= {twin, third, model}
    assert list(finding.ids(studio, parse("is:stacked"))) == [third, twin, one]
    bulk.trash(studio, Selection(ids=[twin]))
    assert twin not in {near.id for near in looks.find(one, limit=2)}
    assert similar.stack_of(studio, one) == [third, one]
    done = bulk.unstack(studio, Selection(ids=[third, other]))
    assert (done.changed, done.wanted) == (1, 2)
    assert similar.stack_of(studio, third) == [third]
    undo.undo(studio)
    assert similar.stack_of(studio, third) == [third, one]
    undo.redo(studio)
    assert similar.stack_of(studio, third) == [third]
    assert looks.study(NEVER) == 0
    assert looks.refresh() == 5
    for missing in (lambda: looks.find(5), lambda: similar.stack_of(studio, 5)):
        with pytest.raises(NotFound):
            missing()


def test_older_pictures_without_a_print_get_one(studio: Studio, tmp_path: Path) -> None:
    paths = [draw(tmp_path, f"{n}.png", n % 3, shift=n) for n in range(6)]
    ids = take(studio, *paths)
    before = dict(studio.database.rows("SELECT id, perceptual_hash FROM files"))
    studio.database.run("UPDATE files SET perceptual_hash = NULL WHERE id < ?", (ids[4],))
    looks = Lookalikes(studio)
    looks.refresh()
    assert looks.study(NEVER) == 6
    assert dict(studio.database.rows("SELECT id, perceptual_hash FROM files")) == before
    assert [stacks(studio)[one] for one in ids] == [ids[0], ids[1], ids[2]] * 2


def test_a_picture_that_the_study_has_not_come_to_is_looked_at_when_asked(
    studio: Studio, tmp_path: Path
) -> None:
    ids = take(studio, *[draw(tmp_path, f"{n}.png", n % 3, shift=n) for n in range(6)])
    studio.database.run("UPDATE files SET perceptual_hash = NULL, colour = NULL")
    looks = Lookalikes(studio)
    assert looks.find(ids[0]) == [], "nothing else was looked at"
    assert [near.id for near in looks.find(ids[3])] == [ids[0]]
    looked = "SELECT count(*) FROM files WHERE perceptual_hash IS NOT NULL AND colour >= 0"
    assert studio.database.value(looked) == 2
    assert looks.study(NEVER) == 4
    row = library.picture(studio, take(studio, draw(tmp_path, "lost.jpg", 1))[0])
    studio.database.run("UPDATE files SET perceptual_hash = NULL WHERE id = ?", (row.id,))
    studio.thumbnails.drop(row.storage_id)
    studio.files.remove(row.storage_id)
    with pytest.raises(NotFound, match="can't be read"):
        looks.find(row.id)


def test_a_picture_that_can_not_be_read_is_passed_over_once(studio: Studio, tmp_path: Path) -> None:
    (one,) = take(studio, draw(tmp_path, "a.jpg", 1))
    studio.database.run("UPDATE files SET perceptual_hash = NULL")
    row = library.picture(studio, one)
    studio.thumbnails.drop(row.storage_id)
    studio.files.remove(row.storage_id)
    looks = Lookalikes(studio)
    assert looks.study(NEVER) == 1
    assert looks.study(NEVER) == 0
    assert studio.database.row("SELECT perceptual_hash, colour FROM files") == (None, -1)
    with pytest.raises(NotFound):
        looks.find(one)


def test_a_study_stops_and_goes_on(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "PORTION", 2)
    take(studio, *(draw(tmp_path, f"{n}.jpg", n) for n in range(5)))
    looks, stop = Lookalikes(studio), threading.Event()
    assert looks.study(stop, lambda _done: stop.set()) == 2
    stop.clear()
    assert looks.study(stop) == 3


def test_a_study_rests_between_any_two_pictures_and_may_be_told_to_stop_there(
    studio: Studio, tmp_path: Path
) -> None:
    take(studio, *(draw(tmp_path, f"{n}.jpg", n) for n in range(3)))
    looks, stop, seen = Lookalikes(studio), threading.Event(), []

    def rest() -> None:
        with studio.database.write():  # nothing is held that others need
            unseen = studio.database.value("SELECT count(*) FROM files WHERE colour IS NULL")
        seen.append(unseen)
        if len(seen) == 2:
            stop.set()

    assert looks.study(stop, rest=rest) == 2
    assert seen[:2] == [3, 3]
    stop.clear()
    assert looks.study(stop, rest=rest) == 1


def test_stacks_do_not_creep() -> None:
    own, far, free = (
        similar.Placed(one, "product_image", stack) for one, stack in ((9, None), (8, 1), (7, None))
    )
    assert similar._stack_for(own, [far], {8}) == (9, [])
    assert similar._stack_for(own, [far, free], {8, 7}) == (7, [9, 7])
    assert similar._stack_for(own, [far, free], {1, 8, 7}) == (1, [9])


def test_the_mean_colour_is_of_the_middle() -> None:
    image = Image.new("RGB", (100, 80), "blue")
    image.paste((200, 100, 50), (25, 20, 75, 60))
    assert similar._colour(image) == 0xC86432
    assert similar._colour(Image.new("RGBA", (1, 1), (0, 0, 0, 0))) == 0xFFFFFF


def test_a_picture_deleted_meanwhile_is_not_stacked(studio: Studio, tmp_path: Path) -> None:
    looks = Lookalikes(studio)
    (one,) = take(studio, draw(tmp_path, "a.jpg", 1))
    looks._stack(5, [fingerprints.Near(one, 0)])
    assert stacks(studio) == {one: None}


def test_every_single_bit_of_every_quarter_is_probed() -> None:
    """Seven bits apart, with only one quarter close enough to be found by."""
    for place in range(64):
        quarter = place // 16
        far = sum(0b101 << (16 * other + 3) for other in range(4) if other != quarter)
        held = Fingerprints()
        print_ = far ^ (1 << place) if place < 63 else far - (1 << 63)
        held.extend([[(1, print_, None)]])
        assert held.within(0, 7) == [fingerprints.Near(1, 7)], place


def test_stacks_are_collapsed_to_their_first_and_counted(studio: Studio) -> None:
    seen = sorted((one.id for one in fill(studio, 12)), reverse=True)
    library.restore(studio, seen)
    bulk.unstack(studio, Selection(ids=seen))
    with studio.database.write():
        store.set_stack(studio.database, studio.user_id, 7, [seen[1], seen[4], seen[5]])
        store.set_stack(studio.database, studio.user_id, 8, [seen[2], seen[9]])
    whole = Listed(array("q", seen), (0, 3, 12))
    collapsed, starts = similar.collapsed(studio, whole)
    assert list(collapsed) == [one for n, one in enumerate(seen) if n not in (4, 5, 9)]
    assert starts == (0, 3, 9)
    opened = similar.collapsed(studio, whole, frozenset({7})).ids
    assert list(opened) == [one for n, one in enumerate(seen) if n != 9]
    assert list(similar.collapsed(studio, Listed(array("q", seen[::-1]))).ids)[0:2] == [
        seen[11],
        seen[10],
    ]
    library.trash(studio, [seen[5]])
    assert similar.stack_sizes(studio, [7, 8, 9]) == {7: 2, 8: 2}


def test_of_a_stack_too_large_to_be_asked_one_by_one_no_places_are_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = sorted((one.id for one in fill(studio, 12)), reverse=True)
    library.restore(studio, seen)
    bulk.unstack(studio, Selection(ids=seen))
    with studio.database.write():
        store.set_stack(studio.database, studio.user_id, 7, seen[3:8])
    places = touching.first_places(studio, parse(""), [seen[5]])
    assert places is not None
    assert places.looked == set(seen[3:8])
    assert places.shown == {seen[3]: 0}
    monkeypatch.setattr(touching, "MOST", 4)
    assert touching.first_places(studio, parse(""), [seen[5]]) is None
