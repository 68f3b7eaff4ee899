"""Every command, typed as people type it, with the exit codes and the JSON that scripts rely on."""

import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from PIL import Image

from stylestudio_desktop import __version__
from stylestudio_desktop.__main__ import main
from stylestudio_desktop.files.metadata import description_in
from stylestudio_desktop.providers.protocol import Kind, Lost, Reattach
from tests.cli.conftest import Shell
from tests.factories import FakeProvider, fault, photo

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "stylestudio_desktop"]


def imported(shell: Shell, folder: Path, colour: str = "teal", role: str = "product") -> str:
    path = photo(folder, f"{colour}-{role}.jpg", colour)
    found = shell.json("import", str(path), "--as", role)
    return str(found["files"][0]["id"])


def made(shell: Shell, folder: Path, *words: str) -> dict[str, object]:
    answer = shell.json("generate", "--product", str(photo(folder)), "--quality", "draft", *words)
    return dict(answer["generation"])


# --- the program itself


def test_version_answers_at_once() -> None:
    began = time.monotonic()
    done = subprocess.run([*PROGRAM, "--version"], capture_output=True, text=True, cwd=ROOT)
    took = time.monotonic() - began

    assert done.stdout == f"stylestudio {__version__}\n"
    assert done.returncode == 0
    assert took < 1.0, "150 ms on a quiet machine; this one may be busy"


