"""The pictures of the province page: static SVG by Altair and vl-convert, one element a mark, text as text.

Text stays text: it is read by screen readers, and the fonts every Chinese Windows has stand in the list of fonts. Nothing in
a picture is placed by the width of a text, so that it comes out the same whatever fonts the machine has that drew it.
"""

import re
from collections.abc import Mapping, Sequence
from math import log2
from typing import Any, Final

import altair
import polars as pl
import vl_convert
from markupsafe import Markup, escape

from reconciliation.publishing.mismatches.pictures import Chart, Pictured
from reconciliation.registers.labels import Labels
from reconciliation.registers.schema import ACTIONABLE, LISTS, REQUIRED, TIERS

alt: Any = altair
"""Its type stubs know neither what layers give nor what data take."""

FONT: Final = "'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', SimHei, sans-serif"
_WIDTH: Final = 420
_MARGIN: Final = 60
_NARROW: Final = 40
"""Room left of a picture for names and for numbers."""
_BLUES: Final = ("#0f4c75", "#4b88b5", "#b3d0e5")
_COLOURS: Final = (
    "#0f4c75", "#b3261e", "#4b88b5", "#d9822b", "#1c7a4a", "#8a5a00", "#7a4fa3", "#5c6b7a", "#b9c4ce", "#e3e8ed",
)  # fmt: skip
_STAGES: Final = ("exact", "exact_name_differs", "household", "scored", "judgement")
_BITS_A_BAR: Final = 2
_UNSAFE: Final = re.compile(
    r"""\s(?:style|on\w+|href|xlink:href)=["']|<(?:script|style|image|foreignObject)\b"""
)

_SPOKEN: Final = re.compile(r' (?:xmlns(?::\w+)?|role|aria-[a-z]+|class|pointer-events)="[^"]*"')
"""What the library says in English of every part; the picture has one name, in the language of the page."""


def charts(pictured: Pictured, labels: Labels) -> tuple[Chart, ...]:
    """The pictures that have something to show, in the order of the page."""
    exact = pictured.links.filter(pl.col("stage") == "exact").height
    drawn: tuple[tuple[str, Any, dict[str, str]], ...] = (
        ("flow", _flow(pictured, labels), {}),
        ("tiers", _tiers(pictured.links, labels), {}),
        ("weights", _weights(pictured, labels), {"exact": f"{exact:,}"}),
        ("calibration", _calibration(pictured.calibration, labels), {}),
        ("trend", _trend(pictured.history, labels), {}),
    )
    return tuple(
        Chart(
            labels(f"mismatches.charts.{name}"),
            labels(f"mismatches.charts.{name}_note", **values),
            _svg(chart, labels(f"mismatches.charts.{name}")),
        )
        for name, chart, values in drawn
        if chart is not None
    )


def _tiers(links: pl.DataFrame, labels: Labels) -> Any:
    counted = links.group_by("tier", "stage").agg(pl.len().alias("count")).sort("tier", "stage")
    if counted.is_empty():
        return None
    named = _named(counted, {"tier": "tiers", "stage": "mismatches.charts.stages"}, labels)
    stages = [labels(f"mismatches.charts.stages.{name}") for name in _STAGES]
    return (
        alt.Chart(alt.Data(values=named))
        .mark_bar()
        .encode(
            x=alt.X("count:Q", title=labels("mismatches.charts.pairs"), axis=alt.Axis(tickCount=5)),
            y=alt.Y("tier:N", title=None, sort=_all(TIERS, "tiers", labels)),
            color=_legend("stage:N", stages, 2),
            order=alt.Order("place:Q"),
        )
        .transform_calculate(place=f"indexof({stages!r}, datum.stage)")
        .properties(width=_WIDTH, height=120)
    )


