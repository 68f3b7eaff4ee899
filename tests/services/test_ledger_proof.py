"""The ledger is proven against a key and a head outside of it; every way of tampering is named."""

import dataclasses
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config import remembered
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import BadInput, StorageBusy, StudioError, WalletReadOnly
from stylestudio_desktop.domain.events import LedgerChecked
from stylestudio_desktop.domain.ledger import Kind, Movement
from stylestudio_desktop.domain.seal import Fault, Head, State, seal, sealer, written
from stylestudio_desktop.services import (
    generate,
    health,
    leaving,
    ledger_keys,
    ledger_proof,
    profiles,
    synthetic,
)
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries, seals
from tests.factories import FakeProvider, brief_for, give, import_photo
from tests.vault import session
from tests.vault.drawer import Drawer, with_backend

GUARDS = ("token_entries_stay", "token_entries_last", "token_entries_once", "token_entries_counted")


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


def opened(folder: Path, drawer: Drawer | None) -> Studio:
    secrets = with_backend(drawer)
    return open_studio(Workspace(folder), {"local": FakeProvider()}, secrets)


@pytest.fixture
def studio(tmp_path: Path, drawer: Drawer) -> Iterator[Studio]:
    made = opened(tmp_path / "workspace", drawer)
    assert ledger_proof.at_start(made).state is State.PROVEN
    for _ in range(8):
        give(made, 5)
    yield made
    close_studio(made)


def settle_head(studio: Studio) -> None:
    """Let the head catch up, as a moment's rest or the end of the program does."""
    studio.database.seals.close()


def tamper(studio: Studio, *statements: str) -> None:
    """Change the database as a stray tool would that has got the guards out of its way."""
    settle_head(studio)
    with studio.database.write():
        guards = studio.database.rows(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN"
            " ('token_entries', 'ledger_anchors')"
        )
        for name, _ in guards:
            studio.database.run(f"DROP TRIGGER {name}")
        for statement in statements:
            studio.database.run(statement)
        for _, sql in guards:
            studio.database.run(sql)


def faults(studio: Studio) -> list[tuple[Fault, int]]:
    found = ledger_proof.examine(studio)
    assert found.state is State.BROKEN
    assert all(one.sentence.endswith(".") for one in found.findings)
    return [(one.fault, one.subject) for one in found.findings]


APPENDED = (
    "INSERT INTO token_entries (id, user_id, kind, delta, balance_after, idempotency_key,"
    " created_at, mac) SELECT max(id) + 1, user_id, 'grant', 9000, 9050, 'mine', 1, {mac}"
    " FROM token_entries",
    "UPDATE users SET token_balance = 9050",
)
SWAP = (
    "UPDATE token_entries SET id = -1 WHERE id = {0}",
    "UPDATE token_entries SET id = {0} WHERE id = {1}",
    "UPDATE token_entries SET id = {1} WHERE id = -1",
)


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        (("UPDATE token_entries SET created_at = 7 WHERE id = 4",), [(Fault.CHANGED, 4)]),
        (
            ("UPDATE token_entries SET mac = zeroblob(32) WHERE id = 4",),
            [(Fault.CHANGED, 4), (Fault.CHANGED, 5)],
        ),
        (("UPDATE token_entries SET mac = NULL WHERE id = 4",), [(Fault.ADDED, 4)]),
        (
            (
                "DELETE FROM token_entries WHERE id = 4",
                "UPDATE users SET token_balance = token_balance - 5",
            ),
            [(Fault.MISSING, 4)],
        ),
        (
            (
                "DELETE FROM token_entries WHERE id IN (3, 4)",
                "UPDATE users SET token_balance = token_balance - 10",
            ),
            [(Fault.MISSING, 3)],
        ),
        (
            [one.format(4, 5) for one in SWAP],
            [(Fault.MOVED, 4), (Fault.MOVED, 5), (Fault.CHANGED, 6)],
        ),
        (
            [one.format(3, 7) for one in SWAP],
            [(Fault.MOVED, 3), (Fault.CHANGED, 4), (Fault.MOVED, 7), (Fault.CHANGED, 8)],
        ),
        ([APPENDED[0].format(mac="NULL"), APPENDED[1]], [(Fault.ADDED, 10)]),
        ([APPENDED[0].format(mac="zeroblob(32)"), APPENDED[1]], [(Fault.ADDED, 10)]),
        (
            (
                "DELETE FROM token_entries WHERE id > 7",
                "UPDATE users SET token_balance = token_balance - 10",
            ),
            [(Fault.CUT, 9)],
        ),
        (("UPDATE users SET token_balance = 4000",), [(Fault.BALANCE, 0)]),
        (("UPDATE ledger_anchors SET reason = 'no reason'",), [(Fault.ANCHOR, 0)]),
    ],
)
def test_every_way_of_tampering_is_found_and_named(
    studio: Studio, statements: tuple[str, ...], expected: list[tuple[Fault, int]]
) -> None:
    assert ledger_proof.examine(studio).state is State.PROVEN
    tamper(studio, *statements)
    found = faults(studio)
    assert [one[0] for one in found] == [one[0] for one in expected]
    for (_, subject), (_, wanted) in zip(found, expected, strict=True):
        assert wanted in (0, subject)
    assert not health.verify(studio).ok


