//! Parameters of the query.

use axum::{Json, extract};
use axum_extra::extract::{Form, Query};
use axum_valid::Valid;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};
use validator::Validate;

use crate::{AppState, types::Color};

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(filter))
        .routes(routes!(range))
        .routes(routes!(form_of_get))
}

/// A filter.
#[derive(Debug, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only of this color.
    color: Option<Color>,
    #[serde(default)]
    tag: Vec<String>,
    limit: Option<u8>,
    exact: Option<bool>,
}

/// A filter that has to be complete.
#[derive(Debug, Serialize, Deserialize, IntoParams, ToSchema, Validate)]
#[into_params(parameter_in = Query)]
struct Range {
    #[validate(range(min = 1, max = 50))]
    #[param(minimum = 1, maximum = 50)]
    first: u32,
    #[validate(length(min = 2, max = 8))]
    #[param(min_length = 2, max_length = 8)]
    name: String,
}

#[utoipa::path(
    get,
    path = "/filter",
    params(Filter),
    responses((status = 200, description = "The filter", body = Filter))
)]
async fn filter(Query(filter): Query<Filter>) -> Json<Filter> {
    Json(filter)
}

#[utoipa::path(
    get,
    path = "/range",
    params(Range),
    responses((status = 200, description = "The filter", body = Range))
)]
async fn range(Valid(extract::Query(range)): Valid<extract::Query<Range>>) -> Json<Range> {
    Json(range)
}

#[utoipa::path(
    get,
    path = "/form",
    params(Filter),
    responses((status = 200, description = "The filter", body = Filter))
)]
async fn form_of_get(Form(filter): Form<Filter>) -> Json<Filter> {
    Json(filter)
}
