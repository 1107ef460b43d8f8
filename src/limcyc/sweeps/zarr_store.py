"""The store on disk: one Zarr chunk for each task, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import uuid
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import numpy as np

from limcyc.errors import StoreError, StoreWarning
from limcyc.sweeps.identity import differences
from limcyc.sweeps.outcomes import LONGEST_MESSAGE, Answers
from limcyc.sweeps.stores import NOT_COMPUTED, Store, decoded, encoded

__all__ = ["ZarrStore"]

_FORMAT: Final = 1
_MARK: Final = "limcyc_sweep"


class ZarrStore(Store):
    """Answers in a Zarr group of this machine's file system, each chunk with a checksum.

    The group has ``answers`` (points in the order of the tasks, numbers), whose last column is the status, and
    ``messages``; its attributes hold the job. A chunk appears under its name when it is complete, so that a process may end
    at any moment. The messages of a task are written before its numbers: the task is there when its numbers are.

    Made with :meth:`open`, which also finds and discards damaged chunks.
    """

    def __init__(self, path: Path, group: Any, lock: int | None) -> None:
        self.path, self._lock = path, lock
        self._answers, self._messages = group["answers"], group["messages"]
        self.attributes: dict[str, Any] = dict(group.attrs)
        self.chunk = int(self._answers.chunks[0])
        self._done = set(self._found())

    # -- opening -----------------------------------------------------------------------------------------------------

    @classmethod
    def open(cls, path: Path | str, attributes: Mapping[str, Any], size: int, chunk: int, columns: int) -> ZarrStore:
        """Open the store of a job for writing, and make it if there is none.

        path
            a directory, ``NAME.zarr`` by custom
        attributes
            plain data; its entry ``job`` must be equal to that of an existing store
        size, chunk, columns
            number of points, points of a task, numbers of a point

        Raises :class:`limcyc.errors.StoreError` if another job made what is there (the difference is shown), if another
        process is writing it, or if it cannot be written. Damaged chunks are discarded with a
        :class:`limcyc.errors.StoreWarning`.
        """
        where = Path(path)
        with _explained(where):
            if where.is_dir() and not any(where.iterdir()):
                where.rmdir()
            if not where.exists():
                _create(where, attributes, size, chunk, columns)
            group = _group(where)
            lines = list(differences(dict(group.attrs).get("job", {}), attributes["job"]))
            if lines:
                raise StoreError(
                    f"the store {str(where)!r} belongs to another job: {'; '.join(lines[:6])}"
                    f"{f'; and {len(lines) - 6} more' if len(lines) > 6 else ''}. Nothing in it was touched; give another "
                    "store, or go back to the job that made it"
                )
            if not os.access(where / "answers", os.W_OK | os.X_OK):
                raise StoreError(
                    f"the store {str(where)!r} cannot be written: permission denied. Nothing in it was touched; change its "
                    "permissions or give another store"
                )
            lock = _locked(where)
            for leftover in where.rglob("*.partial"):
                leftover.unlink(missing_ok=True)
            store = cls(where, group, lock)
            store._discard_damaged()
            return store

    @classmethod
    def load(cls, path: Path | str) -> ZarrStore:
        """Open a store for reading, also while it is being written.

        Raises :class:`limcyc.errors.StoreError` if there is none.
        """
        where = Path(path)
        if not where.exists():
            raise StoreError(f"there is no store {str(where)!r}; check the path")
        with _explained(where):
            return cls(where, _group(where), None)

    def _found(self) -> Iterator[int]:
        chunks = self.path / "answers" / "c"
        if chunks.is_dir():
            for entry in os.scandir(chunks):
                if entry.name.isdigit() and os.path.exists(os.path.join(entry.path, "0")):
                    yield int(entry.name)

    def _discard_damaged(self) -> None:
        damaged = self.damaged()
        for task in damaged:
            (self.path / "answers" / "c" / str(task) / "0").unlink()
            self._done.discard(task)
        if damaged:
            shown = ", ".join(map(str, damaged[:8])) + (", ..." if len(damaged) > 8 else "")
            warnings.warn(
                f"the store {str(self.path)!r} has {len(damaged)} damaged chunk(s), of task {shown}: they fail their checksum "
                "and are computed again; the other chunks are kept",
                StoreWarning,
                stacklevel=4,
            )

    def damaged(self) -> list[int]:
        """Tasks whose chunk fails its checksum."""
        try:
            self.read()
        except StoreError:
            return [task for task in sorted(self._done) if not self._readable(task)]
        return []

    def _readable(self, task: int) -> bool:
        try:
            self.read_task(task)
        except StoreError:
            return False
        return True

    # -- the interface -----------------------------------------------------------------------------------------------

    def done(self) -> Collection[int]:
        """See :class:`Store`."""
        return self._done

    def write(self, task: int, answers: Answers) -> None:
        """See :class:`Store`."""
        first = task * self.chunk
        part = slice(first, first + len(answers.status))
        with _explained(self.path):
            if any(answers.messages):
                self._messages[part] = encoded(answers.messages)
            self._answers[part] = np.column_stack([answers.values, answers.status])
        self._done.add(task)

    def read(self) -> Answers:
        """See :class:`Store`."""
        return self._read(slice(None))

    def read_task(self, task: int) -> Answers:
        """See :class:`Store`."""
        return self._read(slice(task * self.chunk, (task + 1) * self.chunk))

    def _read(self, part: slice) -> Answers:
        try:
            numbers = np.asarray(self._answers[part])
            messages = decoded(np.asarray(self._messages[part]))
        except (ValueError, RuntimeError) as problem:
            _settle()
            raise StoreError(
                f"the store {str(self.path)!r} is damaged: a chunk fails its checksum ({problem}). Run the sweep that made it "
                "once more with the same store: it keeps what is sound and computes the rest again"
            ) from None
        status = np.where(np.isnan(numbers[:, -1]), NOT_COMPUTED, numbers[:, -1]).astype(int)
        return Answers(numbers[:, :-1], status, messages)

    def close(self) -> None:
        """See :class:`Store`."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _settle() -> None:
    """Wait for the reads of other chunks that a damaged one left behind, so that they do not outlive the process."""
    import asyncio

    from zarr.core.sync import sync

    async def others() -> None:
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*rest, return_exceptions=True)

    sync(others())


