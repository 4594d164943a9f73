//! Towns in metres, and what must hold of their units.

use crate::common::{place, polygon};
use std::collections::BTreeSet;
use wangge::balance::units::{MadeUnits, make_units};
use wangge::dataset::{Boundary, Dataset};
use wangge::domain::{Community, Compound, Geometry, Line, MultiPolygon, Origin, Place};
use wangge::geometry::{Arrangement, Frame, overlap_areas};

fn origin() -> Origin {
    Origin { file: "test".into(), feature: 0 }
}

/// A dataset under construction.
#[derive(Clone, Default)]
pub struct Town(pub Dataset);

impl Town {
    /// A town with this boundary.
    pub fn new(boundary: MultiPolygon) -> Self {
        let boundary = Boundary { geometry: boundary, origin: origin() };
        Self(Dataset { name: "town".into(), subdistrict: Some(boundary), ..Dataset::default() })
    }

    /// A town with a rectangle for its boundary.
    pub fn rectangle(width: f64, height: f64) -> Self {
        Self::new(rectangle(0.0, 0.0, width, height))
    }

    pub fn community(mut self, code: &str, geometry: MultiPolygon) -> Self {
        let (code, name) = (code.to_owned(), code.to_owned());
        self.0.communities.push(Community { code, name, geometry, origin: origin() });
        self
    }

    pub fn road(mut self, corners: &[(f64, f64)]) -> Self {
        let line = corners.iter().map(|&(x, y)| place(x, y)).collect();
        self.0.roads.push(Line {
            id: None,
            name: None,
            kind: None,
            geometry: Geometry::LineString(line),
            origin: origin(),
        });
        self
    }

    pub fn point(self, id: &str, households: u32, x: f64, y: f64) -> Self {
        self.compound(id, households, Place::Point(place(x, y)))
    }

    pub fn outline(self, id: &str, households: u32, outline: MultiPolygon) -> Self {
        self.compound(id, households, Place::Area(outline))
    }

    fn compound(mut self, id: &str, households: u32, place: Place) -> Self {
        self.0.compounds.push(Compound {
            id: id.into(),
            name: format!("小区{id}"),
            aliases: Vec::new(),
            address: None,
            community_code: None,
            households: Some(households),
            residents: None,
            party_members: None,
            buildings: None,
            kind: None,
            synthetic: true,
            place,
            origin: origin(),
        });
        self
    }

    /// The units, after everything that must always hold has been checked.
    pub fn units(&self) -> MadeUnits {
        let made = make_units(&self.0).unwrap();
        self.verify(&made);
        made
    }

    fn frame(&self) -> Frame {
        Frame::for_bbox(self.0.bbox().unwrap())
    }

    fn verify(&self, made: &MadeUnits) {
        let boundary = &self.0.subdistrict.as_ref().unwrap().geometry;
        let shapes: Vec<&MultiPolygon> = made.units.iter().map(|unit| &unit.geometry).collect();
        let both: Vec<&MultiPolygon> =
            std::iter::once(boundary).chain(shapes.iter().copied()).collect();
        let arrangement = Arrangement::build(&self.frame(), &both);
        for face in 0..arrangement.faces() as u32 {
            let owners = arrangement.owners(face);
            let is_inside = owners.first() == Some(&0);
            assert_eq!(
                owners.len(),
                if is_inside { 2 } else { 0 },
                "one unit inside, none outside"
            );
        }
        for unit in &made.units {
            assert_eq!(unit.geometry.polygons().len(), 1, "{} is one piece", unit.id);
        }
        let ids: BTreeSet<&str> = made.units.iter().map(|unit| unit.id.as_str()).collect();
        assert_eq!(ids.len(), made.units.len(), "ids are different");
        self.verify_communities(made, &shapes);
        self.verify_compounds(made, &shapes);
    }

    fn verify_communities(&self, made: &MadeUnits, shapes: &[&MultiPolygon]) {
        let areas: Vec<&MultiPolygon> = self.0.communities.iter().map(|c| &c.geometry).collect();
        for (unit, community, area) in overlap_areas(&self.frame(), shapes, &areas) {
            let (unit, code) = (&made.units[unit], &self.0.communities[community].code);
            let is_own = unit.community_code.as_ref() == Some(code);
            assert!(is_own || area < 0.5, "{} has {area} m² of community {code}", unit.id);
        }
    }

    fn verify_compounds(&self, made: &MadeUnits, shapes: &[&MultiPolygon]) {
        let mut held: Vec<&String> = made.compounds.iter().flatten().chain(&made.outside).collect();
        held.sort();
        let mut all: Vec<&String> = self.0.compounds.iter().map(|c| &c.id).collect();
        all.sort();
        assert_eq!(held, all, "every compound is in one unit, or outside");
        let count = |id: &String| {
            self.0.compounds.iter().find(|c| c.id == *id).unwrap().households.unwrap()
        };
        for ((unit, ids), shape) in made.units.iter().zip(&made.compounds).zip(shapes) {
            assert_eq!(unit.households, Some(ids.iter().map(count).sum()), "{}", unit.id);
            for id in ids {
                let compound = self.0.compounds.iter().find(|c| c.id == *id).unwrap();
                let there = match &compound.place {
                    // On a border the point is in one of both.
                    Place::Point(at) => {
                        let p = self.frame().to_grid(*at);
                        let m = |d: i64, e: i64| {
                            self.frame()
                                .to_lonlat(wangge::geometry::GridPoint { x: p.x + d, y: p.y + e })
                        };
                        let ring = vec![m(-100, -100), m(100, -100), m(100, 100), m(-100, 100)];
                        let ring = wangge::domain::Ring::new(ring).unwrap();
                        MultiPolygon::new(vec![wangge::domain::Polygon::new(ring, Vec::new())])
                            .unwrap()
                    }
                    Place::Area(area) => area.clone(),
                };
                assert!(
                    !overlap_areas(&self.frame(), &[*shape], &[&there]).is_empty(),
                    "{id} lies in {}",
                    unit.id
                );
            }
        }
    }

    /// In how many units an outline lies, with more than a hundredth of a square metre in each.
    pub fn units_under(&self, made: &MadeUnits, outline: &MultiPolygon) -> usize {
        let shapes: Vec<&MultiPolygon> = made.units.iter().map(|unit| &unit.geometry).collect();
        let common = overlap_areas(&self.frame(), &[outline], &shapes);
        common.into_iter().filter(|(_, _, area)| *area > 0.01).count()
    }
}

pub fn rectangle(west: f64, south: f64, east: f64, north: f64) -> MultiPolygon {
    polygon(&[(west, south), (east, south), (east, north), (west, north)])
}

/// Ids of the compounds of each unit that has some.
pub fn groups(made: &MadeUnits) -> Vec<String> {
    made.compounds.iter().filter(|ids| !ids.is_empty()).map(|ids| ids.join("+")).collect()
}
