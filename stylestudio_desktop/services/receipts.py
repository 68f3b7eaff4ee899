"""Writes the receipt of a paid purchase: what was bought, paid, and given back."""

from datetime import UTC, datetime
from pathlib import Path

from stylestudio_desktop.config.resources import resources
from stylestudio_desktop.domain.errors import BadInput, IllegalStep, StorageError
from stylestudio_desktop.domain.money import written
from stylestudio_desktop.domain.purchase import Mode, PurchaseStatus, RefundStatus
from stylestudio_desktop.domain.records import Purchase
from stylestudio_desktop.files.export import new_file
from stylestudio_desktop.payments.receipt_pdf import Receipt, drawn
from stylestudio_desktop.services import accounts, buying, refunding
from stylestudio_desktop.services.studio import Studio

_PAID = (PurchaseStatus.COMPLETED.value, PurchaseStatus.REFUNDED.value)


def suggested_name(row: Purchase) -> str:
    """Return a fitting file name for a purchase's receipt."""
    return f"style-studio-receipt-{row.transaction_id[:8]}.pdf"


def write(studio: Studio, purchase_id: int, target: Path) -> Path:
    """Write a purchase's receipt as PDF to `target`; a folder gets the suggested name.

    Raises NotFound, IllegalStep for a purchase that was not paid, BadInput where a file is
    there already, StorageError where it can't be written.
    """
    row = buying.purchase(studio, purchase_id)
    if row.status not in _PAID:
        raise IllegalStep(f"This purchase is {row.status}, so there is no receipt for it.")
    if target.is_dir():
        target = target / suggested_name(row)
    content = drawn(_receipt(studio, row), resources() / "fonts")
    try:
        with new_file(target) as file:
            file.write(content)
    except FileExistsError as error:
        raise BadInput(
            f"There is a file {target.name} already, and it stays as it is. Choose another name."
        ) from error
    except OSError as error:
        raise StorageError(
            f"The receipt could not be written: {error.strerror}. The purchase is not touched. "
            "Choose another folder."
        ) from error
    return target


def _receipt(studio: Studio, row: Purchase) -> Receipt:
    buyer = accounts.current_user(studio)
    lines = [
        ("Bought by", buyer.name),
        *([("E-mail", buyer.email)] if buyer.email else []),
        ("Date", _moment(row.completed_at or row.created_at)),
        ("Paid by", row.payment_method or "–"),
        ("Payment", row.stripe_payment_intent_id or "–"),
    ]
    bought = f"{row.display_name}, {_tokens(row.tokens_received)}"
    sums, back = [(bought, written(row.amount, row.currency))], 0
    for one in refunding.of_purchase(studio, row.id):
        if one.status == RefundStatus.DONE.value:
            back += one.amount
            name = f"{one.kind.capitalize()} of {_moment(one.updated_at)}, {_tokens(one.tokens)}"
            sums.append((name, f"−{written(one.amount, row.currency)}"))
    remarks = ["Amounts as charged by the payment service, which also issues the tax documents."]
    if row.mode == Mode.TEST.value:
        remarks.insert(0, "This was a test payment: no money moved.")
    sums.append(("Total", written(max(0, row.amount - back), row.currency)))
    return Receipt("Receipt", f"No. {row.transaction_id}", lines, sums, remarks)


def _tokens(number: int) -> str:
    return f"{number:,} token{'' if number == 1 else 's'}"


def _moment(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%d %B %Y, %H:%M UTC")
