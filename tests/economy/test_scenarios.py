"""Reading scenarios: every fault on its line, hostile files, composing, and the shipped files."""

from __future__ import annotations

import os
import time
import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cardhouse.economy.scenario as module
from cardhouse.book import Where
from cardhouse.economy.drivers import DRIVERS
from cardhouse.economy.scenario import BASELINE, Shape, Shock, check, compose, read_scenario, shipped
from cardhouse.economy.scenario_lines import lines_of
from cardhouse.errors import CardhouseError, ScenarioError, UnknownName

QUICK = settings(max_examples=60, deadline=None, derandomize=True, database=None)
FOLDER = Path(module.__file__).parent / "scenarios"
HEAD = 'name = "mine"\ntitle = "Mine"\nabout = "What it is."\n'
"""Three lines; what a test adds begins on line 4."""
SHOCK = '[[shock]]\ndriver = "rents"\nlevel = 0.6\nreason = "why"\n'


def faults(text: str) -> list[str]:
    scenario, found = check(text, "mine.toml")
    assert (scenario is None) == bool(found)
    return [str(fault) for fault in found]


def only(text: str) -> str:
    found = faults(text)
    assert len(found) == 1, found
    return found[0]


def test_a_whole_file():
    text = (
        HEAD
        + 'title_zh = "我的"\nreorganise = ["coreweave",\n  "nebius"]\n'
        + '[[shock]]\ndriver = "supplier"\nfirm = "nvidia"\nfrom = 2026-12-31\n'
        + 'level = 0.6\nover = 4\nlasts = 8\nreason = "a"\n'
        + '[[shock]]\ndriver = "rents"\nquarter = 3\nrate = -0.4\nreason = """b\n   c"""\n'
        + '[[pull]]\nfirm = "openai"\npays = 0.25\n'
        + '[[move]]\ndriver = "share"\nfrom_firm = "a"\nto_firm = "b"\npart = 0.5\nover = 6\nreason = "d"\n'
    )
    scenario, found = check(text, "mine.toml")
    assert not found
    assert scenario is not None
    assert (scenario.name, scenario.title, scenario.title_zh, scenario.about_zh) == (
        "mine",
        "Mine",
        "我的",
        "What it is.",
    )
    assert scenario.reorganise == ("coreweave", "nebius")
    assert [str(where) for where in scenario.reorganise_at] == ["mine.toml:5", "mine.toml:6"]
    first, second = scenario.shocks
    assert first == Shock(
        "supplier", Shape.LEVEL, (0.6,), Where("mine.toml", 7), "a", date(2026, 12, 31), "nvidia", 4, lasts=8
    )
    assert (second.shape, second.values, second.start, second.reason) == (Shape.RATE, (-0.4,), 3, "b c")
    assert (scenario.pulls[0].pays, scenario.pulls[0].start, scenario.pulls[0].where.line) == (0.25, 1, 21)
    assert (scenario.moves[0].part, scenario.moves[0].over, scenario.moves[0].to_firm) == (0.5, 6, "b")


TOP_FAULTS = [
    ("", 4, "'nam' is no field here", HEAD + 'nam = "x"\n'),
    ("did you mean shock?", 4, "'shocks'", HEAD + "[[shocks]]\n"),
    ("", 1, "name: it is missing", HEAD.replace('name = "mine"', "")),
    ("", 1, "no name", HEAD.replace('"mine"', '"My Own"')),
    ("put it in quotes", 2, "title: a whole number is no text", HEAD.replace('"Mine"', "3")),
    ("1 to 160", 2, "it has 161 characters", HEAD.replace('"Mine"', f'"{"x" * 161}"')),
    ("", 2, "no plain text", HEAD.replace('"Mine"', '" "')),
    ("", 2, "no plain text", HEAD.replace('"Mine"', '"a\\u001b[31mb"')),
    ("[[shock]]", 4, "a table is no list of tables", HEAD + "[shock]\n"),
    ("[[shock]]", 4, "a whole number is no list of tables", HEAD + "shock = 3\n"),
    ("[[shock]]", 5, "a whole number is no table", HEAD + "shock = [\n3]\n"),
    ("at most 200", 4, "it stands 201 times", HEAD + "[[pull]]\nfirm = 'x'\n" * 201),
    ("", 4, "a text is no list", HEAD + 'reorganise = "coreweave"\n'),
    ("", 5, "a whole number is no name", HEAD + 'reorganise = ["x",\n 3]\n'),
    ("did you mean rents-fall?", 4, "'rent-fall' is neither", HEAD + 'compose = ["rent-fall"]\n'),
    ("at most 32", 4, "it has 33 names", HEAD + f"compose = {['boom'] * 33}\n"),
]


