//! Exact geometry on an integer grid: frame, arrangement, coverage, measures.

mod arrangement;
mod buckets;
mod circle;
mod coverage;
mod distance;
mod enclosed;
mod exact;
mod excerpt;
mod frame;
pub mod half_open;
pub mod measure;
mod voronoi;

pub use arrangement::{
    Arrangement, ClosedLine, FaceFinder, FaceId, HalfEdge, Regions, passes, shape_holds,
};
pub use coverage::{Arc, Coverage, SharedBorder, overlap_areas, overlap_shape};
pub use distance::{SegmentSet, Witness};
pub use enclosed::enclosed_areas;
pub(crate) use exact::{doubled_area, passes_pixel};
pub use excerpt::{ExcerptCorner, GridWindow, Surroundings};
pub use frame::{Frame, GridPoint, metres_per_degree};
pub use voronoi::voronoi_cells;
