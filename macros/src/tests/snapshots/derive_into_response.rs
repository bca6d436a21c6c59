// #[derive(IntoResponse)]
// enum Error {
//     #[status(404)]
//     Missing,
//     #[status(409)]
//     Taken(String),
//     #[transparent]
//     Db(#[from] DbError),
// }

enum Error {
    #[status(404)]
    Missing,
    #[status(409)]
    Taken(String),
    #[transparent]
    Db(#[from] DbError),
}
#[automatically_derived]
impl ::core::convert::From<DbError> for Error {
    fn from(__source: DbError) -> Self {
        Self::Db { 0: __source }
    }
}
#[automatically_derived]
#[allow(deprecated, non_shorthand_field_patterns, unused_qualifications)]
impl ::highball::__private::IntoResponse for Error {
    const FACTS: ::highball::__private::Facts = {
        use ::highball::__private::NoExtractor as _;
        ::highball::__private::ResponseProbe::<DbError>::RESPONSE.maybe()
    };
    const ANSWERS: ::highball::__private::Answers = {
        use ::highball::__private::NoExtractor as _;
        ::highball::__private::Answers::any(
            &[
                &::highball::__private::Answers::list(
                    &[
                        ::highball::__private::Answer::problem(404u16),
                        ::highball::__private::Answer::problem(409u16),
                    ],
                ),
                &::highball::__private::ResponseProbe::<DbError>::ANSWERS,
            ],
        )
    };
    fn into_response(self) -> ::highball::__private::Response {
        match self {
            Self::Missing { .. } => {
                ::highball::__private::IntoResponse::into_response(
                    ::highball::__private::Rejection::new(
                        ::highball::__private::status(404u16),
                        ::highball::__private::reason(404u16),
                    ),
                )
            }
            Self::Taken { .. } => {
                ::highball::__private::IntoResponse::into_response(
                    ::highball::__private::Rejection::new(
                        ::highball::__private::status(409u16),
                        ::highball::__private::reason(409u16),
                    ),
                )
            }
            Self::Db { 0: __inner } => {
                ::highball::__private::IntoResponse::into_response(__inner)
            }
        }
    }
}
