//! What the generated code calls; nothing here is for people, or stays as it is.

pub use std::{
    option::Option::{self, None, Some},
    result::Result::{self, Err, Ok},
    string::String,
};

pub use crate::{
    app::App,
    chain::{
        Absent, Chain, ChainPart, Endpoint, Env, Fallback, Guard, HandedProbe, Inner, Lets, Made,
        Middleware, Next, NoLocal, NoPart, Observer, Parallel, PartProbe, Piece, Prepare, Ready,
        Render, SharedProbe, Site, SiteProbe, Stack, Step, Test, Tests, Verdict, When, Whole,
        assert_condition, assert_fallback, assert_handed, assert_observer, assert_parallel,
        assert_part, fallback, given, miss, peek, problem, test, through,
    },
    context::Context,
    entry::{
        Argument, Definition, Entry, Field, Level, Mounted, MountedGroup, NO_DEFINITION, Part,
        PartKind, Report, Shape, asks, check, count_groups, count_routes, count_segments,
        is_broken, mount, mount_groups, raise, segments, shapes,
    },
    extract::{
        ASYNC, ArgCheck, Args, BodyRule, Extract, Mode, Need, NoExtractor, PathFields, Probe,
        ProbeAsync, SYNC, Wait, assert_argument, assert_body, assert_param, assert_taken, param,
        param_named, param_text,
    },
    head::Head,
    info::{Route, routes, text, text_len},
    limit::{Timeout, body_limit},
    link::{LinkParam, find as find_link, join as join_link, write as write_link},
    local::{Handed, LocalId, LocalType},
    observe::Exchange,
    rejection::{Rejection, caused},
    response::{IntoResponse, Response, reason, status},
    route::{Manner, Methods, Priority, STANDARD, Segment, Slash},
    serve::block_on,
    state::Provide,
    table::{Allowed, Captures, Found, NO_TABLE, Parts, Plan, Size, Table, capacity, clashes},
};
