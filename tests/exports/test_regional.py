"""Homes of one region: what each hands in, and that their sum is what one home would count, each company once."""

import hashlib
import hmac
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest
from campaign_builder import CampaignBuilder, report_scope
from hypothesis import given
from hypothesis import strategies as st
from stress.regions import campaign as campaign_of
from stress.regions import differing, of_offices, read, rows, split, written
from terminal_user import BAKERY, BARBER, TIMBER, TerminalUser, new_consultant

from campaign.errors import Fault, SettingsFault
from campaign.publishing.regional.contribution import COMPANIES, finest, read_contribution
from campaign.publishing.regional.keys import new_key, read_key
from campaign.publishing.regional.merge import check_alike, merge, request_for
from campaign.publishing.totals.manifest import digest, seal
from campaign.publishing.totals.request import FileOptions
from projections.measures import DIMENSIONS
from projections.questions.distinct_companies import companies_counted
from projections.questions.hit_rates import hit_rates

OPENLY = ("--internal", "--suppress-below", "0")
ALL = ("306", "147", "101", "851")


class Region(NamedTuple):
    """Homes of three offices by their codes, what each contributes, and the key they share."""

    homes: dict[str, TerminalUser]
    files: dict[str, Path]
    key: Path
    folder: Path

    def collect(self, *words: object, by: str = "", openly: bool = True) -> dict:
        """The file that comes of it, as JSON."""
        path = self.folder / "sum.json"
        more = (*(["--by", by] if by else []), *(OPENLY if openly else []))
        self.homes["306"].says("collect", *map(str, words), "-o", str(path), "--force", *more)
        return json.loads(path.read_bytes())

    def said(self, *words: object) -> tuple[int, str]:
        """The exit code and stderr of a sum of which no file matters."""
        typed = ("collect", *map(str, words), "-o", str(self.folder / "sum.csv"), "--force")
        result = self.homes["306"].types(*typed)
        return result.exit_code, result.stderr

    def contributed(self, office: str, *more: str, name: str = "other.json") -> Path:
        """Another contribution of that office."""
        path = self.folder / name
        typed = ("export", "contribution", "--key-file", str(self.key), "-o", str(path), "--force", *more)
        self.homes[office].says(*typed)
        return path


def an_office(home: Path, office: str) -> TerminalUser:
    """Somebody of that office, in a home whose campaign four offices take part in."""
    somebody = new_consultant(home, "2012-11-30T12:00")
    somebody.environment["CAMPAIGN_OFFICE"] = office
    somebody.says(*PLAN, *(word for code in ALL for word in ("--office", code)))
    return somebody


PLAN = ("plan", "luk-op", "--title", "Luk op", "--from", "2012-09-03", "--to", "2013-06-30")


@pytest.fixture(scope="module")
def region(tmp_path_factory):
    """Odsherred and Frederiksberg both called the carpenter; København called the barber; Aalborg did nothing."""
    folder = tmp_path_factory.mktemp("region")
    homes = {office: an_office(folder / f"home-{office}", office) for office in ALL[:3]}
    key = folder / "region.key"
    homes["306"].says("collect", "--new-key", str(key))
    homes["306"].says("call", TIMBER, "accepted", "--at", "2012-10-05", "--visit", "2012-10-09")
    homes["306"].says("visit", TIMBER, "held", "--on", "2012-10-09", "--yield", "acute-job:2")
    homes["306"].says("call", TIMBER, "busy", "--at", "2012-11-06")
    homes["147"].says("call", TIMBER, "declined", "--at", "2012-11-07", "--reason", "no-need")
    homes["147"].says("call", BAKERY, "busy", "--at", "2012-11-08")
    homes["101"].says("call", BARBER, "busy", "--at", "2012-11-09")
    found = Region(homes, {}, key, folder)
    found.files.update({office: found.contributed(office, name=f"{office}.json") for office in homes})
    return found


@pytest.fixture
def altered(region, tmp_path):
    """Makes a contribution of what another says, changed; ``key``: signed by somebody who has it."""

    def alter(change, key=None, sealed=True) -> Path:
        said = json.loads(region.files["306"].read_bytes())
        change(said)
        path = tmp_path / "altered.json"
        path.write_text(json.dumps(resealed(said, key) if sealed else said), encoding="utf-8")
        return path

    return alter


