"""Traditional characters of headings, choices, countries, and words such as 待補: as in Hong Kong and Taiwan.

Only those of the words that the rules know, paired one by one as OpenCC's tables have them. Free texts, such
as a colour, keep theirs.
"""

from __future__ import annotations

_TRADITIONAL = (
    "與業書產傳體儲關內寫衝淨準減刪別辦動單廠壓參發變號後員噴國聲處備復實寬對峯應廢開強當錄態總懸執報"
    "掛擋數無時暫機構標氣氫匯沒測點烴牽狀電盤碼礎確離種稱類純組結統綜緩編縮裝規計認議記許設證識詢該說"
    "説請敗質車軌轉輪軸載輛輸達過運銷長門問間階隱頂顆題顏額馬驅駛駕証註東義烏喬買亞衆眾倫蘭茲岡幾凱剛"
    "勞區華盧敘臺圖聖堅奧寧賓爾屬嶼島幹庫託揚撾來極湯澤濟灣愛祕約納紐紹維緬羅羣聯脫臘蘇萊薩誕諾貝贊裏"
    "裡韋韓頓領顛魯鮮麥製補見詳頁審簽負責經蓋繫係覆複適"
)
_SIMPLIFIED = (
    "与业书产传体储关内写冲净准减删别办动单厂压参发变号后员喷国声处备复实宽对峰应废开强当录态总悬执报"
    "挂挡数无时暂机构标气氢汇没测点烃牵状电盘码础确离种称类纯组结统综缓编缩装规计认议记许设证识询该说"
    "说请败质车轨转轮轴载辆输达过运销长门问间阶隐顶颗题颜额马驱驶驾证注东义乌乔买亚众众伦兰兹冈几凯刚"
    "劳区华卢叙台图圣坚奥宁宾尔属屿岛干库托扬挝来极汤泽济湾爱秘约纳纽绍维缅罗群联脱腊苏莱萨诞诺贝赞里"
    "里韦韩顿领颠鲁鲜麦制补见详页审签负责经盖系系复复适"
)
_TABLE = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(text: str) -> str:
    """The text with these characters simplified; an ASCII one as it is."""
    return text if text.isascii() else text.translate(_TABLE)
