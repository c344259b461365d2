//! What lies on held parcels beside the rights of their holders.

use super::{Held, StoreError, boundary, sound, tenths};
use crate::crs::private_srid;
use crate::domain::{
    Block, BlockId, Encumbrance, EncumbranceId, ParcelId, Part, PartyId, Restriction,
    RestrictionId, Stops,
};
use sqlx::PgConnection;

/// A mortgage or lease on a held parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldEncumbrance {
    /// Its id.
    pub encumbrance_id: EncumbranceId,
    /// Mortgagee or lessee.
    pub party_id: PartyId,
    /// What it says.
    pub terms: Encumbrance,
}

/// A restriction on a held parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRestriction {
    /// Its id.
    pub restriction_id: RestrictionId,
    /// What it says.
    pub terms: Restriction,
}

/// A block that an operation meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBlock {
    /// Its id.
    pub block_id: BlockId,
    /// The parcel that it was laid on: the held one, or one that it came from.
    pub parcel_id: ParcelId,
    /// What it says. One on a forebear lies where that was.
    pub terms: Block,
    /// The current parcels that it acts on; read only of one that an operation lifts.
    pub acts_on: Vec<ParcelId>,
}

pub(super) async fn held_encumbrances(
    connection: &mut PgConnection,
    ids: &[i64],
) -> Result<Held<HeldEncumbrance>, StoreError> {
    let rows = sqlx::query_file!("src/store/desk/held_encumbrances.sql", ids);
    let mut held = Held::new();
    for row in rows.fetch_all(connection).await? {
        held.entry(row.parcel_id)
            .or_default()
            .push(HeldEncumbrance {
                encumbrance_id: sound(EncumbranceId::try_from(row.encumbrance_id))?,
                party_id: sound(PartyId::try_from(row.party_id))?,
                terms: Encumbrance {
                    kind: row.kind,
                    rank: row.rank,
                    sub_kind: row.sub_kind,
                    contract_no: row.contract_no,
                    contract_on: row.contract_on,
                    registered_at: row.registered_at,
                    amount_vnd: row.amount_vnd,
                    content: row.content,
                    until: row.until,
                    part: part(row.part, row.part_geometry.as_deref(), row.part_srid)?,
                },
            });
    }
    Ok(held)
}

pub(super) async fn held_restrictions(
    connection: &mut PgConnection,
    ids: &[i64],
) -> Result<Held<HeldRestriction>, StoreError> {
    let rows = sqlx::query_file!("src/store/desk/held_restrictions.sql", ids);
    let mut held = Held::new();
    for row in rows.fetch_all(connection).await? {
        held.entry(row.parcel_id)
            .or_default()
            .push(HeldRestriction {
                restriction_id: sound(RestrictionId::try_from(row.restriction_id))?,
                terms: Restriction {
                    kind: row.kind,
                    content: row.content,
                    document: row.document,
                    area: row.area_tenths_m2.and_then(tenths),
                    until: row.until,
                    part: part(row.part, row.part_geometry.as_deref(), row.part_srid)?,
                },
            });
    }
    Ok(held)
}

pub(super) async fn held_blocks(
    connection: &mut PgConnection,
    ids: &[i64],
    lifted: &[BlockId],
) -> Result<Held<HeldBlock>, StoreError> {
    let rows = sqlx::query_file!("src/store/desk/blocks.sql", ids);
    let mut held: Held<HeldBlock> = Held::new();
    for row in rows.fetch_all(&mut *connection).await? {
        held.entry(row.of).or_default().push(HeldBlock {
            block_id: sound(BlockId::try_from(row.block_id))?,
            parcel_id: sound(ParcelId::try_from(row.parcel_id))?,
            terms: Block {
                stops: Stops {
                    issuing: row.stops_issuing,
                    transactions: row.stops_transactions,
                    changes: row.stops_changes,
                },
                letter_no: row.letter_no,
                agency: row.agency,
                reason: row.reason,
                until: row.until,
                part: part(row.part, row.part_geometry.as_deref(), row.part_srid)?,
            },
            acts_on: Vec::new(),
        });
    }
    find_heirs(connection, &mut held, lifted).await?;
    Ok(held)
}

/// Who asks that a block be lifted has to know on what else it lies.
async fn find_heirs(
    connection: &mut PgConnection,
    held: &mut Held<HeldBlock>,
    lifted: &[BlockId],
) -> Result<(), StoreError> {
    let blocks = held.values_mut().flatten();
    let mut blocks: Vec<_> = blocks
        .filter(|block| lifted.contains(&block.block_id))
        .collect();
    if blocks.is_empty() {
        return Ok(());
    }
    let (parcels, ids): (Vec<i64>, Vec<i64>) = blocks
        .iter()
        .map(|block| (i64::from(block.parcel_id), i64::from(block.block_id)))
        .unzip();
    let rows = sqlx::query_file!("src/store/desk/block_heirs.sql", &parcels, &ids);
    for row in rows.fetch_all(connection).await? {
        let heir = sound(ParcelId::try_from(row.heir))?;
        for block in &mut blocks {
            let is_there = i64::from(block.parcel_id) == row.laid_on;
            if is_there && i64::from(block.block_id) == row.block_id {
                block.acts_on.push(heir);
            }
        }
    }
    Ok(())
}

fn part(
    text: Option<String>,
    geometry: Option<&[u8]>,
    srid: Option<i32>,
) -> Result<Part, StoreError> {
    let boundary = match (geometry, srid) {
        (Some(bytes), Some(srid)) => Some(boundary(srid - private_srid(0), bytes)?),
        _ => None,
    };
    Ok(Part { text, boundary })
}
