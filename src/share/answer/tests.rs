use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::sync::LazyLock;
use time::macros::datetime;

/// An answer that jwcrypto 1.6.1 signed with the key of RFC 7515 appendix A.3, and the same answer with n − s for s.
const FOREIGN: &str = include_str!("../../../tests/interop/jwcrypto.jws");
const FOREIGN_UPPER_HALF: &str = include_str!("../../../tests/interop/jwcrypto-upper-half.jws");
const FOREIGN_JWKS: &str = include_str!("../../../tests/interop/jwcrypto.jwks.json");

struct Office {
    key: SigningKey,
    keys: VerifyingKeys,
    compact: String,
}

static OFFICE: LazyLock<Office> = LazyLock::new(|| {
    let key = new_key();
    let keys = key.verifying_keys();
    let compact = sign(&key, &answer()).unwrap();
    Office { key, keys, compact }
});

fn new_key() -> SigningKey {
    let home = tempfile::tempdir().unwrap();
    SigningKey::load_or_create(&home.path().join("signing.pem")).unwrap()
}

fn answer() -> Answer {
    let data = json!({"sheet_no": 4, "party_name": "Nguyễn Văn An", "personal_no": "********1234"});
    Answer {
        iss: "https://dat.example.vn".to_owned(),
        aud: ClientId::parse("portal-dvcqg").unwrap(),
        iat: 1_767_225_600,
        jti: None,
        purpose: Purpose::DOSSIER_HANDLING,
        dossier: "H26.3-260101-0001".to_owned(),
        request: Request::new(
            "GET",
            "/portal/v1/parcels/w7er8t2m5x3c",
            Some("at=2026-01-01"),
        ),
        register_position: Position(42),
        recorded_at: datetime!(2026-01-01 00:00:00 UTC),
        data: data.as_object().unwrap().clone(),
        withheld: vec!["personal_no".to_owned(), "mortgages".to_owned()],
    }
}

fn parts(compact: &str) -> [&str; 3] {
    let parts: Vec<&str> = compact.split('.').collect();
    parts.try_into().unwrap()
}

