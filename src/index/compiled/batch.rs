//! Many places at once.

use super::image::View;
use crate::domain::LonLat;

/// Appends the owner of each place; `u32::MAX` for none.
pub fn owners(view: &View<'_>, places: &[LonLat], out: &mut Vec<u32>) {
    out.extend(places.iter().map(|place| view.owner(*place).unwrap_or(u32::MAX)));
}
