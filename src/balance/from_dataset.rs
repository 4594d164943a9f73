//! A problem from a dataset: units, their common borders, communities, the present plan.

use super::error::BalanceError;
use super::graph::{Edge, Graph};
use super::present::{Shares, unit_shares};
use super::problem::{ABSURD_HOUSEHOLDS, CommunityLabel, GridLabel, Problem, ProblemUnit};
use crate::dataset::Dataset;
use crate::domain::{Geometry, Grid, GridKind, LonLat, MultiPolygon};
use crate::geometry::{Coverage, Frame, SegmentSet, SharedBorder, overlap_areas};
use rustc_hash::{FxHashMap, FxHashSet};

/// A border within this many metres of a road or barrier follows it.
const FOLLOWS_M: f64 = 12.0;
/// Step of the points at which that is asked, in metres.
const STEP_M: f64 = 20.0;

impl Problem {
    /// The problem of a dataset: its planning units, joined where they have a common border, and
    /// its present base grids, or `grids` grids (which are then made of the present ones, the
    /// smallest being given up or new ones numbered by rule 8). A unit's present grid is the one
    /// with the largest share of its households, by compounds located in both, then of its area;
    /// a tie goes to the lower code. Units of dedicated grids are left out of the balance.
    ///
    /// # Errors
    /// When there are no units, a unit's households are missing or absurd, ids repeat, the number
    /// of grids is not known or out of range.
    pub fn from_dataset(dataset: &Dataset, grids: Option<usize>) -> Result<Self, BalanceError> {
        if dataset.units.is_empty() {
            return Err(BalanceError::NoUnits { dataset: dataset.name.clone() });
        }
        let frame = dataset.frame();
        let present = present_grids(dataset);
        let shares = unit_shares(dataset, &frame, &present);
        let households = households(dataset, &shares)?;
        let base = base_kind(&present);
        let (base, other): (Vec<usize>, Vec<usize>) =
            (0..present.len()).partition(|&g| present[g].kind == base);
        if base.is_empty() && grids.is_none() {
            return Err(BalanceError::NumberOfGridsUnknown { dataset: dataset.name.clone() });
        }
        let coverage =
            Coverage::build(&frame, &dataset.units.iter().map(|u| &u.geometry).collect::<Vec<_>>());
        let (communities, community_of) = communities(dataset, &frame);
        let mut units = units(dataset, &coverage, &households, &community_of);
        for (unit, share) in units.iter_mut().zip(&shares.grid) {
            unit.present = share.and_then(|g| base.iter().position(|&b| b == g)).map(|g| g as u32);
        }
        let dedicated: Vec<Option<usize>> =
            shares.grid.iter().map(|share| share.filter(|g| other.contains(g))).collect();
        let labels = base.iter().map(|&g| label(present[g])).collect::<Vec<_>>();
        let edges = edges(dataset, &coverage);
        let left_out = dedicated.iter().enumerate().filter_map(|(u, grid)| {
            grid.map(|g| (dataset.units[u].id.clone(), present[g].code.clone()))
        });
        let left_out: Vec<(String, String)> = left_out.collect();
        let kept: Vec<bool> = dedicated.iter().map(Option::is_none).collect();
        let (units, graph) = without(units, edges, &kept);
        if units.is_empty() {
            return Err(BalanceError::OnlyDedicated { dataset: dataset.name.clone() });
        }
        if units.iter().all(|unit| unit.households == 0) {
            return Err(BalanceError::NoHouseholds {
                file: file(dataset),
                field: "households".to_owned(),
            });
        }
        let grids = grids.unwrap_or(labels.len());
        let problem = Self::assemble(units, graph, communities, labels, grids)?;
        Ok(Self { left_out, ..problem })
    }
}

/// The file of the units, for messages.
fn file(dataset: &Dataset) -> String {
    dataset.file_of("units").unwrap_or("units").to_owned()
}

/// The grids of today: those whose validity does not end, or all when every one ends.
fn present_grids(dataset: &Dataset) -> Vec<&Grid> {
    let open: Vec<&Grid> = dataset.grids.iter().filter(|g| g.validity.to.is_none()).collect();
    let mut grids = if open.is_empty() { dataset.grids.iter().collect() } else { open };
    grids.sort_by(|a, b| a.code.cmp(&b.code));
    grids
}

