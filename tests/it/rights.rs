//! Operations on rights, through HTTP: case files that a registrar can read, and what they cannot say.

use crate::desk::{Officer, codes, land};
use crate::dossier::Clerk;
use crate::support::{Folder, Register, point, run, square};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A file of cases.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile {
    case: Vec<Case>,
}

/// What the register has, what officers ask, what it has then.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// Rows of the register: parcel; holder; number; share; serial; day; use; area; term.
    register: Vec<String>,
    /// Lists that are committed before.
    #[serde(default)]
    before: Vec<Vec<Map<String, Value>>>,
    /// The list that is judged.
    list: Vec<Map<String, Value>>,
    /// The codes that forbid it; it is committed where there are none.
    #[serde(default)]
    refused: Vec<String>,
    /// The codes of warnings.
    #[serde(default)]
    warned: Vec<String>,
    /// What the law wants, as `use: term before → source`.
    #[serde(default)]
    proposed: Vec<String>,
    /// What is then registered, by parcel number.
    #[serde(default)]
    after: BTreeMap<String, Vec<String>>,
    /// Certificates and their state then.
    #[serde(default)]
    certificates: BTreeMap<String, String>,
}

/// Squares of 400 m² with the rows of a case.
async fn register_of(rows: &[String]) -> Register {
    let folder = Folder::new();
    let register = Register::blank().await;
    let mut numbers: Vec<i32> = Vec::new();
    let mut csv = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Tỷ lệ,Số phát hành,Ngày cấp,Mục đích,Diện tích,Thời hạn\n".to_owned();
    for row in rows {
        let cells: Vec<&str> = row.split(';').map(str::trim).collect();
        numbers.push(cells[0].parse().unwrap());
        csv += &format!("99001,1,{}\n", cells.join(","));
    }
    numbers.sort_unstable();
    numbers.dedup();
    let squares = numbers
        .iter()
        .map(|number| square(*number).with("DienTichPhapLy", 400.0));
    let squares: Vec<_> = squares.collect();
    let files = [
        folder.parcels("squares.geojson", &squares),
        folder.write("rows.csv", csv),
    ];
    let report = register.load(&files).await;
    assert_eq!(report.rows.rejected, 0, "{rows:?}");
    register
}

/// An operation with ids in the place of what people say: numbers of parcels, names of parties, numbers of contracts and letters.
async fn spoken(
    officer: &Officer<'_>,
    register: &Register,
    operation: &Map<String, Value>,
) -> Value {
    let mut operation = operation.clone();
    let today: String = register.value("select today()::text").await;
    if let Some(Value::Object(document)) = operation.get_mut("document")
        && document["signed_on"] == "today"
    {
        document["signed_on"] = json!(today);
    }
    for (member, value) in &mut operation {
        match (member.as_str(), &*value) {
            ("parcels", Value::Array(parcels)) => {
                let ids = parcels.iter().map(|parcel| match parcel.as_i64() {
                    Some(number) => json!(officer.id(i32::try_from(number).unwrap())),
                    None => parcel.clone(),
                });
                *value = ids.collect();
            }
            ("parcel", Value::Number(number)) => {
                *value = json!(officer.id(i32::try_from(number.as_i64().unwrap()).unwrap()));
            }
            ("issued_on", Value::String(day)) if day == "today" => *value = json!(today),
            ("from" | "party_id", Value::String(name)) => {
                *value = id_of(register, "party_id", "party_version where name", name).await;
            }
            ("encumbrance" | "changes", Value::String(number)) => {
                *value = id_of(
                    register,
                    "encumbrance_id",
                    "encumbrance where contract_no",
                    number,
                )
                .await;
            }
            ("restriction", Value::String(content)) => {
                *value = id_of(
                    register,
                    "restriction_id",
                    "restriction where content",
                    content,
                )
                .await;
            }
            ("block", Value::String(letter)) => {
                *value = id_of(
                    register,
                    "block_id",
                    "(select block_id, letter_no from block union all select block_id, letter_no from named_block) b where letter_no",
                    letter,
                )
                .await;
            }
            _ => {}
        }
    }
    operation.into()
}

