//! The exchange with the tax office: slips out, notices and payments in, each once.

use super::moving::{held_procedure, moved, settle, wrong_move};
use super::{DossierError, ground, local};
use crate::app::{App, Reader, agreement_of};
use crate::domain::{AsOf, DossierCode, Stage, Verb};
use crate::policy::{Audience, Duty, Officer};
use crate::store::{
    Dossier, Entry, HeldDossier, Identity, Known, Notice, NoticeRow, Payment, SlipRow,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The longest text of a slip.
const TEXT_CHARS: usize = 2000;
const NUMBER_CHARS: usize = 100;
/// What a reader of a slip sees that is personal: of the applicant, and of who holds the land.
const PERSONAL: &[&str] = &[
    "applicant_name",
    "applicant_no",
    "phone",
    "party_name",
    "personal_no",
    "birth_year",
    "residence",
    "share",
    "certificate_serial",
];
const NOTICES: [&str; 5] = [
    "land-use-fee",
    "land-rent",
    "registration-fee",
    "personal-income-tax",
    "other",
];

/// What the register does not know and the slip has to say.
///
/// # Source
/// *Phiếu chuyển thông tin để xác định nghĩa vụ tài chính* (form 15 of 2026).
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// The price of the contract.
    #[serde(default)]
    pub contract_price_vnd: Option<i64>,
    /// Road and segment of the price list.
    #[serde(default)]
    pub road: Option<String>,
    /// Position in the price list.
    #[serde(default)]
    pub position: Option<String>,
    /// Papers of origin.
    #[serde(default)]
    pub papers: Option<String>,
    /// Papers of exemption or reduction.
    #[serde(default)]
    pub exemption: Option<String>,
    /// House and other assets.
    #[serde(default)]
    pub assets: Option<String>,
    /// The law that it rests on.
    #[serde(default)]
    pub legal_basis: Option<String>,
    /// Why a slip that was sent is corrected.
    #[serde(default)]
    pub reason: Option<String>,
}

/// Who brings what the tax office says: an officer, or the tax office's own system.
#[derive(Debug, Clone)]
pub struct TaxAsker {
    name: String,
    /// Where an officer is competent; the tax office's system is everywhere.
    officer: Option<Officer>,
}

/// Slips, notices and payments of a dossier.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The slips, in order; what they say only for who may read of persons.
    pub slips: Vec<SlipRow>,
    /// The notices, each with what came of it.
    pub notices: Vec<NoticeRow>,
}

impl App {
    /// Who may bring what the tax office says.
    pub async fn tax_asker(&self, identity: Identity) -> Result<TaxAsker, DossierError> {
        let client = match identity {
            Identity::Officer(officer) => {
                officer.may(Duty::Tax)?;
                return Ok(TaxAsker {
                    name: officer.name.clone(),
                    officer: Some(officer),
                });
            }
            Identity::Client(client) => client,
        };
        let day = self.store.today().await?;
        let agreement = self.store.agreement(&client).await?;
        let agreement = agreement.and_then(|row| agreement_of(&row).ok());
        let is_tax = agreement.is_some_and(|agreement| {
            agreement.audience == Audience::Tax && agreement.valid.contains(day)
        });
        if !is_tax {
            return Err(DossierError::NotTheTaxOffice(client));
        }
        Ok(TaxAsker {
            name: client,
            officer: None,
        })
    }

