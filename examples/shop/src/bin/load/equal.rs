//! The shop with one priority for all requests, as a comparison.

use std::collections::BTreeMap;

use highball::{middleware::Csrf, prelude::*};
use highball_db::Conn;
use shop::{Catalogue, Orders, database::Shop, sales, signed_in};

/// The report with the priority of an order.
#[get("/office/report", priority = critical, timeout = secs(10), with(signed_in))]
async fn report(mut shop: Conn<'_, Shop>) -> highball::Result<Json<BTreeMap<i64, i64>>> {
    Ok(Json(sales(&mut shop).await?))
}

/// The routes of a measurement.
#[routes(app, with(Csrf::new(), highball_session::sessions))]
pub(crate) struct Equal(Catalogue, Orders, report);
