"""The board: the figures of the reports on the whole terminal, kept up with the log, each open to what it counted."""

import asyncio
import json
import sqlite3
from contextlib import closing, contextmanager
from unittest.mock import patch

import pytest
from import_fixtures import model_slice, new_workspace, run_import
from terminal_user import BAKERY, BARBER, TIMBER, TerminalUser, database_address_for, new_consultant
from textual.widgets import Input, Static
from textual.worker import WorkerCancelled

from campaign.board import app as boards
from campaign.board.app import Board
from campaign.board.entries_screen import EntriesScreen, amount
from campaign.board.figures import Question, read_entries, refresh
from campaign.board.filters import FiltersScreen
from campaign.board.help_screen import HelpScreen
from campaign.board.tables import SheetTable
from campaign.board.views import DIMENSIONS, VIEWS
from campaign.storage.ports import Access
from campaign.terminal.session import Present
from domain.yield_kinds import KINDS
from projections.filters import Scope
from projections.measures import COUNTS, RATES


@pytest.fixture(scope="module")
def coordinator(tmp_path_factory) -> TerminalUser:
    """Somebody with every thirtieth company of the model campaign, and all that was done towards it."""
    folder = tmp_path_factory.mktemp("board")
    home = new_workspace(folder / "home")
    run_import(home, model_slice(folder, 30))
    somebody = TerminalUser(folder / "home", home.clock())
    somebody.environment |= {"CAMPAIGN_SLUG": "luk-op", "CAMPAIGN_DATABASE": database_address_for(folder / "home")}
    for words in (
        ["visits_held", "200"],
        ["positions", "60", "--region", "Sjælland"],
        ["calls", "9", "--office", "306"],
    ):
        somebody.says("target", "luk-op", *words, "--by", "2013-06-01")
    return somebody


@pytest.fixture
def consultant(tmp_path) -> TerminalUser:
    """Somebody with a call, a held visit and its two places, and a visit that is planned for the next day."""
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", TIMBER, "accepted", "--visit", "2012-11-12")
    somebody.says("visit", TIMBER, "held", "--yield", "internship:2")
    somebody.says("book", BAKERY, "2012-11-13")
    return somebody


@contextmanager
def opened(somebody: TerminalUser, *words: str):
    """The board that the command opens, in the person's own time."""
    boards_opened = []
    with (
        somebody._there(80),
        patch("campaign.terminal.prompts.can_ask", lambda: True),
        patch.object(Board, "run", lambda board: boards_opened.append(board)),
    ):
        result = somebody.types("board", *words, columns=80)
        assert result.exit_code == 0, result.output
        board = boards_opened[0]
        try:
            yield board
        finally:
            getattr(board.session.home, "close", lambda: None)()  # a workspace on files has nothing to close


def at_the_board(somebody: TerminalUser, steps, *words: str, size=(120, 40)) -> None:
    """Sits somebody down at the board: ``steps`` takes the pilot that presses keys."""

    async def sit(board: Board) -> None:
        async with board.run_test(size=size) as pilot:
            await settled(pilot)
            await steps(pilot)

    with opened(somebody, *words) as board:
        asyncio.run(sit(board))


