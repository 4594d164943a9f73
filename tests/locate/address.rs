//! An address, as it is written or told, to its grid.

use crate::town::{at, compound, locator, town};
use proptest::prelude::*;
use std::sync::Arc;
use wangge::domain::Place;
use wangge::locate::{Location, Locator, MatchKind};

fn ask(text: &str) -> Location {
    locator().address(text, None)
}

/// Compound, grid and kind of an answer.
fn told(text: &str) -> (Option<String>, Option<String>, MatchKind) {
    let found = ask(text);
    (found.compound_id, found.grid_code, found.kind)
}

fn answer(
    compound: &str,
    grid: &str,
    kind: MatchKind,
) -> (Option<String>, Option<String>, MatchKind) {
    (Some(compound.into()), Some(grid.into()), kind)
}

#[test]
fn a_name_finds_its_compound_however_it_is_written() {
    for text in [
        "鸿仕雅居",
        " 鸿仕雅居 ",
        "鸿 仕 雅 居",
        "青岛市市北区双山街道鸿仕雅居3号楼2单元",
        "山东省青岛市市北区双山街道双山社区鸿仕雅居",
        "青岛市北区双山街道办事处鸿仕雅居",
        "市北区鸿仕雅居三号楼二单元五〇一室",
        "市北鸿仕雅居3-2-501",
        "鸿仕雅居３＃楼",
        "我在鸿仕雅居东门",
        "我家住在青岛市鸿仕雅居",
        "合肥路658号鸿仕雅居".replace("658", "659").as_str(),
        "双山街道（鸿仕雅居）",
    ] {
        assert_eq!(told(text), answer("h1", "g1", MatchKind::Exact), "{text}");
        // 青岛市北区 run together is a little less sure than each name in full.
        assert!(ask(text).score >= 0.88, "{text}: {}", ask(text).score);
    }
}

#[test]
fn another_name_is_an_alias() {
    assert_eq!(told("老军苑5号楼"), answer("h1", "g1", MatchKind::Alias));
    assert_eq!(told("鸿仕雅居小区5号楼"), answer("h1", "g1", MatchKind::Alias));
    assert!(ask("老军苑").score < ask("鸿仕雅居").score);
}

#[test]
fn a_building_has_its_own_place() {
    // The compound's middle lies in g2, its first building in g1.
    assert_eq!(told("双山馨城"), answer("h2", "g2", MatchKind::Exact));
    for text in
        ["双山馨城1号楼", "双山馨城一栋", "双山馨城1-2-301", "双山馨城01幢", "合肥路658号1号楼"]
    {
        assert_eq!(told(text).1.as_deref(), Some("g1"), "{text}");
    }
    assert_eq!(told("双山馨城3号楼").1.as_deref(), Some("g2"));
    let seat = ask("双山馨城A座");
    assert_eq!((seat.lon, seat.lat), (Some(at(1.4, 0.3).lon()), Some(at(1.4, 0.3).lat())));
    // A building that it does not have: the compound, less surely.
    let unknown = ask("双山馨城99号楼");
    assert_eq!(unknown.compound_id.as_deref(), Some("h2"));
    assert!(unknown.score < ask("双山馨城3号楼").score);
}

#[test]
fn a_door_number_knows_its_side() {
    assert_eq!(told("合肥路659号"), answer("h1", "g1", MatchKind::Exact));
    assert_eq!(told("合肥路658号"), answer("h2", "g2", MatchKind::Exact));
    assert_eq!(told("青岛市市北区合肥路六百五十八号"), answer("h2", "g2", MatchKind::Exact));
    assert_eq!(told("合肥路658-1号"), answer("h2", "g2", MatchKind::Exact));
    assert_eq!(told("合肥路甲658号"), answer("h2", "g2", MatchKind::Exact));
    // A range written backwards holds both sides.
    assert_eq!(told("同兴路7号"), answer("h3", "g3", MatchKind::Exact));
    assert_eq!(told("同兴路30号"), answer("h3", "g3", MatchKind::Exact));
}

#[test]
fn a_door_number_beside_a_range_is_only_near() {
    let (compound, _, kind) = told("合肥路675号");
    assert_eq!((compound.as_deref(), kind), (Some("h1"), MatchKind::Nearest));
    assert_eq!(told("合肥路2号").2, MatchKind::None, "600 numbers away");
    assert_eq!(told("合肥路").2, MatchKind::None, "a road is no place");
    assert_eq!(told("无名路658号").2, MatchKind::None);
}

