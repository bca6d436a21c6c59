//! The tests that each backend passes, for the tests of other backends too.
//!
//! The feature `conformance` enables them. [`backend_conformance!`](crate::backend_conformance) declares a test for
//! each promise of [`Backend`]. The backend may contain other jobs, because the names are random.

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

tests!(claims crashes endings keys limits schedules);

#[allow(unused_imports, reason = "for the documentation")]
use crate::backend::Backend;

/// Declares the tests that each backend passes.
///
/// The argument is a closure without arguments that returns a future of a backend and of something that is kept as
/// long, such as its folder, or of `None` if it is not available on this machine. Each test calls it once. The tests
/// need `tokio` with the features `macros` and `rt-multi-thread`.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, database};
/// use highball_jobs::{Sql, backend_conformance};
///
/// database!(Shop: Sqlite);
///
/// backend_conformance!(|| async { Some((Sql::new(&Pool::<Shop>::memory().build()), ())) });
/// ```
#[macro_export]
macro_rules! backend_conformance {
    ($open:expr) => {
        $crate::broker_conformance!($open);
        $crate::__each_backend_test!(
            $open,
            a_job_is_not_claimed_before_its_time
            a_count_has_the_time_of_the_first_job_that_can_begin
            the_job_that_is_due_first_is_claimed_first
            a_newer_version_is_left_to_newer_programs
            starts_of_a_second_are_limited
            a_retried_job_is_claimed_at_its_time_with_its_reason
            finished_jobs_are_pruned_after_their_time
            steps_are_kept_for_the_next_attempt
            jobs_of_a_key_run_in_order
            a_retried_job_holds_its_key_and_a_parked_one_frees_it
            two_jobs_of_a_key_never_run_at_once
            a_limited_number_of_jobs_of_a_key_runs
            a_job_that_waits_for_its_retry_leaves_its_place
            a_key_with_many_jobs_leaves_a_turn_to_others
            a_limited_job_that_has_crashed_runs_alone_and_counts
            jobs_without_a_limit_key_run_with_and_without_a_limit
            no_more_than_the_limit_run_at_once
            a_unique_key_is_taken_until_the_job_is_done
            a_parked_job_frees_its_unique_key
            a_unique_key_may_be_taken_for_a_time
            one_of_many_publishers_gets_a_unique_key
            each_tick_is_stored_once
        );
    };
}

/// Declares the tests that a backend in a message broker passes: those of [`backend_conformance!`](crate::backend_conformance)
/// that need neither a table nor the clock of a test.
///
/// The others do not apply:
///
/// | Test | Because a broker |
/// |---|---|
/// | `a_job_is_not_claimed_before_its_time`, `a_retried_job_is_claimed_at_its_time_with_its_reason` | measures time itself, so a test cannot move its clock |
/// | `a_newer_version_is_left_to_newer_programs` | moves such a job to the end of a queue, from which it comes back later |
/// | `a_count_has_the_time_of_the_first_job_that_can_begin` | does not have the time of the first message |
/// | `the_job_that_is_due_first_is_claimed_first` | delivers jobs in the order of their arrival |
/// | `starts_of_a_second_are_limited` | has no counter for all processes |
/// | `finished_jobs_are_pruned_after_their_time` | keeps no finished jobs |
/// | `steps_are_kept_for_the_next_attempt` | keeps no data next to a message |
/// | `jobs_of_a_key_run_in_order`, `a_retried_job_holds_its_key_and_a_parked_one_frees_it`, `two_jobs_of_a_key_never_run_at_once` | has no order by a key |
/// | `a_limited_number_of_jobs_of_a_key_runs`, `a_job_that_waits_for_its_retry_leaves_its_place`, `a_key_with_many_jobs_leaves_a_turn_to_others`, `a_limited_job_that_has_crashed_runs_alone_and_counts`, `jobs_without_a_limit_key_run_with_and_without_a_limit`, `no_more_than_the_limit_run_at_once` | does not count the jobs of a key |
/// | `a_unique_key_is_taken_until_the_job_is_done`, `a_parked_job_frees_its_unique_key`, `a_unique_key_may_be_taken_for_a_time`, `one_of_many_publishers_gets_a_unique_key` | does not compare messages |
/// | `each_tick_is_stored_once` | cannot store a time and a job together |
///
/// A broker refuses each of these promises with an error, in [`check_job`](Backend::check_job),
/// [`check_consumer`](Backend::check_consumer) or the method itself.
///
/// # Examples
/// ```
/// use highball_db::{Pool, Sqlite, database};
/// use highball_jobs::{Sql, broker_conformance};
///
/// database!(Shop: Sqlite);
///
/// broker_conformance!(|| async { Some((Sql::new(&Pool::<Shop>::memory().build()), ())) });
/// ```
#[macro_export]
macro_rules! broker_conformance {
    ($open:expr) => {
        $crate::__each_backend_test!(
            $open,
            a_job_is_claimed_with_its_data
            a_job_is_claimed_once
            claims_at_the_same_time_share_no_job
            a_claim_takes_no_more_than_it_asks_for
            counts_are_by_name_and_state
            a_done_job_is_not_claimed_again
            a_released_job_loses_no_attempt
            a_parked_job_waits_for_its_requeue
            an_end_is_stored_once
            a_job_whose_lease_ends_runs_again
            an_attempt_that_lost_its_lease_stores_nothing
            a_renewed_lease_does_not_end
            a_lease_that_is_not_renewed_ends
            a_job_that_crashes_too_often_is_parked
            jobs_that_have_crashed_run_one_at_a_time
        );
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __each_backend_test {
    ($open:expr, $($name:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                let Some((backend, _place)) = ($open)().await else {
                    return;
                };
                $crate::conformance::$name(::std::sync::Arc::new(backend)).await;
            }
        )*
    };
}
