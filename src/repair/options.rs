//! What can be chosen for a repair, and what cannot be asked for.

use crate::dataset::Dataset;
use std::collections::BTreeSet;

/// What can be chosen for a repair.
#[derive(Clone, Debug, PartialEq)]
pub struct RepairOptions {
    /// The layers that may change: `grids`, names of nets, and the layer of the outline, which
    /// only gets corners on its edges. All of them when `None`.
    pub layers: Option<BTreeSet<String>>,
    /// Codes of grids whose corners never move and whose area never changes.
    pub locked: BTreeSet<String>,
    /// Borders closer than this, in metres, are meant to be the same; the dataset's when `None`.
    pub tolerance_m: Option<f64>,
    /// The greatest share of a grid's area that it may win or lose in one place.
    pub max_share: f64,
    /// The most households whose grid one place may decide.
    pub max_households: u64,
    /// Whether the two limits are set aside.
    pub force: bool,
}

impl RepairOptions {
    /// The share of a grid's area that one mend may move without being asked: 5 %.
    pub const MAX_SHARE: f64 = 0.05;
    /// The households that one mend may give away without being asked: a building's worth.
    pub const MAX_HOUSEHOLDS: u64 = 50;
}

impl Default for RepairOptions {
    fn default() -> Self {
        Self {
            layers: None,
            locked: BTreeSet::new(),
            tolerance_m: None,
            max_share: Self::MAX_SHARE,
            max_households: Self::MAX_HOUSEHOLDS,
            force: false,
        }
    }
}

/// Why a dataset cannot be repaired as asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RepairError {
    /// There is nothing that nets and outline could be held against.
    #[error("the dataset has no grids to repair: add a grids layer")]
    NoGrids,
    /// A layer that cannot be repaired.
    #[error("`{layer}` is no layer that can be repaired; this dataset has {}", known.join(", "))]
    UnknownLayer {
        /// The name given.
        layer: String,
        /// The layers that can be repaired.
        known: Vec<String>,
    },
    /// A code that no grid has.
    #[error("there is no grid `{code}` to lock; give the code of a grid of this dataset")]
    UnknownGrid {
        /// The code given.
        code: String,
    },
}

impl RepairOptions {
    /// Holds the options against a dataset.
    ///
    /// # Errors
    /// Names the layer or the code that the dataset does not have.
    pub fn check(&self, dataset: &Dataset) -> Result<(), RepairError> {
        if dataset.grids.is_empty() {
            return Err(RepairError::NoGrids);
        }
        let known = repairable(dataset);
        if let Some(layer) = self.layers.iter().flatten().find(|layer| !known.contains(layer)) {
            return Err(RepairError::UnknownLayer { layer: layer.clone(), known });
        }
        let is_grid = |code: &&String| dataset.grids.iter().any(|grid| grid.code == **code);
        match self.locked.iter().find(|code| !is_grid(code)) {
            Some(code) => Err(RepairError::UnknownGrid { code: code.clone() }),
            None => Ok(()),
        }
    }

    /// Whether a layer may change.
    pub(super) fn may_change(&self, layer: &str) -> bool {
        self.layers.as_ref().is_none_or(|layers| layers.contains(layer))
    }
}

/// The layers that a repair may change, in the order of their repair.
fn repairable(dataset: &Dataset) -> Vec<String> {
    let outline = dataset.outline().map(|(layer, _)| layer.to_owned());
    let nets = dataset.nets.iter().map(|net| net.name.clone());
    outline.into_iter().chain(["grids".to_owned()]).chain(nets).collect()
}
