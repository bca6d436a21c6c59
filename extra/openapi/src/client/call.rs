/// A request that is built. The first mistake is reported when it is sent.
struct Call {
    method: &'static str,
    path: String,
    query: String,
    headers: HeaderMap,
    cookies: String,
    schemes: Vec<&'static str>,
    body: Bytes,
    error: Option<String>,
}

#[allow(dead_code)]
impl Call {
    fn new(method: &'static str) -> Self {
        Self {
            method,
            path: String::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            cookies: String::new(),
            schemes: Vec::new(),
            body: Bytes::new(),
            error: None,
        }
    }

    fn fail(&mut self, reason: String) {
        self.error.get_or_insert(reason);
    }

    /// Appends a static part of the path, which is percent-encoded.
    fn path(&mut self, text: &str) {
        self.path.push_str(text);
    }

    /// Appends a path parameter.
    fn param(&mut self, name: &str, value: impl fmt::Display) {
        let value = value.to_string();
        if value.is_empty() {
            self.fail(format!("the path parameter `{name}` is empty"));
        }
        percent_encode(&mut self.path, &value, b"");
    }

    /// Appends a path parameter that is the rest of the path.
    fn rest(&mut self, name: &str, value: impl fmt::Display) {
        let value = value.to_string();
        if value.is_empty() {
            self.fail(format!("the path parameter `{name}` is empty"));
        }
        percent_encode(&mut self.path, &value, b"/");
    }

    /// Appends a query.
    fn query<Q: Serialize + ?Sized>(&mut self, query: Option<&Q>) {
        let Some(query) = query else { return };
        match pairs(query) {
            Ok(pairs) if pairs.is_empty() => {}
            Ok(pairs) if self.query.is_empty() => self.query = pairs,
            Ok(pairs) => self.query = format!("{}&{pairs}", self.query),
            Err(reason) => self.fail(format!("the query cannot be serialized: {reason}")),
        }
    }

    /// Adds a header.
    fn header(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        match (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(value)) => drop(self.headers.insert(name, value)),
            _ => self.fail(format!("the value of the header `{name}` is invalid")),
        }
    }

    /// Adds a cookie.
    fn cookie(&mut self, name: &str, value: Option<&str>) {
        let Some(value) = value else { return };
        let is_valid = |byte: u8| byte.is_ascii_graphic() && !b"\",;\\".contains(&byte);
        if !value.bytes().all(is_valid) {
            self.fail(format!("the value of the cookie `{name}` is invalid"));
        }
        if !self.cookies.is_empty() {
            self.cookies.push_str("; ");
        }
        self.cookies.push_str(&format!("{name}={value}"));
    }

    /// Adds a scheme whose credential is sent.
    fn accepts(&mut self, scheme: &'static str) {
        self.schemes.push(scheme);
    }

    /// Adds a credential. The first one wins if two have the same header.
    fn credential(&mut self, credential: &Credential) {
        let Credential { header, value, .. } = credential;
        if let Some(name) = header.strip_prefix("cookie:") {
            return self.cookie(name, Some(value));
        }
        match (
            HeaderName::from_bytes(header.as_bytes()),
            HeaderValue::from_str(value),
        ) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(true);
                self.headers.entry(name).or_insert(value);
            }
            _ => self.fail(format!("the credential for `{header}` is invalid")),
        }
    }

    /// Sets a body of JSON.
    fn json<B: Serialize + ?Sized>(&mut self, body: Option<&B>) {
        let Some(body) = body else { return };
        match serde_json::to_vec(body) {
            Ok(body) => self.bytes("application/json", body.into()),
            Err(error) => self.fail(format!("the body cannot be serialized: {error}")),
        }
    }

    /// Sets a body that is a form.
    fn form<B: Serialize + ?Sized>(&mut self, body: Option<&B>) {
        let Some(body) = body else { return };
        match pairs(body) {
            Ok(body) => self.bytes("application/x-www-form-urlencoded", body.into()),
            Err(reason) => self.fail(format!("the form cannot be serialized: {reason}")),
        }
    }

    /// Sets a body of text.
    fn text(&mut self, body: &str) {
        let body = Bytes::copy_from_slice(body.as_bytes());
        self.bytes("text/plain; charset=utf-8", body);
    }

    /// Sets a body of bytes.
    fn bytes(&mut self, content_type: &str, body: Bytes) {
        self.header("content-type", Some(content_type));
        self.body = body;
    }

    fn finish(mut self, base: &str) -> Result<Request<Bytes>, String> {
        // Clients and proxies remove such segments, so that the request would be one to another path.
        if self.path.split('/').any(|part| part == "." || part == "..") {
            self.fail(format!("the path `{}` has a segment of dots", self.path));
        }
        if !self.cookies.is_empty() {
            let cookies = std::mem::take(&mut self.cookies);
            self.header("cookie", Some(&cookies));
        }
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut target = format!("{base}{}", self.path);
        if !self.query.is_empty() {
            target = format!("{target}?{}", self.query);
        }
        let request = Request::builder().method(self.method).uri(target);
        let mut request = request.body(self.body).map_err(|error| error.to_string())?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }
}

