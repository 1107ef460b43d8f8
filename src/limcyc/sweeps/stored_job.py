"""What a sweep and a refinement have in common: a question whose answers are kept while they come, and read when all are there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from limcyc.sweeps.design import Design
from limcyc.sweeps.executors import Executor
from limcyc.sweeps.outcomes import Answers
from limcyc.sweeps.questions import Question
from limcyc.sweeps.stores import MemoryStore, Store

if TYPE_CHECKING:
    import xarray

__all__ = ["StoredJob"]


class StoredJob(ABC):
    """A question, the design of its tasks, and a store in which every finished task is kept."""

    question: Question
    design: Design

    @property
    @abstractmethod
    def attributes(self) -> dict[str, Any]:
        """What a store of this job says about itself: ``description``, and the ``job`` that others are compared with."""

    @property
    @abstractmethod
    def description(self) -> dict[str, Any]:
        """What is needed to read the answers."""

    @property
    @abstractmethod
    def shape(self) -> tuple[int, int]:
        """Points in all, and numbers kept for each."""

    @abstractmethod
    def _compute(self, store: Store, executor: Executor, progress: bool, lost: Callable[[str], None] | None) -> None:
        """Compute what is missing in an open store."""

    @abstractmethod
    def _assembled(self, description: Mapping[str, Any], answers: Answers) -> xarray.Dataset: ...

    def open(self, store: Path | str | None) -> Store:
        """The store of this job, made if there is none; None keeps everything in memory."""
        points, columns = self.shape
        if store is None:
            return MemoryStore(points, self.design.chunk, columns)
        from limcyc.sweeps.zarr_store import ZarrStore

        return ZarrStore.open(store, self.attributes, points, self.design.chunk, columns)

    def run(
        self,
        store: Path | str | None,
        executor: Executor,
        *,
        progress: bool = False,
        lost: Callable[[str], None] | None = None,
    ) -> xarray.Dataset:
        """Compute what is missing in the store, and return everything."""
        kept = self.open(store)
        try:
            self._compute(kept, executor, progress, lost)
            return self._assembled(self.description, kept.read())
        finally:
            kept.close()
