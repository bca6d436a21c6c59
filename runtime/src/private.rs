//! The items that generated code uses. They are not a public interface, and they change without notice.

pub use crate::{
    app::{AdminRoot, App, Root},
    chain::{
        ASYNC, Absent, Argument, Around, AsyncArgument, BrokenState, BufferedBody, ByName, Call,
        Chain, ChainPart, Chunks, ConfiguredPart, ConfiguredPartProbe, Described, Endpoint,
        EntryEnd, Extracted, Fallback, FallbackProbe, Fields, Guard, GuardOutput, GuardPasses,
        GuardProbe, Handler, HandlerEnd, IfStep, IntoState, Listed, LocalProbe, Middleware, Mode,
        N0, N1, N2, N3, N4, N5, N6, N7, N8, N9, N10, N11, N12, N13, N14, N15, Next, NoAnswers,
        NoExtractor, NoLocal, NoPart, NoRoute, Observer, OptionSite, Parallel, Param, ParamProbe,
        PartProbe, PartStep, PassedLocalsProbe, Predicate, PredicateFn, Probe, ProbeAsync, Ready,
        Receiver, Render, ResponseProbe, SYNC, SharedProbe, Sources, SourcesFrom, Step, Text,
        ValueFacts, ValueFactsProbe, W16, W256, W4096, WithFallback, assert_body, assert_observer,
        assert_ordered, assert_passed, assert_taken, buffer_body, chain_of, condition_mode,
        copy_config, entry_mode, fallback_mode, get_argument, handler_argument, known,
        known_argument, no_layer_mode, parallel_mode, param_argument, part_argument, part_mode,
        plain, problem, run_predicate, shared_field,
    },
    extract::{Extract, PathFields, param_named},
    middleware::{Timeout, body_limit},
    request::{Context, Exchange, Head, Provide, SharedValue, StateField},
    response::{IntoResponse, Rejection, Response, caused, reason, status},
    routes::{
        AcceptedBy, Answer, Answers, ArgumentFacts, ArgumentInfo, CheckedApp, Consumer,
        ConsumerInfo, Consumers, Csrf, Definition, Demand, DemandedPart, Description, Entry,
        EntryProbe, FactList, Facts, Inputs, JobReport, LinkParam, LocalId, LocalType, Methods,
        NoEntry, NoLink, NoPayloads, Node, PartInfo, PartKind, PassedLocals, Path0, Path1, Path2,
        Path3, Path4, Path5, Path6, Pattern, Payloads, PayloadsProbe, Priority, Report,
        ResponseInfo, Returned, Route, RouteOptions, RoutePayloads, RouteTypes, Segment, Shown,
        Slash, Slo, assert_bound, assert_demanded, assert_facts, assert_job, assert_latency,
        assert_mounted, assert_order, assert_period, check, check_with_jobs, find as find_link,
        join as join_link, mounted, needs_locals, part_facts, write_own as write_link,
    },
    serve::{block_on, run_server},
    table::{Measure, NoRoutes, Sizes, measure},
    tower::{LayerCell, run_layer},
};
// The benches and the fuzz target build tables at run time.
pub use crate::{
    routes::{MountedGroup, STANDARD, Shape},
    table::{Allowed, Captures, Found, Layout, Parts, Plan, Size, Table, capacity},
};
pub use std::{
    option::Option::{self, None, Some},
    result::Result::{self, Err, Ok},
    string::String,
};
