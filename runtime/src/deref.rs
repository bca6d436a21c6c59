//! Wrappers around one value, which may be used as if they were it.

/// Lets what a wrapper holds be read through it.
macro_rules! deref {
    ($($name:ident),+) => {$(
        impl<T> std::ops::Deref for $name<T> {
            type Target = T;

            fn deref(&self) -> &T {
                &self.0
            }
        }
    )+};
}

/// Lets what a wrapper holds be read and changed through it.
macro_rules! deref_mut {
    ($($name:ident),+) => {$(
        $crate::deref::deref!($name);

        impl<T> std::ops::DerefMut for $name<T> {
            fn deref_mut(&mut self) -> &mut T {
                &mut self.0
            }
        }
    )+};
}

pub(crate) use {deref, deref_mut};
