//! The requests to send, and the frequency of each.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use http::uri::Scheme;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::Full;
use serde::Deserialize;

use crate::args::Run;

/// A request that is sent repeatedly.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The index of the server.
    pub(crate) server: usize,
    weight: u64,
    pub(crate) method: Method,
    pub(crate) url: Uri,
    headers: HeaderMap,
    body: Bytes,
    /// The target in the request line: the path for HTTP/1, the whole URL for HTTP/2.
    request_target: Uri,
}

/// The targets. Each is picked in proportion to its weight.
#[derive(Debug)]
pub(crate) struct Targets {
    all: Vec<Target>,
    /// The servers, as `host:port`.
    servers: Vec<String>,
    /// The cumulative weights.
    sums: Vec<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetFile {
    target: Vec<FileEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    url: String,
    method: Option<String>,
    #[serde(default)]
    headers: std::collections::BTreeMap<String, String>,
    body: Option<String>,
    body_file: Option<PathBuf>,
    weight: Option<u64>,
}

impl Targets {
    /// Collects the targets of the command line and of the file.
    pub(crate) fn new(run: &Run) -> Result<Self, String> {
        let body = match run
            .body
            .as_deref()
            .map(|body| (body, body.strip_prefix('@')))
        {
            None => Bytes::new(),
            Some((_, Some(path))) => read_file(Path::new(path))?.into(),
            Some((body, None)) => Bytes::copy_from_slice(body.as_bytes()),
        };
        let mut all = Vec::new();
        for text in &run.urls {
            let (weight, url) = split_weight(text);
            all.push(Target::new(
                weight,
                run.method.clone(),
                url,
                run,
                body.clone(),
            )?);
        }
        if let Some(path) = &run.targets {
            for entry in read_entries(path)? {
                all.push(Target::from_entry(entry, path, run, &body)?);
            }
        }
        let mut servers = Vec::new();
        for target in &mut all {
            target.server = index_or_push(&mut servers, target.address());
        }
        let mut sum = 0_u64;
        let sums: Vec<u64> = all
            .iter()
            .map(|target| {
                sum = sum.saturating_add(target.weight);
                sum
            })
            .collect();
        if sum == 0 {
            return Err("there is nothing to request: name a URL with a weight above 0".to_owned());
        }
        Ok(Self { all, servers, sums })
    }

    pub(crate) fn all(&self) -> &[Target] {
        &self.all
    }

    pub(crate) fn servers(&self) -> &[String] {
        &self.servers
    }

    /// Returns the index of the target for a request. Targets alternate, and their shares approach the weights
    /// quickly.
    pub(crate) fn pick(&self, number: u64) -> usize {
        // The fractional parts of multiples of the golden ratio are distributed as evenly as possible.
        const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;
        let sum = u128::from(*self.sums.last().unwrap_or(&1));
        let at = (u128::from(number.wrapping_mul(GOLDEN)) * sum) >> 64;
        self.sums
            .partition_point(|before| u128::from(*before) <= at)
    }
}

fn index_or_push(all: &mut Vec<String>, text: String) -> usize {
    let found = all.iter().position(|other| *other == text);
    found.unwrap_or_else(|| {
        all.push(text);
        all.len() - 1
    })
}

/// Splits `3:http://..` into the weight and the URL.
fn split_weight(text: &str) -> (u64, &str) {
    text.split_once(':')
        .and_then(|(weight, url)| Some((weight.parse().ok()?, url)))
        .unwrap_or((1, text))
}

fn read_entries(path: &Path) -> Result<Vec<FileEntry>, String> {
    let text = String::from_utf8(read_file(path)?)
        .map_err(|_| format!("{} is not UTF-8 text", path.display()))?;
    let file: TargetFile = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        format!("{}:{line}: {}", path.display(), error.message().trim_end())
    })?;
    Ok(file.target)
}

fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path).map_err(|error| format!("cannot read {}: {error}", path.display()))
}

impl Target {
    fn new(weight: u64, method: Method, url: &str, run: &Run, body: Bytes) -> Result<Self, String> {
        let (url, path) = parse_url(url)?;
        let mut headers = HeaderMap::new();
        let request_target = if run.http2 {
            url.clone()
        } else {
            let host = url.authority().map_or("", |authority| authority.as_str());
            let host = HeaderValue::from_str(host).map_err(|error| error.to_string())?;
            headers.insert(header::HOST, host);
            path
        };
        // A `host` of the command line replaces the generated one. Headers of the same name are all sent.
        for (name, _) in &run.headers {
            headers.remove(name);
        }
        for (name, value) in &run.headers {
            headers.append(name, value.clone());
        }
        Ok(Self {
            server: 0,
            weight,
            method,
            url,
            headers,
            body,
            request_target,
        })
    }