async def settled(pilot) -> None:
    """Waits until all that was asked for is read and drawn."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def pressed(pilot, *keys: str) -> None:
    await pilot.press(*keys)
    await settled(pilot)


async def looked(pilot) -> None:
    pilot.app.poll()
    await settled(pilot)


def said(pilot, name: str) -> str:
    return str(pilot.app.screen.query_one(f"#{name}", Static).content)


def table(pilot) -> SheetTable:
    return pilot.app.screen.query_one(SheetTable)


def lines(pilot) -> dict[str, list[str]]:
    """The lines of the table that is on the screen, by name, as they are drawn."""
    drawn, names = table(pilot), [line.name for line in table(pilot).sheet.lines]
    return {name: [str(cell).strip() for cell in drawn.get_row_at(row)] for row, name in enumerate(names)}


def told(somebody: TerminalUser, *words: str):
    return json.loads(somebody.says(*words, "--json"))


# The figures are those of the reports


def test_it_opens_on_the_rates_with_what_they_are_shares_of(coordinator):
    total = told(coordinator, "rates")["total"]

    async def steps(pilot):
        shown = lines(pilot)
        for name, (numerator, parts) in RATES.items():
            _, _, _, above, below, _ = shown[name]
            assert above == f"{total[numerator]:,}"
            assert below == f"{sum(total[part] for part in parts):,}"
        assert shown["visit_hit_rate"][1:3] == [
            f"{total['visit_hit_rate']:.1%}".replace("%", " %"),
            f"{total['visit_hit_rate_low'] * 100:.1f}–{total['visit_hit_rate_high'] * 100:.1f} %",
        ]
        assert shown["positions"][3] == f"{total['positions']:,}"
        assert said(pilot, "about") == "Campaign luk-op."
        assert said(pilot, "state").startswith("As of 14:00, entry ")

    at_the_board(coordinator, steps)


@pytest.mark.parametrize(("key", "by"), DIMENSIONS.items())
def test_groups_are_those_of_the_rates_by_that_dimension(coordinator, key, by):
    asked = told(coordinator, "rates", "--by", by)
    expected = {
        name: [
            f"{row[count]:,}"
            for count in ("visits_held", "visits_with_yield", "calls", "companies_called", "positions")
        ]
        for name, row in [("all", asked["total"]), *((row[by], row) for row in asked["rows"])]
    }

    async def steps(pilot):
        await pressed(pilot, key)
        assert {name: [line[at] for at in (1, 2, 5, 9, 11)] for name, line in lines(pilot).items()} == expected
        assert f"[2 By {by}]" in said(pilot, "views")

    at_the_board(coordinator, steps, size=(200, 60))


def test_the_funnel_and_the_yields_are_those_of_their_reports(coordinator):
    steps_told = {row["step"]: f"{row['count']:,}" for row in told(coordinator, "funnel")["rows"]}
    tree = told(coordinator, "yields")
    kinds = {row["kind"]: [f"{row['positions']:,}", f"{row['yields']:,}"] for row in tree["rows"]}

    async def steps(pilot):
        await pressed(pilot, "3")
        assert {name: line[1] for name, line in lines(pilot).items()} == steps_told
        await pressed(pilot, "4")
        shown = lines(pilot)
        assert {name: line[1:3] for name, line in shown.items() if name in KINDS} == kinds
        assert shown["all"][1] == f"{tree['total']['positions']:,}"
        assert str(table(pilot).get_row_at(1)[0]) == "  of which acute-job"

    at_the_board(coordinator, steps)


def test_targets_overdue_and_cohorts_are_those_of_their_reports(coordinator):
    goals = told(coordinator, "targets")["rows"]
    late = told(coordinator, "overdue", "--all", "--by", "office")
    calls, visits = (told(coordinator, "cohorts", "--of", of) for of in ("calls", "visits"))
    eight = calls["total"][3]

    async def steps(pilot):
        await pressed(pilot, "5")
        assert [line[1:3] for line in lines(pilot).values()] == [
            [f"{goal['reached']:,}", f"{goal['number']:,}"] for goal in goals
        ]
        assert [line[5] for line in lines(pilot).values()] == [f"{goal['forecast']:,}" for goal in goals]
        await pressed(pilot, "6")
        numbers = [[*row.values()][1:] for row in late["rows"]]
        assert [line[1:] for line in lines(pilot).values()] == [
            [f"{number:,}" for number in row] for row in ([*late["total"].values()], *numbers)
        ]
        await pressed(pilot, "7")
        shown = lines(pilot)
        assert [line[1] for line in shown.values()][2:] == [
            f"{base.get(week, 0):,}" for base in [{row["week"]: row["base"] for row in calls["rows"]}] for week in shown
        ][2:]
        assert shown["all"][8] == f"{eight['share'] * 100:.1f} %"
        assert shown["of so many"][8] == f"{eight['base']:,}"
        assert {week: line[10] for week, line in shown.items() if line[10] not in ("", "0")} == {
            "all": f"{sum(row['base'] for row in visits['rows']):,}",
            **{row["week"]: f"{row['base']:,}" for row in visits["rows"]},
        }

    at_the_board(coordinator, steps, size=(300, 60))


@pytest.mark.parametrize(
    ("view", "by"),
    [*((view, "region") for view in VIEWS), *(("groups", by) for by in DIMENSIONS.values() if by != "region")],
)
def test_every_number_opens_to_exactly_what_it_counted(coordinator, view, by):
    opening_cells = 0
    with opened(coordinator, "--to", "2013-03-31", "--region", "Sjælland") as board:
        moment = Present(board.session)
        figures = refresh(moment, Question(view, board.question.options, by), None)
        for line in figures.sheet.lines:
            for cell in line.cells:
                number = cell.text.replace(",", "")
                if cell.drill_down and number.isdecimal():
                    listed = read_entries(moment, figures, cell.drill_down)
                    assert amount(cell.drill_down, listed).split()[0] == cell.text, (line.name, cell)
                    opening_cells += 1

    assert opening_cells >= (2 if view == "targets" else 8)


# Keys


def test_keys_go_from_view_to_view(consultant):
    async def steps(pilot):
        views = []
        for key in ("tab", "tab", "tab", "tab", "shift+tab", "1"):
            await pressed(pilot, key)
            views.append(pilot.app.question.view)
        names = list(VIEWS)
        assert views == [*names[1:5], names[3], "rates"]

    at_the_board(consultant, steps)


def test_enter_opens_the_entries_of_a_number_and_escape_goes_back(coordinator):
    total = told(coordinator, "rates")["total"]

    async def steps(pilot):
        await pressed(pilot, "enter")
        assert isinstance(pilot.app.screen, EntriesScreen)
        assert table(pilot).row_count == total["visits_with_yield"]
        assert said(pilot, "counted").startswith(
            "visits_with_yield: held visits with at least one yield.\n"
            f"{total['visits_with_yield']} entries. Campaign luk-op."
        )
        assert said(pilot, "entry").startswith("visit ")
        await pressed(pilot, "escape")
        assert not isinstance(pilot.app.screen, EntriesScreen)
        await pressed(pilot, "left", "enter")
        assert "This is no count." in said(pilot, "state")

    at_the_board(coordinator, steps)


def test_a_long_list_is_drawn_as_far_as_somebody_goes_down(coordinator):
    calls = told(coordinator, "rates")["total"]["calls"]

    async def steps(pilot):
        await pressed(pilot, "down", "right", "right", "right", "enter")
        assert len(pilot.app.screen.entries) == calls > 2 * table(pilot).row_count
        drawn = table(pilot).row_count
        await pressed(pilot, *["ctrl+end"] * 20)
        assert drawn < table(pilot).row_count == calls
        assert said(pilot, "entry").startswith(f"call {pilot.app.screen.entries[-1].entry[:8]}")

    with patch("campaign.board.entries_screen._PAGE", 100):
        at_the_board(coordinator, steps)


def test_help_says_what_each_figure_means(consultant):
    async def steps(pilot):
        for key in ("f1", "question_mark"):
            await pressed(pilot, key)
            assert isinstance(pilot.app.screen, HelpScreen)
            shown = {str(static.content) for static in pilot.app.screen.query(Static)}
            assert {*COUNTS, *COUNTS.values(), *RATES} <= shown
            await pressed(pilot, "escape")
            assert not isinstance(pilot.app.screen, HelpScreen)

    at_the_board(consultant, steps)


def test_q_and_interrupting_end_it(consultant):
    for keys in (["q"], ["ctrl+c"], ["enter", "q"], ["f1", "ctrl+c"]):

        async def steps(pilot, keys=keys):
            await pilot.press(*keys)
            await pilot.pause()
            assert pilot.app._exit

        at_the_board(consultant, steps)


# It keeps up


def test_what_somebody_logs_meanwhile_is_shown_and_said(consultant):
    async def steps(pilot):
        await pressed(pilot, "down", "right")
        before, place = lines(pilot)["call_hit_rate"], table(pilot).cursor_coordinate
        consultant.on("2012-11-12", "12:34").says("call", BARBER, "busy")
        await looked(pilot)
        assert before[3:5] == ["1", "1"]
        assert lines(pilot)["call_hit_rate"][3:5] == ["1", "2"]
        assert said(pilot, "state").startswith("As of 13:34, entry ")
        assert "New at 13:34: entr" in said(pilot, "state")
        assert table(pilot).cursor_coordinate == place

    at_the_board(consultant, steps)


def test_nothing_is_read_anew_while_nothing_is_logged(consultant):
    async def steps(pilot):
        rows = pilot.app.current.rows
        consultant.on("2012-11-12", "12:01")
        await looked(pilot)
        assert pilot.app.current.rows is rows
        assert said(pilot, "state").startswith("As of 13:01, entry ")

    at_the_board(consultant, steps)


async def _calls_after_a_moment(pilot):
    await pilot.pause(0.02)
    return lines(pilot)["reach_rate"][4]


def test_it_looks_by_itself(consultant):
    async def steps(pilot):
        consultant.says("call", BARBER, "busy")
        seen = [await _calls_after_a_moment(pilot)]
        while seen[-1] != "2" and len(seen) < 100:
            seen.append(await _calls_after_a_moment(pilot))
        assert seen[-1] == "2"

    with patch.object(boards, "_PAUSE", 0.02):
        at_the_board(consultant, steps)


def test_when_the_day_ends_what_was_planned_is_overdue(consultant):
    async def steps(pilot):
        assert lines(pilot)["visits_overdue"][3] == "0"
        consultant.on("2012-11-13", "23:30")
        await looked(pilot)
        assert lines(pilot)["visits_overdue"][3] == "1"
        assert said(pilot, "state").startswith("As of 00:30, ")

    at_the_board(consultant, steps)


def test_a_number_opens_to_what_it_counted_though_more_was_logged_since(consultant):
    async def steps(pilot):
        await pressed(pilot, "down", "right", "right", "right")
        consultant.says("call", BARBER, "busy")
        await pressed(pilot, "enter")
        assert table(pilot).row_count == 1
        await pressed(pilot, "escape")
        await looked(pilot)
        await pressed(pilot, "enter")
        assert table(pilot).row_count == 2

    at_the_board(consultant, steps)


@pytest.mark.files
def test_a_fault_of_the_store_is_said_and_the_last_figures_stay(consultant):
    log = consultant.home / "events.db"

    async def steps(pilot):
        before = lines(pilot)
        log.rename(log.with_name("away.db"))
        consultant.on("2012-11-12", "12:10")
        await looked(pilot)
        assert said(pilot, "state").startswith(f"! {log} cannot be read:")
        assert "As of 13:00, entry " in said(pilot, "state")
        assert lines(pilot) == before
        await pressed(pilot, "enter")
        assert f"! The log {log} is gone" in said(pilot, "counted")
        await pressed(pilot, "escape")
        log.with_name("away.db").rename(log)
        await looked(pilot)
        assert said(pilot, "state").startswith("As of 13:10, entry ")

    at_the_board(consultant, steps)


def test_a_mistake_in_the_program_ends_it_and_is_not_hidden(consultant):
    async def steps(pilot):
        with patch.object(boards, "refresh", side_effect=ZeroDivisionError):
            pilot.app.poll()
            with pytest.raises(WorkerCancelled):
                await settled(pilot)
            assert isinstance(pilot.app.return_value, ZeroDivisionError)

    at_the_board(consultant, steps)


def test_it_keeps_up_behind_the_entries_of_a_number(consultant):
    async def steps(pilot):
        await pressed(pilot, "enter")
        consultant.says("call", BARBER, "busy")
        await looked(pilot)
        await pressed(pilot, "escape")
        assert lines(pilot)["reach_rate"][4] == "2"

    at_the_board(consultant, steps)


# Filters


async def filled(pilot, **words: str) -> None:
    """Fills the form and sends it."""
    await pressed(pilot, "f")
    for name, word in words.items():
        pilot.app.screen.query_one(f"#{name.rstrip('_')}", Input).value = word
    await pressed(pilot, "enter")


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ({"office": "København, 147"}, ["--office", "101", "--office", "147"]),
        ({"week": "2013-W07"}, ["--week", "2013-W07"]),
        ({"from_": "februar 2013", "to": "2013-02-20"}, ["--from", "2013-02-01", "--to", "2013-02-20"]),
        ({"kind": "Ordinært job"}, ["--kind", "ordinary-job"]),
    ],
)
def test_a_filter_narrows_as_the_option_does(coordinator, form, options):
    narrowed = told(coordinator, "rates", *options)["total"]

    async def steps(pilot):
        await filled(pilot, **form)
        shown = lines(pilot)
        assert shown["visit_hit_rate"][3:5] == [f"{narrowed[n]:,}" for n in ("visits_with_yield", "visits_held")]
        assert shown["positions"][3] == f"{narrowed['positions']:,}"
        assert said(pilot, "about") != "Campaign luk-op."
        await pressed(pilot, "x")
        assert said(pilot, "about") == "Campaign luk-op."

    at_the_board(coordinator, steps)


def test_a_week_that_was_chosen_stands_in_its_field_and_another_takes_its_place(coordinator):
    narrowed = told(coordinator, "rates", "--week", "2013-W08")["total"]

    async def steps(pilot):
        await filled(pilot, week="2013-W07")
        await pressed(pilot, "f")
        assert [pilot.app.screen.query_one(f"#{name}", Input).value for name in ("week", "from", "to")] == [
            *("2013-W07", "", ""),
        ]
        await pressed(pilot, "escape")
        await filled(pilot, week="2013-W08")
        assert lines(pilot)["reach_rate"][4] == f"{narrowed['calls']:,}" != "0"

    at_the_board(coordinator, steps)


def test_tab_goes_from_field_to_field_and_what_is_typed_is_taken(coordinator):
    narrowed = told(coordinator, "rates", "--office", "101", "--week", "2013-W07")["total"]

    async def steps(pilot):
        await pressed(pilot, "f", *"101", "tab", *"2013w07", "shift+tab", "enter")
        assert lines(pilot)["reach_rate"][4] == f"{narrowed['calls']:,}" != "0"
        assert pilot.app.question.view == "rates"

    at_the_board(coordinator, steps)


def test_options_are_where_it_starts_and_the_form_keeps_those_it_has_no_field_for(coordinator):
    narrowed = told(coordinator, "rates", "--region", "Sjælland", "--office", "306", "--to", "2013-01-31")["total"]

    async def steps(pilot):
        assert said(pilot, "about") == "Campaign luk-op; contacts to 2013-01-31; regions Sjælland."
        await pressed(pilot, "f")
        assert pilot.app.screen.query_one("#to", Input).value == "2013-01-31"
        pilot.app.screen.query_one("#office", Input).value = "306"
        await pressed(pilot, "enter")
        assert lines(pilot)["reach_rate"][4] == f"{narrowed['calls']:,}"
        assert "regions Sjælland" in said(pilot, "about")

    at_the_board(coordinator, steps, "--region", "Sjælland", "--to", "2013-01-31")


@pytest.mark.parametrize(
    ("form", "options"),
    [
        ({"office": "Odsherad"}, ["--office=Odsherad"]),
        ({"from_": "the day before"}, ["--from=the day before"]),
        ({"week": "2013-W54"}, ["--week=2013-W54"]),
        ({"kind": "acute"}, ["--kind=acute"]),
        ({"week": "2013-W07", "to": "2013-02-20"}, ["--week=2013-W07", "--to=2013-02-20"]),
        ({"from_": "2013-02-01", "to": "2013-01-01"}, ["--from=2013-02-01", "--to=2013-01-01"]),
        ({"office": "0101701234"}, ["--office=0101701234"]),
    ],
)
def test_wrong_words_are_refused_as_on_the_command_line(coordinator, form, options):
    refused = coordinator.types("rates", *options).stderr.strip().replace("campaign rates", "campaign board")

    async def steps(pilot):
        await filled(pilot, **form)
        assert isinstance(pilot.app.screen, FiltersScreen)
        assert said(pilot, "wrong") == f"! {refused}"
        await pressed(pilot, "escape")
        assert said(pilot, "about") == "Campaign luk-op."

    at_the_board(coordinator, steps)


# What it is drawn on


@pytest.mark.parametrize("size", [(20, 5), (80, 24)])
def test_in_any_window_columns_are_drawn_whole(consultant, size):
    async def steps(pilot):
        for key in ("1", "o", "i"):
            await pressed(pilot, key)
            for move in ("right", "end"):
                await pilot.press(move)
                drawn = table(pilot)
                wide = sum(column.get_render_width(drawn) for column in drawn.columns.values())
                assert wide < drawn.size.width or len(drawn.columns) <= 2
        await pressed(pilot, "4", "3", "enter", "down", "end", "escape", "f", "escape", "f1", "escape")

    at_the_board(consultant, steps, size=size)


def test_every_column_can_be_reached_at_80_and_those_out_of_sight_are_named(coordinator):
    async def steps(pilot):
        await pressed(pilot, "o")
        assert "Right: call hit rate, companies called, acceptance rate, positions." in said(pilot, "remarks")
        seen = {*table(pilot).drawn_columns}
        for _ in table(pilot).sheet.headings:
            await pressed(pilot, "right")
            seen |= {*table(pilot).drawn_columns}
        assert seen == {*range(len(table(pilot).sheet.headings))}
        assert "Left: held, with yield" in said(pilot, "remarks")

    at_the_board(coordinator, steps, size=(80, 24))


def test_a_number_that_grows_stays_whole(consultant):
    async def steps(pilot):
        await pressed(pilot, "o")
        with patch("campaign.reports.formats.number", lambda value: f"{value:,}" if value < 2 else "1,234,567"):
            consultant.says("call", BARBER, "busy")
            await looked(pilot)
        at = [heading.words for heading in table(pilot).sheet.headings].index("calls")
        drawn = table(pilot).drawn_columns.index(at)
        assert table(pilot).ordered_columns[drawn].width == len("1,234,567")
        assert str(table(pilot).get_row_at(0)[drawn]) == "1,234,567"

    at_the_board(consultant, steps)


def test_a_name_is_text_whatever_is_written_in_it(consultant):
    consultant.says("company", BAKERY, "--name", "[bold]Ærø[/red] [@click=app.quit]x[/] bageri")

    async def steps(pilot):
        await pressed(pilot, *["down"] * 10, "right", "right", "enter")
        assert table(pilot).row_count == 1
        assert "[bold]Ærø[/red] [@click=app.quit]x[/] bageri" in said(pilot, "entry")
        assert "[bold]Ærø[/red]" in pilot.app.export_screenshot().replace("&#160;", " ")

    at_the_board(consultant, steps)


def test_no_color_draws_no_colour(coordinator, monkeypatch):
    monkeypatch.setitem(coordinator.environment, "NO_COLOR", "1")

    async def steps(pilot):
        await pressed(pilot, "o")
        assert table(pilot).show_vertical_scrollbar
        strips = pilot.app.screen._compositor.render_strips()
        styles = [segment.style for strip in strips for segment in strip if segment.style]
        colours = {colour for style in styles for colour in (style.color, style.bgcolor)}
        assert {colour for colour in colours if colour and not colour.is_default} == set()
        assert any(style.reverse for style in styles)
        assert f"{table(pilot).row_count} lines." in said(pilot, "remarks")

    at_the_board(coordinator, steps, size=(80, 24))


# What is refused


@pytest.mark.files
def test_a_region_reads_totals_and_no_entry(consultant):
    async def steps(pilot):
        with patch("campaign.storage.sqlite.workspace.SqliteWorkspace.access", Access(region="Sjælland")):
            await pressed(pilot, "enter")
            assert "! A region reads the totals of its offices, and a single entry is not among them." in said(
                pilot, "counted"
            )
            await pressed(pilot, "escape", "i")
            assert "! A region reads the totals of its offices, and the industry" in said(pilot, "state")
            assert "[1 Rates]" in said(pilot, "views")
            await pressed(pilot, "6")
            assert "! A region reads the totals of its offices, and what is overdue" in said(pilot, "state")

    at_the_board(consultant, steps)


@pytest.mark.files
def test_a_home_of_a_newer_store_is_refused(consultant, monkeypatch):
    monkeypatch.setattr("campaign.terminal.prompts.can_ask", lambda: True)
    with closing(sqlite3.connect(consultant.home / "events.db")) as log, log:
        log.execute("PRAGMA user_version = 99")

    result = consultant.types("board", columns=80)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "A newer version wrote this data directory (store 99, this one knows 1). Upgrade first.\n"


REFUSED = {"piped": ((), None), "json": (("--json",), 80), "output": (("-o", "board.txt"), 80)}


@pytest.mark.parametrize("name", REFUSED)
def test_where_it_cannot_be_drawn_it_says_so(consultant, golden, name):
    words, columns = REFUSED[name]

    result = consultant.types("board", *words, columns=columns)

    assert (result.exit_code, result.stdout) == (2, "")
    golden(f"screens/refused-board-{name}.txt", result.stderr)


def test_a_dumb_terminal_is_told_what_there_is_instead(consultant, golden):
    with patch("campaign.terminal.output.is_dumb", lambda: True):
        result = consultant.types("board", columns=80)

    assert (result.exit_code, result.stdout) == (2, "")
    golden("screens/refused-board-dumb.txt", result.stderr)


@pytest.mark.parametrize("words", [["--consultant", "nobody"], ["--size", "10-20"], ["--campaign", "luk-po"]])
def test_words_that_are_wrong_from_the_start_end_it_before_it_opens(consultant, words, monkeypatch):
    monkeypatch.setattr("campaign.terminal.prompts.can_ask", lambda: True)

    refused = consultant.types("rates", *words)

    assert refused.exit_code == 1
    result = consultant.types("board", *words, columns=80)
    assert (result.exit_code, result.stderr) == (1, refused.stderr)


# What the entries behind a cell are narrowed by


def test_narrowing_keeps_what_was_asked_for(noon):
    scope = Scope(today=noon.date(), kinds=("acute-job",), first=noon.date())

    assert scope.within("kind", "ordinary-job").kinds == ("acute-job",)
    assert scope.within("support_class", "ordinary").kinds == ("acute-job",)
    assert scope.within("month", "2012-11").first == noon.date()
    assert scope.within("month", "2012-11").last == noon.date()
    assert scope.within("size", "unknown").sizes == ("unknown",)
