"""Recognisable secrets go in wherever they can be entered, and are then looked for everywhere."""

import contextlib
import json
import logging
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import argon2.profiles
import pytest
import requests

from stylestudio_desktop.app import close_studio, open_studio
from stylestudio_desktop.cli.speaking import tell_unexpected
from stylestudio_desktop.config.workspace import Workspace
from stylestudio_desktop.domain.errors import StudioError
from stylestudio_desktop.domain.filters import GenerationFilter
from stylestudio_desktop.services import (
    connections,
    doctor,
    exporting,
    generate,
    history_csv,
    ledger_proof,
    profiles,
    signing_in,
    till,
)
from stylestudio_desktop.services.backup import full
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings.about import as_text
from stylestudio_desktop.vault import openid, passphrase
from tests.factories import brief_for, give, import_photo, open_test_studio
from tests.vault.drawer import Drawer, with_backend
from tests.vault.provider import CLIENT, Provider

ROOT = Path(__file__).resolve().parents[2]
SERVICE_KEY = "sk-planted-service-key-4711"
PAYMENT_KEY = "rk_test_plantedPaymentKey4712"
WORD = "planted passphrase 4713"
TOKEN = "planted-refresh-token-4714"
ENTERED = (SERVICE_KEY, PAYMENT_KEY, WORD, TOKEN)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passphrase, "PARAMETERS", argon2.profiles.CHEAPEST)


@pytest.fixture
def drawer() -> Drawer:
    return Drawer()


@pytest.fixture
def studio(tmp_path: Path, drawer: Drawer) -> Iterator[Studio]:
    opened = open_studio(Workspace(tmp_path / "workspace"), secrets=with_backend(drawer))
    yield opened
    close_studio(opened)


def plant(studio: Studio) -> None:
    """Enter a secret at every door that takes one."""
    ledger_proof.at_start(studio)
    connections.add(studio, "openai", key=SERVICE_KEY)
    till.keep_key(studio, PAYMENT_KEY)
    provider = Provider()
    provider.refresh = TOKEN

    def show(address: str) -> None:
        back = provider.agree(address)
        requests.get(back.pop("to"), params=back, timeout=5)

    person = openid.by_browser(openid.Client(provider.issuer, CLIENT), show)
    signing_in.arrive(studio, person)
    signing_in.still_welcome(studio, openid.Client(provider.issuer, "nobody"))
    provider.close()
    profiles.set_passphrase(studio, None, WORD)
    profiles.lock(studio)
    for wrong in (f"{WORD} not", ""):
        with contextlib.suppress(StudioError):
            profiles.switch(studio, studio.user_id, wrong)
    profiles.switch(studio, studio.user_id, WORD)
    for not_a_key in (f"{SERVICE_KEY}\x00", f"{PAYMENT_KEY} \n x"):
        with pytest.raises(StudioError) as refused:
            connections.add(studio, "openai", key=not_a_key)
        assert not_a_key.strip() not in refused.value.sentence
    with pytest.raises(StudioError) as refused:
        till.keep_key(studio, f"sk_live_{SERVICE_KEY}")
    assert SERVICE_KEY not in refused.value.sentence


def found_in(folder: Path, secrets: list[str]) -> list[str]:
    """Return which secret lies in which file, written plainly or packed by deflate."""
    found = []
    for path in folder.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        data = path.read_bytes()
        if path.suffix == ".zip":
            import zipfile

            with zipfile.ZipFile(path) as packed:
                data += b"".join(packed.read(name) for name in packed.namelist())
        with contextlib.suppress(zlib.error):
            data += zlib.decompress(data)
        found += [f"{one} in {path.name}" for one in secrets if one.encode() in data]
    return found


def test_no_secret_is_found_anywhere_but_in_the_keyring(
    studio: Studio, drawer: Drawer, tmp_path: Path, caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    plant(studio)
    give(studio, 5)
    product = import_photo(studio, tmp_path)
    with contextlib.suppress(StudioError):
        generate.start(studio, brief_for(product, prompt="a shirt"))

    out = tmp_path / "out"
    out.mkdir()
    full.make(studio, out / "backup")
    full.make(studio, out / "backup.zip")
    history_csv.export(studio, out / "history.csv", GenerationFilter())
    exporting.export(studio, [product], out)
    report = doctor.examine(studio.workspace, studio)
    (out / "report.txt").write_text(as_text(report) + json.dumps(report, default=str))
    try:
        raise RuntimeError("something broke while a key was in hand")
    except RuntimeError as error:
        tell_unexpected(error, as_json=True)
    said = capsys.readouterr()
    (out / "said.txt").write_text(said.out + said.err + caplog.text)
    settle = studio.database.seals.close
    settle()

    keys = [value for (_, name), value in drawer.kept.items() if name.startswith("ledger:")]
    kept = set(drawer.kept.values())
    assert {SERVICE_KEY, PAYMENT_KEY} <= kept
    assert any(TOKEN in value for value in kept)
    assert len(keys) == 1
    assert found_in(tmp_path, [*ENTERED, *keys]) == []
    # The search itself is able to find: a plain text, and one inside a packed backup.
    (out / "proof.txt").write_text(TOKEN)
    assert found_in(out, [TOKEN]) == [f"{TOKEN} in proof.txt"]
    assert found_in(out, ["red", "library.sqlite3"])


@pytest.mark.linux
def test_no_secret_stands_in_the_list_of_processes(tmp_path: Path) -> None:
    close_studio(open_test_studio(tmp_path))
    command = [
        sys.executable, "-m", "stylestudio_desktop", "--workspace", str(tmp_path / "workspace"),
        "account", "set-passphrase",
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(f"{WORD}\n")
        seen = b""
        process.stdin.flush()
        while process.poll() is None:
            for name in ("cmdline", "environ"):
                with contextlib.suppress(OSError):
                    seen += Path(f"/proc/{process.pid}/{name}").read_bytes()
        out, err = process.communicate()
    assert process.returncode == 0, err
    assert b"set-passphrase" in seen
    assert WORD.encode() not in seen
    assert WORD not in out + err


def test_errors_and_objects_do_not_repeat_what_they_hold(studio: Studio) -> None:
    plant(studio)
    shown = repr(studio) + repr(studio.secrets) + repr(studio.settings.value)
    shown += repr(profiles.current(studio)) + repr(connections.connections(studio))
    for one in ENTERED:
        assert one not in shown