@pytest.mark.parametrize(
    "change",
    [
        "user_id = 77",
        "kind = 'purchase'",
        "delta = 6",
        "settled = 1",
        "balance_after = balance_after + 1",
        "generation_id = 1",
        "purchase_id = 1",
        "purchase_id = 0",
        "created_at = created_at + 1",
        "idempotency_key = idempotency_key || '0'",
        "idempotency_key = idempotency_key || char(0)",
        "idempotency_key = ''",
        "created_at = 1, idempotency_key = '7|' || idempotency_key",
    ],
)
def test_a_change_of_any_field_is_found(studio: Studio, change: str) -> None:
    studio.database.run("PRAGMA foreign_keys = OFF")
    studio.database.run("PRAGMA ignore_check_constraints = ON")
    tamper(studio, f"UPDATE token_entries SET {change} WHERE id = 4")
    assert (Fault.CHANGED, 4) in faults(studio)


def test_the_database_writes_an_entry_as_its_seal_covers_it(studio: Studio) -> None:
    for number, name in enumerate(("a|b", "ä€𝄞", "n\0l", "None", " ", "'")):
        key = f"{name}/{number}"
        with studio.database.write():
            entries.append(
                studio.database,
                studio.user_id,
                Movement(Kind.PURCHASE, number + 1, 0, key, None, None if number % 2 else 1 << 62),
                -number,
            )
        fields = studio.database.row(
            "SELECT id, user_id, kind, delta, settled, balance_after, generation_id, purchase_id,"
            " created_at, idempotency_key FROM token_entries ORDER BY id DESC LIMIT 1"
        )
        assert fields is not None
        assert fields[9] == key
        *_, last = seals.stream(studio.database)
        assert last[1] == written(tuple(fields))
    settle_head(studio)
    assert ledger_proof.examine(studio).state is State.PROVEN


@pytest.mark.parametrize("length", [0, 32, 64, 65, 200])
def test_the_quick_seal_is_the_one_of_the_standard_library(length: int) -> None:
    key, before = bytes(range(length)), b"b" * 32
    for text in (b"", b"1|2|grant", bytes(range(256)) * 3):
        assert sealer(key)(before, text) == seal(key, before, text)


def test_a_broken_ledger_makes_the_wallet_read_only_until_it_is_accepted(
    studio: Studio, tmp_path: Path, drawer: Drawer
) -> None:
    product = import_photo(studio, tmp_path)
    running = generate.start(studio, brief_for(product))
    told: list[LedgerChecked] = []
    studio.bus.subscribe(lambda fact: told.append(fact) if isinstance(fact, LedgerChecked) else 0)
    tamper(studio, "UPDATE users SET token_balance = 4000")
    assert ledger_proof.at_start(studio).state is State.BROKEN
    assert [one.state for one in told] == ["broken"]
    assert "4,000" in ledger_proof.standing(studio).sentence

    # Another process, and one without any keyring, keep to it as well.
    other = opened(studio.workspace.root, None)
    with pytest.raises(WalletReadOnly, match="4,000") as caught:
        generate.start(other, brief_for(product))
    assert "Nothing was changed" in caught.value.sentence
    assert ledger_proof.standing(other).state is State.BROKEN
    close_studio(other)
    with pytest.raises(WalletReadOnly):
        give(studio, 1)
    from stylestudio_desktop.services import steering

    steering.cancel(studio, running.id)  # what was held is still given back

    with pytest.raises(BadInput, match="one sentence"):
        ledger_proof.anchor(studio, "  ")
    ledger_proof.anchor(studio, "I tried\nsomething out")
    assert ledger_proof.standing(studio).state is State.UNKNOWN
    assert ledger_proof.at_start(studio).state is State.PROVEN
    assert ledger_proof.standing(studio).state is State.PROVEN
    assert [one.reason for one in ledger_proof.history(studio)] == [
        ledger_proof.FIRST,
        "I tried something out",
    ]
    assert studio.database.value("SELECT token_balance FROM users") == 50
    assert health.verify(studio).ok
    give(studio, 1)
    settle_head(studio)
    assert ledger_proof.examine(studio).state is State.PROVEN
    names = [name.partition(":")[0] for _, name in drawer.kept]
    assert sorted(names) == ["ledger", "ledgerhead", "place"]


