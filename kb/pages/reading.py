"""What pages are made from: fixed queries on one store, and the names of things, read once for each build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from kb.ids import DEFAULT_BASE, NS
from kb.rows import Term, iri
from kb.store import Store
from kb.vocab import ENTITY_KINDS, PREFIXES

FEW = 400  # claims that are put in order by themselves
LONGEST = 400  # characters of a label on a page; the data hold the whole
_HEAD = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("kb", "rdf", "rdfs", "skos", "dcterms", "schema", "oa", "void", "geo", "polarity", "modality"))
_KINDS = {iri: kind for kind, iri in ENTITY_KINDS.items()}


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that has a page. `path` is relative to the root of the site, empty for what has none; `kind` is a word.

    `names` are its labels in other languages, by language.
    """

    iri: str
    label: str
    path: str = ""
    kind: str = ""
    lang: str = ""
    names: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        return self.iri.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Word:
    """A concept of our schemes, as pages write it."""

    iri: str
    id: str
    label: str
    definition: str = ""

    @property
    def path(self) -> str:
        return f"ns.html#{self.iri.removeprefix(NS)}" if self.iri.startswith(NS) else ""


NO_WORD = Word("", "", "")


def clip(text: str) -> str:
    """Return a text as a page shows it: at most `LONGEST` characters, control characters as blanks."""
    text = "".join(c if c >= " " and c != "\x7f" else " " for c in text[: LONGEST + 1])
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


