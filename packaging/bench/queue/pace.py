"""How well the queue keeps a service busy, and what a generation costs beside bare requests.

A loopback server plays a service that takes some seconds a picture, a few at once; the whole
program but the window works on it: rows, holds, the worker, the ComfyUI adapter, download,
checking, storing.

The ideal is the service's own pace. A few more jobs than it runs at once wait there, as ComfyUI
and fal let them, so that it is not idle between the end of one and our next look. The bare client
makes the same calls (upload, order, polls until the end, download) for each picture, and nothing
else.
"""

import argparse
import io
import json
import os
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain import ledger
from stylestudio_desktop.domain.brief import Brief
from stylestudio_desktop.domain.filters import FileFilter
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.domain.ids import FileId, now_ms
from stylestudio_desktop.providers.catalogue import load_services
from stylestudio_desktop.providers.comfyui import ComfyUI
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.services import generate, library
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import entries
from stylestudio_desktop.worker.runner import Runner


class Service(ThreadingHTTPServer):
    """A service that makes `places` pictures at once, each in `seconds`, in order of arrival."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, seconds: float, places: int, picture: bytes) -> None:
        self.seconds = seconds
        self.picture = picture
        self.ends: dict[str, float] = {}
        self._free = [0.0] * places
        self._lock = threading.Lock()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def accept(self, job: str) -> None:
        """Give a job the place that is free first."""
        with self._lock:
            place = self._free.index(min(self._free))
            self._free[place] = max(self._free[place], time.monotonic()) + self.seconds
            self.ends[job] = self._free[place]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/upload/image":
            self._answer({"name": "p.png", "subfolder": "s", "type": "input"})
            return
        job = json.loads(body)["prompt_id"]
        self.server.accept(job)
        self._answer({"prompt_id": job, "number": 1, "node_errors": {}})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/view":
            self._send(self.server.picture, "image/png")
            return
        job = parts.path.rpartition("/")[2]
        if time.monotonic() < self.server.ends.get(job, 0.0):
            self._answer({"id": job, "status": "in_progress"})
            return
        picture = {"filename": "0_00001_.png", "subfolder": job, "type": "output"}
        outputs = {"save0": {"images": [picture]}}
        self._answer({"id": job, "status": "completed", "outputs": outputs})

    def _answer(self, content: Mapping[str, Any]) -> None:
        self._send(json.dumps(content).encode(), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Stay silent."""