/// The kind of grid that is balanced: base grids, or micro-grids where there are no others.
fn base_kind(grids: &[&Grid]) -> GridKind {
    let has = |kind| grids.iter().any(|grid| grid.kind == kind);
    if has(GridKind::Micro) && !has(GridKind::Base) { GridKind::Micro } else { GridKind::Base }
}

fn label(grid: &Grid) -> GridLabel {
    GridLabel {
        code: grid.code.clone(),
        name: grid.name.clone(),
        community_code: grid.community_code.clone(),
    }
}

/// Households of each unit: as its file says, or the sum of the compounds in it when the file
/// says nothing of any unit.
fn households(dataset: &Dataset, shares: &Shares) -> Result<Vec<u64>, BalanceError> {
    let silent = dataset.units.iter().all(|unit| unit.households.is_none());
    if silent && !dataset.compounds.is_empty() {
        return Ok(shares.households.clone());
    }
    let mut seen = FxHashSet::default();
    if let Some(twice) = dataset.units.iter().find(|unit| !seen.insert(unit.id.as_str())) {
        let (file, unit) = (file(dataset), twice.id.clone());
        return Err(BalanceError::DuplicateUnit { file, unit });
    }
    let count = |unit: &crate::domain::Unit| {
        let error = |problem: &str| BalanceError::Households {
            file: unit.origin.file.to_string(),
            unit: unit.id.clone(),
            field: "households".to_owned(),
            problem: problem.to_owned(),
        };
        let count = u64::from(unit.households.ok_or_else(|| error("is missing"))?);
        if count > ABSURD_HOUSEHOLDS {
            return Err(error("is more than can be meant"));
        }
        Ok(count)
    };
    dataset.units.iter().map(count).collect()
}

/// The communities, and that of each unit: as its file says, else the one with most of its area.
fn communities(dataset: &Dataset, frame: &Frame) -> (Vec<CommunityLabel>, Vec<Option<u32>>) {
    let mut labels: Vec<CommunityLabel> = dataset
        .communities
        .iter()
        .map(|c| CommunityLabel { code: c.code.clone(), name: c.name.clone() })
        .collect();
    let mut index: FxHashMap<String, u32> =
        labels.iter().enumerate().map(|(i, c)| (c.code.clone(), i as u32)).collect();
    let mut found: Vec<Option<u32>> = Vec::with_capacity(dataset.units.len());
    for unit in &dataset.units {
        found.push(unit.community_code.as_ref().map(|code| {
            *index.entry(code.clone()).or_insert_with(|| {
                labels.push(CommunityLabel { code: code.clone(), name: code.clone() });
                labels.len() as u32 - 1
            })
        }));
    }
    if !dataset.communities.is_empty() && found.iter().any(Option::is_none) {
        let units: Vec<&MultiPolygon> = dataset.units.iter().map(|u| &u.geometry).collect();
        let areas: Vec<&MultiPolygon> = dataset.communities.iter().map(|c| &c.geometry).collect();
        let mut largest = vec![0.0; units.len()];
        let silent: Vec<bool> = found.iter().map(Option::is_none).collect();
        for (unit, community, area) in overlap_areas(frame, &units, &areas) {
            if silent[unit] && area > largest[unit] {
                largest[unit] = area;
                found[unit] = Some(community as u32);
            }
        }
    }
    (labels, found)
}

fn units(
    dataset: &Dataset,
    coverage: &Coverage,
    households: &[u64],
    community_of: &[Option<u32>],
) -> Vec<ProblemUnit> {
    let (areas, perimeters) = (coverage.areas_m2(), coverage.perimeters_m());
    let centroids = coverage.centroids();
    let mut shared = vec![0.0; dataset.units.len()];
    for border in coverage.adjacency() {
        shared[border.a] += border.length_m;
        shared[border.b] += border.length_m;
    }
    (0..dataset.units.len())
        .map(|u| ProblemUnit {
            id: dataset.units[u].id.clone(),
            households: households[u],
            community: community_of[u],
            present: None,
            centroid: centroids[u].or_else(|| dataset.units[u].geometry.corners().next()),
            area_m2: Some(areas[u]),
            outer_border_m: Some((perimeters[u] - shared[u]).max(0.0)),
        })
        .collect()
}

