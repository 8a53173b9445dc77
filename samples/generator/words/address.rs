//! Home addresses as ID cards print them, and police stations that issue the cards.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::places::Region;
use crate::spec::{Split, chance, one_of};

const ROADS: &[&str] = &[
    "建国门外大街", "中山路", "人民路", "解放北路", "长江西路", "和平街", "学院路", "文昌巷", "胜利东街", "黄河路",
    "光明西街", "朝阳北路", "迎宾大道", "滨河南路", "工农路", "新华街", "幸福里", "东风大街", "沿河路", "石榴庄路",
];
const ESTATES: &[&str] = &[
    "阳光花园", "金色家园", "翠湖小区", "锦绣江南", "安居苑", "和谐家园", "紫荆花园", "东方明珠小区", "丽景新城", "桃源里",
    "福泽园", "龙泽苑", "学府嘉园", "御景湾", "清水湾小区",
];
const TOWNS: &[&str] = &[
    "城关镇", "太平镇", "双河乡", "白马镇", "石桥镇", "龙泉乡", "新民镇", "大柳树乡", "永安镇", "三合镇", "清溪镇",
    "高楼乡", "黄土岭镇", "望江镇", "桃花源乡",
];
const VILLAGES: &[&str] = &[
    "王家庄村", "李家湾村", "前进村", "红星村", "上坝村", "下沟村", "石门坎村", "东岗村", "柳树屯", "大营子村",
    "杨家寨村", "小河口村", "新建村", "塘头村", "后坪村",
];

/// An address in `region`: town or countryside, from short to three full lines.
pub fn address(region: &Region, split: Split, rng: &mut ChaCha8Rng) -> String {
    let mut out = region.prefix();
    if chance(rng, 0.5) {
        out += split.pick(ROADS, rng);
        if chance(rng, 0.7) {
            out += &format!("{}号", rng.random_range(1..400));
        }
        if chance(rng, 0.4) {
            out += split.pick(ESTATES, rng);
        }
        match rng.random_range(0..5) {
            0 => out += &format!("{}号楼{}单元{}室", building(rng), unit(rng), room(rng)),
            1 => out += &format!("{}栋{}-{}", building(rng), unit(rng), room(rng)),
            2 => out += &format!("{}号院{}楼{}门{}号", building(rng), building(rng), unit(rng), room(rng)),
            3 => out += &format!("{}幢{}室", building(rng), room(rng)),
            _ => out += &format!("{}号", rng.random_range(1..200)),
        }
    } else {
        out += split.pick(TOWNS, rng);
        out += split.pick(VILLAGES, rng);
        match rng.random_range(0..5) {
            0 => out += &format!("{}组", rng.random_range(1..20)),
            1 => out += &format!("{}组{}号", rng.random_range(1..20), rng.random_range(1..200)),
            2 => out += &format!("{}号", rng.random_range(1..300)),
            3 => out += &format!("{}号附{}号", rng.random_range(1..200), rng.random_range(1..9)),
            _ => {}
        }
    }
    out
}

fn building(rng: &mut ChaCha8Rng) -> u32 {
    rng.random_range(1..60)
}

fn unit(rng: &mut ChaCha8Rng) -> u32 {
    rng.random_range(1..7)
}

fn room(rng: &mut ChaCha8Rng) -> u32 {
    rng.random_range(1..30) * 100 + rng.random_range(1..9)
}

/// The authority that issues cards in `region`.
pub fn authority(region: &Region, rng: &mut ChaCha8Rng) -> String {
    let municipality = matches!(&region.code[..2], "11" | "12" | "31" | "50");
    if municipality {
        let short = region.province;
        return match rng.random_range(0..3) {
            0 => format!("{short}公安局{}分局", region.county),
            1 if short == "上海市" || short == "天津市" => format!("{short}公安局{}分局", region.county.trim_end_matches('区')),
            _ => format!("{short}公安局{}分局", region.county),
        };
    }
    if region.county.ends_with('区') && !region.city.is_empty() {
        let district = if chance(rng, 0.7) { region.county.to_owned() } else { region.county.replace('区', "") };
        return match rng.random_range(0..3) {
            0 => format!("{}公安局", region.city),
            1 => format!("{}公安局{district}分局", region.city),
            _ => format!("{}公安局{}分局", region.city, region.county),
        };
    }
    if chance(rng, 0.1) && !region.city.is_empty() {
        return format!("{}{}公安局", region.city, region.county);
    }
    if chance(rng, 0.08) {
        return format!("{}公安分局", region.county);
    }
    format!("{}公安局", region.county)
}

/// Company names of the kind that applicants' certificates and forms hold.
pub fn company(split: Split, rng: &mut ChaCha8Rng) -> String {
    const PLACES: &[&str] = &["北京", "上海", "杭州", "深圳", "广州", "成都", "河北", "天津", "苏州", "武汉", "郑州", "青岛"];
    const WORDS: &[&str] = &[
        "启明", "云帆", "博远", "智联", "恒信", "盛世", "鼎新", "锦程", "万通", "佳和", "宏图", "星辰", "瑞丰", "天成", "众诚",
    ];
    const TRADES: &[&str] = &["电子商务", "网络科技", "商贸", "信息技术", "文化传播", "供应链管理", "数字科技", "教育科技", "物流"];
    let (place, word, trade) = (split.pick(PLACES, rng), split.pick(WORDS, rng), one_of(TRADES, rng));
    match rng.random_range(0..4) {
        0 => format!("{word}（{place}）{trade}有限公司"),
        1 => format!("{place}市{word}{trade}有限公司"),
        2 => format!("{place}{word}{trade}股份有限公司"),
        _ => format!("{place}{word}{trade}有限公司"),
    }
}
