"""Begins a batch's rows a few at a time, so that its queue is short and its budget a hard stop."""

import json
from pathlib import Path
from threading import Event

from stylestudio_desktop.domain.batch import Batch, BatchItem, Wish
from stylestudio_desktop.domain.errors import (
    BadInput,
    BudgetReached,
    CeilingReached,
    Code,
    MonthReached,
    NeedsConsent,
    NotEnoughTokens,
)
from stylestudio_desktop.domain.events import BatchChanged
from stylestudio_desktop.domain.generation import Category
from stylestudio_desktop.services import (
    attempts,
    batches,
    ceilings,
    generate,
    ledger_proof,
    library,
)
from stylestudio_desktop.services.batch_photos import is_id
from stylestudio_desktop.services.batch_plan import brief_of
from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import batches as rows

AHEAD = 32
"""Rows that wait or run at once: more than any service does, and few enough to cancel at once."""


def feeding(studio: Studio) -> bool:
    """Say whether any batch still has rows to begin."""
    return bool(rows.running(studio.database))


def feed(studio: Studio, closing: Event) -> int:
    """Begin rows of every running batch until enough wait; return how many were begun.

    Safe to run in several processes at once: a row is begun by one of them. Raises StorageError
    when the disk fails; the row waits on then.
    """
    begun = 0
    for batch in rows.running(studio.database):
        while not closing.is_set():
            if batches.measure(studio, batch).open >= AHEAD:
                break
            item = rows.next_item(studio.database, batch.id)
            if item is None:
                batches.finished(studio, batch)
                break
            if not _begun(studio, batch, item):
                break
            begun += 1
    return begun


def _begun(studio: Studio, batch: Batch, item: BatchItem) -> bool:
    """Begin one row, or note why it can't be; False if the batch must wait or rest."""
    try:
        return _begin(studio, batch, item)
    except (BudgetReached, CeilingReached, NeedsConsent, NotEnoughTokens) as error:
        # Work under way may still give its tokens back, so the end is told only after it.
        if not batches.measure(studio, batch).open:
            if isinstance(error, CeilingReached | MonthReached | NeedsConsent):
                batches.rest(studio, batch, error.code.value, error.sentence)
            elif isinstance(error, BudgetReached):
                batches.spent(studio, batch)
            else:
                said = "There are not enough tokens to go on. Get tokens, then let it go on."
                batches.rest(studio, batch, Code.NOT_ENOUGH_TOKENS.value, said)
        return False
    except _TakenMeanwhile:
        return False
    except BadInput as error:
        with studio.database.write():
            rows.refuse(studio.database, item, error.sentence)
            studio.tell(BatchChanged(batch.id))
        return True


def _begin(studio: Studio, batch: Batch, item: BatchItem) -> bool:
    wish = wish_of(item)
    brief = generate.examined(
        studio,
        brief_of(
            wish,
            [_taken_in(studio, word, Category.PRODUCT) for word in wish.products],
            [_taken_in(studio, word, Category.MODEL) for word in wish.models],
            None
            if wish.background is None
            else _taken_in(studio, wish.background, Category.BACKGROUND),
        ),
    )
    ledger_proof.prepare(studio)
    with studio.database.write():
        ceilings.require(studio, {brief.provider: brief.count})
        row = generate.begin(studio, brief, batch_id=batch.id, price=item.price)
        if not rows.take(studio.database, item, row.id):
            raise _TakenMeanwhile
        attempts.tell_balance(studio)
        studio.tell(BatchChanged(batch.id))
    return True


class _TakenMeanwhile(Exception):
    """Another host was faster, or the batch was paused; the transaction is undone."""


def wish_of(item: BatchItem) -> Wish:
    """Return what a row asks for."""
    kept = json.loads(item.wish)
    kept |= {"products": tuple(kept["products"]), "models": tuple(kept["models"])}
    kept["options"] = tuple((name, value) for name, value in kept.get("options", ()))
    return Wish(**kept | {"sku": item.sku, "name": item.name, "line": item.line})


def _taken_in(studio: Studio, word: str, category: Category) -> int:
    if is_id(word):
        return int(word)
    taken = library.import_files(studio, [Path(word)], category)
    if taken.rejected:
        raise BadInput(taken.rejected[0].reason)
    return taken.files[0].id
