//! The same app in actix-web.

use std::sync::atomic::Ordering::Relaxed;

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    middleware::{Next, from_fn},
    test,
    web::{self, get},
};

use crate::fixture::{RUNS, ready};

async fn count(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    RUNS.fetch_add(1, Relaxed);
    next.call(request).await
}

async fn ok() -> &'static str {
    "ok"
}

macro_rules! wrapped {
    ($resource:expr $(, $count:ident)*) => { $resource$(.wrap(from_fn($count)))* };
}

pub(crate) fn serve(depth: usize, requests: u64) {
    let path = format!("/{depth}");
    let resource = |depth: usize| web::resource(format!("/{depth}")).route(get().to(ok));
    let app = App::new()
        .service(wrapped!(resource(0)))
        .service(wrapped!(resource(1), count))
        .service(wrapped!(resource(5), count, count, count, count, count))
        .service(wrapped!(
            resource(10),
            count,
            count,
            count,
            count,
            count,
            count,
            count,
            count,
            count,
            count
        ));
    let app = ready(test::init_service(app));
    for _ in 0..requests {
        let request = test::TestRequest::get().uri(&path).to_request();
        let response = ready(test::call_service(&app, request));
        assert_eq!(response.status(), 200);
    }
}
