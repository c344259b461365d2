//! Finished tiles, kept in memory until an edit touches them.
//!
//! No tile that a change made wrong can be found after the change was published, by construction:
//!
//! 1. Who finds no tile gets a [`Place`], which stands in the cache *before* its holder takes the state to draw from.
//! 2. [`TileCache::publish`] first lets the state move on, then takes away the tiles *and places* that the change touches.
//! 3. A tile whose place is gone is answered to those who waited for it, and not kept.
//!
//! So a tile drawn from the old state either had its place taken away, or was kept and taken away itself; and who asks after
//! `publish` came back finds neither, and draws from the new state.

mod shard;

pub use self::shard::{CacheCounts, Drawn};

use self::shard::Shard;
use super::compress::Packed;
use super::reach::Reach;
use super::tile_id::TileId;
use crate::domain::Position;
use crate::page::WorldBox;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, watch};

/// A part of the cache with its own lock has about so many bytes…
const SHARD_BYTES: usize = 16 << 20;
/// …and there are at most so many parts.
const SHARDS: usize = 16;
/// So many tiles at most wait to be made again; more are left to those who ask.
const REMAKE_QUEUE: usize = 1024;

/// Whose eyes a tile is for. Audiences that see the same share a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AudienceClass {
    /// Everybody: tiles hold public fields only.
    Public,
}

impl AudienceClass {
    const ALL: [Self; 1] = [Self::Public];
}

/// What a tile is kept under. Its form is always gzip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// The address.
    pub id: TileId,
    /// Whose eyes it is for.
    pub audience: AudienceClass,
}

/// A finished tile.
#[derive(Debug, PartialEq, Eq)]
pub struct Tile {
    /// Its bytes.
    pub packed: Packed,
    /// How many parcels it only counts, because they are too small to draw.
    pub aggregated: u64,
    /// The position of the state that it was drawn from.
    pub position: Position,
}

/// What the cache has of a tile.
#[derive(Debug)]
pub enum Lookup {
    /// It is here.
    Found(Arc<Tile>),
    /// Somebody else is drawing it.
    Drawn(Drawn),
    /// Nobody has it: the asker draws it and fills the place.
    Vacant(Place),
}

/// Tiles by key, bounded in bytes.
#[derive(Debug)]
pub struct TileCache {
    shards: Box<[Mutex<Shard>]>,
    shard_bytes: usize,
    hasher: RandomState,
    /// The next number of a drawing.
    drawing: AtomicU64,
    /// What every tile in here shows at least.
    position: AtomicI64,
    publishing: Mutex<()>,
    remake: mpsc::Sender<TileKey>,
}

/// The right and the duty to draw a tile. Dropped without a tile, it lets the next one try.
#[derive(Debug)]
pub struct Place {
    cache: Arc<TileCache>,
    key: TileKey,
    drawing: u64,
    is_remake: bool,
    done: watch::Sender<Option<Arc<Tile>>>,
}

impl TileCache {
    /// A cache of so many bytes, and the keys of tiles that are worth making again. With 0 bytes it keeps nothing, but still
    /// lets nobody draw what somebody is drawing.
    pub fn new(size_bytes: usize) -> (Arc<Self>, mpsc::Receiver<TileKey>) {
        let shards = (size_bytes / SHARD_BYTES).clamp(1, SHARDS);
        let (remake, wanted) = mpsc::channel(REMAKE_QUEUE);
        let cache = Self {
            shards: (0..shards).map(|_| Mutex::default()).collect(),
            shard_bytes: size_bytes / shards,
            hasher: RandomState::new(),
            drawing: AtomicU64::new(0),
            position: AtomicI64::new(0),
            publishing: Mutex::new(()),
            remake,
        };
        (Arc::new(cache), wanted)
    }

    /// The tile, or who draws it, or the place to put it.
    pub fn look_up(self: &Arc<Self>, key: TileKey) -> Lookup {
        let mut shard = self.shard(&key);
        match shard.find(&key) {
            Some(Ok(tile)) => Lookup::Found(tile),
            Some(Err(drawn)) => Lookup::Drawn(drawn),
            None => Lookup::Vacant(self.place(&mut shard, key, false)),
        }
    }

