"""What pages may show of a text: its beginning, with accounts, addresses and numbers masked.

Twin of the macros `masked` and `excerpt` in warehouse/sql/macros.sql (tested equal). A name in the running text is not
recognised.
"""

import polars as pl

# Addresses; names after @; runs of six digits and more (telephones, cards); codes of seven letters and digits and more;
# white space.
_MASKED = (
    (r"https?://[0-9A-Za-z./?=&%_-]+", ""),
    (r"@[^ \t\r\n\x{3000}@:：，。,]+", "@…"),
    (r"[0-9０-９][0-9０-９ -]{4,}[0-9０-９]", "…"),
    (r"[0-9A-Za-z]{7,}", "…"),
    (r"[ \t\r\n\x{3000}]+", " "),
)


def masked(texts: pl.Series) -> pl.Series:
    """Texts without what names a person or an account."""
    for pattern, instead in _MASKED:
        texts = texts.str.replace_all(pattern, instead)
    return texts.str.strip_chars(" ")


def excerpt(texts: pl.Series, letters: int) -> pl.Series:
    """The first `letters` of each text, masked; a cut one says so."""
    whole = masked(texts)
    cut = whole.str.slice(0, letters) + "…"
    return pl.select(pl.when(whole.str.len_chars() > letters).then(cut).otherwise(whole)).to_series()
