//! A PostgreSQL server for tests, and what only PostgreSQL does.

use crate::backups::{assert_same, fill};
use crate::place::Place;
use crate::shapes::{shape, square};
use crate::suite::put;
use jiff::civil::date;
use serde_json::json;
use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use wangge::domain::{Geometry, LonLat, MultiPolygon};
use wangge::store::{self, Expect, Shape, StoreError, Write};

/// A database with PostGIS that others are made from.
const TEMPLATE: &str = "with_postgis";

/// Tells the variables of the server, and waits. What pg_virtualenv itself says goes nowhere: it
/// would die of a closed pipe in the middle of cleaning up.
const START: &str = "exec pg_virtualenv -t -o max_connections=200 \
    sh -c 'env >&3; echo ready >&3; exec cat >/dev/null' 3>&1 >/dev/null";

/// A server that ends when this is dropped, or with the process however that ends: it waits for
/// the end of its input.
pub struct Server {
    child: Child,
    variables: HashMap<String, String>,
}

/// Starts a server, unless the tools are not here (and are not demanded).
pub fn server() -> Option<Server> {
    let found = |tool| {
        let mut command = Command::new(tool);
        command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    // pg_virtualenv knows no --version; it belongs to the same package as this one.
    if !found("pg_lsclusters") || !found("psql") {
        assert!(
            std::env::var_os("WANGGE_TOOLS").is_none(),
            "pg_virtualenv is missing: install postgresql and postgresql-15-postgis-3"
        );
        eprintln!("skipped: PostgreSQL is not installed (postgresql, postgresql-15-postgis-3)");
        return None;
    }
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut child = Command::new("sh")
        .args(["-c", START])
        .env("PGPORT", port.to_string())
        // A runner that ends this process must not end that one half-way through its cleaning up.
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let variables: HashMap<String, String> = lines
        .take_while(|line| line != "ready")
        .filter_map(|line| line.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned())))
        .collect();
    let server = Server { child, variables };
    server.psql("postgres", &format!("CREATE DATABASE {TEMPLATE}"));
    server.psql(TEMPLATE, "CREATE EXTENSION postgis");
    Some(server)
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Server {
    /// A database of its own, as the place of a store.
    pub fn database(&self, name: &str) -> Place {
        let name = &name[..name.len().min(60)];
        self.psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
        Place::named(self.url(name))
    }

    pub fn url(&self, database: &str) -> String {
        let of = |name: &str| &self.variables[name];
        let (user, password) = (of("PGUSER"), of("PGPASSWORD"));
        format!("postgres://{user}:{password}@127.0.0.1:{}/{database}", of("PGPORT"))
    }

    fn psql(&self, database: &str, sql: &str) -> String {
        let done = Command::new("psql")
            .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-d", &self.url(database), "-c", sql])
            .output()
            .unwrap();
        assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    /// Stops or starts the server.
    fn control(&self, action: &str) {
        let cluster = [&self.variables["PGVERSION"], "regress", action];
        let mut command = Command::new("pg_ctlcluster");
        command.args(["-m", "immediate"].iter().take(if action == "stop" { 2 } else { 0 }));
        let done = command.args(cluster).envs(&self.variables).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// What only PostgreSQL does.
pub fn run_own(server: Server) {
    type Own = (&'static str, fn(&Server));
    let all: [Own; 9] = [
        ("bare database", tables_are_made_in_a_bare_database),
        ("newer", a_database_of_a_newer_version_is_refused),
        ("two at once", two_programs_make_the_tables_at_once),
        ("wrong password", a_wrong_password_or_database_is_told_without_the_password),
        ("views", qgis_and_gdal_open_the_views),
        ("moves", stores_move_between_the_kinds),
        ("another runtime", a_thread_of_another_runtime_may_call),
        ("full disk", a_full_disk_is_told),
        ("restart", a_restart_is_told_and_mended),
    ];
    for (name, case) in all {
        let begun = Instant::now();
        case(&server);
        eprintln!("{name}: {:?}", begun.elapsed());
    }
}

fn tables_are_made_in_a_bare_database(server: &Server) {
    server.psql("postgres", "CREATE DATABASE bare");
    let store = Place::named(server.url("bare")).open();
    put(&*store, "a", Expect::Absent, json!(1)).unwrap();
    assert!(!store.name().contains(&server.variables["PGPASSWORD"]), "{}", store.name());
    server
        .psql("postgres", "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    let refused = store::open(&server.url("latin")).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("UTF8"), "{refused}");
}

fn a_database_of_a_newer_version_is_refused(server: &Server) {
    let place = server.database("newer");
    put(&*place.open(), "a", Expect::Absent, json!(1)).unwrap();
    let migration = "INSERT INTO wangge.migrations (number, at_ms, program) VALUES (99, 0, '9')";
    server.psql("newer", migration);
    let refused = store::open(&place.spec).map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 99, .. }), "{refused:?}");
}

fn two_programs_make_the_tables_at_once(server: &Server) {
    let place = server.database("at_once");
    std::thread::scope(|scope| {
        for n in 0..4 {
            let place = &place;
            scope.spawn(move || {
                put(&*place.open(), &format!("{n}"), Expect::Absent, json!(n)).unwrap()
            });
        }
    });
    assert_eq!(place.open().last_seq(), Ok(4));
}

fn a_wrong_password_or_database_is_told_without_the_password(server: &Server) {
    let wrong = server.url("postgres").replace(&server.variables["PGPASSWORD"], "geheim");
    let refused = store::open(&wrong).map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::Other { .. }), "{refused:?}");
    assert!(!refused.to_string().contains("geheim"), "{refused}");
    let refused = store::open(&server.url("no_such")).map(|_| ()).unwrap_err();
    assert!(refused.to_string().contains("no_such"), "{refused}");
    let nobody = store::open("postgres://li@127.0.0.1:1/x").map(|_| ()).unwrap_err();
    assert!(matches!(nobody, StoreError::Unavailable { .. }), "{nobody:?}");
    // Debian's server has a certificate that nobody has signed: encryption alone is not enough.
    let refused = store::open(&format!("{}?sslmode=require", server.url("postgres")));
    let refused = refused.map(|_| ()).unwrap_err();
    assert!(matches!(refused, StoreError::Other { .. }), "{refused:?}");
}

