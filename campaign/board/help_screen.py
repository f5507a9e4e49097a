"""The help screen: every key, and what each figure means."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import HorizontalGroup, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Footer, Static

from campaign.board.views import DIMENSIONS, VIEWS
from projections.measures import COUNTS, LEAST_BASE, PROVISIONAL_DAYS, RATES, RATIOS


class HelpScreen(ModalScreen[None]):
    """Closed with Escape."""

    BINDINGS: ClassVar = [
        Binding("escape,f1,question_mark", "dismiss", "Back", key_display="Esc"),
        Binding("q", "app.quit", "Quit"),
        Binding("ctrl+c", "app.quit", show=False),
    ]
    CSS = """
    HelpScreen { background: transparent; }
    HelpScreen VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size: 1 1; }
    HelpScreen Static { height: auto; }
    HelpScreen .title { text-style: bold; }
    HelpScreen .name { width: 24; padding: 0 1 0 2; }
    HelpScreen .meaning { width: 1fr; }
    HelpScreen .remarks { padding: 1 0 0 0; }
    """

    def compose(self) -> ComposeResult:
        """Keys first, then the figures."""
        with VerticalScroll():
            for title, entries in _SECTIONS.items():
                yield Static(title, classes="title")
                for name, meaning in entries.items():
                    yield HorizontalGroup(_static(name, "name"), _static(meaning, "meaning"))
            yield _static(" ".join(_REMARKS), "remarks")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Lets the arrows move the text."""
        self.query_one(VerticalScroll).focus()


def _static(text: str, kind: str) -> Static:
    return Static(Content(text), classes=kind)


def _keys() -> dict[str, str]:
    views = {str(at): view.title.format(by="group") for at, view in enumerate(VIEWS.values(), start=1)}
    return views | {" ".join(DIMENSIONS): f"group by {', '.join(DIMENSIONS.values())}"} | _MORE_KEYS


def _sum(parts: tuple[str, ...]) -> str:
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


_MORE_KEYS = {
    "Tab, Shift+Tab": "the next view, or the one before",
    "arrows, Page keys": "move about; Home and End: the first column, the last one",
    "Enter": "the entries that a number counted; of a rate those above the line. Esc goes back",
    "f": "filters: office, week or days, kind of yield",
    "x": "reset: the filters that the command line named, and no others",
    "F1, ?": "this",
    "q": "leave the board",
}
_REMARKS = (
    "Where there is nothing to be a share of there is no value: -.",
    f"With fewer than {LEAST_BASE} in the denominator a rate says 3 of 4 instead of a percentage.",
    "95 %: where the rate lies; Wilson's interval.",
    f"*: maturing; the period ended less than {PROVISIONAL_DAYS} days ago, and yields of its contacts may still come.",
    "A period takes contacts by the day of the contact; a yield counts in the period of its visit or call.",
)
_SECTIONS = {
    "Keys": _keys(),
    "Views": {
        "Targets": "what is reached of a number, what a steady pace would have given, and what is to be expected",
        "Overdue": "what was to happen before today, and nothing says that it did, or that it never will",
        "Cohorts": "how many contacts of a week led to something within 1, 2, 4 and 8 weeks",
        "above, below": "the office or region differs from all beyond chance (score test, corrected after Holm)",
    },
    "Counts": COUNTS,
    "Rates": {name: f"{above} / {_sum(parts)}" for name, (above, parts) in (RATES | RATIOS).items()},
}
