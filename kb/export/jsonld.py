"""JSON-LD under a context of ours, a node a block, written as it is read: no graph in memory, no context fetched.

The context's terms may carry `@id`, `@type`, `@language`, `@prefix`, `@protected` and `@container: @set`;
any other feature is refused, as writing past it would say something else than the graph does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kb.errors import InputError
from kb.export.lines import Facts, literal_parts, unescaped
from kb.export.turtle import TYPE, Names, properties

_WRITES = {"@id", "@type", "@language", "@container", "@prefix", "@protected"}
_OPTIONS = {"@version", "@vocab", "@base", "@language", "@protected"}
_XSD = "http://www.w3.org/2001/XMLSchema#"
_WHOLE = {f"{_XSD}{name}" for name in ("integer", "nonNegativeInteger", "positiveInteger", "int", "long")}
_BARE = {f"{_XSD}integer", f"{_XSD}boolean"}  # what a JSON number or truth is without a type
_NUMBER = re.compile(r"-?[1-9][0-9]{0,14}|0")  # below 2^53: a JSON reader keeps it


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a context: its IRI, and how its values are read. `language` is None when not said, "" for none."""

    name: str
    iri: str
    type: str = ""
    language: str | None = None
    is_set: bool = False


class Context:
    """A context by which IRIs and values are shortened. Raises InputError for what we do not write."""

    def __init__(self, words: Mapping[str, Any], *, below: str = "") -> None:
        self.words = {**({"@base": below} if below else {}), **words}
        unknown = sorted(key for key in self.words if key.startswith("@") and key not in _OPTIONS)
        if unknown:
            raise InputError(
                f"the JSON-LD context uses {unknown[0]}, which the export does not write", cure=f"remove {unknown[0]}"
            )
        self.vocab = self.words.get("@vocab") or ""
        self.terms = {
            name: self._read(name, said) for name, said in words.items() if not name.startswith("@") and said is not None
        }
        prefixes = {name: term.iri for name, term in self.terms.items() if _is_prefix(words[name], term.iri)}
        self.names = Names(prefixes, self.words.get("@base") or "")
        self.id, self.type = self._alias("@id"), self._alias("@type")
        self._by_iri: dict[str, list[Term]] = {}
        for name in sorted(self.terms):
            self._by_iri.setdefault(self.terms[name].iri, []).append(self.terms[name])
        self.word, self.place = lru_cache(4096)(self._word), lru_cache(4096)(self._place)

    def _alias(self, keyword: str) -> str:
        return next((name for name in sorted(self.terms) if self.terms[name].iri == keyword), keyword)

    def _read(self, name: str, said: Any) -> Term:
        given = {"@id": said} if isinstance(said, str) else said
        container = given.get("@container")
        odd = sorted(set(given) - _WRITES) + ([] if container in (None, "@set") else [f"@container: {container}"])
        if odd:
            raise InputError(
                f"the context's {name!r} uses {odd[0]}, which the export does not write", cure=f"remove {odd[0]} from {name!r}"
            )
        language = (given["@language"] or "") if "@language" in given else None
        kind = given.get("@type") or ""
        return Term(name, self._expand(given.get("@id") or name), kind and self._expand(kind), language, container == "@set")

    def _expand(self, word: str, seen: tuple[str, ...] = ()) -> str:
        """Return the full IRI of a word of the context; keywords stay."""
        if word.startswith("@"):
            return word
        prefix, colon, rest = word.partition(":")
        said = self.words.get(prefix if colon else word)
        target = said.get("@id") if isinstance(said, dict) else said
        if word in seen or rest.startswith("//") or not target:
            return word if colon else self.vocab + word
        return self._expand(target, (*seen, word)) + rest

    def _word(self, iri: str) -> str:
        """Return an IRI as it stands where words do: a term, `prefix:name`, a name of the vocabulary, or whole."""
        for term in self._by_iri.get(iri, ()):
            return term.name
        return self.key(iri)

    def key(self, iri: str) -> str:
        """Return an IRI by no term's name, so that no term's rules apply to its values."""
        rest = iri[len(self.vocab) :] if self.vocab and iri.startswith(self.vocab) else ""
        if re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", rest) and rest not in self.terms:
            return rest
        return self._compact(iri)

    def _place(self, iri: str) -> str:
        """Return an IRI as it stands after `@id`: `prefix:name`, below the base, or whole."""
        short = self._compact(iri)
        return short if short != iri else self.names.relative(iri) or iri

    def _compact(self, iri: str) -> str:
        short = self.names.compact(iri)
        if short is not None and short not in self.terms:
            return short
        scheme, _, rest = iri.partition(":")
        if iri in self.terms or (scheme in self.terms and not rest.startswith("//")):
            raise InputError(
                f"the IRI {iri!r} would be read by the context's {scheme!r}", cure=f"rename {scheme!r} in the context"
            )
        return iri

    def sorting(self, predicate: str) -> str:
        return self.word(unescaped(predicate[1:-1]))

    def entry(self, predicate: str, thing: str) -> tuple[str, Any, bool]:
        """Return key, value and whether the key always holds a list, for one fact in terms of N-Quads."""
        iri = unescaped(predicate[1:-1])
        terms = self._by_iri.get(iri, ())
        if thing[0] != '"':
            where = thing if thing[0] == "_" else unescaped(thing[1:-1])
            return self._link(iri, where, terms)
        text, language, datatype = literal_parts(thing)
        return self._text(iri, unescaped(text[1:-1]), language, unescaped(datatype[1:-1]), terms)

    def _link(self, iri: str, where: str, terms: tuple[Term, ...] | list[Term]) -> tuple[str, Any, bool]:
        place = where if where[0] == "_" else self.place(where)
        for term in terms:
            if term.type == "@id":
                return term.name, place, term.is_set
            if term.type == "@vocab":
                return term.name, where if where[0] == "_" else self.word(where), term.is_set
        free = next((term for term in terms if not term.type), None)
        return free.name if free else self.key(iri), {"@id": place}, bool(free and free.is_set)

    def _text(
        self, iri: str, text: str, language: str, datatype: str, terms: tuple[Term, ...] | list[Term]
    ) -> tuple[str, Any, bool]:
        for term in terms:
            speaks = self.words.get("@language") or "" if term.language is None else term.language
            if term.type == datatype != "" or (not term.type and not datatype and speaks == language):
                return term.name, _native(text, datatype), term.is_set
        free = next((term for term in terms if not term.type), None)
        value = _native(text, datatype) if datatype in _BARE else text
        if isinstance(value, str) and (datatype or free or language != (self.words.get("@language") or "")):
            value = {"@value": text}
            value |= {"@type": self.word(datatype)} if datatype else {"@language": language} if language else {}
        return free.name if free else self.key(iri), value, bool(free and free.is_set)


