"""The words that every service's failures share, so that none of them lacks the way on."""

from stylestudio_desktop.providers.protocol import Kind, ProviderError


def quoted(said: str) -> str:
    """Return a service's own words as a sentence to follow ours; nothing if it said nothing."""
    return f" It says: “{said}”." if said else ""


def refused(service: str, said: str = "", request_id: str | None = None) -> ProviderError:
    """Return the error for content that `service` won't work on: asking again never helps."""
    return ProviderError(
        Kind.CONTENT,
        f"{service} refused these photos or words by its own rules.{quoted(said)} Choose another "
        "service, or other photos or words.",
        request_id=request_id,
    )
