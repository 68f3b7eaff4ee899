"""The ledger's key, head and place in the system's keyring, and who writes the head behind work."""

import hashlib
import logging
import threading
from typing import NamedTuple

from stylestudio_desktop.domain.errors import StorageError
from stylestudio_desktop.domain.seal import Head, head_text, read_head
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import seals
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.vault.secrets import Secrets, Source

_log = logging.getLogger(__name__)

BEHIND_S = 2.0
"""How long after an entry the head follows it into the keyring; a burst is one write."""
_CLOSING_S = 3.0


class Kept(NamedTuple):
    """What the keyring says: whether it can be used, and who lives at this workspace's place.

    `places` holds the anchor that is expected here; two while one is being exchanged.
    """

    usable: bool
    sentence: str
    places: tuple[int, ...]
    key: bytes | None
    head: Head | None


def look(studio: Studio, anchor: int | None) -> Kept:
    """Ask the keyring about the ledger with this anchor; never from the window's thread."""
    secrets = studio.secrets
    place = secrets.get(_place(studio), fresh=True) or ""
    key = head = None
    if anchor is not None:
        key = find_key(secrets, anchor)
        head = read_head(secrets.get(_head(anchor), fresh=True))
    keeping = secrets.keeping()
    places = tuple(int(one) for one in place.split(".") if one.isdigit())
    return Kept(keeping.lasting, keeping.sentence, places, key, head)


def find_key(secrets: Secrets, anchor: int) -> bytes | None:
    """Return an anchor's key, None where the keyring has none or can't be used."""
    name = f"ledger:{anchor}"
    text = secrets.get(name, fresh=True)
    # A key in this session's memory seals nothing that could be proven tomorrow.
    if not text or secrets.source(name) is not Source.KEYRING:
        return None
    return bytes.fromhex(text)


def keep_key(studio: Studio, anchor: int, key: bytes, before: int | None) -> bool:
    """Keep a new anchor's key, and expect it here beside the one before; False if impossible.

    Where nothing is expected yet that stays so until the anchor is dropped: an end half-way must
    not make a ledger without anchors look like a stranger.
    """
    secrets = studio.secrets
    name = f"ledger:{anchor}"
    if secrets.set(name, key.hex()) is not Source.KEYRING:
        secrets.delete(name)
        return False
    was = secrets.get(_place(studio), fresh=True) if before is None else str(before)
    if not was:
        return True
    return secrets.set(_place(studio), f"{anchor}.{was}") is Source.KEYRING


def settle_place(studio: Studio, anchor: int, head: Head, before: int | None) -> None:
    """Expect only this anchor here from now on, with this head; the former key is forgotten."""
    studio.secrets.set(_head(anchor), head_text(head))
    studio.secrets.set(_place(studio), str(anchor))
    if before is not None:
        studio.secrets.delete(f"ledger:{before}")
        studio.secrets.delete(_head(before))


def _head(anchor: int) -> str:
    return f"ledgerhead:{anchor}"


def _place(studio: Studio) -> str:
    path = str(studio.workspace.root.resolve())
    return f"place:{hashlib.sha256(path.encode()).hexdigest()[:32]}"


class HeadKeeper:
    """Writes the newest head into the keyring behind the work, on a thread of its own."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        """Keep heads of `database` in `secrets`; no thread runs until there is one to write."""
        self._database = database
        self._secrets = secrets
        self._lock = threading.Lock()
        self._hurry = threading.Event()
        self._latest: tuple[int, Head] | None = None
        self._thread: threading.Thread | None = None

    def moved(self, anchor: int, head: Head) -> None:
        """Note that the ledger ends here now."""
        with self._lock:
            self._latest = (anchor, head)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="ledger-head", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Write what is left, in bounded time: a keyring that waits for a person is left alone."""
        self._hurry.set()
        thread = self._thread
        if thread is not None:
            thread.join(_CLOSING_S)

    def _work(self) -> None:
        with self._database.connection():
            while True:
                self._hurry.wait(BEHIND_S)
                with self._lock:
                    latest, self._latest = self._latest, None
                    if latest is None:
                        self._thread = None
                        return
                try:
                    self._write(*latest)
                except StorageError as error:
                    _log.warning("the ledger's head was not kept: %s", error.sentence)

    def _write(self, anchor: int, head: Head) -> None:
        secrets, database = self._secrets, self._database
        if seals.newest(database) != anchor:
            return  # sealed anew since: nobody asks for this head any more
        there = read_head(secrets.get(_head(anchor), fresh=True))
        if there is not None:
            if there.entry_id >= head.entry_id:
                return  # another process was faster
            if seals.mac_of(database, there.entry_id) != there.mac:
                # The next check names it; the head that was seen stays the measure.
                _log.warning("the ledger does not continue where it was last seen")
                return
        secrets.set(_head(anchor), head_text(head))
        if seals.newest(database) != anchor:  # sealed anew in this very moment
            secrets.delete(_head(anchor))


def attach(database: Database, secrets: Secrets) -> None:
    """Let this library's entries be sealed; the keyring is asked when the first one is written."""
    keeper = HeadKeeper(database, secrets)
    database.seals.find_key = lambda anchor: find_key(secrets, anchor)
    database.seals.moved = keeper.moved
    database.seals.close = keeper.close
