"""A real ComfyUI behind a stand-in that only loses, garbles and holds back what passes through.

It takes part where STYLESTUDIO_TEST_COMFYUI_URL names a server that may be worked on: its queue
and files are its own, and so is every answer that no test has asked to break.
"""

import os
import uuid
from collections.abc import Mapping
from typing import Any

import requests

from stylestudio_desktop.providers.comfyui import ComfyUI
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Provider
from tests.contract.case import KEY, Case, entry_of
from tests.contract.cases.comfyui import missing
from tests.contract.standin import Reply, Seen

REAL = os.environ.get("STYLESTUDIO_TEST_COMFYUI_URL", "").rstrip("/")
_PASSED = ("Content-Type", "Range", "If-Range")
_TOLD = ("Content-Type", "Content-Range", "ETag", "Last-Modified")


class RealComfy(Case):
    """Versions with the jobs interface and those without are told apart by asking."""

    name = "comfyui, real"
    model = "composite"
    order = "POST /prompt"
    finds_lost = True
    free = True
    cancels = True
    needs_key = False
    refuses = False

    def __init__(self) -> None:
        self._blockers: list[str] = []
        self._held = False
        # A version with jobs says so in JSON; an older one knows no such page.
        answer = self._ask("GET", f"/api/jobs/{uuid.uuid4()}")
        jobs = "json" in answer.headers.get("Content-Type", "")
        self.asks = "GET /api/jobs/" if jobs else "GET /history/"
        super().__init__()

    @property
    def held(self) -> bool:
        """Whether jobs wait: behind one of ours that takes the server minutes."""
        return self._held

    @held.setter
    def held(self, value: bool) -> None:
        self._held = value
        if not value:
            self._release()

    def close(self) -> None:
        self._release()
        super().close()

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        return ComfyUI(entry_of("comfyui"), lambda: None, http, {"base_url": self.server.url})

    def reply(self, seen: Seen) -> Reply:
        if seen.method == "POST" and seen.path == "/prompt":
            return self._prompt(seen)
        if self.gone and seen.path.startswith(("/api/jobs/", "/history/", "/view")):
            return Reply(200, {}) if seen.path.startswith("/history/") else missing()
        if self.gone and seen.path == "/queue":
            return Reply(200, {"queue_running": [], "queue_pending": []})
        if self.fate == "html" and seen.path == "/view":
            return Reply(200, b"<html>not here</html>")
        return self._passed(seen, seen.body)

    def _prompt(self, seen: Seen) -> Reply:
        content = seen.json
        if self.held:
            self._block()
        if self.fate == "failed":
            content["prompt"] |= blurred_beyond_its_edge()
            for node in content["prompt"].values():
                if node["class_type"] == "SaveImage":
                    node["inputs"]["images"] = ["out", 0]
        answer = self._ask("POST", "/prompt", json=content)
        if answer.status_code == 200:
            self.accepted.append(content["prompt_id"])
        return told(answer)

    def _block(self) -> None:
        """Keep the server busy with a long chain of blurs, which it can stop between any two."""
        graph: dict[str, Any] = {
            "0": node("EmptyImage", width=1024, height=1024, batch_size=1, color=len(self.accepted))
        }
        for number in range(100):
            inputs = {"image": [str(number), 0], "blur_radius": 31, "sigma": 10.0}
            graph[str(number + 1)] = node("ImageBlur", **inputs)
        graph["save"] = node("PreviewImage", images=["100", 0])
        name = str(uuid.uuid4())
        self._blockers.append(name)
        self._ask("POST", "/prompt", json={"prompt": graph, "prompt_id": name})

    def _release(self) -> None:
        while self._blockers:
            name = self._blockers.pop()
            self._ask("POST", "/queue", json={"delete": [name]})
            self._ask("POST", "/interrupt", json={"prompt_id": name})

    def _passed(self, seen: Seen, body: bytes) -> Reply:
        headers = {name: seen.headers[name] for name in _PASSED if name in seen.headers}
        pairs = [(name, value) for name, values in seen.query.items() for value in values]
        return told(self._ask(seen.method, seen.path, params=pairs, headers=headers, data=body))

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        return requests.request(method, REAL + path, timeout=60, **more)


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def blurred_beyond_its_edge() -> Mapping[str, Any]:
    """Return nodes that pass the server's checks and fail when they run."""
    small = node("EmptyImage", width=8, height=8, batch_size=1, color=0)
    return {"small": small, "out": node("ImageBlur", image=["small", 0], blur_radius=31, sigma=1.0)}


def told(answer: requests.Response) -> Reply:
    headers = {name: answer.headers[name] for name in _TOLD if name in answer.headers}
    return Reply(answer.status_code, answer.content, headers)


CASES = [RealComfy] if REAL else []
