"""Hashes passphrases with Argon2id and compares them; the library is loaded when one is asked for.

The parameters are argon2-cffi's defaults, the low-memory choice of RFC 9106: about 0.2 s a try.
"""

from typing import Any

PARAMETERS: Any = None
"""None for the defaults; tests put the library's cheapest here."""


def _hasher() -> Any:
    import argon2

    if PARAMETERS is None:
        return argon2.PasswordHasher()
    return argon2.PasswordHasher.from_parameters(PARAMETERS)


def hashed(passphrase: str) -> str:
    """Return what may be stored of a passphrase, with its salt and parameters."""
    return str(_hasher().hash(passphrase))


def fits(stored: str, passphrase: str) -> bool:
    """Say whether a passphrase is the one that `stored` came from; a damaged hash fits nothing."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(_hasher().verify(stored, passphrase))
    except (VerificationError, InvalidHashError):
        return False