@contextmanager
def serving(seconds: float, places: int, picture: bytes) -> Iterator[Service]:
    """Run the service until the block ends."""
    service = Service(seconds, places, picture)
    thread = threading.Thread(target=service.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.shutdown()
        service.server_close()
        thread.join()


def a_picture() -> bytes:
    """Return a PNG of a usual size."""
    out = io.BytesIO()
    Image.effect_noise((512, 512), 40).convert("RGB").save(out, "PNG", compress_level=1)
    return out.getvalue()


@contextmanager
def studio_of(folder: Path, service: Service, places: int, http: Http) -> Iterator[Studio]:
    """Open a new workspace whose only service is the loopback one."""
    entry = load_services(resources() / "services" / "catalogue.json").service("comfyui")
    entry = replace(entry, concurrency=places)
    adapter = ComfyUI(entry, lambda: None, http, {"base_url": service.url})
    studio = open_studio(Workspace(folder / "workspace"), {"comfyui": adapter})
    try:
        yield studio
    finally:
        close_studio(studio)


def begin(studio: Studio, folder: Path, jobs: int) -> None:
    """Put `jobs` generations of one photo into the queue."""
    with studio.database.write():
        move = ledger.grant(studio.user_id, jobs * 2, "bench")
        entries.append(studio.database, studio.user_id, move, now_ms())
    photo = folder / "photo.png"
    photo.write_bytes(a_picture())
    file = FileId(library.import_files(studio, [photo], Category.PRODUCT).files[0].id)
    brief = Brief((file,), provider="comfyui", model="composite", quality="draft")
    generate.start_many(studio, [replace(brief, seed=number) for number in range(jobs)])


@dataclass
class Work:
    """What it took to work a queue off: seconds, the processor's seconds, megabytes by quarter."""

    spent: float
    busy: float
    memory: list[float]


def worked(studio: Studio) -> Work:
    """Let the queue come to rest."""
    runner = Runner(studio)
    marks: list[float] = []

    def at_rest() -> bool:
        marks.append(memory())
        return runner.idle()

    begun, busy = time.monotonic(), time.process_time()
    runner.run(threading.Event(), until=at_rest)
    quarters = [marks[(len(marks) - 1) * part // 4] for part in (1, 2, 3, 4)]
    return Work(time.monotonic() - begun, time.process_time() - busy, quarters)


def bare(service: Service, jobs: int, places: int) -> tuple[float, float]:
    """Make the same calls with nothing around them; return seconds and processor's seconds."""
    photo = a_picture()
    here = threading.local()

    def one(number: int) -> None:
        if not hasattr(here, "session"):
            here.session = requests.Session()
        session: requests.Session = here.session
        name = f"bare-{number}"
        files = {"image": ("p.png", photo, "image/png")}
        session.post(f"{service.url}/upload/image", files=files, timeout=30).json()
        content = {"prompt_id": name, "prompt": {}}
        session.post(f"{service.url}/prompt", json=content, timeout=30).json()
        pause = 0.5
        while session.get(f"{service.url}/api/jobs/{name}", timeout=30).json()["status"] != (
            "completed"
        ):
            time.sleep(pause)
            pause = min(2.0, pause * 1.3)
        place = f"{service.url}/view?filename=0_00001_.png&subfolder={name}"
        assert session.get(place, timeout=30).content == service.picture  # noqa: S101 - a bench

    begun, busy = time.monotonic(), time.process_time()
    with ThreadPoolExecutor(places) as pool:
        list(pool.map(one, range(jobs)))
    return time.monotonic() - begun, time.process_time() - busy


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--places", type=int, default=4)
    parser.add_argument("--waiting", type=int, default=2, help="jobs that may wait at the service")
    parser.add_argument("--overhead-jobs", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        figures = pace(Path(name), given)
        (Path(name) / "second").mkdir()
        figures |= overhead(Path(name) / "second", given.overhead_jobs)
    print(json.dumps(figures, indent=1))


def pace(folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """Return how long the queue takes beside the service's own pace, and what it holds."""
    jobs, places = given.jobs, given.places
    http = Http()
    with serving(given.seconds, places, a_picture()) as service:
        with studio_of(folder, service, places + given.waiting, http) as studio:
            begin(studio, folder, jobs)
            before = memory()
            work = worked(studio)
            done = results(studio)
        again, _ = bare(service, jobs, places + given.waiting)
    http.close()
    ideal = jobs * given.seconds / places
    return {
        "pictures": done,
        "jobs": jobs,
        "seconds_each": given.seconds,
        "places": places,
        "ideal_s": round(ideal, 1),
        "queue_s": round(work.spent, 1),
        "queue_of_ideal": round(work.spent / ideal, 3),
        "bare_client_of_ideal": round(again / ideal, 3),
        "memory_mb": [round(mark) for mark in (before, *work.memory)],
        "load": [round(one, 1) for one in os.getloadavg()] if hasattr(os, "getloadavg") else [],
    }


def overhead(folder: Path, jobs: int) -> dict[str, Any]:
    """Return what a picture costs at a service that takes no time, one at once."""
    http = Http()
    with serving(0.0, 1, a_picture()) as service:
        with studio_of(folder, service, 1, http) as studio:
            begin(studio, folder, jobs)
            ours = worked(studio)
        least, least_busy = bare(service, jobs, 1)
    http.close()
    return {
        "overhead_jobs": jobs,
        "queue_ms_each": round(1000 * ours.spent / jobs, 1),
        "bare_ms_each": round(1000 * least / jobs, 1),
        "own_processor_ms_each": round(1000 * (ours.busy - least_busy) / jobs, 1),
    }


def results(studio: Studio) -> int:
    """Return how many pictures lie in the library as results."""
    return len(library.ids(studio, FileFilter(category=Category.GENERATED.value)))


def memory() -> float:
    """Return what this process holds now, in megabytes (its most, where there is no /proc)."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 1e6
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    main()
