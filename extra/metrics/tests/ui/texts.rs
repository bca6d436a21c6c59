use highball_metrics::text_label;

text_label!(Customer: 5000);

fn main() {
    let _ = Customer::of("acme");
}
