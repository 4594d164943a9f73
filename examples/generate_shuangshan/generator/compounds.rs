//! Land use of the units, and the compounds with their households.

use super::blocks::is_hill;
use super::grids::{HOUSEHOLDS, THIRD_GRID};
use super::mesh::Mesh;
use super::plane::{
    Place, area, at, centroid, crossing, inside, is_simple, main_axis, ring_distance,
    side_distance, sides,
};
use super::random::Random;
use super::words::CompoundNames;

/// A residential compound.
pub struct Compound {
    /// Name.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Its unit, by the face's index.
    pub face: usize,
    /// Its ground: a ring inside the unit, away from the ways.
    pub ground: Vec<Place>,
    /// The place that stands for it in the file, where no outline was drawn.
    pub point: Option<Place>,
    /// Households.
    pub households: u32,
    /// Residents.
    pub residents: u32,
    /// Party members.
    pub party_members: u32,
    /// Kind, as the files of offices name it.
    pub kind: &'static str,
    /// Where its buildings stand.
    pub buildings: Vec<Place>,
}

/// What a unit without households is.
#[derive(Clone)]
pub struct OtherUse {
    /// Name.
    pub name: String,
    /// Whether people ask the way to it (a landmark).
    pub landmark: bool,
    /// Kind.
    pub kind: &'static str,
}

/// Use of all units.
pub struct LandUse {
    /// The compounds.
    pub compounds: Vec<Compound>,
    /// For each face what it is when nobody lives there.
    pub other: Vec<Option<OtherUse>>,
}

/// A small courtyard at a given place, with the unit that it lies in.
pub struct Courtyard {
    /// The face.
    pub face: usize,
    /// Its place.
    pub place: Place,
}

/// Fewest households of an invented compound.
const FEWEST: u32 = 42;
/// Most households of an invented compound.
const MOST: u32 = 1_100;

/// Settles every unit's use and every compound's households; `courtyard` is put where it is asked.
pub fn settle(
    mesh: &Mesh,
    grid_of: &[usize],
    courtyard: &Courtyard,
    random: &mut Random,
) -> LandUse {
    let mut names = CompoundNames::new(random);
    let mut land = LandUse { compounds: Vec::new(), other: vec![None; mesh.faces.len()] };
    let mut civic = CivicNames::default();
    let sizes = HOUSEHOLDS.iter().enumerate().flat_map(|(c, s)| s.iter().map(move |&n| (c, n)));
    for (grid, (community, households)) in sizes.enumerate() {
        let mut faces: Vec<usize> = (0..mesh.faces.len()).filter(|&f| grid_of[f] == grid).collect();
        faces.sort_by(|&a, &b| {
            area(&mesh.places(&mesh.faces[b])).total_cmp(&area(&mesh.places(&mesh.faces[a])))
        });
        for &hill in faces.iter().filter(|&&f| is_hill(mesh, f)) {
            let name = if community == 1 { "大山" } else { "双山" };
            land.other[hill] =
                Some(OtherUse { name: name.to_owned(), landmark: false, kind: "hill" });
        }
        faces.retain(|&f| !is_hill(mesh, f));
        let dwelt = if grid == THIRD_GRID { 3 } else { faces.len() - (faces.len() - 2) / 4 };
        let mut homes = choose_homes(&faces, dwelt, grid, courtyard, random);
        for &face in faces.iter().filter(|f| !homes.contains(f)) {
            land.other[face] = Some(civic.next(community));
        }
        homes.sort_unstable();
        let first = land.compounds.len();
        for &face in &homes {
            let doubled = grid != THIRD_GRID && random.share() < 0.06;
            land.compounds.extend(on_face(mesh, face, doubled, courtyard, random));
        }
        let own = &mut land.compounds[first..];
        if grid == THIRD_GRID {
            settle_third_grid(own);
        } else {
            share_out(own, households, random);
            for compound in own.iter_mut() {
                compound.name = names.next();
            }
        }
        if grid == THIRD_GRID + 1
            && let Some(largest) = own.iter_mut().max_by_key(|c| c.households)
        {
            "双山馨城".clone_into(&mut largest.name);
        }
    }
    for compound in &mut land.compounds {
        finish(compound, random);
    }
    place_buildings(&mut land.compounds);
    land
}

fn choose_homes(
    faces: &[usize],
    dwelt: usize,
    grid: usize,
    courtyard: &Courtyard,
    random: &mut Random,
) -> Vec<usize> {
    let mut order = faces.to_vec();
    if grid != THIRD_GRID {
        random.shuffle(&mut order);
        order.sort_by_key(|&f| f != courtyard.face);
    }
    order.truncate(dwelt);
    order
}

/// Names for the units where nobody lives.
#[derive(Default)]
struct CivicNames {
    used: [usize; 4],
}

