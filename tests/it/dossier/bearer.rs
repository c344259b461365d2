//! Tokens of the office's own login: a key set and tokens made here.

use crate::support::{Folder, Register, run};
use diaba::share::Issuer;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use serde_json::{Value, json};
use std::process::Command;

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
