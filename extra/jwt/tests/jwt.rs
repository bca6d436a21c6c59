//! Tokens that are accepted and rejected.

use highball::{http::HeaderMap, prelude::*};
use highball_jwt::{
    Claims, Verifier,
    jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, encode},
};
use serde::{Deserialize, Serialize};

const SECRET: &[u8; 32] = b"0123456789abcdef0123456789abcdef";
const OTHER: &[u8; 32] = b"fedcba9876543210fedcba9876543210";

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Token {
    sub: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nbf: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<String>,
}

fn now() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.expect("a clock that is not before 1970").as_secs()
}

fn token() -> Token {
    Token {
        sub: "zoe".to_owned(),
        exp: Some(now() + 600),
        nbf: None,
        iss: Some("login".to_owned()),
        aud: Some("shop".to_owned()),
    }
}

fn ours() -> Verifier {
    Verifier::hs256(SECRET).expect("32 bytes")
}

fn signed(header: &Header, token: &Token, secret: &[u8]) -> String {
    encode(header, token, &EncodingKey::from_secret(secret)).expect("a token")
}

#[get("/me")]
async fn me(token: Claims<Token>) -> String {
    token.0.sub
}

#[derive(State)]
struct AppState {
    verifier: Verifier,
}

#[routes(app)]
struct Api(me);

async fn get_me(token: &str) -> (u16, HeaderMap, String) {
    let verifier = ours().issuer("login").audience("shop");
    let client = Api.test().state(AppState { verifier });
    let response = client.get("/me").bearer(token).send().await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    (status, headers, response.text().to_owned())
}

#[tokio::test]
async fn valid_token_is_accepted() {
    let (status, _, text) = get_me(&signed(&Header::default(), &token(), SECRET)).await;
    assert_eq!((status, &*text), (200, "zoe"));
}

#[tokio::test]
async fn any_other_is_not() {
    let plain = Header::default();
    let good = signed(&plain, &token(), SECRET);
    let (head, rest) = good.split_once('.').expect("three parts");
    let with = |change: fn(&mut Token)| {
        let mut token = token();
        change(&mut token);
        signed(&Header::default(), &token, SECRET)
    };
    let wrong = [
        ("of another key", signed(&plain, &token(), OTHER)),
        (
            "of another algorithm",
            signed(&Header::new(Algorithm::HS512), &token(), SECRET),
        ),
        (
            "without a signature",
            good.rsplit_once('.').expect("three parts").0.to_owned() + ".",
        ),
        // {"alg":"none"}
        ("of no algorithm", format!("eyJhbGciOiJub25lIn0.{rest}")),
        (
            "of another head",
            format!("{}A.{rest}", &head[..head.len() - 1]),
        ),
        ("expired", with(|token| token.exp = Some(now() - 61))),
        ("without an end", with(|token| token.exp = None)),
        ("not yet valid", with(|token| token.nbf = Some(now() + 120))),
        (
            "of another issuer",
            with(|token| token.iss = Some("else".to_owned())),
        ),
        ("of no issuer", with(|token| token.iss = None)),
        (
            "for another audience",
            with(|token| token.aud = Some("else".to_owned())),
        ),
        ("for no audience", with(|token| token.aud = None)),
        ("no token", "abc".to_owned()),
    ];
    for (what, token) in wrong {
        let (status, headers, text) = get_me(&token).await;
        assert_eq!(status, 401, "{what}: {text}");
        assert_eq!(
            headers[header::WWW_AUTHENTICATE],
            "Bearer error=\"invalid_token\"",
            "{what}"
        );
        assert!(text.contains("the token is not accepted"), "{what}: {text}");
    }
    let verifier = ours();
    let for_another = verifier.claims::<Token>(&good);
    assert!(
        for_another.is_err(),
        "a token for an audience that is not ours"
    );
    let response = Api.test().state(AppState { verifier });
    let response = response.get("/me").send().await;
    assert_eq!(response.header(header::WWW_AUTHENTICATE), "Bearer");
}

#[test]
fn a_key_is_found_by_its_name() {
    let verifier = Verifier::keyed()
        .key("old", Algorithm::HS256, DecodingKey::from_secret(SECRET))
        .key("new", Algorithm::HS512, DecodingKey::from_secret(OTHER));
    let check = |kid: Option<&str>, algorithm, secret: &[u8], expected: bool| {
        let mut header = Header::new(algorithm);
        header.kid = kid.map(str::to_owned);
        let mut token = token();
        token.aud = None;
        let token = signed(&header, &token, secret);
        assert_eq!(
            verifier.claims::<Token>(&token).is_ok(),
            expected,
            "{kid:?}"
        );
    };
    check(Some("old"), Algorithm::HS256, SECRET, true);
    check(Some("new"), Algorithm::HS512, OTHER, true);
    check(Some("new"), Algorithm::HS256, OTHER, false);
    check(Some("new"), Algorithm::HS256, SECRET, false);
    check(Some("else"), Algorithm::HS256, SECRET, false);
    check(None, Algorithm::HS256, SECRET, false);
    assert_eq!(format!("{:?}", ours()), "Verifier { kids: [], .. }");
}

#[test]
fn a_short_secret_is_an_error_with_the_fix() {
    for (secret, len) in [(&b""[..], "0"), (b"secret", "6"), (&SECRET[..31], "31")] {
        let error = Verifier::hs256(secret).expect_err("it is short");
        assert_eq!(
            error.to_string(),
            format!(
                "the secret for HS256 has {len} bytes and needs at least 32; make one with `openssl rand -base64 32`"
            )
        );
    }
}
