//! A chart with a bar for each server at each endpoint.

use std::fmt::Write as _;

/// Sizes in pixels.
const WIDTH: f64 = 860.0;
const LEFT: f64 = 150.0;
const BAR: f64 = 13.0;
const GAP: f64 = 22.0;

/// The colors of the servers, in order. The first one highlights Highball.
const COLORS: [&str; 9] = [
    "#d1495b", "#30638e", "#7fa7c9", "#8d96a3", "#b4a7d6", "#93b48b", "#d9b26f", "#c9c9c9",
    "#a3a3a3",
];

/// Draws the relative CPU time of each server at each endpoint.
pub(crate) fn draw(endpoints: &[&str], servers: &[(&str, Vec<f64>)]) -> String {
    let group = servers.len() as f64 * BAR + GAP;
    let height = group * endpoints.len() as f64 + 50.0;
    let most = servers
        .iter()
        .flat_map(|(_, values)| values)
        .copied()
        .fold(0.0, f64::max);
    let scale = (WIDTH - LEFT - 60.0) / most.max(f64::MIN_POSITIVE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"{WIDTH}\" height=\"{height}\" \
         fill=\"white\"/>\n<text x=\"10\" y=\"20\" font-size=\"14\">CPU time per request, \
         relative to hyper; less is better</text>\n"
    );
    for (idx, endpoint) in endpoints.iter().enumerate() {
        let top = 40.0 + group * idx as f64;
        let middle = top + servers.len() as f64 * BAR / 2.0 + 4.0;
        // Writing to a `String` cannot fail.
        let _ = writeln!(
            svg,
            "<text x=\"10\" y=\"{middle}\" font-weight=\"bold\">{endpoint}</text>"
        );
        for (turn, (name, values)) in servers.iter().enumerate() {
            let (y, value) = (top + turn as f64 * BAR, values[idx]);
            let (width, color) = (value * scale, COLORS[turn % COLORS.len()]);
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{:.0}\" fill=\"{color}\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\">{value:.2} {name}</text>",
                BAR - 2.0,
                LEFT + width + 4.0,
                y + BAR - 3.5,
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}
