"""What people may call a registered entity: its name, the name without place and legal form, and its mark (字号).

Not here: finding these in texts (linking.py). A pattern that too many entities share names a trade or a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from models.matching.business_name import legal_forms
from models.policy.exact_yaml import read_yaml
from models.text.letters import nfkc

OFFICIAL, PLAIN, BRAND = "official", "plain", "brand"
_WORDS = Path(__file__).with_name("aliases.yaml")
_BRACKETS = r"[（(【\[].*?[）)】\]]"
_BRANCH = r"第?[0-9一二三四五六七八九十]{1,3}(?:分公司|分店|店)$|分公司$"
_PUNCTUATION = r"[^\p{L}\p{N}]"
_KIND_OF_DISTRICT = r"(?:新区|[区县])$"


def bare(text: pl.Expr) -> pl.Expr:
    """Letters and digits alone, width and case folded: the form in which names are looked for in texts."""
    return nfkc(text).str.to_lowercase().str.replace_all(_PUNCTUATION, "")


def short_district(names: pl.Series) -> pl.Series:
    """Names of districts as people write them before a name: 雁塔区 as 雁塔."""
    return names.str.replace(_KIND_OF_DISTRICT, "")


def aliases(names: pl.Series, places: Iterable[str], least_plain: int, least_brand: int) -> pl.DataFrame:
    """Return `name`, `alias` and `how` of each distinct name: patterns to be looked for in normalised texts.

    `places` may stand before a name and are left out of what is plain; plain names and marks shorter than the least
    number of letters are no patterns.
    """
    words = read_yaml(_WORDS)
    forms = [form for form in legal_forms() if len(form) > 1]
    whole = bare(pl.col("name"))
    unplaced = bare(pl.col("name").str.replace_all(_BRACKETS, ""))
    plain = (
        unplaced.str.replace(f"^(?:{_any(places)})+", "")
        .str.replace(_BRANCH, "")
        .str.replace(f"(?:{_any(forms)})+$", "")
    )
    brand = plain.str.replace(f"(?:{_any([*words['trade'].split(), *words['shop'].split()])})+$", "")
    found = names.unique(maintain_order=True).drop_nulls().to_frame("name").with_columns(
        official=whole, plain=plain, brand=brand
    )  # fmt: skip
    least = {OFFICIAL: least_plain, PLAIN: least_plain, BRAND: least_brand}
    told = found.unpivot(on=list(least), index="name", variable_name="how", value_name="alias")
    long = pl.col("alias").str.len_chars() >= pl.col("how").replace_strict(least, return_dtype=pl.UInt32)
    # A pattern is the strongest of what it may be: a mark that is itself the plain name counts as that.
    rank = pl.col("how").replace_strict({OFFICIAL: 0, PLAIN: 1, BRAND: 2}, return_dtype=pl.Int8)
    return (
        told.filter(long)
        .with_columns(rank=rank)
        .sort("name", "rank")
        .unique(["name", "alias"], keep="first", maintain_order=True)
        .drop("rank")
    )


def _any(words: Iterable[str]) -> str:
    """A pattern of any of the words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))
