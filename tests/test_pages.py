"""Pages: what must stand on each, that every link leads somewhere, that nothing from outside can break out."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from hashlib import sha256
from html import escape
from pathlib import Path
from posixpath import normpath
from urllib.parse import parse_qs

import pytest
from html_check import look
from hypothesis import given
from hypothesis import strategies as st

from kb.assets import asset_paths
from kb.build import build
from kb.home import Home
from kb.pages import Site
from kb.pages.cards import cards
from kb.pages.files import Files
from kb.pages.question import _levels
from kb.pages.reading import Reader
from kb.pages.search import KEYS, read_filters
from kb.pages.texts import bars, pieces
from kb.pages.times import time_of
from kb.store import open_store
from tests.small_world import built, says, world

ROOT = Path(__file__).parent.parent
CLAIM = "id/claim/one/was.html"
QUESTION = "id/question/was-it-emptied.html"
PULLBACK = "id/question/was-a-russian-pullback-under-way-feb-2022.html"
HEAVIEST = 150_000  # bytes of a page


def small_home(root: Path) -> Home:
    """A world of three answers to one question, and a fourth that nobody gives."""
    step = "[{source: north-wire, verb: reported, act: report, stance: distances}, {source: ada, verb: claims, act: state, said: 2031-05-03}]"
    home = world(root, {
        "one": [
            says("was", "ada", "emptied", attribution=step, time="2031-05-01/2031-05-04", certainty="probable", written="{harbour: the quays}", flags="[{kind: metonym, reason: The quays stand for the harbour., words: the quays, see: harbour}]"),
            says("was-not", "sol", "not-emptied", polarity="negated"),
            says("planned", "dov", "in-part", modality="planned", event="emptying", type="movement", time="2031-06"),
            {"id": "taken", "subject": "boats", "predicate": "lie in", "object": "harbour", "presupposed": "true", "confidence": "0.4", "review": "disputed"},
            {"id": "on-claims", "subject": "claim:was", "predicate": "contradicts", "object": "claim:was-not"},
        ],
        "two": [says("same", "bo", "emptied", event="emptying", type="withdrawal")],
    })  # fmt: skip
    built(home)
    return home


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return site(small_home(tmp_path_factory.mktemp("pages")))


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Site:
    root = tmp_path_factory.mktemp("shipped")
    (root / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    home = Home(root)
    assert build(home).is_published
    return site(home)


def site(home: Home, *, live: bool = False) -> Site:
    store = open_store(home.store)
    return Site(store, home, run=store.query, live=live)


def body(site: Site, path: str, **params: str) -> str:
    page = site.page(path, {name: [value] for name, value in params.items()})
    assert page is not None, path
    return page.body.decode()


@cache
def pages(site: Site) -> dict[str, str]:
    """Return every HTML page of a site, each made once for all tests."""
    return {path: body(site, path) for path in site.paths() if path.endswith(".html")}


def words(html: str) -> str:
    """Return the text of a page as a reader meets it, without scripts, listings of data and tags."""
    html = re.sub(r"<(script|style|pre)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# --- every page -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_every_page_is_valid_labelled_and_cannot_run_anything(which: str, request: pytest.FixtureRequest) -> None:
    found = {path: look(html).problems for path, html in pages(request.getfixturevalue(which)).items()}
    assert len(found) > 60 and {path: problems for path, problems in found.items() if problems} == {}


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_every_relative_link_leads_to_a_path_of_the_site_and_every_fragment_to_its_place(which: str, request: pytest.FixtureRequest) -> None:
    site = request.getfixturevalue(which)
    looked = {path: look(html) for path, html in pages(site).items()}
    known = {*site.paths(), *asset_paths(site=True)}
    broken = []
    for path, page in looked.items():
        for link in page.links:
            address, _, fragment = link.partition("#")
            if re.match(r"https?:", address):
                continue
            target = normpath(f"{path.rpartition('/')[0]}/{address.partition('?')[0]}").lstrip("/") if address else path
            is_there = _finds(site, fragment) if target == "claims.html" and "=" in fragment else not fragment or fragment in looked[target].ids
            if target not in known or not is_there:
                broken.append((path, link))
    assert broken == []


def _finds(site: Site, filters: str) -> bool:
    """Whether what stands behind the # of a search is filters that some claims pass."""
    given = parse_qs(filters, strict_parsing=True)
    return set(given) <= set(KEYS) and bool(site.index.found(read_filters(site.reader, given))[0])


