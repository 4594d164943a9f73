//! The report of the check in each of its forms.

use crate::client::Server;
use crate::program::Folder;

#[test]
fn the_report_comes_as_a_page_as_text_and_for_a_gis() {
    let server = Server::start(Folder::overlapping());
    let json = server.get("/api/check").json();
    let findings = json["findings"].as_array().unwrap();
    assert!(!findings.is_empty());
    assert_eq!(server.get("/api/check?format=json").json(), json);

    let page = server.get("/api/check?format=html");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(page.header("content-disposition").contains("wangge-check.html"));
    assert!(page.header("content-security-policy").contains("default-src 'self'"));
    let html = String::from_utf8(page.body.clone()).unwrap();
    assert!(html.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">"));
    assert!(!html.contains("<script"));
    for finding in findings {
        assert!(html.contains(finding["message_zh"].as_str().unwrap()));
    }
    let again =
        server.get_with("/api/check?format=html", &[("if-none-match", page.header("etag"))]);
    assert_eq!(again.status, 304);

    let english = server.get("/api/check?format=html&lang=en");
    assert!(String::from_utf8(english.body).unwrap().contains("<html lang=\"en\">"));

    let text = server.get("/api/check?format=text&lang=en");
    assert_eq!(text.header("content-type"), "text/plain; charset=utf-8");
    assert!(String::from_utf8(text.body).unwrap().contains("an overlap of"));

    let map = server.get("/api/check?format=geojson");
    assert_eq!(map.header("content-type"), "application/geo+json");
    assert_eq!(map.json()["features"].as_array().unwrap().len(), findings.len());
}

#[test]
fn an_unknown_form_or_language_is_refused_by_name() {
    let server = Server::start(Folder::clean());
    for (query, field) in [("format=pdf", "format"), ("lang=fr", "lang"), ("from=x", "from")] {
        let problem = server.get(&format!("/api/check?{query}")).problem(400);
        assert_eq!(problem["field"], field);
    }
}
