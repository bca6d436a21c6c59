use highball::{http::Request, prelude::*};
use tower_service::Service;

struct Named;

#[derive(Clone)]
struct Names<S>(S);

impl<S> tower_layer::Layer<S> for Named {
    type Service = Names<S>;

    fn layer(&self, inner: S) -> Names<S> {
        Names(inner)
    }
}

impl<S: Service<Request<String>>> Service<Request<String>> for Names<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(
        &mut self,
        task: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), S::Error>> {
        self.0.poll_ready(task)
    }

    fn call(&mut self, request: Request<String>) -> S::Future {
        self.0.call(request)
    }
}

#[get("/", with(layer(Named)))]
async fn home() {}

#[routes(app)]
struct Api(home);

fn main() {
    let _ = highball::serve(Api).state(());
}
