"""The consultant's acts at the terminal: what is said back, what is asked, what is refused, what is undone."""

import json
import re

import pytest
from terminal_user import BAKERY, BARBER, TIMBER, new_consultant

pytestmark = pytest.mark.both_stores


CPR = "151112-3441"


@pytest.fixture
def consultant(tmp_path):
    return new_consultant(tmp_path / "home")


def test_a_day_in_the_terminal(consultant, golden):
    day = [
        consultant.on("2012-11-12").screen("call 26099382 no-answer"),
        consultant.screen("call 26099382 no-answer"),
        consultant.on("2012-11-13").screen("call nordvang accepted --at '12/11 kl 14' --visit 20/11"),
        consultant.on("2012-11-21").screen("visit 26099382 held --yield internship:2 --yield wage-subsidy"),
        consultant.screen("yield nordvang acute-job --hours 37 --starts 1/12 --weeks 26 --sector private"),
        consultant.screen("undo"),
        consultant.screen("history 26099382"),
    ]

    golden("screens/a-day.txt", "\n".join(day))


def test_a_visit_from_booking_to_cancelling(consultant, golden):
    golden(
        "screens/visits.txt",
        "\n".join(
            [
                consultant.screen("book bageri tuesday"),
                consultant.screen("visit bageri moved --on 22/11"),
                consultant.screen("visit bageri moved --on monday --to 26/11"),
                consultant.screen("visit bageri cancelled"),
                consultant.screen("visit bageri no-show"),
                consultant.screen("visit bageri held"),
                consultant.screen("visit bageri held --again --on yesterday"),
            ]
        ),
    )


def test_the_history_in_a_narrow_window_keeps_the_days_and_the_entries(consultant, golden):
    consultant.types("call", TIMBER, "declined", "--reason", "no-time")
    consultant.types("call", TIMBER, "call-back", "--follow-up", "+1w")

    golden("screens/history-60.txt", consultant.screen("history nordvang", columns=60))


def test_the_history_in_a_pipe_is_one_line_an_entry(consultant):
    consultant.types("call", TIMBER, "no-answer", "--at", "yesterday 14:05")

    lines = consultant.says("history", TIMBER).splitlines()

    assert lines[0].split("\t") == ["day", "what", "office", "by", "campaign", "entry"]
    assert lines[-1].split("\t")[:5] == ["Sun 2012-11-11", "call no-answer at 14:05", "306", "abcd", "luk-op"]


def test_the_history_as_json_says_what_was_taken_back_by_whom_and_why(consultant):
    entry = logged(consultant, "call", TIMBER, "busy")
    consultant.environment["CAMPAIGN_CONSULTANT"] = "boss"
    consultant.says("retract", entry, "--because", "wrong company")

    rows = json.loads(consultant.says("history", TIMBER, "--json"))["rows"]

    call = next(row for row in rows if row["fact"] == "CallLogged")
    assert (call["outcome"], call["at"], call["by"], call["campaign"]) == ("busy", "2012-11-12", "abcd", "luk-op")
    taken = call["taken_back"]
    assert (taken["by"], taken["because"], taken["at"]) == ("boss", "wrong company", "2012-11-12")


def test_the_history_shows_every_campaign_unless_one_is_named(consultant):
    consultant.says("call", TIMBER, "busy")
    consultant.says("plan", "two", "--title", "Two", "--from", "2012-09-03", "--to", "2013-06-30")
    consultant.says("call", TIMBER, "no-answer", "--campaign", "two")

    assert [r.split("\t")[4] for r in consultant.says("history", TIMBER).splitlines()[2:]] == ["luk-op", "two"]
    assert "busy" not in consultant.says("history", TIMBER, "--campaign", "two")
    assert consultant.types("history", TIMBER, "--campaign", "three").exit_code == 1


def test_an_act_as_json_gives_its_entries(consultant):
    said = json.loads(consultant.says("call", TIMBER, "accepted", "--visit", "20/11", "--json"))

    assert [entry["fact"] for entry in said["entries"]] == ["CallLogged", "VisitBooked"]
    booked = said["entries"][1]
    assert (booked["on"], booked["office"], booked["by"]) == ("2012-11-20", "306", "abcd")
    assert booked["call"] == said["entries"][0]["entry"]
    assert booked["recorded_at"] == "2012-11-12T12:00:00+00:00"


