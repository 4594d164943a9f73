//! Spellings of the words in the demo data's names, written by hand: pinyin, a word that sounds
//! the same, traditional characters. The matcher's own tables play no part.

/// A word, its pinyin, a homophone, its traditional form.
pub type Word = (&'static str, &'static str, &'static str, &'static str);

/// The words that names begin with.
pub const HEADS: [Word; 40] = [
    ("鸿仕雅居", "hongshiyaju", "鸿士雅居", "鴻仕雅居"),
    ("鑫源向上", "xinyuanxiangshang", "新源向上", "鑫源向上"),
    ("双山军苑", "shuangshanjunyuan", "双山君苑", "雙山軍苑"),
    ("双山馨城", "shuangshanxincheng", "双山鑫城", "雙山馨城"),
    ("书香", "shuxiang", "舒香", "書香"),
    ("祥云", "xiangyun", "详云", "祥雲"),
    ("海润", "hairun", "海闰", "海潤"),
    ("盛和", "shenghe", "圣和", "盛和"),
    ("清溪", "qingxi", "青溪", "清溪"),
    ("泰和", "taihe", "太和", "泰和"),
    ("松涛", "songtao", "松滔", "松濤"),
    ("南苑", "nanyuan", "楠苑", "南苑"),
    ("长乐", "changle", "常乐", "長樂"),
    ("福临", "fulin", "福林", "福臨"),
    ("桃源", "taoyuan", "桃园", "桃源"),
    ("榉林", "julin", "举林", "櫸林"),
    ("景泰", "jingtai", "井泰", "景泰"),
    ("云岭", "yunling", "云领", "雲嶺"),
    ("瑞宁", "ruining", "睿宁", "瑞寧"),
    ("东篱", "dongli", "东黎", "東籬"),
    ("文华", "wenhua", "文化", "文華"),
    ("北辰", "beichen", "北晨", "北辰"),
    ("听涛", "tingtao", "听桃", "聽濤"),
    ("兴隆", "xinglong", "兴龙", "興隆"),
    ("安泰", "antai", "安太", "安泰"),
    ("永宁", "yongning", "咏宁", "永寧"),
    ("吉祥", "jixiang", "吉翔", "吉祥"),
    ("锦绣", "jinxiu", "锦秀", "錦繡"),
    ("岭秀", "lingxiu", "领秀", "嶺秀"),
    ("康乐", "kangle", "康勒", "康樂"),
    ("春晖", "chunhui", "春辉", "春暉"),
    ("丰和", "fenghe", "风和", "豐和"),
    ("明珠", "mingzhu", "名珠", "明珠"),
    ("梧桐", "wutong", "吾桐", "梧桐"),
    ("翠微", "cuiwei", "翠薇", "翠微"),
    ("和顺", "heshun", "合顺", "和順"),
    ("银杏", "yinxing", "银幸", "銀杏"),
    ("丹枫", "danfeng", "丹峰", "丹楓"),
    ("紫荆", "zijing", "紫晶", "紫荊"),
    ("金桂", "jingui", "金贵", "金桂"),
];

/// The words that names end with.
pub const TAILS: [Word; 9] = [
    ("花园", "huayuan", "花苑", "花園"),
    ("小区", "xiaoqu", "小曲", "小區"),
    ("新村", "xincun", "鑫村", "新村"),
    ("家园", "jiayuan", "佳园", "家園"),
    ("名邸", "mingdi", "明邸", "名邸"),
    ("雅园", "yayuan", "雅苑", "雅園"),
    ("里", "li", "理", "里"),
    ("苑", "yuan", "院", "苑"),
    ("", "", "", ""),
];

/// Characters that stand in no name of the demo data, nor sound like the ones beside them.
pub const WRONG: [&str; 12] =
    ["博", "塔", "码", "帕", "克", "粉", "凯", "坡", "挖", "搏", "怕", "刻"];

/// Words around the roads of the demo data that have doors.
pub const OTHER_PLACES: [&str; 12] = [
    "山东省济南市章丘区双山街道",
    "济南市双山街道",
    "章丘区双山街道",
    "山东省济南市历下区",
    "青岛市李沧区浮山路街道",
    "青岛市崂山区",
    "北京市朝阳区",
    "青岛市黄岛区",
    "山东省烟台市芝罘区",
    "青岛市市南区八大湖街道",
    "江苏省南京市玄武区",
    "青岛市市北区延安路街道",
];
