//! Names of people who do not exist.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::spec::{Split, chance, one_of};

const COMMON_SURNAMES: &str = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚";
const RARE_SURNAMES: &str = "仝仉佘佟俞逄逯郗郜鄢鄞阚隗訾缪缑羿眭亓亘乜幺竺笪敖臧郏昝查柴麻巫晏冼揭谌逢闵瞿沃墨琚冉阙";
const DOUBLE_SURNAMES: &[&str] =
    &["欧阳", "司马", "诸葛", "上官", "东方", "尉迟", "皇甫", "慕容", "令狐", "夏侯", "端木", "呼延"];
const MALE: &str = "伟强磊军勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆雷博文志建国庆德海峰龙生林东成立永光宏祥瑞昊泽轩梓铭睿晨阳振东旭毅乐山川岩松柏";
const FEMALE: &str = "芳娜敏静丽艳娟霞秀兰桂英玉梅玲燕红春菊雪梦婷佳怡欣悦涵诗琪雅文慧颖洁晶莹倩薇蓉蕾菲思语嫣然紫若云彤萱可馨月媛茜丹璐瑶";
const RARE_GIVEN: &str = "䶮龑喆犇垚淼鑫翀赟旻昇曌玥珺瑄璟翊堃淏昊骉羴焱燚懿彧晔烨煜炜祎禛祯芃苒蕙妤婕妍姝囡乂昀珩玘珏琰琮璠璞瓒甯皓睆砚祺禾稷穜竑筠箬簌翃翚耘聿芾茉荃荻菡葳蓁蔚薏裔襄訢谞豫赜跞轶迩邈郢鄯钰铄锴镕阆陟霁霏靓颀飏馥骁骞鲲鸢鹄麒黛黻";
const UYGHUR: &[&str] = &[
    "阿布都", "买买提", "艾合买提", "吐尔逊", "阿依古丽", "帕提古丽", "古丽努尔", "艾力", "努尔麦麦提", "热孜万古丽",
    "迪丽热巴", "麦麦提艾力", "阿卜杜热西提", "依明", "卡德尔", "肉孜", "阿不都热合曼", "玉素甫", "库尔班", "图尔荪",
    "祖丽皮耶", "美合日阿依", "凯赛尔", "伊力亚尔",
];
const TIBETAN: &[&str] = &[
    "扎西", "卓玛", "次仁", "央金", "多吉", "旦增", "洛桑", "格桑", "平措", "白玛", "尼玛", "达瓦", "德吉", "索朗",
    "拉姆", "仁青", "丹巴", "曲珍", "贡布", "普布",
];
const MONGOL: &[&str] = &[
    "巴特尔", "其木格", "乌云", "格日勒", "阿拉腾", "苏日娜", "图雅", "萨仁", "呼和", "朝鲁", "娜仁", "哈斯", "布仁",
    "那顺", "孟根", "高娃", "斯琴", "额尔敦",
];
const OTHER_FOREIGN: &[&str] = &["阿依", "哈力", "木拉提", "叶尔波", "赛力克", "加娜尔", "努尔兰", "巴合提", "伊万", "娜塔莎"];

/// The 56 nations as cards print them, without 族.
pub const NATIONS: &str = "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺";

fn char_of(list: &str, rng: &mut ChaCha8Rng) -> char {
    let count = list.chars().count();
    list.chars().nth(rng.random_range(0..count)).unwrap_or('一')
}

/// A nation: 汉 for most, any of the 56 for the rest.
pub fn nation(rng: &mut ChaCha8Rng) -> &'static str {
    if chance(rng, 0.6) {
        return "汉";
    }
    let all: Vec<&str> = NATIONS.split(' ').collect();
    one_of(&all, rng)
}

/// A name for that nation and sex. Names whose hash falls in the other split's share are thrown
/// again, so no name of `holdout` ever stands in `dev`.
pub fn name(nation: &str, male: bool, split: Split, rng: &mut ChaCha8Rng) -> String {
    loop {
        let name = roll(nation, male, rng);
        let hash = name.chars().fold(7_usize, |h, c| h.wrapping_mul(31).wrapping_add(c as usize));
        if split.owns(hash) {
            return name;
        }
    }
}

fn roll(nation: &str, male: bool, rng: &mut ChaCha8Rng) -> String {
    match nation {
        "维吾尔" | "乌孜别克" | "塔塔尔" | "柯尔克孜" | "塔吉克" => {
            let mut name = format!("{}·{}", one_of(UYGHUR, rng), one_of(UYGHUR, rng));
            if chance(rng, 0.12) {
                name.push('·');
                name.push_str(one_of(UYGHUR, rng));
            }
            name
        }
        "哈萨克" | "俄罗斯" => format!("{}·{}", one_of(OTHER_FOREIGN, rng), one_of(OTHER_FOREIGN, rng)),
        "藏" | "门巴" | "珞巴" => format!("{}{}", one_of(TIBETAN, rng), one_of(TIBETAN, rng)),
        "蒙古" if chance(rng, 0.7) => {
            if chance(rng, 0.5) {
                one_of(MONGOL, rng).to_owned()
            } else {
                format!("{}{}", one_of(MONGOL, rng), one_of(MONGOL, rng))
            }
        }
        _ => han(male, rng),
    }
}

fn han(male: bool, rng: &mut ChaCha8Rng) -> String {
    let mut name = match rng.random_range(0..100) {
        0..4 => one_of(DOUBLE_SURNAMES, rng).to_owned(),
        4..16 => char_of(RARE_SURNAMES, rng).to_string(),
        _ => char_of(COMMON_SURNAMES, rng).to_string(),
    };
    let given = match rng.random_range(0..100) {
        0..22 => 1,
        22..98 => 2,
        _ => 3,
    };
    let repeat = given == 2 && chance(rng, 0.05);
    for i in 0..given {
        if repeat && i == 1 {
            let last = name.chars().last().unwrap_or('文');
            name.push(last);
            break;
        }
        let list = if chance(rng, 0.15) {
            RARE_GIVEN
        } else if male {
            MALE
        } else {
            FEMALE
        };
        name.push(char_of(list, rng));
    }
    name
}