def test_a_held_visit_is_taken_for_the_planned_day_once_that_has_come(consultant):
    consultant.says("book", TIMBER, "20/11")
    consultant.on("2012-11-22")

    result = consultant.types("visit", TIMBER, "held")

    assert "Tue 2012-11-20" in result.stdout
    assert "Another day" in result.stderr


def test_a_held_visit_whose_planned_day_has_not_come_was_held_today(consultant):
    consultant.says("book", TIMBER, "20/11")

    result = consultant.types("visit", TIMBER, "held")

    assert "Mon 2012-11-12" in result.stdout
    assert result.stderr == ""


def test_on_the_planned_day_itself_nothing_needs_to_be_said(consultant):
    consultant.says("book", TIMBER, "20/11")

    result = consultant.on("2012-11-20").types("visit", TIMBER, "held")

    assert "Tue 2012-11-20" in result.stdout
    assert result.stderr == ""


def test_a_visit_is_called_off_today_whenever_it_was_planned_for(consultant):
    consultant.says("book", TIMBER, "20/11")

    result = consultant.on("2012-11-22").types("visit", TIMBER, "cancelled")

    assert "visit cancelled, 26099382 Nordvang Tømrer ApS, Thu 2012-11-22" in result.stdout


def test_the_day_that_is_said_counts_before_the_planned_one(consultant):
    consultant.says("book", TIMBER, "20/11")

    assert "Wed 2012-11-21" in consultant.on("2012-11-22").says("visit", TIMBER, "held", "--on", "yesterday")


def test_one_of_several_planned_visits_is_named_by_any_of_its_entries(consultant):
    consultant.says("book", TIMBER, "20/11")
    second = logged(consultant, "book", TIMBER, "27/11")

    refused = consultant.types("visit", TIMBER, "cancelled")
    assert refused.exit_code == 1
    assert "--visit ENTRY" in refused.stderr

    consultant.says("visit", TIMBER, "cancelled", "--visit", second)
    assert "Tue 2012-11-20" in consultant.on("2012-11-22").says("visit", TIMBER, "no-show")


def test_a_yield_comes_from_the_visit_or_the_call_that_is_named(consultant):
    call = logged(consultant, "call", TIMBER, "call-back", "--follow-up", "+1w")
    visit = logged(consultant, "visit", TIMBER, "held")

    assert f"from visit {visit}" in consultant.says("yield", TIMBER, "internship")
    assert f"3 x small-job from call {call}" in consultant.says("yield", TIMBER, "Småjob:3", "--call", call)
    wrong = consultant.types("yield", TIMBER, "internship", "--visit", call)
    assert wrong.exit_code == 1
    assert f"Entry {call} is no visit: call call-back" in wrong.stderr


def test_the_place_a_yield_stands_for_is_kept(consultant):
    consultant.says("visit", TIMBER, "held")

    place = ("--hours", "37", "--starts", "3/12", "--weeks", "13", "--target-group", "dagpenge", "--sector", "private")
    said = json.loads(consultant.says("yield", TIMBER, "wage-subsidy", *place, "--json"))["entries"][0]

    assert said["place"] == {
        "hours_per_week": 37,
        "starts_on": "2012-12-03",
        "weeks": 13,
        "target_group": "dagpenge",
        "sector": "private",
    }


def test_the_same_act_once_more_needs_again(consultant):
    consultant.says("call", TIMBER, "busy")

    refused = consultant.types("call", TIMBER, "busy")

    assert refused.exit_code == 1
    assert "--again" in refused.stderr
    assert "Logged" in consultant.says("call", TIMBER, "busy", "--again")


@pytest.mark.parametrize(
    ("answer", "code"), [("j\n", 0), ("ja\n", 0), ("YES\n", 0), ("n\n", 1), ("\n", 1), ("maybe\ny\n", 0)]
)
def test_on_a_terminal_the_same_act_once_more_is_asked_about(consultant, monkeypatch, answer, code):
    consultant.says("call", TIMBER, "busy")
    monkeypatch.setattr("campaign.terminal.prompts.can_ask", lambda: True)

    result = consultant.types("call", TIMBER, "busy", answers=answer)

    assert result.exit_code == code
    assert "Did it happen twice?" in result.stderr
    assert ("Logged" in result.stdout) is (code == 0)


def test_no_input_asks_nothing_even_on_a_terminal(consultant, monkeypatch):
    consultant.says("call", TIMBER, "busy")
    monkeypatch.setattr("campaign.terminal.prompts.can_ask", lambda: True)

    assert consultant.types("call", TIMBER, "busy", "--no-input").exit_code == 1
    assert consultant.types("call", "--no-input").exit_code == 2


