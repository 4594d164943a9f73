//! Look-ups: points and addresses a second, on the demo data and on a synthetic city of 10,000
//! grids and 1 million vertices.

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use wangge::dataset::{Dataset, load};
use wangge::domain::{
    BBox, Compound, Grid, GridKind, LonLat, MultiPolygon, Origin, Place, Polygon, Ring,
    ValidityPeriod,
};
use wangge::index::SpatialIndex;
use wangge::locate::Locator;

/// Grids a side of the city.
const SIDE: usize = 100;
/// Pieces of each side of a grid: 4 × 25 = 100 vertices a grid.
const PIECES: usize = 25;
/// Width of a grid in degrees, about 450 m.
const CELL: f64 = 0.005;
/// Questions a run.
const QUESTIONS: usize = 10_000;

fn place(lon: f64, lat: f64) -> LonLat {
    LonLat::new(lon, lat).expect("inside the city")
}

/// A city whose neighbours share winding borders vertex for vertex, with one compound a grid.
fn city() -> Dataset {
    let wide = SIDE * PIECES + 1;
    // The winding of a vertex depends on its place alone, so that neighbours agree.
    let at = |column: usize, row: usize| {
        let mut random = ChaCha8Rng::seed_from_u64((row * wide + column) as u64);
        let step = CELL / PIECES as f64;
        let mut winding = || random.random_range(-0.3..0.3) * step;
        let (dx, dy) = (winding(), winding());
        place(120.0 + step * column as f64 + dx, 36.0 + step * row as f64 + dy)
    };
    let mut city =
        Dataset { name: "city".into(), title_zh: "双山街道".into(), ..Dataset::default() };
    for row in 0..SIDE {
        for column in 0..SIDE {
            let number = row * SIDE + column;
            let (x, y) = (column * PIECES, row * PIECES);
            let south = (0..PIECES).map(|n| at(x + n, y));
            let east = (0..PIECES).map(|n| at(x + PIECES, y + n));
            let north = (0..PIECES).map(|n| at(x + PIECES - n, y + PIECES));
            let west = (0..PIECES).map(|n| at(x, y + PIECES - n));
            let ring = Ring::new(south.chain(east).chain(north).chain(west).collect());
            let polygon = Polygon::new(ring.expect("a ring"), Vec::new());
            let origin = Origin { file: "made.geojson".into(), feature: number };
            city.grids.push(Grid {
                code: format!("{number:05}"),
                name: format!("第{number}网格"),
                community_code: None,
                kind: GridKind::Base,
                validity: ValidityPeriod::default(),
                geometry: MultiPolygon::new(vec![polygon]).expect("a part"),
                origin: origin.clone(),
            });
            city.compounds.push(Compound {
                id: format!("h{number:05}"),
                name: name_of(number),
                aliases: Vec::new(),
                address: None,
                community_code: None,
                households: Some(100),
                residents: None,
                party_members: None,
                buildings: None,
                kind: None,
                synthetic: true,
                place: Place::Point(at(x + PIECES / 2, y + PIECES / 2)),
                origin,
            });
        }
    }
    city
}

/// A name of four letters for each number below 10,000.
fn name_of(number: usize) -> String {
    let letters: Vec<char> = "海润福临锦绣书香听涛岭秀桃源松金桂和顺".chars().collect();
    let digits = [number / 1000, number / 100 % 10, number / 10 % 10, number % 10];
    let name: String = digits.iter().enumerate().map(|(n, d)| letters[d + n % 2 * 9]).collect();
    format!("{name}苑")
}

fn points(window: BBox) -> Vec<LonLat> {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let lon = |random: &mut ChaCha8Rng| random.random_range(window.west..window.east);
    let lat = |random: &mut ChaCha8Rng| random.random_range(window.south..window.north);
    (0..QUESTIONS).map(|_| place(lon(&mut random), lat(&mut random))).collect()
}

fn look_ups(criterion: &mut Criterion, label: &str, dataset: Dataset) {
    let Some(window) = dataset.bbox() else { return };
    let places = points(window);
    let locator = Locator::new(Arc::new(dataset.clone()));
    let mut group = criterion.benchmark_group(label);
    group.throughput(Throughput::Elements(QUESTIONS as u64));
    group.bench_function("owner", |b| {
        let grids = locator.index().grids();
        b.iter(|| {
            places.iter().filter(|p| grids.owner(black_box(**p), |_| true).is_some()).count()
        });
    });
    group.bench_function("at", |b| {
        b.iter(|| places.iter().filter(|p| locator.at(black_box(**p), None).score > 0.0).count());
    });
    let names = dataset.compounds.iter().map(|c| format!("青岛市市北区双山街道{}三号楼", c.name));
    let addresses: Vec<String> = names.cycle().take(QUESTIONS / 10).collect();
    group.throughput(Throughput::Elements(addresses.len() as u64));
    group.bench_function("address", |b| {
        b.iter(|| addresses.iter().filter(|a| locator.address(a, None).score > 0.0).count());
    });
    group.bench_function("suggest", |b| {
        let typed: Vec<String> =
            dataset.compounds.iter().map(|c| c.name.chars().take(2).collect()).collect();
        let typed: Vec<&String> = typed.iter().cycle().take(addresses.len()).collect();
        b.iter(|| typed.iter().map(|t| locator.suggest(black_box(t), 8).len()).sum::<usize>());
    });
    group.throughput(Throughput::Elements(1));
    group.sample_size(10);
    group.bench_function("build index", |b| {
        b.iter_batched(|| &dataset, SpatialIndex::build, BatchSize::PerIteration);
    });
    group.finish();
}

fn demo(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/shuangshan");
    match load(&folder) {
        Ok(dataset) => look_ups(criterion, "locate, demo data", dataset),
        Err(error) => eprintln!("the demo data were not measured: {error}"),
    }
}

fn synthetic_city(criterion: &mut Criterion) {
    look_ups(criterion, "locate, city of 10,000 grids", city());
}

criterion_group!(benches, demo, synthetic_city);
criterion_main!(benches);
