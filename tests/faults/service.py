"""A picture-making service whose memory outlives any crash of the program that asks it.

It keeps what it was asked in files, as a real service keeps it on another machine, and counts
how often each job was accepted. Its writes to its own folder are not the program's.
"""

import json
import os
from pathlib import Path

from stylestudio_desktop.providers.protocol import (
    Context,
    Lost,
    Output,
    Prepared,
    RemoteRef,
    State,
    Update,
)
from tests.factories import FakeProvider, picture_bytes


class LastingService(FakeProvider):
    """Accepts a job by creating `<folder>/<remote id>.json`; the remote id is the intent's."""

    def __init__(self, folder: Path) -> None:
        super().__init__(concurrency=1)
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def submit(self, job: Prepared, context: Context) -> RemoteRef:
        number = len(list(self.folder.glob("*.json")))
        record = {"count": job.brief.count, "seed": job.seed}
        # One open with O_EXCL, so that being asked twice for one id can't hide.
        path = self.folder / f"{number:03}-{job.intent_id}.json"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, json.dumps(record).encode())
        os.close(descriptor)
        return RemoteRef(job.intent_id)

    def _record(self, remote_id: str) -> dict[str, int] | None:
        for path in self.folder.glob(f"*-{remote_id}.json"):
            text = path.read_text()
            return dict(json.loads(text)) if text else None
        return None

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        record = self._record(ref.id)
        if record is None:
            return Update(State.GONE)
        outputs = tuple(
            Output(number, f"{record['seed']}/{number}", {"seed": record["seed"] + number})
            for number in range(record["count"])
        )
        return Update(State.SUCCEEDED, 1.0, "Done", outputs)

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        sink.write_bytes(picture_bytes(f"rgb({output.position * 90},40,90)", (96, 96)))

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        if self._record(job.intent_id) is None:
            return Lost.NOT_SENT
        return RemoteRef(job.intent_id)
