"""The client for public services over real HTTP on this machine: answers kept, one question at a time, errors inside answers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
from faulty_endpoint import at, faulty_endpoint, waits_for_answers

from kb.endpoint import Client, prune
from kb.errors import InputError, RemoteError
from kb.files import lock

SELECT = "SELECT * WHERE { ?harbour ?p ?note }"
ASKED = {"action": "wbgetentities", "ids": "Q99900001", "format": "json"}
FOUND = {"entities": {"Q99900001": {"id": "Q99900001"}}, "success": 1}


@pytest.fixture(scope="module")
def served() -> Iterator[ThreadingHTTPServer]:
    with faulty_endpoint() as server:
        yield server


@pytest.fixture
def site(served: ThreadingHTTPServer) -> ThreadingHTTPServer:
    served.asked.clear()
    served.meanwhile.clear()
    return served


@pytest.fixture
def client(tmp_path: Path) -> Client:
    return Client(cache=tmp_path / "http", timeout=5, pause=0.01, clock=lambda: 1_000_000.0)


def kept_files(client: Client) -> list[Path]:
    return [path for path in client.cache.glob("*/*") if path.is_file()]


def test_json_is_asked_for_by_get_and_says_who_asks(site: ThreadingHTTPServer, client: Client) -> None:
    assert replace(client, contact="editor@example.org").get_json(at(site, "items"), ASKED) == FOUND
    [(path, headers, query)] = site.asked
    assert (path, dict(urllib.parse.parse_qsl(query))) == ("/items", ASKED)
    assert headers["User-Agent"].startswith("kb/") and headers["User-Agent"].endswith(" (editor@example.org)")
    assert headers["Accept"] == "application/json"


def test_long_parameters_go_by_post(site: ThreadingHTTPServer, client: Client) -> None:
    many = ASKED | {"ids": "|".join(f"Q{number}" for number in range(99_900_000, 99_900_400))}
    assert client.get_json(at(site, "items"), many) == FOUND
    assert dict(urllib.parse.parse_qsl(site.asked[0][2])) == many and site.asked[0][0] == "/items"


@pytest.mark.parametrize("name", ["lag-once", "busy-once"])
def test_a_service_that_lags_is_asked_again(site: ThreadingHTTPServer, client: Client, name: str) -> None:
    if name == "lag-once":
        assert client.get_json(at(site, name), ASKED) == FOUND
    else:
        assert len(client.ask(at(site, name), SELECT).rows) == 1
    assert len(site.asked) == 2


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("error-inside", r"an error: no-such-entity: Could not find \[31m an entity\n  look at what was asked"),
        ("errors-inside", "an error: badvalue: Unrecognized value"),
        ("status-inside", "an error: unknown type"),
        ("lag", r"an error: maxlag: Waiting for .*\n  ask again in 600 seconds"),
        ("wrong-json", "answers with broken JSON"),
        ("no-object", "neither an object nor a list"),
        ("deep-json", "answers with broken JSON"),
        ("script", "answers with text/javascript, not with JSON"),
        ("page", "answers with text/html, not with JSON"),
        ("forbidden", r"does not let us in \(403\)"),
        ("failing", r"failed \(500\)"),
        ("wait-an-hour", "ask again in 3600 seconds"),
        ("cut", "the answer broke off"),
        ("loop", "redirects without end"),
        ("abroad", "sends us elsewhere"),
        ("bomb", "more than 1024 KiB"),
    ],
)
def test_a_fault_is_told_and_its_answer_is_not_kept(site: ThreadingHTTPServer, client: Client, name: str, message: str) -> None:
    with pytest.raises(RemoteError, match=message) as error:
        replace(client, max_bytes=1 << 20).get_json(at(site, name), ASKED)
    assert str(error.value).startswith(at(site, name)) and kept_files(client) == []
    assert len(site.asked) == (4 if name == "loop" else 1)


@pytest.mark.parametrize("name", ["hang", "drip", "drip-headers"])
def test_a_try_has_one_deadline(site: ThreadingHTTPServer, client: Client, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    waited = waits_for_answers(monkeypatch)
    with pytest.raises(RemoteError, match="gave no whole answer in time"):
        replace(client, timeout=0.3).get_json(at(site, name), ASKED)
    assert len(waited) == len(site.asked) == 1 and 0 < waited[0] <= 0.3


def test_a_service_that_stays_down_is_tried_three_times(site: ThreadingHTTPServer, client: Client) -> None:
    with pytest.raises(RemoteError, match=r"is busy \(503\)"):
        client.get_json(at(site, "down"), ASKED)
    assert len(site.asked) == 3


def test_waits_do_not_count_against_the_time_of_a_try_but_against_patience(site: ThreadingHTTPServer, client: Client) -> None:
    assert len(replace(client, timeout=0.9).ask(at(site, "wait-a-moment"), SELECT).rows) == 1
    site.asked.clear()
    with pytest.raises(RemoteError, match="ask again in 1 seconds"):
        replace(client, patience=0.5).ask(at(site, "wait-a-moment"), "ASK {}")


def test_who_wants_to_be_left_alone_is_not_asked_again_before(site: ThreadingHTTPServer, client: Client) -> None:
    with pytest.raises(RemoteError, match="asked too often"):
        client.get_json(at(site, "wait-an-hour"), ASKED)
    for later in (client, replace(client, clock=lambda: 1_003_599.0)):
        with pytest.raises(RemoteError, match="wants to be left alone"):
            later.get_json(at(site, "items"), ASKED)
    assert len(site.asked) == 1
    assert replace(client, clock=lambda: 1_003_601.0).get_json(at(site, "items"), ASKED) == FOUND


NOON = 1_935_576_000.0  # 2031-05-03 12:00 GMT
AT_1220, AT_1100 = "Sat, 03 May 2031 12:20:00 GMT", "Sat, 03 May 2031 11:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "99999999999999"}, 86_400), ({"Retry-After": "9" * 400}, 86_400), ({"Retry-After": "600"}, 600),
        ({"Retry-After": AT_1220}, 1200), ({"Retry-After": AT_1220, "Date": "now"}, 1200), ({"Retry-After": AT_1220, "Date": AT_1100}, 4800),
        ({"Retry-After": "Sat, 03 May 2031 12:20:00 -0000"}, 1200), ({"Retry-After": "Sun, 03 May 2099 12:20:00 GMT"}, 86_400),
    ],
    ids=str,
)  # fmt: skip
def test_whatever_way_a_long_wait_is_told_it_is_kept(site: ThreadingHTTPServer, client: Client, headers: dict[str, str], seconds: int) -> None:
    site.told = headers
    at_noon = replace(client, clock=lambda: NOON)
    with pytest.raises(RemoteError, match=f"ask again in {seconds} seconds"):
        at_noon.get_json(at(site, "told-to-wait"), ASKED)
    with pytest.raises(RemoteError, match="wants to be left alone"):
        replace(client, clock=lambda: NOON + seconds - 1).get_json(at(site, "items"), ASKED)
    assert len(site.asked) == 1
    assert replace(client, clock=lambda: NOON + seconds + 1).get_json(at(site, "items"), ASKED) == FOUND


@pytest.mark.parametrize("said", ["-5", "soon", "", "1.5", "Sat, 33 May 2031 12:20:00 GMT"])
def test_a_wait_that_nobody_can_read_is_our_own_back_off(site: ThreadingHTTPServer, client: Client, said: str) -> None:
    site.told, waits = {"Retry-After": said}, []
    with pytest.raises(RemoteError, match="asked too often"):
        replace(client, pause=1.0, sleep=waits.append).get_json(at(site, "told-to-wait"), ASKED)
    assert waits == [1.0, 2.0] and len(site.asked) == 3


def test_a_wait_that_a_person_would_notice_is_told(site: ThreadingHTTPServer, client: Client) -> None:
    site.told, told, waits = {"Retry-After": "45"}, [], []
    with pytest.raises(RemoteError, match="asked too often"):
        replace(client, tell=told.append, sleep=waits.append).get_json(at(site, "told-to-wait"), ASKED)
    assert waits == [45.0, 45.0] and told == [f"{at(site, 'told-to-wait')} is busy; it is asked again in 45 seconds"] * 2
    told.clear()
    with pytest.raises(RemoteError, match="is busy"):
        replace(client, cache=None, pause=1.0, tell=told.append, sleep=waits.append).get_json(at(site, "down"), ASKED)
    assert told == [] and waits[2:] == [1.0, 2.0]


def test_a_kept_answer_is_not_asked_for_again_until_it_is_old(site: ThreadingHTTPServer, client: Client) -> None:
    def asked_at(seconds: float, **more: object) -> int:
        site.asked.clear()
        assert replace(client, clock=lambda: seconds, max_age=60, **more).get_json(at(site, "items"), ASKED) == FOUND
        return len(site.asked)

    assert [asked_at(1_000), asked_at(1_059), asked_at(1_061), asked_at(1_119)] == [1, 0, 1, 0]
    assert asked_at(900) == 1  # the clock was set back: the answer is from the future
    assert asked_at(10**9, offline=True) == 0


def test_of_which_time_a_kept_answer_is_can_be_heard(site: ThreadingHTTPServer, client: Client) -> None:
    met: list[tuple[float, float]] = []
    for now in (1_000.0, 1_059.0, 1_061.0):
        replace(client, clock=lambda now=now: now, max_age=60, met=lambda *times: met.append(times)).get_json(at(site, "items"), ASKED)
    assert met == [(1_000.0, 1_059.0)]


def test_rows_and_triples_come_back_from_the_cache_as_they_were(site: ThreadingHTTPServer, client: Client) -> None:
    for name in ("good", "ask", "turtle", "gzip"):
        first = client.ask(at(site, name), SELECT)
        assert replace(client, offline=True).ask(at(site, name), SELECT) == first
    assert len(site.asked) == 4


def test_the_answers_asked_longest_ago_go_when_all_are_too_large(site: ThreadingHTTPServer, client: Client) -> None:
    for number in (1, 2, 3):
        client.get_json(at(site, "items"), ASKED | {"ids": f"Q{number}"})
        (new,) = [path for path in kept_files(client) if path.stat().st_mtime > 1000]
        os.utime(new, (number, number))
    size = sum(path.stat().st_size for path in kept_files(client))
    assert prune(client.cache, largest=size) == 0 and prune(client.cache.parent / "none", largest=0) == 0
    assert prune(client.cache, largest=size - 1) == 1
    away = replace(client, offline=True)
    assert [away.get_json(at(site, "items"), ASKED | {"ids": f"Q{number}"}) for number in (2, 3)] == [FOUND] * 2
    with pytest.raises(RemoteError, match="no answer to this is kept"):
        away.get_json(at(site, "items"), ASKED | {"ids": "Q1"})
    assert (client.cache / "lock").is_file()


def test_another_question_or_address_is_another_answer(site: ThreadingHTTPServer, client: Client) -> None:
    client.get_json(at(site, "items"), ASKED)
    client.get_json(at(site, "items"), dict(reversed(ASKED.items())))
    client.get_json(at(site, "items"), ASKED | {"ids": "Q99900002"})
    client.get_json(at(site, "items?a=b"), ASKED)
    assert len(site.asked) == 3 == len(kept_files(client))


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00" * 40, b"cut", b"changed", b"folder"])
def test_a_damaged_answer_is_asked_for_again(site: ThreadingHTTPServer, client: Client, damage: bytes) -> None:
    client.get_json(at(site, "items"), ASKED)
    (path,) = kept_files(client)
    whole = path.read_bytes()
    path.write_bytes({b"cut": whole[:-5], b"changed": whole.replace(b"Q99900001", b"Q99900002")}.get(damage, damage))
    with pytest.raises(RemoteError, match="we are offline"):
        replace(client, offline=True).get_json(at(site, "items"), ASKED)
    assert client.get_json(at(site, "items"), ASKED) == FOUND
    assert len(site.asked) == 2 and path.read_bytes() == whole


def test_offline_asks_nobody_and_says_what_to_do(site: ThreadingHTTPServer, client: Client) -> None:
    away = replace(client, offline=True)
    for question in (lambda: away.get_json(at(site, "items"), ASKED), lambda: away.ask(at(site, "good"), SELECT)):
        with pytest.raises(RemoteError, match=r"we are offline, and no answer to this is kept\n  ask once without --offline"):
            question()
    with pytest.raises(RemoteError, match="we are offline"):
        Client(offline=True).get_json(at(site, "items"), ASKED)
    assert site.asked == []


def test_a_public_service_is_not_asked_without_a_contact(monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.delenv("KB_CONTACT", raising=False)
    for question in (lambda: client.get_json("https://api.invalid/w", ASKED), lambda: client.ask("https://api.invalid/w", SELECT)):
        with pytest.raises(RemoteError, match="nobody to contact is named"):
            question()


def test_half_a_surrogate_pair_and_no_address_are_refused(site: ThreadingHTTPServer, client: Client) -> None:
    with pytest.raises(InputError, match="surrogate"):
        client.get_json(at(site, "items"), {"search": "\ud800"})
    with pytest.raises(InputError, match="surrogate"):
        client.ask(at(site, "good"), "ASK { ?s ?p '\ud800' }")
    with pytest.raises(RemoteError, match="not the address of an endpoint"):
        client.get_json("file:///etc/hostname", {})
    assert site.asked == []


def test_a_cache_that_cannot_be_written_is_told(site: ThreadingHTTPServer, tmp_path: Path) -> None:
    (tmp_path / "http").write_text("a file")
    with pytest.raises(InputError, match="cannot keep answers here"):
        Client(cache=tmp_path / "http").get_json(at(site, "items"), ASKED)
    assert Client().get_json(at(site, "items"), ASKED) == FOUND


def test_threads_ask_one_after_the_other(site: ThreadingHTTPServer, client: Client) -> None:
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda number: client.get_json(at(site, "slow"), {"n": str(number)}), [1, 2, 3, 4, 4, 4]))
    assert answers == [FOUND] * 6
    assert site.meanwhile == [0] * 4  # the same question was asked once


def test_processes_that_share_a_cache_ask_one_after_the_other(site: ThreadingHTTPServer, client: Client) -> None:
    code = "import sys; from pathlib import Path; from kb.endpoint import Client; Client(cache=Path(sys.argv[1])).get_json(*sys.argv[2:3], {'n': sys.argv[3]})"
    started = [subprocess.Popen([sys.executable, "-c", code, client.cache, at(site, "slow"), str(number)]) for number in range(3)]
    assert [one.wait(20) for one in started] == [0, 0, 0]
    assert site.meanwhile == [0, 0, 0]
    with lock(make(client.cache) / "lock"), pytest.raises(RemoteError, match="another request is still under way"):
        replace(client, timeout=0.1, patience=0.1).get_json(at(site, "items"), ASKED)


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_stop_from_the_keyboard_leaves_nothing_behind(site: ThreadingHTTPServer, client: Client) -> None:
    main = threading.get_ident()
    threading.Timer(0.3, lambda: signal_to(main)).start()
    with pytest.raises(KeyboardInterrupt):
        client.get_json(at(site, "hang"), ASKED)
    assert [path.name for path in client.cache.rglob("*")] == ["lock"]
    assert client.get_json(at(site, "items"), ASKED) == FOUND  # the turn was given back


def signal_to(thread: int) -> None:
    import signal

    signal.pthread_kill(thread, signal.SIGINT)


def test_an_answer_is_kept_whole_or_not_at_all(site: ThreadingHTTPServer, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        client.get_json(at(site, "items"), ASKED)
    assert kept_files(client) == []
