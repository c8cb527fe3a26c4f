"""Entry of the generator: write every source of a simulated zone and its answers.

Not here: any single source. Other folders call `simulate` only; a test may ask for the cases alone.
"""

from collections.abc import Callable
from pathlib import Path

from pipelines.feeds.simulated.answers import write_answers
from pipelines.feeds.simulated.approvals import deliver_approvals
from pipelines.feeds.simulated.complaints import deliver_complaints
from pipelines.feeds.simulated.delivery import Courier
from pipelines.feeds.simulated.dirt import Ledger
from pipelines.feeds.simulated.filings import deliver_reports, deliver_tax
from pipelines.feeds.simulated.hotline import deliver_hotline
from pipelines.feeds.simulated.inspections import deliver_inspections, inspect
from pipelines.feeds.simulated.inspector_base import deliver_inspector_base
from pipelines.feeds.simulated.issues import deliver_issues
from pipelines.feeds.simulated.items import deliver_items
from pipelines.feeds.simulated.licences import deliver_licences
from pipelines.feeds.simulated.lists import deliver_lists
from pipelines.feeds.simulated.penalties import deliver_penalties
from pipelines.feeds.simulated.projects import deliver_projects
from pipelines.feeds.simulated.register import deliver_change, deliver_registration
from pipelines.feeds.simulated.texts import deliver_texts
from pipelines.feeds.simulated.whistles import deliver_whistles
from pipelines.feeds.simulated.world import World, build


def simulate(out: Path, scale: float, seed: int, progress: Callable[[str, int], None]) -> dict[str, int]:
    """Write a simulated zone below `out` and return rows delivered per source, repeats and corrections included.

    Scale 1 is 173,000 entities and about 17.5 million events from 2021-11-01 to 2026-10-31. The same scale and seed
    give the same bytes. `progress` hears the rows so far of a source after each of its files.

    Raises:
        ValueError: the scale is not above 0 and at most 4.
        FileExistsError: `out` already holds files; two zones must never mix.
    """
    if out.exists() and any(out.iterdir()):
        raise FileExistsError(f"{out} already holds files: give an empty or new folder for the simulated zone")
    world = build(scale, seed)
    courier = Courier(out, world.chance, Ledger(), progress)
    deliver_lists(world.chance, courier)
    deliver_inspector_base(world, courier)
    deliver_registration(world, courier)
    deliver_change(world, courier)
    _deliver_inspected(world, courier)
    deliver_licences(world, courier)
    deliver_complaints(world, courier)
    deliver_cases(world, courier)
    texts = deliver_texts(world, courier)
    deliver_reports(world, courier)
    deliver_tax(world, courier)
    write_answers(out, world, courier.ledger, texts)
    return courier.rows


def deliver_cases(world: World, courier: Courier) -> None:
    """Write every kind of case."""
    deliver_items(courier)
    deliver_approvals(world, courier)
    deliver_hotline(world, courier)
    deliver_whistles(world, courier)
    deliver_issues(world, courier)
    deliver_projects(world, courier)


def _deliver_inspected(world: World, courier: Courier) -> None:
    """Apart, so that the inspections are forgotten before the bigger sources begin."""
    done = inspect(world)
    deliver_inspections(world, courier, done)
    deliver_penalties(world, courier, done)
