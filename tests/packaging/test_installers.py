"""The archive and the Debian package of a small frozen program, and the verb that makes them."""

import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from devkit import bundle
from devkit.places import Places, this_checkout
from devkit.say import Trouble
from installers import debian, notices, packing

ROOT = this_checkout().root
MOMENT = 1_700_000_000
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="these are Linux's installers")


@pytest.fixture
def frozen(tmp_path: Path) -> Path:
    """A frozen program that says its version, with a library of its own."""
    folder = tmp_path / "frozen" / "stylestudio"
    (folder / "_internal").mkdir(parents=True)
    (folder / "stylestudio").write_text("#!/bin/sh\necho stylestudio 1.2.3\n")
    (folder / "stylestudio").chmod(0o700)
    (folder / "_internal" / "data.txt").write_text("data")
    (folder / "_internal" / "data.txt").chmod(0o600)
    (folder / notices.FILE).write_text("whose work it is")
    return folder


def test_the_archive_is_unpacked_anywhere_and_run(frozen: Path, tmp_path: Path) -> None:
    made = packing.archive(frozen, tmp_path / "studio-1.2.3.tar.gz", MOMENT)

    with tarfile.open(made) as tar:
        entries = {entry.name: entry for entry in tar.getmembers()}
        tar.extractall(tmp_path / "home", filter="data")
    program = tmp_path / "home" / "studio-1.2.3" / "stylestudio"
    assert subprocess.run([program], capture_output=True, text=True).stdout == "stylestudio 1.2.3\n"
    assert {entry.mtime for entry in entries.values()} == {MOMENT}
    assert {(entry.uid, entry.uname) for entry in entries.values()} == {(0, "root")}
    assert entries["studio-1.2.3/_internal/data.txt"].mode == 0o644


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_the_package_holds_a_program_its_entry_and_its_icons(frozen: Path, tmp_path: Path) -> None:
    stage, package = tmp_path / "stage", tmp_path / "studio.deb"
    desktop = ROOT / "packaging" / "linux" / "stylestudio.desktop"
    debian.lay_out(frozen, ROOT / "resources", desktop, stage)
    debian.pack(stage, debian.control("1.2.3", "amd64", 5000, "libc6 (>= 2.36)"), package)

    listed = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True).stdout
    owners = {line.split()[1] for line in listed.splitlines()}
    assert owners == {"root/root"}
    modes = {line.split()[0] for line in listed.splitlines()}
    assert modes == {"drwxr-xr-x", "-rwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx"}
    fields = subprocess.run(["dpkg-deb", "-f", package], capture_output=True, text=True).stdout
    assert "Version: 1.2.3\n" in fields
    assert "Installed-Size: 5\n" in fields
    control, root = tmp_path / "control", tmp_path / "root"
    subprocess.run(["dpkg-deb", "-e", package, control], check=True)
    assert sorted(path.name for path in control.iterdir()) == ["control"]  # no scripts
    subprocess.run(["dpkg-deb", "-x", package, root], check=True)
    told = dict(re.findall(r"^(\w+)=(.*)$", desktop.read_text(encoding="utf-8"), re.MULTILINE))
    assert "MimeType" not in told  # the window takes no files from the command line
    program = root / "usr/bin" / told["Exec"]
    assert program.is_symlink()
    assert subprocess.run([program], capture_output=True, text=True).stdout == "stylestudio 1.2.3\n"
    icons = list((root / "usr/share/icons/hicolor").glob(f"*/apps/{told['Icon']}.*"))
    assert len(icons) == 9
    assert (root / "usr/share/applications/stylestudio.desktop").is_file()
    assert (root / "usr/share/doc/stylestudio/copyright").read_text() == "whose work it is"


def test_what_a_program_needs_of_the_system_is_found(frozen: Path) -> None:
    shutil.copy(sys.base_prefix + "/bin/python3", frozen / "_internal" / "tool")

    needed = {path.name for path in debian.asked_for(frozen)}

    assert "libc.so.6" in needed
    assert debian.libraries(frozen) == [frozen / "_internal" / "tool"]


