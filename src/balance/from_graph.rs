//! A problem from a dual graph in NetworkX adjacency JSON, the form that GerryChain writes.
//!
//! `nodes` is a list of objects with an `id` (a number or a string) and attributes; `adjacency`
//! holds for each node, in the same order, a list of `{"id": neighbour, …}`. GerryChain's own
//! attributes are used where they are there: `shared_perim` of an edge, `area` and
//! `boundary_perim` of a node, and the centroid `C_X`, `C_Y` (or `INTPTLON…`, `INTPTLAT…`).

use super::error::BalanceError;
use super::graph::{Edge, Graph};
use super::problem::{ABSURD_HOUSEHOLDS, Problem, ProblemUnit};
use crate::domain::LonLat;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What messages call the text that was given.
const FILE: &str = "graph";

#[derive(Deserialize)]
struct Adjacency {
    #[serde(default)]
    directed: bool,
    nodes: Vec<Map<String, Value>>,
    adjacency: Vec<Vec<Map<String, Value>>>,
}

impl Problem {
    /// A problem of `grids` grids on a graph in NetworkX adjacency JSON, `households` being the
    /// node attribute that is to be balanced. There is no present plan and no community; grids
    /// are coded "1" to "K".
    ///
    /// # Errors
    /// When the text is not such a graph, an attribute is missing, negative or not a whole
    /// number, ids repeat or edges name no node, or the number of grids is out of range.
    pub fn from_graph_json(
        text: &str,
        households: &str,
        grids: usize,
    ) -> Result<Self, BalanceError> {
        let json: Adjacency = serde_json::from_str(text)
            .map_err(|error| BalanceError::NotAGraph(error.to_string()))?;
        if json.directed {
            let problem = "the graph is directed; neighbours must be mutual".to_owned();
            return Err(BalanceError::NotAGraph(problem));
        }
        if json.nodes.len() != json.adjacency.len() {
            return Err(BalanceError::NotAGraph(format!(
                "{} nodes but {} lists of neighbours",
                json.nodes.len(),
                json.adjacency.len()
            )));
        }
        let units = read_units(&json.nodes, households)?;
        if !units.is_empty() && units.iter().all(|unit| unit.households == 0) {
            return Err(BalanceError::NoHouseholds {
                file: FILE.to_owned(),
                field: households.to_owned(),
            });
        }
        let edges = read_edges(&units, &json.adjacency)?;
        let graph = Graph::new(units.len(), edges);
        let problem = Self::assemble(units, graph, Vec::new(), Vec::new(), grids)?;
        Ok(Self { plain_codes: true, ..problem })
    }
}

/// The text of an id: a string, or a number as it is written.
fn id_text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn read_units(
    nodes: &[Map<String, Value>],
    households: &str,
) -> Result<Vec<ProblemUnit>, BalanceError> {
    if !nodes.is_empty() && nodes.iter().all(|node| !node.contains_key(households)) {
        let mut present: Vec<&str> = nodes[0].keys().map(String::as_str).collect();
        present.sort_unstable();
        return Err(BalanceError::UnknownAttribute {
            file: FILE.to_owned(),
            field: households.to_owned(),
            present: present.join(", "),
        });
    }
    let mut seen = FxHashMap::default();
    let mut units = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let id = id_text(node.get("id")).ok_or_else(|| {
            BalanceError::NotAGraph(format!("node {index} has no id that is a number or a string"))
        })?;
        if seen.insert(id.clone(), index).is_some() {
            return Err(BalanceError::DuplicateUnit { file: FILE.to_owned(), unit: id });
        }
        let count = read_count(node.get(households)).map_err(|problem| {
            let (file, field) = (FILE.to_owned(), households.to_owned());
            BalanceError::Households { file, unit: id.clone(), field, problem }
        })?;
        let number = |name: &str| node.get(name).and_then(read_number);
        let boundary = node.get("boundary_node").and_then(Value::as_bool);
        units.push(ProblemUnit {
            households: count,
            community: None,
            present: None,
            centroid: read_centroid(node),
            area_m2: number("area"),
            // GerryChain leaves the attribute out for units inside.
            outer_border_m: number("boundary_perim").or(boundary.filter(|b| !b).map(|_| 0.0)),
            id,
        });
    }
    Ok(units)
}

fn read_number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    number.is_finite().then_some(number)
}

fn read_centroid(node: &Map<String, Value>) -> Option<LonLat> {
    let pairs = [("C_X", "C_Y"), ("INTPTLON10", "INTPTLAT10"), ("INTPTLON20", "INTPTLAT20")];
    pairs.iter().find_map(|(x, y)| {
        LonLat::new(read_number(node.get(*x)?)?, read_number(node.get(*y)?)?).ok()
    })
}

