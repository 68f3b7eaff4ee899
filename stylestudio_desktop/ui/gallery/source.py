"""The library as the grid and the viewer ask for it, answered by the services."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from stylestudio_desktop.domain.generation import Role
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.stored import StoredPictures
from stylestudio_desktop.ui.widgets.grid import Grid

if TYPE_CHECKING:
    from stylestudio_desktop.services.history import Story
    from stylestudio_desktop.ui.gallery.shown import Shown


class LibrarySource(StoredPictures):
    """Cards, thumbnails and whole stories; only `pack` and `stand_in` run on the UI thread."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(studio)
        self._grid: Grid | None = None

    def use_grid(self, grid: Grid) -> None:
        """Answer `stand_in` from what `grid` has at hand."""
        self._grid = grid

    def stand_in(self, file_id: int) -> tuple[QImage | None, tuple[int, int], str]:
        """Return the thumbnail, size and name that the grid has, at once."""
        card = self._grid.cards.get(file_id) if self._grid is not None else None
        if card is None or self._grid is None:
            return None, (1, 1), ""
        size = (card.width or 1, card.height or 1)
        return self._grid.thumbnails.get(card.storage_id), size, card.name

    def describe(self, file_id: int) -> "Shown":
        """Return everything about one picture. Raises NotFound."""
        from stylestudio_desktop.services import enlarging, fidelity, history
        from stylestudio_desktop.ui.gallery import facts
        from stylestudio_desktop.ui.gallery.naming import Names
        from stylestudio_desktop.ui.gallery.shown import Shown

        row = library.picture(self._studio, file_id)
        story = None
        if row.generation_id is not None:
            story = history.story(self._studio, row.generation_id)
        rows = facts.own_rows(self._studio, row)
        if story is not None:
            rows += facts.story_rows(Names(self._studio), story.generation)
        return Shown(
            id=row.id,
            path=library.location(self._studio, row),
            name=self._styles.get(row.style or "", row.filename),
            width=row.width,
            height=row.height,
            favourite=bool(row.favourite),
            rating=row.rating,
            rows=(*rows, *facts.honest_rows(row), *facts.file_rows(row)),
            before=self._product(story),
            generation=row.generation_id,
            fidelity=fidelity.of_pictures(self._studio, [file_id]).get(file_id),
            enlarges=story is not None and enlarging.possible(self._studio, file_id),
        )

    def _product(self, story: "Story | None") -> Path | None:
        """Return the first product photo that a picture was made from."""
        inputs = story.inputs if story is not None else ()
        product = next((one for one in inputs if one.role == Role.PRODUCT.value), None)
        return None if product is None else self._studio.files.path(product.storage_id)
