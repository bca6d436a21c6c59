//! JSON web tokens (RFC 7519).

#![cfg_attr(docsrs, feature(doc_cfg))]

use std::{collections::HashMap, fmt, time::Duration};

use highball::{
    Bearer, Error, Extract, Input, Rejection,
    http::{HeaderValue, StatusCode, header},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, errors::ErrorKind};
use serde::de::DeserializeOwned;

pub use jsonwebtoken;

/// The claims of the JSON web token that a request brings as its bearer token; 401 unless the
/// [`Verifier`] in the app state accepts it.
///
/// Take it in a guard that makes a user of the claims. The claims are read before the app is asked, so
/// what they say is what whoever holds the key has signed, and no more.
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

/// Which tokens an app accepts: by which keys and algorithms, from whom, and for whom.
///
/// A token needs `exp`, and neither it nor `nbf` may be off by more than a minute; where an issuer or an
/// audience is set, it needs that, too, and a token for an audience is refused where none is set
/// (RFC 7519 §4.1.3). The algorithm is the key's, whatever the token says, and none is
/// not one.
#[derive(Clone)]
#[must_use]
pub struct Verifier {
    /// The key of tokens that name none.
    key: Option<(Algorithm, DecodingKey)>,
    keys: HashMap<String, (Algorithm, DecodingKey)>,
    rules: Validation,
}

impl Verifier {
    /// Accepts tokens that are signed with HMAC and SHA-256 under this secret.
    ///
    /// # Errors
    /// For a secret of less than 32 bytes (RFC 7518 §3.2): a shorter one can be found by trying.
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

    /// Accepts tokens that are signed with this key, by this algorithm: a public key, made by
    /// `DecodingKey::from_rsa_pem` or one of its siblings.
    pub fn of(algorithm: Algorithm, key: DecodingKey) -> Self {
        let mut verifier = Self::keyed();
        verifier.key = Some((algorithm, key));
        verifier
    }

    /// Accepts tokens that name one of the keys of [`key`](Self::key), and no others.
    pub fn keyed() -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        rules.validate_nbf = true;
        Self {
            key: None,
            keys: HashMap::new(),
            rules,
        }
    }

    /// Adds the key of tokens that name this `kid`: so keys are changed, with both in force for a while.
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

    /// Sets how much the clocks may differ, in place of a minute.
    pub fn leeway(mut self, leeway: Duration) -> Self {
        self.rules.leeway = leeway.as_secs();
        self
    }

    /// Reads a token.
    ///
    /// # Errors
    /// Answers 401 where it is not accepted; why is in the rejection's cause.
    pub fn claims<T: DeserializeOwned>(&self, token: &str) -> Result<T, Rejection> {
        let header = decode_header(token).map_err(refuse)?;
        let known = match &header.kid {
            Some(kid) => self.keys.get(kid).or(self.key.as_ref()),
            None => self.key.as_ref(),
        };
        let Some((algorithm, key)) = known else {
            return Err(invalid("it names no key that is known"));
        };
        let mut rules = self.rules.clone();
        rules.algorithms = vec![*algorithm];
        let token = decode(token, key, &rules).map_err(refuse)?;
        Ok(token.claims)
    }
}

fn refuse(error: jsonwebtoken::errors::Error) -> Rejection {
    match error.kind() {
        // What a client may mend, by asking for a new one.
        ErrorKind::ExpiredSignature => invalid("it has expired"),
        _ => invalid(&error.to_string()),
    }
}

/// RFC 6750 §3.1.
fn invalid(cause: &str) -> Rejection {
    let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
    Rejection::new(StatusCode::UNAUTHORIZED, "the token is not accepted")
        .with_header(header::WWW_AUTHENTICATE, challenge)
        .with_cause(cause)
}

impl<'r, T: DeserializeOwned> Extract<'r> for Claims<T> {
    type State = Verifier;

    fn extract(input: Input<'r, Verifier>) -> Result<Self, Rejection> {
        let token = Bearer::from_headers(input.headers())?;
        input.state().claims(token.token()).map(Self)
    }

    /// Checks that there is a token; its signature is checked once.
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