class Reader:
    """One store and the names in it. What grows with the number of claims is asked by page; the rest is read once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.shown: dict[str, Any] = {}  # cards made lately

    def terms(self, text: str) -> tuple[tuple[Term | None, ...], ...]:
        return self.store.query(_HEAD + text).rows

    def rows(self, text: str) -> Iterator[list[str]]:
        """Yield the rows of a query as texts, the empty text where unbound."""
        for row in self.terms(text):
            yield ["" if term is None else term.value for term in row]

    def number(self, text: str) -> int:
        """Return the one whole number that a query gives."""
        return int(next(self.rows(text))[0])

    def triples(self, text: str) -> str:
        """Return what a CONSTRUCT gives, as N-Triples."""
        return self.store.query(_HEAD + text).triples

    def triples_of(self, iris: list[str]) -> str:
        """Return what is said of some things themselves, as N-Triples."""
        parts = (self.triples(f"CONSTRUCT {{ ?thing ?property ?value }} WHERE {{ {values('thing', iris[start : start + 200])} ?thing ?property ?value }}") for start in range(0, len(iris), 200))
        return "".join(parts)

    @cached_property
    def base(self) -> str:
        """The IRI that all things are minted below, as the dataset's description says."""
        for (space,) in self.rows("SELECT ?space { ?dataset a void:Dataset ; void:uriSpace ?space } ORDER BY ?space LIMIT 1"):
            return space.removesuffix("id/")
        return DEFAULT_BASE

    def iri(self, *parts: str) -> str:
        return f"{self.base}id/{'/'.join(parts)}"

    @cached_property
    def _things(self) -> dict[str, Thing]:
        found: dict[str, Thing] = {}
        classes = {"article": "schema:NewsArticle", "entity": "kb:Entity", "event": "kb:Event", "question": "kb:Question"}
        for kind, class_ in classes.items():
            for thing, label in self.terms(f"SELECT ?thing ?label {{ ?thing a {class_} ; rdfs:label ?label }} ORDER BY ?thing"):
                found[thing.value] = Thing(thing.value, clip(label.value), self.path(thing.value), kind, label.lang)
        values = " ".join(f"<{name}>" for name in _KINDS)
        for thing, class_ in self.rows(f"SELECT ?thing ?class {{ VALUES ?class {{ {values} }} ?thing a kb:Entity, ?class }} ORDER BY ?thing"):
            if thing in found:
                found[thing] = replace(found[thing], kind=_KINDS[class_])
        for thing, names in self._names().items():
            if thing in found:
                found[thing] = replace(found[thing], names=tuple(pair for pair in names if pair[0] != found[thing].lang))
        return found

    def _names(self) -> dict[str, list[tuple[str, str]]]:
        """Return the labels of things that have one in another language than English, by language."""
        found: dict[str, list[tuple[str, str]]] = {}
        for thing, label in self.terms("SELECT ?thing ?label { ?thing a kb:Entity ; skos:prefLabel ?label FILTER(LANG(?label) != \"en\") } ORDER BY ?thing LANG(?label) ?label"):
            found.setdefault(thing.value, []).append((label.lang, clip(label.value)))
        return found

    def things(self, kind: str) -> list[Thing]:
        """Return all articles, entities, events or questions, by IRI."""
        return [one for one in self._things.values() if one.path.startswith(f"id/{kind}/")]

    def thing(self, name: str) -> Thing:
        """Return what an IRI names; of an unknown one, or of a claim, no more than its id."""
        return self._things.get(name) or Thing(name, clip(name.rpartition("/")[2]), self.path(name))

    def is_known(self, name: str) -> bool:
        return name in self._things

    def path(self, name: str) -> str:
        """Return where the page of a thing, of a part of one or of a term of ours lies, from the root; empty when nowhere.

        A claim's parts and a question's answers lie on their thing's page.
        """
        if name.startswith(NS):
            return f"ns.html#{name.removeprefix(NS)}"
        rest = name.removeprefix(f"{self.base}id/")
        kind, _, ident = rest.partition("/")
        if rest == name or not ident:
            return ""
        parts = ident.split("/")
        if kind == "claim" and len(parts) >= 2:
            part = f"#{'-'.join(parts[2:4])}" if len(parts) > 2 else ""
            return f"id/claim/{parts[0]}/{parts[1]}.html{part}"
        if kind == "question":
            return f"id/question/{parts[0]}.html" + (f"#answer-{parts[-1]}" if len(parts) > 1 else "")
        return f"id/{kind}/{ident}.html" if kind in ("article", "entity", "event") and len(parts) == 1 else ""

    @cached_property
    def order(self) -> dict[str, int]:
        """Claim → its place among all: the oldest article first, then by place in the text."""
        return {claim: place for place, claim in enumerate(self._sorted(""))}

    def _sorted(self, here: str) -> list[str]:
        """Return the claims that `here` binds ?claim to, all when it is empty, in order."""
        start: dict[str, int] = {}
        for claim, at in self.rows(f"SELECT ?claim ?start {{ {here} ?claim kb:evidence/oa:hasSelector/oa:start ?start }}"):
            start[claim] = min(start.get(claim, int(at)), int(at))
        told = self.rows(f"SELECT ?claim ?article {{ {here} ?claim kb:reportedIn ?article }}")
        return [claim for *_, claim in sorted((self._days.get(article, ""), article, start.get(claim, 0), claim) for claim, article in told)]

    @cached_property
    def _days(self) -> dict[str, str]:
        return dict(self.rows("SELECT ?article ?day { ?article a schema:NewsArticle ; kb:earliest ?day }"))

    def in_order(self, claims: Iterable[str]) -> list[str]:
        """Return claims in order, each once; what is no claim is left out. A few are put in order without reading all."""
        found = set(claims)
        if len(found) <= FEW and "order" not in self.__dict__:
            return self._sorted(values("claim", sorted(found))) if found else []
        return sorted(found & self.order.keys(), key=self.order.__getitem__)

    def claims(self, pattern: str) -> list[str]:
        """Return the claims of a pattern that binds ?claim, each once, in order."""
        return self.in_order(row[0] for row in self.rows(f"SELECT DISTINCT ?claim {{ {pattern} }}"))

    @cached_property
    def clashes(self) -> dict[str, tuple[str, str]]:
        """Node of a contradiction or rivalry → (which of them, its question)."""
        query = "SELECT ?node ?class ?question { VALUES ?class { kb:Contradiction kb:Rivalry } ?node a ?class ; kb:onQuestion ?question } ORDER BY ?class ?question ?node"
        return {node: (class_.rpartition("/")[2].lower(), question) for node, class_, question in self.rows(query)}

    @cached_property
    def _words(self) -> dict[str, Word]:
        query = "SELECT ?concept ?label ?definition { ?concept a skos:Concept ; rdfs:label ?label . OPTIONAL { ?concept skos:definition ?definition } }"
        return {concept: Word(concept, concept.rpartition("/")[2], label, definition) for concept, label, definition in self.rows(query)}

    def word(self, concept: str) -> Word:
        if not concept:
            return NO_WORD
        local = concept.rpartition("/")[2]
        return self._words.get(concept) or Word(concept, local, local.replace("-", " "))

    def words(self, scheme: str) -> list[Word]:
        """Return the concepts of one scheme, by id."""
        return [self._words[name] for name in sorted(self._words) if name.startswith(f"{NS}{scheme}/")]


def values(name: str, iris: Iterable[str]) -> str:
    """Return the VALUES block that binds a variable to IRIs, each checked."""
    return f"VALUES ?{name} {{ {' '.join(str(iri(one)) for one in iris)} }}"
