"""Every slot from texts as people type them."""

from datetime import UTC, datetime

import pytest

from bot.understanding import Context, read, read_json

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def slots(text, **context):
    return read(text, Context(**context), NOW).slots


@pytest.mark.parametrize(
    "text",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+86 13800138000", "＋８６１３８００１３８０００",
        "８６-138-0013-8000",
     "幺三八零零幺三八零零零", "一三八 零零一三 八零零零", "我电话1 3 8 0 0 1 3 8 0 0 0", "电话改成13800138000",
     "翡翠城8幢1602 13800138000"],
)  # fmt: skip
def test_a_mobile_number_is_read(text):
    assert slots(text).phone == "13800138000"


def test_a_landline_is_read():
    assert slots("座机0571-88886666").phone == "057188886666"


@pytest.mark.parametrize(
    ("text", "problem"),
    [("1380013800", "too_short"), ("138001380001", "too_long"), ("12345678901", "not_a_number"),
        ("电话是8888", None), ("880123456", "too_short")],
)
def test_a_number_that_is_none_is_explained(text, problem):
    found = slots(text, asking="phone")
    assert (found.phone, found.phone_problem) == (None, problem)


def test_the_corrected_number_wins():
    assert slots("13800138000 不对 是13900139000").phone == "13900139000"


@pytest.mark.parametrize(
    ("text", "estate", "building", "unit", "room"),
    [
        ("翡翠城8幢1602", "翡翠城", "8", None, "1602"),
        ("我家在翡翠城8幢1602", "翡翠城", "8", None, "1602"),
        ("翡翠城 8-1602", "翡翠城", "8", None, "1602"),
        ("翡翠城八幢一六零二", "翡翠城", "8", None, "1602"),
        ("8栋2单元301", None, "8", "2", "301"),
        ("3-802", None, "3", None, "802"),
        ("城西公馆3-2-802室", "城西公馆", "3", "2", "802"),
        ("滨江花园12号楼三单元五零一", "滨江花园", "12", "3", "501"),
        ("厨房漏水，翡翠城8幢1602，明天下午", "翡翠城", "8", None, "1602"),
        ("翡翠城A座1203", "翡翠城", "A", None, "1203"),
        ("不是8幢1602，是9幢1602", None, "9", None, "1602"),
    ],
)
def test_a_house_is_read(text, estate, building, unit, room):
    found = slots(text)
    assert (found.estate, found.building, found.unit, found.room) == (estate, building, unit, room)


def test_a_bare_name_is_a_house_only_when_asked():
    assert slots("翡翠城", asking="house").estate == "翡翠城"
    assert slots("1602", asking="house").room == "1602"
    assert slots("1602").house is None


@pytest.mark.parametrize(("text", "place", "room"), [
    ("厨房水槽下面漏水", "厨房水槽下面", "厨房"), ("主卧的墙", "主卧墙", "主卧"),
    ("洗手间", "洗手间", "卫生间"), ("水槽下面湿了", "水槽下面", None),
    ("不对，是卫生间", "卫生间", "卫生间"), ("不是主卧，次卧的", "次卧", "次卧"),
    ("我在外地下周五回来", None, None), ("不是厨房是阳台", "阳台", "阳台"), ("廁所漏水", "厕所", "卫生间"),
    ("chufang loushui", "厨房", "厨房"),
])  # fmt: skip
def test_a_place_is_read(text, place, room):
    found = slots(text)
    assert (found.place, found.place_room) == (place, room)


@pytest.mark.parametrize(("text", "category"), [
    ("楼水了", "水"), ("loushui", "水"), ("下水道堵了", "水"), ("跳闸了", "电"), ("一开空调就跳闸", "电"),
    ("渗到楼下了", "防水"), ("墙皮掉了", "墙面"),
    ("柜门掉了", "木作"), ("门锁坏了", "门窗"), ("砖空鼓", "瓷砖"), ("马桶堵了", "洁具"), ("地板起拱", "地板"),
    ("铰链断了", "五金"), ("油烟机不吸烟", "其他"),
    ("没漏", None), ("翡翠城8幢", None),
])  # fmt: skip
def test_a_category_is_read(text, category):
    assert slots(text).category == category


