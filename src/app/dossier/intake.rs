//! Taking dossiers in: under the code of the one-stop system, or numbered here.

use super::moving::{check_version, moved, procedure_as_received, settle};
use super::{DossierError, VIET_NAM, ground, local};
use crate::app::App;
use crate::domain::{DossierCode, ParcelId, Stage, Status, Verb};
use crate::policy::{Duty, Ground, Officer};
use crate::store::{Dossier, Entry, HeldDossier, Procedure, StoreError};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use time::{Duration, OffsetDateTime};

/// The longest text, and the most parcels.
const TEXT_CHARS: usize = 1000;
const PARCELS: usize = 200;
/// How far the clocks of two systems may be apart.
const CLOCKS_APART: Duration = Duration::minutes(5);

/// What is filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filed {
    /// The procedure's code, with or without the province's suffix.
    pub procedure: String,
    /// The commune that the land is in.
    pub commune: String,
    /// *Kênh thực hiện*: 1 direct, 2 online, 3 by post.
    pub channel: i16,
    /// Why it is on paper, where the procedure is done online.
    #[serde(default)]
    pub paper_reason: Option<String>,
    /// Who files it.
    pub applicant: Applicant,
    /// What is wanted.
    #[serde(default)]
    pub summary: Option<String>,
    /// The parcels that it is about.
    #[serde(default)]
    pub parcels: BTreeSet<ParcelId>,
    /// Who handles it; none for the agency of the code.
    #[serde(default)]
    pub branch: Option<String>,
    /// When it was filed; none for now.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub filed_at: Option<OffsetDateTime>,
    /// When it was received; none where it waits for that.
    #[serde(default, with = "time::serde::rfc3339::option")]
    pub received_at: Option<OffsetDateTime>,
}

/// Who files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicant {
    /// The name.
    pub name: String,
    /// Personal or enterprise number.
    #[serde(default)]
    pub no: Option<String>,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
}