    /// The place of a tile that is to be made again, unless somebody was quicker.
    pub fn reclaim(self: &Arc<Self>, key: TileKey) -> Option<Place> {
        let mut shard = self.shard(&key);
        (!shard.contains(&key)).then(|| self.place(&mut shard, key, true))
    }

    fn place(self: &Arc<Self>, shard: &mut Shard, key: TileKey, is_remake: bool) -> Place {
        let drawing = self.drawing.fetch_add(1, Ordering::Relaxed);
        Place {
            cache: Arc::clone(self),
            key,
            drawing,
            is_remake,
            done: shard.set_up(key, drawing),
        }
    }

    /// What a tile that is looked up from now on shows at least.
    pub fn position(&self) -> Position {
        Position(self.position.load(Ordering::Acquire))
    }

    /// Lets the state move on, then takes away every tile and place that the change touches. One at a time.
    ///
    /// `move_on` gives the state's new position and the boxes of what changed, old and new; they are given back.
    pub fn publish(&self, move_on: impl FnOnce() -> (Position, Vec<WorldBox>)) -> Vec<WorldBox> {
        let _alone = locked(&self.publishing);
        let (position, touched) = move_on();
        let hot = self.take_away(&Reach::of(&touched));
        self.promise(position, hot);
        touched
    }

    /// The same where nobody knows what changed: takes away everything.
    pub fn publish_anew(&self, move_on: impl FnOnce() -> Position) {
        let _alone = locked(&self.publishing);
        let position = move_on();
        let hot = self.take_away_if(|_| true);
        self.promise(position, hot);
    }

    fn promise(&self, position: Position, hot: Vec<TileKey>) {
        self.position.store(position.0, Ordering::Release);
        for key in hot {
            // Where the queue is full, the next one who asks draws it.
            let _ = self.remake.try_send(key);
        }
    }

    /// Takes away what a change reaches, by listing tiles or by asking all that are here, whichever is less work.
    fn take_away(&self, reach: &Reach) -> Vec<TileKey> {
        if reach.tile_count() > self.counts().entries as u64 {
            return self.take_away_if(|key| reach.meets(key.id.buffered()));
        }
        let keys = reach
            .tiles()
            .flat_map(|id| AudienceClass::ALL.map(|audience| TileKey { id, audience }));
        keys.filter(|key| self.shard(key).take_away(key)).collect()
    }

    fn take_away_if(&self, is_touched: impl Fn(&TileKey) -> bool) -> Vec<TileKey> {
        let shards = self.shards.iter();
        shards
            .flat_map(|shard| locked(shard).take_away_if(&is_touched))
            .collect()
    }

    /// What happened so far, and what is here.
    pub fn counts(&self) -> CacheCounts {
        let shards = self.shards.iter();
        shards.fold(CacheCounts::default(), |sum, shard| {
            locked(shard).add_to(sum)
        })
    }

    fn shard(&self, key: &TileKey) -> MutexGuard<'_, Shard> {
        let hash = usize::try_from(self.hasher.hash_one(key) >> 32).unwrap_or(0);
        locked(&self.shards[hash % self.shards.len()])
    }
}

impl Place {
    /// The key to draw.
    pub fn key(&self) -> TileKey {
        self.key
    }

    /// Answers a tile to all who wait for it, and keeps it, unless an edit has taken the place away.
    pub fn fill(self, tile: Tile) -> Arc<Tile> {
        let tile = Arc::new(tile);
        let waiters = self.done.receiver_count().saturating_sub(1);
        let place = (self.key, self.drawing);
        let mut shard = self.cache.shard(&self.key);
        let was_there = shard.keep(place, Arc::clone(&tile), waiters, self.cache.shard_bytes);
        if was_there && self.is_remake {
            shard.count_remade();
        }
        drop(shard);
        self.done.send_replace(Some(Arc::clone(&tile)));
        tile
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.cache.shard(&self.key).give_up(&self.key, self.drawing);
    }
}

fn locked<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