@pytest.mark.parametrize("text",
    ["水一直流", "水龙头断了哗哗的", "厨房淹了", "全屋没电", "煤气味好重", "插座冒烟", "吊顶要掉下来了",
        "孩子反锁在屋里", "水管爆了"])
def test_what_cannot_wait_is_urgent(text):
    assert slots(text).urgent


@pytest.mark.parametrize(
    "text",
    ["水槽下面滴水", "昨天修好了不漏了", "没漏", "不急，龙头有点漏", "马桶水箱一直流水", "插座没电", "灯不亮",
        "水管爆裂质保吗", "万一爆管怎么办", "去年水管爆过一次", "多少钱", "停电通知", "打不着火"],
)
def test_what_can_wait_is_not_urgent(text):
    assert not slots(text).urgent


@pytest.mark.parametrize(("text", "score"), [
    ("5", 5), ("五分", 5), ("5分满意", 5), ("很满意", 5), ("满意", 4), ("还行吧", 3), ("不满意", 2),
    ("十分不满意", 1), ("十分满意", 5), ("👍", 5), ("2 还在滴", 2),
    ("不是很满意", 2), ("没什么不满意的", 4), ("太差了", 1), ("👎", 1), ("一般", 3), ("零分", 1), ("55555", 5),
    ("真行啊修三次还漏", 2), ("manyi", 4), ("瞒意", 4),
    ("①", 1), ("３", 3), ("唔满意", 2), ("巴适得板", 5), ("三", 3),
])  # fmt: skip
def test_a_score_is_read_while_a_survey_is_open(text, score):
    assert slots(text, survey_open=True).score == score


@pytest.mark.parametrize("text", ["55555", "3-802", "5号楼", "三点", "厨房漏水", "你们满意吗"])
def test_what_is_no_score_is_none(text):
    assert slots(text).score is None


def test_the_words_beside_a_score_are_kept():
    found = slots("2 还在滴", survey_open=True)
    assert (found.note, found.sentiment) == ("还在滴", "negative")


@pytest.mark.parametrize(("text", "name", "form"), [
    ("免贵姓陈", "陈", None), ("我姓王 先生", "王", "先生"), ("我叫李明", "李明", None),
    ("陈女士", "陈", "女士"), ("姓欧阳", "欧阳", None), ("王师傅来修过", None, None),
    ("我要投诉张先生", None, None),
])  # fmt: skip
def test_a_name_is_read(text, name, form):
    found = slots(text)
    assert (found.name, found.form) == (name, form)


@pytest.mark.parametrize(("text", "area"), [("89平", 89), ("一百二十平", 120), ("一百二平米", 120),
    ("89.5㎡", 89.5), ("100多平", 100), ("平米", None), ("五千平", None)])
def test_an_area_is_read(text, area):
    assert slots(text).area == area


@pytest.mark.parametrize(("text", "low", "high"), [
    ("预算三十来万", 300000, 300000), ("10-15万", 100000, 150000), ("二十万到三十万", 200000, 300000),
    ("15万左右", 150000, 150000), ("十几万", 110000, 190000),
    ("预算200000", 200000, 200000), ("12.5万", 125000, 125000), ("13800138000", None, None),
])  # fmt: skip
def test_a_budget_is_read(text, low, high):
    found = slots(text)
    assert (found.budget_low, found.budget_high) == (low, high)


def test_a_style_is_read():
    assert slots("想要奶油风的").style == "奶油"
    assert slots("新中式").style == "新中式"


@pytest.mark.parametrize(("text", "yes"), [
    ("是的", True), ("对", True), ("嗯", True), ("好", True), ("可以", True), ("没错", True), ("OK", True),
    ("系啊", True), ("要得", True), ("👌", True), ("是的，明天下午", True),
    ("不", False), ("不是", False), ("不对", False), ("算了", False), ("否", False), ("唔系", False),
    ("不用了谢谢", False), ("厨房漏水", None), ("对了还有个事", None),
])  # fmt: skip
def test_agreement_is_read(text, yes):
    assert slots(text).yes is yes