async fn id_of(register: &Register, id: &str, whose: &str, is: &str) -> Value {
    let sql = format!("select coalesce((select min({id}) from {whose} = '{is}'), 1099511627999)");
    json!(register.value_of::<i64>(&sql).await)
}

/// The parcels of the register that a list names.
fn named(list: &[Map<String, Value>]) -> Vec<i32> {
    let parcels = list.iter().flat_map(|operation| {
        let many = operation.get("parcels").and_then(Value::as_array);
        let one = operation.get("parcel");
        many.into_iter()
            .flatten()
            .chain(one)
            .filter_map(Value::as_i64)
    });
    let mut numbers: Vec<i32> = parcels
        .map(|number| i32::try_from(number).unwrap())
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// An operation on no parcel relies on none.
fn relying_on(tags: &str) -> Vec<(&str, &str)> {
    let header = (!tags.is_empty()).then_some(("if-match", tags));
    header.into_iter().collect()
}

async fn asked(officer: &Officer<'_>, register: &Register, list: &[Map<String, Value>]) -> Value {
    let mut operations = Vec::new();
    for operation in list {
        operations.push(spoken(officer, register, operation).await);
    }
    operations.into()
}

/// What an officer reads of a parcel, one line for each right and all that lies on it.
fn told(parcel: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let lines = |of: &str, line: &dyn Fn(&Value) -> String| -> Vec<String> {
        parcel[of]
            .as_array()
            .into_iter()
            .flatten()
            .map(line)
            .collect()
    };
    let mut told = lines("rights", &|right| {
        format!(
            "{} {} {}",
            text(&right["party_name"]),
            text(&right["share"]),
            text(&right["certificate_serial"])
        )
    });
    told.extend(lines("land_use", &|row| {
        let term = row["term"].as_str().map(|term| format!(" {term}"));
        format!(
            "use {} {}{}",
            text(&row["code"]),
            row["area_m2"],
            term.unwrap_or_default()
        )
    }));
    let encumbrance = |of: &Value| {
        let part = of["part"].as_str().map(|part| format!(" ({part})"));
        format!(
            "{} {}{}",
            text(&of["contract_no"]),
            text(&of["party_name"]),
            part.unwrap_or_default()
        )
    };
    told.extend(lines("mortgages", &|of| {
        format!("mortgage {} {}", of["rank"], encumbrance(of))
    }));
    told.extend(lines("leases", &|of| format!("lease {}", encumbrance(of))));
    told.extend(lines("restrictions", &|of| {
        format!("restriction {}", text(&of["content"]))
    }));
    told.extend(lines("blocks", &|of| {
        format!(
            "block {} on {}",
            text(&of["letter_no"]),
            text(&of["laid_on"])
        )
    }));
    told
}

async fn run_case(case: &Case) {
    let name = &case.name;
    let register = register_of(&case.register).await;
    let server = register.serve().await;
    let officer = Officer::at(&register, &server).await;
    for list in &case.before {
        let operations = asked(&officer, &register, list).await;
        let tags = officer.tags(&named(list));
        let reply = officer.post("", &relying_on(&tags), &operations);
        assert_eq!(reply.status, 201, "{name}: {}", reply.text());
    }
    let operations = asked(&officer, &register, &case.list).await;
    let tags = officer.tags(&named(&case.list));
    let headers = relying_on(&tags);
    let rehearsed = officer.post("?dry_run=true", &headers, &operations);
    assert_eq!(rehearsed.status, 200, "{name}: {}", rehearsed.text());
    let before = land(&register).await;
    let reply = officer.post("", &headers, &operations);
    let report = if case.refused.is_empty() {
        assert_eq!(reply.status, 201, "{name}: {}", reply.text());
        reply.json()
    } else {
        assert_eq!(reply.status, 422, "{name}: {}", reply.text());
        assert_eq!(
            land(&register).await,
            before,
            "{name}: a refused list changes nothing"
        );
        reply.json()["report"].clone()
    };
    assert_eq!(
        report["violations"],
        rehearsed.json()["violations"],
        "{name}"
    );
    let violations = report["violations"].as_array().unwrap();
    let of = |severity: &str| {
        let found = violations
            .iter()
            .filter(|violation| violation["severity"] == severity);
        let found: Vec<Value> = found.cloned().collect();
        let mut found: Vec<String> = codes(&found).into_iter().map(str::to_owned).collect();
        found.sort_unstable();
        found
    };
    assert_eq!(of("error"), case.refused, "{name}: {violations:?}");
    assert_eq!(of("warning"), case.warned, "{name}: {violations:?}");
    let proposals = report["proposals"].as_array().unwrap().iter();
    let proposals: Vec<String> = proposals
        .map(|proposal| {
            let (land_use, source) = (&proposal["land_use"], &proposal["source"]);
            format!(
                "{} {}",
                land_use.as_str().unwrap(),
                source.as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(proposals, case.proposed, "{name}");
    for (number, expected) in &case.after {
        let parcel = officer.parcel(number.parse().unwrap());
        assert_eq!(&told(&parcel), expected, "{name}: parcel {number}");
    }
    for (serial, status) in &case.certificates {
        let sql = format!(
            "select status from certificate_version where serial = '{serial}' and upper_inf(recorded) and legal @> today()"
        );
        assert_eq!(
            &register.value_of::<String>(&sql).await,
            status,
            "{name}: {serial}"
        );
    }
}

fn run_cases(file: &str) {
    let path = format!(
        "{}/fixtures/operations/{file}.toml",
        env!("CARGO_MANIFEST_DIR")
    );
    let file: CaseFile = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    run(async {
        for case in &file.case {
            run_case(case).await;
        }
    });
}

#[test]
fn transfers_end_as_the_case_file_says() {
    run_cases("transfer");
}

#[test]
fn mortgages_leases_and_restrictions_end_as_the_case_file_says() {
    run_cases("encumber");
}

#[test]
fn blocks_end_as_the_case_file_says() {
    run_cases("block");
}

#[test]
fn certificates_end_as_the_case_file_says() {
    run_cases("certificate");
}

#[test]
fn uses_and_particulars_end_as_the_case_file_says() {
    run_cases("particulars");
}

const AN: &str = "1; An; 000099000001; 1; AA 000001; 2019-05-01; ONT; 400; Lâu dài";

fn sale(officer: &Officer<'_>, from: &Value, to: &str) -> Value {
    json!([{
        "kind": "transfer", "parcels": [officer.id(1)], "from": from, "old_certificate": "annotate",
        "to": [{ "party": { "kind": "individual", "name": to, "personal_no": "000099000077" } }],
        "document": { "number": "12/HĐ", "signed_on": "2026-01-02", "signed_by": "Phòng công chứng số 1" },
    }])
}

#[test]
fn who_saw_other_rights_or_none_changes_nothing() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let parcel = officer.parcel(1);
        let an = id_of(&register, "party_id", "party_version where name", "An").await;
        let land_alone = format!("\"{}-{}\"", parcel["parcel_id"], parcel["revision"]);
        let operations = sale(&officer, &an, "Bình");
        let reply = officer.post("", &[("if-match", &land_alone)], &operations);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (428, &json!("rights-revision-missing"))
        );
        // somebody mortgages it meanwhile: the land stays as it is, the rights do not
        let seen = officer.tags(&[1]);
        let mortgage = json!([{
            "kind": "mortgage", "parcels": [officer.id(1)], "amount_vnd": 500_000_000,
            "to": { "kind": "organisation", "name": "Ngân hàng Mẫu", "personal_no": "0000000018" },
            "document": { "number": "TC-1", "signed_on": "2026-01-03" },
        }]);
        let done = officer.commits(&[1], &mortgage);
        assert_eq!(done["codes"], json!(["TC"]));
        assert_eq!(done["amended"][0]["after"]["mortgages"][0]["rank"], 1);
        assert_eq!(officer.parcel(1)["revision"], parcel["revision"]);
        let before = register.contents().await;
        let reply = officer.post("", &[("if-match", &seen)], &operations);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (412, &json!("rights-changed"))
        );
        assert_eq!(register.contents().await, before);
        // the ETag of a reading is what an operation relies on
        let path = format!("/api/v1/parcels/{}", officer.id(1));
        let reading = server.get_as(&officer.token, &path);
        assert_eq!(reading.header("etag"), officer.tags(&[1]));
        // a split that only relies on the land still carries the mortgage
        let (west, south) = point(1);
        let line = json!([[west + 10.0, south], [west + 10.0, south + 20.0]]);
        let split = json!([{ "kind": "split", "parcel": officer.id(1), "by": { "line_m": line } }]);
        let reply = officer.post("", &[("if-match", &land_alone)], &split);
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(officer.parcel(2)["mortgages"][0]["contract_no"], "TC-1");
    });
}

