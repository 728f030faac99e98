"""Outlines of countries with fewer points, for a page's weight. Borders stay shared: each arc of the TopoJSON is thinned once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import Any

Point = tuple[int, int]


def thinned(topology: dict[str, Any], keep: str, tolerance: float) -> dict[str, Any]:
    """Return a quantized TopoJSON with its object `keep` alone, each arc without points nearer than `tolerance` degrees to its line.

    Arcs keep their number and both ends, so shapes that touch still touch (Douglas and Peucker's way); points lie on a grid
    a fifth as fine as the tolerance. A ring that is too small to keep its area is left out: turned inside out, it would be the
    whole globe.

    >>> square = {"type": "Topology", "transform": {"scale": [1, 1], "translate": [0, 0]}, "objects": {"a": {"geometries": []}, "b": {}}, "arcs": [[[0, 0], [5, 1], [5, -1], [0, 9]]]}
    >>> thin = thinned(square, "a", 2.5)
    >>> thin["arcs"], thin["transform"]["scale"], list(thin["objects"])
    ([[[0, 0]]], [0.5, 0.5], ['a'])
    """
    scale, grid = topology["transform"]["scale"], tolerance / 5
    coarse = [grid / one for one in scale]
    before = [_points(arc) for arc in topology["arcs"]]
    after = [_snapped(_line(points, tolerance, scale), coarse) for points in before]
    shapes = topology["objects"][keep]
    kept = shapes | {"geometries": [_sound(shape, before, after) for shape in shapes["geometries"]]}
    used = {at if at >= 0 else ~at for shape in kept["geometries"] for at in _flat(shape["arcs"])}
    transform = {"scale": [grid, grid], "translate": topology["transform"]["translate"]}
    arcs = [_steps(points) if at in used else [[0, 0]] for at, points in enumerate(after)]
    return {"type": "Topology", "transform": transform, "objects": {keep: kept}, "arcs": arcs}


def _flat(arcs: Any) -> Iterator[int]:
    for one in arcs:
        yield from (one,) if isinstance(one, int) else _flat(one)


def _sound(shape: dict[str, Any], before: list[list[Point]], after: list[list[Point]]) -> dict[str, Any]:
    """Return a shape without the rings that lost their area; a polygon whose outer ring did is gone with its holes."""
    polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
    kept = [[ring for ring in polygon if _keeps_side(ring, before, after)] for polygon in polygons if _keeps_side(polygon[0], before, after)]
    return shape | {"type": "MultiPolygon", "arcs": kept}


def _keeps_side(ring: list[int], before: list[list[Point]], after: list[list[Point]]) -> bool:
    """Say whether a ring still runs round the same side of itself, with an area of two cells of the grid or more."""
    area = _area(ring, after)
    return abs(area) >= 4 and (area > 0) == (_area(ring, before) > 0)


def _area(ring: list[int], arcs: list[list[Point]]) -> int:
    """Return twice the area within a ring, negative when it runs clockwise."""
    points = [point for at in ring for point in (arcs[at] if at >= 0 else arcs[~at][::-1])]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points, points[0]]))


def _points(arc: Sequence[Sequence[int]]) -> list[Point]:
    return list(accumulate(((step[0], step[1]) for step in arc), lambda at, step: (at[0] + step[0], at[1] + step[1])))


def _snapped(points: list[Point], coarse: Sequence[float]) -> list[Point]:
    found = [(round(x / coarse[0]), round(y / coarse[1])) for x, y in points]
    return [point for at, point in enumerate(found) if at == 0 or point != found[at - 1]]


def _steps(points: list[Point]) -> list[list[int]]:
    return [list(points[0]), *([b[0] - a[0], b[1] - a[1]] for a, b in pairwise(points))]


def _line(points: list[Point], tolerance: float, scale: Sequence[float]) -> list[Point]:
    """Return the points to keep. A ring keeps the point farthest from its start too, so that it does not become a line to nowhere."""
    last = len(points) - 1
    kept = {0, last}
    if last > 3 and points[0] == points[-1]:
        kept.add(max(range(last), key=lambda at: _distance(points[at], points[0], points[0], scale)))
    todo = list(pairwise(sorted(kept)))
    while todo:
        start, end = todo.pop()
        if end - start < 2:
            continue
        far, at = max((_distance(points[at], points[start], points[end], scale), at) for at in range(start + 1, end))
        if far > tolerance**2:
            kept.add(at)
            todo += [(start, at), (at, end)]
    return [points[at] for at in _enough(sorted(kept), points)]


def _enough(kept: list[int], points: list[Point]) -> list[int]:
    """Return at least four points of a ring: fewer have no area."""
    if points[0] != points[-1] or len(kept) > 3 or len(points) < 4:
        return kept
    last = len(points) - 1
    return sorted({0, last // 3, 2 * last // 3, last})


def _distance(point: Point, start: Point, end: Point, scale: Sequence[float]) -> float:
    """Return the square of the distance of a point from a stretch of line, in degrees."""
    x, y = (point[0] - start[0]) * scale[0], (point[1] - start[1]) * scale[1]
    dx, dy = (end[0] - start[0]) * scale[0], (end[1] - start[1]) * scale[1]
    length = dx * dx + dy * dy
    along = 0.0 if not length else max(0.0, min(1.0, (x * dx + y * dy) / length))
    return (x - along * dx) ** 2 + (y - along * dy) ** 2
