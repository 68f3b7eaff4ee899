"""Whatever any pane asks of the library must be answered by an index: a planted scan is caught."""

from pathlib import Path
from typing import Any

from stylestudio_desktop.app import close_studio
from stylestudio_desktop.services import library
from tests.factories import import_photo, open_test_studio

PLANTED = "SELECT id FROM files WHERE filename LIKE ?"
ASKING = f"def asked(db): return db.rows({PLANTED!r}, ('%teal%',))"


def test_a_query_that_grows_with_the_library_is_caught(planned: list[str], tmp_path: Path) -> None:
    studio = open_test_studio(tmp_path)
    row = import_photo(studio, tmp_path)
    library.cards(studio, [row])
    assert planned == []
    pane: dict[str, Any] = {}
    exec(compile(ASKING, "pane.py", "exec"), pane)
    assert pane["asked"](studio.database) == [(row,)]
    assert [told for told in planned if told.endswith(PLANTED)]
    planned.clear()
    close_studio(studio)