#[test]
fn what_was_registered_stays_known_on_both_time_axes() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let an = id_of(&register, "party_id", "party_version where name", "An").await;
        let report = officer.commits(&[1], &sale(&officer, &an, "Bình"));
        assert_eq!(report["changes"][0]["name_vi"], "Chuyển nhượng");
        let rights = |when: &str| {
            format!(
                "select string_agg(p.name || ' ' || lower(v.legal) || '..' || coalesce(upper(v.legal)::text, ''), ', ' order by lower(v.legal), p.name)
                 from land_right_version v join land_right r using (right_id) join party_version p using (party_id) where {when}"
            )
        };
        let today: String = register.value("select today()::text").await;
        let now: String = register.value_of(&rights("upper_inf(v.recorded)")).await;
        assert_eq!(now, format!("An 2019-05-01..{today}, Bình {today}.."));
        let then: String = register
            .value_of(&rights("not upper_inf(v.recorded)"))
            .await;
        assert_eq!(then, "An 2019-05-01..");
        let by: i64 = register
            .value("select count(*) from land_right_version where land_operation_id = (select max(land_operation_id) from land_operation)")
            .await;
        assert_eq!(by, 1);
        // the feed moved for it without telling everybody whose right it was
        let told: i64 = register
            .value("select count(*) from change where relation = 'land_right_version' and txid = (select txid from change_transaction order by position desc limit 1)")
            .await;
        assert!(told > 0);
    });
}

