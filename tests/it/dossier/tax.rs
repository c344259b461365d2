//! The exchange with the tax office: each slip, notice and payment counts once.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::support::{Register, run};
use diaba::app::issue_token;
use diaba::store::{AgreementRow, Identity};
use serde_json::{Value, json};
use time::macros::date;
use time::{Duration, OffsetDateTime};

/// The tax office's own system.
async fn tax_office<'a>(register: &Register, server: &'a crate::support::Served) -> Clerk<'a> {
    let agreement = AgreementRow {
        client_id: "thue".to_owned(),
        client_name: "Thuế cơ sở".to_owned(),
        audience: "tax".to_owned(),
        services: vec!["parcel".to_owned()],
        purposes: vec!["tax-assessment".to_owned()],
        fields: vec!["sheet_no".to_owned()],
        valid_from: date!(2026 - 01 - 01),
        valid_until: None,
        rate_per_minute: 600,
    };
    register.store.add_agreement(&agreement).await.unwrap();
    let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
    let identity = Identity::Client("thue".to_owned());
    let token = issue_token(&register.store, &identity, tomorrow)
        .await
        .unwrap();
    Clerk { server, token }
}

fn notice(amount_vnd: i64) -> Value {
    json!({ "kind": "registration-fee", "amount_vnd": amount_vnd, "issued_on": "2026-03-01", "pay_until": "2026-03-31" })
}

fn payment(notice_no: &str, amount_vnd: i64) -> Value {
    json!({ "notice_no": notice_no, "amount_vnd": amount_vnd, "paid_on": "2026-03-02" })
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told whole")]
fn slip_notice_and_payment_pass_with_a_standing_clock_and_come_twice_without_harm() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "").await;
        let tax = tax_office(&register, &server).await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let mut body = filed(&[an.id(1)]);
        body["procedure"] = json!("transfer");
        an.does("PUT", &path, &body);
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        an.step(CODE, "check", &json!({}));
        // without tax there is no approval
        assert_eq!(
            chi.step_fails(CODE, "approve", &json!({})),
            refusal(409, "wrong-move")
        );
        let slips = format!("{path}/tax-slips");
        let sent = an.does(
            "POST",
            &slips,
            &json!({ "contract_price_vnd": 2_000_000_000_i64 }),
        );
        let slip = &sent["slips"][0];
        assert_eq!(
            (&slip["slip_no"], &slip["state"]),
            (&json!(1), &json!("sent"))
        );
        assert_eq!(slip["content"]["land"][0]["rights"][0]["party_name"], "Một");
        assert_eq!(
            slip["content"]["declared"]["contract_price_vnd"],
            2_000_000_000_i64
        );
        let dossier = an.dossier(CODE);
        assert_eq!(
            (&dossier["status"]["code"], &dossier["paused_for"]),
            (&json!("4"), &json!("tax-notice"))
        );

        // corrected: a slip of its own, and the first is not acknowledged any more
        assert_eq!(
            an.fails("POST", &slips, &json!({})),
            refusal(422, "reason-missing")
        );
        let corrected = an.does(
            "POST",
            &slips,
            &json!({ "contract_price_vnd": 2_100_000_000_i64, "reason": "sai giá" }),
        );
        let states: Vec<_> = corrected["slips"]
            .as_array()
            .unwrap()
            .iter()
            .map(|slip| slip["state"].as_str().unwrap())
            .collect();
        assert_eq!(states, ["corrected", "sent"]);
        assert_eq!(
            tax.fails("POST", &format!("{slips}/1/acknowledge"), &json!({})),
            refusal(404, "no-such-slip")
        );
        for _ in 0..2 {
            let done = tax.does(
                "POST",
                &format!("{slips}/2/acknowledge"),
                &json!({ "reference": "T-7" }),
            );
            assert_eq!(done["slips"][1]["state"], "acknowledged");
            // the tax office is told the states; what the slips say it got when they were sent
            assert!(!done.to_string().contains("Một"), "{done}");
        }

        // two notices; each comes twice
        assert_eq!(
            tax.fails("PUT", &format!("{path}/payments/P1"), &payment("N1", 1)),
            refusal(404, "no-such-notice")
        );
        for _ in 0..2 {
            tax.does("PUT", &format!("{path}/notices/N1"), &notice(500));
            tax.does("PUT", &format!("{path}/notices/N2"), &notice(200));
        }
        assert_eq!(
            tax.fails("PUT", &format!("{path}/notices/N1"), &notice(501)),
            refusal(409, "number-reused")
        );
        let dossier = an.dossier(CODE);
        assert_eq!(
            (&dossier["status"]["code"], &dossier["paused_for"]),
            (&json!("6"), &json!("payment"))
        );
        for _ in 0..2 {
            tax.does("PUT", &format!("{path}/payments/P1"), &payment("N1", 500));
        }
        assert_eq!(
            an.dossier(CODE)["status"]["code"],
            "6",
            "one notice is open"
        );
        tax.does("PUT", &format!("{path}/payments/P2"), &payment("N2", 100));
        assert_eq!(
            an.dossier(CODE)["status"]["code"],
            "6",
            "half of it is open"
        );
        let paid = tax.does("PUT", &format!("{path}/payments/P3"), &payment("N2", 100));
        let sums: Vec<_> = paid["notices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|notice| notice["paid_vnd"].as_i64().unwrap())
            .collect();
        assert_eq!(sums, [500, 200]);
        let dossier = an.dossier(CODE);
        assert_eq!(
            (
                &dossier["status"]["code"],
                &dossier["step"]["code"],
                &dossier["paused_for"]
            ),
            (&json!("4"), &json!("paid"), &json!(null))
        );
        chi.step(CODE, "approve", &json!({}));

        // in the order that others are told
        let kinds: Vec<String> = register.value("select array_agg(kind order by version, outbox_id) from outbox where kind like 'tax%'").await;
        assert_eq!(kinds, ["tax-slip", "tax-slip"]);
        let versions: i64 = register
            .value("select count(distinct version) - max(version) from outbox")
            .await;
        assert_eq!(versions, 0, "every version is told");
    });
}

