"""What can be typed: every command with its options, and mistakes told as one sentence."""

import argparse
from collections.abc import Sequence
from typing import Any, NoReturn

from stylestudio_desktop import __version__
from stylestudio_desktop.cli import cutting
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.scene import SIDES
from stylestudio_desktop.domain.staging import ARRANGEMENTS, BACKDROPS, REFLECTIONS

ACCOUNT = (
    "show", "list", "add", "switch", "lock", "unlock", "rename", "email", "picture",
    "set-passphrase", "remove-passphrase", "delete", "sign-in", "sign-out",
)  # fmt: skip
LISTS = ("generations", "files", "purchases", "usage", "tokens")
WALLET = (
    "show", "packages", "buy", "purchases", "cancel", "refund", "accept", "reconcile", "receipt",
    "key", "relay",
)  # fmt: skip
STATUSES = ("pending", "uploading", "processing", "completed", "failed", "cancelled")
ORDERS = ("newest", "oldest", "rating")
QUEUE = (
    "list", "pause", "resume", "top", "up", "down", "bottom", "move", "cancel", "retry",
    "elsewhere",
)  # fmt: skip
_MOST = 1 << 53
ROLES = ("product", "model", "background")
CATEGORIES = (
    "product_image", "model_image", "background_image", "generated_image", "profile_image",
)  # fmt: skip


class Arguments(argparse.Namespace):
    """What was typed, by name; each command has the options that its parser names."""

    command: str | None = None
    workspace: str | None = None
    json: bool = False


