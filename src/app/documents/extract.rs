//! The parcel extract.

use super::super::land::find;
use super::{About, App, Asking, PaperError, PaperFile, PaperQuery, Sight};
use crate::app::Asked;
use crate::crs;
use crate::documents::{Drawn, Extract, Holder, Map, certificate};
use crate::domain::{Area, AsOf, ParcelFacts, ParcelId, Position, RightFact};
use crate::policy::{Duty, Field};
use crate::store::{AroundParcel, Snapshot, StoredParcel};
use std::sync::Arc;

/// The most parcels in one drawing.
const DRAWN: i64 = 1000;
/// How far around its parcel a drawing reaches, in parts of the parcel's own extent, and at least in degrees (about 60 m).
const REACH: f64 = 2.5;
const REACH_DEG: f64 = 5.5e-4;

impl App {
    /// An extract of a current parcel (*trích lục bản đồ địa chính*), with as much of its holders as the purpose opens.
    pub async fn extract(
        self: &Arc<Self>,
        id: ParcelId,
        query: &PaperQuery<'_>,
    ) -> Result<PaperFile, PaperError> {
        let sight = Sight::of(query.purpose)?;
        let day = self.paper_day().await?;
        let mut snapshot = self.store.snapshot().await?;
        let position = snapshot.position();
        let stored = find(&mut snapshot, Asked::Id(id), AsOf::default())
            .await?
            .ok_or(PaperError::NoSuchParcel)?;
        let rights = snapshot.rights(id, AsOf::default()).await?;
        let around = around(&mut snapshot, &stored).await?;
        let parcels = snapshot.stands(&[id], sight.shows_rights()).await?;
        drop(snapshot);
        let facts = stored.facts;
        self.note_land(&facts, (query, &sight), position).await?;
        let about = About {
            subject: format!(
                "Tờ {}, thửa {} – {}",
                facts.sheet_no, facts.parcel_no, facts.commune.name
            ),
            commune: facts.commune.code.to_string(),
            parcels,
            certificate_id: None,
            dossier: None,
            officer: &query.officer.name,
            position,
        };
        let extract = Extract {
            day,
            position,
            officer: query.officer.name.clone(),
            holders: holders(&rights, &sight),
            map: map(&around, &facts),
            meridian_deg: meridian_deg(facts.zone),
            computed_area: Area::from_m2(facts.computed_area_m2),
            legal_area: facts.legal_area_m2.map(Area::from_m2),
            commune: facts.commune,
            sheet_no: facts.sheet_no,
            parcel_no: facts.parcel_no,
            national_code: facts.national_code,
            address: facts.address,
            land_use: sight.uses(facts.land_use),
        };
        self.issue(extract, about).await
    }

    /// Notes that a parcel was read for a paper. Whoever may ask is then told where the law hides its details from whom the paper is for.
    pub(super) async fn note_land(
        &self,
        facts: &ParcelFacts,
        (query, sight): (&PaperQuery<'_>, &Sight),
        position: Position,
    ) -> Result<(), PaperError> {
        let is_withheld = sight.is_withheld(facts);
        let asking = Asking {
            query,
            sight,
            duty: Duty::Read,
            position,
            refusal: is_withheld.then_some("land-withheld"),
        };
        let about = (facts.commune.code.as_str(), Some(facts.parcel_id));
        self.note(&asking, &[about]).await?;
        if is_withheld {
            return Err(PaperError::Withheld(sight.audience));
        }
        Ok(())
    }
}

/// The parcel and those around it.
pub(super) async fn around(
    snapshot: &mut Snapshot,
    stored: &StoredParcel,
) -> Result<Vec<AroundParcel>, PaperError> {
    let start = [
        f64::INFINITY,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NEG_INFINITY,
    ];
    let points = stored.geographic.iter().flatten();
    let [west, south, east, north] =
        points.fold(start, |[west, south, east, north], (lon, lat)| {
            [
                west.min(*lon),
                south.min(*lat),
                east.max(*lon),
                north.max(*lat),
            ]
        });
    let reach = ((east - west).max(north - south) * REACH).max(REACH_DEG);
    let bounds = [west - reach, south - reach, east + reach, north + reach];
    Ok(snapshot.around(bounds, stored.facts.zone, DRAWN).await?)
}

fn map(around: &[AroundParcel], facts: &ParcelFacts) -> Map {
    let parcels = around.iter().map(|parcel| {
        let is_subject = parcel.parcel_id == facts.parcel_id;
        let drawn = Drawn::new(parcel.boundary.clone(), parcel.parcel_no, is_subject);
        Drawn {
            area: parcel.legal_area.unwrap_or(drawn.area),
            land_use: parcel.land_use.clone(),
            ..drawn
        }
    });
    Map {
        parcels: parcels.collect(),
    }
}

/// The central meridian of a zone.
pub(super) fn meridian_deg(zone: i32) -> f64 {
    let zone = crs::ZONES.iter().find(|known| known.code == zone);
    zone.map_or(0.0, |zone| zone.central_meridian_deg)
}

/// The holders as far as a reader may know them.
pub(super) fn holders(rights: &[RightFact], sight: &Sight) -> Vec<Holder> {
    if !sight.shows(Field::PartyName) {
        return Vec::new();
    }
    let shown = |field, text: &Option<String>| text.clone().filter(|_| sight.shows(field));
    let holder = |right: &RightFact| Holder {
        name: right.party_name.clone(),
        personal_no: shown(Field::PersonalNo, &right.personal_no),
        residence: shown(Field::Residence, &right.residence),
        share: Some(right.share.clone()).filter(|_| sight.shows(Field::Share)),
        certificate: shown(Field::CertificateSerial, &right.certificate_serial).map(|serial| {
            certificate(
                &serial,
                right.certificate_entry_no.as_deref(),
                right.certificate_issued_on,
            )
        }),
    };
    rights.iter().map(holder).collect()
}
