//! Tiles.

use super::recall::{Recall, corners};
use super::{App, AppError, FEW_PAGES};
use crate::domain::{AsOf, ParcelId, Position};
use crate::index::{Change, State};
use crate::page::{Ground, WorldBox};
use crate::tiles::{
    self, AudienceClass, CacheCounts, Explanation, Lookup, Packed, Place, Tile, TileId, TileKey,
};
use serde::Serialize;
use std::sync::{Arc, Weak};
use std::time::Instant;
use time::Date;
use tokio::sync::mpsc;

/// From this zoom a tile counts nothing and shows little but its parcels. One of few pages is then drawn where it was asked for, which
/// saves what it costs to pass it on (at zoom 17 a sixth of the request).
const NEAR_ZOOM: u32 = 14;

/// A tile as it is shown to somebody.
#[derive(Debug, Clone)]
pub struct ShownTile {
    /// The tile.
    pub tile: Arc<Tile>,
    /// A register position that it shows.
    pub position: Position,
    /// Whether it was there already, or drawn for somebody else.
    pub is_hit: bool,
}

/// A parcel's part in a tile, and how the tile's time and bytes are spent.
#[derive(Debug, Clone, Serialize)]
pub struct TileExplanation {
    /// The parcel's part, and the bytes of each layer.
    #[serde(flatten)]
    pub explanation: Explanation,
    /// Pages that were walked.
    pub pages: usize,
    /// The tile's bytes as they are sent.
    pub gzip_bytes: usize,
    /// Finding the pages.
    pub gather_ms: f64,
    /// Writing the tile.
    pub encode_ms: f64,
    /// Compressing it.
    pub compress_ms: f64,
    /// The register position.
    pub register_position: Position,
}

/// Where the parcels are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TilesetExtent {
    /// West, south, east, north in degrees.
    pub bounds: [f64; 4],
    /// How many parcels.
    pub parcels: usize,
}

impl App {
    /// A tile from the cache, or from memory.
    pub async fn tile(self: &Arc<Self>, id: TileId) -> Result<ShownTile, AppError> {
        let audience = AudienceClass::Public;
        // Before the look-up: a tile found after it shows this position, unless it was drawn from a later state.
        let published = self.tiles.position();
        let (tile, is_hit) = loop {
            match self.tiles.look_up(TileKey { id, audience }) {
                Lookup::Found(tile) => break (tile, true),
                Lookup::Vacant(place) => break (self.draw_into(place).await?, false),
                Lookup::Drawn(drawn) => {
                    if let Some(tile) = drawn.tile().await {
                        break (tile, true);
                    }
                }
            }
        };
        Ok(ShownTile {
            position: published.max(tile.position),
            tile,
            is_hit,
        })
    }

    /// A tile of the register at another time, from the database. Outlines of communes and sheets are of today, and left out.
    pub async fn tile_as_of(&self, id: TileId, as_of: AsOf) -> Result<Tile, AppError> {
        let place = [corners(id.buffered().to_degrees())];
        let place = Recall::Place(&place, None, usize::MAX);
        let recalled = self.recall(place, as_of).await?;
        let position = recalled.position;
        self.in_turn(move || {
            let state = recalled.state();
            let mut ground = state.ground(id.buffered(), id.least_side());
            ground.outlines.clear();
            draw(id, &ground, position)
        })
        .await
    }

    /// Why a parcel is absent, cut or only counted in a tile, and what the tile costs; `None` where there is no such parcel.
    pub async fn explain(
        self: &Arc<Self>,
        id: TileId,
        parcel_id: ParcelId,
    ) -> Result<Option<TileExplanation>, AppError> {
        let state = self.filled()?;
        self.in_turn(move || explained(&state, id, parcel_id)).await
    }

    /// Draws a tile: a small one here, others in turn.
    async fn draw_into(self: &Arc<Self>, place: Place) -> Result<Arc<Tile>, AppError> {
        let id = place.key().id;
        let state = self.filled()?;
        let ground = state.ground(id.buffered(), id.least_side());
        if id.zoom() >= NEAR_ZOOM && ground.pages.len() <= FEW_PAGES {
            return Ok(place.fill(draw(id, &ground, state.position())));
        }
        drop(state);
        let app = Arc::clone(self);
        self.in_turn(move || {
            let state = app.state();
            let ground = state.ground(id.buffered(), id.least_side());
            place.fill(draw(id, &ground, state.position()))
        })
        .await
    }

