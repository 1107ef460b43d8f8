"""``limcyc sweep``, ``plot``, ``evolve`` and ``spectrum``: job files are checked whole, stores continue, pictures are drawn."""

import csv
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

import limcyc as lc
from limcyc import plotting
from limcyc.cli.expressions import Expression
from limcyc.cli.job_file import EXAMPLE, checked
from limcyc.cli.main import app
from limcyc.errors import ParameterError
from limcyc.library import atomic_ensembles
from limcyc.library.two_ion_phonon_laser import model
from limcyc.library.two_ion_phonon_laser.adiabatic import lasing_intensity
from limcyc.library.two_ion_phonon_laser.model import MODE
from limcyc.sweeps import load, random

SMALL = """
system = "two-ion-phonon-laser"
level = "formula"
method = "eq15"
measure = {I = "I_ss"}
[over.g_c]
from = 0.4
to = 0.9
points = 6
[over.gamma_c]
values = [2, "3", 4.5]
[fixed]
gamma_h = "3/2"
[run]
executor = "serial"
"""


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return result


@pytest.fixture
def job(tmp_path):
    path = tmp_path / "job.toml"
    path.write_text(SMALL)
    return path


def test_a_job_file_becomes_a_store_that_continues(job, tmp_path):
    said = run("sweep", job, "--csv", tmp_path / "job.csv", "--netcdf", tmp_path / "job.nc").stdout
    assert "18 of 18 points have a value" in said and str(tmp_path / "job.zarr") in said
    found = load(tmp_path / "job.zarr")
    assert found["I"].dims == ("g_c", "gamma_c") and found["g_c"].attrs["units"] == "rate"
    for i, g_c in enumerate(found["g_c"].values):
        for k, gamma_c in enumerate([2.0, 3.0, 4.5]):
            formula = lasing_intensity(g_h=1.0, g_c=g_c, gamma_h=1.5, gamma_c=gamma_c)
            assert float(found["I"][i, k]) == pytest.approx(float(formula), rel=1e-12)
    (tmp_path / "job.zarr" / "answers" / "c" / "4" / "0").unlink()
    assert json.loads(run("sweep", job, "--resume", "--json").stdout)["counts"] == {"steady": 18}
    assert load(tmp_path / "job.zarr").identical(found)
    assert len((tmp_path / "job.csv").read_text().splitlines()) == 19 and (tmp_path / "job.nc").stat().st_size > 1000
    job.write_text(SMALL.replace('"3/2"', "1.6"))
    assert "fixed.gamma_h: 1.5 in the store, 1.6 now" in run("sweep", job, code=2).stderr


def test_resume_needs_a_store(job):
    assert "--resume continues a sweep, but there is no store" in run("sweep", job, "--resume", code=2).stderr
    assert "needs a job file" in run("sweep", code=2).stderr
    assert "cannot be read: No such file" in run("sweep", "nowhere.toml", code=2).stderr