impl CivicNames {
    fn next(&mut self, community: usize) -> OtherUse {
        const SHORT: [&str; 4] = ["保儿", "大山", "双山", "蚌埠路"];
        const KINDS: [(&str, bool, &str); 8] = [
            ("小学", true, "school"),
            ("农贸市场", true, "market"),
            ("公园", true, "park"),
            ("医院", true, "hospital"),
            ("中学", true, "school"),
            ("工业园", false, "enterprise"),
            ("商业广场", true, "business"),
            ("停车场", false, "parking"),
        ];
        let n = self.used[community];
        self.used[community] += 1;
        let (word, landmark, kind) = KINDS[n % KINDS.len()];
        let second = if n < KINDS.len() { "" } else { "第二" };
        OtherUse { name: format!("{}{second}{word}", SHORT[community]), landmark, kind }
    }
}

/// One compound on a unit, or two small ones without an outline.
fn on_face(
    mesh: &Mesh,
    face: usize,
    doubled: bool,
    courtyard: &Courtyard,
    random: &mut Random,
) -> Vec<Compound> {
    let ring = mesh.places(&mesh.faces[face]);
    let ground = ground(mesh, face);
    let new = |point, kind| Compound {
        name: String::new(),
        aliases: Vec::new(),
        face,
        ground: ground.clone(),
        point,
        households: 0,
        residents: 0,
        party_members: 0,
        kind,
        buildings: Vec::new(),
    };
    let middle = deepest(&ring);
    if face == courtyard.face {
        let far = farthest(&ring, courtyard.place);
        return vec![new(Some(courtyard.place), "楼院"), new(Some(far), "老旧小区")];
    }
    if doubled {
        let first = farthest(&ring, middle);
        return vec![new(Some(first), "楼院"), new(Some(farthest(&ring, first)), "老旧小区")];
    }
    let point = (random.share() < 0.1).then_some(middle);
    vec![new(point, if random.share() < 0.35 { "老旧小区" } else { "商品房小区" })]
}

/// Lattice places in a ring, with their distance from it.
fn lattice(ring: &[Place], step: f64) -> Vec<(Place, f64)> {
    let (middle, axis) = (centroid(ring), main_axis(ring));
    let mut found = Vec::new();
    for i in -40..=40 {
        for j in -40..=40 {
            let p = middle + axis * (step * f64::from(i)) + axis.left() * (step * f64::from(j));
            if inside(ring, p) {
                found.push((p, ring_distance(ring, p)));
            }
        }
    }
    found
}

/// The place deepest inside a ring.
pub fn deepest(ring: &[Place]) -> Place {
    let found = lattice(ring, 9.0);
    found.iter().max_by(|a, b| a.1.total_cmp(&b.1)).map_or(centroid(ring), |f| f.0).snapped()
}

/// The place farthest from another, well inside a ring.
fn farthest(ring: &[Place], from: Place) -> Place {
    let mut found = lattice(ring, 9.0);
    found.retain(|f| f.1 > 30.0);
    let far = found.iter().max_by(|a, b| (a.0 - from).norm().total_cmp(&(b.0 - from).norm()));
    far.map_or_else(|| deepest(ring), |f| f.0.snapped())
}

/// The ground of a compound: the unit's ring drawn in from the ways.
fn ground(mesh: &Mesh, face: usize) -> Vec<Place> {
    let nodes = &mesh.faces[face];
    let n = nodes.len();
    let mut corners: Vec<(Place, f64)> = (0..n)
        .map(|i| {
            let class = mesh.way(nodes[i], nodes[(i + 1) % n]).map(|w| mesh.ways[w].class);
            (mesh.place(nodes[i]), class.map_or(8.0, |c| c.clearance()))
        })
        .collect();
    // Corners that hardly turn are left out; the side keeps the larger of the two clearances.
    while corners.len() > 4 {
        let n = corners.len();
        let bend = |i: usize| {
            side_distance(corners[i].0, (corners[(i + n - 1) % n].0, corners[(i + 1) % n].0))
        };
        let flattest = (0..n).min_by(|&a, &b| bend(a).total_cmp(&bend(b))).unwrap_or(0);
        if bend(flattest) > 2.5 {
            break;
        }
        let before = (flattest + n - 1) % n;
        corners[before].1 = corners[before].1.max(corners[flattest].1);
        corners.remove(flattest);
    }
    let ring = mesh.places(nodes);
    for share in [1.0, 0.8] {
        let drawn = drawn_in(&corners, share);
        if fits(&drawn, &ring, 6.0 * share) {
            return drawn;
        }
    }
    let middle = deepest(&ring);
    for percent in (20..=85).rev().step_by(5) {
        let scale = f64::from(percent) / 100.0;
        let drawn: Vec<Place> =
            corners.iter().map(|c| (middle + (c.0 - middle) * scale).snapped()).collect();
        if fits(&drawn, &ring, 6.0) {
            return drawn;
        }
    }
    ring
}

