"""Figures in pages: `{% load charts %}`, then one tag per kind of figure.

Each needs an `id` of its own on the page, a title, and its numbers; the geometry comes from
`civic.charts`, the drawing from `templates/components/chart_*.html`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django import template
from django.utils.translation import pgettext

from civic import charts, flows

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

register = template.Library()


@register.inclusion_tag("components/chart_threshold.html")
def threshold_chart(id: str, title: str, value: int, goal: int) -> dict[str, Any]:  # noqa: A002 - the word of HTML
    """Supports (people) towards a threshold (people)."""
    return {"id": id, "title": title, "chart": charts.threshold(value, goal)}


@register.inclusion_tag("components/chart_channels.html")
def channel_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    rows: Sequence[tuple[str, Mapping[str, int]]],
    series: Sequence[tuple[str, str]],
    marked: Iterable[str] = (),
    marked_label: str = "",
    unit: str = "votes",
) -> dict[str, Any]:
    """Votes per option, stacked by channel; `marked` options get `marked_label` (선정).

    With the unit "ballots" one ballot may stand behind several options: no sum is taken over them.
    """
    return {
        "id": id,
        "title": title,
        "chart": charts.stacked_bars(rows, series, marked=marked),
        "marked_label": marked_label,
        "unit": unit,
    }


@register.inclusion_tag("components/chart_bars.html")
def measure_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    rows: Sequence[Mapping[str, Any]],
    mark: Fraction | int | None = None,
    mark_label: str = "",
    new_label: str = "",
    whole: int | None = None,
) -> dict[str, Any]:
    """Bars on one measure, as `civic.flows.Figure`, with the mark that has to be reached.

    With `whole` a bar shows a part of it. What is new in a bar is hatched; `new_label` says
    what that means. The page has the table.
    """
    drawn = flows.bars([flows.Figure(**row) for row in rows], mark, whole)
    return {
        "id": id,
        "title": title,
        "chart": drawn,
        "mark_label": mark_label,
        "new_label": new_label,
    }


@register.inclusion_tag("components/chart_bars.html")
def path_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    path: Sequence[Any],
    cost: Any,
    mark_label: str,
) -> dict[str, Any]:
    """A figure that falls step by step (each with label, value, text) against what is needed."""
    figures = [flows.Figure(step.label, step.value, step.text) for step in path]
    drawn = flows.bars(figures, Fraction(cost))
    return {"id": id, "title": title, "chart": drawn, "mark_label": mark_label, "new_label": ""}


@register.inclusion_tag("components/chart_flow.html")
def flow_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    targets: Sequence[tuple[str, str, Fraction, bool]],
) -> dict[str, Any]:
    """Where votes went on to: (name, figure in words, number, whether nobody got them)."""
    return {"id": id, "title": title, "flow": flows.flow(targets) if targets else None}


@register.inclusion_tag("components/chart_line.html")
def line_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    points: Sequence[tuple[float, int, str]],
    goal: int | None = None,
    goal_label: str = "",
) -> dict[str, Any]:
    """People over time: points are (place on the time axis, count so far, label)."""
    return {
        "id": id,
        "title": title,
        "chart": charts.line(points, goal=goal) if points else None,
        "goal_label": goal_label,
    }


@register.inclusion_tag("components/chart_budget.html")
def budget_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    items: Sequence[tuple[str, int, bool]],
    cap: int,
    currency: str = "KRW",
    *,
    table: bool = True,
) -> dict[str, Any]:
    """Projects (label, cost, funded) in order of rank, filled up to the cap, in one currency.

    Without `table` the page itself must hold the same figures as a table.
    """
    chart = charts.budget(items, cap)
    return {"id": id, "title": title, "chart": chart, "currency": currency, "table": table}


@register.inclusion_tag("components/chart_map.html")
def map_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    areas: Sequence[charts.Area],
    places: Sequence[charts.Place] = (),
    figure_label: str = "",
) -> dict[str, Any]:
    """Areas with links, toned by a figure, and places as pins."""
    return {
        "id": id,
        "title": title,
        "chart": charts.area_map(areas, places) if areas else None,
        "figure_label": figure_label,
    }


@register.inclusion_tag("components/chart_point.html")
def point_map(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    areas: Sequence[charts.Area],
    longitude: Any = None,
    latitude: Any = None,
    marks: Sequence[charts.Place] = (),
    *,
    was: Any = None,
    tapped: bool = False,
) -> dict[str, Any]:
    """The town with one point, if there is one, and small `marks` to find one's way by.

    `was` is where the point lay before, with `longitude` and `latitude`. `tapped` lets a script
    move the point.
    """
    before = [charts.Place(title, was.longitude, was.latitude)] if was else []
    points = (
        [*before, charts.Place(title, float(longitude), float(latitude))]
        if longitude is not None and latitude is not None
        else before
    )
    return {
        "id": id,
        "title": title,
        "chart": charts.area_map(areas, [*points, *marks]) if areas else None,
        "was": len(before),
        "points": len(points),
        "tapped": tapped,
    }


@register.inclusion_tag("components/chart_scatter.html")
def scatter_chart(
    id: str,  # noqa: A002 - the word of HTML
    title: str,
    points: Sequence[tuple[float, float, int]],
) -> dict[str, Any]:
    """Participants as dots (x, y, group); near means of like mind."""
    return {"id": id, "title": title, "chart": charts.scatter(points) if points else None}


@register.simple_tag
def split_bar(agree: int, neutral: int, against: int) -> charts.StackedBar:
    """For, neutral and against as one bar, for `components/split.html` and cards."""
    series = [
        ("for", pgettext("debate", "For")),
        ("neutral", pgettext("debate", "Neutral")),
        ("against", pgettext("debate", "Against")),
    ]
    counts = {"for": agree, "neutral": neutral, "against": against}
    return charts.stacked_bars([("", counts)], series).bars[0]
