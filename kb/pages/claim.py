"""One claim: who says it through whom, where in the text, what it answers, and who says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kb.ids import NS
from kb.pages.cards import Card, cards
from kb.pages.reading import Reader, Thing, Word, clip
from kb.pages.times import Time, time_of
from kb.rows import Term, iri
from kb.vocab import PREFIXES, ROLES

NEIGHBOURS = 8  # claims shown of each answer
_TIES = {"": "agree", "excludes": "contradict", "competesWith": "rival", "qualifies": "limit"}
_PARTS = "kb:attribution|kb:evidence|kb:attributionEvidence|kb:quantity|kb:flag|kb:naming"
Properties = dict[str, list[Term]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the chain, from the article inwards."""

    source: Thing
    verb: str
    act: Word
    stance: Word
    via: tuple[Thing, ...]
    behalf: tuple[Thing, ...]
    addressee: tuple[Thing, ...]
    said: Time | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Characters of the article; `words` only where its text may be shown."""

    part: str
    start: int
    end: int
    sha256: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    kind: Word
    reason: str
    words: str
    see: tuple[Thing, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """The claims that give one answer, and how it stands to the claim's own: agree, contradict, rival or limit."""

    how: str
    answer: str
    claims: tuple[Card, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """An answer that the claim gives to a question, and those who give the same or another one."""

    question: Thing
    answer: str
    sides: tuple[Side, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    template = "claim.html"
    card: Card
    place: str
    content: tuple[tuple[str, tuple[Thing | str, ...]], ...]
    quantity: str
    chain: tuple[Step, ...]
    evidence: tuple[Evidence, ...]
    namings: tuple[tuple[Thing, str], ...]
    flags: tuple[Remark, ...]
    stands: tuple[Stand, ...]
    spoken_of: tuple[Card, ...]
    valence: Word
    toward: tuple[Thing, ...]
    impact: Word
    confidence: str
    review: Word

    @property
    def title(self) -> str:
        return self.card.saying


def claim_view(reader: Reader, claim: str, place: str = "") -> ClaimView | None:
    """Return all that is known of a claim; None for what is none. `place` is its line in its fact file."""
    card = cards(reader, [claim]).get(claim)
    if card is None:
        return None
    own = properties(reader, f"BIND({iri(claim)} AS ?node) ?node ?property ?value").get(claim, {})
    nodes = properties(reader, f"{iri(claim)} {_PARTS} ?node . ?node ?property ?value")
    names = _named(reader, [*own.values(), *(values for node in nodes.values() for values in node.values())])
    steps = sorted((int(one(node, "step") or 0), node) for node in nodes.values() if has_class(node, "Attribution")) if nodes else []
    return ClaimView(
        card=card, place=place, content=tuple(_content(own, names)), quantity=_quantity(reader, nodes.get(f"{claim}/quantity", {})),
        chain=tuple(_step(reader, node, names) for _, node in steps), evidence=tuple(_evidence(reader, claim)),
        namings=tuple(sorted(((names[one(node, "names")], clip(one(node, "written"))) for node in nodes.values() if has_class(node, "Naming")), key=lambda pair: (pair[0].label, pair[1]))),
        flags=tuple(_remark(reader, nodes[name], names) for name in sorted(nodes) if has_class(nodes[name], "Flag")),
        stands=tuple(_stands(reader, claim)), spoken_of=tuple(_spoken_of(reader, claim)), valence=reader.word(one(own, "valence")),
        toward=names.of(own.get("toward", ())), impact=reader.word(one(own, "impact")), confidence=one(own, "confidence"), review=reader.word(one(own, "review")),
    )  # fmt: skip


def properties(reader: Reader, pattern: str) -> dict[str, Properties]:
    """Return node → property → values for a pattern that binds ?node ?property ?value; our own properties by their short name."""
    found: dict[str, Properties] = {}
    for node, property_, value in reader.terms(f"SELECT DISTINCT ?node ?property ?value {{ {pattern} }} ORDER BY ?node ?property ?value"):
        found.setdefault(node.value, {}).setdefault(property_.value.removeprefix(NS), []).append(value)
    return found


def one(node: Properties, name: str) -> str:
    """Return the first value of a property, the empty text when it has none."""
    return node[name][0].value if node.get(name) else ""


def has_class(node: Properties, name: str) -> bool:
    return any(value.value == f"{NS}{name}" for value in node.get(f"{PREFIXES['rdf']}type", ()))


class _Names(dict[str, Thing]):
    def of(self, values: Iterable[Term]) -> tuple[Thing, ...]:
        return tuple(self[value.value] for value in values)


def _named(reader: Reader, lists: Iterable[list[Term]]) -> _Names:
    """Return the things that some values name, other claims by their wording."""
    iris = sorted({value.value for values in lists for value in values if value.kind == "iri"})
    others = [name for name in iris if reader.path(name).startswith("id/claim/") and "#" not in reader.path(name)]
    told = cards(reader, others)
    return _Names({name: Thing(name, told[name].label, told[name].path, "claim", told[name].lang) if name in told else reader.thing(name) for name in iris})


def _content(own: Properties, names: _Names) -> Iterator[tuple[str, tuple[Thing | str, ...]]]:
    yield from ((name, names.of(own[name])) for name in ("subject",) if name in own)
    if "predicate" in own:
        yield "predicate", (clip(one(own, "predicate")),)
    if "object" in own:
        yield "object", names.of(own["object"])
    if "value" in own:
        yield "value", (clip(one(own, "value")),)
    if "about" in own:
        yield "event", names.of(own["about"])
    yield from ((role, names.of(own[role])) for role in ROLES if role in own)


def _quantity(reader: Reader, node: Properties) -> str:
    """Return a number in words: how exact, how much, of what."""
    if not node:
        return ""
    schema = PREFIXES["schema"]
    amount = one(node, f"{schema}value") or " to ".join(filter(None, (one(node, f"{schema}minValue"), one(node, f"{schema}maxValue"))))
    if one(node, "fraction"):
        amount = f"{amount} ({one(node, 'fraction')} of another claim’s quantity)".strip()
    how = reader.word(one(node, "approximation"))
    kind = reader.word(one(node, "quantityKind"))
    words = ["" if how.id == "exact" else how.label, amount, clip(one(node, "unit")), f"({kind.label})" if kind.id else ""]
    return " ".join(filter(None, words))


def _step(reader: Reader, node: Properties, names: _Names) -> Step:
    return Step(
        source=names[one(node, "source")], verb=clip(one(node, "verb")), act=reader.word(one(node, "speechAct")), stance=reader.word(one(node, "stance")),
        via=names.of(node.get("via", ())), behalf=names.of(node.get("onBehalfOf", ())), addressee=names.of(node.get("addressee", ())),
        said=time_of(one(node, "time"), one(node, "earliest"), one(node, "latest"), reader.word(one(node, "timeBasis"))),
    )  # fmt: skip


def _evidence(reader: Reader, claim: str) -> Iterator[Evidence]:
    query = f"SELECT ?node ?start ?end ?sha ?words {{ {iri(claim)} kb:evidence|kb:attributionEvidence ?node . ?node oa:hasSelector ?place . ?place oa:start ?start ; oa:end ?end . OPTIONAL {{ ?node kb:sha256 ?sha }} OPTIONAL {{ ?node oa:hasSelector/oa:exact ?words }} }}"
    found = []
    for node, start, end, sha, words in reader.rows(query):
        part = node.removeprefix(f"{claim}/")
        found.append(Evidence(part=part.replace("/", "-"), start=int(start), end=int(end), sha256=sha, words=words))
    yield from sorted(found, key=lambda one: (one.part.startswith("attribution"), one.start, one.end, one.part))


def _remark(reader: Reader, node: Properties, names: _Names) -> Remark:
    see = names.of(node.get(f"{PREFIXES['rdfs']}seeAlso", ()))
    return Remark(kind=reader.word(one(node, "flagKind")), reason=clip(one(node, f"{PREFIXES['rdfs']}comment")), words=clip(one(node, "written")), see=see)


def _stands(reader: Reader, claim: str) -> Iterator[Stand]:
    query = f"SELECT ?question ?mine ?label {{ {iri(claim)} kb:supportsAnswer ?mine . ?question kb:answer ?mine . ?mine rdfs:label ?label }} ORDER BY ?question ?mine"
    for question, mine, label in reader.rows(query):
        ties = f"SELECT ?tie ?answer ?words {{ {iri(mine)} ?property ?answer . FILTER(?property IN (kb:excludes, kb:competesWith, kb:qualifies)) ?answer rdfs:label ?words . BIND(STRAFTER(STR(?property), STR(kb:)) AS ?tie) }} ORDER BY ?answer"
        others = [("", mine, label), *(tuple(row) for row in reader.rows(ties))]
        sides = (_side(reader, claim, *other) for other in sorted(others, key=lambda other: (list(_TIES).index(other[0]), other[1])))
        yield Stand(question=reader.thing(question), answer=clip(label), sides=tuple(side for side in sides if side is not None))


def _side(reader: Reader, claim: str, tie: str, answer: str, words: str) -> Side | None:
    pattern = f"?claim kb:supportsAnswer {iri(answer)} . FILTER(?claim != {iri(claim)})"
    number = reader.number(f"SELECT (COUNT(DISTINCT ?claim) AS ?claims) {{ {pattern} }}")
    some = [row[0] for row in reader.rows(f"SELECT DISTINCT ?claim {{ {pattern} }} ORDER BY ?claim LIMIT {NEIGHBOURS}")]
    if not number:
        return None
    return Side(how=_TIES[tie], answer=clip(words), claims=tuple(cards(reader, some).values()), more=number - len(some))


def _spoken_of(reader: Reader, claim: str) -> Iterator[Card]:
    query = f"SELECT DISTINCT ?other {{ ?other kb:participant {iri(claim)} ; a kb:Claim }} ORDER BY ?other LIMIT {NEIGHBOURS}"
    yield from cards(reader, [row[0] for row in reader.rows(query)]).values()
