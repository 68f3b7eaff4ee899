"""The one door to keys and passwords: the system's own keyring, else this session's memory.

Every call may ask another process and wait for a person to unlock the keyring, so none is made
from the window's thread.
"""

import importlib
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple

from stylestudio_desktop.domain.errors import BadInput

_log = logging.getLogger(__name__)

SERVICE = "StyleStudio"
LONGEST = 2400
"""Characters of a secret; Windows' Credential Manager takes about 2.5 kB an entry."""
ENVIRONMENT: Mapping[str, str] = {
    "provider:openai": "OPENAI_API_KEY",
    "provider:replicate": "REPLICATE_API_TOKEN",
    "provider:fashn": "FASHN_API_KEY",
    "provider:fal": "FAL_KEY",
    "provider:gemini": "GEMINI_API_KEY",
    "payment:stripe": "STRIPE_API_KEY",
}
"""Where a key is looked for last, read-only; the names are the services' own."""
SWITCH = "STYLESTUDIO_KEYRING"
"""Set to “off”, no keyring is looked for: secrets stay in memory. The tests run like that."""
_REMEMBERED_S = 30.0
_NAME = re.compile(r"[a-z][a-z0-9_]*(?::[A-Za-z0-9_.-]{1,64}){1,3}")
# Only these keep a secret from other people and programs. What the keyring library would choose
# by itself may be a plain file.
_TRUSTED = {
    "win32": (("keyring.backends.Windows", "WinVaultKeyring", "Windows Credential Manager"),),
    "darwin": (("keyring.backends.macOS", "Keyring", "macOS Keychain"),),
    "linux": (
        ("keyring.backends.SecretService", "Keyring", "Secret Service"),
        ("keyring.backends.kwallet", "DBusKeyring", "KWallet"),
    ),
}


class Source(Enum):
    """Where a secret lies."""

    KEYRING = "keyring"
    MEMORY = "memory"  # until the program ends
    ENVIRONMENT = "environment"


class Keeping(NamedTuple):
    """How secrets are kept on this computer, in words for people."""

    lasting: bool
    name: str
    sentence: str


