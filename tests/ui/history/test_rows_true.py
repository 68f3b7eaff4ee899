"""A row that changes while it is being read does not stay what it was."""

from array import array
from collections.abc import Sequence
from threading import Event

from pytestqt.qtbot import QtBot

from stylestudio_desktop.domain.records import GenerationCard
from stylestudio_desktop.services.history import HistoryRow
from stylestudio_desktop.ui.history.model import HistoryModel
from stylestudio_desktop.ui.tasks import Tasks

ONE = 1_763_812_800_000 << 21


def row(status: str) -> HistoryRow:
    moment = ONE >> 21
    card = GenerationCard(
        ONE, status, "linen shirt", "local", "vintage", "draft", "1:1", 1, 1, None, None, 0, 1200,
        moment, moment, moment,
    )  # fmt: skip
    return HistoryRow(card, None, None)


def test_what_was_read_before_a_change_is_read_again(tasks: Tasks, qtbot: QtBot) -> None:
    status, asked, go_on = ["processing"], [0], Event()

    def fetch(_before: int, _limit: int) -> Sequence[HistoryRow]:
        read = row(status[0])
        asked[0] += 1
        go_on.wait(10)
        return [read]

    model = HistoryModel(tasks, {"local": "On this computer"})
    model.set_rows(array("q", [ONE]), fetch)
    model.at(0)
    qtbot.waitUntil(lambda: asked[0] == 1)
    status[0] = "completed"
    model.refresh([ONE])
    go_on.set()

    def shown() -> str:
        known = model.at(0)  # as the view does whenever it paints
        return "" if known is None else known.card.status

    qtbot.waitUntil(lambda: shown() == "completed", timeout=3000)
    qtbot.waitUntil(lambda: not tasks.busy())
    number = asked[0]
    qtbot.wait(50)
    assert shown() == "completed"
    assert asked[0] == number, "what is true is not asked for again and again"
