"""Lets a library keep background photos of the user's own, and generations use one of them.

Three tables list their values in a CHECK. A wider list changes nothing of what is stored, so only
the tables' own text is edited, as SQLite's documentation allows for such changes
(sqlite.org/lang_altertable.html, section 7); building the tables anew would copy a million rows.
"""

from typing import Any

# What stands in the text of a table, and what shall stand there.
CATEGORIES = "('product_image', 'model_image', 'generated_image', 'profile_image')"
WIDER = {
    "files": (CATEGORIES, CATEGORIES.replace("'model_image'", "'model_image', 'background_image'")),
    "generation_files": (
        "OR (role = 'result' AND",
        "OR (role = 'background' AND position = 0)\n      OR (role = 'result' AND",
    ),
}
WIDER["watch_folders"] = WIDER["files"]

FITTING = (
    "DROP TRIGGER generation_files_fit",
    """
CREATE TRIGGER generation_files_fit BEFORE INSERT ON generation_files
BEGIN
  SELECT RAISE(ABORT, 'a generation may only use fitting files of its own user')
  WHERE NOT EXISTS (
    SELECT 1 FROM files f JOIN generations g ON g.id = NEW.generation_id
    WHERE f.id = NEW.file_id AND f.user_id = g.user_id AND f.category = CASE NEW.role
      WHEN 'product' THEN 'product_image' WHEN 'model' THEN 'model_image'
      WHEN 'background' THEN 'background_image' ELSE 'generated_image' END);
END
""",
)


def up(_migrator: Any, db: Any) -> None:
    """Widen the three lists and the rule of which photo may play which part."""
    for statement in FITTING:
        db.execute_sql(statement)
    (version,) = db.execute_sql("PRAGMA schema_version").fetchone()
    db.execute_sql("PRAGMA writable_schema = ON")
    for table, (narrow, wide) in WIDER.items():
        changed = db.execute_sql(
            "UPDATE sqlite_schema SET sql = replace(sql, ?, ?)"
            " WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
            (narrow, wide, table, narrow),
        ).rowcount
        if changed != 1:
            raise RuntimeError(f"the table {table} is not as the first migration made it")
    db.execute_sql(f"PRAGMA schema_version = {version + 1}")
    db.execute_sql("PRAGMA writable_schema = RESET")
