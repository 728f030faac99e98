"""From what a person types to the IRI it means: an id, a label, a variant or misspelt one, a concept's word, an IRI."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from kb.errors import UnknownName, did_you_mean
from kb.ids import NS, SLUG
from kb.rows import Term, iri, literal
from kb.store import Store
from kb.vocab import PREFIXES, SCHEMES

CLASSES = {
    "entity": f"{NS}Entity",
    "event": f"{NS}Event",
    "question": f"{NS}Question",
    "article": f"{PREFIXES['schema']}NewsArticle",
    "concept": f"{PREFIXES['skos']}Concept",
}
_LABELS = [f"<{PREFIXES['rdfs']}label>", *(f"<{PREFIXES['skos']}{name}Label>" for name in ("pref", "alt", "hidden"))]
_ID = re.compile(rf"(?:(?P<kind>[a-z-]+)/)?(?P<id>{SLUG})", re.ASCII)
_CLAIM = re.compile(rf"(?:claim[:/])?(?P<id>{SLUG}/{SLUG})", re.ASCII)
_ALIKE = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-", "—": "-", "“": '"', "”": '"', "_": " "}
)


def resolve_name(store: Store, word: str, type: str = "iri", *, hint: str = "") -> str:
    """Return the IRI that `word` means here. `type` is entity, event, question, article, claim, concept, or iri for any.

    Takes an id (`olaf-scholz`, with its kind `entity/olaf-scholz`), a label in any spelling we keep, whatever its case
    and accents, an IRI, `type:withdrawal` or `withdrawal` for a concept. An id goes before a label. `hint`, the
    parameter's name, settles a word that stands in several schemes. Raises UnknownName: unknown, or of several.
    """
    word = word.strip()
    if "://" in word:
        return _whole_iri(store, word)
    found = _concepts(word, hint) if type in ("concept", "iri") else []
    found += _by_id(store, word, type)
    names: list[tuple[str, str]] = []
    if not found:
        names = list(_names(store, type))
        plain = plain_form(word)
        found = [thing for thing, name in names if plain_form(name) == plain]
    distinct = sorted(set(found))
    if len(distinct) == 1:
        return distinct[0]
    if distinct:
        raise UnknownName(f"{word!r} names {len(distinct)} things", cure=f"write one of {', '.join(map(short_name, distinct))}")
    what = "name" if type == "iri" else type
    candidates = dict.fromkeys([name for _, name in names] + [short_name(thing).partition("/")[2] for thing, _ in names])
    raise UnknownName(f"no {what} {word[:80]!r}", cure=did_you_mean(word, [*candidates, *_concept_words(type)]))


def plain_form(name: str) -> str:
    """Return a name without case, accents and the kinds of quote and dash.

    >>> plain_form("  Zoë  O’Neil ")
    "zoe o'neil"
    """
    letters = unicodedata.normalize("NFKD", name.translate(_ALIKE))
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).casefold().split())


def short_name(thing: str) -> str:
    """Return an IRI as messages show it and `resolve_name` reads it.

    >>> short_name("https://example.org/kb/id/entity/olaf-scholz")
    'entity/olaf-scholz'
    """
    return thing.removeprefix(NS) if thing.startswith(NS) else thing.rpartition("/id/")[2]


def _whole_iri(store: Store, word: str) -> str:
    term = iri(word.removeprefix("<").removesuffix(">"))
    if not store.query(f"ASK {{ {{ {term} ?p ?o }} UNION {{ ?s ?p {term} }} }}").boolean:
        raise UnknownName(f"nothing here speaks of <{term.value}>", cure="look at its spelling, or give an id or a label")
    return term.value


def _concepts(word: str, hint: str) -> list[str]:
    """Return the concepts of our own schemes that a word means: `withdrawal`, `type:withdrawal`, `event-type/withdrawal`."""
    scheme, mark, name = word.replace(":", "/").rpartition("/")
    name = plain_form(name).replace(" ", "-")
    home = PREFIXES.get(scheme, f"{NS}{scheme}/")
    found = [key for key, words in SCHEMES.items() if name in words and (not mark or home == f"{NS}{key}/")]
    if len(found) > 1 and hint:
        meant = [key for key in found if PREFIXES.get(hint) == f"{NS}{key}/" or hint in (key, key.rpartition("-")[2])]
        found = meant or found
    return [f"{NS}{key}/{name}" for key in found]


def _concept_words(type: str) -> Sequence[str]:
    return [word for words in SCHEMES.values() for word in words] if type in ("concept", "iri") else ()


def _by_id(store: Store, word: str, type: str) -> list[str]:
    claim, thing = _CLAIM.fullmatch(word), _ID.fullmatch(word)
    kinds = [kind for kind in _kinds(type) if thing and thing["kind"] in (None, kind)]
    ends, classes = [f"/id/{kind}/{thing['id']}" for kind in kinds], [CLASSES[kind] for kind in kinds]
    if claim and type in ("claim", "iri"):
        ends, classes = [*ends, f"/id/claim/{claim['id']}"], [*classes, f"{NS}Claim"]
    test = " || ".join(f"STRENDS(STR(?thing), {literal(end)})" for end in ends)
    return _things(store, f"{_values(classes)} ?thing a ?class . FILTER({test})") if ends else []


def _kinds(type: str) -> list[str]:
    return [kind for kind in CLASSES if type in (kind, "iri") and kind != "concept"]


def _values(classes: Iterable[str]) -> str:
    return f"VALUES ?class {{ {' '.join(str(Term('iri', name)) for name in classes)} }}"


def _things(store: Store, pattern: str) -> list[str]:
    rows = store.query(f"SELECT DISTINCT ?thing WHERE {{ {pattern} }} ORDER BY ?thing").rows
    return [row[0].value for row in rows if row[0] is not None]


def _names(store: Store, type: str) -> Iterable[tuple[str, str]]:
    """Yield every thing of a type with each of its names."""
    classes = [CLASSES[kind] for kind in CLASSES if type in (kind, "iri")]
    if classes:
        pattern = f"{_values(classes)} ?thing a ?class ; {'|'.join(_LABELS)} ?name"
        for thing, name in store.query(f"SELECT DISTINCT ?thing ?name WHERE {{ {pattern} }} ORDER BY ?thing ?name").rows:
            if thing is not None and name is not None:
                yield thing.value, name.value