#[test]
fn what_lay_on_a_parcel_is_told_as_it_was_in_law_and_as_it_was_known() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let instant = || async {
            let sql = r#"select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"#;
            register.value::<String>(sql).await
        };
        let lying = |query: &str| {
            let path = format!("/api/v1/parcels/{}{query}", officer.id(1));
            let reply = server.get_as(&officer.token, &path);
            assert_eq!(reply.status, 200, "{}", reply.text());
            let lines = told(&reply.json()).into_iter();
            lines
                .filter(|line| {
                    ["mortgage", "restriction", "block"]
                        .iter()
                        .any(|what| line.starts_with(what))
                })
                .collect::<Vec<_>>()
        };
        let before = instant().await;
        let letter = json!({ "number": "12/THA", "signed_on": "2026-01-03", "signed_by": "Chi cục Thi hành án" });
        let id = officer.id(1);
        officer.commits(&[1], &json!([
            { "kind": "mortgage", "parcels": [id], "amount_vnd": 500_000_000,
              "to": { "kind": "organisation", "name": "Ngân hàng Mẫu", "personal_no": "0000000018" },
              "document": { "number": "TC-1", "signed_on": "2026-01-02" } },
            { "kind": "restrict", "by": "LK", "parcels": [id], "sort": "easement", "content": "Lối đi",
              "document": { "number": "15/QĐ", "signed_on": "2026-01-02" } },
            { "kind": "block", "parcels": [id], "stops": { "issuing": true }, "letter": letter },
        ]));
        let laid = lying("");
        assert_eq!(laid.len(), 3, "{laid:?}");
        let then = instant().await;
        let block = id_of(&register, "block_id", "block where letter_no", "12/THA").await;
        let mortgage = id_of(
            &register,
            "encumbrance_id",
            "encumbrance where contract_no",
            "TC-1",
        )
        .await;
        let restriction = id_of(
            &register,
            "restriction_id",
            "restriction where content",
            "Lối đi",
        )
        .await;
        let after = json!({ "number": "16/QĐ", "signed_on": "2026-01-20" });
        officer.commits(&[1], &json!([
            { "kind": "unblock", "parcels": [id], "block": block, "letter": letter },
            { "kind": "discharge", "parcels": [id], "encumbrance": mortgage, "document": after },
            { "kind": "lift", "parcels": [id], "restriction": restriction, "document": after },
        ]));
        let none: Vec<String> = Vec::new();
        assert_eq!(lying(""), none);
        assert_eq!(lying(&format!("?known={then}")), laid);
        assert_eq!(lying(&format!("?known={before}")), none);
        // nothing of it was in law the day before, whenever it became known
        let yesterday: String = register.value("select (today() - 1)::text").await;
        assert_eq!(lying(&format!("?at={yesterday}&known={then}")), none);
    });
}

