//! The rules: the name of each change, its kind, and what its message adds to the fact.

use super::Kind;

/// A rule about an operation.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// The end of the message: what a client notices, and what to do instead.
    pub(super) end: &'static str,
}

/// A rule about schemas: one in requests, and one in answers.
#[derive(Debug)]
pub(super) struct SchemaRule {
    pub(super) request: Rule,
    pub(super) answer: Rule,
    pub(super) effect: Effect,
}

/// The effect of a change on the set of values that a schema allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// Some values are not allowed any more.
    Narrows,
    /// More values are allowed.
    Widens,
    /// Both, or the two sets cannot be compared.
    Changes,
    /// The same values are allowed.
    Nothing,
}

impl Effect {
    pub(super) fn narrows(self) -> bool {
        matches!(self, Self::Narrows | Self::Changes)
    }

    pub(super) fn widens(self) -> bool {
        matches!(self, Self::Widens | Self::Changes)
    }

    const fn in_requests(self) -> Kind {
        match self {
            Self::Narrows | Self::Changes => Kind::BreaksRequests,
            Self::Widens | Self::Nothing => Kind::Compatible,
        }
    }

    const fn in_answers(self) -> Kind {
        match self {
            Self::Widens | Self::Changes => Kind::BreaksAnswers,
            Self::Narrows | Self::Nothing => Kind::Compatible,
        }
    }
}

macro_rules! rules {
    ($($id:ident = $name:literal, $kind:ident, $end:literal;)*) => {
        $(pub(super) const $id: Rule = Rule { name: $name, kind: Kind::$kind, end: $end };)*
        const OPERATION_RULES: &[Rule] = &[$($id),*];
    };
}

rules! {
    OPERATION_ADDED = "operation-added", Compatible, "";
    OPERATION_REMOVED = "operation-removed", BreaksRequests, ", so requests get 405; keep it and mark it as deprecated";
    DEPRECATED_OPERATION_REMOVED = "deprecated-operation-removed", BreaksRequests,
        ", so requests get 404 or 405; keep it until no client uses it";
    PATH_REMOVED = "path-removed", BreaksRequests, ", so requests get 404; keep it and mark its operations as deprecated";
    OPERATION_ID_CHANGED = "operation-id-changed", BreaksCode,
        ", so generated clients have a function of another name; keep the old name";
    OPERATION_DEPRECATED = "operation-deprecated", Compatible, ", so clients should no longer use it";
    PATH_PARAMETER_RENAMED = "path-parameter-renamed", Compatible,
        ", which requests do not contain, but arguments of generated clients may have its name";
    PARAMETER_ADDED = "parameter-added", Compatible, "";
    REQUIRED_PARAMETER_ADDED = "required-parameter-added", BreaksRequests,
        ", so requests without it are rejected; make it optional";
    PARAMETER_REMOVED = "parameter-removed", BreaksRequests,
        ", so requests with it have another effect or are rejected; keep it and mark it as deprecated";
    PARAMETER_RENAMED = "parameter-renamed", BreaksRequests,
        ", so requests with the old name have another effect or are rejected; accept both names";
    PARAMETER_MOVED = "parameter-moved", BreaksRequests,
        ", so requests with the old place have another effect or are rejected; accept both places";
    PARAMETER_REQUIRED = "parameter-required", BreaksRequests,
        ", so requests without it are rejected; keep it optional";
    PARAMETER_OPTIONAL = "parameter-optional", Compatible, ", so more requests are valid";
    PARAMETER_DEPRECATED = "parameter-deprecated", Compatible, ", so clients should leave it out";
    PARAMETER_STYLE_CHANGED = "parameter-style-changed", BreaksRequests,
        ", so the value in the request is read in another way; keep the old form";
    PARAMETER_BECAME_LIST = "parameter-became-list", Compatible, ", and one value is still valid";
    REQUEST_BODY_ADDED = "request-body-added", Compatible, "";
    REQUIRED_REQUEST_BODY_ADDED = "required-request-body-added", BreaksRequests,
        ", so requests without a body are rejected; make the body optional";
    REQUEST_BODY_REMOVED = "request-body-removed", BreaksRequests,
        ", so bodies have no effect or are rejected; keep reading the body";
    REQUEST_BODY_REQUIRED = "request-body-required", BreaksRequests,
        ", so requests without a body are rejected; keep the body optional";
    REQUEST_BODY_OPTIONAL = "request-body-optional", Compatible, ", so more requests are valid";
    REQUEST_MEDIA_TYPE_ADDED = "request-media-type-added", Compatible, ", so more requests are valid";
    REQUEST_MEDIA_TYPE_REMOVED = "request-media-type-removed", BreaksRequests,
        ", so requests with it get 415; keep accepting it";
    ANSWER_MEDIA_TYPE_ADDED = "answer-media-type-added", Compatible, ", which clients can ignore";
    ANSWER_MEDIA_TYPE_REMOVED = "answer-media-type-removed", BreaksAnswers,
        ", so clients that accept nothing else get no body or 406; keep sending it";
    SUCCESS_STATUS_ADDED = "success-status-added", BreaksAnswers,
        ", so clients get a success that they do not expect; keep the old status, or add an operation";
    SUCCESS_STATUS_REMOVED = "success-status-removed", BreaksAnswers,
        ", so clients never get the success that they expect; keep the old status, or add an operation";
    STATUS_ADDED = "status-added", Compatible, ", which clients have to handle like other errors and special cases";
    STATUS_REMOVED = "status-removed", Compatible, ", so clients handle a case that no longer occurs";
    ANSWER_HEADER_ADDED = "answer-header-added", Compatible, ", which clients can ignore";
    ANSWER_HEADER_REMOVED = "answer-header-removed", BreaksAnswers,
        ", so clients that read it fail; keep sending it";
    ANSWER_HEADER_REQUIRED = "answer-header-required", Compatible, "";
    ANSWER_HEADER_OPTIONAL = "answer-header-optional", BreaksAnswers,
        ", so clients that read it may fail; send it in each answer";
    SECURITY_REQUIRED = "security-required", BreaksRequests,
        ", so requests without credentials get 401; keep accepting them";
    SECURITY_REMOVED = "security-removed", BreaksRequests,
        ", so requests with these credentials get 401; keep accepting them";
    SECURITY_SCOPE_ADDED = "security-scope-added", BreaksRequests,
        ", so tokens without it get 403; keep the old scopes";
    SECURITY_ADDED = "security-added", Compatible, ", so more requests are valid";
    SECURITY_OPTIONAL = "security-optional", Compatible, ", so more requests are valid";
}

