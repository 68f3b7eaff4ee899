"""Replicate by its published document: files, official models, runs and the list of them."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Provider
from stylestudio_desktop.providers.replicate import Replicate
from tests.contract.case import KEY, Case, entry_of
from tests.contract.cases.fashn import picture
from tests.contract.standin import Reply, Seen

INPUTS = {
    "prompt": {"type": "string"},
    "image_input": {"type": "array", "items": {"type": "string", "format": "uri"}},
    "aspect_ratio": {"type": "string", "enum": ["match_input_image", "1:1", "2:3", "3:2"]},
    "output_format": {"type": "string", "enum": ["jpg", "png"]},
}
MODEL = {
    "latest_version": {
        "openapi_schema": {"components": {"schemas": {"Input": {"properties": INPUTS}}}}
    }
}


class ReplicateService(Case):
    name = "replicate"
    model = "google/nano-banana"
    order = "POST /v1/models/"
    asks = "GET /v1/predictions/"
    cancels = True
    finds_lost = True
    most = 1

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, dict[str, Any]] = {}
        self.uploads: list[str] = []
        self.page = 100

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        settings = {"base_url": f"{self.server.url}/v1"}
        return Replicate(entry_of("replicate"), lambda: key, http, settings)

    def reply(self, seen: Seen) -> Reply:
        if seen.path.startswith("/delivery/"):
            return picture(self)
        if seen.path == "/v1/account":
            return Reply(200, {"type": "user", "username": "atelier"})
        if seen.path.startswith("/v1/models/") and seen.method == "GET":
            return Reply(200, MODEL)
        if seen.path == "/v1/files":
            return self.keep(seen)
        if seen.path == "/v1/predictions" and seen.method == "GET":
            return self.listing(seen)
        if seen.path.endswith("/predictions"):
            return self.accept(seen)
        identity = seen.path.split("/")[3]
        run = self.runs.get(identity)
        if run is None or (self.gone and not seen.path.endswith("/cancel")):
            return Reply(404, {"title": "Not found", "status": 404, "detail": "Not found."})
        if seen.path.endswith("/cancel"):
            if run["status"] in ("starting", "processing"):
                run["status"] = "canceled"
        elif not self.held:
            self.go_on(run)
        return Reply(200, run)

    def keep(self, seen: Seen) -> Reply:
        parts = {name: value for name, _, value in seen.form()}
        head = parts["content"][:20]  # Prism passes bytes on as text
        assert (b"PNG" if parts["type"] == b"image/png" else b"JFIF") in head
        assert "metadata" not in parts
        name = uuid.uuid4().hex
        url = f"{self.server.url}/v1/files/{name}"
        self.uploads.append(url)
        moment = "2026-11-22T09:00:00.000Z"
        body = {"id": name, "urls": {"get": url}, "content_type": "image/png", "size": 9}
        body |= {"checksums": {}, "metadata": {}, "created_at": moment, "expires_at": moment}
        return Reply(201, body)

    def accept(self, seen: Seen) -> Reply:
        assert seen.headers["Cancel-After"] == "600s"
        identity = uuid.uuid4().hex[:26]
        place = f"{self.server.url}/v1/predictions/{identity}"
        run = {
            "id": identity,
            "model": "/".join(seen.path.split("/")[3:5]),
            "version": "ab" * 32,  # “hidden” fits two of the document's exclusive forms
            "input": seen.json["input"],
            "output": None,
            "error": None,
            "logs": "",
            "metrics": {},
            "data_removed": False,
            "status": "starting",
            "created_at": datetime.now(UTC).isoformat(),
            "urls": {"get": place, "cancel": f"{place}/cancel", "web": place},
        }
        self.runs[identity] = run
        self.accepted.append(identity)
        return Reply(201, run)

    def go_on(self, run: dict[str, Any]) -> None:
        if run["status"] == "starting":
            run["status"] = "processing"
        elif run["status"] == "processing":
            failed = self.fate in ("failed", "refused")
            run["status"] = "failed" if failed else "succeeded"
            words = {"failed": "CUDA out of memory (E1001)", "refused": "Flagged as sensitive."}
            run["error"] = words.get(self.fate)
            run["metrics"] = {"predict_time": 3.5}
            run["output"] = None if failed else f"{self.server.url}/delivery/out.png"

    def listing(self, seen: Seen) -> Reply:
        """List runs in pages, newest first, as seen from the address that was asked."""
        start = int(seen.query.get("cursor", ["0"])[0])
        runs = list(self.runs.values())[::-1]
        if "created_after" in seen.query:
            after = datetime.fromisoformat(seen.query["created_after"][0])
            assert abs(datetime.now(UTC) - after - timedelta(seconds=60)) < timedelta(seconds=30)
        more = start + self.page < len(runs)
        url = f"http://{seen.headers['Host']}/v1/predictions?cursor={start + self.page}"
        results = runs[start : start + self.page]
        return Reply(200, {"previous": None, "next": url if more else None, "results": results})


CASES = [ReplicateService]
