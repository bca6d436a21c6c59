//! The inputs and the answers of a route: those of everything along its chain.

use crate::routes::{
    answers::{Answer, Answers, merged},
    argument_facts::ArgumentFacts,
    info::Route,
    inputs::{InputInfo, InputKind, Site},
    part::PartInfo,
};

impl Route {
    /// Returns the answers that are known: those of the handler's return type, of its arguments, and of everything
    /// around it, in the order of their statuses.
    ///
    /// A 404 or a 405 of the app is no answer of a route, and neither is the 500 of a panic.
    ///
    /// # Examples
    /// ```
    /// use highball::{describe::Answer, prelude::*};
    ///
    /// #[get("/{id}")]
    /// async fn show(id: u64) -> Option<String> {
    ///     None
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(show);
    ///
    /// # fn main() {
    /// let answers = Api::ROUTES[0].answers();
    /// assert!(answers.iter().map(Answer::status).eq([200, 400, 404]));
    /// # }
    /// ```
    pub fn answers(&self) -> Vec<Answer> {
        let mut list = Vec::new();
        for (_, answers) in self.answers_by_source() {
            answers.add_to(&mut list);
        }
        merged(list)
    }

    /// Returns what may answer in a way that is not known: types, as written in the source, and names of guards and
    /// middleware.
    ///
    /// # Examples
    /// ```
    /// use highball::prelude::*;
    ///
    /// #[get("/")]
    /// async fn any() -> Response {
    ///     ().into_response()
    /// }
    ///
    /// #[routes(app)]
    /// struct Api(any);
    ///
    /// # fn main() {
    /// assert_eq!(Api::ROUTES[0].unknown_answers(), ["Response"]);
    /// # }
    /// ```
    pub fn unknown_answers(&self) -> Vec<&'static str> {
        let mut all = self.answers_by_source();
        if self.stated_answers().is_some() {
            // They replace what the return type and the context do not show.
            let mut arguments = self.arguments();
            let context = arguments.find(|argument| argument.is_mut_context());
            let is_replaced = |source: &str| {
                source == self.returns() || context.is_some_and(|context| context.ty == source)
            };
            all.retain(|(source, _)| !is_replaced(source));
        }
        let all = all.into_iter();
        all.filter(|(_, answers)| answers.is_opaque())
            .map(|(source, _)| source)
            .collect()
    }

    /// Returns the answers that the attribute of the route states, `answers(..)`.
    pub(crate) fn stated_answers(&self) -> Option<&'static Answers> {
        self.response()?.stated
    }

    /// Returns the answers of the return type.
    #[cfg(debug_assertions)]
    pub(crate) fn answers_of_type(&self) -> &'static Answers {
        self.response()
            .map_or(&Answers::NONE, |response| response.answers)
    }

    /// Returns the answers with what they are of: parts, arguments, then the return type.
    fn answers_by_source(&self) -> Vec<(&'static str, &'static Answers)> {
        let mut all = Vec::new();
        for part in self.all_parts().filter(|part| !part.name.is_empty()) {
            let arguments = part.arguments.iter();
            all.extend(arguments.map(|argument| (part.name, (argument.describe)().answers)));
            all.push((part.name, part.answers));
        }
        let names = self.definition().sources().map(|argument| argument.ty);
        let arguments = self.argument_facts().iter();
        all.extend(names.zip(arguments.map(|argument| (argument.describe)().answers)));
        // A handler can set any status through the context.
        let mut arguments = self.arguments();
        let context = arguments.find(|argument| argument.is_mut_context());
        all.extend(context.map(|context| (context.ty, &Answers::OPAQUE)));
        let response = self.response();
        all.extend(response.map(|response| (self.returns(), response.answers)));
        all.extend(response.and_then(|response| Some(("", response.stated?))));
        all
    }

    /// Returns the parts of a request that the handler's arguments, and those of everything around it, are made of.
    ///
    /// # Examples
    /// ```
    /// use highball::{describe::{InputInfo, InputKind}, prelude::*};
    ///
    /// #[get("/{id}")]
    /// async fn show(id: u64) {}
    ///
    /// #[routes(app)]
    /// struct Api(show);
    ///
    /// # fn main() {
    /// let inputs: Vec<InputInfo> = Api::ROUTES[0].inputs();
    /// assert!(matches!(inputs[..], [InputInfo { kind: InputKind::Param { name: "id", .. }, .. }]));
    /// # }
    /// ```
    pub fn inputs(&self) -> Vec<InputInfo> {
        let params: Vec<_> = self.params().collect();
        let mut list = Vec::new();
        let mut site = Site {
            has_body: self.has_body(),
            argument: "",
            params: &params,
        };
        for part in self.all_parts() {
            for argument in part.arguments {
                argument.add_inputs(&mut list, &site);
            }
            part.inputs.add_to(&mut list, &site, true);
        }
        for (info, argument) in self.definition().sources().zip(self.argument_facts()) {
            site.argument = info.name;
            argument.add_inputs(&mut list, &site);
        }
        list
    }

    /// Returns the inputs of one argument.
    pub(super) fn inputs_of(&self, argument: &ArgumentFacts, name: &'static str) -> Vec<InputInfo> {
        let params: Vec<_> = self.params().collect();
        let mut list = Vec::new();
        let site = Site {
            has_body: false,
            argument: name,
            params: &params,
        };
        argument.add_inputs(&mut list, &site);
        list
    }

    /// Returns the inputs of the code of a part, without those of its arguments.
    pub(super) fn inputs_of_part(&self, part: &PartInfo) -> Vec<InputInfo> {
        let params: Vec<_> = self.params().collect();
        let mut list = Vec::new();
        let site = Site {
            has_body: false,
            argument: "",
            params: &params,
        };
        part.inputs.add_to(&mut list, &site, true);
        list
    }

    /// Returns whether one of the methods is not GET or HEAD.
    fn has_body(&self) -> bool {
        let mut methods = self.methods().peekable();
        methods.peek().is_none() || methods.any(|method| !matches!(method, "GET" | "HEAD"))
    }
}

impl ArgumentFacts {
    /// Adds the inputs of an argument to a list: those that it states, or else the headers of its facts.
    fn add_inputs(&self, list: &mut Vec<InputInfo>, site: &Site<'_>) {
        let inputs = (self.describe)().inputs;
        inputs.add_to(list, site, true);
        if inputs.is_opaque() {
            let headers = self.facts.names().filter(|fact| fact.kind() == "header");
            list.extend(headers.map(|header| InputInfo {
                kind: InputKind::Header(header.name()),
                is_required: false,
            }));
        }
    }
}
