//! Writing what becomes of rights and of all that lies on held parcels.

use super::{Holding, StoreError, sound};
use crate::crs::private_srid;
use crate::domain::{
    Block, BlockId, CertificateId, Encumbrance, EncumbranceId, ParcelId, Part, PartyId,
    PartyRecord, RegisterNo, Restriction, RestrictionId, Revision, RightId, Share, fold_text,
    serial_key,
};
use crate::geometry::wkb;
use time::Date;

/// A right as it is from today on.
#[derive(Debug, Clone)]
pub struct WrittenRight {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// The right that it is a version of; none for a new one.
    pub right_id: Option<RightId>,
    /// Whose it is.
    pub party_id: PartyId,
    /// By which certificate.
    pub certificate_id: Option<CertificateId>,
    /// `use`, `management` or `ownership-of-assets`.
    pub kind: String,
    /// How much.
    pub share: Share,
}

/// A mortgage or lease as it is from today on.
#[derive(Debug, Clone)]
pub struct WrittenEncumbrance<'a> {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its id.
    pub encumbrance_id: EncumbranceId,
    /// Mortgagee or lessee.
    pub party_id: PartyId,
    /// What it says.
    pub terms: &'a Encumbrance,
}

/// A restriction as it is from today on.
#[derive(Debug, Clone)]
pub struct WrittenRestriction<'a> {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its id.
    pub restriction_id: RestrictionId,
    /// What it says.
    pub terms: &'a Restriction,
}

/// A new block.
#[derive(Debug, Clone)]
pub struct WrittenBlock<'a> {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its id.
    pub block_id: BlockId,
    /// What it says.
    pub terms: &'a Block,
}

/// A block on a certificate or a person.
#[derive(Debug, Clone)]
pub struct WrittenNamedBlock<'a> {
    /// The certificate's serial.
    pub serial: Option<&'a str>,
    /// The person's name and number.
    pub person: Option<(&'a str, Option<&'a str>)>,
    /// What it says.
    pub terms: &'a Block,
}

/// A party's particulars as they are now.
#[derive(Debug, Clone)]
pub struct WrittenParty<'a> {
    /// Its id.
    pub party_id: PartyId,
    /// The version that they take the place of.
    pub revision: Revision,
    /// The particulars.
    pub record: &'a PartyRecord,
    /// Whether those before were wrong from the beginning.
    pub is_correction: bool,
}

/// A certificate as it is from today on.
#[derive(Debug, Clone)]
pub struct WrittenCertificate<'a> {
    /// Its serial.
    pub serial: &'a str,
    /// Its number in the register of certificates.
    pub entry_no: Option<&'a str>,
    /// When it was signed.
    pub issued_on: Option<Date>,
    /// `valid`, `withdrawn`, `cancelled` or `exchanged`.
    pub status: &'a str,
}

/// What is written on a certificate.
#[derive(Debug, Clone)]
pub struct WrittenNote<'a> {
    /// On which.
    pub certificate_id: CertificateId,
    /// The code of the change.
    pub code: Option<&'a str>,
    /// What.
    pub content: &'a str,
}

/// A certificate's parcel with its numbers as printed.
#[derive(Debug, Clone)]
pub struct WrittenLink<'a> {
    /// The parcel.
    pub parcel_id: ParcelId,
    /// The certificate.
    pub certificate_id: CertificateId,
    /// The sheet as printed.
    pub sheet_no: Option<&'a str>,
    /// The parcel's number as printed.
    pub parcel_no: Option<&'a str>,
}

impl Holding {
    /// So many new ids of a register.
    pub async fn ids_of<T: TryFrom<i64>>(
        &mut self,
        register: RegisterNo,
        count: usize,
    ) -> Result<Vec<T>, StoreError>
    where
        T::Error: std::fmt::Display,
    {
        let ids = self.new_ids(&vec![register; count]).await?;
        ids.into_iter().map(|id| sound(T::try_from(id))).collect()
    }

