"""Which rules a run uses, and which a published snapshot was made with: built in, of its feed packs, of `--policy`.

What a rule says stands in models.policy; here only where its files come from and where they are kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from models.policy.exact_yaml import read_yaml
from models.policy.loader import BASIS_FILE, BUILT_IN, Policy
from warehouse.feed import Feed, FeedError
from warehouse.home import Home


def of_run(feeds: Sequence[Feed], overlay: Path | None) -> Policy:
    """Return the rules of a run: built in, those that its feed packs bring, and those of `overlay` over all.

    Raises:
        FeedError: two packs bring the same rule, so that neither can hold.
        PolicyError: a rule cannot be read.
    """
    folders = [feed.policy for feed in feeds if feed.policy is not None]
    brought = [str(path.relative_to(folder)) for folder in folders for path in sorted(folder.glob("*/*.yaml"))]
    if twice := sorted({name for name in brought if brought.count(name) > 1}):
        raise FeedError(f"{' and '.join(feed.feed for feed in feeds)} both bring {', '.join(twice)}; take them apart")
    return Policy.load(*folders, overlay)


def keep(home: Home, policy: Policy, version: str) -> None:
    """Keep what a run did not take from the built-in rules, so that a reader of its snapshot finds the same rules."""
    target = home.policies / version
    if not policy.overlays or target.exists():
        return
    partial = target.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    for path in sorted(policy.origin.values()):
        if BUILT_IN not in path.parents:
            (partial / path.parent.name).mkdir(exist_ok=True)
            shutil.copy2(path, partial / path.parent.name / path.name)
    sources: dict[str, object] = {}
    for folder in policy.overlays:  # the later one wins, as in the policy itself
        if (folder / BASIS_FILE).exists():
            sources |= read_yaml(folder / BASIS_FILE)
        for card in sorted(folder.glob("card/*.json")):
            (partial / "card").mkdir(exist_ok=True)
            shutil.copy2(card, partial / "card" / card.name)
    if sources:
        told = yaml.safe_dump(sources, allow_unicode=True, sort_keys=False)
        (partial / BASIS_FILE).write_text(told, encoding="utf-8")
    partial.replace(target)


def kept(home: Home, version: str) -> Policy:
    """Return the rules under which a run of this home was made; the built-in ones where it kept none."""
    folder = home.policies / version
    return Policy.load(folder if folder.is_dir() else None)
