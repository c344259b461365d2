//! Bad requests: RFC 9457 problems with a stable code, and nothing of the server's inside.

use crate::support::{Register, run};
use diaba::app::issue_token;
use diaba::policy::Officer;
use diaba::store::Identity;
use time::{Duration, OffsetDateTime};

const BAD: &[(&str, &str, u16, &str)] = &[
    ("GET", "/api/v1/parcels/abc", 400, "bad-parameter"),
    (
        "GET",
        "/api/v1/parcels/99999999999999999999",
        400,
        "bad-parameter",
    ),
    ("GET", "/api/v1/parcels/0", 404, "no-such-parcel"),
    ("GET", "/api/v1/parcels/-1", 404, "no-such-parcel"),
    (
        "GET",
        "/api/v1/parcels/1099511628000000",
        404,
        "no-such-parcel",
    ),
    (
        "GET",
        "/api/v1/parcels/by-code/w3gv7cgzjm5a",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/parcels/by-code/w3gv7cgzjm5k",
        404,
        "no-such-parcel",
    ),
    ("GET", "/api/v1/parcels/by-code/%ff", 400, "bad-parameter"),
    (
        "GET",
        "/api/v1/communes/abc/sheets/1/parcels/1",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/communes/99001/sheets/x/parcels/1",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/communes/99001/sheets/1/parcels/99999",
        404,
        "no-such-parcel",
    ),
    (
        "GET",
        "/api/v1/communes/99001/sheets/1/parcels/1?crs=9210",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/communes/99001/sheets/1/parcels/1?f=xml",
        400,
        "bad-parameter",
    ),
    ("GET", "/api/v1/identify", 400, "bad-parameter"),
    (
        "GET",
        "/api/v1/identify?lon=106&lat=91",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/identify?lon=NaN&lat=10",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/identify?lon=inf&lat=10",
        400,
        "bad-parameter",
    ),
    ("GET", "/api/v1/parcels", 400, "bad-parameter"),
    ("GET", "/api/v1/parcels?bbox=1,2,3", 400, "bad-parameter"),
    (
        "GET",
        "/api/v1/parcels?bbox=107,10,106,11",
        400,
        "bad-parameter",
    ),
    ("GET", "/api/v1/parcels?bbox=a,b,c,d", 400, "bad-parameter"),
    (
        "GET",
        "/api/v1/parcels?bbox=NaN,NaN,NaN,NaN",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/parcels?bbox=106,10,107,11&limit=0",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/parcels?bbox=106,10,107,11&limit=1001",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/parcels?bbox=106,10,107,11&after=5",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/api/v1/nearest?lon=106&lat=10&k=101",
        400,
        "bad-parameter",
    ),
    ("GET", "/api/v1/search", 400, "bad-parameter"),
    ("GET", "/api/v1/search?q=a&limit=51", 400, "bad-parameter"),
    ("GET", "/api/v1/search?q=%00", 400, "bad-parameter"),
    ("GET", "/tiles/nothing/1/0/0", 404, "no-such-tileset"),
    ("GET", "/tiles/nothing/a/b/c", 404, "no-such-tileset"),
    ("GET", "/tiles/nothing.json", 404, "no-such-tileset"),
    ("POST", "/tiles/parcels/16/0/0", 405, "no-such-method"),
    (
        "GET",
        "/tiles/parcels/16/0/0?at=1.8.2024",
        400,
        "bad-parameter",
    ),
    (
        "GET",
        "/tiles/parcels/13/0/0?at=2024-08-01",
        400,
        "bad-parameter",
    ),
    ("GET", "/tiles/parcels/16/0/0/explain", 400, "bad-parameter"),
    (
        "GET",
        "/tiles/parcels/23/0/0/explain?parcel=1099511627777",
        404,
        "no-such-tile",
    ),
    (
        "GET",
        "/tiles/parcels/16/0/0/explain?parcel=1099511627776",
        404,
        "no-such-parcel",
    ),
    ("GET", "/tiles/parcels/0/1/0", 404, "no-such-tile"),
    ("GET", "/tiles/parcels/23/0/0", 404, "no-such-tile"),
    ("GET", "/tiles/parcels/16/65536/0", 404, "no-such-tile"),
    ("GET", "/tiles/parcels/16/-1/0", 400, "bad-parameter"),
    ("GET", "/nowhere", 404, "no-such-page"),
    ("GET", "/api/v1/nowhere", 404, "no-such-page"),
    ("GET", "/assets/../../Cargo.toml", 404, "no-such-page"),
    (
        "DELETE",
        "/api/v1/parcels/1099511627777",
        405,
        "no-such-method",
    ),
    ("GET", "/api/v1/parcels/within", 405, "no-such-method"),
    (
        "POST",
        "/api/v1/identify?lon=106&lat=10",
        405,
        "no-such-method",
    ),
    (
        "PUT",
        "/tiles/parcels/16/52190/30794",
        405,
        "no-such-method",
    ),
    (
        "GET",
        "/portal/v1/parcels/w3gv7cgzjm5k?purpose=dossier-handling&dossier=1",
        401,
        "not-authenticated",
    ),
];