    /// Sends a slip, or, where one was sent, a correction of it that takes its place.
    pub async fn send_slip(
        &self,
        reader: &Reader<'_>,
        code: &DossierCode,
        declared: &Declared,
    ) -> Result<Exchange, DossierError> {
        check_declared(declared)?;
        let officer = reader.officer;
        let (mut held, content) = self.hold_with_slip(officer, code, declared).await?;
        let last = held.last_slip().await?;
        let waiting = last
            .as_ref()
            .filter(|slip| matches!(&*slip.state, "sent" | "acknowledged"));
        let is_correction = waiting.is_some() && held.standing.dossier.step == Stage::Tax;
        if is_correction && declared.reason.is_none() {
            return Err(DossierError::ReasonMissing(Verb::SendToTax));
        }
        let reason = declared.reason.as_deref();
        let version = held.standing.dossier.version + 1;
        if let Some(slip) = waiting.filter(|_| is_correction) {
            held.slip_event((slip.slip_no, version), "corrected", &officer.name, reason)
                .await?;
        }
        self.tax_step(&mut held, Verb::SendToTax, (&officer.name, reason))
            .await?;
        let slip_no = last.map_or(1, |last| last.slip_no + 1);
        held.send_slip((slip_no, version), &content, &officer.name)
            .await?;
        held.commit().await?;
        self.exchange(reader, code).await
    }

    /// Holds a dossier, with what a slip of it says. That is read before, on a connection of its own: whoever holds a dossier waits for
    /// no second one.
    async fn hold_with_slip(
        &self,
        officer: &Officer,
        code: &DossierCode,
        declared: &Declared,
    ) -> Result<(HeldDossier, Value), DossierError> {
        loop {
            let found = self.store.dossier(code).await?;
            let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
            officer.may_at(Duty::Tax, ground(&dossier, officer))?;
            let content = self.slip(&dossier, declared).await?;
            let held = self.hold_dossier(code, None).await?;
            if held.standing.dossier.version == dossier.version {
                return Ok((held, content));
            }
        }
    }

    /// The tax office has the slip. The same again changes nothing.
    pub async fn acknowledge_slip(
        &self,
        asker: &TaxAsker,
        (code, slip_no): (&DossierCode, i32),
        reference: Option<&str>,
    ) -> Result<Exchange, DossierError> {
        let mut held = self.hold_dossier(code, None).await?;
        check_competent(asker, &held.standing.dossier)?;
        let last = held
            .last_slip()
            .await?
            .filter(|slip| slip.slip_no == slip_no);
        match last.as_ref().map(|slip| &*slip.state) {
            Some("sent") => {
                let version = held.standing.dossier.version;
                held.slip_event((slip_no, version), "acknowledged", &asker.name, reference)
                    .await?;
            }
            Some("acknowledged") => {}
            _ => return Err(no_slip(code, slip_no)),
        }
        self.exchanged(held).await
    }

    /// Cancels a slip: the dossier is where it was before it was sent.
    pub async fn cancel_slip(
        &self,
        officer: &Officer,
        (code, slip_no): (&DossierCode, i32),
        reason: &str,
    ) -> Result<Exchange, DossierError> {
        if reason.trim().is_empty() {
            return Err(DossierError::ReasonMissing(Verb::Recall));
        }
        let mut held = self.hold_dossier(code, None).await?;
        officer.may_at(Duty::Tax, ground(&held.standing.dossier, officer))?;
        let last = held
            .last_slip()
            .await?
            .filter(|slip| slip.slip_no == slip_no);
        let is_waiting = |slip: &SlipRow| matches!(&*slip.state, "sent" | "acknowledged");
        if !last.as_ref().is_some_and(is_waiting) {
            return Err(no_slip(code, slip_no));
        }
        let version = held.standing.dossier.version + 1;
        self.tax_step(&mut held, Verb::Recall, (&officer.name, Some(reason)))
            .await?;
        held.slip_event((slip_no, version), "cancelled", &officer.name, Some(reason))
            .await?;
        self.exchanged(held).await
    }

