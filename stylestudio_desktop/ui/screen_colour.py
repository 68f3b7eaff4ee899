"""Finds the colour profile of a screen, so that pictures look on it as they are."""

import ctypes
import logging
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QColorSpace, QGuiApplication, QScreen

MOST_BYTES = 8 * 1_048_576
_log = logging.getLogger(__name__)


def profile_of(screen: QScreen | None) -> QColorSpace | None:
    """Return a screen's colour space as the system knows it, None where it knows none.

    Where there is none, sRGB is what a screen is taken for.
    """
    data = b""
    if screen is not None:
        # A system without a profile, or without the library that tells it, is no error.
        with suppress(OSError, AttributeError, ValueError):
            data = _read(screen)
    if not data:
        return None
    space = QColorSpace.fromIccProfile(QByteArray(data))
    if not space.isValidTarget():
        _log.info("the profile of screen %s can't be used", screen.name() if screen else "")
        return None
    return space


def _read(screen: QScreen) -> bytes:
    if QGuiApplication.platformName() == "xcb":
        return _x11(QGuiApplication.screens().index(screen))
    if sys.platform == "win32":
        return _windows(screen.name())
    return b""


def _x11(number: int) -> bytes:
    """Return the `_ICC_PROFILE` of a screen ("ICC Profiles in X Specification" 0.4)."""
    x11 = ctypes.CDLL("libX11.so.6")  # the window system's own part of Qt has it loaded
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = x11.XOpenDisplay(None)
    if not display:
        return b""
    try:
        return _property(x11, ctypes.c_void_p(display), number)
    finally:
        x11.XCloseDisplay(ctypes.c_void_p(display))


def _property(x11: Any, display: ctypes.c_void_p, number: int) -> bytes:
    atom = ctypes.c_ulong
    x11.XInternAtom.restype = x11.XDefaultRootWindow.restype = atom
    name = "_ICC_PROFILE" if number == 0 else f"_ICC_PROFILE_{number}"
    wanted = x11.XInternAtom(display, name.encode(), 1)
    if not wanted:
        return b""
    root, kind, form = atom(x11.XDefaultRootWindow(display)), atom(), ctypes.c_int()
    length, after, data = atom(), atom(), ctypes.POINTER(ctypes.c_ubyte)()
    failed = x11.XGetWindowProperty(
        display, root, atom(wanted), ctypes.c_long(0), ctypes.c_long(MOST_BYTES // 4), 0, atom(0),
        ctypes.byref(kind), ctypes.byref(form), ctypes.byref(length), ctypes.byref(after),
        ctypes.byref(data),
    )  # fmt: skip
    if failed or not ctypes.cast(data, ctypes.c_void_p).value:
        return b""
    found = bytes(data[: length.value]) if form.value == 8 else b""
    x11.XFree(data)
    return found


def _windows(name: str) -> bytes:
    """Return the profile that GetICMProfileW names for a display (wingdi.h)."""
    gdi = ctypes.WinDLL("gdi32")  # type: ignore[attr-defined, unused-ignore]
    gdi.CreateDCW.restype = ctypes.c_void_p
    context = ctypes.c_void_p(gdi.CreateDCW(name, None, None, None))
    if not context.value:
        return b""
    try:
        size = ctypes.c_ulong(1024)
        path = ctypes.create_unicode_buffer(size.value)
        if not gdi.GetICMProfileW(context, ctypes.byref(size), path):
            return b""
        file = Path(path.value)
        return file.read_bytes() if file.stat().st_size <= MOST_BYTES else b""
    finally:
        gdi.DeleteDC(context)
