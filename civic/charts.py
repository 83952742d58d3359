"""Figures as geometry: numbers in, positions of an SVG out.

Pure: no Django, no clock, no language. Positions along a bar are percentages written as text
("37.5%"), so that a figure stretches to any width without shrinking its letters and so that no
locale can turn a decimal point into a comma. Templates in `templates/components/chart_*.html`
draw what is computed here and repeat the same figures as a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, radians

Ring = Sequence[Sequence[float]]
MAP_LEVELS = 4
"""How many tones a map has; level 0 is "nothing there"."""


def percent(part: float | Fraction, whole: float | Fraction) -> str:
    """Write `part` of `whole` as an SVG percentage with at most two decimals; 0% of nothing."""
    return f"{round(float(part) / float(whole) * 100, 2):g}%" if whole > 0 else "0%"


def share(part: int, whole: int) -> str:
    """Write `part` of `whole` for people to read: always one decimal, halves rounded up."""
    tenths = (2000 * part + whole) // (2 * whole) if whole > 0 else 0
    return f"{tenths // 10}.{tenths % 10}%"


def number(value: float) -> str:
    """Write a coordinate with at most two decimals."""
    return f"{round(value, 2):g}"


# --- A threshold: how many there are, and how many are needed ---


@dataclass(frozen=True)
class Threshold:
    """A bar of `value` on a scale that always shows `goal` too."""

    value: int
    goal: int
    missing: int
    reached: bool
    width: str
    mark: str
    mark_anchor: str


def threshold(value: int, goal: int) -> Threshold:
    """Lay out a bar of `value` (people) towards `goal` (people).

    The scale ends at the goal until it is reached; past it the goal's mark moves left so that
    the surplus shows. Raises ValueError for a negative value or a goal below one.
    """
    if value < 0 or goal < 1:
        raise ValueError("A threshold needs a value of at least 0 and a goal of at least 1.")
    scale = max(value, goal)
    return Threshold(
        value=value,
        goal=goal,
        missing=max(goal - value, 0),
        reached=value >= goal,
        width=percent(value, scale),
        mark=percent(goal, scale),
        mark_anchor="end" if goal * 2 >= scale else "start",
    )


# --- Stacked bars: results by channel ---


@dataclass(frozen=True)
class Segment:
    """One piece of a stacked bar; `series` (0, 1, …) chooses its tone and pattern.

    Without a count (`value` None) it has no width, and its cell in the table a dash.
    """

    key: str
    label: str
    value: int | None
    series: int
    x: str
    width: str


@dataclass(frozen=True)
class StackedBar:
    """One row: its name, its sum, its share of all rows, its pieces from left to right."""

    label: str
    total: int
    share: str
    marked: bool
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class StackedBars:
    """Rows on one common scale, with the columns of the table beneath."""

    bars: tuple[StackedBar, ...]
    series: tuple[tuple[int, str], ...]
    sums: tuple[int, ...]
    total: int


def stacked_bars(
    rows: Sequence[tuple[str, Mapping[str, int]]],
    series: Sequence[tuple[str, str]],
    *,
    marked: Iterable[str] = (),
) -> StackedBars:
    """Lay out one bar per row, stacked by series, longest possible bar = 100%.

    `rows` are (label, {series key: count}); `series` are (key, label) in drawing order; `marked`
    names the rows to stress (elected, selected). A count may be missing: the row does not tell
    it. Raises ValueError for a negative count or a key that is no series.
    """
    keys = [key for key, _ in series]
    for label, counts in rows:
        if unknown := set(counts) - set(keys):
            raise ValueError(f"Row {label!r} counts unknown series {sorted(unknown)}.")
        if any(count < 0 for count in counts.values()):
            raise ValueError(f"Row {label!r} holds a negative count.")
    totals = [sum(counts.values()) for _, counts in rows]
    longest, everything = max(totals, default=0), sum(totals)
    stressed = frozenset(marked)
    return StackedBars(
        bars=tuple(
            StackedBar(
                label=label,
                total=total,
                share=share(total, everything),
                marked=label in stressed,
                segments=stack([counts.get(key) for key in keys], series, longest),
            )
            for (label, counts), total in zip(rows, totals, strict=True)
        ),
        series=tuple((index, label) for index, (_, label) in enumerate(series)),
        sums=tuple(sum(counts.get(key, 0) for _, counts in rows) for key in keys),
        total=everything,
    )


def stack(
    values: Sequence[int | None],
    series: Sequence[tuple[str, str]],
    whole: int,
) -> tuple[Segment, ...]:
    """Lay `values` end to end on a scale of `whole`; one segment per series, empty ones too."""
    before = 0
    segments = []
    for index, ((key, label), value) in enumerate(zip(series, values, strict=True)):
        segments.append(
            Segment(key, label, value, index, percent(before, whole), percent(value or 0, whole)),
        )
        before += value or 0
    return tuple(segments)


# --- A line: turnout over time ---


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis."""

    at: str
    label: str


