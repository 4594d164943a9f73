//! The planted faults: changes to borders that are otherwise the same, vertex for vertex, in all
//! layers. Each records what it did, for the README.

mod borders;

use super::compounds::{Compound, Courtyard};
use super::grids::THIRD_GRID;
use super::mesh::Node;
use super::plane::{Place, along, area, at, centroid, inside, is_simple, length, ring_distance};
pub use borders::{Ground, Ring, Stretch};
use borders::{middle_of, moved_right, places, replace, reversed, share_inside, shared, slit};

/// A feature of a net: its ring and the grids (by index) it is meant for.
#[derive(Clone)]
pub struct NetFeature {
    /// Its ring.
    pub ring: Ring,
    /// The grids whose codes it carries.
    pub grids: Vec<usize>,
    /// Which feature of the grid it is, when there are several.
    pub part: Option<usize>,
}

/// The grids and the nets over them.
pub struct Nets {
    /// Rings of the present grids.
    pub grids: Vec<Ring>,
    /// 网格党支部
    pub branches: Vec<NetFeature>,
    /// 应急网格
    pub emergency: Vec<NetFeature>,
    /// 城管网格
    pub urban: Vec<NetFeature>,
}

/// A fault that was planted.
pub struct Fault {
    /// The rule that finds it.
    pub rule: &'static str,
    /// The layer it lies in.
    pub layer: &'static str,
    /// The grids concerned.
    pub grids: Vec<usize>,
    /// Where.
    pub place: Place,
    /// Size, in Chinese.
    pub size_zh: String,
    /// Size, in English.
    pub size: String,
}

/// The displaced branch border, chosen before the compounds are: a small courtyard is to lie
/// between the grid's border and the branch's, so that its people have the wrong branch.
pub fn displaced_stretch(ground: &Ground) -> Option<(Stretch, Courtyard)> {
    const COURTYARD_M: f64 = 21.0;
    ground.stretches(2, 120.0, 190.0).into_iter().find_map(|stretch| {
        if stretch.left == THIRD_GRID || stretch.right == THIRD_GRID {
            return None;
        }
        let face = ground.unit_right(&stretch)?;
        let ring = ground.mesh.places(&ground.mesh.faces[face]);
        let line = ground.line(&stretch);
        let (middle, direction) = along(&line, length(&line) / 2.0);
        let place = (middle + direction.left() * -COURTYARD_M).snapped();
        let moved = moved_right(&line, DISPLACED_M);
        let inner = &moved[1..moved.len() - 1];
        let clear = inner
            .iter()
            .all(|v| inside(&ring, v.place()) && ring_distance(&ring, v.place()) > 12.0);
        (clear
            && inside(&ring, place)
            && ring_distance(&ring, place) > 15.0
            && area(&ring) > 24_000.0)
            .then_some((stretch, Courtyard { face, place }))
    })
}

/// How far the branches' border is moved, in metres.
const DISPLACED_M: f64 = 34.0;
/// How far the emergency grids' border is moved, in metres.
const SHIFTED_M: f64 = 18.0;
/// Width of the gap, in metres.
const GAP_M: f64 = 6.0;
/// Width of the overlap, in metres.
const OVERLAP_M: f64 = 8.0;

/// Plants every fault.
///
/// # Errors
/// When the map of this seed has no place for one of them.
pub fn plant(
    ground: &Ground,
    displaced: &Stretch,
    compounds: &[Compound],
) -> Result<(Nets, Vec<Fault>), String> {
    let mut faults = Vec::new();
    let mut grids = ground.rings();
    let cut = plant_split_compound(ground, compounds, &mut grids, &mut faults)?;
    let gap = plant_gap(ground, &mut grids, &mut faults)?;
    let overlap = plant_overlap(ground, &mut grids, &mut faults)?;
    let same = |grids: &[Ring]| {
        let feature = |(i, ring): (usize, &Ring)| NetFeature {
            ring: ring.clone(),
            grids: vec![i],
            part: None,
        };
        grids.iter().enumerate().map(feature).collect::<Vec<_>>()
    };
    let (mut branches, mut emergency, mut urban) = (same(&grids), same(&grids), same(&grids));

    let mut moved = move_border(ground, displaced, DISPLACED_M, &mut branches, "branches");
    for compound in compounds.iter().filter(|c| c.point.is_some_and(|p| inside(&moved.strip, p))) {
        let (name, households) = (&compound.name, compound.households);
        moved.fault.size_zh += &format!("，{name}（{households} 户）归属有误");
        moved.fault.size += &format!("; {name} ({households} households) has the wrong branch");
    }
    faults.push(moved.fault);
    let split = ground.community[0].clone().find(|g| !gap.contains(g)).ok_or("no grid to split")?;
    plant_split(ground, split, &mut branches, &mut faults)?;
    plant_swap(ground, &cut, &mut branches, &mut faults);
    let shifted = ground
        .stretches(1, 110.0, 200.0)
        .into_iter()
        .find(|s| !(overlap.contains(&s.left) && overlap.contains(&s.right)))
        .ok_or("no border to shift")?;
    faults.push(move_border(ground, &shifted, SHIFTED_M, &mut emergency, "emergency_grids").fault);
    plant_merge(ground, displaced, &mut urban, &mut faults)?;
    Ok((Nets { grids, branches, emergency, urban }, faults))
}

