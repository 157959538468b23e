"""The state machines of cases: per kind, state -> the states that may follow. What is not here is refused.

A case starts in the first state of its machine. `FINAL` are the states in which nobody waits for us any more.
"""

from collections.abc import Mapping

Machine = Mapping[str, frozenset[str]]

REPAIR: Machine = {
    "reported": frozenset({"assigned", "cancelled", "closed"}),
    # assigned -> assigned: the dispatcher gives it to another crew before anyone accepted.
    "assigned": frozenset({"assigned", "accepted", "handed_back", "cancelled", "closed"}),
    "handed_back": frozenset({"assigned", "cancelled", "closed"}),
    # accepted -> on_site: crews often forget to say that they set out.
    "accepted": frozenset({"assigned", "on_the_way", "on_site", "handed_back", "cancelled", "closed"}),
    "on_the_way": frozenset({"assigned", "on_site", "handed_back", "cancelled", "closed"}),
    # on_site -> accepted: something stays open, or the customer agreed to another day; the crew comes again.
    "on_site": frozenset({"assigned", "accepted", "done", "handed_back", "closed"}),
    "done": frozenset({"reopened", "closed"}),
    "reopened": frozenset({"assigned", "cancelled", "closed"}),
    # Broken again after the case was closed: the same case goes on.
    "closed": frozenset({"reopened"}),
    "cancelled": frozenset(),
}
COMPLAINT: Machine = {
    "registered": frozenset({"upheld", "not_upheld", "withdrawn"}),
    # A verdict may be turned by the manager when the customer disputes it, or new facts come.
    "upheld": frozenset({"not_upheld", "explained", "withdrawn"}),
    "not_upheld": frozenset({"upheld", "explained", "withdrawn"}),
    # explained -> closed: the explanation was all that was owed.
    "explained": frozenset({"upheld", "proposed", "closed", "withdrawn"}),
    # proposed -> proposed: the customer wants something else.
    "proposed": frozenset({"proposed", "agreed", "closed", "withdrawn"}),
    "agreed": frozenset({"carried_out", "proposed", "withdrawn"}),
    "carried_out": frozenset({"closed", "proposed"}),
    # The customer is not content after all: the same complaint goes on with another judgement.
    "closed": frozenset({"registered"}),
    "withdrawn": frozenset({"registered"}),
}
#: Questions, suggestions and privacy requests: somebody sees to it and answers.
TASK: Machine = {
    "open": frozenset({"answered", "closed"}),
    "answered": frozenset({"open", "closed"}),
    "closed": frozenset({"open"}),
}
#: A call that is owed: made with an answer, or given up with a reason.
CALLBACK: Machine = {
    "open": frozenset({"done", "dropped"}),
    "done": frozenset(),
    "dropped": frozenset(),
}
#: A callback slip: somebody says what will be done, then the customer is called; not content: the next round.
SLIP: Machine = {
    # Satisfied before anybody wrote a plan: the crew was faster than the paper.
    "open": frozenset({"answered", "called", "closed"}),
    # answered -> answered: another plan, another date.
    "answered": frozenset({"answered", "called", "closed"}),
    "called": frozenset({"closed", "open"}),
    "closed": frozenset(),
}
#: Before signing: a lead on its way to a contract, or not.
ENQUIRY: Machine = {
    "new": frozenset({"contacted", "visiting", "won", "lost"}),
    "contacted": frozenset({"visiting", "won", "lost"}),
    # visiting -> contacted: the visit fell through.
    "visiting": frozenset({"contacted", "won", "lost"}),
    "won": frozenset(),
    # They come back after all.
    "lost": frozenset({"contacted"}),
}
APPOINTMENT: Machine = {
    # booked -> booked: moved to another time.
    "booked": frozenset({"booked", "done", "missed", "cancelled"}),
    "done": frozenset(),
    "missed": frozenset(),
    "cancelled": frozenset(),
}
#: Words for many: written, checked by rule, let go by a second person, under way, over.
CAMPAIGN: Machine = {
    "draft": frozenset({"checked", "cancelled"}),
    # -> draft: it was changed, or sent back.
    "checked": frozenset({"draft", "approved", "cancelled"}),
    "approved": frozenset({"draft", "scheduled", "cancelled"}),
    "scheduled": frozenset({"draft", "running", "cancelled"}),
    "running": frozenset({"paused", "done", "cancelled"}),
    "paused": frozenset({"running", "cancelled"}),
    "done": frozenset(),
    "cancelled": frozenset(),
}
#: What somebody wants done with their own data.
PRIVACY: Machine = {
    # open -> approved: a copy needs one colleague; what a rule of the house erases needs none.
    "open": frozenset({"checked", "approved", "refused", "withdrawn"}),
    # checked -> open: the second colleague sends it back.
    "checked": frozenset({"open", "approved", "refused", "withdrawn"}),
    "approved": frozenset({"running", "withdrawn"}),
    # From here on there is no way back: some of it is gone already.
    "running": frozenset({"done"}),
    "done": frozenset(),
    "refused": frozenset({"open"}),
    "withdrawn": frozenset(),
}
#: Standing words: written, waiting for a second person, in force.
GREETING_RULE: Machine = {
    # draft -> on: what only suggests needs nobody's approval.
    "draft": frozenset({"waiting", "on"}),
    # -> draft: it was changed, sent back or switched off.
    "waiting": frozenset({"draft", "on"}),
    "on": frozenset({"draft"}),
}
#: Somebody is followed up: to the last step, or until something ends it; a date that is set anew goes on.
ENROLMENT: Machine = {
    "running": frozenset({"finished", "stopped"}),
    "finished": frozenset({"running"}),
    "stopped": frozenset({"running"}),
}
#: One step for one person. What was done is planned again only when it is taken back before it left the house.
TOUCH: Machine = {
    "planned": frozenset({"done", "skipped", "expired", "stopped"}),
    "done": frozenset({"planned", "stopped"}),
    "skipped": frozenset({"planned"}),
    "expired": frozenset({"planned"}),
    "stopped": frozenset({"planned"}),
}
#: A gift asked for: let go by somebody, handed over against a receipt.
GIFT: Machine = {
    "asked": frozenset({"approved", "refused", "cancelled"}),
    # approved -> cancelled: it is not given after all; gift and money are back.
    "approved": frozenset({"handed", "cancelled"}),
    "refused": frozenset(),
    "cancelled": frozenset(),
    "handed": frozenset(),
}
#: Every state that a case of any kind may be in, for the table's constraint.
EVERY = tuple(dict.fromkeys([*REPAIR, *COMPLAINT, *TASK, *ENQUIRY, *APPOINTMENT, *PRIVACY]))
#: Nobody waits for us: done, answered, or over.
FINAL = frozenset({"done", "closed", "cancelled", "withdrawn", "answered", "won", "lost", "missed", "refused"})
#: What staff and customers read.
NAMES = {
    "reported": "已登记",
    "assigned": "已派单",
    "handed_back": "已退单",
    "accepted": "已接单",
    "on_the_way": "在路上",
    "on_site": "已到场",
    "done": "已完工",
    "reopened": "已返修",
    "closed": "已结案",
    "cancelled": "已取消",
    "registered": "已登记",
    "upheld": "成立",
    "not_upheld": "不成立",
    "explained": "已说明",
    "proposed": "已提方案",
    "agreed": "客户已同意",
    "carried_out": "已落实",
    "withdrawn": "已撤诉",
    "open": "待处理",
    "answered": "已答复",
    "new": "待联系",
    "contacted": "已联系",
    "visiting": "已约见",
    "won": "已签约",
    "lost": "未成交",
    "booked": "已预约",
    "missed": "没有来",
}
CALLBACK_NAMES = {"open": "待回访", "done": "已回访", "dropped": "已放弃"}
SLIP_NAMES = {"open": "待答复", "answered": "已答复", "called": "已回访", "closed": "已关闭"}
PRIVACY_NAMES = {
    "open": "待核对",
    "checked": "待复核",
    "approved": "已批准",
    "running": "执行中",
    "done": "已办结",
    "refused": "未受理",
    "withdrawn": "已撤回",
}
CAMPAIGN_NAMES = {
    "draft": "草稿",
    "checked": "待审批",
    "approved": "已批准",
    "scheduled": "已排期",
    "running": "发送中",
    "paused": "已暂停",
    "done": "已完成",
    "cancelled": "已取消",
}
GREETING_RULE_NAMES = {"draft": "停用", "waiting": "待审批", "on": "启用"}
ENROLMENT_NAMES = {"running": "跟进中", "finished": "已走完", "stopped": "已停止"}
