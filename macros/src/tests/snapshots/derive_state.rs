// #[derive(State)]
// struct AppState {
//     db: Db,
//     cache: Arc<Cache>,
// }

struct AppState {
    db: Db,
    cache: Arc<Cache>,
}
#[allow(deprecated)]
const _: () = ::highball::__private::assert_shared::<Db>();
#[allow(deprecated)]
const _: () = ::highball::__private::assert_shared::<Arc<Cache>>();
#[automatically_derived]
#[allow(deprecated)]
impl ::highball::__private::Provide<Db> for AppState
where
    for<'__s> AppState: ::core::marker::Send + ::core::marker::Sync,
{
    fn provide(&self) -> &Db {
        &self.db
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::highball::__private::Provide<Arc<Cache>> for AppState
where
    for<'__s> AppState: ::core::marker::Send + ::core::marker::Sync,
{
    fn provide(&self) -> &Arc<Cache> {
        &self.cache
    }
}
#[automatically_derived]
impl<__T: ?::core::marker::Sized> ::highball::__private::Provide<__T> for AppState
where
    for<'__s> AppState: ::core::marker::Send + ::core::marker::Sync,
    AppState: ::highball::__private::StateField<__T>,
{
    fn provide(&self) -> &__T {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::highball::__private::Provide<AppState> for AppState
where
    for<'__s> AppState: ::core::marker::Send + ::core::marker::Sync,
{
    fn provide(&self) -> &Self {
        self
    }
}
