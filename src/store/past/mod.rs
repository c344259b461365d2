//! Reading the register through time: certificates and parties; lineage.

mod lineage;

use super::{Snapshot, StoreError, sound};
use crate::domain::{
    AsOf, CertificateId, CertificateVersion, HeldBy, ParcelId, PartyId, PartyVersion,
    PrintedParcel, Times,
};

impl Snapshot {
    /// The certificates that ever carried a serial, as its key (upper case, no spaces).
    pub async fn certificates(
        &mut self,
        serial_key: &str,
        as_of: AsOf,
    ) -> Result<Vec<CertificateId>, StoreError> {
        let ids =
            sqlx::query_file_scalar!("src/store/past/certificates.sql", serial_key, as_of.known);
        let ids = ids.fetch_all(self.connection()).await?.into_iter();
        ids.map(|id| sound(CertificateId::try_from(id))).collect()
    }

    /// What was known of a certificate.
    pub async fn certificate_versions(
        &mut self,
        id: CertificateId,
        as_of: AsOf,
    ) -> Result<Vec<CertificateVersion>, StoreError> {
        let rows = sqlx::query_file!(
            "src/store/past/certificate_versions.sql",
            i64::from(id),
            as_of.at,
            as_of.known
        );
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        let versions = rows.map(|row| CertificateVersion {
            revision: row.revision,
            certificate_serial: row.serial,
            certificate_entry_no: row.entry_no,
            certificate_issued_on: row.issued_on,
            status: row.status,
            is_in_force: row.is_in_force,
            times: Times {
                legal_from: row.legal_from,
                legal_until: row.legal_until,
                recorded_from: row.recorded_from,
                recorded_until: row.recorded_until,
            },
        });
        Ok(versions.collect())
    }

    /// The parcels that a certificate was issued for, as printed and as they are called.
    pub async fn certificate_parcels(
        &mut self,
        id: CertificateId,
        as_of: AsOf,
    ) -> Result<Vec<PrintedParcel>, StoreError> {
        let rows = sqlx::query_file!(
            "src/store/past/certificate_parcels.sql",
            i64::from(id),
            as_of.at,
            as_of.known
        );
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        rows.map(|row| {
            Ok(PrintedParcel {
                parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                printed_sheet_no: row.printed_sheet_no,
                printed_parcel_no: row.printed_parcel_no,
                commune_code: row.commune_code,
                sheet_no: row.sheet_no,
                parcel_no: row.parcel_no,
                is_in_force: row.is_in_force,
            })
        })
        .collect()
    }

    /// The rights that stand on a certificate.
    pub async fn rights_on(
        &mut self,
        certificate: CertificateId,
        as_of: AsOf,
    ) -> Result<Vec<HeldBy>, StoreError> {
        self.rights_held((None, Some(certificate.into())), as_of)
            .await
    }

    /// The rights of a party.
    pub async fn rights_of(
        &mut self,
        party: PartyId,
        as_of: AsOf,
    ) -> Result<Vec<HeldBy>, StoreError> {
        self.rights_held((Some(party.into()), None), as_of).await
    }

    async fn rights_held(
        &mut self,
        (party, certificate): (Option<i64>, Option<i64>),
        as_of: AsOf,
    ) -> Result<Vec<HeldBy>, StoreError> {
        let rows = sqlx::query_file!(
            "src/store/past/rights_held.sql",
            party,
            certificate,
            as_of.at,
            as_of.known
        );
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        rows.map(|row| {
            Ok(HeldBy {
                right_id: row.right_id,
                parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
                kind: row.kind,
                share: row.share,
                party_id: sound(PartyId::try_from(row.party_id))?,
                party_name: row.party_name,
                certificate_serial: row.certificate_serial,
                times: Times {
                    legal_from: row.legal_from,
                    legal_until: row.legal_until,
                    recorded_from: row.recorded_from,
                    recorded_until: row.recorded_until,
                },
            })
        })
        .collect()
    }

    /// What was known of a party; nothing of one that was not known.
    pub async fn party_versions(
        &mut self,
        id: PartyId,
        as_of: AsOf,
    ) -> Result<Vec<PartyVersion>, StoreError> {
        let rows = sqlx::query_file!(
            "src/store/past/party_versions.sql",
            i64::from(id),
            as_of.at,
            as_of.known
        );
        let rows = rows.fetch_all(self.connection()).await?.into_iter();
        let versions = rows.map(|row| PartyVersion {
            revision: row.revision,
            party_kind: row.kind,
            party_name: row.name,
            personal_no: row.personal_no,
            birth_year: row.birth_year,
            residence: row.residence,
            is_in_force: row.is_in_force,
            times: Times {
                legal_from: row.legal_from,
                legal_until: row.legal_until,
                recorded_from: row.recorded_from,
                recorded_until: row.recorded_until,
            },
        });
        Ok(versions.collect())
    }
}
