//! Parties and certificates.

use super::{SheetWriter, StoreError, sound};
use crate::domain::{CertificateId, CertificateRecord, PartyId, PartyRecord, Revision, fold_text};
use crate::store::copy::CopyRows;
use std::collections::HashMap;
use time::Date;

const COPY_PARTIES: &str = "copy party_version (party_id, revision, legal, kind, name, name_key, personal_no, birth_year, residence)
                            from stdin (format binary)";

const COPY_CERTIFICATES: &str = "copy certificate_version (certificate_id, revision, legal, serial, serial_key, entry_no, issued_on)
                                 from stdin (format binary)";

impl SheetWriter<'_> {
    /// Current parties of the register with one of these personal numbers.
    ///
    /// The register is compared here, not in SQL: a range of ids tempts the planner to walk the primary key of a fresh table.
    pub async fn parties_of(
        &mut self,
        personal_nos: &[String],
    ) -> Result<Vec<(PartyId, String, String)>, StoreError> {
        let rows = sqlx::query!(
            r#"select party_id, personal_no as "personal_no!", name_key from party_version
               where personal_no = any ($1) and upper_inf(recorded)"#,
            personal_nos
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut parties = Vec::with_capacity(rows.len());
        for row in rows {
            let id = sound(PartyId::try_from(row.party_id))?;
            if id.register() == self.register {
                parties.push((id, row.personal_no, row.name_key));
            }
        }
        parties.sort_unstable();
        Ok(parties)
    }

    /// Adds parties.
    pub async fn add_parties(
        &mut self,
        parties: &[(PartyId, &PartyRecord)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let (mut identities, mut versions) = (CopyRows::new(1), CopyRows::new(9));
        for (id, party) in parties {
            identities.row().bigint(Some((*id).into()));
            push_party(&mut versions, *id, Revision(1), party, in_force_from);
        }
        identities
            .send(
                self.connection,
                "copy party (party_id) from stdin (format binary)",
            )
            .await?;
        versions.send(self.connection, COPY_PARTIES).await?;
        Ok(())
    }

    /// Corrects parties whose content differs, from when it began; the last content wins where a party stands twice.
    pub async fn correct_parties(
        &mut self,
        parties: &[(PartyId, &PartyRecord)],
    ) -> Result<(), StoreError> {
        let last: HashMap<i64, &PartyRecord> = parties
            .iter()
            .map(|(id, party)| (i64::from(*id), *party))
            .collect();
        let ids: Vec<i64> = last.keys().copied().collect();
        let current = sqlx::query!(
            r#"select party_id, revision, kind, name, personal_no, birth_year, residence, lower(legal) as "in_force_from!"
               from party_version where party_id = any ($1) and upper_inf(recorded) and upper_inf(legal)
               order by party_id for update"#,
            &ids
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut versions = CopyRows::new(9);
        let mut differing = Vec::new();
        for row in current {
            let Some(party) = last.get(&row.party_id) else {
                continue;
            };
            let is_so = row.kind == party.kind.name()
                && row.name == party.name
                && row.personal_no == party.personal_no
                && row.birth_year == party.birth_year
                && row.residence == party.residence;
            if !is_so {
                let id = sound(PartyId::try_from(row.party_id))?;
                push_party(
                    &mut versions,
                    id,
                    Revision(row.revision + 1),
                    party,
                    row.in_force_from,
                );
                differing.push(row.party_id);
            }
        }
        sqlx::query!(
            "update party_version set recorded = tstzrange(lower(recorded), closing_time(recorded))
             where party_id = any ($1) and upper_inf(recorded) and upper_inf(legal)",
            &differing
        )
        .execute(&mut *self.connection)
        .await?;
        versions.send(self.connection, COPY_PARTIES).await?;
        Ok(())
    }

    /// Current certificates of the register with one of these serial keys.
    pub async fn certificates_of(
        &mut self,
        serial_keys: &[String],
    ) -> Result<HashMap<String, CertificateId>, StoreError> {
        let rows = sqlx::query!(
            "select certificate_id, serial_key from certificate_version
             where serial_key = any ($1) and upper_inf(recorded)",
            serial_keys
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut oldest = HashMap::with_capacity(rows.len());
        for row in rows {
            let id = sound(CertificateId::try_from(row.certificate_id))?;
            if id.register() == self.register {
                let known = oldest.entry(row.serial_key).or_insert(id);
                *known = id.min(*known);
            }
        }
        Ok(oldest)
    }

    /// Adds certificates.
    pub async fn add_certificates(
        &mut self,
        certificates: &[(CertificateId, &CertificateRecord)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let (mut identities, mut versions) = (CopyRows::new(1), CopyRows::new(7));
        for (id, certificate) in certificates {
            identities.row().bigint(Some((*id).into()));
            push_certificate(&mut versions, *id, Revision(1), certificate, in_force_from);
        }
        identities
            .send(
                self.connection,
                "copy certificate (certificate_id) from stdin (format binary)",
            )
            .await?;
        versions.send(self.connection, COPY_CERTIFICATES).await?;
        Ok(())
    }

    /// Corrects certificates whose content differs; the last content wins where a certificate stands twice.
    pub async fn correct_certificates(
        &mut self,
        certificates: &[(CertificateId, &CertificateRecord)],
        in_force_from: Date,
    ) -> Result<(), StoreError> {
        let last: HashMap<i64, &CertificateRecord> = certificates
            .iter()
            .map(|(id, record)| (i64::from(*id), *record))
            .collect();
        let ids: Vec<i64> = last.keys().copied().collect();
        let current = sqlx::query!(
            "select certificate_id, revision, serial, entry_no, issued_on from certificate_version
             where certificate_id = any ($1) and upper_inf(recorded) and upper_inf(legal) order by certificate_id for update",
            &ids
        )
        .fetch_all(&mut *self.connection)
        .await?;
        let mut versions = CopyRows::new(7);
        let mut differing = Vec::new();
        for row in current {
            let Some(record) = last.get(&row.certificate_id) else {
                continue;
            };
            if row.serial != record.serial
                || row.entry_no != record.entry_no
                || row.issued_on != record.issued_on
            {
                let id = sound(CertificateId::try_from(row.certificate_id))?;
                push_certificate(
                    &mut versions,
                    id,
                    Revision(row.revision + 1),
                    record,
                    in_force_from,
                );
                differing.push(row.certificate_id);
            }
        }
        sqlx::query!(
            "update certificate_version set recorded = tstzrange(lower(recorded), closing_time(recorded))
             where certificate_id = any ($1) and upper_inf(recorded) and upper_inf(legal)",
            &differing
        )
        .execute(&mut *self.connection)
        .await?;
        versions.send(self.connection, COPY_CERTIFICATES).await?;
        Ok(())
    }
}

fn push_party(
    rows: &mut CopyRows,
    id: PartyId,
    revision: Revision,
    party: &PartyRecord,
    in_force_from: Date,
) {
    rows.row()
        .bigint(Some(id.into()))
        .integer(Some(revision.0))
        .since(in_force_from)
        .text(Some(party.kind.name()))
        .text(Some(&party.name))
        .text(Some(&fold_text(&party.name)))
        .text(party.personal_no.as_deref())
        .smallint(party.birth_year)
        .text(party.residence.as_deref());
}

fn push_certificate(
    rows: &mut CopyRows,
    id: CertificateId,
    revision: Revision,
    certificate: &CertificateRecord,
    in_force_from: Date,
) {
    rows.row()
        .bigint(Some(id.into()))
        .integer(Some(revision.0))
        .since(certificate.issued_on.unwrap_or(in_force_from))
        .text(Some(&certificate.serial))
        .text(Some(&certificate.serial_key()))
        .text(certificate.entry_no.as_deref())
        .date(certificate.issued_on);
}
