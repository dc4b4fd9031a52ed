"""What invented people and places are called.

Written from general knowledge: common Chinese surnames (with those frequent in Guizhou), characters used in given
names, and generation characters. The order is rough frequency; the weights are a smoothed Zipf law.
"""

import numpy as np
import numpy.typing as npt

_SURNAMES = (
    "杨 王 李 张 陈 吴 刘 罗 黄 周 赵 陆 石 潘 龙 韦 田 何 谢 冉 任 徐 郭 朱 胡 安 蒙 余 谭 冯 岑 班 卢 彭 蒋 曾 唐 袁 邓 肖",
    "姚 许 宋 马 林 梁 郑 曹 文 向 申 敖 吕 邹 丁 梅 汪 金 代 骆 熊 孟 秦 廖 雷 侯 江 尹 付 万 钟 贺 顾 毛 莫 陶 姜 叶 杜 程",
    "夏 范 方 白 邱 史 黎 武 戴 孔 汤 覃 牟 宁 穆 饶 詹 简 祝 令狐 阮 粟 滕 犹 禹 禄 陇 晏 舒 蓝 欧 麻 桂 符 柏 伍 帅 娄 车 邵",
    "龚 段 沈 崔 苏 魏 高 孙 于 董 蔡 贾 卯 勾 母 喻 涂 游 左 甘 温 卓 尚 岳 成 章 庞 牛 欧阳 上官 诸葛 司马 皇甫 夏侯 赖 瞿 区 仇 查 单",
    "解 缪 洗 召 翟 乐 葛 柳 鲁 倪 康 严 傅 萧 闫 薛 常 殷 施 洪 褚 耿 聂",
)
SURNAMES = tuple(surname for line in _SURNAMES for surname in line.split())

MALE = (
    "勇军涛伟飞波林杰刚平明华强兵辉斌鹏浩磊超俊江海龙云峰建国文武成志光荣祥贵富春生福德才发财权友良忠孝义仁礼智信安"
    "康宁东南西北山川河湖松柏桐枫铭鸣钊钢铁锋银金宝玉石开进先仕仲伯元启恒永昌盛隆兴旺运顺和泰达通远航翔宇轩博睿哲"
    "彬旭阳辰星晨曦昊天瑞祺嘉佳豪凯毅恩泽霖淼洋洲波涵澄清源泉培坤城坚基堂增壮奎尧尚岩崇川巍帆帅庆应廷弘彦征律心怀"
    "思怡恺悦惠成扬振捷敬斯方昂昆易景晓晖智望朋本来果栋梁森楠楷模正民水沛治洪流润淳"
)
FEMALE = (
    "艳敏丽琴梅燕静英丹芳玲红秀兰霞萍娟娜莉莎琼珍珠玉凤云翠菊桂香莲花萱婷婉妮娇媛嫣嫒倩雪冰洁清雅淑贞慧惠美佳欣怡"
    "悦思琪瑶瑾瑜璐璇琳珊珂彤彩虹晴晶晓曼蓉蓓蕾薇蔓芬芸芝苹茜荣莹菲萌会仙先碧素青绿紫春夏秋冬月星辰露霜云雨梦诗琦"
    "书画棋舒涵润沁湘漫滢滟潇澜灵念恋情意念怀安宁平和金银群英友朋远明正发开小大幺妹秋连润转满元圆芹苗"
)
GENERATION = (
    "正大光明仁义礼智信忠孝廉节国泰民安永世其昌家兴文章华万代朝廷登科甲应德承先祖维启绍宗学仕再胜通开天成显达朝元"
    "尚必有余庆昭茂盛祥春秋继述景运洪恩锡典传道治邦树勋绪定纪纲秉钧衡"
)

DOTTED_FIRST = (
    "阿依", "木呷", "沙马", "吉克", "阿吉", "尔古", "曲木", "买买提", "古丽", "阿布都", "依马木", "拉玛", "仰阿", "勾巴",
)  # fmt: skip
DOTTED_SECOND = (
    "古丽", "阿支", "拉日", "伍加", "子木", "热合曼", "艾力", "阿妹", "尼扎", "史布", "务卓", "莎", "江", "嘎莎",
)  # fmt: skip

RARE = "㛃㻏䶮𬭎𬀩𫍯𬍛𣲘𬴃𨱏喆堃淏垚昇甯犇翀赟燊"
"""Characters outside GBK or the basic plane, and some whose folding merges two lawful names (昇, 甯)."""

GIVEN = tuple(dict.fromkeys(MALE + FEMALE + GENERATION + RARE))
"""Every given character once; a code of 0 in the model means none, code k means `GIVEN[k - 1]`."""

_CODE = {character: position + 1 for position, character in enumerate(GIVEN)}


def codes(characters: str) -> npt.NDArray[np.int64]:
    """The model codes of the characters of a list, doubles removed."""
    return np.array([_CODE[character] for character in dict.fromkeys(characters)], dtype=np.int64)


def zipf(size: int, shift: int = 12) -> npt.NDArray[np.float64]:
    """Weights falling as 1/(rank + shift)."""
    return np.asarray(1.0 / (np.arange(size) + 1.0 + shift), dtype=np.float64)


TOWN_FIRST = "龙石清高白云永平双柏松桃梨枣枫桐茶竹麻木金银铜铁铅珠玉凤鹿马牛羊"
TOWN_SECOND = "坝溪泉岭河塘坪场山井潭湾关洞桥滩坡箐"
VILLAGE_FIRST = "大小上下新老高长红青白黄龙凤双三四五中前后茶竹松岩石水田马牛桃李杉枫坳太和平官民团"
VILLAGE_SECOND = "坝坡寨沟塘坪湾井岩田桥山箐冲垭屯营堡林园口关院洞丰平兴"

COUNTY_FIRST = "岚鹤澜芷霁棠筑皓隐翡梧沅"
COUNTY_SECOND = "岭屏浦泽皋陵砚滨"
"""Counties are called by one character of each: names no county of the province bears."""
