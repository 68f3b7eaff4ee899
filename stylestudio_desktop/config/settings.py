"""The workspace's settings: typed, checked on reading, and written so that none is ever lost."""

import contextlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from stylestudio_desktop.domain.errors import StorageError


@dataclass(frozen=True, slots=True)
class Settings:
    """What people can set.

    `services` is read by `config/chosen.py`; `window` is whatever the window wants to find again.
    `monthly_budgets` has a person's own by their id; `monthly_budget` is that of all others.
    `shortcuts` has the keys that were chosen for actions of the window, by their names.
    """

    appearance: str = "system"
    language: str = "system"
    max_file_mb: float = 10.0
    max_megapixels: float = 50.0
    low_balance: int = 5
    trash_days: int = 30
    monthly_budget: int = 0
    monthly_budgets: dict[str, Any] = field(default_factory=dict)
    payment_relay: str = ""
    payment_return_page: str = "https://stripe.com/"
    no_network: bool = False
    engine_weights_offered: bool = False
    engine_files_tried_at: int = 0
    profile: str = ""
    sign_in_issuer: str = ""
    sign_in_client: str = ""
    backup_place: str = ""
    backup_every_days: int = 7
    shortcuts: dict[str, Any] = field(default_factory=dict)
    services: list[Any] = field(default_factory=list)
    window: dict[str, Any] = field(default_factory=dict)
    windows: dict[str, Any] = field(default_factory=dict)


_HUGE = 1 << 53
_Stamp = tuple[int, int, int] | None
_CHOICES = {"appearance": ("system", "light", "dark")}
_LIMITS = {
    "max_file_mb": (0.1, 500.0),
    "max_megapixels": (0.1, 500.0),
    "low_balance": (0, 100_000),
    "trash_days": (1, 3650),
    "monthly_budget": (0, 10_000_000),
    "backup_every_days": (0, 365),
}


class SettingsFile:
    """Settings as one JSON file; a damaged one is set aside and told, never silently lost.

    Several processes may use one workspace, so what another one has written is seen at the next
    look, and a change begins from what the file holds now.
    """

    def __init__(self, path: Path) -> None:
        """Use the file at `path`; it is read at the first look."""
        self.path = path
        self.remark: str | None = None
        self.followed = False
        """Somebody calls `look` again and again, so that nobody who reads waits for the disk."""
        self._lock = threading.Lock()
        self._value: Settings | None = None
        self._stamp: _Stamp = None

    @property
    def value(self) -> Settings:
        """The settings as they are now, or were at the last `look` if they are followed."""
        known = self._value
        if self.followed and known is not None:
            return known
        with self._lock:
            return self._current()

    def look(self) -> None:
        """See what another process has written; nobody waits for this, however long it takes."""
        before, stamp = self._stamp, self._stamped()
        if stamp == before:
            return
        found = self._read()
        with self._lock:
            if self._stamp == before:  # else something was written here meanwhile, and is newer
                self._value, self._stamp = found, stamp

    def change(self, **changes: Any) -> Settings:
        """Set some values, keep them on disk, and return all. Raises StorageError."""
        return self.alter(lambda _now: changes)

    def alter(self, make: Callable[[Settings], Mapping[str, Any]]) -> Settings:
        """Set the values that `make` derives from those of now, in one step.

        Raises StorageError, and whatever `make` raises; nothing has changed then.
        """
        with self._lock:
            now = self._current()
            new = checked(replace(now, **make(now)))
            self._write(new)
            self._value, self._stamp = new, self._stamped()
        return new

    def _current(self) -> Settings:
        stamp = self._stamped()
        if self._value is None or stamp != self._stamp:
            self._value, self._stamp = self._read(), stamp
        return self._value

    def _stamped(self) -> _Stamp:
        """Return what changes whenever another process has put a new file in its place."""
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _read(self) -> Settings:
        try:
            text = self.path.read_text("utf-8")
        except FileNotFoundError:
            return Settings()
        except (OSError, UnicodeDecodeError) as error:
            self.remark = f"The settings could not be read ({error}); the usual ones are used."
            return Settings()
        try:
            found = json.loads(text)
            if not isinstance(found, dict):
                raise ValueError("not an object")
        except (ValueError, RecursionError):
            aside = self.path.with_suffix(".damaged.json")
            with contextlib.suppress(OSError):
                self.path.replace(aside)
            self.remark = (
                f"The settings were damaged and are kept as {aside.name}; the usual ones are used."
            )
            return Settings()
        known = {one.name for one in fields(Settings)}
        return checked(_fitting({name: found[name] for name in known & found.keys()}))

    def _write(self, value: Settings) -> None:
        partial = self.path.with_suffix(".part")
        text = json.dumps(asdict(value), indent=1, ensure_ascii=False)
        if not _encodable(text):  # a folder's name may be no text at all
            text = json.dumps(asdict(value), indent=1)
        try:
            with open(partial, "w", encoding="utf-8", opener=_private) as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.path)
        except OSError as error:
            raise StorageError(
                f"The settings could not be saved: {error.strerror}. The former ones are kept. "
                "Check the disk and try again."
            ) from error


def _encodable(text: str) -> bool:
    with contextlib.suppress(UnicodeEncodeError):
        return bool(text.encode())
    return False


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _fitting(found: dict[str, Any]) -> Settings:
    usual = Settings()
    good = {}
    for name, value in found.items():
        expected = type(getattr(usual, name))
        if expected is float and isinstance(value, int) and not isinstance(value, bool):
            value = float(min(max(value, -_HUGE), _HUGE))
        if type(value) is expected:
            good[name] = value
    return replace(usual, **good)


def checked(value: Settings) -> Settings:
    """Return `value` with anything outside of its limits brought back to the usual."""
    usual = Settings()
    mended: dict[str, Any] = {}
    for name, choices in _CHOICES.items():
        if getattr(value, name) not in choices:
            mended[name] = getattr(usual, name)
    for name, (least, most) in _LIMITS.items():
        if not least <= getattr(value, name) <= most:
            mended[name] = getattr(usual, name)
    return replace(value, **mended) if mended else value