# Undoing


def logged(somebody, *words):
    """The entry that an act said it made."""
    return re.search(r"entry ([0-9a-f]{8})", somebody.says(*words))[1]


def standing(somebody, cvr=TIMBER):
    rows = json.loads(somebody.says("history", cvr, "--json"))["rows"]
    return [row["words"] for row in rows if row["taken_back"] is None and not row["fact"].endswith("Retracted")]


def test_undo_takes_back_the_whole_of_the_last_act(consultant):
    before = standing(consultant)
    consultant.says("call", TIMBER, "accepted", "--visit", "20/11")

    said = consultant.says("undo")

    assert "call accepted; visit booked for Tue 2012-11-20" in said
    assert "26099382 Nordvang Tømrer ApS" in said
    assert standing(consultant) == before


def test_undo_goes_back_one_act_at_a_time_and_an_undo_can_be_undone(consultant):
    consultant.says("call", TIMBER, "busy")
    consultant.says("call", TIMBER, "no-answer")

    again = re.search(r"campaign undo (\w+)", consultant.says("undo"))[1]
    assert "call busy" in consultant.says("undo")
    consultant.says("undo", again)

    assert standing(consultant)[1:] == ["call no-answer"]


def test_undo_by_any_entry_takes_back_its_act(consultant):
    said = json.loads(consultant.says("call", TIMBER, "accepted", "--visit", "20/11", "--json"))

    consultant.says("undo", said["entries"][1]["entry"])

    assert len(standing(consultant)) == 1


def test_undo_is_of_ones_own_acts(consultant):
    consultant.environment["CAMPAIGN_CONSULTANT"] = "somebody-else"

    refused = consultant.types("undo")

    assert refused.exit_code == 1
    assert refused.stderr == "somebody-else has logged nothing by hand here that could be undone.\n"


def test_what_was_taken_back_cannot_be_taken_back_again(consultant):
    entry = logged(consultant, "call", TIMBER, "busy")
    consultant.says("undo", entry)

    assert consultant.types("undo", entry).exit_code == 1
    assert consultant.types("retract", entry, "--because", "once more").exit_code == 1


def test_a_plan_cannot_be_undone(consultant):
    entry = logged(consultant, "plan", "two", "--title", "Two", "--from", "2012-09-03", "--to", "2013-06-30")

    refused = consultant.types("undo", entry)

    assert refused.exit_code == 1
    assert "plan" in refused.stderr


def test_undo_as_json_counts_and_says_how_to_put_it_back(consultant):
    consultant.says("call", TIMBER, "accepted", "--visit", "20/11")

    said = json.loads(consultant.says("undo", "--json"))

    assert said["taken_back"] == len(said["entries"]) == 2
    consultant.says(*said["again"].split()[1:])
    assert standing(consultant)[1:] == ["call accepted", "visit booked for Tue 2012-11-20"]


# What is flagged and not refused


def test_a_company_protected_from_advertising_is_flagged(consultant):
    consultant.says("company", TIMBER, "--protected")

    result = consultant.types("call", TIMBER, "busy")

    assert result.exit_code == 0
    assert result.stderr == (
        "Note: the company is protected from advertising (reklamebeskyttet). "
        f"Is there a basis for contact? campaign allow {TIMBER} BASIS\n"
    )
    assert consultant.types("call", TIMBER, "no-answer", "--quiet").stderr == ""


def test_a_company_that_asked_not_to_be_contacted_is_flagged_from_the_next_act_on(consultant):
    assert consultant.types("call", TIMBER, "refused-contact").stderr == ""

    result = consultant.types("call", TIMBER, "busy")

    assert result.exit_code == 0
    assert result.stderr == "Note: the company asked not to be contacted.\n"


def test_a_company_in_no_register_is_taken_and_it_is_said_how_to_name_it(consultant):
    result = consultant.types("call", "39800152", "busy")

    assert result.exit_code == 0
    assert "39800152 (no name known)" in result.stdout
    assert "campaign company 39800152 --name NAME" in result.stderr


# Companies, campaigns, targets


