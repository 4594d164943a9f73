//! Building: edges to the root cells they come near, then row by row from west to east, with the
//! owners of each cell's south-western corner at hand. O(n) for n corners of even borders.

use super::corners::{Corners, cells_near};
use super::divide::{Divider, Owners};
use super::entry::{Entry, MOST_BLOCKS, MOST_LEAF_WORDS};
use super::image::{Image, Parts, words_of_cells};
use super::lattice::{BLOCK, Lattice, Square};
use crate::domain::{BBox, LonLat};
use rayon::prelude::*;
use std::ops::Range;

/// Root cells for each edge of a part: many while all of them fit a processor's cache.
const CELLS_PER_EDGE: std::ops::RangeInclusive<f64> = 2.0..=8.0;
/// Root cells that do.
const CELLS_IN_CACHE: f64 = 2e6;
/// Root cells that an edge may come near on average; borders of long edges get larger cells.
const NEAR_PER_EDGE: f64 = 6.0;
/// Edges for each band of rows that is built at once.
const EDGES_PER_BAND: usize = 1 << 20;
/// Fewer edges are built in one band: to part them would take longer.
const WORTH_PARTING: usize = 1 << 15;

/// The rows of some root cells.
struct Band {
    cells: Vec<u32>,
    blocks: Vec<u32>,
    leaves: Vec<u64>,
}

/// The image of an index over the corners of areas.
pub fn build(corners: Corners, numbers: u32, fingerprint: u64) -> Image {
    let nowhere = || BBox::around([LonLat::ORIGIN]);
    // A window around one place always is one.
    let Some(window) = corners.window().or_else(nowhere) else { return Image::default() };
    let lattice = choose_lattice(&corners, window);
    let edges = corners.edges().count();
    let parts = if edges < WORTH_PARTING { 1 } else { rayon::current_num_threads() };
    let count = (edges / EDGES_PER_BAND + 1).max(parts).min(lattice.rows as usize);
    let row = |band: usize| (band * lattice.rows as usize / count) as u32;
    let bands: Vec<Range<u32>> = (0..count).map(|band| row(band)..row(band + 1)).collect();
    let bands = bands.par_iter().map(|rows| build_band(&corners, &lattice, rows)).collect();
    drop(corners);
    join(bands, Parts { lattice, numbers, fingerprint })
}

fn choose_lattice(corners: &Corners, window: BBox) -> Lattice {
    let edges = corners.edges().count() as f64;
    let (least, most) = (edges * CELLS_PER_EDGE.start(), edges * CELLS_PER_EDGE.end());
    let mut cells = CELLS_IN_CACHE.clamp(least, most).max(16.0);
    loop {
        let lattice = Lattice::over(window, cells);
        let units = f64::from(1_u32 << super::lattice::UNIT_BITS);
        let [per_lon, per_lat] = lattice.per_degree.map(|per| per / units);
        let near = |edge: super::side::Edge| {
            1.0 + (edge.east() - edge.west()) * per_lon + (edge.high[1] - edge.low[1]) * per_lat
        };
        let near: f64 = corners.edges().map(|(_, edge)| near(edge)).sum();
        if near <= NEAR_PER_EDGE * edges + 64.0 || cells <= 16.0 {
            return lattice;
        }
        cells /= 4.0;
    }
}

fn build_band(corners: &Corners, lattice: &Lattice, rows: &Range<u32>) -> Band {
    let columns = lattice.columns as usize;
    let (ends, listed) = list_edges(corners, lattice, rows);
    let mut divider = Divider::new(corners, lattice);
    let mut cells = Vec::with_capacity(columns * rows.len());
    let mut owners = Owners::default();
    for row in rows.clone() {
        // West of the window nobody owns.
        owners.clone_from(&Owners::default());
        let first = (row - rows.start) as usize * columns;
        for column in 0..columns {
            let cell = first + column;
            let near = &listed[ends[cell] as usize..ends[cell + 1] as usize];
            let square = Square::root(column as u32, row);
            cells.push(divider.root(square, near, &mut owners).code());
        }
        debug_assert!(owners.is_empty(), "all rings are closed");
    }
    Band { cells, blocks: divider.blocks, leaves: divider.leaves }
}

/// The edges near each root cell of the rows, by counting sort: where each cell's list ends (after
/// a leading 0), and the lists.
fn list_edges(corners: &Corners, lattice: &Lattice, rows: &Range<u32>) -> (Vec<u32>, Vec<u32>) {
    let columns = lattice.columns as usize;
    let cell = |column: u32, row: u32| (row - rows.start) as usize * columns + column as usize;
    let mut ends = vec![0_u32; columns * rows.len() + 2];
    for (_, edge) in corners.edges() {
        cells_near(&edge, lattice, rows, |column, row| ends[cell(column, row) + 2] += 1);
    }
    for n in 2..ends.len() {
        ends[n] += ends[n - 1];
    }
    let mut listed = vec![0; ends[ends.len() - 1] as usize];
    for (number, edge) in corners.edges() {
        cells_near(&edge, lattice, rows, |column, row| {
            let next = &mut ends[cell(column, row) + 1];
            listed[*next as usize] = number;
            *next += 1;
        });
    }
    ends.pop();
    (ends, listed)
}

/// The bands one after the other, as one image.
fn join(bands: Vec<Band>, parts: Parts) -> Image {
    let blocks: usize = bands.iter().map(|band| band.blocks.len() / BLOCK).sum();
    let leaf_words: usize = bands.iter().map(|band| band.leaves.len()).sum();
    assert!(
        blocks <= MOST_BLOCKS && leaf_words <= MOST_LEAF_WORDS,
        "the areas have more corners than an index can hold (about 300 million)"
    );
    let root = parts.lattice.len().next_multiple_of(BLOCK);
    let mut cells = vec![Entry::Nobody.code(); root + blocks * BLOCK];
    let (mut next_root, mut next_block, mut next_word) = (0, root, 0_usize);
    for band in &bands {
        // Both fit 31 bits, by the assertion.
        let before = (((next_block - root) / BLOCK) as u32, next_word as u32);
        let moved = |code: &u32| Entry::read(*code).moved(before.0, before.1).code();
        for (to, from) in [(&mut next_root, &band.cells), (&mut next_block, &band.blocks)] {
            let target = &mut cells[*to..*to + from.len()];
            target.iter_mut().zip(from).for_each(|(to, code)| *to = moved(code));
            *to += from.len();
        }
        next_word += band.leaves.len();
    }
    let mut image = Image::start(&parts, cells.len(), leaf_words);
    image.extend(words_of_cells(&cells));
    drop(cells);
    for band in bands {
        image.extend(band.leaves);
    }
    Image::finish(image, parts)
}