#[test]
fn opposite_is_near_and_less_sure() {
    for text in ["双山馨城对面", "双山馨城3号楼旁边", "双山馨城那边", "合肥路658号对面"]
    {
        let (compound, _, kind) = told(text);
        assert_eq!((compound.as_deref(), kind), (Some("h2"), MatchKind::Nearest), "{text}");
        assert!(ask(text).score < 0.75);
    }
    // What stands after is not near but there.
    assert_eq!(told("双山地铁站对面鸿仕雅居"), answer("h1", "g1", MatchKind::Exact));
}

#[test]
fn a_landmark_gives_its_grid_less_surely() {
    let found = ask("双山地铁站");
    assert_eq!((found.kind, found.grid_code.as_deref()), (MatchKind::Exact, Some("g4")));
    assert_eq!(found.compound_id, None);
    assert!(found.score <= 0.8);
    assert_eq!(ask("双山站附近").kind, MatchKind::Nearest);
}

#[test]
fn a_grid_can_be_named_by_name_or_code() {
    for text in ["大山社区第二网格", "大山社区第2网格", "g4"] {
        let found = ask(text);
        assert_eq!(found.grid_code.as_deref(), Some("g4"), "{text}");
        assert_eq!(found.compound_id, None);
    }
}

#[test]
fn another_place_of_the_same_name_is_refused() {
    for text in [
        "山东省济南市章丘区双山街道",
        "山东省济南市章丘区双山街道鸿仕雅居",
        "济南市双山街道鸿仕雅居",
        "章丘区双山街道鸿仕雅居3号楼",
        "青岛市李沧区鸿仕雅居",
        "我在济南市鸿仕雅居",
        "浮山新区街道鸿仕雅居",
    ] {
        let found = ask(text);
        assert_eq!((found.kind, found.grid_code.as_deref()), (MatchKind::None, None), "{text}");
        assert!(found.candidates.is_empty(), "{text}");
    }
    // Without suffixes it is not certain: no answer, but something to choose from.
    let found = ask("济南章丘双山街道鸿仕雅居");
    assert_eq!(found.kind, MatchKind::None);
    assert_eq!(found.candidates[0].compound_id.as_deref(), Some("h1"));
}

#[test]
fn the_subdistrict_alone_names_no_grid() {
    for text in ["双山街道", "青岛市市北区双山街道", "双山社区", "", "  ", "3号楼", "，。", "的"]
    {
        assert_eq!(told(text), (None, None, MatchKind::None), "{text}");
    }
}

#[test]
fn two_of_a_name_are_told_apart_or_left_open() {
    let open = ask("福临小区");
    assert_eq!((open.kind, open.grid_code.as_deref()), (MatchKind::None, None));
    let ids: Vec<_> = open.candidates.iter().filter_map(|c| c.compound_id.as_deref()).collect();
    assert_eq!(ids, ["h5", "h4"], "by grid");
    assert!(open.candidates.iter().all(|c| c.score < 0.5));
    for (text, id) in [
        ("大山社区福临小区", "h4"),
        ("双山社区福临小区", "h5"),
        ("福临小区7号楼", "h4"),
        ("福临小区1号楼", "h5"),
    ] {
        let found = ask(text);
        assert_eq!(found.compound_id.as_deref(), Some(id), "{text}");
        assert!(found.candidates.iter().any(|c| c.compound_name.as_deref() == Some("福临小区")));
    }
}

#[test]
fn two_of_a_name_in_one_grid_leave_no_doubt_of_the_grid() {
    let mut data = town();
    data.compounds.push(compound("h7", "双山军苑", &[], "c2", Place::Point(at(1.7, 1.7))));
    let found = Locator::new(Arc::new(data)).address("双山军苑", None);
    assert_eq!(found.grid_code.as_deref(), Some("g4"));
    assert_eq!(found.candidates[0].grid_code.as_deref(), Some("g4"));
}

#[test]
fn part_of_a_name_is_enough_when_it_is_only_one() {
    for (text, id) in [("鸿仕", "h1"), ("馨城3号楼", "h2"), ("双山军", "h6"), ("大山花", "h3")]
    {
        let (compound, _, kind) = told(text);
        assert_eq!((compound.as_deref(), kind), (Some(id), MatchKind::Fuzzy), "{text}");
        assert!(ask(text).score < 0.9);
    }
    let open = ask("第二网格");
    assert_eq!(open.kind, MatchKind::None);
    let grids: Vec<_> = open.candidates.iter().filter_map(|c| c.grid_code.as_deref()).collect();
    assert_eq!(grids, ["g2", "g4"]);
    let open = ask("双山");
    assert_eq!(open.kind, MatchKind::None);
    assert!(open.candidates.len() >= 2, "several begin with it");
}