def test_the_example_is_a_job_that_runs(tmp_path):
    path = tmp_path / "example.toml"
    path.write_text(run("sweep", "--example").stdout)
    assert path.read_text() == EXAMPLE
    assert "81 points" in run("sweep", path, "--check").stdout and not (tmp_path / "example.zarr").exists()
    run("sweep", path, "--executor", "serial")
    found = load(tmp_path / "example.zarr")
    state = lc.Exact(model()).steady_state(g_h=1.0, g_c=found["R"].values[3] ** -0.5, gamma_h=1.5, gamma_c=1.5 / 0.5)
    assert float(found["n"][3, 4]) == pytest.approx(state.mean(MODE.number), rel=1e-9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("system =", "sistem ="), "unknown key in the job file: 'sistem'; did you mean 'system'?"),
        (("two-ion-phonon-laser", "two-ion-laser"), "key system: unknown system 'two-ion-laser'; did you mean"),
        (('"formula"', '"formulae"'), "unknown level at key level: 'formulae'; did you mean 'formula'?"),
        (('"eq15"', '"eq16"'), "key method: unknown method of the level formula 'eq16'; did you mean 'eq15'?"),
        (("I_ss", "I_s"), "unknown value at key measure: 'I_s'; did you mean 'I_ss'?"),
        (("[over.g_c]", "[over.g_cc]"), "at key over.g_cc: 'g_cc'; did you mean 'g_c'?"),
        (("points = 6", "points = 1"), "key over.g_c.points: must be an integer >= 2, got 1"),
        (("points = 6", "pionts = 6"), "unknown key in over.g_c: 'pionts'; did you mean 'points'?"),
        (("points = 6", ""), "key over.g_c: lacks 'points'"),
        (
            ("points = 6", 'points = 6\nscale = "lag"'),
            "unknown scale at key over.g_c.scale: 'lag'; did you mean 'log'?",
        ),
        (("from = 0.4", "from = 4"), "key over.g_c: from must be below to, got 4 and 0.9"),
        (('values = [2, "3", 4.5]', "values = []"), "key over.gamma_c.values: must be a list"),
        (('values = [2, "3", 4.5]', "values = [2]\nfrom = 1"), "key over.gamma_c: give one of from/to/points, values"),
        (('values = [2, "3", 4.5]', "values = [-2]"), "key over.gamma_c: parameter gamma_c must be > 0, got -2"),
        (('"3/2"', '"3//2"'), "key fixed.gamma_h: '3//2' is neither a number nor a word"),
        (("gamma_h =", "gama_h ="), "at key fixed.gama_h: 'gama_h'; did you mean 'gamma_h'?"),
        (("[run]", '[derived]\ng_h = "1/R"\n[run]'), "unknown axis used by key derived.g_h: 'R'"),
        (("[run]", '[derived]\ng_h = "f(g_c)"\n[run]'), "key derived.g_h: 'f(g_c)' is not arithmetic"),
        (('"serial"', '"dusk"'), "unknown executor at key run.executor: 'dusk'; did you mean 'dask'?"),
        (('"serial"', '"serial"\nworkers = 0'), "key run.workers: must be an integer >= 1, got 0"),
        (('"serial"', '"local"\naddress = "tcp://x:1"'), 'address and slurm need executor = "dask"'),
        (("[fixed]", "[fixed"), "(at line"),
        (('"3/2"', "abc"), "words and arithmetic need quotes"),
        (('"3/2"', '"3 kHz"'), "key fixed.gamma_h: '3 kHz' is neither a number nor a word; numbers have no units here"),
        (('"3/2"', '{value = 3, unit = "kHz"}'), "numbers have no units here: give it in the unit that `limcyc show"),
        (('"3/2"', "-1"), "key fixed.gamma_h: parameter gamma_h must be > 0, got -1"),
        (('{I = "I_ss"}', "[3]"), """key measure: must be a list of names, e.g. ["n", "g2"], got [3]"""),
        (('values = [2, "3", 4.5]', "random = {coutn = 3, gamma_c = [1, 2]}"), "lacks 'count', the number of points"),
        (('values = [2, "3", 4.5]', "random = {count = 3, gamma_c = 2}"), "random.gamma_c: must be [lowest, highest]"),
        (
            ('values = [2, "3", 4.5]', 'random = {count = 3, gamma_c = [1, "log"]}'),
            "lowest and highest must be numbers",
        ),
        (('"serial"', '"dask"\nworkers = 2\naddress = "tcp://x:1"'), "which has workers of its own"),
        (("[run]", "[refine]\npoints = 50\n[run]"), "unknown key in over.gamma_c: 'values'"),
        (("[run]", '[refine]\nby = "n"\n[run]'), "key refine: lacks 'points'"),
    ],
)
def test_a_job_file_is_checked_whole_before_anything_runs(job, change, message):
    text = SMALL.replace(*change, 1)
    assert text != SMALL
    job.write_text(text)
    said = run("sweep", job, code=2).stderr
    assert message in said and said.count("\n") == 1
    assert not job.with_suffix(".zarr").exists()