fn plant_gap(
    ground: &Ground,
    grids: &mut [Ring],
    faults: &mut Vec<Fault>,
) -> Result<[usize; 2], String> {
    let all = ground.stretches(0, 105.0, 150.0);
    let stretch = all.first().ok_or("no border for the gap")?;
    let (line, old) = (ground.line(stretch), ground.vertices(stretch));
    let new = moved_right(&line, GAP_M);
    replace(&mut grids[stretch.right], &reversed(&old), &reversed(&new));
    let (area, long) = (area(&slit(&line, &new)).abs(), length(&line));
    faults.push(Fault {
        rule: "coverage.gap",
        layer: "grids",
        grids: vec![stretch.left, stretch.right],
        place: middle_of(&line),
        size_zh: format!("长 {long:.0} 米，宽 {GAP_M:.0} 米，{area:.0} 平方米不属于任何网格"),
        size: format!("{long:.0} m long, {GAP_M:.0} m wide: {area:.0} m² in no grid"),
    });
    Ok([stretch.left, stretch.right])
}

fn plant_overlap(
    ground: &Ground,
    grids: &mut [Ring],
    faults: &mut Vec<Fault>,
) -> Result<[usize; 2], String> {
    let all = ground.stretches(1, 90.0, 130.0);
    let stretch = all.first().ok_or("no border for the overlap")?;
    let (line, old) = (ground.line(stretch), ground.vertices(stretch));
    let new = moved_right(&line, OVERLAP_M);
    replace(&mut grids[stretch.left], &old, &new);
    let (area, long) = (area(&slit(&line, &new)).abs(), length(&line));
    faults.push(Fault {
        rule: "coverage.overlap",
        layer: "grids",
        grids: vec![stretch.left, stretch.right],
        place: middle_of(&line),
        size_zh: format!("长 {long:.0} 米，宽 {OVERLAP_M:.0} 米，{area:.0} 平方米同属两个网格"),
        size: format!("{long:.0} m long, {OVERLAP_M:.0} m wide: {area:.0} m² in two grids"),
    });
    Ok([stretch.left, stretch.right])
}

/// A border that was moved, and the ground between where it was and where it is.
struct Moved {
    fault: Fault,
    strip: Vec<Place>,
}

/// Moves a border between two features of a net, for both alike.
fn move_border(
    ground: &Ground,
    stretch: &Stretch,
    offset: f64,
    net: &mut [NetFeature],
    layer: &'static str,
) -> Moved {
    let (line, old) = (ground.line(stretch), ground.vertices(stretch));
    let new = moved_right(&line, offset);
    replace(&mut net[stretch.left].ring, &old, &new);
    replace(&mut net[stretch.right].ring, &reversed(&old), &reversed(&new));
    let strip = slit(&line, &new);
    let (area, long) = (area(&strip).abs(), length(&line));
    let fault = Fault {
        rule: "net.displaced",
        layer,
        grids: vec![stretch.left, stretch.right],
        place: middle_of(&line),
        size_zh: format!("{long:.0} 米长的边界偏移 {offset:.0} 米，{area:.0} 平方米归属不一致"),
        size: format!("{long:.0} m of border moved by {offset:.0} m: {area:.0} m² disagree"),
    };
    Moved { fault, strip }
}

/// Draws a grid's border through a compound, so that a third of it falls to the neighbour.
fn plant_split_compound(
    ground: &Ground,
    compounds: &[Compound],
    grids: &mut [Ring],
    faults: &mut Vec<Fault>,
) -> Result<[usize; 2], String> {
    let stretches = ground.stretches(3, 140.0, 330.0);
    let whole = |s: &&Stretch| {
        ground.unit_right(s).is_some_and(|f| {
            let back = shared(&ground.mesh.faces[f], &ground.outlines[s.left]);
            back.len() == s.nodes.len()
        })
    };
    for stretch in stretches.iter().filter(whole) {
        let Some(face) = ground.unit_right(stretch) else { continue };
        let mut own = compounds.iter().filter(|c| c.face == face);
        let (Some(compound), None) = (own.next(), own.next()) else { continue };
        if compound.point.is_some() {
            continue;
        }
        let (line, old) = (ground.line(stretch), ground.vertices(stretch));
        let unit = ground.mesh.places(&ground.mesh.faces[face]);
        for offset in (30..120).map(f64::from) {
            let new = moved_right(&line, offset);
            let strip = slit(&line, &new);
            let share = share_inside(&compound.ground, &strip);
            let inner = &new[1..new.len() - 1];
            let clear = is_simple(&strip)
                && inner
                    .iter()
                    .all(|v| inside(&unit, v.place()) && ring_distance(&unit, v.place()) > 7.0);
            if !clear || share > 0.36 {
                break;
            }
            if share > 0.28 {
                replace(&mut grids[stretch.left], &old, &new);
                replace(&mut grids[stretch.right], &reversed(&old), &reversed(&new));
                let (percent, households) = (share * 100.0, compound.households);
                faults.push(Fault {
                    rule: "compound.split",
                    layer: "grids",
                    grids: vec![stretch.left, stretch.right],
                    place: centroid(&compound.ground),
                    size_zh: format!(
                        "{}（{households} 户）约 {percent:.0}% 落在邻网格",
                        compound.name
                    ),
                    size: format!(
                        "about {percent:.0}% of {} ({households} households) lies in the neighbour",
                        compound.name
                    ),
                });
                return Ok([stretch.left, stretch.right]);
            }
        }
    }
    Err("no compound to cut".to_owned())
}

