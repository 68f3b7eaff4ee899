"""What is done to the widgets of a layout: emptied, put in their place, taken away."""

from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget


def emptied(layout: QLayout) -> None:
    """Take every widget out of `layout` and let it go."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def put(box: QBoxLayout, place: int, widget: QWidget) -> None:
    """Let `widget` stand at `place`, wherever it stood before."""
    item = box.itemAt(place)
    if item is None or item.widget() is not widget:
        box.insertWidget(place, widget)


def take_away(gone: QWidget, box: QBoxLayout) -> None:
    """Take one widget out of `box` and let it go."""
    box.removeWidget(gone)
    gone.hide()
    gone.deleteLater()
