//! Every race, step by step: who does what when is written down, nothing sleeps.

use super::shard::{ENTRY_BYTES, HOT_HITS};
use super::*;
use crate::page::World;
use crate::tiles::{MAX_ZOOM, MIN_ZOOM};
use futures_util::FutureExt;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::atomic::AtomicBool;

const ROOMY: usize = 1 << 20;

fn key(column: u32) -> TileKey {
    TileKey {
        id: TileId::new(16, column, 30794).unwrap(),
        audience: AudienceClass::Public,
    }
}

/// The tile of a key as it is at a position; its content says which.
fn tile(position: i64) -> Tile {
    Tile {
        packed: Packed::of(&position.to_le_bytes()),
        aggregated: 0,
        position: Position(position),
    }
}

/// A box in the middle of a key's tile.
fn middle(key: TileKey) -> WorldBox {
    let bounds = key.id.buffered();
    let at = World {
        x: u32::midpoint(bounds.min.x, bounds.max.x),
        y: u32::midpoint(bounds.min.y, bounds.max.y),
    };
    WorldBox { min: at, max: at }
}

fn edit(cache: &TileCache, position: i64, key: TileKey) {
    cache.publish(|| (Position(position), vec![middle(key)]));
}

fn vacant(cache: &Arc<TileCache>, key: TileKey) -> Place {
    match cache.look_up(key) {
        Lookup::Vacant(place) => place,
        other => panic!("{other:?}"),
    }
}

fn found(cache: &Arc<TileCache>, key: TileKey) -> Option<i64> {
    match cache.look_up(key) {
        Lookup::Found(tile) => Some(tile.position.0),
        _ => None,
    }
}

fn waiting(cache: &Arc<TileCache>, key: TileKey) -> Drawn {
    match cache.look_up(key) {
        Lookup::Drawn(drawn) => drawn,
        other => panic!("{other:?}"),
    }
}

/// What a waiter has by now.
#[derive(Debug, PartialEq, Eq)]
enum Word {
    Nothing,
    Failure,
    Tile(i64),
}

fn word(drawn: Drawn) -> Word {
    match drawn.tile().now_or_never() {
        None => Word::Nothing,
        Some(None) => Word::Failure,
        Some(Some(tile)) => Word::Tile(tile.position.0),
    }
}

#[test]
fn a_tile_is_drawn_once_for_all_who_ask_and_then_kept() {
    let (cache, _) = TileCache::new(ROOMY);
    let place = vacant(&cache, key(1));
    let (one, other) = (waiting(&cache, key(1)), waiting(&cache, key(1)));
    assert_eq!(word(one.clone()), Word::Nothing);
    place.fill(tile(7));
    assert_eq!((word(one), word(other)), (Word::Tile(7), Word::Tile(7)));
    assert_eq!(found(&cache, key(1)), Some(7));
    let counts = cache.counts();
    assert_eq!((counts.hits, counts.misses, counts.entries), (3, 1, 1));
}

#[test]
fn a_drawer_that_fails_lets_the_next_one_try() {
    let (cache, _) = TileCache::new(ROOMY);
    let place = vacant(&cache, key(1));
    let waiter = waiting(&cache, key(1));
    drop(place);
    assert_eq!(word(waiter), Word::Failure);
    vacant(&cache, key(1)).fill(tile(1));
    assert_eq!(found(&cache, key(1)), Some(1));
}

#[test]
fn an_edit_takes_away_the_touched_tile_and_no_other() {
    let (cache, _) = TileCache::new(ROOMY);
    for column in [1, 2, 3] {
        vacant(&cache, key(column)).fill(tile(1));
    }
    edit(&cache, 2, key(2));
    assert_eq!(found(&cache, key(1)), Some(1));
    assert_eq!(found(&cache, key(3)), Some(1));
    vacant(&cache, key(2)).fill(tile(2));
    assert_eq!(found(&cache, key(2)), Some(2));
}

#[test]
fn a_tile_drawn_before_an_edit_and_done_after_it_is_answered_but_not_kept() {
    let (cache, _) = TileCache::new(ROOMY);
    let place = vacant(&cache, key(1));
    let before = waiting(&cache, key(1));
    edit(&cache, 2, key(1));
    assert_eq!(place.fill(tile(1)).position, Position(1));
    assert_eq!(
        word(before),
        Word::Tile(1),
        "who asked before the edit may see what was before it"
    );
    vacant(&cache, key(1));
    assert_eq!(cache.counts().stale_dropped, 1);
}

