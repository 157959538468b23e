"""Delivery: what is due is claimed, sent and settled, in batches, until nothing is due.

No transaction spans a call. A row is marked before its call, so a worker that dies leaves it `sending`, the sweep calls
it `unknown`, and only a person sends it again. One person's messages keep their order; one failing recipient stops
nobody else.
"""

import datetime as dt
import logging
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from jinja2 import TemplateError
from redis.exceptions import RedisError

from bot.errors import GatewayError, Refused
from bot.nudge import KEY as NUDGE
from bot.nudge import nudge
from bot.parcels import Article
from jobs import claims, settling
from jobs.claims import Batch, Errand
from jobs.letters import Wording, Writer, client_msg_id
from jobs.rate import Rate
from jobs.settling import Outcome
from jobs.world import World

log = logging.getLogger(__name__)
BATCH, LANES = 40, 4
#: Seconds. A run ends and asks for another long before RQ's time limit could cut a call in two.
RUN_SECONDS = 60.0
#: A claim older than this is not used any more: the sweep takes its owner for dead after outbox.ABANDONED.
CLAIM_LIVES = dt.timedelta(seconds=60)
#: So many failures to connect in a row are the platform's trouble, not a message's.
PATIENCE = 3
#: Our own count says that the day's quota of calls is used up; some of it may come back, so we look each hour.
DAY_SPENT = Outcome("queued", "throttled", dt.timedelta(hours=1))
#: The platform refuses buttons on test accounts; the words do as well.
NO_MENUS = 40200
#: What a text of ours can raise when it is broken or a fact is missing.
BROKEN_TEXT = (LookupError, ValueError, TypeError, ArithmeticError, TemplateError)


def deliver(world: World, *, rate: Rate | None = None, batch: int = BATCH) -> int:
    """Nothing is due afterwards, or it waits for a reason on its row; returns how many messages were sent.

    May run twice or on many workers at once: each row is claimed by one of them.
    """
    _forget_nudge(world)
    rate = rate or Rate(world.redis)
    begun, sent = time.monotonic(), 0
    while time.monotonic() - begun < RUN_SECONDS:
        full = rate.full()
        if "custom" in full:
            settling.hold_all(world, DAY_SPENT)
            return sent
        claimed = claims.claim(world, batch, full)
        if not claimed.decided:
            return sent
        trip = Trip(world, claimed)
        rate.wait(len(claimed.errands), Counter(errand.rung for errand in claimed.errands))
        sent += trip.run()
        if trip.trouble is not None:
            settling.hold_all(world, trip.trouble)
            return sent
    if world.redis is not None:
        nudge(world.redis)
    return sent


def _forget_nudge(world: World) -> None:
    """From here on a commit may nudge again: what it wrote is either seen by this run or brings the next one."""
    if world.redis is None:
        return
    try:
        world.redis.delete(NUDGE)
    except RedisError as why:
        log.warning("Redis is away (%s); the timetable finds what nudges would have brought", type(why).__name__)


