"""Vega-Lite specifications, and their SVG: real text, a text alternative, no network and no script."""

from __future__ import annotations

import re
from html import escape
from typing import Any, NamedTuple

from vl_convert import vegalite_to_svg

Spec = dict[str, Any]

INK, MUTED, FAINT, PAPER = "#1c2430", "#566170", "#d5dae0", "#ffffff"
BLUE, VERMILLION, GREEN, ORANGE, SKY, PURPLE = "#0072b2", "#d55e00", "#00785a", "#b26b00", "#9ecae9", "#9c4f7f"
BLUE_TEXT, VERMILLION_TEXT = "#005a8f", "#9a4300"
"""After Okabe and Ito, Color Universal Design (2008), for every kind of colour vision; some are darker to be legible on white."""

WIDE, NARROW = 720, 344
"""Chart widths in pixels: for a desktop or paper, and for a phone."""
SIZE = 12
"""Font size of all text in a chart, pixels."""


class Frame(NamedTuple):
    """The width of a chart and the margins for labels around its plot, in pixels."""

    width: int
    left_margin: int = 0
    right: int = 12
    top: int = 8
    bottom: int = 24

    @property
    def inner(self) -> int:
        """The width of the plot itself."""
        return self.width - self.left_margin - self.right


class Alternative(NamedTuple):
    """The text alternative of a chart: its title and its description."""

    title: str
    description: str


def layered(frame: Frame, height: int, layers: list[Spec], **more: Any) -> Spec:
    """A specification of layers over one plot of ``height`` pixels.

    The margins are fixed, not measured: readers see the page in other fonts than the ones it was made with.
    """
    padding = {"left": frame.left_margin, "right": frame.right, "top": frame.top, "bottom": frame.bottom}
    size = {"width": frame.inner, "height": height, "padding": padding, "autosize": {"type": "none"}}
    return {"$schema": _SCHEMA, "background": None, "config": _CONFIG, **size, "layer": layers, **more}


def layer(mark: str, rows: list[Spec], encoding: Spec, **properties: Any) -> Spec:
    """One layer: marks of one kind, with its own rows."""
    return {"data": {"values": rows}, "mark": {"type": mark, **properties}, "encoding": encoding}


def text(rows: list[Spec], encoding: Spec, **properties: Any) -> Spec:
    """A layer of text: the field ``text`` of each row."""
    return layer(
        "text", rows, {"text": {"field": "text"}, **encoding}, **{"color": INK, "baseline": "middle", **properties}
    )


def quantity(field: str, domain: tuple[float, float] | None = None, axis: Spec | None = None, **scale: Any) -> Spec:
    """A channel of numbers; without an axis when ``axis`` is None."""
    span = {"domain": list(domain)} if domain else {}
    return {"field": field, "type": "quantitative", "scale": {**span, "nice": False, **scale}, "axis": axis}


def ordered(field: str, words: list[Any], axis: Spec | None = None, **scale: Any) -> Spec:
    """A channel of words in this order."""
    return {"field": field, "type": "ordinal", "scale": {"domain": words, **scale}, "axis": axis, "sort": None}


def svg(spec: Spec, name: str, alternative: Alternative) -> str:
    """The chart as an ``svg`` element that scales with the page; ``name`` prefixes its ids."""
    drawn = vegalite_to_svg(spec, vl_version=_VERSION, allowed_base_urls=[])
    drawn = _TAG.sub(_without_noise, drawn)
    view_box = re.search(r'viewBox="[^"]*"', drawn)
    assert view_box, "Vega writes the size of its drawing"
    titled = f'<title id="{name}-title">{escape(alternative.title)}</title><desc id="{name}-desc">{escape(alternative.description)}</desc>'
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {view_box[0]} role="img" aria-labelledby="{name}-title {name}-desc">'
    )
    return f"{opening}{titled}{drawn[drawn.index('>') + 1 :]}"


def _without_noise(tag: re.Match[str]) -> str:
    """A tag without the attributes that a page does not use; the text between tags is left as it is."""
    text = tag[0]
    for noise, replacement in _NOISE:
        text = noise.sub(replacement, text)
    return text


_VERSION = "5.20"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
_TAG = re.compile(r"<[^<>]*>")
_NOISE = (
    (re.compile(r' (?:aria-[a-z]+|role|pointer-events|font-family)="[^"]*"'), ""),  # one image, in the page's own font
    (re.compile(r'<path class="(?:background|foreground)".*?(?:display="none"|d="M0,0h0v0h0Z").*/>'), ""),
    (re.compile(r"(\d\.\d{2})\d+"), r"\1"),
    (re.compile(r' (?:opacity|fill-opacity|stroke-opacity)="1"'), ""),
)
_AXIS = {
    "labelColor": MUTED,
    "labelFontSize": SIZE,
    "labelFlush": False,
    "labelOverlap": False,
    "labelPadding": 6,
    "domain": False,
    "ticks": False,
    "gridColor": "#e8ebee",
    "title": None,
}
_CONFIG: Spec = {"aria": False, "view": {"stroke": None}, "axis": _AXIS, "text": {"fontSize": SIZE}}
