"""How fast a question finds its article: our search against a plain LIKE over the same articles in the same minutes.

A plain search reads every article for one word and returns what contains it; ours weighs every sign of the question and
says which article is meant. Both find out in one process; the database of the LIKE is warm.
"""

import datetime as dt
import time
from statistics import median

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from bench.turn import fresh
from bot.understanding import Entry, Library
from models.db import make_engine
from models.desk.talk import knowledge
from models.knowledge import Article

ARTICLES, ROUNDS = 2000, 5
THINGS = (
    "橱柜", "台面", "水槽", "龙头", "马桶", "花洒", "浴室柜", "淋浴房", "地砖", "墙砖",
    "木地板", "踢脚线", "乳胶漆", "墙纸", "硅藻泥", "吊顶", "石膏线", "房门", "防盗门", "移门",
    "窗户", "纱窗", "窗帘", "衣柜", "鞋柜", "书柜", "电视墙", "榻榻米", "阳台", "飞窗",
    "插座", "开关", "灯具", "灯带", "电箱", "网线", "水管", "地漏", "地暖", "暖气片",
    "空调", "新风", "净水器", "热水器", "油烟机", "灶具", "洗碗机", "冰箱", "洗衣机", "防水",
)  # fmt: skip
ASPECTS = (
    ("{}要多少钱", "做{}什么价格"), ("{}多久能装好", "{}要几天"), ("{}有哪些品牌", "{}用的什么牌子"),
    ("{}保修几年", "{}质保多长时间"), ("{}可以自己买吗", "能不能自购{}"), ("{}怎么保养", "{}平时怎么清洁"),
    ("{}什么时候定", "{}几时要选好"), ("{}能改位置吗", "{}可不可以挪地方"), ("{}环保吗", "{}有甲醛吗"),
    ("{}坏了怎么办", "{}出问题找谁"),
)  # fmt: skip
ROOMS = ("厨房", "卫生间", "客厅", "主卧")


def articles(count: int) -> list[Article]:
    """So many articles of a house that wrote down everything, each asked in two ways."""
    now = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
    asked = [(room + thing, aspect) for room in ROOMS for thing in THINGS for aspect in ASPECTS][:count]
    return [
        Article(question=own.format(what), variants=other.format(what), answer=f"{what}：{number}。", updated_at=now)
        for number, (what, (own, other)) in enumerate(asked, 1)
    ]


def compare(url: str, count: int = ARTICLES, rounds: int = ROUNDS) -> tuple[float, float, float]:
    """How many of our searches take as long as one plain LIKE, milliseconds of one of ours, share found right."""
    fresh(url)
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        session.add_all(articles(count))
    with Session(engine) as session:
        rows = knowledge.valid(session, dt.date(2026, 11, 21))
        own = [row for row in rows if row.question.startswith(ROOMS)]  # beside what every house begins with
        known = [(row.id, f"请问{row.variants}呀") for row in own[:: max(1, count // 200)]]
        library = Library(Entry(row.id, row.question, tuple(row.asked_as()), row.answer) for row in rows)
    ours, plain, right = [], [], 0
    for _ in range(rounds):
        began = time.perf_counter()
        said = [library.search(question)[0].entry.id for _, question in known]
        ours.append((time.perf_counter() - began) / len(known))
        right += sum(found == wanted for found, (wanted, _) in zip(said, known, strict=True))
        plain.append(_plain(engine, [question for _, question in known]))
    engine.dispose()
    mine = median(ours)
    return median(plain) / mine, mine * 1000, right / (rounds * len(known))


def _plain(engine: Engine, questions: list[str]) -> float:
    """Seconds of one LIKE over question and variants, for the thing that is asked about."""
    words = [next(thing for thing in THINGS if thing in question) for question in questions]
    with Session(engine) as session:
        began = time.perf_counter()
        for word in words:
            like = f"%{word}%"
            found = select(Article.id, Article.answer).where(
                Article.active, or_(Article.question.like(like), Article.variants.like(like))
            )
            session.execute(found).all()
        return (time.perf_counter() - began) / len(words)
