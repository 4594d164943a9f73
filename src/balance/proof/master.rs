//! The linear relaxation of the set-partition problem, by the revised simplex method over a
//! growing set of columns.
//!
//! Rows: each unit lies in one grid; there are K grids; each present grid is continued at most
//! once. Every vector of duals gives a valid bound (Lagrange): Σ duals + K × the least reduced
//! cost, so rounding in the simplex can weaken a bound but never falsify it.

use super::columns::{Column, NO_LABEL, units};

/// Smallest pivot, and smallest reduced cost that counts.
const EPSILON: f64 = 1e-9;
/// Pivots between two fresh inversions of the basis.
const REFRESH: usize = 120;

/// A column of the master by its rows: those of its units, of the count, of its label.
#[derive(Clone, Debug)]
struct Entry {
    rows: Vec<u16>,
    cost: f64,
}

/// The linear programme: minimise cost subject to one column per unit, K columns, one per label.
#[derive(Clone, Debug)]
pub(super) struct Master {
    units: usize,
    rows: usize,
    entries: Vec<Entry>,
    /// Basic entry of each row.
    basis: Vec<usize>,
    in_basis: Vec<bool>,
    /// Inverse of the basis, row by row.
    inverse: Vec<f64>,
    /// Value of each basic entry.
    value: Vec<f64>,
    right: Vec<f64>,
    since_refresh: usize,
}

/// Duals of the rows.
#[derive(Clone, Debug)]
pub(super) struct Duals {
    /// Of each unit.
    pub unit: Vec<f64>,
    /// Of the number of grids.
    pub count: f64,
    /// Of each label; none is positive.
    pub label: Vec<f64>,
}

impl Duals {
    /// The reduced cost of a column.
    pub fn reduced_cost(&self, column: &Column) -> f64 {
        let units: f64 = units(column.set).map(|u| self.unit[u]).sum();
        let label = if column.label == NO_LABEL { 0.0 } else { self.label[column.label as usize] };
        column.cost - units - self.count - label
    }

    /// Duals on the way to others: a `share` of the way.
    pub fn towards(&self, other: &Self, share: f64) -> Self {
        let mix = |a: f64, b: f64| a + share * (b - a);
        let all = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(&a, &b)| mix(a, b)).collect();
        Self {
            unit: all(&self.unit, &other.unit),
            count: mix(self.count, other.count),
            label: all(&self.label, &other.label),
        }
    }

    /// The sum of the right-hand sides times the duals.
    pub fn sum(&self, grids: usize) -> f64 {
        self.unit.iter().sum::<f64>() + grids as f64 * self.count + self.label.iter().sum::<f64>()
    }
}

impl Master {
    /// A programme for `units` units, `grids` grids and `labels` labels (0 when homes do not
    /// matter). Until columns come in, every row is met by an artificial entry of cost `large`.
    pub fn new(units: usize, grids: usize, labels: usize, large: f64) -> Self {
        let rows = units + 1 + labels;
        let mut right = vec![1.0; rows];
        right[units] = grids as f64;
        // A touch of irregularity keeps the method from standing still at degenerate corners;
        // bounds are worked out from the duals alone and do not see it.
        let mut noise = 0x9e37_79b9_u64;
        for value in &mut right {
            noise = noise
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            *value += 1e-5 * (0.5 + (noise >> 11) as f64 / (1u64 << 53) as f64);
        }
        // Artificial entries of rows that must be met, slack of the labels' rows.
        let entries = (0..rows)
            .map(|row| {
                let share = if row == units { large / 2.0 } else { large };
                Entry { rows: vec![row as u16], cost: if row > units { 0.0 } else { share } }
            })
            .collect();
        let mut master = Self {
            units,
            rows,
            entries,
            basis: (0..rows).collect(),
            in_basis: vec![true; rows],
            inverse: vec![0.0; rows * rows],
            value: right.clone(),
            right,
            since_refresh: 0,
        };
        (0..rows).for_each(|row| master.inverse[row * rows + row] = 1.0);
        master
    }

    /// Adds a column; its number among those added is the caller's to keep.
    pub fn add(&mut self, column: &Column) {
        let mut rows: Vec<u16> = units(column.set).map(|u| u as u16).collect();
        rows.push(self.units as u16);
        if column.label != NO_LABEL && self.rows > self.units + 1 {
            rows.push((self.units + 1 + column.label as usize) as u16);
        }
        self.entries.push(Entry { rows, cost: column.cost });
        self.in_basis.push(false);
    }

    /// Number of columns added.
    pub fn len(&self) -> usize {
        self.entries.len() - self.rows
    }

    /// Whether some row is still met by its artificial entry.
    pub fn needs_artificial(&self) -> bool {
        let rows = self.units + 1;
        self.basis.iter().zip(&self.value).any(|(&entry, &value)| entry < rows && value > 1e-4)
    }

    /// Makes the artificial entries `times` as dear.
    pub fn make_dearer(&mut self, times: f64) {
        self.entries[..=self.units].iter_mut().for_each(|entry| entry.cost *= times);
    }

    fn row_duals(&self) -> Vec<f64> {
        let mut duals = vec![0.0; self.rows];
        for (row, &entry) in self.basis.iter().enumerate() {
            let cost = self.entries[entry].cost;
            if cost != 0.0 {
                let inverse = &self.inverse[row * self.rows..(row + 1) * self.rows];
                duals.iter_mut().zip(inverse).for_each(|(dual, i)| *dual += cost * i);
            }
        }
        duals
    }

