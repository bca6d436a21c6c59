//! The code that the macros generate, as files in `snapshots`. `SNAPSHOTS=overwrite` writes them.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Item, Meta};

use crate::{chain_attr, derive, group, route, schemas, url};

/// Compares the code that is generated for an item with the file of this name.
fn check(name: &str, input: &str) {
    schemas::tests::IS_ON.set(name.ends_with("with_schemas"));
    let code = expand(input.parse().unwrap());
    let file = syn::parse2(code).unwrap_or_else(|error| panic!("{name}: {error}"));
    let input: Vec<_> = unindent(input)
        .map(|line| format!("// {line}").trim_end().to_owned())
        .collect();
    let actual = format!("{}\n\n{}", input.join("\n"), prettyplease::unparse(&file));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/tests/snapshots/{name}.rs"));
    if env::var("SNAPSHOTS").is_ok_and(|mode| mode == "overwrite") {
        return fs::write(path, actual).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        actual == expected,
        "{} differs: run the tests of this package with `SNAPSHOTS=overwrite`, and read the diff",
        path.display()
    );
}

/// Returns the lines of an indented text without their common indentation.
fn unindent(text: &str) -> impl Iterator<Item = &str> {
    let text = text.trim_matches('\n').trim_end();
    let width = text.len() - text.trim_start().len();
    text.lines()
        .map(move |line| line.get(width..).unwrap_or_default())
}

