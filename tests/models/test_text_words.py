"""Words are found where a plain search finds them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.text.letters import codes_of
from models.text.words import Words

# Few letters, so that words overlap, begin alike and contain each other; the last is beyond 16 bits.
LETTERS = "不好的\n\U00024e0d"
WORDS = st.lists(st.text(LETTERS, max_size=4), max_size=12, unique=True)
TEXT = st.text(LETTERS, max_size=60)


@given(WORDS, TEXT)
def test_every_place_of_every_word(words: list[str], text: str) -> None:
    last, number = Words.of(words).every(codes_of(text))
    wanted = [
        (place + length - 1, words.index(text[place : place + length]))
        for place in range(len(text))
        for length in range(1, len(text) - place + 1)
        if text[place : place + length] in words
    ]
    assert list(zip(last.tolist(), number.tolist(), strict=True)) == wanted


@given(WORDS, TEXT)
def test_longest_words_from_the_left_that_do_not_overlap(words: list[str], text: str) -> None:
    last, number = Words.of(words).longest(codes_of(text))
    wanted, place = [], 0
    while place < len(text):
        longest = max((word for word in words if text.startswith(word, place)), key=len, default="")
        if longest:
            wanted.append((place + len(longest) - 1, words.index(longest)))
        place += max(len(longest), 1)
    assert list(zip(last.tolist(), number.tolist(), strict=True)) == wanted


def test_of_equal_words_the_last_counts() -> None:
    assert Words.of(["甲", "乙", "甲"]).every(codes_of("甲乙"))[1].tolist() == [2, 1]


def test_many_words_meet_in_one_table() -> None:
    words = [f"{left}{right}" for left in map(chr, range(0x4E00, 0x4E80)) for right in map(chr, range(0x5000, 0x5080))]
    last, number = Words.of(words).every(codes_of("\n".join(words)))
    assert number.tolist() == list(range(len(words)))
    assert last.tolist() == [3 * place + 1 for place in range(len(words))]