def test_a_page_stays_light(shipped: Site) -> None:
    heavy = {path: len(html.encode()) for path, html in pages(shipped).items() if len(html.encode()) > HEAVIEST}
    assert heavy == {}


def test_the_same_build_gives_the_same_bytes_whatever_the_hash_seed(small: Site) -> None:
    code = (
        "import sys, hashlib; from pathlib import Path; from kb.home import Home; from kb.pages import Site; from kb.store import open_store\n"
        "home = Home(Path(sys.argv[1])); store = open_store(home.store); site = Site(store, home, run=store.query, live=False); digest = hashlib.sha256()\n"
        "for path in reversed([path for path in site.paths() if not path.startswith('query/')]): digest.update(path.encode() + site.page(path).body)\nprint(digest.hexdigest())"
    )
    digest = sha256()
    for path in reversed([path for path in small.paths() if not path.startswith("query/")]):
        page = small.page(path)
        assert page is not None, path
        digest.update(path.encode() + page.body)
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run([sys.executable, "-c", code, str(small.home.root)], capture_output=True, text=True, env=environment)
        assert done.stdout.strip() == digest.hexdigest(), done.stderr


def test_paths_are_each_there_once(small: Site) -> None:
    paths = list(small.paths())
    assert len(paths) == len(set(paths)) and all(small.page(path) is not None for path in paths)


@pytest.mark.parametrize("path", ["nothing.html", "id/entity/nobody.html", "id/claim/one/none.html", "id/claim/one.html", "../corpus/one.yaml", "id/entity/../one.html", "query/none.html", "claims-9.csv", "entities-2.html", "articles.xml", "id/article/one.exe", "", "\x00"])
def test_what_is_not_there_is_none(small: Site, path: str) -> None:
    assert small.page(path or "id/") is None


SAID = ("said that", "said that:", "as reported:")


# --- claims are never shown as facts -----------------------------------------------------------------------------------


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_a_claims_wording_stands_on_no_page_without_who_said_it(which: str, request: pytest.FixtureRequest) -> None:
    site = request.getfixturevalue(which)
    told = cards(site.reader, sorted(site.reader.order))
    labels = {escape(card.label, quote=False): card for card in told.values()}
    bare, looked_at = [], 0
    for path, html in pages(site).items():
        text = re.sub(r"&#39;", "'", re.sub(r"&#34;", '"', words(html)))
        for label in labels:
            for found in re.finditer(re.escape(label), text):
                looked_at += 1
                before = text[max(0, found.start() - 60) : found.start()].rstrip()
                if not before.endswith((*SAID, "the claim that")):
                    bare.append((path, before[-40:], label))
    assert looked_at > 50 and bare == []


def test_each_claims_page_is_headed_and_titled_by_its_speaker(shipped: Site) -> None:
    for claim, card in cards(shipped.reader, sorted(shipped.reader.order)).items():
        html = pages(shipped)[shipped.reader.path(claim)]
        title, heading = re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1], words(re.search(r"<h1.*?</h1>", html, re.DOTALL)[0])
        assert title.startswith(escape(f"{card.speaker.label} {'said that' if card.is_own_voice else 'as reported'}: "))
        assert ("said that" if card.is_own_voice else "as reported:") in heading and card.speaker.label[:40] in heading.replace("&#39;", "'")


