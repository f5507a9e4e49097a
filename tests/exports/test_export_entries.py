"""An office's entries for its own archive: what is in the file, what stays out, and what is logged before it leaves."""

import csv
import io
import json
import os
import zipfile
from contextlib import ExitStack
from datetime import UTC, date, datetime
from unittest.mock import Mock

import pytest
from python_calamine import CalamineWorkbook
from terminal_user import BAKERY, TIMBER, new_consultant

from campaign.app import open_tracker
from campaign.errors import SettingsFault, StoreFault
from campaign.files.atomic import open_file
from campaign.publishing.journal.files import COLUMNS, Form, write_workbook
from campaign.publishing.journal.journal import Line, without_numbers
from campaign.publishing.journal.themes import _THEMES, BASES, OUTCOMES, theme
from campaign.storage.checkpoints import checkpoints_in
from campaign.storage.mapper import STORED_NAMES
from domain.facts import Retraction
from domain.outcomes import Outcome
from domain.outreach import Outreach
from domain.permissions import ContactBasis

pytestmark = pytest.mark.both_stores


TRADER = "26382114"
PEOPLE = ("Jens Holm", "33445566", "jens@holm.dk", "mester", "Karen Dahl", "spørg efter")
WHY = ("--with-people", "--because", "the campaign is over")


@pytest.fixture
def office(tmp_path):
    """Odsherred with a call, a note, a visit, a yield, a contact, a call taken back, and a sole trader."""
    somebody = new_consultant(tmp_path / "home")
    somebody.types("call", TIMBER, "accepted", "--visit", "2012-11-20", "--note", "-", answers="spørg efter Jens\n")
    who = ("--name", "Jens Holm", "--role", "mester", "--phone", "33445566", "--email", "jens@holm.dk")
    somebody.says("contact", "add", TIMBER, *who)
    somebody.on("2012-11-20").says("visit", TIMBER, "held", "--yield", "wage-subsidy:2")
    somebody.on("2012-11-21").says("call", BAKERY, "busy")
    somebody.says("undo")
    somebody.says("company", TRADER, "--name", "Karen Dahl", "--form", "10")
    somebody.on("2012-11-22").says("call", TRADER, "no-answer")
    return somebody


def exported(somebody, *words):
    """The rows of the export as JSON."""
    return json.loads(somebody.says("export", "entries", "-o", "-", "--json", *words))["rows"]


def said(somebody, *words):
    return [(row["date"], row["theme"], row["status"]) for row in exported(somebody, *words)]


def test_every_entry_is_there_in_the_order_of_the_log_with_its_day_theme_and_status(office):
    assert said(office) == [
        ("2012-11-12", "Call: accepted", "stands"),
        ("2012-11-12", "Visit booked for 2012-11-20", "stands"),
        ("2012-11-12", "Note", "stands"),
        ("2012-11-12", "Contact named", "stands"),
        ("2012-11-20", "Visit held", "stands"),
        ("2012-11-20", "Yield: Wage-subsidy job, 2 positions", "stands"),
        ("2012-11-21", "Call: busy", "retracted"),
        ("2012-11-21", "Entry taken back", "stands"),
        ("2012-11-22", "Call: no-answer", "stands"),
    ]


def test_an_entry_names_its_author_its_company_its_moment_and_what_it_is_about(office):
    call, booked, note, _, held, brought, gone, back, _ = exported(office)

    assert (call["author"], call["office"], call["cvr"], call["campaign"]) == ("abcd", "306", TIMBER, "luk-op")
    assert (call["company"], call["recorded_at"]) == ("Nordvang Tømrer ApS", "2012-11-12T13:00:00+01:00")
    assert (note["concerns"], held["concerns"], brought["concerns"]) == (
        call["reference"],
        booked["reference"],
        booked["reference"],
    )
    assert (gone["taken_back_in"], gone["because"], back["concerns"]) == (
        back["reference"],
        "undone",
        gone["reference"],
    )
    assert len({row["reference"] for row in exported(office)}) == 9


def test_no_personal_text_is_in_it(office, tmp_path):
    for name in ("e.csv", "e.json", "e.tsv", "e.xlsx"):
        assert office.types("export", "entries", "-o", str(tmp_path / name)).exit_code == 0

    written = (tmp_path / "e.csv").read_text() + (tmp_path / "e.json").read_text() + (tmp_path / "e.tsv").read_text()
    written += str([sheet_of(tmp_path / "e.xlsx", n) for n in ("Entries", "About the figures")])
    assert [text for text in PEOPLE if text in written] == []
    assert "notat" not in written
    assert TRADER in written


