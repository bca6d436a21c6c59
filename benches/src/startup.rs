//! How large `hello` is, and how soon it answers.

use std::{fs, process::Command, time::Instant};

use crate::{
    client::Client,
    failure::Failure,
    process::{ROUTES, Server, cargo_build, target},
};

const ROUNDS: usize = 21;

/// The profiles it is built by: the workspace's own, and one for size.
const PROFILES: [(&str, &[(&str, &str)]); 2] = [
    ("as the workspace has it", &[]),
    (
        "for size: `opt-level = \"s\"`, `lto = \"fat\"`, one codegen unit",
        &[
            ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
            ("CARGO_PROFILE_RELEASE_LTO", "fat"),
            ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
        ],
    ),
];

/// Builds `hello`, strips it, and starts it again and again.
pub(crate) fn measure() -> Result<(), Failure> {
    println!(
        "| `hello`, release, stripped | MiB | first answer, median and worst of {ROUNDS}, ms |"
    );
    println!("|---|---|---|");
    for (idx, (name, profile)) in PROFILES.into_iter().enumerate() {
        let apart = target()?.join(format!("start-{idx}"));
        let dir = apart.to_str().ok_or("the target directory is no text")?;
        let settings = [profile, &[("CARGO_PROFILE_RELEASE_STRIP", "symbols")]].concat();
        cargo_build("hello", &["--target-dir", dir], &settings)?;
        let program = apart.join("release/hello");
        let size = fs::metadata(&program)?.len() as f64 / 1_048_576.0;
        let server = Server {
            name: "hello",
            program,
            routes: ROUTES,
            is_counted: false,
        };
        let mut times = (0..ROUNDS)
            .map(|_| first_answer(&server))
            .collect::<Result<Vec<_>, _>>()?;
        times.sort_by(f64::total_cmp);
        let (median, worst) = (times[ROUNDS / 2], times[ROUNDS - 1]);
        println!("| {name} | {size:.2} | {median:.1}, {worst:.1} |");
    }
    Ok(())
}

/// Returns the milliseconds from the program's start to its first answer.
fn first_answer(server: &Server) -> Result<f64, Failure> {
    let command = Command::new(&server.program);
    let begun = Instant::now();
    let running = server.start_by(command)?;
    let mut client = Client::connect(running.addr)?;
    let answer = client.send(b"GET /ping HTTP/1.1\r\nhost: a\r\n\r\n")?;
    let time = begun.elapsed().as_secs_f64() * 1000.0;
    if answer.status != 200 {
        return Err(format!("hello answers {}", answer.status).into());
    }
    running.stop()?;
    Ok(time)
}
