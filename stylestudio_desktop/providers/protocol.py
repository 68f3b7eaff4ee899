"""What every picture-making service looks like to the rest of the house: four verbs and a card."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from threading import Event
from typing import Any, Protocol, runtime_checkable

from stylestudio_desktop.domain.brief import Brief


class Reattach(Enum):
    """How a running job is found again after a crash."""

    OWN_ID = "own_id"  # we choose the job's id before sending, so it can always be looked up
    SERVER_ID = "server_id"  # the service answers with an id; between the two lies a gap
    NONE = "none"  # the answer is the result; a lost answer is lost


class Charges(Enum):
    """Whether the service itself bills for an outcome."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What one model of one service can do; the wizard offers only this and says why not."""

    max_products: int
    max_models: int
    ratios: tuple[str, ...]
    qualities: tuple[str, ...]
    max_count: int
    seed: bool = False
    strength: bool = False
    guidance_scale: bool = False
    num_inference_steps: bool = False
    negative_prompt: bool = False
    needs_model_photo: bool = False
    arrangements: tuple[str, ...] = ()  # of domain.staging; empty where they can't be chosen
    backdrops: tuple[str, ...] = ()
    scenes: tuple[str, ...] = ()  # arrangements in a background photo; empty where none is taken
    enlarges: bool = False  # the same seed makes the same picture at another quality
    worn_qualities: tuple[str, ...] | None = None  # those for pictures of people, None for all
    cutouts: bool = False  # it wants products alone, cut out here, not the photos as they are
    cancel: bool = False
    reattach: Reattach = Reattach.NONE
    result_lifetime_s: int | None = None
    upload_max_bytes: int = 10_000_000
    upload_max_side: int = 2048
    charges_on_failure: Charges = Charges.NO
    charges_on_refusal: Charges = Charges.NO


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One model of a service as people choose it.

    `refusal` says why it can't be used now, empty while it can. `bills` says for each quality
    what the service itself was last known to bill for a picture, in words.
    """

    id: str
    name: str
    capabilities: Capabilities
    refusal: str = ""
    bills: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServiceCard:
    """A service as the app shows it.

    `remote` services send photos off this machine. `originals` are read only by what is part of
    this program; every other service gets cleaned copies.
    """

    id: str
    name: str
    summary: str
    models: tuple[ModelCard, ...]
    remote: bool
    needs_key: bool
    concurrency: int = 1
    poll_s: tuple[float, float] = (1.0, 5.0)
    deadline_s: float | None = 600.0
    notes: tuple[str, ...] = ()  # what people should know before they choose it
    originals: bool = False


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a service can take work now, found without cost."""

    ready: bool
    sentence: str
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prepared:
    """One attempt, ready to be sent: settled numbers and files that lie on disk.

    `intent_id` is a random UUID committed to the database before anything is sent. `seed` is
    always settled here, so that the same attempt can be made again. `width` and `height` are
    pixels of the asked picture. `masks` are grey PNGs of what belongs to each product, None where
    nobody mended its cut-out; only what is part of this program gets them. So it is with
    `background`, the photo that the products are set into.
    """

    intent_id: str
    brief: Brief
    prompt: str
    seed: int
    width: int
    height: int
    products: tuple[Path, ...]
    models: tuple[Path, ...]
    masks: tuple[Path | None, ...] = ()
    background: Path | None = None


