//! The error of a computation, which all its callers get.

use std::{any::Any, error::Error, fmt, sync::Arc};

/// An error of a cached computation. A clone is cheap, since all callers that wait for a computation get its error.
///
/// It has one type for all caches, so one `impl From<LoadError>` lets `?` work in every handler. The error of the
/// loader is its [`source`](Error::source), and [`downcast_ref`](Self::downcast_ref) returns it with its type.
///
/// # Examples
/// ```
/// use std::{io, time::Duration};
///
/// use highball_cache::{Cache, LoadError};
///
/// enum ApiError {
///     NotFound,
///     Internal,
/// }
///
/// impl From<LoadError> for ApiError {
///     fn from(error: LoadError) -> Self {
///         match error.downcast_ref::<io::Error>() {
///             Some(error) if error.kind() == io::ErrorKind::NotFound => Self::NotFound,
///             _ => Self::Internal,
///         }
///     }
/// }
///
/// async fn text(cache: &Cache<String, String>, path: String) -> Result<String, ApiError> {
///     let load = || {
///         let path = path.clone();
///         async move { std::fs::read_to_string(path) }
///     };
///     Ok(cache.get(path.clone(), load).await?)
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let cache = Cache::builder(Duration::from_secs(60)).build();
/// assert!(matches!(text(&cache, "/no/file".into()).await, Err(ApiError::NotFound)));
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct LoadError(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Failed(Arc<dyn Error + Send + Sync>),
    Panicked(Arc<str>),
    TimedOut,
    Closed,
}

impl LoadError {
    /// Keeps the error of a loader. If it is an error of another cache, it stays as it is.
    pub(crate) fn failed(error: Box<dyn Error + Send + Sync>) -> Self {
        match error.downcast::<Self>() {
            Ok(error) => *error,
            Err(error) => Self(Kind::Failed(error.into())),
        }
    }

    pub(crate) fn panicked(payload: &(dyn Any + Send)) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        Self(Kind::Panicked(text.unwrap_or("no message").into()))
    }

    pub(crate) fn timed_out() -> Self {
        Self(Kind::TimedOut)
    }

    pub(crate) fn closed() -> Self {
        Self(Kind::Closed)
    }

    /// Returns the error of the loader if it has this type.
    ///
    /// # Examples
    /// ```
    /// use std::{fmt, io, time::Duration};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::<u64, u32>::builder(Duration::from_secs(60)).build();
    /// let load = || async { Err(io::Error::from(io::ErrorKind::NotFound)) };
    /// let error = cache.get(1, load).await.expect_err("it is not found");
    /// assert!(error.downcast_ref::<io::Error>().is_some());
    /// assert!(error.downcast_ref::<fmt::Error>().is_none());
    /// # }
    /// ```
    #[must_use]
    pub fn downcast_ref<E: Error + 'static>(&self) -> Option<&E> {
        match &self.0 {
            Kind::Failed(error) => error.downcast_ref(),
            Kind::Panicked(_) | Kind::TimedOut | Kind::Closed => None,
        }
    }

    /// Returns whether the computation has panicked.
    ///
    /// # Examples
    /// ```
    /// use std::{io, time::Duration};
    ///
    /// async fn load() -> io::Result<u32> {
    ///     panic!("a bug")
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::<u64, u32>::builder(Duration::from_secs(60)).build();
    /// let error = cache.get(1, load).await.expect_err("it has panicked");
    /// assert!(error.is_panic());
    /// # }
    /// ```
    #[must_use]
    pub fn is_panic(&self) -> bool {
        matches!(self.0, Kind::Panicked(_))
    }

    /// Returns whether the computation took longer than [`timeout`](crate::Builder::timeout).
    ///
    /// # Examples
    /// ```
    /// use std::{future::pending, io, time::Duration};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::<u64, u32>::builder(Duration::from_secs(60))
    ///     .timeout(Duration::from_millis(10))
    ///     .build();
    /// let error = cache.get(1, pending::<io::Result<u32>>).await.expect_err("it never ends");
    /// assert!(error.is_timeout());
    /// # }
    /// ```
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self.0, Kind::TimedOut)
    }

    /// Returns whether the cache was closed, or the runtime of the computation has ended.
    ///
    /// # Examples
    /// ```
    /// use std::{io, time::Duration};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let cache = highball_cache::Cache::<u64, u32>::builder(Duration::from_secs(60)).build();
    /// cache.close(Duration::from_secs(5)).await;
    /// let load = || async { Ok::<_, io::Error>(5) };
    /// let error = cache.get(1, load).await.expect_err("the cache is closed");
    /// assert!(error.is_closed());
    /// # }
    /// ```
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self.0, Kind::Closed)
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            // The error is the source, which reports print next.
            Kind::Failed(_) => f.write_str("a cached value cannot be computed"),
            Kind::Panicked(text) => write!(f, "the computation of a cached value panicked: {text}"),
            Kind::TimedOut => f.write_str("the computation of a cached value took too long"),
            Kind::Closed => f.write_str("the cache is closed"),
        }
    }
}

impl Error for LoadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.0 {
            Kind::Failed(error) => Some(&**error),
            Kind::Panicked(_) | Kind::TimedOut | Kind::Closed => None,
        }
    }
}
