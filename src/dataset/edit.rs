//! Changes to the polygon layers of a dataset, as values: found by [`crate::repair`], applied to a
//! loaded dataset here, and to its files by [`super::write_edited`].

use super::model::Dataset;
use crate::domain::{LonLat, MultiPolygon, NetFeature, Origin, Polygon, Ring};
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The rule of the loader about a ring that does not end where it begins.
const OPEN_RING: &str = "geometry.unclosed";

/// The changes to one layer. Features are named by their position in the layer's file, from 0
/// ([`Origin::feature`]), which also names those that a loaded dataset does not hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LayerEdit {
    /// Layer name.
    pub layer: String,
    /// New areas of features.
    pub areas: BTreeMap<usize, MultiPolygon>,
    /// New `grid_codes` of features of a net.
    pub grid_codes: BTreeMap<usize, Vec<String>>,
    /// Features that are left out.
    pub removed: BTreeSet<usize>,
    /// Features of a net that are added behind the others.
    pub added: Vec<AddedFeature>,
    /// Corners that edges get, wherever in the layer an edge is drawn.
    pub inserted: Vec<Insertion>,
}

/// A new feature of a net.
#[derive(Clone, Debug, PartialEq)]
pub struct AddedFeature {
    /// The feature whose other columns it takes over, by its position in the file.
    pub like: Option<usize>,
    /// Its key.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The grids that it belongs to.
    pub grid_codes: Vec<String>,
    /// Its area.
    pub area: MultiPolygon,
}

/// New corners on an edge between two corners, in the order from the first to the second.
#[derive(Clone, Debug, PartialEq)]
pub struct Insertion {
    /// A corner of the file.
    pub from: LonLat,
    /// The next one, in one of the two directions.
    pub to: LonLat,
    /// The corners between them.
    pub places: Vec<LonLat>,
}

impl LayerEdit {
    /// No change yet to a layer.
    pub fn of(layer: impl Into<String>) -> Self {
        Self { layer: layer.into(), ..Self::default() }
    }

    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        self.areas.is_empty()
            && self.grid_codes.is_empty()
            && self.removed.is_empty()
            && self.added.is_empty()
            && self.inserted.is_empty()
    }

    /// Adds a later edit of the same layer, whose areas replace those of this one. Corners that
    /// the later one inserts into an edge that this one has cut are put between those of this one.
    pub fn join(&mut self, later: Self) {
        self.areas.extend(later.areas);
        self.grid_codes.extend(later.grid_codes);
        self.removed.extend(later.removed);
        self.added.extend(later.added);
        for new in later.inserted {
            let holds = |one: &&mut Insertion| one.position(&new).is_some();
            match self.inserted.iter_mut().find(holds) {
                Some(one) => one.put(new),
                None => self.inserted.push(new),
            }
        }
    }
}

impl Insertion {
    /// Where between the corners of this insertion another one belongs: the position, and whether
    /// the other runs backwards.
    fn position(&self, other: &Self) -> Option<(usize, bool)> {
        let line = [&[self.from], self.places.as_slice(), &[self.to]].concat();
        line.windows(2).enumerate().find_map(|(i, pair)| {
            let forwards = (pair[0], pair[1]) == (other.from, other.to);
            let backwards = (pair[0], pair[1]) == (other.to, other.from);
            (forwards || backwards).then_some((i, backwards))
        })
    }

    fn put(&mut self, mut other: Self) {
        if let Some((at, backwards)) = self.position(&other) {
            if backwards {
                other.places.reverse();
            }
            self.places.splice(at..at, other.places);
        }
    }
}

/// Corners to insert, found by the two ends of an edge in either direction.
pub(super) struct Inserter<'e> {
    by_ends: FxHashMap<[u64; 4], (&'e [LonLat], bool)>,
}

impl<'e> Inserter<'e> {
    pub fn new(insertions: &'e [Insertion]) -> Self {
        let mut by_ends = FxHashMap::default();
        for one in insertions {
            by_ends.insert(ends(one.from, one.to), (one.places.as_slice(), false));
            by_ends.insert(ends(one.to, one.from), (one.places.as_slice(), true));
        }
        Self { by_ends }
    }

    /// The area with the new corners; `None` when no edge of it gets any.
    pub fn area(&self, area: &MultiPolygon) -> Option<MultiPolygon> {
        let mut changed = false;
        let mut ring = |ring: &Ring| {
            let corners = ring.corners();
            let mut line = Vec::with_capacity(corners.len());
            for (i, &corner) in corners.iter().enumerate() {
                line.push(corner);
                let next = corners[(i + 1) % corners.len()];
                if let Some(&(places, backwards)) = self.by_ends.get(&ends(corner, next)) {
                    changed = true;
                    if backwards {
                        line.extend(places.iter().rev());
                    } else {
                        line.extend(places);
                    }
                }
            }
            // A ring with more corners than before is one all the same.
            Ring::new(line).unwrap_or_else(|_| ring.clone())
        };
        let parts: Vec<Polygon> = area
            .polygons()
            .iter()
            .map(|p| Polygon::new(ring(p.exterior()), p.holes().iter().map(&mut ring).collect()))
            .collect();
        if changed { MultiPolygon::new(parts).ok() } else { None }
    }
}