#[test]
fn who_asks_after_an_edit_never_joins_a_drawing_begun_before_it() {
    let (cache, _) = TileCache::new(ROOMY);
    let old = vacant(&cache, key(1));
    edit(&cache, 2, key(1));
    let new = vacant(&cache, key(1));
    let waiter = waiting(&cache, key(1));
    // the old one is done first, then the new one: the old one neither answers nor ends the new one's place
    old.fill(tile(1));
    assert_eq!(word(waiter.clone()), Word::Nothing);
    new.fill(tile(2));
    assert_eq!(word(waiter), Word::Tile(2));
    assert_eq!(found(&cache, key(1)), Some(2));

    // and the other way round
    edit(&cache, 3, key(1));
    let old = vacant(&cache, key(1));
    edit(&cache, 4, key(1));
    vacant(&cache, key(1)).fill(tile(4));
    old.fill(tile(3));
    assert_eq!(found(&cache, key(1)), Some(4));
    assert_eq!(cache.counts().stale_dropped, 2);
}

#[test]
fn an_old_drawer_that_fails_leaves_the_new_place_alone() {
    let (cache, _) = TileCache::new(ROOMY);
    let old = vacant(&cache, key(1));
    edit(&cache, 2, key(1));
    let new = vacant(&cache, key(1));
    drop(old);
    let waiter = waiting(&cache, key(1));
    new.fill(tile(2));
    assert_eq!(word(waiter), Word::Tile(2));
}

#[test]
fn while_the_state_moves_on_nothing_new_is_promised_and_what_is_drawn_from_the_old_state_goes() {
    let (cache, _) = TileCache::new(ROOMY);
    vacant(&cache, key(1)).fill(tile(1));
    let mut drawn_meanwhile = None;
    cache.publish(|| {
        // the state is being exchanged: the old tile may still be answered, as what it is
        assert_eq!(found(&cache, key(1)), Some(1));
        assert_eq!(cache.position(), Position(0));
        drawn_meanwhile = Some(vacant(&cache, key(2)));
        vacant(&cache, key(3)).fill(tile(1));
        let boxes = [1, 2, 3].map(|column| middle(key(column)));
        (Position(2), boxes.to_vec())
    });
    assert_eq!(cache.position(), Position(2));
    drawn_meanwhile.unwrap().fill(tile(1));
    for column in [1, 2, 3] {
        vacant(&cache, key(column));
    }
}

#[test]
fn when_nobody_knows_what_changed_everything_goes() {
    let (cache, _) = TileCache::new(ROOMY);
    vacant(&cache, key(1)).fill(tile(1));
    let drawing = vacant(&cache, key(2));
    cache.publish_anew(|| Position(1));
    drawing.fill(tile(1));
    assert_eq!((found(&cache, key(1)), found(&cache, key(2))), (None, None));
}

#[test]
fn a_tile_asked_for_often_is_to_be_made_again_when_an_edit_takes_it_away() {
    let (cache, mut wanted) = TileCache::new(ROOMY);
    for column in [1, 2] {
        vacant(&cache, key(column)).fill(tile(1));
    }
    for _ in 0..HOT_HITS {
        found(&cache, key(1));
    }
    edit(&cache, 2, key(1));
    edit(&cache, 2, key(2));
    assert_eq!(wanted.try_recv(), Ok(key(1)));
    assert!(wanted.try_recv().is_err(), "the other was not asked for");
    let place = cache.reclaim(key(1)).unwrap();
    assert!(cache.reclaim(key(1)).is_none(), "one is enough");
    place.fill(tile(2));
    let before = cache.counts();
    assert_eq!((before.remade, before.misses), (1, 2));
    assert_eq!(found(&cache, key(1)), Some(2));
    edit(&cache, 3, key(1));
    assert!(
        wanted.try_recv().is_err(),
        "its popularity was of the old tile"
    );
}

#[test]
fn waiting_counts_as_asking() {
    let (cache, mut wanted) = TileCache::new(ROOMY);
    let place = vacant(&cache, key(1));
    let waiters: Vec<_> = (0..HOT_HITS).map(|_| waiting(&cache, key(1))).collect();
    place.fill(tile(1));
    drop(waiters);
    edit(&cache, 2, key(1));
    assert_eq!(wanted.try_recv(), Ok(key(1)));
}

