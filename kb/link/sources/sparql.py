"""Any SPARQL 1.1 endpoint that speaks of Wikidata's items: the query service, QLever, a server of one's own.

Nothing but plain SPARQL 1.1 with its prefixes declared: exact names by `VALUES`, facts by item. No label service, no search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from kb.errors import RemoteError
from kb.judgement import WIKIDATA
from kb.link.items import BEGUN, BORN, COUNTRIES, DIED, DIRECT, ENDED, ITEM, Entry, Item, Office, entry_of, rdf_day
from kb.link.sources.written import LANGUAGES, Thing, batches, written
from kb.rows import Row, literal

if TYPE_CHECKING:
    from kb.endpoint import Client

_THINGS, _ITEMS = 20, 50  # a request
_MOST = 5000  # rows of names: a namesake more is no help
_PREFIXES = """PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX p: <http://www.wikidata.org/prop/>
PREFIX ps: <http://www.wikidata.org/prop/statement/>
PREFIX pq: <http://www.wikidata.org/prop/qualifier/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX schema: <http://schema.org/>
"""
_NAMED = f"""SELECT DISTINCT ?item ?name WHERE {{
  VALUES ?name {{ %s }}
  VALUES ?naming {{ rdfs:label skos:altLabel }}
  ?item ?naming ?name .
}} ORDER BY ?item ?name LIMIT {_MOST}"""
_FACTS = f"""SELECT ?item ?key ?value WHERE {{
  VALUES ?item {{ %s }}
  {{
    VALUES ?key {{ rdfs:label skos:altLabel schema:description }}
    ?item ?key ?value . FILTER (LANG(?value) IN ({", ".join(f'"{language}"' for language in LANGUAGES)}))
  }} UNION {{
    VALUES ?key {{ {" ".join(f"wdt:{key}" for key in ("P31", "P625", *COUNTRIES, *BORN, *DIED, *BEGUN, *ENDED))} wikibase:sitelinks }}
    ?item ?key ?value .
  }} UNION {{
    ?item wdt:P31/wdt:P279? ?class . ?class rdfs:label ?value .
    FILTER (LANG(?value) IN ("en", "mul") && (STRSTARTS(STR(?value), "Wikimedia ") || STR(?value) = "disambiguation page"))
    BIND (wdt:P31 AS ?key)
  }}
}} ORDER BY ?item ?key ?value"""
_OFFICES = """SELECT ?item ?office ?start ?end ?rank WHERE {
  VALUES ?item { %s }
  ?item p:P39 ?held . ?held ps:P39 ?office .
  OPTIONAL { ?held wikibase:rank ?rank } OPTIONAL { ?held pq:P580 ?start } OPTIONAL { ?held pq:P582 ?end }
} ORDER BY ?item ?office ?start ?end"""


class Sparql:
    """A SPARQL endpoint of Wikidata."""

    name = "sparql"

    def __init__(self, client: Client, url: str) -> None:
        self.client, self.url = client, url

    def candidates(self, things: Iterable[Thing]) -> Iterator[tuple[Entry, ...]]:
        for batch in batches(things, _THINGS):
            terms = [{str(literal(name.text, lang=tag)) for name in written(thing) for tag in name.languages} for thing in batch]
            found = self._named(sorted(set().union(*terms)))
            items = self.items(dict.fromkeys(number for numbers in found.values() for number in numbers))
            for asked in terms:
                numbers = dict.fromkeys(number for term in sorted(asked) for number in found.get(term, ()))
                yield tuple(entry_of(items[number], self.name) for number in numbers if number in items)

    def items(self, numbers: Iterable[int]) -> dict[int, Item]:
        """Return number → item with its facts, `_ITEMS` at a time."""
        found: dict[int, Item] = {}
        for some in batches(numbers, _ITEMS):
            values = " ".join(f"wd:Q{number}" for number in some)
            for number, row in self._rows(_FACTS % values, 3):
                _take(found.setdefault(number, Item(number)), row)
            for number, row in self._rows(_OFFICES % values, 5):
                held, start, end, rank = ("" if term is None else term.value for term in row[1:])
                if number in found and held.startswith(WIKIDATA) and not rank.endswith("DeprecatedRank"):
                    found[number].offices.append(Office(held.removeprefix(WIKIDATA), rdf_day(start), rdf_day(end)))
        for item in found.values():
            item.label = item.label or next(iter(item.names), "")
        return found

    def _named(self, terms: Sequence[str]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, row in self._rows(_NAMED % " ".join(terms), 2):
            found.setdefault(str(row[1]), []).append(number)
        return found

    def _rows(self, query: str, columns: int) -> Iterator[tuple[int, Row]]:
        """Yield the rows about items, each with the item's number."""
        result = self.client.ask(self.url, _PREFIXES + query)
        if result.kind != "select" or len(result.columns) != columns:
            raise RemoteError("answers another question than ours", endpoint=self.url, cure="look at the address, or try later")
        for row in result.rows:
            found = ITEM.fullmatch(row[0].value) if row[0] is not None and row[0].kind == "iri" else None
            if found is not None and None not in row[:2]:
                yield int(found[1]), row


def _take(item: Item, row: Row) -> None:
    _, key, value = row
    if key is None or value is None:
        return
    if value.kind == "literal" and key.value == f"{DIRECT}P31":
        item.is_inner = True
        return
    item.add(key.value, value.value, value.lang)
