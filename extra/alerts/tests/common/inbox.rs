//! A robot and a gateway that keep the messages of a test.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use highball::{json, prelude::*};
use serde::Deserialize;

use super::wait_for;

pub const KEY: &str = "key-of-the-robot";
pub const TOKEN: &str = "token-of-the-gateway";

/// A robot and a gateway: the messages that they have received, and the next responses of the robot.
#[derive(Debug, Clone, Default)]
pub struct Sink(Arc<Mutex<Inbox>>);

#[derive(Debug, Default)]
struct Inbox {
    /// The receiver, and the body.
    messages: Vec<(&'static str, Value)>,
    responses: VecDeque<(u16, Value)>,
}

impl Sink {
    pub fn receive(&self, receiver: &'static str, body: Value) -> (StatusCode, Json<Value>) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.messages.push((receiver, body));
        let next = (receiver == "wecom").then(|| state.responses.pop_front());
        let (status, body) = next
            .flatten()
            .unwrap_or((200, json!({ "errcode": 0, "errmsg": "ok" })));
        (StatusCode::from_u16(status).expect("a status"), Json(body))
    }

    pub fn respond(&self, responses: &[(u16, Value)]) {
        let mut state = self.0.lock().expect("no panic");
        state.responses.extend(responses.iter().cloned());
    }

    /// Returns the messages of a receiver that contain a text.
    pub fn with(&self, receiver: &str, text: &str) -> Vec<String> {
        let state = self.0.lock().expect("no panic");
        let messages = state.messages.iter().filter(|(name, _)| *name == receiver);
        let texts = messages.map(|(_, body)| match receiver {
            "wecom" => body["markdown"]["content"]
                .as_str()
                .expect("markdown")
                .to_owned(),
            _ => body["text"].as_str().expect("a text").to_owned(),
        });
        texts.filter(|message| message.contains(text)).collect()
    }

    #[track_caller]
    pub fn check_limits(&self) {
        for (_, body) in &self.0.lock().expect("no panic").messages {
            let markdown = body["markdown"]["content"].as_str().unwrap_or_default();
            assert!(markdown.len() <= 4096, "{body}");
            // A webhook of the recovery has no `to`.
            let text = body["text"].as_str().filter(|_| body["to"].is_string());
            assert!(text.unwrap_or_default().chars().count() <= 70, "{body}");
        }
    }

    /// Waits for a message, and returns it.
    pub async fn wait(&self, receiver: &str, text: &str) -> String {
        let name = format!("{receiver} receives {text}");
        wait_for(&name, secs(60), async || self.with(receiver, text).pop()).await
    }
}

#[derive(State)]
pub struct SinkState {
    pub sink: Sink,
}

#[derive(Deserialize)]
pub struct Key {
    key: String,
}

#[post("/robot")]
async fn robot(
    key: Query<Key>,
    message: Json<Value>,
    sink: State<Sink>,
) -> (StatusCode, Json<Value>) {
    assert_eq!(key.key, KEY);
    assert_eq!(message["msgtype"], "markdown");
    sink.receive("wecom", message.0)
}

#[post("/gateway")]
async fn gateway(
    cx: &Context<'_>,
    message: Json<Value>,
    sink: State<Sink>,
) -> (StatusCode, Json<Value>) {
    assert_eq!(
        cx.header("authorization"),
        Some(format!("Bearer {TOKEN}").as_str())
    );
    sink.receive("sms", message.0)
}

#[routes(app)]
pub struct SinkApi(robot, gateway);
