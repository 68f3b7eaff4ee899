"""What every use case works with: one workspace, its rooms, and the person at the desk."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.catalog import Catalogue
from stylestudio_desktop.domain.errors import NotFound
from stylestudio_desktop.domain.events import Event
from stylestudio_desktop.files.bounds import Limits
from stylestudio_desktop.files.store import FileStore
from stylestudio_desktop.files.thumbnails import ThumbnailCache
from stylestudio_desktop.services.bus import Bus
from stylestudio_desktop.store.database import Database
from stylestudio_desktop.vault.secrets import Secrets

if TYPE_CHECKING:
    from stylestudio_desktop.payments.gateway import Gateway
    from stylestudio_desktop.providers.protocol import Provider


@dataclass(frozen=True)
class Studio:
    """An open workspace. Built once by `app`; safe to use from every thread."""

    workspace: Workspace
    database: Database
    files: FileStore
    thumbnails: ThumbnailCache
    settings: SettingsFile
    catalogue: Catalogue
    providers: "Mapping[str, Provider]"
    bus: Bus
    user_id: int
    secrets: Secrets = field(default_factory=Secrets)
    gateways: "Callable[[Studio], Gateway] | None" = None
    """Stands in for the payment gateway that the key gives, for tests."""

    @property
    def limits(self) -> Limits:
        """What one picture may be, as the settings say."""
        value = self.settings.value
        return Limits(
            max_bytes=round(value.max_file_mb * 1_048_576),
            max_pixels=round(value.max_megapixels * 1_000_000),
        )

    def provider(self, name: str) -> "Provider":
        """Return the picture-making service called `name`. Raises NotFound."""
        found = self.providers.get(name)
        if found is None:
            names = ", ".join(self.providers)
            raise NotFound(f"There is no service called “{name[:60]}”. Choose one of: {names}.")
        return found

    def tell(self, event: Event) -> None:
        """Publish a fact as soon as the running transaction is durable."""
        self.database.after_commit(lambda: self.bus.publish(event))
