"""The rules of profiles: names, e-mail addresses that are the same, and passphrases."""

import unicodedata
from typing import NamedTuple

from stylestudio_desktop.domain.errors import BadInput

LONGEST_NAME = 80
LONGEST_EMAIL = 254
LEAST_PASSPHRASE = 6
LONGEST_PASSPHRASE = 200


class Profile(NamedTuple):
    """A person of this workspace, as lists show them; times are UTC milliseconds."""

    id: int
    name: str
    email: str | None
    profile_image_id: int | None
    created_at: int
    last_login_at: int | None
    locked_at: int | None
    guarded: int


def checked_name(name: str) -> str:
    """Return a name without spare spaces. Raises BadInput for one that nobody could read."""
    clean = " ".join(name.split())
    if not clean or len(clean) > LONGEST_NAME or not clean.isprintable():
        raise BadInput(f"A name has 1 to {LONGEST_NAME} readable characters. Nothing was changed.")
    return clean


def checked_email(email: str) -> tuple[str, str]:
    """Return an e-mail address as it is shown and as it is compared. Raises BadInput."""
    shown = email.strip()
    name, at, host = shown.rpartition("@")
    odd = not shown.isprintable() or any(sign.isspace() for sign in shown)
    if not name or not at or not host or odd or len(shown) > LONGEST_EMAIL:
        raise BadInput("This is no e-mail address. Nothing was changed. Write it as name@place.")
    return shown, normal_email(shown)


def normal_email(email: str) -> str:
    """Return the form in which two spellings of one address are equal (NFKC, case, spaces)."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", email).casefold()).strip()


def checked_passphrase(passphrase: str) -> str:
    """Return a passphrase that may be used. Raises BadInput; it is never repeated."""
    if not LEAST_PASSPHRASE <= len(passphrase) <= LONGEST_PASSPHRASE:
        raise BadInput(
            f"A passphrase has {LEAST_PASSPHRASE} to {LONGEST_PASSPHRASE} characters. Nothing was "
            "changed."
        )
    return passphrase
