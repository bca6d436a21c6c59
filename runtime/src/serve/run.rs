//! The life of a served app, in order: bind, run the start hooks, serve, run the stop hooks.

use std::{
    future::{Future, poll_fn},
    io::{self, Write as _},
    marker::PhantomData,
    pin::pin,
    sync::Arc,
    task::Poll,
};

use tokio::runtime::Handle;

#[cfg(unix)]
use super::launch::Launch;
use super::{
    Setup,
    admin::{BoundAdmin, RunningAdmin},
    background::Running,
    banner,
    blocked::Blocked,
    command::{self, Command, Selected},
    ending::{Ending, StopOr},
    gauges,
    hook::{self, Times},
    http_app::Served,
    inherited::Inherited,
    listeners,
    listeners::Listening,
    registry::Registry,
    supervisor, workers,
    workers::Runtimes,
};
use crate::{
    app::{App, routes_of},
    chain::Endpoint,
    clock::Clock,
    config::Config,
    error::Result,
    events, middleware,
    request::Shared,
    serve::{
        shutdown::{DelayedStop, Progress},
        stall_watch::StallWatch,
    },
    server::{self, Report, Stop, StopSource},
    tasks::Owned,
};

/// Serves an app until it is stopped.
pub(super) async fn run<A, S>(mut setup: Setup, shared: Shared<S>) -> Result
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    setup.config.load()?;
    // The signal handlers come before anything that can take time, so that a signal during the
    // start stops the process.
    let stop = match setup.stop.take() {
        Some(stop) => StopSource::When(server::when(stop)),
        None => StopSource::Signals(server::signal()?),
    };
    run_until::<A, S>(setup, shared, stop).await
}

async fn run_until<A, S>(mut setup: Setup, mut shared: Shared<S>, mut stop: StopSource) -> Result
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    gauges::open_gate(&mut setup, &mut shared);
    setup.installed.registry.check()?;
    gauges::add_checks(&mut setup, &mut shared)?;
    setup.installed.registry.add_runtime(Handle::current());
    let arguments = std::mem::take(&mut setup.arguments);
    match command::select(&mut setup.installed.commands, arguments)? {
        Selected::Serve => {}
        Selected::Help(text) => return print(&text),
        Selected::Run(command, arguments) => {
            return run_command(setup, command, arguments, stop).await;
        }
        Selected::Background => return run_background(setup, shared, stop).await,
        #[cfg(unix)]
        Selected::Launch(run) => return run(Launch::bind(&mut setup)?).await,
    }
    let inherited = match setup.listeners.is_empty() {
        true => Inherited::take()?,
        false => Inherited::default(),
    };
    let admin = std::mem::take(&mut setup.admin).bind(inherited.admin, &setup.config)?;
    let own = std::mem::take(&mut setup.listeners);
    let listening = listeners::bind(own, inherited.app, &setup.config)?;
    shared.health.set_ready(false);
    shared.tasks.set_clock(std::mem::take(&mut setup.clock));
    let clock = shared.tasks.clock();
    let starting = hook::run_start(&mut setup.on_start, clock);
    let times = match unless_stopped(&mut stop, starting).await {
        Ok(Some(times)) => times,
        // The batteries that have started must end, too.
        ended => return ended.map(|_| ()).and(close(&mut setup, clock).await),
    };
    run_started::<A, S>(setup, shared, (listening, admin), times, stop).await
}

