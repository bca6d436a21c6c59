//! The people and systems that receive alerts.

use std::{fmt, sync::Arc, time::Duration};

use highball::{
    Bytes, Result,
    battery::{Battery, Hooks},
    http::{Request, Response},
    prelude::*,
};

mod channel;
mod client;
mod config;
mod level;
mod queue;
mod secret;
mod sms;
mod text;
mod webhook;
mod wecom;

use self::{
    channel::Channel,
    client::Client,
    config::Config,
    queue::{Outcome, Queue},
    webhook::Webhook,
};
pub use self::{secret::Secret, sms::Sms};
use crate::committed;

pub(crate) const ABOUT: &str = "Prints the configuration of Alertmanager, or compares a file with it: \
                                `alertmanager --check FILE`.";

/// How long a webhook waits for its message. Alertmanager ends a request to the receiver of pages after a minute.
const WAIT: Duration = Duration::from_secs(50);

/// The receivers of alerts: a WeCom group robot, and a gateway for text messages.
///
/// It is a battery, a part of the state and the source of the route [`forward`](fn@forward). Alertmanager posts a fixed
/// JSON to webhooks, which neither a robot nor a gateway accepts. So it posts to the app, which renders the message and
/// sends it on. The command `alertmanager` prints the configuration that leads there.
///
/// Alerts with the label `priority="P1"` are pages and go to all receivers. All others are tickets and go to the robot.
///
/// # Examples
/// ```
/// use highball::{json, prelude::*};
/// use highball_alerts::{Receivers, Secret, Sms, forward};
///
/// #[derive(State)]
/// struct AppState {
///     receivers: Receivers,
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app)]
/// struct Api(home);
///
/// #[routes(admin)]
/// struct Operators(forward);
///
/// # fn main() {
/// let receivers = Receivers::new("http://shop.internal:8081")
///     .token_file("/etc/alertmanager/shop-token")
///     .wecom(Secret::env("WECOM_ROBOT_KEY"))
///     .sms(Sms::new("https://sms.example/send", |text| json!({ "to": ["+8613800000000"], "text": text })));
/// let serving = highball::serve(Api)
///     .state(AppState { receivers: receivers.clone() })
///     .admin(Operators)
///     .install(receivers)
///     .arguments(std::env::args().skip(1));
/// # drop(serving);
/// # }
/// ```
#[derive(Clone)]
pub struct Receivers {
    base: String,
    token_file: Option<String>,
    recovery: Option<(String, String)>,
    client: Option<Client>,
    wecom: Option<Arc<Queue>>,
    sms: Option<Arc<Queue>>,
}

impl Receivers {
    /// Creates a list without receivers: the address of the app for operators, as Alertmanager reaches it.
    pub fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            token_file: None,
            recovery: None,
            client: None,
            wecom: None,
            sms: None,
        }
    }

    /// Sets the path of the file from which Alertmanager reads the token of the app for operators (`admin_token`).
    #[must_use]
    pub fn token_file(mut self, path: &str) -> Self {
        self.token_file = Some(path.to_owned());
        self
    }

    /// Adds a WeCom group robot by the key in its address, for pages and tickets. It needs the feature `tls`.
    #[must_use]
    pub fn wecom(self, key: Secret) -> Self {
        self.wecom_at(wecom::ADDRESS, key)
    }

    /// Adds a WeCom group robot that is reached at another address, such as that of a proxy.
    #[must_use]
    pub fn wecom_at(mut self, address: &str, key: Secret) -> Self {
        let channel = Channel::Wecom(address.to_owned(), key);
        self.wecom = Some(Arc::new(Queue::new(channel)));
        self
    }

    /// Adds a gateway for text messages, for pages.
    #[must_use]
    pub fn sms(mut self, sms: Sms) -> Self {
        self.sms = Some(Arc::new(Queue::new(Channel::Sms(sms))));
        self
    }

    /// Sends every alert to this path of the app for operators, too: the webhook that begins a recovery, such as
    /// `/alerts` of `highball-recovery`. Alertmanager reads the token of this webhook from a file.
    #[must_use]
    pub fn recovery(mut self, path: &str, token_file: &str) -> Self {
        self.recovery = Some((path.to_owned(), token_file.to_owned()));
        self
    }

    /// Sends messages with this function in place of the client of this package, for example through a proxy.
    ///
    /// # Examples
    /// ```
    /// use highball::{Bytes, http::{Request, Response}};
    /// use highball_alerts::{Receivers, Secret};
    ///
    /// let receivers = Receivers::new("http://shop.internal:8081")
    ///     .wecom(Secret::env("WECOM_ROBOT_KEY"))
    ///     .client(|request: Request<Bytes>| async move {
    ///         println!("{} bytes", request.body().len());
    ///         Ok(Response::new(Bytes::from_static(br#"{"errcode":0}"#)))
    ///     });
    /// # drop(receivers);
    /// ```
    #[must_use]
    pub fn client<F>(mut self, send: impl Fn(Request<Bytes>) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Response<Bytes>>> + Send + 'static,
    {
        self.client = Some(Client::new(send));
        self
    }

    /// Returns the configuration of Alertmanager 0.25 or later, as YAML. It contains no secrets.
    ///
    /// # Examples
    /// ```
    /// use highball_alerts::{Receivers, Secret};
    ///
    /// let receivers = Receivers::new("http://shop.internal:8081").wecom(Secret::env("WECOM_ROBOT_KEY"));
    /// assert!(receivers.alertmanager().contains("- url: 'http://shop.internal:8081/alerts/wecom'\n"));
    /// ```
    pub fn alertmanager(&self) -> String {
        let names = |queues: [Option<&Arc<Queue>>; 2]| -> Vec<_> {
            let queues = queues.into_iter().flatten();
            queues.map(|queue| queue.channel.name()).collect()
        };
        let recovery = self.recovery.as_ref();
        let config = Config {
            base: &self.base,
            token_file: self.token_file.as_deref(),
            page: &names([self.wecom.as_ref(), self.sms.as_ref()]),
            ticket: &names([self.wecom.as_ref(), None]),
            recovery: recovery.map(|(path, file)| (path.as_str(), file.as_str())),
        };
        config.yaml()
    }
}

