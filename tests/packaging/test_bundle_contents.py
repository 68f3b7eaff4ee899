"""What goes into the frozen program, what stays out, and whose work it is said to be."""

import json
import re
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from devkit.places import this_checkout
from installers import contents, gather, notices, support, versioned

from stylestudio_desktop.engine import installed, weights

ROOT = this_checkout().root
LOCK = json.loads((ROOT / "resources" / "engine" / "weights.json").read_text(encoding="utf-8"))


def test_every_data_file_is_there_and_lies_where_the_program_looks(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"")

    found = list(contents.data(ROOT, tmp_path))

    targets = {f"{folder}/{Path(source).name}" for source, folder in found}
    assert all(Path(source).is_file() for source, _ in found)
    assert len(targets) == len(found)
    inside = "stylestudio_desktop"
    looked_for = installed.folder().relative_to(ROOT).as_posix()
    assert f"{inside}/{looked_for}/net.onnx" in targets
    for needed in (
        "catalogue/catalogue.json", "services/catalogue.json", "engine/weights.json",
        "engine/NOTICES.md", "engine/mannequins/mannequins.json", "fonts/OFL.txt",
        "translations/stylestudio_de.qm", "samples/collection.json", "icons/app/stylestudio.svg",
    ):  # fmt: skip
        assert f"{inside}/resources/{needed}" in targets
    migrations = (ROOT / inside / "store" / "migrations").glob("[0-9]*.py")
    assert {f"{inside}/store/migrations/{path.name}" for path in migrations} < targets
    assert not [target for target in targets if "screenshots" in target]


def test_what_pyside_would_compile_at_each_start_comes_compiled(tmp_path: Path) -> None:
    shiboken, stage = tmp_path / "shiboken6", tmp_path / "stage"
    (shiboken / "files.dir" / "part").mkdir(parents=True)
    (shiboken / "files.dir" / "part" / "one.py").write_text("answer = 42\n")

    found = dict(support.compiled(shiboken, stage))
    assert found == dict(support.compiled(shiboken, stage))  # also where it was done before

    (source,) = [path for path in found if path.endswith("one.py")]
    (compiled,) = [path for path in found if path.endswith(".pyc")]
    assert found[source] == "shiboken6/files.dir/part"
    assert found[compiled] == "shiboken6/files.dir/part/__pycache__"
    content = Path(compiled).read_bytes()
    assert content[4:8] == b"\x01\0\0\0"  # taken as it is, whatever the source's time
    assert str(tmp_path).encode() not in content
    assert list(support.compiled(tmp_path / "elsewhere", stage)) == []


def test_openvino_comes_with_what_it_loads_by_name() -> None:
    folder = Path(str(distribution("openvino").locate_file("openvino/libs")))
    named = " ".join(Path(source).name for source, _ in contents.openvino(folder))
    for part in ("intel_cpu_plugin", "onnx_frontend", "tensorflow_lite_frontend", "tbb", "hwloc"):
        assert part in named
    for part in ("gpu", "npu", "paddle", "pytorch", "cache.json"):
        assert part not in named


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/imageformats/libqwebp.so", True),
        ("PySide6/Qt/plugins/iconengines/libqsvgicon.so", True),
        ("PySide6/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/libQt6WaylandClient.so.6", True),
        ("PySide6/Qt/lib/libQt6Qml.so.6", False),
        ("PySide6/Qt/lib/libQt6QuickWidgets.so.6", False),
        ("PySide6\\plugins\\imageformats\\qpdf.dll", False),
        ("PySide6/Qt/plugins/platforminputcontexts/libqtvirtualkeyboardplugin.so", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", False),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("PySide6/Qt/translations/qtbase_fr.qm", False),
        ("stylestudio_desktop/resources/translations/stylestudio_de.qm", True),
        ("openvino/libs/libopenvino_intel_gpu_plugin.so", False),
        ("openvino/libs/libopenvino.so.2641", True),
        ("libstdc++.so.6", False),
        ("libxcb-cursor.so.0", True),
    ],
)
def test_plug_ins_that_nobody_asks_for_stay_out(target: str, wanted: bool) -> None:
    assert contents.wanted(target) is wanted


def test_what_only_a_left_out_plug_in_asked_for_goes_too() -> None:
    asks = {
        "libpython3.11.so.1.0": [],
        "cv2/cv2.abi3.so": ["libav.so.1"],
        "opencv.libs/libav.so.1": ["libz.so.1"],
        "libz.so.1": ["libc.so.6"],
        "PySide6/QtGui.abi3.so": ["libpyside6.abi3.so.6.11", "libQt6Gui.so.6"],
        "PySide6/libpyside6.abi3.so.6.11": [],
        "PySide6/Qt/lib/libQt6Gui.so.6": ["libglib-2.0.so.0"],
        "libglib-2.0.so.0": ["libpcre2-8.so.0"],
        "libpcre2-8.so.0": [],
        "PySide6/Qt/lib/libQt6EglFsKmsSupport.so.6": ["libcairo.so.2"],
        "libcairo.so.2": ["libglib-2.0.so.0"],
    }
    files = {place: Path(place) for place in asks}
    kept = contents.reachable(files, lambda path: asks[str(path)])
    assert set(asks) - kept == {"PySide6/Qt/lib/libQt6EglFsKmsSupport.so.6", "libcairo.so.2"}


