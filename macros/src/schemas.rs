//! Whether the feature `schemas` is on: documents then see the types of bodies.

/// Returns whether it is on. A test selects it, because the workspace may enable the feature.
pub(crate) fn is_on() -> bool {
    #[cfg(test)]
    return tests::IS_ON.get();
    #[cfg(not(test))]
    cfg!(feature = "schemas")
}

#[cfg(test)]
pub(crate) mod tests {
    use std::cell::Cell;

    thread_local! {
        pub(crate) static IS_ON: Cell<bool> = const { Cell::new(false) };
    }
}