def _weights(pictured: Pictured, labels: Labels) -> Any:
    scored = pictured.links.filter(pl.col("stage") != "exact", pl.col("weight").is_finite())
    if scored.is_empty():
        return None
    bars = (
        scored.with_columns(start=(pl.col("weight") / _BITS_A_BAR).floor() * _BITS_A_BAR)
        .group_by("start", "tier")
        .agg(pl.len().alias("count"))
        .sort("start", "tier")
        .with_columns(end=pl.col("start") + _BITS_A_BAR)
    )
    tiers = _all(TIERS, "tiers", labels)
    histogram = (
        alt.Chart(alt.Data(values=_named(bars, {"tier": "tiers"}, labels)))
        .mark_bar()
        .encode(
            x=alt.X("start:Q", bin="binned", title=labels("mismatches.charts.weight")),
            x2="end",
            y=alt.Y("count:Q", title=labels("mismatches.charts.pairs"), axis=alt.Axis(tickCount=5)),
            color=_legend("tier:N", tiers, 3),
        )
    )
    limits = [
        {"at": round(log2(share / (1 - share)), 3)}
        for name, share in sorted(pictured.thresholds.items())
        if name in ("certain", "probable")
    ]
    rules = (
        alt.Chart(alt.Data(values=limits))
        .mark_rule(strokeDash=[5, 4], color="#8a5a00")
        .encode(x="at:Q")
    )
    return (histogram + rules).properties(width=_WIDTH, height=200)


def _calibration(calibration: pl.DataFrame, labels: Labels) -> Any:
    tried = calibration.filter(pl.col("pairs") > 0).select("said", "share", "low", "high", "pairs")
    if tried.is_empty():
        return None
    low = min(0.5, *tried["said"].to_list(), *tried["low"].to_list())
    scale = alt.Scale(domain=[round(low, 2), 1.0])
    x = alt.X("said:Q", title=labels("mismatches.charts.said"), scale=scale)
    base = alt.Chart(alt.Data(values=tried.to_dicts()))
    points = base.mark_circle(size=70, color=_BLUES[0], opacity=1).encode(
        x=x, y=alt.Y("share:Q", title=labels("mismatches.charts.right"), scale=scale)
    )
    spans = base.mark_rule(color=_BLUES[1]).encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q")
    ideal = (
        alt.Chart(alt.Data(values=[{"at": round(low, 2)}, {"at": 1.0}]))
        .mark_line(strokeDash=[4, 4], color="#5c6b7a")
        .encode(x=alt.X("at:Q", scale=scale), y=alt.Y("at:Q", scale=scale))
    )
    return (ideal + spans + points).properties(width=_WIDTH, height=240)


def _flow(pictured: Pictured, labels: Labels) -> Any:
    shown = [_register_flow(register, pictured, labels) for register in REQUIRED]
    found = [chart for chart in shown if chart is not None]
    return alt.vconcat(*found, spacing=14) if found else None


def _register_flow(register: str, pictured: Pictured, labels: Labels) -> Any:
    """Three bars of equal length for one register: what came, who was linked, who is on which list."""
    bars = _flow_parts(register, pictured)
    if not bars:
        return None
    steps = [labels(f"mismatches.charts.{name}") for name in ("received", "linked", "listed")]
    values = []
    for step, parts in zip(steps, bars, strict=True):
        whole, start = sum(count for _, _, count in parts), 0
        for key, colour, count in parts:
            if count:
                share = count / whole
                name = labels(key)
                values.append(
                    {
                        "step": step, "name": name, "colour": colour, "from": start / whole, "to": (start + count) / whole,
                        "middle": (start + count / 2) / whole,
                        "label": f"{name} {count:,}" if share > len(name) * 0.035 + 0.1 else "",
                        "ink": "#1b2733" if colour in _COLOURS[-2:] or colour == _BLUES[2] else "#fff",
                    }
                )  # fmt: skip
            start += count
    base = alt.Chart(alt.Data(values=values))
    y = alt.Y("step:N", title=None, sort=steps)
    boxes = base.mark_bar(stroke="#fff", strokeWidth=1).encode(
        x=alt.X("from:Q", axis=None, scale=alt.Scale(domain=[0, 1])),
        x2="to:Q",
        y=y,
        color=alt.Color("colour:N", scale=None),
    )
    texts = base.mark_text(fontSize=11).encode(
        x=alt.X("middle:Q", axis=None), y=y, text="label:N", color=alt.Color("ink:N", scale=None)
    )
    title = alt.Title(labels(f"registers.{register}"), anchor="start", fontSize=13)
    return (boxes + texts).properties(width=_WIDTH + 60, height=96, title=title)