@dataclass(frozen=True)
class Line:
    """A line in a box of 100 × 100 (y downwards), its ticks, its last point, an optional goal."""

    path: str
    area: str
    levels: tuple[tuple[str, int], ...]
    first: str
    middle: str
    last: str
    last_value: int
    last_x: str
    last_y: str
    goal: int | None
    goal_y: str
    rows: tuple[tuple[str, int], ...]


def line(points: Sequence[tuple[float, int, str]], *, goal: int | None = None) -> Line:
    """Lay out a growing count over time.

    `points` are (place on the time axis in any unit, count, label), in order of time; `goal` is a
    quorum drawn across. Raises ValueError for no points, a falling time axis or negative counts.
    """
    if not points:
        raise ValueError("A line needs at least one point.")
    places = [place for place, _, _ in points]
    counts = [count for _, count, _ in points]
    if places != sorted(places):
        raise ValueError("Points must be in order of time.")
    if min(counts) < 0:
        raise ValueError("Counts cannot be negative.")
    step = nice_step(max(*counts, goal or 0, 1))
    top = step * -(-max(*counts, goal or 0, 1) // step)
    span = places[-1] - places[0]

    def x(place: float) -> float:
        return (place - places[0]) / span * 100 if span else 100.0

    def y(count: int) -> float:
        return 100 - count / top * 100

    drawn = [(x(place), y(count)) for place, count in zip(places, counts, strict=True)]
    if not span:
        drawn = [(0.0, drawn[-1][1]), *drawn]
    path = "M" + "L".join(f"{number(px)} {number(py)}" for px, py in drawn)
    labels = [label for _, _, label in points]
    return Line(
        path=path,
        area=f"{path}L{number(drawn[-1][0])} 100L{number(drawn[0][0])} 100Z",
        levels=tuple((f"{number(y(level))}%", level) for level in range(0, top + 1, step)),
        first=labels[0],
        middle=labels[len(labels) // 2] if len(labels) > 2 else "",
        last=labels[-1] if len(labels) > 1 else "",
        last_value=counts[-1],
        last_x=f"{number(drawn[-1][0])}%",
        last_y=f"{number(drawn[-1][1])}%",
        goal=goal,
        goal_y=f"{number(y(goal))}%" if goal is not None else "",
        rows=tuple(zip(labels, counts, strict=True)),
    )


def nice_step(top: int, *, steps: int = 4) -> int:
    """The smallest of 1, 2, 5 × 10ⁿ that reaches `top` in at most `steps` steps."""
    unit = 1
    while True:
        for factor in (1, 2, 5):
            if factor * unit * steps >= top:
                return factor * unit
        unit *= 10


# --- A budget filled to its cap ---


@dataclass(frozen=True)
class BudgetItem:
    """A project on the bar: its rank, name, cost (won), and whether the money reaches it."""

    rank: int
    label: str
    cost: int
    funded: bool
    sum_so_far: int
    x: str
    width: str
    middle: str
    numbered: bool


@dataclass(frozen=True)
class Budget:
    """Funded projects end to end, what is left up to the cut line, the others after it."""

    items: tuple[BudgetItem, ...]
    cap: int
    spent: int
    left: int
    left_x: str
    left_width: str
    cut: str
    cut_anchor: str


def budget(items: Sequence[tuple[str, int, bool]], cap: int) -> Budget:
    """Lay out a budget of `cap` won.

    `items` are (label, cost in won, funded) in order of rank. Funded ones fill the bar from the
    left in that order; the cut line stands at the cap; the others follow behind it. Raises
    ValueError when costs or cap are not positive or funded costs exceed the cap.
    """
    if cap <= 0 or any(cost <= 0 for _, cost, _ in items):
        raise ValueError("Costs and the cap must be above zero.")
    spent = sum(cost for _, cost, funded in items if funded)
    if spent > cap:
        raise ValueError("What is funded costs more than the cap.")
    scale = cap + sum(cost for _, cost, funded in items if not funded)
    inside, behind = 0, cap
    placed = []
    for rank, (label, cost, funded) in enumerate(items, start=1):
        start = inside if funded else behind
        if funded:
            inside += cost
        else:
            behind += cost
        placed.append(
            BudgetItem(
                rank=rank,
                label=label,
                cost=cost,
                funded=funded,
                sum_so_far=inside,
                x=percent(start, scale),
                width=percent(cost, scale),
                middle=percent(start + Fraction(cost, 2), scale),
                numbered=cost * 25 >= scale,
            ),
        )
    return Budget(
        items=tuple(placed),
        cap=cap,
        spent=spent,
        left=cap - spent,
        left_x=percent(spent, scale),
        left_width=percent(cap - spent, scale),
        cut=percent(cap, scale),
        cut_anchor="end" if cap * 2 >= scale else "start",
    )


# --- A map of areas ---


@dataclass(frozen=True)
class Area:
    """An area to draw: a name, a figure, an address to go to, and its GeoJSON geometry (WGS84)."""

    key: str
    label: str
    geometry: Mapping[str, object]
    value: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Place:
    """A point to draw on a map, in degrees."""

    label: str
    longitude: float
    latitude: float
    url: str = ""


@dataclass(frozen=True)
class Shape:
    """An area as an SVG path, with the place of its name and its tone (0 … 3)."""

    key: str
    label: str
    value: int | None
    url: str
    path: str
    x: str
    y: str
    level: int


@dataclass(frozen=True)
class Pin:
    """A point on the drawn map."""

    label: str
    url: str
    x: str
    y: str


@dataclass(frozen=True)
class AreaMap:
    """A map `width` × `height` units large; `view_box` is the attribute ready to write.

    Where a point of the drawing lies: `west` and `north` are the degrees at its upper left corner,
    `step_east` and `step_south` how many degrees one unit is.
    """

    shapes: tuple[Shape, ...]
    pins: tuple[Pin, ...]
    width: int
    height: int
    view_box: str
    west: str
    north: str
    step_east: str
    step_south: str


def area_map(areas: Sequence[Area], places: Sequence[Place] = (), *, width: int = 340) -> AreaMap:
    """Project areas and places onto a flat map `width` units wide, north up.

    Equirectangular around the middle latitude, which for a town is exact to the eye. The tone of
    an area is its figure's third of the largest one. Raises ValueError without any area or for a
    geometry that is neither Polygon nor MultiPolygon.
    """
    if not areas:
        raise ValueError("A map needs at least one area.")
    polygons = {area.key: rings_of(area.geometry) for area in areas}
    corners = [corner for rings in polygons.values() for ring in rings for corner in ring]
    west, east = min(c[0] for c in corners), max(c[0] for c in corners)
    south, north = min(c[1] for c in corners), max(c[1] for c in corners)
    squeeze = cos(radians((south + north) / 2))
    edge = 4
    scale = (width - 2 * edge) / ((east - west) * squeeze)
    height = round((north - south) * scale) + 2 * edge

    def project(corner: Sequence[float]) -> tuple[float, float]:
        return edge + (corner[0] - west) * squeeze * scale, edge + (north - corner[1]) * scale

    largest = max((area.value or 0 for area in areas), default=0)
    return AreaMap(
        shapes=tuple(
            shape(area, [[project(c) for c in ring] for ring in polygons[area.key]], largest)
            for area in areas
        ),
        pins=tuple(
            Pin(place.label, place.url, number(x), number(y))
            for place in places
            for x, y in [project((place.longitude, place.latitude))]
        ),
        width=width,
        height=height,
        view_box=f"0 0 {width} {height}",
        west=f"{west - edge / (squeeze * scale):.7f}",
        north=f"{north + edge / scale:.7f}",
        step_east=f"{1 / (squeeze * scale):.10f}",
        step_south=f"{1 / scale:.10f}",
    )


def rings_of(geometry: Mapping[str, object]) -> list[Ring]:
    """All rings of a GeoJSON Polygon or MultiPolygon. Raises ValueError for anything else."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(coordinates, Sequence) or not coordinates:
        raise ValueError("An area needs coordinates.")
    if kind == "Polygon":
        return list(coordinates)
    if kind == "MultiPolygon":
        return [ring for polygon in coordinates for ring in polygon]
    raise ValueError(f"An area is a Polygon or a MultiPolygon, not {kind!r}.")


def shape(area: Area, rings: Sequence[Sequence[tuple[float, float]]], largest: int) -> Shape:
    """Draw one projected area; its name stands at the centroid of its largest ring."""
    x, y = centroid(max(rings, key=lambda ring: abs(signed_area(ring))))
    value = area.value or 0
    return Shape(
        key=area.key,
        label=area.label,
        value=area.value,
        url=area.url,
        path="".join(
            "M" + "L".join(f"{number(px)} {number(py)}" for px, py in ring) + "Z" for ring in rings
        ),
        x=number(x),
        y=number(y),
        level=-(-value * (MAP_LEVELS - 1) // largest) if largest and value > 0 else 0,
    )


def signed_area(ring: Sequence[tuple[float, float]]) -> float:
    """Shoelace formula; positive or negative by direction, closed or not."""
    following = [*ring[1:], ring[0]]
    return sum(x * y2 - x2 * y for (x, y), (x2, y2) in zip(ring, following, strict=True)) / 2


def centroid(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The centre of gravity of a ring; the mean of its corners when it encloses nothing."""
    area = signed_area(ring)
    if not area:
        return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)
    x_sum = y_sum = 0.0
    for (x, y), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x * y2 - x2 * y
        x_sum += (x + x2) * cross
        y_sum += (y + y2) * cross
    return x_sum / (6 * area), y_sum / (6 * area)


# --- Opinions: people as dots, groups by shape and tone ---


@dataclass(frozen=True)
class Dot:
    """One participant in a square of 100 × 100, y downwards."""

    x: str
    y: str
    group: int


@dataclass(frozen=True)
class Scatter:
    """Dots and how many stand in each group."""

    dots: tuple[Dot, ...]
    groups: tuple[tuple[int, int], ...]


def scatter(points: Sequence[tuple[float, float, int]]) -> Scatter:
    """Lay out (x, y, group) in any unit on a square with a margin, keeping one scale for both.

    Raises ValueError without any point.
    """
    if not points:
        raise ValueError("A scatter needs at least one point.")
    reach = max((max(abs(x), abs(y)) for x, y, _ in points), default=0) or 1.0
    counts: dict[int, int] = {}
    for _, _, group in points:
        counts[group] = counts.get(group, 0) + 1
    return Scatter(
        dots=tuple(
            Dot(
                x=f"{number(50 + x / reach * 45)}%",
                y=f"{number(50 - y / reach * 45)}%",
                group=group,
            )
            for x, y, group in points
        ),
        groups=tuple(sorted(counts.items())),
    )