def test_with_people_come_notes_contacts_and_names_of_sole_traders_and_no_number_of_anybody(office):
    rows = exported(office, *WHY)

    assert [row["note"] for row in rows if row["note"]] == ["spørg efter Jens"]
    assert [row["contact"] for row in rows if row["contact"]] == ["Jens Holm, mester"]
    assert rows[-1]["company"] == "Karen Dahl"
    assert "33445566" not in str(rows)
    assert "jens@holm.dk" not in str(rows)


@pytest.mark.files  # in a database an officer of data protection erases
def test_what_was_erased_stays_out(office):
    for row in exported(office):
        if row["theme"] in ("Note", "Contact named"):
            office.says("erase", row["reference"], "--because", "asked for", "--no-input")

    rows = exported(office, *WHY)

    assert [row["note"] or row["contact"] for row in rows if row["note"] or row["contact"]] == []
    assert [row["theme"] for row in rows][-2:] == ["Note erased", "Person erased"]


def test_columns_for_personal_texts_are_there_only_with_people(office):
    plain, full = exported(office), exported(office, *WHY)

    assert [set(full[0]) - set(row) for row in plain] == [{"note", "contact"}] * 9


def test_another_campaigns_entries_are_not_in_it_and_contacts_are_in_both(office):
    office.says("plan", "other", "--title", "Other", "--from", "2012-09-03", "--to", "2013-06-30")
    office.says("call", TIMBER, "busy", "--campaign", "other")

    assert len(exported(office, "--campaign", "luk-op")) == 9
    assert [theme for _, theme, _ in said(office, "--campaign", "other")] == ["Contact named", "Call: busy"]


def test_what_was_taken_back_later_stood_as_known_on_a_day_before(office):
    brought = exported(office)[5]["reference"]
    office.says("retract", brought, "--because", "it was another")

    assert exported(office)[5]["status"] == "retracted"
    assert exported(office, "--known-on", "2012-11-20")[5]["status"] == "stands"


@pytest.mark.files
def test_what_the_log_says_was_erased_stays_out_although_its_text_is_still_there(office, monkeypatch):
    note = next(row["reference"] for row in exported(office) if row["theme"] == "Note")
    monkeypatch.setattr("campaign.storage.sqlite.texts.SqliteTexts.forget", lambda *_: 0)
    office.types("erase", note, "--because", "asked for", "--no-input")

    assert "spørg efter" not in str(exported(office, *WHY))


def test_a_text_with_a_number_in_cpr_form_is_left_out():
    assert [without_numbers(text) for text in ("ring 010203-1234", "ring 33445566", "")] == [
        "(CPR)",
        "ring 33445566",
        "",
    ]


def test_that_people_leave_is_logged_before_the_file_is_there(office, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("campaign.publishing.journal.files.write_separated", full)
    path = tmp_path / "e.csv"

    result = office.types("export", "entries", "-o", str(path), *WHY)

    assert result.exit_code != 0
    assert not path.exists()
    (fact,) = handed_over(office)
    assert (fact.because, fact.by, fact.office, fact.at) == ("the campaign is over", "abcd", "306", date(2012, 11, 22))
    assert (fact.narrowed, fact.entries, fact.texts) == ("campaign luk-op; offices 306 Odsherred", 9, 2)


def handed_over(somebody):
    """What the log says was handed over."""
    from campaign.storage.open import open_workspace
    from campaign.terminal import clock
    from domain.campaign import Campaign

    settings = {"database": somebody.environment.get("CAMPAIGN_DATABASE")}
    with ExitStack() as stack:
        workspace = open_workspace(somebody.home, clock.now, settings.get, {}, stack.callback)
        with open_tracker(workspace) as tracker:
            return tracker.campaign("luk-op").effective(Campaign.TextsHandedOver)


def test_a_hand_over_is_not_undone_and_not_retracted(office):
    exported(office, *WHY)
    (fact,) = handed_over(office)

    refused = office.types("retract", fact.entry.hex, "--because", "by mistake")
    undone = office.says("undo")

    assert (refused.exit_code, "texts were handed over" in refused.stderr) == (1, True)
    assert "no-answer" in undone
    assert handed_over(office) == [fact]


def test_without_people_nothing_is_logged(office):
    before = office.log

    exported(office)

    assert office.log == before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--with-people",), "--because TEXT"),
        (("--because", "asked for"), "Leave --because out"),
        (("--with-people", "--because", " "), "The reason is empty"),
        (("--office", "101"), "Entries are handed over of your own office only, 306"),
        (("--format", "xlsx"), "A workbook cannot be shown on stdout"),
    ],
)
def test_what_is_refused_is_said_in_one_line_and_nothing_is_logged(office, words, told):
    before = office.log

    result = office.types("export", "entries", "-o", "-", *words)

    assert (result.exit_code != 0, result.stdout) == (True, "")
    assert len(result.stderr.splitlines()) == 1
    assert told in result.stderr
    assert office.log == before


