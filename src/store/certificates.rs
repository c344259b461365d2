//! What certificates are printed from: forms by day, printers, dossiers, notes.

use super::{Snapshot, Store, StoreError};
use crate::domain::CertificateId;
use std::collections::BTreeMap;
use time::{Date, OffsetDateTime};

/// The form of certificates of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateForm {
    /// Its name.
    pub form: String,
    /// How many digits its serials have.
    pub serial_digits: Vec<i16>,
    /// What prints a certificate; none where no blank is left.
    pub template: Option<String>,
    /// What writes a change on one.
    pub notes_template: String,
    /// What it is called.
    pub name_vi: String,
}

/// How far a printer is off on a form.
#[derive(Debug, Clone, PartialEq)]
pub struct PrinterOffset {
    /// The printer.
    pub printer: String,
    /// The form.
    pub form: String,
    /// To the right.
    pub right_mm: f64,
    /// Down.
    pub down_mm: f64,
    /// Who measured it.
    pub officer: String,
    /// When.
    pub measured_at: OffsetDateTime,
}

/// What is written on a certificate after its issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteRow {
    /// When.
    pub noted_on: Date,
    /// What.
    pub content: String,
}

/// What has become of a certificate since its issue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SinceIssue {
    /// Something was written on it.
    pub is_noted: bool,
    /// A right that was registered on it is no more, or not as the operation registered it that made the certificate.
    pub is_held_otherwise: bool,
    /// It was printed by a template, and no print still says what the register does.
    pub is_printed_otherwise: bool,
}

impl Snapshot {
    /// What has become of a certificate since its issue, and since it was printed by a template.
    pub async fn since_issue(
        &mut self,
        id: CertificateId,
        template: &str,
    ) -> Result<SinceIssue, StoreError> {
        let since = sqlx::query_file_as!(
            SinceIssue,
            "src/store/since_issue.sql",
            i64::from(id),
            template
        );
        Ok(since.fetch_one(self.connection()).await?)
    }

    /// The form that certificates signed on a day have.
    pub async fn certificate_form(
        &mut self,
        day: Date,
    ) -> Result<Option<CertificateForm>, StoreError> {
        let form = sqlx::query_as!(
            CertificateForm,
            "select form, serial_digits, template, notes_template, name_vi from certificate_form where valid @> $1::date",
            day
        );
        Ok(form.fetch_optional(self.connection()).await?)
    }

    /// What origins of land use are called on a day, by code.
    pub async fn origin_names(
        &mut self,
        day: Date,
    ) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = sqlx::query!(
            "select code, name_vi from origin_code where valid @> $1::date order by code",
            day
        );
        let rows = rows.fetch_all(self.connection()).await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.code, row.name_vi))
            .collect())
    }

    /// The dossier that a certificate was issued under.
    pub async fn certificate_dossier(
        &mut self,
        id: CertificateId,
    ) -> Result<Option<String>, StoreError> {
        let dossier = sqlx::query_scalar!(
            r#"select o.dossier_code as "dossier_code!" from certificate_version c
               join land_operation o on o.land_operation_id = c.land_operation_id
               where c.certificate_id = $1 and o.dossier_code is not null order by c.revision limit 1"#,
            i64::from(id)
        );
        Ok(dossier.fetch_optional(self.connection()).await?)
    }

    /// What is written on a certificate, in order.
    pub async fn certificate_notes(
        &mut self,
        id: CertificateId,
    ) -> Result<Vec<NoteRow>, StoreError> {
        let notes = sqlx::query_as!(
            NoteRow,
            "select noted_on, content from certificate_note where certificate_id = $1 order by recorded_at, content",
            i64::from(id)
        );
        Ok(notes.fetch_all(self.connection()).await?)
    }
}

impl Store {
    /// How far printers are off: the last that was measured of each on each form.
    pub async fn printer_offsets(&self) -> Result<Vec<PrinterOffset>, StoreError> {
        let offsets = sqlx::query_as!(
            PrinterOffset,
            "select distinct on (printer, form) printer, form, right_mm, down_mm, officer, measured_at
             from printer_offset order by printer, form, measured_at desc"
        );
        Ok(offsets.fetch_all(&self.pool).await?)
    }

    /// Notes how far a printer is off on a form; says whether there is such a form.
    pub async fn measure_printer(
        &self,
        (printer, form): (&str, &str),
        (right_mm, down_mm): (f64, f64),
        officer: &str,
    ) -> Result<bool, StoreError> {
        let measured = sqlx::query!(
            "insert into printer_offset (printer, form, right_mm, down_mm, officer)
             select $1, form, $3, $4, $5 from certificate_form where form = $2",
            printer,
            form,
            right_mm,
            down_mm,
            officer
        );
        Ok(measured.execute(&self.pool).await?.rows_affected() > 0)
    }
}