class _Parser(argparse.ArgumentParser):
    """Raises BadInput where argparse would print and exit."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(f"{message[:1].upper()}{message[1:]}. Type “{self.prog} --help” for help.")


def whole(word: str) -> int:
    """Return the number that `word` spells; what no library could count is none."""
    found = int(word)
    if abs(found) > _MOST:
        raise argparse.ArgumentTypeError(f"{word[:20]} is more than can be counted")
    return found


def parse(words: Sequence[str]) -> Arguments:
    """Return what `words` ask for. Raises BadInput, or SystemExit after --help or --version."""
    found = build().parse_args(words, Arguments())
    if found.command is None and found.json:
        raise BadInput("--json needs a command. Type “stylestudio --help” for the list.")
    return found


def build() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    shared = _Parser(add_help=False)
    # SUPPRESS lets an option stand before or after the command without one undoing the other.
    shared.add_argument(
        "--workspace", metavar="DIR", default=argparse.SUPPRESS, help="use the library in DIR"
    )
    shared.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON for programs"
    )
    parser = _Parser(
        prog="stylestudio",
        description="Product pictures made, kept and paid for on your own computer. "
        "Without a command the window opens.",
        parents=[shared],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"stylestudio {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        return commands.add_parser(
            name, help=summary, description=summary, parents=[shared], allow_abbrev=False
        )

    _bringing(add)
    _making(add)
    _batching(add)
    _serving(add)
    _looking(add)
    _moving(add)
    _paying(add)
    _tending(add)
    _people(add)
    return parser


def _bringing(add: Any) -> None:
    one = add("import", "Bring photos into the library; folders are walked.")
    one.add_argument("paths", nargs="+", metavar="PATH")
    one.add_argument("--as", dest="role", choices=ROLES, required=True)
    one = add("watch", "Say which folders are watched for new photos.")
    one.add_argument("action", choices=("add", "list", "remove"))
    one.add_argument("folder", nargs="?", metavar="DIR", help="or, to remove one, its id")
    one.add_argument("--as", dest="role", choices=ROLES)
    add("sample-collection", "Bring the sample photos into the library.")


def _making(add: Any) -> None:
    one = add("generate", "Make pictures of products, and wait for them.")
    one.add_argument("--product", nargs="+", action="extend", metavar="FILE|ID", required=True)
    one.add_argument("--model", nargs="+", action="extend", metavar="FILE|ID", default=[])
    one.add_argument("--prompt", default="", metavar="TEXT")
    one.add_argument("--negative-prompt", default="", metavar="TEXT")
    one.add_argument("--style", default="realistic")
    one.add_argument("--quality", default="standard")
    one.add_argument("--ratio", default="1:1", metavar="W:H")
    one.add_argument("--count", type=whole, default=1, metavar="N")
    one.add_argument("--seed", type=whole, metavar="N")
    one.add_argument("--provider", default="local")
    one.add_argument("--provider-model", metavar="NAME", help="the service's own model")
    one.add_argument("--strength", type=float)
    one.add_argument("--guidance-scale", type=float)
    one.add_argument("--steps", type=whole, dest="num_inference_steps", metavar="N")
    _staging(one)
    one.add_argument("--option", nargs="+", action="extend", metavar="NAME=VALUE", default=[])
    one.add_argument(
        "--consent", action="store_true", help="agree that photos of people go to the service"
    )
    one.add_argument("--no-wait", action="store_true", help="leave it to the queue")
    one = add("upscale", "Make a finished picture again, larger: same seed and settings.")
    one.add_argument("id", metavar="ID", help="a picture's or a generation's")
    one.add_argument("--to", type=whole, default=4096, metavar="PIXELS", help="the longer side")
    one.add_argument("--no-wait", action="store_true", help="leave it to the queue")
    one = add("retry", "Try a failed generation again, and wait for it.")
    one.add_argument("id", metavar="ID")
    one.add_argument("--no-wait", action="store_true", help="leave it to the queue")
    add("cancel", "Stop a generation that waits or runs.").add_argument("id", metavar="ID")
    one = add("decide", "Say what becomes of a generation whose outcome is unknown.")
    one.add_argument("id", metavar="ID")
    one.add_argument("decision", choices=("again", "let-go"))
    one = add("queue", "Show the queue, pause or resume it or one service, or steer what waits.")
    one.add_argument("action", nargs="?", default="list", choices=QUEUE)
    one.add_argument("id", nargs="?", metavar="ID|SERVICE", help="a generation, or a service")
    one.add_argument("--before", metavar="ID", help="“move” to just before this generation")
    one.add_argument("--to", metavar="SERVICE", help="the service that “elsewhere” means")
    one.add_argument("--to-model", metavar="NAME", help="and that service's own model")
    one = add("worker", "Work off the queue without a window.")
    one.add_argument("--until-empty", action="store_true", help="end when nothing is left to do")


def _staging(one: argparse.ArgumentParser) -> None:
    shown = "for products that nobody wears, made on this computer"
    one.add_argument("--arrangement", choices=ARRANGEMENTS, default=ARRANGEMENTS[0], help=shown)
    one.add_argument("--backdrop", choices=BACKDROPS, default=BACKDROPS[0], help=shown)
    one.add_argument("--reflection", choices=REFLECTIONS, default=REFLECTIONS[0], help=shown)
    one.add_argument(
        "--background", metavar="FILE|ID", help="set the products into this photo of your own"
    )
    one.add_argument(
        "--plane", metavar="CORNERS|auto",
        help="where in it: “x,y x,y x,y x,y”, shares of the photo from 0 to 1; auto looks for it",
    )  # fmt: skip
    one.add_argument("--light-from", choices=SIDES, default=SIDES[0], help="in that photo")
    one.add_argument("--size", type=whole, metavar="PERCENT", help="of the product on its plane")


def _batching(add: Any) -> None:
    one = add("batch", "Make pictures of a table's lines, or of every photo in folders.")
    one.add_argument("paths", nargs="+", metavar="TABLE.csv|FOLDER|FILE")
    one.add_argument("--models", nargs="+", action="extend", metavar="FILE|FOLDER|ID", default=[])
    one.add_argument("--styles", nargs="+", action="extend", metavar="STYLE", default=[])
    one.add_argument("--budget", type=whole, metavar="TOKENS", help="stop before it costs more")
    one.add_argument("--dry-run", action="store_true", help="only tell the price and the time")
    one.add_argument("--skip-bad", action="store_true", help="make the lines that can be made")
    one.add_argument("--photos", metavar="DIR", help="where a table's photos lie")
    one.add_argument("--style", default="realistic", help="for lines that name none, as below")
    one.add_argument("--quality", default="standard")
    one.add_argument("--ratio", default="1:1", metavar="W:H")
    one.add_argument("--prompt", default="", metavar="TEXT")
    one.add_argument("--negative-prompt", default="", metavar="TEXT")
    one.add_argument("--provider", default="local")
    one.add_argument("--provider-model", metavar="NAME", help="the service's own model")
    one.add_argument("--seed", type=whole, metavar="N")
    one.add_argument("--count", type=whole, default=1, metavar="N")
    _staging(one)
    one.add_argument("--no-wait", action="store_true", help="leave it to the queue")
    one = add("batches", "List batches, or show, pause, resume or cancel one.")
    one.add_argument(
        "action", nargs="?", default="list", choices=("list", "show", "pause", "resume", "cancel")
    )
    one.add_argument("id", nargs="?", metavar="ID")
    one.add_argument("--budget", type=whole, metavar="TOKENS", help="resume with another budget")


def _serving(add: Any) -> None:
    one = add("services", "Show the picture services, add, test or remove one.")
    actions = ("list", "add", "test", "remove", "prefer", "consent")
    one.add_argument("action", nargs="?", choices=actions)
    one.add_argument("ids", nargs="*", metavar="SERVICE")
    one.add_argument(
        "--set", nargs="+", action="extend", metavar="NAME=VALUE", default=[],
        help="with add: the service's settings, in place of the former ones",
    )  # fmt: skip
    one.add_argument(
        "--key", action="store_true",
        help="with add: read a key (from a prompt or standard input) even if it needs none",
    )  # fmt: skip
    one.add_argument(
        "--ceiling", type=whole, metavar="N",
        help="with add: at most N pictures a month; -1 for any number",
    )  # fmt: skip
    one.add_argument("--withdraw", action="store_true", help="with consent: take it back")


def _looking(add: Any) -> None:
    add("show", "Tell everything about a generation or a picture.").add_argument("id", metavar="ID")
    one = add("fidelity", "Tell whether a picture still shows the product it was made from.")
    one.add_argument("id", metavar="ID", help="a finished picture, or a generation: its pictures")
    one.add_argument("--again", action="store_true", help="compare anew")
    one.add_argument("--to", metavar="FOLDER", help="draw there where each differs, as new PNGs")
    cutting.words(add, whole)
    one = add("list", "List what is in the library, newest first.")
    one.add_argument("what", choices=LISTS)
    one.add_argument("--status", choices=STATUSES)
    one.add_argument("--category", choices=CATEGORIES)
    one.add_argument(
        "--search", metavar="TEXT", help="words, and for files fields such as “style:vintage”"
    )
    one.add_argument("--order", choices=ORDERS, help="for files: newest first unless said")
    one.add_argument("--trashed", action="store_true", default=None)
    one.add_argument("--favourite", action="store_true", default=None)
    one.add_argument("--since", metavar="DATE", help="from this day or moment on (ISO 8601)")
    one.add_argument("--until", metavar="DATE", help="up to the end of this day, or this moment")
    one.add_argument("--batch", metavar="ID", help="generations of this batch")
    one.add_argument("--limit", type=whole, default=100, metavar="N")
    one.add_argument("--after", metavar="CURSOR", help="“next” of the page before")
    add("dashboard", "Show the wallet, the newest generations and the counts.")
    one = add("insights", "Show what was made and what it cost, by day, service and style.")
    one.add_argument("--days", type=whole, default=30, metavar="N")


def _moving(add: Any) -> None:
    one = add("export", "Copy pictures out of the library.")
    one.add_argument("ids", nargs="*", metavar="ID")
    one.add_argument("--all", action="store_true", help="every picture, and every table beside")
    one.add_argument("--to", required=True, metavar="DIR")
    one.add_argument("--preset", choices=("original", "web", "marketplace"), default="original")
    one.add_argument("--pattern", metavar="NAME", help="such as “{name} {style} {n}”")
    for name, summary in (
        ("trash", "Move pictures or generations to the trash."),
        ("restore", "Bring pictures or generations back from the trash."),
    ):
        add(name, summary).add_argument("ids", nargs="+", metavar="ID")
    one = add("purge", "Remove for good what has been in the trash for long enough.")
    one.add_argument("--older-than", type=whole, metavar="DAYS")


def _paying(add: Any) -> None:
    one = add("wallet", "Show the wallet, buy tokens, and settle what was paid.")
    one.add_argument("action", nargs="?", choices=WALLET, default="show")
    one.add_argument("what", nargs="?", metavar="PACKAGE|ID", help="for buy, cancel, refund, …")
    one.add_argument("--no-wait", action="store_true", help="buy: print the address and return")
    one.add_argument("--dry-run", action="store_true", help="refund, accept: only say what it is")
    one.add_argument("--reason", metavar="TEXT", default="", help="accept: why; kept for ever")
    one.add_argument("--to", metavar="FILE", help="receipt: where the PDF goes")
    one.add_argument("--remove", action="store_true", help="key: forget it")
    one.add_argument("--limit", type=whole, default=100, metavar="N")
    one.add_argument("--after", metavar="CURSOR", help="purchases: “next” of the page before")


def _tending(add: Any) -> None:
    one = add("verify", "Prove the library's rules, and list what is wrong.")
    one.add_argument("--deep", action="store_true", help="read every stored byte")
    one.add_argument("--repair", action="store_true", help="mend what can be mended")
    one = add("ledger", "Check the ledger's seals, or accept it as it stands, with a reason.")
    one.add_argument("action", nargs="?", choices=("check", "anchor"), default="check")
    one.add_argument("--reason", metavar="TEXT", help="why it is accepted; kept for ever")
    one = add("sample", "Fill the library with synthetic generations, for tests.")
    one.add_argument("--generations", type=whole, required=True, metavar="N")
    one.add_argument("--files", type=whole, metavar="M", help="photos among them")
    one.add_argument("--seed", type=whole, default=1, metavar="S")
    _keeping(add)
    one = add("workspace", "Keep several libraries apart, and move pictures between them.")
    actions = ("list", "create", "begin", "switch", "copy", "compare", "sync")
    one.add_argument("action", nargs="?", choices=actions, default="list")
    one.add_argument("name", nargs="?", metavar="NAME|DIR")
    one.add_argument("--kind", choices=("production", "staging", "development"), default="staging")
    one.add_argument("--yes", action="store_true", help="sync: do it; without it, only say what")
    one.add_argument("--dry-run", action="store_true", help="copy: only say what would come along")
    add("doctor", "Tell how the program and its surroundings are.")
    one = add("crashes", "List, show or delete reports of crashes; they never leave by themselves.")
    one.add_argument("action", nargs="?", choices=("list", "show", "delete"), default="list")
    one.add_argument("what", nargs="?", metavar="NAME", help="show: which; the newest without it")


def _keeping(add: Any) -> None:
    one = add("backup", "Make, list and check copies of the library.")
    one.add_argument("action", choices=("snapshot", "full", "list", "verify", "drill"))
    one.add_argument("what", nargs="?", metavar="NAME|PLACE", help="a snapshot, folder or file")
    one.add_argument("--to", metavar="PLACE", help="a folder, or a file whose name ends in .zip")
    one = add("export-tables", "Write all that is yours, table by table, as CSV or JSON Lines.")
    one.add_argument("--to", required=True, metavar="DIR")
    one.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    one = add("restore-backup", "Bring the library back as a snapshot or full backup has it.")
    one.add_argument("what", nargs="?", metavar="NAME|PLACE", help="a snapshot, folder or file")
    one.add_argument("--at", metavar="MOMENT", help="as it was at this moment")
    one.add_argument("--into", metavar="DIR", help="into an empty folder, as a library of its own")
    one.add_argument("--back", action="store_true", help="bring back what a restore replaced")
    one = add("bring-back", "Bring single pictures, generations or collections from a backup.")
    one.add_argument("ids", nargs="*", metavar="ID", help="as the backup has them")
    one.add_argument("--from", dest="origin", metavar="NAME|PLACE")
    one.add_argument("--at", metavar="MOMENT", help="out of the library as it was then")
    one.add_argument("--list", action="store_true", help="show what is in the backup")
    one.add_argument("--search", default="", metavar="TEXT", help="list: names and prompts")
    one.add_argument("--before", metavar="ID", help="list: pictures older than this one")
    one = add("rebuild", "Bring photos and generations back from pictures alone, the last resort.")
    one.add_argument(
        "folder", nargs="?", metavar="DIR",
        help="a lost library, or exported pictures; without it this library, if it is damaged or "
        "gone, is made anew of its own pictures, and what was there is kept",
    )  # fmt: skip


def _people(add: Any) -> None:
    one = add(
        "account",
        "Show, list, add, switch, lock, change or delete profiles. A passphrase is asked for, "
        "or read from the standard input; it is never typed into a command.",
    )
    one.add_argument("action", nargs="?", choices=ACCOUNT, default="show")
    one.add_argument("who", nargs="?", metavar="VALUE", help="id, e-mail or name; a new value")
    one.add_argument("--email", metavar="ADDRESS", help="of the profile that is added")
    one.add_argument(
        "--passphrase", action="store_true", help="guard the profile that is added with one"
    )
    one.add_argument("--yes", action="store_true", help="delete without asking")
    one.add_argument("--client-id", metavar="ID", help="this program's name at the issuer")
    one.add_argument("--device", action="store_true", help="sign in on another device")
    one.add_argument(
        "--secret", action="store_true",
        help="the service gave this program a secret: it is asked for, or read from standard input",
    )  # fmt: skip
