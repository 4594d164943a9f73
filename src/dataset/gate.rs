//! The gate: coordinates of a file → shapes that algorithms may take. Nothing that is not finite,
//! out of range, empty or without three corners passes.
//!
//! The checks, in order: the type is one that the layer is made of; there are coordinates at
//! all; every position is a place of the reference system; every ring has three different corners,
//! every line two.

use super::crs::{AxisOrder, Crs, CrsError};
use super::record::{Position, RawGeometry, Words};
use crate::domain::{BBox, Geometry, LonLat, MultiPolygon, Place, Polygon, Ring, ShapeError};

/// Why a geometry did not pass: the rule that it broke, and the words.
#[derive(Debug)]
pub(super) struct Refusal {
    pub rule: &'static str,
    pub words: Words,
    pub mend: Words,
}

type Pass<T> = Result<T, Refusal>;

/// The reference system of a layer with the order of its axes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Projection {
    pub crs: Crs,
    pub axes: AxisOrder,
}

impl Projection {
    fn place(&self, [a, b]: Position) -> Pass<LonLat> {
        let (first, second) = match self.axes {
            AxisOrder::EastingFirst => (a, b),
            AxisOrder::NorthingFirst => (b, a),
        };
        self.crs.to_degrees(first, second).map_err(|error| out_of_range(a, b, &error))
    }

    fn places(&self, positions: &[Position]) -> Pass<Vec<LonLat>> {
        positions.iter().map(|position| self.place(*position)).collect()
    }

    fn ring(&self, positions: &[Position]) -> Pass<Ring> {
        Ring::new(self.places(positions)?).map_err(|error| invalid(&error))
    }

    fn polygon(&self, rings: &[Vec<Position>]) -> Pass<Polygon> {
        let mut rings = rings.iter().map(|ring| self.ring(ring));
        let exterior = rings.next().ok_or_else(|| invalid(&ShapeError::Empty))??;
        Ok(Polygon::new(exterior, rings.collect::<Pass<_>>()?))
    }

    /// An area.
    pub fn area(&self, raw: &RawGeometry) -> Pass<MultiPolygon> {
        let polygons = match present(raw)? {
            RawGeometry::Polygon(rings) => vec![self.polygon(rings)?],
            RawGeometry::MultiPolygon(parts) => {
                parts.iter().map(|rings| self.polygon(rings)).collect::<Pass<_>>()?
            }
            other => return Err(wrong_type(other, "Polygon, MultiPolygon", "面")),
        };
        MultiPolygon::new(polygons).map_err(|error| invalid(&error))
    }

    /// A place or an outline.
    pub fn place_or_area(&self, raw: &RawGeometry) -> Pass<Place> {
        match present(raw)? {
            RawGeometry::Polygon(_) | RawGeometry::MultiPolygon(_) => {
                self.area(raw).map(Place::Area)
            }
            RawGeometry::Point(position) => self.place(*position).map(Place::Point),
            // A MultiPoint of one is what some programs write for a point.
            RawGeometry::MultiPoint(one) if one.len() == 1 => self.place(one[0]).map(Place::Point),
            other => Err(wrong_type(other, "Point, Polygon, MultiPolygon", "点或面")),
        }
    }

    /// A place; of an outline the middle of its window.
    pub fn point(&self, raw: &RawGeometry) -> Pass<LonLat> {
        match self.place_or_area(raw)? {
            Place::Point(place) => Ok(place),
            Place::Area(area) => {
                let window = BBox::around(area.corners());
                let middle = window.and_then(|b| {
                    LonLat::new((b.west + b.east) / 2.0, (b.south + b.north) / 2.0).ok()
                });
                middle.ok_or_else(|| invalid(&ShapeError::Empty))
            }
        }
    }