def resealed(said, key=None):
    """As somebody would seal it who knows how."""
    manifest = said["manifest"]
    manifest["sha256"] = digest({name: said[name] for name in ("contacts", "yields")})
    manifest["seal"] = seal({name: value for name, value in manifest.items() if name != "signature"})
    manifest["signature"] = key.signature(manifest["seal"]) if key else manifest["signature"]
    return said


# What the sum is


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A part of the model campaign of four offices in four homes, some companies of which the next one called too."""
    folder, lines = tmp_path_factory.mktemp("model"), read()
    offices = sorted({line["office"] for line in lines["calls.csv"]})[:4]
    part = of_offices(lines, offices)
    chosen = {line["cvr"] for line in part["companies.csv"][::25]}
    part["calls.csv"] = [line for line in part["calls.csv"] if line["cvr"] in chosen]
    part["visits.csv"] = [line for line in part["visits.csv"] if line["cvr"] in chosen]
    part["calls.csv"] += [
        line | {"ref": f"again-{line['ref']}", "office": offices[offices.index(line["office"]) - 1]}
        for line in part["calls.csv"][::3]
    ]
    part = of_offices(part, offices)
    whole = campaign_of(folder / "whole", written(folder / "all", part))
    new_key(folder / "key", bytes(32))
    homes = list(split(part, offices, folder))
    for home in homes:
        said = ("--by", "week,month,industry,size", "--key-file", str(folder / "key"), "-o", f"{home}.json")
        TerminalUser(home, NOW).says("export", "contribution", *said)
    return [Path(f"{home}.json") for home in homes], TerminalUser(whole, NOW), folder


NOW = datetime(2013, 7, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("by", ["", "office,month", "region", "week", "industry,size", "kind", "region,support_class"])
def test_the_sum_of_all_homes_is_what_one_home_counts(model, by):
    files, whole, folder = model
    one, many = folder / f"one {by}.json", folder / f"many {by}.json"
    said = (*(["--by", by] if by else []), *OPENLY, "-o")

    whole.says("export", "totals", *said, str(one))
    whole.says("collect", *map(str, files), *said, str(many))

    assert list(differing(rows(one), rows(many))) == []
    assert any(row["yields"] for row in rows(one))


def test_a_company_that_two_offices_called_is_counted_once_in_the_region(region):
    found = region.collect(*region.files.values(), by="office")

    called = {row.get("office", ""): row["companies_called"] for row in found["rows"]}
    assert called == {"101": 1, "147": 2, "306": 1, "851": 0, "": 3}
    assert [row["calls"] for row in found["rows"] if "office" not in row] == [5]


def test_a_company_called_in_two_months_is_counted_once_in_the_office(region):
    found = region.collect(region.files["306"], by="office,month")

    called = {(row.get("office", ""), row.get("month", "")): row["companies_called"] for row in found["rows"]}
    assert (called["306", "2012-10"], called["306", "2012-11"], called["306", ""]) == (1, 1, 1)


def test_homes_and_contributions_are_added_up_alike(region):
    homes = [somebody.home for somebody in region.homes.values()]

    of_files = region.collect(*region.files.values(), by="office,month")
    of_homes = region.collect(*homes, "--key-file", region.key, by="office,month")
    of_both = region.collect(region.files["306"], *homes[1:], "--key-file", region.key, by="office,month")

    assert of_files["rows"] == of_homes["rows"] == of_both["rows"]


def test_a_home_beside_files_is_read_for_what_these_are_of(region):
    early = region.contributed("306", "--to", "2012-11-07")

    found = region.collect(early, region.homes["147"].home, "--key-file", region.key, by="office")

    assert {row.get("office", ""): row["calls"] for row in found["rows"]}.items() >= {"306": 2, "147": 1}.items()
    assert found["manifest"]["request"]["last"] == "2012-11-07"


def test_homes_are_read_for_the_period_that_is_asked_for(region):
    homes = [region.homes[office].home for office in ("306", "147")]

    found = region.collect(*homes, "--key-file", region.key, "--from", "2012-11-07", "--to", "2012-11-07")

    assert [row["calls"] for row in found["rows"]] == [1]


def test_the_order_in_which_they_are_given_makes_no_difference(region):
    files = list(region.files.values())

    assert region.collect(*files, by="office") == region.collect(*reversed(files), by="office")


def test_what_tells_of_few_is_hidden_in_the_sum(region):
    found = region.collect(*region.files.values(), openly=False)

    (row,) = found["rows"]
    assert (row["companies_called"], row["acceptance_rate"]) == (None, None)
    assert {"companies_called", "acceptance_rate"} <= set(row["hidden"])
    assert found["manifest"]["request"]["suppress_below"] == 5


# Which offices it is of


def test_an_office_that_takes_part_and_contributes_nothing_is_named(region):
    found = region.collect(*region.files.values())["manifest"]
    _, said = region.said(*region.files.values())

    assert (found["offices"], found["missing"], found["twice"]) == (["101", "147", "306"], ["851"], [])
    assert "Missing, and so not in it: 851 Aalborg." in said


def test_an_office_that_handed_nothing_in_is_named_with_those_that_did_nothing(region):
    assert region.collect(region.files["306"], region.files["147"])["manifest"]["missing"] == ["101", "851"]


def test_every_office_of_the_region_is_missed_that_contributes_nothing(region):
    missing = region.collect(*region.files.values(), "--region", "Hovedstaden")["manifest"]["missing"]

    assert {"151", "400", "851"} <= set(missing)
    assert not {"101", "147", "306", "316"} & set(missing)


def test_an_office_in_two_contributions_is_named(region):
    later = region.contributed("306", "--by", "office,week,month")

    found = region.collect(*region.files.values(), later)
    _, said = region.said(*region.files.values(), later)

    assert (found["manifest"]["twice"], found["manifest"]["again"]) == (["306"], [])
    assert "In several contributions, and so perhaps counted twice: 306 Odsherred." in said
    assert (found["rows"][0]["calls"], found["rows"][0]["companies_called"]) == (7, 3)


def test_the_same_contribution_given_twice_is_counted_once_and_named(region):
    again = shutil.copy(region.files["306"], region.folder / "z.json")

    found = region.collect(*region.files.values(), again)

    assert found["rows"] == region.collect(*region.files.values())["rows"]
    assert (found["manifest"]["twice"], found["manifest"]["again"]) == ([], ["z.json"])
    assert "Given twice, and counted once: z.json." in region.said(*region.files.values(), again)[1]


@pytest.mark.parametrize("name", ["sum.xlsx", "sum.csv", "sum.px", "sum.json-stat", "sum.tsv"])
def test_the_sum_says_in_every_format_what_it_is_of(region, tmp_path, name):
    path = tmp_path / name
    region.homes["306"].says("collect", *map(str, region.files.values()), "-o", str(path), *OPENLY)

    said = manifest_of(path)

    assert said["what"] == "collected totals"
    assert [each["name"] for each in said["contributions"]] == ["101.json", "147.json", "306.json"]
    assert [each["offices"] for each in said["contributions"]] == [["101"], ["147"], ["306"]]
    assert [len(each["head"]) for each in said["contributions"]] == [64, 64, 64]
    assert (said["missing"], said["position"], said["head"]) == (["851"], None, None)


def manifest_of(path):
    """What a file says of itself, wherever it does."""
    from campaign.publishing.formats import px
    from campaign.publishing.formats.workbook import sheets

    if path.suffix == ".xlsx":
        return json.loads(sheets(path, path.read_bytes())[-1].lines[0][0])
    if path.suffix == ".px":
        return px.manifest(path.read_bytes())
    if path.suffix == ".json-stat":
        return json.loads(path.read_bytes())["extension"]["manifest"]
    return json.loads(path.with_name(f"{path.name}.anchor.json").read_bytes())


def test_the_workbook_names_the_offices_it_is_of_and_those_that_lack(region, tmp_path):
    from campaign.publishing.formats.workbook import sheets

    path = tmp_path / "sum.xlsx"
    region.homes["306"].says("collect", *map(str, region.files.values()), "-o", str(path), *OPENLY, "--lang", "da")

    about = next(sheet for sheet in sheets(path, path.read_bytes()) if sheet.name == "Om tallene")
    said = dict(line[:2] for line in about.lines)
    assert said["jobcentre, der mangler"] == "851 Aalborg"
    assert said["lagt sammen af jobcentrene"] == "101 København, 147 Frederiksberg, 306 Odsherred"
    assert said["jobcentre i flere bidrag"] == "ingen"


def test_a_workbook_has_weeks_where_every_contribution_has_them(region, tmp_path):
    from campaign.publishing.formats.workbook import sheets

    home, key = region.homes["306"], ("--key-file", str(region.key))
    home.says("collect", str(home.home), *key, "-o", str(tmp_path / "home.xlsx"), *OPENLY)
    home.says("collect", str(region.files["306"]), "-o", str(tmp_path / "file.xlsx"), *OPENLY)

    names = [
        [sheet.name for sheet in sheets(path, path.read_bytes())]
        for path in (tmp_path / "home.xlsx", tmp_path / "file.xlsx")
    ]
    assert "Weeks" in names[0]
    assert "Weeks" not in names[1]


# What cannot be added up


def test_contributions_under_different_keys_are_refused(region, tmp_path):
    other = tmp_path / "other.key"
    region.homes["147"].says("collect", "--new-key", str(other))
    path = region.folder / "x.json"
    region.homes["147"].says("export", "contribution", "--key-file", str(other), "-o", str(path))

    code, said = region.said(region.files["306"], path)
    assert (code, said.startswith("306.json and x.json cannot be added up, for they are of another key: ")) == (2, True)
    code, said = region.said(region.files["306"], "--key-file", other)
    assert (code, "306.json was made with another key" in said) == (2, True)


@pytest.mark.parametrize(
    ("asked_for", "what"),
    [
        (("--from", "2012-10-01"), "period: ... to ..., and 2012-10-01 to ..."),
        (("--as-of", "2012-11-01"), "as-of day: 2012-11-30, and 2012-11-01"),
        (("--known-on", "2012-11-29"), "known-on day: none, and 2012-11-29"),
        (("--kind", "acute-job"), "choice of kinds: none, and acute-job"),
        (("--region", "Hovedstaden"), "choice of regions: none, and Hovedstaden"),
    ],
)
def test_contributions_of_something_else_are_refused(region, asked_for, what):
    other = region.contributed("147", *asked_for)

    code, said = region.said(region.files["306"], other)

    assert (code, said) == (2, f"306.json and other.json cannot be added up, for they are of another {what}.\n")


def test_files_of_one_name_are_told_apart_by_their_folders(region, tmp_path):
    for office in ("306", "147"):
        (tmp_path / office).mkdir()
        shutil.copy(region.files[office], tmp_path / office / "handed-in.json")
    both = sorted(tmp_path.glob("*/*.json"))

    named = region.collect(*both)["manifest"]["contributions"]

    assert [each["name"] for each in named] == ["147/handed-in.json", "306/handed-in.json"]


def test_a_contribution_of_another_campaign_is_refused(region, tmp_path):
    somebody = new_consultant(tmp_path / "home", "2012-11-30T12:00")
    somebody.says("plan", "two", "--title", "Two", "--from", "2012-09-03", "--to", "2013-06-30")
    path = str(tmp_path / "two.json")
    somebody.says("export", "contribution", "--key-file", str(region.key), "--campaign", "two", "-o", path)

    code, said = region.said(region.files["306"], path)

    assert (code, "of another campaign: luk-op, and two." in said) == (2, True)


def test_of_each_office_its_own_contribution_is_one_choice(region):
    own = [region.contributed(office, "--office", office, name=f"own-{office}.json") for office in ("306", "147")]

    found = region.collect(*own)

    assert found["manifest"]["request"]["offices"] == ["147", "306"]
    assert found["manifest"]["missing"] == []


def test_what_no_contribution_tells_apart_is_refused(region):
    code, said = region.said(*region.files.values(), "--by", "office,industry")

    assert (code, said) == (
        2,
        "306.json has no figures by industry. Ask for it with: campaign export contribution --by office,industry\n",
    )


def test_a_file_is_not_of_another_period_because_that_is_asked_for(region):
    code, said = region.said(region.files["306"], "--from", "2012-10-01")

    assert (code, said) == (2, "306.json was not asked for with --from 2012-10-01.\n")


def test_nothing_to_add_up_and_homes_without_a_key_are_refused(region, tmp_path):
    assert region.said()[1].startswith("Name the contributions to add up: files of offices, or data directories.")
    assert "is a data directory: name the key" in region.said(region.homes["306"].home)[1]
    assert region.said(tmp_path, "--key-file", region.key) == (
        2,
        f"There is no data directory at {tmp_path}. Create one with: campaign init --home {tmp_path}\n",
    )
    assert region.said(region.key) == (
        2,
        f"{region.key} is no contribution. An office makes one: campaign export contribution -o FILE\n",
    )
    assert region.said(tmp_path / "none.json")[0] == 2


# A contribution


def test_a_contribution_holds_no_number_of_a_company_and_each_under_the_key(region):
    text = region.files["306"].read_text(encoding="utf-8")
    secret = bytes.fromhex(region.key.read_text(encoding="ascii"))
    named = hmac.new(secret, f"campaign region company {TIMBER}".encode(), hashlib.sha256).hexdigest()[:32]

    said = json.loads(text)

    assert TIMBER not in text
    assert secret.hex() not in text
    assert {tuple(row["companies_called"]) for row in said["contacts"]} == {(named,)}
    assert said["manifest"]["rule"].startswith("Nothing is hidden")
    assert "for the region alone" in said["manifest"]["rule"]


def test_companies_stand_in_no_order_that_tells_when_they_were_called(model):
    called = [row["companies_called"] for file in model[0] for row in json.loads(file.read_bytes())["contacts"]]

    assert len([each for each in called if len(each) > 1]) > 5
    assert called == [sorted(set(each)) for each in called]


def test_two_contributions_at_one_position_are_the_same_bytes(region):
    assert region.contributed("147").read_bytes() == region.files["147"].read_bytes()


def test_a_contribution_has_no_single_consultants(region):
    result = region.homes["306"].types(
        "export", "contribution", "--key-file", str(region.key), "--consultant", "abcd", "-o", "x.json"
    )

    assert (result.exit_code, "No such option '--consultant'" in result.stderr) == (2, True)


def test_a_contribution_never_replaces_a_file_unasked(region):
    typed = ("export", "contribution", "--key-file", str(region.key), "-o", str(region.files["306"]))

    assert "is there already" in region.homes["306"].types(*typed).stderr


def test_a_contribution_that_was_altered_is_refused(region, altered):
    def more(said):
        said["contacts"][0]["calls"] += 1

    unsealed, sealed = altered(more, sealed=False), altered(more)

    assert region.said(sealed)[0] == 0, "whoever knows how to seal is noticed by the key alone"
    assert region.said(sealed, "--key-file", region.key) == (
        4,
        f"{sealed} was altered by somebody without the key of the region. Ask for it anew.\n",
    )
    altered(more, sealed=False)
    assert region.said(unsealed) == (
        4,
        f"{unsealed} was altered or damaged: its figures do not fit what is sealed in it. Ask for it anew.\n",
    )


WRONG = [None, -1, 1.5, True, "", "x", [], {}, ["x"], [1], {"office": 1}, "2013-99", "2013-W99"]
PLACES = [
    *[("manifest", name) for name in ("request", "offices", "taking_part", "left_out", "measures", "day", "position")],
    *[("manifest", "request", name) for name in ("by", "day", "campaign", "offices", "position", "first")],
    *[("contacts",), ("contacts", 0), ("yields",), ("yields", 0)],
    *[("contacts", 0, name) for name in ("office", "month", "calls", "companies_called")],
    *[("yields", 0, name) for name in ("kind", "positions", "support_class")],
]


@given(place=st.sampled_from(PLACES), value=st.sampled_from(WRONG), key=st.booleans())
def test_whatever_stands_in_a_contribution_is_added_up_or_refused_in_a_sentence(region, place, value, key):
    said = json.loads(region.files["306"].read_bytes())
    there = said
    for each in place[:-1]:
        there = there[each]
    there[place[-1]] = value
    path = region.folder / "mangled.json"
    path.write_text(json.dumps(resealed(said, read_key(region.key))), encoding="utf-8")

    try:
        found = [read_contribution(path, read_key(region.key) if key else None)]
        check_alike(found, ())
        made = merge(found, request_for(found, FileOptions("json", ("office", "month"), False, "en", 0, True)), "test")
    except Fault as fault:
        said = str(fault)
    else:
        said = ""
        assert made.manifest["what"] == "collected totals"
    assert "\n" not in said


# The key


def test_a_new_key_is_for_its_owner_alone_and_replaces_none(region, tmp_path):
    path = tmp_path / "new.key"

    first = region.homes["306"].types("collect", "--new-key", str(path))
    again = region.homes["306"].types("collect", "--new-key", str(path))

    assert path.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(path.read_text(encoding="ascii"))) == 32
    assert path.read_text(encoding="ascii").strip() not in first.output
    assert first.stdout.startswith(f"Made: {path}, which only you can read.")
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)


@pytest.mark.parametrize("text", ["", "00" * 31, "x" * 64, "ø" * 64, "00" * 2_000])
def test_what_is_no_key_is_refused(tmp_path, text):
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")

    with pytest.raises(SettingsFault, match="holds no key"):
        read_key(path)


def test_a_key_that_others_can_read_is_refused(region, tmp_path):
    path = tmp_path / "key"
    shutil.copy(region.key, path)
    path.chmod(0o640)

    with pytest.raises(SettingsFault, match="Others can read"):
        read_key(path)
    with pytest.raises(SettingsFault, match="cannot be read: No such file"):
        read_key(tmp_path / "none")


# Proved


def test_a_contribution_is_proved_in_its_own_home(region):
    somebody, path = region.homes["306"], str(region.files["306"])

    proved = somebody.types("export", "verify", path, "--key-file", str(region.key))
    elsewhere = region.homes["147"].types("export", "verify", path, "--key-file", str(region.key))

    assert (proved.exit_code, proved.stdout) == (
        0,
        f"Equal: all figures of {path} are what the log gives at position 14.\n",
    )
    assert elsewhere.exit_code == 4


def test_a_contribution_is_still_proved_when_more_was_logged(region, tmp_path):
    shutil.copytree(region.homes["306"].home, tmp_path / "home")
    later = TerminalUser(tmp_path / "home", NOW, first_number=9_000)
    later.says("call", TIMBER, "accepted", "--at", "2012-11-28", "--office", "306", "--campaign", "luk-op")

    proved = later.types("export", "verify", str(region.files["306"]), "--key-file", str(region.key))

    assert proved.exit_code == 0, proved.stderr


def test_a_contribution_whose_maker_altered_it_is_not_what_its_log_gives(region, altered):
    def more(said):
        said["contacts"][0]["calls"] += 1
        said["contacts"][0]["companies_called"] = ["0" * 32]

    path = altered(more, read_key(region.key))
    result = region.homes["306"].types("export", "verify", str(path), "--key-file", str(region.key))

    assert result.exit_code == 4
    assert "306 Odsherred, " in result.stderr
    assert "companies_called: the file says 1 companies, the log gives 1 others" in result.stderr
    assert "calls: the file says 2, the log gives 1" in result.stderr


def test_what_no_log_gives_says_how_it_is_proved_instead(region, tmp_path):
    somebody, path = region.homes["306"], tmp_path / "sum.xlsx"
    somebody.says("collect", *map(str, region.files.values()), "-o", str(path))

    of_sum = somebody.types("export", "verify", str(path))
    of_part = somebody.types("export", "verify", str(region.files["306"]))
    against = somebody.types("export", "totals", "-o", str(tmp_path / "x.csv"), "--against", str(path))

    assert (of_sum.exit_code, of_part.exit_code, against.exit_code) == (2, 2, 2)
    assert "was added up from several homes, and no log gives it whole" in of_sum.stderr
    assert "--key-file KEY" in of_part.stderr
    assert "was added up from several homes" in against.stderr


# Which companies were counted


def test_as_many_companies_are_named_as_are_counted():
    builder = CampaignBuilder()
    for number, (cvr, outcome) in enumerate([(BAKERY, "busy"), (TIMBER, "accepted"), (BAKERY, "declined")]):
        builder.called(cvr, outcome, f"2012-1{number}-05", office=("306", "147")[number % 2])
    builder.invited(BARBER)
    builder.retracted(builder.called(BARBER, "accepted"), cvr=BARBER)
    with builder.tables() as connection:
        scope = report_scope(connection)
        for by in DIMENSIONS:
            found = [(each.words, each.figure) for each in companies_counted(connection, scope, (by,))]
            for row in hit_rates(connection, scope, by):
                assert {name: found.count(((row[by],), name)) for name in COMPANIES} == {n: row[n] for n in COMPANIES}
        assert not any(
            each.cvr == BARBER and each.figure == "companies_called"
            for each in companies_counted(connection, scope, ())
        )


def test_the_finest_groups_are_no_finer_than_they_need_to_be():
    assert finest(("month",)) == ("office", "region", "month", "quarter", "kind", "support_class")
    assert finest(()) == ("office", "region", "kind", "support_class")
