//! Cases: the frames to send, and the required result.

use std::fmt::Write;

use crate::{
    Server,
    client::{Client, Outcome},
    frame::code::PROTOCOL_ERROR,
};

/// The required result of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// A connection error with one of these codes (RFC 9113, 5.4.1). A close without GOAWAY is accepted too, since
    /// GOAWAY can be lost.
    Connection(&'static [u32]),
    /// A stream error with one of these codes (RFC 9113, 5.4.2). The server may treat it as a connection error.
    Stream(&'static [u32]),
    /// The stream error of a malformed request, or a response with a 4xx status (RFC 9113, 8.1.1).
    Malformed,
    /// A response with this status.
    Answer(u16),
    /// A PING is acknowledged, so the connection is open.
    Pong,
    /// Exactly this result, for a deviation from the RFC.
    Today(Outcome),
}

impl Expected {
    fn is_met(self, outcome: Outcome) -> bool {
        match (self, outcome) {
            (Self::Connection(_) | Self::Stream(_) | Self::Malformed, Outcome::Closed)
            | (Self::Malformed, Outcome::Answer(400..=499)) => true,
            (Self::Malformed, Outcome::GoAway(code) | Outcome::Reset(code)) => {
                code == PROTOCOL_ERROR
            }
            (Self::Connection(codes) | Self::Stream(codes), Outcome::GoAway(code))
            | (Self::Stream(codes), Outcome::Reset(code)) => codes.contains(&code),
            (Self::Answer(expected), Outcome::Answer(status)) => status == expected,
            (Self::Pong, Outcome::Pong) => true,
            (Self::Today(expected), outcome) => outcome == expected,
            _ => false,
        }
    }

    /// Returns whether the outcome is final, or whether the client must wait for another one.
    ///
    /// If an error is expected, a response can belong to an earlier request, and a PING acknowledgment is not final.
    fn is_decided(self, outcome: Outcome) -> bool {
        match outcome {
            Outcome::Answer(_) => !matches!(self, Self::Connection(_) | Self::Pong),
            Outcome::Pong => matches!(self, Self::Pong | Self::Today(_)),
            Outcome::GoAway(_) | Outcome::Reset(_) | Outcome::Closed | Outcome::Silence => true,
        }
    }
}

/// The frames to send, and the required result.
pub(crate) struct Case {
    /// The rule, with its section.
    name: &'static str,
    first: Vec<u8>,
    frames: Vec<u8>,
    expected: Expected,
}

/// Returns a case whose frames are sent in one write.
pub(crate) fn case<const N: usize>(
    name: &'static str,
    frames: [Vec<u8>; N],
    expected: Expected,
) -> Case {
    Case {
        name,
        first: Vec::new(),
        frames: frames.concat(),
        expected,
    }
}

impl Case {
    /// Sends a request first, and waits for the end of its response.
    pub(crate) fn after(mut self, request: Vec<u8>) -> Self {
        self.first = request;
        self
    }

    async fn outcome(&self, server: &Server) -> Outcome {
        let mut client = Client::connect(server.addr).await;
        if !self.first.is_empty() {
            client.send(&self.first).await;
            client.until_end_of_stream().await;
        }
        client.send(&self.frames).await;
        loop {
            let outcome = client.input.outcome().await;
            if self.expected.is_decided(outcome) {
                return outcome;
            }
        }
    }
}

/// Runs each case on a separate connection, and fails with a list of all failures.
pub(crate) async fn check(cases: impl IntoIterator<Item = Case>) {
    let server = Server::start().await;
    let mut failures = String::new();
    for case in cases {
        let (outcome, expected) = (case.outcome(&server).await, case.expected);
        if !expected.is_met(outcome) {
            let name = case.name;
            writeln!(failures, "{name}: {outcome:?} in place of {expected:?}").expect("it fits");
        }
    }
    assert!(failures.is_empty(), "\n{failures}");
    server.stop().await;
}

/// Shows that a case can fail.
#[test]
fn different_outcome_fails_a_case() {
    use Outcome::{Answer, Closed, GoAway, Pong, Reset, Silence};
    let all = [
        GoAway(1),
        GoAway(2),
        Reset(1),
        Reset(2),
        Closed,
        Answer(200),
        Answer(400),
        Pong,
        Silence,
    ];
    let malformed = [GoAway(1), Reset(1), Closed, Answer(400)];
    let cases: [(Expected, &[Outcome]); 6] = [
        (Expected::Malformed, &malformed),
        (Expected::Connection(&[1]), &[GoAway(1), Closed]),
        (Expected::Stream(&[1]), &[GoAway(1), Reset(1), Closed]),
        (Expected::Answer(200), &[Answer(200)]),
        (Expected::Pong, &[Pong]),
        (Expected::Today(Reset(2)), &[Reset(2)]),
    ];
    for (expected, met) in cases {
        for outcome in all {
            let is_met = expected.is_met(outcome);
            assert_eq!(is_met, met.contains(&outcome), "{expected:?} {outcome:?}");
        }
    }
}
