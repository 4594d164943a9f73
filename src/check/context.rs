//! What several rules need, computed once: the frame, the outline, which grid owns a compound.

use super::homes::{Homes, Ownership, Site, ownership};
use super::names::Words;
use super::report::CheckOptions;
use crate::dataset::Dataset;
use crate::domain::{MultiPolygon, Polygon, Ring};
use crate::geometry::{Arrangement, Coverage, FaceId, Frame, HalfEdge, measure};
use std::cell::OnceCell;

/// A dataset with what the rules share.
pub(super) struct Context<'a> {
    pub dataset: &'a Dataset,
    pub frame: Frame,
    /// Borders closer than this, in metres, are meant to be the same.
    pub tolerance_m: f64,
    /// Outline that the grids must cover, and the layer that it comes from.
    pub outline: Option<(&'static str, Vec<&'a MultiPolygon>)>,
    /// The area of each grid.
    pub grids: Vec<&'a MultiPolygon>,
    /// The grids as a coverage, in one arrangement with the outline: polygons are numbered as the
    /// grids are, then as the outline's. Built once for all rules.
    pub coverage: Coverage,
    /// Grids and features of each net as drawn in one arrangement, when first asked for.
    overlays: Vec<OnceCell<Arrangement>>,
    /// The grid of each compound, as far as one has it.
    pub compounds: Vec<Ownership>,
    /// Where people live, and in which grid.
    pub homes: Homes<'a>,
}

impl<'a> Context<'a> {
    pub fn new(dataset: &'a Dataset, options: &CheckOptions) -> Self {
        let frame = dataset.frame();
        let grids: Vec<&MultiPolygon> = dataset.grids.iter().map(|g| &g.geometry).collect();
        let outline = dataset.outline();
        let outlined = outline.iter().flat_map(|(_, polygons)| polygons);
        let all: Vec<&MultiPolygon> = grids.iter().chain(outlined).copied().collect();
        let coverage = Coverage::of_first(Arrangement::build(&frame, &all), grids.len());
        let sites: Vec<Site> = dataset.compounds.iter().map(|c| Site::from(&c.place)).collect();
        let by_code: Vec<usize> = (0..grids.len()).collect();
        let compounds = ownership(&frame, &sites, &grids, &by_code);
        let homes = Homes::of(dataset, &frame, &grids, &compounds);
        Self {
            dataset,
            frame,
            tolerance_m: options.tolerance_m.unwrap_or(dataset.rules.tolerance_m),
            outline,
            grids,
            coverage,
            overlays: dataset.nets.iter().map(|_| OnceCell::new()).collect(),
            compounds,
            homes,
        }
    }

    /// Grids and features of a net as drawn in one arrangement, the grids first.
    pub fn overlay(&self, net: usize) -> &Arrangement {
        self.overlays[net].get_or_init(|| {
            let drawn = self.dataset.nets[net].features.iter().map(|f| &f.geometry);
            self.overlay_with(&drawn.collect::<Vec<_>>())
        })
    }

    /// [`Context::overlay`], if some rule has asked for it.
    pub fn overlay_if_built(&self, net: usize) -> Option<&Arrangement> {
        self.overlays[net].get()
    }

    /// Grids and other polygons in one arrangement, the grids first.
    pub fn overlay_with(&self, polygons: &[&MultiPolygon]) -> Arrangement {
        let all: Vec<&MultiPolygon> = self.grids.iter().chain(polygons).copied().collect();
        Arrangement::build(&self.frame, &all)
    }

    /// What the words of findings need.
    pub fn terms(&self) -> Terms<'a> {
        Terms {
            dataset: self.dataset,
            tolerance_m: self.tolerance_m,
            outline: self.outline.as_ref().map(|(layer, _)| *layer),
        }
    }

    /// The code of a grid.
    pub fn code(&self, grid: usize) -> &'a str {
        self.terms().code(grid)
    }

    /// Households that a grid owns.
    pub fn households_of_grid(&self, grid: usize) -> u64 {
        self.homes.households(self.homes.of_grid(grid))
    }

    /// The file of a layer.
    pub fn file(&self, layer: &str) -> String {
        self.terms().file(layer)
    }
}

