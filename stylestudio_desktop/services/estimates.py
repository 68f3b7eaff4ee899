"""Learns from history how long a picture takes, for prices with a time and progress with an end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

from stylestudio_desktop.services.studio import Studio
from stylestudio_desktop.store import estimates

LOOK_BACK = 300
"""Finished generations that are looked at: enough for a median, read in about a millisecond."""

SURE_FROM = 0.1
"""The share done from which its own pace tells more about a run than history does."""


@dataclass(frozen=True, slots=True)
class Estimates:
    """Median milliseconds a picture, by service and quality, and by the service's model too."""

    by_work: Mapping[tuple[str, str], float]
    by_model: Mapping[tuple[str, str | None, str], float] = field(default_factory=dict)

    def expected_ms(
        self, provider: str, quality: str, pictures: int, model: str | None = None
    ) -> float | None:
        """Return how long `pictures` will take one after the other; None without experience.

        What the service's other models took stands in for a model that is new.
        """
        usual = self.by_work.get((provider, quality))
        each = self.by_model.get((provider, model, quality), usual)
        return None if each is None else each * pictures


def learn(studio: Studio) -> Estimates:
    """Return what the newest finished generations took; one indexed query of bounded size."""
    found: dict[tuple[str, str], list[float]] = {}
    models: dict[tuple[str, str | None, str], list[float]] = {}
    for run in estimates.recent_runs(studio.database, studio.user_id, LOOK_BACK):
        if run.milliseconds is not None:
            each = run.milliseconds / max(1, run.pictures)
            found.setdefault((run.provider, run.quality), []).append(each)
            models.setdefault((run.provider, run.model, run.quality), []).append(each)
    return Estimates(
        {work: median(times) for work, times in found.items()},
        {work: median(times) for work, times in models.items()},
    )


def left_ms(spent_ms: float, share: float | None, expected_ms: float | None) -> float | None:
    """Return the milliseconds that a running generation still takes, None where nobody can know.

    `spent_ms` is its time so far, `share` how much of it is done (0 to 1, None unknown).
    """
    if share is not None and share >= SURE_FROM:
        return spent_ms * (1 - min(1.0, share)) / share
    if expected_ms is None or spent_ms >= expected_ms:
        return None
    return expected_ms - spent_ms
