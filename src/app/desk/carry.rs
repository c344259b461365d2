//! A lawful plan is carried into the register.

use super::DeskError;
use super::piece::Piece;
use super::plan::Plan;
use super::report::Report;
use super::rights::{Mark, Paper, Registry, Right, Tenure};
use crate::app::AppError;
use crate::crs::{self, CrsError};
use crate::domain::{
    BlockId, Boundary, CertificateId, EncumbranceId, ParcelId, PartyId, RegisterNo, RestrictionId,
    RightId,
};
use crate::geometry;
use crate::store::{
    Drawn, HeldParcel, Holding, NewParcel, Renewed, StoreError, WrittenBlock, WrittenCertificate,
    WrittenEncumbrance, WrittenLink, WrittenNamedBlock, WrittenNote, WrittenParty,
    WrittenRestriction, WrittenRight,
};

/// Writes what a lawful plan does, and tells the report ids, codes and revisions.
pub async fn write(
    holding: &mut Holding,
    operation_id: i64,
    plan: &Plan<'_>,
    report: &mut Report,
) -> Result<(), DeskError> {
    let ids = Ids::of(holding, &plan.registry).await?;
    write_registry(holding, operation_id, &plan.registry, &ids).await?;
    let made: Vec<NewParcel> = plan.made.iter().map(new_parcel).collect::<Result<_, _>>()?;
    let renewed = plan.renewed.iter().map(|(parcel, piece)| {
        Ok(Renewed {
            parcel,
            drawn: drawn(&piece.boundary)?,
            land_use: piece.land_use.clone(),
            address: piece.address.clone(),
            legal_area: piece.legal_area,
        })
    });
    let renewed: Vec<Renewed<'_>> = renewed
        .collect::<Result<_, CrsError>>()
        .map_err(AppError::from)?;
    let revisions = holding.renew(operation_id, &renewed).await?;
    for (held, piece) in plan.renewed.iter().chain(&plan.amended) {
        write_uses(holding, held, piece).await?;
    }
    let identities = holding.make(operation_id, &made).await?;
    holding.retire(&plan.retired).await?;
    holding.keep_ends(operation_id, &plan.ends()).await?;
    let stays = plan.renewed.iter().chain(&plan.amended);
    let stays = stays.map(|(held, piece)| (held.parcel_id, piece, Some(*held)));
    let comes = identities.iter().zip(&plan.made);
    let comes = comes.map(|((id, _), piece)| (*id, piece, None));
    for (id, piece, held) in stays.chain(comes) {
        let mut writer = TenureWriter {
            holding,
            operation_id,
            parcel_id: id,
            ids: &ids,
        };
        writer.write(piece, held).await?;
    }
    let lifted: Vec<_> = plan.registry.lifted.iter().copied().collect();
    holding.end_blocks(&lifted).await?;
    report.tell(&identities, &revisions);
    Ok(())
}

/// The ids of what a plan makes.
struct Ids {
    parties: Vec<PartyId>,
    certificates: Vec<CertificateId>,
    encumbrances: Vec<EncumbranceId>,
    restrictions: Vec<RestrictionId>,
    blocks: Vec<BlockId>,
    named_blocks: Vec<BlockId>,
}

impl Ids {
    async fn of(holding: &mut Holding, registry: &Registry<'_>) -> Result<Self, StoreError> {
        let register: RegisterNo = match registry.register {
            Some(register) => register,
            None => holding.first_register().await?,
        };
        let (encumbrances, restrictions, blocks) = registry.made;
        let papers = registry.papers.keys();
        let papers = papers.filter(|mark| matches!(mark, Mark::New(_))).count();
        let parties = registry.new_parties.len();
        Ok(Self {
            parties: holding.ids_of(register, parties).await?,
            certificates: holding.ids_of(register, papers).await?,
            encumbrances: holding.ids_of(register, encumbrances).await?,
            restrictions: holding.ids_of(register, restrictions).await?,
            blocks: holding.ids_of(register, blocks).await?,
            named_blocks: holding.ids_of(register, registry.new_blocks.len()).await?,
        })
    }
}

/// The id that something has or gets.
fn id<Id: Copy>(mark: Mark<Id>, made: &[Id]) -> Result<Id, StoreError> {
    match mark {
        Mark::Known(id) => Ok(id),
        Mark::New(number) => made
            .get(number)
            .copied()
            .ok_or_else(|| StoreError::Corrupt("fewer ids than a plan makes".to_owned())),
    }
}