/// The common borders, and whether each follows roads and barriers for the most part.
fn edges(dataset: &Dataset, coverage: &Coverage) -> Vec<Edge> {
    let lines = dataset.roads.iter().chain(&dataset.barriers);
    let segments: Vec<[[f64; 2]; 2]> =
        lines.flat_map(|line| segments(coverage.frame(), &line.geometry)).collect();
    let followed = (!segments.is_empty()).then(|| SegmentSet::new(&segments));
    let borders = coverage.adjacency();
    let edge = |border: &SharedBorder| Edge {
        a: border.a as u32,
        b: border.b as u32,
        length_m: Some(border.length_m),
        barrier: followed.as_ref().is_some_and(|lines| follows(coverage, border, lines)),
    };
    borders.iter().map(edge).collect()
}

/// A place in metres from the frame's centre.
fn metres(frame: &Frame, place: LonLat) -> [f64; 2] {
    let point = frame.to_grid(place);
    [point.x as f64 * 1e-3, point.y as f64 * 1e-3]
}

/// The segments of a line, or of the rings of an area.
fn segments(frame: &Frame, geometry: &Geometry) -> Vec<[[f64; 2]; 2]> {
    let open = |line: &[LonLat]| {
        let line: Vec<[f64; 2]> = line.iter().map(|&p| metres(frame, p)).collect();
        line.windows(2).map(|pair| [pair[0], pair[1]]).collect::<Vec<_>>()
    };
    let closed = |ring: &crate::domain::Ring| {
        let corners = ring.corners();
        open(&corners.iter().chain(corners.first()).copied().collect::<Vec<_>>())
    };
    match geometry {
        Geometry::Point(_) | Geometry::MultiPoint(_) => Vec::new(),
        Geometry::LineString(line) => open(line),
        Geometry::MultiLineString(lines) => lines.iter().flat_map(|line| open(line)).collect(),
        Geometry::Polygon(polygon) => polygon.rings().flat_map(closed).collect(),
        Geometry::MultiPolygon(area) => {
            area.polygons().iter().flat_map(|p| p.rings()).flat_map(closed).collect()
        }
    }
}

/// Whether more than half of a common border lies near the lines.
fn follows(coverage: &Coverage, border: &SharedBorder, lines: &SegmentSet) -> bool {
    let (mut near, mut all) = (0.0, 0.0);
    for arc in border.arcs.iter().map(|&a| &coverage.arcs()[a]) {
        let point = |id: u32| {
            let p = coverage.point(id);
            [p.x as f64 * 1e-3, p.y as f64 * 1e-3]
        };
        for pair in arc.vertices.windows(2) {
            let (a, b) = (point(pair[0]), point(pair[1]));
            let length = (a[0] - b[0]).hypot(a[1] - b[1]);
            let pieces = (length / STEP_M).ceil().max(1.0);
            for piece in 0..pieces as usize {
                let t = (piece as f64 + 0.5) / pieces;
                let place = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
                all += length / pieces;
                if lines.distance(place) <= FOLLOWS_M {
                    near += length / pieces;
                }
            }
        }
    }
    near > all / 2.0
}

/// The units that are kept, and the graph among them.
fn without(units: Vec<ProblemUnit>, edges: Vec<Edge>, kept: &[bool]) -> (Vec<ProblemUnit>, Graph) {
    let mut place = vec![u32::MAX; units.len()];
    let stay = kept.iter().enumerate().filter(|(_, kept)| **kept);
    for (at, (u, _)) in stay.enumerate() {
        place[u] = at as u32;
    }
    let mut rest: Vec<ProblemUnit> = units;
    // A border with a unit that is left out is an outer border of what stays.
    for e in &edges {
        for (u, other) in [(e.a, e.b), (e.b, e.a)] {
            if kept[u as usize] && !kept[other as usize] {
                let outer = &mut rest[u as usize].outer_border_m;
                *outer = outer.zip(e.length_m).map(|(a, b)| a + b);
            }
        }
    }
    let mut index = 0;
    rest.retain(|_| {
        index += 1;
        kept[index - 1]
    });
    let edges = edges.into_iter().filter(|e| kept[e.a as usize] && kept[e.b as usize]);
    let edges = edges.map(|e| Edge { a: place[e.a as usize], b: place[e.b as usize], ..e });
    let graph = Graph::new(rest.len(), edges);
    (rest, graph)
}
