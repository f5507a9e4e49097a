"""Corrections between two exports: each total that changed, by what, and in words a region can publish."""

import json

import pytest
from campaign_builder import CampaignBuilder, day, report_scope
from campaign_strategies import log_stories, mixtures, plans
from hypothesis import given, settings
from hypothesis import strategies as st
from terminal_user import BAKERY, BARBER, TIMBER, new_consultant

from campaign.publishing.revision_note import line
from campaign.publishing.revisions import Revision
from campaign.publishing.totals.groups import narrowed
from campaign.publishing.totals.totals import table_from_log
from projections.measures import COUNTS
from projections.questions.revisions import revisions_between

pytestmark = pytest.mark.both_stores


NOTHING_HIDDEN = ("--internal", "--suppress-below", "0")


@pytest.fixture
def somebody(tmp_path):
    """Somebody with two calls and a visit of theirs, in a file of totals that hides nothing."""
    somebody = new_consultant(tmp_path / "home")
    somebody.says("call", TIMBER, "no-answer")
    somebody.says("call", BARBER, "no-answer")
    somebody.says("visit", BAKERY, "held", "--on", "2012-11-12", "--yield", "wage-subsidy:9")
    return somebody


def exported(somebody, path, *words, by="office"):
    """A file of totals of theirs."""
    somebody.says("export", "totals", "--by", by, "-o", str(path), *(words or NOTHING_HIDDEN))
    return str(path)


def rows(somebody, *files):
    """Each correction: group, count, before and after, causes."""
    said = json.loads(somebody.says("export", "diff", *files, "--json"))
    return [(row["group"], row["figure"], row["before"], row["after"], row["by_cause"]) for row in said["rows"]]


def test_nothing_was_corrected_between_two_files_of_the_same_figures(somebody, tmp_path):
    old, new = exported(somebody, tmp_path / "old.json"), exported(somebody, tmp_path / "new.csv")

    assert rows(somebody, old, new) == []
    assert somebody.says("export", "diff", old, new).splitlines()[1:] == ["No figure that both show is another."]


def test_every_total_that_changed_is_told_with_the_kinds_of_entries_that_changed_it(somebody, tmp_path):
    old = exported(somebody, tmp_path / "old.csv")
    somebody.on("2012-11-20").says("call", TIMBER, "busy", "--at", "2012-11-10")
    somebody.says("call", TIMBER, "busy", "--at", "2012-11-20")
    new = exported(somebody, tmp_path / "new.xlsx")

    causes = {"late": 1, "new": 1}
    assert rows(somebody, old, new) == [
        ({"office": "306"}, "calls", 2, 4, causes),
        ({}, "calls", 2, 4, causes),
    ]


def test_what_was_taken_back_is_told_in_danish(somebody, tmp_path):
    old = exported(somebody, tmp_path / "old.json", by="kind")
    yielded = json.loads(somebody.says("entries", "--of", "yields", "--json"))["rows"][0]["entry"]
    somebody.on("2012-11-20").says("retract", yielded, "--because", "another company")
    new = exported(somebody, tmp_path / "new.px", by="kind")

    assert somebody.says("export", "diff", old, new, "--lang", "da").splitlines() == [
        "Rettelser til opgørelsen for luk-op pr. 2012-11-12 (position 11), som den er pr. 2012-11-20 (position 12).",
        "Job med løntilskud: Resultater 1 -> 0 (-1): taget tilbage.",
        "Job med løntilskud: Pladser 9 -> 0 (-9): taget tilbage.",
        "I alt: Resultater 1 -> 0 (-1): taget tilbage.",
        "I alt: Pladser 9 -> 0 (-9): taget tilbage.",
    ]


def test_what_happened_after_the_day_of_the_earlier_file_is_told_apart_from_corrections(somebody, tmp_path):
    old = exported(somebody, tmp_path / "old.json", *NOTHING_HIDDEN, "--as-of", "2012-11-12")
    somebody.on("2012-11-20").says("call", TIMBER, "busy", "--at", "2012-11-10")
    somebody.says("call", TIMBER, "busy", "--at", "2012-11-19")
    new = exported(somebody, tmp_path / "new.json", *NOTHING_HIDDEN, "--as-of", "2012-11-19")

    assert rows(somebody, old, new)[0] == ({"office": "306"}, "calls", 2, 4, {"late": 1, "new": 1})


def test_of_what_either_file_hides_nothing_is_told(somebody, tmp_path):
    old = exported(somebody, tmp_path / "old.json", "--quiet")
    somebody.on("2012-11-20").says("call", TIMBER, "busy", "--at", "2012-11-10")
    new = exported(somebody, tmp_path / "new.json", "--quiet")

    assert rows(somebody, old, new) == []
    assert "Nothing is said of figures hidden in either" in somebody.says("export", "diff", old, new)


def test_files_of_other_figures_are_not_compared(somebody, tmp_path):
    one, other = exported(somebody, tmp_path / "one.json"), exported(somebody, tmp_path / "other.json", by="month")
    refused = somebody.types("export", "diff", one, other)
    assert refused.exit_code == 2
    assert f"The files are not of the same figures: by is ['office'] in {one}, ['month'] in {other}." in refused.stderr

    somebody.on("2012-11-20").says("call", TIMBER, "busy")
    later = exported(somebody, tmp_path / "later.json")
    refused = somebody.types("export", "diff", later, one)
    assert refused.exit_code == 2
    assert "Name the earlier file first" in refused.stderr


def test_a_file_that_the_log_does_not_give_is_not_explained(somebody, tmp_path):
    old = exported(somebody, tmp_path / "old.csv")
    new = exported(somebody, tmp_path / "new.csv")
    text = (tmp_path / "old.csv").read_text(encoding="utf-8").replace(",9,9,", ",7,9,")
    (tmp_path / "old.csv").write_text(text, encoding="utf-8", newline="")

    result = somebody.types("export", "diff", old, new)

    assert result.exit_code == 4
    assert f"One of the files is not what the log gives. Say which: campaign export verify {old}" in result.stderr


def test_where_a_cause_is_of_few_entries_none_has_its_number():
    several = Revision(frozenset({("office", "306")}), "calls", 10, 18, {"late": 12, "retracted": -4})

    assert line(several, ("office",), 5, "en") == "306 Odsherred: Calls 10 -> 18 (+8): reported late, taken back."
    assert line(several, ("office",), 0, "en").endswith("(+8): +12 reported late, -4 taken back.")


@settings(max_examples=5)
@given(plans, mixtures, st.integers(0, 99), st.sampled_from([("office",), ("month", "region"), ("kind",), ("size",)]))
def test_the_causes_of_every_group_add_up_to_the_difference(plan, mixture, at, by):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    with builder.tables() as connection:
        scope = report_scope(connection)
        then = report_scope(connection, today=day("2012-11-20"), known=at % (len(builder.events) + 1))
        before = {table_group(row, by): row for row in table_from_log(connection, then, by).rows}
        for row in table_from_log(connection, scope, by).rows:
            group = {each: row[each] for each in by if each in row}
            counts = [name for name in COUNTS if name in row]
            lines = revisions_between(connection, narrowed(then, group), narrowed(scope, group), counts)
            sums = {name: sum(each.effect for each in lines if each.of == name) for name in counts}
            old = before.get(table_group(row, by), dict.fromkeys(counts, 0))
            assert {name: old[name] + sums[name] for name in counts} == {name: row[name] for name in counts}


def table_group(row, by):
    return tuple(row.get(each, "") for each in by)