/// Divides one branch into two features.
fn plant_split(
    ground: &Ground,
    grid: usize,
    net: &mut Vec<NetFeature>,
    faults: &mut Vec<Fault>,
) -> Result<(), String> {
    let mesh = ground.mesh;
    let faces: Vec<usize> = (0..mesh.faces.len()).filter(|&f| ground.grid_of[f] == grid).collect();
    let size =
        |part: &[usize]| part.iter().map(|&f| area(&mesh.places(&mesh.faces[f]))).sum::<f64>();
    let mut best: Option<(f64, Vec<Node>, Vec<Node>)> = None;
    for direction in [at(1.0, 0.0), at(0.0, 1.0), at(0.7, 0.7), at(0.7, -0.7)] {
        let mut order = faces.clone();
        let rank = |f: usize| centroid(&mesh.places(&mesh.faces[f])).dot(direction);
        order.sort_by(|&a, &b| rank(a).total_cmp(&rank(b)));
        for cut in 1..order.len() {
            let (one, two) = order.split_at(cut);
            let uneven = (size(one) / size(&faces) - 0.5).abs();
            if let (Some(a), Some(b)) =
                (mesh.outline(one.iter().copied()), mesh.outline(two.iter().copied()))
                && best.as_ref().is_none_or(|b| uneven < b.0)
            {
                best = Some((uneven, a, b));
            }
        }
    }
    let (uneven, one, two) = best.ok_or("no branch to split")?;
    net[grid] = NetFeature { ring: mesh.vertices(&one), grids: vec![grid], part: Some(1) };
    net.insert(
        grid + 1,
        NetFeature { ring: mesh.vertices(&two), grids: vec![grid], part: Some(2) },
    );
    let percent = (0.5 - uneven) * 100.0;
    faults.push(Fault {
        rule: "net.split",
        layer: "branches",
        grids: vec![grid],
        place: centroid(&places(&mesh.vertices(&ground.outlines[grid]))),
        size_zh: format!("一个网格有两个党支部，小者占面积 {percent:.0}%"),
        size: format!("two branches in one grid; the smaller holds {percent:.0}% of its area"),
    });
    Ok(())
}

/// Exchanges the grids that two branches are meant for; their rings stay.
fn plant_swap(ground: &Ground, cut: &[usize; 2], net: &mut [NetFeature], faults: &mut Vec<Fault>) {
    let pair: Vec<usize> =
        ground.community[3].clone().filter(|g| !cut.contains(g)).take(2).collect();
    for feature in net.iter_mut() {
        for grid in &mut feature.grids {
            *grid = match *grid {
                g if g == pair[0] => pair[1],
                g if g == pair[1] => pair[0],
                g => g,
            };
        }
    }
    faults.push(Fault {
        rule: "net.swapped",
        layer: "branches",
        place: centroid(&places(&ground.mesh.vertices(&ground.outlines[pair[0]]))),
        grids: pair,
        size_zh: "图形相符，编号和网格编码互换".to_owned(),
        size: "the shapes fit; ids and grid codes are exchanged".to_owned(),
    });
}

/// Joins two urban-management grids to one feature.
fn plant_merge(
    ground: &Ground,
    displaced: &Stretch,
    net: &mut Vec<NetFeature>,
    faults: &mut Vec<Fault>,
) -> Result<(), String> {
    let grids = ground.community[2].clone();
    for left in grids.clone() {
        for right in left + 1..grids.end {
            let taken = [left, right].contains(&THIRD_GRID)
                || [left, right].contains(&displaced.left)
                    && [left, right].contains(&displaced.right);
            let members = (0..ground.mesh.faces.len())
                .filter(|&f| [left, right].contains(&ground.grid_of[f]));
            let Some(outline) = (!taken).then(|| ground.mesh.outline(members)).flatten() else {
                continue;
            };
            let ring = ground.mesh.vertices(&outline);
            faults.push(Fault {
                rule: "net.merged",
                layer: "urban_management_grids",
                grids: vec![left, right],
                place: centroid(&places(&ring)),
                size_zh: "两个网格合为一个城管网格".to_owned(),
                size: "one urban-management grid covers two grids".to_owned(),
            });
            net[left] = NetFeature { ring, grids: vec![left, right], part: None };
            net.remove(right);
            return Ok(());
        }
    }
    Err("no two grids to merge".to_owned())
}
