"""A real browser for tests: Chromium found by path, every request watched, every complaint of the console kept."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 60_000  # milliseconds: a busy machine is no fault of a page
AXE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def missing(why: str) -> None:
    """Skip, or fail where `KB_REQUIRE_BROWSER` says that a browser must be there."""
    if os.environ.get("KB_REQUIRE_BROWSER"):
        pytest.fail(why)
    pytest.skip(why)


def chromium() -> str:
    found = os.environ.get("KB_CHROME") or next(filter(None, map(shutil.which, _NAMES)), "")
    if not found or not Path(found).is_file():
        missing("no Chromium here: install one, or name it in KB_CHROME")
    return found


@dataclass
class Watch:
    """What a page did that it may not: asked another host, or made the console complain."""

    own: str
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    bytes: int = 0

    def gate(self, route: Any) -> None:
        address = route.request.url
        if address.startswith((self.own, "data:", "blob:")):
            route.continue_()
        else:
            self.foreign.append(address)
            route.abort()

    def note(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@contextmanager
def opened(browser: Any, own: str, **options: Any) -> Iterator[Any]:
    """Give a page in a context of its own; at the end fail when it asked another host or complained."""
    watch = Watch(own)
    expected: list[str] = options.pop("expected", [])
    context = browser.new_context(**({"viewport": {"width": 1100, "height": 800}, "reduced_motion": "reduce"} | options))
    context.route("**/*", watch.gate)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    page.on("console", watch.note)
    page.on("pageerror", lambda wrong: watch.complaints.append(str(wrong)))
    page.watch = watch
    try:
        yield page
        assert not watch.foreign, watch.foreign
        complaints = [one for one in watch.complaints if not any(part in one for part in expected)]
        assert not complaints, complaints
    finally:
        context.close()


def violations(page: Any, *rules: str) -> list[str]:
    """Return what axe-core finds serious or critical, each with the first element it is about; `rules` alone, or all."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"], "preload": False} | ({"runOnly": list(rules)} if rules else {})
    found = page.evaluate("async (options) => (await axe.run(document, options)).violations", options)
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]} ({len(one['nodes'])})" for one in grave]


def overflow(page: Any) -> int:
    """Return by how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
