"""ComfyUI as its server behaves: our own ids, no key, files that outlive the memory of jobs."""

import re
import uuid
from typing import Any

from stylestudio_desktop.providers.comfyui import ComfyUI
from stylestudio_desktop.providers.http import Http
from stylestudio_desktop.providers.protocol import Provider
from tests.contract.case import KEY, Case, entry_of, png
from tests.contract.standin import Reply, Seen

NODES = {
    "LoadImage",
    "InvertMask",
    "EmptyImage",
    "ImageScale",
    "ImageCrop",
    "ImageCompositeMasked",
    "SaveImage",
    "CheckpointLoaderSimple",
    "CLIPTextEncode",
    "VAEEncode",
    "VAEDecode",
    "KSampler",
}


class Comfy(Case):
    """A version with the jobs interface."""

    name = "comfyui"
    model = "composite"
    order = "POST /prompt"
    asks = "GET /api/jobs/"
    finds_lost = True
    free = True
    cancels = True
    needs_key = False
    refuses = False
    version = "0.26.1"

    def __init__(self) -> None:
        super().__init__()
        self.jobs: dict[str, dict[str, Any]] = {}
        self.files: dict[str, bytes] = {}
        self.uploads: dict[str, bytes] = {}
        self.interrupted: list[str] = []

    def provider(self, http: Http, key: str | None = KEY) -> Provider:
        return ComfyUI(entry_of("comfyui"), lambda: None, http, {"base_url": self.server.url})

    def restart(self) -> None:
        """Lose the memory of jobs; files stay on the disk."""
        self.jobs.clear()

    def reply(self, seen: Seen) -> Reply:
        path = seen.path
        if path == "/system_stats":
            device = {"name": "cpu", "vram_free": 4_000_000_000}
            return Reply(200, {"system": {"comfyui_version": self.version}, "devices": [device]})
        if path.startswith("/object_info/"):
            inputs = {"required": {"ckpt_name": [["sd.safetensors"], {}]}}
            return Reply(200, {"CheckpointLoaderSimple": {"input": inputs}})
        if path == "/upload/image":
            return self.upload(seen)
        if path == "/prompt":
            return self.prompt(seen.json)
        if path == "/view":
            return self.view(seen)
        if path.startswith("/history/"):
            return self.history(path.split("/")[2])
        if path == "/queue" and seen.method == "GET":
            return Reply(200, self.queue())
        if path.startswith("/api/jobs/") and not self.gone:
            return self.job(seen)
        return missing()

    def upload(self, seen: Seen) -> Reply:
        parts = {name: (file, value) for name, file, value in seen.form()}
        folder = parts["subfolder"][1].decode()
        name, content = parts["image"]
        self.uploads[f"{folder}/{name}"] = content
        return Reply(200, {"name": name, "subfolder": folder, "type": "input"})

    def prompt(self, asked: dict[str, Any]) -> Reply:
        identity, graph = asked["prompt_id"], asked["prompt"]
        if str(uuid.UUID(identity)) != identity:
            return refused("invalid_prompt_id", "not a canonical UUID")
        for node in graph.values():
            if node["class_type"] not in NODES:
                return refused("missing_node_type", f"Node '{node['class_type']}' not found.")
            for value in node["inputs"].values():
                if isinstance(value, list):
                    assert value[0] in graph, "a link leads nowhere"
            if node["class_type"] == "LoadImage" and node["inputs"]["image"] not in self.uploads:
                return refused("prompt_outputs_failed_validation", "Invalid image file")
        saves = [node for node in graph.values() if node["class_type"] == "SaveImage"]
        if not saves:
            return refused("prompt_no_outputs", "Prompt has no outputs")
        self.accepted.append(identity)
        self.jobs[identity] = {"status": "pending", "saves": saves, "graph": graph}
        return Reply(200, {"prompt_id": identity, "number": 1, "node_errors": {}})

    def advance(self, identity: str) -> dict[str, Any]:
        job = self.jobs[identity]
        if job["status"] == "pending" and not self.held:
            job["status"] = "in_progress"
        elif job["status"] == "in_progress" and not self.held:
            job["status"] = "failed" if self.fate == "failed" else "completed"
            if job["status"] == "completed":
                for node in job["saves"]:
                    name = f"{node['inputs']['filename_prefix']}_00001_.png"
                    self.files[name] = png()
        return job

    def outputs(self, job: dict[str, Any]) -> dict[str, Any]:
        made = {}
        for number, node in enumerate(reversed(job["saves"])):  # any order
            folder, _, name = node["inputs"]["filename_prefix"].rpartition("/")
            picture = {"filename": f"{name}_00001_.png", "subfolder": folder, "type": "output"}
            made[str(number)] = {"images": [picture]}
        return made

    def job(self, seen: Seen) -> Reply:
        identity = seen.path.split("/")[3]
        if seen.path.endswith("/cancel"):
            job = self.jobs.get(identity)
            running = bool(job) and job["status"] in ("pending", "in_progress")
            if running:
                del self.jobs[identity]
            return Reply(200, {"cancelled": running})
        if identity not in self.jobs:
            return Reply(404, {"error": "Job not found"})
        job = self.advance(identity)
        body: dict[str, Any] = {"id": identity, "status": job["status"], "outputs": {}}
        if job["status"] == "completed":
            body["outputs"] = self.outputs(job)
        if job["status"] == "failed":
            body["execution_error"] = OUT_OF_ORDER
        return Reply(200, body)

    def view(self, seen: Seen) -> Reply:
        place = {name: values[0] for name, values in seen.query.items()}
        found = self.files.get(f"{place['subfolder']}/{place['filename']}")
        if found is None or self.gone:
            return Reply(404, b"")
        if self.fate == "html":
            return Reply(200, b"<html>not here</html>")
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", seen.headers.get("Range", ""))
        if wanted:
            start, end = int(wanted[1]), int(wanted[2] or len(found) - 1)
            headers = {"Content-Range": f"bytes {start}-{end}/{len(found)}"}
            return Reply(206, found[start : end + 1], headers)
        return Reply(200, found, {"Content-Type": "image/png", "ETag": '"1"'})

    def history(self, identity: str) -> Reply:
        if identity not in self.jobs or self.gone:
            return Reply(200, {})
        job = self.advance(identity)
        status = job["status"]
        if status in ("pending", "in_progress"):
            return Reply(200, {})
        messages = {
            "completed": [],
            "failed": [["execution_error", OUT_OF_ORDER]],
            "cancelled": [["execution_interrupted", {"node_id": "1"}]],
        }[status]
        word = "success" if status == "completed" else "error"
        entry: dict[str, Any] = {"status": {"status_str": word, "messages": messages}}
        entry["outputs"] = self.outputs(job) if status == "completed" else {}
        return Reply(200, {identity: entry})

    def queue(self) -> dict[str, Any]:
        lists: dict[str, Any] = {"queue_running": [], "queue_pending": []}
        if self.gone:
            return lists
        for identity, job in self.jobs.items():
            item = [1, identity, job["graph"], {}, []]
            if job["status"] == "in_progress":
                lists["queue_running"].append(item)
            if job["status"] == "pending":
                lists["queue_pending"].append(item)
        return lists


