//! The layers of the dataset as files.

use super::Map;
use super::faults::NetFeature;
use super::geojson::{Layer, Shape};
use super::grids;
use super::network::{COMMUNITIES, COMMUNITY_SEEDS, Class, HILLS, STATION};
use super::plane::{Place, at, centroid};
use super::words::chinese;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Code of the subdistrict (6 county + 3 subdistrict digits).
pub const SUBDISTRICT: &str = "370203035";

/// Code of a community.
pub fn community_code(community: usize) -> String {
    format!("{SUBDISTRICT}{:03}", community + 1)
}

/// The community of a grid and its number there, from 1.
fn rank(grid: usize) -> (usize, usize) {
    let ranges = grids::ranges();
    let community = ranges.iter().position(|r| r.contains(&grid)).unwrap_or(0);
    (community, grid - ranges[community].start + 1)
}

/// Code of a grid.
pub fn grid_code(grid: usize) -> String {
    let (community, number) = rank(grid);
    format!("{}{number:03}", community_code(community))
}

/// Name of a grid.
pub fn grid_name(grid: usize) -> String {
    let (community, number) = rank(grid);
    format!("{}第{}网格", COMMUNITIES[community], chinese(number))
}

/// Key of a compound.
pub fn compound_id(index: usize) -> String {
    format!("C{:03}", index + 1)
}

/// All layers, by file name.
pub fn layers(map: &Map) -> BTreeMap<&'static str, String> {
    BTreeMap::from([
        ("subdistrict.geojson", subdistrict(map)),
        ("communities.geojson", communities(map)),
        ("roads.geojson", roads(map)),
        ("barriers.geojson", barriers(map)),
        ("units.geojson", units(map)),
        ("compounds.geojson", compounds(map)),
        ("buildings.geojson", buildings(map)),
        ("doors.csv", doors(map)),
        ("landmarks.geojson", landmarks(map)),
        ("grids.geojson", grid_layer(map)),
        ("branches.geojson", net(map, "branches", ("ZB", "第", "网格党支部"), &map.nets.branches)),
        (
            "emergency_grids.geojson",
            net(map, "emergency_grids", ("YJ", "第", "应急网格"), &map.nets.emergency),
        ),
        (
            "urban_management_grids.geojson",
            net(map, "urban_management_grids", ("CG", "第", "城管网格"), &map.nets.urban),
        ),
    ])
}

fn outline(map: &Map, belongs: impl Fn(usize) -> bool) -> Shape {
    let faces = (0..map.mesh.faces.len()).filter(|&f| belongs(f));
    Shape::Polygon(map.mesh.vertices(&map.mesh.outline(faces).unwrap_or_default()))
}

fn subdistrict(map: &Map) -> String {
    let mut layer = Layer::new("subdistrict", map.seed);
    layer.add(
        &outline(map, |_| true),
        json!({"code": SUBDISTRICT, "name": "双山街道", "name_en": "Shuangshan Subdistrict"}),
    );
    layer.finish()
}

fn communities(map: &Map) -> String {
    let mut layer = Layer::new("communities", map.seed);
    for (community, name) in COMMUNITIES.iter().enumerate() {
        layer.add(
            &outline(map, |f| map.community_of[f] == community),
            json!({"code": community_code(community), "name": name}),
        );
    }
    layer.finish()
}

fn roads(map: &Map) -> String {
    let mut layer = Layer::new("roads", map.seed);
    let roads = map.mesh.ways.iter().filter_map(|way| way.class.road().map(|class| (way, class)));
    for (i, (way, class)) in roads.enumerate() {
        layer.add(
            &Shape::Line(map.mesh.vertices(&way.path)),
            json!({"id": format!("R{:03}", i + 1), "name": way.name, "class": class}),
        );
    }
    layer.finish()
}

