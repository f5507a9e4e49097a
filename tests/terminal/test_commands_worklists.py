"""The day of a consultant: what is on it, what should have happened, and the acts that take it off the list."""

from __future__ import annotations

import json

import pytest
from terminal_user import BAKERY, BARBER, TIMBER, TerminalUser, new_consultant

from campaign.reports.worklists import ITEM_NAMES
from projections.questions.worklists import ITEM_KINDS

pytestmark = pytest.mark.both_stores


NAMELESS = "39800152"


@pytest.fixture
def consultant(tmp_path) -> TerminalUser:
    return new_consultant(tmp_path / "home")


def a_fortnight(consultant: TerminalUser) -> TerminalUser:
    """Odsherred's abcd and Frederiksberg's eve log a few days; it is Thursday, 29 November."""
    consultant.says("call", TIMBER, "call-back", "--follow-up", "20/11")
    consultant.says("call", BARBER, "accepted", "--office", "147", "--consultant", "eve")
    consultant.says("book", BAKERY, "13/11", "--office", "147", "--consultant", "eve")
    consultant.on("2012-11-13")
    consultant.says("visit", BAKERY, "held", "--yield", "internship:2", "--office", "147", "--consultant", "eve")
    consultant.says("yield", BAKERY, "wage-subsidy", "--starts", "29/11")
    consultant.says("yield", BAKERY, "acute-job:2", "--starts", "26/11")
    consultant.says("book", TIMBER, "29/11")
    consultant.says("call", BARBER, "left-message", "--follow-up", "29/11")
    consultant.says("call", NAMELESS, "call-back", "--follow-up", "23/11")
    return consultant.on("2012-11-29")


def rows(consultant: TerminalUser, *words: str) -> list[tuple[str, str]]:
    """What a list in JSON names, of which company."""
    return [(row["what"], row["cvr"]) for row in json.loads(consultant.says(*words, "--json"))["rows"]]


@pytest.mark.parametrize("columns", [None, 60, 80, 120])
def test_the_day_and_what_is_late_look_like_this(consultant, golden, columns):
    a_fortnight(consultant)
    lines = ("today", "today --all", "overdue", "overdue --all", "overdue --by consultant", "overdue --by office")

    golden(
        f"screens/worklists-{columns or 'piped'}.txt",
        "\n".join(consultant.screen(line, columns=columns) for line in lines),
    )


def test_a_day_on_which_nothing_is_to_be_done_is_said_to_be_one(consultant, golden):
    golden(
        "screens/worklists-empty.txt",
        "\n".join(consultant.screen(line) for line in ("today", "overdue", "overdue --by office")),
    )
    assert consultant.says("overdue", "--quiet").startswith("day\tdays late\twhat\t")  # a pipe has its headings


def test_the_acts_that_settle_a_start_and_allow_a_call_are_said_back(consultant, golden):
    a_fortnight(consultant).says("company", BARBER, "--protected")
    lines = (
        "started bageri",
        "started bageri --yield 6b6c82fc",
        "started bageri --yield 6b6c82fc --never",
        "undo",
        "call frisor no-answer",
        "allow frisor cooperation",
        "allow frisor cooperation",
        "call frisor busy",
        "history frisor",
    )

    golden("screens/settling.txt", "\n".join(consultant.screen(line) for line in lines))


# Whose list it is


def test_today_is_ones_own_day_unless_others_are_asked_for(consultant):
    a_fortnight(consultant)

    own, eves = [("visit", TIMBER), ("follow-up", BARBER)], [("start", BAKERY)]
    assert rows(consultant, "today") == rows(consultant, "today", "--consultant", "abcd") == own
    assert rows(consultant, "today", "--consultant", "eve") == rows(consultant, "today", "--office", "147") == eves
    assert rows(consultant, "today", "--region", "Hovedstaden") == eves
    assert rows(consultant, "today", "--all") == [*eves, *own]
    assert rows(consultant, "today", "--all", "--office", "306") == own


def test_somebody_new_has_an_empty_day_and_no_error(consultant):
    consultant.environment["CAMPAIGN_CONSULTANT"] = "new"

    assert rows(consultant, "today") == []


def test_without_a_consultant_it_is_said_how_to_be_one(consultant):
    consultant.environment["CAMPAIGN_CONSULTANT"] = None

    result = consultant.types("today")

    assert (result.exit_code, "No consultant is set" in result.stderr) == (2, True)
    assert consultant.types("today", "--all").exit_code == 0