/// The answer with another header, signed over by the same key.
fn sealed_with_header(header: &str) -> String {
    let content = parts(&OFFICE.compact)[1];
    let message = format!("{}.{content}", URL_SAFE_NO_PAD.encode(header));
    let signature = OFFICE.key.sign(message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn is_refused(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).map_or(true, |text| verify(text, &OFFICE.keys).is_err())
}

#[test]
fn a_signed_answer_comes_back_as_it_was() {
    let verified = verify(&OFFICE.compact, &OFFICE.keys).unwrap();
    assert_eq!(verified.answer, answer());
    assert_eq!(verified.kid, OFFICE.key.kid());
    assert_eq!(
        verified.content,
        json!({
            "iss": "https://dat.example.vn", "aud": "portal-dvcqg", "iat": 1_767_225_600,
            "purpose": "dossier-handling", "dossier": "H26.3-260101-0001",
            "request": {
                "method": "GET", "path": "/portal/v1/parcels/w7er8t2m5x3c", "query": "at=2026-01-01",
                "sha256": "FODIQ5VPNIAtxaSlDHOOKxTZ7hMvec_m6sTDMAGQgO4",
            },
            "register_position": 42, "recorded_at": "2026-01-01T00:00:00Z",
            "data": {"sheet_no": 4, "party_name": "Nguyễn Văn An", "personal_no": "********1234"},
            "withheld": ["personal_no", "mortgages"],
        })
    );
    assert_eq!(sign(&OFFICE.key, &answer()).unwrap(), OFFICE.compact);
}

#[test]
fn an_answer_that_another_library_signed_verifies_and_keeps_members_of_later_versions() {
    let keys = VerifyingKeys::from_jwks(FOREIGN_JWKS).unwrap();
    let verified = verify(FOREIGN, &keys).unwrap();
    assert_eq!(verified.answer.register_position, Position(7));
    assert_eq!(verified.answer.request, Request::new("GET", "/p", None));
    assert_eq!(verified.content["later"], 1);
    assert!(matches!(
        verify(FOREIGN_UPPER_HALF, &keys),
        Err(VerifyError::SignatureNotCanonical)
    ));
}

#[test]
fn another_library_verifies_our_answer() {
    use jsonwebtoken::jwk::JwkSet;
    use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
    let set: JwkSet = serde_json::from_value(OFFICE.key.jwks()).unwrap();
    let key = DecodingKey::from_jwk(set.find(OFFICE.key.kid()).unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&["portal-dvcqg"]);
    validation.required_spec_claims.clear();
    let token = decode::<Answer>(&OFFICE.compact, &key, &validation).unwrap();
    assert_eq!(token.claims, answer());
}

#[test]
fn an_answer_signed_with_a_retired_key_verifies_as_long_as_the_key_is_published() {
    let today = new_key().verifying_keys();
    assert!(matches!(
        verify(&OFFICE.compact, &today),
        Err(VerifyError::UnknownKey(kid)) if kid == OFFICE.key.kid()
    ));
    let published = today.and(OFFICE.keys.clone()).to_jwks().to_string();
    let keys = VerifyingKeys::from_jwks(&published).unwrap();
    assert_eq!(keys.kids().count(), 2);
    assert!(verify(&OFFICE.compact, &keys).is_ok());
}

#[test]
fn an_answer_with_any_single_bit_changed_fails() {
    let compact = OFFICE.compact.as_bytes();
    for place in 0..compact.len() {
        for bit in 0..8 {
            let mut changed = compact.to_vec();
            changed[place] ^= 1 << bit;
            assert!(is_refused(&changed), "bit {bit} of byte {place}");
        }
    }
}

#[test]
fn the_last_characters_of_each_part_have_one_spelling() {
    let compact = OFFICE.compact.as_bytes();
    let ends = (0..=compact.len()).filter(|&at| compact.get(at).is_none_or(|&byte| byte == b'.'));
    for place in ends.map(|end| end - 1) {
        for byte in (0..=u8::MAX).filter(|&byte| byte != compact[place]) {
            let mut changed = compact.to_vec();
            changed[place] = byte;
            assert!(is_refused(&changed), "{byte} at {place}");
        }
    }
    for grown in ["=", "==", "\n", " ", "A", "."] {
        assert!(is_refused(format!("{}{grown}", OFFICE.compact).as_bytes()));
        assert!(is_refused(format!("{grown}{}", OFFICE.compact).as_bytes()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn an_answer_with_any_bytes_replaced_fails(
        at in any::<prop::sample::Index>(),
        length in 0_usize..4,
        bytes in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let compact = OFFICE.compact.as_bytes();
        let start = at.index(compact.len());
        let end = (start + length).min(compact.len());
        let mut changed = compact.to_vec();
        changed.splice(start..end, bytes);
        prop_assume!(changed != compact);
        prop_assert!(is_refused(&changed));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,40}\\.\\PC{0,40}\\.\\PC{0,40}") {
        prop_assert!(verify(&text, &OFFICE.keys).is_err());
    }
}

#[test]
fn every_way_to_forge_an_answer_fails_for_its_own_reason() {
    let kid = OFFICE.key.kid();
    let [header, content, signature] = parts(&OFFICE.compact);
    let with = |member: &str| {
        sealed_with_header(&format!(
            r#"{{"alg":"ES256","kid":"{kid}","typ":"{ANSWER_TYPE}"{member}}}"#
        ))
    };
    let alg = |alg: &str| {
        sealed_with_header(&format!(
            r#"{{"alg":"{alg}","kid":"{kid}","typ":"{ANSWER_TYPE}"}}"#
        ))
    };
    assert!(verify(&with(""), &OFFICE.keys).is_ok());
    let other_signature = sign(&new_key(), &answer()).unwrap();
    let other_signature = parts(&other_signature)[2];
    let signed = |content: &str| jws::seal(&OFFICE.key, ANSWER_TYPE, content.as_bytes()).unwrap();
    for (forged, reason) in [
        (
            format!("{header}.{content}"),
            "the text is not three parts joined by dots",
        ),
        (
            format!("{header}.{content}.{signature}.{signature}"),
            "the text is not three parts joined by dots",
        ),
        (
            format!("{header}=.{content}.{signature}"),
            "the header is not canonical base64url without padding",
        ),
        (
            format!("{header}.{content} .{signature}"),
            "the content is not canonical base64url without padding",
        ),
        (
            format!("{header}.{content}.{signature}=="),
            "the signature is not canonical base64url without padding",
        ),
        (alg("none"), "the algorithm \"none\" is not ES256"),
        (alg("HS256"), "the algorithm \"HS256\" is not ES256"),
        (alg("es256"), "the algorithm \"es256\" is not ES256"),
        (
            with(r#","crit":["exp"]"#),
            "the header is not a JSON object of alg, kid and typ alone",
        ),
        (
            with(r#","jwk":{}"#),
            "the header is not a JSON object of alg, kid and typ alone",
        ),
        (
            with(r#","alg":"ES256""#),
            "the header is not a JSON object of alg, kid and typ alone",
        ),
        (
            sealed_with_header(r#"{"alg":"ES256"}"#),
            "the header is not a JSON object of alg, kid and typ alone",
        ),
        (
            jws::seal(&OFFICE.key, "JWT", b"{}").unwrap(),
            "the type \"JWT\" is not the one expected",
        ),
        (
            FOREIGN.to_owned(),
            "the key \"oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U\" is not known",
        ),
        (
            format!("{header}.{content}."),
            "the signature is not two numbers of 32 bytes",
        ),
        (
            format!("{header}.{content}.{}", "A".repeat(86)),
            "the signature is not two numbers of 32 bytes",
        ),
        (
            format!("{header}.{content}.{}", &signature[..84]),
            "the signature is not two numbers of 32 bytes",
        ),
        (
            format!("{header}.{content}.{other_signature}"),
            "the signature does not fit the text",
        ),
        (signed("{}"), "the signed content cannot be read"),
        (signed(""), "the signed content cannot be read"),
    ] {
        let error = verify(&forged, &OFFICE.keys).unwrap_err();
        assert_eq!(error.to_string(), reason, "{forged}");
    }
}

#[test]
fn the_request_line_has_a_question_mark_only_before_a_query() {
    // printf 'GET /p' | openssl dgst -sha256 -binary | basenc --base64url
    let plain = Request::new("GET", "/p", None);
    assert_eq!(
        (plain.line().as_str(), plain.sha256()),
        ("GET /p", "JijQv5vMsORWn6NwrLE8AFfs7U-YXpzMXT0SzlKS4Nk")
    );
    assert_eq!(Request::new("GET", "/p", Some("")).line(), "GET /p?");
    assert_eq!(
        Request::new("GET", "/p", Some("a=1&b")).line(),
        "GET /p?a=1&b"
    );
}
