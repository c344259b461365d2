//! The whole program against a real PostgreSQL with PostGIS: files in, answers out.
//!
//! Expected values come from the law, from hand calculation, from the source files, or from another program (GDAL, PostGIS).

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "in a test a surprise is a failure"
)]

mod amends;
mod api;
mod architecture;
mod archive;
mod as_of;
mod bad_input;
mod cache;
mod certificates;
mod chain;
mod datum;
mod demonstration;
mod desk;
mod documents;
mod door;
mod dossier;
mod events;
mod features;
mod feed;
mod history;
mod land;
mod lineage;
mod lists;
mod memory;
mod ogc;
mod operations;
mod outside;
mod paper_state;
mod portal;
mod privacy;
mod problems;
mod reload;
mod renumber;
mod rights;
mod rules;
mod sheets;
mod signing;
mod support;
mod tiles;
mod two_servers;
mod waiting;