/// Parties, certificates, blocks by name.
async fn write_registry(
    holding: &mut Holding,
    entry: i64,
    registry: &Registry<'_>,
    ids: &Ids,
) -> Result<(), StoreError> {
    for (id, record) in ids.parties.iter().zip(&registry.new_parties) {
        holding.make_party(entry, *id, record).await?;
    }
    for (party_id, (record, is_correction)) in &registry.renewed_parties {
        let Some(held) = registry.held_party(*party_id) else {
            continue;
        };
        let written = WrittenParty {
            party_id: *party_id,
            revision: held.revision,
            record,
            is_correction: *is_correction,
        };
        holding.renew_party(entry, &written).await?;
    }
    for (mark, paper) in &registry.papers {
        write_paper(holding, entry, id(*mark, &ids.certificates)?, paper).await?;
    }
    for (id, block) in ids.named_blocks.iter().zip(&registry.new_blocks) {
        let person = block.person.as_ref();
        let written = WrittenNamedBlock {
            serial: block.serial.as_deref(),
            person: person.map(|(name, number)| (name.as_str(), number.as_deref())),
            terms: &block.terms,
        };
        holding.write_named_block(entry, *id, &written).await?;
    }
    let lifted: Vec<BlockId> = registry.lifted_by_name.iter().copied().collect();
    holding.end_named_blocks(&lifted).await
}

async fn write_paper(
    holding: &mut Holding,
    entry: i64,
    id: CertificateId,
    paper: &Paper<'_>,
) -> Result<(), StoreError> {
    let written = WrittenCertificate {
        serial: &paper.serial,
        entry_no: paper.entry_no.as_deref(),
        issued_on: paper.issued_on,
        status: paper.status,
    };
    match paper.held {
        None => holding.make_certificate(entry, id, &written).await?,
        Some(held) if paper.is_changed() => {
            let version = (id, held.revision, paper.is_corrected && paper.is_valid());
            holding.renew_certificate(entry, version, &written).await?;
        }
        Some(_) => {}
    }
    for (code, content) in &paper.notes {
        let note = WrittenNote {
            certificate_id: id,
            code: code.as_deref(),
            content,
        };
        holding.note(entry, &note).await?;
    }
    Ok(())
}

/// Uses that differ; where one is no longer there, or comes first, all of them begin anew.
async fn write_uses(
    holding: &mut Holding,
    held: &HeldParcel,
    piece: &Piece<'_>,
) -> Result<(), StoreError> {
    let codes = |uses: &[crate::domain::LandUseRow]| -> Vec<String> {
        uses.iter().map(|row| row.code.clone()).collect()
    };
    let is_anew = codes(&held.uses) != codes(&piece.uses) && !held.uses.is_empty();
    if is_anew {
        holding.end_uses(&[held.parcel_id]).await?;
    }
    let uses = piece.uses.iter();
    let differing = uses.filter(|row| is_anew || !held.uses.contains(row));
    let differing: Vec<_> = differing.map(|row| (held.parcel_id, row)).collect();
    holding.write_uses(&differing).await
}

/// Writes who holds one parcel and what lies on it.
struct TenureWriter<'w> {
    holding: &'w mut Holding,
    operation_id: i64,
    parcel_id: ParcelId,
    ids: &'w Ids,
}

