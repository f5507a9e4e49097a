"""The rules of the house: what every file says first, who may import whom, and what has no place here."""

import ast
import configparser
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("domain", "projections", "campaign", "cli")
BELOW = {
    "domain": {"domain"},
    "projections": {"domain", "projections"},
    "campaign": {"domain", "projections", "campaign"},
    "cli": {"campaign"},
}
SOURCE = [*sorted(path for layer in LAYERS[:-1] for path in (ROOT / layer).rglob("*.py")), ROOT / "cli.py"]
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TOP = {
    "campaign",
    "cli.py",
    "docs",
    "domain",
    "examples",
    "projections",
    "pyproject.toml",
    "requirements.lock",
    "benchmarks",
    "scripts",
    "setup.cfg",
    "tests",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
}
MADE_BY_TOOLS = {"build", "dist", "campaign_tracker.egg-info", "__pycache__"}
PARTS = {
    "domain": set(),
    "projections": {"engine", "facts", "questions"},
    "campaign": {
        *("backups", "board", "commands", "disclosure", "files", "importing", "page", "personal_data", "publishing"),
        *("reference", "reports", "storage", "terminal", "translations"),
    },
}
"""The folders of each layer."""
TEST_FOLDERS = {
    *("board", "domain", "exports", "house", "importing", "page", "personal_data", "postgres", "projections"),
    *("storage", "stress", "terminal"),
}
EXTRAS = {"campaign/storage/postgres/": ("postgres", "keyring"), "campaign/storage/transfer.py": ("postgres",)}
"""The only modules that may import what an extra brings."""
HEAVY = {
    "campaign/page/": {"jinja2", "vl_convert"},
    "campaign/board/": {"textual"},
    "campaign/disclosure/": {"highspy", "numpy"},
}
"""Packages that are large or slow to load, and the only folder that may import each."""
NAMED = {"vl_convert": "vl-convert-python"}
"""Packages that are not called as what they bring is imported."""
OF_OTHERS = {"axe-core"}
"""Folders with what others wrote, kept as they gave it."""
VAGUE_NAMES = re.compile(r"^models?$|(^|_)(utils?|helpers?|managers?|handlers?|services?|common|misc)($|_)")
VAGUE_CLASSES = re.compile(r"(Manager|Helper|Handler|Service|Processor|Info|Data)$")

VAGUE_WORDS = frozenset(
    [
        "said",
        "told",
        "found",
        "seen",
        "known",
        "kept",
        "named",
        "done",
        "wanted",
        "made",
        "left",
        "gone",
        "met",
        "asked",
        "given",
        "taken",
        "shown",
        "counted",
        "meant",
        "held",
        "begun",
        "let",
        "put",
        "got",
        "came",
        "went",
        "set_apart",
        "there",
        "here",
        "each",
        "what",
        "whole",
        "again",
        "own",
        "one",
        "which",
        "whose",
        "who",
        "it",
        "them",
        "those",
        "these",
        "others",
        "other",
        "another",
        "both",
        "all",
        "any",
        "some",
        "none",
        "such",
        "much",
        "many",
        "little",
        "rest",
        "same",
        "else",
        "then",
        "thus",
        "when",
        "where",
        "how",
        "why",
        "so",
        "of",
        "after",
    ]
)
"""Participles, pronouns and prepositions that as names of values say nothing of what these are."""
VAGUE_SHARE = 0.02
"""So many of all parameters and variables may have such a name."""


def name_of(path: Path) -> str:
    """A file as rules name it: ``campaign/app.py``."""
    return path.relative_to(ROOT).as_posix()


every_module = pytest.mark.parametrize("path", SOURCE, ids=name_of)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, inside_functions: bool = True) -> set[str]:
    """The dotted names a module imports when it runs; those for type checkers alone are left out."""
    return set(_imports(tree(path), inside_functions))


def _imports(node: ast.AST, inside_functions: bool) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, "imports name their package in full"
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        elif inside_functions or not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _imports(child, inside_functions)


def packages(path: Path, inside_functions: bool = True) -> set[str]:
    """The top-level names a module imports."""
    return {name.partition(".")[0] for name in imports(path, inside_functions)}


# What every file says


@pytest.mark.parametrize("path", [*SOURCE, *TESTS], ids=name_of)
def test_a_module_opens_with_one_sentence(path):
    said = ast.get_docstring(tree(path)) or ""

    assert re.fullmatch(r"[^\n]+[.?]", said), "its docstring is one line that ends like a sentence"
    assert not re.search(r"[.?!] [A-Z]", said), "it is one sentence"


