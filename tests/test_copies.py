"""Copies: passages that stand in two texts nearly word for word are found with their places, and nothing else is."""

from __future__ import annotations

import builtins
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_world import built, says, world

from kb.article import digest
from kb.compare.copies import Copy, Passage, find_copies
from kb.compare.passages import Reader, anchors, shingles
from kb.compare.shared import shared_passages
from kb.errors import InputError, MissingExtra
from kb.store import open_store

WIRE = (
    "The harbour council of Northport voted on Tuesday night to close the old fish market for good, saying the roof would not stand "
    "another winter of storms. Traders who had sold herring there for three generations walked out before the count was read. "
    "The mayor promised them stalls on the new quay by spring, though the money for it has not been found."
)
EDITED = (
    "The Northport harbour council voted late on Tuesday to close the old fish market for good, saying that the roof would not stand "
    "another winter of storms. Traders who have sold herring there for three generations walked out before the votes were read. "
    "The mayor promised stalls on the new quay by spring, though money for it has not yet been found."
)
SAME_MATTER = (
    "Northport loses its fish market. After a long debate the councillors decided that repairs would cost more than the building is "
    "worth, and herring will be sold elsewhere from now on. Sellers are angry; some say the mayor broke his word about stalls at the "
    "new quay. A vote on money for them may come in spring, when the storms are over and the harbour is calm again."
)
BEFORE = "Our reporter spent a week with those who live by the sea and asked each of them what the coming year will bring to their town. "
AFTER = " Elsewhere in the county the schools open again on Monday, and the bus to the lighthouse runs twice a day until the end of June."


def only(found: list[Copy]) -> Copy:
    assert len(found) == 1, found
    return found[0]


def test_a_copy_with_light_edits_is_found_with_its_places() -> None:
    texts = {"one": BEFORE + WIRE, "two": EDITED + AFTER}
    copy = only(find_copies(texts.items()))
    assert (copy.one.article, copy.other.article, copy.signature) == ("one", "two", "words")
    one, other = (texts[place.article][place.start : place.end] for place in (copy.one, copy.other))
    assert one.endswith("has not been found") and len(one) > 0.85 * len(WIRE)
    assert other.endswith("has not yet been found") and 0.8 < copy.similarity < 1.0


@pytest.mark.parametrize(
    "texts",
    [
        {"one": WIRE, "two": SAME_MATTER},
        {"one": WIRE, "two": BEFORE + AFTER},
        {"one": WIRE, "two": " ".join(random.Random(7).sample(WIRE.split(), len(WIRE.split())))},
        {"one": WIRE[:70], "two": WIRE[:70]},
        {"one": WIRE, "two": ""},
        {"one": "", "two": "..."},
        {"one": WIRE},
        {},
    ],
    ids=["another text on the same matter", "another matter", "the same words in another order", "too few words", "nothing", "no words", "one text", "no text"],
)
def test_what_is_no_copy_is_not_found(texts: dict[str, str]) -> None:
    assert find_copies(texts.items()) == []


def test_the_same_text_is_wholly_alike_whatever_its_case_apostrophes_and_white_space() -> None:
    text = WIRE.replace("would not", "wouldn't")
    other = text.upper().replace(" ", "\r\n").replace("'", "’")
    copy = only(find_copies([("a", text), ("b", other)]))
    assert copy.similarity == 1.0 and (copy.other.start, copy.other.end) == (0, len(other) - 1)


def test_a_passage_of_many_articles_is_shown_once_for_each_beside_an_earlier_one() -> None:
    found = find_copies((f"a{number:02}", WIRE) for number in range(40))
    assert [(copy.one.article, copy.other.article) for copy in found] == [("a00", f"a{number:02}") for number in range(1, 40)]


def test_two_passages_that_changed_places_are_two_copies() -> None:
    found = find_copies([("a", WIRE + AFTER + BEFORE), ("b", BEFORE + AFTER + WIRE)])
    assert len(found) >= 2 and len({(copy.other.start, copy.other.end) for copy in found}) == len(found)
    covered = sum(copy.other.end - copy.other.start for copy in found)
    assert covered > 0.9 * len(WIRE + AFTER + BEFORE)


def test_the_order_of_reading_does_not_matter() -> None:
    texts = [("a", BEFORE + WIRE), ("b", EDITED), ("c", WIRE + AFTER), ("d", SAME_MATTER)]
    assert find_copies(texts) == find_copies(reversed(texts)) != []


LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
NEW = st.lists(st.text(LETTERS, min_size=1, max_size=8), min_size=60, max_size=160, unique=True)


@given(NEW, st.lists(st.tuples(st.integers(0, 159), st.text(LETTERS, min_size=1, max_size=8)), max_size=6))
def test_a_text_is_found_in_itself_with_words_put_in_anywhere(words: list[str], put_in: list[tuple[int, str]]) -> None:
    changed = list(words)
    for place, word in put_in:
        changed.insert(place % len(words), word)
    one, other = " ".join(words), " ".join(changed)
    copies = find_copies([("one", one), ("two", other)])
    assert copies and sum(copy.one.end - copy.one.start for copy in copies) >= 0.8 * len(one)
    assert all(0 <= copy.one.start < copy.one.end <= len(one) and copy.other.end <= len(other) for copy in copies)