impl Battery for Receivers {
    fn name(&self) -> String {
        "receivers".to_owned()
    }

    fn install(self, hooks: &mut Hooks<'_>) {
        let config = self.alertmanager();
        hooks.command("alertmanager", ABOUT, move |arguments| async move {
            committed::run("alertmanager", &arguments, &config)
        });
        for queue in [&self.wecom, &self.sms].into_iter().flatten() {
            let (queue, given) = (Arc::clone(queue), self.client.clone());
            let name = queue.channel.name();
            hooks.background(name, move |stopping, clock| {
                let (queue, given) = (Arc::clone(&queue), given.clone());
                async move {
                    // A start hook would check this for commands, too, and a check of a file in CI has no secrets.
                    queue.channel.check()?;
                    let client = match given {
                        Some(client) => client,
                        None => Client::for_address(queue.channel.address())?,
                    };
                    queue.run(&client, stopping, &clock).await
                }
            });
        }
    }
}

impl fmt::Debug for Receivers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receivers")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

/// The route of Alertmanager: `POST /alerts/wecom` and `POST /alerts/sms` send a webhook on to a receiver.
///
/// The response is 200 when the receiver has accepted the message, and 503 if it has not within 50 s. Alertmanager
/// repeats the webhook then. If the receiver refuses the message, the response is 422, which Alertmanager does not
/// repeat.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_alerts::{Receivers, forward};
///
/// #[derive(State)]
/// struct AppState {
///     receivers: Receivers,
/// }
///
/// #[routes(admin)]
/// struct Operators(forward);
///
/// # highball::block_on(async {
/// let receivers = Receivers::new("http://shop.internal:8081");
/// let app = Operators.test().state(AppState { receivers });
/// let webhook = highball::json!({ "alerts": [] });
/// assert_eq!(app.post("/alerts/wecom").json(&webhook).send().await.status(), 404);
/// # });
/// ```
///
/// # Cancel safety
/// If the client disconnects, a message that has not been sent is dropped, because Alertmanager sends it again.
#[post("/alerts/{to}", admin)]
pub async fn forward(
    to: &str,
    webhook: Json<Value>,
    receivers: State<Receivers>,
    cx: &mut Context<'_>,
) -> std::result::Result<(), Rejection> {
    let queue = match to {
        "wecom" => receivers.wecom.as_ref(),
        "sms" => receivers.sms.as_ref(),
        _ => None,
    };
    let Some(queue) = queue else {
        return Err(Rejection::new(
            StatusCode::NOT_FOUND,
            "this receiver is not installed",
        ));
    };
    let webhook: Webhook = highball::serde_json::from_value(webhook.0).map_err(|error| {
        let detail = format!("the JSON is not a webhook of Alertmanager: {error}");
        Rejection::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
    })?;
    if webhook.alerts.is_empty() {
        return Ok(());
    }
    let outcome = cx.clock().timeout(WAIT, queue.push(webhook)).await;
    match outcome {
        Ok(Ok(Outcome::Sent | Outcome::LeftOut)) => Ok(()),
        Ok(Ok(Outcome::Refused)) => Err(Rejection::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "the receiver has refused the message",
        )),
        Ok(Ok(Outcome::Later) | Err(_)) | Err(_) => Err(Rejection::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the receiver does not accept messages now",
        )),
    }
}