@pytest.mark.parametrize("path", [*SOURCE, *TESTS], ids=name_of)
def test_a_name_says_what_a_thing_is(path):
    classes = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    functions = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef)]

    assert not VAGUE_NAMES.search(path.stem)
    assert [name for name in classes if VAGUE_CLASSES.search(name)] == []
    assert [name for name in functions if name.endswith("_impl")] == []


def value_names(path: Path) -> Iterator[str]:
    """The name of every parameter, and of every variable as often as it is assigned."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def test_parameters_and_variables_are_named_after_what_they_hold():
    names = [name for path in SOURCE for name in value_names(path) if name not in ("self", "cls", "_")]
    vague = Counter(name for name in names if name.strip("_") in VAGUE_WORDS)

    assert vague.total() <= VAGUE_SHARE * len(names), f"{vague.total()} of {len(names)}: {vague.most_common(20)}"


# Where there is no browser or no office program, what is seen in one cannot be; with CI=true it fails there instead.
MAY_SKIP = {"tests/support/browser.py", "tests/support/office_program.py"}


@pytest.mark.parametrize("path", [path for path in TESTS if name_of(path) not in MAY_SKIP], ids=name_of)
def test_no_test_is_skipped_or_expected_to_fail(path):
    named = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}

    assert named & {"pytest.mark.skip", "pytest.mark.xfail", "pytest.skip", "pytest.xfail", "unittest.skip"} == set()


# Who may import whom


@every_module
def test_a_module_imports_only_what_lies_below(path):
    layer = path.relative_to(ROOT).parts[0].removesuffix(".py")

    assert (packages(path) & set(LAYERS)) - BELOW[layer] == set()


@every_module
def test_only_commands_and_the_terminal_know_the_screen(path):
    where = name_of(path)
    if not where.startswith(("campaign/commands/", "campaign/terminal/")):
        assert packages(path) & ({"rich"} if where == "cli.py" else {"click", "rich"}) == set()


@every_module
def test_the_domain_does_not_touch_the_outside(path):
    outside = {"os", "io", "sys", "pathlib", "sqlite3", "sqlalchemy", "json", "csv", "logging", "subprocess", "socket"}
    if name_of(path).startswith("domain/"):
        assert packages(path) & outside == set()
        assert [
            ast.unparse(node) for node in ast.walk(tree(path)) if _is_call_of(node, {"open", "print", "input"})
        ] == []


@every_module
def test_every_package_that_is_imported_is_declared(path):
    options = configparser.ConfigParser()
    options.read(ROOT / "setup.cfg", encoding="utf-8")
    wanted = options["options"]["install_requires"]
    for folder, extras in EXTRAS.items():
        if name_of(path).startswith(folder):
            wanted += "".join(options["options.extras_require"][name] for name in extras)
    declared = {re.split("[ <>=;[]", line)[0].lower() for line in wanted.split("\n")}
    ours = sys.stdlib_module_names | set(LAYERS)

    assert {NAMED.get(name, name.lower().replace("_", "-")) for name in packages(path) - ours} <= declared


@every_module
def test_heavy_packages_stay_in_their_folder(path):
    elsewhere = {name for folder, names in HEAVY.items() if not name_of(path).startswith(folder) for name in names}

    assert packages(path) & elsewhere == set()


@pytest.mark.parametrize(
    ("modules", "unloaded"),
    [
        (
            "campaign.app, campaign.storage.sqlite.workspace",
            {"sqlalchemy", "click", "rich", "babel", "xlsxwriter", "projections"},
        ),
        ("domain.campaign, domain.company, domain.outreach", {"sqlalchemy", "click", "rich", "sqlite3", "campaign"}),
        ("cli", {"sqlalchemy", "rich.table", "eventsourcing", "babel", "xlsxwriter", "projections", "campaign.app"}),
    ],
)
def test_what_is_not_needed_is_not_loaded(modules, unloaded):
    program = f"import {modules}, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT
    ).stdout

    assert unloaded & set(loaded.split()) == set()


# The clock, the environment and the screen enter at the edge


# A place to crash at is named by a rehearsal alone, around all layers: no function could hand it in.
# How long somebody waits is measured where they wait, and is no moment of any campaign.
AT_THE_EDGE = ("campaign/commands/", "campaign/terminal/", "campaign/failpoints.py", "campaign/retry.py", "cli.py")
CLOCKS = {"date.today", "datetime.today", "datetime.now", "datetime.utcnow", "time.time", "time.monotonic"}
SURROUNDINGS = {"os.environ", "os.getenv", "Path.home", "Path.cwd", "os.getcwd"}


@every_module
def test_the_clock_and_the_environment_enter_at_the_edge(path):
    if not name_of(path).startswith(AT_THE_EDGE):
        named = {ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)}
        assert named & (CLOCKS | SURROUNDINGS) == set()


@every_module
def test_nothing_goes_unnoticed(path):
    """Who catches every exception raises again what is not meant for him."""
    handlers = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ExceptHandler)]
    of_all = [h for h in handlers if h.type is None or ast.unparse(h.type) in ("Exception", "BaseException")]

    assert [h.lineno for h in of_all if not any(isinstance(node, ast.Raise) for node in ast.walk(h))] == []


# What lies where


def test_the_top_level_holds_what_the_layout_says():
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}

    assert there - MADE_BY_TOOLS <= TOP
    assert {"campaign", "cli.py", "domain", "projections", "scripts", "setup.cfg", "tests"} <= there


def test_a_layer_holds_modules_and_its_named_folders():
    folders = {layer: {p.name for p in (ROOT / layer).iterdir() if p.is_dir()} - MADE_BY_TOOLS for layer in LAYERS[:-1]}

    assert folders == PARTS


def test_every_folder_with_modules_is_a_package():
    without = [p for layer in PARTS for p in (ROOT / layer).rglob("*") if p.is_dir() and any(p.glob("*.py"))]

    assert [name_of(p) for p in without if not (p / "__init__.py").exists()] == []


def test_every_file_of_the_application_that_is_no_module_is_installed_with_it():
    options = configparser.ConfigParser()
    options.read(ROOT / "setup.cfg", encoding="utf-8")
    installed = set()
    for package, patterns in options["options.package_data"].items():
        folder = ROOT.joinpath(*package.split("."))
        assert (folder / "__init__.py").exists(), f"{package} is no package, so nothing of it is installed"
        installed.update(path for pattern in patterns.split(",") for path in folder.glob(pattern.strip()))
    others = {p for p in (ROOT / "campaign").rglob("*") if p.is_file() and p.suffix not in (".py", ".pyc")}

    assert sorted(map(name_of, others - installed)) == []


def test_tests_are_in_folders_that_mirror_the_parts_of_the_program():
    folders = {p.name for p in (ROOT / "tests").iterdir() if p.is_dir()} - MADE_BY_TOOLS
    flat = {p.name for p in (ROOT / "tests").glob("*.py")}

    assert flat == {"conftest.py"}
    assert folders == {*TEST_FOLDERS, "golden", "support"}


@pytest.mark.parametrize(
    "path", sorted(path for path in (ROOT / "scripts").iterdir() if path.is_file() and not path.suffix), ids=name_of
)
def test_a_script_can_be_run_and_is_plain_sh(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]

    assert os.access(path, os.X_OK)
    assert first == "#!/bin/sh"
    subprocess.run(["sh", "-n", path], check=True)


def test_settings_of_tools_lie_in_setup_cfg_and_those_of_ruff_beside_it():
    beside = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert set(beside) == {"build-system", "tool"}
    assert set(beside["tool"]) == {"ruff"}


# What has no place here


def texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the project."""
    for folder in (ROOT, *(ROOT / name for name in (".ci", *TOP) if (ROOT / name).is_dir())):
        for path in sorted(folder.glob("*") if folder == ROOT else folder.rglob("*")):
            if (
                path.is_file()
                and not (MADE_BY_TOOLS | OF_OTHERS) & set(path.parts)
                and not path.name.startswith(".git")
            ):
                try:
                    yield path, path.read_text(encoding="utf-8")
                except UnicodeDecodeError:
                    continue


def test_no_file_names_the_machine_it_was_written_on():
    folders = {ROOT, *ROOT.parents} - {Path("/"), Path("/tmp"), Path.home(), Path.home().parent}
    found = {name_of(path): str(f) for path, text in texts() for f in folders if re.search(rf"(?<!\w){f}/", text)}

    assert found == {}


def test_a_document_that_is_named_is_there():
    there = {path.name for path, _ in texts()}
    named = {(name_of(path), found) for path, text in texts() for found in re.findall(r"[\w-]+\.md\b", text)}

    assert sorted((where, document) for where, document in named if document not in there) == []


# Helpers of the rules


def _is_call_of(node: ast.AST, names: set[str]) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in names
