//! OGC API: one file per building block.

mod collections;
mod common;
mod features;
mod link;
mod outlines;
mod tile_matrix_sets;
mod tilesets;

pub use link::Origin;

use super::Server;
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The resources under `/ogc`.
pub fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(common::landing_page))
        .route("/ogc/", get(common::landing_page))
        .routes(routes!(common::conformance))
        .routes(routes!(tile_matrix_sets::tile_matrix_sets))
        .routes(routes!(tile_matrix_sets::web_mercator_quad))
        .routes(routes!(tilesets::tilesets))
        .routes(routes!(tilesets::tileset))
        .routes(routes!(tilesets::tile))
        .routes(routes!(collections::collections))
        .routes(routes!(collections::collection))
        .routes(routes!(features::items))
        .routes(routes!(features::item))
}
