#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::{collections::HashMap, fmt, time::Duration};

use highball::{
    Error, Extract, Rejection,
    describe::{Answers, Inputs, Login},
    extract::{Bearer, Facts, Input},
    http::{HeaderValue, StatusCode, header},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, errors::ErrorKind};
use serde::de::DeserializeOwned;

pub use jsonwebtoken;

/// An extractor of the claims of the JSON web token in the `Authorization: Bearer` header.
///
/// The [`Verifier`] in the app state checks the token. A request without a valid token is rejected with 401.
///
/// Use the extractor in a guard that turns the claims into a user. Verification proves that a holder of the key
/// signed these claims. It does not prove that the user still exists or still has a role: check that in the
/// guard if it matters.
///
/// # Examples
/// ```
/// use highball::prelude::*;
/// use highball_jwt::{Claims, Verifier};
///
/// #[derive(serde::Deserialize)]
/// struct Token {
///     sub: String,
///     admin: bool,
/// }
///
/// #[derive(Local)]
/// struct User(String);
///
/// #[guard]
/// fn admin(token: Claims<Token>) -> Result<User, StatusCode> {
///     match token.0.admin {
///         true => Ok(User(token.0.sub)),
///         false => Err(StatusCode::FORBIDDEN),
///     }
/// }
///
/// #[get("/", with(admin))]
/// async fn home(user: Local<'_, User>) -> String {
///     user.0.clone()
/// }
///
/// #[derive(State)]
/// struct AppState {
///     verifier: Verifier,
/// }
///
/// #[routes(app)]
/// struct Api(home);
///
/// # fn main() -> highball::Result {
/// # let secret = "at least 32 bytes that are random";
/// # /*
/// let secret = std::env::var("JWT_SECRET")?;
/// # */
/// let verifier = Verifier::hs256(secret.as_bytes())?;
/// let verifier = verifier.issuer("https://login.example").audience("shop");
/// let _ = highball::serve(Api).state(AppState { verifier });
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Claims<T>(pub T);

/// The rules by which an app accepts tokens: keys, algorithms, issuer and audience.
///
/// - A token must have `exp`. `exp` and `nbf` are checked with a leeway of a minute.
/// - If an issuer or an audience is set, the token must have it. If no audience is set, a token with `aud` is
///   rejected (RFC 7519 §4.1.3).
/// - The algorithm is that of the key. A token that names another algorithm, or `none`, is rejected.
///
/// # Examples
/// ```
/// use highball_jwt::{Verifier, jsonwebtoken::{Algorithm, DecodingKey}};
///
/// # fn main() -> highball::Result {
/// let secret = b"at least 32 bytes that are random";
/// let one_key = Verifier::hs256(secret)?.issuer("https://login.example").audience("shop");
///
/// let old = DecodingKey::from_secret(secret);
/// let new = DecodingKey::from_secret(b"another 32 bytes that are random, too");
/// let rotating = Verifier::keyed()
///     .key("2026-01", Algorithm::HS256, old)
///     .key("2026-02", Algorithm::HS256, new);
/// # let _ = (one_key, rotating);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use]
pub struct Verifier {
    /// The key of tokens without a `kid`, and of tokens whose `kid` is not in `keys`.
    key: Option<(Algorithm, DecodingKey)>,
    /// The keys by `kid`.
    keys: HashMap<String, (Algorithm, DecodingKey)>,
    rules: Validation,
}

impl Verifier {
    /// Accepts tokens that are signed by HMAC with SHA-256 and this secret.
    ///
    /// # Errors
    /// If the secret is shorter than 32 bytes (RFC 7518 §3.2): a shorter one can be found by brute force.
    pub fn hs256(secret: &[u8]) -> highball::Result<Self> {
        let len = secret.len();
        if len < 32 {
            return Err(Error::new(format!(
                "the secret for HS256 has {len} bytes and needs at least 32; make one with `openssl rand -base64 32`"
            )));
        }
        let key = DecodingKey::from_secret(secret);
        Ok(Self::of(Algorithm::HS256, key))
    }

