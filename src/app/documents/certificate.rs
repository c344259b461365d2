//! Certificates on blanks of the stock book, and changes that are written on those of any form.

use super::extract::around;
use super::{About, App, PaperError, PaperFile, PaperQuery, Sight};
use crate::app::land::serial_key;
use crate::documents::{
    Certificate, CertificateNote, CertificateNotes, CertifiedHolder, CertifiedParcel, Drawn, Map,
    QrFacts,
};
use crate::domain::{
    Area, AsOf, CertificateId, CertificateVersion, LandUseFact, ParcelId, Position, PrintedParcel,
    RightFact,
};
use crate::policy::Duty;
use crate::store::{CertificateForm, Snapshot, StoredParcel};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use time::{Date, OffsetDateTime};

/// What is written on a certificate, and where.
#[derive(Debug, Clone, Default)]
pub struct NotesWanted {
    /// The printer, where it is known how far it is off.
    pub printer: Option<String>,
    /// Which of the notes, from 1; all, where none is said.
    pub note: Option<usize>,
    /// How much of the table is written on already.
    pub after_mm: f64,
}

/// A valid certificate with what it is printed from.
struct Standing {
    certificate_id: CertificateId,
    version: CertificateVersion,
    created_at: OffsetDateTime,
    signed_on: Date,
    form: CertificateForm,
    printed: Vec<PrintedParcel>,
    parcels: Vec<StoredParcel>,
}

impl App {
    /// Prints a valid certificate on the blank of its serial, which is used from then on. The same again gives the same file.
    pub async fn print_certificate(
        self: &Arc<Self>,
        serial: &str,
        printer: Option<&str>,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let mut snapshot = self.store.snapshot().await?;
        let standing = standing(&mut snapshot, serial).await?;
        let no_blank = || PaperError::NoForm {
            serial: standing.version.certificate_serial.clone(),
            day: standing.signed_on,
        };
        let template = standing.form.template.clone().ok_or_else(no_blank)?;
        let mut document = drawn_up(&mut snapshot, &standing, template).await?;
        drop(snapshot);
        self.note_certificate(&standing, Duty::Handle, query)
            .await?;
        document.offset_mm = self.offset(printer, &standing.form.form).await?;
        let serial = &standing.version.certificate_serial;
        let about = standing.about(serial, query, self.store.position().await?);
        let made = self.made(document).await?;
        let reference = standing.version.certificate_entry_no.clone();
        let reference =
            reference.unwrap_or_else(|| format!("certificate {}", standing.certificate_id));
        self.use_blank(serial, &reference, &query.officer.name)
            .await?;
        self.noted(made, about).await
    }

    /// What was registered on a valid certificate since its issue, to be written on it in the form that it has.
    pub async fn certificate_notes(
        self: &Arc<Self>,
        serial: &str,
        wanted: &NotesWanted,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let mut snapshot = self.store.snapshot().await?;
        let standing = standing(&mut snapshot, serial).await?;
        let notes = snapshot.certificate_notes(standing.certificate_id).await?;
        drop(snapshot);
        self.note_certificate(&standing, Duty::Handle, query)
            .await?;
        let is_wanted = |number: usize| wanted.note.is_none_or(|only| only == number);
        let notes = (1..).zip(notes).filter(|(number, _)| is_wanted(*number));
        let notes: Vec<CertificateNote> = notes
            .map(|(_, row)| CertificateNote {
                noted_on: row.noted_on,
                content: row.content,
            })
            .collect();
        let serial = standing.version.certificate_serial.clone();
        let Some(last) = notes.last() else {
            return Err(PaperError::NothingNoted(serial));
        };
        let printer = wanted.printer.as_deref();
        let document = CertificateNotes {
            template: standing.form.notes_template.clone(),
            day: last.noted_on,
            commune: standing.commune_name(),
            offset_mm: self.offset(printer, &standing.form.form).await?,
            after_mm: wanted.after_mm,
            serial: serial.clone(),
            notes,
        };
        let subject = format!("Thay đổi sau khi cấp {serial}");
        let about = standing.about(&subject, query, self.store.position().await?);
        self.issue(document, about).await
    }