@pytest.mark.parametrize(("said", "line", "found", "text"), TOP_FAULTS)
def test_faults_of_the_file_itself(said, line, found, text):
    fault = only(text)
    assert fault.startswith(f"mine.toml:{line}: ")
    assert found in fault
    assert said in fault


SHOCK_FAULTS = [
    (5, "did you mean rents?", 'driver = "rent"\nlevel = 1\nreason = "x"'),
    (5, "a whole number is no text", 'driver = 7\nlevel = 1\nreason = "x"'),
    (4, "driver: it is missing", 'level = 1\nreason = "x"'),
    (4, "reason: it is missing", 'driver = "rents"\nlevel = 1'),
    (7, "reason: '' is no plain text", 'driver = "rents"\nlevel = 1\nreason = ""'),
    (4, "it says no number; expected exactly one of level, add, rate, path", 'driver = "rents"\nreason = "x"'),
    (7, "level and rate are given together", 'driver = "rents"\nlevel = 1\nrate = 0.1\nreason = "x"'),
    (6, "'11' is out of bounds; expected a number from 0.01 to 10", 'driver = "rents"\nlevel = 11\nreason = "x"'),
    (6, "'nan' is out of bounds", 'driver = "rents"\nlevel = nan\nreason = "x"'),
    (6, "'inf' is out of bounds", 'driver = "rents"\nlevel = 1e999\nreason = "x"'),
    (6, "more than 60 digits", f'driver = "rents"\nlevel = {"9" * 4000}\nreason = "x"'),
    (6, "a true or false is no number", 'driver = "rents"\nlevel = true\nreason = "x"'),
    (6, "a text is no number", 'driver = "rents"\nlevel = "0.6"\nreason = "x"'),
    (6, "rents is no driver to add to", 'driver = "rents"\nadd = 0.5\nreason = "x"'),
    (6, "delay is no index", 'driver = "delay"\nrate = 0.5\nreason = "x"'),
    (6, "from -0.95 to 9", 'driver = "rents"\nrate = -1\nreason = "x"'),
    (6, "it has 0 values", 'driver = "rents"\npath = []\nreason = "x"'),
    (6, "it has 81 values", f'driver = "rents"\npath = {[1] * 81}\nreason = "x"'),
    (6, "a whole number is no list", 'driver = "rents"\npath = 1\nreason = "x"'),
    (8, "'20' is out of bounds", 'driver = "rents"\npath = [1, # [\n 0.9,\n 20,\n 0.8]\nreason = "x"'),
    (5, "rents is the same for all firms", 'firm = "nvidia"\ndriver = "rents"\nlevel = 1\nreason = "x"'),
    (4, "firm: it is missing", 'driver = "price"\nlevel = 1\nreason = "x"'),
    (7, "from and quarter are both given", 'driver = "rents"\nlevel = 1\nquarter = 1\nfrom = 2027-01-01\nreason = "x"'),
    (7, "a text is no day", 'driver = "rents"\nlevel = 1\nfrom = "2027-01-01"\nreason = "x"'),
    (7, "a date or time is no day", 'driver = "rents"\nlevel = 1\nfrom = 2027-01-01T00:00:00Z\nreason = "x"'),
    (7, "0202-01-01 is out of bounds", 'driver = "rents"\nlevel = 1\nfrom = 0202-01-01\nreason = "x"'),
    (7, "expected a whole number of quarters from 1 to 80", 'driver = "rents"\nlevel = 1\nquarter = 0\nreason = "x"'),
    (7, "a decimal number is no whole number", 'driver = "rents"\nlevel = 1\nquarter = 1.0\nreason = "x"'),
    (7, "'81' is out of bounds", 'driver = "rents"\nlevel = 1\nover = 81\nreason = "x"'),
    (7, "no phase-in", 'driver = "rents"\nrate = 0.1\nover = 4\nreason = "x"'),
    (7, "no phase-in", 'driver = "life"\nlevel = 3\nover = 4\nreason = "x"'),
    (
        7,
        "it ends after 2 quarters; expected at least over = 4",
        'driver = "rents"\nlevel = 1\nlasts = 2\nover = 4\nreason = "x"',
    ),
    (7, "neither true nor false", 'driver = "rents"\nlevel = 1\ngeometric = 1\nreason = "x"'),
    (7, "no equal factors", 'driver = "delay"\nlevel = 1\ngeometric = true\nreason = "x"'),
    (7, "no equal factors", 'driver = "demand"\nlevel = 0\ngeometric = true\nreason = "x"'),
    (7, "'overs' is no field here", 'driver = "rents"\nlevel = 1\novers = 4\nreason = "x"'),
    (7, "'a' is no field here", 'driver = "rents"\nlevel = 1\na.b = 4\nreason = "x"'),
]


