"""What the search for cutoffs says when a state does not fit."""

import pytest

import limcyc as lc
from limcyc.errors import CutoffError
from limcyc.levels import cutoff_search


def test_a_bright_state_is_no_phase_boundary(monkeypatch):
    """Far above threshold and too bright: the message names both possibilities and levels that need no matrix."""
    monkeypatch.setattr(cutoff_search, "LARGEST_CUTOFF", 64)
    a = lc.Mode("a")
    bright = lc.OpenSystem(0 * a.number, [lc.Jump(a.dag, 1.0), lc.Jump(a.lower**2, 0.002)], name="bright laser")
    with pytest.raises(CutoffError, match=r"Either the state is bright.*AdiabaticElimination.*Wigner.*phase boundary"):
        lc.Exact(bright).steady_state()
