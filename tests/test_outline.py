"""Outlines with fewer points: borders still shared, nothing far from where it was, rings still with an area."""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kb.assets import OUTLINE, TOLERANCE
from kb.outline import _area, _distance, _line, _points, thinned

UNIT = {"scale": [1, 1], "translate": [0, 0]}


def topology(*arcs: list[list[int]]) -> dict:
    shape = {"type": "MultiPolygon", "arcs": [[[at]] for at in range(len(arcs))]}
    return {"type": "Topology", "transform": UNIT, "objects": {"a": {"geometries": [shape]}}, "arcs": list(arcs)}


@given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=2, max_size=40), st.integers(1, 20))
def test_no_point_left_out_is_far_from_the_line(steps: list[tuple[int, int]], tolerance: int) -> None:
    points = _points(steps)
    kept = _line(points, tolerance, (1, 1))
    assert kept[0] == points[0] and kept[-1] == points[-1]
    assert all(min(_distance(point, a, b, (1, 1)) for a, b in pairwise(kept)) <= tolerance**2 for point in points)


def test_an_island_too_small_for_the_grid_is_left_out_and_a_larger_one_stays() -> None:
    thin = thinned(topology([[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1]], [[0, 0], [300, 0], [0, 300], [-300, 0], [0, -300]]), "a", 100)
    assert thin["objects"]["a"]["geometries"][0]["arcs"] == [[[1]]]
    assert thin["arcs"] == [[[0, 0]], [[0, 0], [15, 0], [0, 15], [-15, 0], [0, -15]]]


def test_no_ring_of_the_shipped_outlines_is_turned_inside_out() -> None:
    whole = json.loads(OUTLINE.read_bytes())
    thin = thinned(whole, "countries", TOLERANCE)
    arcs = [[_points(arc) for arc in one["arcs"]] for one in (whole, thin)]
    rings = [ring for shape in thin["objects"]["countries"]["geometries"] for polygon in shape["arcs"] for ring in polygon]
    assert len(rings) > 500 and all((_area(ring, arcs[0]) > 0) == (_area(ring, arcs[1]) > 0) for ring in rings)


def test_every_country_keeps_a_shape() -> None:
    thin = thinned(json.loads(OUTLINE.read_bytes()), "countries", TOLERANCE)
    lost = [shape["properties"]["name"] for shape in thin["objects"]["countries"]["geometries"] if not shape["arcs"]]
    assert len(lost) <= 8 and "Ukraine" not in lost, lost


def test_arcs_keep_their_numbers_so_that_neighbours_share_them() -> None:
    whole = json.loads(OUTLINE.read_bytes())
    thin = thinned(whole, "countries", TOLERANCE)
    assert len(thin["arcs"]) == len(whole["arcs"])
    assert sum(map(len, thin["arcs"])) < sum(map(len, whole["arcs"])) / 2
