"""Proving exports: an untouched file is equal, and every single edit of file or log is found and named."""

import codecs
import json
import random
import shutil

import pytest
from stress.edits import ENDINGS, LOG_EDITS, alter, edited
from terminal_user import BAKERY, BARBER, TIMBER, new_consultant

from campaign.publishing.suppression import figures_of, with_suppressed
from campaign.publishing.totals.manifest import digest, seal
from campaign.publishing.totals.request import FORMATS
from campaign.publishing.verification import _letters

CALLS = 7


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Somebody with a campaign of some calls, two visits and what they brought, on two days."""
    somebody = new_consultant(tmp_path_factory.mktemp("proved") / "home")
    for number in range(CALLS):
        somebody.says("call", (TIMBER, BAKERY, BARBER)[number % 3], "no-answer", "--again")
    somebody.says("call", TIMBER, "accepted", "--visit", "2012-11-13")
    somebody.on("2012-11-14").says("visit", TIMBER, "held", "--on", "2012-11-13", "--yield", "wage-subsidy:9")
    somebody.says("visit", BAKERY, "held", "--on", "2012-11-14", "--yield", "acute-job:7")
    return somebody


def exported(somebody, path, form="json", *words, by="office,month"):
    """A file of totals of theirs."""
    somebody.says("export", "totals", "--by", by, "--format", form, "-o", str(path), "--force", *words)
    return path


def verified(somebody, path, *words):
    """The exit code, and all that was said."""
    result = somebody.types("export", "verify", str(path), *words)
    return result.exit_code, result.output


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("words", [("--internal", "--suppress-below", "0", "--lang", "da"), ("--as-of", "2012-11-13")])
def test_an_untouched_file_is_equal_also_when_the_log_went_on(told, tmp_path, form, words):
    path = exported(told, tmp_path / f"totals.{ENDINGS[form]}", form, *words)
    told.says("call", BARBER, "busy", "--again")

    code, said = verified(told, path)

    assert (code, said.splitlines()[0].partition(" are what")[0].partition(":")[0]) == (0, "Equal")


@pytest.mark.parametrize("form", FORMATS)
def test_every_single_edit_of_a_file_is_found_and_named(told, tmp_path, form):
    path = exported(told, tmp_path / f"totals.{ENDINGS[form]}", form)
    whole, chance = path.read_bytes(), random.Random(form)

    for number in range(10):
        content = edited(form, whole, chance)
        path.write_bytes(content)
        code, said = verified(told, path)
        assert code in ((2, 4) if content != whole else (0,)), (number, said)
        assert str(path) in said, number


@pytest.mark.parametrize(
    "name", ["position", "head", "hidden", "rule", "made_by", "sha256", "seal", "left_out", "measures"]
)
def test_an_edit_of_what_a_file_says_of_itself_is_found_and_named(told, tmp_path, name):
    path = exported(told, tmp_path / "totals.json")
    said = json.loads(path.read_text())
    said["manifest"][name] = {"another": 1} if isinstance(said["manifest"][name], dict) else "another"
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2))

    code, told_of = verified(told, path)

    assert code == 4
    assert (
        "The log is not what" in told_of if name == "head" else "about the figures" in told_of or "altered" in told_of
    )


@pytest.mark.parametrize(
    ("name", "value"), [("suppress_below", 6), ("by", ["month", "office"]), ("day", "2012-11-15"), ("offices", ["306"])]
)
def test_an_edit_of_what_was_asked_for_is_found(told, tmp_path, name, value):
    path = exported(told, tmp_path / "totals.json")
    said = json.loads(path.read_text())
    said["manifest"]["request"][name] = value
    path.write_text(json.dumps(said, ensure_ascii=False, indent=2))

    code, told_of = verified(told, path)

    assert code == 4, told_of


def test_a_cell_that_was_altered_is_named_with_both_figures(told, tmp_path):
    path = exported(told, tmp_path / "totals.csv", "csv", by="office")
    path.write_text(path.read_text(encoding="utf-8").replace(",16,", ",15,", 1), encoding="utf-8", newline="")
    shown = path.read_text().splitlines()[1]

    code, said = verified(told, path)

    assert (code, ",15," in shown) == (4, True)
    assert "306 Odsherred: positions: the file says 15, the log gives 16" in said


def test_a_figure_that_is_shown_though_it_tells_of_few_is_named(told, tmp_path):
    shown = exported(told, tmp_path / "all.json", "json", "--internal", "--suppress-below", "0", by="office")
    hidden = exported(told, tmp_path / "totals.json", by="office")
    rows = {name: json.loads(path.read_text()) for name, path in (("shown", shown), ("hidden", hidden))}
    hidden.write_text(
        json.dumps(
            {"manifest": rows["hidden"]["manifest"], "rows": rows["shown"]["rows"]}, ensure_ascii=False, indent=2
        )
    )

    code, said = verified(told, hidden)

    assert code == 4
    assert "the log gives hidden" in said


def hiding(monkeypatch, choice):
    """Exports hide what ``choice`` says of the true counts, as another version of the solver might."""

    def suppress(tables, below, earlier=None):
        figures = figures_of(tables).values
        return with_suppressed(tables, frozenset(place for place, count in figures.items() if choice(count)))

    monkeypatch.setattr("campaign.publishing.publish.suppress", suppress)


def test_a_file_that_hides_otherwise_than_would_be_chosen_here_is_equal_while_nothing_is_told(
    told, tmp_path, monkeypatch
):
    hiding(monkeypatch, lambda count: count > 0)
    path = exported(told, tmp_path / "totals.json", by="office")
    monkeypatch.undo()

    assert verified(told, path)[0] == 0


def test_a_file_that_hides_too_little_is_found_although_all_it_shows_is_true(told, tmp_path, monkeypatch):
    hiding(monkeypatch, lambda count: 0 < count < 5 and count != 2)
    path = exported(told, tmp_path / "totals.json", by="office")
    monkeypatch.undo()

    code, said = verified(told, path)

    assert code == 4
    assert "306 Odsherred: visits_held: it is to be hidden, and the file tells it" in said


@pytest.mark.parametrize("field", ["made_by", "against"])
def test_a_file_that_shows_what_is_small_is_found_however_well_it_was_sealed(told, tmp_path, field):
    shown = json.loads(exported(told, tmp_path / "all.json", "json", "--internal", "--suppress-below", "0").read_text())
    path = exported(told, tmp_path / "totals.json")
    said = json.loads(path.read_text())
    said["manifest"] |= {field: "0" * 64, "hidden": 0, "sha256": digest({"totals": shown["rows"]})}
    said["manifest"]["seal"] = seal(said["manifest"])
    path.write_text(
        json.dumps({"manifest": said["manifest"], "rows": shown["rows"]}, ensure_ascii=False, indent=2) + "\n"
    )

    code, told_of = verified(told, path)

    assert code == 4
    assert "it is to be hidden, and the file tells it" in told_of


@pytest.mark.parametrize("form", ["csv", "tsv", "excel-csv"])
def test_a_byte_order_mark_that_came_or_went_is_found(told, tmp_path, form):
    path = exported(told, tmp_path / f"totals.{ENDINGS[form]}", form)
    content = path.read_bytes()
    path.write_bytes(content.removeprefix(codecs.BOM_UTF8) if form == "excel-csv" else codecs.BOM_UTF8 + content)

    code, said = verified(told, path)

    assert (code, "line 1" in said) == (4, True)


@pytest.mark.parametrize(
    "change",
    [
        {"measures": []},
        {"left_out": None},
        {"left_out": {"a": "b"}},
        {"sha256": None},
        {"rule": "\ud800"},
        {"request": {"by": ["foo"]}},
        {"request": {"by": ["office", "office"]}},
        {"request": {"suppress_below": 10**30}},
        {"request": {"position": -1}},
    ],
)
def test_whatever_stands_in_a_manifest_ends_in_a_sentence(told, tmp_path, change):
    path = exported(told, tmp_path / "totals.json")
    said = json.loads(path.read_text())
    request = said["manifest"]["request"] | change.get("request", {})
    said["manifest"] |= change | {"request": request}
    path.write_text(json.dumps(said))

    for words in (("verify", str(path)), ("totals", "--against", str(path), "-o", str(tmp_path / "x.json"), "--force")):
        result = told.types("export", *words)
        assert result.exit_code in (2, 4), result.output
        assert "totals.json" in result.stderr


def test_a_file_is_protected_only_against_one_of_the_same_contacts(told, tmp_path):
    earlier = exported(told, tmp_path / "earlier.json")
    words = ("export", "totals", "-o", str(tmp_path / "later.json"), "--against", str(earlier), "--by", "month,office")

    refused = told.types(*words, "--month", "2012-11")

    assert refused.exit_code == 2
    assert "first is another in the earlier" in refused.stderr
    told.says(*words)
    code, said = verified(told, tmp_path / "later.json", "--against", str(earlier))
    assert code == 0
    assert "name it" not in said
    code, said = verified(told, tmp_path / "later.json")
    assert (code, "name it: --against FILE" in said) == (0, True)
    code, said = verified(told, tmp_path / "later.json", "--against", str(tmp_path / "later.json"))
    assert (code, "is not the file that" in said) == (2, True)


def test_a_file_is_protected_only_against_one_of_the_same_dimensions(told, tmp_path):
    earlier = exported(told, tmp_path / "earlier.json", by="month")

    refused = told.types("export", "totals", "--by", "week", "-o", str(tmp_path / "x.json"), "--against", str(earlier))

    assert (refused.exit_code, "by is another in the earlier" in refused.stderr) == (2, True)


def test_an_earlier_file_that_was_altered_is_not_believed(told, tmp_path):
    earlier = exported(told, tmp_path / "earlier.csv", "csv", by="office")
    earlier.write_text(earlier.read_text().replace(",16,", ",15,", 1), newline="")
    said = ("export", "totals", "--by", "office", "-o", str(tmp_path / "x.json"), "--against", str(earlier))

    assert told.types(*said).exit_code == 0, "what it shows is of no matter, what it hides is"

    manifest = tmp_path / "earlier.csv.anchor.json"
    manifest.write_text(manifest.read_text().replace('"hidden": ', '"hidden": 1'))
    refused = told.types(*said, "--force")
    assert (refused.exit_code, "See: campaign export verify" in refused.stderr) == (4, True)


def test_a_workbook_can_be_protected_against_itself(told, tmp_path):
    earlier = exported(told, tmp_path / "earlier.xlsx", "xlsx", by="office")

    later = exported(told, tmp_path / "later.xlsx", "xlsx", "--against", str(earlier), by="office")

    assert verified(told, later, "--against", str(earlier))[0] == 0


def test_a_manifest_that_lies_beside_is_held_against_the_file_too(told, tmp_path):
    path = exported(told, tmp_path / "totals.csv", "csv")
    beside = tmp_path / "totals.csv.anchor.json"
    beside.write_text(beside.read_text().replace('"file_sha256": "', '"file_sha256": "0'))

    code, said = verified(told, path)
    assert (code, "totals.csv.anchor.json" in said) == (4, True)

    beside.unlink()
    code, said = verified(told, path)
    assert (code, "there is no totals.csv.anchor.json beside it" in said) == (2, True)


@pytest.mark.parametrize("statement", LOG_EDITS)
@pytest.mark.files
def test_every_single_edit_of_the_log_is_found_and_its_position_named(told, tmp_path, statement):
    path = exported(told, tmp_path / "totals.json")
    for position in (3, 9):
        altered = tmp_path / f"altered-{position}"
        shutil.copytree(told.home, altered)
        assert alter(altered / "events.db", statement, position)

        result = told.types("export", "verify", str(path), "--home", str(altered))

        assert result.exit_code in (3, 4), result.output
        assert f"osition {position:,}" in result.output or f"osition {position + 1:,}" in result.output, result.output


def test_a_file_that_knows_more_than_the_log_is_of_another_or_of_a_cut_one(told, tmp_path):
    path = exported(told, tmp_path / "totals.json")
    other = new_consultant(tmp_path / "home")

    code, said = verified(other, path)

    assert code == 4
    assert "here it ends at" in said


def test_what_is_no_export_is_refused(told, tmp_path):
    for name, content in (("a.json", "{}"), ("b.xlsx", "PK"), ("c.json", '{"manifest": 1}'), ("d.px", "CHARSET=")):
        (tmp_path / name).write_text(content)
        code, said = verified(told, tmp_path / name)
        assert code in (2, 4)
        assert name in said
    assert verified(told, tmp_path / "none.json")[0] == 2
    assert verified(told, tmp_path)[0] == 2


def test_the_definitions_a_file_was_counted_by_are_told_when_they_are_others(told, tmp_path, monkeypatch):
    path = exported(told, tmp_path / "totals.json")
    monkeypatch.setattr("campaign.publishing.totals.manifest.MEASURES", 2)
    monkeypatch.setattr("campaign.commands.export_verify.MEASURES", 2)

    code, said = verified(told, path)

    assert code == 4
    assert "It was counted by version 1 of the definitions of measures, and this program has 2." in said


def test_columns_of_a_sheet_are_named_as_in_a_spreadsheet():
    assert [_letters(column) for column in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_as_json_every_difference_is_a_row(told, tmp_path):
    path = exported(told, tmp_path / "totals.json", by="office")
    result = told.types("export", "verify", str(path), "--json")

    assert json.loads(result.stdout)["differences"] == []
