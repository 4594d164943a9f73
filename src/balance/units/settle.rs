//! Pieces that tile the boundary to the grid step.
//!
//! Cutting rounds to the grid. Where a border was cut several times, the pieces may leave a hair
//! of a millimetre inside the boundary, reach over it, or into each other. Laid over the boundary
//! once more, such a hair is a face, and is given to a piece beside it.

use super::input::Input;
use super::pieces::Piece;
use crate::domain::MultiPolygon;
use crate::geometry::{Arrangement, FaceId};
use std::collections::BTreeMap;

/// Most times that pieces are laid over the boundary; once is nearly always enough.
const MAX_ROUNDS: usize = 8;

/// The pieces, made to tile the boundary exactly.
pub(super) fn settle(input: &Input<'_>, mut pieces: Vec<Piece>) -> Vec<Piece> {
    for _ in 0..MAX_ROUNDS {
        let mut shapes: Vec<&MultiPolygon> = vec![&input.boundary];
        shapes.extend(pieces.iter().map(|piece| &piece.geometry));
        let arrangement = Arrangement::build(&input.frame, &shapes);
        let is_settled = |face: FaceId| matches!(arrangement.owners(face), [] | [0, _]);
        if (0..arrangement.faces() as FaceId).all(is_settled) {
            break;
        }
        let owners = owners(&arrangement);
        let shapes = arrangement.polygons_of(&owners, pieces.len());
        let settled = pieces.into_iter().zip(shapes).filter_map(|(piece, shape)| {
            // A hair without a compound may vanish; a piece with one has more than a hair.
            let geometry = shape
                .or_else(|| Some(piece.geometry.clone()).filter(|_| !piece.compounds.is_empty()))?;
            Some(Piece { geometry, ..piece })
        });
        pieces = settled.collect();
    }
    pieces
}

/// The piece of each face inside the boundary: the first that holds it, else that with which it
/// has the longest border.
fn owners(arrangement: &Arrangement) -> Vec<Option<u32>> {
    let is_inside = |face: FaceId| arrangement.owners(face).first() == Some(&0);
    let mut owner: Vec<Option<u32>> = (0..arrangement.faces() as FaceId)
        .map(|face| {
            let piece = arrangement.owners(face).get(1).filter(|_| is_inside(face));
            piece.map(|piece| piece - 1)
        })
        .collect();
    loop {
        let mut beside: BTreeMap<FaceId, BTreeMap<u32, f64>> = BTreeMap::new();
        for edge in 0..arrangement.half_edges() {
            let (face, other) = (arrangement.face(edge), arrangement.face(edge ^ 1));
            if owner[face as usize].is_none()
                && is_inside(face)
                && let Some(piece) = owner[other as usize]
            {
                let borders = beside.entry(face).or_default();
                *borders.entry(piece).or_default() += arrangement.length_m(edge);
            }
        }
        if beside.is_empty() {
            return owner;
        }
        for (face, borders) in beside {
            let longest =
                borders.into_iter().max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)));
            owner[face as usize] = longest.map(|(piece, _)| piece);
        }
    }
}