fn qgis_and_gdal_open_the_views(server: &Server) {
    let place = server.database("gis");
    let point = Geometry::Point(LonLat::new(120.387, 36.117).unwrap());
    let two = vec![square(120.38, 36.11), square(120.39, 36.12)];
    let parts = Geometry::MultiPolygon(MultiPolygon::new(two).unwrap());
    let from = Some(date(2026, 1, 1));
    let line = vec![LonLat::new(120.38, 36.11).unwrap(), LonLat::new(120.39, 36.12).unwrap()];
    let shapes = vec![
        shape("grids", "370203035003001", from, None),
        Shape { geometry: parts, ..shape("grids", "370203035003002", from, None) },
        Shape { geometry: point, ..shape("compounds", "鸿仕雅居", None, None) },
        Shape { geometry: Geometry::LineString(line), ..shape("borders", "1", None, None) },
    ];
    let write = Write::put("adoption", "1", Expect::Absent, json!({})).with_shapes(shapes);
    place.open().commit("li", &[write]).unwrap();
    let valid = server.psql("gis", "SELECT count(*) FROM wangge.shapes WHERE ST_IsValid(geom)");
    assert_eq!(valid.trim(), "4");
    let plan = "SET enable_seqscan = off; SET enable_bitmapscan = off; EXPLAIN SELECT * FROM
        wangge.areas WHERE geom && ST_MakeEnvelope(120, 36, 121, 37, 4326)";
    let plan = server.psql("gis", plan);
    assert!(plan.contains("areas_by_place"), "the view's index is not used: {plan}");
    let of = |name: &str| &server.variables[name];
    let source = format!(
        "PG:host=127.0.0.1 port={} user={} password={} dbname=gis",
        of("PGPORT"),
        of("PGUSER"),
        of("PGPASSWORD")
    );
    for (view, kind, count) in [
        ("areas", "Multi Polygon", 2),
        ("points", "Multi Point", 1),
        ("lines", "Multi Line String", 1),
    ] {
        let Ok(done) =
            Command::new("ogrinfo").args(["-al", &source, &format!("wangge.{view}")]).output()
        else {
            assert!(std::env::var_os("WANGGE_TOOLS").is_none(), "ogrinfo is missing: gdal-bin");
            return eprintln!("skipped: ogrinfo is not installed (gdal-bin)");
        };
        let text = String::from_utf8_lossy(&done.stdout);
        assert!(text.contains(&format!("Geometry: {kind}")), "{text}");
        assert!(text.contains(&format!("Feature Count: {count}")), "{text}");
        assert!(text.contains("ID[\"EPSG\",4326]"), "{text}");
    }
}

