"""The store: nothing computed is lost, and nothing that belongs to another job is touched."""

import errno
import os
import shutil

import numpy as np
import pytest

import limcyc as lc
from limcyc.errors import StoreError, StoreWarning
from limcyc.sweeps import Measure, load, to_csv, to_netcdf
from limcyc.sweeps.zarr_store import ZarrStore

CALLS: list[float] = []


def answer(x, y=0.0):
    CALLS.append(x)
    if x == 5.0:
        raise lc.errors.RunawayError("heats")
    return {"z": x * 1j + y, "r": x + y}


def run(store, points=9, chunk=2, **options):
    CALLS.clear()
    measure = {"r": Measure("r", unit="rate"), "z": Measure("z", complex=True)}
    return lc.sweep(answer, {"x": np.arange(float(points))}, measure, store=store, chunk=chunk, **options)


@pytest.fixture
def store(tmp_path):
    return tmp_path / "sweep.zarr"


def chunk_of(store, task):
    return store / "answers" / "c" / str(task) / "0"


def test_a_store_reads_back_what_was_computed_and_computes_nothing_twice(store):
    plain, kept = run(None), run(store)
    assert kept.identical(plain) and len(CALLS) == 9
    assert run(store).identical(plain) and not CALLS
    assert load(store).identical(plain)
    assert plain["message"].values[5] == "heats" and plain["status"].values[5] == 1


def test_only_what_is_missing_is_computed(store):
    whole = run(store)
    for task in (0, 3):
        chunk_of(store, task).unlink()
    part = load(store)
    assert (part["status"].values == 7).sum() == 4 and "4 not computed" in part.attrs["summary"]
    assert run(store).identical(whole) and sorted(CALLS) == [0.0, 1.0, 6.0, 7.0]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"points": 10}, r"axes.x.x: 9 values from 0.0 ... 8.0 .* in the store, 10 values"),
        ({"chunk": 3}, "chunk: 2 in the store, 3 now"),
        ({"fixed": {"y": 1.0}}, "fixed.y: nothing in the store, 1.0 now"),
    ],
)
def test_the_store_of_another_job_is_refused_with_the_difference(store, change, message):
    before = run(store)
    with pytest.raises(StoreError, match=message):
        run(store, **change)
    assert not CALLS and load(store).identical(before)


def test_another_version_and_another_measure_are_another_job(store, monkeypatch):
    run(store)
    monkeypatch.setattr("limcyc.sweeps.identity.__version__", "9.9.9")
    with pytest.raises(StoreError, match=r"limcyc: .* in the store, 9.9.9 now"):
        run(store)
    monkeypatch.undo()
    axes = {"x": np.arange(3.0)}
    lc.sweep(answer, axes, {"m": lambda r: r["r"] + 1}, store=store.with_name("m.zarr"))
    with pytest.raises(StoreError, match=r"measures.m"):
        lc.sweep(answer, axes, {"m": lambda r: r["r"] + 2}, store=store.with_name("m.zarr"))


def test_another_model_and_another_closure_are_another_job(store):
    a, kappa = lc.Mode("a"), lc.Parameter("kappa", minimum=0)

    def go(level):
        return lc.sweep(level, {"kappa": [1.0]}, {"n": a.number}, store=store)

    system = lc.OpenSystem(a.number, [lc.Jump(a.lower, kappa)])
    go(lc.Cumulants(system, order=2))
    with pytest.raises(StoreError, match=r"level.order: 2 in the store, 3 now"):
        go(lc.Cumulants(system, order=3))
    with pytest.raises(StoreError, match=r"system.jumps"):
        go(lc.Cumulants(lc.OpenSystem(a.number, [lc.Jump(a.lower, 2 * kappa)]), order=2))
    with pytest.raises(StoreError, match=r"level.name: cumulants in the store, exact now"):
        go(lc.Exact(system))


@pytest.mark.parametrize("damage", ["flip", "cut", "empty"])
def test_damaged_chunks_are_found_and_computed_again(store, damage):
    whole = run(store)
    raw = bytearray(chunk_of(store, 2).read_bytes())
    raw = {"flip": raw[:20] + bytes([raw[20] ^ 1]) + raw[21:], "cut": raw[:-7], "empty": b""}[damage]
    chunk_of(store, 2).write_bytes(bytes(raw))
    with pytest.raises(
        StoreError, match=r"is damaged: a chunk fails its checksum.*Run the sweep that made it once more"
    ):
        load(store)
    with pytest.warns(StoreWarning, match=r"has 1 damaged chunk\(s\), of task 2: .* the other chunks are kept"):
        again = run(store)
    assert again.identical(whole) and sorted(CALLS) == [4.0, 5.0]


