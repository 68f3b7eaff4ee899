"""fal's queue, storage and list of requests, as its documentation describes them."""

import uuid
from typing import Any

from stylestudio_desktop.providers.fal import Fal
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Provider
from tests.contract.case import KEY, Case, entry_of, kind_of
from tests.contract.cases.fashn import picture
from tests.contract.standin import Reply, Seen

TOKEN = "storage-token-0123456789"


class FalService(Case):
    name = "fal"
    model = "fal-ai/nano-banana-2/edit"
    order = "POST /fal-ai/nano-banana-2/edit"
    asks = "GET /fal-ai/nano-banana-2/requests/"
    cancels = True
    finds_lost = True

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, dict[str, Any]] = {}
        self.uploads: list[str] = []
        self.error: dict[str, str] = {}
        self.page = 100

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        url = self.server.url
        settings = {"base_url": url, "rest_url": f"{url}/rest", "api_url": f"{url}/platform/v1"}
        return Fal(entry_of("fal"), lambda: key, http, settings)

    def key_of(self, seen: Seen) -> str:
        proof = str(seen.headers.get("Authorization", ""))
        if seen.path.startswith("/cdn/"):
            return KEY if proof == f"Bearer {TOKEN}" else proof
        return proof.removeprefix("Key ")

    def reply(self, seen: Seen) -> Reply:
        if seen.path.startswith("/results/"):
            return picture(self)
        if seen.path == "/rest/storage/auth/token":
            assert seen.query["storage_type"] == ["fal-cdn-v3"]
            grant = {"token": TOKEN, "token_type": "Bearer", "base_url": f"{self.server.url}/cdn"}
            return Reply(200, grant)
        if seen.path == "/cdn/files/upload":
            assert seen.headers["Content-Type"] == kind_of(seen.body)
            self.uploads.append(f"https://v3b.fal.media/files/{uuid.uuid4().hex}.png")
            return Reply(200, {"access_url": self.uploads[-1], "uploaded": True})
        if seen.path == "/platform/v1/models/pricing":
            price = {"unit_price": 0.08, "unit": "images", "currency": "USD"}
            prices = [{"endpoint_id": seen.query["endpoint_id"][0], **price}]
            return Reply(200, {"prices": prices, "next_cursor": None, "has_more": False})
        if seen.path == "/platform/v1/models/requests/by-endpoint":
            return self.listing(seen)
        if seen.method == "POST":
            return self.accept(seen)
        return self.requests(seen)

    def accept(self, seen: Seen) -> Reply:
        assert seen.headers["X-Fal-Request-Timeout"] == "600"
        assert "expiration_duration_seconds" in seen.headers["X-Fal-Object-Lifecycle-Preference"]
        identity = str(uuid.uuid4())
        self.runs[identity] = {"status": "IN_QUEUE", "input": seen.json}
        self.accepted.append(identity)
        place = f"{self.server.url}/fal-ai/nano-banana-2/requests/{identity}"
        body = {"request_id": identity, "response_url": place, "queue_position": 2}
        body |= {"status_url": f"{place}/status", "cancel_url": f"{place}/cancel"}
        return Reply(200, body)

    def requests(self, seen: Seen) -> Reply:
        parts = seen.path.split("/")
        run = self.runs.get(parts[4])
        if run is None or self.gone:
            return Reply(404, {"detail": "Request not found", "status": "NOT_FOUND"})
        if parts[-1] == "cancel":
            if run["status"] == "COMPLETED":
                return Reply(400, {"status": "ALREADY_COMPLETED"})
            del self.runs[parts[4]]
            return Reply(202, {"status": "CANCELLATION_REQUESTED"})
        if parts[-1] == "status":
            return self.status(parts[4], run)
        return self.result(run)

    def status(self, identity: str, run: dict[str, Any]) -> Reply:
        body: dict[str, Any] = {"status": run["status"], "request_id": identity}
        if run["status"] == "IN_QUEUE":
            body["queue_position"] = 2
        if run["status"] == "COMPLETED":
            body |= {"metrics": {"inference_time": 3.4}, **self.error}
        elif not self.held:
            run["status"] = {"IN_QUEUE": "IN_PROGRESS"}.get(run["status"], "COMPLETED")
        return Reply(200, body)

    def result(self, run: dict[str, Any]) -> Reply:
        if self.fate in ("failed", "refused"):
            kind = "content_policy_violation" if self.fate == "refused" else "image_too_small"
            detail = [{"loc": ["body", "prompt"], "msg": "It did not work.", "type": kind}]
            return Reply(422, {"detail": detail}, {"X-Fal-Retryable": "false"})
        count = run["input"]["num_images"]
        urls = [{"url": f"{self.server.url}/results/{number}.png"} for number in range(count)]
        return Reply(200, {"images": urls, "description": ""}, {"x-fal-billable-units": str(count)})

    def listing(self, seen: Seen) -> Reply:
        assert seen.query["expand"] == ["payloads"]
        start = int(seen.query.get("cursor", ["0"])[0])
        items = [
            {"request_id": name, "endpoint_id": "fal-ai/nano-banana-2/edit", "json_input": one}
            for name, one in ((name, run["input"]) for name, run in self.runs.items())
        ][::-1]
        more = start + self.page < len(items)
        cursor = str(start + self.page) if more else None
        page = items[start : start + self.page]
        return Reply(200, {"items": page, "next_cursor": cursor, "has_more": more})


CASES = [FalService]
