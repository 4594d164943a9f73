//! How the tree of [`super::areas`] is made, and the spellings by which its names are found.

use super::admin::{Level, OwnNames, forms, split};
use super::areas::{Area, ROOT};
use super::keys::{Hash, KeyTable};
use super::sound;
use rustc_hash::FxHashMap;

/// Most spellings of a name with characters of several readings.
const MOST_SPELLINGS: usize = 8;

/// The tree while it is made.
#[derive(Default)]
pub struct Tree {
    children: Vec<Vec<u32>>,
    keys: Vec<(String, u32)>,
    levels: Vec<Level>,
    by_name: FxHashMap<(u32, String), u32>,
}

impl Tree {
    /// The lowest area that the head of a normalised address names.
    pub fn add(&mut self, address: &str, own: &OwnNames) -> u32 {
        if self.keys.is_empty() {
            self.push(ROOT, String::new(), Level::Province);
        }
        let (segments, rest) = split(address);
        let mut at = ROOT;
        for segment in &segments {
            if own.is_foreign(segment) {
                return at; // a slip in the file
            }
            at = self.child(at, segment.text, segment.level);
        }
        // 农场, 开发区 and the like stand where a subdistrict does.
        let is_whole = !segments.iter().any(|s| s.level == Level::Subdistrict)
            && segments.len() >= 2
            && (2..=12).contains(&rest.chars().count())
            && !rest.ends_with(['路', '街', '巷', '弄', '号'])
            && rest.chars().all(|c| !c.is_ascii());
        if is_whole { self.child(at, rest, Level::Subdistrict) } else { at }
    }

    fn child(&mut self, parent: u32, name: &str, level: Level) -> u32 {
        if let Some(known) = self.by_name.get(&(parent, name.to_owned())) {
            return *known;
        }
        let number = self.push(parent, name.to_owned(), level);
        self.children[parent as usize].push(number);
        self.by_name.insert((parent, name.to_owned()), number);
        number
    }

    fn push(&mut self, parent: u32, name: String, level: Level) -> u32 {
        self.keys.push((name, parent));
        self.levels.push(level);
        self.children.push(Vec::new());
        (self.keys.len() - 1) as u32
    }

    /// The areas in order; tables of their names as written, by sound and in pinyin; and for the
    /// number that [`Tree::add`] gave the number in this order.
    pub fn in_order(mut self) -> (Vec<Area>, [KeyTable; 3], Vec<u32>) {
        let mut numbers = vec![0_u32; self.keys.len()];
        let mut nodes: Vec<Area> = Vec::with_capacity(self.keys.len());
        let mut tables = (Vec::new(), Vec::new(), Vec::new());
        // A node is met twice: on the way down, and when all below it are numbered.
        let mut way = vec![(ROOT, false)];
        while let Some((old, all_below)) = way.pop() {
            let number = numbers[old as usize];
            if all_below {
                nodes[number as usize].subtree.end = nodes.len() as u32;
                continue;
            }
            let number = nodes.len() as u32;
            numbers[old as usize] = number;
            let (key, parent) = std::mem::take(&mut self.keys[old as usize]);
            for form in area_forms(&key, self.levels[old as usize]) {
                tables.0.push((Hash::of(&form), number));
                tables.1.extend(sound_keys(&form).into_iter().map(|hash| (hash, number)));
                tables.2.extend(letter_keys(&form).into_iter().map(|hash| (hash, number)));
            }
            let parent = numbers[parent as usize];
            nodes.push(Area { key, parent, subtree: number..number });
            way.push((old, true));
            let mut children = std::mem::take(&mut self.children[old as usize]);
            children.sort_by(|a, b| self.keys[*b as usize].cmp(&self.keys[*a as usize]));
            way.extend(children.into_iter().map(|child| (child, false)));
        }
        (nodes, [tables.0, tables.1, tables.2].map(KeyTable::build), numbers)
    }
}

/// Peoples that areas are named for, without 族.
const PEOPLES: [&str; 55] = [
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// How an area is written: in full, without its suffix, as its office, without the peoples that it
/// is named for.
fn area_forms(key: &str, level: Level) -> Vec<String> {
    if key.is_empty() {
        return Vec::new();
    }
    let mut all = forms(key, level);
    let bare = ["街道", "镇", "乡", "区", "县", "旗"].iter().find_map(|end| key.strip_suffix(end));
    for form in [bare, without_peoples(key)].into_iter().flatten() {
        if form.chars().count() >= 2 && !all.iter().any(|known| known == form) {
            all.push(form.to_owned());
        }
    }
    all
}

/// 威宁 of 威宁彝族回族苗族自治县, 龙井 of 龙井仡佬族侗族乡.
fn without_peoples(key: &str) -> Option<&str> {
    let ends = ["自治区", "自治州", "自治县", "自治旗", "民族乡", "族乡"];
    let end = ends.iter().find(|end| key.ends_with(**end))?;
    let mut rest = &key[..key.len() - end.len()];
    if *end == "族乡" {
        rest = &key[..key.len() - "乡".len()];
    }
    loop {
        let named = rest.strip_suffix('族').unwrap_or(rest);
        let longest =
            PEOPLES.iter().filter_map(|people| named.strip_suffix(people)).min_by_key(|r| r.len());
        match longest.filter(|shorter| !shorter.is_empty()) {
            Some(shorter) => rest = shorter,
            None => return (rest.len() < key.len()).then_some(rest),
        }
    }
}

/// The hash of how a name sounds, by the classes of its characters, for each spelling.
fn sound_keys(name: &str) -> Vec<Hash> {
    let mut keys = vec![Hash::EMPTY];
    for letter in name.chars() {
        let (classes, count) = sound::classes_of_char(letter);
        let with =
            |class: &u16| keys.iter().map(|key| key.with(u32::from(*class))).collect::<Vec<_>>();
        let next: Vec<Hash> = classes[..count].iter().flat_map(with).collect();
        keys = next;
        keys.truncate(MOST_SPELLINGS);
    }
    keys
}

/// The hash of a name in pinyin without spaces, for each spelling. None for a name with other
/// letters.
pub fn letter_keys(name: &str) -> Vec<Hash> {
    let mut keys = vec![Hash::EMPTY];
    for letter in name.chars() {
        let readings = sound::readings(letter);
        if readings.is_empty() {
            return Vec::new();
        }
        let mut next = Vec::with_capacity(keys.len() * readings.len());
        for reading in readings {
            let letters = sound::letters(*reading);
            next.extend(keys.iter().map(|key| spelt(*key, letters)));
            // ü is typed as v, and after l and n as u too.
            if letters.contains('v') {
                next.extend(keys.iter().map(|key| spelt(*key, &letters.replace('v', "u"))));
            }
        }
        next.truncate(MOST_SPELLINGS);
        keys = next;
    }
    keys
}

fn spelt(key: Hash, letters: &str) -> Hash {
    letters.bytes().fold(key, |key, letter| key.with(u32::from(letter)))
}