def _native(text: str, datatype: str) -> Any:
    if datatype == f"{_XSD}boolean" and text in ("true", "false"):
        return text == "true"
    return int(text) if datatype in _WHOLE and _NUMBER.fullmatch(text) else text


def _is_prefix(said: Any, iri: str) -> bool:
    """Whether JSON-LD 1.1 lets a term stand before a colon."""
    return bool(said.get("@prefix")) if isinstance(said, dict) else iri[-1:] in ":/?#[]@" and not iri.startswith("@")


def opening(context: Context) -> str:
    """Return the text before the first node."""
    lines = [f"    {_json(key)}: {_json(value)}" for key, value in context.words.items()]
    return '{\n  "@context": {\n' + ",\n".join(lines) + '\n  },\n  "@graph": ['


def nodes(facts: Facts, context: Context) -> Iterator[str]:
    """Yield the nodes of one graph, a property a line."""
    for subject, pairs in facts.items():
        lines = [f"{_json(key)}: {_json(value)}" for key, value in _node(subject, pairs, context).items()]
        yield "    {\n      " + ",\n      ".join(lines) + "\n    }"


def _node(subject: str, pairs: list[tuple[str, str]], context: Context) -> dict[str, Any]:
    node: dict[str, Any] = {context.id: subject if subject[0] == "_" else context.place(unescaped(subject[1:-1]))}
    for predicate, things in properties(pairs, context.sorting):
        for thing in things:
            if predicate == TYPE and thing[0] == "<":
                key, value, is_set = context.type, context.word(unescaped(thing[1:-1])), False
            else:
                key, value, is_set = context.entry(predicate, thing)
            _add(node, key, value, is_set)
    return node


def _add(node: dict[str, Any], key: str, value: Any, is_set: bool) -> None:
    if key not in node:
        node[key] = [value] if is_set else value
    elif isinstance(node[key], list):
        node[key].append(value)
    else:
        node[key] = [node[key], value]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
