"""The window says that it ended unexpectedly last time, and shows what was written then."""

from PySide6.QtGui import QGuiApplication

from stylestudio_desktop.config import crashes
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.aftermath import CrashDialog, tell_of_crash
from stylestudio_desktop.ui.window import MainWindow


def test_the_report_is_shown_copied_and_deleted(window: MainWindow, studio: Studio) -> None:
    root = studio.workspace.root
    crashes.record(root, RuntimeError("secret"))
    tell_of_crash(window, root)
    dialog = CrashDialog(root, window)
    assert "RuntimeError" in dialog.text.toPlainText()
    assert "secret" not in dialog.text.toPlainText()
    dialog.copying.click()
    assert "RuntimeError" in QGuiApplication.clipboard().text()
    dialog.deleting.click()
    assert crashes.listing(root) == []
    assert dialog.text.toPlainText() == ""
    dialog.close()


def test_a_folder_that_cannot_be_read_is_said(window: MainWindow, studio: Studio) -> None:
    root = studio.workspace.root
    crashes.place(root).parent.mkdir(exist_ok=True)
    crashes.place(root).write_text("no folder")
    tell_of_crash(window, root)
    dialog = CrashDialog(root, window)
    assert "can't be read" in dialog.remark.text()
    assert not dialog.deleting.isVisibleTo(dialog)
    dialog.close()
