//! Địa Bạ, a cadastral land-information server for Viet Nam.
//!
//! Everything points one way: `main → cli, http → app → {ingest, store, index, tiles, share, documents} → topology → page, geometry → crs →
//! policy, domain`. The rooms in braces never import each other; `app` joins them.

pub mod app;
pub mod cli;
pub mod crs;
pub mod documents;
pub mod domain;
pub mod geometry;
pub mod http;
pub mod index;
pub mod ingest;
pub mod page;
pub mod policy;
pub mod share;
pub mod store;
pub mod tiles;
pub mod topology;
