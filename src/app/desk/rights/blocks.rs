//! Blocks are laid and lifted.

use super::Scene;
use super::registry::BlockByName;
use super::tenure::{Mark, Stop, lies_on};
use crate::app::desk::piece::Piece;
use crate::domain::{Block, BlockId, LayBlock, ParcelId, Part, Unblock, tidy_number, tidy_text};
use std::collections::BTreeSet;

impl Scene<'_, '_> {
    /// An agency's letter stops what its flags say, on parcels, a certificate or a person.
    pub(super) fn block(&mut self, asked: &LayBlock) {
        self.check_document(&asked.letter);
        let names = self.names();
        if !asked.stops.is_any() {
            let detail = "the block stops nothing: set issuing, transactions or changes";
            self.registry
                .error("block-stops-nothing", names.clone(), detail);
            return;
        }
        if asked
            .until
            .is_some_and(|until| until <= self.registry.books.today)
        {
            let detail = "it would have ended already";
            self.registry.error("end-in-past", names.clone(), detail);
            return;
        }
        let Some(agency) = asked.letter.signed_by.clone() else {
            let detail = "the letter does not say whose it is";
            self.registry.error("agency-missing", names, detail);
            return;
        };
        if self.acted.is_empty() && asked.certificate.is_none() && asked.person.is_none() {
            let detail = "it names no parcel, certificate or person";
            self.registry.error("block-without-target", names, detail);
            return;
        }
        let terms = Block {
            stops: asked.stops,
            letter_no: asked.letter.number.clone(),
            agency,
            reason: asked.reason.clone(),
            until: asked.until,
            part: Part::default(),
        };
        self.block_by_name(asked, &terms);
        if self.acted.is_empty() {
            return;
        }
        let (_, _, made) = &mut self.registry.made;
        *made += 1;
        let mark = Mark::New(*made - 1);
        for place in self.acted {
            let Some(part) = self.part(&asked.part, *place) else {
                continue;
            };
            if let Some(piece) = self.pieces.get_mut(*place) {
                piece.tenure.stops.push(Stop {
                    mark,
                    laid_on: None,
                    terms: Block {
                        part,
                        ..terms.clone()
                    },
                });
            }
        }
    }

    fn block_by_name(&mut self, asked: &LayBlock, terms: &Block) {
        if let Some(serial) = &asked.certificate {
            if self.registry.paper(serial).is_none() {
                let detail = format!("the register has no certificate {serial}");
                self.registry
                    .error("certificate-not-there", Vec::new(), detail);
            }
            self.registry.new_blocks.push(BlockByName {
                serial: Some(serial.clone()),
                person: None,
                terms: terms.clone(),
            });
        }
        if let Some(person) = &asked.person {
            let name = tidy_text(&person.name);
            if name.is_empty() {
                let detail = "a block on a person says the name";
                self.registry.error("party-nameless", Vec::new(), detail);
            }
            let number = person.personal_no.as_deref().map(tidy_number);
            self.registry.new_blocks.push(BlockByName {
                serial: None,
                person: Some((name, number.filter(|number| !number.is_empty()))),
                terms: terms.clone(),
            });
        }
    }

    /// A block is lifted where it was laid: on the parcel or on what that came from, on a certificate, on a person. It is lifted from all
    /// that it acts on or from nothing: nobody frees land that is not named, and that nobody has looked at.
    pub(super) fn unblock(&mut self, asked: &Unblock) {
        self.check_document(&asked.letter);
        if self.acted.is_empty() {
            let blocks = &self.registry.books.blocks;
            if blocks.iter().any(|block| block.block_id == asked.block) {
                self.registry.lifted_by_name.insert(asked.block);
            } else {
                let detail = format!("block {} lies on no certificate or person", asked.block);
                self.registry.error("block-not-there", Vec::new(), detail);
            }
        }
        let mut lifted = Vec::new();
        for place in self.acted {
            let Some(piece) = self.pieces.get(*place) else {
                continue;
            };
            let laid = laid_on(piece, asked.block);
            if laid.is_empty() {
                let detail = format!(
                    "no block {} lies on it or on what it came from",
                    asked.block
                );
                self.registry
                    .error("block-not-there", vec![piece.name()], detail);
            }
            lifted.extend(laid);
        }
        let others = self.also_blocked(asked.block, &lifted);
        if !others.is_empty() {
            let detail = format!(
                "block {} lies on {} too: name that with it, and lay the block anew where it is to stay",
                asked.block,
                others.join(", ")
            );
            self.registry.error("block-lies-on-others", others, detail);
            return;
        }
        for piece in self.pieces.iter_mut() {
            piece.tenure.stops.retain(|stop| {
                stop.mark != Mark::Known(asked.block)
                    || !stop
                        .laid_on
                        .is_some_and(|laid_on| lifted.contains(&laid_on))
            });
        }
        let pairs = lifted.into_iter().map(|laid_on| (laid_on, asked.block));
        self.registry.lifted.extend(pairs);
    }

    /// What else a block that was laid on some parcels acts on: other parcels of the list, and parcels of the register that the list does
    /// not name.
    fn also_blocked(&self, block: BlockId, lifted: &[ParcelId]) -> Vec<String> {
        let is_of_list = |(place, piece): &(usize, &Piece<'_>)| {
            let is_there = !piece.is_gone && piece.ends.is_none();
            let mut laid_on = laid_on(piece, block).into_iter();
            is_there && !self.acted.contains(place) && laid_on.any(|id| lifted.contains(&id))
        };
        let pieces = self.pieces.iter().enumerate().filter(is_of_list);
        let mut others: Vec<String> = pieces.map(|(_, piece)| piece.name()).collect();
        let held = self.pieces.iter().filter_map(|piece| piece.held);
        let blocks = held.clone().flat_map(|held| &held.blocks);
        let blocks = blocks.filter(|held| held.block_id == block);
        let heirs: BTreeSet<ParcelId> = blocks
            .filter(|held| lifted.contains(&held.parcel_id))
            .flat_map(|held| held.acts_on.iter().copied())
            .collect();
        // Of those beside no blocks are read.
        let is_named = |id: &ParcelId| {
            let mut held = held.clone();
            held.any(|held| held.parcel_id == *id && !held.blocks.is_empty())
        };
        let name = |id: ParcelId| {
            let mut held = held.clone();
            let beside = held.find(|held| held.parcel_id == id);
            beside.map_or_else(|| id.to_string(), |held| Piece::of(held).name())
        };
        let unnamed = heirs.into_iter().filter(|id| !is_named(id));
        others.extend(unnamed.map(name));
        others
    }
}

/// The parcels of the register on which a block was laid that lies on a parcel.
fn laid_on(piece: &Piece<'_>, block: BlockId) -> Vec<ParcelId> {
    let stops = piece.tenure.stops.iter();
    stops
        .filter(|stop| stop.mark == Mark::Known(block))
        .filter(|stop| lies_on(&stop.terms.part, &piece.boundary))
        .filter_map(|stop| stop.laid_on)
        .collect()
}
