//! Bringing every grid within the bounds, whatever it costs: households flow from grid to grid
//! until the lack of one is shared by many.

use super::partition::Partition;
use super::recombine::Recombiner;
use super::rng::Rng;

/// Rounds over the grids out of bounds.
const ROUNDS: usize = 60;

/// Recombines each grid out of bounds with a neighbour, as evenly as a random tree allows, until
/// all are within the bounds, rounds run out or `stop` says so. Without a search for a good
/// objective, so a region of a thousand grids takes a fraction of a second.
pub fn level(
    partition: &mut Partition,
    recombiner: &mut Recombiner,
    rng: &mut Rng,
    mut stop: impl FnMut() -> bool,
) {
    let region = partition.region;
    let mut a_unit = vec![0u32; region.grids];
    for _ in 0..ROUNDS {
        if partition.excess == 0 {
            return;
        }
        for (unit, &grid) in partition.owner.iter().enumerate() {
            a_unit[grid as usize] = unit as u32;
        }
        for grid in 0..region.grids as u32 {
            if region.excess(partition.weight[grid as usize]) == 0 {
                continue;
            }
            if stop() {
                return;
            }
            let unit = a_unit[grid as usize];
            // The unit may have gone over to a neighbour in this round.
            if partition.owner[unit as usize] != grid {
                continue;
            }
            if recombiner.propose_even(partition, unit, rng) {
                recombiner.accept(partition);
            }
        }
    }
}
