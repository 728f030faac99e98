"""A reconciliation service after the W3C community group's API, version 0.2 (0.1 differs in nothing that we use)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kb.errors import RemoteError
from kb.link.inner import says_inner
from kb.link.items import ITEM, Entry, Item, entry_of, joined, text_of
from kb.link.sources.written import Thing, batches, written

if TYPE_CHECKING:
    from kb.endpoint import Client

_SPACES = ("http://www.wikidata.org/entity/", "https://www.wikidata.org/entity/")
_VERSIONS = frozenset({"0.1", "0.2"})
Facts = Callable[[Iterable[int]], Mapping[int, Item]]
_MANY, _FOUND = 10, 5  # queries a request unless the service names a number; candidates a query


class Reconcile:
    """A reconciliation service that gives items of Wikidata. Its manifest is read before the first question.

    It tells names and classes alone; `facts` gives what else is known of items, by number, so that gates can compare it.
    """

    name = "reconcile"

    def __init__(self, client: Client, url: str, facts: Facts | None = None) -> None:
        self.client, self.url, self.facts = client, url, facts

    def candidates(self, things: Iterable[Thing]) -> Iterator[tuple[Entry, ...]]:
        size = self._manifest()
        for batch in batches(things, size):
            queries = {f"q{place}": {"query": written(thing)[0].text, "limit": _FOUND} for place, thing in enumerate(batch) if written(thing)}
            answer = self.client.get_json(self.url, {"queries": json.dumps(queries, ensure_ascii=False)}) if queries else {}
            found = [list(self._entries(answer, f"q{place}")) if f"q{place}" in queries else [] for place in range(len(batch))]
            known = self.facts(dict.fromkeys(entry.number for entries in found for entry in entries)) if self.facts else {}
            for entries in found:
                yield tuple(joined(entry_of(known[entry.number]), entry) if entry.number in known else entry for entry in entries)

    def _manifest(self) -> int:
        """Return how many queries a request may hold. Raises RemoteError for a service of other things or another version."""
        manifest = self.client.get_json(self.url, {})
        versions = manifest.get("versions", ["0.1"]) if isinstance(manifest, dict) else []
        if not isinstance(versions, list) or not _VERSIONS.intersection(map(str, versions)):
            raise self._wrong("is no reconciliation service of version 0.2", "look at the address; it gives a manifest")
        if manifest.get("identifierSpace") not in _SPACES:
            raise self._wrong("gives ids of other things than Wikidata's items", "choose a service for Wikidata")
        size = manifest.get("batchSize", _MANY)
        return size if isinstance(size, int) and 0 < size <= 1000 else _MANY

    def _entries(self, answer: Any, key: str) -> Iterator[Entry]:
        try:
            for one in answer[key]["result"]:
                found = ITEM.fullmatch(one["id"])
                if found is not None:
                    classes = [("", kind) if isinstance(kind, str) else (text_of(kind, "name") if "name" in kind else "", text_of(kind, "id")) for kind in one.get("type") or ()]
                    name, description = text_of(one, "name"), text_of({"description": one.get("description") or ""}, "description")
                    item = Item(int(found[1]), name, [name], description, [id_ for _, id_ in classes], is_inner=any(says_inner(said) for said, _ in classes))
                    yield replace(entry_of(item, self.name), is_bare=True)
        except (KeyError, TypeError, AttributeError) as wrong:
            told = f"answers in another shape than a reconciliation service ({type(wrong).__name__}: {str(wrong)[:60]})"
            raise self._wrong(told, "try later, or another service") from None

    def _wrong(self, message: str, cure: str) -> RemoteError:
        return RemoteError(message, endpoint=self.url, cure=cure)
