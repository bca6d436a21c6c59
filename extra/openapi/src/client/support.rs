/// The transport of a client: it sends a request and reads the whole response.
///
/// Implement it with the HTTP library of your program. The client sends each request once. A transport that retries
/// should do so only for GET, HEAD, OPTIONS and TRACE, because others may have an effect although no answer arrives.
pub trait Transport: Sync {
    /// The error of a request without a response.
    type Error;

    /// Sends a request.
    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Self::Error>> + Send;
}

impl<T: Transport> Transport for &T {
    type Error = T::Error;

    fn send(
        &self,
        request: Request<Bytes>,
    ) -> impl Future<Output = Result<Response<Bytes>, Self::Error>> + Send {
        T::send(self, request)
    }
}

/// An error of a call. An answer with an error status is not one.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ClientError<E> {
    /// An argument cannot be sent. No request was sent.
    Request(String),
    /// The transport has failed.
    Transport(E),
    /// The status and the media type of the answer are documented, but its body does not match.
    Body {
        /// The status.
        status: StatusCode,
        /// The headers.
        headers: HeaderMap,
        /// The body.
        body: Bytes,
        /// The mismatch.
        reason: String,
    },
}

impl<E: fmt::Display> fmt::Display for ClientError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request(reason) => write!(f, "the request cannot be sent: {reason}"),
            Self::Transport(error) => write!(f, "the request has failed: {error}"),
            Self::Body { status, reason, .. } => {
                write!(f, "the body of the answer {status} is invalid: {reason}")
            }
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for ClientError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Transport(error) => Some(error),
            _ => None,
        }
    }
}

impl<E> From<Malformed> for ClientError<E> {
    fn from(Malformed { answer, reason }: Malformed) -> Self {
        Self::Body {
            status: answer.status,
            headers: answer.headers,
            body: answer.body,
            reason,
        }
    }
}

/// Problem details (RFC 9457): the body of most answers with an error status.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Problem {
    /// Identifies the kind of problem.
    #[serde(rename = "type")]
    pub kind: String,
    /// The reason phrase of the status.
    pub title: String,
    /// The status.
    pub status: Option<u16>,
    /// A message about this request.
    pub detail: String,
    /// The invalid inputs.
    pub errors: Vec<InvalidInput>,
    /// The other members.
    #[serde(flatten)]
    pub other: BTreeMap<String, serde_json::Value>,
}

/// An invalid input of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct InvalidInput {
    /// The part of the request: `body`, `header`, `path` or `query`.
    #[serde(rename = "in")]
    pub place: String,
    /// The name of the parameter, the key or the header, or a JSON pointer into the body.
    pub name: String,
    /// The expected value.
    pub expected: Option<String>,
    /// The value of the request.
    pub got: Option<String>,
    /// A message about this input.
    pub detail: String,
}

/// A body of bytes, such as a form with files, with its media type.
#[derive(Debug, Clone)]
pub struct RawBody {
    /// The value of `Content-Type`, for a form with files together with its boundary.
    pub content_type: String,
    /// The bytes.
    pub body: Bytes,
}

/// A client of the API.
#[derive(Clone)]
pub struct Client<T> {
    transport: T,
    /// The address without a slash at its end.
    base: String,
    credentials: Vec<Credential>,
    traceparent: Option<String>,
}

/// A header with a credential.
#[derive(Clone)]
struct Credential {
    scheme: &'static str,
    header: &'static str,
    value: String,
}

impl<T> Client<T> {
    /// Returns a client of the API at this address, such as `https://shop.example/api`.
    pub fn new(transport: T, base: &Uri) -> Self {
        let origin = match (base.scheme_str(), base.authority()) {
            (Some(scheme), Some(authority)) => format!("{scheme}://{authority}"),
            _ => String::new(),
        };
        Self {
            transport,
            base: format!("{origin}{}", base.path().trim_end_matches('/')),
            credentials: Vec::new(),
            traceparent: None,
        }
    }

    /// Returns a client that sends this `traceparent` (W3C Trace Context) with each request.
    ///
    /// It borrows the transport, so that each incoming request of a server can have its client.
    pub fn with_traceparent(&self, traceparent: impl Into<String>) -> Client<&T> {
        Client {
            transport: &self.transport,
            base: self.base.clone(),
            credentials: self.credentials.clone(),
            traceparent: Some(traceparent.into()),
        }
    }

    #[allow(dead_code)]
    fn with_credential(
        mut self,
        scheme: &'static str,
        header: &'static str,
        value: String,
    ) -> Self {
        self.credentials.retain(|known| known.scheme != scheme);
        self.credentials.push(Credential {
            scheme,
            header,
            value,
        });
        self
    }
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl<T: Transport> Client<T> {
    /// Sends a request, with the credentials that the operation accepts.
    async fn send_call(&self, mut call: Call) -> Result<Answer, ClientError<T::Error>> {
        for scheme in std::mem::take(&mut call.schemes) {
            let mut credentials = self.credentials.iter();
            if let Some(credential) = credentials.find(|known| known.scheme == scheme) {
                call.credential(credential);
            }
        }
        call.header("traceparent", self.traceparent.as_deref());
        let request = call.finish(&self.base).map_err(ClientError::Request)?;
        let sent = self.transport.send(request).await;
        let (head, body) = sent.map_err(ClientError::Transport)?.into_parts();
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body,
        })
    }
}
