"""Puts an order's photos into fal's storage, where its models can read them."""

from collections.abc import Callable

from stylestudio_desktop.providers.http import Door, marks
from stylestudio_desktop.providers.http.photos import media_type_of, suffix_of
from stylestudio_desktop.providers.protocol import Context, Prepared


def stored(
    job: Prepared, rest: Door, storage_at: Callable[[str, str], Door], context: Context
) -> list[str]:
    """Return the addresses of the job's photos, stored anew and noted in the job's folder.

    They are stored for each order, so that their addresses are this order's own. `rest` grants
    access; `storage_at(base, proof)` opens the place it names. Raises ProviderError.
    """
    grant = rest.send(
        "POST",
        "storage/auth/token?storage_type=fal-cdn-v3",
        context,
        paid=False,
        json={},
    ).fields()
    proof = f"{grant.maybe_text('token_type') or 'Bearer'} {grant.text('token')}"
    storage = storage_at(grant.text("base_url"), proof)
    urls, paths = [], [*job.products, *job.models]
    for number, path in enumerate(paths, start=1):
        context.report(f"Sending photo {number} of {len(paths)}", None)
        headers = {
            "Content-Type": media_type_of(path),
            "X-Fal-File-Name": f"{job.intent_id}-{number}.{suffix_of(path)}",
        }
        found = storage.send(
            "POST",
            "files/upload",
            context,
            paid=False,
            body=path.read_bytes(),
            headers=headers,
            read_s=120.0,
        ).fields()
        urls.append(found.text("access_url"))
    marks.remember(urls, context)
    return urls