def test_an_export_names_its_file_and_what_form_it_has(office, tmp_path):
    assert "Say which file" in office.types("export", "entries").stderr
    assert "ends in no format" in office.types("export", "entries", "-o", str(tmp_path / "e.doc")).stderr
    path = tmp_path / "e.csv"
    path.write_text("old")
    assert "is there already" in office.types("export", "entries", "-o", str(path), *WHY).stderr
    assert handed_over(office) == []


def test_filters_and_both_clocks_narrow_it(office):
    assert len(exported(office, "--from", "2012-11-21")) == 3
    assert len(exported(office, "--to", "2012-11-12")) == 4
    assert len(exported(office, "--as-of", "2012-11-20")) == 6
    assert [row["status"] for row in exported(office, "--known-on", "2012-11-20")] == ["stands"] * 6
    assert len(exported(office, "--consultant", "abcd")) == 9
    assert len(exported(office, "--region", "Sjælland")) == 9
    assert exported(office, "--region", "Hovedstaden") == []
    assert {row["cvr"] for row in exported(office, "--size", "unknown")} == {TRADER}
    assert "Yield" not in str(said(office, "--kind", "internship"))
    assert "Yield" in str(said(office, "--kind", "supported"))


def test_another_offices_entries_are_not_in_it(office):
    office.types("--office", "147", "call", TIMBER, "busy")

    assert {row["office"] for row in exported(office)} == {"306"}
    assert [
        row["theme"]
        for row in json.loads(office.says("--office", "147", "export", "entries", "-o", "-", "--json"))["rows"]
    ] == ["Call: busy"]


def test_an_entry_that_stands_again_stands_and_what_had_taken_it_back_does_not(office):
    rows = exported(office)
    back = next(row["reference"] for row in rows if row["theme"] == "Entry taken back")

    office.says("retract", back, "--because", "it was right")

    by_id = {row["reference"]: row for row in exported(office)}
    assert by_id[back]["status"] == "retracted"
    assert by_id[by_id[back]["concerns"]]["status"] == "stands"


@pytest.mark.files
def test_an_entry_that_was_imported_anew_is_replaced(office, tmp_path):
    head = "ref;cvr;called_at;consultant;office;outcome\n"
    for outcome, more in (("busy", ()), ("no-answer", ("--update",))):
        (tmp_path / "calls.csv").write_text(f"{head}7;{BAKERY};2012-11-15;abcd;306;{outcome}\n")
        result = office.types("import", str(tmp_path / "calls.csv"), *more)
        assert result.exit_code == 0, result.output

    assert [row["status"] for row in exported(office) if row["date"] == "2012-11-15"] == ["replaced", "stands"]


def test_two_exports_at_one_position_are_the_same_to_the_byte(office, tmp_path):
    for name in ("e.csv", "e.tsv", "e.json", "e.xlsx"):
        one, two = tmp_path / f"1-{name}", tmp_path / f"2-{name}"
        office.on("2012-11-23").says("export", "entries", "-o", str(one))
        office.on("2013-01-23").says("export", "entries", "-o", str(two))
        assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as workbook:
        assert b"2012-11-22T00:00:00Z" in workbook.read("docProps/core.xml")


def test_every_file_carries_the_head_of_the_log(office, tmp_path):
    for name, carrier in (("e.csv", "e.csv.anchor.json"), ("e.json", "e.json"), ("e.xlsx", "e.xlsx")):
        office.says("export", "entries", "-o", str(tmp_path / name))
        (anchor,) = checkpoints_in(tmp_path / carrier)
        assert anchor.head.position > 0
        assert office.types("verify", "--anchor", str(tmp_path / carrier)).exit_code == 0


def sheet_of(path, name):
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(name).to_python()


