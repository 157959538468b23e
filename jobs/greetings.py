"""Care by the calendar: rules stand, festivals are suggested, today's wishes are planned, what nobody approved is over.

Planning is reading first: on most runs nothing is due and nobody else waits for us. Each rule is planned in a
transaction of its own, so a worker that dies leaves whole days or nothing.
"""

from sqlalchemy.orm import Session

from jobs.upkeep import tell
from jobs.world import World
from models.db import reading
from models.desk.marketing import greeting_rules, greetings
from models.desk.marketing.greeting_rules import Words


def run(world: World) -> int:
    """What the calendar brings by now is planned; how many occasions changed. Safe twice, late and on many workers."""
    now = world.clock()
    with Session(reading(world.engine)) as session:
        whole, words = greeting_rules.whole(session), _words(world, session)
    if not whole:
        with world.sessions.begin() as session:
            greeting_rules.ensure(session, words, now=now)
    with Session(reading(world.engine)) as session:
        ids, late = greetings.due(session, now=now), greetings.is_late(session, now=now)
    changed = 0
    for rule_id in ids:
        with world.sessions.begin() as session:
            changed += greetings.plan(session, rule_id, words, now=now)
    if late:
        with world.sessions.begin() as session:
            changed += greetings.lapse(session, now=now)
    if changed:
        tell(world)
    return changed


def _words(world: World, session: Session) -> Words:
    """The catalogue, with staff's wording of it."""
    edited, now = greeting_rules.edited(session), world.clock()

    def words(key: str, lang: str) -> str:
        return world.texts.render(key, {"now": now}, lang, edited.get((key, lang)))

    return words
