"""Which valid credit codes a misread or mistyped one may have been: one character, or two neighbours swapped.

Not here: whether a repaired code was ever issued; whoever asks holds the candidates against a register.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from models.matching.business_name import fold
from models.matching.credit_code import ALPHABET, LENGTH, valid_codes

_BYTES = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_VALUE = {char: value for value, char in enumerate(ALPHABET)}
_MODULUS = 31
_WEIGHTS = np.array([pow(3, place, _MODULUS) for place in range(LENGTH - 1)] + [1], dtype=np.int64)
_INVERSES = np.array([pow(int(weight), -1, _MODULUS) for weight in _WEIGHTS], dtype=np.int64)


def repairs(codes: Sequence[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Return candidates as (position in `codes`, valid code), for codes that are not valid as they stand.

    A single wrong character has one valid repair at each place, because the check character weighs every place; a lost
    or doubled character and letters outside the alphabet (I, O, S, V, Z) are tried as well. Source: GB 32100-2015.
    """
    folded = [fold(code).upper().replace(" ", "") for code in codes]
    plain = [n for n, code in enumerate(folded) if len(code) == LENGTH and all(char in _VALUE for char in code)]
    position, found = _of_plain(np.array(plain, dtype=np.int64), [folded[n] for n in plain])
    others = sorted(set(range(len(folded))) - set(plain))
    more = [(n, candidate) for n in others for candidate in dict.fromkeys(_of_odd(folded[n]))]
    position = np.concatenate([position, np.array([n for n, _ in more], dtype=np.int64)])
    found += [candidate for _, candidate in more]
    valid = valid_codes(found)
    return position[valid], [code for code, is_valid in zip(found, valid, strict=True) if is_valid]


def _of_plain(position: npt.NDArray[np.int64], codes: list[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Candidates of codes with 18 characters of the alphabet, all at once."""
    if not codes:
        return position, []
    typed = np.frombuffer("".join(codes).encode(), dtype=np.uint8).reshape(-1, LENGTH)
    values = np.searchsorted(_BYTES, typed).astype(np.int64)
    rest = values @ _WEIGHTS % _MODULUS
    parts, owners = [values], [position]
    for place in range(LENGTH):
        changed = values.copy()
        changed[:, place] = (values[:, place] - rest * _INVERSES[place]) % _MODULUS
        parts.append(changed)
        owners.append(position)
    for place in range(LENGTH - 1):
        swapped = values.copy()
        swapped[:, [place, place + 1]] = values[:, [place + 1, place]]
        fits = swapped @ _WEIGHTS % _MODULUS == 0
        parts.append(swapped[fits])
        owners.append(position[fits])
    joined = pa.array(_BYTES[np.concatenate(parts)].view(f"S{LENGTH}").ravel().tolist(), type=pa.binary())
    return np.concatenate(owners), joined.cast(pa.string()).to_pylist()


def _of_odd(code: str) -> Iterator[str]:
    """Candidates of a code of another length, or with one character outside the alphabet."""
    if len(code) == LENGTH:
        wrong = [place for place, char in enumerate(code) if char not in _VALUE]
        if len(wrong) == 1:
            yield _filled(code[: wrong[0]], code[wrong[0] + 1 :])
    elif len(code) == LENGTH + 1:
        yield from (code[:place] + code[place + 1 :] for place in range(LENGTH + 1))
    elif len(code) == LENGTH - 1 and all(char in _VALUE for char in code):
        yield from (_filled(code[:place], code[place:]) for place in range(LENGTH))


def _filled(before: str, after: str) -> str:
    """The two parts with the one character between them that satisfies the check character."""
    place = len(before)
    total = sum(
        _VALUE[char] * int(_WEIGHTS[at]) for at, char in [*enumerate(before), *enumerate(after, start=place + 1)]
    )
    return before + ALPHABET[-total * int(_INVERSES[place]) % _MODULUS] + after
