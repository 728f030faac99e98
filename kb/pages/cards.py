"""A claim as every list shows it: who says it, in our wording, and every mark that keeps it from being read as a fact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kb.pages.reading import NO_WORD, Reader, Thing, Word, clip, values
from kb.pages.times import Time, time_of

_SHAPES = MappingProxyType({  # what a mark has beside its word: shape as well as colour
    "negated": "⊘", "not-observed": "◌", "planned": "▷", "possible": "◇", "hypothetical": "△", "predicted": "↗", "required": "‼",
    "evaluative": "✦", "denied-inference": "⊬", "presupposed": "↧", "contradiction": "✕", "rivalry": "≈",
})  # fmt: skip
PRESUPPOSED = Word("https://w3id.org/conflict-kb/ns/presupposed", "presupposed", "presupposed", "The text takes it for granted instead of saying it.")
REMEMBERED = 10_000  # cards
_USUAL = frozenset({"affirmed", "asserted"})
_COLUMNS = "claim label article speaker voice zone polarity modality certainty type presupposed hedge time earliest latest basis"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing that is unlike the plain case: its word, and a shape that says it without colour."""

    word: Word
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A claim in short. `spans` are characters of the article, end excluded; `clashes` are (kind, question)."""

    iri: str
    path: str
    label: str
    lang: str
    article: Thing
    speaker: Thing
    voice: Word
    zone: Word
    certainty: Word
    type: Word
    marks: tuple[Mark, ...]
    hedge: str
    time: Time | None
    said: Time | None
    spans: tuple[tuple[int, int], ...]
    flags: int
    clashes: tuple[tuple[str, Thing], ...]

    @property
    def id(self) -> str:
        return self.iri.rpartition("/")[2]

    @property
    def is_own_voice(self) -> bool:
        """Whether the article says it in its own words."""
        return self.voice.id in ("article", "metadata")

    @property
    def says(self) -> str:
        """The words between speaker and wording: ours of what others say names the saying itself ("Lund warned that …")."""
        return "said that" if self.is_own_voice else "as reported:"

    @property
    def saying(self) -> str:
        """The claim in one line that cannot be taken for a fact."""
        return f"{self.speaker.label} {self.says.removesuffix(':')}: {self.label}"

    @property
    def contested(self) -> str:
        """The strongest clash it takes part in: contradiction, rivalry, or none."""
        kinds = {kind for kind, _ in self.clashes}
        return "contradiction" if "contradiction" in kinds else "rivalry" if kinds else ""


def mark(word: Word) -> Mark:
    return Mark(word, _SHAPES.get(word.id, ""))


def cards(reader: Reader, claims: Sequence[str]) -> dict[str, Card]:
    """Return the cards of some claims by IRI, in the order given; what is no claim is left out. Those shown lately are remembered."""
    known: dict[str, Card] = reader.shown
    new = [claim for claim in claims if claim not in known]
    if len(known) + len(new) > REMEMBERED:
        known = reader.shown = {claim: known[claim] for claim in claims if claim in known}
    known |= _read(reader, new) if new else {}
    return {claim: known[claim] for claim in claims if claim in known}


def _read(reader: Reader, claims: Sequence[str]) -> dict[str, Card]:
    """Return cards from the store: five queries, whatever their number."""
    here = values("claim", claims)
    bounds = "".join(f"OPTIONAL {{ ?claim kb:{name} ?{column} }} " for name, column in (
        ("eventType", "type"), ("presupposed", "presupposed"), ("hedge", "hedge"), ("time", "time"), ("earliest", "earliest"), ("latest", "latest"), ("timeBasis", "basis"),
    ))  # fmt: skip
    star = "?claim rdfs:label ?label ; kb:reportedIn ?article ; kb:speaker ?speaker ; kb:voice ?voice ; kb:zone ?zone ; kb:polarity ?polarity ; kb:modality ?modality ; kb:certainty ?certainty . "
    found = {}
    spans, said, flags, clashes = _spans(reader, here), _said(reader, here), _flags(reader, here), _clashes(reader, here)
    for row in reader.terms(f"SELECT {' '.join(f'?{name}' for name in _COLUMNS.split())} {{ {here} {star}{bounds}}}"):
        cells = dict(zip(_COLUMNS.split(), ("" if term is None else term.value for term in row), strict=True))
        claim = cells["claim"]
        found[claim] = Card(
            iri=claim, path=reader.path(claim), label=clip(cells["label"]), lang=row[1].lang, article=reader.thing(cells["article"]),
            speaker=reader.thing(cells["speaker"]), voice=reader.word(cells["voice"]), zone=reader.word(cells["zone"]),
            certainty=reader.word(cells["certainty"]), type=reader.word(cells["type"]), marks=tuple(_marks(reader, cells)), hedge=clip(cells["hedge"]),
            time=time_of(cells["time"], cells["earliest"], cells["latest"], reader.word(cells["basis"])), said=said.get(claim),
            spans=tuple(spans.get(claim, ())), flags=flags.get(claim, 0), clashes=tuple(clashes.get(claim, ())),
        )  # fmt: skip
    return found


def _marks(reader: Reader, cells: dict[str, str]) -> Iterable[Mark]:
    for key in ("polarity", "modality"):
        word = reader.word(cells[key])
        if word.id not in _USUAL:
            yield mark(word)
    if cells["presupposed"] == "true":
        yield mark(PRESUPPOSED)


def _spans(reader: Reader, here: str) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    query = f"SELECT ?claim ?start ?end {{ {here} ?claim kb:evidence/oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end }} ORDER BY ?claim ?start ?end"
    for claim, start, end in reader.rows(query):
        found.setdefault(claim, []).append((int(start), int(end)))
    return found


def _said(reader: Reader, here: str) -> dict[str, Time | None]:
    """Return when each claim was said: the time of its innermost step that has one."""
    found = {}
    query = f"SELECT ?claim ?time ?earliest ?latest ?basis {{ {here} ?claim kb:attribution ?node . ?node kb:step ?step ; kb:time ?time . OPTIONAL {{ ?node kb:earliest ?earliest }} OPTIONAL {{ ?node kb:latest ?latest }} OPTIONAL {{ ?node kb:timeBasis ?basis }} }} ORDER BY ?claim ?step ?time"
    for claim, time, earliest, latest, basis in reader.rows(query):
        found[claim] = time_of(time, earliest, latest, reader.word(basis) if basis else NO_WORD)
    return found


def _flags(reader: Reader, here: str) -> dict[str, int]:
    query = f"SELECT ?claim (COUNT(?flag) AS ?flags) {{ {here} ?claim kb:flag ?flag }} GROUP BY ?claim"
    return {claim: int(flags) for claim, flags in reader.rows(query)}


def _clashes(reader: Reader, here: str) -> dict[str, list[tuple[str, Thing]]]:
    """Return the clashes that each claim takes part in, contradictions first."""
    found: dict[str, set[tuple[str, str]]] = {}
    for claim, node in reader.rows(f"SELECT ?claim ?node {{ {here} ?node kb:member ?claim }}"):
        if node in reader.clashes:
            found.setdefault(claim, set()).add(reader.clashes[node])
    return {claim: [(kind, reader.thing(question)) for kind, question in sorted(some)] for claim, some in found.items()}
