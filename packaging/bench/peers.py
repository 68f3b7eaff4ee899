"""The same photos in our gallery and in other programs: time to open, and to show the last page.

Each program starts on a screen of its own (Xvfb, 1280 by 800), is left alone until the screen
stands still, and then gets the End key. What is measured is what somebody sees: from the start
of the process, or from the key, to the last change on the screen before it stood still. Each is
run twice: the first time without any cache of thumbnails, the second time with what it kept.
Ours made its thumbnails when the photos were imported; how long that took is told with it.

There are 20,000 photos by default; with --library the others get every picture of that library in
one folder, a million of them, say. Who is not done within --longest has no figure. Programs that
are not installed are skipped and named. Geeqie shows a list of names and one picture large, where
the others show a page of thumbnails.
"""

import argparse
import json
import mmap
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

os.environ.setdefault("STYLESTUDIO_KEYRING", "off")

from _library import opened
from _photos import library_of
from PIL import Image

from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import library
from stylestudio_desktop.services.backup import schedule

SIZE = (1280, 800)
STILL_S = 4.0
UNMOVED_S = 30.0
RESTING = 0.2
"""Share of one processor up to which a program counts as at rest."""
LOOK_S = 0.03
NEEDED = ("Xvfb", "xdotool", "openbox")


@dataclass(frozen=True)
class Program:
    """One program: its command, and where a click gives the list of pictures the keyboard.

    Without such a place the list has it from the start.
    """

    name: str
    command: tuple[str, ...]
    click: tuple[int, int] | None


