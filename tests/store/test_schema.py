"""The schema says the same as the models, the domain and the data rules, and guards itself."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import peewee
import pytest

from stylestudio_desktop.domain.generation import STEPS, Category, Status
from stylestudio_desktop.domain.ids import FileId, new_id
from stylestudio_desktop.domain.purchase import PURCHASE_STEPS, PurchaseStatus
from stylestudio_desktop.services import generate
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store.database import SQLITE
from stylestudio_desktop.store.tables import ALL
from tests.factories import brief_for, import_photo
from tests.store.machines import second_person

AFFINITY = {
    peewee.TextField: "TEXT",
    peewee.BigIntegerField: "INTEGER",
    peewee.IntegerField: "INTEGER",
    peewee.AutoField: "INTEGER",
    peewee.FloatField: "REAL",
    peewee.BlobField: "BLOB",
}
INDEXES = {
    "users_by_email",
    "users_by_external_id",
    "generations_by_user",
    "generations_by_status",
    "generations_by_user_and_created_at",
    "generations_by_user_and_status",
    "files_by_user",
    "files_by_category",
    "files_by_storage_id",
    "usage_by_user_and_timestamp",
    "usage_by_action",
    "usage_by_user_and_action",
    "token_purchases_by_user",
    "token_purchases_by_stripe_payment_intent",
    "token_purchases_by_transaction_id",
}


@pytest.fixture
def stray(studio: Studio) -> Iterator[Any]:
    """A tool that knows nothing of our code and writes to the library all the same."""
    connection = SQLITE.connect(str(studio.database.path), isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    yield connection
    connection.close()


@pytest.mark.parametrize("table", ALL, ids=lambda table: table._meta.table_name)
def test_a_model_is_its_table_column_by_column(studio: Studio, table: Any) -> None:
    name = table._meta.table_name
    columns = {
        row[1]: (row[2], bool(row[3]) or bool(row[5]))
        for row in studio.database.rows(f"PRAGMA table_info({name})")
    }
    fields = {
        field.column_name: (AFFINITY[type(field)], not field.null)
        for field in table._meta.sorted_fields
    }
    assert fields == columns
    assert [field.column_name for field in table._meta.sorted_fields] == list(columns)


def test_every_table_has_a_model(studio: Studio) -> None:
    tables = {
        name
        for (name,) in studio.database.rows(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            " AND name NOT LIKE '%search%' AND name <> 'schema_migration'"
        )
    }
    assert tables == {table._meta.table_name for table in ALL}


def test_every_table_is_strict(studio: Studio) -> None:
    loose = [
        row[1]
        for row in studio.database.rows("PRAGMA table_list")
        if row[2] == "table" and not row[5] and row[1] in {t._meta.table_name for t in ALL}
    ]
    assert loose == []


def test_indexes_by_the_names_of_the_rules(studio: Studio) -> None:
    found = {
        name
        for (name,) in studio.database.rows("SELECT name FROM sqlite_schema WHERE type='index'")
    }
    assert found >= INDEXES


def a_generation(studio: Studio, product: FileId, status: Status) -> int:
    """Insert a generation that was born in `status`."""
    row = generate.start(studio, brief_for(product))
    born = row._replace(id=new_id(), status=status.value)
    marks = ", ".join("?" * len(born))
    names = ", ".join("count" if name == "pictures" else name for name in born._fields)
    studio.database.run(f"INSERT INTO generations ({names}) VALUES ({marks})", born)
    return born.id


def refused(stray: Any, sql: str, values: tuple[object, ...]) -> str:
    """Return what the database says against a statement, nothing if it lets it pass."""
    try:
        stray.execute(sql, values)
    except SQLITE.IntegrityError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(("old", "new"), list(itertools.product(Status, repeat=2)))
def test_the_trigger_knows_the_same_steps_as_the_domain(
    studio: Studio, stray: Any, product: FileId, old: Status, new: Status
) -> None:
    row_id = a_generation(studio, product, old)
    said = refused(stray, "UPDATE generations SET status = ? WHERE id = ?", (new.value, row_id))
    assert (said == "") is (new in STEPS[old] or new is old)
    assert said in ("", "illegal step of a generation")
    after = stray.execute("SELECT status FROM generations WHERE id = ?", (row_id,)).fetchone()[0]
    assert after == (old.value if said else new.value)


PURCHASE = (
    "INSERT INTO token_purchases (id, user_id, amount, currency, tokens_received, status,"
    " transaction_id, stripe_checkout_session_id, stripe_payment_intent_id, package_name,"
    " display_name, created_at) VALUES (?, ?, 499, 'EUR', 50, ?, ?, ?, ?, 'small', 'Small', 1)"
)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(PurchaseStatus, repeat=2)))
def test_the_purchases_trigger_knows_the_same_steps(
    studio: Studio, stray: Any, old: PurchaseStatus, new: PurchaseStatus
) -> None:
    stray.execute(PURCHASE, (1, studio.user_id, old.value, "t", None, None))
    said = refused(stray, "UPDATE token_purchases SET status = ? WHERE id = 1", (new.value,))
    assert (said == "") is (new in PURCHASE_STEPS[old] or new is old)


@pytest.mark.parametrize("twin", [("t", "c2", "p2"), ("t2", "c", "p2"), ("t2", "c2", "p")])
def test_each_id_of_a_purchase_is_unique(
    studio: Studio, stray: Any, twin: tuple[str, str, str]
) -> None:
    assert not refused(stray, PURCHASE, (1, studio.user_id, "pending", "t", "c", "p"))
    assert "UNIQUE" in refused(stray, PURCHASE, (2, studio.user_id, "pending", *twin))
    assert not refused(stray, PURCHASE, (3, studio.user_id, "pending", "t3", None, None))
    assert not refused(stray, PURCHASE, (4, studio.user_id, "pending", "t4", None, None))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE token_entries SET delta = delta + 1",
        "UPDATE token_entries SET created_at = 0",
        "DELETE FROM token_entries",
        "UPDATE OR REPLACE token_entries SET id = id",
    ],
)
def test_the_ledger_only_grows(stray: Any, sql: str) -> None:
    before = stray.execute("SELECT * FROM token_entries").fetchall()
    assert len(before) == 1
    assert "append-only" in refused(stray, sql, ())
    assert stray.execute("SELECT * FROM token_entries").fetchall() == before


@pytest.mark.parametrize("column", ["id", "idempotency_key"])
def test_no_line_of_the_ledger_is_replaced(stray: Any, column: str) -> None:
    before = stray.execute("SELECT * FROM token_entries").fetchall()
    other = {"id": "idempotency_key || 'x'", "idempotency_key": "idempotency_key"}[column]
    number = {"id": "id", "idempotency_key": "id + 1"}[column]
    sql = (
        "REPLACE INTO token_entries (id, user_id, kind, delta, settled, balance_after,"
        f" idempotency_key, created_at) SELECT {number}, user_id, 'grant', 1, 0,"
        f" balance_after + 1, {other}, 1 FROM token_entries"
    )
    assert f"UNIQUE constraint failed: token_entries.{column}" in refused(stray, sql, ())
    assert stray.execute("SELECT * FROM token_entries").fetchall() == before


ENTRY = (
    "INSERT INTO token_entries (user_id, kind, delta, settled, balance_after, idempotency_key,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, 1)"
)


@pytest.mark.parametrize(
    ("kind", "delta", "settled", "after", "why"),
    [
        ("hold", -11, 0, -1, "balance_covers"),
        ("hold", -3, 0, 8, "continue"),
        ("hold", 3, 0, 13, "CHECK"),
        ("hold", -3, 1, 7, "CHECK"),
        ("release", -1, 0, 9, "CHECK"),
        ("release", 1, 1, 11, "CHECK"),
        ("settle", -1, 1, 9, "CHECK"),
        ("settle", 1, -1, 11, "CHECK"),
        ("grant", 0, 0, 10, "CHECK"),
        ("purchase", -5, 0, 5, "CHECK"),
        ("refund", 5, 0, 15, "CHECK"),
        ("gift", 5, 0, 15, "CHECK"),
    ],
)
def test_no_false_entry_gets_in(
    studio: Studio, stray: Any, kind: str, delta: int, settled: int, after: int, why: str
) -> None:
    values = (studio.user_id, kind, delta, settled, after, "stray")
    assert why in refused(stray, ENTRY, values)
    assert stray.execute("SELECT token_balance FROM users").fetchone()[0] == 10


def test_a_key_is_used_once(studio: Studio, stray: Any) -> None:
    assert not refused(stray, ENTRY, (studio.user_id, "grant", 1, 0, 11, "same"))
    assert "idempotency_key" in refused(stray, ENTRY, (studio.user_id, "grant", 1, 0, 12, "same"))
    assert stray.execute("SELECT token_balance FROM users").fetchone()[0] == 11


def test_a_balance_is_never_negative(stray: Any) -> None:
    assert "CHECK" in refused(stray, "UPDATE users SET token_balance = -1", ())


def test_an_email_is_unique_once_normalised(stray: Any) -> None:
    add = "INSERT INTO users (id, name, email, email_norm, created_at) VALUES (?, 'n', ?, ?, 1)"
    assert not refused(stray, add, (1, "A@x.io", "a@x.io"))
    assert "UNIQUE" in refused(stray, add, (2, "a@X.io ", "a@x.io"))
    assert "CHECK" in refused(stray, add, (3, "b@x.io", None))


def test_a_sign_in_is_unique_and_whole(stray: Any) -> None:
    add = "INSERT INTO users (id, name, created_at, provider, external_id) VALUES (?, 'n', 1, ?, ?)"
    assert not refused(stray, add, (1, "acme", "7"))
    assert not refused(stray, add, (2, "other", "7"))
    assert "UNIQUE" in refused(stray, add, (3, "acme", "7"))
    assert "CHECK" in refused(stray, add, (4, "acme", None))


LINK = (
    "INSERT INTO generation_files (generation_id, role, position, file_id, is_primary)"
    " VALUES (?, ?, ?, ?, ?)"
)
FIT = "fitting files of its own user"


@pytest.fixture
def run(studio: Studio, product: FileId) -> int:
    return generate.start(studio, brief_for(product)).id


def test_a_file_of_another_user_is_refused(
    studio: Studio, stray: Any, run: int, tmp_path: Path
) -> None:
    theirs = import_photo(second_person(studio), tmp_path, "red")
    assert FIT in refused(stray, LINK, (run, "product", 1, theirs, 0))


def test_a_file_that_is_not_there_is_refused(stray: Any, run: int) -> None:
    assert FIT in refused(stray, LINK, (run, "product", 1, 12345, 0))


@pytest.mark.parametrize("role", ["product", "model", "background", "result"])
@pytest.mark.parametrize("category", list(Category))
def test_a_role_takes_only_its_category(
    studio: Studio, stray: Any, run: int, tmp_path: Path, role: str, category: Category
) -> None:
    file_id = import_photo(studio, tmp_path, "red", category)
    fits = {
        "product": "product_image",
        "model": "model_image",
        "background": "background_image",
        "result": "generated_image",
    }
    said = refused(stray, LINK, (run, role, int(role != "background"), file_id, 0))
    assert (said == "") is (fits[role] == category.value)
    assert said == "" or FIT in said


@pytest.mark.parametrize(
    ("role", "last"), [("product", 4), ("model", 2), ("background", 0), ("result", 9)]
)
def test_positions_end_where_the_rules_say(
    studio: Studio, stray: Any, run: int, tmp_path: Path, role: str, last: int
) -> None:
    category = {
        "product": Category.PRODUCT,
        "model": Category.MODEL,
        "background": Category.BACKGROUND,
        "result": Category.GENERATED,
    }[role]
    file_id = import_photo(studio, tmp_path, "red", category)
    stray.execute("DELETE FROM generation_files")
    for position in range(last + 1):
        assert not refused(stray, LINK, (run, role, position, file_id, 0))
    assert "CHECK" in refused(stray, LINK, (run, role, last + 1, file_id, 0))
    assert "CHECK" in refused(stray, LINK, (run, role, -1, file_id, 0))
    assert "UNIQUE" in refused(stray, LINK, (run, role, 0, file_id, 0))


def test_one_result_is_primary_and_nothing_else(
    studio: Studio, stray: Any, run: int, tmp_path: Path, product: FileId
) -> None:
    made = import_photo(studio, tmp_path, "red", Category.GENERATED)
    assert not refused(stray, LINK, (run, "result", 0, made, 1))
    assert "UNIQUE" in refused(stray, LINK, (run, "result", 1, made, 1))
    assert "CHECK" in refused(stray, LINK, (run, "product", 1, product, 1))
    assert "CHECK" in refused(stray, LINK, (run, "result", 2, made, 2))


def test_an_unknown_role_is_refused(stray: Any, run: int, product: FileId) -> None:
    assert refused(stray, LINK, (run, "muse", 0, product, 0))


def test_a_pictures_row_never_vanishes_while_a_generation_refers_to_it(
    stray: Any, run: int, product: FileId
) -> None:
    assert "FOREIGN KEY" in refused(stray, "DELETE FROM files WHERE id = ?", (product,))
    stray.execute("DELETE FROM generation_files WHERE generation_id = ?", (run,))
    assert not refused(stray, "DELETE FROM files WHERE id = ?", (product,))


@pytest.mark.parametrize(
    "change",
    ["user_id = user_id + 1", "storage_id = replace(storage_id, substr(storage_id, 1, 1), 'z')",
     "category = 'model_image'", "size = size + 1"],
)  # fmt: skip
def test_a_stored_file_keeps_bytes_owner_and_category(
    stray: Any, product: FileId, change: str
) -> None:
    said = refused(stray, f"UPDATE files SET {change} WHERE id = ?", (product,))
    assert "never changes" in said


@pytest.mark.parametrize(
    "change",
    ["count = 0", "count = 11", "seed = -1", "seed = 2147483648", "strength = 0.05",
     "strength = 1.5", "guidance_scale = 0.5", "guidance_scale = 21", "price = -1",
     "num_inference_steps = 0", "num_inference_steps = 151", "tokens_used = price + 1",
     "tokens_used = -1", "options = '{'", "retry_count = -1", "status = 'done'"],
)  # fmt: skip
def test_a_generations_parameters_stay_in_bounds(stray: Any, run: int, change: str) -> None:
    assert refused(stray, f"UPDATE generations SET {change} WHERE id = ?", (run,))


@pytest.mark.parametrize(
    "change",
    ["size = 0", "storage_id = 'short'", "category = 'cat_image'", "width = 0", "height = 0",
     "favourite = 2", "rating = 6", "rating = -1", "facts = 'x'"],
)  # fmt: skip
def test_a_pictures_facts_stay_in_bounds(stray: Any, product: FileId, change: str) -> None:
    assert refused(stray, f"UPDATE files SET {change} WHERE id = ?", (product,))
