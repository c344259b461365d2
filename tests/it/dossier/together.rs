//! Many at once: nobody waits for a connection that another one waits with, and no question reads all dossiers that ever were.

use super::{CODE, Clerk, filed, refusal, row_of};
use crate::support::{Register, run};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Row, raw_sql};
use std::time::{Duration, Instant};

#[test]
fn a_slip_that_is_sent_by_more_than_there_are_connections_is_sent_once_and_nobody_waits_in_vain() {
    run(async {
        let register = row_of(1).await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        let path = format!("/api/v1/dossiers/{CODE}");
        let mut body = filed(&[an.id(1)]);
        body["procedure"] = json!("transfer");
        an.does("PUT", &path, &body);
        an.step(CODE, "assign", &json!({ "officer": "An" }));
        an.step(CODE, "check", &json!({}));
        let slips = format!("{path}/tax-slips");
        let started = Instant::now();
        let mut statuses: Vec<u16> = std::thread::scope(|scope| {
            let sent = (0..24).map(|_| scope.spawn(|| an.send("POST", &slips, &[], &json!({}))));
            let sent: Vec<_> = sent.collect();
            sent.into_iter()
                .map(|sent| sent.join().unwrap().status)
                .collect()
        });
        statuses.sort_unstable();
        // one sends it; to the others it would be a correction, which has to say why
        let mut expected = vec![200];
        expected.resize(24, 422);
        assert_eq!(statuses, expected);
        assert!(started.elapsed() < Duration::from_secs(9));
        let slips: i64 = register.value("select count(*) from tax_slip").await;
        assert_eq!(slips, 1);
    });
}

#[test]
fn who_finds_a_dossier_held_by_another_is_told_so_in_seconds() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let an = Clerk::with(&register, &server, "An", "reception officer", "").await;
        an.does("PUT", &format!("/api/v1/dossiers/{CODE}"), &filed(&[]));
        let before = register.contents().await;
        let mut other = register.connection().await;
        let mut held = other.begin().await.unwrap();
        raw_sql("select from dossier for update")
            .execute(&mut *held)
            .await
            .unwrap();
        let assign = json!({ "officer": "An" });
        assert_eq!(
            an.step_fails(CODE, "assign", &assign),
            refusal(503, "commune-busy")
        );
        held.rollback().await.unwrap();
        assert_eq!(register.contents().await, before);
        an.step(CODE, "assign", &assign);
    });
}

/// How the database goes about a statement where no table is small.
async fn plan_of(register: &Register, (types, values): (&str, &str), statement: &str) -> String {
    let mut connection = register.connection().await;
    let prepare = format!(
        "set enable_seqscan = off; set plan_cache_mode = force_generic_plan; prepare asked ({types}) as {statement}"
    );
    raw_sql(AssertSqlSafe(prepare))
        .execute(&mut connection)
        .await
        .unwrap();
    let explain = raw_sql(AssertSqlSafe(format!("explain execute asked ({values})")));
    let lines = explain.fetch_all(&mut connection).await.unwrap();
    let lines: Vec<String> = lines.iter().map(|line| line.get(0)).collect();
    lines.join("\n")
}

#[test]
fn numbering_and_the_lists_of_a_day_read_no_dossier_that_ended_long_ago() {
    run(async {
        let register = Register::blank().await;
        let serial = include_str!("../../../src/store/dossier/next_serial.sql");
        let values = "'H98.1', '2026-11-28', 'H98.1-261128'";
        let plan = plan_of(&register, ("text, date, text", values), serial).await;
        let range = plan
            .lines()
            .find(|line| line.contains("Index Cond") && line.contains("-9999"));
        assert!(range.is_some(), "{plan}");

        let loads = include_str!("../../../src/store/dossier/loads.sql");
        let plan = plan_of(&register, ("text[]", "null"), loads).await;
        assert!(
            plan.contains("dossier_ended") && plan.contains("dossier_open"),
            "{plan}"
        );

        let lines = include_str!("../../../src/store/dossier/dossiers.sql");
        let asked = (
            "text[], smallint, text, text, boolean, bigint, bigint",
            "null, null, null, null, true, 0, 100",
        );
        let plan = plan_of(&register, asked, &plain(lines)).await;
        for index in ["dossier_open", "dossier_of_officer", "dossier_pkey"] {
            assert!(plan.contains(index), "{index}: {plan}");
        }
    });
}

/// A statement without what it tells the program of its columns.
fn plain(statement: &str) -> String {
    statement.replace("!\"", "\"")
}

#[test]
fn numbers_that_came_from_elsewhere_are_not_given_again_and_those_of_other_days_do_not_count() {
    run(async {
        let register = Register::blank().await;
        let server = register.serve().await;
        let clerk = Clerk::with(&register, &server, "Lan", "reception", "98").await;
        let agency = "insert into numbering (province_code, agency, valid) values ('98', 'H98.1', '[2026-01-01,)')";
        register.execute(agency).await.unwrap();
        let today: String = register.value("select to_char(today(), 'YYMMDD')").await;
        for code in [
            format!("H98.1-{today}-0041"),
            format!("H98.1-{today}-12345"),
            format!("H98.10-{today}-0077"),
            "H98.1-260212-0088".to_owned(),
        ] {
            clerk.does("PUT", &format!("/api/v1/dossiers/{code}"), &filed(&[]));
        }
        let codes: Vec<Value> = (0..2)
            .map(|_| clerk.does("POST", "/api/v1/dossiers", &filed(&[]))["code"].clone())
            .collect();
        assert_eq!(
            codes,
            [
                json!(format!("H98.1-{today}-0042")),
                json!(format!("H98.1-{today}-0043"))
            ]
        );
    });
}