def test_only_packages_of_the_lists_go_in() -> None:
    allowed = contents.pinned(ROOT / "packaging" / "lock" / "runtime.txt") | {"pip"}
    assert "pyside6-essentials" in allowed
    assert contents.strangers(allowed, ["PySide6_Essentials", "pip", "pytest", "scipy"]) == [
        "pytest",
        "scipy",
    ]


def test_modules_that_others_bring_too_are_not_left_out() -> None:
    left_out = versioned.modules_of(["pytest", "pytest-cov", "mypy"])
    assert {"pytest", "_pytest", "pytest_cov", "mypy"} <= set(left_out)
    assert not {"numpy", "PIL", "requests", "stylestudio_desktop"} & set(left_out)


def test_whose_work_it_is_is_told_of_each_file(tmp_path: Path) -> None:
    import numpy
    import requests

    numbers, asks = Path(numpy.__file__), Path(requests.__file__)
    library = tmp_path / "libforeign.so.1"
    library.write_bytes(b"")
    ours, python = ROOT / "stylestudio_desktop" / "app.py", Path(json.__file__)

    parts, packages = notices.parts_of(
        [numbers, asks, library, ours, python, Path("-")],  # “-”: a package without a file
        notices.owners(),
        ROOT,
    )

    assert packages == ["numpy", "requests"]
    assert [(one.name, one.version) for one in parts if one.name in packages] == [
        ("numpy", distribution("numpy").version),
        ("requests", distribution("requests").version),
    ]
    assert [one.name for one in parts if one.name not in packages] == ["libforeign.so.1"]
    text = notices.written(parts)
    assert re.search(r"^requests \S+ +Apache-2\.0$", text, re.MULTILINE)
    assert "Requests\nCopyright" in text  # its NOTICE
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert str(ROOT) not in text


def test_every_package_of_the_program_names_its_licence_and_brings_its_text() -> None:
    for name in contents.pinned(ROOT / "packaging" / "lock" / "runtime.txt"):
        try:
            found = distribution(name)
        except ModuleNotFoundError:  # another system's
            continue
        licence = notices.licence_of(found)
        assert licence != "see the text below", name
        (part,), _ = notices.parts_of(
            [Path(str((found.files or [])[0].locate()))],
            {Path(str((found.files or [])[0].locate())): found},
            ROOT,
        )
        assert part.texts or "LGPL-3.0" in licence, name


def test_every_networks_licence_lies_with_it() -> None:
    files = [one["file"] for one in LOCK["weights"]]
    parts = list(notices.networks(LOCK, files[:2]))
    assert len(parts) == 2
    texts = {path.stem for path in notices.TEXTS.glob("*.txt")}
    assert {one["licence"] for one in LOCK["weights"]} <= texts


def test_python_brings_its_own_licence() -> None:
    assert "PYTHON SOFTWARE FOUNDATION" in notices.python().texts[0].upper()


def test_a_licence_that_is_told_nowhere_is_said_so() -> None:
    class Silent(Distribution):
        def read_text(self, filename: str) -> str | None:
            return "Name: silent\nVersion: 1\n" if filename == "METADATA" else None

        def locate_file(self, path: object) -> Path:
            return Path(str(path))

    assert notices.licence_of(Silent()) == "see the text below"


@pytest.fixture
def one_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's folder with one network in it, the only one that the lock knows."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "net.onnx").write_bytes(b"whole")
    sha256 = installed.digest(own / "net.onnx")
    source = weights.Source("pip", "thing", "1.0", "", 1, "net.onnx")
    net = weights.Weight("net", "A net", "net.onnx", 5, sha256, "MIT", "us", "", False, (source,))

    def unreachable(*_: object) -> None:
        raise weights.FetchFailed("Nobody answered.")

    monkeypatch.setattr(weights, "download", unreachable)
    monkeypatch.setattr(weights, "_lock", lambda: {"net": net})
    monkeypatch.setenv(weights.ENGINE_DIR, str(own))
    return own


def test_exactly_the_networks_are_laid_ready(one_network: Path, tmp_path: Path) -> None:
    folder = tmp_path / "ready"
    folder.mkdir()
    (folder / "old.onnx").write_bytes(b"of an earlier lock")
    (folder / "net.onnx").write_bytes(b"wrong")

    gather.gather(folder)

    assert [path.name for path in folder.iterdir()] == ["net.onnx"]
    assert (folder / "net.onnx").read_bytes() == b"whole"


def test_a_damaged_network_goes_into_no_installer(one_network: Path, tmp_path: Path) -> None:
    (one_network / "net.onnx").write_bytes(b"wrong")

    with pytest.raises(weights.FetchFailed):
        gather.gather(tmp_path / "ready")


def test_the_recipe_can_be_read_and_names_what_is_there() -> None:
    recipe = ROOT / "packaging" / "installers" / "stylestudio.spec"
    compile(recipe.read_text(encoding="utf-8"), recipe.name, "exec")
    for name in ("stylestudio.ico", "stylestudio.icns"):
        assert name in recipe.read_text(encoding="utf-8")
        assert (ROOT / "resources" / "icons" / "app" / name).is_file()


def test_what_is_loaded_by_name_goes_in_as_a_whole() -> None:
    """No name of a package of others is imported by a text, but for those that go in whole."""
    pattern = re.compile(r"import_module\(\s*f?\"([\w.]+)|\(\"(keyring\.[\w.]+)\"")
    named = {
        match[1] or match[2]
        for path in (ROOT / "stylestudio_desktop").rglob("*.py")
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    }
    assert "keyring.backends.SecretService" in named
    whole = (*contents.WHOLE, "PySide6.")
    assert not [name for name in named if not name.startswith(whole)]
