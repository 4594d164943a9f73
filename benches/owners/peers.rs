//! The same polygons and places asked of others: tg behind an R-tree, shapely's tree.

use crate::support::peer;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use wangge::domain::{LonLat, MultiPolygon};

/// Areas and places in files that the peers read, and what the peers are.
pub struct Peers {
    folder: TempDir,
    /// The program made from `WANGGE_TG` and `benches/peers/tg.c`.
    tg: Option<PathBuf>,
    python: Option<PathBuf>,
}

/// Nanoseconds a look-up, and the areas found (`u32::MAX` for none).
pub type Answers = (f64, Vec<u32>);

impl Peers {
    /// Writes the areas, and makes the peers ready that are there.
    pub fn new(areas: &[MultiPolygon]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for a while");
        let (tg, python) = (make_tg(folder.path()), peer::python());
        std::fs::write(folder.path().join("areas"), bytes_of(areas)).expect("room on the disk");
        Self { folder, tg, python }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_places(&self, places: &[LonLat]) {
        let numbers = places.iter().flat_map(|p| [p.lon(), p.lat()]);
        let bytes: Vec<u8> = numbers.flat_map(f64::to_le_bytes).collect();
        std::fs::write(self.file("places"), bytes).expect("room on the disk");
    }

    /// tg behind an R-tree, with the faster of its two indexes of edges.
    pub fn tg(&self, places: &[LonLat], runs: usize) -> Option<Answers> {
        let program = self.tg.as_ref()?;
        self.write_places(places);
        let files = ["areas", "places", "answers"].map(|name| self.file(name));
        let done = Command::new(program).args(&files).arg(runs.to_string()).output();
        let done = done.expect("the peer runs");
        assert!(done.status.success(), "tg ended with {}", done.status);
        let text = String::from_utf8_lossy(&done.stdout).into_owned();
        let times = text.lines().filter_map(|line| line.split(' ').nth(1)?.parse::<f64>().ok());
        let least = times.fold(f64::INFINITY, f64::min);
        let answers = std::fs::read(self.file("answers")).expect("answers");
        let (numbers, _) = answers.as_chunks::<4>();
        let answers = numbers.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        Some((least / places.len() as f64, answers))
    }

    /// Nanoseconds a look-up of shapely's tree: all places in one call, and one call a place.
    pub fn shapely(&self, places: &[LonLat], runs: usize) -> Option<(f64, f64)> {
        let python = self.python.as_ref()?;
        self.write_places(places);
        let (areas, places_file) = (self.file("areas"), self.file("places"));
        let runs = PathBuf::from(runs.to_string());
        let out = peer::ask(python, SHAPELY, &[&areas, &places_file, &runs]);
        let each = |name: &str| out[name].as_f64().expect("a time") * 1e6 / places.len() as f64;
        Some((each("all"), each("one") * out["share"].as_f64().expect("a share")))
    }
}

/// `one` is measured on a part of the places; `share` says how large a part.
const SHAPELY: &str = r#"
data, at, shapes = open(sys.argv[1], "rb").read(), 0, []
while at < len(data):
    count = struct.unpack_from("<I", data, at + 4)[0]
    begin, at, parts = at, at + 8, []
    for _ in range(count):
        corners = struct.unpack_from("<I", data, at)[0]
        at += 4 + 16 * corners
    shapes.append(b"\x01\x03\x00\x00\x00" + data[begin + 4:at])
areas = shapely.from_wkb(numpy.array(shapes, dtype=object))
shapely.prepare(areas)
tree = shapely.STRtree(areas)
lonlat = numpy.fromfile(sys.argv[2]).reshape(-1, 2)
points = shapely.points(lonlat)
runs = int(sys.argv[3])
out["all"], _ = least(runs, lambda: tree.query(points, predicate="intersects"))
few = points[:50000]
out["share"] = len(points) / len(few)
out["one"], _ = least(1, lambda: [tree.query(point, predicate="intersects") for point in few])
"#;

/// For each polygon the number of its area, of its rings, and the corners of each.
fn bytes_of(areas: &[MultiPolygon]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, area) in areas.iter().enumerate() {
        for polygon in area.polygons() {
            bytes.extend((number as u32).to_le_bytes());
            bytes.extend((polygon.rings().count() as u32).to_le_bytes());
            for ring in polygon.rings() {
                let corners = ring.corners();
                bytes.extend((corners.len() as u32 + 1).to_le_bytes());
                for corner in corners.iter().chain(corners.first()) {
                    bytes.extend(corner.lon().to_le_bytes());
                    bytes.extend(corner.lat().to_le_bytes());
                }
            }
        }
    }
    bytes
}

/// Compiles the program; `None` says why there is none.
fn make_tg(folder: &Path) -> Option<PathBuf> {
    let Some(source) = std::env::var_os("WANGGE_TG").map(PathBuf::from) else {
        println!(
            "skipped: tg, no WANGGE_TG (a folder with tg.c and tg.h of github.com/tidwall/tg)"
        );
        return None;
    };
    let program = folder.join("tg");
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/tg.c");
    let mut cc = Command::new("cc");
    cc.args(["-O3", "-march=native", "-o"]).arg(&program).arg("-I").arg(&source);
    cc.arg(own).arg(source.join("tg.c")).arg("-lm");
    let made = cc.status().is_ok_and(|status| status.success());
    assert!(made, "benches/peers/tg.c cannot be compiled with tg from WANGGE_TG");
    Some(program)
}