    /// Takes a notice in: from then on the citizen has to pay. The same again changes nothing.
    pub async fn take_notice(
        &self,
        asker: &TaxAsker,
        code: &DossierCode,
        notice: &Notice,
    ) -> Result<Exchange, DossierError> {
        let mut faults = check_number("the notice's number", &notice.notice_no);
        if !NOTICES.contains(&&*notice.kind) {
            faults.push(format!("kind is one of {}", NOTICES.join(", ")));
        }
        if notice.amount_vnd < 0 {
            faults.push("amount_vnd is not below 0".to_owned());
        }
        if notice
            .pay_until
            .is_some_and(|until| until < notice.issued_on)
        {
            faults.push("pay_until is not before issued_on".to_owned());
        }
        check(faults)?;
        let mut held = self.hold_dossier(code, None).await?;
        check_competent(asker, &held.standing.dossier)?;
        match held.take_notice(notice, &asker.name).await? {
            Known::Other => return Err(DossierError::NumberReused(notice.notice_no.clone())),
            Known::Same => {}
            Known::New => {
                let by = (&*asker.name, Some(&*notice.notice_no));
                self.tax_step(&mut held, Verb::Notify, by).await?;
                self.paid_step(&mut held, by).await?;
            }
        }
        self.exchanged(held).await
    }

    /// Takes a payment in; when every notice is paid the office goes on. The same again changes nothing.
    pub async fn take_payment(
        &self,
        asker: &TaxAsker,
        code: &DossierCode,
        payment: &Payment,
    ) -> Result<Exchange, DossierError> {
        let mut faults = check_number("the payment's number", &payment.payment_no);
        if payment.amount_vnd <= 0 {
            faults.push("amount_vnd is above 0".to_owned());
        }
        check(faults)?;
        let mut held = self.hold_dossier(code, None).await?;
        check_competent(asker, &held.standing.dossier)?;
        match held.take_payment(payment, &asker.name).await? {
            None => {
                return Err(DossierError::NoNotice {
                    code: code.clone(),
                    notice_no: payment.notice_no.clone(),
                });
            }
            Some(Known::Other) => {
                return Err(DossierError::NumberReused(payment.payment_no.clone()));
            }
            Some(Known::Same) => {}
            Some(Known::New) => {
                let by = (&*asker.name, Some(&*payment.payment_no));
                self.paid_step(&mut held, by).await?;
            }
        }
        self.exchanged(held).await
    }

    /// Slips, notices and payments of a dossier. The reading is in the ledger before it is answered; who may see the dossier, but
    /// read of no persons, learns what became of the slips and not what they say.
    pub async fn exchange(
        &self,
        reader: &Reader<'_>,
        code: &DossierCode,
    ) -> Result<Exchange, DossierError> {
        let found = self.store.dossier(code).await?;
        let (dossier, _) = found.ok_or_else(|| DossierError::NoSuchDossier(code.clone()))?;
        let may = reader
            .officer
            .may_at(Duty::See, ground(&dossier, reader.officer));
        let reads = reader.officer.may(Duty::Read).is_ok();
        let shown = if reads { PERSONAL } else { &[] };
        self.note_dossier(reader, Some(code), (may, shown)).await?;
        if reads {
            self.exchange_of(dossier.dossier_id).await
        } else {
            self.states_of(dossier.dossier_id).await
        }
    }

    async fn exchange_of(&self, dossier_id: i64) -> Result<Exchange, DossierError> {
        Ok(Exchange {
            slips: self.store.slips(dossier_id).await?,
            notices: self.store.notices(dossier_id).await?,
        })
    }

    /// The same without what the slips say of persons.
    async fn states_of(&self, dossier_id: i64) -> Result<Exchange, DossierError> {
        let mut exchange = self.exchange_of(dossier_id).await?;
        for slip in &mut exchange.slips {
            slip.content = Value::Null;
        }
        Ok(exchange)
    }

    /// What stands in the answer to who brought something: nobody asked there for what the slips say.
    async fn exchanged(&self, held: HeldDossier) -> Result<Exchange, DossierError> {
        let id = held.standing.dossier.dossier_id;
        held.commit().await?;
        self.states_of(id).await
    }

    /// When every notice is paid, the dossier is.
    async fn paid_step(
        &self,
        held: &mut HeldDossier,
        by: (&str, Option<&str>),
    ) -> Result<(), DossierError> {
        if held.standing.dossier.step == Stage::Payment && held.is_paid().await? {
            self.tax_step(held, Verb::Pay, by).await?;
        }
        Ok(())
    }

