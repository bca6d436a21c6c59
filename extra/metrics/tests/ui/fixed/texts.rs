use highball_metrics::text_label;

text_label!(Customer: 500);

pub fn main() {
    let _ = Customer::of("acme");
}