def _flow_parts(register: str, pictured: Pictured) -> list[list[tuple[str, str, int]]]:
    """For each of the three steps its parts: label key, colour, rows."""
    mine = pictured.records.filter(pl.col("register") == register)
    if mine.is_empty() or not mine["received"][0]:
        return []
    recorded, rejected = int(mine["recorded"][0]), int(mine["rejected"][0])
    best = (
        pictured.links.select(
            pl.col(f"{register}_record").alias("record"),
            rank=pl.col("tier").replace_strict(dict(zip(TIERS, range(3), strict=True)), return_dtype=pl.Int64),
        )
        .group_by("record")
        .agg(pl.col("rank").min())
    )  # fmt: skip
    linked = [int((best["rank"] == rank).sum()) for rank in range(len(TIERS))]
    people = pictured.lists.filter(pl.col("register") == register)
    sizes = dict(people.group_by("disposition").agg(pl.col("people").sum()).iter_rows())
    return [
        [("mismatches.charts.recorded", _BLUES[0], recorded), ("mismatches.charts.rejected", _COLOURS[1], rejected)],
        [
            *((f"tiers.{name}", colour, count) for name, colour, count in zip(TIERS, _BLUES, linked, strict=True)),
            ("mismatches.charts.unlinked", _COLOURS[-1], recorded - sum(linked)),
        ],
        [(f"lists.{name}", colour, int(sizes.get(name, 0))) for name, colour in zip(LISTS, _COLOURS, strict=True)],
    ]  # fmt: skip


def _trend(history: pl.DataFrame, labels: Labels) -> Any:
    acted = history.filter(pl.col("list").is_in(ACTIONABLE))
    if acted.is_empty():
        return None
    named = _named(acted.sort("batch", "list"), {"list": "lists"}, labels)
    return (
        alt.Chart(alt.Data(values=named))
        .mark_line(point=True)
        .encode(
            x=alt.X("batch:N", title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("people:Q", title=labels("mismatches.charts.rows"), axis=alt.Axis(tickCount=5)),
            color=_legend("list:N", _all(ACTIONABLE, "lists", labels), 4),
        )
        .properties(width=_WIDTH, height=240)
    )


def _legend(field: str, order: Sequence[str], columns: int) -> Any:
    """A colour by name with its legend below, in columns of a fixed width."""
    colours = _COLOURS if len(order) > len(_BLUES) else _BLUES
    return alt.Color(
        field,
        scale=alt.Scale(domain=list(order), range=list(colours[: len(order)])),
        legend=alt.Legend(title=None, orient="bottom", columns=columns, labelLimit=0),
    )


def _named(
    frame: pl.DataFrame, sections: Mapping[str, str], labels: Labels
) -> list[dict[str, Any]]:
    """Rows with their codes in words."""
    worded = frame.with_columns(
        pl.col(column).replace(labels.mapping(section)) for column, section in sections.items()
    )
    return worded.to_dicts()


def _all(codes: Sequence[str], section: str, labels: Labels) -> list[str]:
    return [labels(f"{section}.{code}") for code in codes]


def _svg(chart: Any, name: str) -> Markup:
    """A chart as an element of a page: no style attribute (the policy of the page refuses them), a name for readers.

    Raises:
        ValueError: the library drew something that could fetch or run.
    """
    wide, narrow = ({"minExtent": size, "maxExtent": size} for size in (_MARGIN, _NARROW))
    configured = chart.configure(
        font=FONT,
        background="#fff",
        view={"stroke": None},
        axis={"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 0, "gridColor": "#e3e8ed"},
        axisYBand=wide,
        axisYQuantitative=narrow,
        legend={"labelFontSize": 12},
    )  # fmt: skip
    svg = vl_convert.vegalite_to_svg(configured.to_dict(), vl_version="v6_1")
    if _UNSAFE.search(svg):
        raise ValueError(f"the picture {name} holds what a page may not")
    bare = _SPOKEN.sub("", svg)
    start = bare.index("<svg") + len("<svg")
    return Markup(f'<svg role="img" aria-label="{escape(name)}"{bare[start:]}')  # noqa: S704