/// What the words of findings need: names, files and settings.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub dataset: &'a Dataset,
    /// Borders closer than this, in metres, are meant to be the same.
    pub tolerance_m: f64,
    /// The layer that the outline comes from.
    pub outline: Option<&'static str>,
}

impl<'a> Terms<'a> {
    /// The code of a grid.
    pub fn code(&self, grid: usize) -> &'a str {
        &self.dataset.grids[grid].code
    }

    /// A grid in words: its name and code.
    pub fn title(&self, grid: usize) -> Words {
        let grid = &self.dataset.grids[grid];
        Words::title(&grid.name, &grid.code)
    }

    /// The outline in words: the layer that it comes from.
    pub fn outline_title(&self) -> Words {
        match self.outline {
            Some("communities") => Words::new("the communities", "社区范围"),
            Some("units") => Words::new("the planning units", "规划单元范围"),
            _ => Words::new("the subdistrict's boundary", "街道边界"),
        }
    }

    /// The file of a layer.
    pub fn file(&self, layer: &str) -> String {
        self.dataset.file_of(layer).unwrap_or(layer).to_string()
    }
}

/// A connected set of faces with its polygon and figures.
pub(super) struct Region {
    pub faces: Vec<FaceId>,
    pub shape: MultiPolygon,
    pub area_m2: f64,
    /// Diameter of the largest inscribed circle, in metres.
    pub width_m: f64,
    /// The half-edges of its border, the region on their left.
    pub border: Vec<HalfEdge>,
}

/// The regions of faces with equal labels of which `wanted` takes the faces, each with its
/// polygon, area and width. Rings begin at their westernmost corner, and polygons come from west
/// to east, so that a region is the same whatever else is in the arrangement.
pub(super) fn measured_regions<L: PartialEq>(
    arrangement: &Arrangement,
    label: impl Fn(FaceId) -> Option<L>,
    wanted: impl Fn(&[FaceId]) -> bool,
) -> Vec<Region> {
    let mut regions = arrangement.regions(label);
    if regions.faces.is_empty() {
        return Vec::new();
    }
    regions.region_of_face.fill(None);
    regions.faces.retain(|faces| wanted(faces));
    for (region, faces) in regions.faces.iter().enumerate() {
        for &face in faces {
            regions.region_of_face[face as usize] = Some(region as u32);
        }
    }
    let areas = arrangement.face_areas();
    let shapes = arrangement.polygons_of(&regions.region_of_face, regions.faces.len());
    let borders = arrangement.borders(&regions.region_of_face, regions.faces.len());
    let parts = regions.faces.into_iter().zip(shapes).zip(borders);
    parts
        .filter_map(|((faces, shape), border)| {
            let shape = from_west(arrangement.frame(), &shape?);
            let area_m2 = faces.iter().map(|&f| areas[f as usize]).sum();
            let width_m = measure::greatest_width_m(arrangement.frame(), &shape, 0.01);
            Some(Region { faces, shape, area_m2, width_m, border })
        })
        .collect()
}

/// The same polygons with their rings begun at the westernmost corner, from west to east.
fn from_west(frame: &Frame, shape: &MultiPolygon) -> MultiPolygon {
    let begin = |ring: &Ring| {
        let mut corners = ring.corners().to_vec();
        let first = (0..corners.len()).min_by_key(|&i| frame.to_grid(corners[i]));
        corners.rotate_left(first.unwrap_or(0));
        Ring::new(corners).unwrap_or_else(|_| ring.clone())
    };
    let place = |ring: &Ring| frame.to_grid(ring.corners()[0]);
    let mut polygons: Vec<Polygon> = shape
        .polygons()
        .iter()
        .map(|polygon| {
            let mut holes: Vec<Ring> = polygon.holes().iter().map(begin).collect();
            holes.sort_by_key(place);
            Polygon::new(begin(polygon.exterior()), holes)
        })
        .collect();
    polygons.sort_by_key(|polygon| place(polygon.exterior()));
    MultiPolygon::new(polygons).unwrap_or_else(|_| shape.clone())
}
