"""Critical values: against others' tables, the same for everybody, and safe on disk."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from cardhouse.errors import InputError, OutputError
from cardhouse.market import (
    cache,
    composite_bootstrap,
    critical,
    explosive,
    monte_carlo,
    null_paths,
    panel_bootstrap,
    panel_explosive,
    sieve_bootstrap,
    wild_bootstrap,
)

sys.path.insert(0, str(Path(__file__).parent))
from explosive_data import series, table

LEVELS = (0.90, 0.95, 0.99)
# From 20,000 to 100,000 replications of an independent program.
TABLE = [
    (100, 19, 20_000, (0.978, 1.288, 1.896), (1.652, 1.951, 2.579), (0.2369, 0.5708, 1.2351)),
    (400, 40, 4_000, (1.1669, 1.4648, 2.0208), (1.9489, 2.198, 2.7045), (0.3018, 0.6285, 1.2866)),
    (1000, 66, 2_000, (1.255, 1.537, 2.067), (2.112, 2.340, 2.816), (0.3694, 0.6755, 1.3093)),
    (1680, 36, 2_000, (1.401, 1.657, 2.190), (2.533, 2.752, 3.203), (0.4761, 0.7665, 1.3769)),
]


@pytest.mark.slow
@pytest.mark.parametrize(("observations", "minw", "replications", "forward", "general", "last"), TABLE)
def test_monte_carlo_values(observations, minw, replications, forward, general, last) -> None:
    found = table(observations, minw, replications)
    # 2,000 replications are good to 0.06 up to 95 %; one in a hundred of them lies beyond 99 %.
    slack = np.array([0.06, 0.06, 0.16])
    slack = slack * min(1.0, (4_000 / replications) ** 0.5)
    assert (np.abs([found.value("sadf", p) for p in LEVELS] - np.array(forward)) < slack).all()
    assert (np.abs([found.value("gsadf", p) for p in LEVELS] - np.array(general)) < slack).all()
    # The pointwise quantile has a flatter distribution, hence twice the error.
    assert (np.abs([found.curve("pointwise", p)[-1] for p in LEVELS] - np.array(last)) < 2.5 * slack).all()


@pytest.mark.slow
def test_wild_bootstrap_values_of_the_sp500() -> None:
    # Harvey, Leybourne, Sollis and Taylor (2016) on psy2015, minw 90, 10,000 draws of an independent program.
    found = wild_bootstrap(series("psy2015"), minw=90, replications=2_000, seed=1)
    slack = np.array([0.13, 0.2, 0.45])
    assert (np.abs([found.value("sadf", p) for p in LEVELS] - np.array([2.496, 2.973, 4.269])) < slack).all()
    assert (np.abs([found.value("gsadf", p) for p in LEVELS] - np.array([4.079, 4.726, 6.103])) < slack).all()
    assert found.p_value("gsadf", explosive(series("psy2015"), minw=90).gsadf) == pytest.approx(0.09, abs=0.03)


def made(kind: str, **options):
    values = series("sim_T100")
    if kind == "monte-carlo":
        return monte_carlo(100, **options)
    if kind == "composite":
        return composite_bootstrap(values, horizon=24, **options)
    if kind == "panel":
        return panel_bootstrap(np.column_stack([values, series("psy1")]), **options)
    return {"wild": wild_bootstrap, "sieve": sieve_bootstrap}[kind](values, **options)


KINDS = ["monte-carlo", "wild", "sieve", "composite", "panel"]


def same(one, two) -> bool:
    return (
        one.draws.keys() == two.draws.keys()
        and one.curves.keys() == two.curves.keys()
        and all(one.draws[k].tobytes() == two.draws[k].tobytes() for k in one.draws)
        and all(one.curves[k].tobytes() == two.curves[k].tobytes() for k in one.curves)
    )


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_bytes_whatever_the_threads(kind: str) -> None:
    one = made(kind, replications=150, seed=7, threads=1)
    assert same(one, made(kind, replications=150, seed=7, threads=3))
    assert not same(one, made(kind, replications=150, seed=8, threads=1))


def test_a_replication_is_the_same_among_fewer_and_more() -> None:
    few, many = (monte_carlo(60, replications=n, seed=2) for n in (40, 60))
    paths = [null_paths.random_walk(60, 1.0)(null_paths.generator(2, r)) for r in range(60)]
    each = np.array([explosive(path).gsadf for path in paths])
    np.testing.assert_array_equal(few.draws["gsadf"], np.sort(each[:40]))
    np.testing.assert_array_equal(many.draws["gsadf"], np.sort(each))


def test_curves_are_quantiles_of_the_replications() -> None:
    found = monte_carlo(60, replications=50, seed=4)
    runs = [explosive(null_paths.random_walk(60, 1.0)(null_paths.generator(4, r))) for r in range(50)]
    backward, forward = np.array([r.bsadf for r in runs]), np.array([r.badf for r in runs])
    np.testing.assert_array_equal(found.curve("pointwise", 0.9), np.quantile(backward, 0.9, axis=0))
    running = np.maximum.accumulate(forward, axis=1)
    np.testing.assert_array_equal(found.curve("running-maximum", 0.9), np.quantile(running, 0.9, axis=0))
    family = np.maximum.accumulate(backward, axis=1)
    np.testing.assert_array_equal(found.curve("family-wise", 0.9), np.quantile(family, 0.9, axis=0))


def test_p_value_counts_the_series_itself() -> None:
    found = monte_carlo(60, replications=99, seed=0)
    assert found.p_value("gsadf", 1e9) == 0.01
    assert found.p_value("gsadf", -1e9) == 1.0
    assert found.p_value("sadf", found.value("sadf", 0.5)) == pytest.approx(0.5, abs=0.02)


@pytest.mark.slow
def test_tests_have_the_size_they_claim() -> None:
    """On walks the Monte Carlo and composite values reject about as often as they say."""
    found = monte_carlo(120, replications=2000, seed=0)
    runs = [explosive(np.random.default_rng(r).standard_normal(120).cumsum()) for r in range(1000)]
    share = np.mean([found.p_value("gsadf", run.gsadf) <= 0.05 for run in runs])
    assert share == pytest.approx(0.05, abs=0.02)
    inside = np.mean([(run.bsadf > found.curve("family-wise")).any() for run in runs])
    assert inside < 0.25
    last = np.mean([run.bsadf[-1] > found.curve("pointwise")[-1] for run in runs])
    assert last == pytest.approx(0.05, abs=0.02)


def test_wild_bootstrap_keeps_when_volatility_was_high() -> None:
    values = np.concatenate([0.01 * np.ones(100), np.ones(100)]).cumsum()
    paths = np.array([null_paths.wild(values)(null_paths.generator(0, r)) for r in range(400)])
    change = np.diff(paths, axis=1)
    assert change[:, :99].std() == pytest.approx(0.01, rel=0.05)
    assert change[:, 99:].std() == pytest.approx(1.0, rel=0.05)


def test_sieve_recovers_the_autoregression_and_imposes_the_unit_root() -> None:
    random = np.random.default_rng(0)
    change = random.standard_normal(3000)
    for t in range(1, 3000):
        change[t] += 0.6 * change[t - 1]
    values = np.concatenate([[0.0], (change + 0.3).cumsum()])
    model = critical.fit_order(values, None)
    assert model.slopes[0] == pytest.approx(0.6, abs=0.05)
    assert model.residuals.mean() == pytest.approx(0.0, abs=1e-12)
    assert critical.fit_order(values, 2).slopes.size == 2
    path = null_paths.sieve(values[:, None], [model])(null_paths.generator(0, 0))[:, 0]
    again = np.diff(path)
    assert np.corrcoef(again[1:], again[:-1])[0, 1] == pytest.approx(0.6, abs=0.06)
    assert abs(again.mean()) < 0.25


def test_sieve_keeps_series_correlated() -> None:
    random = np.random.default_rng(1)
    common = random.standard_normal(1000)
    values = np.column_stack([common + 0.3 * random.standard_normal(1000) for _ in range(3)]).cumsum(axis=0)
    models = [critical.fit_order(values[:, s], s) for s in range(3)]
    path = null_paths.sieve(values, models)(null_paths.generator(0, 0))
    found, expected = (np.corrcoef(np.diff(t, axis=0).T)[0, 1:] for t in (path, values))
    np.testing.assert_allclose(found, expected, atol=0.06)


def test_composite_value_is_for_the_whole_horizon() -> None:
    values = series("psy2015")[:400]
    short, long = (composite_bootstrap(values, horizon=h, replications=300, seed=0) for h in (6, 60))
    assert list(long.curves) == ["family-wise"]
    assert list(long.draws) == ["gsadf"]
    assert np.ptp(long.curve()) == 0
    assert long.curve().size == explosive(values).bsadf.size
    assert long.curve()[0] > short.curve()[0]
    assert long.curve()[0] == pytest.approx(long.value("gsadf"), abs=1e-12)
    long.check(explosive(values))


def test_values_are_bound_to_design_and_series() -> None:
    values = series("sim_T100")
    general = monte_carlo(100, replications=20)
    general.check(explosive(values))
    for other in ({"minw": 20}, {"lags": 1}, {"lags": 2, "criterion": "bic"}):
        with pytest.raises(InputError, match="do not fit a result of"):
            general.check(explosive(values, **other))
    own = wild_bootstrap(values, replications=20)
    own.check(explosive(values))
    with pytest.raises(InputError, match="wild critical values are made from one series"):
        own.check(explosive(values * 2))
    group = panel_bootstrap(np.column_stack([values, values[::-1]]), replications=20)
    group.check(panel_explosive(np.column_stack([values, values[::-1]])))
    with pytest.raises(InputError, match="made from one series"):
        group.check(explosive(values))


def test_progress_is_told_in_the_callers_thread_and_may_stop_the_work() -> None:
    seen = []
    monte_carlo(60, replications=200, threads=3, progress=lambda *at: seen.append((*at, threading.get_ident())))
    assert [done for done, _, _ in seen] == sorted(done for done, _, _ in seen)
    assert seen[-1] == (200, 200, threading.get_ident())
    assert len(seen) >= 50

    def stop(done: int, _: int) -> None:
        if done >= 20:
            raise KeyboardInterrupt

    for threads in (1, 2):
        with pytest.raises(KeyboardInterrupt):
            monte_carlo(60, replications=200, threads=threads, progress=stop)


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_kept_and_found_again(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "new" / "cache"
    one = made(kind, replications=40, folder=folder)
    files = list(folder.iterdir())
    assert len(files) == 1
    monkeypatch.setattr(critical.Plan, "_summarise", lambda *_: pytest.fail("it was simulated again"))
    assert same(one, made(kind, replications=40, folder=folder))


def test_every_choice_has_its_own_file(tmp_path: Path) -> None:
    choices = [
        {}, {"minw": 20}, {"lags": 1}, {"lags": 1, "criterion": "aic"}, {"lags": 1, "criterion": "bic"},
        {"replications": 21}, {"seed": 1}, {"drift": 0.0}, {"levels": (0.9,)},
    ]  # fmt: skip
    for choice in choices:
        monte_carlo(60, **{"replications": 20, "folder": tmp_path, **choice})
    wild_bootstrap(series("sim_T100"), replications=20, folder=tmp_path)
    wild_bootstrap(series("psy1"), replications=20, folder=tmp_path)
    composite_bootstrap(series("psy1"), horizon=5, replications=20, folder=tmp_path)
    composite_bootstrap(series("psy1"), horizon=6, replications=20, folder=tmp_path)
    assert len(list(tmp_path.iterdir())) == len(choices) + 4


def flip(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


DAMAGE = {
    "empty": lambda _: b"",
    "cut short": lambda content: content[:-7],
    "one bit": flip,
    "another program's": lambda _: b"PK\x03\x04 not ours",
    "checksum gone": lambda content: content.partition(b"\n")[2],
    "text": lambda _: "价格".encode(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_made_again(damage: str, tmp_path: Path) -> None:
    one = monte_carlo(60, replications=40, folder=tmp_path)
    (file,) = tmp_path.iterdir()
    good = file.read_bytes()
    file.write_bytes(DAMAGE[damage](good))
    assert same(one, monte_carlo(60, replications=40, folder=tmp_path))
    assert file.read_bytes() == good
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_under_another_key_is_not_believed(tmp_path: Path) -> None:
    """Not even when its checksum is right: the key inside must be the one asked for."""
    monte_carlo(60, replications=40, seed=1, folder=tmp_path)
    (other,) = tmp_path.iterdir()
    right = monte_carlo(60, replications=40, seed=2)
    plan_key = critical.Plan("monte-carlo", right.design, "", 40, 2, LEVELS, {"drift": 1.0}).key
    other.rename(cache.path_of(tmp_path, plan_key))
    assert same(right, monte_carlo(60, replications=40, seed=2, folder=tmp_path))


def test_a_pickle_in_the_cache_is_never_opened(tmp_path: Path) -> None:
    import hashlib
    import io

    monte_carlo(60, replications=40, folder=tmp_path)
    (file,) = tmp_path.iterdir()
    buffer = io.BytesIO()
    np.savez(buffer, key=np.array([{"a": 1}], dtype=object))
    body = buffer.getvalue()
    file.write_bytes(cache.MAGIC + hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    assert monte_carlo(60, replications=40, folder=tmp_path).draws["gsadf"].size == 40


def test_a_folder_that_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="file: cannot be used as a cache folder"):
        monte_carlo(60, folder=tmp_path / "file", progress=lambda *_: pytest.fail("work was done"))


def test_values_cannot_be_changed_after_they_were_given() -> None:
    found = monte_carlo(60, replications=20)
    for array in (*found.draws.values(), *found.curves.values()):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"replications": 19}, "replications must be a whole number, 20 or more; found 19"),
        ({"replications": 2.5}, "replications must be a whole number"),
        ({"seed": -1}, "seed must be a whole number, from 0 to"),
        ({"seed": 2**64}, "seed must be a whole number"),
        ({"seed": "a"}, "seed must be a whole number"),
        ({"levels": ()}, "levels must lie between 0 and 1"),
        ({"levels": (95,)}, "levels must lie between 0 and 1"),
        ({"drift": float("nan")}, "drift must be finite"),
        ({"threads": 0}, "threads must be a whole number, 1 or more; found 0"),
        ({"replications": 10**9}, r"need .* GB; use fewer than"),
    ],
)
def test_choices_that_cannot_be_meant(options, message: str) -> None:
    with pytest.raises(InputError, match=message):
        monte_carlo(60, **options)


def test_questions_that_have_no_answer() -> None:
    found = monte_carlo(60, replications=20)
    with pytest.raises(InputError, match="curves pointwise, running-maximum, family-wise; found 'cummax'"):
        found.curve("cummax")
    with pytest.raises(InputError, match=r"made for the levels 0.9, 0.95, 0.99; found 0.5"):
        found.curve("pointwise", 0.5)
    with pytest.raises(InputError, match="level must lie between 0 and 1"):
        found.value("gsadf", 95)
    with pytest.raises(InputError, match="have adf, sadf, gsadf; found 'bsadf'"):
        found.value("bsadf")
    for horizon in (0, 10_000, 1.5):
        with pytest.raises(InputError, match="horizon must be a whole number, from 1 to"):
            composite_bootstrap(series("sim_T100"), horizon=horizon)
    with pytest.raises(InputError, match="order must be a whole number"):
        sieve_bootstrap(series("sim_T100"), order=-1)
    with pytest.raises(InputError, match="too few for an autoregression of 60 lags"):
        sieve_bootstrap(series("sim_T100"), order=60)


def test_a_series_that_begins_flat_has_critical_values_where_it_moves() -> None:
    values = np.concatenate([np.full(40, 5.0), 5 + np.random.default_rng(0).standard_normal(60).cumsum()])
    for made_of in (wild_bootstrap(values, replications=40), composite_bootstrap(values, horizon=20, replications=40)):
        assert np.isfinite(made_of.draws["gsadf"]).all()
    curve = wild_bootstrap(values, replications=40).curve()
    result = explosive(values)
    np.testing.assert_array_equal(np.isnan(curve), np.isnan(result.bsadf))
    assert wild_bootstrap(values, replications=40).p_value("gsadf", result.gsadf) > 0


def test_a_missing_statistic_has_no_p_value() -> None:
    with pytest.raises(InputError, match="adf is nan"):
        monte_carlo(60, replications=20).p_value("adf", float("nan"))
    with pytest.raises(InputError, match="observations must be a whole number"):
        monte_carlo("60")