def test_other_designs_in_a_job_file():
    base = {"system": "two-ion-phonon-laser", "level": "quantities", "measure": ["g2_eq28", "g2"]}
    pair = {"pair": {"zipped": {"g_h": [1, 1.5], "gamma_h": [0.2, "1/5"]}}}
    file = checked(base | {"over": pair, "fixed": {"g_c": 0.5, "gamma_c": 3.0}})
    found = file.job().run(None, file.executor("serial", None))
    assert found["g2_eq28"].dims == ("pair",) and np.allclose(found["gamma_h"], 0.2)
    draw = {"draw": {"random": {"count": 5, "rng": 1, "g_h": [0.8, 1.2], "g_c": [0.4, 0.6, "log"]}}}
    file = checked(base | {"over": draw, "fixed": {"gamma_c": 3.0, "gamma_h": 0.5}})
    found = file.job().run(None, file.executor("serial", None))
    assert np.array_equal(found["g_c"], random(5, rng=1, g_h=(0.8, 1.2), g_c=(0.4, 0.6, "log")).values["g_c"])


def test_settings_may_vary_like_parameters():
    over = {"lamb_dicke": {"values": ["1", "all"]}}
    content = {"system": "two-ion-phonon-laser", "level": "mean-field", "measure": "I_ss", "over": over}
    fixed = {"g_c": 0.5, "gamma_h": 1.5, "gamma_c": 3.0, "eta_h": 0.1, "eta_c": 0.1}
    # Words that are numbers are read as such; the system takes either.
    with pytest.raises(ParameterError, match="unknown value of lamb_dicke"):
        checked(content | {"over": {"lamb_dicke": {"values": ["1", "7"]}}, "fixed": fixed})


