//! Signed answers for registered clients.

use crate::desk;
use crate::support::{Register, Served, run};
use diaba::app::issue_token;
use diaba::policy::Officer;
use diaba::share::{VerifyingKeys, verify};
use diaba::store::{AgreementRow, Identity};
use serde_json::json;
use time::macros::date;
use time::{Date, Duration, OffsetDateTime};

const PARCEL: &str = "/portal/v1/communes/99001/sheets/1/parcels/1";
const REASON: &str = "purpose=dossier-handling&dossier=H29.3-261122-0001";

fn agreement(client: &str) -> AgreementRow {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    AgreementRow {
        client_id: client.to_owned(),
        client_name: client.to_owned(),
        audience: "portal".to_owned(),
        services: owned(&["parcel"]),
        purposes: owned(&["dossier-handling", "lending"]),
        fields: owned(&[
            "sheet_no",
            "parcel_no",
            "land_use",
            "party_name",
            "personal_no",
            "residence",
            "mortgages",
        ]),
        valid_from: date!(2026 - 01 - 01),
        valid_until: None,
        rate_per_minute: 600,
    }
}

/// The token of a client, with its agreement if it has one.
async fn client(register: &Register, id: &str, agreement: Option<AgreementRow>) -> String {
    if let Some(agreement) = agreement {
        register.store.add_agreement(&agreement).await.unwrap();
    }
    let tomorrow = OffsetDateTime::now_utc() + Duration::days(1);
    issue_token(&register.store, &Identity::Client(id.to_owned()), tomorrow)
        .await
        .unwrap()
}

fn keys(server: &Served) -> VerifyingKeys {
    VerifyingKeys::from_jwks(&server.get("/.well-known/jwks.json").text()).unwrap()
}

#[test]
fn an_answer_holds_the_agreed_fields_alone_signed_with_position_request_and_time() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let token = client(&register, "portal-dvcqg", Some(agreement("portal-dvcqg"))).await;
        let reply = server.get_as(&token, &format!("{PARCEL}?{REASON}"));
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/jose")
        );
        assert_eq!(reply.header("cache-control"), "no-store");

        let answer = verify(&reply.text(), &keys(&server)).unwrap().answer;
        // register.csv, row 2: of a personal number the portal gets the last four digits, of residence and debts nothing
        let expected = json!({
            "sheet_no": 1,
            "parcel_no": 1,
            "land_use": [{ "code": "ONT", "name_vi": "Đất ở tại nông thôn", "name_en": "Rural residential", "area_m2": 182.2 }],
            "rights": [{ "party_name": "Ông Nguyễn Văn Sơn và bà Nguyễn Thanh Hương", "personal_no": "********0000" }]
        });
        assert_eq!(serde_json::Value::Object(answer.data.clone()), expected);
        for withheld in ["personal_no", "residence", "mortgages", "birth_year"] {
            assert!(
                answer.withheld.iter().any(|field| field == withheld),
                "{withheld}"
            );
        }
        assert_eq!(answer.aud.as_str(), "portal-dvcqg");
        assert_eq!(answer.register_position.0, 7);
        assert_eq!(
            (answer.purpose.as_str(), answer.dossier.as_str()),
            ("dossier-handling", "H29.3-261122-0001")
        );
        assert_eq!(answer.request.line(), format!("GET {PARCEL}?{REASON}"));
        assert!((OffsetDateTime::now_utc().unix_timestamp() - answer.iat).abs() < 60);
        let entry: i64 = register
            .value("select entry_no from access_ledger where outcome = 'answered'")
            .await;
        assert_eq!(answer.jti, Some(entry.to_string()));
    });
}

#[test]
fn a_notary_reads_the_mortgages_that_the_portal_is_not_told() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let officer = desk::Officer::at(&register, &server).await;
        let mortgage = json!([{
            "kind": "mortgage", "parcels": [officer.id(1)], "amount_vnd": 500_000_000,
            "to": { "kind": "organisation", "name": "Ngân hàng Mẫu", "personal_no": "0000000018" },
            "document": { "number": "TC-1", "signed_on": "2026-01-02" },
        }]);
        officer.commits(&[1], &mortgage);
        let portal = client(&register, "portal-dvcqg", Some(agreement("portal-dvcqg"))).await;
        let notary = AgreementRow {
            audience: "notary".to_owned(),
            purposes: vec!["notarisation".to_owned()],
            ..agreement("notary-1")
        };
        let notary = client(&register, "notary-1", Some(notary)).await;
        let answered = |token: &str, purpose: &str| {
            let query = format!("{PARCEL}?purpose={purpose}&dossier=H29.3-261122-0001");
            let reply = server.get_as(token, &query);
            assert_eq!(reply.status, 200, "{}", reply.text());
            verify(&reply.text(), &keys(&server)).unwrap().answer
        };
        let told = answered(&notary, "notarisation").data;
        assert_eq!(told["mortgages"][0]["contract_no"], "TC-1");
        assert_eq!(told["mortgages"][0]["amount_vnd"], 500_000_000);
        let answer = answered(&portal, "dossier-handling");
        assert!(!answer.data.contains_key("mortgages"));
        assert!(answer.withheld.contains(&"mortgages".to_owned()));
    });
}

#[test]
fn any_changed_byte_of_an_answer_is_noticed() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let token = client(&register, "bank", Some(agreement("bank"))).await;
        let text = server.get_as(&token, &format!("{PARCEL}?{REASON}")).text();
        let keys = keys(&server);
        assert!(verify(&text, &keys).is_ok());
        for place in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(verify(&changed, &keys).is_err(), "byte {place}");
        }
    });
}