fn ends(a: LonLat, b: LonLat) -> [u64; 4] {
    [a.lon(), a.lat(), b.lon(), b.lat()].map(f64::to_bits)
}

impl Dataset {
    /// The dataset with changes applied. Layers that it does not have are passed over.
    #[must_use]
    pub fn edited(&self, edits: &[LayerEdit]) -> Self {
        let mut edited = self.clone();
        for edit in edits {
            edited.apply(edit);
        }
        edited
    }

    fn apply(&mut self, edit: &LayerEdit) {
        let inserter = Inserter::new(&edit.inserted);
        let change = |origin: &Origin, area: &mut MultiPolygon| {
            if let Some(new) = edit.areas.get(&origin.feature) {
                *area = new.clone();
            } else if !edit.inserted.is_empty()
                && let Some(new) = inserter.area(area)
            {
                *area = new;
            }
        };
        match edit.layer.as_str() {
            "subdistrict" => {
                // Several features of the file are parts of one boundary: only corners are
                // inserted here.
                if let Some(boundary) = &mut self.subdistrict
                    && let Some(new) = inserter.area(&boundary.geometry)
                {
                    boundary.geometry = new;
                }
            }
            "communities" => {
                self.communities.iter_mut().for_each(|c| change(&c.origin, &mut c.geometry));
            }
            "grids" => self.grids.iter_mut().for_each(|g| change(&g.origin, &mut g.geometry)),
            "units" => self.units.iter_mut().for_each(|u| change(&u.origin, &mut u.geometry)),
            net => self.apply_to_net(net, edit, change),
        }
        self.forget_open_rings(edit);
    }

    /// An area that is written anew has closed rings.
    fn forget_open_rings(&mut self, edit: &LayerEdit) {
        let mut keys: BTreeSet<&str> = BTreeSet::new();
        let is_new = |origin: &Origin| edit.areas.contains_key(&origin.feature);
        if edit.layer == "grids" {
            let new = self.grids.iter().filter(|grid| is_new(&grid.origin));
            keys.extend(new.map(|grid| grid.code.as_str()));
        }
        for net in self.nets.iter().filter(|net| net.name == edit.layer) {
            let new = net.features.iter().filter(|feature| is_new(&feature.origin));
            keys.extend(new.map(|feature| feature.id.as_str()));
        }
        self.findings.retain(|finding| {
            let is_mended = finding.rule == OPEN_RING && finding.layer == edit.layer;
            !(is_mended && finding.features.iter().any(|key| keys.contains(key.as_str())))
        });
    }

    /// The keys of the features of a layer that have a ring which does not end where it begins.
    pub fn open_rings(&self, layer: &str) -> BTreeSet<&str> {
        let open = self.findings.iter().filter(|f| f.rule == OPEN_RING && f.layer == layer);
        open.flat_map(|finding| finding.features.iter().map(String::as_str)).collect()
    }

    fn apply_to_net(
        &mut self,
        name: &str,
        edit: &LayerEdit,
        change: impl Fn(&Origin, &mut MultiPolygon),
    ) {
        let file: Arc<str> = self.file_of(name).unwrap_or(name).into();
        let Some(net) = self.nets.iter_mut().find(|net| net.name == name) else { return };
        net.features.retain(|f| !edit.removed.contains(&f.origin.feature));
        for feature in &mut net.features {
            change(&feature.origin, &mut feature.geometry);
            if let Some(codes) = edit.grid_codes.get(&feature.origin.feature) {
                feature.grid_codes.clone_from(codes);
            }
        }
        // Their true positions are known once the file is written; behind all others will do.
        let behind = net.features.iter().map(|f| f.origin.feature + 1).max().unwrap_or(0);
        net.features.extend(edit.added.iter().enumerate().map(|(i, new)| NetFeature {
            id: new.id.clone(),
            name: new.name.clone(),
            grid_codes: new.grid_codes.clone(),
            geometry: new.area.clone(),
            origin: Origin { file: Arc::clone(&file), feature: behind + i },
        }));
        let count = net.features.len();
        if let Some(layer) = self.layers.iter_mut().find(|layer| layer.id == name) {
            layer.features = count;
        }
    }
}
