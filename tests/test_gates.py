"""What shuts a candidate out, what only lowers its score, and what speaks for it: a row a rule, each with its other side."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from small_world import built, says, world

from kb.ids import Mint
from kb.judgement import WIKIDATA
from kb.link.gates import About, is_inner, weigh
from kb.link.heard import Heard, Held, heard
from kb.link.items import Entry, Item, Office, entry_of, joined, json_day, rdf_day
from kb.model import Entity, Event
from kb.store import open_store

MAY = date(2031, 5, 3)
SPEAKS = Heard(spoke_from=MAY, spoke_by=MAY, named_by=date(2031, 5, 7))
TOLD = replace(SPEAKS, spoke_from=None, spoke_by=date(2031, 5, 7), told_from=date(2031, 5, 7))
NAMED = Heard(named_by=date(2031, 5, 7))
ADA = Entity(id="ada", kind="person", label="Ada Lind")
BODY = Entity(id="league", kind="body", label="League")
PORT = Entity(id="port", kind="place", label="Port", coordinates=(54, -7))
STORM = Event(id="storm", label="Storm", type="crisis")
HELD = replace(NAMED, offices=(Held("x:governor", MAY, MAY),))
ITEMS = {"x:governor": f"{WIKIDATA}Q99900030"}


def entry(**facts: object) -> Entry:
    return Entry(99900010, "Ada Lind", names=("ada lind",), **{"classes": ("Q5",)} | facts)


@pytest.mark.parametrize(
    ("heard", "facts", "factor", "why"),
    [
        (SPEAKS, {"born": "1954-07-28"}, 1, "alive when it speaks"),
        (SPEAKS, {"born": "1954", "died": "2031-05-03"}, 1, "alive when it speaks"),
        (SPEAKS, {"died": "2031"}, 1, "alive when it speaks"),  # some day of that year
        (SPEAKS, {"died": "2031-05-02"}, 0, "died 2031-05-02, before it speaks"),
        (SPEAKS, {"born": "2031-06"}, 0, "born 2031-06, after it speaks"),
        (TOLD, {"died": "2018-07-13"}, 0.85, "died 2018-07-13, before the article that has it speak"),  # perhaps old words
        (NAMED, {"died": "1900"}, 1, "fits the kind person"),  # the dead are named too
        (NAMED, {"born": "2032"}, 0, "born 2032, after an article names it"),
        (Heard(), {"born": "2099"}, 1, "fits the kind person"),
        (SPEAKS, {"born": "soon"}, 1, "fits the kind person"),  # no date we can read
    ],
)
def test_who_speaks_is_alive(heard: Heard, facts: dict, factor: float, why: str) -> None:
    found = weigh(About(ADA, heard=heard), entry(**facts))
    assert found[0] == factor and found[1][-1].endswith(why)


@pytest.mark.parametrize(
    ("heard", "facts", "factor", "why"),
    [
        (SPEAKS, {"begun": "1949-04-04"}, 1, "there when it speaks"),
        (SPEAKS, {"ended": "1991-12-26"}, 0, "ended 1991-12-26, before it speaks"),
        (SPEAKS, {"begun": "2040"}, 0, "begun 2040, after it speaks"),
        (NAMED, {"begun": "2040"}, 0.9, "begun 2040, after an article names it"),  # plans are named before they come true
        (NAMED, {"ended": "1991"}, 1, "fits the kind body"),
        (SPEAKS, {"born": "2040"}, 1, "fits the kind body"),  # a body is not born
    ],
)
def test_a_body_that_speaks_is_there(heard: Heard, facts: dict, factor: float, why: str) -> None:
    found = weigh(About(BODY, heard=heard), entry(classes=("Q43229",), **facts))
    assert found[0] == factor and found[1][-1].endswith(why)


@pytest.mark.parametrize(
    ("offices", "factor", "why"),
    [
        ((Office("Q99900030", "2030-03"),), 1, "held Q99900030 on 2031-05-03"),
        ((Office("Q99900030"),), 1, "held Q99900030 on 2031-05-03"),
        ((Office("Q99900030", "2020", "2024"), Office("Q99900030", "2031", "")), 1, "held Q99900030 on 2031-05-03"),
        ((Office("Q99900030", "2020", "2031-04"),), 0.85, "held Q99900030, but not on 2031-05-03"),
        ((Office("Q99900030", "2031-05-04"),), 0.85, "held Q99900030, but not on 2031-05-03"),
        ((Office("Q99900031", "2030"),), 0.95, "not known to have held Q99900030"),
        ((), 0.97, "fits the kind person"),
    ],
)
def test_an_office_that_claims_give_is_held_on_that_day(offices: tuple, factor: float, why: str) -> None:
    found = weigh(About(ADA, heard=HELD, items=ITEMS), entry(offices=offices))
    assert found[0] == factor and found[1][-1].endswith(why)


def test_an_office_without_a_link_says_nothing() -> None:
    assert weigh(About(ADA, heard=HELD), entry(offices=(Office("Q99900031"),)))[0] == 1


@pytest.mark.parametrize(
    ("thing", "country", "facts", "factor"),
    [
        (PORT, f"{WIKIDATA}Q99900002", {"countries": ("Q99900002",)}, 1), (PORT, f"{WIKIDATA}Q99900002", {"countries": ("Q99900005", "Q99900002")}, 1),
        (PORT, f"{WIKIDATA}Q99900002", {"countries": ("Q99900005",)}, 0), (PORT, None, {"countries": ("Q99900005",)}, 1),
        (PORT, f"{WIKIDATA}Q99900002", {}, 1), (PORT, None, {"point": (54.2, -7.1)}, 1), (PORT, None, {"point": (-33.1, 18.4)}, 0),
        (PORT, None, {"classes": ("Q5",)}, 0), (PORT, None, {"classes": ()}, 0.9), (PORT, None, {"classes": ("Q5", "Q515")}, 1),
        (STORM, None, {"classes": ("Q198",), "begun": "2099"}, 1),
    ],
)  # fmt: skip
def test_class_country_and_place_shut_out_or_not(thing: Entity | Event, country: str | None, facts: dict, factor: float) -> None:
    assert weigh(About(thing, country, SPEAKS), entry(**{"classes": ("Q515",)} | facts))[0] == factor


def test_a_person_may_have_another_passport_and_an_office_outweighs_it() -> None:
    abroad = entry(countries=("Q99900005",), offices=(Office("Q99900030", "2030"),))
    assert weigh(About(ADA, f"{WIKIDATA}Q99900002"), abroad) == (0.9, ("its class fits the kind person", "of another country"))
    assert weigh(About(ADA, f"{WIKIDATA}Q99900002", HELD, ITEMS), abroad)[0] == 1


@pytest.mark.parametrize(
    ("label", "description", "classes", "inner"),
    [
        ("Northport", "Wikimedia disambiguation page", (), True), ("Northport", "disambiguation page", (), True), ("Northport", "", ("Q4167410",), True),
        ("Template:Northport", "", (), True), ("Category:Ports of Northland", "", (), True), ("List of ports", "", (), True), ("Module:Port", "", (), True),
        ("Lind", "family name", (), True), ("Ada", "female given name", (), True), ("Lind", "surname", (), True),
        ("Northport", "a harbour town", ("Q515",), False), ("Category 5", "a storm", (), False), ("Listow", "", (), False), ("Lind", "family of painters", (), False),
    ],
)  # fmt: skip
def test_inner_pages_and_mere_names_are_no_things(label: str, description: str, classes: tuple, inner: bool) -> None:
    one = Entry(99900001, label, description, classes)
    assert is_inner(one) is inner and (weigh(About(PORT), one)[0] == 0) is inner
    assert is_inner(replace(one, is_inner=True))


@pytest.mark.parametrize(
    ("text", "day"),
    [("2031-05-04T00:00:00Z", "2031-05-04"), ("+2031-05-04T00:00:00Z", "2031-05-04"), ("2031-01-01T00:00:00Z", "2031"), ("-0044-03-15T00:00:00Z", ""), ("", "")],
)
def test_a_date_of_rdf_is_taken_no_more_exactly_than_it_is_meant(text: str, day: str) -> None:
    assert rdf_day(text) == day


@pytest.mark.parametrize(("precision", "day"), [(11, "2031-05-04"), (10, "2031-05"), (9, "2031"), (8, ""), ("11", ""), (None, "")])
def test_a_date_of_json_is_as_exact_as_its_precision(precision: object, day: str) -> None:
    assert json_day({"time": "+2031-05-04T00:00:00Z", "precision": precision}) == day
    assert json_day("2031") == json_day({"time": 5, "precision": 11}) == json_day({}) == ""


def test_of_several_dates_the_widest_count() -> None:
    item = Item(99900001)
    for key, day in (("P571", "1991-08-24"), ("P571", "1917"), ("P576", "1920"), ("P576", "1999-01"), ("P569", ""), ("P31", "Q5")):
        item.add_date(key, day)
    assert (item.begun, item.ended, item.born) == ("1917", "1999-01", "")


def test_what_two_sources_say_is_put_together() -> None:
    one = replace(entry_of(Item(1, "A", ["A"], classes=["Q5"], weight=3), "index"), born="1954")
    other = entry_of(Item(1, "A.", ["A", "B"], "someone", ["Q5", "Q6"], offices=[Office("Q7")], weight=9), "api")
    assert joined(one, other) == Entry(
        1, "A", "someone", ("Q5", "Q6"), (), None, 9, ("a", "b"), "1954", offices=(Office("Q7"),), sources=("index", "api")
    )  # fmt: skip


def test_the_store_tells_when_a_thing_speaks_is_named_and_holds_an_office(tmp_path: Path) -> None:
    office = {"predicate": "holds the office of", "object": "premier-of-northland"}
    claims = [
        says("c1", "ada", "emptied", attribution="[{source: ada, verb: said, said: 2031-05-03}]"), says("c2", "dov", "unseen"),
        says("c6", "wim", "emptied", attribution="[{source: wim, verb: said, said: 2031-05-03}]"), says("c7", "wim", "unseen"),
        {"id": "c3", "subject": "ada"} | office, {"id": "c4", "subject": "sol", "time": '"2020/2024"'} | office,
        {"id": "c5", "subject": "wim", "polarity": "negated"} | office,
    ]  # fmt: skip
    home = world(tmp_path, {"one": claims})
    built(home)
    found, mint = heard(open_store(home.store)), Mint("https://example.org/kb/")
    day, premier = date(2031, 5, 7), mint.entity("premier-of-northland")
    assert found[mint.entity("ada")] == Heard(MAY, MAY, None, day, (Held(premier, day, day),))
    assert found[mint.entity("dov")] == Heard(None, day, day, None)
    assert found[mint.entity("sol")].offices == (Held(premier, date(2020, 1, 1), date(2024, 12, 31)),)
    assert found[mint.entity("wim")] == Heard(MAY, MAY, day, day)
