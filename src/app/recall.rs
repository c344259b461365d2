//! Reading the land of another time: as it was in law on a day, by what was known at an instant. From the database.

use super::land::{Asked, Land, id_of};
use super::{App, AppError};
use crate::domain::{AsOf, Moment, ParcelId, Position, Span};
use crate::index::State;
use crate::page::{PageParcel, ParcelView};
use crate::store::{Snapshot, StoreError, Within};
use std::sync::Arc;
use time::OffsetDateTime;

/// What is recalled.
#[derive(Debug, Clone, Copy)]
pub(super) enum Recall<'a> {
    /// One parcel.
    Parcel(Asked),
    /// Parcels that share a point with a polygon of longitudes and latitudes: those after an id, up to a count.
    Place(&'a [Vec<(f64, f64)>], Option<ParcelId>, usize),
}

/// Parcels of another time.
pub(super) struct Recalled {
    /// The register position that they were read at.
    pub position: Position,
    moment: Moment,
    parcels: Vec<PageParcel>,
}

/// About a hand's breadth around a place that is asked for, in degrees: what covers it is decided exactly in memory.
const REACH_DEGREES: f64 = 1e-6;

impl App {
    /// A parcel as the public may see it.
    pub async fn recalled_parcel<T>(
        &self,
        asked: Asked,
        as_of: AsOf,
        show: impl FnOnce(&Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let names = Arc::clone(self.filled()?.names());
        let recalled = self.recall(Recall::Parcel(asked), as_of).await?;
        let moment = recalled.moment;
        let state = recalled.state().named(names);
        let parcels = all(&state).collect();
        Ok(show(&Land::recalled(&state, parcels, moment)))
    }

    /// The parcels that cover a place.
    pub async fn recalled_at<T>(
        &self,
        (lon, lat): (f64, f64),
        as_of: AsOf,
        show: impl FnOnce(&Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let names = Arc::clone(self.filled()?.names());
        let place = [corners([
            lon - REACH_DEGREES,
            lat - REACH_DEGREES,
            lon + REACH_DEGREES,
            lat + REACH_DEGREES,
        ])];
        let place = Recall::Place(&place, None, usize::MAX);
        let recalled = self.recall(place, as_of).await?;
        let moment = recalled.moment;
        let state = recalled.state().named(names);
        let parcels = state.parcels_at(lon, lat)?;
        Ok(show(&Land::recalled(&state, parcels, moment)))
    }

    /// A page of the parcels that share a point with a polygon of longitudes and latitudes (rings not closed).
    pub async fn recalled_within<T>(
        &self,
        polygon: &[Vec<(f64, f64)>],
        as_of: AsOf,
        (after, count): (Option<ParcelId>, usize),
        show: impl FnOnce(Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let names = Arc::clone(self.filled()?.names());
        let place = Recall::Place(polygon, after, count);
        let recalled = self.recall(place, as_of).await?;
        let moment = recalled.moment;
        let state = recalled.state().named(names);
        let mut parcels: Vec<_> = all(&state).collect();
        parcels.sort_unstable_by_key(ParcelView::parcel_id);
        Ok(show(Land::recalled(&state, parcels, moment)))
    }

    /// A page of the parcels that are in law on any day of a span, by what was known at an instant.
    pub async fn recalled_during<T>(
        &self,
        place: Within<'_>,
        (span, known): (Span, Option<OffsetDateTime>),
        page: (Option<ParcelId>, usize),
        show: impl FnOnce(Land<'_>) -> T,
    ) -> Result<T, AppError> {
        let names = Arc::clone(self.filled()?.names());
        let _turn = self.recalling.acquire().await;
        let mut snapshot = self.store.snapshot().await?;
        let recalled = Recalled {
            parcels: snapshot
                .page_parcels_during(place, (span, known), page)
                .await?,
            position: snapshot.position(),
            moment: snapshot.moment(AsOf {
                at: span.until,
                known,
            }),
        };
        drop(snapshot);
        let moment = recalled.moment;
        let state = recalled.state().named(names);
        let mut parcels: Vec<_> = all(&state).collect();
        parcels.sort_unstable_by_key(ParcelView::parcel_id);
        Ok(show(Land::recalled(&state, parcels, moment)))
    }

    /// Reads parcels of another time, when it is this reading's turn.
    pub(super) async fn recall(&self, what: Recall<'_>, as_of: AsOf) -> Result<Recalled, AppError> {
        let _turn = self.recalling.acquire().await;
        let mut snapshot = self.store.snapshot().await?;
        Ok(Recalled {
            parcels: parcels(&mut snapshot, what, as_of).await?,
            position: snapshot.position(),
            moment: snapshot.moment(as_of),
        })
    }
}

async fn parcels(
    snapshot: &mut Snapshot,
    what: Recall<'_>,
    as_of: AsOf,
) -> Result<Vec<PageParcel>, StoreError> {
    match what {
        Recall::Parcel(asked) => match id_of(snapshot, asked, as_of).await? {
            Some(id) => Ok(snapshot.page_parcel(id, as_of).await?.into_iter().collect()),
            None => Ok(Vec::new()),
        },
        Recall::Place(place, after, count) => {
            snapshot.page_parcels_at(place, as_of, (after, count)).await
        }
    }
}

impl Recalled {
    /// The parcels in memory as those of today are.
    pub fn state(self) -> State {
        State::of_parcels(self.position, self.moment.at, self.parcels)
    }
}

fn all(state: &State) -> impl Iterator<Item = ParcelView<'_>> {
    state.communes().flat_map(|commune| commune.parcels())
}

/// The ring of a box (west, south, east, north), not closed.
pub fn corners([west, south, east, north]: [f64; 4]) -> Vec<(f64, f64)> {
    vec![(west, south), (east, south), (east, north), (west, north)]
}