fn stores_move_between_the_kinds(server: &Server) {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let here = store::open(file("here.db").to_str().unwrap()).unwrap();
    fill(&*here);
    here.backup(&file("out.db")).unwrap();
    let place = server.database("moved");
    store::restore(&file("out.db"), &place.spec, false).unwrap();
    let there = place.open();
    assert_same(&*here, &*there);
    let refused = store::restore(&file("out.db"), &place.spec, false).unwrap_err();
    assert!(refused.to_string().contains("holds something"), "{refused}");
    put(&*there, "new", Expect::Absent, json!("there")).unwrap();
    there.backup(&file("back.db")).unwrap();
    store::restore(&file("back.db"), file("again.db").to_str().unwrap(), false).unwrap();
    assert_same(&*there, &*store::open(file("again.db").to_str().unwrap()).unwrap());
    store::restore(&file("out.db"), &place.spec, true).unwrap();
    assert_same(&*here, &*there);
    assert_eq!(
        put(&*there, "p7", Expect::Absent, json!(0)),
        put(&*here, "p7", Expect::Absent, json!(0))
    );
}

fn a_thread_of_another_runtime_may_call(server: &Server) {
    let place = server.database("runtime");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let read = runtime.block_on(async {
        let store = place.open();
        put(&*store, "a", Expect::Absent, json!(1)).unwrap();
        store.read("plan", "a").unwrap().unwrap().version
    });
    assert_eq!(read, 1);
}

fn a_full_disk_is_told(server: &Server) {
    // The server's own error, raised as it raises it.
    let place = server.database("full_disk");
    let store = place.open();
    let raise = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON wangge.log EXECUTE FUNCTION full_disk()";
    server.psql("full_disk", raise);
    let full = put(&*store, "a", Expect::Absent, json!(1)).unwrap_err();
    assert!(matches!(full, StoreError::Full { .. }), "{full:?}");
    assert_eq!(store.read("plan", "a"), Ok(None));
    server.psql("full_disk", "DROP FUNCTION full_disk CASCADE");
    put(&*store, "a", Expect::Absent, json!(1)).unwrap();
}

fn a_restart_is_told_and_mended(server: &Server) {
    let place = server.database("restarted");
    let (store, other) = (place.open(), place.open());
    put(&*store, "a", Expect::Absent, json!(1)).unwrap();
    let mut acknowledged = 1;
    server.control("stop");
    for _ in 0..3 {
        let error = put(&*store, "a", Expect::Any, json!(0)).unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
        let error = store.read("plan", "a").unwrap_err();
        assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
    }
    server.control("start");
    let until = Instant::now() + Duration::from_secs(30);
    let within = |done: &mut dyn FnMut() -> bool| {
        while !done() {
            assert!(Instant::now() < until, "not mended within 30 s");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    within(&mut || match put(&*store, "a", Expect::Version(acknowledged), json!(2)) {
        Ok(version) => {
            acknowledged = version;
            true
        }
        Err(error) => {
            assert!(matches!(error, StoreError::Unavailable { .. }), "{error:?}");
            false
        }
    });
    let seq = store.last_seq().unwrap();
    let newest = other.subscribe();
    within(&mut || *newest.borrow() == seq);
    assert_eq!(acknowledged, 2);
    store.check().unwrap();
}