@dataclass(frozen=True, slots=True)
class RemoteRef:
    """Where an accepted job can be found again; kept as JSON next to the job."""

    id: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """One finished picture that waits to be fetched; kept as JSON next to the job.

    `locator` is a path or URL that only the service's own adapter reads. `facts` go into the
    picture's record (the seed that was used, warnings, what was dropped).
    """

    position: int
    locator: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class State(Enum):
    """What a poll can say."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    GONE = "gone"  # the service no longer knows the job


@dataclass(frozen=True, slots=True)
class Update:
    """The answer to a poll. `progress` runs from 0 to 1, None where the service tells none."""

    state: State
    progress: float | None = None
    stage: str = ""
    outputs: tuple[Output, ...] = ()
    error: "ProviderError | None" = None


@dataclass(frozen=True, slots=True)
class Finished:
    """What a synchronous service answers instead of a RemoteRef: the result itself."""

    outputs: tuple[Output, ...]


class CancelOutcome(Enum):
    """What became of a wish to stop."""

    STOPPED = "stopped"
    REQUESTED = "requested"
    TOO_LATE = "too_late"
    UNSUPPORTED = "unsupported"


class Lost(Enum):
    """What a search for an ambiguous submit can say besides a RemoteRef."""

    NOT_SENT = "not_sent"  # the service surely never accepted it: safe to send again
    UNKNOWN = "unknown"  # it may have been accepted and billed: the user decides


class Kind(Enum):
    """Why a service call failed, in the only distinctions that change what is done next."""

    AUTH = "auth"
    PAYMENT = "payment"
    RATE = "rate"
    INPUT = "input"
    SETUP = "setup"  # the service's own settings, or its address, must be put right first
    CONTENT = "content"
    GONE = "gone"
    PROVIDER = "provider"
    NOT_SENT = "not_sent"  # the network failed before the request went out
    AMBIGUOUS = "ambiguous"  # it went out and the answer was lost
    CANCELLED = "cancelled"


class ProviderError(Exception):
    """A service call that failed; `sentence` is for people and holds no secret.

    `transient` says that the same call may succeed later; `retry_after_s` how long the service
    asked us to wait.
    """

    def __init__(
        self,
        kind: Kind,
        sentence: str,
        *,
        transient: bool = False,
        retry_after_s: float | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence
        self.transient = transient
        self.retry_after_s = retry_after_s
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Context:
    """What a call may use while it runs.

    `cancelled` is set when the user wants the job stopped: a long call looks at it at least
    every half second. `workdir` is a folder of the job's own under the workspace's tmp, on the
    file store's file system; what lies there is removed when the job ends. `report(stage,
    progress)` shows progress; it may be called from any thread, as often as is natural.
    """

    cancelled: Event
    workdir: Path
    report: Callable[[str, float | None], None]


@runtime_checkable
class Learns(Protocol):
    """A service that can say what its models can do, beyond what the catalogue says."""

    def learn(self) -> Mapping[str, Any]:
        """Return facts by model, as `catalogue.merging.merged` takes them; costs nothing.

        Raises ProviderError.
        """


@runtime_checkable
class Examines(Protocol):
    """A service that can compare a finished picture with the product photos it was made from."""

    def examine(
        self,
        products: Sequence[Path],
        picture: Path,
        grade: str,
        cancelled: Event,
        masks: Sequence[Path | None] = (),
        *,
        worn: bool = False,
    ) -> Mapping[str, Any]:
        """Return the report, as `domain.fidelity.read` takes it; raises ProviderError.

        `masks` are those of the products, as in a job, `grade` the "grade" that this service told
        among the facts of its own picture, else "". `worn` says that a person was to wear them.
        """


class Provider(Protocol):
    """A picture-making service. Every call may block and raises only ProviderError."""

    @property
    def card(self) -> ServiceCard:
        """The service's description, known offline."""

    def check(self) -> Readiness:
        """Say whether work would be taken now; costs nothing."""

    def submit(self, job: Prepared, context: Context) -> RemoteRef | Finished:
        """Hand the job over; never repeated by the adapter itself once it may have gone out."""

    def poll(self, ref: RemoteRef, context: Context) -> Update:
        """Say how the job stands; safe to repeat."""

    def fetch(self, output: Output, sink: Path, context: Context) -> None:
        """Write the picture's bytes to the new file `sink`; safe to repeat."""

    def cancel(self, ref: RemoteRef, context: Context) -> CancelOutcome:
        """Ask the service to stop; safe to repeat."""

    def find_lost(self, job: Prepared, submitted_at: int, context: Context) -> RemoteRef | Lost:
        """After an ambiguous submit, look for the job (`submitted_at` in UTC milliseconds)."""

    def close(self) -> None:
        """Let go of child processes and connections; the object is not used afterwards."""