class Screen:
    """A screen in memory that can be looked at without asking the X server."""

    def __init__(self, folder: Path) -> None:
        self._server = subprocess.Popen(
            [
                "Xvfb", "-displayfd", "1", "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24",
                "-fbdir", str(folder), "-nolisten", "tcp",
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if self._server.stdout is None:
            raise RuntimeError("The screen does not say its number.")
        self.name = f":{int(self._server.stdout.readline())}"  # the first that nobody has
        frame = folder / "Xvfb_screen0"
        end = time.monotonic() + 10
        while not (frame.is_file() and frame.stat().st_size) and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.3)
        self._manager = subprocess.Popen(
            ["openbox"],
            env={**os.environ, "DISPLAY": self.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(1)
        with frame.open("rb") as file:
            self._pixels = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)

    def seen(self) -> int:
        """Return a number that changes with what is on the screen."""
        return zlib.adler32(self._pixels)

    def still(self, pid: int, since: float, longest: float) -> float | None:
        """Wait until nothing changes; return the milliseconds from `since` to the last change.

        A program that works while its window stands still (it reads a long folder) is not done.
        None: it was not `longest` seconds after `since`.
        """
        last, changed = self.seen(), since
        spent, rested = processor_s(pid), since
        while True:
            time.sleep(LOOK_S)
            now = time.monotonic()
            seen = self.seen()
            if seen != last:
                last, changed = seen, now
            if (used := processor_s(pid)) - spent > RESTING * (now - rested):
                spent, rested = used, now
            # At the very start an empty screen stands still, too.
            enough = STILL_S if changed > since else UNMOVED_S
            if now - max(changed, rested) > enough:
                return (changed - since) * 1000
            if now - since > longest:
                return None

    def press(self, *words: str) -> None:
        """Have xdotool do something on this screen."""
        environment = {**os.environ, "DISPLAY": self.name}
        subprocess.run(["xdotool", *words], env=environment, check=False, capture_output=True)

    def save(self, path: Path) -> None:
        """Write what is on the screen as a PNG."""
        head = struct.unpack(">25I", self._pixels[:100])
        begin = head[0] + 12 * head[19]
        size, line = (head[4], head[5]), head[12]
        pixels = self._pixels[begin : begin + line * size[1]]
        Image.frombuffer("RGB", size, pixels, "raw", "BGRX", line, 1).save(path)

    def close(self) -> None:
        """End the server and its window manager."""
        self._manager.terminate()
        self._manager.wait(10)
        self._server.terminate()
        self._server.wait(10)


@contextmanager
def screen() -> Iterator[Screen]:
    """Give a screen for a while."""
    with tempfile.TemporaryDirectory() as folder:
        made = Screen(Path(folder))
        try:
            yield made
        finally:
            made.close()


def tried(
    program: Program, home: Path, picture: Path | None, longest: float
) -> dict[str, float | None]:
    """Start a program, wait for its first view, go to the end, and end it."""
    environment: Mapping[str, str] = {
        **{name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"},
        "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "GDK_BACKEND": "x11",
        "XDG_CONFIG_HOME": str(home / "config"), "XDG_DATA_HOME": str(home / "data"),
        "QT_QPA_PLATFORM": "xcb", "NO_AT_BRIDGE": "1",
    }  # fmt: skip
    with screen() as shown:
        began = time.monotonic()
        process = subprocess.Popen(
            program.command,
            env={**environment, "DISPLAY": shown.name},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        opened_in = shown.still(process.pid, began, longest)
        last = None if opened_in is None else last_page(shown, program, process.pid, longest)
        figures = {"open": opened_in, "last page": last}
        figures["memory"] = resident_mb(process.pid)
        if picture is not None:
            shown.save(picture)
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    return figures


def last_page(shown: Screen, program: Program, pid: int, longest: float) -> float | None:
    """Press End on the first picture; return the milliseconds to the last change."""
    if program.click is not None:
        shown.press("mousemove", *map(str, program.click), "click", "1")
    shown.press("key", "Home")  # where one was last is remembered
    shown.press("mousemove", "2", str(SIZE[1] - 2))  # a hint over a picture comes and goes
    time.sleep(STILL_S)
    began = time.monotonic()
    shown.press("key", "End")
    return shown.still(pid, began, longest)


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process, 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_048_576


def processor_s(pid: int) -> float:
    """Return how long the processors have worked for a process, 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def linked(library_folder: Path, photos: Path) -> Sequence[Path]:
    """Give every picture of a library a name of its own in one folder, by hard links."""
    with opened(library_folder) as studio:
        schedule.tend(studio, Event())  # else a snapshot that falls due is measured, too
        rows = studio.database.rows("SELECT id, storage_id FROM files WHERE trashed_at IS NULL")
        photos.mkdir(exist_ok=True)
        paths = [photos / f"{row_id:08}.jpg" for row_id, _ in rows]
        if len(list(os.scandir(photos))) < len(rows):
            for path, (_, storage_id) in zip(paths, rows, strict=True):
                path.unlink(missing_ok=True)
                path.hardlink_to(studio.files.path(storage_id))
    return paths


def programs(photos: Path, workspace: Path) -> tuple[list[Program], list[str]]:
    """Return ours and the others that are installed, and sentences about those that are not."""
    ours = (sys.executable, "-m", "stylestudio_desktop", "--workspace", str(workspace))
    known = [
        Program("Style Studio", ours, (220, 260)),
        Program("gThumb", ("gthumb", str(photos)), None),
        Program("geeqie", ("geeqie", "-t", str(photos)), (150, 400)),
    ]
    there = [one for one in known if one is known[0] or shutil.which(one.command[0])]
    missing = [f"{one.name} is not installed; skipped." for one in known if one not in there]
    return there, missing


def prepared(chosen: argparse.Namespace, base: Path) -> tuple[Path, int, float | None]:
    """Return our library, how many photos the others get, and the seconds of the import."""
    photos = base / "photos"
    if chosen.library is not None:
        return chosen.library, len(linked(chosen.library, photos)), None
    if len(list(photos.glob("*.jpg")) if photos.is_dir() else ()) < chosen.photos:
        library_of(photos, chosen.photos, 320, 240)
    paths: Sequence[Path] = sorted(photos.glob("*.jpg"))
    began = time.monotonic()
    with opened(base / "workspace") as studio:
        studio.settings.change(engine_weights_offered=True)
        there = sum(one.number for one in library.totals(studio))
        if there < len(paths):
            library.import_files(studio, paths, Category.PRODUCT)
    return base / "workspace", len(paths), time.monotonic() - began


def measure(chosen: argparse.Namespace, base: Path) -> Iterator[dict[str, object]]:
    """Yield a row for each program and round."""
    workspace, number, imported = prepared(chosen, base)
    listed, missing = programs(base / "photos", workspace)
    for sentence in missing:
        print(sentence, file=sys.stderr)
    for place, program in enumerate(listed):
        home = Path(tempfile.mkdtemp(dir=base))
        for again in (False, True):
            picture = base / f"{program.name}-{int(again)}.png" if chosen.pictures else None
            figures = tried(program, home, picture, chosen.longest)
            yield {
                "name": program.name,
                "photos": number,
                "thumbnails": "kept" if again or place == 0 else "none yet",
                "open_ms": whole(figures["open"]),
                "last_page_ms": whole(figures["last page"]),
                "memory_mb": whole(figures["memory"]),
                **({"import_s": round(imported, 1)} if place == 0 and imported else {}),
            }
        shutil.rmtree(home, ignore_errors=True)


def whole(figure: float | None) -> int | None:
    """Return a figure as it is printed; none where the program was not done in time."""
    return None if figure is None else round(figure)


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object a line (the default)")
    parser.add_argument("--photos", type=int, default=20_000)
    parser.add_argument("--library", type=Path, help="ours; the others get links to its pictures")
    parser.add_argument("--longest", type=float, default=600.0, help="seconds for each figure")
    parser.add_argument("--folder", type=Path, help="kept for the next run (default: not kept)")
    parser.add_argument("--pictures", action="store_true", help="keep a screenshot of each")
    chosen = parser.parse_args()
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if lacking:
        print(f"Skipped: {' and '.join(lacking)} must be installed to drive other programs.")
        return 0
    with tempfile.TemporaryDirectory() as name:
        base = chosen.folder or Path(name)
        base.mkdir(parents=True, exist_ok=True)
        for row in measure(chosen, base):
            print(json.dumps(row), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