@pytest.mark.parametrize(("claim", "mark"), [("was-not", "negated"), ("planned", "planned"), ("taken", "presupposed"), ("was", "probable")])
def test_what_is_no_plain_assertion_is_marked_in_words(small: Site, claim: str, mark: str) -> None:
    for path in (f"id/claim/one/{claim}.html", "id/article/one.html"):
        assert re.search(rf'<span class="mark [a-z-]+"[^>]*>[^/]*(?:</span>)?[^<]*{mark}', body(small, path)), path


def test_a_plain_assertion_has_no_mark_of_that_kind(small: Site) -> None:
    head = re.search(r'<header class="head">.*?</header>', body(small, "id/claim/two/same.html"), re.DOTALL)[0]
    assert "mark contradiction" in head and "mark negated" not in head and "presupposed" not in head


# --- one claim ---------------------------------------------------------------------------------------------------------


def test_a_claim_shows_its_chain_inwards_with_verbs_stances_and_days(small: Site) -> None:
    text = words(body(small, CLAIM))
    chain = text[text.index("Through whose hands") : text.index("Where it stands")]
    assert re.search(r"one the article.*North Wire “ reported ”.*distances.*Ada Brink “ claims ” the speaker.*3 May 2031", chain)


def test_a_claim_shows_three_uncertainties_apart(small: Site) -> None:
    assert re.search(r"How sure the speaker is unspecified How sure the annotator is of this reading 0\.4 What an editor decided disputed", words(body(small, "id/claim/one/taken.html")))
    assert re.search(r"How sure the speaker is probable How sure the annotator is of this reading not given What an editor decided not reviewed", words(body(small, CLAIM)))


def test_a_claim_shows_who_agrees_and_who_says_otherwise(small: Site) -> None:
    text = words(body(small, CLAIM))
    others = text[text.index("Who agrees") :]
    assert re.search(r"The same answer is given by Bo Lund as reported:.*It cannot hold beside: It was not\. Sol Imre as reported:.*A rival, both may be true: In part\. Dov Kest as reported:", others)


def test_a_claim_shows_places_remarks_names_and_who_speaks_of_it(small: Site) -> None:
    text = words(body(small, CLAIM))
    assert "characters 0–9" in text and "“ the quays ” for Harbour" in text
    assert "metonym “ the quays ” The quays stand for the harbour. See Harbour" in text
    assert "Claims that speak of this one" in text and "1–4 May 2031 2031-05-01/2031-05-04" in text.replace("(stated) ", "")


def test_the_fact_file_and_line_of_a_claim_are_told(small: Site) -> None:
    lines = (small.home.corpus / "one.yaml").read_text("utf-8").splitlines()
    assert f"corpus/one.yaml:{lines.index('- id: was-not') + 1}" in body(small, "id/claim/one/was-not.html")


def test_a_claim_written_in_another_style_has_its_line_too(tmp_path: Path) -> None:
    home = world(tmp_path, {"two": [says("same", "bo", "emptied")]})
    path = home.corpus / "two.yaml"
    path.write_text(path.read_text("utf-8").replace("- id: same\n", "-\n  id: 'same'\n"), "utf-8")
    line = path.read_text("utf-8").splitlines().index("  id: 'same'")  # the claim begins at the line before it
    assert Files(home).claim_place("two", "same") in (f"corpus/two.yaml:{line}", f"corpus/two.yaml:{line + 1}")


def test_a_contested_claim_carries_a_mark_that_leads_to_the_question(small: Site) -> None:
    assert '<a class="mark contradiction" href="../../../id/question/was-it-emptied.html">' in body(small, CLAIM)
    assert "contested" not in words(body(small, "id/claim/one/taken.html"))


# --- one question ------------------------------------------------------------------------------------------------------


def test_a_question_has_a_column_for_each_answer_and_says_how_they_stand(small: Site) -> None:
    text = words(body(small, QUESTION))
    assert re.search(r"A Answer A: It was\. 2 claims · 2 speakers · 2 independent origins", text)
    assert "no claim gives this answer" in text and text.count("cannot both hold") == 2 and "are rivals, though both may be true" in text
    assert "(not both are given)" in text and 'class="arc excludes unmet"' in body(small, QUESTION)