/// Serves an app whose start hooks have run.
async fn run_started<A, S>(
    mut setup: Setup,
    mut shared: Shared<S>,
    (listening, admin): (Listening, Option<BoundAdmin>),
    times: Times,
    mut stop: StopSource,
) -> Result
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    apply(&mut setup, &mut shared);
    listening.add_gauges(&setup.installed.registry);
    if !setup.quiet {
        let routes = routes_of::<A>();
        let text = banner::compose(&listening, routes, admin.as_ref(), &times, &setup.config);
        // Standard output may be closed. The server starts nevertheless.
        let _ = io::stdout().write_all(text.as_bytes());
    }
    let clock = shared.tasks.clock().clone();
    let (shared, watched, progress) = (Arc::new(shared), !setup.quiet, Progress::new(&clock));
    let admin = match start_admin(admin, &shared, &setup.config) {
        Ok(admin) => admin,
        Err(error) => return Err::<(), _>(error).and(close(&mut setup, &clock).await),
    };
    let background = Running::start(
        std::mem::take(&mut setup.installed.background),
        std::mem::take(&mut setup.installed.stop_begins),
        &progress,
    );
    let ending = Ending::new(&setup.config);
    let config = setup.config.clone();
    let (begun, control) = (ending.begun(), shared.control.clone());
    let stopped = control.stopped();
    let stopping = StopOr::new(&mut stop, async move {
        tokio::select! {
            () = begun => {}
            () = stopped => {}
        }
    });
    let served = serve::<A, S>(
        config,
        &shared,
        listening,
        (watched, &ending, &setup.installed.registry),
        stopping,
        &progress,
    )
    .await;
    if ending.has_begun() {
        // If all runtimes are blocked, the server may have ended before the stop had begun.
        progress.begin_without_delay();
    }
    // Without a stop, for example after an error of a listener, the work still has to end.
    progress.begins.begin();
    let left = background
        .wait(&progress, setup.config.shutdown_timeout, &mut stop)
        .await;
    let stopped = hook::run_stop(&mut setup.on_stop, &clock).await;
    stop_admin(admin).await;
    let stopped = stopped.and(close(&mut setup, &clock).await);
    if ending.has_begun() {
        // A blocked thread cannot be joined.
        ending.exit();
    }
    let (report, runtimes) = served?;
    // The runtimes must outlive the hooks: a hook may use a connection that was opened on one.
    drop(runtimes);
    // `flush` waits for the thread that writes the access log, and must not block this runtime.
    let _ = tokio::task::spawn_blocking(middleware::flush).await;
    if !setup.quiet {
        events::cut_at_stop(report.cut, "connections");
        events::cut_at_stop(shared.tasks.len(), "spawned tasks");
        events::cut_at_stop(left, "background tasks of batteries");
    }
    stopped
}

/// Moves the settings that requests read to what they share.
fn apply<S>(setup: &mut Setup, shared: &mut Shared<S>) {
    shared.body_limit = setup.config.body_limit;
    shared.finishes = !setup.config.cancel_on_disconnect;
    shared.control = setup.installed.control.clone();
    shared.health.set_control(shared.control.clone());
    shared.proxies = setup.proxies.take();
}

/// Starts the app for operators, if there is one.
fn start_admin<S: Send + Sync + 'static>(
    admin: Option<BoundAdmin>,
    shared: &Arc<Shared<S>>,
    config: &Config,
) -> Result<Option<RunningAdmin>> {
    let clock = shared.tasks.clock().clone();
    let shared: Arc<Shared<S>> = Arc::clone(shared);
    let started = admin.map(|admin| admin.start(shared, config, &clock));
    started.transpose()
}

/// Ends the app for operators, which responds until the last request of the app has ended.
async fn stop_admin(admin: Option<RunningAdmin>) {
    if let Some(admin) = admin {
        admin.stop().await;
    }
}

/// Closes the batteries, the last one first.
async fn close(setup: &mut Setup, clock: &Clock) -> Result {
    setup.installed.close.reverse();
    hook::run_stop(&mut setup.installed.close, clock).await
}

/// Runs a command of a battery in place of the server.
async fn run_command(
    mut setup: Setup,
    command: Command,
    arguments: Vec<String>,
    mut stop: StopSource,
) -> Result {
    let clock = std::mem::take(&mut setup.clock);
    let done = unless_stopped(&mut stop, async {
        hook::run_start(&mut setup.on_start, &clock).await?;
        command.run(arguments).await
    });
    let done = done.await.map(|_| ());
    let stopped = hook::run_stop(&mut setup.on_stop, &clock).await;
    done.and(stopped).and(close(&mut setup, &clock).await)
}

