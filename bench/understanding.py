"""What understanding a message costs beside what every push costs anyway: its XML taken apart by wechatpy.

Both by the processor time of this thread, text by text in turns, so that neighbours on the machine weigh on both alike.
"""

import time
from collections.abc import Callable
from functools import partial
from statistics import median, quantiles

from wechatpy import parse_message

from bot.understanding import labelled, measure, read

PUSH = (
    "<xml><ToUserName><![CDATA[gh_bench]]></ToUserName><FromUserName><![CDATA[oBench]]></FromUserName>"
    "<CreateTime>1764150000</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[{}]]></Content>"
    "<MsgId>1</MsgId></xml>"
)
#: Every so many labelled texts, and how often each is read: the quickest reading is the text's own cost.
STEP, ROUNDS = 15, 3


def compare(step: int = STEP) -> tuple[float, float, float, float]:
    """How many pushes could be taken apart in the median reading and in the slowest of a hundred, and both in ms."""
    rows = labelled.rows(held_out=False)[::step]
    ours, pushes = [], []
    for row in rows:
        ours.append(_quickest(partial(read, row.text, row.context, measure.NOW)))
        pushes.append(_quickest(partial(parse_message, PUSH.format(row.text))))
    middle, slow, plain = median(ours), quantiles(ours, n=100)[98], median(pushes)
    return middle / plain, slow / plain, middle * 1000, slow * 1000


def _quickest(work: Callable[[], object]) -> float:
    taken = []
    for _ in range(ROUNDS):
        start = time.thread_time()
        work()
        taken.append(time.thread_time() - start)
    return min(taken)
