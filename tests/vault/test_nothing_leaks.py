"""Recognisable secrets go in wherever they can be entered, and are then looked for everywhere."""

import base64
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
from stylestudio_desktop.config import crashes
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
    table_export,
    till,
)
from stylestudio_desktop.services.backup import full
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.ui.settings.about import as_text
from stylestudio_desktop.vault import github, openid, passphrase
from tests.factories import brief_for, give, import_photo, open_test_studio
from tests.vault.drawer import Drawer, with_backend
from tests.vault.github_standin import CLIENT as GITHUB_CLIENT
from tests.vault.github_standin import DEVICE as GITHUB_CODE
from tests.vault.github_standin import TOKEN as GITHUB_TOKEN
from tests.vault.github_standin import GitHub
from tests.vault.provider import CLIENT, Provider

ROOT = Path(__file__).resolve().parents[2]
SERVICE_KEY = "sk-planted-service-key-4711"
PAYMENT_KEY = "rk_test_plantedPaymentKey4712"
WORD = "planted passphrase 4713"
TOKEN = "planted-refresh-token-4714"
CLIENT_SECRET = "GOCSPX-plantedClientSecret4716"
DEVICE_CODE = "planted-device-code-4717"
ACCESS = "planted-access-token-4718"
IN_ADDRESS = "plantedAddressPassword4719"
ENTERED = (
    SERVICE_KEY, PAYMENT_KEY, WORD, TOKEN, CLIENT_SECRET, DEVICE_CODE, ACCESS, IN_ADDRESS,
    GITHUB_CODE, GITHUB_TOKEN,
)  # fmt: skip


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
    plant_sign_ins(studio)
    plant_addresses(studio)
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


def plant_sign_ins(studio: Studio) -> None:
    """Sign in by browser, by code and with GitHub, each with secrets of its own."""
    provider = Provider()
    provider.refresh, provider.device, provider.access = TOKEN, DEVICE_CODE, ACCESS

    def show(address: str) -> None:
        back = provider.agree(address)
        requests.get(back.pop("to"), params=back, timeout=5)

    asking = signing_in.client(studio, provider.issuer, CLIENT, CLIENT_SECRET)
    signing_in.with_browser(studio, asking, show)
    assert provider.asked[-1]["client_secret"] == CLIENT_SECRET
    provider.pending = 1
    signing_in.with_code(studio, asking, signing_in.ask_code(studio, asking))
    assert provider.asked[-1]["device_code"] == DEVICE_CODE
    signing_in.still_welcome(studio, openid.Client(provider.issuer, "nobody"))
    signing_in.still_welcome(studio, asking)
    provider.lies["token"] = (400, {"error": "invalid_grant", "error_description": TOKEN})
    signing_in.still_welcome(studio, asking)
    provider.close()
    service = GitHub()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(github, "ISSUER", service.address)
        patch.setattr(github, "API", service.address)
        patch.setattr(github, "rest", lambda *_: None)
        asking = signing_in.client(studio, service.address, GITHUB_CLIENT)
        asked = signing_in.ask_code(studio, asking)
        signing_in.with_code(studio, asking, asked)
        assert service.asked[-1][2] == f"Bearer {GITHUB_TOKEN}"
        assert GITHUB_CODE not in repr(asked)
    service.close()


def plant_addresses(studio: Studio) -> None:
    """Type a password into every address: each is refused, and none is repeated."""
    where = f"https://me:{IN_ADDRESS}@example.com"
    key = base64.b64encode(bytes(32)).decode()
    for enter in (
        lambda: connections.add(studio, "comfyui", {"address": where}),
        lambda: till.use_relay(studio, f"test {where} {key}"),
        lambda: signing_in.with_browser(
            studio, signing_in.client(studio, where, CLIENT), lambda _address: None
        ),
    ):
        with pytest.raises(StudioError) as refused:
            enter()
        assert IN_ADDRESS not in refused.value.sentence


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
    for form in table_export.FORMATS:
        table_export.export(studio, out / form, form)
    with pytest.raises(RuntimeError) as broken:
        raise RuntimeError(f"something broke with {SERVICE_KEY} and {WORD} in hand")
    assert crashes.record(studio.workspace.root, broken.value) is not None
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
    assert {SERVICE_KEY, PAYMENT_KEY, CLIENT_SECRET} <= kept
    assert any(TOKEN in value for value in kept)
    assert len(keys) == 1
    assert found_in(tmp_path, [*ENTERED, *keys]) == []
    # What was searched holds all that the program writes by itself: logs, journal, snapshots.
    written = {path.name for path in studio.workspace.root.iterdir()}
    assert {"library.sqlite3", "settings.json", "logs", "journal"} <= written
    # The search itself is able to find: a plain text, and one inside a packed backup.
    (out / "proof.txt").write_text(TOKEN)
    assert found_in(out, [TOKEN]) == [f"{TOKEN} in proof.txt"]
    assert found_in(out, ["red", "library.sqlite3"])


@pytest.mark.linux
@pytest.mark.parametrize(
    ("words", "secret"),
    [
        (("account", "set-passphrase"), WORD),
        (("wallet", "key"), PAYMENT_KEY),
        (("services", "add", "openai"), SERVICE_KEY),
    ],
    ids=["passphrase", "payment", "service"],  # a test's name stands in the environment
)
def test_no_secret_stands_in_the_list_of_processes(
    words: tuple[str, ...], secret: str, tmp_path: Path
) -> None:
    close_studio(open_test_studio(tmp_path))
    command = [
        sys.executable, "-m", "stylestudio_desktop", "--workspace", str(tmp_path / "workspace"),
        *words,
    ]  # fmt: skip
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(f"{secret}\n")
        process.stdin.close()
        seen = b""
        while process.poll() is None:
            for name in ("cmdline", "environ"):
                with contextlib.suppress(OSError):
                    seen += Path(f"/proc/{process.pid}/{name}").read_bytes()
        assert process.stdout is not None
        assert process.stderr is not None
        said = process.stdout.read() + process.stderr.read()
    assert process.returncode == 0, said
    assert words[-1].encode() in seen
    assert secret.encode() not in seen
    assert secret not in said
    assert found_in(tmp_path, [secret]) == []


def test_errors_and_objects_do_not_repeat_what_they_hold(studio: Studio) -> None:
    plant(studio)
    shown = repr(studio) + repr(studio.secrets) + repr(studio.settings.value)
    shown += repr(profiles.current(studio)) + repr(connections.connections(studio))
    for one in ENTERED:
        assert one not in shown