    /// Pivots until no column in the programme improves it, or `pivots` are used up. Returns the
    /// duals.
    pub fn solve(&mut self, pivots: &mut u64) -> Duals {
        let mut duals = self.row_duals();
        while *pivots > 0 {
            let price = |entry: &Entry| {
                entry.cost - entry.rows.iter().map(|&row| duals[row as usize]).sum::<f64>()
            };
            let best = (0..self.entries.len())
                .filter(|&e| !self.in_basis[e])
                .map(|e| (price(&self.entries[e]), e))
                .min_by(|a, b| a.0.total_cmp(&b.0));
            let Some((reduced, entering)) = best.filter(|(reduced, _)| *reduced < -EPSILON) else {
                break;
            };
            *pivots -= 1;
            let direction = self.direction(entering);
            let Some(leaving) = self.leaving_row(&direction) else { break };
            self.pivot(entering, leaving, &direction);
            if self.since_refresh >= REFRESH {
                self.refresh();
                duals = self.row_duals();
            } else {
                // The leaving row of the inverse, already divided, carries the duals over.
                let row = &self.inverse[leaving * self.rows..(leaving + 1) * self.rows];
                duals.iter_mut().zip(row).for_each(|(dual, i)| *dual += reduced * i);
            }
        }
        let label = duals[self.units + 1..].iter().map(|&dual| dual.min(0.0)).collect();
        Duals { unit: duals[..self.units].to_vec(), count: duals[self.units], label }
    }

    /// The entering column in terms of the basis.
    fn direction(&self, entering: usize) -> Vec<f64> {
        let columns = &self.entries[entering].rows;
        self.inverse
            .chunks_exact(self.rows)
            .map(|row| columns.iter().map(|&c| row[c as usize]).sum())
            .collect()
    }

    /// The row that reaches zero first; among equals the one with the largest pivot.
    fn leaving_row(&self, direction: &[f64]) -> Option<usize> {
        let mut best: Option<(f64, usize)> = None;
        for (row, &step) in direction.iter().enumerate().filter(|(_, step)| **step > EPSILON) {
            let ratio = self.value[row].max(0.0) / step;
            let better = best.is_none_or(|(least, old)| {
                ratio < least - 1e-12 || (ratio <= least + 1e-12 && step > direction[old])
            });
            if better {
                best = Some((ratio, row));
            }
        }
        best.map(|(_, row)| row)
    }

    fn pivot(&mut self, entering: usize, leaving: usize, direction: &[f64]) {
        let n = self.rows;
        let pivot = direction[leaving];
        let mut row: Vec<f64> = self.inverse[leaving * n..(leaving + 1) * n].to_vec();
        row.iter_mut().for_each(|x| *x /= pivot);
        let step = self.value[leaving] / pivot;
        for (r, &factor) in direction.iter().enumerate() {
            if r != leaving && factor != 0.0 {
                let target = &mut self.inverse[r * n..(r + 1) * n];
                target.iter_mut().zip(&row).for_each(|(x, p)| *x -= factor * p);
                self.value[r] -= factor * step;
            }
        }
        self.inverse[leaving * n..(leaving + 1) * n].copy_from_slice(&row);
        self.value[leaving] = step;
        self.in_basis[self.basis[leaving]] = false;
        self.in_basis[entering] = true;
        self.basis[leaving] = entering;
        self.since_refresh += 1;
    }

    /// Inverts the basis afresh (Gauss and Jordan, with row pivoting), against rounding.
    fn refresh(&mut self) {
        let n = self.rows;
        let mut matrix = vec![0.0f64; n * n];
        for (column, &entry) in self.basis.iter().enumerate() {
            for &row in &self.entries[entry].rows {
                matrix[row as usize * n + column] = 1.0;
            }
        }
        let mut inverse = vec![0.0; n * n];
        (0..n).for_each(|row| inverse[row * n + row] = 1.0);
        for column in 0..n {
            let size = |row: usize| matrix[row * n + column].abs();
            let Some(best) = (column..n).max_by(|&a, &b| size(a).total_cmp(&size(b))) else {
                return;
            };
            if size(best) < 1e-11 {
                // Singular by rounding: the running inverse is the better of the two.
                self.since_refresh = 0;
                return;
            }
            for x in 0..n {
                matrix.swap(best * n + x, column * n + x);
                inverse.swap(best * n + x, column * n + x);
            }
            let pivot = matrix[column * n + column];
            for x in 0..n {
                matrix[column * n + x] /= pivot;
                inverse[column * n + x] /= pivot;
            }
            for row in (0..n).filter(|&row| row != column) {
                let factor = matrix[row * n + column];
                if factor != 0.0 {
                    for x in 0..n {
                        matrix[row * n + x] -= factor * matrix[column * n + x];
                        inverse[row * n + x] -= factor * inverse[column * n + x];
                    }
                }
            }
        }
        self.inverse = inverse;
        for row in 0..n {
            let inverse = &self.inverse[row * n..(row + 1) * n];
            self.value[row] = inverse.iter().zip(&self.right).map(|(i, r)| i * r).sum();
        }
        self.since_refresh = 0;
    }

    /// The columns in use, by their number among those added, with their values.
    pub fn in_use(&self) -> impl Iterator<Item = (usize, f64)> + '_ {
        let values = self.basis.iter().zip(&self.value);
        values
            .filter(|(entry, value)| **entry >= self.rows && **value > 1e-4)
            .map(|(&entry, &value)| (entry - self.rows, value))
    }
}