def test_a_restored_ledger_opens_the_wallet_again(studio: Studio) -> None:
    tamper(studio, "UPDATE users SET token_balance = token_balance + 1")
    ledger_proof.at_start(studio)
    tamper(studio, "UPDATE users SET token_balance = token_balance - 1")
    assert ledger_proof.at_start(studio).state is State.PROVEN
    give(studio, 1)


def test_entries_that_add_up_to_less_than_nothing_can_not_be_accepted(studio: Studio) -> None:
    tamper(
        studio,
        "DELETE FROM token_entries WHERE id < 9",
        "UPDATE token_entries SET kind = 'hold', delta = -5",
    )
    with pytest.raises(StudioError, match="restore a backup"):
        ledger_proof.anchor(studio, "why not")


def test_a_head_that_comes_after_the_ledger_was_sealed_anew_is_not_kept(
    studio: Studio, drawer: Drawer
) -> None:
    [first] = ledger_proof.history(studio)
    settle_head(studio)
    ledger_proof.anchor(studio, "To begin again.")
    studio.database.seals.moved(first.id, Head(99, b"late"))
    settle_head(studio)
    assert f"ledgerhead:{first.id}" not in {name for _, name in drawer.kept}


def test_a_head_written_while_the_ledger_is_sealed_anew_goes_again(
    studio: Studio, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = ledger_proof.history(studio)
    settle_head(studio)
    newest = iter([first.id, first.id + 1])
    monkeypatch.setattr(ledger_keys.seals, "newest", lambda _database: next(newest))
    studio.database.seals.moved(first.id, Head(99, b"late"))
    settle_head(studio)
    monkeypatch.undo()
    assert f"ledgerhead:{first.id}" not in {name for _, name in drawer.kept}


def test_without_a_keyring_the_ledger_says_that_it_is_not_sealed(tmp_path: Path) -> None:
    studio = opened(tmp_path / "workspace", None)
    found = ledger_proof.at_start(studio)
    assert found.state is State.UNSEALED
    assert "no keyring" in found.sentence
    give(studio, 5)
    assert studio.database.value("SELECT count(mac) FROM token_entries") == 0
    proof = health.verify(studio)
    assert proof.ok
    assert proof.remarks == (found.sentence,)
    with pytest.raises(StudioError, match="can't be sealed"):
        ledger_proof.anchor(studio, "to be safe")
    assert studio.database.value("SELECT count(*) FROM ledger_anchors") == 0
    close_studio(studio)


def test_without_a_keyring_the_sums_are_still_checked_at_start(tmp_path: Path) -> None:
    studio = opened(tmp_path / "workspace", None)
    product = import_photo(studio, tmp_path)
    give(studio, 5)
    studio.database.run("UPDATE users SET token_balance = 9000")
    found = ledger_proof.at_start(studio)
    assert found.state is State.BROKEN
    assert [(one.fault, one.subject) for one in found.findings] == [(Fault.BALANCE, studio.user_id)]
    with pytest.raises(WalletReadOnly):
        generate.start(studio, brief_for(product))
    close_studio(studio)


def test_without_a_keyring_balances_are_put_right_and_the_reason_is_kept(tmp_path: Path) -> None:
    studio = opened(tmp_path / "workspace", None)
    give(studio, 5)
    studio.database.run("UPDATE users SET token_balance = 9000, total_tokens_used = 7")
    assert ledger_proof.at_start(studio).state is State.BROKEN
    assert ledger_proof.hindrance(studio) == ""
    assert "9,000 tokens; they add up to 15" in ledger_proof.standing(studio).sentence
    ledger_proof.anchor(studio, "I looked into the file.")
    assert ledger_proof.at_start(studio).state is State.UNSEALED
    assert health.verify(studio).ok
    give(studio, 1)
    assert [one.reason for one in ledger_proof.corrections(studio)] == ["I looked into the file."]
    assert studio.database.value("SELECT count(*) FROM ledger_anchors") == 0
    close_studio(studio)


def test_without_a_keyring_balances_that_were_put_back_open_the_wallet(tmp_path: Path) -> None:
    studio = opened(tmp_path / "workspace", None)
    studio.database.run("UPDATE users SET token_balance = 9000")
    assert ledger_proof.at_start(studio).state is State.BROKEN
    studio.database.run("UPDATE users SET token_balance = 10")
    assert ledger_proof.at_start(studio).state is State.UNSEALED
    assert ledger_proof.standing(studio).state is State.UNSEALED
    give(studio, 1)
    close_studio(studio)


def test_a_broken_chain_waits_for_the_keyring_and_says_so(studio: Studio, drawer: Drawer) -> None:
    tamper(studio, "UPDATE token_entries SET created_at = 7 WHERE id = 4")
    ledger_proof.at_start(studio)
    assert ledger_proof.hindrance(studio) == ""
    drawer.locked = True
    other = opened(studio.workspace.root, drawer)
    # The sums are right, and that says nothing about the chain.
    assert ledger_proof.at_start(other).state is State.UNSEALED
    assert ledger_proof.standing(other).state is State.BROKEN
    assert "restore a backup" in ledger_proof.hindrance(other)
    other.database.run("UPDATE users SET token_balance = token_balance + 1")
    assert ledger_proof.at_start(other).findings[0].fault is Fault.BALANCE
    assert "Entry 4 was changed" in ledger_proof.standing(other).sentence
    with pytest.raises(StudioError, match="Make the keyring ready"):
        ledger_proof.anchor(other, "Never mind.")
    with pytest.raises(WalletReadOnly):
        give(other, 1)
    assert ledger_proof.corrections(other) == []
    close_studio(other)


def test_a_sealed_chain_outlives_a_correction_without_the_keyring(
    studio: Studio, drawer: Drawer
) -> None:
    settle_head(studio)
    drawer.locked = True
    other = opened(studio.workspace.root, drawer)
    other.database.run("UPDATE users SET token_balance = 9000")
    assert ledger_proof.at_start(other).state is State.BROKEN
    ledger_proof.anchor(other, "A slip.")
    close_studio(other)
    drawer.locked = False
    assert ledger_proof.at_start(studio).state is State.PROVEN
    assert [one.reason for one in ledger_proof.history(studio)] == [ledger_proof.FIRST]


def test_who_is_meant_is_named_and_nobody_reads_what_another_has(studio: Studio) -> None:
    studio.database.run("UPDATE users SET name = 'Mara'")
    ben = profiles.add(studio, "Ben")
    theirs = dataclasses.replace(studio, user_id=ben.id)
    tamper(studio, f"UPDATE users SET token_balance = 4000 WHERE id = {studio.user_id}")
    found = ledger_proof.at_start(studio)
    assert f"“Mara” (user {studio.user_id}) shows a balance of 4,000" in found.sentence
    mine = ledger_proof.standing(studio).sentence
    assert mine.startswith("The balance of “Mara” is not what its entries add up to.")
    assert "4,000" in mine
    for sentence in (ledger_proof.standing(theirs).sentence, seals.told(studio.database) or ""):
        assert "“Mara”" in sentence
        assert "4,000" not in sentence
        assert str(studio.user_id) not in sentence
    with pytest.raises(WalletReadOnly) as caught:
        give(theirs, 1)
    assert "4,000" not in caught.value.sentence
    leaving.delete(studio, studio.user_id)
    ledger_proof.at_start(theirs)
    assert "a deleted account" in ledger_proof.standing(theirs).sentence
    assert f"User {studio.user_id} shows" in ledger_proof.examine(theirs).findings[0].sentence


def test_what_is_written_while_the_keyring_is_locked_is_named_until_accepted(
    studio: Studio, drawer: Drawer
) -> None:
    settle_head(studio)
    root = studio.workspace.root
    drawer.locked = True
    other = opened(root, drawer)
    give(other, 5)
    give(other, 6)
    assert ledger_proof.at_start(other).state is State.UNSEALED
    close_studio(other)
    drawer.locked = False
    give(studio, 7)  # a host with the key in hand goes on with the chain
    settle_head(studio)
    assert faults(studio) == [(Fault.ADDED, 10), (Fault.ADDED, 11)]
    ledger_proof.anchor(studio, "The keyring was locked.")
    assert ledger_proof.at_start(studio).state is State.PROVEN


def test_an_entry_after_nothing_but_unsealed_ones_follows_the_anchor(
    tmp_path: Path, drawer: Drawer
) -> None:
    studio = opened(tmp_path / "workspace", drawer)
    ledger_proof.at_start(studio)
    tamper(studio, "UPDATE token_entries SET mac = NULL")
    give(studio, 1)
    settle_head(studio)
    assert faults(studio) == [(Fault.ADDED, 1)]
    close_studio(studio)


def test_an_older_copy_and_another_library_in_its_place_are_noticed(
    studio: Studio, tmp_path: Path, drawer: Drawer
) -> None:
    root = studio.workspace.root
    settle_head(studio)
    older = tmp_path / "older.sqlite3"
    studio.database.run("VACUUM INTO ?", (str(older),))
    give(studio, 5)
    settle_head(studio)
    close_studio(studio)

    def put(path: Path) -> Studio:
        for one in root.glob("library.sqlite3*"):
            one.unlink()
        shutil.copy(path, root / "library.sqlite3")
        return opened(root, drawer)

    again = put(older)
    assert faults(again) == [(Fault.CUT, 10)]
    close_studio(again)

    # A library with a chain of its own, from another folder of this computer.
    strange = opened(tmp_path / "strange", drawer)
    ledger_proof.at_start(strange)
    give(strange, 1000)
    close_studio(strange)
    again = put(tmp_path / "strange" / "library.sqlite3")
    assert [one[0] for one in faults(again)] == [Fault.SWAPPED]
    close_studio(again)

    # One that was never sealed, made where there is no keyring.
    unsealed = opened(tmp_path / "unsealed", None)
    unsealed.database.run("UPDATE users SET name = 'Rich'")
    with unsealed.database.write():
        unsealed.database.run(
            "INSERT INTO token_entries (user_id, kind, delta, balance_after, idempotency_key,"
            " created_at, purchase_id) SELECT id, 'purchase', 9000, 9010, 'p', 1, 1 FROM users"
        )
    close_studio(unsealed)
    again = put(tmp_path / "unsealed" / "library.sqlite3")
    assert ledger_proof.at_start(again).findings[0].fault is Fault.SWAPPED
    ledger_proof.anchor(again, "It is mine.")
    assert ledger_proof.at_start(again).state is State.PROVEN
    close_studio(again)

    # A new library in an emptied folder has nothing to hide.
    for one in root.glob("library.sqlite3*"):
        one.unlink()
    remembered.forget(again.workspace)
    fresh = opened(root, drawer)
    assert ledger_proof.at_start(fresh).state is State.PROVEN
    close_studio(fresh)


def test_a_moved_folder_is_recognised_and_a_copy_that_went_another_way_is_not(
    studio: Studio, tmp_path: Path, drawer: Drawer
) -> None:
    root = studio.workspace.root
    settle_head(studio)
    close_studio(studio)
    shutil.copytree(root, tmp_path / "copy")
    copied = opened(tmp_path / "copy", drawer)
    assert ledger_proof.at_start(copied).state is State.PROVEN
    for _ in range(3):
        give(copied, 1)
    close_studio(copied)
    first = opened(root, drawer)
    give(first, 1)
    assert [one[0] for one in faults(first)] == [Fault.CUT]
    for _ in range(3):
        give(first, 1)
    settle_head(first)  # does not overwrite what the other copy has left
    assert [one[0] for one in faults(first)] == [Fault.SWAPPED]
    close_studio(first)
    copied = opened(tmp_path / "copy", drawer)
    assert ledger_proof.examine(copied).state is State.PROVEN
    close_studio(copied)


def test_a_library_from_another_computer_is_named(studio: Studio, drawer: Drawer) -> None:
    settle_head(studio)
    drawer.kept.clear()
    found = ledger_proof.examine(studio)
    assert found.findings[0].fault is Fault.SWAPPED
    assert "another computer" in found.sentence


def test_a_head_that_was_lost_is_set_again(studio: Studio, drawer: Drawer) -> None:
    settle_head(studio)
    (name,) = [name for name in drawer.kept if name[1].startswith("ledgerhead")]
    was = drawer.kept.pop(name)
    assert ledger_proof.examine(studio).state is State.PROVEN
    assert drawer.kept[name] == was
    drawer.kept[name] = "nonsense"
    assert ledger_proof.examine(studio).state is State.PROVEN
    assert drawer.kept[name] == was


def test_the_keyring_is_not_asked_for_each_entry(studio: Studio, drawer: Drawer) -> None:
    settle_head(studio)
    ledger_keys.attach(
        studio.database, studio.secrets
    )  # one that is in no hurry, as it is while the program runs
    ledger_proof.prepare(studio)
    before = drawer.asked
    with studio.database.write():
        for _ in range(100):
            give(studio, 1)
    assert drawer.asked == before
    settle_head(studio)
    assert drawer.asked - before <= 4


def test_the_head_never_goes_back(studio: Studio, drawer: Drawer) -> None:
    settle_head(studio)
    anchor = seals.newest(studio.database) or 0
    from stylestudio_desktop.domain.seal import Head

    name = ("StyleStudio", f"ledgerhead:{anchor}")
    was = drawer.kept[name]
    ledger_keys.HeadKeeper(studio.database, studio.secrets)._write(anchor, Head(2, b"x"))
    assert drawer.kept[name] == was


def test_a_head_that_can_not_be_written_holds_nobody_up(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from stylestudio_desktop.domain.errors import StorageError

    def fail(*_: object) -> None:
        raise StorageError("The disk is gone.")

    settle_head(studio)
    monkeypatch.setattr(seals, "mac_of", fail)
    give(studio, 1)
    settle_head(studio)
    assert "The disk is gone." in caplog.text
    monkeypatch.undo()
    give(studio, 1)
    settle_head(studio)
    assert ledger_proof.examine(studio).state is State.PROVEN


def test_the_first_seal_takes_what_is_there_and_bulk_writing_goes_on(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = opened(tmp_path / "workspace", drawer)
    synthetic.fill(studio, 40)
    monkeypatch.setattr(ledger_proof, "PORTION", 7)
    assert ledger_proof.at_start(studio).state is State.PROVEN
    synthetic.fill(studio, 40, seed=2)
    settle_head(studio)
    found = ledger_proof.examine(studio)
    assert (found.state, found.entries) == (
        State.PROVEN,
        studio.database.value("SELECT count(*) FROM token_entries"),
    )
    assert studio.database.value("SELECT count(*) FROM token_entries WHERE mac IS NULL") == 0
    assert health.verify(studio).ok
    close_studio(studio)


def test_programs_that_seal_at_once_agree(tmp_path: Path, drawer: Drawer) -> None:
    one, two = (opened(tmp_path / "workspace", drawer) for _ in range(2))
    gate = threading.Barrier(2)

    def seal(studio: Studio) -> None:
        with studio.database.connection():
            gate.wait()
            ledger_proof.at_start(studio)

    started = [threading.Thread(target=seal, args=(studio,)) for studio in (one, two)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join(30)
    for studio in (one, two):
        assert ledger_proof.examine(studio).state is State.PROVEN
    assert len(ledger_proof.history(one)) == 1
    for studio in (one, two):
        close_studio(studio)


def test_a_chain_that_another_program_began_meanwhile_is_not_begun_again(
    tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (opened(tmp_path / "workspace", drawer) for _ in range(2))
    may_begin = ledger_proof._may_begin

    def looked(studio: Studio) -> bool:
        monkeypatch.setattr(ledger_proof, "_may_begin", may_begin)
        with one.database.connection():
            ledger_proof.at_start(one)
        return True

    monkeypatch.setattr(ledger_proof, "_may_begin", looked)
    assert ledger_proof.at_start(two).state is State.PROVEN
    assert len(ledger_proof.history(one)) == 1
    for studio in (one, two):
        close_studio(studio)


def test_whoever_waits_too_long_for_another_program_is_told(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    from filelock import FileLock

    monkeypatch.setattr(ledger_proof, "ACCEPTING_S", 0.0)
    with FileLock(studio.workspace.locks / "ledger.lock"), pytest.raises(StorageBusy):
        ledger_proof.anchor(studio, "why not")


def test_a_ledger_accepted_during_a_check_is_checked_anew(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_head(studio)
    look: Callable[..., ledger_keys.Kept] = ledger_keys.look
    asked: list[int | None] = []

    def and_meanwhile(studio: Studio, anchor: int | None) -> ledger_keys.Kept:
        found = look(studio, anchor)
        asked.append(anchor)
        if len(asked) == 1:
            ledger_proof.anchor(studio, "just now")
        return found

    monkeypatch.setattr(ledger_keys, "look", and_meanwhile)
    assert ledger_proof.examine(studio).state is State.PROVEN
    assert len(set(asked)) == 2


def test_a_check_ends_when_the_program_does(studio: Studio) -> None:
    assert ledger_proof.at_start(studio, stopped=lambda: True).state is State.UNKNOWN


def test_a_balance_that_does_not_continue_is_told_until_it_is_accepted(studio: Studio) -> None:
    tamper(studio, "UPDATE token_entries SET balance_after = 4 WHERE id = 6")
    told = [one.rule for one in health.verify(studio).problems]
    assert told == [Fault.CHANGED.value, "ledger chain", "ledger chain"]
    ledger_proof.anchor(studio, "A slip of the finger.")
    assert health.verify(studio).ok
    give(studio, 3)
    assert health.verify(studio).ok


def test_many_changed_entries_are_each_named(studio: Studio) -> None:
    for _ in range(10):
        give(studio, 1)
    tamper(studio, "UPDATE token_entries SET created_at = 7 WHERE id > 3")
    assert faults(studio) == [(Fault.CHANGED, one) for one in range(4, 20)]


_SCRIPT = """
import sys
from pathlib import Path
from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.ids import now_ms
from stylestudio_desktop.services import ledger_proof
from stylestudio_desktop.store import entries
studio = open_studio(Workspace(Path({root!r})), {{}})
print(ledger_proof.at_start(studio).state.value, studio.secrets.backend_name)
{more}
close_studio(studio)
"""
_GIVE = """
with studio.database.write():
    move = ledger.grant(studio.user_id, 5, {reason!r})
    entries.append(studio.database, studio.user_id, move, now_ms())
"""
_CUT = """
with studio.database.write():
    studio.database.run("DROP TRIGGER token_entries_last")
    studio.database.run("DELETE FROM token_entries WHERE id = 3")
    studio.database.run("UPDATE users SET token_balance = 15")
"""


@pytest.mark.linux
@pytest.mark.skipif(bool(session.missing()), reason=session.missing() or "there is one")
def test_a_real_keyring_holds_key_and_head_over_sessions(tmp_path: Path) -> None:
    root = str(tmp_path / "workspace")
    steps = [_GIVE.format(reason="one") + _GIVE.format(reason="two"), "", _CUT, ""]
    told = [session.run(tmp_path, _SCRIPT.format(root=root, more=more)) for more in steps]
    assert [one.split()[0] for one in told] == ["proven", "proven", "proven", "broken"]
    assert "Secret Service" in told[0]
    # Locked, it says that nothing can be proven, and holds nobody up.
    locked = session.run(tmp_path, _SCRIPT.format(root=root, more=""), password="")
    assert locked.split()[0] == "unsealed"


def test_without_a_keyring_a_ledger_that_never_was_sealed_is_restored_without_alarm(
    tmp_path: Path, studio: Studio, drawer: Drawer, caplog: pytest.LogCaptureFixture
) -> None:
    unsealed = opened(tmp_path / "other", None)
    unsealed.database.seals.restored = "The library was brought back from a backup."
    with caplog.at_level("WARNING"):
        assert ledger_proof.at_start(unsealed).state is State.UNSEALED
        assert caplog.messages == []
        drawer.locked = True
        other = opened(studio.workspace.root, drawer)
        other.database.seals.restored = "The library was brought back from a backup."
        ledger_proof.at_start(other)
        assert "was not sealed" in caplog.text
    caplog.clear()
    close_studio(other)
    close_studio(unsealed)