    /// How far a printer is off on a form; nothing, where none is named.
    async fn offset(&self, printer: Option<&str>, form: &str) -> Result<(f64, f64), PaperError> {
        let Some(printer) = printer else {
            return Ok((0.0, 0.0));
        };
        let offsets = self.store.printer_offsets().await?;
        let mut offsets = offsets.into_iter();
        let known = offsets.find(|known| known.printer == printer && known.form == form);
        let unknown = || PaperError::PrinterUnknown {
            printer: printer.to_owned(),
            form: form.to_owned(),
        };
        let known = known.ok_or_else(unknown)?;
        Ok((known.right_mm, known.down_mm))
    }

    /// Notes that a certificate was read for a paper: a row for each of its parcels, all of which must be the officer's.
    async fn note_certificate(
        &self,
        standing: &Standing,
        duty: Duty,
        query: &PaperQuery<'_>,
    ) -> Result<(), PaperError> {
        let sight = Sight::of(query.purpose)?;
        let position = self.store.position().await?;
        for parcel in &standing.parcels {
            let about = (parcel.facts.commune.code, Some(parcel.facts.parcel_id));
            self.note_for(duty, (query, &sight), about, position)
                .await?;
        }
        Ok(())
    }
}

impl Standing {
    fn commune_name(&self) -> String {
        let parcel = self.parcels.first();
        parcel.map_or_else(String::new, |parcel| parcel.facts.commune.name.clone())
    }

    fn about<'q>(&self, subject: &str, query: &PaperQuery<'q>, position: Position) -> About<'q> {
        let facts = self.parcels.first().map(|parcel| &parcel.facts);
        About {
            subject: format!("{subject} – {}", self.commune_name()),
            commune: facts.map_or_else(String::new, |facts| facts.commune.code.to_string()),
            parcel: facts.map(|facts| (facts.parcel_id, facts.revision)),
            officer: &query.officer.name,
            position,
        }
    }
}

/// The valid certificate of a serial.
async fn standing(snapshot: &mut Snapshot, serial: &str) -> Result<Standing, PaperError> {
    let unknown = || PaperError::NoSuchCertificate(serial.to_owned());
    let key = serial_key(serial).ok_or_else(unknown)?;
    let ids = snapshot.certificates(&key, AsOf::default()).await?;
    if ids.is_empty() {
        return Err(unknown());
    }
    for certificate_id in ids {
        let versions = snapshot
            .certificate_versions(certificate_id, AsOf::default())
            .await?;
        let created_at = versions.first().map(|first| first.times.recorded_from);
        let mut versions = versions.into_iter();
        let valid = versions.find(|version| version.is_in_force && version.status == "valid");
        let (Some(version), Some(created_at)) = (valid, created_at) else {
            continue;
        };
        let printed = snapshot
            .certificate_parcels(certificate_id, AsOf::default())
            .await?;
        let ids: Vec<ParcelId> = printed
            .iter()
            .filter(|parcel| parcel.is_in_force)
            .map(|parcel| parcel.parcel_id)
            .collect();
        let parcels = snapshot.parcels(&ids, AsOf::default()).await?;
        let (signed_on, form) = form(snapshot, &version).await?;
        if parcels.is_empty() {
            break;
        }
        return Ok(Standing {
            certificate_id,
            version,
            created_at,
            signed_on,
            form,
            printed,
            parcels,
        });
    }
    Err(PaperError::CertificateEnded(serial.to_owned()))
}

/// The form of a certificate: of the day that it was signed, with as many digits as its serial has.
async fn form(
    snapshot: &mut Snapshot,
    version: &CertificateVersion,
) -> Result<(Date, CertificateForm), PaperError> {
    let serial = &version.certificate_serial;
    let day = version
        .certificate_issued_on
        .ok_or_else(|| PaperError::Unsigned(serial.clone()))?;
    let digits = serial.bytes().filter(u8::is_ascii_digit).count();
    let form = snapshot.certificate_form(day).await?.filter(|form| {
        let mut known = form.serial_digits.iter();
        known.any(|known| usize::try_from(*known) == Ok(digits))
    });
    let none = || PaperError::NoForm {
        serial: serial.clone(),
        day,
    };
    Ok((day, form.ok_or_else(none)?))
}

