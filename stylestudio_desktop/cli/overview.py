"""Commands that sum up: the dashboard and the insights."""

from datetime import UTC, datetime

from stylestudio_desktop.cli import shapes
from stylestudio_desktop.cli.desk import Desk
from stylestudio_desktop.cli.speaking import print_json, say, table
from stylestudio_desktop.services import history, wallet
from stylestudio_desktop.services import insights as sums
from stylestudio_desktop.services.insights import Insights, Work


def dashboard(desk: Desk) -> int:
    """Show the wallet, the ten newest generations and the counts."""
    with desk.open() as studio:
        found, balance = history.dashboard(studio), wallet.told(studio)
    if desk.json:
        print_json(
            {
                "user": {**shapes.user(found.user), "token_balance": balance},
                "generations": [
                    shapes.card(row.card, row.thumbnail, row.job) for row in found.generations
                ],
                "counts": {
                    "generations": shapes.counts(found.by_status, "tokens"),
                    "files": shapes.counts(found.by_category, "bytes"),
                },
            }
        )
        return 0
    say(f"{found.user.name}: {shapes.balance(balance)}")
    for count in found.by_status:
        say(f"  {count.number:8,} {count.key}")
    for count in found.by_category:
        say(f"  {count.number:8,} {count.key.replace('_', ' ')}{'' if count.number == 1 else 's'}")
    table(
        ("Id", "Made", "Status", "Style", "Prompt"),
        [
            (
                row.card.id,
                shapes.day(row.card.created_at),
                row.card.status,
                row.card.style,
                shapes.short(row.card.prompt),
            )
            for row in found.generations
        ],
    )
    return 0


def insights(desk: Desk) -> int:
    """Show work, success, time and cost of the last days."""
    with desk.open() as studio:
        found = sums.insights(studio, desk.arguments.days)
    if desk.json:
        print_json(_shape(found))
        return 0
    say(f"{_date(found.first)} to {_date(found.last)}")
    for title, groups in (
        ("Day", [(_date(day), work) for day, work in found.by_day]),
        ("Service", found.by_provider),
        ("Style", found.by_style),
        ("Together", [("", found.total)]),
    ):
        say()
        table(
            (title, "Started", "Completed", "Failed", "Pictures", "Tokens", "Success", "s/picture"),
            [(name, *_cells(work)) for name, work in groups],
            right=(1, 2, 3, 4, 5, 6, 7),
        )
    say()
    for count in found.storage:
        say(f"  {count.number:8,} {count.key.replace('_', ' ')}, {shapes.size(count.total)}")
    return 0


def _cells(work: Work) -> tuple[str, ...]:
    rate, speed = work.success_rate, work.median_ms
    return (
        f"{work.started:,}",
        f"{work.completed:,}",
        f"{work.failed:,}",
        f"{work.pictures:,}",
        f"{work.tokens:,}",
        "" if rate is None else f"{rate:.0%}",
        "" if speed is None else f"{speed / 1000:.1f}",
    )


def _date(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%d")


def _work(work: Work) -> shapes.Json:
    return {
        "started": work.started,
        "completed": work.completed,
        "failed": work.failed,
        "cancelled": work.cancelled,
        "pictures": work.pictures,
        "tokens": work.tokens,
        "success_rate": work.success_rate,
        "ms_per_picture": work.ms_per_picture,
        "median_ms_per_picture": work.median_ms,
        "tokens_per_picture": work.tokens_per_picture,
        "median_tokens_per_picture": work.median_tokens,
    }


def _shape(found: Insights) -> shapes.Json:
    return {
        "from": _date(found.first),
        "to": _date(found.last),
        "total": _work(found.total),
        "days": [{"day": _date(day), **_work(work)} for day, work in found.by_day],
        "providers": [{"provider": name, **_work(work)} for name, work in found.by_provider],
        "styles": [{"style": name, **_work(work)} for name, work in found.by_style],
        "uploaded": found.uploaded,
        "downloaded": found.downloaded,
        "tokens_bought": found.bought,
        "storage": shapes.counts(found.storage, "bytes"),
    }
