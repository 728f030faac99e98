"""Stored queries and foreign ones: read, bound to values, run in a process of their own."""

from kb.query.bind import bind, read_value
from kb.query.header import JOINED, Param, StoredQuery, loose_query, read_query, stored_queries
from kb.query.join import LONGEST, Joined, is_join, run_join
from kb.query.names import resolve_name
from kb.query.sandbox import MAX_BYTES, MAX_ROWS, MEMORY, TIMEOUT, run_query
from kb.query.slots import pieces
from kb.rows import Result

__all__ = [
    "JOINED", "LONGEST", "MAX_BYTES", "MAX_ROWS", "MEMORY", "TIMEOUT", "Joined", "Param", "Result", "StoredQuery", "bind", "is_join",
    "loose_query", "pieces", "read_query", "read_value", "resolve_name", "run_join", "run_query", "stored_queries",
]  # fmt: skip
