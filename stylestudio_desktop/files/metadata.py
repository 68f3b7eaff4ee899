"""Writes into an exported picture how it was made, as photo standards and the law ask.

Properties: IPTC Photo Metadata Standard (DigitalSourceType, and the AI properties of version
2025.1), Dublin Core and XMP basic; what these cannot hold goes under our own namespace. The same
text lets a lost library be rebuilt from the pictures themselves.
"""

import datetime
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from stylestudio_desktop.domain.errors import BadInput
from stylestudio_desktop.files.containers import TooLong, with_xmp, xmp_of
from stylestudio_desktop.files.probe import STORED_LIMITS, read_whole

if TYPE_CHECKING:
    from xml.etree import ElementTree

_VOCABULARY = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "studio": "urn:stylestudio:xmp:1:",
}
_CREATOR = "Style Studio Desktop"
_SHORT = 1000
"""Characters of a text that fit into every picture beside the others."""
# XML 1.0 section 2.2 has no way to write these, not even escaped.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class DigitalSource(Enum):
    """Where the pixels come from, in the words of the IPTC vocabulary."""

    CAPTURED = "digitalCapture"
    COMPOSITE = "compositeSynthetic"  # photos put together on a drawn set, by no trained model
    GENERATED = "trainedAlgorithmicMedia"
    PARTLY_GENERATED = "compositeWithTrainedAlgorithmicMedia"


@dataclass(frozen=True, slots=True)
class Description:
    """How one picture was made. `made_at` is UTC milliseconds, `sources` SHA-256 digests.

    `people` are those among the sources that show people, `backgrounds` those that others were
    set into.
    `label` is the sentence for people ("Made with AI from photos of the product"); `system` and
    `version` name what made it; `parameters` are plain JSON values.
    """

    source: DigitalSource
    prompt: str = ""
    negative_prompt: str = ""
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    sources: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    backgrounds: tuple[str, ...] = ()
    label: str = ""
    title: str = ""
    system: str = ""
    version: str = ""
    generation: str = ""
    made_at: int | None = None


def packet_of(description: Description) -> bytes:
    """Return the description as an XMP packet, UTF-8. Characters that XML forbids are left out."""
    parameters = json.dumps(dict(description.parameters), sort_keys=True, ensure_ascii=False)
    simple = {
        "xmp:CreatorTool": _CREATOR,
        "xmp:CreateDate": _iso(description.made_at),
        "Iptc4xmpExt:DigitalSourceType": _VOCABULARY + description.source.value,
        "Iptc4xmpExt:AIPromptInformation": description.prompt,
        "Iptc4xmpExt:AISystemUsed": description.system,
        "Iptc4xmpExt:AISystemVersionUsed": description.version,
        "studio:Prompt": description.prompt,
        "studio:NegativePrompt": description.negative_prompt,
        "studio:Parameters": _UNWRITABLE.sub(_escaped, parameters),
        "studio:Generation": description.generation,
    }
    if description.source in (DigitalSource.CAPTURED, DigitalSource.COMPOSITE):
        for name in [name for name in simple if name.startswith("Iptc4xmpExt:AI")]:
            simple[name] = ""
    if simple["Iptc4xmpExt:AIPromptInformation"]:
        simple["studio:Prompt"] = ""  # a JPEG has 64 kB: long words in every script must fit
    lines = [f"<{name}>{_text(value)}</{name}>" for name, value in simple.items() if value]
    for name, value in (("dc:title", description.title), ("dc:description", description.label)):
        if value:
            item = f'<rdf:li xml:lang="x-default">{_text(value)}</rdf:li>'
            lines.append(f"<{name}><rdf:Alt>{item}</rdf:Alt></{name}>")
    for name, digests in (
        ("studio:Sources", description.sources),
        ("studio:People", description.people),
        ("studio:Backgrounds", description.backgrounds),
    ):
        if digests:
            items = "".join(f"<rdf:li>{_text(one)}</rdf:li>" for one in digests)
            lines.append(f"<{name}><rdf:Seq>{items}</rdf:Seq></{name}>")
    spaces = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in _SPACES.items())
    body = "\n".join(lines)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f'<rdf:RDF xmlns:rdf="{_RDF}">\n<rdf:Description rdf:about="" {spaces}>\n'
        f"{body}\n</rdf:Description>\n</rdf:RDF>\n</x:xmpmeta>\n"
        '<?xpacket end="w"?>'
    ).encode()