/// The end of the message of a schema rule.
macro_rules! end {
    (request Narrows $advice:literal) => {
        concat!(", so requests that were valid are rejected; ", $advice)
    };
    (request Widens $advice:literal) => {
        ", so more requests are valid"
    };
    (answer Narrows $advice:literal) => {
        ", so answers are within what clients expect"
    };
    (answer Widens $advice:literal) => {
        concat!(", so answers may not be what clients expect; ", $advice)
    };
    (request Changes $advice:literal) => {
        end!(request Narrows $advice)
    };
    (answer Changes $advice:literal) => {
        end!(answer Widens $advice)
    };
    ($side:ident Nothing $advice:literal) => {
        $advice
    };
}

macro_rules! schema_rules {
    ($($id:ident = $name:literal, $effect:ident, $advice:literal;)*) => {
        $(pub(super) const $id: SchemaRule = SchemaRule {
            request: Rule {
                name: concat!("request-", $name),
                kind: Effect::$effect.in_requests(),
                end: end!(request $effect $advice),
            },
            answer: Rule {
                name: concat!("answer-", $name),
                kind: Effect::$effect.in_answers(),
                end: end!(answer $effect $advice),
            },
            effect: Effect::$effect,
        };)*
        const SCHEMA_RULES: &[SchemaRule] = &[$($id),*];
    };
}

