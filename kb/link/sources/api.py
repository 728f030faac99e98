"""Wikidata's Action API: items by Wikipedia title, by search, and their facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kb.errors import RemoteError
from kb.link.items import ITEM, Entry, Item, entry_of, item_of
from kb.link.names import folded
from kb.link.sources.written import LANGUAGES, Thing, batches, written

if TYPE_CHECKING:
    from kb.endpoint import Client

_MANY = 50  # titles or ids a request: the API's limit
_FOUND = 7  # items that one search gives
_LONGEST = 250  # characters of a title or search
_NO_TITLE = frozenset("#<>[]{}|")
_FACTS = {"props": "info|labels|aliases|descriptions|claims|sitelinks", "languages": "|".join(LANGUAGES)}


class Api:
    """The Action API of Wikidata, or of another Wikibase that speaks of Wikidata's items."""

    name = "api"

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.url = client, url

    def candidates(self, things: Iterable[Thing]) -> Iterator[tuple[Entry, ...]]:
        for batch in batches(things, _MANY):
            titled = self._by_title(batch)
            ids = [list(dict.fromkeys((*titled.get(place, ()), *self._by_search(thing)))) for place, thing in enumerate(batch)]
            items = self.items(dict.fromkeys(one for some in ids for one in some))
            for some in ids:
                entries = {item.number: entry_of(item, self.name) for one in some if (item := items.get(one)) is not None}
                yield tuple(entries.values())

    def items(self, ids: Iterable[str]) -> dict[str, Item]:
        """Return id asked → item, `_MANY` at a time. One that is redirected stands under its old id too; a deleted one is left out."""
        found: dict[str, Item] = {}
        for some in batches(ids, _MANY):
            found |= self._items(some)
        return found

    def numbered(self, numbers: Iterable[int]) -> dict[int, Item]:
        """Return number asked → item; of one that is redirected, the item it leads to."""
        return {int(key.removeprefix("Q")): item for key, item in self.items(f"Q{number}" for number in numbers).items()}

    def _items(self, ids: Sequence[str]) -> dict[str, Item]:
        try:
            entities = self._entities({"ids": "|".join(ids), **_FACTS})
        except RemoteError as error:
            if len(ids) == 1 or "answers with more than" not in error.message:
                raise
            half = len(ids) // 2
            return self._items(ids[:half]) | self._items(ids[half:])
        found: dict[str, Item] = {}
        for key, entity in entities.items():
            item = None if "missing" in entity else self._told(item_of, entity)
            if item is not None:
                item.version = str(entity["lastrevid"]) if isinstance(entity.get("lastrevid"), int) else ""
                redirect = entity.get("redirects")
                old = redirect.get("from", key) if isinstance(redirect, dict) else key
                found |= dict.fromkeys((key, old, f"Q{item.number}"), item)
        return found

    def _by_title(self, things: Sequence[Thing]) -> dict[int, list[str]]:
        """Return place of a thing → ids of the items whose article on a Wikipedia bears one of its names."""
        wanted: dict[tuple[str, str], set[int]] = {}
        for place, thing in enumerate(things):
            for name in written(thing):
                if len(name.text) <= _LONGEST and not _NO_TITLE.intersection(name.text):
                    wanted.setdefault((f"{name.languages[0]}wiki", name.text[0].upper() + name.text[1:]), set()).add(place)
        found: dict[int, list[str]] = {}
        for site in dict.fromkeys(site for site, _ in wanted):
            titles = {folded(title): (site, title) for wiki, title in wanted if wiki == site}
            for some in batches([title for _, title in titles.values()], _MANY):
                asked = {"sites": site, "titles": "|".join(some), "props": "info|sitelinks", "sitefilter": site}
                for one, title in self._titled(asked, site):
                    for place in sorted(wanted.get(titles.get(folded(title), ("", "")), ())):
                        found.setdefault(place, []).append(one)
        return found

    def _titled(self, asked: Mapping[str, str], site: str) -> Iterator[tuple[str, str]]:
        for entity in self._entities(asked).values():
            if "missing" not in entity:
                one, title = self._told(lambda one: (one["id"], one["sitelinks"][site]["title"]), entity)
                if isinstance(title, str) and isinstance(one, str) and ITEM.fullmatch(one):
                    yield one, title

    def _by_search(self, thing: Thing) -> list[str]:
        """Return ids of items that a search for the label gives; for other names only when that gives none."""
        for name in written(thing, limit=3):
            language = name.languages[0]
            asked = {"action": "wbsearchentities", "search": name.text[:_LONGEST], "language": language, "uselanguage": language, "type": "item", "limit": str(_FOUND)}
            ids = self._told(lambda answer: [one["id"] for one in answer["search"]], self._get(asked))
            found = [one for one in ids if isinstance(one, str) and ITEM.fullmatch(one)]
            if found:
                return found
        return []

    def _entities(self, asked: Mapping[str, str]) -> dict[str, dict[str, Any]]:
        found = self._told(lambda answer: answer["entities"].items(), self._get({"action": "wbgetentities", **asked}))
        return {key: entity for key, entity in found if isinstance(entity, dict)}

    def _get(self, asked: Mapping[str, str]) -> Any:
        return self.client.get_json(self.url, {**asked, "format": "json", "maxlag": "5"})

    def _told(self, read: Any, answer: Any) -> Any:
        """Return what `read` makes of an answer. Raises RemoteError when the answer has another shape than the API's."""
        try:
            return read(answer)
        except (KeyError, TypeError, AttributeError, ValueError, IndexError) as wrong:
            message = f"answers in another shape than Wikibase ({type(wrong).__name__}: {str(wrong)[:60]})"
            raise RemoteError(message, endpoint=self.url, cure="look at the address; it ends in /w/api.php") from None