def test_a_refined_job_and_its_picture(job, tmp_path):
    text = SMALL.replace("points = 6\n", "").replace('values = [2, "3", 4.5]', "from = 1\nto = 5")
    job.write_text(text + "[refine]\npoints = 60\nbatch = 8\n")
    run("sweep", job)
    assert load(tmp_path / "job.zarr").sizes["point"] == 60
    run("plot", tmp_path / "job.zarr", "--out", tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size > 5000


def test_expressions_are_arithmetic_and_nothing_else():
    assert Expression("-(a + 2*b)**2 / sqrt(4) + pi*0")(a=1.0, b=2.0, c=9.0) == -12.5
    for text in ("__import__('os')", "a.b", "a[0]", "lambda: 1", "True", "a if b else c", "1 +", "x" * 300):
        with pytest.raises(ParameterError):
            Expression(text)
    with pytest.raises(ParameterError, match="divides by zero at a = 0"):
        Expression("1/a")(a=0.0)
    with pytest.raises(ParameterError, match="not a finite real number"):
        Expression("sqrt(a)")(a=-1.0)


SLOW = """
system = "two-ion-phonon-laser"
measure = "n"
[over.g_c]
from = 0.4
to = 0.9
points = 3000
[fixed]
gamma_h = 1.5
gamma_c = 3
[run]
executor = "serial"
chunk = 10
"""


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_is_clean_and_says_how_to_continue(tmp_path, kind):
    job = tmp_path / "slow.toml"
    job.write_text(SLOW)
    command = [sys.executable, "-c", "from limcyc.cli.main import app_main; app_main()", "sweep", str(job)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    answers = tmp_path / "slow.zarr" / "answers" / "c"
    deadline = time.monotonic() + 60
    while not (answers.is_dir() and os.listdir(answers)) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(kind)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err and not out
    assert "of 3000 points are in" in err and "run the same command to continue" in err
    # A log gets plain lines.
    assert err.startswith("sweep of two-ion-phonon-laser: 0/3000")


def diagram(dims):
    axes = {"R": np.geomspace(0.1, 10.0, 5), "t": np.linspace(0.1, 0.9, 4), "k": [1.0, 2.0]}

    def answer(R, t=0.5, k=1.0):
        if t > 0.8:
            raise lc.errors.RunawayError("heats")
        return {"v": R * t * k, "z": 1j * R}

    measures = {"v": "v", "z": lc.sweeps.Measure("z", complex=True)}
    return lc.sweep(answer, {name: axes[name] for name in dims}, measures)


def test_pictures_follow_the_dimensions():
    line = plotting.sweep_picture(diagram("R"))
    assert line.get_xscale() == "log" and np.allclose(line.lines[0].get_ydata(), 0.5 * np.geomspace(0.1, 10.0, 5))
    plane = plotting.sweep_picture(diagram("Rt"), variable="z")
    assert plane.get_xlabel() == "t" and plane.get_ylabel() == "R" and plane.get_yscale() == "log"
    assert plane.get_xscale() == "linear" and any(
        "no steady" in text.get_text().replace("\n", " ") for text in plane.texts
    )
    with pytest.raises(ParameterError, match="has the 3 axes R, t, k; a picture has one or two"):
        plotting.sweep_picture(diagram("Rtk"))
    cut = plotting.sweep_picture(diagram("Rtk"), at={"k": 2.1, "t": 0.1})
    assert np.allclose(cut.lines[0].get_ydata(), 0.2 * np.geomspace(0.1, 10.0, 5))
    draw = {"draw": random(30, x=(0.1, 100.0, "log"), y=(0.0, 1.0))}
    cloud = plotting.sweep_picture(lc.sweep(lambda x, y: {"v": x * y}, draw, {"v": "v"}))
    assert (
        cloud.get_xscale() == "log" and cloud.get_yscale() == "linear" and len(cloud.collections[0].get_offsets()) == 30
    )
    with pytest.raises(ParameterError, match="unknown measure 'w'"):
        plotting.sweep_picture(diagram("R"), variable="w")
    with pytest.raises(ParameterError, match="unknown axis 'q'"):
        plotting.sweep_picture(diagram("R"), at={"q": 1.0})


def test_plot_reads_stores_and_files_and_refuses_others(job, tmp_path):
    run("sweep", job, "--netcdf", tmp_path / "job.nc")
    run("plot", tmp_path / "job.zarr")
    assert (tmp_path / "job.png").exists()
    run("plot", tmp_path / "job.nc", "--out", tmp_path / "deep" / "file.pdf", "--scale", "log", "--variable", "I")
    assert (tmp_path / "deep" / "file.pdf").exists()
    assert "there is no store" in run("plot", tmp_path / "no.zarr", code=2).stderr
    assert "neither a store nor a netCDF file" in run("plot", job, code=2).stderr
    xarray.Dataset({"x": ("t", [1.0])}).to_netcdf(tmp_path / "x.nc", engine="h5netcdf")
    assert "no result of a sweep" in run("plot", tmp_path / "x.nc", code=2).stderr
    assert "--at 'k' is malformed" in run("plot", tmp_path / "job.zarr", "--at", "k", code=2).stderr


SET = ("--set", "g_c=0.5", "--set", "gamma_c=3", "--set", "gamma_h=1.5")
VALUES = {"g_h": 1.0, "g_c": 0.5, "gamma_c": 3.0, "gamma_h": 1.5}


def test_evolve(tmp_path):
    said = run("evolve", "two-ion-phonon-laser", *SET, "--time", "2", "--points", 3, "--start", "a=2", "--json").stdout
    curve = lc.Exact(model()).evolve([0.0, 1.0, 2.0], None, {MODE: 2}, **VALUES)["n_a"].values
    assert np.allclose(json.loads(said)["values"]["n_a"], curve, atol=1e-9)
    files = ("--csv", tmp_path / "run.csv", "--plot", tmp_path / "run.png")
    table = run(
        "evolve", "two-ion-phonon-laser", *SET, "--level", "mean-field", "--points", 2, "--time", "200", *files
    ).stdout
    assert "3.9375" in table and (tmp_path / "run.png").exists()
    with (tmp_path / "run.csv").open() as file:
        assert float(list(csv.DictReader(file))[-1]["n_a"]) == pytest.approx(3.9375, abs=1e-4)
    for wrong, message in (
        (("--start", "b=1"), "unknown part of the model at --start 'b'"),
        (("--start", "a=0.5"), "a number of phonons is an integer >= 0"),
        (("--set", "kappa=1"), "unknown parameter of the model of two-ion-phonon-laser 'kappa'"),
        (("--level", "langevin"), "unknown level to evolve at 'langevin'"),
        (("--time", "0"), "--time must be > 0"),
    ):
        assert message in run("evolve", "two-ion-phonon-laser", *SET[2:], *wrong, code=2).stderr


def test_spectrum(tmp_path):
    ends = ("--from=-8", "--to", "8", "--points", 1601)
    files = ("--csv", tmp_path / "s.csv", "--plot", tmp_path / "s.png")
    facts = json.loads(run("spectrum", "two-ion-phonon-laser", *SET, *ends, *files, "--json").stdout)
    exact = lc.Exact(model())
    assert facts["number_in_range"] == pytest.approx(exact.steady_state(**VALUES).mean(MODE.number), rel=0.01)
    half = facts["width_at_half_maximum"] / 2
    sides = exact.spectrum(MODE, [-half, 0.0, half], **VALUES).values
    assert sides[[0, 2]] == pytest.approx(facts["maximum"] / 2, rel=3e-3) and sides[1] == pytest.approx(
        facts["maximum"]
    )
    assert abs(facts["at"]) < 1e-9 and (tmp_path / "s.png").exists() and (tmp_path / "s.csv").exists()
    assert "at --mode 'b'. Valid: a" in run("spectrum", "two-ion-phonon-laser", "--mode", "b", code=2).stderr
    assert "--from must be below --to" in run("spectrum", "two-ion-phonon-laser", "--from", "3", code=2).stderr


DECOUPLED = [
    "D_1=2",
    "D_2=2",
    "om_1=5",
    "lam_1=0",
    "J_1=0.08",
    "Om_1=9",
    "phi_1=0",
    "g=0.1",
    "nm=0.1",
    "G=0.2",
    "ns=0.01",
]


def test_spectrum_of_a_model_that_depends_on_time_is_that_of_the_floquet_level():
    given = [part for value in DECOUPLED for part in ("--set", value)]
    ask = ("spectrum", "spin-chain-phonon-laser", *given, "--from", "4.6", "--to", "5.4", "--points", 41, "--json")
    facts = json.loads(run(*ask).stdout)
    assert facts["level"] == "floquet" and facts["mode"] == "b1"
    # Without coupling the mode is a damped one at nm = 0.1: a Lorentzian of width g.
    line = 0.1 * 0.1 / ((np.array(facts["omega"]) - 5.0) ** 2 + 0.05**2)
    assert np.allclose(facts["S"], line, rtol=2e-3)


def test_spectrum_by_cumulants_is_the_line_of_the_clocks():
    from limcyc.library.atomic_ensembles.spectrum import regression_matrix

    values = {"n_atoms": 100.0, "delta": 20.0, "pump": 50.0, "gamma_c": 1.0}
    given = [part for name, value in values.items() for part in ("--set", f"{name}={value}")]
    ask = ("spectrum", "atomic-ensembles", *given, "--from=-30", "--to", "30", "--points", 241, "--json")
    facts = json.loads(run(*ask).stdout)
    assert (facts["level"], facts["mode"]) == ("cumulants", "A")
    other = json.loads(run(*ask, "--mode", "B", "--level", "cumulants").stdout)
    # The two ensembles are mirror images.
    assert np.allclose(facts["S"], other["S"][::-1], rtol=1e-6) and abs(facts["coherent_number"]) < 1e-9
    # The regression of the paper, from the state at second order.
    found = lc.Cumulants(atomic_ensembles.model(), order=2).steady_state(**values)
    A, B = found.level.system.degrees
    s = found.mean(A.mean(A.cell[0].z)).real
    minus, plus = A.sum(A.cell[0].minus), [part.sum(part.cell[0].plus) for part in (A, B)]
    start = [found.mean(part * minus) for part in plus]
    matrix = regression_matrix(s, values["n_atoms"], values["delta"], values["pump"], values["gamma_c"])
    resolvents = [np.linalg.solve(1j * w * np.eye(2) - matrix, start)[0] for w in facts["omega"]]
    assert np.allclose(facts["S"], 2 * np.real(resolvents), rtol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("two-ion-phonon-laser", "--level", "wigner"), "'wigner'. Valid: exact, floquet, cumulants"),
        (("two-ion-phonon-laser", "--level", "floquet"), "does not depend on time; take --level exact"),
        (("spin-chain-phonon-laser", "--level", "exact"), "depends on time; take --level floquet"),
        (("atomic-ensembles", "--level", "exact"), "has ensembles of identical members; take --level cumulants"),
        (
            ("two-ion-phonon-laser", "--mode", "c"),
            "--mode c is no mode: the exact level has spectra of modes (a); take",
        ),
        (("two-ion-phonon-laser", "--level", "cumulants", "--mode", "q"), "at --mode 'q'. Valid: a, c, h"),
        (("two-ion-phonon-laser", "--level", "cumulants", "--order", "1"), "--order of a spectrum must be >= 2, got 1"),
        (("kicked-rotator",), "has no mode, of which the exact level could give a spectrum"),
    ],
)
def test_spectrum_refuses_what_a_level_has_not(arguments, message):
    assert message in run("spectrum", *arguments, code=2).stderr