ENGLISH = (
    "Marta Olsen, head of the Skagen yard, told Nordia Radio that 340 workers would be dismissed before 30 June. Ferries of the Baltika line, "
    "the Hedda and the Torunn, wait for repairs worth 12,500 crowns. Minister Pavel Drozd will meet Olsen in Gdansk; Baltika wants 47 berths."
)
SPANISH = (
    "La directora del astillero de Skagen, Marta Olsen, dijo a Nordia que antes del 30 de junio se despedirá a 340 obreros. Los barcos de la "
    "compañía Baltika, el Hedda y el Torunn, esperan una reparación de 12.500 coronas. El ministro Pavel Drozd verá a Olsen en Gdańsk; la firma pide 47 amarres."
)
OTHER_DAY = (
    "In Skagen the yard is quiet. Marta Olsen did not want to speak of the 80 workers who left in May. At Nordia Radio they say that Minister "
    "Drozd never answered her letter, and that 9 ferries of another line, among them the Solveig, went to Tallinn and Riga instead."
)
RETOLD = (
    "In Gdansk the talks with Drozd have failed, a Baltika speaker said; berths, 47 of them, stay empty. The Torunn and the Hedda lie idle. "
    "To have them mended would cost 12,500 crowns, which nobody has. By 30 June, as Nordia has it, 340 people go. Olsen leaves Skagen too, friends of Marta say."
)


def test_a_translation_is_found_by_the_names_and_figures_it_leaves_as_they_are() -> None:
    copy = only(find_copies([("en", ENGLISH), ("es", SPANISH)]))
    assert copy.signature == "names" and copy.similarity >= 0.75
    assert ENGLISH[copy.one.start :].startswith(("Olsen", "Skagen")) and SPANISH[: copy.other.end].endswith("47")


@pytest.mark.parametrize("text", [OTHER_DAY, RETOLD], ids=["some of the names", "all names and figures, told in another order"])
def test_another_text_on_the_same_people_is_no_translation(text: str) -> None:
    assert find_copies([("en", ENGLISH), ("other", text)]) == []


def test_names_and_figures_are_read_without_accents_and_thousands() -> None:
    found = anchors("The dam at Łódź holds 12.500 or 12,500 tonnes. Dams leak. In 2031 Gdańsk had 3 and a T34.")
    assert {"2031", "3", "12500", "gdansk"} <= set(found.places) and len(found.places["12500"]) == 2
    assert not {"the", "dams", "34", "in"} & set(found.places)


def test_runs_of_words_are_the_same_numbers_on_every_machine() -> None:
    words = Reader().words("Cafe\u0301 prices rise. Café prices rise!")
    assert [words.place(0, 3), words.place(3, 6)] == [(0, 17), (19, 35)]
    runs = shingles(words).tolist()
    assert len(runs) == 4 and runs[0] == runs[3] == 3775326736


def test_without_its_package_the_cure_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *rest: object, **more: object) -> object:
        if name == "datasketch":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(MissingExtra, match=r"pip install 'conflict-kb\[copies\]'"):
        find_copies([("a", WIRE), ("b", WIRE)])


def texts_of(root: Path, texts: dict[str, str], heads: dict[str, str], folder: str = "texts"):
    """Return a built world of articles with these texts, in a folder beside the corpus; each has two claims."""
    sign = "a" * 64  # of no text, as the texts are not the corpus's own
    claims = [says("start", None, "emptied") | {"evidence": f"0-40 {sign}"}, says("end", "ada", "emptied") | {"evidence": f"200-260 {sign}"}]
    home = world(root, dict.fromkeys(texts, claims), heads)
    (root / folder).mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (root / folder / f"{name}.txt").write_bytes(text.encode())
        path = root / "corpus" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8").replace(digest(name), digest(text)).replace("5000", str(len(text))), "utf-8")
    built(home)
    return home


HEAD = "  publisher: {}\n  published: 2031-05-07\n"


@pytest.mark.parametrize(
    ("heads", "origins"),
    [
        ((HEAD.format("post"), HEAD.format("courier")), []),
        ((HEAD.format("post") + "  origin: north-wire\n", HEAD.format("courier") + "  origin: north-wire\n"), ["north-wire"]),
        ((HEAD.format("post") + "  origin: north-wire\n", HEAD.format("courier")), []),
        ((HEAD.format("post"), HEAD.format("post")), ["post"]),
        ((HEAD.format("post") + "  author: ada\n", HEAD.format("courier") + "  origin: post\n"), ["post"]),
        ((HEAD.format("post") + "  author: ada\n", HEAD.format("post") + "  author: wim\n"), []),
    ],
    ids=["two outlets", "one wire", "a wire credited once", "one outlet", "an outlet credited", "two columnists of one outlet"],
)
def test_a_copy_is_proposed_as_of_one_origin_unless_that_is_entered(tmp_path: Path, heads: tuple[str, str], origins: list[str]) -> None:
    home = texts_of(tmp_path, {"one": BEFORE + WIRE, "two": BEFORE[:50] + EDITED + AFTER}, dict(zip(("one", "two"), heads, strict=True)))
    found = shared_passages(open_store(home.store.resolve()), tmp_path / "texts")
    [one] = found.shared
    assert (found.texts, found.articles) == (2, 2)
    assert [origin.rpartition("/")[2] for origin in one.origins] == origins and one.is_proposed is not bool(origins)
    assert [claim.rpartition("/")[2] for claim in one.claims] == ["end"]
    assert [claim.rpartition("/")[2] for claim in one.other_claims] == ["end"]


def test_a_text_that_is_not_the_articles_own_is_left_out(tmp_path: Path) -> None:
    home = texts_of(tmp_path, {"one": WIRE, "two": EDITED}, {})
    (tmp_path / "texts" / "two.txt").write_text(EDITED + " ", "utf-8")
    with pytest.raises(InputError, match="1 text"):
        shared_passages(open_store(home.store.resolve()), tmp_path / "texts")


def test_a_passage_is_ordered_by_article_and_place() -> None:
    assert sorted([Passage("b", 0, 1), Passage("a", 5, 9), Passage("a", 2, 9)])[0] == Passage("a", 2, 9)
