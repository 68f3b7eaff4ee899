"""Whatever is typed is answered with a sentence: no word of a command line ends in a fault."""

import os
import random
import re
from pathlib import Path

import pytest

from stylestudio_desktop.cli import arguments
from stylestudio_desktop.cli.desk import _HANDLERS
from stylestudio_desktop.config.settings import SettingsFile
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.places import path_of
from tests.cli.conftest import Shell
from tests.factories import photo

LONG, NOBODY = "a" * 5000, "~nobody-of-that-name/x"
WITH_PATHS = [
    "generate --product {}", "generate --product 1 --background {}",
    "generate --product 1 --model {}",
    "import {} --as product", "restore-backup {}", "restore-backup x --into {}",
    "backup full --to {}", "backup list {}", "backup verify {}", "bring-back 1 --from {}",
    "bring-back --list --from {}", "rebuild {}", "export 1 --to {}", "export --all --to {}",
    "export-tables --to {}", "workspace compare {}", "workspace sync {}", "workspace begin {}",
    "workspace switch {}", "workspace create {}", "batch {}", "batch {} --photos {}",
    "watch add {} --as product", "watch remove {}", "account picture {}",
    "wallet receipt 1 --to {}", "crashes show {}", "mask 1 --set {}", "list files --search {}",
    "show {}", "services test {}",
]  # fmt: skip
NUMBERS = [
    "purge --older-than {}", "list files --limit {}", "insights --days {}", "upscale 1 --to {}",
    "generate --product 1 --seed {}", "generate --product 1 --count {}", "queue up {}",
    "generate --product 1 --strength {}", "generate --product 1 --steps {}", "show {}",
    "batches resume 1 --budget {}", "list files --since {}", "list files --until {}",
    "restore-backup --at {}", "wallet refund {}", "list files --after {}", "trash {}",
    "decide {} again",
]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written where somebody stands is written here."""
    (tmp_path / "stand").mkdir()
    monkeypatch.chdir(tmp_path / "stand")


@pytest.mark.parametrize("word", [LONG, NOBODY, "x/" * 3000, "", "\udcff"])
@pytest.mark.parametrize("line", WITH_PATHS)
def test_no_path_that_can_be_typed_is_a_fault(shell: Shell, line: str, word: str) -> None:
    code = shell.run(*(part.format(word) for part in line.split(" ")))
    assert code in (0, 2, 3, 4, 5), shell.err
    assert "Traceback" not in shell.err


@pytest.mark.parametrize(
    "word",
    ["9" * 30, "nan", "1e999", "9999-12-31", "0001-01-01", "9" * 5000],
)
@pytest.mark.parametrize("line", NUMBERS)
def test_no_number_that_can_be_typed_is_a_fault(shell: Shell, line: str, word: str) -> None:
    code = shell.run(*(part.format(word) for part in line.split(" ")))
    assert code in (0, 2, 3, 4, 5), shell.err
    assert "Traceback" not in shell.err


def test_words_without_sense_are_told_so() -> None:
    """Words of the program in any order, with rubbish between them."""
    dice = random.Random(7)
    known = [*_HANDLERS, *re.findall(r"--[a-z-]+", arguments.build().format_help())]
    parser = arguments.build()
    for action in parser._actions:
        for sub in (
            (getattr(action, "choices", None) or {}).values() if action.dest == "command" else ()
        ):
            known += re.findall(r"--[a-z-]+", sub.format_help())
    rubbish = [
        LONG[:300],
        "--",
        "-",
        "",
        "--=",
        "--json=1",
        "@x",
        "\x1b[31m",
        "🙂",
        "--workspace",
        "9" * 400,
    ]
    for _ in range(400):
        words = dice.choices([*known, *rubbish], k=dice.randint(1, 6))
        if {"--help", "--version"} & {*words}:
            continue
        try:
            arguments.parse(words)
        except (BadInput, SystemExit):
            continue


def test_a_path_is_taken_as_it_is_typed() -> None:
    assert str(path_of("~/x")) == os.path.join(os.path.expanduser("~"), "x")  # noqa: PTH111, PTH118
    assert str(path_of("a/b")) == os.path.join("a", "b")  # noqa: PTH118
    for word in (LONG, NOBODY, "x\0y", "\ud800"):
        with pytest.raises(BadInput):
            path_of(word)


@pytest.mark.linux
def test_names_that_are_no_text(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "\udcff"
    folder.mkdir()
    kept = shell.json("backup", "full", "--to", str(folder))
    assert shell.json("backup", "list")["backups"][0]["path"] == kept["path"]
    assert shell.run("watch", "add", str(folder), "--as", "product") == 2
    assert "is no text" in shell.err
    assert shell.run("import", str(photo(folder, "\udcfe.jpg", "teal")), "--as", "product") == 0
    assert shell.run("list", "files") == 0
    assert shell.run("verify") == 0
    assert shell.run("account", "picture", str(folder)) == 2
    assert "is a folder" in shell.err


def test_a_search_in_an_empty_library_finds_nothing(shell: Shell) -> None:
    assert shell.json("list", "files", "--search", "teal")["items"] == []


@pytest.mark.parametrize(
    "text",
    ['{"max_file_mb": 1' + "0" * 400 + "}", '{"max_megapixels": NaN, "low_balance": 1e999}',
     "[" * 9000, '{"backup_place": "\\udcff", "language": "\\ud800"}',
     '{"services": [[[]], 7, {"id": {}}]}'],
)  # fmt: skip
def test_no_settings_file_is_a_fault(shell: Shell, text: str) -> None:
    assert shell.run("list", "files") == 0
    (shell.workspace / "settings.json").write_text(text)
    for words in (["doctor"], ["services"], ["backup", "list"], ["list", "files"]):
        assert shell.run(*words) in (0, 5), shell.err
    file = SettingsFile(shell.workspace / "settings.json")
    assert file.change(low_balance=3).low_balance == 3
    assert SettingsFile(file.path).value == file.value
