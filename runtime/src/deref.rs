//! Macros that implement `Deref` and `DerefMut` for wrappers such as `Json` and `Path`.

/// Implements `Deref` for tuple structs of one value.
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

/// Implements `Deref` and `DerefMut` for tuple structs of one value.
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
