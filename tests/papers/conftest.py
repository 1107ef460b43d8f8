"""Figures in tests: computed once per module, drawn without a screen, their claims judged on the drawn numbers."""

import pytest

from limcyc.claims import judge
from limcyc.plotting.style import style


@pytest.fixture(scope="module")
def data(request):
    """Name -> quick dataset of a figure in the module's ``FIGURES``."""
    cache = {}

    def get(name):
        if name not in cache:
            cache[name] = request.module.FIGURES[name].compute(quick=True)
        return cache[name]

    return get


@pytest.fixture(scope="session")
def drawn():
    """(figure, dataset) -> its axes, after everything in them has been laid out."""

    def axes(figure, dataset):
        with style():
            drawing = figure.plot(dataset)
            drawing.draw_without_rendering()
        return drawing.axes

    return axes


@pytest.fixture(scope="session")
def failed_claims():
    """(figure, dataset, least) -> claims that fail; at least so many must be judged."""

    def failures(figure, dataset, least=1):
        outcomes = [judge(claim, got) for claim, got in figure.claims(dataset) if got is not None]
        assert len(outcomes) >= least
        return [outcome.as_dict() for outcome in outcomes if not outcome.passed]

    return failures