def test_a_library_that_nobody_has_makes_no_installer(
    frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy("/bin/true", frozen / "_internal" / "tool")
    said = "\tlibc.so.6 => /lib/libc.so.6 (0x1)\n\tlibQt6Gone.so.6 => not found\n"
    done = subprocess.CompletedProcess([], 0, said, "")
    monkeypatch.setattr(debian.subprocess, "run", lambda *_, **__: done)

    with pytest.raises(debian.Incomplete, match=r"_internal/tool asks for libQt6Gone\.so\.6"):
        debian.asked_for(frozen)

    (frozen / "_internal" / "libQt6Gone.so.6").write_text("it came along after all")
    assert debian.asked_for(frozen) == {Path("/lib/libc.so.6")}


def test_packages_are_named_once_and_the_c_library_with_its_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owners = {"libc.so.6": "libc6:amd64", "libX11.so.6": "libx11-6:amd64", "a": "libx11-6:amd64"}
    monkeypatch.setattr(debian, "package_of", lambda path: owners.get(path.name))
    paths = [Path("/lib") / name for name in (*owners, "unknown.so")]
    told = debian.depends(paths, "2.36")
    assert told == "libc6 (>= 2.36), fontconfig-config, libx11-6, xkb-data"


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="needs a Debian system")
def test_a_systems_file_is_known_by_its_package() -> None:
    library = next(Path("/lib").glob("*-linux-gnu/libc.so.6"))
    assert (notices.package_of(library) or "").startswith("libc6")
    assert notices.package_of(ROOT / "README.md") is None


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Places:
    """A checkout whose freezing is a script that notes its words."""
    places = Places(tmp_path)
    (tmp_path / "stylestudio_desktop").mkdir()
    (tmp_path / "stylestudio_desktop" / "__init__.py").write_text('__version__ = "1.2.3"\n')
    monkeypatch.setattr(bundle.environment, "ensure", lambda *_: None)
    return places


def lay_frozen(places: Places, script: str) -> Path:
    """Put a frozen program where freezing puts it."""
    folder = bundle.frozen(places)
    folder.mkdir(parents=True)
    program = bundle.program(folder)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("echo stylestudio 1.2.3", ""),
        ("echo stylestudio 1.2.2", "does not start"),
        ("echo 1.2.3; echo no libfoo >&2; exit 1", "no libfoo"),
        ('echo 1.2.3; if [ "$1" = -m ]; then echo no numpy >&2; exit 1; fi', "engine.*no numpy"),
    ],
)
def test_a_frozen_program_is_tried_before_it_is_packed(
    checkout: Places, monkeypatch: pytest.MonkeyPatch, script: str, trouble: str
) -> None:
    packed: list[Path] = []
    monkeypatch.setattr(bundle, "_gather", lambda _places: None)
    monkeypatch.setattr(bundle, "_freeze", lambda places: lay_frozen(places, script))
    monkeypatch.setattr(bundle, "pack", lambda *words: packed.append(words[1]) or [])
    if trouble:
        with pytest.raises(Trouble, match=trouble):
            bundle.bundle(checkout, [])
        assert packed == []
    else:
        assert bundle.bundle(checkout, []) == 0
        assert packed == [bundle.frozen(checkout)]
        assert os.environ["SOURCE_DATE_EPOCH"] == "0"  # no commit tells a time here


def test_a_folder_is_made_without_installers(
    checkout: Places, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bundle, "_gather", lambda _places: None)
    monkeypatch.setattr(bundle, "_freeze", lambda places: lay_frozen(places, "echo 1.2.3"))
    monkeypatch.setattr(bundle, "pack", lambda *_: pytest.fail("it packed"))

    assert bundle.bundle(checkout, ["--folder"]) == 0

    told = capsys.readouterr().out
    assert "build/bundle/frozen/stylestudio: 0 MB" in told
    assert re.search(r"version after \d+\.\d\d s, its engine up and ended in", told)
    with pytest.raises(Trouble, match="--fast"):
        bundle.bundle(checkout, ["--fast"])


def test_installers_that_could_not_be_made_are_told(
    checkout: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "_gather", lambda _places: None)
    monkeypatch.setattr(bundle, "_freeze", lambda places: lay_frozen(places, "echo 1.2.3"))

    def incomplete(*_: object) -> list[Path]:
        raise debian.Incomplete("libqxcb.so asks for libxcb-cursor.so.0")

    monkeypatch.setattr(bundle, "pack", incomplete)
    with pytest.raises(Trouble, match="libqxcb"):
        bundle.bundle(checkout, [])


def test_the_version_is_the_programs(checkout: Places) -> None:
    from stylestudio_desktop import __version__

    assert bundle.version(this_checkout()) == __version__
    (checkout.root / "stylestudio_desktop" / "__init__.py").write_text("")
    with pytest.raises(Trouble, match="names no version"):
        bundle.version(checkout)


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_both_installers_of_linux_are_made(
    frozen: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(MOMENT))
    root = tmp_path / "checkout"
    (root / "packaging").mkdir(parents=True)
    (root / "resources").symlink_to(ROOT / "resources")
    (root / "packaging" / "linux").symlink_to(ROOT / "packaging" / "linux")

    made = packing.pack(root, frozen, "1.2.3", root / "dist")

    assert [path.suffix for path in made] == [".gz", ".deb"]
    assert all(path.stat().st_size > 0 for path in made)
    assert sorted((root / "dist").iterdir()) == sorted(made)
    assert (frozen / "stylestudio").is_file()
    assert not (root / "build" / "bundle" / "debian").exists()
    monkeypatch.setattr(packing.shutil, "which", lambda _name: None)
    assert [path.suffix for path in packing.pack(root, frozen, "1.2.3", root / "dist")] == [".gz"]
