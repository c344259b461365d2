//! A part of the cache under one lock: tiles and places, and the order in which tiles make room for others.

use super::{Tile, TileKey};
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use tokio::sync::watch;

/// What a kept tile takes besides its bytes.
pub const ENTRY_BYTES: usize = 320;
/// A tile asked for this often since it was made is made again when an edit takes it away.
pub const HOT_HITS: u32 = 3;

/// What the cache did since it was made, and what it holds.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct CacheCounts {
    /// Tiles answered without being drawn for the asker.
    pub hits: u64,
    /// Tiles that the asker had to draw.
    pub misses: u64,
    /// Tiles that an edit made old before they were done: answered, not kept.
    pub stale_dropped: u64,
    /// Tiles that made room for others.
    pub evicted: u64,
    /// Tiles made again in the background after an edit.
    pub remade: u64,
    /// Tiles kept or being drawn.
    pub entries: usize,
    /// Bytes of the kept ones.
    pub size_bytes: usize,
}

/// A tile that somebody is drawing.
#[derive(Debug, Clone)]
pub struct Drawn(watch::Receiver<Option<Arc<Tile>>>);

/// A tile or the place of one.
#[derive(Debug)]
enum Slot {
    Drawn(Drawn),
    Kept(Kept),
}

#[derive(Debug)]
struct Kept {
    tile: Arc<Tile>,
    hits: u32,
    /// Asked for since it was last considered.
    is_recent: bool,
}

/// Slots by key, each with the number that tells drawings of the same key apart.
#[derive(Debug, Default)]
pub struct Shard {
    slots: HashMap<TileKey, (u64, Slot)>,
    /// Keys and drawings in the order in which they are considered when room is needed; those of removed slots stay a while.
    hand: VecDeque<(TileKey, u64)>,
    counts: CacheCounts,
}

impl Drawn {
    /// The tile when it is done; `None` if its drawer failed.
    pub async fn tile(mut self) -> Option<Arc<Tile>> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}

impl Kept {
    fn size_bytes(&self) -> usize {
        self.tile.packed.gzip.len() + ENTRY_BYTES
    }
}

impl Shard {
    /// The tile, or who draws it.
    pub fn find(&mut self, key: &TileKey) -> Option<Result<Arc<Tile>, Drawn>> {
        let Some((_, slot)) = self.slots.get_mut(key) else {
            self.counts.misses += 1;
            return None;
        };
        self.counts.hits += 1;
        Some(match slot {
            Slot::Drawn(drawn) => Err(drawn.clone()),
            Slot::Kept(kept) => {
                kept.hits = kept.hits.saturating_add(1);
                kept.is_recent = true;
                Ok(Arc::clone(&kept.tile))
            }
        })
    }

    pub fn contains(&self, key: &TileKey) -> bool {
        self.slots.contains_key(key)
    }

    /// Sets up the place of a drawing; gives the end that its tile is told at.
    pub fn set_up(&mut self, key: TileKey, drawing: u64) -> watch::Sender<Option<Arc<Tile>>> {
        let (done, drawn) = watch::channel(None);
        self.slots.insert(key, (drawing, Slot::Drawn(Drawn(drawn))));
        done
    }

    fn is_place(&self, key: &TileKey, drawing: u64) -> bool {
        matches!(self.slots.get(key), Some((own, Slot::Drawn(_))) if *own == drawing)
    }

    /// Gives a place up, if it is still there.
    pub fn give_up(&mut self, key: &TileKey, drawing: u64) {
        if self.is_place(key, drawing) {
            self.slots.remove(key);
        }
    }

    /// Keeps a tile for which `waiters` have waited, if its place is still there and it fits; says whether the place was.
    pub fn keep(
        &mut self,
        (key, drawing): (TileKey, u64),
        tile: Arc<Tile>,
        waiters: usize,
        limit_bytes: usize,
    ) -> bool {
        if !self.is_place(&key, drawing) {
            self.counts.stale_dropped += 1;
            return false;
        }
        let kept = Kept {
            tile,
            hits: u32::try_from(waiters).unwrap_or(u32::MAX),
            is_recent: waiters > 0,
        };
        if kept.size_bytes() > limit_bytes {
            self.slots.remove(&key);
            return true;
        }
        self.counts.size_bytes += kept.size_bytes();
        self.slots.insert(key, (drawing, Slot::Kept(kept)));
        self.hand.push_back((key, drawing));
        self.make_room(limit_bytes);
        self.forget_removed();
        true
    }

    /// Takes a slot away; says whether it held a tile that was asked for often.
    pub fn take_away(&mut self, key: &TileKey) -> bool {
        let Some((_, Slot::Kept(kept))) = self.slots.remove(key) else {
            return false;
        };
        self.counts.size_bytes -= kept.size_bytes();
        kept.hits >= HOT_HITS
    }

    /// Takes away what is touched; gives the keys of tiles that were asked for often.
    pub fn take_away_if(&mut self, is_touched: impl Fn(&TileKey) -> bool) -> Vec<TileKey> {
        let touched = self.slots.keys().filter(|key| is_touched(key)).copied();
        let mut touched: Vec<_> = touched.collect();
        touched.retain(|key| self.take_away(key));
        touched
    }

    /// Lets tiles go that were not asked for since they were last considered (second chance).
    fn make_room(&mut self, limit_bytes: usize) {
        while self.counts.size_bytes > limit_bytes
            && let Some((key, drawing)) = self.hand.pop_front()
        {
            let Some((own, Slot::Kept(kept))) = self.slots.get_mut(&key) else {
                continue;
            };
            if *own != drawing {
                continue;
            }
            if std::mem::take(&mut kept.is_recent) {
                self.hand.push_back((key, drawing));
            } else {
                self.take_away(&key);
                self.counts.evicted += 1;
            }
        }
    }

    fn forget_removed(&mut self) {
        if self.hand.len() > 2 * self.slots.len() + 64 {
            let slots = &self.slots;
            self.hand
                .retain(|(key, drawing)| slots.get(key).is_some_and(|(own, _)| own == drawing));
        }
    }

    pub fn count_remade(&mut self) {
        self.counts.remade += 1;
    }

    /// These counts and those of others.
    pub fn add_to(&self, sum: CacheCounts) -> CacheCounts {
        CacheCounts {
            hits: sum.hits + self.counts.hits,
            misses: sum.misses + self.counts.misses,
            stale_dropped: sum.stale_dropped + self.counts.stale_dropped,
            evicted: sum.evicted + self.counts.evicted,
            remade: sum.remade + self.counts.remade,
            entries: sum.entries + self.slots.len(),
            size_bytes: sum.size_bytes + self.counts.size_bytes,
        }
    }

    #[cfg(test)]
    pub fn hand_len(&self) -> usize {
        self.hand.len()
    }
}
