//! Kinds of faults, and the rules that name them.

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A corner of one grid alone, drawn back from the common border.
    Gap,
    /// The same, drawn forward.
    Overlap,
    /// A corner at the outer border drawn back.
    Inlet,
    /// The same, drawn forward.
    Outside,
    /// The town's corner left out.
    MissingCorner,
    /// A corner on the common border that the neighbour lacks.
    Mismatch,
    /// A curl.
    Crossing,
    /// A loop inwards from a corner, back to it.
    Touch,
    /// A corner twice.
    Duplicate,
    /// Out and back on the same line.
    Spike,
    /// A ring the other way round.
    Orientation,
    /// A grid that has another grid's area as well.
    Multipart,
    /// A hole.
    Hole,
    /// A grid left out.
    Missing,
    /// A grid drawn twice.
    Twice,
    /// A grid that is a line.
    Line,
}

impl Kind {
    pub const ALL: [Self; 16] = [
        Self::Gap,
        Self::Overlap,
        Self::Inlet,
        Self::Outside,
        Self::MissingCorner,
        Self::Mismatch,
        Self::Crossing,
        Self::Touch,
        Self::Duplicate,
        Self::Spike,
        Self::Orientation,
        Self::Multipart,
        Self::Hole,
        Self::Missing,
        Self::Twice,
        Self::Line,
    ];

    /// The rule that names it.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Gap | Self::Inlet | Self::MissingCorner | Self::Missing => "coverage.gap",
            Self::Overlap | Self::Twice => "coverage.overlap",
            Self::Outside => "coverage.outside",
            Self::Mismatch => "coverage.mismatched_edge",
            Self::Crossing | Self::Touch | Self::Line => "geometry.invalid",
            Self::Duplicate => "geometry.duplicate_vertex",
            Self::Spike => "geometry.spike",
            Self::Orientation => "geometry.orientation",
            Self::Multipart => "coverage.multipart",
            Self::Hole => "coverage.hole",
        }
    }

    /// Rules that name what comes with it.
    pub fn company(self) -> &'static [&'static str] {
        match self {
            Self::Gap | Self::Overlap | Self::Inlet | Self::Outside => &["coverage.near_miss"],
            Self::MissingCorner => &["coverage.near_miss"],
            // A curl reaches over the border and back, from a corner of its own on it.
            Self::Crossing => &[
                "coverage.overlap",
                "coverage.outside",
                "coverage.near_miss",
                "coverage.mismatched_edge",
            ],
            Self::Touch => {
                &["coverage.gap", "coverage.hole", "coverage.near_miss", "coverage.mismatched_edge"]
            }
            Self::Hole => &["coverage.gap", "coverage.near_miss"],
            Self::Line => &["geometry.spike"],
            _ => &[],
        }
    }

    /// Whether it is a place between two grids, or between a grid and the outline.
    pub fn is_beside_a_border(self) -> bool {
        matches!(self, Self::Gap | Self::Overlap | Self::Inlet | Self::Outside)
    }

    /// Whether it is at a bend of a border, so that several fit into one town.
    pub fn is_at_a_bend(self) -> bool {
        use Kind::*;
        matches!(
            self,
            Gap | Overlap | Inlet | Outside | Mismatch | Crossing | Touch | Duplicate | Spike
        )
    }
}