def test_what_is_known_of_a_company_is_shown_and_changed(consultant, golden):
    golden(
        "screens/company.txt",
        "\n".join(
            [
                consultant.screen("company nordvang"),
                consultant.screen("company nordvang --industry 43.32.00 --size 10-19 --since 1/11"),
                consultant.screen("company nordvang --size 10-19"),
                consultant.screen("company nordvang"),
                consultant.screen("company 39800152"),
            ]
        ),
    )


def test_a_company_as_json_has_the_names_of_its_facts(consultant):
    assert json.loads(consultant.says("company", TIMBER, "--json")) == {
        "cvr": TIMBER,
        "registered": True,
        "name": "Nordvang Tømrer ApS",
        "municipality": "306",
        "industry": "",
        "industry_scheme": "",
        "size_band": "5-9",
        "advertising_protected": False,
        "form": "",
    }


def test_a_campaign_is_planned_once_and_offices_join_it(consultant, golden):
    plan = "plan spring --title 'Spring 2013' --from 2013-W02 --to 2013-Q2"
    golden(
        "screens/plan.txt",
        "\n".join(
            [
                consultant.screen(f"{plan} --office 306 --office Ballerup"),
                consultant.screen(f"{plan} --office 101"),
                consultant.screen(plan),
                consultant.screen("plan spring --title Other --from 2013-W02 --to 2013-Q2"),
                consultant.screen("target spring visits_held 400 --by 2013-Q1 --office 306"),
                consultant.screen("target spring visits 400"),
            ]
        ),
    )


# What is refused, each with its sentence

REFUSED = {
    "call 26099383 busy": (1, "'26099383' is no CVR number"),
    "call nobody busy": (1, "No company has 'nobody' in its name"),
    "call gronholm busy": (1, "2 companies have 'gronholm' in their name"),
    "call nordvang answered": (1, "'answered' is no outcome"),
    "call nordvang declined": (1, "--reason, one of no-need"),
    "call nordvang declined --reason dunno": (1, "'dunno' is no reason"),
    "call nordvang call-back": (1, "--follow-up 2012-11-19"),
    "call nordvang busy --at 2012-09-02": (1, "lies outside campaign luk-op"),
    "call nordvang busy --at 2012-11-13": (1, "has not come yet"),
    "call nordvang busy --at someday": (2, "'someday' is no day"),
    "call nordvang busy --at 'monday 25:00'": (2, "no time of day"),
    "call nordvang busy --at 'uge 45'": (2, "more than one day"),
    "call nordvang busy --visit 20/11": (1, "A call busy books no visit"),
    "call nordvang accepted --visit 2013-07-01": (1, "lies outside campaign luk-op"),
    "call nordvang accepted --visit 2012-11-11": (1, "a day before"),
    "call nordvang call-back --follow-up 2012-11-11": (1, "a day before"),
    "call nordvang busy --office 999": (1, "'999' is no office"),
    "call nordvang busy --office Odsherd": (1, "Did you mean 306 Odsherred?"),
    "call nordvang busy --campaign nosuch": (1, "There is no campaign 'nosuch' here (planned: luk-op)"),
    "call nordvang": (2, "Missing argument 'OUTCOME'"),
    "call": (2, "Missing argument 'COMPANY'"),
    "call nordvang busy --frob": (2, "No such option '--frob'"),
    "book nordvang 2012-11-11": (1, "a day before"),
    "book nordvang": (2, "Missing argument 'DAY'"),
    "visit nordvang": (2, "Missing argument 'STATUS'"),
    "visit nordvang planned": (1, "'planned' is no status of a visit"),
    "visit nordvang no-show": (1, "No visit is planned"),
    "visit nordvang cancelled": (1, "No visit is planned"),
    "visit nordvang moved": (2, "--to DAY"),
    "visit nordvang moved --to 20/11": (1, "No visit is planned"),
    "visit nordvang held --to 20/11": (2, "--to DAY goes with moved"),
    "visit nordvang no-show --yield internship": (2, "--yield goes with held"),
    "visit nordvang held --on 2012-11-13": (1, "has not come yet"),
    "visit nordvang held --yield golf": (1, "'golf' is no kind of yield"),
    "visit nordvang held --yield internship:-2": (1, "positions"),
    "visit nordvang held --yield internship:0": (1, "positions"),
    "visit nordvang held --yield internship:100000": (1, "positions"),
    "visit nordvang held --yield internship:two": (2, "a whole number of positions"),
    "visit nordvang held --yield internship:1.5": (2, "a whole number of positions"),
    "visit nordvang held --visit abcd1234": (1, "There is no entry 'abcd1234'"),
    "yield nordvang internship": (1, "log that first"),
    "yield nordvang internship --hours 0": (2, "--hours"),
    "undo ffffffff": (1, "There is no entry 'ffffffff'"),
    "undo zzz": (1, "There is no entry 'zzz'"),
    "undo --batch 12345678": (1, "Batches that begin so: none"),
    "undo ffffffff --batch 12345678": (2, "not both"),
    "retract ffffffff": (2, "Missing option '--because'"),
    "retract ffffffff --because x": (1, "There is no entry 'ffffffff'"),
    "company nordvang --industry 4": (2, "2 to 6 digits"),
    "company nordvang --municipality Nowhere": (1, "'Nowhere' is no office"),
    "plan Luk_Op --title x --from today --to today": (2, "small letters"),
    "plan x --title x --from 2013-02 --to 2013-01": (1, "before it begins"),
    "plan x --from 2013-02 --to 2013-01": (2, "Missing option '--title'"),
    "target luk-op visits 3": (1, "'visits' is no count"),
    "target luk-op visits_held -3": (2, "-3"),
    "target nosuch visits_held 3": (1, "There is no campaign 'nosuch'"),
}


