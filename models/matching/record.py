"""Business records as the matching model reads them: one row of a file, its parts normalised.

Not here: which records belong together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from models.matching.business_name import business_name, fold
from models.matching.street_address import postcode, street_address


class Record(NamedTuple):
    """Normalised parts; None where the file says nothing. `whole_name` keeps what `name` leaves out."""

    whole_name: str | None
    name: str | None
    tokens: list[str]
    name_number: str | None
    other_name: str | None
    place: str | None
    house_number: int | None
    street: str | None
    street_core: str | None
    unit: str | None
    postcode: str | None
    phone: str | None
    legal_form: str | None
    district: str | None


def record(row: Mapping[str, str | None]) -> Record:
    """Normalise one row, given by part (see headers.yaml); missing parts are None."""
    name = business_name(row.get("name"))
    other = business_name(row.get("short_name"))
    address = street_address(row.get("address"), row.get("city"))
    phone = re.sub(r"\D", "", fold(row.get("phone") or ""))[-10:]
    return Record(
        whole_name=name.whole if name else None,
        name=name.core if name else None,
        tokens=list(dict.fromkeys(name.tokens)) if name else [],
        name_number=name.number if name else None,
        other_name=other.core if other else None,
        place=f"{address.number}|{address.core}" if address and address.number else None,
        house_number=int(re.match(r"\d+", address.number).group()) if address and address.number else None,  # type: ignore[union-attr]
        street=address.street if address else None,
        street_core=address.core if address else None,
        unit=address.unit if address else None,
        postcode=postcode(row.get("postcode")),
        phone=phone or None,
        legal_form=fold(row.get("legal_form") or "") or (name.legal_form if name else None),
        district=fold(row.get("district") or "") or None,
    )
