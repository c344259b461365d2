//! Certificates and parties through time, for officers: every reading is in the ledger before it is answered.

use super::land::serial_key;
use super::{App, ReadError, Reader};
use crate::domain::{AsOf, CertificateLife, Certificates, ParcelId, PartyId, PartyLife, Told};
use std::collections::BTreeSet;

impl App {
    /// The certificates that carry or carried a serial: their life, their parcels, and who holds by them.
    pub async fn certificates(
        &self,
        serial: &str,
        as_of: AsOf,
        reader: &Reader<'_>,
    ) -> Result<Option<Told<Certificates>>, ReadError> {
        let Some(key) = serial_key(serial) else {
            return Ok(None);
        };
        let mut snapshot = self.store.snapshot().await?;
        let mut lives = Vec::new();
        for certificate_id in snapshot.certificates(&key, as_of).await? {
            lives.push(CertificateLife {
                certificate_id,
                versions: snapshot.certificate_versions(certificate_id, as_of).await?,
                parcels: snapshot.certificate_parcels(certificate_id, as_of).await?,
                rights: snapshot.rights_on(certificate_id, as_of).await?,
            });
        }
        if lives.is_empty() {
            return Ok(None);
        }
        let (moment, register_position) = (snapshot.moment(as_of), snapshot.position());
        drop(snapshot);
        let parcels = lives.iter().flat_map(|life| &life.parcels);
        let parcels: BTreeSet<ParcelId> = parcels.map(|parcel| parcel.parcel_id).collect();
        let parcels: Vec<_> = parcels.into_iter().collect();
        self.note_reading(reader, &parcels, register_position)
            .await?;
        Ok(Some(Told {
            told: Certificates {
                certificates: lives,
            },
            moment,
            register_position,
        }))
    }

    /// A party: what was known of it, and its rights.
    pub async fn party(
        &self,
        party_id: PartyId,
        as_of: AsOf,
        reader: &Reader<'_>,
    ) -> Result<Option<Told<PartyLife>>, ReadError> {
        let mut snapshot = self.store.snapshot().await?;
        let life = PartyLife {
            party_id,
            versions: snapshot.party_versions(party_id, as_of).await?,
            rights: snapshot.rights_of(party_id, as_of).await?,
        };
        if life.versions.is_empty() {
            return Ok(None);
        }
        let (moment, register_position) = (snapshot.moment(as_of), snapshot.position());
        drop(snapshot);
        let parcels: BTreeSet<ParcelId> = life.rights.iter().map(|held| held.parcel_id).collect();
        let parcels: Vec<_> = parcels.into_iter().collect();
        self.note_reading(reader, &parcels, register_position)
            .await?;
        Ok(Some(Told {
            told: life,
            moment,
            register_position,
        }))
    }
}
