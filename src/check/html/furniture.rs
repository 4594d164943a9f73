//! What every map picture has besides the map: scale bar, north arrow, patterns.

use super::canvas::{PX, View, round_length};
use super::overview::Box4;
use crate::check::Language;
use std::fmt::{Result, Write};

/// The patterns that all pictures of the page share. They tell faults apart without colour.
pub(super) const PATTERNS: &str = concat!(
    r##"<svg class="defs" aria-hidden="true"><defs>"##,
    r##"<pattern id="gap" width="70" height="70" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v70" stroke="#a3121b" stroke-width="26"/></pattern>"##,
    r##"<pattern id="overlap" width="70" height="70" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0v70M0 0h70" stroke="#a3121b" stroke-width="22"/></pattern>"##,
    r##"<pattern id="outside" width="70" height="70" patternUnits="userSpaceOnUse"><circle cx="20" cy="20" r="13" fill="#a3121b"/><circle cx="55" cy="55" r="13" fill="#a3121b"/></pattern>"##,
    r##"<pattern id="compound" width="60" height="60" patternUnits="userSpaceOnUse"><path d="M0 30h60" stroke="#a3121b" stroke-width="18"/></pattern>"##,
    r##"<pattern id="dots" width="80" height="80" patternUnits="userSpaceOnUse"><rect width="80" height="80" fill="#fff"/><circle cx="20" cy="20" r="9" fill="#8b949d"/><circle cx="60" cy="60" r="9" fill="#8b949d"/></pattern>"##,
    r##"<pattern id="under" width="50" height="50" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="50" height="50" fill="#fff"/><path d="M0 0v50" stroke="#0b3f8f" stroke-width="24"/></pattern>"##,
    "</defs></svg>"
);

/// What scale bar and north arrow cover.
pub(super) fn boxes(view: &View) -> [Box4; 2] {
    [
        (0.0, view.height - 30.0 * PX, view.width * 0.3 + 10.0 * PX, view.height),
        (view.width - 24.0 * PX, 0.0, view.width, 38.0 * PX),
    ]
}

/// The scale bar in the lower left corner and the north arrow in the upper right one.
pub(super) fn tools(out: &mut String, view: &View, language: Language) -> Result {
    let metres = round_length(view.width * 0.26 * view.metres);
    let length = metres / view.metres;
    let words = if metres >= 1000.0 {
        format!("{} {}", metres / 1000.0, language.pick("km", "公里"))
    } else {
        format!("{} {}", (metres * 1000.0).round() / 1000.0, language.pick("m", "米"))
    };
    let (left, bottom) = (10.0 * PX, view.height - 9.0 * PX);
    let half = length / 2.0;
    write!(
        out,
        r#"<g transform="translate({left:.0} {bottom:.0})"><rect class="tool-back" x="-50" y="-190" width="{:.0}" height="250"/><path class="tool-line" d="M0-40V0H{length:.0}V-40M{half:.0}-25V0"/><text class="label" x="{half:.0}" y="-65">{words}</text></g>"#,
        length + 100.0,
    )?;
    write!(
        out,
        r#"<g transform="translate({:.0} 70)"><path class="tool" d="M0-40L55 150L0 105Z"/><path class="tool-line" d="M0-40L-55 150L0 105Z"/><text class="label strong" y="270">{}</text></g>"#,
        view.width - 130.0,
        language.pick("N", "北"),
    )
}

/// Opens a map picture; `alt` is said to those who cannot see it, and must be escaped.
pub(super) fn open(out: &mut String, view: &View, alt: &str) -> Result {
    write!(
        out,
        r#"<svg class="map" viewBox="0 0 {:.0} {:.0}" width="{:.0}" height="{:.0}" role="img" aria-label="{alt}">"#,
        view.width,
        view.height,
        view.width / PX,
        view.height / PX,
    )
}
