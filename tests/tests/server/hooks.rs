//! Hooks at start and shutdown, and the health routes.

use std::{
    future::Future,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst},
    },
};

use highball::{
    Error,
    middleware::{millis, secs},
    tokio,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::{Server, ask, bound, connect};

#[tokio::test]
async fn hooks_run_in_order_around_the_requests() {
    let (listener, addr) = bound().await;
    let said: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let say = |word: &'static str| {
        let said = Arc::clone(&said);
        async move {
            tokio::task::yield_now().await;
            said.lock().expect("no panic").push(word);
            Ok(())
        }
    };
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .on_start("one", secs(1), say("one"))
            .on_start("two", secs(1), say("two"))
            .on_stop("three", secs(1), say("three"))
            .on_stop("four", secs(1), say("four"))
    });
    ask(connect(addr).await, b"", "/ping").await;
    assert_eq!(*said.lock().expect("no panic"), ["one", "two"]);
    server.stop().await.expect("it served");
    assert_eq!(
        *said.lock().expect("no panic"),
        ["one", "two", "three", "four"]
    );
}

async fn check_start(hook: impl Future<Output = highball::Result> + Send + 'static, message: &str) {
    let (listener, addr) = bound().await;
    let ran = Arc::new(AtomicUsize::new(0));
    let after = Arc::clone(&ran);
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .on_start("database", millis(50), hook)
            .on_start("after", secs(1), async move {
                after.fetch_add(1, SeqCst);
                Ok(())
            })
    });
    let error = server.ended().await.expect_err("it must not run");
    assert_eq!(error.to_string(), message);
    assert_eq!(ran.load(SeqCst), 0);
    assert!(
        TcpStream::connect(addr).await.is_err(),
        "it listens no more"
    );
}

#[tokio::test]
async fn failing_start_hook_is_returned() {
    check_start(
        async { Err(Error::new("no password")) },
        "the start hook `database` failed: no password",
    )
    .await;
    check_start(
        async { std::panic::resume_unwind(Box::new("stop")) },
        "the start hook `database` panicked",
    )
    .await;
    check_start(
        async {
            std::future::pending::<()>().await;
            Ok(())
        },
        "the start hook `database` took longer than 50ms",
    )
    .await;
}

#[tokio::test]
async fn shutdown_during_start_is_handled() {
    let server = Server::start(|serve| {
        serve
            .listen(SocketAddr::from(([127, 0, 0, 1], 0)))
            .on_start("for ever", secs(3600), std::future::pending())
    });
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn failing_stop_hook_does_not_block_others() {
    let ran = Arc::new(AtomicBool::new(false));
    let after = Arc::clone(&ran);
    let (listener, _) = bound().await;
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .on_stop("flush", secs(1), async { Err(Error::new("disk full")) })
            .on_stop("after", secs(1), async move {
                after.store(true, SeqCst);
                Ok(())
            })
    });
    let error = server.stop().await.expect_err("a hook failed");
    assert_eq!(error.to_string(), "the stop hook `flush` failed: disk full");
    assert!(ran.load(SeqCst));
}

#[tokio::test]
async fn readiness_depends_on_the_checks() {
    let (listener, addr) = bound().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .check("good", secs(1), move || {
                counted.fetch_add(1, SeqCst);
                async { Ok(()) }
            })
            .check("secret host", secs(1), || async {
                Err(Error::new("10.0.0.9 refuses the password `x`"))
            })
            .check("slow", millis(20), || async {
                sleep(secs(60)).await;
                Ok(())
            })
    });
    let body = ask(connect(addr).await, b"", "/readyz").await;
    let expected =
        r#"{"checks":{"good":"ok","secret host":"failed","slow":"failed"},"status":"not ready"}"#;
    assert_eq!(body, expected);
    for _ in 0..5 {
        ask(connect(addr).await, b"", "/readyz").await;
    }
    assert_eq!(
        calls.load(SeqCst),
        1,
        "frequent probes do not run the checks more often"
    );
    assert_eq!(
        ask(connect(addr).await, b"", "/livez").await,
        r#"{"status":"alive"}"#
    );
    server.stop().await.expect("it served");
}

#[tokio::test]
async fn a_failed_optional_check_degrades_a_ready_server() {
    let check = |passes: bool| {
        move || async move { passes.then_some(()).ok_or_else(|| Error::new("it is down")) }
    };
    for (database, cache, status, expected) in [
        (
            true,
            true,
            "200",
            r#"{"checks":{"cache":"ok","database":"ok"},"status":"ready"}"#,
        ),
        (
            true,
            false,
            "200",
            r#"{"checks":{"cache":"degraded","database":"ok"},"status":"degraded"}"#,
        ),
        (
            false,
            false,
            "503",
            r#"{"checks":{"cache":"degraded","database":"failed"},"status":"not ready"}"#,
        ),
    ] {
        let (listener, addr) = bound().await;
        let server = Server::start(|serve| {
            serve
                .listen(listener)
                .optional_check("cache", secs(1), check(cache))
                .check("database", secs(1), check(database))
        });
        let mut stream = connect(addr).await;
        let request = b"GET /readyz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.expect("it is sent");
        let mut response = String::new();
        stream
            .read_to_string(&mut response)
            .await
            .expect("it responds");
        assert!(
            response.starts_with(&format!("HTTP/1.1 {status} ")),
            "{response}"
        );
        assert!(response.ends_with(expected), "{response}");
        server.stop().await.expect("it served");
    }
}

#[tokio::test]
async fn two_checks_of_one_name_are_refused() {
    let (listener, _) = bound().await;
    let server = Server::start(|serve| {
        serve
            .listen(listener)
            .check("database", secs(1), || async { Ok(()) })
            .optional_check("database", secs(1), || async { Ok(()) })
    });
    let error = server.stop().await.expect_err("it does not start");
    let expected =
        "two checks of readiness have the name `database`; give one of them another name";
    assert_eq!(error.to_string(), expected);
}

#[tokio::test]
async fn checks_continue_after_the_probe_disconnects() {
    let (listener, addr) = bound().await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let server = Server::start(|serve| {
        serve.listen(listener).check("slow", secs(5), move || {
            counted.fetch_add(1, SeqCst);
            async {
                sleep(millis(300)).await;
                Ok(())
            }
        })
    });
    // Probes that time out before the check has ended.
    for _ in 0..5 {
        let mut stream = connect(addr).await;
        let request = b"GET /readyz HTTP/1.1\r\nhost: a\r\n\r\n";
        stream.write_all(request).await.expect("it is sent");
        sleep(millis(30)).await;
    }
    let body = ask(connect(addr).await, b"", "/readyz").await;
    assert_eq!(body, r#"{"checks":{"slow":"ok"},"status":"ready"}"#);
    assert_eq!(calls.load(SeqCst), 1, "the first run went on");
    server.stop().await.expect("it served");
}
