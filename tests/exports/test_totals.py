"""Totals by several dimensions: every cell is the figure of its group alone, all add up, and kinds are of which."""

from itertools import combinations

import pytest
from campaign_builder import BAKERY, HARBOUR, CampaignBuilder, report_scope
from campaign_strategies import log_stories, mixtures, plans
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.errors import SettingsFault
from campaign.publishing.suppression import figures_of, place, with_suppressed
from campaign.publishing.totals import totals
from campaign.publishing.totals.dimensions import OF_CONTACT, PUBLISHED
from campaign.publishing.totals.groups import fits, narrowed
from campaign.publishing.totals.table import Table
from campaign.publishing.totals.totals import table_from_log
from projections.measures import COUNTS, DIMENSIONS, RATES, RATIOS
from projections.questions.hit_rates import hit_rates

pytestmark = pytest.mark.both_stores


several = st.lists(st.sampled_from(PUBLISHED), min_size=1, max_size=3, unique=True)


def gathered(builder: CampaignBuilder, *by: str, **scope) -> Table:
    """The table of what was told."""
    with builder.tables() as connection:
        return table_from_log(connection, report_scope(connection, **scope), by)


def of(row, table):
    """The group of a row, by its dimensions."""
    return {by: row[by] for by in table.dimensions if by in row}


narrow = st.lists(st.sampled_from([*OF_CONTACT, "kind", "support_class"]), min_size=1, max_size=3, unique=True)


@settings(max_examples=8)
@given(plans, mixtures, narrow)
def test_every_cell_is_the_figure_of_a_report_narrowed_to_its_group(plan, mixture, by):
    builder = log_stories(CampaignBuilder(), plan, mixture)
    with builder.tables() as connection:
        scope = report_scope(connection)
        table = table_from_log(connection, scope, by)
        for row in table.rows:
            (alone,) = hit_rates(connection, narrowed(scope, of(row, table))) if fits(of(row, table)) else ({},)
            counts = [name for name in table.counts if name in COUNTS]
            assert {name: row[name] for name in counts} == {name: alone.get(name, 0) for name in counts}, row


@settings(max_examples=20)
@given(plans, mixtures, several)
def test_whatever_hangs_together_does_so_in_the_true_figures(plan, mixture, by):
    tables = (by, ("kind",), ("support_class",), ("week",))
    figures = figures_of([gathered(log_stories(CampaignBuilder(), plan, mixture), *each) for each in tables])

    for whole, parts in figures.sums:
        assert figures.values[whole] == sum(figures.values[part] for part in parts)
    for less, more in figures.orders:
        assert figures.values[less] <= figures.values[more]
    for whole, parts in figures.unions:
        several = [figures.values[part] for part in parts]
        assert max(several) <= figures.values[whole] <= sum(several)


def test_every_margin_and_every_kind_is_tied_to_its_parts():
    figures = figures_of([gathered(a_campaign(), "office", "kind")])
    place = frozenset({("kind", "ordinary-job")}), "positions"

    tied = [parts for whole, parts in figures.sums if whole == place]
    assert [{(dict(group).get("kind"), name) for group, name in parts} for parts in tied] == [
        {("ordinary-job", "positions")},
        {("ordinary-job", "positions_own"), ("acute-job", "positions")},
    ]
    assert len(tied[0]) == 2  # offices


def test_a_support_class_is_tied_to_its_kinds_in_another_table():
    builder = a_campaign()
    figures = figures_of([gathered(builder, "support_class"), gathered(builder, "kind")])
    ordinary = frozenset({("support_class", "ordinary")}), "positions"

    (tied,) = [parts for whole, parts in figures.sums if whole == ordinary]
    assert {(dict(group)["kind"], name) for group, name in tied} == {
        (kind, "positions_own") for kind in ("ordinary-job", "acute-job", "temporary-job")
    }


def a_campaign() -> CampaignBuilder:
    """Two offices; 740 ordinary jobs of which 200 acute ones, 350 with wage subsidy, 167 temporary."""
    builder = CampaignBuilder()
    builder.enrolled("851")
    builder.described(BAKERY, "011100", "2-4")
    first, last = builder.visited(at="2012-11-20"), builder.visited(HARBOUR, at="2013-04-02")
    for kind, positions in (("ordinary-job", 540), ("acute-job", 200), ("wage-subsidy", 350)):
        builder.yielded(kind, positions, first, at="2012-11-21")
    builder.yielded("temporary-job", 167, last, cvr=HARBOUR, at="2013-04-03")
    return builder