/// The problem of a reply, checked in everything that all problems have in common.
fn check(what: &str, reply: &crate::support::Reply, status: u16, code: &str) {
    let text = reply.text();
    assert_eq!(reply.status, status, "{what}: {text}");
    assert_eq!(
        reply.header("content-type"),
        "application/problem+json",
        "{what}"
    );
    let problem = reply.json();
    assert_eq!(problem["status"], status, "{what}");
    assert_eq!(problem["code"], code, "{what}");
    assert_eq!(problem["type"], format!("/docs/problems#{code}"), "{what}");
    assert!(
        !problem["title"].as_str().unwrap().is_empty()
            && !problem["detail"].as_str().unwrap().is_empty()
    );
    for internal in [
        "i64", "i32", "u32", "f64", "usize", ".rs", "::", "sqlx", "postgres", "select ", "panick",
        "axum", "/tmp",
    ] {
        assert!(
            !text.to_lowercase().contains(internal),
            "{what} tells of {internal}: {text}"
        );
    }
    assert!(!reply.header("x-request-id").is_empty(), "{what}");
}

#[test]
fn a_bad_request_is_a_problem_with_its_code_and_tells_nothing_of_the_server() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        for (method, path, status, code) in BAD {
            let reply = server.send(method, path, &[], None);
            check(path, &reply, *status, code);
            if *status == 405 {
                assert!(!reply.header("allow").is_empty(), "{path}");
            }
        }
    });
}

#[test]
fn a_bad_body_is_a_problem() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let ring = |points: usize| {
            let place = |turn: usize| {
                let angle = turn as f64 / points as f64 * std::f64::consts::TAU;
                format!("[{},{}]", 106.0 + angle.cos(), 10.0 + angle.sin())
            };
            let places: Vec<String> = (0..points).chain([0]).map(place).collect();
            format!(
                r#"{{"type":"Polygon","coordinates":[[{}]]}}"#,
                places.join(",")
            )
        };
        let deep = "[".repeat(100_000);
        let huge = " ".repeat(300 * 1024);
        for (what, body, status, code) in [
            ("no JSON", "{", 400, "bad-parameter"),
            ("nothing", "", 400, "bad-parameter"),
            (
                "another type",
                r#"{"type":"Point","coordinates":[106,10]}"#,
                400,
                "bad-parameter",
            ),
            ("a point short", &ring(2), 400, "bad-parameter"),
            ("too many points", &ring(1001), 400, "bad-parameter"),
            (
                "degrees of no place",
                r#"{"type":"Polygon","coordinates":[[[1000,0],[1001,0],[1001,1],[1000,0]]]}"#,
                400,
                "bad-parameter",
            ),
            ("brackets only", &deep, 400, "bad-parameter"),
            ("300 KiB", &huge, 413, "body-too-large"),
        ] {
            let headers = [("content-type", "application/geo+json")];
            let reply = server.send(
                "POST",
                "/api/v1/parcels/within",
                &headers,
                Some(body.as_bytes()),
            );
            check(what, &reply, status, code);
        }
    });
}

#[test]
fn a_token_that_is_unknown_expired_or_of_another_scheme_is_refused_not_ignored() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let officer = Identity::Officer(Officer::everywhere("an"));
        let yesterday = OffsetDateTime::now_utc() - Duration::days(1);
        let expired = issue_token(&register.store, &officer, yesterday)
            .await
            .unwrap();
        for authorization in [
            format!("Bearer {expired}"),
            "Bearer diaba_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
            "Bearer ".to_owned(),
            "Basic YW46YW4=".to_owned(),
        ] {
            for path in [
                "/api/v1/communes/99001/sheets/1/parcels/1",
                "/portal/v1/parcels/w3gv7cgzjm5k",
            ] {
                let reply = server.send("GET", path, &[("authorization", &authorization)], None);
                check(&authorization, &reply, 401, "not-authenticated");
                assert_eq!(reply.header("www-authenticate"), "Bearer");
            }
        }
    });
}
