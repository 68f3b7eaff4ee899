"""What is said and done about the system's own libraries, on every kind of Linux."""

import subprocess
from pathlib import Path

import pytest
from devkit import health, qt, system
from devkit.places import Places
from devkit.say import Trouble

RELEASES = {
    "debian": 'ID=debian\nVERSION_ID="12"\n',
    "ubuntu": "ID=ubuntu\nID_LIKE=debian\n",
    "mint": 'ID=linuxmint\nID_LIKE="ubuntu debian"\n',
    "fedora": "ID=fedora\n",
    "rocky": 'ID="rocky"\nID_LIKE="rhel centos fedora"\n',
    "tumbleweed": 'ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"\n',
    "arch": "ID=arch\n",
    "gentoo": "ID=gentoo\n",
}


@pytest.mark.parametrize(
    ("release", "family"),
    [
        ("debian", "debian"),
        ("ubuntu", "debian"),
        ("mint", "debian"),
        ("fedora", "fedora"),
        ("rocky", "fedora"),
        ("tumbleweed", "suse"),
        ("arch", "arch"),
        ("gentoo", "other"),
    ],
)
def test_the_family_is_known(tmp_path: Path, release: str, family: str) -> None:
    path = tmp_path / "os-release"
    path.write_text(RELEASES[release])

    assert system.this_linux(path).family == family


def test_a_linux_without_a_name_is_other(tmp_path: Path) -> None:
    assert system.this_linux(tmp_path / "none").family == "other"


@pytest.mark.parametrize(
    ("family", "root", "advice"),
    [
        ("debian", False, "sudo apt-get install -y --no-install-recommends libegl1 libxcb-icccm4"),
        ("debian", True, "Type: apt-get install -y --no-install-recommends libegl1 libxcb-icccm4"),
        ("fedora", False, "sudo dnf install -y 'libEGL.so.1()(64bit)' 'libxcb-icccm.so.4()(64bit)"),
        ("arch", False, "sudo pacman -S --needed libglvnd xcb-util-wm"),
        ("other", False, "libEGL.so.1, libxcb-icccm.so.4"),
    ],
)
def test_the_advice_can_be_typed(family: str, root: bool, advice: str) -> None:
    linux = system.Linux(family, root)
    libraries = ["libEGL.so.1", "libxcb-icccm.so.4"]

    assert advice in linux.advice(linux.names(libraries), libraries)


def test_missing_libraries_are_read_from_what_the_loader_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libQt6Widgets.so.6").write_text("")
    said = (
        "\tlinux-vdso.so.1 (0x1)\n\tlibEGL.so.1 => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x2)\n"
        "\tlibxcb-icccm.so.4 => not found\n\tlibEGL.so.1 => not found\n"
    )
    monkeypatch.setattr(system.shutil, "which", lambda _: "/usr/bin/ldd")
    monkeypatch.setattr(
        system.subprocess,
        "run",
        lambda *_, **__: subprocess.CompletedProcess([], 0, stdout=said),
    )

    assert system.missing_libraries(tmp_path) == ["libEGL.so.1", "libxcb-icccm.so.4"]


def test_apt_fetches_the_lists_first_and_asks_nothing() -> None:
    commands: list[list[str]] = []

    def run(
        command: list[str], env: dict[str, str], check: bool
    ) -> "subprocess.CompletedProcess[str]":
        commands.append(command)
        assert env["DEBIAN_FRONTEND"] == "noninteractive"
        return subprocess.CompletedProcess(command, 0)

    assert system.apt_install(["libegl1"], run=run)
    assert commands[0][-1] == "update"
    assert {"install", "-y", "libegl1"} <= set(commands[1])


def test_a_failed_apt_is_told() -> None:
    def run(command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess(command, 100)

    assert not system.apt_install(["libegl1"], run=run)


@pytest.mark.parametrize(
    ("platform", "machine", "fits"),
    [
        ("linux", "x86_64", True),
        ("linux", "aarch64", False),
        ("win32", "AMD64", True),
        ("win32", "ARM64", False),
        ("darwin", "arm64", True),
        ("darwin", "x86_64", False),
    ],
)
def test_a_machine_without_packages_is_told_which_have_them(
    monkeypatch: pytest.MonkeyPatch, platform: str, machine: str, fits: bool
) -> None:
    monkeypatch.setattr(system.sys, "platform", platform)
    monkeypatch.setattr(system.platform, "machine", lambda: machine)
    monkeypatch.setattr(system.platform, "libc_ver", lambda: ("glibc", "2.36"))

    sentence = system.unsupported()

    assert (sentence == "") is fits
    assert fits or "Apple silicon" in sentence


@pytest.mark.parametrize(("kind", "version"), [("glibc", "2.31"), ("", "")])
def test_an_old_or_other_libc_is_told(
    monkeypatch: pytest.MonkeyPatch, kind: str, version: str
) -> None:
    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.setattr(system.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(system.platform, "libc_ver", lambda: (kind, version))

    assert "glibc 2.34" in system.unsupported()


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, False),
        ({"DISPLAY": ""}, False),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"QT_QPA_PLATFORM": "offscreen"}, True),
    ],
)
def test_a_display_is_looked_for(environment: dict[str, str], shown: bool) -> None:
    assert qt.has_display(environment, "linux") is shown
    assert qt.has_display(environment, "darwin")


LACKS = "libxcb-icccm.so.4: cannot open shared object file: No such file or directory"


@pytest.fixture
def bare_debian(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person without rights on a Debian that lacks one library of X11."""
    monkeypatch.setattr(qt.sys, "platform", "linux")
    monkeypatch.setattr(qt.health, "ask", lambda _: health.Probe("3.11.7", x11=LACKS))
    monkeypatch.setattr(qt.system, "missing_libraries", lambda _: ["libxcb-icccm.so.4"])
    monkeypatch.setattr(qt.system, "this_linux", lambda: system.Linux("debian", root=False))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("bare_debian")
def test_a_window_that_cannot_open_says_what_to_type(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")

    with pytest.raises(Trouble, match=r"sudo apt-get install .*libxcb-icccm4"):
        qt.provide(Places(tmp_path), window=True)


@pytest.mark.usefixtures("bare_debian")
def test_a_window_that_can_open_on_wayland_is_not_held_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")

    qt.provide(Places(tmp_path), window=True)

    assert "sudo apt-get install" in capsys.readouterr().out


@pytest.mark.usefixtures("bare_debian")
def test_as_root_the_libraries_are_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed: list[str] = []

    def apt_install(packages: list[str]) -> bool:
        installed.extend(packages)
        monkeypatch.setattr(qt.health, "ask", lambda _: health.Probe("3.11.7"))
        return True

    monkeypatch.setattr(qt.system, "this_linux", lambda: system.Linux("debian", root=True))
    monkeypatch.setattr(qt.system.shutil, "which", lambda _: "/usr/bin/apt-get")
    monkeypatch.setattr(qt.system, "apt_install", apt_install)

    qt.provide(Places(tmp_path), window=True)

    assert installed == ["libxcb-icccm4"]
    assert "Type:" not in capsys.readouterr().out