schema_rules! {
    TYPE_NARROWED = "type-narrowed", Narrows, "keep accepting the old types";
    TYPE_WIDENED = "type-widened", Widens, "send the new type under another name";
    TYPE_CHANGED = "type-changed", Changes, "keep the old type, and add the new one under another name";
    NULL_REMOVED = "null-removed", Narrows, "keep accepting `null`";
    NULL_ADDED = "null-added", Widens, "send a value in each answer";
    ENUM_VALUE_REMOVED = "enum-value-removed", Narrows, "keep accepting the value";
    ENUM_VALUE_ADDED = "enum-value-added", Widens, "send the new value only to clients that request it";
    ENUM_INTRODUCED = "enum-introduced", Narrows, "keep accepting other values";
    ENUM_DROPPED = "enum-dropped", Widens, "send only the values of the old list";
    CONST_CHANGED = "const-changed", Changes, "keep the old value";
    FORMAT_NARROWED = "format-narrowed", Narrows, "keep accepting values without this format";
    FORMAT_WIDENED = "format-widened", Widens, "send only values of the old format";
    FORMAT_CHANGED = "format-changed", Changes, "keep the old format, and add the new one under another name";
    PATTERN_ADDED = "pattern-added", Narrows, "keep accepting values that do not match it";
    PATTERN_REMOVED = "pattern-removed", Widens, "send only values that match the old pattern";
    PATTERN_CHANGED = "pattern-changed", Changes, "keep the old pattern, and add the new one under another name";
    MAXIMUM_LOWERED = "maximum-lowered", Narrows, "keep the old maximum";
    MAXIMUM_RAISED = "maximum-raised", Widens, "keep the old maximum";
    MINIMUM_RAISED = "minimum-raised", Narrows, "keep the old minimum";
    MINIMUM_LOWERED = "minimum-lowered", Widens, "keep the old minimum";
    MAX_LENGTH_LOWERED = "max-length-lowered", Narrows, "keep the old length";
    MAX_LENGTH_RAISED = "max-length-raised", Widens, "keep the old length";
    MIN_LENGTH_RAISED = "min-length-raised", Narrows, "keep the old length";
    MIN_LENGTH_LOWERED = "min-length-lowered", Widens, "keep the old length";
    MAX_ITEMS_LOWERED = "max-items-lowered", Narrows, "keep the old number of items";
    MAX_ITEMS_RAISED = "max-items-raised", Widens, "keep the old number of items";
    MIN_ITEMS_RAISED = "min-items-raised", Narrows, "keep the old number of items";
    MIN_ITEMS_LOWERED = "min-items-lowered", Widens, "keep the old number of items";
    MAX_PROPERTIES_LOWERED = "max-properties-lowered", Narrows, "keep the old number of properties";
    MAX_PROPERTIES_RAISED = "max-properties-raised", Widens, "keep the old number of properties";
    MIN_PROPERTIES_RAISED = "min-properties-raised", Narrows, "keep the old number of properties";
    MIN_PROPERTIES_LOWERED = "min-properties-lowered", Widens, "keep the old number of properties";
    MULTIPLE_OF_NARROWED = "multiple-of-narrowed", Narrows, "keep the old step";
    MULTIPLE_OF_WIDENED = "multiple-of-widened", Widens, "keep the old step";
    MULTIPLE_OF_CHANGED = "multiple-of-changed", Changes, "keep the old step";
    UNIQUE_ITEMS_ADDED = "unique-items-added", Narrows, "keep accepting equal items";
    UNIQUE_ITEMS_REMOVED = "unique-items-removed", Widens, "keep the items distinct";
    NOTHING_ALLOWED = "nothing-allowed", Narrows, "keep accepting values";
    SOMETHING_ALLOWED = "something-allowed", Widens, "send no value here";
    VARIANT_REMOVED = "variant-removed", Narrows, "keep accepting the variant";
    VARIANT_ADDED = "variant-added", Widens, "send the new variant only to clients that request it";
    KEYWORD_ADDED = "keyword-added", Narrows, "keep accepting other values";
    KEYWORD_REMOVED = "keyword-removed", Widens, "keep the old constraint";
    KEYWORD_CHANGED = "keyword-changed", Changes, "keep the old constraint";
    PROPERTY_ADDED = "property-added", Nothing, "";
    REQUIRED_PROPERTY_ADDED = "required-property-added", Narrows, "make the property optional";
    PROPERTY_REQUIRED = "property-required", Narrows, "keep the property optional";
    PROPERTY_OPTIONAL = "property-optional", Widens, "send the property in each answer";
    PROPERTIES_CLOSED = "properties-closed", Narrows, "keep accepting other properties";
    PROPERTIES_OPENED = "properties-opened", Widens, "send only the properties of the schema";
    DEPRECATED = "deprecated", Nothing, ", so clients should no longer use it";
}

/// A property of requests that is removed from a schema without other properties.
pub(super) const REQUEST_PROPERTY_REMOVED: SchemaRule = one_sided(
    "request-property-removed",
    Kind::BreaksRequests,
    Effect::Changes,
    ", so requests with it are rejected; keep it and mark it as deprecated",
);
/// A property of answers that is removed.
pub(super) const ANSWER_PROPERTY_REMOVED: SchemaRule = one_sided(
    "answer-property-removed",
    Kind::BreaksAnswers,
    Effect::Changes,
    ", so clients that read it fail; keep sending it and mark it as deprecated",
);
/// A property of requests that the server ignores from now on, because it allows other properties.
pub(super) const PROPERTY_IGNORED: SchemaRule = one_sided(
    "request-property-ignored",
    Kind::Compatible,
    Effect::Widens,
    ", so it has no effect in requests",
);
/// Another default. It restricts nothing.
pub(super) const DEFAULT_CHANGED: SchemaRule = one_sided(
    "request-default-changed",
    Kind::Compatible,
    Effect::Nothing,
    ", so requests without it have another effect",
);
/// A new property of answers whose schema allowed no other properties.
pub(super) const CLOSED_PROPERTY_ADDED: SchemaRule = one_sided(
    "answer-closed-property-added",
    Kind::BreaksAnswers,
    Effect::Widens,
    ", so clients that reject unknown properties fail; leave the property out, or add an operation",
);
const ONE_SIDED: &[SchemaRule] = &[
    REQUEST_PROPERTY_REMOVED,
    ANSWER_PROPERTY_REMOVED,
    PROPERTY_IGNORED,
    DEFAULT_CHANGED,
    CLOSED_PROPERTY_ADDED,
];

/// Returns a rule that applies to one side only.
const fn one_sided(
    name: &'static str,
    kind: Kind,
    effect: Effect,
    end: &'static str,
) -> SchemaRule {
    SchemaRule {
        request: Rule { name, kind, end },
        answer: Rule { name, kind, end },
        effect,
    }
}

/// Returns every rule.
pub(super) fn all() -> impl Iterator<Item = &'static Rule> {
    let sides = SCHEMA_RULES
        .iter()
        .flat_map(|rule| [&rule.request, &rule.answer]);
    let one_sided = ONE_SIDED.iter().map(|rule| &rule.request);
    OPERATION_RULES.iter().chain(sides).chain(one_sided)
}
