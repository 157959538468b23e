"""What staff may do: the names of all permissions, and the roles that a new desk starts with.

A permission that is not listed in a role is refused. Managers change roles in the panel; these are the defaults.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.staff import Role

#: Name -> what staff read. The panel's catalogues carry the same titles in both languages; a test compares them.
PERMISSIONS: dict[str, str] = {
    "repair.see": "查看报修",
    "repair.assign": "派单、改派",
    "repair.pause": "按客户的话暂停、恢复时限",
    "repair.close": "结案、返修、取消",
    "repair.note": "写内部备注",
    "conversation.see": "查看会话",
    "conversation.reply": "接待客户",
    "escalation.see": "查看待处理事项",
    "escalation.resolve": "处理升级事项",
    "customer.see": "查看客户",
    "customer.edit": "编辑客户",
    "customer.reveal": "查看完整电话（每次都有记录）",
    "project.see": "查看工地与楼盘",
    "project.edit": "编辑工地与楼盘",
    "crew.see": "查看工队",
    "crew.edit": "编辑工队",
    "code.issue": "发绑定码",
    "qr.see": "查看二维码",
    "qr.make": "生成、停用二维码",
    "referral.see": "查看转介绍",
    "event.see": "查看活动",
    "event.edit": "办活动",
    "menu.see": "查看菜单",
    "menu.edit": "编辑、发布菜单",
    "tag.see": "查看标签",
    "tag.edit": "编辑标签",
    "outgoing.see": "查看发出的消息",
    "outgoing.act": "重发、取消消息",
    "inbound.see": "查看没读懂的推送",
    "complaint.see": "查看投诉",
    "complaint.handle": "处理投诉：判定、说明、提方案、结案",
    "complaint.lead": "看保密投诉、改判、重开、指定负责人",
    "suggestion.see": "查看建议",
    "suggestion.answer": "答复建议",
    "survey.see": "查看回访",
    "callback.see": "查看待打的回访",
    "callback.call": "打回访电话、记结果",
    "slip.see": "查看联系单",
    "slip.answer": "写联系单措施、换人负责",
    "slip.close": "关闭联系单",
    "form.edit": "修改问卷",
    "enquiry.see": "查看自己的咨询与预约",
    "enquiry.all": "查看所有人的咨询与预约",
    "enquiry.act": "跟进咨询，约量房、到店",
    "sequence.see": "查看跟进方案",
    "sequence.edit": "修改、停用跟进方案",
    "sequence.stop": "停止、恢复对一位客户的跟进",
    "gift.see": "查看礼品与申请",
    "gift.ask": "申请礼品、记签收",
    "gift.approve": "审批礼品",
    "gift.edit": "编辑礼品库",
    "signing.see": "查看签约",
    "signing.make": "登记签约与首付",
    "offer.see": "查看装修方案、展厅与预约时段",
    "offer.edit": "编辑装修方案、展厅与预约时段",
    "promise.see": "查看承诺时限",
    "policy.edit": "修改时限规则与工作日",
    "knowledge.see": "查看知识库",
    "knowledge.edit": "编辑知识库与行话",
    "text.see": "查看话术",
    "text.edit": "修改话术",
    "staff.see": "查看员工",
    "staff.edit": "编辑员工",
    "role.edit": "编辑角色权限",
    "audit.see": "查看操作记录与电话查看记录",
    "warranty.see": "查看保修条款",
    "warranty.edit": "修改保修条款",
    "warranty.decide": "判定保修、改判",
    "quote.see": "查看报价",
    "quote.make": "做报价、发报价、记电话答复",
    "campaign.see": "查看活动群发",
    "campaign.make": "写活动群发、提交审批",
    "campaign.approve": "批准、排期、暂停、取消活动群发",
    "roster.see": "查看排班、请假、交接班、公告",
    "roster.edit": "排班、管班次、替人请假",
    "handover.write": "写、签交接班记录",
    "announcement.make": "发公告",
    "review.hold": "做超期复核",
    "rows.export": "导出表格（每次都有记录）",
    "privacy.see": "查看隐私申请",
    "privacy.handle": "核对隐私申请、导出与交付个人资料（每次都有记录）",
    "privacy.approve": "批准删除个人资料、改保存期限",
    "privacy.locked": "查看封存资料（每次都有记录）",
    "system.see": "查看系统状态",
    "system.act": "重试失败的任务、马上检查",
}

_SIGNING = ("signing.see", "signing.make")
_GIVING = ("signing.see", "gift.see", "gift.ask")
_LETTING_GO = ("signing.make", "gift.approve", "gift.edit")
_COMPLAINTS = ("complaint.see", "complaint.handle")

_DESK = (
    "repair.see",
    "repair.assign",
    "repair.pause",
    "repair.close",
    "repair.note",
    "conversation.see",
    "conversation.reply",
    "escalation.see",
    "escalation.resolve",
    "customer.see",
    "customer.edit",
    "customer.reveal",
    "project.see",
    "crew.see",
    "code.issue",
    "outgoing.see",
    "outgoing.act",
    "survey.see",
    "enquiry.see",
    "enquiry.all",
    "enquiry.act",
    "sequence.see",
    "sequence.stop",
    "offer.see",
    "promise.see",
    "text.see",
    "knowledge.see",
    *_GIVING,
    "warranty.see",
    "quote.see",
    "quote.make",
    "suggestion.see",
    "suggestion.answer",
    *_COMPLAINTS,
    "callback.see",
    "callback.call",
    "slip.see",
    "slip.answer",
    "roster.see",
    "handover.write",
)

_ROSTER = ("roster.see", "roster.edit", "announcement.make")
_SYSTEM = ("system.see", "system.act")
_PRIVACY = ("privacy.see", "privacy.handle", "privacy.approve", "privacy.locked")

#: How people come to us: codes and whom they brought.
_GROWTH = (
    "qr.see",
    "qr.make",
    "referral.see",
    "event.see",
    "event.edit",
    "menu.see",
    "menu.edit",
    "tag.see",
    "tag.edit",
)

#: Greetings and texts, no cases and no conversations.
_MARKETING = (
    "roster.see", "customer.see", "campaign.see", "campaign.make", "sequence.see", "sequence.edit", "survey.see",
    "offer.see", "offer.edit", "text.see", "text.edit", "knowledge.see", "knowledge.edit", *_GROWTH,
)  # fmt: skip

#: Name -> (title, permissions) of the roles that a new desk starts with.
ROLES: dict[str, tuple[str, tuple[str, ...]]] = {
    # Runs the house, but does not read what customers write.
    "admin": (
        "管理员",
        (
            *_ROSTER,
            "staff.see",
            "staff.edit",
            "role.edit",
            "audit.see",
            "text.see",
            "text.edit",
            "knowledge.see",
            "policy.edit",
            "promise.see",
            "crew.see",
            "crew.edit",
            "project.see",
            "project.edit",
            "outgoing.see",
            "inbound.see",
            "code.issue",
            "escalation.see",
            "offer.see",
            "offer.edit",
            "warranty.see",
            "warranty.edit",
            "qr.see",
            "qr.make",
            "menu.see",
            "menu.edit",
            *_PRIVACY[:3],
            *_SYSTEM,
        ),  # fmt: skip
    ),
    "manager": (
        "客服经理",
        (
            *_DESK,
            "roster.edit",
            "announcement.make",
            "review.hold",
            *_PRIVACY,
            *_SYSTEM,
            "slip.close",
            "form.edit",
            "sequence.edit",
            *_GROWTH,
            "inbound.see",
            "offer.edit",
            "project.edit",
            "crew.edit",
            "policy.edit",
            "warranty.edit",
            "warranty.decide",
            "text.edit",
            "knowledge.edit",
            "staff.see",
            "audit.see",
            "rows.export",
            "complaint.lead",
            *_LETTING_GO,
            "campaign.see",
            "campaign.make",
            "campaign.approve",
        ),
    ),
    "agent": ("客服专员", (*_DESK, "knowledge.edit", "qr.see", "referral.see", "event.see", "tag.see", "tag.edit")),
    # Own leads, and what they are offered; no conversations but their own leads' facts.
    "designer": ("设计师", ("enquiry.see", "enquiry.act", "offer.see", "customer.reveal", "roster.see")),
    "engineer": (
        "工程部",
        (
            "roster.see",
            "handover.write",
            "review.hold",
            "signing.see",
            "callback.see",
            "slip.see",
            "slip.answer",
            "repair.see",
            "repair.assign",
            "repair.pause",
            "repair.close",
            "repair.note",
            "escalation.see",
            "escalation.resolve",
            "customer.see",
            "customer.reveal",
            "project.see",
            "project.edit",
            "crew.see",
            "crew.edit",
            "code.issue",
            "outgoing.see",
            "outgoing.act",
            "survey.see",
            "promise.see",
            "knowledge.see",
            "warranty.see",
            "warranty.decide",
            "quote.see",
            "quote.make",
            *_COMPLAINTS,
        ),
    ),
    "marketing": ("市场部", (*_MARKETING, "gift.see", "gift.ask", "gift.edit")),
    "finance": ("财务部", ("customer.see", "project.see", "quote.see", "gift.see", "roster.see", *_SIGNING)),
}


#: How much compensation a role may offer without asking anybody, in 分; others may offer none.
LIMITS = {"manager": 1_000_000, "agent": 50_000, "engineer": 50_000}
#: What a role may give away without asking anybody, and what its team may give in a month, in 分.
GIFTS = {"manager": (200_000, 500_000), "agent": (5_000, 100_000), "marketing": (5_000, 300_000)}


def plant(session: Session) -> dict[str, Role]:
    """The default roles stand, by name; roles that exist keep what staff made of them."""
    found = {role.name: role for role in session.scalars(select(Role))}
    for name, (title, permissions) in ROLES.items():
        if name not in found:
            limit, (gift, budget) = LIMITS.get(name, 0), GIFTS.get(name, (0, None))
            found[name] = Role(name=name, title=title, permissions=list(permissions), compensation_limit=limit)
            found[name].gift_limit, found[name].gift_budget = gift, budget
            session.add(found[name])
    session.flush()
    return found
