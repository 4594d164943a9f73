//! The report as a page: what it says, what it must never say, and how large it may grow.

#![allow(clippy::unwrap_used)] // a test may fail by panicking

mod common;
#[path = "report/faults.rs"]
mod faults;
#[path = "report/markup.rs"]
mod markup;
#[path = "common/dataset.rs"]
mod town;

use std::path::Path;
use wangge::check::{self, CheckOptions, HtmlOptions, Language, Report};
use wangge::dataset::{self, Dataset};
use wangge::domain::Severity;

fn demo() -> Dataset {
    dataset::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan")).unwrap()
}

fn checked(dataset: &Dataset) -> Report {
    check::run(dataset, &CheckOptions::default())
}

fn page(dataset: &Dataset, report: &Report, language: Language) -> String {
    let day = Some(jiff::civil::date(2026, 5, 4));
    report.to_html(dataset, &HtmlOptions { language, day })
}

/// What holds for every page.
fn assert_sound(html: &str) {
    markup::assert_well_formed(html);
    // The icon is empty, so that browsers ask nobody for one.
    let lower = html.to_lowercase().replacen(r#"<link rel="icon" href="data:,"/>"#, "", 1);
    for banned in ["http:", "https:", "<script", "javascript:", "<link", "<img", "@import"] {
        assert!(!lower.contains(banned), "{banned} in the page");
    }
    assert!(!markup::has_event_handler(html));
    for number in ["NaN", "inf\"", "inf "] {
        assert!(
            !html.contains(number),
            "{number} in the page: {}",
            &html[html.find(number).unwrap() - 200..][..300]
        );
    }
}

#[test]
fn the_page_of_the_demo_says_every_finding_with_its_mend_in_both_languages() {
    let demo = demo();
    let report = checked(&demo);
    for language in [Language::Chinese, Language::English] {
        let html = page(&demo, &report, language);
        assert_sound(&html);
        let text = markup::text_of(&html);
        for (i, finding) in report.findings.iter().enumerate() {
            let words = language.pick(&finding.message, &finding.message_zh);
            assert!(text.contains(words), "{words}");
            let mend = match language {
                Language::English => &finding.mend,
                Language::Chinese => &finding.mend_zh,
            };
            assert!(mend.as_ref().is_none_or(|mend| text.contains(mend)), "{mend:?}");
            assert_eq!(html.matches(&format!("id=\"f{}\"", i + 1)).count(), 1);
        }
        for grid in &report.grids {
            assert!(text.contains(&grid.code) && text.contains(&grid.name));
        }
        assert!(text.contains("2026-05-04"));
        assert!(html.len() < 400 << 10, "{} bytes", html.len());
    }
}

#[test]
fn every_finding_with_a_place_has_its_own_picture_or_names_one() {
    let demo = demo();
    let report = checked(&demo);
    let html = page(&demo, &report, Language::English);
    let placed = report.findings.iter().filter(|f| f.geometry.is_some()).count();
    // One picture is the overview.
    let pictures = html.matches("<svg class=\"map\"").count() - 1;
    assert_eq!(pictures + html.matches("See the map of No.").count(), placed);
    assert!(pictures >= 11 + 16);
}

#[test]
fn all_kinds_of_faults_are_drawn_and_the_page_stays_sound() {
    let dataset = faults::town_of_faults();
    let report = checked(&dataset);
    let rules: std::collections::BTreeSet<&str> =
        report.findings.iter().map(|f| f.rule.as_str()).collect();
    for rule in faults::KINDS {
        assert!(rules.contains(rule), "{rule} was planted; found: {rules:?}");
    }
    for language in [Language::Chinese, Language::English] {
        let html = page(&dataset, &report, language);
        assert_sound(&html);
        if let Ok(folder) = std::env::var("WANGGE_REPORTS") {
            let file = language.pick("faults-en.html", "faults-zh.html");
            std::fs::write(Path::new(&folder).join(file), html).unwrap();
        }
    }
}

#[test]
fn names_that_are_markup_stay_text() {
    let mut dataset = faults::town_of_faults();
    let hostile = "</style></svg><script>alert('x')</script>\"><b onload=x>&amp;\u{0}\u{202e}";
    for grid in &mut dataset.grids {
        grid.name = format!("{hostile}{}", grid.code);
    }
    for feature in dataset.nets.iter_mut().flat_map(|net| &mut net.features) {
        feature.name = hostile.into();
    }
    for compound in &mut dataset.compounds {
        compound.name = hostile.into();
    }
    for layer in &mut dataset.layers {
        (layer.title, layer.title_zh, layer.file) =
            (hostile.into(), hostile.into(), hostile.into());
    }
    (dataset.name, dataset.title, dataset.title_zh) =
        (hostile.into(), hostile.into(), hostile.into());
    let report = checked(&dataset);
    let html = page(&dataset, &report, Language::Chinese);
    assert_sound(&html);
    assert!(html.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
    assert!(!html.contains('\u{202e}') && !html.contains('\u{0}'));
}

#[test]
fn a_city_of_faults_has_all_texts_a_bounded_size_and_says_what_is_not_drawn() {
    // Every cell lacks a neighbour's vertex: thousands of findings.
    let dataset = faults::city_of_mismatches(40);
    let report = checked(&dataset);
    assert!(report.findings.len() > 1500, "{}", report.findings.len());
    let html = page(&dataset, &report, Language::Chinese);
    assert_sound(&html);
    let text = markup::text_of(&html);
    for finding in &report.findings {
        assert!(text.contains(&finding.message_zh), "{}", finding.message_zh);
    }
    assert!(
        text.contains("项绘制局部图") && text.contains("图上仅标注前"),
        "says what it left out"
    );
    assert!(html.matches("<svg class=\"map\"").count() < 200);
    assert!(html.len() < 6 << 20, "{} bytes", html.len());
}

#[test]
fn a_dataset_with_nothing_but_one_grid_has_a_page() {
    let one = common::polygon(&[(0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0)]);
    let dataset = town::with_grids(&[one]);
    let report = checked(&dataset);
    assert!(report.findings.iter().all(|f| f.severity != Severity::Error), "{:?}", report.findings);
    let html = page(&dataset, &report, Language::English);
    assert_sound(&html);
    assert!(markup::text_of(&html).contains("No errors"));
}

#[test]
fn an_empty_dataset_and_one_at_the_pole_have_a_page() {
    let empty = Dataset::default();
    assert_sound(&page(&empty, &checked(&empty), Language::Chinese));
    let at = |lon: f64, lat: f64| wangge::domain::LonLat::new(lon, lat).unwrap();
    let ring = wangge::domain::Ring::new(vec![at(-180.0, 89.0), at(180.0, 89.0), at(0.0, 90.0)]);
    let polar = wangge::domain::Polygon::new(ring.unwrap(), Vec::new());
    let polar = wangge::domain::MultiPolygon::new(vec![polar]).unwrap();
    let dataset = town::with_grids(&[polar]);
    assert_sound(&page(&dataset, &checked(&dataset), Language::Chinese));
}
