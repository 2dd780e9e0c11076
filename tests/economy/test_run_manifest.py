"""What a run is of: written and read alike, compared in sentences, and refused where it was made to mislead.

Truth: the manifest that was put in; the same book read from another place; rows changed by hand.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import cardhouse
from cardhouse.book import Book, embedded, read_book, write_book
from cardhouse.economy.many import manifest as manifests
from cardhouse.economy.many.differences import differences
from cardhouse.economy.many.fingerprint import book_hash, canonical, scenario_content, scenario_hash
from cardhouse.economy.many.folder import open_folder, reopen
from cardhouse.economy.many.manifest import Manifest, from_text, to_text
from cardhouse.economy.scenario import compose, read_scenario
from cardhouse.errors import InputError, OutputError

sys.path.insert(0, str(Path(__file__).parent))
from run_folders import MANIFEST, content, filled

DAY = date(2026, 9, 30)


@pytest.fixture(scope="module")
def book() -> Book:
    return embedded()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return filled(tmp_path_factory.mktemp("whole") / "run", replace(MANIFEST, paths=50))


@pytest.fixture
def run(whole: Path, tmp_path: Path) -> Path:
    """A small run to spoil."""
    return Path(shutil.copytree(whole, tmp_path / "run"))


# -- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "manifest",
    [
        MANIFEST,
        replace(MANIFEST, seed=2**64 - 1, paths=1, uncertainty="", layout={}),
        replace(MANIFEST, nodes=("阿里巴巴", "a.b-c_d"), layout={"names": ("a", ("b", None)), "edge": 0.1 + 0.2}),
    ],
)
def test_a_manifest_reads_back_as_it_was(manifest: Manifest) -> None:
    read = from_text(to_text(manifest), "manifest.json")
    assert read == manifest
    assert to_text(read) == to_text(manifest)
    assert read.run == manifest.run


def test_the_run_of_a_chunk_is_everything_but_length_words_and_day() -> None:
    scenario = {**MANIFEST.scenario, "title": "Another title"}
    same = replace(MANIFEST, paths=10**6, scenario_name="mine", scenario=scenario, created=date(2030, 1, 1))
    assert same.run == MANIFEST.run
    others = [replace(MANIFEST, **{name: value}) for name, value in OTHER.items() if name not in ("paths",)]
    assert len({MANIFEST.run, *(other.run for other in others)}) == len(others) + 1


OTHER: dict[str, Any] = {
    "version": "9.9",
    "engine": "f" * 64,
    "book_hash": "b" * 63 + "c",
    "book_date": date(2026, 6, 30),
    "scenario": {"shocks": []},
    "firmness": "binding",
    "case": "harsh",
    "uncertainty": "v",
    "seed": 8,
    "paths": 2000,
    "chunk": 200,
    "nodes": ("nvidia", "openai", "coreweave"),
    "windows": (date(2026, 12, 31),),
    "layout": {"edges": [0.0, 0.2, 1.0]},
}


# -- differences -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", list(OTHER))
def test_each_difference_is_named_and_refused_with_the_folder_as_it_was(field: str, run: Path) -> None:
    other = replace(MANIFEST, **{"paths": 50, field: OTHER[field]})
    (named, *_) = differences(other, replace(MANIFEST, paths=50))
    assert " here" in named
    if field == "paths":
        return  # a longer run goes on
    before = content(run)
    with pytest.raises(OutputError, match="holds another run") as refused:
        open_folder(run, other)
    assert named in str(refused.value)
    assert str(refused.value).endswith("choose another --out, or delete the folder")
    assert content(run) == before


def test_differences_are_sentences_a_person_can_act_on() -> None:
    other = replace(
        MANIFEST,
        book_hash="d" * 64,
        book_date=date(2026, 6, 30),
        scenario_name="dear-money",
        scenario={"shocks": []},
        seed=8,
        paths=1000,
        nodes=("nvidia", "coreweave", "oracle"),
        windows=(date(2026, 9, 30), date(2026, 12, 31), date(2027, 3, 31)),
        layout={"edges": [0.0, 0.2, 1.0], "extra": 1},
    )
    assert differences(MANIFEST, other) == (
        "opening of the book: 2026-09-30 here, 2026-06-30 in the folder",
        "scenario: rents-fall here, dear-money in the folder",
        "quarters: 2, 2026-12-31 to 2027-03-31, here, 3, 2026-09-30 to 2027-03-31, in the folder",
        "seed: 7 here, 8 in the folder",
        "paths: 950 here, 1,000 in the folder",
        "nodes: 3 here, 3 in the folder; only here: openai; only in the folder: coreweave",
    )
    assert differences(MANIFEST, other, here="in A", there="in B")[3] == "seed: 7 in A, 8 in B"


def test_nodes_in_another_order_are_another_run() -> None:
    turned = replace(MANIFEST, nodes=MANIFEST.nodes[::-1])
    assert differences(turned, MANIFEST) == ("nodes: the same 3 here and in the folder, in another order",)


def test_classes_of_figures_are_told_only_where_nothing_else_differs() -> None:
    """They follow from seed, book and scenario: beside those they would be noise, alone they are the difference."""
    one, two = (replace(MANIFEST, layout={"classes": [edge]}) for edge in (1.5, 2.5))
    assert differences(one, replace(two, seed=8)) == ("seed: 7 here, 8 in the folder",)
    assert differences(one, two) == ("where figures are counted: not the same here and in the folder",)


def test_what_a_user_chose_is_named_by_its_option_and_what_follows_from_it_is_not() -> None:
    """``--vary`` decides how many openings there are and what is drawn; so does the book."""
    both, calm = ({"vary": vary, "openings": count} for vary, count in (("both", 512), ("drivers", 1)))
    one, two = replace(MANIFEST, layout=both), replace(MANIFEST, layout=calm, uncertainty="v" * 64)
    assert differences(two, one) == ("--vary: drivers here, both in the folder",)
    fewer = replace(one, layout=both | {"openings": 16}, uncertainty="v" * 64)
    assert differences(fewer, one) == ("--openings: 16 here, 512 in the folder",)
    mended = replace(one, book_hash="c" * 64, uncertainty="v" * 64)
    assert differences(mended, one) == ("rows of the book: not the same here and in the folder",)
    binding = replace(one, firmness="binding")
    assert differences(binding, one) == ("--firmness: binding here, active in the folder",)


def test_chances_of_their_own_are_named_beside_another_seed() -> None:
    other = replace(MANIFEST, seed=8, uncertainty="v" * 64)
    assert differences(MANIFEST, other) == (
        "seed: 7 here, 8 in the folder",
        "chances, or draws of assumptions: not the same here and in the folder",
    )


def test_a_scenario_changed_under_its_name_is_said_to_do_something_else() -> None:
    other = replace(MANIFEST, scenario={"shocks": []})
    assert differences(MANIFEST, other) == ("what the scenario does: not the same here and in the folder",)


def test_no_hash_and_no_program_text_stands_in_a_sentence() -> None:
    """Truth: the manifests' own hashes, none of whose beginnings may be found; JSON begins with a bracket."""
    for name, value in OTHER.items():
        said = " ".join(differences(replace(MANIFEST, **{name: value}), MANIFEST))
        assert not any(digits * 8 in said for digits in "befuv"), name
        assert not set(said) & set('[]{}"'), name


