"""The library's pictures as every grid asks for them, in the gallery and where one chooses."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.records import FileCard
from stylestudio_desktop.files.bounds import Tier
from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.said import spoken
from stylestudio_desktop.ui.widgets.grid import Card

if TYPE_CHECKING:
    from stylestudio_desktop.services.parcel import Parcel

translate = QCoreApplication.translate


def as_card(row: FileCard, styles: Mapping[str, str], alike: int = 0) -> Card:
    """Return a service's card as the grid's; a picture made goes by the name of its style.

    `alike` is how many pictures lie on its stack, where that is to be shown.
    """
    badge = translate("Gallery", "%n alike", "", alike) if alike > 1 else ""
    made = row.category == Category.GENERATED.value
    name = styles.get(row.style or "", row.filename) if made else row.filename
    return Card(
        row.id, row.storage_id, name, row.width, row.height,
        favourite=bool(row.favourite), rating=row.rating, category=row.category,
        trashed=row.trashed_at is not None, badge=badge, stack=row.stack_id or 0,
    )  # fmt: skip


class StoredPictures:
    """Cards and thumbnails of the library; only `pack` runs on the UI thread."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._styles = {one.id: spoken(one.name) for one in studio.catalogue.styles}
        self.stacked = False  # whether cards tell how many lie on their stack

    def fetch_cards(self, ids: Sequence[int]) -> list[Card]:
        """Return the cards of those pictures that still exist."""
        return self.cards_of(library.cards(self._studio, ids))

    def cards_of(self, rows: Sequence[FileCard]) -> list[Card]:
        """Return rows as cards; on another thread if they tell how many lie on their stack."""
        sizes: Mapping[int, int] = {}
        if self.stacked:
            from stylestudio_desktop.services import similar

            stacks = {row.stack_id for row in rows if row.stack_id is not None}
            sizes = similar.stack_sizes(self._studio, sorted(stacks))
        return [as_card(row, self._styles, sizes.get(row.stack_id or 0, 0)) for row in rows]

    def thumbnail(self, storage_id: str, tier: int) -> bytes | None:
        """Return an encoded thumbnail, made anew if it is missing."""
        return library.thumbnail(self._studio, storage_id, Tier(tier))

    def pack(self, ids: Sequence[int]) -> "Parcel":
        """Begin to copy pictures for another program."""
        from stylestudio_desktop.services.parcel import Parcel

        made = Parcel(self._studio, ids)
        made.begin()
        return made
