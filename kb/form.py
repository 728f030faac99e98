"""The marks that say, on a field of `model`, how a fact file writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Annotated

from kb import vocab


@dataclass(frozen=True, slots=True)
class Slug:
    """Marks an id that this place defines. `graph` ids also name a graph."""

    graph: bool = False


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a name defined elsewhere: one of `to`, among entity, event, claim (written `claim:ID`)."""

    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a word of a closed list; a space counts as a hyphen."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Date:
    """Marks an EDTF text; with `relative`, also words such as `last week` that hang on an anchor."""

    relative: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Marks a text that has the form of a regular expression, named by `what`."""

    pattern: str
    what: str


@dataclass(frozen=True, slots=True)
class Quoted:
    """Marks words of a text: YAML must carry them in quotes or as a block, as it eats parts of unquoted ones."""


@dataclass(frozen=True, slots=True)
class Degrees:
    """Marks a point on the earth: a list of latitude and longitude in degrees (WGS84), north and east counted up."""


Text_ = str
_OF_PATH = r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}"
Point_ = Annotated[tuple[Decimal, ...], Degrees()]
Quote_ = Annotated[str, Quoted()]
Entity_ = Annotated[str, Ref(("entity",))]
Event_ = Annotated[str, Ref(("event",))]
Thing_ = Annotated[str, Ref(("entity", "event", "claim"))]
ClaimId_ = Annotated[str, Ref(("claim",))]
When_ = Annotated[str, Date(relative=True)]
Edtf_ = Annotated[str, Date()]
Sha256_ = Annotated[str, Match(r"[0-9a-f]{64}", "a SHA-256 in 64 small hex digits")]
Address_ = Annotated[str, Match(rf"https?://[A-Za-z0-9.-]+(:[0-9]{{1,5}})?([/?]({_OF_PATH})*)?(#({_OF_PATH})*)?", "an http(s) address")]
Language_ = Annotated[str, Match(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag such as en or uk")]


def of_scheme(scheme: str) -> OneOf:
    return OneOf(vocab.SCHEMES[scheme])


def about(text: str, default: object = None) -> object:
    """Return an optional field with the line an editor shows for it."""
    return field(default=default, metadata={"about": text})