#[test]
fn a_cancelled_slip_gives_the_dossier_back_and_others_than_the_tax_office_bring_nothing() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        let surveyor = Clerk::with(&register, &server, "Đo", "surveyor", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let mut body = filed(&[an.id(1)]);
        body["procedure"] = json!("transfer");
        an.does("PUT", &path, &body);
        let slips = format!("{path}/tax-slips");
        assert_eq!(
            an.fails("POST", &slips, &json!({})),
            refusal(409, "wrong-move")
        );
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        an.step(CODE, "check", &json!({}));
        an.does("POST", &slips, &json!({}));
        assert_eq!(
            an.fails("POST", &format!("{slips}/1/cancel"), &json!({})),
            refusal(422, "reason-missing")
        );
        an.does(
            "POST",
            &format!("{slips}/1/cancel"),
            &json!({ "reason": "hủy hợp đồng" }),
        );
        let dossier = an.dossier(CODE);
        assert_eq!(
            (&dossier["step"]["code"], &dossier["paused_for"]),
            (&json!("checked"), &json!(null))
        );
        assert_eq!(
            an.fails(
                "POST",
                &format!("{slips}/1/cancel"),
                &json!({ "reason": "lại" })
            ),
            refusal(404, "no-such-slip")
        );
        assert_eq!(
            surveyor.fails("PUT", &format!("{path}/notices/N1"), &notice(1)),
            refusal(403, "role-missing")
        );
        let identity = Identity::Client("bank".to_owned());
        let tomorrow = OffsetDateTime::now_utc() + Duration::DAY;
        let token = issue_token(&register.store, &identity, tomorrow)
            .await
            .unwrap();
        let bank = Clerk {
            server: &server,
            token,
        };
        assert_eq!(
            bank.fails("PUT", &format!("{path}/notices/N1"), &notice(1)),
            refusal(403, "not-the-tax-office")
        );
        // a notice of nothing: exempt, and paid at once
        an.does("POST", &slips, &json!({}));
        an.does("PUT", &format!("{path}/notices/N0"), &notice(0));
        assert_eq!(an.dossier(CODE)["step"]["code"], "paid");
    });
}

#[test]
fn notices_of_a_cancelled_slip_are_not_paid_and_the_dossier_goes_on_by_those_of_the_next() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        let chi = Clerk::with(&register, &server, "Chi", "approver", "").await;
        let tax = tax_office(&register, &server).await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let mut body = filed(&[an.id(1)]);
        body["procedure"] = json!("transfer");
        an.does("PUT", &path, &body);
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        an.step(CODE, "check", &json!({}));
        let slips = format!("{path}/tax-slips");
        an.does("POST", &slips, &json!({}));
        tax.does("PUT", &format!("{path}/notices/N1"), &notice(500));
        let follow =
            || server.json(&format!("/api/v1/follow/{CODE}?proof=1234"))["notices"].clone();
        assert_eq!(follow()[0]["notice_no"], "N1");
        let cancelled = an.does(
            "POST",
            &format!("{slips}/1/cancel"),
            &json!({ "reason": "sai giá hợp đồng" }),
        );
        assert_eq!(cancelled["notices"][0]["is_cancelled"], true);
        assert_eq!(follow(), json!([]));

        an.does("POST", &slips, &json!({}));
        tax.does("PUT", &format!("{path}/notices/N2"), &notice(300));
        assert_eq!(follow()[0]["notice_no"], "N2");
        assert_eq!(an.dossier(CODE)["step"]["code"], "payment");
        let paid = tax.does("PUT", &format!("{path}/payments/P1"), &payment("N2", 300));
        let standing: Vec<_> = paid["notices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|notice| {
                (
                    notice["notice_no"].clone(),
                    notice["is_cancelled"].clone(),
                    notice["paid_vnd"].clone(),
                )
            })
            .collect();
        assert_eq!(
            standing,
            [
                (json!("N1"), json!(true), json!(0)),
                (json!("N2"), json!(false), json!(300))
            ]
        );
        assert_eq!(an.dossier(CODE)["step"]["code"], "paid");
        chi.step(CODE, "approve", &json!({}));
    });
}
