"""The picture of a report: the findings of each reporting unit by where they stand, as PNG.

A specification in Vega-Lite, drawn by vl-convert without a browser. The same figures give the same picture on a machine with the same
fonts.
"""

from typing import Any, Final

from reconciliation.publishing.report.content import Content, by_place

_FONT: Final = "Noto Sans CJK SC, Microsoft YaHei, SimHei, WenQuanYi Zen Hei, sans-serif"
_COLOURS: Final = ("#1c7a4a", "#4b88b5", "#d9b44a", "#b3261e", "#b9c4ce")
_SCALE: Final = 2.0


def chart(content: Content) -> bytes:
    """Draw it; all units, in the order of the tables."""
    # Loading the library that draws costs time that only a report should pay.
    import vl_convert  # noqa: PLC0415

    drawn: bytes = vl_convert.vegalite_to_png(specification(content), scale=_SCALE)
    return drawn


def specification(content: Content) -> dict[str, Any]:
    """The picture as Vega-Lite: a bar a unit, a colour a group of states."""
    bars = grouped(content)
    groups = list(dict.fromkeys(bar["group"] for bar in bars))
    axis = {"labelFontSize": 13, "titleFontSize": 13}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "data": {"values": bars},
        "width": 460,
        "height": {"step": 26},
        "mark": {"type": "bar", "height": 17},
        "encoding": {
            "y": {"field": "unit", "type": "nominal", "sort": None, "title": None},
            "x": {
                "field": "count",
                "type": "quantitative",
                "title": None,
                "axis": {"tickMinStep": 1, "format": ",d"},
            },
            "color": {
                "field": "group",
                "type": "nominal",
                "sort": groups,
                "scale": {"domain": groups, "range": list(_COLOURS[: len(groups)])},
                "legend": {"title": None, "orient": "bottom", "labelFontSize": 13},
            },
            "order": {"field": "place", "type": "quantitative"},
        },
        "config": {"font": _FONT, "axis": axis, "view": {"stroke": None}},
    }


def grouped(content: Content) -> list[dict[str, Any]]:
    """One entry a unit and group: `unit`, `group`, `place` (of the group), `count`."""
    groups = content.settings.chart.groups
    named = {f"state_{state}" for group in groups for state in group.states}
    bars = []
    for place, figures in by_place(content.level("unit")).items():
        states = {
            measure: value
            for measure, (value, _) in figures.items()
            if measure.startswith("state_")
        }
        for number, group in enumerate(groups):
            mine = {f"state_{state}" for state in group.states}
            if group is groups[-1]:
                mine |= states.keys() - named
            bars.append(
                {
                    "unit": content.name(place, "unit"),
                    "group": group.name,
                    "place": number,
                    "count": sum(states[measure] for measure in mine),
                }
            )
    return bars