#[test]
fn an_old_file_does_not_bring_back_who_has_sold() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let an = id_of(&register, "party_id", "party_version where name", "An").await;
        officer.commits(&[1], &sale(&officer, &an, "Bình"));
        let before = told(&officer.parcel(1));
        let folder = Folder::new();
        let csv = "Mã xã,Số tờ,Số thửa,Tên chủ,Số CCCD,Tỷ lệ,Số phát hành,Ngày cấp,Mục đích,Diện tích,Thời hạn\n\
                   99001,1,1,An,000099000001,1,AA 000001,2019-05-01,ONT,400,Lâu dài\n";
        let report = register.load(&[folder.write("old.csv", csv)]).await;
        assert_eq!(report.rows.rejected, 1);
        assert_eq!(told(&officer.parcel(1)), before);
    });
}

#[test]
fn the_public_reads_neither_rights_nor_their_revision() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let public = server.json(&format!("/api/v1/parcels/{}", officer.id(1)));
        for hidden in [
            "rights",
            "mortgages",
            "leases",
            "restrictions",
            "blocks",
            "rights_revision",
        ] {
            assert!(public.get(hidden).is_none(), "{hidden}");
            assert!(officer.parcel(1).get(hidden).is_some(), "{hidden}");
        }
    });
}

#[test]
fn texts_and_days_that_no_register_can_hold_are_bad_parameters() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let an = id_of(&register, "party_id", "party_version where name", "An").await;
        let good = sale(&officer, &an, "Bình");
        for (path, wrong) in [
            ("/0/document/number", json!("a\u{0}b")),
            ("/0/document/signed_on", json!("2026-02-30")),
            ("/0/to/0/party/kind", json!("ghost")),
            ("/0/old_certificate", json!("burn")),
        ] {
            let mut operations = good.clone();
            *operations.pointer_mut(path).unwrap() = wrong;
            let reply = officer.post("", &[("if-match", &*officer.tags(&[1]))], &operations);
            assert_eq!(
                (reply.status, &reply.json()["code"]),
                (400, &json!("bad-parameter")),
                "{path}"
            );
        }
    });
}

#[test]
fn what_is_done_to_rights_names_a_parcel_also_beside_other_operations() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let document = json!({ "number": "1/VB", "signed_on": "2026-01-02" });
        let note = json!({ "kind": "annotate-certificate", "by": "SN", "parcels": [officer.id(1)], "serial": "AA 000001", "text": "ghi chú" });
        for nameless in [
            json!({ "kind": "issue-certificate", "parcels": [], "serial": "AA 00000123", "issued_on": "2026-01-20" }),
            json!({ "kind": "withdraw-certificate", "parcels": [], "serial": "AA 000001", "document": document }),
            json!({ "kind": "restrict", "parcels": [], "sort": "corridor", "content": "Hành lang", "document": document }),
        ] {
            let before = land(&register).await;
            for list in [json!([note, nameless]), json!([nameless])] {
                let reply = officer.post("", &[("if-match", &*officer.tags(&[1]))], &list);
                assert_eq!(
                    (reply.status, &reply.json()["code"]),
                    (400, &json!("bad-parameter")),
                    "{list}"
                );
                let detail = reply.json()["detail"].as_str().unwrap().to_owned();
                assert!(
                    detail.contains(nameless["kind"].as_str().unwrap()),
                    "{detail}"
                );
            }
            assert_eq!(land(&register).await, before);
        }
    });
}

/// An approver of an area, and what a list on no parcel or on those of tags gives.
async fn tries(clerk: &Clerk<'_>, register: &Register, tags: &str, operations: Value) -> u16 {
    let before = land(register).await;
    let body = json!({ "operations": operations });
    let reply = clerk.send("POST", "/api/v1/operations", &relying_on(tags), &body);
    if reply.status != 201 {
        assert_eq!(land(register).await, before, "{}", reply.text());
    }
    if reply.status == 403 {
        assert_eq!(reply.json()["code"], "outside-your-area");
    }
    reply.status
}

