//! Accounts that are known at start, asked for by the browser's own dialogue.

use std::fmt;

use highball_macros::{Local, guard};

use crate::{
    const_text::refuse,
    extract::Basic,
    request::{Context, State},
    response::Rejection,
};

/// Lets a request through that brings the user name and the password of one of the app's [`Accounts`]
/// (RFC 7617), and provides the [`Account`]; any other is answered with 401.
///
/// How much of a password is right cannot be told from the time that it takes.
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
    /// Names what is guarded; a browser shows it, and keeps a login for each.
    ///
    /// # Panics
    /// Where the name has quotes, backslashes or other than printable ASCII; in `with(..)` that is a
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

/// User names and their passwords, for [`BasicAuth`].
#[derive(Clone)]
pub struct Accounts(Vec<(String, String)>);

impl Accounts {
    /// Takes the names and passwords.
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

    /// Returns the account that the login is for; it compares with each, so that the time does not
    /// tell which there are.
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

/// Who has logged in: [`BasicAuth`] provides it.
#[derive(Debug, Clone, Local)]
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

#[guard(crate = crate)]
impl BasicAuth {
    fn check(&self, accounts: State<Accounts>, cx: &Context<'_>) -> Result<Account, Rejection> {
        let login = Basic::from_headers(cx.headers());
        let account = login.and_then(|login| accounts.find(&login));
        account.ok_or_else(|| Basic::unauthorized(self.realm))
    }
}