def test_version_loads_nothing_slow() -> None:
    script = (
        "import sys; from stylestudio_desktop.__main__ import main; code = main(['--version']);"
        "bad = {'peewee', 'PIL', 'numpy', 'requests', 'PySide6', 'keyring'} & set(sys.modules);"
        "sys.exit(code or bool(bad))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0


def test_help_names_every_command(shell: Shell) -> None:
    assert shell.run("--help") == 0
    for name in ("import", "generate", "verify", "sample", "doctor", "export", "worker"):
        assert name in shell.out


@pytest.mark.parametrize(
    "words",
    [
        ["generate"],
        ["list", "nonsense"],
        ["list", "generations", "--limit", "many"],
        ["nonsense"],
        ["show", "abc"],
        ["show", "99999999999999999999"],
        ["list", "generations", "--after", "x"],
        ["list", "generations", "--since", "yesterday"],
        ["list", "tokens", "--status", "failed"],
        ["list", "files", "--limit", "0"],
        ["insights", "--days", "0"],
        ["sample", "--generations", "0"],
        ["export", "1", "--to", "x", "--preset", "nonsense"],
        ["queue", "top"],
        ["purge", "--older-than", "-1"],
    ],
)
def test_bad_input_is_2_with_a_sentence_and_json(shell: Shell, words: list[str]) -> None:
    answer = shell.json(*words, code=2)

    assert answer["error"]["code"] in ("bad_input", "not_found")
    assert answer["error"]["message"] in shell.err
    assert len(shell.err.splitlines()) == 1


def test_without_json_only_the_sentence_is_said(shell: Shell) -> None:
    assert shell.run("show", "123") == 2
    assert shell.out == ""
    assert shell.err == "There is no generation or picture 123 in this library.\n"


def test_json_may_stand_first(shell: Shell) -> None:
    assert shell.run("--json", "dashboard") == 0
    assert json.loads(shell.out)["user"]["token_balance"] == 10


def test_a_broken_program_says_so(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr("stylestudio_desktop.services.history.dashboard", break_down)

    answer = shell.json("dashboard", code=70)

    assert answer["error"]["code"] == "unexpected"
    assert "planted" in shell.err


# --- bringing in


def test_import_walks_folders_and_names_bad_files(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "shoot"
    (folder / "day").mkdir(parents=True)
    photo(folder, "a.jpg", "red")
    photo(folder / "day", "b.jpg", "blue")
    (folder / "bad.jpg").write_bytes(b"no picture")

    answer = shell.json("import", str(folder), "--as", "product")

    assert [one["filename"] for one in answer["files"]] == ["a.jpg", "b.jpg"]
    assert all(one["id"].isdigit() and Path(one["path"]).is_file() for one in answer["files"])
    assert [Path(one["path"]).name for one in answer["rejected"]] == ["bad.jpg"]


def test_import_of_nothing_usable_is_2(shell: Shell, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"no picture")

    answer = shell.json("import", str(bad), "--as", "model", code=2)

    assert answer["files"] == []
    assert len(answer["rejected"]) == 1


def test_sample_collection_comes_in_once(shell: Shell) -> None:
    first = shell.json("sample-collection")
    again = shell.json("sample-collection")

    assert {one["category"] for one in first["files"]} == {"product_image", "model_image"}
    assert [one["id"] for one in first["files"]] == [one["id"] for one in again["files"]]


# --- making


def test_generate_makes_a_picture_and_charges_once(shell: Shell, tmp_path: Path) -> None:
    model = imported(shell, tmp_path, "navy", "model")
    answer = shell.json(
        *("generate", "--product", str(photo(tmp_path)), "--model", model),
        *("--prompt", "on a beach", "--style", "fashion", "--quality", "standard"),
        *("--ratio", "3:4", "--count", "2", "--seed", "7", "--option", "kind=top"),
        *("--arrangement", "hung", "--backdrop", "white"),
    )

    row = answer["generation"]
    assert row["status"] == "completed"
    assert row["tokens_used"] == row["price"] == 4
    assert row["parameters"]["seed"] == 7
    assert row["parameters"]["options"] == {
        "kind": "top",
        "arrangement": "hung",
        "backdrop": "white",
    }
    assert row["parameters"]["count"] == 2
    assert "on a beach" in row["full_prompt"]
    assert answer["balance"] == 6
    assert len(answer["files"]) == 2
    for one in answer["files"]:
        assert Path(one["path"]).stat().st_size == one["size"]
        assert one["generation_id"] == row["id"]
        assert len(one["sha256"]) == 64
    assert shell.json("verify", "--deep")["ok"]


def test_too_few_tokens_is_3_and_starts_nothing(shell: Shell, tmp_path: Path) -> None:
    words = ["generate", "--product", str(photo(tmp_path)), "--quality", "high", "--count", "4"]

    answer = shell.json(*words, code=3)

    assert answer["error"]["code"] == "not_enough_tokens"
    assert shell.json("list", "generations")["items"] == []


def test_a_failed_generation_is_4_with_its_story(shell: Shell, tmp_path: Path) -> None:
    shell.provider.faults["submit"] = [fault(Kind.CONTENT)]
    words = ["generate", "--product", str(photo(tmp_path)), "--quality", "draft"]

    answer = shell.json(*words, code=4)

    assert answer["generation"]["status"] == "failed"
    assert answer["generation"]["tokens_used"] == 0
    assert answer["balance"] == 10
    assert answer["error"]["code"] == answer["generation"]["error_code"] == "service_refused"
    assert answer["generation"]["error"] in shell.err

    again = shell.json("retry", answer["generation"]["id"])
    assert again["generation"]["status"] == "completed"
    assert again["generation"]["retry_count"] == 1
    assert shell.json("verify")["ok"]


def test_a_missing_stored_photo_is_5(shell: Shell, tmp_path: Path) -> None:
    path = photo(tmp_path)
    stored = shell.json("import", str(path), "--as", "product")["files"][0]
    Path(stored["path"]).unlink()

    answer = shell.json("generate", "--product", stored["id"], code=5)

    assert answer["error"]["code"] == "file_missing"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--style", "nonsense"),
        ("--quality", "x"),
        ("--backdrop", "beach"),
        ("--ratio", "1:9"),
        ("--provider", "x"),
    ],
)
def test_wrong_names_are_told_before_any_photo_is_taken_in(
    shell: Shell, tmp_path: Path, option: str, value: str
) -> None:
    shell.json("generate", "--product", str(photo(tmp_path)), option, value, code=2)

    assert shell.json("list", "files")["items"] == []


def test_upscale_makes_the_same_picture_larger(shell: Shell, tmp_path: Path) -> None:
    small = made(shell, tmp_path, "--seed", "7", "--arrangement", "plinth")

    answer = shell.json("upscale", str(small["id"]), "--to", "1024")

    row = answer["generation"]
    assert (row["parameters"]["quality"], row["parameters"]["seed"]) == ("standard", 7)
    assert row["parameters"]["options"] == {"arrangement": "plinth"}
    assert "fewer than" in shell.err
    shell.json("upscale", str(small["id"]), "--to", "77", code=2)


def test_words_that_are_no_photo_are_refused(shell: Shell, tmp_path: Path) -> None:
    assert shell.run("generate", "--product", str(tmp_path)) == 2
    assert "is a folder" in shell.err
    assert shell.run("generate", "--product", "nowhere.jpg") == 2
    assert "There is no file" in shell.err
    assert shell.run("generate", "--product", "12345") == 2


def test_no_wait_leaves_it_to_a_worker(shell: Shell, tmp_path: Path) -> None:
    row = made(shell, tmp_path, "--no-wait")
    assert row["status"] == "pending"
    queue = shell.json("queue")
    assert [one["generation_id"] for one in queue["items"]] == [row["id"]]

    assert shell.json("worker", "--until-empty") == {"completed": 1, "failed": 0, "cancelled": 0}

    story = shell.json("show", str(row["id"]))
    assert story["generation"]["status"] == "completed"
    assert [one["status"] for one in story["states"]] == [
        "pending", "uploading", "processing", "completed",
    ]  # fmt: skip
    assert [one["kind"] for one in story["entries"]] == ["hold", "settle"]
    assert len(story["inputs"]) == len(story["files"]) == 1
    assert story["job"] is None


def test_cancel_gives_the_tokens_back(shell: Shell, tmp_path: Path) -> None:
    row = made(shell, tmp_path, "--no-wait")

    answer = shell.json("cancel", str(row["id"]))

    assert answer["generation"]["status"] == "cancelled"
    assert answer["balance"] == 10
    assert shell.json("cancel", str(row["id"]), code=2)["error"]["code"] == "illegal_step"


def test_the_queue_pauses_resumes_and_reorders(shell: Shell, tmp_path: Path) -> None:
    first, second = (made(shell, tmp_path, "--no-wait") for _ in range(2))
    paused = shell.json("queue", "pause")
    assert paused["pauses"][0]["provider"] == "*"
    assert shell.json("worker", "--until-empty")["completed"] == 0

    topped = shell.json("queue", "top", str(second["id"]))
    assert [one["generation_id"] for one in topped["items"]] == [second["id"], first["id"]]

    assert shell.json("queue", "resume")["pauses"] == []
    assert shell.json("worker", "--until-empty")["completed"] == 2


def test_an_unknown_outcome_waits_for_a_decision(shell: Shell, tmp_path: Path) -> None:
    shell.provider = FakeProvider(reattach=Reattach.NONE, synchronous=True, lost=Lost.UNKNOWN)
    shell.provider.faults["submitted"] = [fault(Kind.AMBIGUOUS)]
    words = ["generate", "--product", str(photo(tmp_path)), "--quality", "draft"]

    answer = shell.json(*words, code=4)
    assert answer["error"]["code"] == "outcome_unknown"
    generation_id = answer["generation"]["id"]
    assert answer["balance"] == 9

    gone = shell.json("decide", generation_id, "let-go")
    assert gone["generation"]["status"] == "failed"
    assert gone["balance"] == 10
    assert shell.json("verify")["ok"]


INTERRUPTED = """
import sys, threading
from stylestudio_desktop.__main__ import main
from tests.factories import FakeProvider

service = FakeProvider()
service.hold.set()

def tell() -> None:
    while not service.asked:
        threading.Event().wait(0.01)
    print("asked", file=sys.stderr, flush=True)

threading.Thread(target=tell, daemon=True).start()
sys.exit(main(sys.argv[1:], providers={"local": service}))
"""


def test_ctrl_c_cancels_and_says_so(shell: Shell, tmp_path: Path) -> None:
    """In a process of its own: the signal would be everybody's in this one."""
    words = ["--workspace", str(shell.workspace), "generate", "--product", str(photo(tmp_path))]
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *words, "--quality", "draft"],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    ) as child:  # fmt: skip
        assert child.stderr is not None
        said = ""
        while "asked" not in said:
            line = child.stderr.readline()
            assert line, said
            said += line
        child.send_signal(signal.SIGINT)
        said += child.stderr.read()

    assert child.returncode == 130
    assert "tokens come back" in said
    items = shell.json("list", "generations")["items"]
    assert [one["status"] for one in items] == ["cancelled"]
    assert shell.json("dashboard")["user"]["token_balance"] == 10


