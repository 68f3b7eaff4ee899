"""The window. Whatever imports a part of it gets PySide6 without its watch over later imports."""

import builtins

from stylestudio_desktop.ui.patterns import compiled_later

_import = builtins.__import__
with compiled_later():
    import PySide6.QtCore  # noqa: F401

# PySide6 puts a hook around every later import: it reads the module's source to see whether it
# asks for renamed methods (doc.qt.io/qtforpython-6/feature-why.html). Nothing here does, and
# reading all sources was a tenth of the time from launch to first paint.
builtins.__import__ = _import
