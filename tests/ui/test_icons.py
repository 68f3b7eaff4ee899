"""Every icon that the code names is there, drawn in one family, and tinted."""

import ast
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.ui import actions, icons

CALLS = {"set_icon": 1, "set_label_icon": 1, "tool": 0, "icon": 0, "EmptyState": 0, "Status": 1}
UI = Path(icons.__file__).parent


def named() -> set[str]:
    """Return the icon names that stand as plain text in calls of the interface's code."""
    found: set[str] = set()
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            place = CALLS.get(name)
            given = [word.value for word in node.keywords if word.arg == "icon"]
            if place is not None and len(node.args) > place:
                given.append(node.args[place])
            found |= {
                one.value
                for one in given
                if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value
            }
    return found


def test_every_icon_named_is_there() -> None:
    names = named()
    assert len(names) > 25
    folder = resources() / "icons"
    assert not [name for name in names if not (folder / f"{name}.svg").is_file()]


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_an_icon_is_drawn_in_its_colour_at_any_scale(qapp: object, scale: float) -> None:
    image = icons.image("heart-filled", "#12ab56", 20, scale)
    assert image.width() == 20 * scale
    middle = image.pixelColor(round(10 * scale), round(10 * scale))
    assert middle == QColor("#12ab56")


def test_an_icon_that_is_not_there_is_an_error(qapp: object) -> None:
    with pytest.raises(FileNotFoundError):
        icons.image("no-such-icon", "#000000")


def test_icons_that_nobody_asks_for_wait_for_the_first_pictures(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "ICONS_MS", 1)
    owner = QWidget()
    qtbot.addWidget(owner)
    register, looks, busy = actions.Actions(owner), [0], [True]

    def look() -> bool:
        looks[0] += 1
        return busy[0]

    register.wait_while(look)
    made = register.add("retry", "Retry", lambda: None, owner=owner, icon="refresh-cw")
    qtbot.waitUntil(lambda: looks[0] > 2)
    assert made.icon().isNull()
    busy[0] = False
    qtbot.waitUntil(lambda: not made.icon().isNull())
