"""One fault, from a lab at work to what was lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .asking import Outcome, Tally
from .cases import Fault, Scale
from .cluster import cluster
from .load import Checked, at_work
from .site import WELL_S, Queue, Site, site, wait_for

MAIL_S = 90.0
HEAD = (
    f"{'fault':<38}{'requests':>9}{'503':>7}{'cut':>6}{'failures':>10}{'tasks':>7}{'lost':>6}{'away s':>8}{'p99 s':>7}"
)


@dataclass
class Found:
    """What came of a fault."""

    fault: Fault
    tally: Tally
    checked: Checked
    tasks: int
    undone: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Requests that got neither what they asked for nor a clear word to try again."""
        cut = 0 if self.fault.cuts else self.tally.outcomes[Outcome.CUT]
        return self.tally.outcomes[Outcome.FAILED] + cut

    @property
    def refused(self) -> int:
        """Requests that were told to try again."""
        return self.tally.outcomes[Outcome.LATER]

    @property
    def lost(self) -> list[str]:
        """Acknowledged writes that are not there or are there twice, and tasks that were never done."""
        return self.checked.lost + self.checked.doubled + self.undone

    def row(self) -> str:
        """One line of the table, and below it what is wrong."""
        seen = self.tally.outcomes
        line = (
            f"{self.fault.name:<38}{self.tally.requests:>9}{seen[Outcome.LATER]:>7}{seen[Outcome.CUT]:>6}"
            f"{self.failures:>10}{self.tasks:>7}{len(self.lost):>6}{self.tally.longest_gap_s:>8.1f}"
            f"{self.tally.percentile(0.99):>7.2f}"
        )
        return "\n".join([line, *(f"    {one}" for one in [*self.tally.strange[:10], *self.lost[:10]])])


@contextmanager
def lab(database: str, folder: Path, **settings: str) -> Iterator[Site]:
    """A served lab on a database of its own."""
    with ExitStack() as stack:
        its = stack.enter_context(cluster(max_connections="60")) if database == "postgresql" else None
        yield stack.enter_context(site(folder, cluster=its, **settings))


def tried(site: Site, fault: Fault, scale: Scale) -> Found:
    """Break something while people are at work; then look whether everything is there."""
    with (
        Queue(site) as queue,
        at_work(site.url, site.token, site.facts, writers=scale.writers, readers=scale.readers) as load,
    ):
        wait_for(lambda: load.done() >= scale.progress, 60, "the first requests succeed")
        fault.run(site, load, scale)
    try:
        wait_for(site.is_well, WELL_S, "the server is well")
    except TimeoutError as error:
        raise TimeoutError(f"{error}\n{site.trouble()}\n{site.log()[-3000:]}") from error
    caller = site.caller()
    checked = load.check(caller)
    caller.close()
    undone = _undone(site, queue)
    return Found(fault, load.tally, checked, len(queue.queued), undone)


def _undone(site: Site, queue: Queue) -> list[str]:
    """Tasks that were queued and are not done in time."""
    try:
        wait_for(lambda: set(queue.queued) <= set(site.mails.taken), MAIL_S, "emails are sent")
    except TimeoutError:
        return sorted(set(queue.queued).difference(site.mails.taken))
    return []
