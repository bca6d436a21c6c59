//! The pool in a Highball app.
#![cfg(feature = "highball")]

mod common;

use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use common::check;
use highball::{
    battery::{Battery, Hooks, Registry},
    prelude::*,
};
use highball_object_pool::ObjectPool;
use tokio::{net::TcpListener, sync::oneshot};

#[derive(State)]
struct AppState {
    texts: ObjectPool<String>,
}

#[get("/length/{word}")]
async fn length(texts: State<ObjectPool<String>>, word: &str) -> Result<String, Rejection> {
    let mut text = texts.take_within(Duration::ZERO).await?;
    assert!(word != "panic", "on purpose");
    text.push_str(word);
    Ok(text.len().to_string())
}

#[routes(app)]
struct Api(length);

fn texts() -> ObjectPool<String> {
    ObjectPool::builder(2, String::new)
        .reset(|text| {
            text.clear();
            true
        })
        .min(1)
        .name("texts")
        .build()
}

#[tokio::test]
async fn handlers_share_the_objects() {
    let texts = texts();
    let client = Api
        .test()
        .state(AppState {
            texts: texts.clone(),
        })
        .start();
    for _ in 0..3 {
        assert_eq!(client.get("/length/four").send().await.text(), "4");
    }
    check(&texts, 1, 0, 0);
    assert_eq!(texts.stats().made, 1);
}

#[tokio::test]
async fn busy_or_closed_pool_is_a_503_and_a_broken_one_a_500() {
    let texts = texts();
    let client = Api
        .test()
        .state(AppState {
            texts: texts.clone(),
        })
        .start();
    let objects = (texts.try_take().unwrap(), texts.try_take().unwrap());
    assert_eq!(client.get("/length/four").send().await.status(), 503);
    drop(objects);
    texts.close();
    assert_eq!(client.get("/length/four").send().await.status(), 503);
    let texts = ObjectPool::try_builder(1, || Err("no disk")).build();
    let response = Api
        .test()
        .state(AppState { texts })
        .get("/length/four")
        .send()
        .await;
    assert_eq!(response.status(), 500);
    assert!(!response.text().contains("no disk"));
}

#[tokio::test]
async fn panic_of_a_handler_discards_its_object() {
    let texts = texts();
    let client = Api
        .test()
        .state(AppState {
            texts: texts.clone(),
        })
        .start();
    assert_eq!(client.get("/length/panic").send().await.status(), 500);
    check(&texts, 0, 0, 0);
    assert_eq!(client.get("/length/four").send().await.status(), 200);
}

/// A battery that reads what others have registered.
struct Reads(Arc<Mutex<Registry>>);

impl Battery for Reads {
    fn name(&self) -> String {
        "reads".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        *self.0.lock().unwrap() = hooks.registry();
    }
}

#[tokio::test]
async fn server_has_warm_pools_and_closes_them() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (texts, numbers) = (texts(), ObjectPool::builder(3, || 7_u8).min(3).build());
    let registry = Arc::new(Mutex::new(Registry::default()));
    let (started, has_started) = oneshot::channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = highball::serve(Api)
        .state(AppState {
            texts: texts.clone(),
        })
        .install(texts.clone())
        .install(numbers.clone())
        .install(Reads(Arc::clone(&registry)))
        .on_start("test", Duration::from_secs(60), async move {
            let _ = started.send(());
            Ok(())
        })
        .listen(listener)
        .quiet()
        .stop(async { drop(stopped.await) });
    let server = tokio::spawn(serving.into_future());
    has_started.await.unwrap();
    check(&texts, 1, 0, 0);
    check(&numbers, 3, 0, 0);
    let gauges = registry.lock().unwrap().gauges();
    let idle = gauges
        .iter()
        .filter(|gauge| gauge.name() == "object_pool_idle");
    assert_eq!(
        idle.map(|gauge| gauge.read()).collect::<Vec<_>>(),
        [1.0, 3.0]
    );
    let rows = registry.lock().unwrap().rows();
    assert_eq!(rows[0].text(), "0 in use, 1 idle, 0 calls wait, at most 2");
    drop(stop);
    server.await.unwrap().unwrap();
    check(&texts, 0, 0, 0);
    assert!(texts.try_take().is_err());
}

#[tokio::test]
async fn server_does_not_start_if_an_object_cannot_be_made() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let broken = ObjectPool::<u8>::async_builder(1, async || Err(io::Error::other("no disk")))
        .min(1)
        .name("models")
        .build();
    let serving = highball::serve(Api)
        .state(AppState { texts: texts() })
        .install(broken)
        .listen(listener)
        .quiet();
    let error = serving.await.unwrap_err();
    assert!(format!("{error:?}").contains("no disk"), "{error:?}");
}