class OlderComfy(Comfy):
    """0.3.64: neither jobs nor their cancelling, but history, queue and interrupt."""

    name = "comfyui, older"
    asks = "GET /history/"
    version = "0.3.64"

    def reply(self, seen: Seen) -> Reply:
        path = seen.path
        if path.startswith("/api/jobs/"):
            return missing()
        if path == "/queue" and seen.method == "POST":
            for identity in seen.json["delete"]:
                if self.jobs.get(identity, {}).get("status") == "pending":
                    del self.jobs[identity]
            return Reply(200, b"")
        if path == "/interrupt":
            self.interrupted.append(seen.json["prompt_id"])
            self.jobs[seen.json["prompt_id"]]["status"] = "cancelled"
            return Reply(200, b"")
        return super().reply(seen)


OUT_OF_ORDER = {
    "exception_type": "torch.OutOfMemoryError",
    "exception_message": "CUDA out of memory",
    "node_id": "3",
    "node_type": "KSampler",
}


def missing() -> Reply:
    return Reply(404, b"404: Not Found", {"Content-Type": "text/plain"})


def refused(kind: str, message: str) -> Reply:
    error = {"type": kind, "message": message, "details": "", "extra_info": {}}
    return Reply(400, {"error": error, "node_errors": {}})


CASES = [Comfy, OlderComfy]
