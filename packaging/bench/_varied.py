"""Gives a synthetic library thousands of different pictures with thumbnails of their own."""

import hashlib
import io
import sys

from stylestudio_desktop.services import library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import files, mending

FIXED = "SELECT sql FROM sqlite_schema WHERE name = 'files_fixed'"
DONE = "SELECT count(*) FROM (SELECT DISTINCT storage_id FROM files LIMIT ?)"
BASES = (
    "SELECT storage_id, width, height FROM files WHERE category = 'generated_image'"
    " GROUP BY storage_id LIMIT 240"
)
GIVE = (
    "UPDATE files SET (storage_id, size, width, height) ="
    " (SELECT storage_id, size, width, height FROM temp.varied WHERE n = files.id / 7919 % {})"
    " WHERE category = 'generated_image'"
)
SEEN = "UPDATE files SET colour = id / 7919 % 16777216 WHERE colour IS NULL"
GROUP = 500


def vary(studio: Studio, number: int) -> None:
    """Give the pictures made of a library `number` different files and thumbnails, once.

    Each is one of the library's drawings with a comment of its own: other bytes, another digest,
    another entry of the thumbnail cache. Beyond `number` they repeat.
    """
    database = studio.database
    # Where they are about as many as the rows, some of them fall to no row.
    if int(database.value(DONE, (number,))) >= number // 2:
        return
    print(f"giving {studio.workspace.root} {number:,} different pictures", file=sys.stderr)
    drawn = database.rows(BASES)
    bases = []
    for storage_id, width, height in drawn:
        path = studio.files.path(storage_id)
        bases.append((path.read_bytes(), width, height, studio.thumbnails.make(storage_id, path)))
    given: list[tuple[int, str, int, int, int]] = []
    for begin in range(0, number, GROUP):
        rendered = []
        with studio.files.batch() as batch:
            for n in range(begin, min(number, begin + GROUP)):
                content, width, height, shown = bases[n % len(bases)]
                note = f"picture {n}".encode()
                comment = b"\xff\xfe" + (len(note) + 2).to_bytes(2, "big") + note
                varied = content[:2] + comment + content[2:]
                batch.add(io.BytesIO(varied), 1 << 20)
                digest = hashlib.sha256(varied).hexdigest()
                given.append((n, digest, len(varied), width, height))
                rendered.append((digest, shown))
        studio.thumbnails.put_many(rendered)
    fixed = str(database.value(FIXED))
    database.run(
        "CREATE TEMP TABLE varied (n INTEGER PRIMARY KEY, storage_id, size, width, height)"
    )
    with database.write():
        # A file's bytes never change in this program; only a synthetic library may pretend so.
        database.run("DROP TRIGGER files_fixed")
        database.run_many("INSERT INTO temp.varied VALUES (?, ?, ?, ?, ?)", given)
        database.run(GIVE.format(number))
        database.run(SEEN)  # else the window looks at each of them behind, for half an hour
        database.run(fixed)
        mending.recount(database)
    database.run("DROP TABLE temp.varied")
    # The drawings themselves, and what fell to no row: a library has no bytes without a row.
    for storage_id in {base[0] for base in drawn} | {one[1] for one in given}:
        if not files.stored(database, storage_id):
            studio.files.remove(storage_id)
    library.totals(studio)
