"""One of several processes that race on a library; run as `python -m tests.store.racing`."""

import json
import sys
import threading
import time
from pathlib import Path

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import IllegalStep, NotEnoughTokens
from stylestudio_desktop.domain.ids import FileId
from stylestudio_desktop.services import generate, queue, steering
from stylestudio_desktop.services.studio import Studio
from tests.factories import FakeProvider, brief_for

THREADS = 2


def starts(studio: Studio, product: int, tries: int) -> list[str]:
    """Start as many generations as the balance lets this process."""
    said = []
    for _ in range(tries):
        try:
            generate.start(studio, brief_for(FileId(product), count=2))
            said.append("started")
        except NotEnoughTokens:
            said.append("not enough")
    return said


def claims(studio: Studio, product: int, tries: int) -> list[str]:
    """Take jobs until there are none."""
    host = f"host-{threading.get_ident()}-{time.time_ns()}"
    said = []
    while (taken := queue.claim_next(studio, host, "local")) is not None:
        said.append(f"claimed {taken[0].id}")
    return said


def stops(studio: Studio, product: int, tries: int) -> list[str]:
    """End the same generations as everybody else, and retry what failed."""
    said = []
    for (row_id,) in studio.database.rows("SELECT id FROM generations ORDER BY id"):
        for name, act in (
            ("retried", lambda one: steering.retry(studio, one)),
            ("cancelled", lambda one: steering.cancel(studio, one)),
        ):
            try:
                act(row_id)
                said.append(f"{name} {row_id}")
            except IllegalStep:
                pass
    return said


RACES = {"starts": starts, "claims": claims, "stops": stops}


def main(race: str, folder: str, product: str, tries: str) -> None:
    """Wait for the start signal, race on several threads, and print what happened."""
    studio = open_studio(Workspace(Path(folder)), {"local": FakeProvider()})
    print("ready", flush=True)
    sys.stdin.readline()
    said: list[str] = []

    def run() -> None:
        try:
            with studio.database.connection():
                said.extend(RACES[race](studio, int(product), int(tries)))
        except BaseException as error:
            said.append(f"error {error!r}")

    threads = [threading.Thread(target=run) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps(said), flush=True)
    close_studio(studio)


if __name__ == "__main__":
    main(*sys.argv[1:])
