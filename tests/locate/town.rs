//! A small town made in code: four square grids, compounds, roads, doors, buildings.
//!
//! ```text
//!  36.112 ┌────────┬────────┐
//!         │ g3     │ g4     │   g1, g2: community c1; g3, g4: community c2
//!  36.111 ├────────┼────────┤
//!         │ g1     │ g2     │
//!  36.110 └────────┴────────┘
//!      120.380  120.381  120.382
//! ```

use std::sync::Arc;
use wangge::dataset::Dataset;
use wangge::domain::*;
use wangge::locate::Locator;

pub const WEST: f64 = 120.380;
pub const SOUTH: f64 = 36.110;
pub const STEP: f64 = 0.001;

pub fn at(x: f64, y: f64) -> LonLat {
    LonLat::new(WEST + STEP * x, SOUTH + STEP * y).expect("a place of the test")
}

pub fn rectangle(x: f64, y: f64, width: f64, height: f64) -> MultiPolygon {
    let corners = vec![at(x, y), at(x + width, y), at(x + width, y + height), at(x, y + height)];
    let ring = Ring::new(corners).expect("a ring");
    MultiPolygon::new(vec![Polygon::new(ring, vec![])]).expect("a part")
}

pub fn origin(feature: usize) -> Origin {
    Origin { file: "made.geojson".into(), feature }
}

pub fn grid(code: &str, name: &str, community: &str, geometry: MultiPolygon) -> Grid {
    Grid {
        code: code.into(),
        name: name.into(),
        community_code: Some(community.into()),
        kind: GridKind::Base,
        validity: ValidityPeriod::default(),
        geometry,
        origin: origin(0),
    }
}

pub fn branch(id: &str, codes: &[&str], geometry: MultiPolygon) -> NetFeature {
    NetFeature {
        id: id.into(),
        name: id.into(),
        grid_codes: codes.iter().map(|c| (*c).into()).collect(),
        geometry,
        origin: origin(0),
    }
}

pub fn compound(id: &str, name: &str, aliases: &[&str], community: &str, place: Place) -> Compound {
    Compound {
        id: id.into(),
        name: name.into(),
        aliases: aliases.iter().map(|a| (*a).into()).collect(),
        address: Some(format!("青岛市市北区双山街道合肥路{id}号")),
        community_code: Some(community.into()),
        households: Some(100),
        residents: None,
        party_members: None,
        buildings: None,
        kind: None,
        synthetic: true,
        place,
        origin: origin(0),
    }
}

fn door(road: &str, from: u32, to: u32, side: DoorSide, compound: &str) -> Door {
    Door { road: road.into(), from, to, side, compound_id: compound.into(), origin: origin(0) }
}

fn building(id: &str, name: &str, compound: &str, place: LonLat) -> Building {
    Building {
        id: id.into(),
        name: name.into(),
        compound_id: compound.into(),
        place: Some(place),
        origin: origin(0),
    }
}

fn community(code: &str, name: &str, geometry: MultiPolygon) -> Community {
    Community { code: code.into(), name: name.into(), geometry, origin: origin(0) }
}

pub fn town() -> Dataset {
    let squares = [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)];
    let square = |n: usize| rectangle(squares[n].0, squares[n].1, 1.0, 1.0);
    let grids = [
        ("g1", "双山社区第一网格", "c1"),
        ("g2", "双山社区第二网格", "c1"),
        ("g3", "大山社区第一网格", "c2"),
        ("g4", "大山社区第二网格", "c2"),
    ];
    let grids = grids.iter().enumerate();
    let branches =
        (0..4).map(|n| branch(&format!("b{}", n + 1), &[&format!("g{}", n + 1)], square(n)));
    Dataset {
        name: "town".into(),
        title_zh: "双山街道".into(),
        communities: vec![
            community("c1", "双山社区", rectangle(0.0, 0.0, 2.0, 1.0)),
            community("c2", "大山社区", rectangle(0.0, 1.0, 2.0, 1.0)),
        ],
        grids: grids.map(|(n, (code, name, c))| grid(code, name, c, square(n))).collect(),
        nets: vec![Net {
            name: "branches".into(),
            correspondence: Correspondence::OneToOne,
            features: branches.collect(),
        }],
        compounds: vec![
            compound(
                "h1",
                "鸿仕雅居",
                &["鸿仕雅居小区", "老军苑"],
                "c1",
                Place::Point(at(0.5, 0.5)),
            ),
            // Across the border of g1 and g2; its middle lies in g2.
            compound("h2", "双山馨城", &[], "c1", Place::Area(rectangle(0.9, 0.2, 0.8, 0.4))),
            compound(
                "h3",
                "大山花园",
                &["花园里"],
                "c2",
                Place::Area(rectangle(0.2, 1.2, 0.5, 0.5)),
            ),
            compound("h4", "福临小区", &[], "c2", Place::Point(at(1.2, 1.5))),
            compound("h5", "福临小区", &[], "c1", Place::Point(at(1.8, 0.8))),
            compound("h6", "双山军苑", &[], "c2", Place::Point(at(1.8, 1.8))),
        ],
        buildings: vec![
            building("h2-1", "1号楼", "h2", at(0.95, 0.4)),
            building("h2-3", "3号楼", "h2", at(1.5, 0.4)),
            building("h2-a", "A座", "h2", at(1.4, 0.3)),
            building("h4-7", "7号楼", "h4", at(1.2, 1.5)),
            building("h5-1", "1号楼", "h5", at(1.8, 0.8)),
        ],
        doors: vec![
            door("合肥路", 651, 669, DoorSide::Odd, "h1"),
            door("合肥路", 650, 670, DoorSide::Even, "h2"),
            door("同兴路", 30, 2, DoorSide::Both, "h3"),
        ],
        landmarks: vec![Landmark {
            name: "双山地铁站".into(),
            aliases: vec!["双山站".into()],
            place: at(1.5, 1.5),
            origin: origin(0),
        }],
        ..Dataset::default()
    }
}

pub fn locator() -> Locator {
    Locator::new(Arc::new(town()))
}