def test_a_column_says_speaker_day_certainty_and_voice_of_each_claim(shipped: Site) -> None:
    html = body(shipped, PULLBACK)
    cards_ = re.findall(r'<article class="claim.*?</article>', html, re.DOTALL)
    assert len(cards_) == 7
    for card in map(words, cards_):
        assert re.search(r"as reported: .* (direct|indirect|mixed) voice certainty \w+ said .*2022", card), card


def test_a_claim_on_a_questions_page_is_marked_only_for_other_questions(shipped: Site) -> None:
    text = words(pages(shipped)["id/question/withdrawal-or-regrouping-in-kharkiv-2022.html"])
    assert "✕ contested elsewhere" in text and "≈ has a rival elsewhere" in text and not re.search(r"(contested|a rival) (?!elsewhere)", text)


def test_arcs_that_overlap_lie_on_levels_of_their_own() -> None:
    assert _levels([(0, 2), (1, 3)]) == [1, 2] and _levels([(0, 1), (1, 2), (2, 3)]) == [1, 1, 1] and _levels([(0, 3), (1, 2), (0, 3)]) == [2, 1, 3]


def test_a_question_gives_no_verdict(shipped: Site) -> None:
    for path in (path for path in shipped.paths() if path.startswith("id/question/") and path.endswith(".html")):
        text = words(pages(shipped)[path])
        assert "says nothing about who is right" in text and not re.search(r"\b(winner|refuted|debunked|proven|verdict)\b", text)


# --- other pages -------------------------------------------------------------------------------------------------------


def test_an_event_shows_each_tellers_name_for_it(small: Site) -> None:
    text = words(body(small, "id/event/emptying.html"))
    assert re.search(r"Bo Lund calls it withdrawal .* Dov Kest calls it movement", text) and "contradiction" in text


def test_an_entity_shows_what_it_says_and_what_others_say_of_it(shipped: Site) -> None:
    text = words(body(shipped, "id/entity/volodymyr-zelensky.html"))
    assert re.search(r"What it says 10 claims .* What others say of it \d+ claims", text) and "Wikidata: the same as" in text
    assert '<bdi lang="uk" dir="auto">' in body(shipped, "id/entity/balakliia.html") and "wrong spelling" in words(body(shipped, "id/entity/balakliia.html"))


def test_an_article_keeps_its_dates_apart_and_shows_no_text_that_is_not_ours(shipped: Site) -> None:
    html = body(shipped, "id/article/putin-backs-down-2022-09.html")
    assert re.search(r"Stated in the text none When it was written, inferred 16–18 September 2022 Published not known", words(html))
    assert 'class="text"' not in html and "<rect " in html and "<q>" not in html


def test_the_front_page_shows_disagreements_before_menus(shipped: Site) -> None:
    text = words(body(shipped, "index.html"))
    assert text.index("Where they contradict each other") < text.index("Who speaks most") < text.index("Other ways in")
    assert body(shipped, "index.html").count('class="facing"') == 4


def test_the_reference_has_every_term_with_its_definition_and_each_rule_of_the_shapes(shipped: Site) -> None:
    view = shipped.terms
    ids = set(look(body(shipped, "ns.html")).ids)
    own = {row[0].removeprefix("https://w3id.org/conflict-kb/ns/") for row in shipped.reader.rows("SELECT ?term { ?term rdfs:isDefinedBy ?file ; skos:definition ?said }")}
    assert len(own) > 200 and own <= ids
    shown = {rule for term in (*view.classes, *view.properties) for rule, _ in term.rules} | {rule for rule, _ in view.others}
    assert len(shown) > 150 and next(term.uses for term in view.classes if term.id == "Claim") == 236