def test_overdue_is_ones_own_office_unless_another_is_asked_for(consultant):
    a_fortnight(consultant)
    own, eves = [("call-back", NAMELESS)], [("accepted-not-booked", BARBER), ("start", BAKERY)]

    assert rows(consultant, "overdue") == rows(consultant, "overdue", "--office", "306") == own
    assert rows(consultant, "overdue", "--office", "147") == rows(consultant, "overdue", "--consultant", "eve") == eves
    assert rows(consultant, "overdue", "--region", "Hovedstaden") == eves
    assert rows(consultant, "overdue", "--all") == [eves[0], *own, eves[1]]
    consultant.environment["CAMPAIGN_OFFICE"] = None
    assert rows(consultant, "overdue") == rows(consultant, "overdue", "--all")


def test_numbers_by_consultant_are_of_one_office_and_in_order_of_name(consultant):
    a_fortnight(consultant)
    consultant.says("call", TIMBER, "call-back", "--follow-up", "29/11")
    consultant.says("call", BAKERY, "call-back", "--follow-up", "29/11", "--consultant", "aaa")
    consultant.on("2012-11-30")

    said = json.loads(consultant.says("overdue", "--by", "consultant", "--json"))

    assert [(row["consultant"], row["call-back"], row["all"]) for row in said["rows"]] == [
        ("aaa", 1, 1),
        ("abcd", 2, 4),
    ]
    assert said["total"]["all"] == 5
    consultant.environment["CAMPAIGN_OFFICE"] = None
    refused = consultant.types("overdue", "--by", "consultant")
    assert (refused.exit_code, "none is set" in refused.stderr) == (2, True)


def test_what_is_overdue_can_be_narrowed_to_some_of_it(consultant):
    a_fortnight(consultant)

    starts = rows(consultant, "overdue", "--all", "--what", "start")
    more = rows(consultant, "overdue", "--all", "--what", "start", "--what", "call-back")

    assert starts == [("start", BAKERY)]
    assert more == [("call-back", NAMELESS), *starts]
    assert "No visit or start is overdue.\n" in consultant.types("overdue", "--what", "visit", "--what", "start").stderr
    by = json.loads(consultant.says("overdue", "--by", "office", "--what", "start", "--json"))
    assert (len(by["rows"]), by["total"]["all"]) == (1, 1)
    assert tuple(ITEM_NAMES) == ITEM_KINDS


def test_numbers_by_office_are_of_all_offices_and_add_up(consultant):
    a_fortnight(consultant).on("2012-11-30")

    said = json.loads(consultant.says("overdue", "--by", "office", "--json"))

    assert [row["office"] for row in said["rows"]] == ["147", "306"]
    assert sum(row["all"] for row in said["rows"]) == said["total"]["all"] == len(rows(consultant, "overdue", "--all"))


def test_today_counts_what_is_overdue_and_says_where_it_is_listed(consultant):
    a_fortnight(consultant)

    told = consultant.types("today", "--consultant", "eve")
    said = json.loads(consultant.says("today", "--consultant", "eve", "--json"))

    assert "2 more are overdue: campaign overdue --consultant eve\n" in told.stderr
    assert sum(said["overdue"].values()) == len(rows(consultant, "overdue", "--consultant", "eve")) == 2


def test_the_list_of_what_is_overdue_has_as_many_as_today_says(consultant):
    a_fortnight(consultant)
    seen = ("--all", "--office", "306", "--as-of", "2012-11-24", "--known-on", "2012-11-25")

    (line,) = [line for line in consultant.types("today", *seen).stderr.splitlines() if "overdue: campaign " in line]
    number, _, command = line.partition(" more is overdue: campaign ")

    assert len(rows(consultant, *command.split())) == int(number) == 1
    assert command == "overdue --office 306 --as-of 2012-11-24 --known-on 2012-11-25"


def test_a_list_as_it_was_on_another_day_and_in_a_file(consultant, tmp_path):
    a_fortnight(consultant)

    assert rows(consultant, "today", "--as-of", "2012-11-20") == []
    assert rows(consultant, "today", "--as-of", "2012-11-20", "--known-on", "2012-11-12") == [("call-back", TIMBER)]
    assert rows(consultant, "overdue", "--as-of", "2012-11-23") == []
    assert rows(consultant, "overdue", "--as-of", "2012-11-24") == [("call-back", NAMELESS)]
    consultant.says("today", "--all", "-o", str(tmp_path / "today.csv"))
    assert (tmp_path / "today.csv").read_text().startswith("what,company,cvr,said,")


# Whom nobody may call


def test_companies_that_are_not_to_be_called_are_counted_and_not_named(consultant):
    consultant.says("call", TIMBER, "call-back", "--follow-up", "20/11")
    consultant.says("call", BAKERY, "call-back", "--follow-up", "20/11")
    consultant.says("company", TIMBER, "--protected")
    consultant.on("2012-11-21")

    result = consultant.types("overdue")

    assert TIMBER not in result.output
    assert "Left out of what is to be called: 1 company protected from advertising without a basis" in result.stderr
    consultant.says("allow", TIMBER, "consent")
    assert ("call-back", TIMBER) in rows(consultant, "overdue")
    assert "Left out" not in consultant.types("overdue").stderr


