//! Why a problem could not be set up. (That a problem has no solution is not an error: it is a
//! [`super::Solution`] whose status says so.)

/// A problem that cannot be set up; each names the file or layer, the feature, the field and the
/// remedy.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BalanceError {
    /// The graph's text is not NetworkX adjacency JSON.
    #[error("not NetworkX adjacency JSON (as GerryChain writes it): {0}")]
    NotAGraph(String),
    /// The dataset has no planning units.
    #[error(
        "{dataset}: there are no planning units to balance; add a polygon layer `units` with the fields id and households, or compounds with households and a polygon layer `subdistrict`, `grids` or `communities`, of which units are made"
    )]
    NoUnits {
        /// The dataset's name.
        dataset: String,
    },
    /// Neither a present plan nor a number of grids.
    #[error(
        "{dataset}: there is no layer `grids`, so the number of grids must be said (--grids K)"
    )]
    NumberOfGridsUnknown {
        /// The dataset's name.
        dataset: String,
    },
    /// K = 0 or K > n.
    #[error(
        "{grids} grids cannot be made of {units} planning units: the number of grids must lie between 1 and {units}"
    )]
    GridsOutOfRange {
        /// Grids asked for.
        grids: usize,
        /// Planning units there are.
        units: usize,
    },
    /// A count of households is missing or is not a count.
    #[error(
        "{file}: unit {unit}, field {field}: {problem}; give the number of households, 0 or more"
    )]
    Households {
        /// File or layer.
        file: String,
        /// Key of the unit.
        unit: String,
        /// Name of the field.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// No unit has the attribute.
    #[error("{file}: no unit has the attribute {field}; the first unit has: {present}")]
    UnknownAttribute {
        /// File or layer.
        file: String,
        /// Name asked for.
        field: String,
        /// Names there are.
        present: String,
    },
    /// All units together hold no household.
    #[error("{file}: all units together hold no household in field {field}; nothing to balance")]
    NoHouseholds {
        /// File or layer.
        file: String,
        /// Name of the field.
        field: String,
    },
    /// Two units have one key.
    #[error("{file}: two units have the id {unit}; every unit needs its own")]
    DuplicateUnit {
        /// File or layer.
        file: String,
        /// The key.
        unit: String,
    },
    /// An edge names a unit that does not exist.
    #[error("{file}: unit {unit} is said to touch {neighbour}, which is not among the nodes")]
    UnknownNeighbour {
        /// File or layer.
        file: String,
        /// The unit with the edge.
        unit: String,
        /// The name that is not known.
        neighbour: String,
    },
    /// Every unit belongs to a dedicated grid.
    #[error("{dataset}: every planning unit lies in a dedicated grid; nothing is left to balance")]
    OnlyDedicated {
        /// The dataset's name.
        dataset: String,
    },
    /// A setting that makes no sense for this problem.
    #[error("option {option}: {problem}")]
    Option {
        /// Name of the setting, as the command line has it.
        option: String,
        /// What is wrong with it, and the remedy.
        problem: String,
    },
}
