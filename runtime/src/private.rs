//! The items that generated code uses. They are not a public interface, and they change without notice.

pub use crate::{
    app::App,
    chain::{
        ASYNC, Absent, ArgCheck, Args, Argument, Around, AsyncArgument, BodyRule, BufferedBody,
        Call, Chain, ChainPart, ConfiguredPart, ConfiguredPartProbe, Endpoint, EntryEnd, Fallback,
        Guard, GuardOutput, GuardPasses, HandlerEnd, IfStep, Middleware, Mode, Next, NoExtractor,
        NoLocal, NoPart, Observer, Parallel, PartProbe, PartStep, PassedLocalsProbe, Predicate,
        PredicateFn, Prepare, Probe, ProbeAsync, Render, SYNC, SharedProbe, Step, assert_argument,
        assert_body, assert_condition, assert_fallback, assert_observer, assert_parallel,
        assert_param, assert_part, assert_passed, assert_taken, buffer_body, copy_config, fallback,
        miss, problem, run_predicate,
    },
    extract::{Extract, PathFields, param, param_named, param_text},
    middleware::{Timeout, body_limit},
    request::{Context, Exchange, Head, Provide},
    response::{IntoResponse, Rejection, Response, caused, reason, status},
    routes::{
        ArgumentInfo, Definition, Entry, Field, FieldContext, LinkParam, LocalId, LocalType,
        Methods, Mounted, MountedGroup, NO_DEFINITION, PartInfo, PartKind, PassedLocals, Priority,
        Report, Route, RouteOptions, STANDARD, Segment, Shape, Slash, check, count_groups,
        count_routes, count_segments, fail_if_reported, find as find_link, is_broken,
        join as join_link, mount, mount_groups, needs_locals, routes, segments, shapes, text,
        text_len, write as write_link,
    },
    serve::block_on,
    table::{Allowed, Captures, Found, NO_TABLE, Parts, Plan, Size, Table, capacity, clashes},
    tower::{LayerCell, run_layer},
};
pub use std::{
    option::Option::{self, None, Some},
    result::Result::{self, Err, Ok},
    string::String,
};
