"""Every page in a real browser, from a folder and from `kb serve`: drawn, reachable by keyboard, readable, asking nobody else.

    KB_PICTURES=tests/pictures pytest tests/test_browser.py -k picture      writes the pictures of the README anew
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kb.build import build, graph_files
from kb.home import Home
from kb.site import write_site
from tests.browser import ARGUMENTS, PATIENCE, chromium, missing, opened, overflow, violations
from tests.small_world import ENTITIES, says, world

ROOT = Path(__file__).parent.parent
PULLBACK = "was-a-russian-pullback-under-way-feb-2022"
PAGES = {
    "home": "index.html",
    "articles": "articles.html",
    "entities": "entities.html",
    "events": "events.html",
    "questions": "questions.html",
    "claims": "claims.html",
    "queries": "queries.html",
    "query": "query/event-at-a-glance.html",
    "bars": "query/claims-by-type-and-month.html",
    "sparql": "sparql.html",
    "timeline": "timeline.html",
    "map": "map.html",
    "graph": "graph.html",
    "words": "ns.html",
    "about": "about.html",
    "article": "id/article/caracas-moscow-2022-02.html",
    "claim": "id/claim/caracas-moscow-2022-02/kyiv-saw-no-withdrawal.html",
    "entity": "id/entity/volodymyr-zelensky.html",
    "event": "id/event/russian-pullback-feb-2022.html",
    "question": f"id/question/{PULLBACK}.html",
    "not there": "404.html",
}
ANSWERS = ("emptied", "not-emptied", "unseen", "in-part", "emptied")
PLACES = ("folder", "server") if importlib.util.find_spec("kb.serve") else ("folder",)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: pip install -e '.[test]'")
    path = chromium()
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The shipped corpus, built in a folder of its own."""
    root = tmp_path_factory.mktemp("browser")
    for name in ("corpus", "ontology", "queries"):
        (root / name).symlink_to(ROOT / name)
    found = Home(root)
    assert build(found).is_published
    return found


@pytest.fixture(scope="session")
def folder(home: Home) -> str:
    graphs, base = graph_files(home)
    write_site(home, home.root / "public", graphs, base)
    return (home.root / "public").as_uri() + "/"