    /// Returns the target of an entry of the file. The command line sets what the entry does not.
    fn from_entry(entry: FileEntry, file: &Path, run: &Run, body: &Bytes) -> Result<Self, String> {
        let body = match (entry.body, entry.body_file) {
            (Some(_), Some(_)) => {
                return Err(format!(
                    "{}: write `body` or `body_file`, not both",
                    entry.url
                ));
            }
            (Some(body), None) => body.into(),
            // Like other paths in configuration files, this one is relative to the file.
            (None, Some(path)) => {
                read_file(&file.parent().unwrap_or(Path::new("")).join(path))?.into()
            }
            (None, None) => body.clone(),
        };
        let method = match &entry.method {
            Some(method) => method
                .parse()
                .map_err(|_| format!("`{method}` is not a method"))?,
            None => run.method.clone(),
        };
        let mut target = Self::new(entry.weight.unwrap_or(1), method, &entry.url, run, body)?;
        for (name, value) in &entry.headers {
            let wrong = || format!("`{name}: {value}` is not a valid header");
            let key: HeaderName = name.parse().map_err(|_| wrong())?;
            target
                .headers
                .insert(key, value.parse().map_err(|_| wrong())?);
        }
        Ok(target)
    }

    /// Returns the address of the server, as `host:port`.
    fn address(&self) -> String {
        let host = self.url.host().unwrap_or_default();
        format!("{host}:{}", self.url.port_u16().unwrap_or(80))
    }

    pub(crate) fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(self.body.clone()));
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = self.request_target.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// Parses a URL. Returns the whole, and its path and query alone.
fn parse_url(text: &str) -> Result<(Uri, Uri), String> {
    let wrong = || format!("`{text}` is not a valid URL: write `http://host:port/path`");
    let url: Uri = text.parse().map_err(|_| wrong())?;
    if url.scheme() == Some(&Scheme::HTTPS) {
        return Err(format!(
            "`{text}` requires TLS, which is not supported: request the server behind the TLS proxy by `http://`"
        ));
    }
    let authority = url.authority().ok_or_else(wrong)?;
    if authority.as_str().contains('@') {
        return Err(format!(
            "`{text}` contains a login: write --header 'authorization: Basic ..'"
        ));
    }
    // The path of `http://host?query` is empty, but a request line requires a slash.
    let query = url.query().map(|query| format!("?{query}"));
    let path = format!("{}{}", url.path(), query.unwrap_or_default());
    let path: Uri = path.parse().map_err(|_| wrong())?;
    let mut whole = url.clone().into_parts();
    whole.path_and_query = path.path_and_query().cloned();
    if whole.scheme != Some(Scheme::HTTP) {
        return Err(wrong());
    }
    Ok((Uri::from_parts(whole).map_err(|_| wrong())?, path))
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::args::Cli;

    fn targets(args: &[&str]) -> Result<Targets, String> {
        let cli = Cli::parse_from([&["highball-load"], args].concat());
        Targets::new(&cli.run)
    }

    #[test]
    fn targets_are_picked_by_weight() {
        let targets = targets(&["3:http://a/x", "http://b:81/y"]).expect("they are good");
        let mut counts = [0; 2];
        for number in 0..1000 {
            counts[targets.pick(number)] += 1;
        }
        assert!((745..=755).contains(&counts[0]), "{counts:?}");
        assert_eq!(targets.all()[0].address(), "a:80");
        assert_eq!(targets.all()[1].address(), "b:81");
        assert_eq!(targets.all()[1].request().uri(), "/y");
    }

    #[test]
    fn invalid_urls_are_rejected() {
        for (url, word) in [
            ("a", "write `http://"),
            ("/a", "write `http://"),
            ("https://a/", "TLS"),
            ("ftp://a/", "write `http://"),
            ("http://user:word@a/", "--header"),
            ("0:http://a/", "weight"),
        ] {
            let error = targets(&[url]).expect_err(url);
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn query_needs_no_path() {
        for arg in ["--quiet", "--http2"] {
            let targets = targets(&[arg, "http://a:81?b=1"]).expect("it is good");
            let request = targets.all()[0].request();
            assert_eq!(request.uri().path_and_query().expect("one"), "/?b=1");
        }
    }

    #[test]
    fn headers_of_one_name_are_all_sent() {
        let args = [
            "-H",
            "cookie: a",
            "-H",
            "cookie: b",
            "-H",
            "host: c",
            "http://a/",
        ];
        let request = targets(&args).expect("they are good").all()[0].request();
        let all = |name| request.headers().get_all(name).iter().collect::<Vec<_>>();
        assert_eq!(all("cookie"), ["a", "b"]);
        assert_eq!(all("host"), ["c"]);
    }

    #[test]
    fn large_weights_do_not_overflow() {
        let largest = format!("{}:http://a/", u64::MAX);
        let targets = targets(&[&largest, "2:http://b/"]).expect("they are good");
        assert_eq!(targets.pick(1), 0);
    }

    #[test]
    fn file_is_read() {
        let path = std::env::temp_dir().join(format!("highball-load-{}.toml", std::process::id()));
        let text = "[[target]]\nurl = 'http://a/'\nmethod = 'POST'\nbody = '{}'\nweight = 2\n\
                    headers = { content-type = 'application/json' }\n[[target]]\nurl = 'http://b/'\n";
        std::fs::write(&path, text).expect("it is written");
        let args = ["--method", "PUT", "--targets", path.to_str().expect("text")];
        let targets = targets(&args).expect("it is good");
        assert_eq!(targets.all()[1].request().method(), Method::PUT);
        let request = targets.all()[0].request();
        assert_eq!(request.method(), Method::POST);
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["host"], "a");
        std::fs::remove_file(&path).expect("it is there");
    }
}
