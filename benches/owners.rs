//! Who owns a place: the compiled index beside tg behind an R-tree and shapely's tree, on the same
//! areas and places, one thread, nanoseconds of the processor.
//!
//! `WANGGE_COUNTIES=…/counties-10m.json WANGGE_TG=…/tg cargo bench --bench owners`; parts:
//! `-- counties`, `-- million`. `WANGGE_SIDE=200` makes 200 × 200 grids instead of a million.

#[path = "owners/counties.rs"]
mod counties;
#[path = "owners/million.rs"]
mod million;
#[path = "owners/peers.rs"]
mod peers;
mod support;

use peers::Peers;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;
use std::time::Instant;
use support::timing::{is_wanted, least, thread_ms};
use wangge::domain::{BBox, LonLat, MultiPolygon};
use wangge::index::{AreaIndex, CompiledIndex};

/// Places that are asked for.
const PLACES: usize = 1_000_000;
/// Places of a small batch.
const BATCH: usize = 64;
/// Runs of which the least time counts.
const RUNS: usize = 5;

fn main() {
    if is_wanted("counties")
        && let Some(areas) = counties::read()
    {
        // The contiguous states: nearly every place has an owner.
        let states = BBox { west: -125.0, south: 24.5, east: -66.5, north: 49.5 };
        compare("counties, contiguous states", &areas, states);
    }
    if is_wanted("million") {
        let side = std::env::var("WANGGE_SIDE").ok().and_then(|n| n.parse().ok()).unwrap_or(1000);
        let areas = million::grids(side);
        let window = BBox::around(areas.iter().flat_map(MultiPolygon::corners)).expect("grids");
        compare(&format!("{} grids", side * side), &areas, window);
    }
}

fn random_places(window: BBox) -> Vec<LonLat> {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let mut one = || {
        let lon = random.random_range(window.west..window.east);
        support::place(lon, random.random_range(window.south..window.north))
    };
    (0..PLACES).map(|_| one()).collect()
}

/// The places tile by tile, as a ledger sorted by district would have them.
fn sorted(places: &[LonLat], window: BBox) -> Vec<LonLat> {
    let tile = |at: f64, from: f64, to: f64| ((at - from) / (to - from) * 1024.0) as u32;
    let mut sorted = places.to_vec();
    sorted.sort_by_cached_key(|p| {
        let x = tile(p.lon(), window.west, window.east);
        let y = tile(p.lat(), window.south, window.north);
        (0..10).fold(0_u32, |key, bit| {
            key | (x >> bit & 1) << (2 * bit) | (y >> bit & 1) << (2 * bit + 1)
        })
    });
    sorted
}

fn compare(title: &str, areas: &[MultiPolygon], window: BBox) {
    let corners: usize = areas.iter().map(|area| area.corners().count()).sum();
    println!("\n{title}: {} areas, {corners} corners, {PLACES} random places", areas.len());
    let (wall, cpu) = (Instant::now(), thread_ms());
    let index = CompiledIndex::build(areas.iter().enumerate());
    let took = thread_ms().zip(cpu).map_or(0.0, |(now, before)| now - before);
    let wall = wall.elapsed().as_secs_f64();
    println!("  build {wall:.3} s (this thread {:.3} s of it)", took / 1000.0);
    println!("  size {:.1} MB, held at most {:.0} MB", index.size() as f64 / 1e6, held_most_mb());
    open(&index);

    let places = random_places(window);
    let in_order = sorted(&places, window);
    let owners = measure(&index, &places, "random");
    measure(&index, &in_order, "sorted");
    if areas.len() < 100_000 {
        let tree = AreaIndex::build(areas.iter().enumerate());
        line(
            "R-tree of the editor",
            ns(&places, || {
                places.iter().filter(|p| tree.owner(black_box(**p), |_| true).is_some()).count()
            }),
        );
    }
    let peers = Peers::new(areas);
    if let Some((time, answers)) = peers.tg(&places, RUNS) {
        line("tg behind an R-tree, random", time);
        let other = owners.iter().zip(&answers).filter(|(a, b)| a != b).count();
        println!("  {other} of {PLACES} places answered otherwise by tg");
    }
    if let Some((time, _)) = peers.tg(&in_order, RUNS) {
        line("tg behind an R-tree, sorted", time);
    }
    if areas.len() < 100_000
        && let Some((all, one)) = peers.shapely(&places, RUNS)
    {
        line("shapely's tree, all in one call", all);
        line("shapely's tree, one call a place", one);
    }
}

/// Times of the index over places; the owners.
fn measure(index: &CompiledIndex, places: &[LonLat], order: &str) -> Vec<u32> {
    let one =
        ns(places, || places.iter().filter(|p| index.owner(black_box(**p)).is_some()).count());
    line(&format!("compiled, one at a time, {order}"), one);
    let mut out = Vec::with_capacity(places.len());
    let time = ns(places, || {
        out.clear();
        places.chunks(BATCH).for_each(|batch| index.owners(black_box(batch), &mut out));
    });
    line(&format!("compiled, batches of {BATCH}, {order}"), time);
    let time = ns(places, || {
        out.clear();
        index.owners(black_box(places), &mut out);
    });
    line(&format!("compiled, one batch, {order}"), time);
    out
}

fn ns<T>(places: &[LonLat], work: impl FnMut() -> T) -> f64 {
    least(RUNS, work).cpu_ms * 1e6 / places.len() as f64
}

fn line(name: &str, ns: f64) {
    println!("  {name:<42} {ns:>8.1} ns {:>8.2} million/s", 1e3 / ns);
}

/// Saving and opening a file.
fn open(index: &CompiledIndex) {
    let folder = tempfile::tempdir().expect("a folder for a while");
    let file = folder.path().join("index");
    index.save(&file).expect("room on the disk");
    let opened = (0..3).map(|_| {
        let begin = Instant::now();
        black_box(CompiledIndex::open(&file).expect("an index"));
        begin.elapsed().as_secs_f64()
    });
    println!("  opening a saved index {:.3} s", opened.fold(f64::INFINITY, f64::min));
}

/// The most memory this process has held, in megabytes, where the system tells (Linux).
fn held_most_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    let kilobytes = line.split_whitespace().nth(1).and_then(|n| n.parse::<f64>().ok());
    kilobytes.unwrap_or(f64::NAN) / 1000.0
}
