//! Papers by their content.

use super::{CODE, Clerk, filed, refusal};
use crate::support::{Register, Reply, run};
use serde_json::Value;

/// The smallest files that begin as they must.
const PDF: &[u8] = b"%PDF-1.4\n%%EOF\n";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\nrest";

fn attach(clerk: &Clerk<'_>, query: &str, content: &[u8]) -> Reply {
    let bearer = format!("Bearer {}", clerk.token);
    let path = format!("/api/v1/dossiers/{CODE}/attachments?{query}");
    clerk
        .server
        .send("POST", &path, &[("authorization", &bearer)], Some(content))
}

#[test]
fn papers_are_kept_once_by_their_content_and_only_if_they_are_what_they_say() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception", "98").await;
        let far = Clerk::with(&register, &server, "Xa", "reception", "97").await;
        an.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let first = attach(
            &an,
            "kind=HDCQ&name=H%E1%BB%A3p%20%C4%91%E1%BB%93ng.pdf&copy=0",
            PDF,
        );
        assert_eq!(first.status, 200, "{}", first.text());
        assert_eq!(
            attach(&an, "kind=HDCQ&name=again.pdf", PDF).json(),
            first.json()
        );
        let both = attach(&an, "kind=GTLQ&name=a.png", PNG).json();
        let papers = both["attachments"].as_array().unwrap();
        assert_eq!(papers.len(), 2);
        assert_eq!(
            (
                papers[0]["name"].as_str().unwrap(),
                papers[0]["copy"].as_i64().unwrap()
            ),
            ("Hợp đồng.pdf", 0)
        );
        assert_eq!(papers[1]["media_type"], "image/png");

        for (query, content, expected) in [
            (
                "kind=HDCQ&name=a.pdf",
                &b"MZ executable"[..],
                refusal(415, "not-a-paper"),
            ),
            (
                "kind=HDCQ&name=a.pdf",
                &b""[..],
                refusal(415, "not-a-paper"),
            ),
            ("kind=XX&name=a.pdf", PDF, refusal(400, "bad-parameter")),
            ("kind=HDCQ&name=a%0Ab", PDF, refusal(400, "bad-parameter")),
            ("kind=HDCQ", PDF, refusal(400, "bad-parameter")),
        ] {
            let reply = attach(&an, query, content);
            assert_eq!(
                (
                    reply.status,
                    reply.json()["code"].as_str().unwrap().to_owned()
                ),
                expected,
                "{query}"
            );
        }
        let large = [PDF, &vec![b' '; 21 << 20]].concat();
        let reply = attach(&an, "kind=GTLQ&name=large.pdf", &large);
        assert_eq!(
            (reply.status, reply.json()["code"].as_str().unwrap()),
            (413, "body-too-large")
        );
        assert_eq!(attach(&far, "kind=HDCQ&name=a.pdf", PDF).status, 403);

        let path = format!("/api/v1/dossiers/{CODE}/attachments/1");
        let reply = an.send("GET", &path, &[], &Value::Null);
        assert_eq!(
            (reply.body.as_slice(), reply.header("content-type")),
            (PDF, "application/pdf")
        );
        assert_eq!(
            (
                reply.header("x-content-type-options"),
                reply.header("cache-control")
            ),
            ("nosniff", "no-store")
        );
        assert_eq!(
            far.fails("GET", &path, &Value::Null),
            refusal(403, "outside-your-area")
        );
        assert_eq!(
            an.fails(
                "GET",
                &format!("/api/v1/dossiers/{CODE}/attachments/9"),
                &Value::Null
            ),
            refusal(404, "no-such-attachment")
        );
        let read: i64 = register
            .value("select count(*) from access_ledger where service = 'attachment'")
            .await;
        assert_eq!(read, 1);
    });
}
