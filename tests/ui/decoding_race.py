"""Decodes in four threads and in Qt's own classes at once, for the test that ends it."""

import sys
import threading
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage

from stylestudio_desktop.ui import decoding


def main(thumbnail: Path, picture: Path, rounds: int) -> None:
    """Read both `rounds` times in two threads each, and as often here."""
    app = QGuiApplication(["race", "-platform", "offscreen"])
    data = thumbnail.read_bytes()
    damaged: list[str] = []

    def repeat(name: str, read: object) -> None:
        assert callable(read)
        for _ in range(rounds):
            if read() is None:
                damaged.append(name)

    readers = [("thumbnail", lambda: decoding.thumbnail(data, 48))] * 2
    readers += [("picture", lambda: decoding.picture(picture))] * 2
    threads = [threading.Thread(target=repeat, args=each, daemon=True) for each in readers]
    for thread in threads:
        thread.start()
    repeat("image", lambda: None if QImage(str(thumbnail)).isNull() else True)
    for thread in threads:
        thread.join()
    del app
    print(f"damaged: {damaged}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
