//! The library that is measured beside: shapely (GEOS), in the Python of `scripts/need peers`.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wangge::domain::{LonLat, MultiPolygon};
use wangge::geometry::Frame;

/// The interpreter: `WANGGE_PEERS`, or the one that `scripts/need peers` puts under `target`.
/// `None` says that there is none.
pub fn python() -> Option<PathBuf> {
    let made = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/peers/bin/python");
    let python = std::env::var_os("WANGGE_PEERS").map_or(made, PathBuf::from);
    let mut asked = Command::new(&python);
    asked.args(["-c", "import shapely, numpy"]).stderr(Stdio::null());
    let is_there = asked.status().is_ok_and(|status| status.success());
    if !is_there {
        println!("skipped: the peer, no Python with shapely (run scripts/need peers)");
    }
    is_there.then_some(python)
}

/// Writes polygons to a file that the peer reads: metres on the frame's plane, to the millimetre,
/// as little-endian WKB one after the other.
pub fn write_wkb(frame: &Frame, shapes: &[MultiPolygon], file: &Path) {
    let mut bytes = Vec::new();
    for polygon in shapes.iter().flat_map(MultiPolygon::polygons) {
        bytes.extend([1, 3, 0, 0, 0]);
        bytes.extend((polygon.rings().count() as u32).to_le_bytes());
        for ring in polygon.rings() {
            let corners = ring.corners();
            bytes.extend((corners.len() as u32 + 1).to_le_bytes());
            for &corner in corners.iter().chain(corners.first()) {
                metres(frame, corner).into_iter().for_each(|v| bytes.extend(v.to_le_bytes()));
            }
        }
    }
    std::fs::write(file, bytes).expect("the folder can be written");
}

fn metres(frame: &Frame, place: LonLat) -> [f64; 2] {
    let point = frame.to_grid(place);
    [point.x as f64 / 1000.0, point.y as f64 / 1000.0]
}

/// Reads the polygons of [`write_wkb`] and measures calls; the scripts follow it.
const PRELUDE: &str = r#"
import json, struct, sys, time
import numpy, shapely

def read(file):
    data, at, ends = open(file, "rb").read(), 0, []
    shapes = []
    while at < len(data):
        begin, at = at, at + 9
        for _ in range(struct.unpack_from("<I", data, begin + 5)[0]):
            at += 4 + 16 * struct.unpack_from("<I", data, at)[0]
        shapes.append(data[begin:at])
    return shapely.from_wkb(numpy.array(shapes, dtype=object))

def least(runs, work):
    best = float("inf")
    for _ in range(runs):
        begin = time.process_time()
        answer = work()
        best = min(best, time.process_time() - begin)
    return best * 1000, answer

out = {"shapely": shapely.__version__, "geos": shapely.geos_version_string}
"#;

/// Runs a script with the prelude; what it leaves in `out`.
pub fn ask(python: &Path, script: &str, arguments: &[&Path]) -> Value {
    let script = format!("{PRELUDE}\n{script}\nprint(json.dumps(out))");
    let done = Command::new(python).args(["-c", &script]).args(arguments).output();
    let done = done.expect("the peer runs");
    assert!(done.status.success(), "the peer: {}", String::from_utf8_lossy(&done.stderr));
    serde_json::from_slice(&done.stdout).expect("the peer answers with JSON")
}
