"""The window. Whatever imports a part of it gets PySide6 without its watch over later imports."""

import builtins

_import = builtins.__import__
import PySide6.QtCore  # noqa: E402, F401

# PySide6 puts a hook around every later import: it reads the module's source to see whether it
# asks for renamed methods (doc.qt.io/qtforpython-6/feature-why.html). Nothing here does, and
# reading all sources was a tenth of the time from launch to first paint.
builtins.__import__ = _import
