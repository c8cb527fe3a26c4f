"""Counter-based random numbers: every value is a hash of (seed, stream name, row id).

Not here: what the numbers mean. There is no state, so values do not depend on order, threads or chunks.
"""

from collections.abc import Sequence
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Weights = Floats | Ints | Sequence[float]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)


class Chance:
    """Random numbers of one simulated zone, addressed by stream name and row id.

    >>> int(Chance(1).below("dice", np.array([7]), 6)[0]) == int(Chance(1).below("dice", np.array([3, 7]), 6)[1])
    True
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def bits(self, stream: str, ids: Ints) -> NDArray[np.uint64]:
        """64 random bits per id (splitmix64 finaliser, Steele and others 2014)."""
        key = np.uint64(int.from_bytes(sha256(f"{self.seed}/{stream}".encode()).digest()[:8], "big"))
        z = ids.astype(np.uint64)
        z *= _GOLDEN
        z += key
        z ^= z >> np.uint64(30)
        z *= _MIX_1
        z ^= z >> np.uint64(27)
        z *= _MIX_2
        z ^= z >> np.uint64(31)
        return z

    def unit(self, stream: str, ids: Ints) -> Floats:
        """Uniform in [0, 1)."""
        return (self.bits(stream, ids) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def happens(self, stream: str, ids: Ints, probability: Floats | float) -> Flags:
        """True with the given probability."""
        return self.unit(stream, ids) < probability

    def below(self, stream: str, ids: Ints, bound: Ints | int) -> Ints:
        """Whole number in [0, bound); a bound of 0 gives 0."""
        return np.asarray(self.unit(stream, ids) * np.asarray(bound)).astype(np.int64)

    def choice(self, stream: str, ids: Ints, weights: Weights) -> Ints:
        """Index drawn in proportion to the weights."""
        total: Floats = np.cumsum(np.asarray(weights, dtype=np.float64))
        return np.asarray(np.searchsorted(total, self.unit(stream, ids) * total[-1], side="right"), dtype=np.int64)

    def normal(self, stream: str, ids: Ints) -> Floats:
        """Near standard normal: the sum of four 16-bit uniforms, within ±3.46."""
        bits = self.bits(stream, ids)
        total = sum((bits >> np.uint64(shift)) & np.uint64(0xFFFF) for shift in (0, 16, 32, 48))
        return np.asarray((np.asarray(total, dtype=np.float64) / 65536 - 2.0) * 3.0**0.5)

    def poisson(self, stream: str, ids: Ints, mean: Floats, most: int) -> Ints:
        """Poisson count by inversion, cut at `most`."""
        left = self.unit(stream, ids)
        term = np.exp(-mean)
        count = np.zeros(len(ids), dtype=np.int64)
        for k in range(1, most + 1):
            left = left - term
            count += left >= 0
            term = term * mean / k
        return count
