"""Folders to watch are added, listed and removed by command."""

from pathlib import Path

from tests.cli.conftest import Shell


def test_folders_are_added_listed_and_removed(shell: Shell, tmp_path: Path) -> None:
    for name in ("shirts", "people"):
        (tmp_path / name).mkdir()
    shirts, people = tmp_path / "shirts", tmp_path / "people"
    assert shell.json("watch", "list") == {"items": []}
    shell.json("watch", "add", str(shirts), "--as", "product")
    items = shell.json("watch", "add", str(people), "--as", "model")["items"]
    assert [(one["path"], one["category"], one["enabled"]) for one in items] == [
        (str(shirts), "product_image", True),
        (str(people), "model_image", True),
    ]
    assert shell.run("watch", "list") == 0
    assert str(shirts) in shell.out
    shell.json("watch", "remove", str(shirts))
    assert shell.json("watch", "remove", items[1]["id"]) == {"items": []}


def test_mistakes_are_sentences(shell: Shell, tmp_path: Path) -> None:
    folder = str(tmp_path)
    for words in (
        ("add",),
        ("list", folder),
        ("add", folder),
        ("remove", folder, "--as", "model"),
        ("remove", folder),
        ("add", str(tmp_path / "nowhere"), "--as", "product"),
    ):
        assert shell.run("watch", *words) == 2, words
        assert shell.err.strip(), words
