"""The uncontested view: claims that nobody contests, still as claims; nothing planned, possible, denied or put in a mouth."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from small_world import built, says, world

from kb.build import build, graph_files
from kb.export import export_quads, uncontested
from kb.home import Home

ROOT = Path(__file__).parent.parent


def kept(home: Home) -> str:
    files, base = graph_files(home)
    out = io.BytesIO()
    export_quads(files, "nquads", out, base=base, keep=uncontested(files, base))
    return out.getvalue().decode()


def plain(name: str, **more: str) -> dict[str, str]:
    return {"id": name, "subject": "harbour", "predicate": "is so"} | more


CASES = {
    "a claim of the article's own": (plain("c"), True),
    "a claim of a speaker": (plain("c", speaker="bo"), True),
    "planned": (plain("c", modality="planned"), False),
    "possible": (plain("c", modality="possible"), False),
    "hypothetical": (plain("c", modality="hypothetical"), False),
    "predicted": (plain("c", modality="predicted"), False),
    "denied": (plain("c", polarity="negated"), False),
    "not observed": (plain("c", polarity="not-observed"), False),
    "a denied inference": (plain("c", polarity="negated", modality="denied-inference"), False),
    "possible in the speaker's eyes": (plain("c", speaker="bo", certainty="possible"), False),
    "probable in the speaker's eyes": (plain("c", speaker="bo", certainty="probable"), True),
    "disputed by an editor": (plain("c", review="disputed"), False),
    "looked at by an editor": (plain("c", review="reviewed"), True),
    "presupposed by the article": (plain("c", presupposed="true"), True),
    "presupposed in a speaker's words": (plain("c", presupposed="true", speaker="bo"), False),
    "a position that nobody contests": (says("c", "bo", "in-part"), True),
    "a position that a rival contests": (says("c", "bo", "in-part"), True),
    "a position that another excludes": (says("c", "bo", "not-emptied"), False),
}


@pytest.mark.parametrize(("claim", "stays"), CASES.values(), ids=CASES)
def test_what_stays_in_the_uncontested_view(tmp_path: Path, claim: dict, stays: bool) -> None:
    home = world(tmp_path, {"one": [claim], "two": [says("other", "wim", "emptied"), plain("more")]})
    built(home)
    text = kept(home)
    assert ("/id/claim/one/c>" in text) == stays and ("/id/claim/one/c/evidence/1>" in text) == stays
    assert "/id/claim/two/more>" in text and "/id/article/one>" in text and "graph/derived" not in text


def test_what_speaks_of_a_contested_claim_goes_with_it(tmp_path: Path) -> None:
    claims = [says("y", "bo", "emptied"), says("n", "wim", "unseen"), {"id": "word", "subject": "claim:y", "predicate": "is said on", "object": "harbour"}]
    home = world(tmp_path, {"one": [*claims, plain("left")]})
    built(home)
    text = kept(home)
    assert "claim/one/left>" in text and not any(f"claim/one/{name}>" in text for name in ("y", "n", "word"))


EVENTS = """events:
- {id: storm, label: The storm, type: crisis}
- {id: gust, label: The gust, type: crisis, part-of: gale}
- {id: gale, label: The gale, type: crisis, part-of: bad-weather}
- {id: bad-weather, label: Bad weather, type: crisis}
- {id: emptying, label: The emptying, type: movement}
"""
NAMED = {
    "an event that nobody names": ([plain("c")], set()),
    "one that a claim is about": ([plain("c", event="storm", type="crisis")], {"storm"}),
    "one that a claim names as a cause": ([plain("c", cause="storm")], {"storm"}),
    "one that a claim only foresees": ([plain("c", event="storm", type="crisis", modality="predicted")], set()),
    "one that is denied and told of": ([plain("c", event="storm", type="crisis", polarity="negated"), plain("d", event="storm", type="crisis")], {"storm"}),
    "a part of others": ([plain("c", event="gust", type="crisis")], {"gust", "gale", "bad-weather"}),
    "one that has parts": ([plain("c", event="bad-weather", type="crisis")], {"bad-weather"}),
    "one that a remark names": ([plain("c", flags="[{kind: oddity, reason: Odd., see: storm}]")], set()),
    "one that is asked about": ([says("c", "bo", "in-part")], set()),
}  # fmt: skip


@pytest.mark.parametrize(("claims", "events"), NAMED.values(), ids=NAMED)
def test_an_event_stays_where_a_claim_that_stays_names_it(tmp_path: Path, claims: list, events: set[str]) -> None:
    home = world(tmp_path, {"one": claims}, events=EVENTS)
    built(home)
    assert set(re.findall("/id/event/([a-z-]+)>", kept(home))) == events


def test_a_comment_on_an_article_is_no_claim(tmp_path: Path) -> None:
    home = world(tmp_path, {"one": [plain("c")]}, {"one": "  publisher: post\n  published: 2031-05-07\n  comment: The harbour was emptied.\n"})
    built(home)
    text = kept(home)
    assert "/id/claim/one/c>" in text and "The harbour was emptied." not in text


def test_in_the_two_articles_no_contested_claim_is_left_and_each_has_its_speaker_and_place(tmp_path: Path) -> None:
    (tmp_path / "corpus").symlink_to(ROOT / "corpus", target_is_directory=True)
    build(Home(tmp_path))
    text = kept(Home(tmp_path))
    claims = {line.split(" ")[0] for line in text.splitlines() if "#type> " in line and line.split(" ")[2].endswith("/ns/Claim>")}
    for property_ in ("speaker", "evidence", "reportedIn"):
        assert claims == {line.split(" ")[0] for line in text.splitlines() if line.split(" ")[1].endswith(f"/ns/{property_}>")}
    assert 80 < len(claims) < 150
    assert not any(name in text for name in ("partial-withdrawal-begun>", "headline-putin-backs-down>", "attack-on-ukraine-feared>"))
    assert not any(f'"{label}"' in text for label in ("Surrender of Putin", "Use of nuclear weapons by Russia"))
