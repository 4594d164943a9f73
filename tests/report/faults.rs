//! Towns with planted faults.

use crate::common::{place, polygon, shaken_cells};
use crate::town;
use wangge::dataset::Dataset;
use wangge::domain::{Community, LonLat, MultiPolygon, Origin, Place, Polygon, Ring};
use wangge::geometry::Coverage;

/// The rules that the planted faults break.
pub const KINDS: [&str; 17] = [
    "coverage.gap",
    "coverage.overlap",
    "coverage.outside",
    "coverage.near_miss",
    "coverage.mismatched_edge",
    "coverage.multipart",
    "coverage.hole",
    "geometry.invalid",
    "geometry.spike",
    "geometry.duplicate_vertex",
    "compound.split",
    "compound.outside",
    "compound.undecidable",
    "grid.crosses_community",
    "net.displaced",
    "net.missing",
    "net.extra",
];

type Corners = Vec<LonLat>;

fn corners(shape: &MultiPolygon) -> Corners {
    shape.polygons()[0].exterior().corners().to_vec()
}

fn shape(corners: Corners) -> MultiPolygon {
    let ring = Ring::new(corners).unwrap();
    MultiPolygon::new(vec![Polygon::new(ring, Vec::new())]).unwrap()
}

fn moved(p: LonLat, east_m: f64, north_m: f64) -> LonLat {
    let (per_lon, per_lat) = wangge::geometry::metres_per_degree(p.lat());
    LonLat::new(p.lon() + east_m / per_lon, p.lat() + north_m / per_lat).unwrap()
}

/// Thirty grids of about 100 m with one fault of each kind.
pub fn town_of_faults() -> Dataset {
    let clean = shaken_cells(6, 5, 11, 4);
    let coverage = Coverage::build(&crate::common::frame(), &clean.iter().collect::<Vec<_>>());
    let outline = coverage.dissolve(&vec![Some(0); clean.len()], 1).pop().flatten().unwrap();
    let mut grids = clean.clone();
    let edit = |grids: &mut Vec<MultiPolygon>, n: usize, change: &dyn Fn(&mut Corners)| {
        let mut line = corners(&grids[n]);
        change(&mut line);
        grids[n] = shape(line);
    };
    // A corner of the southern border pulled up: a gap of metres at the outer boundary.
    edit(&mut grids, 2, &|line| line[2] = moved(line[2], 0.0, 6.0));
    // A corner of the northern border pushed out: an overlap with the grid above.
    edit(&mut grids, 7, &|line| line[12] = moved(line[12], 0.0, 5.0));
    // 4 cm: a sliver, so a near miss too.
    edit(&mut grids, 15, &|line| line[7] = moved(line[7], -0.04, 0.0));
    edit(&mut grids, 5, &|line| line[7] = moved(line[7], 9.0, 0.0));
    // A vertex that the neighbour has not.
    edit(&mut grids, 20, &|line| {
        let middle = LonLat::new(
            (line[6].lon() + line[7].lon()) / 2.0,
            (line[6].lat() + line[7].lat()) / 2.0,
        );
        line.insert(7, middle.unwrap());
    });
    edit(&mut grids, 9, &|line| line.insert(3, line[2]));
    edit(&mut grids, 11, &|line| {
        let tip = moved(line[2], 0.0, -30.0);
        let back = line[2];
        line.insert(3, tip);
        line.insert(4, back);
    });
    edit(&mut grids, 22, &|line| line.swap(2, 9));
    let pond = polygon(&[(20.0, 322.0), (36.0, 320.0), (35.0, 336.0), (21.0, 337.0)]);
    let holed = Polygon::new(
        grids[18].polygons()[0].exterior().clone(),
        vec![pond.polygons()[0].exterior().clone()],
    );
    grids[18] = MultiPolygon::new(vec![holed]).unwrap();
    let away = polygon(&[(462.0, 462.0), (480.0, 463.0), (478.0, 481.0), (461.0, 479.0)]);
    let parts = [&grids[25], &away].map(|g| g.polygons()[0].clone());
    grids[25] = MultiPolygon::new(parts.to_vec()).unwrap();
    let mut branches: Vec<MultiPolygon> = clean.clone();
    branches.remove(29);
    branches[13] = {
        let mut line = corners(&branches[13]);
        for corner in &mut line[1..4] {
            *corner = moved(*corner, 0.0, 12.0);
        }
        shape(line)
    };
    branches.push(polygon(&[(700.0, 100.0), (760.0, 100.0), (760.0, 170.0), (700.0, 170.0)]));
    let mut dataset =
        town::with_branches(town::outlined(town::with_grids(&grids), outline), &branches);
    let border = corners(&clean[14])[8];
    let areas = [polygon(&[(270.0, 250.0), (330.0, 240.0), (335.0, 270.0), (275.0, 280.0)])];
    town::add_compound(&mut dataset, Place::Area(areas[0].clone()));
    town::add_point(&mut dataset, place(900.0, 250.0));
    town::add_point(&mut dataset, moved(border, 0.1, 0.0));
    for n in 0..30 {
        town::add_point(
            &mut dataset,
            place(f64::from(n % 6) * 100.0 + 50.0, f64::from(n / 6) * 100.0 + 50.0),
        );
    }
    let community = |code: &str, west: f64, east: f64| Community {
        code: code.into(),
        name: format!("{code}社区"),
        geometry: polygon(&[(west, -60.0), (east, -60.0), (east, 560.0), (west, 560.0)]),
        origin: Origin { file: "communities.geojson".into(), feature: 0 },
    };
    dataset.communities = vec![community("a", -60.0, 350.0), community("b", 350.0, 660.0)];
    dataset
}

/// A square city where every grid has a vertex in the middle of its eastern border that its
/// neighbour has not.
pub fn city_of_mismatches(side: usize) -> Dataset {
    let cells = (0..side * side).map(|n| {
        let (x, y) = ((n % side) as f64 * 100.0, (n / side) as f64 * 100.0);
        polygon(&[
            (x, y),
            (x + 100.0, y),
            (x + 100.0, y + 50.0),
            (x + 100.0, y + 100.0),
            (x, y + 100.0),
        ])
    });
    town::with_grids(&cells.collect::<Vec<_>>())
}
