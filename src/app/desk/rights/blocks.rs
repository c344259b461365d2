//! Blocks are laid and lifted.

use super::Scene;
use super::registry::BlockByName;
use super::tenure::{Mark, Stop};
use crate::domain::{Block, LayBlock, Part, Unblock, tidy_number, tidy_text};

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

    /// A block is lifted where it was laid: on the parcel or on what that came from, on a certificate, on a person.
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
            let stops = piece.tenure.stops.iter();
            let laid: Vec<_> = stops
                .filter(|stop| stop.mark == Mark::Known(asked.block))
                .filter_map(|stop| stop.laid_on)
                .collect();
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
}