fn drawn_in(corners: &[(Place, f64)], share: f64) -> Vec<Place> {
    let n = corners.len();
    (0..n)
        .map(|i| {
            let (before, here, after) =
                (corners[(i + n - 1) % n], corners[i], corners[(i + 1) % n]);
            let (u, v) = ((here.0 - before.0).unit(), (after.0 - here.0).unit());
            let (d, e) = ((before.1 + 2.5) * share, (here.1 + 2.5) * share);
            let sine = u.cross(v);
            let moved = if sine.abs() < 0.2 {
                (u + v).unit().left() * d.max(e)
            } else {
                // The crossing of the two sides, moved in by d and e.
                (v * d - u * e) * (1.0 / sine)
            };
            (here.0 + moved).snapped()
        })
        .collect()
}

/// Whether a ring is simple and lies inside another with a clearance in metres.
fn fits(ring: &[Place], outer: &[Place], clearance: f64) -> bool {
    area(ring) > 0.3 * area(outer)
        && is_simple(ring)
        && ring.iter().all(|&p| inside(outer, p) && ring_distance(outer, p) >= clearance)
        && outer.iter().all(|&p| ring_distance(ring, p) >= clearance)
        && sides(ring).all(|a| sides(outer).all(|b| crossing(a, b).is_none()))
}

/// 双山社区第三网格 as the article has it: three compounds, 1,811 households, 87 Party members.
fn settle_third_grid(compounds: &mut [Compound]) {
    const THREE: [(&str, u32, u32, u32); 3] =
        [("鸿仕雅居", 742, 1_892, 35), ("鑫源向上", 583, 1_487, 28), ("双山军苑", 486, 1_239, 24)];
    compounds.sort_by(|a, b| area(&b.ground).total_cmp(&area(&a.ground)));
    for (compound, (name, households, residents, members)) in compounds.iter_mut().zip(THREE) {
        name.clone_into(&mut compound.name);
        compound.households = households;
        compound.residents = residents;
        compound.party_members = members;
        compound.kind = if name == "双山军苑" { "单位宿舍" } else { "商品房小区" };
        compound.point = None;
    }
}

/// Shares a grid's households out to its compounds, by ground and a density of their own.
fn share_out(compounds: &mut [Compound], households: u32, random: &mut Random) {
    let weights: Vec<f64> = compounds
        .iter()
        .map(|c| {
            let density = random.between(0.3, 1.0) * random.between(0.4, 2.6);
            let share = if c.kind == "楼院" { 0.12 } else { 1.0 };
            area(&c.ground) * density * share
        })
        .collect();
    let mut scale = f64::from(households) / weights.iter().sum::<f64>();
    for _ in 0..60 {
        for (compound, weight) in compounds.iter_mut().zip(&weights) {
            compound.households = ((weight * scale) as u32).clamp(FEWEST, MOST);
        }
        let sum: u32 = compounds.iter().map(|c| c.households).sum();
        scale *= f64::from(households) / f64::from(sum);
    }
    // Rounding and the bounds leave a few over or short: one by one, where there is room.
    for turn in 0..100_000 {
        let sum: u32 = compounds.iter().map(|c| c.households).sum();
        let compound = &mut compounds[turn % weights.len()];
        match sum.cmp(&households) {
            std::cmp::Ordering::Less if compound.households < MOST => compound.households += 1,
            std::cmp::Ordering::Greater if compound.households > FEWEST => {
                compound.households -= 1;
            }
            std::cmp::Ordering::Equal => break,
            _ => {}
        }
    }
}

/// Residents, Party members and other names that follow from the rest.
fn finish(compound: &mut Compound, random: &mut Random) {
    if compound.residents == 0 {
        let (people, members) = (random.between(2.40, 2.70), random.between(0.03, 0.06));
        compound.residents = (f64::from(compound.households) * people).round() as u32;
        compound.party_members = (f64::from(compound.households) * members).round() as u32;
    }
    let suffixed = ["小区", "新村", "花园", "家园"].iter().any(|s| compound.name.ends_with(s));
    if !suffixed && random.share() < 0.5 || compound.name == "鸿仕雅居" {
        compound.aliases.push(format!("{}小区", compound.name));
    }
}

/// Puts the buildings in rows along the ground's longer extent.
fn place_buildings(compounds: &mut [Compound]) {
    for i in 0..compounds.len() {
        let compound = &compounds[i];
        let wanted = (compound.households as usize).div_ceil(30).clamp(1, 34);
        let rivals: Vec<Place> = compounds
            .iter()
            .enumerate()
            .filter(|&(j, c)| j != i && c.face == compound.face)
            .filter_map(|(_, c)| c.point)
            .collect();
        let own = compound.point.unwrap_or(at(0.0, 0.0));
        let mut step = 70.0;
        let places = loop {
            let mut free = lattice(&compound.ground, step);
            free.retain(|f| {
                f.1 > 7.0 && rivals.iter().all(|&r| (f.0 - own).norm() < (f.0 - r).norm())
            });
            if free.len() >= wanted || step < 9.0 {
                break free;
            }
            step *= 0.94;
        };
        let chosen = wanted.min(places.len());
        let buildings =
            (0..chosen).map(|k| places[k * places.len() / chosen].0.snapped()).collect();
        compounds[i].buildings = buildings;
    }
}