#[test]
fn what_is_not_in_the_data_is_not_answered() {
    for text in
        ["金茂府3号楼", "阳光小区", "城阳区", "鸿", "新都心万科城", "abc", "双山学府", "122号"]
    {
        assert_eq!(told(text), (None, None, MatchKind::None), "{text}");
    }
}

#[test]
fn another_spelling_is_understood() {
    for text in [
        "鸿士雅居3号楼",
        "鴻仕雅居3號樓",
        "红仕雅居",
        "鸿仕雅君",
        "hongshiyaju 3haolou",
        "hong shi ya ju",
        "hongshi yaju",
        "hsyj 3-2-501",
        "hsyj3-2-501",
        "鸿s雅居",
        "hongshi雅居",
        "合飞路659号",
        "hefeilu 659 hao",
        "清岛市市北区双山街道鸿仕雅居",
        "qingdaoshi shibeiqu shuangshanjiedao hongshiyaju",
        "青岛市市北区双珊街道鸿士雅居",
    ] {
        let found = ask(text);
        assert_eq!(found.compound_id.as_deref(), Some("h1"), "{text}");
        assert!(found.score < 1.0 || text.contains('鴻'), "{text}: {}", found.score);
    }
}

#[test]
fn the_answer_says_what_it_used() {
    let found = ask("青岛市市北区双山街道鸿士雅居3号楼2单元501室，快递");
    assert_eq!(found.kind, MatchKind::Fuzzy);
    assert_eq!(found.used, ["青岛市", "市北区", "双山街道", "鸿士雅居", "3号楼"]);
    assert_eq!(found.ignored, ["2单元", "501室", "快递"]);
}

#[test]
fn a_name_within_a_longer_unknown_one_is_doubtful() {
    // 新 makes it another place, which the data may not have.
    let found = ask("新鸿仕雅居");
    assert_eq!((found.kind, found.grid_code.as_deref()), (MatchKind::None, None));
    assert_eq!(found.candidates[0].compound_id.as_deref(), Some("h1"));
    let found = ask("青建鸿仕雅居");
    assert_ne!(found.kind, MatchKind::Exact);
    assert_eq!(ask("国际双山馨城幼儿园分园").kind, MatchKind::None);
}

#[test]
fn a_compound_outside_of_all_grids_is_found_without_a_grid() {
    let mut data = town();
    data.compounds.push(compound("h8", "界外苑", &[], "c2", Place::Point(at(7.0, 7.0))));
    let found = Locator::new(Arc::new(data)).address("界外苑", None);
    assert_eq!((found.kind, found.grid_code.as_deref()), (MatchKind::Exact, None));
    assert_eq!(found.compound_id.as_deref(), Some("h8"));
}

#[test]
fn the_order_of_the_file_plays_no_part() {
    let mut data = town();
    data.compounds.reverse();
    data.grids.reverse();
    data.doors.reverse();
    data.communities.reverse();
    let (turned, straight) = (Locator::new(Arc::new(data)), locator());
    for text in ["福临小区", "双山", "合肥路658号对面", "鸿仕雅居", "双山地铁站", "花园"]
    {
        assert_eq!(turned.address(text, None), straight.address(text, None), "{text}");
        assert_eq!(turned.suggest(text, 9), straight.suggest(text, 9), "{text}");
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "青岛市",
        "市北区",
        "双山街道",
        "双山",
        "社区",
        "鸿仕雅居",
        "福临小区",
        "合肥路",
        "658",
        "号",
        "楼",
        "三",
        "十",
        "百",
        "-",
        "#",
        "3-2-501",
        "对面",
        "在",
        "省",
        "市",
        "区",
        "县",
        "街道",
        "A",
        "座",
        " ",
        "，",
        "第",
        "网格",
        "🏠",
        "e\u{301}",
        "ﬃ",
        "½",
        "\u{0}",
        "İ",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..14).prop_map(|w| w.concat())
}

proptest! {
    #[test]
    fn no_text_breaks_the_reading(text in prop_oneof![pieces(), any::<String>()]) {
        let locator = locator();
        let found = locator.address(&text, None);
        prop_assert!((0.0..=1.0).contains(&found.score));
        prop_assert_eq!(found.kind == MatchKind::None, found.score == 0.0);
        if found.kind == MatchKind::None {
            prop_assert!(found.grid_code.is_none() && found.lon.is_none());
        } else {
            prop_assert!(found.score >= 0.5);
        }
        let mut scores = vec![if found.kind == MatchKind::None { 1.0 } else { found.score }];
        scores.extend(found.candidates.iter().map(|c| c.score));
        prop_assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]), "best first: {:?}", scores);
        prop_assert!(locator.suggest(&text, 5).len() <= 5);
    }
}