@pytest.mark.parametrize(("line", "found", "text"), SHOCK_FAULTS)
def test_faults_of_a_shock(line, found, text):
    fault = only(f"{HEAD}[[shock]]\n{text}\n")
    assert fault.startswith(f"mine.toml:{line}: ")
    assert found in fault


OTHER_FAULTS = [
    (4, "firm: it is missing", "[[pull]]"),
    (6, "from 0 to 1", '[[pull]]\nfirm = "x"\npays = -0.1'),
    (6, "it pays all its dues", '[[pull]]\nfirm = "x"\npays = 1'),
    (6, "'part' is no field", '[[pull]]\nfirm = "x"\npart = 1'),
    (5, "'price' cannot move", '[[move]]\ndriver = "price"\nfrom_firm = "a"\nto_firm = "b"\npart = 1\nreason = "x"'),
    (7, "to where it is", '[[move]]\ndriver = "share"\nfrom_firm = "a"\nto_firm = "a"\npart = 1\nreason = "x"'),
    (4, "part: it is missing", '[[move]]\ndriver = "share"\nfrom_firm = "a"\nto_firm = "b"\nreason = "x"'),
    (8, "from 0 to 1", '[[move]]\ndriver = "share"\nfrom_firm = "a"\nto_firm = "b"\npart = 2\nreason = "x"'),
    (4, "reason: it is missing", '[[move]]\ndriver = "share"\nfrom_firm = "a"\nto_firm = "b"\npart = 1'),
    (
        9,
        "at least over = 6",
        '[[move]]\ndriver = "share"\nfrom_firm = "a"\nto_firm = "b"\npart = 1\nlasts = 2\nover = 6\nreason = "x"',
    ),
]


@pytest.mark.parametrize(("line", "found", "text"), OTHER_FAULTS)
def test_faults_of_pulls_and_moves(line, found, text):
    fault = only(f"{HEAD}{text}\n")
    assert fault.startswith(f"mine.toml:{line}: ")
    assert found in fault


def test_all_faults_at_once_in_the_order_of_lines():
    text = HEAD + SHOCK.replace("0.6", "60") + "\n" + SHOCK.replace("rents", "rent") + '[[pull]]\npays = "x"\n'
    lines = [int(fault.split(":")[1]) for fault in faults(text)]
    assert lines == [6, 10, 13, 14]


MISLEADING = '''about = """
[[shock]]
driver = "nobody"  \\""" # not the end
"""
name = "mine"
title = \'\'\'
[[shock]] [[[ # "\'\'\'
compose = [  # [[shock]]
  "boom",  # "x
  "[[shock]]",
]
[[shock]] # first
"driver" = "rents"
level = 0.6 # level = 7
reason = "x = [ \\" # {"
[[ shock ]]
driver = "rents"
level = 66
reason = 'a\\'
shock = { driver = "rents" }
'''


def test_strings_comments_and_brackets_do_not_shift_lines():
    tomllib.loads(MISLEADING)
    found = faults(MISLEADING)
    assert [fault.split(": ")[0] for fault in found] == ["mine.toml:10", "mine.toml:18", "mine.toml:20"]


def test_inline_tables_have_the_line_they_begin_on():
    rows = ",\n".join(f'{{ driver = "rents", level = {level}, reason = "x" }}' for level in ("0.5", "0.6", "66"))
    assert only(f"{HEAD}shock = [\n{rows}\n]\n").startswith("mine.toml:7: level")


TEXTS = st.text(st.sampled_from(list("ab\"'\\#[]{}=,.\n \t\r1-")), max_size=60)


@QUICK
@given(TEXTS)
def test_any_text_gives_faults_and_no_traceback(text):
    scenario, found = check(text, "mine.toml")
    assert scenario is None
    assert found
    assert all(1 <= fault.where.line <= text.count("\n") + 1 for fault in found)