impl TenureWriter<'_> {
    /// Writes what differs from what the register has; all of it, for a new parcel.
    async fn write(
        &mut self,
        piece: &Piece<'_>,
        held: Option<&HeldParcel>,
    ) -> Result<(), StoreError> {
        let before = held.map(Tenure::of).unwrap_or_default();
        self.write_rights(&piece.tenure, &before).await?;
        self.write_charges(&piece.tenure, &before).await?;
        self.write_limits(&piece.tenure, &before).await?;
        for stop in &piece.tenure.stops {
            let Mark::New(_) = stop.mark else {
                continue;
            };
            let written = WrittenBlock {
                parcel_id: self.parcel_id,
                block_id: id(stop.mark, &self.ids.blocks)?,
                terms: &stop.terms,
            };
            self.holding
                .write_block(self.operation_id, &written)
                .await?;
        }
        let (sheet_no, parcel_no) = (
            piece.sheet.key.sheet_no.to_string(),
            piece.parcel_no.to_string(),
        );
        for link in &piece.tenure.links {
            let is_new = matches!(link.certificate, Mark::New(_));
            let link = WrittenLink {
                parcel_id: self.parcel_id,
                certificate_id: id(link.certificate, &self.ids.certificates)?,
                sheet_no: link.sheet_no.as_deref().or(is_new.then_some(&*sheet_no)),
                parcel_no: link.parcel_no.as_deref().or(is_new.then_some(&*parcel_no)),
            };
            self.holding.link_certificate(&link).await?;
        }
        Ok(())
    }

    async fn write_rights(&mut self, after: &Tenure, before: &Tenure) -> Result<(), StoreError> {
        let is_same = |old: &Right| after.rights.contains(old);
        let gone = before.rights.iter().filter(|old| !is_same(old));
        let ended: Vec<(ParcelId, RightId)> = gone
            .filter_map(|old| Some((self.parcel_id, old.held?)))
            .collect();
        self.holding.end_rights(&ended).await?;
        let mut written = Vec::new();
        for right in &after.rights {
            if before.rights.contains(right) {
                continue;
            }
            let certificate = right.certificate;
            let certificate = certificate.map(|mark| id(mark, &self.ids.certificates));
            written.push(WrittenRight {
                parcel_id: self.parcel_id,
                right_id: right.held,
                party_id: id(right.party, &self.ids.parties)?,
                certificate_id: certificate.transpose()?,
                kind: right.kind.clone(),
                share: right.share,
            });
        }
        self.holding.write_rights(self.operation_id, &written).await
    }

    async fn write_charges(&mut self, after: &Tenure, before: &Tenure) -> Result<(), StoreError> {
        let gone = before.charges.iter();
        let gone = gone.filter(|old| !after.charges.contains(old));
        let ended: Vec<(ParcelId, EncumbranceId)> = gone
            .map(|old| Ok((self.parcel_id, id(old.mark, &self.ids.encumbrances)?)))
            .collect::<Result<_, StoreError>>()?;
        self.holding.end_encumbrances(&ended).await?;
        for charge in &after.charges {
            if before.charges.contains(charge) {
                continue;
            }
            let written = WrittenEncumbrance {
                parcel_id: self.parcel_id,
                encumbrance_id: id(charge.mark, &self.ids.encumbrances)?,
                party_id: id(charge.party, &self.ids.parties)?,
                terms: &charge.terms,
            };
            self.holding
                .write_encumbrance(self.operation_id, &written)
                .await?;
        }
        Ok(())
    }

    async fn write_limits(&mut self, after: &Tenure, before: &Tenure) -> Result<(), StoreError> {
        let gone = before.limits.iter();
        let gone = gone.filter(|old| !after.limits.contains(old));
        let ended: Vec<(ParcelId, RestrictionId)> = gone
            .map(|old| Ok((self.parcel_id, id(old.mark, &self.ids.restrictions)?)))
            .collect::<Result<_, StoreError>>()?;
        self.holding.end_restrictions(&ended).await?;
        for limit in &after.limits {
            if before.limits.contains(limit) {
                continue;
            }
            let written = WrittenRestriction {
                parcel_id: self.parcel_id,
                restriction_id: id(limit.mark, &self.ids.restrictions)?,
                terms: &limit.terms,
            };
            self.holding
                .write_restriction(self.operation_id, &written)
                .await?;
        }
        Ok(())
    }
}

fn new_parcel(piece: &Piece<'_>) -> Result<NewParcel, AppError> {
    Ok(NewParcel {
        sheet_id: piece.sheet.sheet_id,
        parcel_no: piece.parcel_no,
        drawn: drawn(&piece.boundary)?,
        is_derived: piece.is_derived,
        land_use: piece.land_use.clone(),
        address: piece.address.clone(),
        legal_area: piece.legal_area,
        uses: piece.uses.clone(),
        parents: piece
            .sources
            .iter()
            .map(|(id, area)| (*id, *area))
            .collect(),
    })
}

/// A boundary with the copies that follow from it.
fn drawn(boundary: &Boundary) -> Result<Drawn, CrsError> {
    let zone = boundary.zone();
    let mut geographic = Vec::with_capacity(boundary.rings().len());
    for ring in boundary.rings() {
        let mut points: Vec<_> = ring
            .iter()
            .map(|point| (point.easting_m(), point.northing_m()))
            .collect();
        crs::to_wgs84(zone, &mut points)?;
        geographic.push(points);
    }
    let place = geometry::label_point(boundary);
    let label = crs::point_to_wgs84(zone, place)?;
    Ok(Drawn {
        boundary: boundary.clone(),
        geographic,
        label: (label.lon, label.lat),
        computed_area: geometry::area(boundary),
    })
}