# --- looking


def test_lists_go_on_from_their_cursor(shell: Shell, tmp_path: Path) -> None:
    ids = [made(shell, tmp_path, "--no-wait", "--prompt", f"p{n}")["id"] for n in range(3)]

    first = shell.json("list", "generations", "--limit", "2")
    rest = shell.json("list", "generations", "--limit", "2", "--after", first["next"])

    assert [one["id"] for one in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None


def test_lists_are_narrowed(shell: Shell, tmp_path: Path) -> None:
    done = made(shell, tmp_path, "--prompt", "yellow raincoat")
    made(shell, tmp_path, "--no-wait", "--prompt", "boots")

    def generations(*words: str) -> list[str]:
        items = shell.json("list", "generations", *words)["items"]
        return [one["id"] for one in items]

    assert generations("--status", "completed") == [done["id"]]
    assert generations("--search", "raincoat") == [done["id"]]
    assert len(generations("--since", "2020-01-01")) == 2
    assert generations("--until", "2020-01-01") == []
    files = shell.json("list", "files", "--category", "generated_image")["items"]
    assert [one["generation_id"] for one in files] == [done["id"]]
    assert [one["kind"] for one in shell.json("list", "tokens")["items"]] == [
        "hold", "settle", "hold", "grant",
    ]  # fmt: skip
    actions = [one["action"] for one in shell.json("list", "usage")["items"]]
    assert actions[-1] == "image_uploaded"
    assert "generation_completed" in actions
    assert shell.json("list", "purchases") == {"items": [], "next": None}


def test_files_are_found_by_fields_and_in_another_order(shell: Shell, tmp_path: Path) -> None:
    made(shell, tmp_path, "--prompt", "yellow raincoat", "--style", "vintage")
    made(shell, tmp_path, "--prompt", "yellow boots", "--style", "fashion")

    def styles(*words: str) -> list[str | None]:
        return [one["style"] for one in shell.json("list", "files", *words)["items"]]

    assert styles("--search", "style:vintage yellow") == ["vintage"]
    assert styles("--search", "yellow -raincoat") == ["fashion"]
    assert styles("--search", "category:result rating:>=1") == []
    newest = shell.json("list", "files")["items"]
    first = shell.json("list", "files", "--order", "oldest", "--limit", "1")
    rest = shell.json("list", "files", "--order", "oldest", "--after", first["next"])
    assert first["items"] + rest["items"] == newest[::-1]
    assert shell.run("list", "usage", "--order", "oldest") == 2


def test_dashboard_and_insights_tell_the_same(shell: Shell, tmp_path: Path) -> None:
    row = made(shell, tmp_path)
    board = shell.json("dashboard")
    sums = shell.json("insights", "--days", "2")

    assert board["user"]["token_balance"] == 9
    assert board["generations"][0]["id"] == row["id"]
    assert board["counts"]["generations"]["completed"] == {"number": 1, "tokens": 1}
    assert sums["total"]["completed"] == 1
    assert sums["total"]["tokens"] == 1
    assert sums["total"]["success_rate"] == 1.0
    assert sums["providers"][0]["provider"] == "local"
    assert sums["styles"][0]["tokens_per_picture"] == 1.0
    assert sums["storage"]["generated_image"]["number"] == 1

    # To people, one is one picture and several are pictures.
    assert shell.run("dashboard") == 0
    assert "1 generated image\n" in shell.out
    imported(shell, tmp_path, "crimson")
    assert shell.run("dashboard") == 0
    assert "2 product images\n" in shell.out


@pytest.mark.parametrize(
    "words",
    [
        ["dashboard"], ["insights"], ["queue"], ["doctor"], ["verify"],
        *(["list", name] for name in ("generations", "files", "tokens", "usage", "purchases")),
    ],
)  # fmt: skip
def test_people_get_plain_lines(shell: Shell, tmp_path: Path, words: list[str]) -> None:
    made(shell, tmp_path)
    assert shell.run(*words) == 0
    assert shell.out.strip()
    assert "{" not in shell.out
    assert "\r" not in shell.err, "no progress bar in a pipe"


def test_show_tells_people_the_story(shell: Shell, tmp_path: Path) -> None:
    row = made(shell, tmp_path, "--prompt", "by the sea")
    assert shell.run("show", str(row["id"])) == 0
    assert "completed" in shell.out
    assert "by the sea" in shell.out
    file_id = shell.json("list", "files")["items"][0]["id"]
    assert shell.run("show", file_id) == 0
    assert file_id in shell.out


# --- moving


def test_export_carries_how_it_was_made(shell: Shell, tmp_path: Path) -> None:
    row = made(shell, tmp_path, "--prompt", "in the rain")
    target = tmp_path / "out" / "new"

    answer = shell.json("export", str(row["id"]), "--to", str(target))
    again = shell.json("export", str(row["id"]), "--to", str(target))

    path = Path(answer["exported"][0]["path"])
    assert path.parent == target
    assert again["exported"][0]["path"] != str(path)
    told = description_in(path)
    assert told is not None
    assert "in the rain" in told.prompt
    assert told.generation == row["id"]
    assert len(told.sources) == 1
    log = [one["action"] for one in shell.json("list", "usage", "--limit", "2")["items"]]
    assert log == ["image_downloaded", "image_downloaded"]


class _Checks(FakeProvider):
    """Finds that nobody wears shoes."""

    def suitable(
        self,
        products: Sequence[Path],
        people: Sequence[Path],
        options: Mapping[str, str],
        cancelled: threading.Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        return ["It can't put shoes on a person."] if options["garment"] == "shoes" else []


def test_a_pair_that_does_not_fit_is_told_before_anything_is_held(
    shell: Shell, tmp_path: Path
) -> None:
    shell.provider = _Checks()
    person = imported(shell, tmp_path, "navy", "model")
    words = ("generate", "--product", str(photo(tmp_path)), "--model", person, "--option")

    refused = shell.json(*words, "garment=shoes", code=2)
    assert refused["error"]["message"] == "It can't put shoes on a person."
    assert shell.json("list", "generations")["items"] == []
    assert len(shell.json("list", "tokens")["items"]) == 1  # the free ones
    assert shell.json(*words, "garment=top")["generation"]["status"] == "completed"


def test_export_names_what_a_preset_cannot_take(shell: Shell, tmp_path: Path) -> None:
    file_id = imported(shell, tmp_path)
    words = ["export", file_id, "--to", str(tmp_path / "out")]

    refused = shell.json(*words, "--preset", "marketplace", code=2)
    assert refused["exported"] == []
    assert refused["rejected"][0]["id"] == file_id

    assert len(shell.json(*words, "--preset", "web")["exported"]) == 1
    assert shell.json("export", "12", "--to", str(tmp_path), code=2)["error"]["code"] == "not_found"


class _CutsOut(FakeProvider):
    """Shows cut-outs: the left half of every photo."""

    def preview(
        self,
        photo: Path,
        out: Path,
        cancelled: threading.Event,
        *,
        mask: Path | None = None,
        side: int = 768,
        sheer: str = "auto",
    ) -> None:
        with Image.open(photo) as read:
            half = Image.new("RGBA", (read.width // 2, read.height // 2))
        half.paste("red", (0, 0, half.width // 2, half.height))
        half.save(out)


def test_a_product_photo_is_cut_out_for_the_marketplace(shell: Shell, tmp_path: Path) -> None:
    shell.provider = _CutsOut()
    file_id = imported(shell, tmp_path)
    words = ["--to", str(tmp_path / "out"), "--preset", "marketplace"]

    path = shell.json("export", file_id, *words)["exported"][0]["path"]

    with Image.open(path) as image:
        assert image.size == (2000, 2000)
        assert image.getpixel((0, 0)) == (255, 255, 255)
        assert image.getpixel((1000, 1000)) != (255, 255, 255)
    row = made(shell, tmp_path)
    refused = shell.json("export", str(row["id"]), *words, code=2)
    assert "Export the product photo" in refused["error"]["message"]


def test_a_refused_order_takes_no_photo_in(shell: Shell, tmp_path: Path) -> None:
    people = [str(photo(tmp_path, f"{one}.jpg", one)) for one in ("navy", "teal", "red", "gold")]
    words = ("generate", "--product", str(photo(tmp_path)))

    refused = shell.json(*words, "--model", *people, code=2)
    assert "at most 3" in refused["error"]["message"]
    refused = shell.json(*words, "--seed", "2147483648", code=2)
    assert "between 0 and 2147483647" in refused["error"]["message"]
    assert shell.json("list", "files")["items"] == []


def test_an_import_that_took_nothing_is_an_error_to_programs(shell: Shell, tmp_path: Path) -> None:
    told = shell.json("import", str(tmp_path / "gone.jpg"), "--as", "product", code=2)

    assert told["files"] == []
    assert told["error"] == {"code": "bad_input", "message": told["rejected"][0]["reason"]}


def test_a_name_cannot_steer_the_terminal(shell: Shell, tmp_path: Path) -> None:
    hostile = tmp_path / "red\x1b[31m\u202egpj.txt"
    hostile.write_text("no picture")

    assert shell.run("import", str(hostile), "--as", "product") == 2
    assert "red\ufffd[31m\ufffdgpj.txt" in shell.err


def test_trash_restore_and_purge(shell: Shell, tmp_path: Path) -> None:
    row = made(shell, tmp_path)
    result = shell.json("list", "files", "--category", "generated_image")["items"][0]

    shell.json("trash", str(row["id"]))
    assert shell.json("list", "generations")["items"] == []
    assert len(shell.json("list", "generations", "--trashed")["items"]) == 1
    assert shell.json("purge")["purged"] == 0, "the trash keeps things for 30 days"
    shell.json("restore", str(row["id"]))
    assert len(shell.json("list", "generations")["items"]) == 1

    shell.json("trash", result["id"])
    assert shell.json("purge", "--older-than", "0")["purged"] == 1
    assert not Path(result["path"]).exists()
    assert shell.json("verify", "--deep")["ok"]


# --- tending


def test_verify_says_what_is_wrong_and_exits_1(shell: Shell, tmp_path: Path) -> None:
    stored = shell.json("import", str(photo(tmp_path)), "--as", "product")["files"][0]
    path = Path(stored["path"])
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.write_bytes(data)

    assert shell.json("verify")["ok"], "a flipped bit shows only when the bytes are read"
    answer = shell.json("verify", "--deep", code=1)

    assert not answer["ok"]
    assert answer["problems"][0]["rule"] == "stored bytes"
    assert answer["problems"][0]["subject"] == stored["id"]


def test_doctor_tells_versions_places_and_services(shell: Shell) -> None:
    report = shell.json("doctor")

    assert report["versions"]["program"] == __version__
    assert tuple(map(int, report["versions"]["sqlite"].split("."))) >= (3, 51, 3)
    assert report["paths"]["workspace"] == str(shell.workspace)
    assert report["providers"][0]["ready"] is True
    assert report["schema"]["version"] == report["schema"]["newest"]
    assert report["space"]["free"] > 0


def test_doctor_examines_a_library_that_cannot_be_opened(shell: Shell) -> None:
    shell.workspace.mkdir()
    (shell.workspace / "library.sqlite3").write_bytes(b"this is no database" * 100)

    report = shell.json("doctor", code=5)

    assert report["ok"] is False
    assert report["findings"][0]["name"] == "library"
    assert shell.json("dashboard", code=5)["error"]["code"] == "storage_broken"


def test_sample_fills_a_library_that_verifies(shell: Shell) -> None:
    answer = shell.json("sample", "--generations", "300", "--files", "40", "--seed", "3")

    assert answer["generations"] == 300
    assert answer["photos"] == 40
    found = shell.json("verify", "--deep")
    assert found["problems"] == []
    assert found["checked"]["generations"] == 300


def test_the_window_opens_without_a_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    opened = []

    def run_window(workspace: object) -> int:
        opened.append(workspace)
        return 7

    monkeypatch.setattr("stylestudio_desktop.app.run_window", run_window)

    assert main(["--workspace", str(tmp_path)]) == 7
    assert len(opened) == 1
    assert main(["--json"]) == 2


def test_the_ledger_command_says_how_the_ledger_stands(shell: Shell) -> None:
    found = shell.json("ledger")
    assert (found["state"], found["anchors"], found["findings"]) == ("unsealed", [], [])
    assert shell.run("ledger", "anchor") == 2
    assert "needs --reason" in shell.err
    assert shell.run("ledger", "check", "--reason", "x") == 2
    assert shell.run("ledger", "anchor", "--reason", "x") == 5
    assert "can't be sealed" in shell.err
    assert shell.run("ledger") == 0


class _Sheer(_CutsOut):
    """Cuts out as asked: half clear where the cloth is said to be sheer."""

    def preview(
        self, photo: Path, out: Path, cancelled: threading.Event, *, sheer: str, **_asked: object
    ) -> None:
        with Image.open(photo) as image:
            Image.new("RGBA", image.size, (10, 20, 30, 140 if sheer == "on" else 249)).save(out)


def test_cloth_is_said_to_be_sheer(shell: Shell, tmp_path: Path) -> None:
    shell.provider = _Sheer()
    file_id = imported(shell, tmp_path)
    for choice, expected in (("on", 140), ("off", 249)):
        assert shell.json("mask", file_id, "--sheer", choice)["mask"] is not None
        target = tmp_path / f"{choice}.png"
        written = shell.json("mask", file_id, "--to", str(target))["written"]
        with Image.open(written) as image:
            assert image.getpixel((1, 1)) == expected
    assert shell.json("mask", file_id, "--sheer", "auto")["mask"] is None


class _FindsTwo(_CutsOut):
    """Cuts two products out of every photo: a large one at the left, a smaller at the right."""

    def preview(self, photo: Path, out: Path, cancelled: threading.Event, **_asked: object) -> None:
        with Image.open(photo) as image:
            found = Image.new("RGBA", image.size)
        wide, tall = found.size
        found.paste((10, 20, 30, 255), (0, 0, wide // 3, tall))
        found.paste((10, 20, 30, 255), (wide * 2 // 3, 0, wide, tall // 2))
        found.save(out)


def test_one_of_several_products_in_a_photo_is_chosen(shell: Shell, tmp_path: Path) -> None:
    shell.provider = _FindsTwo()
    file_id = imported(shell, tmp_path)
    assert shell.json("mask", file_id, "--only", "2")["mask"] is not None
    written = shell.json("mask", file_id, "--to", str(tmp_path / "right.png"))["written"]
    with Image.open(written) as image:
        assert image.getpixel((1, 1)) == 0
        assert image.getpixel((image.width - 2, 1)) == 255
    bad = shell.json("mask", file_id, "--only", "3", code=2)
    assert "2 products" in bad["error"]["message"]


def test_a_cut_out_is_mended_shown_and_reset(shell: Shell, tmp_path: Path) -> None:
    shell.provider = _CutsOut()
    file_id = imported(shell, tmp_path)
    own = shell.json("mask", file_id, "--to", str(tmp_path / "own.png"))
    assert own["mask"] is None
    with Image.open(own["written"]) as image:
        size = image.size
    mine = tmp_path / "mine.png"
    Image.new("L", size, 255).save(mine)

    kept = shell.json("mask", file_id, "--set", str(mine))["mask"]
    assert (kept["width"], kept["height"]) == size
    assert shell.json("show", file_id)["file"]["mask"] == kept
    shell.run("show", file_id)
    assert "mended by hand" in shell.out
    shell.run("mask", file_id)
    assert "mended by hand" in shell.out

    assert shell.json("mask", file_id, "--reset")["mask"] is None
    shell.run("mask", file_id)
    assert "by the engine" in shell.out
    bad = shell.json("mask", file_id, "--set", str(tmp_path / "none.png"), code=2)
    assert bad["error"]["code"] == "not_found"


def test_a_background_photo_is_imported_used_and_told(shell: Shell, tmp_path: Path) -> None:
    room, tee = photo(tmp_path, "room.jpg", "navy"), photo(tmp_path)
    (kept,) = shell.json("import", str(room), "--as", "background")["files"]
    assert kept["category"] == "background_image"
    plane = "0.1,0.9 0.3,0.6 0.7,0.6 0.9,0.9"
    made = shell.json(
        "generate", "--product", str(tee), "--background", kept["id"], "--plane", plane,
        "--light-from", "left", "--size", "80", "--quality", "draft",
    )["generation"]  # fmt: skip
    assert made["parameters"]["options"] == {
        "light_from": "left",
        "plane": "0.3000,0.6000 0.7000,0.6000 0.9000,0.9000 0.1000,0.9000",
        "size": "80",
    }
    (asked,) = shell.provider.asked
    assert asked.background is not None
    assert shell.run("show", made["id"]) == 0
    assert "Background: room.jpg" in shell.out
    assert shell.json("list", "files", "--category", "background_image")["items"]
    for words, why in (
        (["--plane", "0,0 1,1"], "four corners"),
        (["--plane", "0.1,0.1 0.9,0.1 0.9,1.5 0.1,0.9"], "outside of the photo"),
        (["--size", "900"], "40 to 160"),
        (["--arrangement", "plinth"], "no arrangement"),
        (["--backdrop", "wall"], "takes the backdrop's place"),
        (["--model", str(tee)], "not both"),
    ):
        asking = ["generate", "--product", str(tee), "--background", str(room), *words]
        assert shell.run(*asking) == 2
        assert why in shell.err
    assert shell.run("generate", "--product", str(tee), "--plane", plane) == 2
    assert "belongs to a background photo" in shell.err
