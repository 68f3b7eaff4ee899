"""The command that lists generations, files, purchases, the log and the ledger, page by page."""

from collections.abc import Callable
from typing import Any

from stylestudio_desktop.cli import reading, shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import note, print_json, table
from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.domain.filters import FileFilter, GenerationFilter
from stylestudio_desktop.domain.money import written
from stylestudio_desktop.services import finding, history, insights, wallet
from stylestudio_desktop.services.studio import Studio

Listed = tuple[list[Any], str | None]
_FITTING = {
    "generations": ("status", "batch", "search", "trashed", "since", "until"),
    "files": ("category", "search", "trashed", "favourite", "since", "until", "order"),
}
_FILTERS = (
    "status", "batch", "category", "search", "trashed", "favourite", "since", "until", "order",
)  # fmt: skip


def list_rows(desk: Desk) -> int:
    """List one kind of row; options that don't fit it are refused, not passed over."""
    given = desk.arguments
    for name in _FILTERS:
        if getattr(given, name) is not None and name not in _FITTING.get(given.what, ()):
            raise BadInput(f"--{name} does not go with “list {given.what}”.")
    with desk.open() as studio:
        items, following = _LISTS[given.what](desk, studio)
    if desk.json:
        print_json({"items": items, "next": following})
        return 0
    heads, cells, right = _TABLES[given.what]
    table(heads, [cells(item) for item in items], right)
    if following is not None:
        note(f"There is more: add --after {following}")
    return 0


def _generations(desk: Desk, studio: Studio) -> Listed:
    given = desk.arguments
    wanted = GenerationFilter(
        status=given.status,
        trashed=bool(given.trashed),
        search=given.search or "",
        since=reading.since(given.since),
        until=reading.until(given.until),
        batch=None if given.batch is None else reading.an_id(given.batch),
    )
    page = history.rows(studio, wanted, given.after, given.limit)
    return [shapes.card(row.card, row.thumbnail, row.job) for row in page.items], page.next


def _files(desk: Desk, studio: Studio) -> Listed:
    given = desk.arguments
    wanted = FileFilter(
        category=given.category,
        favourite=bool(given.favourite),
        trashed=bool(given.trashed),
        search=given.search or "",
        since=reading.since(given.since),
        until=reading.until(given.until),
    )
    query, bounds = finding.query_of(wanted)
    order = finding.Order(given.order or finding.Order.NEWEST.value)
    page = finding.listing(studio, query, given.after, given.limit, bounds=bounds, order=order)
    return [shapes.picture(studio, row) for row in page.items], page.next


def _purchases(desk: Desk, studio: Studio) -> Listed:
    page = wallet.bought(studio, desk.arguments.after, desk.arguments.limit)
    back = wallet.given_back(studio, page.items)
    return [shapes.purchase(row, back.get(row.id, ())) for row in page.items], page.next


def _usage(desk: Desk, studio: Studio) -> Listed:
    page = insights.log(studio, desk.arguments.after, desk.arguments.limit)
    return [shapes.usage(row) for row in page.items], page.next


def _tokens(desk: Desk, studio: Studio) -> Listed:
    page = wallet.movements(studio, desk.arguments.after, desk.arguments.limit)
    return [shapes.entry(row) for row in page.items], page.next


_LISTS: dict[str, Callable[[Desk, Studio], Listed]] = {
    "generations": _generations,
    "files": _files,
    "purchases": _purchases,
    "usage": _usage,
    "tokens": _tokens,
}

Cells = Callable[[dict[str, Any]], tuple[Any, ...]]
_TABLES: dict[str, tuple[tuple[str, ...], Cells, tuple[int, ...]]] = {
    "generations": (
        ("Id", "Made", "Status", "Style", "Quality", "Tokens", "Prompt"),
        lambda one: (
            one["id"], shapes.day(one["created_at"]), one["status"], one["style"],
            one["quality"], one["tokens_used"], shapes.short(one["prompt"]),
        ),
        (5,),
    ),
    "files": (
        ("Id", "Added", "Category", "Pixels", "Size", "Name"),
        lambda one: (
            one["id"], shapes.day(one["uploaded_at"]), one["category"],
            f"{one['width']} × {one['height']}", shapes.size(one["size"]),
            shapes.short(one["filename"]),
        ),
        (3, 4),
    ),
    "purchases": (
        ("Id", "Bought", "Status", "Package", "Tokens", "Price"),
        lambda one: (
            one["id"], shapes.day(one["created_at"]), one["status"], one["display_name"],
            one["tokens_received"], written(one["amount"], one["currency"]),
        ),
        (4, 5),
    ),
    "usage": (
        ("When", "What", "Service", "Style", "Tokens", "Pictures"),
        lambda one: (
            shapes.day(one["timestamp"]), one["action"].replace("_", " "), one["provider"],
            one["style"], one["tokens"], one["pictures"],
        ),
        (4, 5),
    ),
    "tokens": (
        ("When", "Why", "Tokens", "Balance", "Generation"),
        lambda one: (
            shapes.day(one["created_at"]), one["kind"], f"{one['delta']:+d}",
            one["balance_after"], one["generation_id"] or "",
        ),
        (2, 3),
    ),
}  # fmt: skip
