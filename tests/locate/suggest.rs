//! Type-ahead, from the first letter.

use crate::town::locator;
use wangge::locate::{SuggestionKind, SuggestionMatch};

fn names(text: &str, limit: usize) -> Vec<String> {
    locator().suggest(text, limit).into_iter().map(|s| s.name).collect()
}

#[test]
fn it_suggests_from_the_first_letter() {
    assert_eq!(names("鸿", 8), ["鸿仕雅居"]);
    assert_eq!(names("馨", 8), ["双山馨城"]);
    assert!(names("", 8).is_empty() && names(" ，", 8).is_empty());
}

#[test]
fn compounds_come_first_and_shorter_names_before_longer() {
    let found = locator().suggest("双山", 20);
    let kinds: Vec<_> = found.iter().map(|s| s.kind).collect();
    assert!(kinds.is_sorted(), "all begin with it, so the kinds decide: {kinds:?}");
    assert_eq!(found.len(), 6, "two compounds, a landmark, two grids, a community");
    assert_eq!(names("双山", 3).len(), 3);
}

#[test]
fn the_whole_name_comes_before_a_name_that_begins_with_it() {
    let found = locator().suggest("双山社区", 8);
    assert_eq!(
        (found[0].kind, found[0].matched),
        (SuggestionKind::Community, SuggestionMatch::Exact)
    );
    assert_eq!(found[1].kind, SuggestionKind::Grid);
    assert_eq!(found[1].matched, SuggestionMatch::Prefix);
}

#[test]
fn another_name_is_shown_beside_the_name() {
    let found = locator().suggest("老军", 8);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].name.as_str(), found[0].matched), ("鸿仕雅居", SuggestionMatch::Alias));
    assert!(
        found[0].detail.starts_with("老军苑 · 双山社区第一网格 · 双山社区"),
        "{}",
        found[0].detail
    );
    assert_eq!(found[0].compound_id.as_deref(), Some("h1"));
    assert_eq!(found[0].grid_code.as_deref(), Some("g1"));
    assert!(found[0].lon.is_some() && found[0].lat.is_some());
}

#[test]
fn a_number_half_typed_already_finds() {
    for text in ["双山社区第二", "第二", "第二网", "双山社区第2网格", "二网格"]
    {
        assert!(names(text, 8).contains(&"双山社区第二网格".to_owned()), "{text}");
    }
}

#[test]
fn what_stands_before_the_name_does_not_hide_it() {
    assert_eq!(names("青岛市市北区双山街道鸿", 8), ["鸿仕雅居"]);
    assert_eq!(names("市北区福临", 8), ["福临小区", "福临小区"]);
}

#[test]
fn grids_are_found_by_code_and_roads_by_name() {
    assert_eq!(names("g3", 8), ["大山社区第一网格"]);
    let road = locator().suggest("合肥", 8);
    assert_eq!((road[0].name.as_str(), road[0].kind), ("合肥路", SuggestionKind::Road));
    assert_eq!(road[0].grid_code, None);
    assert!(road[0].lon.is_some(), "a compound along it says where it is");
}

#[test]
fn two_of_a_name_are_told_apart_by_their_detail() {
    let found = locator().suggest("福临小区", 8);
    assert_eq!(found.len(), 2);
    assert_ne!(found[0].detail, found[1].detail);
}

#[test]
fn a_full_address_is_read_as_one() {
    assert_eq!(names("鸿仕雅居3号楼2单元", 8), ["鸿仕雅居"]);
    assert_eq!(names("合肥路658号", 8), ["双山馨城"]);
    assert!(names("济南市章丘区双山街道鸿仕雅居3号楼", 8).is_empty());
}

#[test]
fn the_json_has_the_fields_of_the_contract() {
    let json = serde_json::to_value(locator().suggest("合肥", 1)).unwrap();
    let first = json[0].as_object().unwrap();
    let mut fields: Vec<_> = first.keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        ["compound_id", "detail", "grid_code", "key", "kind", "lat", "lon", "match", "name"]
    );
    assert_eq!((&first["kind"], &first["match"]), (&"road".into(), &"prefix".into()));
}

#[test]
fn pinyin_and_initials_are_typed_from_the_first_letter() {
    for typed in ["h", "ho", "hong", "hongsh", "hongshi", "hong shi y", "hs", "hsyj", "HSYJ"] {
        assert!(names(typed, 8).contains(&"鸿仕雅居".to_owned()), "{typed}: {:?}", names(typed, 8));
    }
    let found = locator().suggest("hsy", 8);
    assert_eq!((found.len(), found[0].matched), (1, SuggestionMatch::Pinyin));
    assert_eq!(names("hefei", 8), ["合肥路"]);
    assert_eq!(names("鸿士雅居", 8), ["鸿仕雅居"]);
    assert!(names("xyz", 8).is_empty());
}

#[test]
fn what_is_picked_comes_first_but_not_before_the_whole_name() {
    let locator = locator();
    let picks = |kind, key: &str| u32::from(kind == SuggestionKind::Compound && key == "h6");
    assert_eq!(locator.suggest_picked("双山", 1, &picks)[0].name, "双山军苑");
    let community = &locator.suggest_picked("双山社区", 1, &picks)[0];
    assert_eq!(community.kind, SuggestionKind::Community);
    assert!(locator.has_place(SuggestionKind::Compound, "h6"));
    assert!(!locator.has_place(SuggestionKind::Grid, "h6"));
}