/// The certificate as it is printed, by a printer that is not off.
async fn drawn_up(
    snapshot: &mut Snapshot,
    standing: &Standing,
    template: String,
) -> Result<Certificate, PaperError> {
    let key = serial_key(&standing.version.certificate_serial);
    let (mut rights, mut notes) = (Vec::new(), Vec::new());
    for parcel in &standing.parcels {
        let id = parcel.facts.parcel_id;
        let held = snapshot.rights(id, AsOf::default()).await?;
        let by_it =
            |right: &RightFact| right.certificate_serial.as_deref().and_then(serial_key) == key;
        rights.extend(held.into_iter().filter(by_it));
        let burdens = snapshot.burdens(id).await?;
        notes.extend(burdens.restrictions.into_iter().map(|limit| limit.content));
    }
    notes.dedup();
    let origins = snapshot.origin_names(standing.signed_on).await?;
    Ok(Certificate {
        template,
        signed_on: standing.signed_on,
        serial: standing.version.certificate_serial.clone(),
        entry_no: standing.version.certificate_entry_no.clone(),
        commune: standing.commune_name(),
        holders: holders(&rights),
        parcels: standing
            .parcels
            .iter()
            .map(|parcel| standing.certified(parcel, &origins))
            .collect(),
        map: map(snapshot, &standing.parcels).await?,
        notes,
        qr: QrFacts {
            created_at: standing.created_at,
            modified_at: standing.version.times.recorded_from,
            dossier: snapshot
                .certificate_dossier(standing.certificate_id)
                .await?,
            certificate_code: standing.certificate_id.to_string(),
        },
        offset_mm: (0.0, 0.0),
    })
}

impl Standing {
    /// A parcel with its numbers as this certificate names them.
    fn certified(
        &self,
        parcel: &StoredParcel,
        origins: &BTreeMap<String, String>,
    ) -> CertifiedParcel {
        let facts = &parcel.facts;
        let mut printed = self.printed.iter();
        let printed = printed.find(|printed| printed.parcel_id == facts.parcel_id);
        let number =
            |known: Option<&String>, now: i32| known.cloned().unwrap_or_else(|| now.to_string());
        CertifiedParcel {
            parcel_no: number(
                printed.and_then(|printed| printed.printed_parcel_no.as_ref()),
                facts.parcel_no,
            ),
            sheet_no: number(
                printed.and_then(|printed| printed.printed_sheet_no.as_ref()),
                facts.sheet_no,
            ),
            address: facts.address.clone(),
            area: Area::from_m2(facts.legal_area_m2.unwrap_or(facts.computed_area_m2)),
            land_use: facts
                .land_use
                .iter()
                .map(|row| LandUseFact {
                    origin: row
                        .origin
                        .as_deref()
                        .map(|origin| in_words(origin, origins)),
                    ..row.clone()
                })
                .collect(),
        }
    }
}

/// Where a use came from: its codes in words, what is no code as it is.
fn in_words(origin: &str, names: &BTreeMap<String, String>) -> String {
    let parts = origin.split(';').map(str::trim);
    let words = parts.map(|code| names.get(code).map_or(code, String::as_str));
    words.collect::<Vec<_>>().join("; ")
}

/// Who holds by a certificate: each once, whatever the number of parcels.
fn holders(rights: &[RightFact]) -> Vec<CertifiedHolder> {
    let mut seen = BTreeSet::new();
    let rights = rights
        .iter()
        .filter(|right| seen.insert((right.party_name.clone(), right.personal_no.clone())));
    let holder = |right: &RightFact| CertifiedHolder {
        kind: right.party_kind.clone(),
        name: right.party_name.clone(),
        personal_no: right.personal_no.clone(),
        share: Some(right.share.clone()).filter(|share| share != "1/1"),
    };
    rights.map(holder).collect()
}

/// The parcels of a certificate that lie in the zone of its first, and those around them.
async fn map(snapshot: &mut Snapshot, parcels: &[StoredParcel]) -> Result<Map, PaperError> {
    let zone = parcels.first().map(|parcel| parcel.facts.zone);
    let subjects = parcels
        .iter()
        .filter(|parcel| Some(parcel.facts.zone) == zone);
    let ids: BTreeSet<ParcelId> = subjects
        .clone()
        .map(|parcel| parcel.facts.parcel_id)
        .collect();
    let mut drawn = BTreeMap::new();
    for parcel in subjects {
        for near in around(snapshot, parcel).await? {
            let is_subject = ids.contains(&near.parcel_id);
            let each = Drawn::new(near.boundary.clone(), near.parcel_no, is_subject);
            let each = Drawn {
                area: near.legal_area.unwrap_or(each.area),
                land_use: near.land_use,
                ..each
            };
            drawn.insert(near.parcel_id, each);
        }
    }
    Ok(Map {
        parcels: drawn.into_values().collect(),
    })
}