    /// Lines, or the outline of a hill.
    pub fn line_or_area(&self, raw: &RawGeometry) -> Pass<Geometry> {
        match present(raw)? {
            RawGeometry::LineString(line) => self.line(line).map(Geometry::LineString),
            RawGeometry::MultiLineString(lines) if lines.is_empty() => {
                Err(invalid(&ShapeError::Empty))
            }
            RawGeometry::MultiLineString(lines) => {
                let lines = lines.iter().map(|line| self.line(line)).collect::<Pass<_>>()?;
                Ok(Geometry::MultiLineString(lines))
            }
            RawGeometry::Polygon(_) | RawGeometry::MultiPolygon(_) => {
                self.area(raw).map(|area| area.to_geometry())
            }
            other => Err(wrong_type(other, "LineString, MultiLineString, Polygon", "线或面")),
        }
    }

    fn line(&self, positions: &[Position]) -> Pass<Vec<LonLat>> {
        let line = self.places(positions)?;
        if line.iter().any(|place| *place != line[0]) {
            return Ok(line);
        }
        Err(Refusal {
            rule: "geometry.invalid",
            words: Words::new(
                "a line has fewer than two different positions",
                "线的不同点少于两个",
            ),
            mend: Words::new("Draw the line again or delete it.", "请重画或删除该线。"),
        })
    }
}

/// Whether a ring's last position repeats its first, as GeoJSON wants it.
pub(super) fn has_open_ring(raw: &RawGeometry) -> bool {
    let open = |ring: &Vec<Position>| ring.first() != ring.last();
    match raw {
        RawGeometry::Polygon(rings) => rings.iter().any(open),
        RawGeometry::MultiPolygon(parts) => parts.iter().flatten().any(open),
        _ => false,
    }
}

fn present(raw: &RawGeometry) -> Pass<&RawGeometry> {
    match raw {
        RawGeometry::Missing => Err(Refusal {
            rule: "geometry.missing",
            words: Words::new("has no geometry", "没有几何"),
            mend: Words::new("Draw it, or delete the feature.", "请补绘几何或删除该要素。"),
        }),
        RawGeometry::Malformed(words) => Err(Refusal {
            rule: "geometry.invalid",
            words: words.clone(),
            mend: Words::new("Export the feature again.", "请重新导出该要素。"),
        }),
        good => Ok(good),
    }
}

fn wrong_type(raw: &RawGeometry, wanted: &str, wanted_zh: &str) -> Refusal {
    let found = raw.type_name();
    Refusal {
        rule: "geometry.wrong_type",
        words: Words::new(
            format!("is a {found}; the layer takes {wanted}"),
            format!("几何类型为 {found}，该图层应为{wanted_zh}"),
        ),
        mend: Words::new(
            "Move the feature to the layer where it belongs, or draw it again.",
            "请将该要素移到相应图层，或重新绘制。",
        ),
    }
}

fn invalid(error: &ShapeError) -> Refusal {
    let zh = match error {
        ShapeError::TooFewCorners(n) => format!("有一个环只有 {n} 个不同的角点，面至少需要三个"),
        _ => "几何为空".to_owned(),
    };
    Refusal {
        rule: "geometry.invalid",
        words: Words::new(error.to_string(), zh),
        mend: Words::new("Draw the outline again.", "请重新绘制边界。"),
    }
}

fn out_of_range(a: f64, b: f64, error: &CrsError) -> Refusal {
    let zh = match error {
        CrsError::Shape(ShapeError::NotFinite) => "坐标不是有限数".to_owned(),
        CrsError::OutsideZone { crs, .. } => format!("坐标不在 {crs} 的范围内"),
        CrsError::Shape(_) => {
            "经度应在 -180 至 180 之间，纬度应在 -90 至 90 之间（是否为投影坐标，或经纬度颠倒？）"
                .to_owned()
        }
    };
    Refusal {
        rule: "geometry.out_of_range",
        words: Words::new(
            format!("the position [{a}, {b}] is no place: {error}"),
            format!("坐标 [{a}, {b}] 无效：{zh}"),
        ),
        mend: Words::new(
            "Correct the position, or declare the file's reference system (`crs` in wangge.toml).",
            "请更正坐标，或在 wangge.toml 中用 crs 声明坐标系。",
        ),
    }
}
