"""Long lists of ids are those of the rows, and of one moment."""

from array import array
from pathlib import Path

import pytest

from stylestudio_desktop.store import reading
from stylestudio_desktop.store.database import Database, Sql, Values


def _opened(path: Path) -> Database:
    database = Database(path)
    database.open()
    database.use_wal()
    return database


def test_ids_come_in_the_order_of_the_query(tmp_path: Path) -> None:
    database = _opened(tmp_path / "some.sqlite3")
    wanted = [0, 1, 255, 2**31, 2**40 + 7, 2**62 + 12345]
    with database.write():
        database.run("CREATE TABLE some (id INTEGER PRIMARY KEY)")
        database.run_many("INSERT INTO some VALUES (?)", [(one,) for one in wanted])
    falling = reading.ids(database, "SELECT id FROM some ORDER BY id DESC LIMIT ?", (-1,))
    assert falling == array("q", reversed(wanted))
    assert list(reading.ids(database, "SELECT id FROM some WHERE id > ?", (9,))) == wanted[2:]
    assert reading.ids(database, "SELECT id FROM some WHERE id < 0") == array("q")
    database.close()


def test_a_long_list_leaves_no_pages_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = _opened(tmp_path / "some.sqlite3")
    with database.write():
        database.run("CREATE TABLE some (id INTEGER PRIMARY KEY)")
        database.run_many("INSERT INTO some VALUES (?)", [(one,) for one in range(4)])
    asked: list[str] = []
    genuine = Database.value

    def overheard(self: Database, sql: Sql, values: Values = ()) -> object:
        asked.append(str(sql))
        return genuine(self, sql, values)

    monkeypatch.setattr(Database, "value", overheard)
    monkeypatch.setattr(reading, "LONG", 4)
    assert list(reading.ids(database, "SELECT id FROM some WHERE id < 3")) == [0, 1, 2]
    assert "PRAGMA shrink_memory" not in asked, "the pages of a short list are asked for again"
    assert list(reading.ids(database, "SELECT id FROM some")) == [0, 1, 2, 3]
    assert asked[-1] == "PRAGMA shrink_memory"
    database.close()


def test_a_moment_stays_what_it_was(tmp_path: Path) -> None:
    one, other = _opened(tmp_path / "some.sqlite3"), _opened(tmp_path / "some.sqlite3")
    with other.write():
        other.run("CREATE TABLE some (id INTEGER PRIMARY KEY)")
    with reading.moment(one):
        assert one.value("SELECT count(*) FROM some") == 0
        with other.write():
            other.run("INSERT INTO some VALUES (1)")
        assert not reading.ids(one, "SELECT id FROM some")
    assert list(reading.ids(one, "SELECT id FROM some")) == [1]
    one.close()
    other.close()
