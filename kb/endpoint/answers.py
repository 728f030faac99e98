"""What an endpoint's reply says: rows, JSON, or why it gives nothing, which may stand inside an answer that looks good."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from kb.endpoint.wire import Reply, retry_after
from kb.errors import RemoteError
from kb.rows import N_TRIPLES, TURTLE, Result
from kb.rows import read_json as read_results

JSON = ("application/sparql-results+json", "application/json")
_BUSY = frozenset({"maxlag", "ratelimited", "readonly"})  # the Action API's words for "later"
_REASONS: Mapping[int, tuple[str, str]] = {
    400: ("does not take this query", "look at the query; what it says follows"),
    401: ("does not let us in", "ask its operator"),
    403: ("does not let us in", "it may want another contact; ask its operator"),
    404: ("is not an endpoint: nothing stands there", "look at the address"),
    429: ("is asked too often", "wait, then ask again"),
    503: ("is busy", "wait, then ask again"),
}


def refused(url: str, reply: Reply) -> RemoteError:
    message, cure = _REASONS.get(reply.status, ("failed", "ask for less, or try again later"))
    words = _plain(reply.body[:2000].decode("utf-8", "replace"))
    html = "html" in reply.headers.get("Content-Type", "")
    said = "" if html or not words or reply.status in (401, 403, 404) else f": {words}"
    after = retry_after(reply.headers)
    cure = cure if after is None else f"ask again in {after:.0f} seconds"
    return RemoteError(f"{message} ({reply.status}){said}", endpoint=url, status=reply.status, retry_after=after, cure=cure)


def read_sparql(url: str, reply: Reply) -> Result:
    media = reply.headers.get_content_type()
    try:
        if media in (N_TRIPLES, TURTLE):
            return Result("construct", triples=reply.body.decode(), media=media)
        if media in JSON:
            return read_results(reply.body)
        message, cure = (
            f"answers with {media}, not with SPARQL results",
            "this may be a page for people; look for its SPARQL address",
        )
    except ValueError as error:
        message, cure = f"answers with broken SPARQL results ({_told_inside(reply) or error})", "it may have run out of time: ask for less"
    raise RemoteError(message, endpoint=url, status=reply.status, cure=cure)


def read_json(url: str, reply: Reply) -> Any:
    """Return the JSON of a reply. Raises RemoteError for a page, for what is no JSON, and for an error told inside it."""
    media = reply.headers.get_content_type()
    if media != JSON[1]:
        cure = "this may be a page for people; look for the address of its API"
        raise RemoteError(f"answers with {media}, not with JSON", endpoint=url, status=reply.status, cure=cure)
    try:
        answer = json.loads(reply.body.decode())
        if not isinstance(answer, dict | list):
            raise ValueError("neither an object nor a list")
    except (ValueError, RecursionError) as error:
        message = f"answers with broken JSON ({type(error).__name__}: {str(error)[:80]})"
        raise RemoteError(message, endpoint=url, status=reply.status, cure="try later, or tell its operator") from None
    told = _error(answer)
    if told is not None:
        after = retry_after(reply.headers)
        cure = "look at what was asked" if told[0] not in _BUSY else "ask again later" if after is None else f"ask again in {after:.0f} seconds"
        raise RemoteError(f"answers with an error: {': '.join(filter(None, told))}", endpoint=url, status=reply.status, retry_after=after, cure=cure)
    return answer


def is_busy(reply: Reply) -> bool:
    """Say whether a reply of status 200 asks us to come back later, as the Action API does when it lags."""
    if reply.status != 200 or b'"error' not in reply.body[:2000]:
        return False
    try:
        told = _error(json.loads(reply.body.decode()))
    except (ValueError, RecursionError):
        return False
    return told is not None and told[0] in _BUSY


def _told_inside(reply: Reply) -> str:
    """Return the error that stands in JSON in place of results, the empty string when none does."""
    try:
        return ": ".join(filter(None, _error(json.loads(reply.body.decode())) or ()))
    except (ValueError, RecursionError):
        return ""


def _error(answer: Any) -> tuple[str, str] | None:
    """Return code and words of the error that an answer carries: the Action API's two shapes, and a reconciliation service's."""
    if not isinstance(answer, dict):
        return None
    error = answer.get("error", answer.get("exception"))
    if error is None and isinstance(answer.get("errors"), list):
        error = next(iter(answer["errors"]), None)
    if error is None and answer.get("status") == "error":
        error = {"code": "", "info": answer.get("message", "no reason is given")}
    if error is None:
        return None
    found = error if isinstance(error, dict) else {"info": error}
    words = found.get("info") or found.get("text") or found.get("html") or found.get("message") or ""
    return _plain(found.get("code", "")), _plain(words)


def _plain(words: Any) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in str(words)[:2000]).split())[:200]
