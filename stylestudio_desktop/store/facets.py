"""Reads the kept counts of pictures by what they are, and proves or repairs them."""

from stylestudio_desktop.domain.records import Facet
from stylestudio_desktop.store.database import Database, Prepared
from stylestudio_desktop.store.gallery_tables import FileFacets
from stylestudio_desktop.store.tables import PLACE

_VALUES = Prepared(
    FileFacets.select(FileFacets.facet, FileFacets.value, FileFacets.number).where(
        (FileFacets.user_id == PLACE) & (FileFacets.facet == PLACE) & (FileFacets.number > PLACE)
    )
)
_NUMBER = Prepared(
    FileFacets.select(FileFacets.number).where(
        (FileFacets.user_id == PLACE) & (FileFacets.facet == PLACE) & (FileFacets.value == PLACE)
    )
)
_EVERYTHING = Prepared(
    FileFacets.select(FileFacets.facet, FileFacets.value, FileFacets.number).where(
        FileFacets.user_id == PLACE
    )
)
_GROUPED = "SELECT f.user_id, '{0}' AS facet, {1} AS value, count(*) AS number FROM files f {2}"
_OF = _GROUPED + " WHERE f.trashed_at IS NULL AND {3} GROUP BY 1, 3"
COUNTED = " UNION ALL ".join(
    _OF.format(*one)
    for one in (
        ("category", "f.category", "", "1"),
        ("style", "f.style", "", "f.style IS NOT NULL"),
        ("provider", "f.provider", "", "f.provider IS NOT NULL"),
        ("rating", "f.rating || ''", "", "1"),
        ("favourite", "'1'", "", "f.favourite = 1"),
        ("noted", "'1'", "", "f.note IS NOT NULL"),
        ("stacked", "'1'", "", "f.stack_id IS NOT NULL"),
        ("tag", "l.tag_id || ''", "JOIN file_tags l ON l.file_id = f.id", "1"),
        ("collection", "l.collection_id || ''", "JOIN collection_files l ON l.file_id = f.id", "1"),
    )
)
"""Counts every facet anew from the pictures themselves; walks the whole library."""

FAULTY = f"""
WITH actual AS MATERIALIZED ({COUNTED})
SELECT user_id, facet, value, kept, number FROM (
  SELECT k.user_id, k.facet, k.value, k.number AS kept, coalesce(a.number, 0) AS number
  FROM file_facets k LEFT JOIN actual a
    ON a.user_id = k.user_id AND a.facet = k.facet AND a.value = k.value
  UNION ALL SELECT a.user_id, a.facet, a.value, 0, a.number FROM actual a
  LEFT JOIN file_facets k ON k.user_id = a.user_id AND k.facet = a.facet AND k.value = a.value
  WHERE k.user_id IS NULL)
WHERE kept <> number"""  # noqa: S608 - our own texts
"""Finds kept counts that are wrong: user, facet, value, what is kept, what is so."""


def number_of(db: Database, user_id: int, facet: str, value: str) -> int:
    """Return how many live pictures have this value."""
    return int(db.value(_NUMBER, (user_id, facet, value)) or 0)


def values_of(db: Database, user_id: int, facet: str) -> list[Facet]:
    """Return a facet's values with how many live pictures have each, the most used first."""
    found = [Facet._make(row) for row in db.rows(_VALUES, (user_id, facet, 0))]
    return sorted(found, key=lambda one: (-one.number, one.value))


def everything(db: Database, user_id: int) -> tuple[tuple[str, str, int], ...]:
    """Return every kept count as (facet, value, number)."""
    return tuple((row[0], row[1], row[2]) for row in db.rows(_EVERYTHING, (user_id,)))


def faulty(db: Database) -> list[tuple[int, str, str, int, int]]:
    """Return every kept count that is wrong, as (user, facet, value, kept, actual)."""
    return [(row[0], row[1], row[2], row[3], row[4]) for row in db.rows(FAULTY)]


def recount(db: Database) -> None:
    """Count every facet anew, in the running transaction."""
    db.run("DELETE FROM file_facets")
    db.run(f"INSERT INTO file_facets (user_id, facet, value, number) {COUNTED}")