#[test]
fn every_query_answered_or_refused_has_its_code_and_is_one_row_in_the_ledger() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let ended = |until: Date| AgreementRow {
            valid_until: Some(until),
            ..agreement("old")
        };
        let future = AgreementRow {
            valid_from: date!(2126 - 01 - 01),
            ..agreement("new")
        };
        let narrow = AgreementRow {
            fields: vec!["mortgages".to_owned()],
            ..agreement("narrow")
        };
        let elsewhere = AgreementRow {
            services: vec!["history".to_owned()],
            ..agreement("elsewhere")
        };
        let portal = client(&register, "portal", Some(agreement("portal"))).await;
        let old = client(&register, "old", Some(ended(date!(2026 - 06 - 01)))).await;
        let new = client(&register, "new", Some(future)).await;
        let narrow = client(&register, "narrow", Some(narrow)).await;
        let elsewhere = client(&register, "elsewhere", Some(elsewhere)).await;
        let nobody = client(&register, "nobody", None).await;

        let missing = "/portal/v1/communes/99001/sheets/1/parcels/99999";
        let lending = "purpose=lending&dossier=1";
        let curiosity = "purpose=curiosity&dossier=1";
        let cases = [
            (&portal, PARCEL, REASON, 200, "answered"),
            (&portal, missing, REASON, 404, "no-such-parcel"),
            (&portal, PARCEL, curiosity, 403, "purpose-not-agreed"),
            (&portal, PARCEL, lending, 403, "purpose-not-open"),
            (
                &portal,
                PARCEL,
                "purpose=dossier-handling",
                400,
                "bad-parameter",
            ),
            (
                &portal,
                PARCEL,
                "purpose=dossier-handling&dossier=a%20b",
                400,
                "bad-parameter",
            ),
            (&portal, PARCEL, "dossier=1", 400, "bad-parameter"),
            (
                &portal,
                PARCEL,
                "purpose=%00&dossier=%00",
                400,
                "bad-parameter",
            ),
            (&old, PARCEL, REASON, 403, "agreement-ended"),
            (&new, PARCEL, REASON, 403, "agreement-not-yet-in-force"),
            (&narrow, PARCEL, REASON, 403, "no-field-allowed"),
            (&elsewhere, PARCEL, REASON, 403, "service-not-agreed"),
            (&nobody, PARCEL, REASON, 403, "no-agreement"),
        ];
        for (token, path, reason, status, code) in cases {
            let reply = server.get_as(token, &format!("{path}?{reason}"));
            assert_eq!(reply.status, status, "{reason} {code}: {}", reply.text());
            if status != 200 {
                assert_eq!(reply.json()["code"], code);
            }
        }
        let outcomes: Vec<String> = register
            .value("select array_agg(outcome order by entry_no) from access_ledger")
            .await;
        assert_eq!(outcomes, cases.map(|case| case.4));
        let request: String = register
            .value("select request from access_ledger order by entry_no limit 1")
            .await;
        assert_eq!(request, format!("GET {PARCEL}?{REASON}"));
        let fields: Vec<String> = register
            .value("select fields from access_ledger order by entry_no limit 1")
            .await;
        assert_eq!(
            fields,
            [
                "sheet_no",
                "parcel_no",
                "land_use",
                "party_name",
                "personal_no"
            ]
        );
    });
}

#[test]
fn a_client_that_asks_more_often_than_agreed_is_told_so_and_recorded() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let slow = AgreementRow {
            rate_per_minute: 2,
            ..agreement("slow")
        };
        let token = client(&register, "slow", Some(slow)).await;
        // five in a row: two a minute, so at most four where the minute changes between them
        let statuses: Vec<u16> = (0..5)
            .map(|_| server.get_as(&token, &format!("{PARCEL}?{REASON}")).status)
            .collect();
        assert_eq!(statuses[..2], [200, 200]);
        assert!(statuses.contains(&429), "{statuses:?}");
        let outcomes: Vec<String> = register
            .value("select array_agg(outcome order by entry_no) from access_ledger")
            .await;
        let recorded = statuses.iter().map(|status| {
            if *status == 200 {
                "answered"
            } else {
                "too-many-requests"
            }
        });
        assert_eq!(outcomes, recorded.collect::<Vec<_>>());
    });
}

#[test]
fn the_ledger_is_only_ever_added_to() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let token = client(&register, "portal", Some(agreement("portal"))).await;
        server.get_as(&token, &format!("{PARCEL}?{REASON}"));
        for statement in [
            "update access_ledger set actor = 'nobody'",
            "delete from access_ledger",
            "truncate access_ledger",
        ] {
            let error = register.execute(statement).await.unwrap_err();
            let code = error.as_database_error().and_then(|error| error.code());
            // 23001: restrict_violation
            assert_eq!(code.as_deref(), Some("23001"), "{statement}");
        }
        let count: i64 = register.value("select count(*) from access_ledger").await;
        assert_eq!(count, 1);
    });
}

#[test]
fn an_officers_token_is_none_of_a_clients_and_the_other_way_round() {
    run(async {
        let register = Register::demo().await;
        let server = register.serve().await;
        let token = client(&register, "portal", Some(agreement("portal"))).await;
        let parcel = server
            .get_as(&token, "/api/v1/communes/99001/sheets/1/parcels/1")
            .json();
        assert!(parcel.get("rights").is_none());
        let tomorrow = OffsetDateTime::now_utc() + Duration::days(1);
        let officer = Identity::Officer(Officer::everywhere("an"));
        let token = issue_token(&register.store, &officer, tomorrow)
            .await
            .unwrap();
        assert_eq!(
            server.get_as(&token, &format!("{PARCEL}?{REASON}")).status,
            401
        );
    });
}
