//! What the generated code calls; nothing here is for people, or stays as it is.

pub use crate::{
    app::App,
    chain::{
        ASYNC, Absent, ArgCheck, Args, BodyRule, Chain, ChainPart, Endpoint, Env, Fallback, Guard,
        HandedProbe, Inner, Lets, Middleware, Mode, Need, Next, NoExtractor, NoLocal, NoPart,
        Observer, Parallel, PartProbe, Piece, Prepare, Probe, ProbeAsync, Ready, Render, SYNC,
        SharedProbe, Site, SiteProbe, Stack, Step, Test, Tests, Verdict, Wait, When, Whole,
        assert_argument, assert_body, assert_condition, assert_fallback, assert_handed,
        assert_observer, assert_parallel, assert_param, assert_part, assert_taken, fallback, given,
        miss, peek, problem, test,
    },
    extract::{Extract, PathFields, param, param_named, param_text},
    middleware::{Timeout, body_limit},
    request::{Context, Exchange, Head, Provide},
    response::{IntoResponse, Rejection, Response, caused, reason, status},
    routes::{
        Argument, Definition, Entry, Field, Handed, Level, LinkParam, LocalId, LocalType, Manner,
        Methods, Mounted, MountedGroup, NO_DEFINITION, Part, PartKind, Priority, Report, Route,
        STANDARD, Segment, Shape, Slash, asks, check, count_groups, count_routes, count_segments,
        find as find_link, is_broken, join as join_link, mount, mount_groups, raise, routes,
        segments, shapes, text, text_len, write as write_link,
    },
    serve::block_on,
    table::{Allowed, Captures, Found, NO_TABLE, Parts, Plan, Size, Table, capacity, clashes},
    tower::{Made, through},
};
pub use std::{
    option::Option::{self, None, Some},
    result::Result::{self, Err, Ok},
    string::String,
};