@pytest.mark.parametrize(("line", "expected"), REFUSED.items())
def test_what_cannot_be_is_refused_in_one_sentence_and_nothing_is_written(consultant, line, expected):
    before = consultant.log

    screen = consultant.screen(line)

    code, sentence = expected
    assert sentence in screen
    assert f"(exit {code})" in screen
    assert "Traceback" not in screen
    assert consultant.log == before


@pytest.mark.parametrize(
    "words",
    [
        ("call", CPR, "busy"),
        ("call", TIMBER, CPR),
        ("call", TIMBER, "busy", "--at", CPR),
        ("call", TIMBER, "busy", f"--at={CPR}"),
        ("call", TIMBER, "declined", "--reason", CPR),
        ("call", TIMBER, "busy", "--consultant", CPR),
        ("call", TIMBER, "busy", f"--{CPR}"),
        ("call", TIMBER, "busy", "1511123441"),
        ("call", TIMBER, "busy", "15 11 12 - 3441"),
        ("call", TIMBER, "busy", "751112-3441"),
        (CPR,),
        ("--home", CPR, "call", TIMBER, "busy"),
        ("book", TIMBER, CPR),
        ("visit", TIMBER, "held", "--yield", f"internship:{CPR}"),
        ("yield", TIMBER, "internship", "--target-group", f"Jens {CPR}"),
        ("undo", CPR),
        ("retract", "abcd", "--because", f"it was {CPR}"),
        ("history", CPR),
        ("company", TIMBER, "--name", CPR),
        ("plan", CPR),
        ("target", "luk-op", CPR, "3"),
        ("init", "--consultant", CPR),
    ],
)
def test_a_cpr_number_is_refused_wherever_it_is_written_and_never_repeated(consultant, words):
    result = consultant.types(*words)

    assert result.exit_code == 1
    assert "CPR" in result.stderr
    assert not re.search(r"3441|1112", result.output)


@pytest.mark.parametrize("variable", ["CAMPAIGN_CONSULTANT", "CAMPAIGN_OFFICE", "CAMPAIGN_SLUG"])
def test_a_cpr_number_in_a_variable_is_refused_too(consultant, variable):
    consultant.environment[variable] = CPR

    result = consultant.types("call", TIMBER, "busy")

    assert result.exit_code == 1
    assert "3441" not in result.output


@pytest.mark.parametrize(
    ("missing", "hint"),
    [("CAMPAIGN_OFFICE", "campaign init --office 306"), ("CAMPAIGN_CONSULTANT", "campaign init --consultant abcd")],
)
def test_who_logs_has_to_be_known_and_it_is_said_how(consultant, missing, hint):
    consultant.environment[missing] = None

    result = consultant.types("call", TIMBER, "busy")

    assert result.exit_code == 2
    assert missing in result.stderr
    assert hint in result.stderr


def test_an_option_at_the_root_counts_and_the_commands_own_counts_more(consultant):
    assert "101 København" in consultant.says("--office", "101", "call", TIMBER, "busy")
    assert "147 Frederiksberg" in consultant.says("--office", "101", "call", BAKERY, "busy", "--office", "147")
    assert "anna" in consultant.says("--consultant", "anna", "call", BARBER, "busy")
