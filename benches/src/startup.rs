//! Measures the size of `hello` and the time to its first response.

use std::{fs, process::Command, time::Instant};

use crate::{
    client::Client,
    failure::Failure,
    process::{ROUTES, Server, cargo_build, target},
};

const ROUNDS: usize = 21;

/// The build profiles: the one of the workspace, and one that is optimized for size.
const PROFILES: [(&str, &[(&str, &str)]); 2] = [
    ("profile of the workspace", &[]),
    (
        "optimized for size: `opt-level = \"s\"`, `lto = \"fat\"`, one codegen unit",
        &[
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
            ("CARGO_PROFILE_RELEASE_LTO", "fat"),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
        ],
    ),
];

/// Builds `hello`, strips it, and starts it repeatedly.
pub(crate) fn measure() -> Result<(), Failure> {
    println!(
        "| `hello`, release, stripped | MiB | first response, median and maximum of {ROUNDS}, ms |"
    );
    println!("|---|---|---|");
    for (idx, (name, profile)) in PROFILES.into_iter().enumerate() {
        let own_target = target()?.join(format!("start-{idx}"));
        let dir = own_target
            .to_str()
            .ok_or("the path of the target directory is not UTF-8")?;
        let settings = [profile, &[("CARGO_PROFILE_RELEASE_STRIP", "symbols")]].concat();
        cargo_build("hello", &["--target-dir", dir], &settings)?;
        let program = own_target.join("release/hello");
        let size = fs::metadata(&program)?.len() as f64 / 1_048_576.0;
        let server = Server {
            name: "hello",
            program,
            routes: ROUTES,
            is_counted: false,
        };
        let mut times = (0..ROUNDS)
            .map(|_| time_to_first_response(&server))
            .collect::<Result<Vec<_>, _>>()?;
        times.sort_by(f64::total_cmp);
        let (median, worst) = (times[ROUNDS / 2], times[ROUNDS - 1]);
        println!("| {name} | {size:.2} | {median:.1}, {worst:.1} |");
    }
    Ok(())
}

/// Returns the milliseconds from the start of the program to its first response.
fn time_to_first_response(server: &Server) -> Result<f64, Failure> {
    let command = Command::new(&server.program);
    let started = Instant::now();
    let running = server.start_by(command)?;
    let mut client = Client::connect(running.addr)?;
    let response = client.send(b"GET /ping HTTP/1.1\r\nhost: a\r\n\r\n")?;
    let time = started.elapsed().as_secs_f64() * 1000.0;
    if response.status != 200 {
        return Err(format!("hello responds with {}", response.status).into());
    }
    running.stop()?;
    Ok(time)
}