impl App {
    /// Takes a dossier in under its own code, or what was corrected of it since. The same again changes nothing.
    ///
    /// Gives whether it is new.
    pub async fn put_dossier(
        &self,
        officer: &Officer,
        (code, seen): (&DossierCode, Option<i32>),
        filed: &Filed,
    ) -> Result<(Dossier, bool), DossierError> {
        let content = content(filed);
        let known = self.store.dossier(code).await?;
        let known = known.map(|(dossier, _)| dossier);
        if let Some(known) = &known
            && known.content_sha256 == content
        {
            officer.may_at(Duty::File, ground(known, officer))?;
            return Ok((known.clone(), false));
        }
        let province = self.checked(officer, filed, known.as_ref()).await?;
        loop {
            if let Some(held) = self.store.hold_dossier(code).await? {
                let dossier = amended(held, officer, (filed, content, seen)).await?;
                return Ok((dossier, false));
            }
            let procedure = self.procedure_for(filed, province.as_deref()).await?;
            let filing = self.store.filing().await?;
            let dossier = new_dossier(code, (filed, content.clone()), province.clone(), filing.now);
            let dossier = started(dossier, &procedure)?;
            let entry = entry(Verb::File, officer, filed, filing.now);
            match filing.file(&dossier, None, &entry).await {
                Ok(()) => return Ok((dossier, true)),
                // Somebody else was faster: it is there now.
                Err(StoreError::Taken(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Numbers a dossier here, where that is configured. A second request with the same key gets the same dossier.
    pub async fn number_dossier(
        &self,
        officer: &Officer,
        filed: &Filed,
        key: Option<&str>,
    ) -> Result<(Dossier, bool), DossierError> {
        let content = content(filed);
        let key = key.map(|key| format!("{}/{key}", officer.identity()));
        // Who asks again gets the dossier as it is, whatever became of the rules, the land and itself since.
        if let Some(key) = &key
            && let Some(numbered) = self.store.filing().await?.filed(key).await?
        {
            return repeated(officer, numbered, &content);
        }
        let province = self.checked(officer, filed, None).await?;
        let procedure = self.procedure_for(filed, province.as_deref()).await?;
        let of = province.as_deref().unwrap_or_default();
        let agency = self.store.numbering_agency(of).await?;
        let agency = agency.ok_or_else(|| DossierError::NotNumberedHere(of.to_owned()))?;
        loop {
            let mut filing = self.store.filing().await?;
            if let Some(key) = &key
                && let Some(numbered) = filing.filed(key).await?
            {
                return repeated(officer, numbered, &content);
            }
            let (now, day) = (filing.now, local(filing.now).date());
            let serial = filing.next_serial(&agency, day).await?;
            let code = DossierCode::of(&agency, day, serial);
            let code = code.map_err(|error| DossierError::Unreadable(vec![error.to_string()]))?;
            let mut dossier = new_dossier(&code, (filed, content.clone()), province.clone(), now);
            dossier.is_numbered_here = true;
            dossier.received_at = filed.received_at.or(Some(now));
            let dossier = started(dossier, &procedure)?;
            let entry = entry(Verb::File, officer, filed, now);
            match filing.file(&dossier, key.as_deref(), &entry).await {
                Ok(()) => return Ok((dossier, true)),
                Err(StoreError::Taken(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The province of what is filed, where nothing is wrong with it. What the dossier that it corrects has already needs not be there
    /// today.
    async fn checked(
        &self,
        officer: &Officer,
        filed: &Filed,
        known: Option<&Dossier>,
    ) -> Result<Option<String>, DossierError> {
        let faults = faults(filed, OffsetDateTime::now_utc());
        if !faults.is_empty() {
            return Err(DossierError::Unreadable(faults));
        }
        let commune = &filed.commune;
        let own = known.filter(|known| known.is_of(commune));
        let (province, mut grounds) = if let Some(known) = own {
            officer.may_at(Duty::File, ground(known, officer))?;
            (known.province_code.clone(), Vec::new())
        } else {
            let province = self.store.commune_province(commune).await?;
            let province = province.ok_or_else(|| DossierError::NoSuchCommune(commune.clone()))?;
            (province.clone(), vec![(province, commune.clone())])
        };
        let asked: Vec<ParcelId> = filed.parcels.iter().copied().collect();
        let there = self.store.communes_of(&asked).await?;
        let has = |id: &ParcelId| known.is_some_and(|known| known.parcels.contains(id));
        let is_missing = |id: &ParcelId| !has(id) && there.iter().all(|(other, _)| other != id);
        let missing: Vec<ParcelId> = asked.into_iter().filter(is_missing).collect();
        if !missing.is_empty() {
            return Err(DossierError::NoSuchParcels(missing));
        }
        let elsewhere: BTreeSet<String> = there.into_iter().map(|(_, commune)| commune).collect();
        for other in elsewhere.into_iter().filter(|other| other != commune) {
            grounds.push((self.store.commune_province(&other).await?.flatten(), other));
        }
        for (province, commune) in &grounds {
            let province = province.as_deref();
            officer.may_at(Duty::File, Ground { province, commune })?;
        }
        Ok(province)
    }

    /// The procedure of what is filed now.
    async fn procedure_for(
        &self,
        filed: &Filed,
        province: Option<&str>,
    ) -> Result<Procedure, DossierError> {
        let day = filed.received_at.or(filed.filed_at);
        let day = local(day.unwrap_or_else(OffsetDateTime::now_utc)).date();
        let place = (province, &*filed.commune);
        let procedure = self.store.procedure(&filed.procedure, place, day).await?;
        let procedure =
            procedure.ok_or_else(|| DossierError::NoSuchProcedure(filed.procedure.clone()))?;
        check_channel(filed, &procedure)?;
        Ok(procedure)
    }
}

/// The dossier that an earlier request with the same key was numbered as.
fn repeated(
    officer: &Officer,
    (dossier, filing_sha256): (Dossier, Vec<u8>),
    content: &[u8],
) -> Result<(Dossier, bool), DossierError> {
    officer.may_at(Duty::File, ground(&dossier, officer))?;
    if filing_sha256 != content {
        return Err(DossierError::KeyReused);
    }
    Ok((dossier, false))
}

/// What is done online comes on paper only with a reason.
fn check_channel(filed: &Filed, procedure: &Procedure) -> Result<(), DossierError> {
    let reason = filed.paper_reason.as_deref().unwrap_or_default();
    if procedure.is_online_only && filed.channel != 2 && reason.trim().is_empty() {
        return Err(DossierError::PaperReasonMissing(procedure.code.clone()));
    }
    Ok(())
}

/// Everything that is wrong with what is filed, taken alone.
fn faults(filed: &Filed, now: OffsetDateTime) -> Vec<String> {
    let mut faults = Vec::new();
    let mut check = |is_so: bool, fault: &str| {
        if !is_so {
            faults.push(fault.to_owned());
        }
    };
    check(
        (1..=3).contains(&filed.channel),
        "channel is 1 (direct), 2 (online) or 3 (by post)",
    );
    check(
        !filed.applicant.name.trim().is_empty(),
        "applicant.name must be given",
    );
    check(!filed.procedure.is_empty(), "procedure must be given");
    check(filed.parcels.len() <= PARCELS, "parcels are 200 at most");
    let texts = [
        Some(&filed.procedure),
        Some(&filed.commune),
        Some(&filed.applicant.name),
        filed.applicant.no.as_ref(),
        filed.applicant.phone.as_ref(),
        filed.summary.as_ref(),
        filed.paper_reason.as_ref(),
        filed.branch.as_ref(),
    ];
    let is_fit = |text: &&String| text.chars().count() <= TEXT_CHARS && !text.contains('\0');
    check(
        texts.iter().flatten().all(is_fit),
        "each text has at most 1000 characters",
    );
    let times = [filed.filed_at, filed.received_at];
    let is_past = |at: &OffsetDateTime| *at <= now + CLOCKS_APART && at.year() >= 1994;
    check(
        times.iter().flatten().all(is_past),
        "filed_at and received_at are not in the future, and not before 1994",
    );
    let in_order = filed
        .filed_at
        .zip(filed.received_at)
        .is_none_or(|(filed, received)| filed <= received);
    check(in_order, "received_at is not before filed_at");
    faults
}

fn content(filed: &Filed) -> Vec<u8> {
    Sha256::digest(serde_json::to_vec(filed).unwrap_or_default()).to_vec()
}

fn new_dossier(
    code: &DossierCode,
    (filed, content_sha256): (&Filed, Vec<u8>),
    province_code: Option<String>,
    now: OffsetDateTime,
) -> Dossier {
    let agency = code.agency().to_owned();
    Dossier {
        dossier_id: 0,
        code: code.clone(),
        is_numbered_here: false,
        procedure_code: filed.procedure.clone(),
        commune_code: filed.commune.clone(),
        province_code,
        became: Vec::new(),
        branch: filed.branch.clone().unwrap_or_else(|| agency.clone()),
        agency,
        channel: filed.channel,
        paper_reason: filed.paper_reason.clone(),
        applicant_name: filed.applicant.name.trim().to_owned(),
        applicant_no: filed.applicant.no.clone(),
        phone: filed.applicant.phone.clone(),
        summary: filed.summary.clone(),
        filed_at: filed.filed_at.or(filed.received_at).unwrap_or(now),
        received_at: filed.received_at,
        step: Stage::Filed,
        status: Status::NEW,
        step_before: None,
        officer: None,
        due_at: None,
        paused_for: None,
        is_extended: false,
        supplements: 0,
        ended_at: None,
        version: 1,
        content_sha256,
        parcels: filed.parcels.iter().copied().collect(),
    }
}

/// A new dossier: received at once where it says when.
fn started(dossier: Dossier, procedure: &Procedure) -> Result<Dossier, DossierError> {
    if dossier.received_at.is_none() {
        return Ok(dossier);
    }
    let mut received = moved(&dossier, Verb::Receive, procedure)?;
    received.version = 1;
    received.due_at = super::moving::due(&received, &[], procedure);
    Ok(received)
}

/// A dossier as it is corrected; the same content changes nothing.
async fn amended(
    mut held: HeldDossier,
    officer: &Officer,
    (filed, content, seen): (&Filed, Vec<u8>, Option<i32>),
) -> Result<Dossier, DossierError> {
    let before = held.standing.dossier.clone();
    officer.may_at(Duty::File, ground(&before, officer))?;
    if before.content_sha256 == content {
        return Ok(before);
    }
    if seen.is_none() {
        return Err(DossierError::Unconditional {
            code: before.code,
            version: before.version,
        });
    }
    check_version(&before, seen)?;
    if !before.is_of(&filed.commune) {
        let fault = format!("commune is {} and does not change", before.commune_code);
        return Err(DossierError::Unreadable(vec![fault]));
    }
    let fresh = new_dossier(
        &before.code,
        (filed, content),
        before.province_code.clone(),
        held.standing.now,
    );
    let corrected = Dossier {
        procedure_code: fresh.procedure_code,
        branch: fresh.branch,
        channel: fresh.channel,
        paper_reason: fresh.paper_reason,
        applicant_name: fresh.applicant_name,
        applicant_no: fresh.applicant_no,
        phone: fresh.phone,
        summary: fresh.summary,
        filed_at: filed.filed_at.unwrap_or(before.filed_at),
        // When it was received does not move, once it was.
        received_at: before.received_at.or(fresh.received_at),
        parcels: fresh.parcels,
        content_sha256: fresh.content_sha256,
        ..before
    };
    let received_at = corrected.received_at;
    if received_at.is_some_and(|received_at| received_at < corrected.filed_at) {
        let fault = "filed_at is not after the dossier was received";
        return Err(DossierError::Unreadable(vec![fault.to_owned()]));
    }
    // The rules and the calendar are those of the day of receipt, whenever it is corrected.
    let procedure = procedure_as_received(&mut held, &corrected).await?;
    let procedure = &procedure;
    check_channel(filed, procedure)?;
    let mut after = moved(&corrected, Verb::Amend, procedure)?;
    if after.step == Stage::Filed && after.received_at.is_some() {
        let version = after.version;
        after = moved(&after, Verb::Receive, procedure)?;
        after.version = version;
    }
    settle(&held.standing, &mut after, procedure);
    let entry = entry(Verb::Amend, officer, filed, held.standing.now);
    held.advance(&after, &entry).await?;
    held.commit().await?;
    Ok(after)
}

fn entry<'a>(verb: Verb, officer: &'a Officer, filed: &'a Filed, at: OffsetDateTime) -> Entry<'a> {
    Entry {
        verb,
        actor: &officer.name,
        on_behalf_of: None,
        reason: filed.paper_reason.as_deref(),
        at: at.to_offset(VIET_NAM),
    }
}
