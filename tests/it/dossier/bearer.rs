//! Tokens of the office's own login: a key set and tokens made here.

use super::{CODE, Clerk, absence, filed, refusal, row_of};
use crate::support::{Folder, Register, Served, run};
use diaba::app::issue_token;
use diaba::policy::{Officer, identity};
use diaba::share::Issuer;
use diaba::store::Identity;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};
use std::process::Command;
use time::{Duration, OffsetDateTime};

const ISSUER: &str = "https://login.example.vn";

/// A P-256 key made by OpenSSL: PEM, and its coordinates.
fn key(folder: &Folder) -> (Vec<u8>, Value) {
    let path = folder.write("key.pem", "");
    let openssl = |arguments: &[&str]| {
        let output = Command::new("openssl").args(arguments).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        output.stdout
    };
    let file = path.to_str().unwrap();
    openssl(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-out",
        file,
    ]);
    let der = openssl(&["pkey", "-in", file, "-pubout", "-outform", "DER"]);
    // the last 64 bytes of a public key are x and y
    let (x, y) = der[der.len() - 64..].split_at(32);
    let base64 = |bytes: &[u8]| {
        use base64::Engine;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
    };
    let jwk = json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": base64(x), "y": base64(y) });
    (std::fs::read(&path).unwrap(), jwk)
}

#[test]
fn an_officer_comes_with_a_token_of_the_issuer_and_only_with_a_sound_one() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let folder = Folder::new();
        let (pem, jwk) = key(&folder);
        let keys = folder.write(
            "keys.json",
            json!({ "keys": [jwk, { "kty": "unknown" }] }).to_string(),
        );
        server
            .app
            .trust(Issuer::open(ISSUER.to_owned(), "diaba".to_owned(), keys).unwrap());
        let now = get_current_timestamp();
        let claims = json!({
            "iss": ISSUER, "aud": "diaba", "sub": "u-7", "name": "Trần Thị B", "roles": ["officer", "guest"], "areas": ["98"],
            "exp": now + 600
        });
        let token = |claims: &Value, kid: &str| {
            let mut header = Header::new(Algorithm::ES256);
            header.kid = Some(kid.to_owned());
            encode(&header, claims, &EncodingKey::from_ec_pem(&pem).unwrap()).unwrap()
        };
        let path = "/api/v1/communes/99001/sheets/1/parcels/1";
        let read = |token: &str| server.get_as(token, path);
        let reply = read(&token(&claims, "k1"));
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert!(reply.text().contains("party_name"));
        let actor: String = register.value("select actor from access_ledger").await;
        assert_eq!(actor, "Trần Thị B (u-7)");
        let with = |member: &str, value: Value| {
            let mut other = claims.clone();
            other[member] = value;
            read(&token(&other, "k1"))
        };
        assert_eq!(with("exp", json!(now - 600)).status, 401);
        assert_eq!(with("nbf", json!(now + 600)).status, 401);
        assert_eq!(with("iss", json!("https://else.example")).status, 401);
        assert_eq!(with("aud", json!("another")).status, 401);
        assert_eq!(read(&token(&claims, "k2")).status, 401);
        let sound = token(&claims, "k1");
        let (signed, signature) = sound.rsplit_once('.').unwrap();
        let forged = signature.replacen(
            signature.chars().next().unwrap(),
            if signature.starts_with('A') { "B" } else { "A" },
            1,
        );
        assert_eq!(read(&format!("{signed}.{forged}")).status, 401);
        // no roles and no areas are none, not all
        assert_eq!(with("areas", json!([])).json()["code"], "outside-your-area");
        assert_eq!(with("areas", json!(["*"])).status, 200);
        assert_eq!(
            with("roles", json!(["guest"])).json()["code"],
            "role-missing"
        );
        // a token of another kind of signature is none
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("k1".to_owned());
        let weak = encode(&header, &claims, &EncodingKey::from_secret(b"k1")).unwrap();
        assert_eq!(read(&weak).status, 401);
        assert_eq!(read("diaba_nobody").status, 401);
    });
}

/// The office's own login, trusted by a server.
struct Login<'a> {
    server: &'a Served,
    pem: Vec<u8>,
    _folder: Folder,
}

impl<'a> Login<'a> {
    fn at(server: &'a Served) -> Self {
        let folder = Folder::new();
        let (pem, jwk) = key(&folder);
        let keys = folder.write("keys.json", json!({ "keys": [jwk] }).to_string());
        let issuer = Issuer::open(ISSUER.to_owned(), "diaba".to_owned(), keys).unwrap();
        server.app.trust(issuer);
        Self {
            server,
            pem,
            _folder: folder,
        }
    }