    /// Draws apart, as many at once as there are cores, so that nobody is kept waiting. What has begun is finished and keeps its
    /// turn, even if nobody waits for it any more.
    async fn in_turn<T: Send + 'static>(
        &self,
        drawing: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let turn = Arc::clone(&self.drawing).acquire_owned().await;
        let drawing = move || {
            let _turn = turn;
            drawing()
        };
        Ok(tokio::task::spawn_blocking(drawing).await?)
    }

    /// Shows changes: first the index moves on, then the tiles go that they touched. Gives the boxes of what changed.
    ///
    /// On a thread of its own: thousands of parcels take a good part of a second.
    pub(super) async fn show(
        self: &Arc<Self>,
        changes: Vec<Change>,
        position: Position,
        day: Date,
    ) -> Result<Vec<WorldBox>, AppError> {
        let app = Arc::clone(self);
        let move_on = move || {
            let touched = app.index.apply(changes, position, day);
            (app.index.state().position(), touched)
        };
        let tiles = Arc::clone(&self.tiles);
        Ok(tokio::task::spawn_blocking(move || tiles.publish(move_on)).await?)
    }

    /// Shows a state that is made anew.
    pub(super) async fn show_anew(
        self: &Arc<Self>,
        anew: impl FnOnce() -> State + Send + 'static,
    ) -> Result<(), AppError> {
        let app = Arc::clone(self);
        let move_on = move || {
            app.index.install(anew());
            app.index.state().position()
        };
        let tiles = Arc::clone(&self.tiles);
        Ok(tokio::task::spawn_blocking(move || tiles.publish_anew(move_on)).await?)
    }

    /// Makes often-asked tiles again after edits, one after another, as long as the register is open.
    pub(super) async fn remake(app: Weak<Self>, mut wanted: mpsc::Receiver<TileKey>) {
        while let Some(key) = wanted.recv().await {
            let Some(app) = app.upgrade() else { return };
            let Some(place) = app.tiles.reclaim(key) else {
                continue;
            };
            if let Err(error) = app.draw_into(place).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "a tile could not be made again");
            }
        }
    }

    /// What the tile cache did and holds.
    pub fn tile_counts(&self) -> CacheCounts {
        self.tiles.counts()
    }

    /// Where the parcels are; `None` in an empty register.
    pub fn extent(&self) -> Option<TilesetExtent> {
        let state = self.state();
        state.bounds().map(|bounds| TilesetExtent {
            bounds: bounds.to_degrees(),
            parcels: state.len(),
        })
    }
}

fn explained(state: &State, id: TileId, parcel_id: ParcelId) -> Option<TileExplanation> {
    let parcel = state.parcel(parcel_id)?;
    let started = Instant::now();
    let ground = state.ground(id.buffered(), id.least_side());
    let gathered = Instant::now();
    let encoded = tiles::encode(id, &ground).bytes;
    let drawn = Instant::now();
    let packed = Packed::of(&encoded);
    let compressed = Instant::now();
    let took_ms = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1000.0;
    Some(TileExplanation {
        explanation: tiles::explain(id, &ground, &parcel),
        pages: ground.pages.len(),
        gzip_bytes: packed.gzip.len(),
        gather_ms: took_ms(started, gathered),
        encode_ms: took_ms(gathered, drawn),
        compress_ms: took_ms(drawn, compressed),
        register_position: state.position(),
    })
}

/// A tile as everybody gets it: from the server, and in archives.
pub(super) fn draw(id: TileId, ground: &Ground<'_>, position: Position) -> Tile {
    let encoded = tiles::encode(id, ground);
    if encoded.aggregated > 0 {
        metrics::counter!("diaba_tiles_aggregated_total").increment(1);
    }
    Tile {
        packed: Packed::of(&encoded.bytes),
        aggregated: encoded.aggregated,
        position,
    }
}

#[cfg(test)]
mod tests;
