"""Opens a library as every use case works with it; the one place that puts its rooms together.

What makes pictures is handed in: a library that is only taken into, beside the one that is open,
needs none of it.
"""

import contextlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from stylestudio_desktop.config import workspaces
from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.catalog import Catalogue
from stylestudio_desktop.domain.errors import StorageBusy, StorageError, StorageFull, StorageNewer
from stylestudio_desktop.files.bounds import Limits
from stylestudio_desktop.files.disk import flush_folder, storing
from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.files.thumbnails import ThumbnailCache
from stylestudio_desktop.services import ballast, ledger_keys
from stylestudio_desktop.services.accounts import open_local_profile
from stylestudio_desktop.services.bus import Bus
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.store.schema import bring_up_to_date
from stylestudio_desktop.vault.secrets import Secrets

if TYPE_CHECKING:
    from stylestudio_desktop.providers.protocol import Provider

_LEAST = 256 * 1024
"""Bytes that must be free for a library to be opened: its log and that one's index need some."""
THUMBNAIL_LIMITS = Limits(max_bytes=512 * 1_048_576, max_pixels=500_000_000)
"""What is already in the store was judged on its way in; this only bounds the decoder."""


def library(
    workspace: Workspace,
    catalogue: Catalogue,
    providers: "Callable[[SettingsFile, Secrets], Mapping[str, Provider]]",
    secrets: Secrets | None = None,
    settings: SettingsFile | None = None,
) -> Studio:
    """Open (or begin) the library in `workspace`. Raises StorageError or BadInput.

    `secrets` and `settings` are the workspace's own unless given.
    """
    workspace.make()
    database = _database(workspace)
    settings = settings or SettingsFile(workspace.settings)
    keys = workspaces.character(workspace).keys
    vault = Secrets(service=keys) if secrets is None else secrets
    # First of all: a profile that is made here may follow others whose ledger is sealed.
    ledger_keys.attach(database, vault)
    user = open_local_profile(database, catalogue.free_tokens, settings.value.profile)
    return Studio(
        workspace=workspace,
        database=database,
        files=FileStore(workspace.files, workspace.tmp),
        thumbnails=ThumbnailCache(workspace.thumbnails, THUMBNAIL_LIMITS),
        settings=settings,
        catalogue=catalogue,
        providers=providers(settings, vault),
        bus=Bus(),
        user_id=user.id,
        secrets=vault,
    )


def _database(workspace: Workspace) -> Database:
    """Open the database; on a full disk with the room that the ballast gives, or StorageFull.

    Without room SQLite can't even read, and says what it says of a damaged file.
    """
    for _ in range(2):
        try:
            return _opened(workspace)
        except StorageError as error:
            if isinstance(error, StorageBusy | StorageNewer) or not _is_full(workspace):
                raise
            if not ballast.drop(workspace):
                break
    raise StorageFull(
        "The disk is full, so the library can't be opened. Nothing was changed. Free some space "
        f"on the disk of {workspace.root}, then start again."
    )


def _opened(workspace: Workspace) -> Database:
    new = _is_new(workspace)
    database = Database(workspace.database)
    try:
        database.open()
        bring_up_to_date(database)
        if new:  # its name must outlast a power cut that the first pictures outlast
            with storing("making the library"):
                flush_folder(workspace.root)
    except StorageError:
        with contextlib.suppress(StorageError):
            database.close()
        raise
    return database


def _is_new(workspace: Workspace) -> bool:
    """Say whether a library begins here; StorageError where only its database is gone.

    An empty library in its place would look as if all was lost, and take every picture for one
    that nobody needs.
    """
    if workspace.database.exists():
        return False
    with storing("looking for the library"):
        left = (*workspace.backups.glob("*.sqlite3"), *islice(workspace.files.glob("??/??/*"), 1))
    if left:
        raise StorageError(
            f"The library's database is gone from {workspace.root}; pictures or snapshots of it "
            "are still there. Nothing was made in its place. “stylestudio backup list” shows the "
            "snapshots, and “stylestudio restore-backup NAME” brings one back. If there is none, "
            "“stylestudio rebuild” makes the library anew of the pictures themselves."
        )
    return True


def _is_full(workspace: Workspace) -> bool:
    try:
        return shutil.disk_usage(workspace.root).free < _LEAST
    except OSError:
        return False


def close(studio: Studio) -> None:
    """Let go of the library's files on this thread."""
    studio.thumbnails.close()
    studio.database.seals.close()
    studio.database.close()


@contextlib.contextmanager
def beside(studio: Studio, workspace: Workspace) -> Iterator[Studio]:
    """Hold another library open to take things in, without anything that makes pictures.

    Raises StorageError or BadInput.
    """
    other = library(workspace, studio.catalogue, lambda *_: {})
    try:
        yield other
    finally:
        close(other)
