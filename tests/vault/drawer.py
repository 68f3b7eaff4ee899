"""A keyring in memory that is locked on demand, for tests that need one and no bus."""

from typing import Any

import keyring.errors

from stylestudio_desktop.vault.secrets import Secrets


class Drawer:
    """A keyring in memory, locked on demand; asks are counted."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False
        self.asked = 0

    def _open(self, name: str) -> None:
        self.asked += 1
        if self.locked:
            raise keyring.errors.KeyringLocked(f"locked, asked for {name}")

    def get_password(self, service: str, name: str) -> str | None:
        self._open(name)
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self._open(secret)
        self.kept[service, name] = secret

    def delete_password(self, service: str, name: str) -> None:
        self._open(name)
        if (service, name) not in self.kept:
            raise keyring.errors.PasswordDeleteError("none")
        del self.kept[service, name]


def with_backend(backend: Any, environment: dict[str, str] | None = None) -> Secrets:
    """Return the door to this keyring, or to none at all."""
    secrets = Secrets(environment or {})
    secrets._looked = True
    secrets._backend = backend
    secrets._backend_name = "Drawer" if backend else ""
    return secrets