# The acts


def yields(consultant: TerminalUser, *said: str) -> list[str]:
    """A visit that was held at the bakery today, and the entries of what it brought."""
    words = [word for one in said for word in ("--yield", one)]
    told = json.loads(consultant.says("visit", BAKERY, "held", *words, "--json"))
    return [row["entry"] for row in told["entries"] if row["fact"] == "YieldRecorded"]


def test_one_of_several_starts_is_named_by_the_first_digits_of_its_entry(consultant):
    first, second = yields(consultant, "internship:2", "wage-subsidy")

    unclear = consultant.types("started", BAKERY)
    assert unclear.exit_code == 1
    assert first[:8] in unclear.stderr
    assert second[:8] in unclear.stderr
    assert f"yield {second[:8]} began" in consultant.says("started", BAKERY, "--yield", second[:8])
    assert f"yield {first[:8]} never began" in consultant.says("started", BAKERY, "--never")


def test_a_start_is_taken_for_the_agreed_day_once_that_has_come(consultant):
    yields(consultant)
    told = consultant.says("yield", BAKERY, "flex-job", "--starts", "20/11", "--json")
    entry = json.loads(told)["entries"][0]["entry"]
    consultant.says("yield", BAKERY, "internship")
    consultant.on("2012-11-22")
    assert "Taken" not in consultant.types("started", BAKERY).stderr

    result = consultant.types("started", BAKERY, "--yield", entry)

    assert "Taken for the agreed day, Tue 2012-11-20. Another day: undo, then say --at DAY.\n" in result.stderr
    assert "Tue 2012-11-20" in result.stdout


@pytest.mark.parametrize(
    ("words", "on"), [(("--at", "21/11"), "2012-11-21"), (("--never",), "2012-11-22"), ((), "2012-11-20")]
)
def test_the_day_of_a_start_is_the_one_that_is_said(consultant, words, on):
    yields(consultant)
    consultant.says("yield", BAKERY, "flex-job", "--starts", "20/11")
    consultant.on("2012-11-22")

    said = json.loads(consultant.says("started", BAKERY, *words, "--json"))

    assert said["entries"][0]["at"] == on


def test_a_start_before_the_agreed_day_or_without_one_was_today(consultant):
    yields(consultant)
    consultant.says("yield", BAKERY, "flex-job", "--starts", "1/12")
    consultant.on("2012-11-22")

    result = consultant.types("started", BAKERY)

    assert result.stderr == ""
    assert "Thu 2012-11-22" in result.stdout


def test_a_note_goes_with_a_start_and_with_a_basis(consultant):
    yields(consultant, "internship")

    started = consultant.types("started", BAKERY, "--note", "-", answers="They sent a card.")
    allowed = consultant.types("allow", BAKERY, "consent", "--note", "-", answers="Said so at the fair.")

    assert (started.exit_code, allowed.exit_code) == (0, 0)
    assert consultant.says("history", BAKERY).count("note ") == 2


def test_a_basis_is_completed(consultant):
    from campaign.commands.permissions import allow

    basis = next(param for param in allow.params if param.name == "basis")
    with allow.make_context("allow", [BAKERY, "duty"]) as context:
        offered = [item.value for item in basis.shell_complete(context, "co")]

    assert offered == ["consent", "cooperation"]


REFUSED = {
    "started nordvang": (1, "No yield at this company is still to begin"),
    "started bageri --yield ffffffff": (1, "There is no entry 'ffffffff'"),
    "started bageri --at 2012-11-11": (1, "nobody knew on 2012-11-11 whether it began"),
    "started bageri --at 2012-11-13": (1, "has not come yet"),
    "started": (2, "Missing argument 'COMPANY'"),
    "allow nordvang because": (1, "'because' is no basis for contact"),
    "allow nordvang consnt": (1, "Did you mean consent?"),
    "allow nordvang": (2, "Missing argument 'BASIS'"),
    "allow nordvang consent --at 2012-11-13": (1, "has not come yet"),
    "overdue --by consultant --office 147": (2, "of your own office only, 306"),
    "overdue --by consultant --all": (2, "Leave --all out"),
    "overdue --what visits": (1, "Did you mean visit?"),
    "overdue --by region": (2, "'region' is not one of"),
    "overdue --consultant nobody": (1, "Nothing here is of consultant 'nobody'"),
    "today --as-of 2012-12-24": (2, "has not come yet"),
}


def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_written(consultant, golden):
    yields(consultant, "internship")
    before = consultant.log

    screens = {line: consultant.screen(line) for line in REFUSED}

    for line, (code, sentence) in REFUSED.items():
        assert sentence in screens[line]
        assert f"(exit {code})" in screens[line]
    assert consultant.log == before
    golden("screens/worklists-refused.txt", "\n".join(screens.values()))
