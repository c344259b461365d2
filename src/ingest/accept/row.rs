//! Rows of registers. No fault repeats a name, a number or an address of a person.

use super::{Accepted, Findings};
use crate::{
    domain::{
        CertificateRecord, Fault, FaultCode, LandUseRow, Law, PartyKind, PartyRecord, RightRow,
        Share, fold_text, is_personal_number, is_tax_number, parse_serial,
    },
    ingest::{
        column::Values,
        field::RightField,
        raw::RawRow,
        value::{parse_area_tenths, parse_date, parse_year},
    },
};
use time::Date;

/// What the rows of one register are judged by.
#[derive(Debug, Clone, Copy)]
pub struct RowContext<'a> {
    /// The law.
    pub law: &'a Law,
    /// The day whose codes the delivery uses.
    pub day: Date,
}

/// Judges one row of a register.
pub fn accept_row(raw: &RawRow, context: &RowContext<'_>) -> Accepted<RightRow> {
    use RightField as Of;
    let values = match &raw.content {
        Ok(values) => values,
        Err(fault) => return Accepted::rejected(fault.clone()),
    };
    let mut findings = Findings::default();
    let parcel = findings.parcel_key(
        values,
        [Of::Commune, Of::Sheet, Of::Parcel],
        context.law,
        context.day,
    );
    let national_code = findings.national_code(values, Of::NationalCode);
    let party = party(values, &mut findings);
    let share = findings.parsed(values, Of::Share, FaultCode::ShareUnreadable, |text| {
        Share::parse(text).ok()
    });
    let certificate = certificate(values, &mut findings);
    let land_use = land_use(values, context, certificate.as_ref(), &mut findings);
    let record = parcel.zip(party).map(|(parcel, party)| RightRow {
        parcel,
        national_code,
        party,
        share: share.unwrap_or(Share::WHOLE),
        certificate,
        land_use,
    });
    findings.finish(record)
}

fn party(values: &Values<RightField>, findings: &mut Findings) -> Option<PartyRecord> {
    let kind = findings
        .text(values, RightField::PartyKind)
        .map_or(PartyKind::Individual, |text| party_kind(&text));
    let personal_no = findings.text(values, RightField::PersonalNo).map(|text| {
        text.chars()
            .filter(|letter| !letter.is_whitespace())
            .collect::<String>()
    });
    if let Some(number) = &personal_no {
        let is_known_form =
            is_personal_number(number) || kind == PartyKind::Organisation && is_tax_number(number);
        if !is_known_form {
            let detail = format!("the number has {} characters", number.chars().count());
            findings.note(Fault::new(FaultCode::PersonalNumberDoubtful, detail));
        }
    }
    let birth_year = findings.parsed(
        values,
        RightField::BirthYear,
        FaultCode::NumberUnreadable,
        parse_year,
    );
    let residence = findings.text(values, RightField::Residence);
    let nobody = || Fault::new(FaultCode::PartyMissing, "the row names nobody");
    let name = findings.keep(values.text(RightField::Name))?;
    let name = findings.keep(name.map(crate::domain::tidy_text).ok_or_else(nobody))?;
    Some(PartyRecord {
        kind,
        name,
        personal_no,
        birth_year,
        residence,
    })
}

/// A kind by its Vietnamese words or its subject code; who is not said to be anything else is an individual.
///
/// # Source
/// Plan 515 sheet PL3-01; subject codes of Circular 08/2024 and of the circulars before it.
fn party_kind(text: &str) -> PartyKind {
    let folded = fold_text(text);
    let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
    let is = |codes: &[&str]| codes.contains(&folded.as_str());
    if has(&["vo chong", "couple"]) {
        PartyKind::Couple
    } else if has(&["ho gia dinh", "household"]) || is(&["ho", "gdc"]) {
        PartyKind::Household
    } else if has(&["cong dong", "dan cu", "community"]) || is(&["cds"]) {
        PartyKind::Community
    } else if has(&[
        "to chuc",
        "cong ty",
        "doanh nghiep",
        "co quan",
        "don vi",
        "ton giao",
        "organisation",
        "organization",
    ]) || is(&ORGANISATION_CODES)
    {
        PartyKind::Organisation
    } else {
        PartyKind::Individual
    }
}

const ORGANISATION_CODES: [&str; 16] = [
    "tcn", "tsn", "txh", "tkt", "tkh", "ttg", "tng", "tvn", "tcq", "tsq", "ktq", "ubs", "ubq",
    "tpq", "tkq", "nng",
];

fn certificate(values: &Values<RightField>, findings: &mut Findings) -> Option<CertificateRecord> {
    let serial = findings.text(values, RightField::Serial);
    let entry_no = findings.text(values, RightField::EntryNo);
    let issued_on = findings.parsed(
        values,
        RightField::IssuedOn,
        FaultCode::DateUnreadable,
        parse_date,
    );
    let serial = parse_serial(&serial?);
    if !serial.is_known_form {
        findings.note(Fault::new(
            FaultCode::SerialDoubtful,
            "the serial has not the form of any era",
        ));
    }
    Some(CertificateRecord {
        serial: serial.text,
        entry_no,
        issued_on,
    })
}

/// The use of a row; an area beside several codes is of all of them together, so it is not the main one's.
fn land_use(
    values: &Values<RightField>,
    context: &RowContext<'_>,
    certificate: Option<&CertificateRecord>,
    findings: &mut Findings,
) -> Option<LandUseRow> {
    let issued_on = certificate.and_then(|certificate| certificate.issued_on);
    let days: Vec<Date> = std::iter::once(context.day).chain(issued_on).collect();
    let codes = findings.land_uses(values, RightField::LandUse, context.law, &days);
    let area = findings.parsed(
        values,
        RightField::Area,
        FaultCode::NumberUnreadable,
        parse_area_tenths,
    );
    let origin = findings.text(values, RightField::Origin);
    let term = findings.text(values, RightField::Term);
    let is_only_one = codes.len() == 1;
    let code = findings.main_use(&codes)?;
    let area_tenths_m2 = area.filter(|&tenths| is_only_one && tenths > 0);
    Some(LandUseRow {
        code,
        area_tenths_m2,
        origin,
        term,
    })
}
