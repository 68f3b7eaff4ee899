"""With the network switched off the program makes no socket that could leave this machine.

Seen from outside, by strace: nothing that a library does underneath can hide.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import attempts, generate, queue
from tests.contract.cases.comfyui import Comfy
from tests.contract.test_whole_way import taken_in
from tests.factories import brief_for


def can_trace() -> bool:
    """Say whether strace is there and may trace."""
    if not sys.platform.startswith("linux") or shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False
    )
    return tried.returncode == 0


pytestmark = [
    pytest.mark.linux,
    pytest.mark.skipif(not can_trace(), reason="strace is missing or may not trace here"),
]


@pytest.mark.parametrize("off", [True, False])
def test_the_switch_is_seen_from_outside(tmp_path: Path, off: bool) -> None:
    case = Comfy()
    place = Workspace(tmp_path / "workspace")
    studio = open_studio(place)
    comfy = {"id": "comfyui", "settings": {"base_url": case.server.url}, "consent_to": ""}
    studio.settings.change(no_network=off, services=[comfy])
    product = taken_in(studio, tmp_path, "teal", Category.PRODUCT)
    row = generate.start(studio, brief_for(product, provider="comfyui"))
    seen = tmp_path / "seen"
    program = [sys.executable, "-m", "stylestudio_desktop", "--workspace", str(place.root)]
    child = subprocess.Popen(
        ["strace", "-f", "-qq", "-e", "trace=socket,connect,sendto", "-o", str(seen),
         *program, "worker", "--until-empty"],
        env={**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            job = queue.place(studio, row.id)
            if job is None or "switched off" in job.stage:
                break
            time.sleep(0.05)
        job = queue.place(studio, row.id)
        status = attempts.owned(studio, row.id).status
    finally:
        os.killpg(child.pid, signal.SIGTERM)
        child.wait(30)
        close_studio(studio)
        case.close()
    sockets = [text for text in seen.read_text(errors="replace").splitlines() if "AF_INET" in text]
    if off:
        assert job is not None
        assert "The network is switched off" in job.stage
        assert sockets == []
        assert case.server.seen == []
    else:
        assert status == "completed"
        assert sockets
        assert case.accepted
