"""The stand-in's environment is made where it is wanted, once, and its absence stops nothing."""

import sys
from pathlib import Path

import pytest
from devkit import standins
from devkit.places import Places


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(tmp_path / "checkout")
    made.lock("standins").parent.mkdir(parents=True)
    made.lock("standins").write_text("nothing==1\n")
    return made


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, places: Places) -> list[list[str]]:
    commands: list[list[str]] = []

    def ran(command: list[str]) -> bool:
        commands.append(command)
        standins.home(places).mkdir(parents=True, exist_ok=True)
        return "venv" in command or "--fails" not in command

    monkeypatch.setattr(standins, "_ran", ran)
    return commands


def beside(places: Places) -> None:
    script = places.root.parent / "shared" / "tools" / "stripe_standin.py"
    script.parent.mkdir(parents=True)
    script.touch()


def test_without_the_stand_in_nothing_is_made(places: Places, asked: list[list[str]]) -> None:
    standins.provide(places)
    assert asked == []


def test_it_is_made_once_for_each_list(places: Places, asked: list[list[str]]) -> None:
    beside(places)
    standins.provide(places)
    assert asked[0][:3] == [sys.executable, "-m", "venv"]
    assert "--require-hashes" in asked[1]
    standins.provide(places)
    assert len(asked) == 2
    places.lock("standins").write_text("nothing==2\n")
    standins.provide(places)
    assert len(asked) == 4


def test_a_failure_is_told_and_tried_again(
    places: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    beside(places)
    monkeypatch.setattr(standins, "_ran", lambda _command: False)
    standins.provide(places)
    assert "skipped" in capsys.readouterr().out
    assert not (standins.home(places) / "made-from").exists()


def test_a_command_that_is_not_there_is_a_failure() -> None:
    assert not standins._ran(["/no/such/command"])
    assert standins._ran([sys.executable, "-c", "pass"])


def test_the_sign_in_provider_is_brought_where_node_is(
    places: Places,
    asked: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = places.root.parent / "shared" / "tools" / "oidc_provider.mjs"
    script.parent.mkdir(parents=True)
    script.touch()
    lists = places.root / "packaging" / "lock" / "signin"
    lists.mkdir()
    for name in ("package.json", "package-lock.json"):
        (lists / name).write_text("{}")
    monkeypatch.setattr(standins.shutil, "which", lambda _name: None)
    standins.provide(places)
    assert asked == []
    assert "Node is not installed" in capsys.readouterr().out
    monkeypatch.setattr(standins.shutil, "which", lambda name: f"/bin/{name}")
    for _ in range(2):
        standins.provide(places)
    assert [command[1:3] for command in asked] == [["ci", "--ignore-scripts"]]
    (lists / "package-lock.json").write_text("{ }")
    monkeypatch.setattr(standins, "_ran", lambda _command: False)
    standins.provide(places)
    assert "skipped" in capsys.readouterr().out
