"""Keeps the names under which pictures are ordered: tags, collections and saved searches."""

from array import array
from collections.abc import Mapping, Sequence

from stylestudio_desktop.domain.errors import BadInput, NotFound
from stylestudio_desktop.domain.events import FilesChanged
from stylestudio_desktop.domain.finding import describe, fold, parse
from stylestudio_desktop.domain.ids import new_id, now_ms
from stylestudio_desktop.domain.records import Collection, SavedQuery, Tag
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import collections, notes, searches, tags

LONGEST_NAME, LONGEST_TEXT = 80, 2_000


def clean_name(name: str) -> str:
    """Return a name as it is kept, or raise BadInput."""
    clean = " ".join(name.split())
    if not clean or not fold(clean):
        raise BadInput("Give it a name.")
    if len(clean) > LONGEST_NAME:
        raise BadInput(f"A name has at most {LONGEST_NAME} signs.")
    if '"' in clean or not clean.isprintable():
        raise BadInput("A name can't hold straight quotation marks or invisible signs.")
    return clean


def list_tags(studio: Studio) -> list[Tag]:
    """Return all tags with how many live pictures have each, the most used first."""
    return tags.listing(studio.database, studio.user_id)


def tags_of(studio: Studio, file_id: int) -> list[Tag]:
    """Return one picture's tags by name."""
    return tags.of_file(studio.database, studio.user_id, file_id)


def tags_on(studio: Studio, chosen: Sequence[int]) -> Mapping[int, int]:
    """Return how many of some pictures carry each tag, by the tag's id; absent ones have none."""
    return tags.on_files(studio.database, chosen)


def collections_on(studio: Studio, chosen: Sequence[int]) -> Mapping[int, int]:
    """Return how many of some pictures each collection holds, by the collection's id."""
    return collections.on_files(studio.database, chosen)


def note_of(studio: Studio, file_id: int) -> str:
    """Return the note on a picture, empty if there is none."""
    return notes.of_file(studio.database, studio.user_id, file_id)


def tag_called(studio: Studio, name: str) -> int:
    """Return the id of the tag of that name, made if it is not there. Raises BadInput."""
    clean = clean_name(name)
    with studio.database.write():
        found = tags.find(studio.database, studio.user_id, clean)
        if found is not None:
            return found
        made = new_id()
        tags.insert(studio.database, made, studio.user_id, clean)
        _tell(studio)
    return made


def rename_tag(studio: Studio, tag_id: int, name: str) -> None:
    """Give a tag another name, on every picture. Raises BadInput or NotFound."""
    clean = clean_name(name)
    with studio.database.write():
        if tags.find(studio.database, studio.user_id, clean) not in (None, tag_id):
            raise BadInput(f"There is a tag “{clean}” already. Choose another name.")
        if not tags.rename(studio.database, studio.user_id, tag_id, clean):
            raise NotFound("That tag is not there any more.")
        _tell(studio)


def delete_tag(studio: Studio, tag_id: int) -> None:
    """Take a tag off every picture and forget it. Raises NotFound."""
    with studio.database.write():
        if not tags.delete(studio.database, studio.user_id, tag_id):
            raise NotFound("That tag is not there any more.")
        _tell(studio)


def list_collections(studio: Studio) -> list[Collection]:
    """Return all collections in their order, with how many live pictures each holds."""
    return collections.listing(studio.database, studio.user_id)


def new_collection(studio: Studio, name: str, description: str = "") -> Collection:
    """Make a collection at the end of the list. Raises BadInput if the name is taken."""
    clean, text = clean_name(name), _clean_text(description)
    with studio.database.write():
        if collections.find(studio.database, studio.user_id, clean) is not None:
            raise BadInput(f"There is a collection “{clean}” already. Choose another name.")
        last = max((one.position for one in list_collections(studio)), default=-1)
        row = Collection(new_id(), clean, text, now_ms(), last + 1, 0)
        collections.insert(studio.database, studio.user_id, row)
        _tell(studio)
    return row


def change_collection(studio: Studio, collection_id: int, name: str, description: str) -> None:
    """Give a collection another name and description. Raises BadInput or NotFound."""
    clean, text = clean_name(name), _clean_text(description)
    with studio.database.write():
        if collections.find(studio.database, studio.user_id, clean) not in (None, collection_id):
            raise BadInput(f"There is a collection “{clean}” already. Choose another name.")
        if not collections.change(studio.database, studio.user_id, collection_id, clean, text):
            raise NotFound("That collection is not there any more.")
        _tell(studio)


def order_collections(studio: Studio, wanted: Sequence[int]) -> None:
    """Put the collections into the order of `wanted`."""
    with studio.database.write():
        for position, one in enumerate(wanted):
            collections.place(studio.database, studio.user_id, one, position)
        _tell(studio)


def delete_collection(studio: Studio, collection_id: int) -> None:
    """Forget a collection; its pictures stay in the library. Raises NotFound."""
    with studio.database.write():
        if not collections.delete(studio.database, studio.user_id, collection_id):
            raise NotFound("That collection is not there any more.")
        _tell(studio)


def collected(studio: Studio, collection_id: int, limit: int = -1) -> "array[int]":
    """Return a collection's live pictures in the order given to them."""
    return collections.in_order(studio.database, studio.user_id, collection_id, limit)


def arrange(studio: Studio, collection_id: int, order: Sequence[int]) -> None:
    """Put a collection's pictures into the order of `order`; others keep their places.

    Raises NotFound.
    """
    with studio.database.write():
        if all(one.id != collection_id for one in list_collections(studio)):
            raise NotFound("That collection is not there any more.")
        collections.arrange(studio.database, collection_id, array("q", order))
        studio.tell(FilesChanged(tuple(order)))


def list_searches(studio: Studio) -> list[SavedQuery]:
    """Return the kept searches in their order."""
    return searches.listing(studio.database, studio.user_id)


def keep_search(studio: Studio, name: str, text: str) -> SavedQuery:
    """Keep a search under a name; one of that name is replaced. Raises BadInput."""
    clean, query = clean_name(name), describe(parse(text))
    if not query:
        raise BadInput("There is nothing to keep: type or choose what to search for first.")
    with studio.database.write():
        last = max((one.position for one in list_searches(studio)), default=-1)
        row = SavedQuery(new_id(), clean, query, now_ms(), last + 1)
        searches.keep(studio.database, studio.user_id, row)
        _tell(studio)
    return row


def forget_search(studio: Studio, saved_id: int) -> None:
    """Forget a kept search. Raises NotFound."""
    with studio.database.write():
        if not searches.delete(studio.database, studio.user_id, saved_id):
            raise NotFound("That search is not there any more.")
        _tell(studio)


def _clean_text(text: str) -> str:
    clean = text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8").strip()
    if len(clean) > LONGEST_TEXT:
        raise BadInput(f"A description has at most {LONGEST_TEXT:,} signs.")
    return clean


def _tell(studio: Studio) -> None:
    """Let lists of names read themselves anew; no picture itself is another."""
    studio.tell(FilesChanged(()))
