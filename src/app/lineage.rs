//! What parcels came from, what became of them, and what carries an identity of any era today.

use super::{App, AppError};
use crate::domain::{
    Lineage, NamedParcel, OperationLine, OperationQuery, ParcelId, ParcelKey, Position, Step,
    Succession, Successions, Successor,
};
use crate::policy::{Audience, hides_details};
use std::collections::{BTreeMap, BTreeSet};
use time::Date;

impl App {
    /// What a parcel came from and what became of it; none where there never was such a parcel.
    pub async fn lineage(
        &self,
        id: ParcelId,
        audience: Audience,
    ) -> Result<Option<Lineage>, AppError> {
        let mut snapshot = self.store.snapshot().await?;
        let mut steps = snapshot.lineage(id).await?;
        let both = steps
            .iter()
            .flat_map(|step| [step.parent_id, step.child_id]);
        let ids: BTreeSet<ParcelId> = both.chain([id]).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let parcels = snapshot.named_parcels(&ids).await?;
        if parcels.is_empty() {
            return Ok(None);
        }
        let parcels: Vec<_> = parcels
            .into_iter()
            .map(|parcel| seen(parcel, audience))
            .collect();
        hide_areas(&mut steps, &parcels);
        Ok(Some(Lineage {
            steps,
            parcels,
            register_position: snapshot.position(),
        }))
    }

    /// What a dossier or a document changed, or who changed a parcel: operations, the latest first, up to a count; with the position
    /// that they were read at.
    pub async fn operations(
        &self,
        query: &OperationQuery,
        count: i64,
    ) -> Result<(Vec<OperationLine>, Position), AppError> {
        let mut snapshot = self.store.snapshot().await?;
        let operations = snapshot.operations(query, count).await?;
        Ok((operations, snapshot.position()))
    }

    /// Today's parcels of a commune's code, sheet and number of any era; of several that carried them, those of a day.
    pub async fn successions(
        &self,
        key: &ParcelKey,
        at: Option<Date>,
        audience: Audience,
    ) -> Result<Successions, AppError> {
        let mut snapshot = self.store.snapshot().await?;
        let descents = snapshot.descents(key, at).await?;
        let successors = descents.iter().filter_map(|(_, successor)| *successor);
        let ids = successors.map(|(id, _)| id);
        let ids: BTreeSet<_> = ids
            .chain(descents.iter().map(|(found, _)| *found))
            .collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let named = snapshot.named_parcels(&ids).await?.into_iter();
        let named = named.map(|parcel| (parcel.parcel_id, seen(parcel, audience)));
        let named: BTreeMap<ParcelId, NamedParcel> = named.collect();
        let mut found: BTreeMap<ParcelId, Vec<Successor>> = BTreeMap::new();
        for (id, successor) in descents {
            let successors = found.entry(id).or_default();
            successors.extend(successor.and_then(|(id, generations)| {
                let parcel = named.get(&id)?.clone();
                Some(Successor {
                    generations,
                    parcel,
                })
            }));
        }
        let succession = |(id, successors)| {
            let parcel = named.get(&id)?.clone();
            Some(Succession { parcel, successors })
        };
        Ok(Successions {
            found: found.into_iter().filter_map(succession).collect(),
            communes: snapshot.successor_communes(key.sheet.commune, at).await?,
            register_position: snapshot.position(),
        })
    }
}

/// A parcel as an audience may see it: land whose use, now or ever, is not for it shows where it was and what it was called.
pub(super) fn seen(parcel: NamedParcel, audience: Audience) -> NamedParcel {
    let is_open = !parcel.codes.is_empty() || audience == Audience::Officer;
    let mut codes = parcel.codes.iter();
    if is_open && !codes.any(|code| hides_details(code, audience)) {
        parcel
    } else {
        parcel.without_details()
    }
}

/// The areas of steps from or to land that is not for all.
fn hide_areas(steps: &mut [Step], parcels: &[NamedParcel]) {
    let hidden = parcels
        .iter()
        .filter(|parcel| parcel.computed_area_m2.is_none());
    let hidden: BTreeSet<ParcelId> = hidden.map(|parcel| parcel.parcel_id).collect();
    for step in steps {
        if hidden.contains(&step.parent_id) || hidden.contains(&step.child_id) {
            step.area_m2 = None;
        }
    }
}
