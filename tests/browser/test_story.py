"""The whole story as people see it: phones, the crew's page and the panel in Chromium, nothing but pages."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.people import NUMBER, Desk, JobPage, Phones

HOUSE = "翡翠城8幢1602"


def report(chen) -> str:
    """陈先生, a stranger, reports a leak with a photo in the middle and a correction; returns the number."""
    chen.follows()
    chen.reads("这里是暖居")
    chen.says("厨房水槽下面漏水，明天下午在家，13800138000")
    chen.reads("是哪一套")
    chen.photographs("水槽下漏水")
    chen.reads("照片收到")
    chen.says(HOUSE)
    review = chen.reads("对的话回")
    for said in (HOUSE, "水槽", "明天下午", "138****8000", "照片：1张"):
        expect(review).to_contain_text(said)
    chen.says("不对，是卫生间")
    expect(chen.reads("对的话回", times=2)).to_contain_text("卫生间")
    chen.says("是的")
    promised = chen.reads("登记好了")
    expect(promised).to_contain_text("8小时")
    return NUMBER.search(promised.inner_text()).group()


def repaired(phones, chen, number: str) -> None:
    """王师傅 takes the job by the page behind the link; 陈先生 hears of each step once."""
    wang = phones.of("王师傅")
    job = JobPage(wang.opens_link(wang.reads("新单", number)))
    expect(job.page.get_by_role("heading", level=1)).to_have_text(HOUSE)
    job.presses("接单", "接单成功")
    expect(job.page.get_by_role("link", name="打电话")).to_contain_text("13800138000")
    chen.reads("王师傅接单了")
    phones.travel("+1 天")
    job.presses("我出发了", "业主知道您在路上")
    chen.reads("出发了")
    job.photographs()
    job.presses("我到了", "业主知道您到了")
    chen.reads("到了。修好后")
    job.page.get_by_label("做了什么").fill("换了角阀，试水不漏")
    job.presses("完工", "完工已记录")
    expect(job.page.get_by_text("这单的活干完了")).to_be_visible()
    chen.reads("修好了：换了角阀，试水不漏")
    for step in ("接单了", "出发了", "到了。修好后"):
        chen.reads(step)


def on_the_desk(desk, number: str) -> None:
    """小林 finds the matter on the home page, and the whole repair behind it."""
    matter = desk.page.locator("#matters article").filter(has_text=number)
    expect(matter).to_contain_text("负责人：小林")
    expect(matter).to_contain_text("还在滴")
    matter.get_by_role("link", name=number).click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text(number)
    story = desk.page.locator("#story")
    for beat in ("报修", "派单", "接单", "出发", "到场", "完工", "返修"):
        expect(story.locator(".beat").filter(has_text=beat).first).to_be_visible()
    expect(story.locator(".bubble").filter(has_text="2 还在滴")).to_be_visible()
    photos = desk.page.locator(".photos img")
    expect(photos).to_have_count(2)
    for photo in photos.all():
        photo.scroll_into_view_if_needed()
        assert photo.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100


def test_a_repair_travels_from_wechat_to_the_crew_back_home_and_over_the_desk(house, visit):
    phones, desk = Phones(visit(1680, 1000), house), Desk(visit(), house)
    chen = phones.of("陈先生")
    desk.logs_in("agent")
    number = report(chen)
    repaired(phones, chen, number)
    phones.travel("+1 小时")
    chen.reads("还满意吗")
    expect(desk.page.get_by_text(number)).to_have_count(0)
    chen.says("2 还在滴")
    chen.reads("抱歉没修好")
    on_the_desk(desk, number)

    desk.page.get_by_label("回复客户").fill("陈先生，我是小林。王师傅今天再来一趟，您看行吗？")
    desk.page.get_by_role("button", name="发送给客户").click()
    chen.reads("我是小林。王师傅今天再来一趟")
    expect(desk.page.locator("#story .bubble.staff .mark.ok")).to_be_visible()

    desk.does("改派", "派单", 工队="李师傅")
    phones.of("李师傅").reads("返修", number)
    desk.does("暂停", "暂停计时", 暂停到="2026-11-24T10:00", 客户怎么说的="周二上午来就行")
    phones.of("陈先生").reads("后天上午10点再上门")
    expect(desk.page.locator("#facts")).to_contain_text("已暂停")
    expect(desk.page.locator("#story .beat.paused").last).to_contain_text("周二上午来就行")
    desk.does("结案", "结案", 原因="客户电话确认已修好")
    expect(desk.page.locator("#case .chip").first).to_have_text("已结案")
    expect(desk.page.locator("#facts")).to_contain_text("客户电话确认已修好")
    desk.goes_to("待处理事项")
    expect(desk.page.locator("#matters").get_by_text(number)).to_have_count(0)


def place_in(question: str, number: str) -> str:
    """The number that stands before this job in the account's question."""
    return next(line.split()[0] for line in question.splitlines() if number in line)


