//! The URLs of the machine's servers, and what is printed without them. Each test runs this test program again, with
//! other variables.

use std::env;
use std::process::{Command, Output};

use highball_faults::{Backend, Server, url_of};

/// Runs one of the tests below in a test program with no variables but these.
fn run(test: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", test, "--test-threads=1"]);
    command.env_clear().env("HIGHBALL_FAULTS_CHILD", "1");
    command.envs(variables.iter().copied());
    command.output().unwrap()
}

fn is_child() -> bool {
    env::var_os("HIGHBALL_FAULTS_CHILD").is_some()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn url_is_that_of_the_variable() {
    if is_child() {
        assert_eq!(url_of(Backend::Redis).as_deref(), Some("redis://example/"));
        return;
    }
    let test = "backends::url_is_that_of_the_variable";
    let output = run(test, &[("HIGHBALL_TEST_REDIS", "redis://example/")]);
    assert!(output.status.success());
    assert_eq!(stderr(&output), "");
}

#[test]
fn missing_variable_is_reported_once() {
    if is_child() {
        for _ in 0..3 {
            assert_eq!(url_of(Backend::Postgres), None);
            assert_eq!(url_of(Backend::Amqp), None);
        }
        return;
    }
    let output = run("backends::missing_variable_is_reported_once", &[]);
    assert!(output.status.success());
    assert_eq!(
        stderr(&output),
        "kit: the tests with PostgreSQL are left out, from `backends::missing_variable_is_reported_once` on; \
         HIGHBALL_TEST_POSTGRES=postgres://user:password@localhost/database runs them\n\
         kit: the tests with RabbitMQ are left out, from `backends::missing_variable_is_reported_once` on; \
         HIGHBALL_TEST_AMQP=amqp://user:password@localhost/vhost runs them\n"
    );
}

#[test]
fn missing_variable_fails_where_backends_are_required() {
    if is_child() {
        url_of(Backend::Postgres);
        return;
    }
    let test = "backends::missing_variable_fails_where_backends_are_required";
    let output = run(test, &[("HIGHBALL_TEST_BACKENDS", "required")]);
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("HIGHBALL_TEST_POSTGRES=postgres://"));
}

#[tokio::test]
async fn missing_program_is_reported_once() {
    if !is_child() {
        let test = "backends::missing_program_is_reported_once";
        // Without `PATH`, Debian's program is not found.
        let output = run(test, &[]);
        assert!(output.status.success());
        assert_eq!(
            stderr(&output),
            "kit: the tests with Redis are left out, from `backends::missing_program_is_reported_once` on; \
             `apt-get install redis-server` or `.ci/backends` installs it\n"
        );
        return;
    }
    for _ in 0..2 {
        assert!(Server::redis().start_or_skip().await.is_none());
    }
    let missing = Server::redis()
        .start()
        .await
        .expect_err("it should be missing");
    assert!(missing.to_string().starts_with("Redis is not available: "));
}