def test_the_day_and_the_words_of_a_scenario_are_no_difference() -> None:
    scenario = {**MANIFEST.scenario, "title": "Other words"}
    other = replace(MANIFEST, created=date(2030, 1, 1), scenario_name="mine", scenario=scenario)
    assert differences(MANIFEST, other) == ()


def test_another_version_is_read_with_a_note_and_not_written(run: Path) -> None:
    (run / "manifest.json").unlink()
    for file in run.iterdir():
        file.unlink()
    older = replace(MANIFEST, paths=50, version="0.0.1")
    filled(run, older)
    folder = reopen(run)
    assert folder.column("fell").size == 50
    (note,) = folder.notes
    assert "computed by version 0.0.1" in note
    assert cardhouse.__version__ in note
    with pytest.raises(OutputError, match=f"version: {cardhouse.__version__} here, 0.0.1 in the folder"):
        open_folder(run, replace(MANIFEST, paths=50))


# -- hostile manifests -----------------------------------------------------------------------------------------------


def spoilt(run: Path, change: Callable[[dict[str, Any]], object]) -> None:
    content = json.loads((run / "manifest.json").read_text())
    change(content)
    (run / "manifest.json").write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda m: m.update(format=2), r"format 2, this version .* reads format 1.*0\.1\.0"),
        (lambda m: m.pop("format"), "format is missing; expected a whole number"),
        (lambda m: m.update(seed="7"), 'seed is "7"; expected a whole number'),
        (lambda m: m.update(seed=True), "seed is true; expected a whole number"),
        (lambda m: m.update(seed=-1), "-1 seed; expected 0 to"),
        (lambda m: m.update(paths=10**15), "1,000,000,000,000,000 paths; expected 1 to"),
        (lambda m: m.update(paths=10**4000), "a number of 4001 digits as paths"),
        (lambda m: m.update(paths=10**9, chunk=1), "1,000,000,000 chunks"),
        (lambda m: m.update(chunk=0), "0 paths in a chunk"),
        (lambda m: m.update(nodes=["a", "a"]), "stands twice"),
        (lambda m: m.update(nodes=["a\x1b[2J"]), r"'a\?\[2J' cannot stand"),
        (lambda m: m.update(nodes=["\ud800"]), "cannot stand"),
        (lambda m: m.update(nodes="nvidia"), "expected a list of texts"),
        (lambda m: m.update(nodes=[1]), "expected a list of texts"),
        (lambda m: m.update(layout=[]), "layout is .*expected a table"),
        (lambda m: m.update(layout={"x": "\ud800"}), "layout of the manifest is no JSON"),
        (lambda m: m.update(windows=["2027-03-31", "2026-12-31"]), "do not follow each other"),
        (lambda m: m.update(windows=["soon"]), 'windows is "soon"; expected a date'),
        (lambda m: m.update(book="x"), 'book is "x"; expected a table'),
        (lambda m: m["book"].update(date="2026-13-01"), r"book\.date .*expected a date"),
        (lambda m: m["scenario"]["content"].update(shocks=[]), "changed by hand"),
        (lambda m: m["choices"].update(quarters=40), "changed by hand"),
        (lambda m: m.update(engine="x" * 10**6), "cannot stand in a manifest"),
    ],
)
def test_a_manifest_that_misleads_is_refused(change: Callable[[dict[str, Any]], object], said: str, run: Path) -> None:
    spoilt(run, change)
    for ask in (lambda: reopen(run), lambda: open_folder(run, MANIFEST)):
        with pytest.raises(InputError, match=said) as refused:
            ask()
        assert str(refused.value).startswith(str(run / "manifest.json"))
        assert len(str(refused.value)) < 600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "it is no JSON"),
        (b"[]", r"the file is \[\]; expected a table"),
        (b"\xff\xfe", "it is not UTF-8"),
        (b"[" * 10**6, "it nests too deep"),
        (b'{"a":' * 10**5, "it nests too deep"),
        (b'{"format": 1, "seed": ' + b"9" * 10**6 + b"}", "it is no JSON"),
        (b'{"format": NaN}', "NaN is no number"),
        (b" " * (manifests.MAX_BYTES + 1), "more than 8,388,608"),
    ],
)
def test_bytes_that_are_no_manifest_are_refused(text: bytes, said: str, run: Path) -> None:
    (run / "manifest.json").write_bytes(text)
    for ask in (lambda: reopen(run), lambda: open_folder(run, MANIFEST)):
        with pytest.raises(InputError, match=said):
            ask()


