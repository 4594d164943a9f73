//! The answers: what a look-up and a type-ahead return, in the form of their JSON.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How an answer was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchKind {
    /// The point lies inside a grid.
    Inside,
    /// The point lies within 1 mm of a grid's border; the half-open rule gives it to one grid.
    Border,
    /// The address names the place by its name or by its door number.
    Exact,
    /// The address names the place by another of its names.
    Alias,
    /// The address names the place in part, or with words around that are not understood.
    Fuzzy,
    /// The address names something near: 对面, 附近, the next door number.
    Nearest,
    /// No answer.
    None,
}

impl MatchKind {
    /// The name in JSON and tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Border => "border",
            Self::Exact => "exact",
            Self::Alias => "alias",
            Self::Fuzzy => "fuzzy",
            Self::Nearest => "nearest",
            Self::None => "none",
        }
    }
}

/// One answer; the JSON of `locate`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Location {
    /// The question: the address, or `lon,lat` in degrees.
    pub query: String,
    /// How the answer was come by.
    #[serde(rename = "match")]
    pub kind: MatchKind,
    /// How sure the answer is, 0 to 1. A point has 1, or 1/n where n grids overlap.
    pub score: f64,
    /// Longitude in degrees.
    pub lon: Option<f64>,
    /// Latitude in degrees.
    pub lat: Option<f64>,
    /// Code of the grid.
    pub grid_code: Option<String>,
    /// Name of the grid.
    pub grid_name: Option<String>,
    /// The grid Party branch whose drawn area holds the place; where the net of branches has a
    /// gap, the branch that names the grid.
    pub branch_id: Option<String>,
    /// Code of the community: the grid's own, or that of the area which holds the place.
    pub community_code: Option<String>,
    /// Key of the compound.
    pub compound_id: Option<String>,
    /// Name of the compound.
    pub compound_name: Option<String>,
    /// The day for which the answer holds; `None` when every grid counts, whatever its validity.
    pub on: Option<Date>,
    /// The pieces of an address that led to the answer, as they were read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<String>,
    /// The pieces that did not: unit and room numbers, and what was not understood.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ignored: Vec<String>,
    /// Other answers, best first. Their own candidates are empty.
    pub candidates: Vec<Location>,
}

impl Location {
    /// The answer that there is none.
    pub fn none(query: impl Into<String>, on: Option<Date>) -> Self {
        Self {
            query: query.into(),
            kind: MatchKind::None,
            score: 0.0,
            lon: None,
            lat: None,
            grid_code: None,
            grid_name: None,
            branch_id: None,
            community_code: None,
            compound_id: None,
            compound_name: None,
            on,
            used: Vec::new(),
            ignored: Vec::new(),
            candidates: Vec::new(),
        }
    }
}

/// What a suggestion points to.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum SuggestionKind {
    /// A residential compound.
    Compound,
    /// A landmark.
    Landmark,
    /// A governance grid.
    Grid,
    /// A community.
    Community,
    /// A road.
    Road,
}

/// How what was typed fits a suggestion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SuggestionMatch {
    /// It is the name, or the code.
    Exact,
    /// It is another name, or begins or is part of one.
    Alias,
    /// The name begins with it.
    Prefix,
    /// The name has it inside, or it has the name inside.
    Contains,
    /// The name begins so in pinyin or with these initials.
    Pinyin,
}

/// One line of the type-ahead.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Suggestion {
    /// Name.
    pub name: String,
    /// What it is.
    pub kind: SuggestionKind,
    /// What names it among its kind: a compound's id, a grid's or a community's code, the name of
    /// a landmark or a road.
    pub key: String,
    /// How what was typed fits.
    #[serde(rename = "match")]
    pub matched: SuggestionMatch,
    /// Key of the compound, for a compound.
    pub compound_id: Option<String>,
    /// Code of the grid that holds it; `None` for what lies in many (a community, a road).
    pub grid_code: Option<String>,
    /// Longitude in degrees, where the dataset has a place.
    pub lon: Option<f64>,
    /// Latitude in degrees, where the dataset has a place.
    pub lat: Option<f64>,
    /// What tells it from others of its name, in the dataset's own words: the other name that
    /// fitted, grid, community, address.
    pub detail: String,
}
