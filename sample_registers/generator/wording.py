"""How registers word things: the value lists of their columns, as the systems in use around 2018 wrote them."""

ETHNICITIES = ("汉族", "苗族", "布依族", "侗族", "土家族", "彝族", "仡佬族", "水族")
MARITAL = ("未婚", "已婚", "丧偶", "离婚")
EDUCATION = ("文盲或半文盲", "小学", "初中", "高中", "大专")
DISABILITIES = (
    "",
    "视力残疾",
    "听力残疾",
    "言语残疾",
    "肢体残疾",
    "智力残疾",
    "精神残疾",
    "多重残疾",
)
GRADES = ("", "一级", "二级", "三级", "四级")
ILLNESSES = ("尿毒症", "恶性肿瘤", "脑梗塞", "肝硬化", "重性精神病", "先天性心脏病")
DIBAO_LABOUR = ("有劳动能力", "部分丧失劳动能力", "完全丧失劳动能力", "无劳动能力")
POVERTY_LABOUR = ("普通劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力", "技能劳动力")
DIBAO_HEALTH = ("健康", "良好", "一般", "较弱", "重病", "重残")
TIERS = ("长期保障户", "重点保障户", "一般保障户")
SHORT_RELATIONS = {"户主": "本人", "父母/岳父母/公婆": "父母"}
"""Shorter words for the coarse relations of the dibao list."""
LIFT = (
    ("未脱贫", "返贫", "已脱贫（享受政策）", "稳定脱贫"),
    ("未脱贫", "返贫", "已脱贫(享受政策)", "已脱贫(不再享受政策)"),
)
"""Both widths of brackets; 稳定脱贫 and 已脱贫（不再享受政策） mean the same."""
HOUSEHOLD_TYPES = (
    ("一般贫困户", "低保贫困户", "低保(部分)贫困户", "五保贫困户"),
    ("一般脱贫户", "低保脱贫户", "低保(部分)贫困户", "特困供养脱贫户"),
)
"""Un-lifted and older wording; the newer wording of lifted households."""
CAUSES = ("因病", "因残", "因学", "缺劳力", "缺技术", "缺资金", "因灾", "自身发展动力不足")
REASONS = ("疾病", "残疾", "年老体弱", "缺少劳动力", "失业", "其他")
STUDENTS = ("非在校生", "学前教育", "小学", "七年级", "普通高中", "中职")
WORK = ("", "乡(镇)内务工", "县外省内务工", "省外务工")
BANKS = ("农村信用社", "农业银行", "邮政储蓄银行")
SELF_CARE = ("具备生活自理能力", "部分丧失生活自理能力", "完全丧失生活自理能力")
SUPPORT_FORMS = ("分散供养", "集中供养")
SUFFIXES = ("村委会", "村民委员会", "社区", "")
HAMLETS = (
    "一组",
    "二组",
    "三组",
    "四组",
    "五组",
    "六组",
    "七组",
    "上寨",
    "下寨",
    "大院子",
    "对门坡",
    "岩脚",
)
