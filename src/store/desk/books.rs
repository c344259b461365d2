//! What an operation has to know beside the parcels: parties, certificates, blocks that go by name, and the law of the day.

use super::{RuleValue, StoreError, sound};
use crate::domain::{
    BlockId, CertificateId, ParcelId, PartyId, PartyKind, PartyRecord, Position, Revision, Stops,
    fold_text, serial_key,
};
use sqlx::PgConnection;
use time::{Date, OffsetDateTime};

/// What operations name beside parcels.
#[derive(Debug, Clone, Default)]
pub struct Mentioned {
    /// Parties by id.
    pub parties: Vec<PartyId>,
    /// Numbers of persons and organisations.
    pub personal_nos: Vec<String>,
    /// Folded names.
    pub name_keys: Vec<String>,
    /// Certificates by the keys of their serials.
    pub serial_keys: Vec<String>,
    /// Certificates that are to be blocked, by the keys of their serials.
    pub stopped_keys: Vec<String>,
    /// Blocks by id.
    pub blocks: Vec<BlockId>,
}

/// A party as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldParty {
    /// Its id.
    pub party_id: PartyId,
    /// Its last revision.
    pub revision: Revision,
    /// Its particulars.
    pub record: PartyRecord,
    /// Since when they hold.
    pub in_force_from: Date,
}

/// A certificate as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCertificate {
    /// Its id.
    pub certificate_id: CertificateId,
    /// Its last revision.
    pub revision: Revision,
    /// Its serial.
    pub serial: String,
    /// Its number in the register of certificates.
    pub entry_no: Option<String>,
    /// When it was signed.
    pub issued_on: Option<Date>,
    /// `valid`, `withdrawn`, `cancelled` or `exchanged`.
    pub status: String,
    /// The current parcels that it covers.
    pub parcels: Vec<ParcelId>,
    /// Those of the parcels asked for that it covers, or that came from what it covers.
    pub covers: Vec<ParcelId>,
}

/// A block on a certificate or a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBlock {
    /// Its id.
    pub block_id: BlockId,
    /// The certificate.
    pub serial_key: Option<String>,
    /// The person's number.
    pub personal_no: Option<String>,
    /// The person's name.
    pub name: Option<String>,
    /// The person's folded name.
    pub name_key: Option<String>,
    /// What it stops.
    pub stops: Stops,
    /// The letter.
    pub letter_no: String,
    /// Whose letter.
    pub agency: String,
}

/// A commune that something lies in which an operation calls by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGround {
    /// The certificate to be blocked whose parcels lie there.
    pub serial_key: Option<String>,
    /// The block to be lifted that was laid there.
    pub block_id: Option<i64>,
    /// The province.
    pub province_code: Option<String>,
    /// The commune.
    pub commune_code: String,
}

/// A code of changes in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeType {
    /// The code.
    pub code: String,
    /// The kinds of operations that may be registered under it.
    pub kinds: Vec<String>,
    /// Its Vietnamese name.
    pub name_vi: String,
    /// Its English name.
    pub name_en: String,
}

/// A term that old certificates of agricultural land get at the next change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermRule {
    /// Of which use.
    pub land_use: String,
    /// On certificates signed before this day.
    pub issued_before: Date,
    /// How many years.
    pub term_years: i16,
    /// Law and article.
    pub source: String,
}

/// What an operation has to know beside the parcels.
#[derive(Debug, Clone)]
pub struct Books {
    /// The parties concerned.
    pub parties: Vec<HeldParty>,
    /// The certificates concerned.
    pub certificates: Vec<HeldCertificate>,
    /// The blocks that go by name.
    pub blocks: Vec<NamedBlock>,
    /// Where the certificates to be blocked lie, and the blocks by name that are to be lifted.
    pub grounds: Vec<NamedGround>,
    /// The rules of the law that are in force today.
    pub rules: Vec<RuleValue>,
    /// The codes of changes that are in force today.
    pub change_types: Vec<ChangeType>,
    /// The rules about old terms that are in force today.
    pub term_rules: Vec<TermRule>,
    /// The land-use codes that a parcel may have today.
    pub land_uses: Vec<String>,
    /// The day in Viet Nam.
    pub today: Date,
    /// The moment.
    pub now: OffsetDateTime,
    /// The register position.
    pub position: Position,
}