/// Runs the background work of all batteries in place of the server, until a stop.
async fn run_background<S: Send + Sync + 'static>(
    mut setup: Setup,
    mut shared: Shared<S>,
    mut stop: StopSource,
) -> Result {
    let inherited = Inherited::take()?;
    let admin = std::mem::take(&mut setup.admin).bind(inherited.admin, &setup.config)?;
    shared.health.set_ready(false);
    shared.tasks.set_clock(std::mem::take(&mut setup.clock));
    let clock = shared.tasks.clock().clone();
    let starting = hook::run_start(&mut setup.on_start, &clock);
    match unless_stopped(&mut stop, starting).await {
        Ok(Some(_)) => {}
        ended => return ended.map(|_| ()).and(close(&mut setup, &clock).await),
    }
    apply(&mut setup, &mut shared);
    let (shared, progress) = (Arc::new(shared), Progress::new(&clock));
    let admin = match start_admin(admin, &shared, &setup.config) {
        Ok(admin) => admin,
        Err(error) => return Err::<(), _>(error).and(close(&mut setup, &clock).await),
    };
    let background = Running::start(
        std::mem::take(&mut setup.installed.background),
        std::mem::take(&mut setup.installed.stop_begins),
        &progress,
    );
    shared.health.set_ready(true);
    supervisor::ready();
    StopOr::new(&mut stop, shared.control.stopped())
        .wait_for_stop()
        .await;
    shared.health.set_ready(false);
    supervisor::stopping();
    progress.begin_without_delay();
    let left = background
        .wait(&progress, setup.config.shutdown_timeout, &mut stop)
        .await;
    let stopped = hook::run_stop(&mut setup.on_stop, &clock).await;
    stop_admin(admin).await;
    let stopped = stopped.and(close(&mut setup, &clock).await);
    if !setup.quiet {
        events::cut_at_stop(left, "background tasks of batteries");
    }
    stopped
}

fn print(text: &str) -> Result {
    Ok(io::stdout().write_all(text.as_bytes())?)
}

/// Runs the work until it is done or a stop is requested. Returns its output if it was done.
async fn unless_stopped<T>(
    stop: &mut StopSource,
    work: impl Future<Output = Result<T>>,
) -> Result<Option<T>> {
    let (mut requested, mut work) = (pin!(stop.wait_for_stop()), pin!(work));
    poll_fn(|cx| match work.as_mut().poll(cx) {
        Poll::Ready(done) => Poll::Ready(done.map(Some)),
        Poll::Pending => requested.as_mut().poll(cx).map(|()| Ok(None)),
    })
    .await
}

/// Runs the server, on this runtime or on worker threads, until the shutdown is complete.
async fn serve<A, S>(
    config: Config,
    shared: &Arc<Shared<S>>,
    listening: Listening,
    (watched, ending, registry): (bool, &Arc<Ending>, &Registry),
    stop: impl Stop,
    progress: &Progress,
) -> Result<(Report, Option<Runtimes>)>
where
    A: App + Endpoint<S>,
    S: Send + Sync + 'static,
{
    let app = Arc::new(Served::<A, S> {
        shared: Arc::clone(shared),
        app: PhantomData,
    });
    let server = Arc::new(server::Shared::new(
        app,
        config.clone(),
        shared.tasks.clock().clone(),
        shared.proxies.clone(),
        workers::n_servers(&listening, &config),
    ));
    let watched_for = supervisor::patience().is_some() || ending.after().is_some();
    let blocked = ((watched || watched_for) && !config.slow_poll.is_zero())
        .then(|| Blocked::new(routes_of::<A>(), config.slow_poll));
    let watch = (watched || watched_for).then(|| {
        StallWatch::start(
            config.workers.max(1),
            watched,
            shared.health.blocked(),
            blocked,
            config.slow_poll / 4,
            Arc::clone(ending),
        )
    });
    let delay = config.shutdown_delay;
    let _drains = Owned::spawn(shared.control.follow_drains(
        (server.closing(), server.paused()),
        delay,
        shared.tasks.clock().clone(),
        progress.begins.stopping(),
    ));
    let stop = DelayedStop::new(stop, delay, server.closing(), &shared.health, progress);
    shared.health.set_ready(true);
    supervisor::ready();
    if config.workers > 0 {
        let served = workers::run(
            server,
            listening,
            &config,
            watch.as_ref(),
            ending,
            registry,
            stop,
        )
        .await;
        return served.map(|(report, runtimes)| (report, Some(runtimes)));
    }
    let _heartbeat = watch.as_ref().map(|watch| watch.spawn_heartbeat(0));
    let report = server::run(server, listening.bound, config.max_connections, stop).await?;
    Ok((report, None))
}
