"""As much as one run may do, a small portion a transaction: a writer on SQLite keeps everybody else waiting as long."""

from collections.abc import Callable

from jobs.world import World


def in_portions(world: World, step: Callable[..., int], most: int) -> int:
    """`step(session, now=…)` was taken until it found nothing to do, or `most` times; returns how much it did.

    What is left is the next run's. Killed in between, every portion stands or not at all.
    """
    total = 0
    for _ in range(most):
        with world.sessions.begin() as session:
            done = step(session, now=world.clock())
        total += done
        if not done:
            break
    return total