def test_a_folder_that_is_no_run_is_named(tmp_path: Path) -> None:
    for path, said in ((tmp_path, "no such file"), (tmp_path / "none", "is no folder")):
        with pytest.raises(InputError, match=said):
            reopen(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layout": {"edges": [float("inf")]}}, "layout of the manifest is no JSON"),
        ({"layout": {"x": object()}}, "layout of the manifest is no JSON"),
        ({"scenario": {"x": float("nan")}}, "scenario of the manifest is no JSON"),
        ({"windows": ()}, "do not follow each other"),
        ({"nodes": ()}, "0 nodes"),
    ],
)
def test_a_manifest_that_could_not_be_read_is_never_made(change: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError, match=said):
        replace(MANIFEST, **change)


def test_a_manifest_too_long_to_be_read_is_not_written(tmp_path: Path) -> None:
    long = replace(MANIFEST, layout={"edges": "x" * manifests.MAX_BYTES})
    with pytest.raises(InputError, match="keep less in its layout"):
        open_folder(tmp_path / "run", long)
    assert list((tmp_path / "run").iterdir()) == []


# -- hashes of book and scenario -------------------------------------------------------------------------------------


def test_the_same_book_from_another_folder_has_the_same_hash(book: Book, tmp_path: Path) -> None:
    """Written elsewhere, then with a line break more in a file, which moves all lines below it."""
    write_book(book, tmp_path / "mine")
    read = read_book(tmp_path / "mine")
    again = read_book(tmp_path / "mine")
    assert book_hash(read) == book_hash(again)
    shutil.copytree(tmp_path / "mine", tmp_path / "yours")
    facts = tmp_path / "yours" / "facts.csv"
    head, _, rest = facts.read_text(encoding="utf-8").partition("\n")
    facts.write_text(f"{head}\n\n{rest}", encoding="utf-8")
    yours = read_book(tmp_path / "yours")
    assert yours.facts[0].where != read.facts[0].where
    assert book_hash(yours) == book_hash(read)
    assert book_hash(yours.as_of(DAY)) == book_hash(read.as_of(DAY)) != book_hash(read)


