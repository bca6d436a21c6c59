//! The format of profiles: `profile.proto` in gzip.

use std::{
    collections::HashMap,
    io::{self, Write as _},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use flate2::{Compression, write::GzEncoder};
use prost::Message as _;

use crate::{
    cpu::Stack,
    proto::{Function, Label, Line, Location, Mapping, Profile, Sample, ValueType},
    symbols::{Symbol, Symbols},
};

/// The samples of a profile of the CPU.
#[derive(Debug)]
pub(crate) struct Samples {
    pub(crate) stacks: Vec<Stack>,
    pub(crate) started: SystemTime,
    pub(crate) lasted: Duration,
    /// The samples in a second of CPU time.
    pub(crate) hz: i32,
}

/// Returns the profile with the names of its functions. It blocks: names are read from the program's file.
pub(crate) fn encode(samples: &Samples) -> io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&profile(samples).encode_to_vec())?;
    gzip.finish()
}

fn profile(samples: &Samples) -> Profile {
    let mut builder = Builder::default();
    // The first text is the empty one.
    builder.text("");
    let period = 1_000_000_000 / i64::from(samples.hz.max(1));
    let stacks = samples.stacks.iter();
    let sample = stacks.map(|stack| builder.sample(stack, period)).collect();
    let count = builder.value_type("samples", "count");
    let cpu = builder.value_type("cpu", "nanoseconds");
    let comment = match samples.stacks.is_empty() {
        true => vec![builder.text("no samples: the process has used no CPU time")],
        false => Vec::new(),
    };
    let started = samples.started.duration_since(UNIX_EPOCH);
    Profile {
        sample_type: vec![count, cpu],
        sample,
        mapping: vec![builder.mapping()],
        location: builder.locations,
        function: builder.functions,
        string_table: builder.texts,
        time_nanos: nanos(started.unwrap_or_default()),
        duration_nanos: nanos(samples.lasted),
        period_type: Some(cpu),
        period,
        comment,
    }
}

fn nanos(time: Duration) -> i64 {
    i64::try_from(time.as_nanos()).unwrap_or(i64::MAX)
}

/// The tables of a profile. Ids begin at 1.
#[derive(Default)]
struct Builder {
    symbols: Symbols,
    texts: Vec<String>,
    text_ids: HashMap<String, i64>,
    functions: Vec<Function>,
    function_ids: HashMap<(String, String), u64>,
    locations: Vec<Location>,
    location_ids: HashMap<usize, u64>,
}

impl Builder {
    fn text(&mut self, text: &str) -> i64 {
        if let Some(id) = self.text_ids.get(text) {
            return *id;
        }
        let id = i64::try_from(self.texts.len()).unwrap_or(0);
        self.texts.push(text.to_owned());
        self.text_ids.insert(text.to_owned(), id);
        id
    }

    fn value_type(&mut self, name: &str, unit: &str) -> ValueType {
        ValueType {
            r#type: self.text(name),
            unit: self.text(unit),
        }
    }

    /// Returns the program. Its names are in the profile, so tools need not find its file.
    fn mapping(&mut self) -> Mapping {
        let program = std::env::current_exe().unwrap_or_default();
        Mapping {
            id: 1,
            filename: self.text(&program.display().to_string()),
            has_functions: true,
            has_filenames: true,
            has_line_numbers: true,
            has_inline_frames: true,
        }
    }

    fn sample(&mut self, stack: &Stack, period: i64) -> Sample {
        let calls: Vec<_> = stack.calls().collect();
        let label = Label {
            key: self.text("thread"),
            str: self.text(&stack.thread),
        };
        Sample {
            location_id: calls.into_iter().map(|call| self.location(call)).collect(),
            value: vec![stack.count, stack.count.saturating_mul(period)],
            label: vec![label],
        }
    }

    fn location(&mut self, address: usize) -> u64 {
        if let Some(id) = self.location_ids.get(&address) {
            return *id;
        }
        let symbols = self.symbols.at(address);
        let mut line: Vec<_> = symbols.iter().map(|symbol| self.line(symbol)).collect();
        if line.is_empty() {
            // A function of a library without symbols.
            line.push(self.line(&Symbol {
                name: format!("{address:#x}"),
                system_name: String::new(),
                file: String::new(),
                line: 0,
            }));
        }
        let id = self.locations.len() as u64 + 1;
        self.locations.push(Location {
            id,
            mapping_id: 1,
            address: address as u64,
            line,
        });
        self.location_ids.insert(address, id);
        id
    }

    fn line(&mut self, symbol: &Symbol) -> Line {
        let key = (symbol.system_name.clone(), symbol.name.clone());
        let next = self.functions.len() as u64 + 1;
        let function_id = *self.function_ids.entry(key).or_insert(next);
        if function_id == next {
            let function = Function {
                id: next,
                name: self.text(&symbol.name),
                system_name: self.text(&symbol.system_name),
                filename: self.text(&symbol.file),
            };
            self.functions.push(function);
        }
        Line {
            function_id,
            line: i64::from(symbol.line),
        }
    }
}
