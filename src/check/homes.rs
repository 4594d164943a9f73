//! Where people live, as far as a dataset tells: in its compounds, or else in its planning units.

use crate::dataset::Dataset;
use crate::domain::{BBox, LonLat, MultiPolygon, Place};
use crate::geometry::{Frame, measure, overlap_areas};
use crate::index::AreaIndex;

/// A compound, or a planning unit in a dataset whose compounds hold no households.
pub(super) struct Home<'a> {
    pub id: &'a str,
    pub name: &'a str,
    pub households: u64,
    pub site: Site<'a>,
}

/// Where a home is.
#[derive(Clone, Copy)]
pub(super) enum Site<'a> {
    Point(LonLat),
    Area(&'a MultiPolygon),
}

impl<'a> From<&'a Place> for Site<'a> {
    fn from(place: &'a Place) -> Self {
        match place {
            Place::Point(place) => Self::Point(*place),
            Place::Area(area) => Self::Area(area),
        }
    }
}

impl Site<'_> {
    pub fn bbox(&self) -> Option<BBox> {
        match self {
            Self::Point(place) => BBox::around([*place]),
            Self::Area(area) => BBox::around(area.corners()),
        }
    }
}

/// How a place or an area lies in the polygons of a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Ownership {
    /// The polygons that hold a part of it, with the share of its area (1 for a point), largest
    /// first; a tie goes to the first in precedence. A point has several where polygons overlap
    /// or, on the outer border, touch it.
    pub shares: Vec<(usize, f64)>,
}

/// Shares that differ by less are a tie: what is cut on a grid of millimetres is known no better.
const TIE: f64 = 1e-4;

impl Ownership {
    /// The polygon with the largest share.
    pub fn owner(&self) -> Option<usize> {
        self.shares.first().map(|share| share.0)
    }

    /// All polygons whose share is the largest.
    pub fn best(&self) -> impl Iterator<Item = usize> + '_ {
        let most = self.shares.first().map_or(0.0, |share| share.1);
        self.shares.iter().take_while(move |share| share.1 > most - TIE).map(|share| share.0)
    }
}

/// How each site lies in the polygons of a layer: an outline by area, a point by the half-open
/// rule ([`crate::index`]), as in a look-up. `precedence` lists the polygons' positions in the
/// order of their keys.
pub(super) fn ownership(
    frame: &Frame,
    sites: &[Site],
    polygons: &[&MultiPolygon],
    precedence: &[usize],
) -> Vec<Ownership> {
    let mut owned = vec![Ownership::default(); sites.len()];
    if sites.iter().any(|site| matches!(site, Site::Point(_))) {
        let index = AreaIndex::build(precedence.iter().map(|&p| (p, polygons[p])));
        for (site, owned) in sites.iter().zip(&mut owned) {
            if let Site::Point(place) = site {
                let claims = index.claims(*place, |_| true);
                let owners = if claims.owners.is_empty() { claims.touching } else { claims.owners };
                owned.shares = owners.into_iter().map(|p| (p, 1.0)).collect();
            }
        }
    }
    let (mut numbers, mut outlines): (Vec<usize>, Vec<&MultiPolygon>) = (vec![], vec![]);
    for (s, site) in sites.iter().enumerate() {
        if let Site::Area(area) = *site {
            numbers.push(s);
            outlines.push(area);
        }
    }
    if outlines.is_empty() {
        return owned;
    }
    let mut rank = vec![0; polygons.len()];
    precedence.iter().enumerate().for_each(|(place, &p)| rank[p] = place);
    let areas: Vec<f64> = outlines.iter().map(|area| measure::area_m2(area)).collect();
    for (o, polygon, area) in overlap_areas(frame, &outlines, polygons) {
        owned[numbers[o]].shares.push((polygon, (area / areas[o].max(1e-9)).min(1.0)));
    }
    for &s in &numbers {
        let shares = &mut owned[s].shares;
        shares.sort_by(|a, b| b.1.total_cmp(&a.1));
        for tied in shares.chunk_by_mut(|a, b| a.1 - b.1 < TIE) {
            tied.sort_by_key(|&(p, _)| rank[p]);
        }
    }
    owned
}