/// Expands the first attribute of an item, or a call of `url!`, as the compiler does.
fn expand(input: TokenStream) -> TokenStream {
    let mut item: Item = syn::parse2(input).unwrap();
    let attrs = match &mut item {
        Item::Fn(item) => &mut item.attrs,
        Item::Struct(item) => &mut item.attrs,
        Item::Enum(item) => &mut item.attrs,
        Item::Impl(item) => &mut item.attrs,
        Item::Mod(item) => &mut item.attrs,
        Item::Macro(call) => {
            let link = url::expand(call.mac.tokens.clone());
            return quote!(fn link() -> String { #link });
        }
        _ => panic!("no attribute of this crate is for this item"),
    };
    // Doc comments may come first.
    let is_doc = |attr: &Attribute| attr.path().is_ident("doc");
    let attr = attrs.remove(attrs.iter().take_while(|attr| is_doc(attr)).count());
    let name = attr.path().get_ident().unwrap().to_string();
    let args = match attr.meta {
        Meta::List(list) => list.tokens,
        _ => TokenStream::new(),
    };
    let item = item.into_token_stream();
    match name.as_str() {
        "derive" => {
            let code = expand_derive(&args.to_string(), item.clone());
            quote!(#item #code)
        }
        "routes" => group::routes(args, item),
        "guard" => chain_attr::guard(args, item),
        "middleware" => chain_attr::middleware(args, item),
        "observer" => chain_attr::observer(args, item),
        "fallback" => route::fallback(args, item),
        verb => route::verb(verb)(args, item),
    }
}

fn expand_derive(name: &str, item: TokenStream) -> TokenStream {
    match name {
        "IntoResponse" => derive::expand(item, derive::response),
        "Local" => derive::expand(item, derive::local),
        "PathFields" => derive::expand(item, derive::path_fields),
        "State" => derive::expand(item, derive::state),
        _ => panic!("`{name}` is no derive of this crate"),
    }
}

macro_rules! snapshots {
    ($($name:ident: $input:literal,)*) => {$(
        #[test]
        fn $name() {
            check(stringify!($name), $input);
        }
    )*

    /// A file without a test would be read as if it were right.
    #[test]
    fn each_file_has_a_test() {
        let tests = [$(concat!(stringify!($name), ".rs")),*];
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/snapshots");
        for file in fs::read_dir(folder).unwrap() {
            let name = file.unwrap().file_name();
            assert!(tests.iter().any(|test| name == *test), "{} has no test", name.display());
        }
    }};
}

snapshots! {
    handler_with_schemas: r#"
        #[post("/notes", answers(201 => Json<Note>, 409 => "the title is taken"))]
        async fn add(note: Json<NewNote>, db: State<Db>) -> Result<Response, Problem> {
            db.add(note).await
        }
    "#,
    handler: r#"
        /// Shows a note.
        #[get("/notes/{id}")]
        async fn show(id: u64, db: State<Db>) -> Result<Json<Note>, Rejection> {
            db.note(id).await
        }
    "#,
    handler_without_arguments: r#"
        #[get("/health")]
        fn health() -> &'static str {
            "ok"
        }
    "#,
    handler_with_a_context: r#"
        #[put("/files/{name}")]
        async fn save(cx: &mut Context<'_>, name: &str) -> StatusCode {
            cx.set_header("etag", name);
            StatusCode::CREATED
        }
    "#,
    handler_with_a_chain: r#"
        #[post("/notes", with(signed_in, limit(5)), timeout = secs(2), slash = redirect)]
        async fn create(user: Local<'_, User>, note: Json<Note>) -> impl IntoResponse {
            note
        }
    "#,
    handler_generic: r#"
        #[get("/count")]
        async fn count<T: Table>(table: State<T>) -> String {
            table.count()
        }
    "#,
    handler_of_a_prefix: r#"
        #[route("/", methods = [GET, "PURGE"])]
        pub(crate) fn list(#[param] org: u32, query: Query<Filter>) -> String {
            org.to_string()
        }
    "#,
    fallback: r#"
        #[fallback]
        fn nothing() -> StatusCode {
            StatusCode::NOT_FOUND
        }
    "#,
    guard: r#"
        #[guard]
        async fn signed_in(token: Bearer, db: State<Db>) -> Result<User, Rejection> {
            db.user(&token).await
        }
    "#,
    guard_of_a_type: r#"
        #[guard]
        impl Limit {
            fn check(&self, ip: ClientIp) -> Result<(), Rejection> {
                self.count(ip)
            }
        }
    "#,
    middleware: r#"
        #[middleware]
        async fn timing(cx: &mut Context<'_>, next: impl Next, #[config] name: &'static str) -> Response {
            next.run(cx).await
        }
    "#,
    observer: r#"
        #[observer]
        fn log(exchange: &Exchange<'_>, agent: Option<UserAgent>) {
            println!("{exchange:?} {agent:?}");
        }
    "#,
    group: r#"
        #[routes("/orgs/{org}", with(member), fallback = nothing)]
        struct Orgs(show, #[prefix("/notes")] notes::Notes, #[cfg(feature = "admin")] #[with(admin)] edit);
    "#,
    group_of_methods: r#"
        #[routes("/shop")]
        impl Shop {
            #[get("/items/{id}")]
            async fn item(&self, id: u64) -> Json<Item> {
                self.items.get(id)
            }

            #[post("/items")]
            async fn add(&self, item: Json<Item>) {}
        }
    "#,
    group_of_a_module: r#"
        #[routes("/books")]
        mod books {
            #[get("/")]
            fn list() -> &'static str {
                "all books"
            }
        }
    "#,
    app: r#"
        #[routes(app)]
        struct Api(health, Orgs);
    "#,
    app_with_jobs: r#"
        #[routes(app, jobs(mail::send_email, award, elsewhere("report")))]
        struct Api(order);
    "#,
    handler_with_a_dual_write: r#"
        #[post("/orders", dual_write = accepted("a lost mail is sent again by hand"))]
        async fn order(tx: Tx<'_, Shop>, mails: Queue<'_, Email>) {}
    "#,
    handler_with_objectives: r#"
        #[post("/checkout", slo(p99 = millis(500), errors = 0.05, period = days(30)))]
        async fn checkout() {}
    "#,
    derive_into_response: r#"
        #[derive(IntoResponse)]
        enum Error {
            #[status(404)]
            Missing,
            #[status(409)]
            Taken(String),
            #[transparent]
            Db(#[from] DbError),
        }
    "#,
    derive_local: r#"
        #[derive(Local)]
        struct User {
            id: u64,
        }
    "#,
    derive_path_fields: r#"
        #[derive(PathFields)]
        struct Issue {
            owner: String,
            number: u64,
        }
    "#,
    derive_state: r#"
        #[derive(State)]
        struct AppState {
            db: Db,
            cache: Arc<Cache>,
        }
    "#,
    link: "
        url! { Api, show(42), org = 5, via = Orgs }
    ",
}