@pytest.fixture(scope="session")
def server(home: Home) -> Iterator[str]:
    code = "from kb.cli import main; main()"
    command = [sys.executable, "-c", code, "--dir", str(home.root), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            address = next(found for line in process.stdout or () if (found := re.search(r"http://127\.0\.0\.1:(\d+)/", line)))
            answering(int(address[1]))
            yield address[0]
        finally:
            process.terminate()


def answering(port: int) -> None:
    """Wait until something listens."""
    for _ in range(100):
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        time.sleep(0.1)


@pytest.fixture(params=PLACES)
def root(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue(request.param)


def go(page: Any, root: str, path: str, *, nets: bool = True) -> None:
    """Open a page and wait until its figures are drawn, those too that wait to be asked for, unless `nets` is false."""
    page.goto(root + path)
    for figure in page.locator("figure.view[data-view]").all():
        figure.scroll_into_view_if_needed()
        if nets and figure.locator("button.later").count():
            figure.locator("button.later").click()
    counted(page, "figure.view[data-view]:not([data-drawn=yes]):not(:has(.later))", 0)
    if page.locator("#sparql-app").count():
        page.wait_for_selector(".editor[data-ready]")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_barrier_free_on_a_desk_and_on_a_phone_in_the_dark(browser: Any, folder: str, name: str) -> None:
    with opened(browser, folder) as page:
        go(page, folder, PAGES[name])
        assert page.locator("h1").count() == 1 and page.locator("main").count() == 1
        assert page.title() and page.evaluate("document.documentElement.lang")
        assert violations(page) == []
        assert overflow(page) <= 0
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.set_viewport_size({"width": 360, "height": 740})  # a phone's; drawings follow
        assert violations(page, "color-contrast") == []
        assert overflow(page) <= 0


@pytest.mark.parametrize("name", [name for name in PAGES if name != "not there"])
def test_a_page_reads_without_scripts(browser: Any, folder: str, name: str) -> None:
    with opened(browser, folder, java_script_enabled=False) as page:
        page.goto(folder + PAGES[name])
        assert page.locator("h1").is_visible() and len(page.locator("main").inner_text()) > 100


if "server" in PLACES:

    @pytest.mark.parametrize("name", [name for name in PAGES if name != "not there"])
    def test_a_served_page_keeps_the_strict_policy(browser: Any, server: str, name: str) -> None:
        with opened(browser, server) as page:
            go(page, server, PAGES[name])
            assert page.locator("h1").count() == 1


@pytest.mark.parametrize("width", [1300, 1000, 940, 900, 880, 760, 720])
@pytest.mark.parametrize("question", [PULLBACK, "how-did-russian-forces-change-feb-2022", "what-is-the-war-called"])
def test_arcs_stand_only_over_answers_side_by_side(browser: Any, folder: str, question: str, width: int) -> None:
    with opened(browser, folder, viewport={"width": width, "height": 800}) as page:
        page.goto(f"{folder}id/question/{question}.html")
        columns = page.locator(".columns > .answer")
        boxes = [columns.nth(number).bounding_box() for number in range(columns.count())]
        side_by_side = len({round(box["y"]) for box in boxes}) == 1
        assert overflow(page) <= 0 and (width < 1000 or side_by_side)
        assert page.locator("svg.arcs").is_visible() is (side_by_side and width > 736)


def test_a_timeline_shows_uncertain_dates_as_uncertain(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["timeline"])
        drawing = page.locator("figure[data-view=timeline] .drawing").first
        assert drawing.locator("svg [fill^='url(#kb-fade']").count() > 0
        assert drawing.locator("svg rect, svg path").count() > 20
        assert drawing.locator(".legend").inner_text().startswith("a day")


def drawings(folder: str) -> list[str]:
    """Return pages of a site that differ in what they draw: each view of a stored query, and one timeline of a thing for each mix of dates."""
    site = Path(folder.removeprefix("file://"))
    data = re.compile(r'data-view="timeline".*?<script type="application/json">(.*?)</script>', re.S)
    mixes: dict[frozenset[str], str] = {}
    for path in sorted(site.glob("id/entity/*.html")):
        for found in data.findall(path.read_text("utf-8")):
            mixes.setdefault(frozenset(map(date_kind, json.loads(found)["rows"])), path.relative_to(site).as_posix())
    asked = [path.relative_to(site).as_posix() for path in sorted(site.glob("query/*.html")) if "data-view=" in path.read_text("utf-8")]
    return [*mixes.values(), *asked]


def date_kind(row: dict[str, Any]) -> str:
    earliest, latest = row["earliest"], row["latest"]
    return ("open" if not (earliest and latest) else "day" if earliest == latest else "interval") + (" contested" if row["contested"] else "")


def test_every_mix_of_dates_and_every_view_of_a_stored_query_is_drawn(browser: Any, folder: str) -> None:
    pages = drawings(folder)
    assert len(pages) > 20
    with opened(browser, folder) as page:
        for path in pages:
            go(page, folder, path, nets=False)
            assert page.locator("figure.view .drawing svg").count(), path


def test_a_stretch_of_a_timeline_is_chosen_by_keyboard(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["timeline"])
        drawing = page.locator("figure[data-view=timeline] .drawing").first
        before = drawing.locator("svg").inner_html()
        button = drawing.locator(".choice button").last
        name = button.inner_text()
        button.focus()
        page.keyboard.press("Enter")
        assert drawing.locator("svg").inner_html() != before
        assert drawing.locator(".choice button[aria-pressed=true]").inner_text() == name
        assert page.evaluate("document.activeElement.textContent") == name


def test_arrow_keys_go_from_mark_to_mark(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["map"])
        links = page.locator("figure[data-view=map] svg a")
        assert links.count() > 3 and page.locator("figure[data-view=map] svg a[tabindex='0']").count() == 1
        links.first.focus()
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == links.nth(1).get_attribute("aria-label")
        page.keyboard.press("Enter")
        page.wait_for_url("**/id/entity/*.html")


def test_a_map_says_that_its_outlines_hold_no_claim(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["map"])
        figure = page.locator("figure[data-view=map]")
        assert "who holds a place is for claims to say" in figure.inner_text() and "Natural Earth" in figure.inner_text()
        figure.get_by_role("button", name="World").click()
        assert figure.locator(".choice button[aria-pressed=true]").inner_text() == "World"
        assert figure.locator("svg a").count() >= 10


def test_a_net_says_the_same_as_a_list(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["graph"])
        figure = page.locator("figure[data-view=graph]").first
        assert figure.locator("canvas").count() and "below" in (figure.locator("[role=img]").get_attribute("aria-label") or "")
        figure.locator("summary").click()
        figure.locator("details a").first.click()
        page.wait_for_url("**/id/*/**.html")


def test_a_query_in_the_editor_answers_with_rows_that_lead_to_pages(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["sparql"])
        ask(page, "SELECT ?claim WHERE { ?claim a <https://w3id.org/conflict-kb/ns/Claim> } ORDER BY ?claim LIMIT 7")
        assert page.locator(".yasr_results tbody tr").count() == 7
        page.locator(".yasr_results tbody a").first.click()
        page.wait_for_url("**/id/claim/**.html")


def test_the_editor_reads_all_graphs_as_one_or_those_named(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["sparql"])
        ask(page, "SELECT (COUNT(*) AS ?n) WHERE { ?claim a <https://w3id.org/conflict-kb/ns/Claim> }")
        assert "236" in page.locator(".yasr_results tbody").inner_text()
        ask(page, "SELECT (COUNT(*) AS ?n) FROM <https://w3id.org/conflict-kb/id/graph/events> WHERE { ?claim a <https://w3id.org/conflict-kb/ns/Claim> }")
        counted(page, ".yasr_results tbody td:has-text('0')", 1)


def test_a_slip_in_a_query_is_told_with_its_place(browser: Any, root: str) -> None:
    with opened(browser, root, expected=["400"]) as page:
        go(page, root, PAGES["sparql"])
        page.evaluate("kbEditor.setValue('SELECT * WHERE { ?s ?p ')")
        page.locator(".yasqe_queryButton").click()
        page.wait_for_selector(".yasr_results .errorResult")
        assert re.search(r"(?i)line 1|:1:|\b1:", page.locator(".yasr_results").inner_text())


def test_a_query_without_end_can_be_stopped_and_another_asked(browser: Any, folder: str) -> None:
    with opened(browser, folder) as page:
        go(page, folder, PAGES["sparql"])
        page.evaluate("kbEditor.setValue('SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }')")
        page.locator(".yasqe_queryButton").click()
        page.wait_for_selector(".yasqe_queryButton.busy")
        page.locator(".yasqe_queryButton").click()
        page.wait_for_selector(".yasqe_queryButton:not(.busy)")
        ask(page, "SELECT ?s WHERE { ?s ?p ?o } LIMIT 3")
        assert page.locator(".yasr_results tbody tr").count() == 3


def test_words_filter_a_list(browser: Any, root: str) -> None:
    with opened(browser, root) as page:
        go(page, root, PAGES["entities"])
        rows = page.locator("table.list tbody tr:not(.group):visible")
        before = rows.count()
        page.get_by_label("Filter these entities").fill("zelens")
        assert 0 < rows.count() < before and "Zelensky" in rows.first.inner_text()
        assert page.locator(".filter [role=status]").inner_text().strip() == f"{rows.count()} of {before}"


def test_the_iri_of_a_thing_is_copied(browser: Any, root: str) -> None:
    from playwright.sync_api import expect

    with opened(browser, root, permissions=["clipboard-read", "clipboard-write"] if root.startswith("http") else []) as page:
        go(page, root, PAGES["entity"])
        page.get_by_role("button", name="Copy its IRI").click()
        expect(page.locator(".forms [role=status]")).to_have_text(re.compile("copied|id/entity/volodymyr-zelensky"), timeout=PATIENCE)
        if root.startswith("http"):
            assert page.evaluate("navigator.clipboard.readText()").endswith("/id/entity/volodymyr-zelensky")


def counted(page: Any, selector: str, number: int) -> None:
    """Wait until so many elements are there. (Playwright's wait_for_function needs eval, which the policy forbids.)"""
    from playwright.sync_api import expect

    expect(page.locator(selector)).to_have_count(number, timeout=PATIENCE)


def ask(page: Any, query: str) -> None:
    page.evaluate("(query) => kbEditor.setValue(query)", query)
    page.locator(".yasqe_queryButton").click()
    page.wait_for_selector(".yasr_results tbody tr")


@pytest.mark.parametrize(("told", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_a_missing_browser_skips_or_fails_as_told(monkeypatch: pytest.MonkeyPatch, told: str, outcome: type[BaseException]) -> None:
    monkeypatch.setenv("KB_CHROME", "no-such-folder/chrome")
    monkeypatch.setenv("KB_REQUIRE_BROWSER", told)
    with pytest.raises(outcome, match="no Chromium"):
        chromium()


def test_another_host_would_be_noticed(browser: Any, folder: str) -> None:
    with pytest.raises(AssertionError, match=r"example\.org"), opened(browser, folder, expected=["ERR_FAILED"]) as page:
        page.goto(folder + "index.html")
        page.evaluate("fetch('https://example.org/').catch(() => 0)")


def test_a_barrier_would_be_noticed(browser: Any, folder: str) -> None:
    with opened(browser, folder) as page:
        page.goto(folder + "index.html")
        page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"data:,\"><button></button>')")
        assert [one.partition(":")[0] for one in violations(page)] == ["button-name", "image-alt"]


SERVED = pytest.mark.skipif("server" not in PLACES, reason="kb.serve is not there")


@SERVED
def test_words_and_facets_narrow_the_claims(browser: Any, server: str) -> None:
    with opened(browser, server) as page:
        go(page, server, PAGES["claims"])
        whole = found(page)
        page.get_by_label("Words in the wording").fill("pullback")
        page.get_by_role("button", name="Search").click()
        page.wait_for_url("**q=pullback**")
        narrowed = found(page)
        assert 0 < narrowed < whole
        page.locator(".facets fieldset a").first.click()
        page.locator(".given a").nth(1).wait_for()
        assert 0 < found(page) <= narrowed
        page.locator(".given a").first.click()
        counted(page, ".given a", 1)
        assert found(page) > 0


def found(page: Any) -> int:
    """Return how many claims the heading of a search says there are."""
    return int(re.sub(r"[^0-9].*", "", page.locator("h1 .num").inner_text().replace(",", "")))


SEARCHES = [
    "q=troops", "polarity=negated&contested=contradiction", "speaker=entity/volodymyr-zelensky&from=2022-02-16", "until=2015-01-01", "q=Cúba&modality=possible",
    "q=nothing-like-it", "type=withdrawal&article=putin-backs-down-2022-09", "about=entity/ukraine&polarity=negated",
    "event=russian-pullback-feb-2022&speaker=entity/volodymyr-zelensky", "question=what-is-the-war-called",
]  # fmt: skip


@SERVED
def test_a_folder_of_files_finds_and_counts_what_a_server_does(browser: Any, folder: str, server: str) -> None:
    with opened(browser, folder) as files, opened(browser, server) as served:
        for words in SEARCHES:
            files.goto(f"{folder}claims.html")
            files.goto(f"{folder}claims.html#{words}")
            served.goto(f"{server}claims.html?{words}")
            counted(files, ".facets[hidden], .given:empty", 0)
            assert [searched(files)[name] for name in ("number", "given", "facets")] == [searched(served)[name] for name in ("number", "given", "facets")], words
            assert searched(files)["says"] == searched(served)["says"], words


def searched(page: Any) -> dict[str, Any]:
    """Return what a search shows: how many, which filters, each facet's values with their numbers, and the claims with who says them."""
    texts = lambda selector: [re.sub(r"\s+", " ", one).strip() for one in page.locator(selector).all_inner_texts()]  # noqa: E731
    return {"number": texts("h1 .num"), "given": texts(".given a"), "facets": texts(".facets fieldset"), "says": texts(".claimlist .says")}


def test_a_search_in_a_folder_of_files_is_an_address_to_go_back_to(browser: Any, folder: str) -> None:
    with opened(browser, folder) as page:
        go(page, folder, PAGES["claims"])
        whole = found(page)
        page.get_by_label("Words in the wording").fill("troops")
        page.get_by_role("button", name="Search").click()
        page.wait_for_url("**#q=troops")
        narrowed = found(page)
        page.locator(".facets fieldset a").first.click()
        counted(page, ".given a", 2)
        assert 0 < found(page) <= narrowed < whole and violations(page) == []
        page.go_back()
        counted(page, ".given a", 1)
        assert found(page) == narrowed
        page.locator(".given a").click()
        counted(page, ".given a", 0)
        assert found(page) == whole and page.locator(".pager").is_visible()


def test_names_stand_in_the_readers_language_where_there_is_one(browser: Any, root: str) -> None:
    for locale, name, lang in (("uk-UA", "Володимир Зеленський", "uk"), ("ru", "Volodymyr Zelensky", "en"), ("en-GB", "Volodymyr Zelensky", "en")):
        with opened(browser, root, locale=locale) as page:
            go(page, root, PAGES["entity"], nets=False)
            heading = page.locator("h1 bdi")
            assert (heading.inner_text(), heading.get_attribute("lang")) == (name, lang)
            go(page, root, PAGES["entities"])
            page.get_by_label("Filter these entities").fill("zelens")  # the English name finds it, too
            assert name in page.locator("table.list tbody tr:not(.group):visible").all_inner_texts()[0]


def test_the_front_page_of_a_folder_of_files_searches(browser: Any, folder: str) -> None:
    with opened(browser, folder) as page:
        go(page, folder, "index.html")
        page.get_by_label("Find claims").fill("tanks")
        page.keyboard.press("Enter")
        page.wait_for_url("**/claims.html#q=tanks")
        counted(page, ".given a", 1)
        assert found(page) > 0


def test_a_form_in_a_folder_of_files_runs_the_query_in_the_browser(browser: Any, folder: str) -> None:
    with opened(browser, folder) as page:
        go(page, folder, "query/said-by.html")
        page.locator("form.params input").first.fill("Ryabkow")
        page.get_by_role("button", name="Ask").click()
        assert "nothing here is called “Ryabkow”" in page.get_by_role("alert").inner_text()
        page.locator("form.params input").first.fill("sergei ryabkov")
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url("**/sparql.html#query=**")
        page.wait_for_selector(".yasr_results tbody tr")
        rows = page.locator(".yasr_results tbody tr").all_inner_texts()
        assert len(rows) == 3 and all("Sergei Ryabkov" in row for row in rows)


@pytest.mark.parametrize("word", ['" } ?s ?p ?o . { ?claim ?x "', "a\\", "x> } UNION { ?s ?p ?o", "http://example.org/a> ?p <b"])
def test_no_word_given_in_a_form_becomes_query_text(browser: Any, folder: str, word: str) -> None:
    with opened(browser, folder) as page:
        go(page, folder, "query/statements-by-officials-on-russian-forces.html", nets=False)
        page.locator("form.params input").first.fill(word)
        page.get_by_role("button", name="Ask").click()
        assert "nothing here is called" in page.get_by_role("alert").inner_text() and "sparql" not in page.url


@SERVED
def test_a_form_asks_a_stored_query_by_name(browser: Any, server: str) -> None:
    with opened(browser, server) as page:
        go(page, server, "query/said-by.html")
        field = page.locator("form.params input").first
        assert page.locator("datalist option").count() > 20
        field.fill("Sergei Ryabkov")
        page.get_by_role("button", name="Ask").click()
        page.wait_for_url("**speaker=**")
        rows = page.locator("#answer ~ .scroll tbody tr, section[aria-labelledby=answer] tbody tr")
        assert 0 < rows.count() < 20 and "Ryabkov" in page.locator("main").inner_text()


@SERVED
@pytest.mark.parametrize("name", ["home", "claims", "article", "claim", "entity", "event", "question", "timeline", "map", "query"])
def test_a_page_weighs_less_than_150_kilobytes(browser: Any, server: str, name: str) -> None:
    with opened(browser, server) as page:
        go(page, server, PAGES[name], nets=False)
        sent = "[...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]"
        weights = page.evaluate(sent + ".map((one) => [one.name, one.transferSize])")
        assert 0 < sum(weight for _, weight in weights) < 150_000, sorted(weights, key=lambda one: -one[1])


STRANGE = {
    "script": "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'>",
    "arabic": "\u062d\u0643\u0648\u0645\u0629 (\u0627\u0644\u0645\u064a\u0646\u0627\u0621) 2031",
    "hebrew": "\u05e8\u05d0\u05e9 \u05d4\u05e0\u05de\u05dc \"1\"",
    "long": "Donau" + "dampfschiff" * 15,
    "percent": "100% & </script> ?a=b#c",
}


@pytest.fixture(scope="session")
def strange(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A site of an invented world in which everything has a name that could break a page."""
    entities = "".join(f"- {{id: {name}, kind: person, label: {json.dumps(label)}}}\n" for name, label in STRANGE.items())
    speakers = [says(f"says-{name}", name, answer, label=json.dumps(f"{label}: it is so.")) for (name, label), answer in zip(STRANGE.items(), ANSWERS, strict=True)]
    own = world(tmp_path_factory.mktemp("strange"), {"one": speakers}, entities=ENTITIES + entities)
    assert build(own).is_published
    graphs, base = graph_files(own)
    write_site(own, own.root / "public", graphs, base)
    return (own.root / "public").as_uri() + "/"


@pytest.mark.parametrize("path", ["entities.html", "claims.html", "graph.html", "id/question/was-it-emptied.html", "id/claim/one/says-script.html", "id/article/one.html",
                                  *(f"id/entity/{name}.html" for name in STRANGE)])  # fmt: skip
def test_strange_names_break_no_page(browser: Any, strange: str, path: str) -> None:
    with opened(browser, strange) as page:
        go(page, strange, path)
        assert overflow(page) <= 0
        page.set_viewport_size({"width": 360, "height": 740})
        assert overflow(page) <= 0
        assert page.evaluate("window.broken") is None


PICTURES = {"question": (f"id/question/{PULLBACK}.html", 760), "timeline": ("timeline.html", 760), "map": ("map.html", 900)}


@pytest.mark.skipif("KB_PICTURES" not in os.environ, reason="pictures are written when KB_PICTURES names their folder")
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_the_readme(browser: Any, folder: str, name: str) -> None:
    path, height = PICTURES[name]
    with opened(browser, folder, viewport={"width": 1000, "height": height}) as page:
        go(page, folder, path)
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(path=Path(os.environ["KB_PICTURES"]) / f"{name}.png")
