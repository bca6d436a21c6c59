//! A rolling update under load, and the comparison of all counts.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Options;
use crate::balancer::Balancer;
use crate::generators::{Generators, counts, responses};
use crate::instance::{Instance, PORT};
use crate::network::{self, Host};

/// The numbers of the first instance and the first generator.
const INSTANCES: u8 = 10;
const GENERATORS: u8 = 100;

/// Runs the load and the update. Returns the counts of both sides.
pub(crate) fn run(options: &Options) -> Result<Value, String> {
    let largest = usize::from(GENERATORS - INSTANCES) - 1;
    if options.instances == 0 || options.instances > largest || options.generators > largest {
        return Err(format!(
            "there can be 1 to {largest} instances, and as many generators"
        ));
    }
    let program = sibling(options.instance.as_ref(), "instance")?;
    let load = sibling(options.load.as_ref(), "highball-load")?;
    let delay = Duration::from_millis(options.delay);

    // One slot more than instances: the new instance is ready before the old one stops.
    let slots = hosts("i", INSTANCES, options.instances + 1);
    let senders = hosts("g", GENERATORS, options.generators);
    let front = Host::new("lb", 2);
    network::create(slots.iter().chain(&senders).chain([&front]))?;
    let own = std::env::var(crate::INSIDE).unwrap_or_default();
    let folder = std::env::temp_dir().join(format!("highball-topology-{own}"));
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;

    let start = |slot: usize| Instance::start(&program, slot, &slots[slot], delay);
    let mut running = (0..options.instances)
        .map(start)
        .collect::<Result<Vec<_>, _>>()?;
    let balancer = Balancer::start(&folder, &front, &slots, options.layer)?;
    balancer.wait_for(&ready(&running))?;

    let balanced = format!("http://{}", front.address);
    let targets: Vec<String> = (0..options.generators)
        .map(|number| match options.direct {
            true => format!(
                "http://{}:{PORT}",
                slots[number % options.instances].address
            ),
            false => balanced.clone(),
        })
        .collect();
    let generators = Generators::start(&load, &folder, &senders, &targets, options)?;
    generators.wait_for_begin();

    let mut served = Vec::new();
    let mut noticed = Vec::new();
    let mut spare = options.instances;
    for _ in 0..options.restarts {
        running.push(start(spare)?);
        balancer.wait_for(&ready(&running))?;
        let old = running.remove(0);
        spare = old.slot;
        old.terminate()?;
        let begin = Instant::now();
        balancer.wait_for(&ready(&running))?;
        noticed.push(begin.elapsed().as_millis() as u64);
        served.push(old.wait()?);
    }
    let was_loaded = generators.are_running();
    // The last responses may take as long as the timeout of the generators.
    let limit = Duration::from_secs(options.seconds + 30);
    let (report, each, generator_cpu) = generators.finish(limit)?;
    let balancer_cpu = balancer.cpu();
    let traffic = network::traffic(&senders)?;
    for instance in &running {
        instance.terminate()?;
    }
    for instance in running {
        served.push(instance.wait()?);
    }
    let _best_effort = std::fs::remove_dir_all(&folder);

    if options.restarts > 0 && !was_loaded {
        return Err("the load ended before the update: raise --seconds".to_owned());
    }
    let statuses = counts(&report, "statuses").fold(BTreeMap::new(), |mut sum, (status, count)| {
        *sum.entry(status).or_insert(0) += count;
        sum
    });
    let failed: u64 = counts(&report, "failures").map(|(_, count)| count).sum();
    let unsent = report["unsent"].as_u64().unwrap_or(0);
    let succeeded = statuses.get("200").copied().unwrap_or(0);
    let (served, instance_cpu): (Vec<u64>, Vec<Duration>) = served.into_iter().unzip();
    let handled: u64 = served.iter().sum();
    let all = responses(&report);
    let each_takes = |cpu: Duration| (cpu.as_secs_f64() * 1e7 / all.max(1) as f64).round() / 10.0;
    Ok(json!({
        "lost": failed > 0 || succeeded != all || handled != all || all == 0,
        "responses": all,
        "statuses": statuses,
        "failed": failed,
        "unsent": unsent,
        "seconds": report["seconds"],
        "responses of each generator": each,
        "handled": handled,
        "handled by each instance": served,
        "packets of a request": (traffic.packets as f64 * 100.0 / all.max(1) as f64).round() / 100.0,
        "bytes of a request": traffic.bytes / all.max(1),
        "CPU microseconds of a request": {
            "generators": each_takes(generator_cpu),
            "balancer": each_takes(balancer_cpu),
            "instances": each_takes(instance_cpu.iter().sum()),
        },
        "milliseconds until the balancer noticed a stop": noticed,
    }))
}

/// Returns the slots of the running instances, in order.
fn ready(running: &[Instance]) -> Vec<usize> {
    let mut slots: Vec<usize> = running.iter().map(|instance| instance.slot).collect();
    slots.sort_unstable();
    slots
}

fn hosts(name: &str, first: u8, count: usize) -> Vec<Host> {
    (first..)
        .take(count)
        .map(|number| Host::new(format!("{name}{number}"), number))
        .collect()
}

/// Returns the path of a program: this one, or the one in the folder of this program.
fn sibling(path: Option<&PathBuf>, name: &str) -> Result<PathBuf, String> {
    let path = match path {
        Some(path) => path.clone(),
        None => {
            let own = std::env::current_exe().map_err(|error| error.to_string())?;
            own.with_file_name(name)
        }
    };
    match path.is_file() {
        true => Ok(path),
        false => Err(format!("there is no program {}: build it", path.display())),
    }
}