fn barriers(map: &Map) -> String {
    let mut layer = Layer::new("barriers", map.seed);
    for (i, &(name, middle)) in HILLS.iter().enumerate() {
        let hill = face_at(map, middle);
        layer.add(
            &outline(map, |f| Some(f) == hill),
            json!({"id": format!("H{}", i + 1), "name": name, "kind": "hill"}),
        );
    }
    for way in map.mesh.ways.iter().filter(|way| way.class == Class::Stream) {
        layer.add(
            &Shape::Line(map.mesh.vertices(&way.path)),
            json!({"id": "S1", "name": way.name, "kind": "stream"}),
        );
    }
    layer.finish()
}

fn face_at(map: &Map, place: Place) -> Option<usize> {
    (0..map.mesh.faces.len())
        .find(|&f| super::plane::inside(&map.mesh.places(&map.mesh.faces[f]), place))
}

/// The faces as units are numbered: by community, then from west to east.
fn unit_order(map: &Map) -> Vec<usize> {
    let mut order: Vec<usize> = (0..map.mesh.faces.len()).collect();
    let west = |f: usize| centroid(&map.mesh.places(&map.mesh.faces[f])).x;
    order.sort_by(|&a, &b| {
        map.community_of[a].cmp(&map.community_of[b]).then(west(a).total_cmp(&west(b)))
    });
    order
}

fn units(map: &Map) -> String {
    let mut layer = Layer::new("units", map.seed);
    for (i, face) in unit_order(map).into_iter().enumerate() {
        let own = || map.land.compounds.iter().filter(move |c| c.face == face);
        let names: Vec<&str> = own().map(|c| c.name.as_str()).collect();
        let name = match &map.land.other[face] {
            Some(other) => other.name.clone(),
            None => names.join("、"),
        };
        layer.add(
            &Shape::Polygon(map.mesh.vertices(&map.mesh.faces[face])),
            json!({
                "id": format!("U{:03}", i + 1),
                "name": name,
                "community_code": community_code(map.community_of[face]),
                "households": own().map(|c| c.households).sum::<u32>(),
            }),
        );
    }
    layer.finish()
}

fn compounds(map: &Map) -> String {
    let mut layer = Layer::new("compounds", map.seed);
    for (i, compound) in map.land.compounds.iter().enumerate() {
        let shape = match compound.point {
            Some(point) => Shape::Point(point.vertex()),
            None => Shape::Polygon(compound.ground.iter().map(|p| p.vertex()).collect()),
        };
        layer.add(
            &shape,
            json!({
                "id": compound_id(i),
                "name": compound.name,
                "aliases": compound.aliases,
                "address": map.doors[i].first().map(super::Doors::address),
                "community_code": community_code(map.community_of[compound.face]),
                "households": compound.households,
                "residents": compound.residents,
                "party_members": compound.party_members,
                "buildings": compound.buildings.len(),
                "kind": compound.kind,
            }),
        );
    }
    layer.finish()
}

fn buildings(map: &Map) -> String {
    let mut layer = Layer::new("buildings", map.seed);
    for (i, compound) in map.land.compounds.iter().enumerate() {
        for (k, place) in compound.buildings.iter().enumerate() {
            let id = format!("{}-{:02}", compound_id(i), k + 1);
            let name = format!("{}号楼", k + 1);
            layer.add(
                &Shape::Point(place.vertex()),
                json!({"id": id, "name": name, "compound_id": compound_id(i)}),
            );
        }
    }
    layer.finish()
}

fn doors(map: &Map) -> String {
    let mut text = String::from("road,from,to,side,compound_id,synthetic\n");
    for (i, ranges) in map.doors.iter().enumerate() {
        for d in ranges {
            let (road, from, to, side) = (&d.road, d.from, d.to, d.side);
            let _ = writeln!(text, "{road},{from},{to},{side},{},true", compound_id(i));
        }
    }
    text
}