#[test]
fn bytes_stay_within_their_bound_and_what_is_asked_for_stays_longest() {
    let of_kilobyte = |position: i64| Tile {
        packed: Packed {
            gzip: vec![0; 1024 - ENTRY_BYTES].into(),
            etag: String::new(),
            unpacked_bytes: 0,
        },
        aggregated: 0,
        position: Position(position),
    };
    let (cache, _) = TileCache::new(10 * 1024);
    for column in 0..100 {
        found(&cache, key(0));
        let Lookup::Vacant(place) = cache.look_up(key(column)) else {
            continue;
        };
        place.fill(of_kilobyte(1));
        assert!(cache.counts().size_bytes <= 10 * 1024);
    }
    let counts = cache.counts();
    assert_eq!((counts.entries, counts.size_bytes), (10, 10 * 1024));
    assert_eq!(counts.evicted, 90);
    assert_eq!(found(&cache, key(0)), Some(1));
    assert_eq!(found(&cache, key(50)), None);
}

#[test]
fn a_cache_of_no_bytes_keeps_nothing_but_still_draws_once_for_all_who_wait() {
    let (cache, _) = TileCache::new(0);
    let place = vacant(&cache, key(1));
    let waiter = waiting(&cache, key(1));
    place.fill(tile(1));
    assert_eq!(word(waiter), Word::Tile(1));
    vacant(&cache, key(1));
    assert_eq!((cache.counts().size_bytes, cache.counts().evicted), (0, 0));
}

#[test]
fn the_order_of_eviction_does_not_grow_with_edits() {
    let (cache, _) = TileCache::new(ROOMY);
    for position in 1..10_000 {
        vacant(&cache, key(1)).fill(tile(position));
        edit(&cache, position, key(1));
    }
    let remembered = locked(&cache.shards[0]).hand_len();
    assert!(remembered < 100, "{remembered}");
}

/// Readers and a publisher as fast as they can: whatever anybody sees is at least what was published before they asked.
#[test]
fn readers_never_see_less_than_what_was_published_before_they_asked() {
    const EDITS: i64 = 3000;
    let (cache, _) = TileCache::new(ROOMY);
    let state = AtomicI64::new(0);
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    let promised = cache.position();
                    let seen = match cache.look_up(key(1)) {
                        Lookup::Found(tile) => Some(tile),
                        Lookup::Drawn(drawn) => drawn.tile().now_or_never().flatten(),
                        Lookup::Vacant(place) => {
                            let position = state.load(Ordering::SeqCst);
                            std::thread::yield_now();
                            Some(place.fill(tile(position)))
                        }
                    };
                    assert!(seen.is_none_or(|tile| tile.position >= promised));
                }
            });
        }
        for position in 1..=EDITS {
            cache.publish(|| {
                state.store(position, Ordering::SeqCst);
                (Position(position), vec![middle(key(1))])
            });
        }
        is_over.store(true, Ordering::Relaxed);
    });
    assert_eq!(cache.position(), Position(EDITS));
}

proptest! {
    /// By listing or by asking all, an edit takes away exactly the tiles whose buffered box it meets.
    #[test]
    fn what_goes_is_what_is_touched(
        tiles in prop::collection::btree_set((MIN_ZOOM..=MAX_ZOOM, 0_u32..6, 0_u32..6), 1..80),
        corner in (0_u32..80_000, 0_u32..80_000), sides in (0_u32..40_000, 0_u32..40_000), boxes in 1_usize..3,
    ) {
        const ORIGIN: (u32, u32) = (3_420_000_000, 2_018_000_000);
        let key = |(zoom, column, row): (u32, u32, u32)| {
            let tile = |unit: u32| unit.checked_shr(32 - zoom).unwrap_or(0);
            let id = TileId::new(zoom, tile(ORIGIN.0) + column, tile(ORIGIN.1) + row).ok()?;
            Some(TileKey { id, audience: AudienceClass::Public })
        };
        let keys: Vec<TileKey> = tiles.into_iter().filter_map(key).collect();
        let min = World { x: ORIGIN.0 + corner.0, y: ORIGIN.1 + corner.1 };
        let touched = WorldBox { min, max: World { x: min.x + sides.0, y: min.y + sides.1 } };
        let (cache, _) = TileCache::new(ROOMY);
        for key in &keys {
            vacant(&cache, *key).fill(tile(1));
        }
        cache.publish(|| (Position(2), vec![touched; boxes]));
        let left: BTreeSet<usize> = (0..keys.len()).filter(|place| found(&cache, keys[*place]).is_some()).collect();
        let untouched = (0..keys.len()).filter(|place| !keys[*place].id.buffered().meets(touched)).collect();
        prop_assert_eq!(left, untouched);
    }
}