#[test]
fn a_certificate_and_a_block_by_name_are_the_business_of_officers_where_they_lie() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let here = Clerk::with(&register, &server, "Chi", "approver", "99001").await;
        let other = Clerk::with(&register, &server, "Xa", "approver", "97").await;
        let anywhere = Officer::at(&register, &server).await;
        let letter = json!({ "number": "9/TA", "signed_on": "2026-01-02", "signed_by": "Tòa án" });
        let stops = json!({ "transactions": true });
        let block = json!([{ "kind": "block", "certificate": "aa 000001", "stops": stops, "letter": letter }]);
        assert_eq!(tries(&other, &register, "", block.clone()).await, 403);
        assert_eq!(tries(&here, &register, "", block).await, 201);
        let id = id_of(&register, "block_id", "named_block where letter_no", "9/TA").await;
        let unblock = json!([{ "kind": "unblock", "block": id, "letter": letter }]);
        assert_eq!(tries(&other, &register, "", unblock.clone()).await, 403);
        assert_eq!(tries(&here, &register, "", unblock).await, 201);
        // what the register does not have is said to be so, whatever the area
        let unknown = json!([{ "kind": "block", "certificate": "AA 000009", "stops": stops, "letter": letter }]);
        assert_eq!(tries(&other, &register, "", unknown).await, 422);

        let letter =
            json!({ "number": "10/CA", "signed_on": "2026-01-02", "signed_by": "Công an" });
        let against = |parcels: &[i64], name: &str, number: &str| {
            json!([{ "kind": "block", "parcels": parcels, "person": { "name": name, "personal_no": number },
                     "stops": stops, "letter": letter }])
        };
        let an = ("An", "000 099 000 001");
        assert_eq!(
            tries(&here, &register, "", against(&[], an.0, an.1)).await,
            403
        );
        let parcel = anywhere.id(1);
        let tags = anywhere.tags(&[1]);
        let stranger = against(&[parcel], "An", "000099000044");
        assert_eq!(tries(&here, &register, &tags, stranger).await, 403);
        assert_eq!(
            tries(&here, &register, &tags, against(&[parcel], an.0, an.1)).await,
            201
        );
        let id = id_of(
            &register,
            "block_id",
            "named_block where letter_no",
            "10/CA",
        )
        .await;
        let unblock = json!([{ "kind": "unblock", "block": id, "letter": letter }]);
        assert_eq!(tries(&other, &register, "", unblock.clone()).await, 403);
        assert_eq!(tries(&here, &register, "", unblock).await, 201);

        // one on a person alone is lifted by whoever has the whole register
        let letter =
            json!({ "number": "11/CA", "signed_on": "2026-01-02", "signed_by": "Công an" });
        let alone = json!([{ "kind": "block", "person": { "name": "An", "personal_no": an.1 }, "stops": stops, "letter": letter }]);
        assert_eq!(anywhere.post("", &[], &alone).status, 201);
        let id = id_of(
            &register,
            "block_id",
            "named_block where letter_no",
            "11/CA",
        )
        .await;
        let unblock = json!([{ "kind": "unblock", "block": id, "letter": letter }]);
        assert_eq!(tries(&here, &register, "", unblock.clone()).await, 403);
        assert_eq!(anywhere.post("", &[], &unblock).status, 201);
    });
}