class Trip:
    """One batch on its way to the platform. `trouble` is what stopped it, when that was everybody's trouble."""

    def __init__(self, world: World, batch: Batch) -> None:
        """Nothing has been sent yet."""
        self._world, self._batch = world, batch
        self._begun, self._lock, self._failures = time.monotonic(), threading.Lock(), 0
        self.trouble: Outcome | None = None

    def run(self) -> int:
        """Every errand of the batch is settled; returns how many were sent."""
        lanes: dict[int, list[Errand]] = defaultdict(list)
        for errand in self._batch.errands:
            lanes[errand.follower.id].append(errand)
        if len(lanes) <= 1:
            return sum(self._lane(lane) for lane in lanes.values())
        with ThreadPoolExecutor(min(LANES, len(lanes))) as pool:
            return sum(list(pool.map(self._lane, lanes.values())))

    def _lane(self, errands: Sequence[Errand]) -> int:
        """One person's messages in their order; after one that comes again, the later ones wait as well."""
        sent, ahead = 0, None
        for errand in errands:
            outcome = self._stopped(errand, ahead) or self._carry(errand)
            kept = settling.settle(self._world, errand, outcome)
            sent += kept and outcome.to == "sent"
            if outcome.to == "queued":
                ahead = outcome
            self._note(outcome)
        return sent

    def _stopped(self, errand: Errand, ahead: Outcome | None) -> Outcome | None:
        """Why this errand is not tried at all, or None."""
        if blocking := self.trouble or ahead:
            return settling.put_back(errand, blocking)
        claimed_at = errand.row.claimed_at
        assert claimed_at is not None  # set when it was claimed
        aged = self._world.clock() - claimed_at > CLAIM_LIVES
        if aged or time.monotonic() - self._begun > CLAIM_LIVES.total_seconds():
            return settling.put_back(errand)
        return None

    def _note(self, outcome: Outcome) -> None:
        with self._lock:
            self._failures = self._failures + 1 if outcome.reason == "unreachable" else 0
            if outcome.stop or self._failures >= PATIENCE:
                self.trouble = self.trouble or outcome
                say = log.error if outcome.reason == "misconfigured" else log.warning
                code, words = outcome.facts.get("errcode"), outcome.facts.get("error", "")
                say("sending stopped: %s (%s %s); everything waits", outcome.reason, code, words)

    def _carry(self, errand: Errand) -> Outcome:
        """Written and sent: what the platform made of it."""
        settings = self._world.settings
        now = self._world.clock()
        writer = Writer(self._world.texts, self._batch.edited or {}, settings.secret_key, settings.public_url, now)
        try:
            wording = writer.write(errand.row, errand.follower)
        except BROKEN_TEXT as why:
            log.error("text %s cannot be written: %s", errand.row.text_key, type(why).__name__)
            return Outcome("refused", "text_broken", facts={"error": type(why).__name__}, escalate=True)
        try:
            return self._send(errand, wording, now)
        except GatewayError as error:
            outcome = settling.of_error(error, errand)
            # They may have read it: whoever looks into the doubt, and whoever reads their answer, must know what.
            return outcome if outcome.to != "unknown" else outcome.saying(wording.in_words)

    def _send(self, errand: Errand, wording: Wording, now: dt.datetime) -> Outcome:
        gateway, openid, row = self._world.gateway, errand.follower.openid, errand.row
        if errand.rung == "template":
            template, key = self._world.settings.wechat_template_notice, client_msg_id(row.dedupe_key)
            fields = wording.fields(str(row.facts.get("number", "")), now)
            answer = gateway.send_template(openid, template, fields, wording.url, key)
            return settling.sent(answer.platform_id, Wording(wording.text), wording.text)
        if errand.rung == "subscribe":
            template = self._world.settings.wechat_subscribe_notice
            fields = wording.fields(str(row.facts.get("number", "")), now)
            answer = gateway.send_notice(openid, template, fields, wording.url)
            return settling.sent(answer.platform_id, Wording(wording.text), wording.text)
        if row.kind == "image":
            return self._send_image(errand)
        if row.kind == "news":
            return self._send_card(errand, wording)
        if wording.choices:
            try:
                answer = gateway.send_menu(openid, wording.text, list(wording.choices), "")
                return settling.sent(answer.platform_id, wording, wording.in_words)
            except Refused as refused:
                if refused.code != NO_MENUS:
                    raise
        answer = gateway.send_text(openid, wording.in_words)
        return settling.sent(answer.platform_id, wording, wording.in_words)

    def _send_card(self, errand: Errand, wording: Wording) -> Outcome:
        """One card: the facts name its title, its picture of ours and the page behind it; the letter is its words."""
        facts, public = errand.row.facts, self._world.settings.public_url
        picture = f"{public}/p/pictures/{facts['picture']}" if facts.get("picture") else ""
        title, url = str(facts.get("title", "")), str(facts.get("link") or picture or public)
        answer = self._world.gateway.send_news(errand.follower.openid, Article(title, wording.text, url, picture))
        return settling.sent(answer.platform_id, wording, f"{title}\n{wording.text}")

    def _send_image(self, errand: Errand) -> Outcome:
        """The stored picture named by the row's facts {"path", "content_type"} is uploaded and shown."""
        facts = errand.row.facts
        folder = self._world.settings.media_dir.resolve()
        path = (folder / str(facts.get("path", ""))).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            return Outcome("refused", "no_picture", escalate=True)
        gateway = self._world.gateway
        media_id = gateway.upload_image(path.read_bytes(), str(facts.get("content_type", "")))
        answer = gateway.send_image(errand.follower.openid, media_id)
        return settling.sent(answer.platform_id, Wording(""), "")