def test_workers_and_exports_that_cannot_be_are_told(job, tmp_path):
    assert "the executor is serial, which has one worker" in run("sweep", job, "--workers", 3, code=2).stderr
    said = run("sweep", job, "--csv", job / "x.csv", code=2).stderr
    assert "its folder is a file" in said and f"its result is in '{tmp_path / 'job.zarr'}'" in said
    assert (
        "No such file or directory; give another place"
        in run("plot", tmp_path / "job.zarr", "--out", "/proc/x.png", code=2).stderr
    )


@pytest.mark.parametrize("broken", ["zarr.json", "answers/zarr.json", "messages/zarr.json"])
def test_a_store_whose_description_is_damaged_is_left_alone(job, tmp_path, broken):
    run("sweep", job)
    (tmp_path / "job.zarr" / broken).write_text("garbage")
    for command in (("sweep", job), ("plot", tmp_path / "job.zarr")):
        said = run(*command, code=2).stderr
        assert "is damaged" in said and "Nothing in it was touched" in said and said.count("\n") == 1


def test_a_damaged_chunk_is_told_in_one_line(job, tmp_path):
    run("sweep", job)
    chunk = tmp_path / "job.zarr" / "answers" / "c" / "1" / "0"
    content = bytearray(chunk.read_bytes())
    content[5] ^= 255
    chunk.write_bytes(content)
    command = [sys.executable, "-c", "from limcyc.cli.main import app_main; app_main()"]
    done = subprocess.run([*command, "plot", str(tmp_path / "job.zarr")], capture_output=True, text=True)
    assert done.returncode == 2 and "fails its checksum" in done.stderr and done.stderr.count("\n") == 1
    assert "1 damaged chunk(s), of task 1" in run("sweep", job).stderr