/// An answer that is not yet read.
#[derive(Clone)]
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

/// An answer whose body does not match.
struct Malformed {
    answer: Answer,
    reason: String,
}

#[allow(dead_code)]
impl Answer {
    /// Returns whether the answer has this status, and a body of this media type.
    fn is(&self, status: u16, media_type: &str) -> bool {
        let content_type = self.headers.get("content-type");
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next();
        let essence = essence.unwrap_or_default().trim().to_ascii_lowercase();
        let is_json = media_type == "application/json"
            && essence.ends_with("+json")
            && essence != "application/problem+json";
        self.status == status && (essence == media_type || is_json)
    }

    fn header(&self, name: &str) -> Option<HeaderValue> {
        self.headers.get(name).cloned()
    }

    fn json<B: DeserializeOwned>(&self) -> Result<B, Malformed> {
        serde_json::from_slice(&self.body).map_err(|error| self.malformed(error))
    }

    fn text(&self) -> Result<String, Malformed> {
        let text = String::from_utf8(self.body.to_vec());
        text.map_err(|error| self.malformed(error.utf8_error()))
    }

    fn malformed(&self, reason: impl fmt::Display) -> Malformed {
        Malformed {
            answer: self.clone(),
            reason: reason.to_string(),
        }
    }
}

/// Percent-encodes a text. The unreserved characters (RFC 3986) and those in `kept` stay.
fn percent_encode(out: &mut String, text: &str, kept: &[u8]) {
    for byte in text.bytes() {
        match byte {
            b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() || kept.contains(&byte) => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

/// Writes a value as the pairs of a form. A list is a key that repeats, and `null` is left out.
fn pairs<V: Serialize + ?Sized>(value: &V) -> Result<String, String> {
    let value = serde_json::to_value(value).map_err(|error| error.to_string())?;
    let fields = match value {
        serde_json::Value::Object(fields) => fields,
        serde_json::Value::Null => return Ok(String::new()),
        _ => return Err("it is not a struct or a map".to_owned()),
    };
    let mut out = String::new();
    for (key, value) in fields {
        let values = match value {
            serde_json::Value::Array(values) => values,
            value => vec![value],
        };
        for value in values {
            let text = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text,
                serde_json::Value::Array(_) | serde_json::Value::Object(_) => {
                    return Err(format!("the value of `{key}` is nested"));
                }
                other => other.to_string(),
            };
            if !out.is_empty() {
                out.push('&');
            }
            percent_encode(&mut out, &key, b"");
            out.push('=');
            percent_encode(&mut out, &text, b"");
        }
    }
    Ok(out)
}

/// Encodes a text as Base64 (RFC 4648).
#[allow(dead_code)]
fn base64(text: &str) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in text.as_bytes().chunks(3) {
        let byte = |i: usize| u32::from(chunk.get(i).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            match i <= chunk.len() {
                true => out.push(char::from(ALPHABET[(bits >> (18 - 6 * i) & 63) as usize])),
                false => out.push('='),
            }
        }
    }
    out
}