def test_any_row_of_any_table_is_part_of_the_hash(book: Book) -> None:
    known = book.as_of(DAY)
    first = next(iter(known.firms))
    changed = [
        replace(known, facts=(replace(known.facts[0], value=known.facts[0].value + 1e-9), *known.facts[1:])),
        replace(known, facts=known.facts[1:]),
        replace(known, ties=(replace(known.ties[0], amount=None), *known.ties[1:])),
        replace(known, ties=known.ties[::-1]),
        replace(known, terms=known.terms[:-1]),
        replace(known, assumptions=(replace(known.assumptions[0], high=9.9), *known.assumptions[1:])),
        replace(known, rates=known.rates[1:]),
        replace(known, firms={**known.firms, first: replace(known.firms[first], country="??")}),
        replace(known, firms=dict(reversed(known.firms.items()))),
        replace(known, metrics=dict(list(known.metrics.items())[1:])),
        replace(known, sources=dict(list(known.sources.items())[1:])),
    ]
    hashes = {book_hash(known), *map(book_hash, changed)}
    assert len(hashes) == len(changed) + 1
    assert book_hash(replace(known, folder="elsewhere", faults=(), rows={})) == book_hash(known)


def test_a_scenario_is_what_it_does_not_where_it_stands(tmp_path: Path) -> None:
    shipped = read_scenario("rents-fall")
    words = 'name = "mine"\ntitle = "Mine"\ntitle_zh = "我的"\nabout = "Mine."\nabout_zh = "我的。"\n'
    (tmp_path / "mine.toml").write_text(f'{words}compose = ["rents-fall"]\n', encoding="utf-8")
    mine = read_scenario(str(tmp_path / "mine.toml"))
    assert scenario_content(mine)["title"] == "Mine"
    assert scenario_hash(scenario_content(mine)) == scenario_hash(scenario_content(shipped))
    both = compose(shipped, read_scenario("openai-stops"))
    hashes = {scenario_hash(scenario_content(s)) for s in (shipped, both, replace(shipped, reorganise=("oracle",)))}
    assert len(hashes) == 3


def test_every_shipped_scenario_can_stand_in_a_manifest() -> None:
    from cardhouse.economy.scenario import shipped

    for name in shipped():
        manifest = replace(MANIFEST, scenario_name=name, scenario=scenario_content(read_scenario(name)))
        assert from_text(to_text(manifest), "manifest.json") == manifest


def test_canonical_text_is_one_for_one_value() -> None:
    assert canonical({"b": [1, 0.1], "a": "信"}) == '{"a":"\\u4fe1","b":[1,0.1]}'