    /// Who has this id, under a name or under none.
    fn officer(&self, sub: &str, name: Option<&str>) -> Clerk<'a> {
        let mut claims = json!({
            "iss": ISSUER, "aud": "diaba", "sub": sub, "roles": ["reception", "officer", "approver"], "areas": ["*"],
            "exp": get_current_timestamp() + 600
        });
        if let Some(name) = name {
            claims["name"] = json!(name);
        }
        let mut header = Header::new(Algorithm::ES256);
        header.kid = Some("k1".to_owned());
        let key = EncodingKey::from_ec_pem(&self.pem).unwrap();
        Clerk {
            server: self.server,
            token: encode(&header, &claims, &key).unwrap(),
        }
    }
}

#[test]
fn nobody_approves_what_they_prepared_under_another_name_and_a_namesake_may() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let login = Login::at(&server);
        let named = login.officer("u-7", Some("Trần Thị B"));
        let path = format!("/api/v1/dossiers/{CODE}");
        let ids = [named.id(1), named.id(2)];
        named.does("PUT", &path, &filed(&ids));
        named.step(CODE, "assign", &json!({ "officer": "Người khác" }));
        let merge = json!({ "operations": [{ "kind": "merge", "parcels": ids }] });
        let plan = named.does("PUT", &format!("{path}/plan"), &merge);
        named.step(CODE, "check", &json!({}));
        let approve = format!("{path}/plan/approve");
        let sha256 = json!({ "sha256": plan["sha256"] });
        for name in [None, Some("Bà B"), Some("Chi (u-8)"), Some("")] {
            let same = login.officer("u-7", name);
            assert_eq!(
                same.fails("POST", &approve, &sha256),
                refusal(403, "four-eyes"),
                "{name:?}"
            );
        }
        // and nobody lets the same person approve instead
        for delegate in ["u-7", "Ai đó (u-7)"] {
            assert_eq!(
                named.fails("POST", "/api/v1/delegations", &absence(delegate, (1, 30))),
                refusal(400, "bad-parameter")
            );
        }
        // a namesake is somebody else
        let namesake = login.officer("u-8", Some("Trần Thị B"));
        let report = namesake.does("POST", &approve, &sha256);
        // asking again after another login gets the same answer
        let again = login
            .officer("u-8", None)
            .send("POST", &approve, &[], &sha256);
        assert_eq!(
            (again.header("idempotency-repeated"), again.json()),
            ("true", report)
        );
    });
}

#[test]
fn a_request_that_is_sent_again_after_another_login_is_the_same_request() {
    run(async {
        let register = row_of(2).await;
        let server = register.serve().await;
        let login = Login::at(&server);
        let (named, unnamed) = (
            login.officer("u-7", Some("Trần Thị B")),
            login.officer("u-7", None),
        );
        let ids = [named.id(1), named.id(2)];
        let tags = ids.map(|id| format!("\"{id}-1\"")).join(", ");
        let merge = json!({ "operations": [{ "kind": "merge", "parcels": ids }] });
        let headers = [("if-match", &*tags), ("idempotency-key", "once")];
        let ask = |clerk: &Clerk<'_>| clerk.send("POST", "/api/v1/operations", &headers, &merge);
        let (first, again) = (ask(&named), ask(&unnamed));
        assert_eq!(first.status, 201, "{}", first.text());
        assert_eq!((again.status, again.json()), (201, first.json()));
        // somebody else's key is another one
        let other = ask(&login.officer("u-8", Some("Trần Thị B")));
        assert_ne!(other.json(), first.json());

        let agency = "insert into numbering (province_code, agency, valid) values ('98', 'H98.1', '[2026-01-01,)')";
        register.execute(agency).await.unwrap();
        let key = [("idempotency-key", "once")];
        let file = |clerk: &Clerk<'_>| clerk.send("POST", "/api/v1/dossiers", &key, &filed(&[]));
        let (first, again) = (file(&named), file(&unnamed));
        assert_eq!((first.status, again.status), (201, 200));
        assert_eq!(first.json(), again.json());
    });
}

#[test]
fn no_token_is_issued_here_in_the_name_of_an_officer_of_the_login() {
    run(async {
        let register = Register::blank().await;
        let officer = Identity::Officer(Officer::everywhere("Bất kỳ (u-7)"));
        let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
        let refused = issue_token(&register.store, &officer, tomorrow).await;
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("Bất kỳ (u-7)"), "{error}");
        assert_eq!(
            register
                .value::<i64>("select count(*) from access_token")
                .await,
            0
        );
        // the database takes the same out of a text as the program
        for (text, id) in [
            ("Trần Thị B (u-7)", "u-7"),
            ("Chi (u-9) (u-7)", "u-7"),
            ("An (b", "An (b"),
            ("An ()", "An ()"),
            ("Lan", "Lan"),
        ] {
            let said: String = register
                .value_of(&format!("select officer_identity('{text}')"))
                .await;
            assert_eq!((said.as_str(), identity(text)), (id, id));
        }
    });
}