impl Books {
    /// Reads them: those mentioned, and those of parcels ($1) with the parties and certificates of their rights.
    pub(super) async fn read(
        connection: &mut PgConnection,
        parcels: &[i64],
        certificates: &[i64],
        mentioned: &Mentioned,
    ) -> Result<Self, StoreError> {
        let parties = parties(connection, mentioned).await?;
        let certificates =
            certificates_of(connection, parcels, certificates, &mentioned.serial_keys).await?;
        let blocks = named_blocks(connection, &parties, &certificates, mentioned).await?;
        let grounds = named_grounds(connection, mentioned).await?;
        let rules = sqlx::query_file_as!(RuleValue, "src/store/desk/rules_today.sql");
        let rules = rules.fetch_all(&mut *connection).await?;
        let change_types = sqlx::query_as!(
            ChangeType,
            "select code, kinds, name_vi, name_en from change_type where valid @> today() order by code"
        );
        let change_types = change_types.fetch_all(&mut *connection).await?;
        let term_rules = sqlx::query_as!(
            TermRule,
            "select land_use, issued_before, term_years, source from term_rule where valid @> today() order by land_use"
        );
        let term_rules = term_rules.fetch_all(&mut *connection).await?;
        let state = sqlx::query!(
            r#"select position, today() as "today!", now() as "now!",
                      array(select code from land_use_code where valid @> today() and not is_group order by code) as "land_uses!"
               from register_state"#
        );
        let state = state.fetch_one(&mut *connection).await?;
        Ok(Self {
            parties,
            certificates,
            blocks,
            grounds,
            rules,
            change_types,
            term_rules,
            land_uses: state.land_uses,
            today: state.today,
            now: state.now,
            position: Position(state.position),
        })
    }
}

async fn parties(
    connection: &mut PgConnection,
    mentioned: &Mentioned,
) -> Result<Vec<HeldParty>, StoreError> {
    let ids: Vec<i64> = mentioned.parties.iter().map(|id| i64::from(*id)).collect();
    if ids.is_empty() && mentioned.personal_nos.is_empty() && mentioned.name_keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_file!(
        "src/store/desk/held_parties.sql",
        &ids,
        &mentioned.personal_nos,
        &mentioned.name_keys
    );
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let kind = PartyKind::parse(&row.kind);
            Ok(HeldParty {
                party_id: sound(PartyId::try_from(row.party_id))?,
                revision: Revision(row.revision),
                record: PartyRecord {
                    kind: kind.ok_or_else(|| {
                        StoreError::Corrupt(format!("a party of kind {}", row.kind))
                    })?,
                    name: row.name,
                    personal_no: row.personal_no,
                    birth_year: row.birth_year,
                    residence: row.residence,
                },
                in_force_from: row.in_force_from,
            })
        })
        .collect()
}

async fn certificates_of(
    connection: &mut PgConnection,
    parcels: &[i64],
    ids: &[i64],
    serial_keys: &[String],
) -> Result<Vec<HeldCertificate>, StoreError> {
    let rows = sqlx::query_file!(
        "src/store/desk/held_certificates.sql",
        parcels,
        ids,
        serial_keys
    );
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let ids = |ids: Vec<i64>| {
                let ids = ids.into_iter().map(|id| sound(ParcelId::try_from(id)));
                ids.collect::<Result<Vec<_>, _>>()
            };
            Ok(HeldCertificate {
                certificate_id: sound(CertificateId::try_from(row.certificate_id))?,
                revision: Revision(row.revision),
                serial: row.serial,
                entry_no: row.entry_no,
                issued_on: row.issued_on,
                status: row.status,
                parcels: ids(row.parcel_ids)?,
                covers: ids(row.covers)?,
            })
        })
        .collect()
}

async fn named_blocks(
    connection: &mut PgConnection,
    parties: &[HeldParty],
    certificates: &[HeldCertificate],
    mentioned: &Mentioned,
) -> Result<Vec<NamedBlock>, StoreError> {
    let serials = certificates.iter().map(|held| serial_key(&held.serial));
    let serials: Vec<String> = serials
        .chain(mentioned.serial_keys.iter().cloned())
        .collect();
    let numbers = parties
        .iter()
        .filter_map(|held| held.record.personal_no.clone());
    let numbers: Vec<String> = numbers
        .chain(mentioned.personal_nos.iter().cloned())
        .collect();
    let names = parties.iter().map(|held| fold_text(&held.record.name));
    let names: Vec<String> = names.chain(mentioned.name_keys.iter().cloned()).collect();
    let blocks: Vec<i64> = mentioned.blocks.iter().map(|id| i64::from(*id)).collect();
    let rows = sqlx::query_file!(
        "src/store/desk/named_blocks.sql",
        &serials,
        &numbers,
        &names,
        &blocks
    );
    let rows = rows.fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            Ok(NamedBlock {
                block_id: sound(BlockId::try_from(row.block_id))?,
                serial_key: row.serial_key,
                personal_no: row.personal_no,
                name: row.name,
                name_key: row.name_key,
                stops: Stops {
                    issuing: row.stops_issuing,
                    transactions: row.stops_transactions,
                    changes: row.stops_changes,
                },
                letter_no: row.letter_no,
                agency: row.agency,
            })
        })
        .collect()
}

async fn named_grounds(
    connection: &mut PgConnection,
    mentioned: &Mentioned,
) -> Result<Vec<NamedGround>, StoreError> {
    if mentioned.stopped_keys.is_empty() && mentioned.blocks.is_empty() {
        return Ok(Vec::new());
    }
    let blocks: Vec<i64> = mentioned.blocks.iter().map(|id| i64::from(*id)).collect();
    let rows = sqlx::query_file_as!(
        NamedGround,
        "src/store/desk/named_grounds.sql",
        &mentioned.stopped_keys,
        &blocks
    );
    Ok(rows.fetch_all(connection).await?)
}