@pytest.mark.parametrize(
    ("asked", "near"),
    [("id/claim/one/was-nut.html", "id/claim/one/was-not.html"), ("query/said-bi.html", "query/said-by.html"), ("ns/Clam", "ns.html#Claim"),
     ("id/entity/northlnd.html", "id/entity/northland.html"), ("id/claim/northland/x.html", None), ("query/", None), ("ns/", None), ("id/claim/<b>/x", None)],
)  # fmt: skip
def test_what_is_missing_is_answered_with_names_of_its_kind(small: Site, asked: str, near: str | None) -> None:
    page = small.missing(asked)
    root = "../" * asked.strip("/").count("/")
    assert page.status == 404 and look(page.body.decode()).problems == []
    assert near is None or f'href="{root}{near}"' in page.body.decode()


@pytest.mark.parametrize("which", ["small", "shipped"])
def test_every_page_says_what_it_is_as_json_ld_and_names_only_what_is_there(which: str, request: pytest.FixtureRequest) -> None:
    site = request.getfixturevalue(which)
    known = {thing.iri for kind in ("article", "entity", "event", "question") for thing in site.reader.things(kind)} | site.reader.order.keys()
    kinds = {}
    for path, html in pages(site).items():
        found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
        assert len(found) == (0 if path == "404.html" else 1), path
        if not path.startswith("id/"):
            made = json.loads(found[0])
            kinds[path] = made["@type"]
            items = made.get("mainEntity", {"itemListElement": []})["itemListElement"]
            assert made["@context"] == {"@vocab": "https://schema.org/"} and {one["@id"] for one in items} <= known, path
    assert (kinds["index.html"], kinds["claims.html"], kinds["ns.html"], kinds["map.html"]) == ("Dataset", "CollectionPage", "DefinedTermSet", "WebPage")


def test_the_page_for_what_is_missing_names_the_nearest(small: Site) -> None:
    page = small.missing("id/entity/northlnd.html")
    assert page.status == 404 and "Northland" in page.body.decode() and look(page.body.decode()).problems == []
    assert "<script>" not in small.missing('<script>alert("x")</script>').body.decode()


@pytest.mark.parametrize("form", ["ttl", "nt", "jsonld"])
def test_things_go_out_as_data_too(small: Site, form: str) -> None:
    page = small.page(f"id/claim/one/was.{form}")
    assert page is not None and b"probable" in page.body and small.page(f"id/claim/one/none.{form}") is None


def test_json_ld_is_embedded_in_each_things_page(small: Site) -> None:
    for path in (CLAIM, QUESTION, "id/entity/ada.html", "id/event/emptying.html", "id/article/one.html"):
        data = re.search(r'<script type="application/ld\+json">(.*?)</script>', body(small, path), re.DOTALL)
        assert data and json.loads(data[1])["@graph"], path


def test_pages_made_by_several_threads_are_each_their_own(small: Site) -> None:
    from concurrent.futures import ThreadPoolExecutor

    paths = [path for path in small.paths() if path.startswith("id/") and path.endswith((".html", ".nt"))] * 2
    fresh = Site(small.store, small.home, run=None, live=True)
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(fresh.page, paths))
    other = Site(small.store, small.home, run=None, live=True)
    assert [page.body for page in made] == [other.page(path).body for path in paths]


# --- texts -------------------------------------------------------------------------------------------------------------


def test_a_text_that_may_be_shown_is_cut_where_evidence_overlaps(small: Site) -> None:
    from dataclasses import replace

    one, other = list(cards(small.reader, sorted(small.reader.order)).values())[:2]
    text = "abcdefghij"
    cut = list(pieces(text, [replace(one, spans=((0, 4),)), replace(other, spans=((2, 6), (8, 99)))]))
    assert [(piece.text, piece.depth, piece.ends) for piece in cut] == [("ab", 1, ()), ("cd", 2, (1,)), ("ef", 1, (2,)), ("ghij", 0, ())]
    assert [bar.lane for bar in bars([replace(one, spans=((0, 4), (2, 6), (4, 8)))], 10)] == [0, 1, 0]


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), max_size=12))
def test_pieces_hold_the_whole_text_once_whatever_the_spans(small: Site, text: str, spans: list[tuple[int, int]]) -> None:
    from dataclasses import replace

    card = next(iter(cards(small.reader, sorted(small.reader.order)).values()))
    cut = list(pieces(text, [replace(card, spans=(span,)) for span in spans]))
    assert "".join(piece.text for piece in cut) == text and all(piece.depth >= 0 for piece in cut)
    good = [number for number, (start, end) in enumerate(spans, 1) if start < end <= len(text)]
    assert sorted(number for piece in cut for number in piece.ends) == good