/// The homes of a dataset and the grid of each.
pub(super) struct Homes<'a> {
    pub homes: Vec<Home<'a>>,
    /// Whether they are planning units.
    pub are_units: bool,
    in_grids: Vec<Ownership>,
    /// The homes that each grid owns.
    of_grids: Vec<Vec<usize>>,
    frame: Frame,
}

impl<'a> Homes<'a> {
    /// The compounds with `compounds`, their shares of the grids; or else the planning units.
    pub fn of(
        dataset: &'a Dataset,
        frame: &Frame,
        grids: &[&MultiPolygon],
        compounds: &[Ownership],
    ) -> Self {
        let told = dataset.compounds.iter().any(|c| c.households.is_some());
        let are_units = !told && dataset.units.iter().any(|u| u.households.is_some());
        if !are_units {
            let home = |c: &'a crate::domain::Compound| Home {
                id: &c.id,
                name: &c.name,
                households: u64::from(c.households.unwrap_or(0)),
                site: Site::from(&c.place),
            };
            let homes = dataset.compounds.iter().map(home).collect();
            return Self::new(homes, are_units, compounds.to_vec(), grids.len(), frame);
        }
        let home = |u: &'a crate::domain::Unit| Home {
            id: &u.id,
            name: u.name.as_deref().unwrap_or(&u.id),
            households: u64::from(u.households.unwrap_or(0)),
            site: Site::Area(&u.geometry),
        };
        let homes: Vec<Home> = dataset.units.iter().map(home).collect();
        let sites: Vec<Site> = homes.iter().map(|home| home.site).collect();
        let precedence: Vec<usize> = (0..grids.len()).collect();
        let in_grids = ownership(frame, &sites, grids, &precedence);
        Self::new(homes, are_units, in_grids, grids.len(), frame)
    }

    fn new(
        homes: Vec<Home<'a>>,
        are_units: bool,
        in_grids: Vec<Ownership>,
        grids: usize,
        frame: &Frame,
    ) -> Self {
        let mut of_grids = vec![Vec::new(); grids];
        for (home, owned) in in_grids.iter().enumerate() {
            if let Some(grid) = owned.owner() {
                of_grids[grid].push(home);
            }
        }
        Self { homes, are_units, in_grids, of_grids, frame: *frame }
    }

    /// Number of homes.
    pub fn len(&self) -> usize {
        self.homes.len()
    }

    /// Whether the dataset tells of any household.
    pub fn are_told(&self) -> bool {
        self.homes.iter().any(|home| home.households > 0)
    }

    /// The grid that owns a home.
    pub fn grid(&self, home: usize) -> Option<usize> {
        self.in_grids[home].owner()
    }

    /// The homes that a grid owns.
    pub fn of_grid(&self, grid: usize) -> impl Iterator<Item = usize> + '_ {
        self.of_grids[grid].iter().copied()
    }

    /// Households of some homes together.
    pub fn households(&self, homes: impl IntoIterator<Item = usize>) -> u64 {
        homes.into_iter().map(|h| self.homes[h].households).sum()
    }

    /// How the homes in `wanted` lie in the polygons of another layer; the others are left empty.
    pub fn in_layer(
        &self,
        wanted: impl Fn(usize) -> bool,
        polygons: &[&MultiPolygon],
        precedence: &[usize],
    ) -> Vec<Ownership> {
        let numbers: Vec<usize> = (0..self.len()).filter(|&h| wanted(h)).collect();
        let sites: Vec<Site> = numbers.iter().map(|&h| self.homes[h].site).collect();
        let mut owned = vec![Ownership::default(); self.len()];
        if !sites.is_empty() && !polygons.is_empty() {
            let found = ownership(&self.frame, &sites, polygons, precedence);
            numbers.into_iter().zip(found).for_each(|(h, one)| owned[h] = one);
        }
        owned
    }
}
