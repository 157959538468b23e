"""What an answer of the platform means and what to do about it, in words for whoever runs the house."""

import re

from bot.errors import GatewayError, Misconfigured, Throttled

#: Platform code -> what it means and what to do; the rest is told in the platform's own words.
REMEDIES = {
    40164: "本机的出口 IP 不在白名单里：登录公众平台 → 设置与开发 → 基本配置 → IP白名单，加入这个地址后再试",
    61004: "本机的出口 IP 不在白名单里：登录公众平台 → 设置与开发 → 基本配置 → IP白名单，加入这个地址后再试",
    89503: "这个 IP 的调用要管理员确认：请管理员在微信里点确认，然后再试",
    89506: "管理员拒绝了这个 IP 的调用，24 小时后才能再申请：请先和管理员商量",
    89507: "管理员拒绝了这个 IP 的调用，1 小时后才能再申请：请先和管理员商量",
    40013: "WECHAT_APP_ID 不对：请从公众平台“基本配置”复制 AppID",
    40125: "WECHAT_APP_SECRET 不对：请在公众平台“基本配置”重置 AppSecret 后填进来",
    40001: "WECHAT_APP_SECRET 不对，或者不属于这个 AppID：请在“基本配置”核对",
    40243: "AppSecret 被冻结：请在公众平台“基本配置”解冻",
    50007: "账号被冻结：请登录公众平台查看通知",
}
_ADDRESS = re.compile(r"\b\d{1,3}(\.\d{1,3}){3}\b|\b[0-9a-f]*:[0-9a-f:]+:[0-9a-f:]+\b")


def words_for(error: GatewayError) -> str:
    """One Chinese sentence: what is wrong and what to do next, with the platform's code. No secret is in it."""
    if isinstance(error, Throttled):
        return "微信说太忙，稍后再试一次"
    if isinstance(error, Misconfigured):
        address = _ADDRESS.search(error.message)
        where = f"（微信看到的地址：{address.group()}）" if address else ""
        words = REMEDIES.get(error.code, f"微信拒绝：{error.message}。请在公众平台核对账号和权限")
        return f"{words}{where}，错误码 {error.code}"
    if error.code:
        return f"微信拒绝：{error.message}，错误码 {error.code}"
    return f"没有得到回答（{error}）：请检查网络、防火墙和 WECHAT_API_BASE"
