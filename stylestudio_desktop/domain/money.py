"""Amounts of money in the smallest unit of any currency, and how many digits that makes."""

# ISO 4217, list one: currencies without a smaller unit, and those with thousandths.
_WHOLE = frozenset(
    [
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "JPY",
        "KMF",
        "KRW",
        "MGA",
        "PYG",
        "RWF",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    ]
)
_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])


def digits(currency: str) -> int:
    """Return how many decimals amounts of `currency` (ISO 4217) have."""
    name = currency.upper()
    return 0 if name in _WHOLE else 3 if name in _THOUSANDTHS else 2


def written(amount: int, currency: str) -> str:
    """Return `amount`, in the currency's smallest unit, as “1,029.99 USD”."""
    places = digits(currency)
    whole, part = divmod(abs(amount), 10**places)
    number = f"{whole:,}.{part:0{places}}" if places else f"{whole:,}"
    return f"{'-' if amount < 0 else ''}{number} {currency.upper()}"
