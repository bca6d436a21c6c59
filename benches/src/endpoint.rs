//! The requests that are measured.

/// A request that is sent repeatedly.
pub(crate) struct Endpoint {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static str,
    /// The number of requests that are sent before the first response is read.
    pub(crate) batch: usize,
}

/// The body of a request to `/echo`.
const ORDER: &str = include_str!("../../examples/bench-server/src/order.json");

/// Returns all endpoints, in the order of the tables.
pub(crate) fn all() -> Vec<Endpoint> {
    let get = |name, path| Endpoint {
        name,
        method: "GET",
        path,
        headers: &[],
        body: "",
        batch: 1,
    };
    vec![
        get("ping", "/ping"),
        get("users/{id}", "/users/42"),
        get(
            "three parameters",
            "/repos/rust-lang/rust/issues/1347/comments",
        ),
        Endpoint {
            method: "POST",
            headers: &[("content-type", "application/json")],
            body: ORDER.trim_ascii_end(),
            ..get("echo", "/echo")
        },
        Endpoint {
            headers: &[("authorization", "Bearer secret-token")],
            ..get("five middlewares", "/mw")
        },
        get("big", "/big"),
        Endpoint {
            batch: 16,
            ..get("ping, 16 pipelined", "/ping")
        },
    ]
}

impl Endpoint {
    /// Returns the bytes of one request.
    pub(crate) fn request(&self) -> Vec<u8> {
        let (method, path, body) = (self.method, self.path, self.body);
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
        for (name, value) in self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            head.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        format!("{head}\r\n{body}").into_bytes()
    }

    /// Returns the Lua script with which wrk sends the request.
    pub(crate) fn script(&self) -> String {
        let headers: String = self
            .headers
            .iter()
            .map(|(name, value)| format!("headers[{name:?}] = {value:?}\n"))
            .collect();
        format!(
            "local headers = {{}}\n{headers}local one\n\
             function init()\n  one = wrk.format({:?}, {:?}, headers, {})\n\
             \x20 one = one:rep({})\nend\nfunction request() return one end\n",
            self.method,
            self.path,
            if self.body.is_empty() {
                "nil".to_owned()
            } else {
                format!("[==[{}]==]", self.body)
            },
            self.batch,
        )
    }
}