/// A count: a whole number of 0 or more, also when written as 12.0.
fn read_count(value: Option<&Value>) -> Result<u64, String> {
    let value = value.filter(|v| !v.is_null()).ok_or("is missing")?;
    let Some(number) = value.as_f64() else { return Err(format!("{value} is not a number")) };
    if number < 0.0 {
        return Err(format!("{value} is negative"));
    }
    if number.fract() != 0.0 {
        return Err(format!("{value} is not a whole number"));
    }
    if number > ABSURD_HOUSEHOLDS as f64 {
        return Err(format!("{value} is more than {ABSURD_HOUSEHOLDS}, which cannot be meant"));
    }
    Ok(number as u64)
}

fn read_edges(
    units: &[ProblemUnit],
    adjacency: &[Vec<Map<String, Value>>],
) -> Result<Vec<Edge>, BalanceError> {
    let index: FxHashMap<&str, u32> =
        units.iter().enumerate().map(|(i, unit)| (unit.id.as_str(), i as u32)).collect();
    let mut edges = Vec::with_capacity(adjacency.iter().map(Vec::len).sum::<usize>());
    for (a, row) in adjacency.iter().enumerate() {
        for entry in row {
            let name = id_text(entry.get("id")).ok_or_else(|| {
                let unit = &units[a].id;
                BalanceError::NotAGraph(format!("a neighbour of unit {unit} has no id"))
            })?;
            let Some(&b) = index.get(name.as_str()) else {
                return Err(BalanceError::UnknownNeighbour {
                    file: FILE.to_owned(),
                    unit: units[a].id.clone(),
                    neighbour: name,
                });
            };
            let length_m = entry.get("shared_perim").and_then(read_number);
            edges.push(Edge { a: a as u32, b, length_m, barrier: false });
        }
    }
    Ok(edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: &str, adjacency: &str) -> String {
        format!(r#"{{"directed":false,"nodes":{nodes},"adjacency":{adjacency}}}"#)
    }

    fn error(nodes: &str, adjacency: &str, grids: usize) -> String {
        let text = graph(nodes, adjacency);
        Problem::from_graph_json(&text, "H", grids).expect_err("an error").to_string()
    }

    #[test]
    fn ids_may_be_numbers_or_strings() {
        let text = graph(
            r#"[{"id":"a","H":3},{"id":7,"H":4.0}]"#,
            r#"[[{"id":7}],[{"id":"a","shared_perim":2.5}]]"#,
        );
        let problem = Problem::from_graph_json(&text, "H", 2).expect("a problem");
        assert_eq!(problem.units()[1].id, "7");
        assert_eq!(problem.households(), 7);
        assert_eq!(problem.graph().edges().len(), 1);
    }

    #[test]
    fn faults_are_named() {
        let two = "[[],[]]";
        for (nodes, adjacency, grids, wanted) in [
            (r#"[{"id":1,"H":3},{"id":1,"H":3}]"#, two, 1, "two units have the id 1"),
            (r#"[{"id":1,"H":-3},{"id":2,"H":3}]"#, two, 1, "unit 1, field H: -3 is negative"),
            (r#"[{"id":1},{"id":2,"H":3}]"#, two, 1, "unit 1, field H: is missing"),
            (r#"[{"id":1,"H":"x"},{"id":2,"H":3}]"#, two, 1, "is not a number"),
            (r#"[{"id":1,"H":0.5},{"id":2,"H":3}]"#, two, 1, "not a whole number"),
            (r#"[{"id":1,"H":1e300},{"id":2,"H":3}]"#, two, 1, "cannot be meant"),
            (r#"[{"id":1,"P":1},{"id":2,"P":3}]"#, two, 1, "the first unit has: P, id"),
            (r#"[{"id":1,"H":0},{"id":2,"H":0}]"#, two, 1, "no household"),
            (r#"[{"id":1,"H":1},{"id":2,"H":3}]"#, "[[{\"id\":9}],[]]", 1, "touch 9"),
            (r#"[{"id":1,"H":1},{"id":2,"H":3}]"#, "[[]]", 1, "1 lists"),
            (r#"[{"id":1,"H":1},{"id":2,"H":3}]"#, two, 0, "between 1 and 2"),
            (r#"[{"id":1,"H":1},{"id":2,"H":3}]"#, two, 3, "between 1 and 2"),
            ("[]", "[]", 1, "0 planning units"),
        ] {
            let message = error(nodes, adjacency, grids);
            assert!(message.contains(wanted), "{message:?} should say {wanted:?}");
        }
        let broken = Problem::from_graph_json("{", "H", 1).expect_err("an error").to_string();
        assert!(broken.contains("NetworkX"), "{broken}");
    }
}
