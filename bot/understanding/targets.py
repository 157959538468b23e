"""Whom or what somebody complains about: 设计师 工队 监理 材料 客服 价格 工期 其他."""

import re

#: In the order of preference when a text names several: people before things.
_TARGETS = {
    "设计师": r"设计师|设计(?:方案|图纸?|的)?(?:太|很|不|有|跟|和|错|乱)|效果图|图纸|做设计",
    "监理": r"监理|监工|巡检|验收的人|质检",
    "客服": r"客服|售后(?!.{0,4}维修)|销售|业务员|前台|接线|电话里|打电话|顾问|不回(?:消息|信息|微信)|接待",
    "工队": (
        r"工队|施工|工人|师傅|工长|项目经理|队长|泥瓦工|泥工|瓦工|瓦匠|木工|木匠|油漆工|油工|水电工|安装工|"
        r"干活|做工|工艺|工地|包工头|返工|偷懒|工头|活(?:太|很|干得|做得)|做的活|敲|铺"
    ),
    "价格": (
        r"加(?:价|钱|收)|增项|乱收费|多收|收费|报价|价格|太贵|贵了|费用|漏项|退(?:钱|款|费|定金)|定金|订金|"
        r"尾款|坐地起价|宰|账|钱"
    ),
    "工期": (
        r"工期|拖(?:了|延|拉|着)?|延期|逾期|超期|停工|没人(?:来)?(?:干活|施工)|进度(?:太|慢)|磨洋工|太慢|"
        r"还没(?:完工|装完|做完|好)|完不了工|耽误|不开工|什么时候能完"
    ),
    "材料": (
        r"材料|板材|甲醛|气味|味道大|以次充好|假货|牌子(?:不|换)|品牌|偷换|换成了|劣质|质量|瓷砖|地板|油漆|"
        r"涂料|柜子|掉皮|环保|偷工减料|色差|型号|门(?:板)?|电线|水管"
    ),
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _TARGETS.items()}
_ABOUT = re.compile(r"(?:投诉|举报|告|反映|针对|说说)(?:一下|下)?(?:你们|咱们|公司|那个|这个|家)*(?:的)?")


def of(text: str) -> str | None:
    """Return the target named first after 投诉, else the first in order of preference, else None."""
    about = _ABOUT.search(text)
    if about:
        rest = text[about.end() : about.end() + 8]
        first = [(hit.start(), name) for name, pattern in _PATTERNS.items() if (hit := pattern.search(rest))]
        if first:
            return min(first)[1]
    for name, pattern in _PATTERNS.items():
        if pattern.search(text):
            return name
    return None
