//! Any damage to good bytes gives a dataset or an error, never a panic.

use crate::support::{Folder, collection, two_grids};
use proptest::prelude::*;
use proptest::sample::Index;

/// One stroke of damage.
#[derive(Clone, Debug)]
enum Damage {
    Cut(Index),
    Change(Index, u8),
    Insert(Index, &'static str),
    Remove(Index, u8),
    Repeat(Index, u8),
}

/// Marks that have a meaning somewhere in the formats.
const MARKS: [&str; 22] = [
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "null",
    "1e999",
    "-",
    "NaN",
    "[[[[[[",
    "\n",
    "\u{feff}",
    "户",
    "true",
    "0.",
    "\\u0000",
    "e5",
    ";",
    "999999999999999999999",
    "[[]]",
];

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        any::<Index>().prop_map(Damage::Cut),
        (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Damage::Change(at, byte)),
        (any::<Index>(), proptest::sample::select(&MARKS[..]))
            .prop_map(|(at, mark)| Damage::Insert(at, mark)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, n)| Damage::Remove(at, n)),
        (any::<Index>(), any::<u8>()).prop_map(|(at, n)| Damage::Repeat(at, n)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    if bytes.is_empty() {
        return;
    }
    let end = |at: usize, n: u8| (at + usize::from(n)).min(bytes.len());
    match damage {
        Damage::Cut(at) => bytes.truncate(at.index(bytes.len())),
        Damage::Change(at, byte) => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Damage::Insert(at, mark) => {
            let at = at.index(bytes.len());
            bytes.splice(at..at, mark.bytes());
        }
        Damage::Remove(at, n) => {
            let at = at.index(bytes.len());
            bytes.drain(at..end(at, *n));
        }
        Damage::Repeat(at, n) => {
            let at = at.index(bytes.len());
            let piece = bytes[at..end(at, *n)].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

const TABLE: &str = "小区名称,户数,经度,纬度,别名\n鸿仕雅居,\"1,811户\",120.375,36.115,\"a、b\"\nB,2,120.38,36.11,\n";
const MANIFEST: &str = "title = \"x\"\n[layers.grids]\ncrs = \"WGS84\"\nfields = { code = \"code\" }\n\
                        [layers.compounds]\nencoding = \"utf-8\"\n[rules]\ntolerance_m = 0.5\n";

/// Loads and, if that succeeds, holds the result against what every dataset promises.
fn load_and_look(folder: &Folder) {
    match folder.load() {
        Ok(dataset) => {
            assert!(!dataset.grids.is_empty());
            for finding in &dataset.findings {
                assert!(!finding.message.is_empty() && !finding.message_zh.is_empty());
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn damaged_geojson(strokes in prop::collection::vec(damage(), 1..4)) {
        let mut bytes = collection(&two_grids()).into_bytes();
        strokes.iter().for_each(|stroke| apply(&mut bytes, stroke));
        load_and_look(&Folder::of("grids.geojson", bytes));
    }

    #[test]
    fn damaged_tables(strokes in prop::collection::vec(damage(), 1..4)) {
        let mut bytes = TABLE.as_bytes().to_vec();
        strokes.iter().for_each(|stroke| apply(&mut bytes, stroke));
        load_and_look(&Folder::of_grids().with("compounds.csv", bytes));
    }

    #[test]
    fn damaged_manifests(strokes in prop::collection::vec(damage(), 1..4)) {
        let mut bytes = MANIFEST.as_bytes().to_vec();
        strokes.iter().for_each(|stroke| apply(&mut bytes, stroke));
        let folder = Folder::of_grids().with("compounds.csv", TABLE);
        load_and_look(&folder.with("wangge.toml", bytes));
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        load_and_look(&Folder::of("grids.geojson", &bytes));
        load_and_look(&Folder::of_grids().with("compounds.csv", &bytes));
    }
}