class Secrets:
    """Keeps secrets by names such as “provider:openai”; safe to use from any thread."""

    def __init__(
        self, environment: Mapping[str, str] | None = None, service: str = SERVICE
    ) -> None:
        """`environment` stands in for the process's own; `service` is the keyring's folder."""
        self._environment = os.environ if environment is None else environment
        self._service = service
        self._lock = threading.RLock()
        self._memory: dict[str, str] = {}
        self._recent: dict[str, tuple[float, str | None]] = {}
        self._backend: Any = None
        self._backend_name = ""
        self._looked = False
        self._locked = False

    def __repr__(self) -> str:
        return "Secrets(…)"

    def get(self, name: str, fresh: bool = False) -> str | None:
        """Return a secret, None where there is none or the keyring stays locked.

        A `fresh` one is asked for anew, where another process may have changed it.
        """
        if fresh:
            with self._lock:
                self._recent.pop(name, None)
        return self._find(name)[1]

    def source(self, name: str) -> Source | None:
        """Return where the secret that `get` gives lies."""
        return self._find(name)[0]

    def ending(self, name: str) -> str:
        """Return the last four characters, enough for a person to know their key again."""
        secret = self.get(name)
        return "" if not secret or len(secret) < 12 else f"…{secret[-4:]}"

    def set(self, name: str, secret: str) -> Source:
        """Keep a secret and say where it lies now.

        MEMORY means that there is no usable keyring, or it stays locked: the secret is gone when
        the program ends. Raises BadInput for a text that can't be a key; it never repeats it.
        """
        _checked(name)
        secret = secret.strip()
        if not secret or len(secret) > LONGEST or not secret.isprintable():
            raise BadInput(
                "This can't be a key: it is empty, too long or holds unprintable characters. "
                "Nothing was changed. Copy the key again from the service's page."
            )
        with self._lock:
            self._recent.pop(name, None)
            if self._write(name, secret):
                self._memory.pop(name, None)
                return Source.KEYRING
            self._memory[name] = secret
            return Source.MEMORY

    def delete(self, name: str) -> bool:
        """Forget a secret and say whether that worked everywhere.

        False means that the keyring is locked and may still hold it. What comes from the
        environment can't be forgotten here.
        """
        _checked(name)
        with self._lock:
            self._recent.pop(name, None)
            self._memory.pop(name, None)
            backend = self._keyring()
            if backend is None:
                return True
            from keyring.errors import KeyringError, PasswordDeleteError

            try:
                backend.delete_password(self._service, name)
            except PasswordDeleteError:
                return True  # there was none
            except (KeyringError, OSError, RuntimeError) as error:
                self._note(error)
                return False
            return True

    @property
    def backend_name(self) -> str:
        """The keyring's name, empty where there is none that can be trusted."""
        with self._lock:
            self._keyring()
            return self._backend_name

    def keeping(self) -> Keeping:
        """Say how secrets are kept here."""
        name = self.backend_name
        if not name:
            return Keeping(
                False,
                "",
                "This computer has no keyring that can be used, so keys stay in memory and are "
                "gone when the program ends. They are never written to a file.",
            )
        if self._locked:
            return Keeping(
                False,
                name,
                f"The keyring ({name}) is locked, so keys stay in memory until the program ends. "
                "Unlock it and enter the key again to keep it.",
            )
        return Keeping(True, name, f"Keys are kept in this computer's keyring ({name}).")

    def _find(self, name: str) -> tuple[Source | None, str | None]:
        _checked(name)
        with self._lock:
            if name in self._memory:
                return Source.MEMORY, self._memory[name]
            kept = self._read(name)
        if kept:
            return Source.KEYRING, kept
        variable = ENVIRONMENT.get(name)
        given = self._environment.get(variable, "").strip() if variable else ""
        return (Source.ENVIRONMENT, given) if given else (None, None)

    def _read(self, name: str) -> str | None:
        """Ask the keyring, at most twice a minute for each name: it is another process."""
        known = self._recent.get(name)
        if known is not None and time.monotonic() - known[0] < _REMEMBERED_S:
            return known[1]
        backend = self._keyring()
        if backend is None:
            return None
        from keyring.errors import KeyringError

        try:
            found = backend.get_password(self._service, name)
        except (KeyringError, OSError, RuntimeError) as error:
            self._note(error)
            return None
        self._locked = False
        secret = found if isinstance(found, str) else None
        self._recent[name] = (time.monotonic(), secret)
        return secret

    def _write(self, name: str, secret: str) -> bool:
        backend = self._keyring()
        if backend is None:
            return False
        from keyring.errors import KeyringError

        try:
            backend.set_password(self._service, name, secret)
            kept = backend.get_password(self._service, name) == secret
        except (KeyringError, OSError, RuntimeError) as error:
            self._note(error)
            return False
        self._locked = False
        return bool(kept)

    def _note(self, error: Exception) -> None:
        self._locked = True
        # Only the kind: the text of such an error may repeat what was asked to be kept.
        _log.warning("the keyring can't be used now: %s", type(error).__name__)

    def _keyring(self) -> Any:
        """Return the system's keyring, None where there is none; looked for once."""
        if not self._looked:
            self._looked = True
            if os.environ.get(SWITCH) == "off":
                return None
            system = "linux" if sys.platform.startswith(("linux", "freebsd")) else sys.platform
            for module, class_name, name in _TRUSTED.get(system, ()):
                try:
                    found = getattr(importlib.import_module(module), class_name)
                    if not found.viable:
                        continue
                    self._backend = found()
                except Exception as error:
                    # The backends raise whatever their system libraries raise.
                    _log.info("%s is no keyring here: %s", name, type(error).__name__)
                    continue
                self._backend_name = name
                break
        return self._backend


def _checked(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError("the name of a secret looks like provider:NAME")
