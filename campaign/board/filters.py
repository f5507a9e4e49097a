"""The filter form: an office, a week or days, a kind of yield."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Footer, Input, Static

from campaign.reference import offices
from campaign.terminal.report_request import ReportRequest
from domain.yield_kinds import KINDS
from projections.periods import Period

FIELDS = {
    "office": ("Office", "code or name, such as 306 or Odsherred; several with commas"),
    "week": ("Week", "such as 2013-W07 or uge 7; or else days below"),
    "from": ("From", "first day of the contacts, such as 2013-02-11 or februar 2013"),
    "to": ("To", "last day, included"),
    "kind": ("Kind of yield", "such as internship, with the kinds below it; several with commas"),
}
"""The fields, keyed by the option each stands for: label and hint."""


class FiltersScreen(ModalScreen[ReportRequest | None]):
    """Returns the new options, or None when nothing changes. A value that cannot be read is refused in the form."""

    BINDINGS: ClassVar = [
        Binding("enter", "apply", "Apply", priority=True),
        Binding("escape,ctrl+c", "dismiss(None)", "Back", key_display="Esc"),
    ]
    CSS = """
    FiltersScreen { align: center middle; background: $background; }
    FiltersScreen VerticalScroll { border: round $foreground; width: 76; max-width: 100%; height: auto; max-height: 1fr; }
    FiltersScreen VerticalScroll { border-title-style: bold; padding: 0 1; scrollbar-size: 1 1; }
    FiltersScreen Input { border: round $foreground; background: transparent; background-tint: transparent; }
    FiltersScreen Input { border-title-style: none; }
    FiltersScreen Input:focus { border: heavy $foreground; background-tint: transparent; border-title-style: bold reverse; }
    FiltersScreen Static { height: auto; }
    """

    def __init__(
        self, options: ReportRequest, read_filters: Callable[[Mapping[str, str]], ReportRequest | str]
    ) -> None:
        super().__init__()
        self._words, self._read_filters = words_of(options), read_filters

    def compose(self) -> ComposeResult:
        """A field for each option, and a line for errors."""
        with VerticalScroll(can_focus=False) as form:
            form.border_title = "Filters"
            for name, (title, hint) in FIELDS.items():
                suggester = SuggestFromList(_SUGGESTED[name](), case_sensitive=False) if name in _SUGGESTED else None
                field = Input(self._words[name], placeholder=hint, id=name, suggester=suggester)
                field.border_title = title
                yield field
            yield Static(id="wrong")
        yield Footer(show_command_palette=False)

    def action_apply(self) -> None:
        """Applies the filters, or shows what is wrong with them."""
        words = {name: self.query_one(f"#{name}", Input).value.strip() for name in FIELDS}
        answer = self._read_filters({name: word for name, word in words.items() if word})
        if isinstance(answer, str):
            self.query_one("#wrong", Static).update(Content.styled(f"! {answer}", "bold"))
        else:
            self.dismiss(answer)


_SUGGESTED: dict[str, Callable[[], list[str]]] = {
    "office": lambda: [offices().name(code) for code in offices().codes],
    "kind": lambda: list(KINDS),
}


def words_of(options: ReportRequest) -> dict[str, str]:
    """The options as values of the form; seven days from a Monday on are a week."""
    kinds, codes = ", ".join(options.kinds), ", ".join(options.offices)
    week = Period(options.first, options.last).week_name if options.first and options.last else None
    days = ("", "") if week else (str(options.first or ""), str(options.last or ""))
    return {"office": codes, "week": week or "", "from": days[0], "to": days[1], "kind": kinds}