@given(st.text(max_size=30), st.one_of(st.just(""), st.dates().map(str), st.text(max_size=12)), st.one_of(st.just(""), st.dates().map(str)))
def test_any_time_can_be_written(text: str, earliest: str, latest: str) -> None:
    time = time_of(text, earliest, latest)
    assert time is None if not text else time.shown is not None and isinstance(time.is_uncertain, bool)


def test_a_text_of_ones_own_is_shown_with_its_claims(own: Home) -> None:
    assert build(own).is_published
    found = site(own)
    html = body(found, next(path for path in found.paths() if path.startswith("id/article/") and path.endswith(".html")))
    shown = re.search(r'<div class="text".*?</div>', html, re.DOTALL)[0]
    text = next(own.texts.rglob("*.txt")).read_text("utf-8")
    assert "".join(re.sub(r"<sup>.*?</sup>", "", shown).split()).count("<mark") and re.sub(r"<sup>.*?</sup>|<[^>]+>", "", shown) == escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
    assert look(html).problems == []


# --- times -------------------------------------------------------------------------------------------------------------

TIMES = [
    ("2022-02-16", "2022-02-16", "2022-02-16", "16 February 2022"),
    ("2022-09-16/2022-09-18", "2022-09-16", "2022-09-18", "16–18 September 2022"),
    ("2022-02", "2022-02-01", "2022-02-28", "February 2022"),
    ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
    ("2022", "2022-01-01", "2022-12-31", "2022"),
    ("1999/2013", "1999-01-01", "2013-12-31", "1999–2013"),
    ("2022-02/2022-04", "2022-02-01", "2022-04-30", "February–April 2022"),
    ("2021-11/2022-02", "2021-11-01", "2022-02-28", "November 2021 – February 2022"),
    ("2022-01-30/2022-02-02", "2022-01-30", "2022-02-02", "30 January – 2 February 2022"),
    ("2021-12-30/2022-02-02", "2021-12-30", "2022-02-02", "30 December 2021 – 2 February 2022"),
    ("../2022-02-17", "", "2022-02-17", "until 17 February 2022"),
    ("2022-02-17/..", "2022-02-17", "", "from 17 February 2022 on"),
    ("2031~", "2031-01-01", "2031-12-31", "about 2031"),
    ("2031?", "2031-01-01", "2031-12-31", "perhaps 2031"),
    ("2031%", "2031-01-01", "2031-12-31", "perhaps about 2031"),
    ("9999", "9999-01-01", "9999-12-31", "9999"),
    ("odd", "", "", "odd"),
    ("odd", "no-day", "", "odd"),
]


@pytest.mark.parametrize(("text", "earliest", "latest", "shown"), TIMES)
def test_a_time_is_written_in_words(text: str, earliest: str, latest: str, shown: str) -> None:
    assert time_of(text, earliest, latest).shown == shown


def test_an_uncertain_time_is_shown_as_such(small: Site) -> None:
    assert time_of("", "", "") is None
    assert '<time class="unsure" title="2031-05-01/2031-05-04">1–4 May 2031</time>' in body(small, CLAIM)


# --- hostile words -----------------------------------------------------------------------------------------------------

HOSTILE = [
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "' autofocus onfocus='alert(1)", "</title></script><script>alert(1)</script>", "{{ 7*7 }}{% raw %}",
    "\u202eevil\u2066txt", "javascript:alert(1)", "<!--", "]]>", "&lt;b&gt;", "שלום עולם (x)",
]  # fmt: skip