def test_a_workbook_has_days_and_moments_as_such_and_codes_as_text(office, tmp_path):
    office.says("export", "entries", "-o", str(tmp_path / "e.xlsx"))

    headings, *lines = sheet_of(tmp_path / "e.xlsx", "Entries")
    rows = exported(office)
    assert headings == [COLUMNS[name].heading.english for name in rows[0]]
    assert [line[0] for line in lines] == [date.fromisoformat(row["date"]) for row in rows]
    moments = [datetime.fromisoformat(row["recorded_at"]).replace(tzinfo=None) for row in rows]
    assert [line[9] for line in lines] == moments
    for number in (1, 2, 3, 6, 8, 10, 12):
        assert [line[number] for line in lines] == [list(row.values())[number] or "" for row in rows]
    about = dict(line[:2] for line in sheet_of(tmp_path / "e.xlsx", "About the figures"))
    assert about["personal texts"] == "none"
    assert {COLUMNS[name].heading.english for name in rows[0]} <= set(about)


def test_it_is_written_in_danish_when_that_is_the_language(office, tmp_path):
    shown = office.says("export", "entries", "-o", "-", "--lang", "da", "--format", "csv")
    office.environment["CAMPAIGN_LANG"] = "da"

    assert office.says("export", "entries", "-o", "-", "--format", "csv") == shown
    lines = list(csv.DictReader(io.StringIO(shown)))
    assert lines[5]["tema"] == "Resultat: Job med løntilskud, 2 pladser"
    assert [line["status"] for line in lines][5:8] == ["gælder", "taget tilbage", "gælder"]


LINE = Line(
    *(date(2012, 11, 12), "Note", "=cmd", "a" * 32, "", "luk-op", TIMBER, "<r><t>X</t></r>", "306"),
    *(datetime(2012, 11, 12, 13, tzinfo=UTC), "stands", "@SUM(A1)", "", "=1+1", ""),
)


def test_no_cell_is_run_as_a_formula_or_taken_for_xml(tmp_path):
    form = Form("en", True, {"made by": "=1"})
    with open_file(tmp_path / "e.xlsx") as file:
        write_workbook(file, [LINE], form, date(2012, 11, 12))

    (_, line) = sheet_of(tmp_path / "e.xlsx", "Entries")
    assert (line[2], line[7], line[11], line[13]) == ("'=cmd", "'<r><t>X</t></r>", "'@SUM(A1)", "'=1+1")


def test_more_entries_than_a_sheet_takes_are_refused_and_no_file_is_left(tmp_path, monkeypatch):
    monkeypatch.setattr("campaign.publishing.journal.files.MOST_ROWS", 2)

    with pytest.raises(SettingsFault, match="Narrow the period"), open_file(tmp_path / "e.xlsx") as file:
        write_workbook(file, [LINE] * 3, Form("en", False, {}), date(2012, 11, 12))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("force", [False, True])
def test_what_is_written_in_parts_is_put_as_whole_as_any_file(tmp_path, force):
    path = tmp_path / "e.csv"
    with open_file(path, force) as file:
        file.write(b"whole")
        assert not path.exists()
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("e.csv", b"whole")]

    with pytest.raises(StoreFault, match="No space left"):
        _half_written(path)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("e.csv", b"whole")]


def test_a_full_disk_leaves_no_half_file_of_what_is_written_in_parts(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFault, match="No space left"), open_file(tmp_path / "e.csv") as file:
        file.write(b"whole")
    assert list(tmp_path.iterdir()) == []


def _half_written(path):
    with open_file(path, True) as file:
        file.write(b"half")
        raise OSError(28, "No space left on device")


def test_a_file_made_while_parts_were_being_written_is_not_replaced(tmp_path):
    path = tmp_path / "e.csv"

    with pytest.raises(SettingsFault, match="is there already"), open_file(path):
        path.write_bytes(b"somebody else's")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("e.csv", b"somebody else's")]


def test_every_kind_of_entry_has_a_theme_in_both_languages():
    kinds = {kind for kind in STORED_NAMES.values() if issubclass(kind, Outreach.Event) and kind is not Outreach.Opened}

    assert {kind for kind in kinds if not issubclass(kind, Retraction)} <= set(_THEMES)
    assert (set(OUTCOMES), set(BASES)) == (set(Outcome), set(ContactBasis))
    assert theme(Mock(spec=Outreach.EntryRetracted), "da") == "Registrering taget tilbage"
