"""The panes' common fixtures."""

from tests.ui.pane_fixtures import calm, made, studio, window

__all__ = ["calm", "made", "studio", "window"]