@QUICK
@given(
    st.lists(
        st.sampled_from(
            ['x = "[[t]]"', "x = '''\n[[t]]'''", 'x = """\n\\"""\n"""', "x = [\n1, # ]\n[2]]", "# [[t]]", ""]
        )
    )
)
def test_headers_are_found_behind_any_value(pieces):
    text = "".join(f"[[t]]\n{piece}\nlast = 1\n" for piece in pieces)
    tomllib.loads(text)
    lines = lines_of(text)
    rows = text.split("\n")
    for index in range(len(pieces)):
        assert rows[lines.table("t", index) - 1] == "[[t]]"
        assert rows[lines.key("t", index, "last") - 1] == "last = 1"
    assert ("t", len(pieces)) not in lines.tables


def test_a_broken_file_names_the_line():
    assert only(HEAD + "x = = 3\n").startswith("mine.toml:4: file: it is no TOML")
    assert only(HEAD + 'name = "again"\n').startswith("mine.toml:4: ")
    assert only(HEAD + f"level = {'9' * 5000}\nx = 1\n").startswith("mine.toml:4: ")
    assert only(HEAD + 'x = "open').startswith("mine.toml:4: ")


HOSTILE = {
    "brackets": "x = " + "[" * 30_000,
    "tables": "x = " + "{a=" * 20_000,
    "dots": "a" + ".a" * 30_000 + " = 1",
    "header": "[" + "a." * 30_000 + "a]",
    "quotes": 'x = "' * 12_000,
    "escapes": 'x = """' + '\\"""' * 15_000,
    "backslash": 'x = "' + "\\" * 60_001,
    "lines": "\n" * 65_000 + "x",
    "keys": "".join(f"k{n} = 1\n" for n in range(6_000)),
    "shocks": "[[shock]]\n" * 6_500,
    "nul": "\0" * 1000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_quickly(name):
    began = time.perf_counter()
    assert faults(HEAD + HOSTILE[name])
    assert time.perf_counter() - began < 5.0


def written(folder: Path, name: str, text: str | bytes) -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def refused(path: str) -> str:
    with pytest.raises(ScenarioError) as error:
        read_scenario(path)
    assert isinstance(error.value, CardhouseError)
    assert isinstance(error.value, ValueError)
    return str(error.value)


def test_files_that_are_none(tmp_path):
    assert "no such file" in refused(str(tmp_path / "gone.toml"))
    (tmp_path / "folder.toml").mkdir()
    assert "it is a folder" in refused(str(tmp_path / "folder.toml"))
    assert "65,537 bytes; " in refused(written(tmp_path, "large.toml", b"#" * 65_537)).replace("it has ", "")
    assert ".toml:2: file: it is not UTF-8" in refused(written(tmp_path, "latin.toml", b'name = "x"\ntitle = "\xe9"\n'))
    assert "NUL" in refused("a\0b.toml") or "leads nowhere" in refused("a\0b.toml")
    assert refused("x" * 5000 + ".toml")
    os.mkfifo(tmp_path / "pipe.toml")
    assert "pipe" in refused(str(tmp_path / "pipe.toml"))


def test_marks_and_line_ends_of_windows(tmp_path):
    path = written(
        tmp_path, "mine.toml", b"\xef\xbb\xbf" + (HEAD + SHOCK.replace("0.6", "66")).replace("\n", "\r\n").encode()
    )
    assert refused(path).startswith(f"{path}:6: level")


def test_unknown_names():
    with pytest.raises(UnknownName, match="did you mean rents-fall"):
        read_scenario("rents-fal")
    with pytest.raises(UnknownName, match="expected one of baseline, openai-stops"):
        read_scenario("../../etc/passwd")


def test_files_compose_shipped_ones_and_neighbours(tmp_path):
    written(tmp_path, "low.toml", HEAD.replace("mine", "low") + SHOCK)
    path = written(tmp_path, "top.toml", HEAD.replace("mine", "top") + 'compose = ["low.toml", "boom"]\n' + SHOCK)
    scenario = read_scenario(path)
    assert scenario.parts == ("low", "boom")
    assert [s.driver for s in scenario.shocks] == ["rents", "growth", "rents"], "its own come last"
    assert scenario.shocks[0].where == Where(str(tmp_path / "low.toml"), 4)


def test_faults_of_composed_files_name_that_file(tmp_path):
    low = written(tmp_path, "low.toml", HEAD + SHOCK.replace("0.6", "66"))
    path = written(tmp_path, "top.toml", HEAD + 'compose = ["low.toml",\n "gone.toml"]\n' + SHOCK.replace("0.6", "-1"))
    lines = [line.split(": ")[0] for line in refused(path).split("\n")]
    assert lines == [f"{low}:6", f"{path}:5", f"{path}:8"]


@pytest.mark.parametrize(
    "name", ["../x.toml", "/etc/x.toml", "a/x.toml", "..\\x.toml", "C:x.toml", "x", ".toml/..", "x.csv"]
)
def test_no_path_leads_outside(tmp_path, name):
    path = written(tmp_path, "top.toml", HEAD + f"compose = ['{name}']\n")
    assert f"{path}:4: compose: " in refused(path)


def test_a_link_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    written(tmp_path / "b", "secret.toml", HEAD + SHOCK)
    (tmp_path / "a" / "low.toml").symlink_to(tmp_path / "b" / "secret.toml")
    path = written(tmp_path / "a", "top.toml", HEAD + 'compose = ["low.toml"]\n')
    assert "leads out of the scenario's folder" in refused(path)
    assert read_scenario(str(tmp_path / "a" / "low.toml")).name == "mine", "the file a user names may be a link"


def test_circles_are_faults(tmp_path):
    one = written(tmp_path, "one.toml", HEAD + 'compose = ["two.toml"]\n')
    two = written(tmp_path, "two.toml", HEAD + 'compose = ["one.toml"]\n')
    assert f"{two}:4: compose: it goes in a circle: one.toml -> two.toml -> one.toml" in refused(one)
    itself = written(tmp_path, "itself.toml", HEAD + 'compose = ["itself.toml"]\n')
    assert "itself.toml -> itself.toml" in refused(itself)
    scenario, found = check(Path(itself).read_text(), itself)
    assert scenario is None
    assert "circle" in str(found[0])


def test_chains_and_doublings_end(tmp_path):
    for n in range(40):
        text = HEAD.replace("mine", f"n{n}") + f'compose = ["n{n + 1}.toml", "n{n + 1}.toml"]\n'
        written(tmp_path, f"n{n}.toml", text if n < 20 else HEAD.replace("mine", f"n{n}") + SHOCK)
    assert len(read_scenario(str(tmp_path / "n0.toml")).shocks) == 1, "a file counts once on however many ways"
    names = [f"n{n}.toml" for n in range(8, 40)]
    assert "more than 32 files" in refused(written(tmp_path, "all.toml", HEAD + f"compose = {names}\n"))


def test_composing_in_code():
    rents, money = read_scenario("rents-fall"), read_scenario("dear-money")
    both = compose(rents, money)
    assert both.name == "rents-fall+dear-money"
    assert both.title_zh == f"{rents.title_zh} + {money.title_zh}"
    assert both.shocks == rents.shocks + money.shocks
    assert compose() == BASELINE
    assert compose(rents) is rents
    assert compose(both, rents).shocks == both.shocks
    assert (
        compose(read_scenario("efficiency"), read_scenario("efficiency-10")).shocks
        == read_scenario("efficiency").shocks
    )


def test_every_file_is_shipped_and_every_name_has_a_file():
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted(shipped())
    assert read_scenario("baseline") == BASELINE


@pytest.mark.parametrize("name", shipped())
def test_shipped_files_are_whole(name):
    raw = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    assert raw["name"] == name
    for key in ("title_zh", "about_zh"):
        assert any("\u4e00" <= c <= "\u9fff" for c in raw[key])
    for key in ("title", "about"):
        assert raw[key].isascii()
    scenario = read_scenario(name)
    for record in (*scenario.shocks, *scenario.pulls, *scenario.moves):
        assert len(record.reason) > 40, "a reason says why"
    assert str(scenario.where).startswith(f"{name}.toml:"), "no path of this machine"


def test_the_manual_has_every_driver_and_scenario():
    manual = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    for driver in DRIVERS.values():
        row = f"| `{driver.id}` | {driver.unit} | {driver.baseline:g} | {driver.low:g} to {driver.high:g} |"
        assert f"{row} {driver.blend} | {driver.meaning} |" in manual
    for name in shipped():
        assert f"| `{name}` |" in manual
    example = manual.split("```toml\n")[1].split("```")[0]
    scenario, found = check(example, "example.toml")
    assert scenario is not None, [str(fault) for fault in found]
