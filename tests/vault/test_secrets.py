"""The one door to keys: a real keyring where there is one, memory where there is none."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.vault.secrets import Secrets, Source
from tests.vault import session
from tests.vault.drawer import Drawer, with_backend

KEY = "sk-test-0123456789abcdef"
real = pytest.mark.skipif(bool(session.missing()), reason=session.missing() or "there is one")
_START = "from stylestudio_desktop.vault.secrets import Secrets; s = Secrets({})\n"


def test_a_key_is_kept_and_forgotten() -> None:
    drawer = Drawer()
    secrets = with_backend(drawer)

    assert secrets.set("provider:openai", f" {KEY}\n") is Source.KEYRING
    assert drawer.kept == {("StyleStudio", "provider:openai"): KEY}
    assert secrets.get("provider:openai") == KEY
    assert secrets.source("provider:openai") is Source.KEYRING
    assert secrets.ending("provider:openai") == "…cdef"
    assert secrets.keeping().lasting
    assert secrets.delete("provider:openai")
    assert secrets.get("provider:openai") is None
    assert secrets.delete("provider:openai")


def test_the_keyring_is_not_asked_for_every_request() -> None:
    drawer = Drawer()
    secrets = with_backend(drawer)
    for _ in range(50):
        secrets.get("provider:openai")

    assert drawer.asked == 1


def test_without_a_keyring_keys_stay_in_memory_and_it_says_so(tmp_path: Path) -> None:
    secrets = with_backend(None)

    assert secrets.set("provider:fal", KEY) is Source.MEMORY
    assert secrets.get("provider:fal") == KEY
    assert secrets.source("provider:fal") is Source.MEMORY
    assert not secrets.keeping().lasting
    assert "gone when the program ends" in secrets.keeping().sentence
    assert with_backend(None).get("provider:fal") is None


def test_a_locked_keyring_is_said_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    drawer = Drawer()
    drawer.locked = True
    secrets = with_backend(drawer)

    assert secrets.get("provider:fal") is None
    assert secrets.set("provider:fal", KEY) is Source.MEMORY
    assert "locked" in secrets.keeping().sentence
    assert not secrets.delete("provider:fal")
    drawer.locked = False
    assert secrets.set("provider:fal", KEY) is Source.KEYRING
    assert secrets.source("provider:fal") is Source.KEYRING
    assert secrets.keeping().lasting
    assert KEY not in caplog.text


def test_the_environment_is_the_last_place() -> None:
    secrets = with_backend(Drawer(), {"GEMINI_API_KEY": "from-the-shell"})

    assert secrets.source("provider:gemini") is Source.ENVIRONMENT
    assert secrets.get("provider:gemini") == "from-the-shell"
    secrets.set("provider:gemini", KEY)
    assert secrets.get("provider:gemini") == KEY
    secrets.delete("provider:gemini")
    assert secrets.get("provider:gemini") == "from-the-shell"


@pytest.mark.parametrize("secret", ["", "  \n", "a\x00b", "x" * 3000, "line\nline"])
def test_what_can_be_no_key_is_refused_without_repeating_it(secret: str) -> None:
    with pytest.raises(BadInput) as caught:
        with_backend(Drawer()).set("provider:fal", secret)

    assert not secret.strip() or secret not in caught.value.sentence


@pytest.mark.parametrize("name", ["openai", "provider:", "provider:../x", "provider:a b"])
def test_names_are_of_one_form(name: str) -> None:
    with pytest.raises(ValueError, match="name of a secret"):
        Secrets({}).get(name)


def test_nothing_secret_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = with_backend(Drawer())
    secrets.set("provider:fal", KEY)
    secrets.get("provider:fal")

    assert KEY not in repr(secrets)
    assert KEY not in caplog.text


def test_a_file_is_never_taken_for_a_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The library would follow this variable to any class; the door doesn't ask it."""
    (tmp_path / "plainfile.py").write_text(
        "from keyring.backend import KeyringBackend\n"
        "class Plain(KeyringBackend):\n"
        "    priority = 99\n"
        "    def get_password(self, *a): return 'from a file'\n"
        "    def set_password(self, *a): open('leak', 'w').write(a[2])\n"
        "    def delete_password(self, *a): pass\n"
    )
    script = (
        f"{_START}print(s.backend_name, s.set('provider:fal', 'secret-secret').value,"
        " s.get('provider:fal'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={
            "PYTHONPATH": f"{session.ROOT}:{tmp_path}",
            "PYTHON_KEYRING_BACKEND": "plainfile.Plain",
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
        },
        capture_output=True,
        text=True,
        cwd=tmp_path,
        timeout=60,
    )

    assert done.stdout.split() == ["memory", "secret-secret"], done.stderr
    assert not (tmp_path / "leak").exists()


def test_the_library_is_loaded_late() -> None:
    script = (
        "import sys, stylestudio_desktop.vault.secrets as v; v.Secrets({});"
        "print('keyring' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=session.ROOT
    )

    assert done.stdout.strip() == "False"


@real
@pytest.mark.linux
def test_a_real_keyring_keeps_a_key_over_sessions(tmp_path: Path) -> None:
    stored = session.run(
        tmp_path, f"{_START}print(s.backend_name, s.set('provider:openai', '{KEY}').value)"
    )
    found = session.run(
        tmp_path,
        f"{_START}print(s.source('provider:openai').value, s.get('provider:openai'));"
        "s.delete('provider:openai'); print(s.get('provider:openai'), s.keeping().lasting)",
    )

    assert stored == "Secret Service keyring"
    assert found.split() == ["keyring", KEY, "None", "True"]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    assert all(KEY.encode() not in path.read_bytes() for path in files)


@real
@pytest.mark.linux
def test_a_real_locked_keyring_does_not_hold_anybody_up(tmp_path: Path) -> None:
    session.run(tmp_path, f"{_START}s.set('provider:openai', '{KEY}')")

    found = session.run(
        tmp_path,
        f"{_START}print(s.get('provider:openai'), s.set('provider:fal', 'other-key-0000').value,"
        "s.keeping().lasting)",
        password="",
    )

    assert found.split() == ["None", "memory", "False"]


@pytest.mark.linux
def test_without_a_bus_there_is_no_keyring(tmp_path: Path) -> None:
    found = session.run(
        tmp_path,
        f"{_START}print([s.backend_name], s.set('provider:fal', '{KEY}').value, s.keeping().name)",
        bus=False,
    )

    assert found == "[''] memory"


def test_the_keyring_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STYLESTUDIO_KEYRING", "off")
    secrets = Secrets({})

    assert secrets.set("provider:fal", KEY) is Source.MEMORY
    assert secrets.backend_name == ""
