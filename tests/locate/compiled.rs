//! The compiled index answers as the R-tree does, wherever it is asked, and a damaged file of it is
//! refused.

use crate::tessellation::{CELL, Lattice, ORIGIN, place};
use proptest::prelude::*;
use wangge::domain::{LonLat, MultiPolygon, Polygon, Ring};
use wangge::index::{AreaIndex, Claims, CompiledIndex, IndexFileError};

/// Areas in the order of precedence with the caller's numbers, and places to ask about.
#[derive(Clone, Debug)]
struct Case {
    areas: Vec<(usize, MultiPolygon)>,
    probes: Vec<LonLat>,
}

impl Case {
    fn areas(&self) -> impl Iterator<Item = (usize, &MultiPolygon)> {
        self.areas.iter().map(|(number, area)| (*number, area))
    }

    fn compiled(&self) -> CompiledIndex {
        CompiledIndex::build(self.areas())
    }
}

/// A random coverage with shared corners, dealt to faces of any form.
fn coverage() -> impl Strategy<Value = Case> {
    (2..7_usize, 2..7_usize, 1..9_usize).prop_flat_map(|(columns, rows, faces)| {
        let shift = prop_oneof![1 => Just(0.0), 2 => -1.0..1.0_f64];
        let moves = prop::collection::vec((shift.clone(), shift), (columns + 1) * (rows + 1));
        // The last face is left out: a gap.
        let deal = prop::collection::vec(0..=faces, 2 * columns * rows);
        let random = prop::collection::vec((-0.2..1.2_f64, -0.2..1.2_f64), 40);
        let order = Just((0..faces).collect::<Vec<_>>()).prop_shuffle();
        (moves, deal, random, order).prop_map(move |(moves, deal, random, order)| {
            let lattice = Lattice::new(columns, rows, |corner| moves[corner]);
            let gap = deal.iter().max().copied().unwrap_or_default();
            let mut areas = lattice.faces(|triangle| deal[triangle]);
            if areas.len() > 1 && gap == faces {
                areas.pop();
            }
            let areas = areas.into_iter().zip(order).map(|(area, number)| (number, area)).collect();
            let mut probes = lattice.probes();
            probes.extend(random.into_iter().map(|(x, y)| {
                place(ORIGIN.0 + CELL * columns as f64 * x, ORIGIN.1 + CELL * rows as f64 * y)
            }));
            Case { areas, probes: beside(&probes) }
        })
    })
}

/// Rings that cross, touch and double themselves and each other, on a lattice of whole steps, so
/// that places hit corners and edges; anywhere on Earth, as large as it and as small as a room.
fn scribbles(most: usize) -> impl Strategy<Value = Case> {
    let corner = (0..=16_i32, 0..=16_i32);
    let ring = prop::collection::vec(corner, 3..14);
    let part = prop::collection::vec(ring, 1..3);
    let area = prop::collection::vec(part, 1..3);
    let step = prop_oneof![Just(1e-8), Just(3e-7), Just(1e-4), Just(0.01), Just(5.0)];
    let origin = (-170.0..90.0_f64, -89.99..9.0_f64);
    let areas = prop::collection::vec(area, 1..=most);
    let probes = prop::collection::vec((-2..70_i32, -2..70_i32), 80);
    (areas, step, origin, probes).prop_map(|(areas, step, origin, probes)| {
        let at = |x: f64, y: f64| {
            let lon = (origin.0 + x * step).clamp(-180.0, 180.0);
            place(lon, (origin.1 + y * step).clamp(-90.0, 90.0))
        };
        let ring = |corners: &Vec<(i32, i32)>| {
            Ring::new(corners.iter().map(|(x, y)| at((*x).into(), (*y).into())).collect()).ok()
        };
        let polygon = |rings: &Vec<Vec<(i32, i32)>>| {
            let mut rings = rings.iter().filter_map(ring);
            Some(Polygon::new(rings.next()?, rings.collect()))
        };
        let area = |parts: &Vec<_>| MultiPolygon::new(parts.iter().filter_map(polygon).collect());
        let areas = areas.iter().filter_map(|parts| area(parts).ok());
        let areas = areas.enumerate().map(|(n, area)| (n * 7 % 1000, area)).collect();
        let quarters = probes.iter().map(|(x, y)| at(f64::from(*x) / 4.0, f64::from(*y) / 4.0));
        Case { areas, probes: beside(&quarters.collect::<Vec<_>>()) }
    })
}

