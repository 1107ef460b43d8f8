"""Standard normal variates in bulk: distribution, independence of lanes and draws, reproducibility."""

import numpy as np
import pytest
from scipy import stats

from limcyc.numerics.normal_kernels import BLOCK
from limcyc.numerics.normal_stream import NormalStreams

COUNT = 400_000


@pytest.fixture(scope="module")
def drawn():
    return NormalStreams([np.random.default_rng(k) for k in range(2)]).draw(COUNT)


def test_distribution_is_normal(drawn):
    for row in drawn:
        assert np.all(np.isfinite(row))
        assert stats.kstest(row, "norm").pvalue > 1e-3
        assert abs(row.mean()) < 4 / np.sqrt(COUNT)
        assert abs(row.var() - 1) < 4 * np.sqrt(2 / COUNT)
        assert abs((row**4).mean() - 3) < 4 * np.sqrt(96 / COUNT)


def test_tails_have_their_weight(drawn):
    # 3 and 4 standard deviations: a wrong logarithm or a missing exponent shows here first.
    for bound in (3.0, 4.0):
        expected = 2 * stats.norm.sf(bound) * drawn.size
        assert abs(np.count_nonzero(np.abs(drawn) > bound) - expected) < 4 * np.sqrt(expected)


def test_the_pairs_fill_the_plane_evenly(drawn):
    # Cosine and sine of one pair stand half a block apart, in all eight octants.
    whole = drawn[:, : drawn.shape[1] // BLOCK * BLOCK]
    blocks = whole.reshape(2, -1, 2, BLOCK // 2)
    angle = np.arctan2(blocks[:, :, 1], blocks[:, :, 0]).ravel()
    counts = np.histogram(angle, 16, (-np.pi, np.pi))[0]
    assert stats.chisquare(counts).pvalue > 1e-3


@pytest.mark.parametrize("lag", [1, 2, 31, 32, 33, 64])
def test_no_correlation_within_a_stream_or_between_streams(drawn, lag):
    bound = 4.5 / np.sqrt(COUNT - lag)
    first, second = drawn
    for one, other in ((first, first), (first, second)):
        for power in (1, 2):
            a, b = one[:-lag] ** power, other[lag:] ** power
            assert abs(np.corrcoef(a, b)[0, 1]) < bound


def test_accuracy_of_the_transform():
    # The same bits through the library's functions: xoshiro256++ by hand in one lane.
    stream = NormalStreams([np.random.default_rng(3)])
    a, b, c, d = (int(v) for v in stream.arrays[0][0, :, 5])
    mask = 2**64 - 1

    def word():
        nonlocal a, b, c, d
        total = (a + d) & mask
        result = (((total << 23) | (total >> 41)) + a) & mask
        shifted = (b << 17) & mask
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= shifted
        d = ((d << 45) | (d >> 19)) & mask
        return result

    # A block: eight radii and eight angles in each lane; then all cosines and all sines.
    blocks = stream.draw(512 * 20).reshape(20, 2, 8, 32)[:, :, :, 5]
    words = [([word() for _ in range(8)], [word() for _ in range(8)]) for _ in range(20)]
    pairs = [
        (x, y, one, two) for b, w in zip(blocks, words, strict=True) for x, y, one, two in zip(*b, *w, strict=True)
    ]
    for first, second, one, two in pairs:
        radius = np.sqrt(-2 * np.log(1 - (one >> 12) / 2**52))
        angle = np.pi / 2 * ((two >> 12) / 2**52 - 0.5) + np.pi / 2 * ((two & 3) % 4)
        assert first + 1j * second == pytest.approx(radius * np.exp(1j * angle), rel=1e-13, abs=1e-14)


def test_a_stream_depends_on_its_generator_alone():
    whole = NormalStreams([np.random.default_rng(k) for k in range(3)]).draw(1000)
    alone = NormalStreams([np.random.default_rng(1)])
    parts = np.concatenate([alone.draw(n) for n in (1, 63, 64, 65, 7, 800)], axis=1)
    assert np.array_equal(parts[0], whole[1])
