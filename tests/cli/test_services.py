"""Services on the command line: a key is read from standard input, and never shown or an option."""

import hashlib
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from stylestudio_desktop.__main__ import main
from stylestudio_desktop.cli import services as command
from tests.contract.case import KEY, png
from tests.contract.cases.openai import OpenAIAtOnce
from tests.factories import FakeProvider, photo


@pytest.fixture
def service() -> Iterator[OpenAIAtOnce]:
    made = OpenAIAtOnce()
    yield made
    made.close()


@pytest.fixture
def run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Any]:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    def typed(*words: str, stdin: str = "", **more: Any) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        code = main(["--workspace", str(tmp_path / "workspace"), *words], **more)
        return code, *capsys.readouterr()

    return typed


def test_a_picture_is_made_by_a_service_that_was_just_added(
    run: Callable[..., Any], service: OpenAIAtOnce, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    place = f"base_url={service.server.url}/v1"

    assert run("services", "add", "openai", "--set", place, "--ceiling", "2")[0] == 0
    code, out, _ = run("services", "test", "openai")
    assert (code, "models: gpt-image-2" in out) == (0, True)
    picture = photo(tmp_path)
    words = ("generate", "--product", str(picture), "--quality", "draft", "--json")
    code, out, err = run(*words, "--provider", "openai", "--provider-model", "gpt-image-2")

    assert code == 0, err
    made = json.loads(out)
    assert made["generation"]["status"] == "completed"
    with Image.open(made["files"][0]["path"]) as saved, Image.open(io.BytesIO(png())) as sent_back:
        assert saved.tobytes() == sent_back.tobytes()
    (sent,) = json.loads(run("show", made["generation"]["id"], "--json")[1])["sendings"]
    assert (sent["provider"], sent["dropped"]) == ("openai", ["seed"])
    (form,) = [seen.form() for seen in service.server.seen if seen.method == "POST"]
    (body,) = [body for name, _, body in form if name == "image"]
    assert sent["photos"][0]["sha256"] == hashlib.sha256(body).hexdigest()
    assert "Sent to openai" in run("show", made["generation"]["id"])[1]
    code, out, _ = run("services", "--json")
    (_, shown) = json.loads(out)["services"]
    assert (shown["made_this_month"], shown["ceiling"], shown["key"]) == (1, 2, "environment")
    assert KEY not in out
    assert run(*words, "--provider", "openai", "--count", "2")[0] == 3
    assert service.server.count("POST") == 1


def test_a_key_from_standard_input_reaches_the_vault_alone(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    code, out, err = run("services", "add", "openai", stdin=f"{KEY}\nmore")

    assert code == 0
    assert "not kept" in err
    assert "OPENAI_API_KEY" in err
    assert KEY not in out + err
    written = [path for path in (tmp_path / "workspace").rglob("*") if path.is_file()]
    assert not [path for path in written if KEY.encode() in path.read_bytes()]


def test_a_prompt_hides_the_key(run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or f" {KEY} ")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)

    assert command._key("OpenAI", "OPENAI_API_KEY") == KEY
    assert "OPENAI_API_KEY" in asked[0]
    monkeypatch.setattr("sys.stdin", None)
    assert command._key("OpenAI", "") == ""


def test_services_are_ordered_consented_and_removed(run: Callable[..., Any]) -> None:
    run("services", "add", "openai")
    run("services", "add", "comfyui", "--set", "base_url=http://127.0.0.1:9")
    assert run("services", "prefer", "openai", "comfyui")[0] == 0
    code, out, _ = run("services", "list")
    assert code == 0
    assert out.index("openai") < out.index("comfyui") < out.index("local")
    assert "not agreed" in out
    assert "agreed 20" in run("services", "consent", "openai")[1]
    assert "not agreed" in run("services", "consent", "openai", "--withdraw")[1]
    assert run("services", "test", "comfyui", "--json")[0] == 4
    assert "forgotten" in run("services", "remove", "openai")[2]
    assert "openai" not in run("services")[1]


def test_what_a_service_can_not_do_is_listed_where_it_is_chosen(run: Callable[..., Any]) -> None:
    code, out, _ = run("services", "list", "local")
    assert code == 0
    assert out.startswith("On this computer (local): ")
    assert "no generative model" in out
    assert "can't show turned or seated people" in out
    assert "not a fit guarantee" in out

    code, told, _ = run("services", "list", "local", "--json")
    (found,) = json.loads(told)["services"]
    assert (code, found["id"]) == (0, "local")
    assert all(note in out for note in found["notes"])
    assert len(found["notes"]) == out.count("  - ")


def test_consent_on_the_way(run: Callable[..., Any], tmp_path: Path) -> None:
    settings = tmp_path / "workspace" / "settings.json"
    settings.parent.mkdir()
    settings.write_text(json.dumps({"services": [{"id": "afar"}]}))
    providers = {"local": FakeProvider(), "afar": FakeProvider(name="afar", remote=True)}
    words = ("generate", "--product", str(photo(tmp_path)), "--provider", "afar")
    words += ("--model", str(photo(tmp_path, "person.jpg", "pink")), "--quality", "draft")

    code, _, err = run(*words, providers=providers)
    assert code == 4
    assert "--consent" in err
    assert run(*words, "--consent", providers=providers)[0] == 0
    assert run(*words, providers=providers)[0] == 0


@pytest.mark.parametrize(
    "words",
    [
        ("add",), ("remove", "a", "b"), ("list", "openai"), ("prefer",), ("consent",),
        ("add", "nothing"), ("test", "nothing"), ("add", "openai", "--set", "project"),
        ("add", "openai", "--set", "colour=red"), ("add", "openai", "--ceiling", "9999999"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(run: Callable[..., Any], words: tuple[str, ...]) -> None:
    code, _, err = run("services", *words)

    assert code == 2
    assert err.strip()