/// The places, and some beside each: the next number, and up to a little more than a millimetre.
fn beside(places: &[LonLat]) -> Vec<LonLat> {
    let mut all = places.to_vec();
    for (n, at) in places.iter().enumerate() {
        let (lon, lat) = (at.lon(), at.lat());
        let steps = [4e-9, 8.9e-9, 9.2e-9, 1.1e-8, 2e-8, 1e-6];
        let step = steps[n % steps.len()];
        let near = match n % 5 {
            0 => (lon.next_up(), lat),
            1 => (lon.next_down(), lat.next_up()),
            2 => (lon + step, lat),
            3 => (lon - step, lat + step),
            _ => (lon, lat - step),
        };
        all.extend(LonLat::new(near.0, near.1));
    }
    all
}

fn owner_of(claims: &Claims) -> Option<usize> {
    claims.owners.first().or(claims.touching.first()).copied()
}

fn answers_as_the_tree(case: &Case) -> Result<(), TestCaseError> {
    let tree = AreaIndex::build(case.areas());
    let compiled = case.compiled();
    let mut batch = vec![7];
    compiled.owners(&case.probes, &mut batch);
    prop_assert_eq!(batch.len(), case.probes.len() + 1);
    for (at, in_batch) in case.probes.iter().zip(&batch[1..]) {
        let claims = tree.claims(*at, |_| true);
        prop_assert_eq!(&compiled.claims(*at), &claims, "{:?}", at);
        prop_assert_eq!(compiled.owner(*at), owner_of(&claims), "{:?}", at);
        let wanted = owner_of(&claims).map_or(u32::MAX, |n| n as u32);
        prop_assert_eq!(*in_batch, wanted, "{:?}", at);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn coverages_are_answered_as_by_the_tree(case in coverage()) {
        answers_as_the_tree(&case)?;
    }

    #[test]
    fn scribbles_are_answered_as_by_the_tree(case in scribbles(6)) {
        answers_as_the_tree(&case)?;
    }

    #[test]
    fn more_areas_than_a_leaf_holds_are_answered_as_by_the_tree(case in scribbles(70)) {
        answers_as_the_tree(&case)?;
    }

    #[test]
    fn slivers_are_answered_as_by_the_tree(case in coverage(), by in -3e-8..3e-8_f64) {
        // Every second area is moved by up to three millimetres: gaps and overlaps along borders.
        let mut case = case;
        for (_, area) in case.areas.iter_mut().step_by(2) {
            *area = moved(area, by);
        }
        answers_as_the_tree(&case)?;
    }

    #[test]
    fn a_saved_index_is_the_same(case in scribbles(6)) {
        let compiled = case.compiled();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("grids.index");
        compiled.save(&file).unwrap();
        let opened = CompiledIndex::open(&file).unwrap();
        let read = CompiledIndex::from_bytes(compiled.to_bytes()).unwrap();
        opened.require_made_from(case.areas()).unwrap();
        prop_assert_eq!(opened.to_bytes(), compiled.to_bytes());
        for at in &case.probes {
            prop_assert_eq!(opened.claims(*at), compiled.claims(*at));
            prop_assert_eq!(read.owner(*at), compiled.owner(*at));
        }
    }
}

fn moved(area: &MultiPolygon, by: f64) -> MultiPolygon {
    let ring = |ring: &Ring| {
        let corners = ring.corners().iter().map(|c| place(c.lon() + by, c.lat() - by / 2.0));
        Ring::new(corners.collect()).expect("the same corners")
    };
    let polygon = |polygon: &Polygon| {
        Polygon::new(ring(polygon.exterior()), polygon.holes().iter().map(ring).collect())
    };
    MultiPolygon::new(area.polygons().iter().map(polygon).collect()).expect("the same parts")
}

/// A city of many corners, so that the index has several levels and is built in several bands.
#[test]
fn a_larger_coverage_is_answered_as_by_the_tree() {
    let side = 180;
    let winding = |n: usize| {
        let part = |salt: usize| (n * 2_654_435_761 + salt) % 1000;
        (part(7) as f64 / 500.0 - 1.0, part(91) as f64 / 500.0 - 1.0)
    };
    let lattice = Lattice::new(side, side, winding);
    let faces = lattice.faces(|triangle| {
        let (row, column) = (triangle / 2 / side, triangle / 2 % side);
        row / 9 * 1000 + column / 11
    });
    let areas: Vec<_> = faces.into_iter().enumerate().collect();
    let case = Case { areas, probes: lattice.probes() };
    answers_as_the_tree(&case).unwrap();
    let compiled = case.compiled();
    for at in case.probes.iter().filter(|at| lattice.holds(**at)) {
        assert_eq!(compiled.claims(*at).owners.len(), 1, "{at:?}");
    }
}

#[test]
fn nothing_and_little_are_answered() {
    let empty = CompiledIndex::build(std::iter::empty());
    assert_eq!(empty.owner(place(0.0, 0.0)), None);
    let read = CompiledIndex::from_bytes(empty.to_bytes()).unwrap();
    assert_eq!(read.owner(place(0.0, 0.0)), None);
    // A dwarf of a millionth of a millimetre.
    let corners = [(0.0, 0.0), (1e-14, 0.0), (0.0, 1e-14)].map(|(x, y)| place(5.0 + x, y));
    let dwarf = Polygon::new(Ring::new(corners.to_vec()).unwrap(), Vec::new());
    let case = Case {
        areas: vec![(3, MultiPolygon::new(vec![dwarf]).unwrap())],
        probes: beside(&[place(5.0, 0.0), place(5.0 + 1e-8, 0.0), place(5.1, 0.0)]),
    };
    answers_as_the_tree(&case).unwrap();
}

fn small() -> Case {
    let lattice = Lattice::new(3, 3, |n| (0.1 * (n % 7) as f64, 0.0));
    let areas = lattice.faces(|t| t % 4).into_iter().enumerate().collect();
    Case { areas, probes: lattice.probes() }
}

#[test]
fn a_cut_file_is_refused_at_every_length() {
    let bytes = small().compiled().to_bytes();
    for length in 0..bytes.len() {
        let error = CompiledIndex::from_bytes(&bytes[..length]).expect_err("cut off");
        let plain = matches!(error, IndexFileError::NotAnIndex | IndexFileError::Damaged(_));
        assert!(plain, "{length}: {error}");
    }
    let longer = [bytes.as_slice(), &[0; 8]].concat();
    assert!(CompiledIndex::from_bytes(longer).is_err());
}

#[test]
fn a_file_with_one_bit_changed_is_refused() {
    let mut bytes = small().compiled().to_bytes();
    for bit in 0..bytes.len() * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(CompiledIndex::from_bytes(&bytes).is_err(), "bit {bit}");
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    CompiledIndex::from_bytes(bytes).unwrap();
}

#[test]
fn an_index_of_other_areas_is_stale() {
    let case = small();
    let compiled = case.compiled();
    compiled.require_made_from(case.areas()).unwrap();
    let mut other = case.clone();
    other.areas.swap(0, 1);
    assert!(compiled.require_made_from(other.areas()).is_err());
    let mut other = case.clone();
    other.areas[2].1 = moved(&other.areas[2].1, 1e-9);
    assert!(compiled.require_made_from(other.areas()).is_err());
    let error = compiled.require_made_from(case.areas().skip(1)).unwrap_err();
    assert!(error.to_string().contains("wangge index"), "{error}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("none.index");
    let error = CompiledIndex::open(&file).unwrap_err();
    assert!(error.to_string().contains("none.index"), "{error}");
    std::fs::write(&file, "").unwrap();
    assert!(CompiledIndex::open(&file).is_err());
    std::fs::write(&file, "{\"type\": \"FeatureCollection\"}").unwrap();
    assert!(matches!(CompiledIndex::open(&file), Err(IndexFileError::NotAnIndex)));
    let nowhere = folder.path().join("no folder/grids.index");
    assert!(small().compiled().save(&nowhere).is_err());
}
