"""Many words looked for in texts at once: every place of every word, or the longest ones that do not overlap.

A tree of letters in a hash table: a node is the slot of its parent's number and its letter. A word begins at few places
of a text, so that most letters are passed by after one look. Not here: which words (linking.py, lexicon.py, topics.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.text.compiled import Whole, compiled
from models.text.letters import Codes, Places, codes_of

_NONE = -1
_LETTER_BITS = 21  # of a code point
_PAIR_BITS = 18  # of a hash of the first two letters of a word
_ODD = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Words:
    """`node` holds parent and letter of each node (0: free), `number` the word that ends there, or -1.

    `alone` (by the lower 16 bits) tells letters that are words, `begins` (by a hash) the first two letters of others.
    """

    node: Places
    number: NDArray[np.int32]
    alone: NDArray[np.bool_]
    begins: NDArray[np.bool_]

    @classmethod
    def of(cls, words: Sequence[str]) -> Words:
        """Words that are numbered by their place; of equal ones the last counts. An empty word is found nowhere."""
        starts = np.concatenate(([0], np.cumsum(np.fromiter(map(len, words), np.int64, len(words)))))
        bits = max(int(starts[-1] * 3 // 2), 1).bit_length()
        found = cls(
            np.zeros(1 << bits, np.int64),
            np.full(1 << bits, _NONE, np.int32),
            np.zeros(1 << 16, np.bool_),
            np.zeros(1 << _PAIR_BITS, np.bool_),
        )
        _fill(codes_of("".join(words)), starts, found.node, found.number, found.alone, found.begins, bits)
        return found

    @property
    def _bits(self) -> int:
        return len(self.node).bit_length() - 1

    def every(self, codes: Codes) -> tuple[Places, Places]:
        """Place of the last letter and number of every word found, overlapping or not, by the place of the first."""
        return self._found(codes, is_every=True)

    def longest(self, codes: Codes) -> tuple[Places, Places]:
        """The same of words that do not overlap: from the left, of those that begin at a place the longest."""
        return self._found(codes, is_every=False)

    def _found(self, codes: Codes, *, is_every: bool) -> tuple[Places, Places]:
        room, found = len(codes) // 4 + 1, _NONE
        while found == _NONE or found > room:
            room = max(room, found)
            last, number = np.empty(room, np.int64), np.empty(room, np.int64)
            found = _look(codes, self.node, self.number, self.alone, self.begins, self._bits, is_every, last, number)
        return last[:found], number[:found]


# These two are given numbers alone: arrays passed on within a loop would be counted as used again at every call.
@compiled
def _child(parent: Whole, letter: Whole) -> Whole:
    """What stands in the slot of a node."""
    return ((parent + 1) << _LETTER_BITS) | letter


@compiled
def _hashed(number: Whole, bits: Whole) -> Whole:
    return np.int64((np.uint64(number) * np.uint64(_ODD)) >> np.uint64(64 - bits))


@compiled
def _fill(
    codes: Codes,
    starts: Places,
    node: Places,
    number: NDArray[np.int32],
    alone: NDArray[np.bool_],
    begins: NDArray[np.bool_],
    bits: int,
) -> None:
    for word in range(len(starts) - 1):
        if starts[word] == starts[word + 1]:
            continue
        at: Whole = _NONE
        for place in range(starts[word], starts[word + 1]):
            told = _child(at, np.int64(codes[place]))
            at = _hashed(told, bits)
            while node[at] != 0 and node[at] != told:
                at = (at + 1) & (len(node) - 1)
            node[at] = told
        number[at] = word
        first = np.int64(codes[starts[word]])
        if starts[word + 1] - starts[word] == 1:
            alone[first & 0xFFFF] = True
        else:
            begins[_hashed(_child(first, np.int64(codes[starts[word] + 1])), _PAIR_BITS)] = True


@compiled
def _look(
    codes: Codes,
    node: Places,
    number: NDArray[np.int32],
    alone: NDArray[np.bool_],
    begins: NDArray[np.bool_],
    bits: int,
    is_every: bool,
    last: Places,
    found: Places,
) -> int:
    """Fill the last two, as far as there is room, and return how many were found."""
    many, free = 0, 0
    for first in range(len(codes)):
        letter, following = np.int64(codes[first]), np.int64(codes[min(first + 1, len(codes) - 1)])
        if first < free or not (alone[letter & 0xFFFF] or begins[_hashed(_child(letter, following), _PAIR_BITS)]):
            continue
        at: Whole = _NONE
        end, word = _NONE, _NONE
        for place in range(first, len(codes)):
            told = _child(at, np.int64(codes[place]))
            at = _hashed(told, bits)
            while node[at] != 0 and node[at] != told:
                at = (at + 1) & (len(node) - 1)
            if node[at] == 0:
                break
            if number[at] != _NONE:
                if is_every and end != _NONE:
                    if many < len(last):
                        last[many], found[many] = end, word
                    many += 1
                end, word = place, number[at]
        if end != _NONE:
            if many < len(last):
                last[many], found[many] = end, word
            many += 1
            free = 0 if is_every else end + 1
    return many
