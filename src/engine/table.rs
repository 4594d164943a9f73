//! The look-up table: all that is needed to give places their grid, branch and compound, as one
//! block of bytes that can be sent to another machine.
//!
//! The bytes begin with `wangge table` and the number of the form. Then follow, for the grids that
//! count on the day, the branches and the compounds with an outline, their keys and the
//! [`CompiledIndex`] over their areas; last the compounds that are points. Whoever receives them
//! answers by the same rule as `wangge locate`. A table is named by the BLAKE3 digest of its bytes:
//! equal names, equal answers.

use super::bytes::{Reader, Writer};
use super::error::TableError;
use crate::dataset::Dataset;
use crate::domain::{Compound, Grid, LonLat, MultiPolygon, Place};
use crate::index::{Claims, CompiledIndex, Ownership, PlaceIndex, Settled};
use crate::locate::{MatchKind, POINT_COMPOUND_M};
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::fmt;
use std::str::FromStr;

/// The net whose features answer for branches.
const BRANCHES: &str = "branches";
const MAGIC: &[u8] = b"wangge table";
/// Number of the form; another one is refused.
const FORM: u64 = 1;

/// The name of a table: the BLAKE3 digest of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TableName([u8; 32]);

impl TableName {
    /// The name of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for TableName {
    type Err = TableError;

    fn from_str(text: &str) -> Result<Self, TableError> {
        let hash = blake3::Hash::from_hex(text);
        hash.map(|hash| Self(*hash.as_bytes()))
            .map_err(|_| TableError::Malformed("a table's name is not 64 hexadecimal digits"))
    }
}

/// The answer for one place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer<'a> {
    /// Code of the grid that owns the place.
    pub grid_code: Option<&'a str>,
    /// The branch whose area holds it; see [`crate::locate`].
    pub branch_id: Option<&'a str>,
    /// The compound that holds it.
    pub compound_id: Option<&'a str>,
    /// Inside, on a border, or none.
    pub kind: MatchKind,
}

impl Answer<'_> {
    /// The answer for a place that nobody owns.
    pub const NONE: Self =
        Self { grid_code: None, branch_id: None, compound_id: None, kind: MatchKind::None };
}

/// A table that answers.
pub struct LookupTable {
    name: TableName,
    grids: Layer,
    branches: Layer,
    /// For a grid's code the branch that names it, the lowest id first.
    branch_naming: FxHashMap<String, usize>,
    /// The grids that each branch names.
    grids_of_branch: Vec<Vec<String>>,
    compound_areas: Layer,
    compound_points: PlaceIndex,
    point_ids: Vec<String>,
}

/// Areas and their keys, in the order of precedence: a key's position is its area's number.
struct Layer {
    keys: Vec<String>,
    index: CompiledIndex,
}

impl Layer {
    /// Areas of the least key come first, of equal keys those of the least name.
    fn write<'a>(to: &mut Writer, areas: &mut [(&'a str, &'a str, &'a MultiPolygon)]) {
        areas.sort_by_key(|(key, name, _)| (*key, *name));
        to.count(areas.len());
        areas.iter().for_each(|(key, ..)| to.text(key));
        let index = CompiledIndex::build(areas.iter().map(|(.., area)| *area).enumerate());
        to.block(&index.to_bytes());
    }

    fn read(from: &mut Reader) -> Result<Self, TableError> {
        let keys = from.list(8, Reader::text)?;
        let index = CompiledIndex::from_bytes(from.block()?)?;
        Ok(Self { keys, index })
    }

    /// What the areas say of a place. A number that is no key comes from damage only.
    fn ownership(&self, place: LonLat) -> Ownership {
        match self.index.settled(place) {
            Settled::Nobody => Ownership::Nobody,
            Settled::Owner(number) if (number as usize) < self.keys.len() => {
                Ownership::Inside(number)
            }
            Settled::Owner(_) => Ownership::Nobody,
            Settled::Open => {
                let mut claims = self.index.claims(place);
                claims.owners.retain(|number| *number < self.keys.len());
                claims.touching.retain(|number| *number < self.keys.len());
                Ownership::Claimed(claims)
            }
        }
    }
}

impl fmt::Debug for LookupTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LookupTable({}, {} grids)", self.name, self.grids.keys.len())
    }
}

/// The bytes of the table of a dataset: with `on`, only grids that are valid on that day count.
/// O(n log n) for n corners.
pub fn table_of(dataset: &Dataset, on: Option<Date>) -> Vec<u8> {
    let mut to = Writer::default();
    to.bytes.extend_from_slice(MAGIC);
    to.number(FORM);
    let counts = |grid: &&Grid| on.is_none_or(|day| grid.validity.holds(day));
    let grids = dataset.grids.iter().filter(counts);
    let grids = grids.map(|g| (g.code.as_str(), g.name.as_str(), &g.geometry));
    Layer::write(&mut to, &mut grids.collect::<Vec<_>>());
    let net = dataset.nets.iter().find(|net| net.name == BRANCHES);
    let mut branches: Vec<_> = net.into_iter().flat_map(|net| &net.features).collect();
    branches.sort_by(|a, b| (&a.id, &a.name).cmp(&(&b.id, &b.name)));
    let areas = branches.iter().map(|b| (b.id.as_str(), b.name.as_str(), &b.geometry));
    Layer::write(&mut to, &mut areas.collect::<Vec<_>>());
    for branch in branches {
        to.count(branch.grid_codes.len());
        branch.grid_codes.iter().for_each(|code| to.text(code));
    }
    let compounds = dataset.compounds.iter();
    Layer::write(&mut to, &mut compounds.clone().filter_map(outline).collect::<Vec<_>>());
    let mut points: Vec<_> = compounds.filter_map(point).collect();
    points.sort_by_key(|(id, name, _)| (*id, *name));
    to.count(points.len());
    for (id, _, point) in points {
        to.text(id);
        to.place(point);
    }
    to.bytes
}

