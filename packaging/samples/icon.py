"""Render the program's icon from its two drawings to every size that systems ask for.

Run from the folder above: ``python -m samples.icon``.
"""

from __future__ import annotations

import os
from pathlib import Path

from PIL import Image

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "icons" / "app"
SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
SMALL = 32  # up to here the corner marks would only be smudges; the plainer drawing is used


def main() -> None:
    """Write ``stylestudio-N.png`` for every size, and the Windows and macOS bundles."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    app = QGuiApplication.instance() or QGuiApplication([])
    for size in SIZES:
        drawing = "stylestudio-small.svg" if size <= SMALL else "stylestudio.svg"
        image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        QSvgRenderer(str(FOLDER / drawing)).render(painter)
        painter.end()
        image.save(str(FOLDER / f"stylestudio-{size}.png"))
    del app
    pictures = [Image.open(FOLDER / f"stylestudio-{size}.png") for size in SIZES]
    pictures[-2].save(
        FOLDER / "stylestudio.ico", append_images=pictures[:-2], sizes=[(s, s) for s in SIZES[:-1]]
    )
    pictures[-1].save(FOLDER / "stylestudio.icns", append_images=pictures[:-1])


if __name__ == "__main__":
    main()
