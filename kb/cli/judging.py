"""Commands by which a person judges links, and looks at them again: link review, link check."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import home, say
from kb.cli.linking import group
from kb.cli.remote import MAX_AGE, TIMEOUT, Endpoint, MaxAge, Offline, Timeout, make_client, sparql_address

if TYPE_CHECKING:
    from kb.home import Home
    from kb.judgement import Judgement
    from kb.link import Answer, Change, Look, Review
    from kb.store import Store

_HELP = """y  yes, this is it; or alike in another way: y close, y broad, y narrow, y related
n  no, another one
u  unsure: kept as such, and not asked again
x  not there: Wikidata has no item of this thing
s  skip: asked again next time
z  take the last answer back
q  stop; what was answered is written
After y, n, u and x a remark may stand, such as: n a film director of that name"""
_ASK = "[y]es [n]o [u]nsure [x] not there [s]kip [z] back [q]uit [?] "


@group.command()
def review(
    by: Annotated[str, typer.Option("--by", help="Who judges: agent:NAME or orcid:…; else KB_REVIEWER.")] = "",
    sheet: Annotated[Path | None, typer.Option("--from", help="Take the answers of a sheet (- for stdin): what `kb link --format csv` wrote, and a column `answer`.")] = None,
    live: Annotated[bool, typer.Option("--live", help="Ask Wikidata about each candidate: label, classes, dates, revision as they are now.")] = False,
    endpoint: Endpoint = None,
    offline: Offline = False,
    max_age: MaxAge = MAX_AGE,
    timeout: Timeout = TIMEOUT,
) -> None:
    """Ask about the candidates of corpus/links/predictions.sssom.tsv, one at a time, and write each judgement at once."""
    from kb.errors import InputError
    from kb.link import Review

    here, today = home(), date.today().isoformat()
    desk = Review(here, by or os.environ.get("KB_REVIEWER", ""))
    if sheet is not None:
        _take_sheet(desk, sheet, today)
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        cure = "run it in a terminal, or write the answers in a sheet and give it with --from FILE"
        raise InputError("a review asks a person, and this is no terminal", cure=cure)
    sys.stdin.reconfigure(errors="replace")  # a byte that is no UTF-8 must not end a review
    client = make_client(here, offline=offline, max_age=max_age, timeout=timeout) if live else None
    with _looks(here, client and (lambda text: client.ask(sparql_address(endpoint), text))) as looks:
        _Dialogue(desk, today, looks, built_store(here)).run()


def _take_sheet(desk: Review, path: Path, today: str) -> None:
    from kb.link import read_sheet

    sheet = read_sheet(Path("/dev/stdin") if str(path) == "-" else path, desk, day=today)
    if sheet.rows:
        desk.judge(sheet.rows)
    say(f"{path}: {_counted(sheet.rows)}; judged before: {sheet.told}, without an answer: {sheet.open}; still waiting: {_waiting(desk)}")


def _counted(rows: Sequence[Judgement]) -> str:
    kinds = [row.answer if row.has_item else "not there" for row in rows]
    return f"judged: {len(rows)}" + "".join(f", {kinds.count(kind)} {kind}" for kind in ("yes", "no", "unsure", "not there") if kind in kinds)


def _waiting(desk: Review) -> int:
    return sum(len(candidates) for _, candidates in desk.waiting())


@contextmanager
def _looks(here: Home, ask: object) -> Iterator[list[Look]]:
    """Give what tells about an item, the best first: Wikidata when it is to be asked, the local index when there is one."""
    from kb.link import Index, from_index, from_wikidata

    looks = [from_wikidata(ask)] if ask else []
    if not here.link_index.is_file():
        yield looks
        return
    index = Index(here.link_index)
    try:
        yield [*looks, from_index(index)]
    finally:
        index.close()


def built_store(here: Home) -> Store | None:
    from kb.errors import StoreError
    from kb.store import open_store

    try:
        return open_store(here.store)
    except StoreError:
        return None


class _Dialogue:
    """A review in a terminal: shows, asks, writes."""

    def __init__(self, desk: Review, today: str, looks: list[Look], store: Store | None) -> None:
        self.desk, self.today, self.looks, self.store = desk, today, looks, store
        self.things = {self.desk.mint.entity(one.id): one for one in desk.names.entities}
        self.things |= {self.desk.mint.event(one.id): one for one in desk.names.events}
        self.passed: list[Judgement] = []
        self.done: list[Change | Judgement] = []  # a candidate stands for having skipped it

    def run(self) -> None:
        """Ask until nothing waits, the person stops, or the input ends. What was answered is written, however it ends."""
        shown = ""
        try:
            while waits := self.waits():
                candidate = waits[0]
                if candidate.subject != shown:
                    self.show_thing(candidate.subject)
                shown = candidate.subject
                candidate = self.show_item(candidate, waits)
                if not self.ask(candidate):
                    break
            else:
                _tell("nothing waits for an answer" + (" but what was skipped" if self.passed else ""))
        finally:
            rows = [row for change in self.done if not hasattr(change, "answer") for row in change.added]
            say(f"{_counted(rows)}; still waiting: {_waiting(self.desk)}")

    def waits(self) -> list[Judgement]:
        passed = {(one.subject, one.object) for one in self.passed}
        return [one for _, many in self.desk.waiting() for one in many if (one.subject, one.object) not in passed]

    def show_thing(self, iri: str) -> None:
        from kb.link import CLAIMS, claims_of, thing_lines

        _tell("", iri.rpartition("/id/")[2])
        thing = self.things.get(iri)
        _tell(*(f"  {line}" for line in (thing_lines(thing, self.desk.names) if thing else ("it is not in the corpus any more",))))
        if self.store is None:
            _tell("  its claims are seen after `kb build`")
            return
        claims = claims_of(iri, self.store)
        _tell(f"  claims: {len(claims) or 'none'}", *(f"  - {label} ({article})" for label, article in claims[:CLAIMS]))

    def show_item(self, candidate: Judgement, waits: list[Judgement]) -> Judgement:
        """Show a candidate, and return it with the label and revision that were seen."""
        from kb.link import item_lines, with_seen

        seen = self.look(candidate.item)
        number = sum(one.subject == candidate.subject for one in waits)
        _tell("", f"  candidate, {number} of this thing and {len(waits)} in all to go:")
        _tell(*(f"    {line}" for line in item_lines(candidate, seen)))
        return with_seen(candidate, seen)

    def look(self, item: str) -> object:
        from kb.errors import RemoteError

        for look in list(self.looks):
            try:
                if (seen := look(item)) is not None:
                    return seen
            except RemoteError as wrong:
                self.looks.remove(look)
                say(f"kb: {wrong}\n  going on with what is at hand")
        return None

    def ask(self, candidate: Judgement) -> bool:
        """Ask until there is an answer and it is written; say whether to go on."""
        from kb.link import alike_of

        while True:
            words = _read(f"  {alike_of(candidate.predicate)}? {_ASK}")
            if words is None or words.lower() in ("q", "quit"):
                return False
            if words.lower() in ("z", "back", "undo"):
                if self.take_back():
                    return True
            elif words.lower() in ("s", "skip"):
                self.passed.append(candidate)
                self.done.append(candidate)
                return True
            elif (answer := self.read(words)) is not None and self.answer(candidate, answer):
                return True

    def read(self, words: str) -> Answer | None:
        """Return the answer in what a person wrote; None after telling why there is none."""
        from kb.errors import InputError
        from kb.link import read_answer

        try:
            answer = read_answer(words)
        except InputError as wrong:
            _tell(f"  ! {wrong.message}", f"    {wrong.cure}")
            return None
        if answer is None:
            _tell(*(f"  {line}" for line in _HELP.splitlines()))
        return answer

    def answer(self, candidate: Judgement, answer: Answer) -> bool:
        """Write an answer, after asking again if a check would refuse it; say whether the candidate is dealt with."""
        from kb.link import Changed, alike_of, judgement_of

        row = judgement_of(candidate, answer, author=self.desk.author, day=self.today)
        found = self.desk.objections([row], self.desk.judged())
        for one in found:
            _tell(f"  ! {one.message}", f"    {one.cure}")
        if found and (_read("  `kb check` will say so too. Write it all the same? [y/N] ") or "").lower() not in ("y", "yes"):
            return False
        try:
            change = self.desk.judge([row])
        except Changed as wrong:
            _tell(f"  {wrong.message}")
            return True
        self.done.append(change)
        others, alike = len(change.settled) - 1, "" if row.answer == "no" else f", {alike_of(row.predicate)}"
        more = (f"; other candidates of it settled too: {others}" if others > 0 else "", "; no note any more that none was found" if change.replaced else "")
        _tell(f"  written: {row.answer}.sssom.tsv{alike}{''.join(more)}")
        return True

    def take_back(self) -> bool:
        from kb.link import Changed

        if not self.done:
            _tell("  there is no answer of this review to take back")
            return False
        last = self.done.pop()
        if hasattr(last, "answer"):
            self.passed.remove(last)
            return True
        try:
            self.desk.take_back(last)
        except Changed as wrong:
            _tell(f"  {wrong}")
            return False
        _tell(f"  taken back: {', '.join(row.thing for row in last.added)}")
        return True


def _tell(*lines: str) -> None:
    from kb.show.terminal import safe

    for line in lines:
        print(safe(line))


def _read(prompt: str) -> str | None:
    """Return what a person writes, None at the end of the input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line:
        print()
    return line.strip() if line else None
