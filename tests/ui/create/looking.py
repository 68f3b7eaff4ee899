"""A service for the Create pane's tests that shows cut-outs and has doubts as it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from stylestudio_desktop.providers.protocol import Readiness
from tests.factories import FakeProvider, picture_bytes


@dataclass
class Looking(FakeProvider):
    """`sentences` are its doubts about every pair of photos; `ready` what it says of itself."""

    sentences: list[str] = field(default_factory=list)
    checked: list[tuple[int, int]] = field(default_factory=list)
    ready: bool = True
    cloth: str = ""  # what it tells of the cloth in a cut-out
    scenes_checked: list[dict[str, str]] = field(default_factory=list)
    plane: tuple[str, float] = ("0.2,0.6 0.8,0.6 0.9,0.9 0.1,0.9", 0.9)

    def check(self) -> Readiness:
        return Readiness(self.ready, "Ready." if self.ready else "Its key is missing.")

    def preview(
        self,
        photo: Path,
        out: Path,
        cancelled: Event,
        *,
        mask: Path | None = None,
        side: int = 768,
        sheer: str = "auto",
    ) -> None:
        out.write_bytes(picture_bytes("gold", (64, 48)))
        if self.cloth:
            with Image.open(out) as cut:
                told = PngInfo()
                told.add_text("sheer", self.cloth)
                cut.convert("RGBA").save(out, "PNG", pnginfo=told)

    def suitable(
        self,
        products: Sequence[Path],
        people: Sequence[Path],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        self.checked.append((len(products), len(people)))
        return self.sentences

    def fits_scene(
        self,
        products: Sequence[Path],
        background: Path,
        size: tuple[int, int],
        options: Mapping[str, str],
        cancelled: Event | None = None,
        masks: Sequence[Path | None] = (),
    ) -> list[str]:
        self.scenes_checked.append(dict(options))
        return self.sentences

    def find_plane(
        self, photo: Path, arrangement: str, cancelled: Event | None = None
    ) -> tuple[str, float]:
        return self.plane