    /// Accepts tokens that are signed with this key and algorithm.
    ///
    /// The key is a public key, from `DecodingKey::from_rsa_pem` or a similar function.
    pub fn of(algorithm: Algorithm, key: DecodingKey) -> Self {
        let mut verifier = Self::keyed();
        verifier.key = Some((algorithm, key));
        verifier
    }

    /// Accepts only tokens whose `kid` is that of a key added by [`key`](Self::key).
    pub fn keyed() -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_nbf = true;
        Self {
            key: None,
            keys: HashMap::new(),
            rules,
        }
    }

    /// Adds the key of tokens with this `kid`.
    ///
    /// With several keys, tokens of an old and a new key are accepted while keys are rotated.
    pub fn key(mut self, kid: impl Into<String>, algorithm: Algorithm, key: DecodingKey) -> Self {
        self.keys.insert(kid.into(), (algorithm, key));
        self
    }

    /// Accepts only tokens of this issuer.
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.rules.set_issuer(&[issuer]);
        self.rules.required_spec_claims.insert("iss".to_owned());
        self
    }

    /// Accepts only tokens for this audience.
    pub fn audience(mut self, audience: &str) -> Self {
        self.rules.set_audience(&[audience]);
        self.rules.required_spec_claims.insert("aud".to_owned());
        self
    }

    /// Sets the difference of clocks that is tolerated. The default is a minute.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.rules.leeway = leeway.as_secs();
        self
    }

    /// Verifies a token and returns its claims.
    ///
    /// # Errors
    /// Returns a rejection with 401 if the token is not accepted. The rejection's cause is the reason, which the
    /// client does not see.
    pub fn claims<T: DeserializeOwned>(&self, token: &str) -> Result<T, Rejection> {
        let header = decode_header(token).map_err(refuse)?;
        let known = match &header.kid {
            Some(kid) => self.keys.get(kid).or(self.key.as_ref()),
            None => self.key.as_ref(),
        };
        let Some((algorithm, key)) = known else {
            return Err(invalid("no key for the token's `kid`"));
        };
        let mut rules = self.rules.clone();
        rules.algorithms = vec![*algorithm];
        let token = decode(token, key, &rules).map_err(refuse)?;
        Ok(token.claims)
    }
}

fn refuse(error: jsonwebtoken::errors::Error) -> Rejection {
    match error.kind() {
        // jsonwebtoken's text names its error variant; expiry is common enough for plain words in the log.
        ErrorKind::ExpiredSignature => invalid("the token has expired"),
        _ => invalid(&error.to_string()),
    }
}

/// Returns the rejection of an invalid token, with the challenge of RFC 6750 §3.1.
fn invalid(cause: &str) -> Rejection {
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    Rejection::new(StatusCode::UNAUTHORIZED, "the token is not accepted")
        .with_header(header::WWW_AUTHENTICATE, challenge)
        .with_cause(cause)
}

impl<'r, T: DeserializeOwned> Extract<'r> for Claims<T> {
    type State = Verifier;
    const FACTS: Facts = Bearer::FACTS;
    const INPUTS: Inputs = Inputs::login(Login::Bearer { format: "JWT" });
    const ANSWERS: Answers = Bearer::ANSWERS;

    fn extract(input: Input<'r, Verifier>) -> Result<Self, Rejection> {
        let token = Bearer::from_headers(input.headers())?;
        input.state().claims(token.token()).map(Self)
    }

    /// Checks only that a token is present, so that its signature is verified once per request.
    fn check_head(input: Input<'_, Verifier>) -> Result<(), Rejection> {
        Bearer::from_headers(input.headers()).map(drop)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<_> = self.keys.keys().collect();
        f.debug_struct("Verifier")
            .field("kids", &kids)
            .finish_non_exhaustive()
    }
}