@pytest.mark.parametrize(("text", "option"), [("1", 1), ("①", 1), ("一", 1), ("第一个", 1), ("A", 1),
    ("选2", 2), ("第二套", 2), ("3。", 3), ("１", 1), ("1602", None), ("一直漏", None)])
def test_an_option_is_read(text, option):
    assert slots(text).option == option


def test_a_line_to_change_is_a_correction_with_its_number():
    found = slots("改 2")
    assert (found.correction, found.option) == (True, 2)


@pytest.mark.parametrize("text",
    ["不对，是卫生间", "不是厨房，是卫生间", "电话改成13900139000", "应该是8幢", "说错了，后天"])
def test_a_correction_is_seen(text):
    assert slots(text).correction


@pytest.mark.parametrize("text", ["不是投诉", "不是很满意", "厨房漏水", "不是吧", "是不是明天来"])
def test_what_takes_nothing_back_is_no_correction(text):
    assert not slots(text).correction


@pytest.mark.parametrize(("text", "command"), [
    ("上一步", "back"), ("返回", "back"), ("跳过", "skip"), ("再说一遍", "repeat"), ("取消", "cancel"),
    ("算了", "cancel"), ("算了，不报了", "cancel"),
    ("核对一下", "review"), ("重新来", "restart"), ("帮助", "help"), ("取消吧谢谢", "cancel"),
    ("我不想报修了", "cancel"),
    ("取消不了怎么办", None), ("厨房漏水", None),
])  # fmt: skip
def test_a_command_is_read(text, command):
    assert slots(text).command == command


@pytest.mark.parametrize(("text", "step", "note"), [
    ("接单", "accept", None), ("出发了", "start", None), ("到场", "arrive", None), ("到了", "arrive", None),
    ("完工", "finish", None), ("完工，换了角阀", "finish", "换了角阀"),
    ("修好了", "finish", None), ("退单 今天排满了", "hand_back", "今天排满了"), ("去不了", "hand_back", None),
    ("我的单", "list", None), ("师傅已到场", "arrive", None), ("厨房漏水", None, None),
])  # fmt: skip
def test_a_job_step_is_read(text, step, note):
    found = slots(text, crew=True)
    assert (found.crew_step, found.note) == (step, note)


def test_a_job_step_names_its_job():
    assert slots("接单 2", crew=True).option == 2
    assert slots("完工 BX20261121-0007 换了角阀", crew=True).number == "BX20261121-0007"


@pytest.mark.parametrize("text", ["你是机器人吗", "是真人还是机器", "你是不是机器人啊", "你系咪機器人"])
def test_the_question_for_a_machine_is_seen(text):
    assert slots(text).robot


def test_anger_is_seen_and_calm_is_not():
    assert slots("你们这群骗子，我要曝光").anger
    assert not slots("厨房漏水了").anger


def test_two_faults_are_kept_apart():
    items = slots("厨房水龙头滴水，另外卧室门关不上").items
    assert [(item.category, item.place) for item in items] == [("水", "厨房水龙头"), ("门窗", "卧室门")]


@pytest.mark.parametrize(("text", "target"), [
    ("投诉设计师", "设计师"), ("我要投诉工队", "工队"), ("监理从不来，我要投诉", "监理"),
    ("你们乱加价，投诉", "价格"), ("拖了两个月工期，我要投诉", "工期"),
    ("材料以次充好，投诉你们", "材料"), ("投诉客服", "客服"),
])  # fmt: skip
def test_the_target_of_a_complaint_is_read(text, target):
    assert slots(text).target == target


def test_four_answers_in_one_sentence():
    found = slots("厨房水管漏水，明天下午，翡翠城8幢1602，电话13800138000")
    assert (found.category, found.place, found.building, found.phone) == ("水", "厨房水管", "8", "13800138000")
    assert found.time is not None


def test_json_has_the_shape_that_the_command_line_prints():
    out = read_json({"text": "厨房漏水，明天下午", "context": {"survey_open": False, "nobody": 1}}, NOW)
    assert out["intents"][0]["name"] == "repair"
    assert 0 < out["intents"][0]["confidence"] <= 1
    assert out["slots"]["category"] == "水"
    assert out["slots"]["score"] is None
    assert out["slots"]["time"]["start"] == "2026-11-22T05:30:00+00:00"