def test_acute_jobs_are_ordinary_jobs_and_are_added_up_once():
    table = gathered(a_campaign(), "kind")

    assert [(row.get("kind"), row["positions"], row["positions_own"]) for row in table.rows] == [
        ("ordinary-job", 740, 540),
        ("acute-job", 200, 200),
        ("temporary-job", 167, 167),
        ("wage-subsidy", 350, 350),
        (None, 1257, None),
    ]


def test_a_table_has_the_rows_of_the_rates_and_every_margin():
    builder = a_campaign()
    table = gathered(builder, "office", "month")

    assert [table.words(row) for row in table.rows if "month" not in row] == [("306", ""), ("851", ""), ("", "")]
    by_office = [row for row in table.rows if "office" in row and "month" not in row]
    assert [{k: v for k, v in row.items() if k != "hidden"} for row in by_office] == builder.groups("office")
    assert (table.counts, table.rates, table.ratios) == (tuple(COUNTS), tuple(RATES), tuple(RATIOS))


def test_a_group_in_which_nothing_was_logged_has_noughts():
    row = next(
        r
        for r in gathered(a_campaign(), "office", "month").rows
        if (r.get("office"), r.get("month")) == ("851", "2013-04")
    )

    assert {row[name] for name in COUNTS} == {0}
    assert {row[name] for name in (*RATES, *RATIOS)} == {None}


def test_quarters_are_three_months():
    rows = gathered(a_campaign(), "quarter", "month").rows

    assert [
        (row["quarter"], row["month"], row["visits_held"])
        for row in rows
        if len({"quarter", "month"} & row.keys()) == 2
    ] == [
        ("2012-Q4", "2012-11", 1),
        ("2013-Q2", "2013-04", 1),
    ]


def test_what_cannot_be_has_no_row():
    assert fits({"office": "306", "region": "Sjælland"})
    assert not fits({"office": "306", "region": "Hovedstaden"})
    assert fits({"week": "2013-W01", "month": "2012-12"})
    assert not fits({"week": "2013-W02", "quarter": "2012-Q4"})
    assert fits({"kind": "acute-job", "support_class": "ordinary"})
    assert not fits({"kind": "acute-job", "support_class": "unpaid"})


def test_a_table_of_more_rows_than_anybody_reads_is_refused(monkeypatch):
    monkeypatch.setattr(totals, "_MOST", 8)

    with pytest.raises(SettingsFault, match=r"That is 9 rows \(2 of office x 2 of month\)"):
        gathered(a_campaign(), "office", "month")


def test_every_dimension_but_the_consultant_can_be_exported():
    assert {*OF_CONTACT, "consultant"} - {"quarter"} == set(DIMENSIONS)
    assert all(gathered(a_campaign(), by).rows for by in PUBLISHED)


# Hiding


def test_a_rate_is_hidden_with_what_it_is_a_share_of():
    table = gathered(a_campaign(), "office")
    row = table.rows[0]

    (hidden,) = with_suppressed([table], frozenset({place(table, row, "visits_no_show")}))

    gone = [
        "visits_no_show",
        "held_rate",
        "held_rate_low",
        "held_rate_high",
        "no_show_rate",
        "no_show_rate_low",
        "no_show_rate_high",
    ]
    assert hidden.rows[0]["hidden"] == gone
    assert {name for name in table.figures if hidden.rows[0][name] != row[name]} == {"visits_no_show"} | {
        name for name in gone if row[name] is not None
    }
    assert hidden.rows[1:] == table.rows[1:]


def test_a_figure_is_hidden_in_every_table_it_stands_in():
    one, other = gathered(a_campaign(), "office"), gathered(a_campaign(), "week")
    total = place(one, one.rows[-1], "calls")

    for table in with_suppressed([one, other], frozenset({total})):
        *groups, of_all = table.rows
        assert (of_all["calls"], "calls" in of_all["hidden"]) == (None, True)
        assert all("calls" not in row["hidden"] for row in groups)


def test_a_group_of_people_that_is_named_is_told_of_by_a_nought_too():
    builder = a_campaign()
    with builder.tables() as connection:
        table = table_from_log(connection, report_scope(connection), ("target_group",))

    figures = figures_of([table])

    assert {dict(group)["target_group"] for group, _ in figures.people} == {"unknown"}
    assert all(len(list(combinations(group, 1))) == 1 for group, _ in figures.people)