fn landmarks(map: &Map) -> String {
    let mut layer = Layer::new("landmarks", map.seed);
    let mut add = |name: &str, aliases: &[&str], place: Place, kind: &str| {
        layer.add(
            &Shape::Point(place.vertex()),
            json!({"name": name, "aliases": aliases, "kind": kind}),
        );
    };
    // North-east of the crossing, off the roads, which are grid borders.
    add("双山地铁站", &["地铁双山站", "双山站"], STATION + at(10.0, 45.0), "station");
    for (community, place) in &COMMUNITY_SEEDS[..3] {
        let name = COMMUNITIES[*community];
        let (office, centre) = (format!("{name}居委会"), format!("{name}党群服务中心"));
        add(&office, &[&centre], *place, "community_office");
    }
    for (face, other) in map.land.other.iter().enumerate() {
        if let Some(other) = other.as_ref().filter(|o| o.landmark) {
            let ring = map.mesh.places(&map.mesh.faces[face]);
            add(&other.name, &[], super::compounds::deepest(&ring), other.kind);
        }
    }
    layer.finish()
}

fn grid_layer(map: &Map) -> String {
    let mut layer = Layer::new("grids", map.seed);
    for (grid, ring) in map.nets.grids.iter().enumerate() {
        layer.add(
            &Shape::Polygon(ring.clone()),
            json!({
                "code": grid_code(grid),
                "name": grid_name(grid),
                "community_code": community_code(rank(grid).0),
                "kind": "base",
                "valid_from": "2023-01-01",
            }),
        );
    }
    layer.finish()
}

/// A net: prefix of its ids, and what its names are made of.
fn net(map: &Map, name: &str, words: (&str, &str, &str), features: &[NetFeature]) -> String {
    let (prefix, before, after) = words;
    let mut layer = Layer::new(name, map.seed);
    for feature in features {
        let codes: Vec<String> = feature.grids.iter().map(|&g| grid_code(g)).collect();
        let (community, number) = rank(feature.grids[0]);
        let numbers: Vec<String> = feature.grids.iter().map(|&g| chinese(rank(g).1)).collect();
        let part = feature.part.map_or_else(String::new, |p| format!("（{}）", chinese(p)));
        let id_part = feature.part.map_or_else(String::new, |p| format!("-{p}"));
        let title = numbers.join("、");
        layer.add(
            &Shape::Polygon(feature.ring.clone()),
            json!({
                "id": format!("{prefix}{:03}{number:03}{id_part}", community + 1),
                "name": format!("{}{before}{title}{after}{part}", COMMUNITIES[community]),
                "grid_codes": codes,
            }),
        );
    }
    layer.finish()
}

/// The manifest.
pub fn manifest() -> String {
    let mut text = String::from(
        "# The demo dataset; see README.md. Made by the generator generate_shuangshan.\n\
         title = \"Shuangshan Subdistrict\"\ntitle_zh = \"双山街道\"\nsynthetic = true\n",
    );
    const LAYERS: [(&str, &str, &str); 10] = [
        ("subdistrict", "subdistrict.geojson", "街道"),
        ("communities", "communities.geojson", "社区"),
        ("grids", "grids.geojson", "治理网格"),
        ("units", "units.geojson", "规划单元"),
        ("compounds", "compounds.geojson", "小区"),
        ("roads", "roads.geojson", "道路"),
        ("barriers", "barriers.geojson", "山体与河流"),
        ("buildings", "buildings.geojson", "楼栋"),
        ("doors", "doors.csv", "门牌"),
        ("landmarks", "landmarks.geojson", "地标"),
    ];
    for (layer, file, title) in LAYERS {
        let _ = write!(text, "\n[layers.{layer}]\nfile = \"{file}\"\ntitle_zh = \"{title}\"\n");
    }
    const NETS: [(&str, &str); 3] = [
        ("branches", "网格党支部"),
        ("emergency_grids", "应急网格"),
        ("urban_management_grids", "城管网格"),
    ];
    for (net, title) in NETS {
        let _ = write!(
            text,
            "\n[layers.{net}]\nfile = \"{net}.geojson\"\nnet = true # must coincide with the grids\ntitle_zh = \"{title}\"\n"
        );
    }
    text.push_str(
        "\n[rules]\ntolerance_m = 0.5\nmax_deviation = 0.1\nsize_households = [300, 500]\n\
         size_residents = [1000, 1500]\n\n[rules.severity]\n\"size.households\" = \"warning\"\n",
    );
    text
}
