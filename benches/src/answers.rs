//! Checks that all servers give the same responses.

use serde_json::Value;

use crate::{
    client::{Client, Response},
    endpoint::Endpoint,
    failure::Failure,
    process::Running,
};

/// Requests that every server must reject, and the status of the response.
const INVALID_REQUESTS: [(&str, u16); 4] = [
    ("GET /users/abc HTTP/1.1\r\nhost: a\r\n\r\n", 400),
    ("GET /mw HTTP/1.1\r\nhost: a\r\n\r\n", 401),
    ("GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n", 404),
    (
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{\"a\":",
        400,
    ),
];

/// Returns an error if a server responds differently from the first one, or accepts an invalid request.
pub(crate) fn check_equal(servers: &[Running], endpoints: &[Endpoint]) -> Result<(), Failure> {
    let Some((first, others)) = servers.split_first() else {
        return Ok(());
    };
    for endpoint in endpoints {
        let expected = send(first, endpoint)?;
        if expected.status != 200 {
            return Err(format!("{} responds with {expected:?}", first.name).into());
        }
        for other in others {
            let response = send(other, endpoint)?;
            if comparable(&response)? != comparable(&expected)? {
                let (name, at) = (other.name, endpoint.name);
                return Err(format!("{name} responds differently to {at}: {response:?}").into());
            }
        }
    }
    servers.iter().try_for_each(check_rejections)
}

fn send(server: &Running, endpoint: &Endpoint) -> Result<Response, Failure> {
    Client::connect(server.addr)?.send(&endpoint.request())
}

fn check_rejections(server: &Running) -> Result<(), Failure> {
    for (request, status) in INVALID_REQUESTS {
        let response = Client::connect(server.addr)?.send(request.as_bytes())?;
        let ran_middleware = response.header("x-frame-options").is_some() && status == 404;
        if response.status != status || ran_middleware {
            return Err(
                format!("{} responds to {request:?} with {response:?}", server.name).into(),
            );
        }
    }
    Ok(())
}

/// The properties that must be equal: the media type, the headers that the middleware adds, and the body as a JSON
/// value.
type Comparable = (Option<String>, Option<String>, usize, Value);

fn comparable(response: &Response) -> Result<Comparable, Failure> {
    let media_type = response.header("content-type");
    // Some frameworks add `charset=utf-8`, which makes no difference for JSON.
    let media_type = media_type.and_then(|value| value.split(';').next());
    let body = serde_json::from_slice(&response.body)?;
    Ok((
        media_type.map(str::to_owned),
        response.header("x-frame-options").map(str::to_owned),
        response.header("x-request-id").map_or(0, str::len)
            + usize::from(response.header("x-response-time").is_some()),
        body,
    ))
}