    async fn tax_step(
        &self,
        held: &mut HeldDossier,
        verb: Verb,
        (actor, reason): (&str, Option<&str>),
    ) -> Result<(), DossierError> {
        let procedure = held_procedure(held).await?;
        let before = &held.standing.dossier;
        // A correction is sent from where the first slip was sent to.
        let mut after = if verb == Verb::SendToTax && before.step == Stage::Tax {
            Dossier {
                version: before.version + 1,
                ..before.clone()
            }
        } else {
            moved(before, verb, &procedure)?
        };
        if verb == Verb::SendToTax && !procedure.needs_tax {
            let detail = "the procedure does not pass the tax office";
            return Err(wrong_move(before, verb, detail));
        }
        settle(&held.standing, &mut after, &procedure);
        let at = held.standing.now;
        let entry = Entry {
            verb,
            actor,
            on_behalf_of: None,
            reason,
            at,
        };
        Ok(held.advance(&after, &entry).await?)
    }

    /// What a slip says: what the register knows, and what was declared.
    async fn slip(&self, dossier: &Dossier, declared: &Declared) -> Result<Value, DossierError> {
        let procedure = self.procedure_of(dossier).await?;
        let mut snapshot = self.store.snapshot().await?;
        let mut land = Vec::new();
        for parcel in snapshot.parcels(&dossier.parcels, AsOf::default()).await? {
            let facts = parcel.facts;
            let rights = snapshot.rights(facts.parcel_id, AsOf::default()).await?;
            land.push(json!({
                "parcel_id": facts.parcel_id, "commune": facts.commune.code, "sheet_no": facts.sheet_no, "parcel_no": facts.parcel_no,
                "address": facts.address, "legal_area_m2": facts.legal_area_m2, "uses": facts.land_use, "rights": rights,
            }));
        }
        Ok(json!({
            "dossier": dossier.code, "complete_on": dossier.received_at.map(|at| local(at).date().to_string()),
            "procedure": procedure.name_vi, "procedure_code": dossier.procedure_code, "legal_basis": procedure.source,
            "applicant": { "name": dossier.applicant_name, "no": dossier.applicant_no, "phone": dossier.phone },
            "land": land, "declared": declared, "register_position": snapshot.position(),
        }))
    }
}

fn no_slip(code: &DossierCode, slip_no: i32) -> DossierError {
    DossierError::NoSlip {
        code: code.clone(),
        slip_no,
    }
}

fn check_competent(asker: &TaxAsker, dossier: &Dossier) -> Result<(), DossierError> {
    match &asker.officer {
        Some(officer) => Ok(officer.may_at(Duty::Tax, ground(dossier, officer))?),
        None => Ok(()),
    }
}

fn check(faults: Vec<String>) -> Result<(), DossierError> {
    if faults.is_empty() {
        Ok(())
    } else {
        Err(DossierError::Unreadable(faults))
    }
}

fn check_number(name: &str, number: &str) -> Vec<String> {
    let is_fit = (1..=NUMBER_CHARS).contains(&number.chars().count())
        && !number.chars().any(char::is_control);
    if is_fit {
        Vec::new()
    } else {
        vec![format!("{name} has 1 to {NUMBER_CHARS} characters")]
    }
}

fn check_declared(declared: &Declared) -> Result<(), DossierError> {
    let texts = [
        &declared.road,
        &declared.position,
        &declared.papers,
        &declared.exemption,
        &declared.assets,
        &declared.legal_basis,
        &declared.reason,
    ];
    let is_fit = |text: &String| text.chars().count() <= TEXT_CHARS && !text.contains('\0');
    let mut faults = Vec::new();
    if !texts.into_iter().flatten().all(is_fit) {
        faults.push(format!("each text has at most {TEXT_CHARS} characters"));
    }
    if declared.contract_price_vnd.is_some_and(|price| price < 0) {
        faults.push("contract_price_vnd is not below 0".to_owned());
    }
    check(faults)
}
