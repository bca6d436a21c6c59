//! Whether requests on all threads can share the app state.

use std::marker::PhantomData;

use crate::{
    chain::{Mode, SYNC},
    const_text::ErrorText,
    request::SharedValue,
};

/// Returns the mode of a field of a struct that derives `State`. Fails to compile if requests cannot share the field.
///
/// `ty` is its type, as the user wrote it.
#[track_caller]
pub const fn shared_field(ty: &'static str, is_shared: u8) -> u8 {
    if is_shared == 0 {
        let text = ErrorText::EMPTY.with("`").with(ty);
        let text = text.with("` cannot be app state, because requests on all threads share it: write `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic type in place of `Cell` and `RefCell`");
        panic!("{}", text.as_str())
    }
    is_shared
}

/// A value that can be app state.
///
/// A struct that derives `State` implements it a second time for the case that the check of a field failed. That impl
/// hides every other error about the field, because the state is then the [`BrokenState`] of a failed check.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be app state, because requests on all threads share it",
    label = "cannot be shared between threads",
    note = "write `Arc` in place of `Rc`, and `Mutex`, `RwLock` or an atomic type in place of `Cell` and `RefCell`"
)]
pub trait IntoState<M, N> {
    /// The app state: the same type.
    type State: SharedValue;

    /// Returns the app state: the same value.
    fn into_state(self) -> Self::State;
}

#[diagnostic::do_not_recommend]
impl<S: SharedValue, N> IntoState<Mode<SYNC>, N> for S {
    type State = S;

    fn into_state(self) -> S {
        self
    }
}

/// The app state in place of a struct with a field that requests cannot share. No program that compiles has it.
#[derive(Debug)]
pub struct BrokenState<M>(PhantomData<fn() -> M>);