    /// The register that what lies on no parcel is kept in: the first that was opened.
    pub async fn first_register(&mut self) -> Result<RegisterNo, StoreError> {
        let first = sqlx::query_scalar!("select min(register_no) from register");
        let first = first.fetch_one(&mut *self.transaction).await?;
        let first = first.ok_or_else(|| StoreError::Corrupt("no register".to_owned()))?;
        sound(RegisterNo::try_from(i64::from(first)))
    }

    /// Ends rights today.
    pub async fn end_rights(&mut self, ended: &[(ParcelId, RightId)]) -> Result<(), StoreError> {
        if ended.is_empty() {
            return Ok(());
        }
        let (parcels, ids) = pairs(ended);
        sqlx::query_file!("src/store/desk/end_rights.sql", &parcels, &ids)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes rights, new ones under new ids.
    pub async fn write_rights(
        &mut self,
        entry: i64,
        rights: &[WrittenRight],
    ) -> Result<(), StoreError> {
        if rights.is_empty() {
            return Ok(());
        }
        let new = rights.iter().filter(|right| right.right_id.is_none());
        let registers: Vec<_> = new.map(|right| right.parcel_id.register()).collect();
        let mut new_ids = self.new_ids(&registers).await?.into_iter();
        let ids = rights.iter().map(|right| match right.right_id {
            Some(known) => Ok(i64::from(known)),
            None => {
                (new_ids.next()).ok_or_else(|| StoreError::Corrupt("no sequence of ids".to_owned()))
            }
        });
        let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
        let parcels: Vec<i64> = rights.iter().map(|right| right.parcel_id.into()).collect();
        let parties: Vec<i64> = rights.iter().map(|right| right.party_id.into()).collect();
        let certificates: Vec<Option<i64>> = rights
            .iter()
            .map(|right| right.certificate_id.map(i64::from))
            .collect();
        let kinds: Vec<String> = rights.iter().map(|right| right.kind.clone()).collect();
        let numerators: Vec<i32> = rights.iter().map(|right| right.share.numerator()).collect();
        let denominators: Vec<i32> = rights
            .iter()
            .map(|right| right.share.denominator())
            .collect();
        sqlx::query_file!(
            "src/store/desk/write_rights.sql",
            &parcels,
            &ids,
            &parties,
            &certificates as &[Option<i64>],
            &kinds,
            &numerators,
            &denominators,
            entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends mortgages and leases on parcels today.
    pub async fn end_encumbrances(
        &mut self,
        ended: &[(ParcelId, EncumbranceId)],
    ) -> Result<(), StoreError> {
        if ended.is_empty() {
            return Ok(());
        }
        let (parcels, ids) = pairs(ended);
        sqlx::query_file!("src/store/desk/end_encumbrances.sql", &parcels, &ids)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes a mortgage or lease on a parcel.
    pub async fn write_encumbrance(
        &mut self,
        entry: i64,
        written: &WrittenEncumbrance<'_>,
    ) -> Result<(), StoreError> {
        let terms = written.terms;
        sqlx::query_file!(
            "src/store/desk/write_encumbrance.sql",
            i64::from(written.parcel_id),
            i64::from(written.encumbrance_id),
            terms.kind,
            i64::from(written.party_id),
            terms.rank,
            terms.sub_kind,
            terms.contract_no,
            terms.contract_on,
            terms.registered_at,
            terms.amount_vnd,
            terms.content,
            terms.until,
            terms.part.text,
            geometry(&terms.part),
            entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends restrictions on parcels today.
    pub async fn end_restrictions(
        &mut self,
        ended: &[(ParcelId, RestrictionId)],
    ) -> Result<(), StoreError> {
        if ended.is_empty() {
            return Ok(());
        }
        let (parcels, ids) = pairs(ended);
        sqlx::query_file!("src/store/desk/end_restrictions.sql", &parcels, &ids)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes a restriction on a parcel.
    pub async fn write_restriction(
        &mut self,
        entry: i64,
        written: &WrittenRestriction<'_>,
    ) -> Result<(), StoreError> {
        let terms = written.terms;
        let area = terms
            .area
            .and_then(|area| i64::try_from(area.tenths_m2()).ok());
        sqlx::query_file!(
            "src/store/desk/write_restriction.sql",
            i64::from(written.parcel_id),
            i64::from(written.restriction_id),
            terms.kind,
            terms.content,
            terms.document,
            area,
            terms.until,
            terms.part.text,
            geometry(&terms.part),
            entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends blocks on parcels today.
    pub async fn end_blocks(&mut self, ended: &[(ParcelId, BlockId)]) -> Result<(), StoreError> {
        if ended.is_empty() {
            return Ok(());
        }
        let (parcels, ids) = pairs(ended);
        sqlx::query_file!("src/store/desk/end_blocks.sql", &parcels, &ids)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes a new block on a parcel.
    pub async fn write_block(
        &mut self,
        entry: i64,
        written: &WrittenBlock<'_>,
    ) -> Result<(), StoreError> {
        let terms = written.terms;
        sqlx::query!(
            "insert into block (parcel_id, block_id, revision, legal, stops_issuing, stops_transactions, stops_changes, letter_no,
                                agency, reason, part, part_geometry, land_operation_id)
             values ($1, $2, 1, daterange(today(), $3), $4, $5, $6, $7, $8, $9, $10, st_geomfromewkb($11), $12)",
            i64::from(written.parcel_id), i64::from(written.block_id), terms.until, terms.stops.issuing, terms.stops.transactions,
            terms.stops.changes, terms.letter_no, terms.agency, terms.reason, terms.part.text, geometry(&terms.part), entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends blocks on certificates and persons today.
    pub async fn end_named_blocks(&mut self, ended: &[BlockId]) -> Result<(), StoreError> {
        if ended.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = ended.iter().map(|id| i64::from(*id)).collect();
        sqlx::query_file!("src/store/desk/end_named_blocks.sql", &ids)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Writes a new block on a certificate or a person.
    pub async fn write_named_block(
        &mut self,
        entry: i64,
        id: BlockId,
        written: &WrittenNamedBlock<'_>,
    ) -> Result<(), StoreError> {
        let terms = written.terms;
        let name = written.person.map(|(name, _)| name);
        sqlx::query!(
            "insert into named_block (block_id, revision, legal, serial_key, personal_no, name, name_key, stops_issuing,
                                      stops_transactions, stops_changes, letter_no, agency, reason, land_operation_id)
             values ($1, 1, daterange(today(), $2), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
            i64::from(id), terms.until, written.serial.map(serial_key), written.person.and_then(|(_, number)| number), name,
            name.map(fold_text), terms.stops.issuing, terms.stops.transactions, terms.stops.changes, terms.letter_no, terms.agency,
            terms.reason, entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Ends all uses of parcels by the register today.
    pub async fn end_uses(&mut self, parcels: &[ParcelId]) -> Result<(), StoreError> {
        let ids: Vec<i64> = parcels.iter().map(|id| i64::from(*id)).collect();
        sqlx::query_file!("src/store/desk/end_uses.sql", &ids)
            .execute(&mut *self.transaction)
            .await?;
        Ok(())
    }

    /// Makes a party.
    pub async fn make_party(
        &mut self,
        entry: i64,
        id: PartyId,
        record: &PartyRecord,
    ) -> Result<(), StoreError> {
        sqlx::query!("insert into party (party_id) values ($1)", i64::from(id))
            .execute(&mut *self.transaction)
            .await?;
        self.write_party(entry, (id, Revision(1), None), record)
            .await
    }

    /// Gives a party other particulars.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where somebody else gave it others meanwhile.
    pub async fn renew_party(
        &mut self,
        entry: i64,
        written: &WrittenParty<'_>,
    ) -> Result<(), StoreError> {
        let closed = sqlx::query_file!(
            "src/store/desk/supersede_party.sql",
            i64::from(written.party_id),
            written.revision.0,
            written.is_correction
        );
        let closed = closed.fetch_optional(&mut *self.transaction).await?;
        let closed = closed.ok_or(StoreError::Busy)?;
        let revision = Revision(closed.revision + if closed.is_past_kept { 2 } else { 1 });
        let from = written.is_correction.then_some(closed.in_force_from);
        self.write_party(entry, (written.party_id, revision, from), written.record)
            .await
    }

    async fn write_party(
        &mut self,
        entry: i64,
        (id, revision, from): (PartyId, Revision, Option<Date>),
        record: &PartyRecord,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into party_version (party_id, revision, legal, kind, name, name_key, personal_no, birth_year, residence,
                                        land_operation_id)
             values ($1, $2, daterange(coalesce($3, today()), null), $4, $5, $6, $7, $8, $9, $10)",
            i64::from(id), revision.0, from, record.kind.name(), record.name, fold_text(&record.name), record.personal_no,
            record.birth_year, record.residence, entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Makes a certificate.
    pub async fn make_certificate(
        &mut self,
        entry: i64,
        id: CertificateId,
        written: &WrittenCertificate<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into certificate (certificate_id) values ($1)",
            i64::from(id)
        )
        .execute(&mut *self.transaction)
        .await?;
        self.write_certificate(entry, (id, Revision(1), None), written)
            .await
    }

    /// Gives a certificate another state, or corrects what is printed on it.
    ///
    /// # Errors
    /// [`StoreError::Busy`] where somebody else did meanwhile.
    pub async fn renew_certificate(
        &mut self,
        entry: i64,
        (id, revision, is_correction): (CertificateId, Revision, bool),
        written: &WrittenCertificate<'_>,
    ) -> Result<(), StoreError> {
        let closed = sqlx::query_file!(
            "src/store/desk/supersede_certificate.sql",
            i64::from(id),
            revision.0,
            is_correction
        );
        let closed = closed.fetch_optional(&mut *self.transaction).await?;
        let closed = closed.ok_or(StoreError::Busy)?;
        let revision = Revision(closed.revision + if closed.is_past_kept { 2 } else { 1 });
        let from = is_correction.then_some(closed.in_force_from);
        self.write_certificate(entry, (id, revision, from), written)
            .await
    }

    async fn write_certificate(
        &mut self,
        entry: i64,
        (id, revision, from): (CertificateId, Revision, Option<Date>),
        written: &WrittenCertificate<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into certificate_version (certificate_id, revision, legal, serial, serial_key, entry_no, issued_on, status,
                                              land_operation_id)
             values ($1, $2, daterange(coalesce($3, today()), null), $4, $5, $6, $7, $8, $9)",
            i64::from(id), revision.0, from, written.serial, serial_key(written.serial), written.entry_no, written.issued_on,
            written.status, entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Says that certificates cover parcels, with the numbers as printed.
    pub async fn link_certificate(&mut self, link: &WrittenLink<'_>) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into certificate_parcel (parcel_id, certificate_id, printed_sheet_no, printed_parcel_no) values ($1, $2, $3, $4)
             on conflict (parcel_id, certificate_id) do update
             set printed_sheet_no = coalesce(excluded.printed_sheet_no, certificate_parcel.printed_sheet_no),
                 printed_parcel_no = coalesce(excluded.printed_parcel_no, certificate_parcel.printed_parcel_no)",
            i64::from(link.parcel_id), i64::from(link.certificate_id), link.sheet_no, link.parcel_no
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }

    /// Writes on a certificate what has changed.
    pub async fn note(&mut self, entry: i64, note: &WrittenNote<'_>) -> Result<(), StoreError> {
        sqlx::query!(
            "insert into certificate_note (certificate_id, code, content, land_operation_id) values ($1, $2, $3, $4)",
            i64::from(note.certificate_id), note.code, note.content, entry
        )
        .execute(&mut *self.transaction)
        .await?;
        Ok(())
    }
}

fn pairs<T: Copy + Into<i64>>(ended: &[(ParcelId, T)]) -> (Vec<i64>, Vec<i64>) {
    let pair = |(parcel, id): &(ParcelId, T)| (i64::from(*parcel), (*id).into());
    ended.iter().map(pair).unzip()
}

fn geometry(part: &Part) -> Option<Vec<u8>> {
    let boundary = part.boundary.as_ref()?;
    let mut bytes = Vec::new();
    wkb::write_ewkb(boundary, private_srid(boundary.zone()), &mut bytes);
    Some(bytes)
}