def described(data: bytes, description: Description) -> bytes:
    """Return the picture `data` carrying its description.

    Where a JPEG has no room, long words are shortened: what made a picture must not be left out
    for the length of a prompt. Raises BadInput if it is no JPEG, PNG or WebP.
    """
    try:
        return with_xmp(data, packet_of(description))
    except TooLong:
        kept = {
            name: value
            for name, value in description.parameters.items()
            if isinstance(value, int | float) or len(str(value)) <= _SHORT
        }
        short = replace(
            description,
            prompt=description.prompt[:_SHORT],
            negative_prompt=description.negative_prompt[:_SHORT],
            parameters=kept,
        )
        return with_xmp(data, packet_of(short))


def description_in(path: Path) -> Description | None:
    """Return the description that the picture at `path` carries, None if it has none of ours.

    Raises BadInput if it is no picture. What was written by others is judged, not trusted: a
    packet with a document type or broken XML counts as none.
    """
    packet = xmp_of(read_whole(path, STORED_LIMITS, path.name))
    return None if packet is None else description_of(packet)


def description_of(packet: bytes) -> Description | None:
    """Return the description inside an XMP packet, None if it holds none of ours."""
    if b"<!" in packet:  # no packet needs a DOCTYPE, and entities can explode
        return None
    from xml.etree import ElementTree

    try:
        root = ElementTree.fromstring(packet.strip(b"\0 \r\n"))  # noqa: S314 - no entities left
        found = {name: _read(root, name) for name in _FIELDS}
        parameters = json.loads(found["studio:Parameters"] or "{}")
        source = DigitalSource(found["Iptc4xmpExt:DigitalSourceType"].removeprefix(_VOCABULARY))
        made_at = _moment(found["xmp:CreateDate"])
    except (ElementTree.ParseError, ValueError, RecursionError, OverflowError):
        return None
    if found["xmp:CreatorTool"] != _CREATOR or not isinstance(parameters, dict):
        return None
    return Description(
        source=source,
        prompt=found["studio:Prompt"] or found["Iptc4xmpExt:AIPromptInformation"],
        negative_prompt=found["studio:NegativePrompt"],
        parameters=MappingProxyType(parameters),
        sources=tuple(_items(root, "studio:Sources")),
        people=tuple(_items(root, "studio:People")),
        backgrounds=tuple(_items(root, "studio:Backgrounds")),
        label="".join(_items(root, "dc:description")),
        title="".join(_items(root, "dc:title")),
        system=found["Iptc4xmpExt:AISystemUsed"],
        version=found["Iptc4xmpExt:AISystemVersionUsed"],
        generation=found["studio:Generation"],
        made_at=made_at,
    )


_FIELDS = (
    "xmp:CreatorTool",
    "xmp:CreateDate",
    "Iptc4xmpExt:DigitalSourceType",
    "Iptc4xmpExt:AIPromptInformation",
    "Iptc4xmpExt:AISystemUsed",
    "Iptc4xmpExt:AISystemVersionUsed",
    "studio:Prompt",
    "studio:NegativePrompt",
    "studio:Parameters",
    "studio:Generation",
)


def _text(value: str) -> str:
    return escape(_UNWRITABLE.sub("", value), quote=False).replace("\r", "&#13;")


def _escaped(found: "re.Match[str]") -> str:
    """Return the JSON escape of a character that XML has no way to write."""
    return json.dumps(found[0])[1:-1]


def _named(name: str) -> str:
    prefix, local = name.split(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def _read(root: "ElementTree.Element", name: str) -> str:
    """Return a simple property, written as an element by us or as an attribute by others."""
    for described in root.iter(f"{{{_RDF}}}Description"):
        attribute = described.get(_named(name))
        if attribute is not None:
            return attribute
        element = described.find(_named(name))
        if element is not None:
            return element.text or ""
    return ""


def _items(root: "ElementTree.Element", name: str) -> list[str]:
    for element in root.iter(_named(name)):
        return [item.text or "" for item in element.iter(f"{{{_RDF}}}li")]
    return []


def _iso(moment: int | None) -> str:
    if moment is None:
        return ""
    try:
        when = datetime.datetime.fromtimestamp(moment / 1000, datetime.UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise BadInput(f"{moment} is not a moment that a picture can carry.") from error
    return when.isoformat(timespec="milliseconds")


def _moment(text: str) -> int | None:
    if not text:
        return None
    when = datetime.datetime.fromisoformat(text)
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    if when.tzinfo is None:
        when = when.replace(tzinfo=datetime.UTC)
    return (when - epoch) // datetime.timedelta(milliseconds=1)
