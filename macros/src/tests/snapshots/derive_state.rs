// #[derive(State)]
// struct AppState {
//     db: Db,
//     cache: Arc<Cache>,
// }

struct AppState {
    db: Db,
    cache: Arc<Cache>,
}
const _: () = {
    use ::highball::__private::NoPart as _;
    #[allow(deprecated, non_camel_case_types)]
    type check_of_db = ::highball::__private::Mode<
        {
            ::highball::__private::shared_field(
                "Db",
                ::highball::__private::SharedProbe::<Db>::IS,
            )
        },
    >;
    #[allow(deprecated, non_camel_case_types)]
    type check_of_cache = ::highball::__private::Mode<
        {
            ::highball::__private::shared_field(
                "Arc<Cache>",
                ::highball::__private::SharedProbe::<Arc<Cache>>::IS,
            )
        },
    >;
    type __All = ::highball::__private::Mode<
        { check_of_db::IS & check_of_cache::IS & 0 },
    >;
    #[automatically_derived]
    impl ::highball::__private::IntoState<__All, __All> for AppState {
        type State = ::highball::__private::BrokenState<__All>;
        fn into_state(self) -> Self::State {
            ::core::unreachable!()
        }
    }
};
#[automatically_derived]
#[allow(deprecated)]
impl ::highball::__private::Provide<Db> for AppState
where
    for<'__s> AppState: ::highball::__private::SharedValue,
{
    fn provide(&self) -> &Db {
        &self.db
    }
}
#[automatically_derived]
#[allow(deprecated)]
impl ::highball::__private::Provide<Arc<Cache>> for AppState
where
    for<'__s> AppState: ::highball::__private::SharedValue,
{
    fn provide(&self) -> &Arc<Cache> {
        &self.cache
    }
}
#[automatically_derived]
impl<__T: ?::core::marker::Sized> ::highball::__private::Provide<__T> for AppState
where
    for<'__s> AppState: ::highball::__private::SharedValue,
    AppState: ::highball::__private::StateField<__T>,
{
    fn provide(&self) -> &__T {
        ::core::unreachable!()
    }
}
#[automatically_derived]
impl ::highball::__private::Provide<AppState> for AppState
where
    for<'__s> AppState: ::highball::__private::SharedValue,
{
    fn provide(&self) -> &Self {
        self
    }
}
