//! The assignment problem: the Hungarian method with shortest augmenting paths (Jonker and
//! Volgenant, 1987), O(n³).

/// For a square matrix of gains, the column of each row such that columns differ and the gains
/// sum to the most.
pub(super) fn best_matching(gain: &[Vec<i64>]) -> Vec<usize> {
    let n = gain.len();
    // Rows and columns count from 1; row_of[0] is the row being placed.
    let mut row_dual = vec![0i64; n + 1];
    let mut column_dual = vec![0i64; n + 1];
    let mut row_of = vec![0usize; n + 1];
    for row in 1..=n {
        row_of[0] = row;
        let mut slack = vec![i64::MAX; n + 1];
        let mut came_from = vec![0usize; n + 1];
        let mut done = vec![false; n + 1];
        let mut column = 0;
        loop {
            done[column] = true;
            let current = row_of[column];
            let (mut least, mut next) = (i64::MAX, 0);
            for j in 1..=n {
                if done[j] {
                    continue;
                }
                let reduced = -gain[current - 1][j - 1] - row_dual[current] - column_dual[j];
                if reduced < slack[j] {
                    slack[j] = reduced;
                    came_from[j] = column;
                }
                if slack[j] < least {
                    (least, next) = (slack[j], j);
                }
            }
            for j in 0..=n {
                if done[j] {
                    row_dual[row_of[j]] += least;
                    column_dual[j] -= least;
                } else {
                    slack[j] -= least;
                }
            }
            column = next;
            if row_of[column] == 0 {
                break;
            }
        }
        while column != 0 {
            row_of[column] = row_of[came_from[column]];
            column = came_from[column];
        }
    }
    let mut column_of = vec![0; n];
    for column in 1..=n {
        column_of[row_of[column] - 1] = column - 1;
    }
    column_of
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn permutations(n: usize) -> Vec<Vec<usize>> {
        if n == 0 {
            return vec![Vec::new()];
        }
        let shorter = permutations(n - 1);
        let put = |p: &Vec<usize>, at: usize| {
            let mut longer = p.clone();
            longer.insert(at, n - 1);
            longer
        };
        shorter.iter().flat_map(|p| (0..n).map(move |at| put(p, at))).collect()
    }

    proptest! {
        #[test]
        fn agrees_with_all_permutations(
            gain in (1usize..6).prop_flat_map(|n| {
                prop::collection::vec(prop::collection::vec(0i64..50, n), n)
            })
        ) {
            let total = |p: &[usize]| p.iter().enumerate().map(|(i, &j)| gain[i][j]).sum::<i64>();
            let best = permutations(gain.len()).iter().map(|p| total(p)).max();
            prop_assert_eq!(Some(total(&best_matching(&gain))), best);
        }
    }
}