@pytest.fixture(scope="module")
def hostile(small: Site) -> Site:
    """The small world with hostile words for every label, and a name of a million characters."""
    store = open_store(":memory:")
    lines = [line for path in sorted((small.home.cache / "quads").glob("*.nq")) for line in path.read_text("utf-8").splitlines()]
    found = []
    for place, whole in enumerate(lines):
        line = whole
        if "#label>" in line or "Label>" in line or "/written>" in line or "#comment>" in line or "/verb>" in line or "/dc/terms/" in line:
            word = HOSTILE[place % len(HOSTILE)].replace("\\", "\\\\").replace('"', '\\"')
            line = re.sub(r' "(?:[^"\\]|\\.)*"', lambda _, word=word: f' "{word}"', line, count=1)
        found.append(line)
    long = "x" * 1_000_000
    found.append(f'<https://example.org/kb/id/entity/ada> <http://www.w3.org/2004/02/skos/core#altLabel> "{long}"@en <https://example.org/kb/id/graph/entities> .')
    found.append(f'<https://example.org/kb/id/entity/sol> <http://www.w3.org/2000/01/rdf-schema#label> "{long}"@en <https://example.org/kb/id/graph/entities> .')
    store.load(found)
    return Site(store, small.home, run=store.query, live=True)


def test_hostile_words_stay_words_and_long_ones_are_cut(hostile: Site) -> None:
    looked_at = 0
    for path, html in pages(hostile).items():
        page = look(html)
        assert page.problems == [], path
        assert not re.search(r"<script(?! src=\"[./]*static/| type=\"application/(?:ld\+)?json\")", html), path
        assert not re.search(r"<[^>]* (onerror|onfocus|autofocus)", html) and "<img" not in html, path
        looked_at += html.count("alert(1)")
        visible = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
        assert len(visible) < 200_000, path
    assert looked_at > 100


def test_a_label_from_right_to_left_is_kept_apart_from_its_line(hostile: Site) -> None:
    for html in (body(hostile, "entities.html"), body(hostile, "index.html")):
        for found in re.finditer("שלום", html):
            before = html[: found.start()]
            assert re.search(r"<bdi[^>]*>[^<]*$|<bdi [^>]*data-names=\"[^\"]*$", before) or re.search(r"<(?:title|script)[^>]*>[^<]*$", before)


# --- style -------------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(one * 2 for one in digits) if len(digits) == 3 else digits
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_every_colour_of_text_is_plain_on_every_ground(mode: int) -> None:
    css = (ROOT / "kb" / "static" / "kb.css").read_text("utf-8")
    colours = [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{3,6})", block)) for block in re.findall(r":root \{(.*?)\}", css, re.DOTALL)]
    used = colours[0] | (colours[1] if mode else {})
    for text in ("ink", "soft", "link", "contradiction", "rivalry", "limits", "agree", "mark"):
        for ground in ("ground", "raised", "sunk"):
            assert contrast(used[text], used[ground]) >= 4.5, (text, ground)


def test_the_stylesheet_asks_nobody() -> None:
    css = (ROOT / "kb" / "static" / "kb.css").read_text("utf-8")
    assert "@import" not in css and "url(" not in css.replace("url(#hatch)", "") and "@font-face" not in css


def test_a_few_claims_come_in_the_same_order_as_among_all(small: Site) -> None:
    few, all_ = Reader(small.store), Reader(small.store)
    assert len(all_.order) == 6 and "order" not in few.__dict__
    for pattern in ("?claim a kb:Claim", "?claim kb:supportsAnswer ?answer", "?claim kb:about ?event", "?claim a kb:Flag"):
        assert few.claims(pattern) == all_.claims(pattern)
    assert few.in_order(["https://example.org/kb/id/entity/ada"]) == [] == all_.in_order(["https://example.org/kb/id/entity/ada"])


def test_names_are_read_once(small: Site) -> None:
    reader = Reader(small.store)
    assert reader.thing("https://example.org/kb/id/entity/ada").label == "Ada Brink" and reader.thing("https://example.org/other").path == ""
