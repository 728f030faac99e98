"""A strict look at a page of ours: balanced, barrier-free as far as text tells, and free of anything that could run."""

from __future__ import annotations

import json
from html.parser import HTMLParser

VOID = frozenset("area base br col embed hr img input link meta source track wbr circle path rect".split())
BLOCK = frozenset("address article aside blockquote details div dl fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr main nav ol p pre section table ul".split())
INLINE = frozenset("a abbr b bdi code em label mark q small span strong sup time".split())
INSIDE = {"li": {"ul", "ol"}, "dt": {"div", "dl"}, "dd": {"div", "dl"}, "tr": {"thead", "tbody", "table"}, "th": {"tr"}, "td": {"tr"}, "option": {"datalist", "select"}, "legend": {"fieldset"}, "summary": {"details"}, "figcaption": {"figure"}}
DATA = ("application/json", "application/ld+json")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.problems: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.levels: list[int] = []
        self.labels: list[str] = []
        self.inputs: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self.script = ""
        self.lang = ""

    def say(self, text: str) -> None:
        self.problems.append(f"line {self.getpos()[0]}: {text}")

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, pairs)
        words = dict(pairs)
        parent = self.open[-1] if self.open else ""
        if tag in INSIDE and parent not in INSIDE[tag]:
            self.say(f"<{tag}> inside <{parent}>")
        if tag in BLOCK and ("p" in self.open or set(self.open[-1:]) & INLINE):
            self.say(f"<{tag}> inside {self.open[-1]}")
        if tag == "a" and "a" in self.open:
            self.say("a link inside a link")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdecimal():
            self.levels.append(int(tag[1]))
        if tag == "html":
            self.lang = words.get("lang") or ""
        if tag == "label":
            self.labels.append(words.get("for") or "")
        if tag in ("input", "select", "textarea") and words.get("type") != "hidden":
            self.inputs.append((tag, words))
        if tag == "script":
            self._script(words)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        self._attributes(tag, pairs)
        if tag not in VOID:
            self.say(f"<{tag}/> is no void element")

    def _attributes(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in pairs]
        if len(names) != len(set(names)):
            self.say(f"an attribute stands twice on <{tag}>")
        for name, value in pairs:
            if name.startswith("on") or name == "style" or (value or "").strip().lower().startswith(("javascript:", "data:", "vbscript:")):
                self.say(f"<{tag} {name}={value!r}> could run")
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "src", "action") and tag != "base":
                self.links.append(value or "")
                if not value:
                    self.say(f"<{tag}> with an empty {name}")

    def _script(self, words: dict[str, str | None]) -> None:
        self.script = words.get("type") or ""
        if not words.get("src") and self.script not in DATA:
            self.say("a script that stands in the page")
        if (words.get("src") or "static/").lstrip("./").partition("/")[0] != "static":
            self.say(f"a script from {words['src']}")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self.open or self.open[-1] != tag:
            self.say(f"</{tag}> does not close <{self.open[-1] if self.open else ''}>")
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script" and data.strip():
            try:
                json.loads(data)
            except ValueError:
                self.say("data of a script that are no JSON")
        elif data.strip():
            self.texts.append((tuple(self.open), data))


def look(html: str) -> _Page:
    """Return what a page holds, its problems among it."""
    page = _Page()
    page.feed(html)
    page.close()
    if not html.startswith("<!doctype html>"):
        page.say("no doctype")
    if page.open:
        page.say(f"left open: {page.open}")
    doubled = {ident for ident in page.ids if page.ids.count(ident) > 1}
    if doubled:
        page.say(f"ids that stand twice: {sorted(doubled)[:5]}")
    if page.levels.count(1) != 1 or any(after - before > 1 for before, after in zip(page.levels, page.levels[1:], strict=False)):
        page.say(f"headings {page.levels}")
    for tag, words in page.inputs:
        if words.get("id") not in page.labels:
            page.say(f"<{tag} {words.get('name')}> without a label")
    if not page.lang or html.count("<main id=") != 1:
        page.say("no language, or not one main part")
    return page
