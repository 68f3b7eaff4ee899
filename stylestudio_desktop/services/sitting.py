"""Who sits at the desk, and what their window remembers: a draft is nobody else's to read."""

from collections.abc import Collection, Mapping
from typing import Any

from stylestudio_desktop.config.settings import Settings
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import users


def sit_down(studio: Studio, user_id: int) -> None:
    """Let this profile be at the desk from now on, with the memory of their own window."""

    def change(now: Settings) -> Mapping[str, Any]:
        before, wanted = _at_desk(studio, now.profile), str(user_id)
        if before == wanted:
            return {"profile": wanted}
        windows = {**now.windows, before: now.window}
        window = windows.pop(wanted, {})
        return {"profile": wanted, "window": _plain(window), "windows": windows}

    studio.settings.alter(change)


def forget(studio: Studio, user_id: int) -> None:
    """Forget a deleted profile's window and budget; the first sits down where it was at the desk.

    Comes after the profile is gone.
    """

    def change(now: Settings) -> Mapping[str, Any]:
        windows = {name: kept for name, kept in now.windows.items() if name != str(user_id)}
        budgets = {name: kept for name, kept in now.monthly_budgets.items() if name != str(user_id)}
        desk = _at_desk(studio, now.profile)
        was_there = now.profile == str(user_id) or (
            desk != now.profile and (not desk or user_id < int(desk))  # it was the first
        )
        if not was_there:
            return {"windows": windows, "monthly_budgets": budgets}
        window = _plain(windows.pop(desk, {}))
        return {
            "profile": "", "window": window, "windows": windows, "monthly_budgets": budgets,
        }  # fmt: skip

    studio.settings.alter(change)


def remember_window(
    studio: Studio, memory: dict[str, Any], touched: Collection[str] | None = None
) -> None:
    """Keep what the window of `studio`'s person remembers, whoever sits at the desk by now.

    Of panes that are not `touched` (all are, if it is None) what is kept already stays: another
    window of theirs may have kept a newer draft meanwhile.
    """

    def change(now: Settings) -> Mapping[str, Any]:
        mine = str(studio.user_id)
        if _at_desk(studio, now.profile) == mine:
            return {"window": _merged(memory, now.window, touched)}
        if users.get(studio.database, studio.user_id) is None:
            return {}
        kept = _plain(now.windows.get(mine, {}))
        return {"windows": {**now.windows, mine: _merged(memory, kept, touched)}}

    studio.settings.alter(change)


def _merged(
    memory: dict[str, Any], kept: dict[str, Any], touched: Collection[str] | None
) -> dict[str, Any]:
    if touched is None:
        return memory
    panes, stay = _plain(memory.get("panes")), _plain(kept.get("panes"))
    stay = {name: one for name, one in stay.items() if name not in touched}
    return {**memory, "panes": {**panes, **stay}}


def _at_desk(studio: Studio, chosen: str) -> str:
    """Return the id of who opens with this setting, empty in a workspace without anybody."""
    if chosen.isdecimal() and users.get(studio.database, int(chosen)) is not None:
        return chosen
    first = users.first(studio.database)
    return "" if first is None else str(first.id)


def _plain(window: Any) -> dict[str, Any]:
    return window if isinstance(window, dict) else {}
