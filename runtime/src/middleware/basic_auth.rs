//! HTTP Basic authentication with accounts that are known at start.

use std::fmt;

use highball_macros::{Local, guard};

use crate::{
    const_text::refuse,
    extract::{Basic, Extract},
    request::{Context, State},
    response::Rejection,
};

/// A guard that requires the user name and password of one of the app's [`Accounts`] (HTTP Basic, RFC 7617).
///
/// It provides the [`Account`] as a local. Any other request is rejected with 401. Passwords are compared in constant
/// time.
///
/// # Examples
/// ```
/// use highball::{middleware::{Account, Accounts, BasicAuth}, prelude::*};
///
/// #[derive(State)]
/// struct AppState {
///     accounts: Accounts,
/// }
///
/// #[get("/", with(BasicAuth::realm("operations")))]
/// async fn home(account: Local<'_, Account>) -> String {
///     format!("hello {}", account.name())
/// }
///
/// #[routes(app)]
/// struct Api(home);
///
/// # let password = String::from("secret");
/// let state = AppState { accounts: Accounts::new([("ops", password)]) };
/// let _ = highball::serve(Api).state(state);
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use]
pub struct BasicAuth {
    realm: &'static str,
}

impl BasicAuth {
    /// Sets the realm: the name of the protected area. A browser may show it, and stores a login for each realm.
    ///
    /// # Panics
    /// Panics if the name has quotes, backslashes or characters that are not printable ASCII. In `with(..)` that is a
    /// compile error.
    pub const fn realm(realm: &'static str) -> Self {
        let bytes = realm.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let known = matches!(bytes[at], b' '..=b'~') && bytes[at] != b'"' && bytes[at] != b'\\';
            if !known {
                refuse(
                    realm,
                    "is no realm: it is printable ASCII without quotes and backslashes",
                );
            }
            at += 1;
        }
        Self { realm }
    }
}

/// The user names and passwords for [`BasicAuth`], as a field of the app state.
///
/// # Examples
/// ```
/// use highball::{middleware::{Accounts, BasicAuth}, prelude::*};
///
/// #[derive(State)]
/// struct AppState {
///     accounts: Accounts,
/// }
///
/// #[get("/")]
/// async fn home() {}
///
/// #[routes(app, with(BasicAuth::realm("operations")))]
/// struct Api(home);
///
/// # let password = String::from("secret");
/// let state = AppState { accounts: Accounts::new([("ops", password)]) };
/// let _ = highball::serve(Api).state(state);
/// ```
#[derive(Clone)]
pub struct Accounts(Vec<(String, String)>);

impl Accounts {
    /// Returns accounts of these names and passwords.
    pub fn new<N: Into<String>, P: Into<String>>(
        accounts: impl IntoIterator<Item = (N, P)>,
    ) -> Self {
        let accounts = accounts.into_iter();
        Self(
            accounts
                .map(|(name, password)| (name.into(), password.into()))
                .collect(),
        )
    }

    /// Returns the account of a login. It compares all accounts, so that the time does not reveal which names exist.
    fn find(&self, login: &Basic) -> Option<Account> {
        let mut found = None;
        for (name, password) in &self.0 {
            if login.is(name, password) {
                found = Some(name);
            }
        }
        found.map(|name| Account { name: name.clone() })
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

/// The account of the logged-in user. [`BasicAuth`] provides it as a local.
///
/// # Examples
/// ```
/// use highball::{middleware::{Account, BasicAuth}, prelude::*};
///
/// #[get("/me", with(BasicAuth::realm("operations")))]
/// async fn me(account: Local<'_, Account>) -> String {
///     account.name().to_owned()
/// }
/// # #[derive(State)] struct AppState { accounts: highball::middleware::Accounts }
/// # #[routes(app)] struct Api(me);
/// # let accounts = highball::middleware::Accounts::new([("ops", "secret")]);
/// # let _ = highball::serve(Api).state(AppState { accounts });
/// ```
#[derive(Debug, Clone, Local)]
#[local(provided_by = "highball::middleware::BasicAuth")]
#[highball(crate = crate)]
pub struct Account {
    name: String,
}

impl Account {
    /// Returns the user name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

#[guard(facts = Basic::FACTS, inputs = Basic::INPUTS, answers = Basic::ANSWERS, crate = crate)]
impl BasicAuth {
    fn check(&self, accounts: State<Accounts>, cx: &Context<'_>) -> Result<Account, Rejection> {
        let login = Basic::from_headers(cx.headers());
        let account = login.and_then(|login| accounts.find(&login));
        account.ok_or_else(|| Basic::unauthorized(self.realm))
    }
}
