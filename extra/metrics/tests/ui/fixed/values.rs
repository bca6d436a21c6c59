use highball_metrics::Labels;

#[derive(Clone, Copy, Labels)]
enum Status {
    Done,
    Failed,
}

#[derive(Clone, Copy, Labels)]
enum Channel {
    Web,
    #[label("site")]
    Site,
}

pub fn main() {}
