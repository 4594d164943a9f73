//! Names that are proposed, accepted and refused.

use crate::client::{Answer, Server};
use crate::program::Folder;
use serde_json::{Value, json};

const PATH: &str = "/api/suggest/proposals";
/// 老机床厂宿舍
const LOOK_UP: &str = "/api/locate?q=%E8%80%81%E6%9C%BA%E5%BA%8A%E5%8E%82%E5%AE%BF%E8%88%8D";

/// The key of 东苑 in the small dataset.
fn east_court(server: &Server) -> String {
    let found = server.get("/api/locate?q=%E4%B8%9C%E8%8B%91").json();
    found["compound_id"].as_str().expect("东苑 is there").to_owned()
}

fn alias_of(key: &str, name: &str) -> Value {
    json!({ "kind": "compound", "key": key, "change": "alias", "name": name })
}

fn decide(server: &Server, path: &str, tag: Option<&str>, status: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(tag.map(|tag| ("if-match", tag)));
    server.send("PATCH", path, &headers, Some(&json!({ "status": status }).to_string()))
}

#[test]
fn an_accepted_name_is_found_at_once_and_exported() {
    let server = Server::start(Folder::clean());
    let key = east_court(&server);
    assert_eq!(server.get(LOOK_UP).json()["match"], "none");
    let made = server.post(PATH, &alias_of(&key, " 老机床厂宿舍 "));
    assert_eq!(made.status, 201);
    let path = made.header("location").to_owned();
    let proposal = made.json();
    assert_eq!((&proposal["status"], &proposal["place"]), (&json!("open"), &json!("东苑")));
    assert_eq!(server.get(LOOK_UP).json()["match"], "none", "not before it is accepted");
    assert_eq!(server.post(PATH, &alias_of(&key, "老机床厂宿舍")).status, 200, "twice is once");

    decide(&server, &path, None, "accepted").problem(428);
    let accepted = decide(&server, &path, Some(&made.etag()), "accepted");
    assert_eq!((accepted.status, &accepted.json()["version"]), (200, &json!(2)));
    decide(&server, &path, Some(&made.etag()), "refused").problem(412);
    let found = server.get(LOOK_UP).json();
    assert_eq!((&found["match"], &found["compound_id"]), (&json!("alias"), &json!(key)));
    let table = server.get(&format!("{PATH}?format=csv&status=accepted"));
    assert!(table.header("content-type").starts_with("text/csv"));
    let text = String::from_utf8(table.body).expect("UTF-8");
    let expected = format!("\u{feff}id,name,alias,correction\n{key},东苑,老机床厂宿舍,\n");
    assert_eq!(text, expected);

    let refused = decide(&server, &path, Some(&accepted.etag()), "refused");
    assert_eq!(refused.status, 200);
    assert_eq!(server.get(LOOK_UP).json()["match"], "none");
    let list = server.get(&format!("{PATH}?status=refused")).json();
    assert_eq!(list["proposals"].as_array().map(Vec::len), Some(1));
    let read = server.get(&path);
    assert_eq!(read.etag(), refused.etag());
}

#[test]
fn accepted_names_outlive_a_reload() {
    let server = Server::start(Folder::clean());
    let made = server.post(PATH, &alias_of(&east_court(&server), "老机床厂宿舍"));
    let accepted = decide(&server, made.header("location"), Some(&made.etag()), "accepted");
    assert_eq!(accepted.status, 200);
    let before = server.get("/api/plans/present").etag();
    server.signal("-HUP");
    let reloaded = (0..300).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        server.get("/api/plans/present").etag() != before
    });
    assert!(reloaded, "the dataset was not loaded anew");
    assert_eq!(server.get(LOOK_UP).json()["match"], "alias");
}

#[test]
fn what_cannot_be_a_name_is_refused() {
    let server = Server::start(Folder::clean());
    let key = east_court(&server);
    for (name, field) in [("", "name"), ("=1+1", "name"), ("电话13800000000", "name")] {
        assert_eq!(server.post(PATH, &alias_of(&key, name)).problem(422)["field"], field);
    }
    assert_eq!(server.post(PATH, &alias_of(&key, "东苑")).problem(422)["field"], "name");
    assert_eq!(server.post(PATH, &alias_of("none", "x")).problem(422)["field"], "key");
    let road = json!({ "kind": "road", "key": "x", "change": "alias", "name": "y" });
    assert_eq!(server.post(PATH, &road).problem(422)["field"], "key");
    let who = json!({ "kind": "compound", "key": key, "change": "alias", "name": "y", "by": "z" });
    server.post(PATH, &who).problem(400);
    server.get(&format!("{PATH}/none")).problem(404);
    assert_eq!(server.get(&format!("{PATH}?status=x")).problem(400)["field"], "status");
    assert_eq!(server.get(&format!("{PATH}?format=x")).problem(400)["field"], "format");
    // A name that another place has is kept, and says so.
    let other = server.post(PATH, &alias_of(&key, "小区00")).json();
    assert_eq!(other["others"], json!(["小区00"]));
}