fn outline(compound: &Compound) -> Option<(&str, &str, &MultiPolygon)> {
    match &compound.place {
        Place::Area(area) => Some((&compound.id, &compound.name, area)),
        Place::Point(_) => None,
    }
}

fn point(compound: &Compound) -> Option<(&str, &str, LonLat)> {
    match &compound.place {
        Place::Point(point) => Some((&compound.id, &compound.name, *point)),
        Place::Area(_) => None,
    }
}

impl LookupTable {
    /// The table that these bytes are.
    ///
    /// # Errors
    /// When they are no table, or one of another form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, TableError> {
        let mut from = Reader::new(bytes);
        if from.take(MAGIC.len()).ok() != Some(MAGIC) {
            return Err(TableError::Malformed("they do not begin as one"));
        }
        let form = from.number()?;
        if form != FORM {
            return Err(TableError::OtherForm { found: form, known: FORM });
        }
        let grids = Layer::read(&mut from)?;
        let branches = Layer::read(&mut from)?;
        let codes = |_| from.list(8, Reader::text);
        let grids_of_branch: Vec<Vec<String>> =
            branches.keys.iter().map(codes).collect::<Result<_, _>>()?;
        let mut branch_naming = FxHashMap::default();
        for (branch, codes) in grids_of_branch.iter().enumerate() {
            for code in codes {
                branch_naming.entry(code.clone()).or_insert(branch);
            }
        }
        let compound_areas = Layer::read(&mut from)?;
        let points = from.list(24, |from| Ok((from.text()?, from.place()?)))?;
        from.end()?;
        let places = points.iter().map(|(_, place)| *place).enumerate();
        Ok(Self {
            name: TableName::of(bytes),
            grids,
            branches,
            branch_naming,
            grids_of_branch,
            compound_areas,
            compound_points: PlaceIndex::build(places),
            point_ids: points.into_iter().map(|(id, _)| id).collect(),
        })
    }

    /// The table's name.
    pub fn name(&self) -> TableName {
        self.name
    }

    /// The grid, branch and compound of a place, as [`crate::locate::Locator::at`] finds them.
    pub fn at(&self, place: LonLat) -> Answer<'_> {
        let (grid, kind) = match self.grids.ownership(place) {
            Ownership::Nobody => (None, MatchKind::None),
            Ownership::Inside(grid) => (Some(grid as usize), MatchKind::Inside),
            Ownership::Claimed(Claims { owners, touching }) => {
                let grid = owners.first().or(touching.first()).copied();
                let kind = match (grid, touching.is_empty()) {
                    (None, _) => MatchKind::None,
                    (Some(_), true) => MatchKind::Inside,
                    (Some(_), false) => MatchKind::Border,
                };
                (grid, kind)
            }
        };
        let grid_code = grid.map(|grid| self.grids.keys[grid].as_str());
        Answer {
            grid_code,
            branch_id: self.branch_at(place, grid_code),
            compound_id: self.compound_at(place),
            kind,
        }
    }

    fn branch_at(&self, place: LonLat, grid: Option<&str>) -> Option<&str> {
        let holding = match self.branches.ownership(place) {
            Ownership::Nobody => Vec::new(),
            Ownership::Inside(branch) => vec![branch as usize],
            Ownership::Claimed(Claims { owners, touching }) if owners.is_empty() => touching,
            Ownership::Claimed(Claims { owners, .. }) => owners,
        };
        let names = |branch: &usize| {
            grid.is_some_and(|code| self.grids_of_branch[*branch].iter().any(|own| own == code))
        };
        let drawn = holding.iter().copied().find(names).or(holding.first().copied());
        let branch = drawn.or_else(|| self.branch_naming.get(grid?).copied())?;
        Some(&self.branches.keys[branch])
    }

    fn compound_at(&self, place: LonLat) -> Option<&str> {
        let area = match self.compound_areas.ownership(place) {
            Ownership::Nobody => None,
            Ownership::Inside(area) => Some(area as usize),
            Ownership::Claimed(claims) => claims.owners.first().copied(),
        };
        let area = area.map(|area| self.compound_areas.keys[area].as_str());
        area.or_else(|| {
            let (point, metres) = self.compound_points.nearest(place)?;
            (metres <= POINT_COMPOUND_M).then(|| self.point_ids[point].as_str())
        })
    }
}
