"""Views → HTML: Jinja2 with everything escaped, nothing undefined, every link relative."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from kb.assets import page_policy

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent.parent / "static"


@cache
def environment() -> Any:
    """Return the one Jinja environment. Only files of the package are templates; no text from outside ever is."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"number": number, "plural": plural, "embed": embed, "brief": brief, "ticks": ticks, "json": lambda pairs: json.dumps(dict(pairs), ensure_ascii=False, separators=(",", ":"))}
    return made


def number(value: int) -> str:
    """Return a whole number with commas."""
    return f"{value:,}"


def plural(value: int, word: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> plural(1, "claim"), plural(1200, "claim")
    ('1 claim', '1,200 claims')
    """
    return f"{value:,} {word if value == 1 else many or word + 's'}"


def embed(value: Any) -> Any:
    """Return JSON that can stand in a script element of data: no `<` of a text can end it."""
    from markupsafe import Markup

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def brief(label: str) -> str:
    """Return a label short enough to stand inside a line."""
    return label if len(label) <= 48 else f"{label[:46].rstrip()}…"


def ticks(text: str) -> Any:
    """Return a text with what stands between backticks as code."""
    from markupsafe import Markup, escape

    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if place % 2 and place < len(parts) - 1 else escape(part) for place, part in enumerate(parts))


def scripts(*names: str) -> list[str]:
    """Return those of the shipped scripts that are there, as paths from the root."""
    return [f"static/{name}" for name in names if (STATIC / name).is_file()]


def render(template: str, path: str, **given: Any) -> bytes:
    """Return the page at `path` as UTF-8."""
    root = "../" * path.count("/")
    return environment().get_template(template).render(root=root, path=path, policy=page_policy(path, live=False), **given).encode("utf-8", "replace")