def _create(path: Path, attributes: Mapping[str, Any], size: int, chunk: int, columns: int) -> None:
    """Make a store under another name first: what has the right name is complete."""
    import zarr
    from zarr.codecs import Crc32cCodec, ZstdCodec

    draft = path.with_name(f".{path.name}.{uuid.uuid4().hex}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        group = zarr.open_group(str(draft), mode="w", attributes={_MARK: _FORMAT, **attributes})
        codecs: Any = [ZstdCodec(), Crc32cCodec()]
        for name, width, kind, fill in (
            ("answers", columns + 1, "float64", float("nan")),
            ("messages", LONGEST_MESSAGE, "uint8", 0),
        ):
            group.create_array(
                name, shape=(size, width), chunks=(chunk, width), dtype=kind, fill_value=fill, compressors=codecs
            )
        os.rename(draft, path)
    except OSError as problem:
        reason = "its folder is a file" if isinstance(problem, FileExistsError) else problem.strerror or str(problem)
        raise StoreError(
            f"the store {str(path)!r} cannot be made: {reason.lower()}; nothing was computed. Give another place"
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _group(path: Path) -> Any:
    import zarr

    ours, group = (path / "answers").is_dir() and (path / "zarr.json").is_file(), None
    with suppress(FileNotFoundError, ValueError, KeyError, TypeError, zarr.errors.BaseZarrError):
        group = zarr.open_group(str(path), mode="r+") if path.is_dir() else None
        if group is not None:
            ours = dict(group.attrs).get(_MARK) == _FORMAT
            # Their descriptions are read here; the numbers are not.
            group["answers"], group["messages"]
            if ours:
                return group
    if not ours:
        raise StoreError(f"{str(path)!r} exists but is no store of a sweep; give another path, or move it away")
    raise StoreError(
        f"the store {str(path)!r} is damaged: the files zarr.json that describe its arrays cannot be read, or an array is gone. "
        "Nothing in it was touched; move it away, or put these files back, and run the same command again"
    )


def _locked(path: Path) -> int | None:
    """A lock that ends with the process, however that ends."""
    try:
        import fcntl
    except ImportError:  # not on this platform
        return None
    handle = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise StoreError(
            f"another process is writing the store {str(path)!r}; wait for it, or stop it and run the same command again"
        ) from None
    except OSError:  # a file system without locks
        pass
    return handle


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """What the file system says, in a sentence with a way out."""
    try:
        yield
    except (StoreError, FileNotFoundError):
        raise
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise StoreError(
            f"the store {str(path)!r} cannot be written: {reason}. What is in it is kept; once this is mended, run the same "
            "command again and only what is missing is computed"
        ) from None
