"""Progress: silent by default, lines where there is no terminal, a bar where there is one."""

from __future__ import annotations

import io

from limcyc.progress import track


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_library_calls_are_silent(capsys):
    assert list(track(iter("abc"), "spelling")) == ["a", "b", "c"]
    assert capsys.readouterr() == ("", "")


def test_a_log_gets_plain_lines_on_standard_error(capsys):
    assert list(track("abc", "spelling", progress=True)) == ["a", "b", "c"]
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[0] == "spelling: 0/3"
    assert err.splitlines()[-1].startswith("spelling: 3/3 done")


def test_the_total_may_be_unknown_or_given():
    log = io.StringIO()
    list(track(iter("ab"), "spelling", progress=True, file=log))
    list(track(iter("ab"), "reading", total=2, progress=True, file=log))
    assert "spelling: 2 done" in log.getvalue()
    assert "reading: 2/2 done" in log.getvalue()


def test_a_terminal_gets_a_bar():
    terminal = Terminal()
    assert list(track(range(3), "counting", progress=True, file=terminal)) == [0, 1, 2]
    assert "counting" in terminal.getvalue()
    assert "3/3" in terminal.getvalue()