#[test]
fn a_cut_leaves_no_mortgage_or_restriction_on_land_that_it_does_not_lie_on() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let (west, south) = point(1);
        // the eastern 4 m
        let strip = json!({ "text": "4 m phía đông", "ring_m": [[west + 16.0, south], [west + 20.0, south], [west + 20.0, south + 20.0], [west + 16.0, south + 20.0]] });
        officer.commits(
            &[1],
            &json!([
                { "kind": "mortgage", "parcels": [officer.id(1)], "amount_vnd": 500_000_000, "part": strip,
                  "to": { "kind": "organisation", "name": "Ngân hàng Mẫu", "personal_no": "0000000018" },
                  "document": { "number": "TC-1", "signed_on": "2026-01-03" } },
                { "kind": "restrict", "parcels": [officer.id(1)], "sort": "corridor", "content": "Hành lang", "part": strip,
                  "document": { "number": "15/QĐ", "signed_on": "2026-01-02" } },
            ]),
        );
        let parcel = officer.id(1);
        let mortgage = id_of(
            &register,
            "encumbrance_id",
            "encumbrance where contract_no",
            "TC-1",
        )
        .await;
        let limit = id_of(
            &register,
            "restriction_id",
            "restriction where content",
            "Hành lang",
        )
        .await;
        // along north: the first part is the western one
        let split = |encumbrances: Value, restrictions: Value| {
            json!([{ "kind": "split", "parcel": parcel, "by": { "equal": { "along_m": [[0, 0], [0, 1]], "parts": 2 } },
                     "encumbrances": encumbrances, "restrictions": restrictions }])
        };
        let both = ["encumbrances-misassigned", "restrictions-misassigned"];
        for wrong in [
            split(json!([[mortgage], []]), json!([[limit], []])),
            split(json!([[mortgage], [mortgage]]), json!([[limit], [limit]])),
            split(json!([[], []]), json!([[], []])),
        ] {
            let violations = officer.refused(&register, &[1], &wrong).await;
            assert_eq!(codes(&violations), both, "{wrong}");
        }
        officer.commits(&[1], &split(json!([[], [mortgage]]), json!([[], [limit]])));
        assert_eq!(
            told(&officer.parcel(2)),
            ["An 1/1 -", "use ONT 200.0 Lâu dài"]
        );
        assert_eq!(
            told(&officer.parcel(3)),
            [
                "An 1/1 -",
                "use ONT 200.0 Lâu dài",
                "mortgage 1 TC-1 Ngân hàng Mẫu (4 m phía đông)",
                "restriction Hành lang"
            ]
        );
    });
}

#[test]
fn what_has_ended_in_a_list_is_no_parcel_any_more_for_what_follows() {
    run(async {
        let register = register_of(&[
            AN.to_owned(),
            AN.replace("1; An", "2; An"),
            "3; Bình; 000099000002; 1; AA 000003; 2019-05-01; ONT; 400; Lâu dài".to_owned(),
        ])
        .await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let an = id_of(&register, "party_id", "party_version where name", "An").await;
        let retire = json!({ "kind": "retire", "parcel": officer.id(1), "because": "recovery" });
        for after in [
            json!({ "kind": "merge", "parcels": [officer.id(1), officer.id(2)] }),
            sale(&officer, &an, "Bình")[0].clone(),
            retire.clone(),
            json!({ "kind": "split", "parcel": officer.id(1), "by": { "equal": { "along_m": [[0, 0], [0, 1]], "parts": 2 } } }),
        ] {
            let violations = officer
                .refused(&register, &[1, 2], &json!([retire, after]))
                .await;
            assert_eq!(codes(&violations), ["parcel-not-there"], "{after}");
        }
    });
}

