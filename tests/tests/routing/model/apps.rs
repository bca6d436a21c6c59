//! The apps under test. A handler whose name ends with `_redirect` or `_ignore` has this value of the option `slash`.

use highball::{http::HeaderName, prelude::*};

/// Returns the handler's name and the decoded parameters in headers, so that responses to HEAD contain them too.
pub(crate) fn answer(cx: &Context<'_>) -> [(HeaderName, String); 2] {
    let route = cx.route().expect("a route that won");
    let handler = route.handler().rsplit("::").next().unwrap_or_default();
    let params: Vec<_> = route
        .params()
        .map(|name| {
            format!(
                "{name}={}",
                cx.param(name)
                    .expect("a parameter of the route")
                    .escape_default()
            )
        })
        .collect();
    [
        (HeaderName::from_static("x-handler"), handler.to_owned()),
        (HeaderName::from_static("x-params"), params.join(" & ")),
    ]
}

macro_rules! handlers {
    ($(#[$attr:meta] $name:ident;)*) => {
        use super::*;
        $(
            #[$attr]
            fn $name(cx: &Context<'_>) -> [(HeaderName, String); 2] {
                answer(cx)
            }
        )*
    };
}

pub(crate) mod plain {
    handlers! {
        #[get("/")] root;
        #[get("//")] two_slashes;
        #[get("/users/new")] new;
        #[post("/users/{id}")] create;
        #[get("/users/{id}")] show;
        #[get("/users/{id}/posts")] posts;
        #[delete("/users/{*rest}")] purge;
        #[get("/v{major}/{name}.json")] version;
        #[get("/files/{*path}")] files;
        #[get("/{{id}}")] braces;
        #[any("/a/{x}")] any;
        #[get("/a/{y}")] get_a;
        #[head("/a/{*rest}")] head_a;
        #[options("/a/b/{c}")] options_a;
        #[get("/a/")] slash_a;
        #[get("/a//b")] empty_a;
        #[query("/{x}/{y}/z")] query;
        #[route("/{x}/b/{*z}", methods = [PUT, "PURGE", "LINK"])] put;
        #[route("/a/b/{*z}", methods = ["LOCK", "LINK"])] lock;
    }
    #[routes(app)]
    pub(crate) struct Api(
        lock,
        put,
        query,
        empty_a,
        slash_a,
        options_a,
        head_a,
        get_a,
        any,
        braces,
        files,
        version,
        purge,
        posts,
        show,
        create,
        new,
        two_slashes,
        root,
    );
}

pub(crate) mod spellings {
    handlers! {
        #[get("/é")] acute;
        #[post("/%C3%A9")] acute_post;
        #[get("/caf%E9")] latin;
        #[get("/100%25")] percent;
        #[get("/100%2525")] percent_twice;
        #[get("/q[1]")] brackets;
        #[get("/q[{n}]")] brackets_param;
        #[get("/a%2Fb")] escaped_slash;
        #[get("/a/b")] slash;
        #[get("/{hash}0")] hash;
        #[get("/{hash}00")] hash_two;
        #[get("/@me")] me;
        #[get("/%3Aid")] colon;
        #[get("/%2Arest")] star;
        #[get("/%3Cid%3E")] angles;
        #[get("/x%5C")] backslash;
        #[get("/books:batch")] batch;
        #[post("/books/{id}:undelete")] undelete;
        #[get("/z%61{x}")] za;
        #[get("/zab{x}")] zab;
        #[get("/z%61{y}b")] za_b;
        #[get("/é{x}é")] acute_param;
        #[get("/%20{x}")] space_before;
        #[get("/{x}%25")] percent_behind;
        #[get("/%25{y}")] percent_before;
        #[get("/..")] parent;
        #[get("/./a")] current;
        #[get("/{a}{{")] brace_behind;
        #[get("/}}{b}")] brace_before;
        #[get("/t/{type}")] keyword;
        #[get("/+")] plus;
        #[get("/%00/%0A")] controls;
        #[delete("/{*rest}")] delete;
    }
    #[routes(app)]
    pub(crate) struct Api(
        acute,
        acute_post,
        latin,
        percent,
        percent_twice,
        brackets,
        brackets_param,
        escaped_slash,
        slash,
        hash,
        hash_two,
        me,
        colon,
        star,
        angles,
        backslash,
        batch,
        undelete,
        za,
        zab,
        za_b,
        acute_param,
        space_before,
        percent_behind,
        percent_before,
        parent,
        current,
        brace_behind,
        brace_before,
        keyword,
        plus,
        controls,
        delete,
    );
}

pub(crate) mod ranks {
    handlers! {
        #[get("/f/{name}.json")] json;
        #[get("/f/{name}.gz")] gz;
        #[get("/f/{name}.tar.gz")] tar_gz;
        #[get("/f/a{name}")] a;
        #[post("/f/a{name}.gz")] a_gz;
        #[get("/f/ab{name}")] ab;
        #[any("/f/ab{name}.gz")] ab_gz;
        #[get("/f/{name}")] name;
        #[head("/f/{name}")] head_name;
        #[get("/f/latest")] latest;
        #[get("/f/{*path}")] rest;
        #[any("/f/{*path}")] any_rest;
        #[get("/f/{x}/{y}")] two;
        #[get("/f/a{x}/c")] a_c;
        #[get("/f/ab{x}/{y}d")] ab_d;
        #[put("/{a}/latest/{c}")] middle;
        #[get("/{a}/{b}/c/{*d}")] deep;
        #[route("/{a}/{b}", methods = [HEAD, OPTIONS, "MOVE"])] odd;
    }
    #[routes(app)]
    pub(crate) struct Api(
        odd,
        deep,
        middle,
        ab_d,
        a_c,
        two,
        any_rest,
        rest,
        latest,
        name,
        head_name,
        ab_gz,
        ab,
        a_gz,
        a,
        tar_gz,
        gz,
        json,
    );
}

pub(crate) mod redirects {
    handlers! {
        #[get("/")] root_redirect;
        #[get("/a")] a_redirect;
        #[post("/a/")] post_a_redirect;
        #[get("/a//")] two_redirect;
        #[any("/b/")] any_b_redirect;
        #[get("/b", slash = strict)] b;
        #[get("/{x}")] one_redirect;
        #[get("/{x}/{y}.é")] two_é_redirect;
        #[get("/q[1]")] brackets_redirect;
        #[get("//c")] double_redirect;
        #[get("/d/{*rest}")] rest_redirect;
        #[put("/d/e/", slash = ignore)] e_ignore;
        #[get("/\u{e9}/{z}/")] acute_redirect;
        #[get("/")] group_redirect;
        #[get("/new/")] new_redirect;
        #[delete("/{id}", slash = ignore)] delete_ignore;
        #[get("/%5Cx")] backslash_redirect;
    }
    #[routes("/group")]
    pub(crate) struct Group(group_redirect, new_redirect, delete_ignore);
    #[routes(app, slash = redirect)]
    pub(crate) struct Api(
        root_redirect,
        a_redirect,
        post_a_redirect,
        two_redirect,
        any_b_redirect,
        b,
        one_redirect,
        two_é_redirect,
        brackets_redirect,
        double_redirect,
        rest_redirect,
        e_ignore,
        acute_redirect,
        backslash_redirect,
        Group,
    );
}

pub(crate) mod ignores {
    handlers! {
        #[get("/")] root_ignore;
        #[get("//")] double_ignore;
        #[get("/a")] a_ignore;
        #[any("/a/")] any_a_ignore;
        #[get("/a//", slash = redirect)] two_redirect;
        #[head("/a//")] head_two_ignore;
        #[get("/b//")] b_two_ignore;
        #[get("/b", slash = redirect)] b_redirect;
        #[any("/b")] any_b_ignore;
        #[get("/{x}.json")] json_ignore;
        #[post("/{x}")] one_ignore;
        #[get("/about")] about_ignore;
        #[get("/{*path}")] page_ignore;
        #[get("/c/", slash = strict)] c;
        #[route("/c", methods = [POST, "PURGE"])] purge_c_ignore;
    }
    #[routes(app, slash = ignore)]
    pub(crate) struct Api(
        page_ignore,
        about_ignore,
        one_ignore,
        json_ignore,
        any_b_ignore,
        b_redirect,
        b_two_ignore,
        head_two_ignore,
        two_redirect,
        any_a_ignore,
        a_ignore,
        double_ignore,
        root_ignore,
        c,
        purge_c_ignore,
    );
}

pub(crate) mod groups {
    handlers! {
        #[get("/")] list;
        #[post("/", slash = ignore)] add_ignore;
        #[get("/new/")] new;
        #[get("/{repo}.git")] git;
        #[get("/{repo}/{*path}")] tree;
        #[any("/{repo}")] repo;
        #[get("/")] version;
        #[get("/x{y}")] version_x_redirect;
        #[get("/{org}")] org;
        #[get("/orgs/{*rest}")] orgs;
    }
    #[routes("/{org}")]
    pub(crate) struct Org(list, add_ignore, new, git, tree, repo);
    #[routes("/orgs")]
    pub(crate) struct Orgs(Org);
    #[routes("/v{n}%2F/é", slash = redirect)]
    pub(crate) struct Version(word, version_x_redirect);
    #[get("/w", slash = strict)]
    fn word(cx: &Context<'_>) -> [(HeaderName, String); 2] {
        answer(cx)
    }
    #[routes(app)]
    pub(crate) struct Api(Orgs, Version, org, orgs, version);
}
