"""Search, lists and stored queries as pages: forms that work, counts that add up, wrong words told with the nearest right ones."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import pytest
from html_check import look
from test_pages import body, pages, site, small_home, words

from kb.errors import QueryRefused, QueryStopped
from kb.pages import Page, Site
from kb.pages.catalogue import catalogue
from kb.pages.search import COLUMNS, FACETS, PER_PAGE, read_filters, short
from kb.query import pieces
from kb.store import open_store
from tests.small_world import built, says, world


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return site(small_home(tmp_path_factory.mktemp("live")), live=True)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """More claims than one page holds."""
    home = world(tmp_path_factory.mktemp("many"), {"one": [says(f"claim-{number}", "ada" if number % 3 else "sol", "emptied") for number in range(PER_PAGE * 2 + 5)]})
    built(home)
    return site(home, live=True)


def get(site: Site, path: str, **params: str) -> Page:
    page = site.page(path, {name: [value] for name, value in params.items()})
    assert page is not None, path
    return page


def rows(page: Page) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(page.body.decode(), newline="")))


def found(live: Site, **params: str) -> set[str]:
    return {row["claim"].rpartition("/")[2] for row in rows(get(live, "claims.csv", **params))}


# --- search ------------------------------------------------------------------------------------------------------------

FILTERS = [
    ({}, {"was", "was-not", "planned", "taken", "on-claims", "same"}),
    ({"speaker": "ada"}, {"was"}),
    ({"speaker": "Ada Brink"}, {"was"}),
    ({"speaker": "entity/ada"}, {"was"}),
    ({"article": "two"}, {"same"}),
    ({"polarity": "negated"}, {"was-not"}),
    ({"modality": "planned"}, {"planned"}),
    ({"type": "withdrawal"}, {"same"}),
    ({"contested": "contradiction"}, {"was", "was-not", "same"}),
    ({"contested": "rivalry"}, {"planned"}),
    ({"contested": "no"}, {"taken", "on-claims"}),
    ({"contested": "contradiction", "article": "one"}, {"was", "was-not"}),
    ({"from": "2031-06-01"}, {"planned"}),
    ({"until": "2031-05-01"}, {"was"}),
    ({"from": "2031-05-02", "until": "2031-05-03"}, {"was"}),
    ({"q": "WAS   says"}, {"was", "was-not"}),
    ({"q": "nothing like it"}, set()),
    ({"question": "was-it-emptied"}, {"was", "was-not", "planned", "same"}),
    ({"event": "emptying"}, {"planned", "same"}),
    ({"about": "boats"}, {"taken"}),
]


@pytest.mark.parametrize(("params", "claims"), FILTERS)
def test_a_filter_finds_what_it_says(live: Site, params: dict[str, str], claims: set[str]) -> None:
    assert found(live, **params) == claims
    page = get(live, "claims.html", **params)
    assert page.status == 200 and len(re.findall('<article class="claim', page.body.decode())) == len(claims)
    assert look(page.body.decode()).problems == []


def test_a_facet_counts_what_taking_its_value_would_find(live: Site) -> None:
    looked_at = 0
    for params in ({}, {"article": "one"}, {"contested": "contradiction", "polarity": "affirmed"}):
        html = body(live, "claims.html", **params)
        for address, number in re.findall(r'<li><a href="claims\.html(\?[^"]*)?"><bdi>[^<]*</bdi></a> <span class="num">(\d+)</span>', html):
            taken = dict(pair.split("=") for pair in address.removeprefix("?").replace("&amp;", "&").split("&") if pair)
            looked_at += 1
            assert len(found(live, **{name: value.replace("%2F", "/") for name, value in taken.items()})) == int(number), address
    assert looked_at > 20


def test_a_taken_filter_can_be_dropped_and_is_kept_by_the_form(live: Site) -> None:
    html = body(live, "claims.html", speaker="ada", q="was")
    assert '<a class="mark" href="claims.html?speaker=entity%2Fada">' in html and '<a class="mark" href="claims.html?q=was">' in html
    assert '<input type="hidden" name="speaker" value="entity/ada">' in html and 'value="was"' in html


@pytest.mark.parametrize(("params", "told"), [({"speaker": "Ada Brnk"}, "Ada Brink"), ({"type": "withdrawl"}, "withdrawal"), ({"from": "yesterday"}, "2031-05-04"), ({"contested": "perhaps"}, "contradiction"), ({"article": "<script>"}, "")])
def test_a_filter_that_names_nothing_is_told_with_the_nearest(live: Site, params: dict[str, str], told: str) -> None:
    page = get(live, "claims.html", **params)
    assert page.status == 400 and 'role="alert"' in page.body.decode() and told in page.body.decode() and look(page.body.decode()).problems == []
    data = get(live, "claims.json", **params)
    assert data.status == 400 and set(json.loads(data.body)) == {"error", "cure"}


@pytest.mark.parametrize("word", ['"> <b>', "x' UNION { ?s ?p ?o } #", "\\", "%00", "\u2066", "a" * 5000])
def test_no_word_breaks_out_of_a_search(live: Site, word: str) -> None:
    for name in ("q", *FACETS, "from", "about"):
        page = get(live, "claims.html", **{name: word})
        assert page.status in (200, 400) and look(page.body.decode()).problems == []


@pytest.mark.parametrize("number", ["1", "2", "3", "99", "0", "-1", "x", "9" * 50])
def test_pages_of_a_search_lead_to_each_other(many: Site, number: str) -> None:
    page = get(many, "claims.html", page=number).body.decode()
    assert 0 < len(re.findall('<article class="claim', page)) <= PER_PAGE and "of 3</span>" in page


def test_the_pages_of_a_search_hold_all_it_found_once(many: Site) -> None:
    seen: Counter[str] = Counter()
    address: str | None = "claims.html?speaker=ada"
    while address:
        params = dict(pair.split("=") for pair in address.partition("?")[2].split("&"))
        html = body(many, "claims.html", **params)
        seen.update(re.findall(r'class="content" href="([^"]*)"', html))
        after = re.search(r'<a href="(claims\.html\?[^"]*)" rel="next">', html)
        address = after[1].replace("&amp;", "&").replace("%2F", "/") if after else None
    assert len(seen) == len(found(many, speaker="ada")) > PER_PAGE and set(seen.values()) == {1}


def test_without_a_server_the_claims_lie_on_pages_of_files(many: Site) -> None:
    static = Site(many.store, many.home, run=None, live=False)
    paths = [path for path in static.paths() if path.startswith("claims")]
    assert paths == ["claims.html", "claims.csv", "claims.json", "claims.ttl", "claims-2.html", "claims-3.html"]
    page = body(static, "claims.html")
    assert 'href="claims-2.html"' in page and '<div class="asking" hidden>' in page and "static/search.js" in page and static.page("claims-4.html") is None
    assert len(rows(get(static, "claims.csv"))) == PER_PAGE * 2 + 5


def test_without_a_server_all_claims_lie_in_short_beside_the_pages(live: Site) -> None:
    static = Site(live.store, live.home, run=None, live=False)
    assert "data/claims.js" in set(static.paths()) and live.page("data/claims.js") is None
    made = json.loads(catalogue(static.index))
    told = [dict(zip(made["fields"], row, strict=True)) for row in made["claims"]]
    facets = {one["name"]: one["values"] for one in made["facets"]}
    assert list(facets) == list(FACETS) and [one["path"].removeprefix("id/claim/").removesuffix(".html") for one in told] == [one.claim.rpartition("id/claim/")[2] for one in static.index.entries]
    for entry, one in zip(static.index.entries, told, strict=True):
        for facet in FACETS:
            value = getattr(entry, facet)
            assert (facets[facet][one[facet]]["id"] if one[facet] >= 0 else "") == short(static.reader, facet, value)
    [planned] = [one for one in told if one["path"].endswith("/planned.html")]
    assert planned["says"] == "as reported:" and ["planned", "▷", "planned"] in planned["marks"] and planned["time"] == "June 2031"


def test_a_query_in_pieces_is_its_text_and_names_each_parameter(live: Site) -> None:
    for query in live.queries.values():
        found = list(pieces(query.text))
        assert "".join(text for _, text in found) == query.text
        assert {name for name, _ in found} == {"", *query.params} and all(text == "UNDEF" for name, text in found if name)


def test_filters_come_in_one_order(live: Site) -> None:
    given = {"polarity": ["negated"], "q": ["was"], "speaker": ["sol"]}
    assert [name for name, _ in read_filters(live.reader, given)] == ["q", "speaker", "polarity"]


# --- lists -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["articles", "entities", "events", "questions", "claims"])
def test_a_list_goes_out_as_csv_json_and_turtle_with_the_same_things(live: Site, name: str) -> None:
    table, results, turtle = (get(live, f"{name}.{form}") for form in ("csv", "json", "ttl"))
    things = [next(iter(row.values())) for row in rows(table)]
    bindings = json.loads(results.body)
    assert things and len(bindings["results"]["bindings"]) == len(things)
    store = open_store(":memory:")
    from pyoxigraph import RdfFormat, parse

    store.load(f"{quad.subject} {quad.predicate} {quad.object} <a:g> ." for quad in parse(turtle.body, RdfFormat.TURTLE, base_iri=live.reader.base + "id/"))
    named = {row[0].value for row in store.query("SELECT DISTINCT ?s { ?s a ?class }").rows}
    assert named == set(things)
    assert (table.media, results.media, turtle.media) == ("text/csv; charset=utf-8", "application/sparql-results+json", "text/turtle")


def test_a_long_list_is_paged(many: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kb.pages.lists.PER_PAGE", 10)
    listed = [path for path in many.paths() if path.startswith("entities") and path.endswith("html")]
    shown = [name for path in listed for name in re.findall(r'<th scope="row"><a href="([^"]*)"', body(many, path))]
    assert len(listed) > 2 and len(shown) == len(set(shown)) == len(many.reader.things("entity")) and many.page(f"entities-{len(listed) + 1}.html") is None


def test_the_claims_list_has_its_columns(live: Site) -> None:
    assert tuple(rows(get(live, "claims.csv"))[0]) == COLUMNS


# --- stored queries ----------------------------------------------------------------------------------------------------


def test_each_query_has_a_page_with_its_question_and_its_parameters(live: Site) -> None:
    for name, query in live.queries.items():
        html = body(live, f"query/{name}.html")
        assert f"<h1>{query.summary}</h1>".replace("'", "&#39;") in html and look(html).problems == [], name
        assert [field for field in re.findall(r'<input id="p-([a-zA-Z_]+)"', html)] == list(query.params), name


def test_a_parameter_that_names_things_offers_their_names(live: Site) -> None:
    html = body(live, "query/said-by.html")
    assert '<option value="ada">Ada Brink</option>' in html and 'list="l-speaker"' in html
    assert 'type="date"' in body(live, "query/on-day.html") and '<option value="withdrawal">' in body(live, "query/claims-by-type-and-month.html")


def test_a_querys_answer_is_a_table_of_sayings(live: Site) -> None:
    html = body(live, "query/said-by.html", speaker="Ada Brink")
    table = re.search(r"<table>.*?</table>", html, re.DOTALL)[0]
    assert re.search(r"Ada Brink( said that| as reported:) was says so\.", words(table)) and table.count("<tr>") == 2
    assert 'href="said-by.csv?speaker=Ada+Brink"' in html
    assert [row["claim"].rpartition("/")[2] for row in rows(get(live, "query/said-by.csv", speaker="Ada Brink"))] == ["was"]


def test_a_wrong_value_is_told_on_the_page_and_in_the_data(live: Site) -> None:
    for path in ("query/said-by.html", "query/said-by.json"):
        page = get(live, path, speaker="Ada Brnk")
        assert page.status == 400 and b"Ada Brink" in page.body
    assert get(live, "query/said-by.html", nobody="x").status == 400
    assert get(live, "query/on-day.html", day="tomorrow").status == 400


@pytest.mark.parametrize(("error", "status"), [(QueryStopped("the query took longer than 1 seconds and was ended", cure="ask for less"), 503), (QueryRefused("SERVICE is refused"), 403)])
def test_a_query_that_was_ended_says_so(live: Site, error: Exception, status: int) -> None:
    def run(_: str) -> object:
        raise error

    ended = Site(live.store, live.home, run=run, live=True)
    for form in ("html", "csv", "json"):
        page = get(ended, f"query/said-by.{form}")
        assert page.status == status and error.message.encode() in page.body


def test_for_files_a_query_runs_once_for_all_its_forms_even_when_it_fails(live: Site) -> None:
    asked = []

    def run(text: str) -> object:
        asked.append(text)
        if len(asked) > 1:
            raise QueryStopped("took too long")
        return live.store.query(text)

    files = Site(live.store, live.home, run=run, live=False)
    assert [get(files, f"query/said-by.{form}").status for form in ("html", "csv", "json")] == [200, 200, 200] and len(asked) == 1
    assert [get(files, f"query/flags.{form}").status for form in ("html", "csv", "json")] == [503, 503, 503] and len(asked) == 2
    assert "took too long" in body(files, "query/flags.html") and 'href="flags.csv"' not in body(files, "query/flags.html")


def test_without_a_runner_a_query_page_shows_the_question_alone(live: Site) -> None:
    still = Site(live.store, live.home, run=None, live=True)
    assert "Answer" not in words(body(still, "query/said-by.html")) and still.page("query/said-by.csv") is None


def test_a_construct_goes_out_as_triples(live: Site) -> None:
    for form in ("ttl", "nt", "jsonld"):
        assert b"was says so." in get(live, f"query/claim-graph.{form}", claim="one/was").body
    assert live.page("query/claim-graph.csv") is None and live.page("query/said-by.ttl") is None


# --- figures -----------------------------------------------------------------------------------------------------------

SHAPES = {
    "timeline": ("rows", {"label", "href", "earliest", "latest", "lane", "certainty", "contested"}), "bar": ("rows", {"label", "value", "href"}),
    "map": ("places", {"label", "href", "lat", "lon", "claims"}), "graph": ("nodes", {"id", "label", "kind", "href"}),
}  # fmt: skip


def test_every_figure_holds_what_its_kind_promises_and_its_links_lead_somewhere(live: Site) -> None:
    kinds = Counter()
    known = set(live.paths())
    for path, html in pages(live).items():
        for kind, data in re.findall(r'<figure class="view[^"]*" data-view="([a-z]+)">.*?<script type="application/json">(.*?)</script>', html, re.DOTALL):
            key, wanted = SHAPES[kind]
            value = json.loads(data)
            kinds[kind] += 1
            assert all(set(row) == wanted for row in value[key]), (path, kind)
            for row in value[key]:
                address = (row["href"] or "").partition("#")[0]
                target = Path("/", path).parent.joinpath(address) if address else None
                assert target is None or re.sub(r"/[^/.]+/\.\.", "", re.sub(r"/[^/.]+/\.\.", "", re.sub(r"/[^/.]+/[^/.]+/\.\./\.\.", "", str(target)))).lstrip("/") in known, (path, row)
            if kind == "graph":
                ids = {node["id"] for node in value["nodes"]}
                assert len(ids) == len(value["nodes"]) and all({edge["source"], edge["target"]} <= ids for edge in value["edges"])
    assert kinds["timeline"] > 2 and kinds["graph"] > 5 and kinds["bar"] >= 1


def test_every_query_that_is_drawn_has_rows_for_it(live: Site) -> None:
    views = {query.view for query in live.queries.values() if query.view}
    assert views == {"timeline", "bar", "map"}
