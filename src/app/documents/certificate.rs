//! Certificates on blanks of the stock book, and changes that are written on those of any form.

use super::extract::around;
use super::{About, App, Asking, ChangedSince, PaperError, PaperFile, PaperQuery, Sight};
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
use crate::store::{CertificateForm, SinceIssue, Snapshot, StoredParcel};
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

/// A certificate of a serial: the valid one, else all that ever carried it.
struct Found {
    /// The valid one: which, as it is, and since when the register knows it.
    valid: Option<(CertificateId, CertificateVersion, OffsetDateTime)>,
    /// The parcels that it was issued for.
    printed: Vec<PrintedParcel>,
    is_known: bool,
}

impl App {
    /// Prints a valid certificate as it was issued on the blank of its serial, which is used from then on. Again it is printed only while
    /// nothing has changed.
    pub async fn print_certificate(
        self: &Arc<Self>,
        serial: &str,
        printer: Option<&str>,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let (mut snapshot, standing) = self.standing(serial, query).await?;
        let position = snapshot.position();
        let no_blank = || PaperError::NoForm {
            serial: standing.version.certificate_serial.clone(),
            day: standing.signed_on,
        };
        let template = standing.form.template.clone().ok_or_else(no_blank)?;
        let (id, ids) = (standing.certificate_id, standing.parcel_ids());
        let since = snapshot.since_issue(id, &template).await?;
        let mut document = drawn_up(&mut snapshot, &standing, template).await?;
        let parcels = snapshot.stands(&ids, true).await?;
        drop(snapshot);
        standing.check_as_issued(since, &document)?;
        document.offset_mm = self.offset(printer, &standing.form.form).await?;
        let serial = &standing.version.certificate_serial;
        let about = About {
            parcels,
            dossier: document.qr.dossier.clone(),
            ..standing.about(serial, query, position)
        };
        let made = self.made(document).await?;
        let reference = standing.version.certificate_entry_no.clone();
        let reference = reference.unwrap_or_else(|| format!("certificate {id}"));
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
        let (mut snapshot, standing) = self.standing(serial, query).await?;
        let position = snapshot.position();
        let notes = snapshot.certificate_notes(standing.certificate_id).await?;
        drop(snapshot);
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
        let about = standing.about(&subject, query, position);
        self.issue(document, about).await
    }

    /// The valid certificate of a serial, for who handles dossiers where all its parcels are. That it was read, or asked for, is in the
    /// ledger before anything is said of it.
    async fn standing(
        &self,
        serial: &str,
        query: &PaperQuery<'_>,
    ) -> Result<(Snapshot, Standing), PaperError> {
        let sight = Sight::of(query.purpose)?;
        let mut snapshot = self.store.snapshot().await?;
        let found = found(&mut snapshot, serial).await?;
        let printed = found.printed.clone();
        let standing = standing(&mut snapshot, serial, found).await;
        let asking = Asking {
            query,
            sight: &sight,
            duty: Duty::Handle,
            position: snapshot.position(),
            refusal: standing.is_err().then_some("refused"),
        };
        let about = printed.iter();
        let about = about.map(|parcel| (&*parcel.commune_code, Some(parcel.parcel_id)));
        self.note(&asking, &about.collect::<Vec<_>>()).await?;
        Ok((snapshot, standing?))
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
}

impl Standing {
    fn commune_name(&self) -> String {
        let parcel = self.parcels.first();
        parcel.map_or_else(String::new, |parcel| parcel.facts.commune.name.clone())
    }

    fn parcel_ids(&self) -> Vec<ParcelId> {
        let parcels = self.parcels.iter();
        parcels.map(|parcel| parcel.facts.parcel_id).collect()
    }

    /// What is printed under the day of signature is what was signed on that day.
    fn check_as_issued(&self, since: SinceIssue, drawn_up: &Certificate) -> Result<(), PaperError> {
        let because = if since.is_noted {
            ChangedSince::Noted
        } else if drawn_up.holders.is_empty() {
            ChangedSince::NoRight
        } else if since.is_held_otherwise {
            ChangedSince::OtherRights
        } else if since.is_printed_otherwise {
            ChangedSince::OtherLand
        } else {
            return Ok(());
        };
        Err(PaperError::NotAsIssued {
            serial: self.version.certificate_serial.clone(),
            because,
        })
    }

    fn about<'q>(&self, subject: &str, query: &PaperQuery<'q>, position: Position) -> About<'q> {
        let facts = self.parcels.first().map(|parcel| &parcel.facts);
        About {
            subject: format!("{subject} – {}", self.commune_name()),
            commune: facts.map_or_else(String::new, |facts| facts.commune.code.to_string()),
            parcels: Vec::new(),
            certificate_id: Some(self.certificate_id),
            dossier: None,
            officer: &query.officer.name,
            position,
        }
    }
}

/// What the register knows of a serial.
async fn found(snapshot: &mut Snapshot, serial: &str) -> Result<Found, PaperError> {
    let ids = match serial_key(serial) {
        Some(key) => snapshot.certificates(&key, AsOf::default()).await?,
        None => Vec::new(),
    };
    let mut all = Vec::new();
    for certificate_id in &ids {
        let versions = snapshot
            .certificate_versions(*certificate_id, AsOf::default())
            .await?;
        let created_at = versions.first().map(|first| first.times.recorded_from);
        let printed = snapshot
            .certificate_parcels(*certificate_id, AsOf::default())
            .await?;
        let mut versions = versions.into_iter();
        let valid = versions.find(|version| version.is_in_force && version.status == "valid");
        if let (Some(version), Some(created_at)) = (valid, created_at) {
            return Ok(Found {
                valid: Some((*certificate_id, version, created_at)),
                printed,
                is_known: true,
            });
        }
        all.extend(printed);
    }
    Ok(Found {
        valid: None,
        printed: all,
        is_known: !ids.is_empty(),
    })
}

/// A certificate that was found, if it is valid, of a known form, and of a current parcel.
async fn standing(
    snapshot: &mut Snapshot,
    serial: &str,
    found: Found,
) -> Result<Standing, PaperError> {
    if !found.is_known {
        return Err(PaperError::NoSuchCertificate(serial.to_owned()));
    }
    let ended = || PaperError::CertificateEnded(serial.to_owned());
    let (certificate_id, version, created_at) = found.valid.ok_or_else(ended)?;
    let printed = found.printed;
    let current = printed.iter().filter(|parcel| parcel.is_in_force);
    let ids: Vec<ParcelId> = current.map(|parcel| parcel.parcel_id).collect();
    let parcels = snapshot.parcels(&ids, AsOf::default()).await?;
    if parcels.is_empty() {
        return Err(ended());
    }
    let (signed_on, form) = form(snapshot, &version).await?;
    Ok(Standing {
        certificate_id,
        version,
        created_at,
        signed_on,
        form,
        printed,
        parcels,
    })
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
        let burdens = snapshot.burdens(id, AsOf::default()).await?;
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