def test_a_full_disk_is_named_and_what_was_there_is_kept(store, monkeypatch):
    write, count = ZarrStore.write, []

    def full(self, task, answers):
        if len(count) == 2:
            from limcyc.sweeps.zarr_store import _explained

            with _explained(self.path):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        count.append(task)
        write(self, task, answers)

    monkeypatch.setattr(ZarrStore, "write", full)
    with pytest.raises(StoreError, match=r"cannot be written: no space left on device. What is in it is kept"):
        run(store)
    monkeypatch.undo()
    assert (load(store)["status"].values != 7).sum() == 4
    assert run(store).identical(run(None))


def test_the_file_system_itself_may_be_full(store):
    """A real write of Zarr that fails in the middle leaves no chunk."""
    import resource
    import signal

    size = 4000
    kept = ZarrStore.open(store, {"job": {}, "description": {}}, 2 * size, size, 1)
    from limcyc.sweeps.outcomes import Answers

    values = np.random.default_rng(0).normal(size=(size, 1))
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8000, limits[1]))
    try:
        with pytest.raises(StoreError, match="cannot be written: file too large"):
            kept.write(0, Answers(values, np.zeros(size), [""] * size))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert not chunk_of(store, 0).exists() and not list(store.rglob("*.partial"))
    kept.close()


def test_a_store_that_cannot_be_made_or_is_none(tmp_path, store):
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be made: its folder is a file; nothing was computed"):
        run(tmp_path / "file" / "sweep.zarr")
    with pytest.raises(StoreError, match="exists but is no store of a sweep"):
        run(tmp_path / "file")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "thesis.tex").write_text("x")
    with pytest.raises(StoreError, match="exists but is no store of a sweep"):
        run(tmp_path / "folder")
    assert (tmp_path / "folder" / "thesis.tex").read_text() == "x"
    with pytest.raises(StoreError, match="there is no store"):
        load(store)


def test_a_store_without_permission_to_write_is_refused(store, monkeypatch):
    whole = run(store)
    # The rights of files do not bind the superuser, whom tests may run as.
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(StoreError, match=r"cannot be written: permission denied. Nothing in it was touched"):
        run(store)
    monkeypatch.undo()
    assert load(store).identical(whole)


def test_two_processes_do_not_write_one_store(store):
    run(store)
    job = ZarrStore.load(store).attributes
    with pytest.raises(StoreError, match="belongs to another job"):
        ZarrStore.open(store, job | {"job": {"chunk": 77}}, 9, 2, 5)
    held = ZarrStore.open(store, job, 9, 2, 5)
    with pytest.raises(StoreError, match="another process is writing the store"):
        run(store)
    held.close()
    run(store)


def test_leftovers_of_a_killed_process_are_cleared(store):
    whole = run(store)
    shutil.rmtree(store / "answers" / "c" / "1")
    (store / "answers" / "c" / "1").mkdir()
    leftover = store / "answers" / "c" / "1" / "0.0123456789abcdef.partial"
    leftover.write_bytes(b"half")
    assert run(store).identical(whole) and sorted(CALLS) == [2.0, 3.0] and not leftover.exists()


def test_a_summary_of_provenance_stands_in_the_result(store):
    attrs = run(store, fixed={"y": 2.0}).attrs
    assert attrs["system"] == "answer" and attrs["parameters"] == "y=2.0" and attrs["limcyc_version"] == lc.__version__
    assert "numpy" in attrs["versions"] and "python" in attrs["versions"]
    job = ZarrStore.load(store).attributes["job"]
    assert job["axes"]["x"] and job["measures"]["r"] == "'r', rate"


def test_export(store, tmp_path):
    import csv

    import xarray

    whole = run(store)
    path = to_netcdf(whole, tmp_path / "out" / "sweep.nc")
    with xarray.open_dataset(path, engine="h5netcdf") as back:
        assert np.array_equal(back["r"].values, whole["r"].values, equal_nan=True)
        assert np.array_equal(back["z_im"].values, whole["z"].values.imag, equal_nan=True)
        assert back["message"].values.tolist() == whole["message"].values.tolist()
        assert back["r"].attrs["units"] == "rate" and back.attrs["system"] == "answer"
    with to_csv(whole, tmp_path / "sweep.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["r (rate)"]) for row in rows if row["status"] == "steady"] == [0, 1, 2, 3, 4, 6, 7, 8]
    assert rows[5]["status"] == "runaway" and rows[5]["message"] == "heats"
    with pytest.raises(StoreError, match="cannot be written"):
        to_csv(whole, tmp_path / "sweep.csv" / "x.csv")


def test_long_messages_are_cut(store):
    def talk(x):
        raise lc.errors.ConvergenceError("é" * 1000)

    lc.sweep(talk, {"x": [0.0]}, {"y": "y"}, store=store)
    message = load(store)["message"].values[0]
    assert message.startswith("ééé") and message.endswith("...") and 250 < len(message) < 600
