"""Reading YAML without losing anything: decimals stay exact, a key written twice is an error.

Not here: what the files mean.
"""

from collections.abc import Hashable
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml


class _ExactLoader(yaml.CSafeLoader):
    """Safe loader that reads 0.05 as Decimal('0.05') and refuses duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.MarkedYAMLError(problem=f"key {key} is written twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _decimal(loader: _ExactLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(node).replace("_", ""))


_ExactLoader.add_constructor("tag:yaml.org,2002:float", _decimal)


def read_yaml(path: Path) -> Any:
    """The one document in `path` (UTF-8).

    Raises `yaml.YAMLError` for text that is not YAML or holds a key twice.
    """
    loader = _ExactLoader(path.read_text(encoding="utf-8"))
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()
