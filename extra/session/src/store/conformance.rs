//! The tests that each store passes, for the tests of other stores too.
//!
//! The feature `conformance` enables them. [`store_conformance!`](crate::store_conformance) declares a test for each
//! sentence of the documentation of [`Store`], and [`check`] runs them all.
//!
//! The store may contain other sessions, and other runs of the tests may use it at the same time: keys and users are
//! random. The tests do not depend on the clock of the store, except that a store may remove a session by itself when
//! its time has come. They do not run against a store in use, because they sweep it with a time in the future.
//!
//! Times are whole seconds, so a store may keep seconds.

mod fixture;

/// Declares the modules of tests. The name of a test is its documentation.
macro_rules! tests {
    ($($name:ident)*) => {
        $(
            #[expect(missing_docs, reason = "hidden functions")]
            mod $name;
            #[doc(hidden)]
            pub use $name::*;
        )*
    };
}

tests!(create names put races replace sweep touch users);

use std::sync::Arc;

use crate::store::Store;

/// Declares the tests that each store passes.
///
/// The argument is a closure without arguments that returns a future of a store. Each test calls it once. The tests
/// need `tokio` with the features `macros` and `rt-multi-thread`.
///
/// # Examples
///
/// ```
/// use highball_session::{store::Memory, store_conformance};
///
/// store_conformance!(|| async { Memory::new() });
/// ```
#[macro_export]
macro_rules! store_conformance {
    ($open:expr) => {
        $crate::__each_store_test!(__store_test, $open);
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __store_test {
    ($open:expr, $($name:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let store = ($open)().await;
                $crate::store::conformance::$name(::std::sync::Arc::new(store)).await;
            }
        )*
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __each_store_test {
    ($callback:ident, $argument:expr) => {
        $crate::$callback! {
            $argument,
            a_new_session_has_its_head_and_no_slots
            a_key_is_created_once
            a_key_is_created_once_by_tasks_at_the_same_time
            an_unknown_key_has_no_session
            an_ended_session_has_gone_with_its_slots
            the_store_answers
            a_put_increases_the_version
            a_put_with_another_version_changes_nothing
            a_put_without_a_session_changes_nothing
            slots_have_separate_versions
            data_of_all_kinds_is_kept
            names_of_slots_are_exact
            names_of_users_are_exact
            keys_are_exact
            a_touch_changes_the_times_only
            an_earlier_touch_changes_nothing
            a_touch_creates_no_session
            a_replaced_session_keeps_its_slots
            a_replace_without_a_session_changes_nothing
            a_replace_with_a_key_in_use_changes_nothing
            a_replaced_key_leads_to_no_session
            a_kept_key_leads_to_the_session_until_its_time
            a_kept_key_changes_nothing
            a_kept_key_ends_with_its_session
            a_replace_drops_the_keys_that_were_kept_before
            of_user_returns_the_sessions_of_the_user
            of_user_follows_a_login_and_a_logout
            of_user_finds_a_session_that_is_renewed
            a_sweep_removes_what_has_expired
            a_sweep_spares_what_was_touched
            no_update_of_64_tasks_is_lost
            no_update_is_lost_while_the_key_changes
            one_of_two_replaces_at_the_same_time_succeeds
            a_session_is_always_found_by_one_of_its_keys
            no_slot_outlives_the_end_of_its_session
            a_replace_and_an_end_have_an_order
            touches_at_the_same_time_never_move_back
            a_touch_and_a_replace_have_an_order
            a_touch_and_a_sweep_have_an_order
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __run_store_test {
    ($store:expr, $($name:ident)*) => {
        $($crate::store::conformance::$name(Arc::clone(&$store)).await;)*
    };
}

/// Runs all tests one after the other.
///
/// # Panics
///
/// It panics at the first test that fails. The message has the values that differ.
///
/// # Examples
///
/// ```
/// use highball_session::store::{Memory, conformance};
///
/// # #[tokio::main]
/// # async fn main() {
/// conformance::check(Memory::new()).await;
/// # }
/// ```
pub async fn check<S: Store>(store: S) {
    let store = Arc::new(store);
    crate::__each_store_test!(__run_store_test, store);
}
