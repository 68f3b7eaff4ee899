"""FASHN as its SDK and documentation describe it."""

import base64
import uuid
from typing import Any

from stylestudio_desktop.providers.fashn import Fashn
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Provider
from tests.contract.case import KEY, Case, entry_of, kind_of, png
from tests.contract.standin import Reply, Seen


class FashnService(Case):
    name = "fashn"
    model = "auto"
    order = "POST /v1/run"
    asks = "GET /v1/status/"

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, dict[str, Any]] = {}
        self.steps = 0
        self.credits = 234

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        return Fashn(entry_of("fashn"), lambda: key, http, {"base_url": f"{self.server.url}/v1"})

    def reply(self, seen: Seen) -> Reply:
        if seen.path.startswith("/cdn/"):
            return picture(self)
        if seen.path == "/v1/credits":
            left = {"total": self.credits, "subscription": 0, "on_demand": self.credits}
            return Reply(200, {"credits": left})
        if seen.path == "/v1/run":
            return self.accept(seen.json)
        return self.status(seen.path.split("/")[3])

    def accept(self, body: dict[str, Any]) -> Reply:
        inputs = body["inputs"]
        for name in (one for one in inputs if one.endswith("image")):
            head, _, content = inputs[name].partition(",")
            assert head == f"data:{kind_of(base64.b64decode(content))};base64"
        identity = f"{uuid.uuid4()}-u1"
        self.runs[identity] = {"status": "starting", **inputs}
        self.accepted.append(identity)
        return Reply(200, {"id": identity, "error": None})

    def status(self, identity: str) -> Reply:
        run = self.runs.get(identity)
        if run is None or self.gone:
            return Reply(404, {"error": "NotFound", "message": "No such prediction."})
        body: dict[str, Any] = {"id": identity, "status": run["status"], "error": None}
        body["output"] = None
        headers = {}
        if body["status"] == "completed":
            count = run.get("num_images", run.get("num_samples", 1))
            body["output"] = [f"{self.server.url}/cdn/{n}.png" for n in range(count)]
            headers["x-fashn-credits-used"] = str(count)
        elif body["status"] == "failed":
            name = "ContentModerationError" if self.fate == "refused" else "PipelineError"
            body["error"] = {"name": name, "message": "It did not work"}
        elif not self.held:
            later = {"starting": "in_queue", "in_queue": "processing"}
            end = "failed" if self.fate in ("failed", "refused") else "completed"
            run["status"] = later.get(run["status"], end)
        return Reply(200, body, headers)


def picture(case: Case) -> Reply:
    """Return a result from a place where results lie."""
    if case.gone:
        return Reply(404, b"")
    if case.fate == "html":
        return Reply(200, b"<html>not here</html>", {"Content-Type": "text/html"})
    return Reply(200, png(), {"Content-Type": "image/png"})


CASES = [FashnService]
