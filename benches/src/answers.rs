//! Whether all servers answer the same.

use serde_json::Value;

use crate::{
    client::{Answer, Client},
    endpoint::Endpoint,
    failure::Failure,
    process::Running,
};

/// What no server may take for a request of an endpoint, and what it answers.
const MISTAKES: [(&str, u16); 4] = [
    ("GET /users/abc HTTP/1.1\r\nhost: a\r\n\r\n", 400),
    ("GET /mw HTTP/1.1\r\nhost: a\r\n\r\n", 401),
    ("GET /nowhere HTTP/1.1\r\nhost: a\r\n\r\n", 404),
    (
        "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{\"a\":",
        400,
    ),
];

/// Fails where a server does not answer as the first one does, or lets a mistake pass.
pub(crate) fn are_equal(servers: &[Running], endpoints: &[Endpoint]) -> Result<(), Failure> {
    let Some((first, others)) = servers.split_first() else {
        return Ok(());
    };
    for endpoint in endpoints {
        let expected = ask(first, endpoint)?;
        if expected.status != 200 {
            return Err(format!("{} answers {expected:?}", first.name).into());
        }
        for other in others {
            let answer = ask(other, endpoint)?;
            if shape(&answer)? != shape(&expected)? {
                let (name, at) = (other.name, endpoint.name);
                return Err(format!("{name} answers {at} otherwise: {answer:?}").into());
            }
        }
    }
    servers.iter().try_for_each(refuses)
}

fn ask(server: &Running, endpoint: &Endpoint) -> Result<Answer, Failure> {
    Client::connect(server.addr)?.send(&endpoint.request())
}

fn refuses(server: &Running) -> Result<(), Failure> {
    for (request, status) in MISTAKES {
        let answer = Client::connect(server.addr)?.send(request.as_bytes())?;
        let went_through = answer.header("x-frame-options").is_some() && status == 404;
        if answer.status != status || went_through {
            return Err(format!("{} answers {request:?} with {answer:?}", server.name).into());
        }
    }
    Ok(())
}

/// What must be the same: the media type, what the middlewares add, and the body as a value.
type Shape = (Option<String>, Option<String>, usize, Value);

fn shape(answer: &Answer) -> Result<Shape, Failure> {
    let media_type = answer.header("content-type");
    let media_type = media_type.and_then(|value| value.split(';').next());
    let body = serde_json::from_slice(&answer.body)?;
    Ok((
        media_type.map(str::to_owned),
        answer.header("x-frame-options").map(str::to_owned),
        answer.header("x-request-id").map_or(0, str::len)
            + usize::from(answer.header("x-response-time").is_some()),
        body,
    ))
}