def test_content_closes_the_case_and_the_desk_sees_it_without_reloading(house, visit):
    phones, desk = Phones(visit(1680, 1000), house), Desk(visit(), house)
    desk.logs_in("agent")
    lin, wang = phones.of("林女士"), phones.of("王师傅")
    lin.says("马桶一直漏水，今天下午在家")
    expect(lin.reads("对的话回")).to_contain_text("城西公馆3幢802")
    desk.goes_to("报修")
    lin.says("是的")
    number = NUMBER.search(lin.reads("登记好了").inner_text()).group()
    row = desk.page.locator("#board tr").filter(has_text=number)
    expect(row).to_contain_text("城西公馆")
    wang.reads("新单", number)
    wang.says("接单")
    wang.says(place_in(wang.reads("哪一单").inner_text(), number))
    wang.reads("接单了：")
    expect(row).to_contain_text("已接单")
    wang.says("到场")
    wang.reads("到场记好了")
    expect(row).to_contain_text("已到场")
    wang.says(f"完工 {number} 换了密封圈")
    wang.reads("完工记好了")
    expect(row).to_have_count(0)
    phones.travel("+1 小时")
    lin.reads("还满意吗")
    lin.says("5")
    lin.reads("谢谢")
    desk.page.goto(f"{house.panel}/repairs/{number}")
    expect(desk.page.locator("#case .chip").first).to_have_text("已结案")
    expect(desk.page.locator("#facts")).to_contain_text("5 分")


def test_a_number_shown_in_clear_is_on_record(house, visit):
    agent, manager = Desk(visit(), house), Desk(visit(), house)
    agent.logs_in("agent")
    agent.goes_to("客户")
    agent.page.get_by_role("link", name="周桂芳").click()
    expect(agent.page.get_by_text("136****6003")).to_be_visible()
    expect(agent.page.get_by_text("13600136003")).to_have_count(0)
    agent.page.get_by_role("button", name="显示", exact=True).click()
    expect(agent.page.get_by_text("13600136003")).to_be_visible()
    manager.logs_in("manager")
    manager.goes_to("电话查看记录")
    expect(manager.page.get_by_role("row").filter(has_text="小林").first).to_contain_text("客户")


def test_another_language_and_out_again(house, visit):
    desk = Desk(visit(), house)
    desk.logs_in("agent")
    desk.page.get_by_role("button", name="English").click()
    expect(desk.page.locator("html")).to_have_attribute("lang", "en")
    expect(desk.page.get_by_role("link", name="Repairs").first).to_be_visible()
    desk.page.get_by_role("button", name="中文").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("需要我现在处理")
    desk.page.locator("details.menu summary").click()
    desk.page.get_by_role("button", name="退出登录").click()
    expect(desk.page.get_by_role("heading", name="登录")).to_be_visible()
    desk.page.goto(f"{house.panel}/repairs/")
    expect(desk.page.get_by_label("密码")).to_be_visible()