#[test]
fn the_story_of_a_parcel_has_its_mortgages_and_every_operation_on_rights_for_officers_only() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let an = id_of(&register, "party_id", "party_version where name", "An").await;
        let parcel = officer.id(1);
        let mortgage = officer.commits(
            &[1],
            &json!([{
                "kind": "mortgage", "parcels": [parcel], "amount_vnd": 500_000_000,
                "to": { "kind": "organisation", "name": "Ngân hàng Mẫu", "personal_no": "0000000018" },
                "document": { "number": "TC-1", "signed_on": "2026-01-03" },
            }, {
                "kind": "restrict", "parcels": [parcel], "sort": "corridor", "content": "Hành lang",
                "document": { "number": "15/QĐ", "signed_on": "2026-01-02" },
            }]),
        );
        let sold = officer.commits(&[1], &sale(&officer, &an, "Bình"));
        let encumbrance = id_of(
            &register,
            "encumbrance_id",
            "encumbrance where contract_no",
            "TC-1",
        )
        .await;
        let freed = officer.commits(
            &[1],
            &json!([{ "kind": "discharge", "parcels": [parcel], "encumbrance": encumbrance, "document": { "number": "XC-1", "signed_on": "2026-01-20" } }]),
        );
        let split = officer.commits(
            &[1],
            &json!([{ "kind": "split", "parcel": parcel, "by": { "equal": { "along_m": [[0, 0], [0, 1]], "parts": 2 } } }]),
        );
        let ids = [&mortgage, &sold, &freed, &split].map(|report| report["operation_id"].clone());
        let path = format!("/api/v1/parcels/{parcel}/timeline");
        let entries = |timeline: &Value, kind: &str| -> Vec<Value> {
            let entries = timeline["entries"].as_array().unwrap().iter();
            entries
                .filter(|entry| entry["kind"] == kind)
                .cloned()
                .collect()
        };
        let full = server.get_as(&officer.token, &path).json();
        let operations: Vec<Value> = entries(&full, "operation")
            .iter()
            .map(|entry| json!([entry["id"], entry["codes"], entry["rights_codes"]]))
            .collect();
        assert_eq!(
            operations,
            [
                json!([ids[0], null, ["HC", "TC"]]),
                json!([ids[1], null, ["CN"]]),
                json!([ids[2], null, ["XC"]]),
                json!([ids[3], ["TN"], null]),
            ]
        );
        let mortgages = entries(&full, "mortgage");
        let [only] = &*mortgages else {
            panic!("{mortgages:?}");
        };
        assert_eq!(
            json!([
                only["operation_id"],
                only["contract_no"],
                only["party_name"],
                only["rank"],
                only["amount_vnd"]
            ]),
            json!([ids[0], "TC-1", "Ngân hàng Mẫu", 1, 500_000_000])
        );
        assert_eq!(entries(&full, "restriction")[0]["operation_id"], ids[0]);
        let of_sale = |entry: &Value| entry["operation_id"] == ids[1];
        assert!(entries(&full, "right").iter().any(of_sale));
        // everybody learns of the split alone
        let public = server.json(&path);
        let operations: Vec<Value> = entries(&public, "operation")
            .iter()
            .map(|entry| json!([entry["id"], entry["codes"], entry["rights_codes"]]))
            .collect();
        assert_eq!(operations, [json!([ids[3], ["TN"], null])]);
        for hidden in ["TC", "XC", "CN", "Ngân hàng", "mortgage", "restriction"] {
            assert!(!public.to_string().contains(hidden), "{hidden}");
        }
    });
}

#[test]
fn what_ended_with_its_parcel_stays_known_by_the_operation_that_began_it() {
    run(async {
        let register = register_of(&[AN.to_owned()]).await;
        let server = register.serve().await;
        let officer = Officer::at(&register, &server).await;
        let bank = "(select min(party_id) from party_version)";
        let parcel = officer.id(1);
        let sql = format!(
            "with laid as (
                insert into encumbrance (parcel_id, encumbrance_id, revision, legal, kind, party_id, rank, contract_no, registered_at, land_operation_id)
                select {parcel}, nextval('register_id_1'), 1, daterange('2026-02-01', null), 'mortgage', {bank}, 1, 'TC-1', now(), 41 returning 1
             ), limited as (
                insert into restriction (parcel_id, restriction_id, revision, legal, kind, content, land_operation_id)
                select {parcel}, nextval('register_id_1'), 1, daterange('2026-02-01', null), 'corridor', 'Hành lang', 42 returning 1
             ) select count(*) from laid, limited"
        );
        assert_eq!(register.value_of::<i64>(&sql).await, 1);
        officer.commits(
            &[1],
            &json!([{ "kind": "split", "parcel": parcel, "by": { "equal": { "along_m": [[0, 0], [0, 1]], "parts": 2 } } }]),
        );
        let known = format!(
            "select string_agg(line, ', ' order by line) from (
                select concat_ws(' ', lower(legal), upper(legal) = today(), land_operation_id) as line from encumbrance
                where parcel_id = {parcel} and upper_inf(recorded)
                union all
                select concat_ws(' ', lower(legal), upper(legal) = today(), land_operation_id) from restriction
                where parcel_id = {parcel} and upper_inf(recorded)
                union all
                select concat_ws(' ', lower(legal), upper(legal) = today()) from land_right_version
                where parcel_id = {parcel} and upper_inf(recorded)) as known"
        );
        assert_eq!(
            register.value_of::<String>(&known).await,
            "2019-05-01 t, 2026-02-01 t 41, 2026-02-01 t 42"
        );
    });
}
