//! Functions with `#[cache]`.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use highball_cache::{LoadError, Tag, cache};

#[derive(Clone, Default)]
struct Pool(Arc<AtomicU64>);

impl Pool {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

/// The attribute takes part in the visibility and the documentation.
mod prices {
    use super::*;

    pub(crate) fn product(id: u64) -> Tag {
        Tag::new("product", id)
    }

    /// Returns a price.
    #[cache(ttl = mins(5), stale = mins(30), entries = 50_000, tags(product(id), "prices", format!("currency:{currency}")))]
    pub(crate) async fn price(
        id: u64,
        currency: &str,
        sizes: &[u8],
        #[skip] pool: &Pool,
    ) -> Result<String, io::Error> {
        tokio::task::yield_now().await;
        Ok(format!("{id} {currency} {sizes:?} {}", pool.next()))
    }
}

use prices::price;

#[tokio::test]
async fn the_arguments_are_the_key() -> Result<(), LoadError> {
    let pool = Pool::default();
    assert_eq!(price(1, "EUR", &[], &pool).await?, "1 EUR [] 1");
    assert_eq!(price(1, "EUR", &[], &Pool::default()).await?, "1 EUR [] 1");
    assert_eq!(price(2, "EUR", &[], &pool).await?, "2 EUR [] 2");
    assert_eq!(price(1, "USD", &[4], &pool).await?, "1 USD [4] 3");

    price::invalidate(1, "EUR", &[]);
    assert_eq!(price(1, "EUR", &[], &pool).await?, "1 EUR [] 4");
    price::cache().invalidate_tag(prices::product(1));
    assert_eq!(price(1, "EUR", &[], &pool).await?, "1 EUR [] 5");
    assert_eq!(price(1, "USD", &[4], &pool).await?, "1 USD [4] 6");
    assert_eq!(price(2, "EUR", &[], &pool).await?, "2 EUR [] 2");
    price::cache().invalidate_tag("currency:USD");
    assert_eq!(price(1, "USD", &[4], &pool).await?, "1 USD [4] 7");
    assert_eq!(price(1, "EUR", &[], &pool).await?, "1 EUR [] 5");

    let key = price {
        id: 1,
        currency: "EUR".to_owned(),
        sizes: Vec::new(),
    };
    assert_eq!(price::cache().peek(&key).as_deref(), Some("1 EUR [] 5"));
    Ok(())
}

#[derive(Debug)]
enum ApiError {
    Missing,
    Internal,
}

impl From<LoadError> for ApiError {
    fn from(error: LoadError) -> Self {
        let error = error.downcast_ref::<io::Error>();
        match error.map(io::Error::kind) {
            Some(io::ErrorKind::NotFound) => Self::Missing,
            _ => Self::Internal,
        }
    }
}

#[cache(ttl = secs(60))]
async fn file(mut path: String, #[skip] mut reads: Vec<u8>) -> io::Result<Vec<u8>> {
    path.push_str(".txt");
    reads.extend(std::fs::read(path)?);
    Ok(reads)
}

#[tokio::test]
async fn the_error_of_a_function_keeps_its_type() {
    async fn handler() -> Result<Vec<u8>, ApiError> {
        Ok(file("/no/such/file".to_owned(), Vec::new()).await?)
    }
    assert!(matches!(handler().await, Err(ApiError::Missing)));
}

#[cache(ttl = secs(60), ttl_missing = secs(5), jitter = 0.0)]
async fn find(id: u64) -> Result<Option<u64>, LoadError> {
    // A cached function may use another one.
    if id == 0 {
        panic!("a bug");
    }
    Ok(None)
}

#[cache(ttl = secs(60))]
async fn twice(id: u64) -> Result<Option<u64>, LoadError> {
    Ok(find(id).await?.map(|found| 2 * found))
}

#[tokio::test]
async fn cached_functions_use_each_other() {
    assert_eq!(twice(1).await.expect("it works"), None);
    assert_eq!(find::cache().stats().loads, 1);
    assert!(twice(0).await.expect_err("it panics").is_panic());
}

/// In a function, and without arguments.
#[tokio::test]
async fn a_function_can_be_local() -> Result<(), LoadError> {
    static CALLS: AtomicU64 = AtomicU64::new(0);

    #[cache(ttl = secs(60))]
    async fn now() -> Result<u64, io::Error> {
        Ok(CALLS.fetch_add(1, Ordering::SeqCst))
    }
    assert_eq!((now().await?, now().await?), (0, 0));
    now::invalidate();
    assert_eq!(now().await?, 1);
    Ok(())
}
