//! Checks of any page: it is usable in narrow and wide windows, in light and dark, by keyboard and with screen readers,
//! and sends no requests to other origins.

use std::{env, fs, path::PathBuf};

use highball::prelude::*;

use crate::driver::Browser;

/// Functions for scripts, which look into shadow roots.
pub(crate) const DEEP: &str = r"
const elements = (root) => [...root.querySelectorAll('*')].flatMap(
    (element) => [element, ...(element.shadowRoot ? elements(element.shadowRoot) : [])]);
const visible = (selector) => elements(document).filter(
    (element) => element.matches(selector) && element.checkVisibility({ visibilityProperty: true }));
";

/// The size of a window and the colours that its user prefers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    width: u32,
    height: u32,
    scheme: &'static str,
}

/// A phone and a computer, in light and in dark.
pub(crate) const VIEWS: [View; 4] = [
    View::new(390, 844, "light"),
    View::new(390, 844, "dark"),
    View::new(1440, 900, "light"),
    View::new(1440, 900, "dark"),
];

impl View {
    const fn new(width: u32, height: u32, scheme: &'static str) -> Self {
        Self {
            width,
            height,
            scheme,
        }
    }

    pub(crate) fn apply(self, browser: &Browser) {
        let size = json!({
            "width": self.width, "height": self.height, "deviceScaleFactor": 1, "mobile": false,
        });
        browser.command("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!({ "name": "prefers-color-scheme", "value": self.scheme });
        let features = json!({ "features": [scheme] });
        browser.command("Emulation.setEmulatedMedia", &features);
    }

    /// Checks the page that is open. `name` is the name of its picture.
    pub(crate) fn check(self, browser: &Browser, origin: &str, name: &str) {
        let Self { width, scheme, .. } = self;
        save_picture(browser, &format!("{name}-{width}-{scheme}.png"));
        let scrolls = "return document.scrollingElement.scrollWidth > innerWidth";
        assert_eq!(browser.run(scrolls), false, "{self:?}: it scrolls sideways");
        let background = "return getComputedStyle(document.body).backgroundColor";
        let background = browser.run(background);
        let red = background.as_str().and_then(|color| {
            let digits = color.trim_start_matches(|c: char| !c.is_ascii_digit());
            digits.split(',').next()?.parse::<u8>().ok()
        });
        let is_dark = red.expect("a colour") < 128;
        assert_eq!(is_dark, scheme == "dark", "{self:?}: {background}");
        check_accessibility(browser, self);
        check_logs(browser, origin);
    }
}

/// Checks that the page had no error and no request to another origin.
pub(crate) fn check_logs(browser: &Browser, origin: &str) {
    let console = browser.log("browser");
    assert!(console.is_empty(), "{console:#?}");
    check_requests(browser, origin);
}

/// Checks that no request had another origin, and returns the requests.
pub(crate) fn check_requests(browser: &Browser, origin: &str) -> Vec<String> {
    let requests = browser.requests();
    let mut others = requests.clone();
    others.retain(|url| !url.starts_with(origin) && !url.starts_with("data:"));
    assert!(others.is_empty(), "{others:#?}");
    requests
}

/// Checks the page with axe-core, which must find nothing serious or critical.
fn check_accessibility(browser: &Browser, view: View) {
    let Some(path) = env::var_os("AXE_CORE") else {
        println!("accessibility is not checked: AXE_CORE is not set");
        return;
    };
    let axe = fs::read_to_string(path).expect("AXE_CORE is the path of axe.min.js");
    browser.run(&format!(
        "window.found = null; {axe}; \
         axe.run(document).then(({{ violations }}) => {{ \
             const serious = violations.filter(({{ impact }}) => ['serious', 'critical'].includes(impact)); \
             window.found = serious.map(({{ id, nodes }}) => \
                 [id, nodes.map(({{ target, failureSummary }}) => [target, failureSummary])]); \
         }}); return null"
    ));
    browser.until("return window.found !== null", &json!(true));
    let found = browser.run("return window.found");
    assert_eq!(found, json!([]), "{view:?}");
}

/// Presses Tab until the focus returns to the start, and returns the texts of the visible elements for a mouse that
/// never had the focus.
pub(crate) fn unreachable_by_keyboard(browser: &Browser) -> Value {
    browser.run(
        // An event within a shadow root does not leave it.
        &format!(
            "{DEEP} window.reached = new Set(); document.activeElement?.blur?.(); \
             const roots = elements(document).map((element) => element.shadowRoot).filter(Boolean); \
             for (const root of [document, ...roots]) \
                 root.addEventListener('focusin', ({{ target }}) => window.reached.add(target), true)"
        ),
    );
    let mut count = 0;
    loop {
        for _ in 0..20 {
            browser.press("Tab");
        }
        let reached = browser.run("return window.reached.size");
        // The browser begins again at the first element.
        if reached == count {
            break;
        }
        count = reached.as_i64().expect("a number");
    }
    assert!(count > 5, "the keyboard reaches {count} elements");
    browser.run(&format!(
        "{DEEP} const isReached = (element) => {{ \
             for (let at = element; at; at = at.parentElement) if (window.reached.has(at)) return true; \
             return false; \
         }}; \
         return visible('*').filter((element) => getComputedStyle(element).cursor === 'pointer') \
             .filter((element) => !isReached(element) && !element.closest('label')) \
             .map((element) => `${{element.tagName}} ${{element.className}} ${{element.textContent}}`.slice(0, 80))"
    ))
}

fn save_picture(browser: &Browser, name: &str) {
    let Some(folder) = env::var_os("SCREENSHOTS") else {
        return;
    };
    let picture = browser.command("Page.captureScreenshot", &json!({ "format": "png" }));
    let picture = decode_base64(picture["data"].as_str().expect("a picture"));
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(PathBuf::from(folder).join(name), picture).expect("it is written");
}

fn decode_base64(text: &str) -> Vec<u8> {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut n_bits, mut bytes) = (0_u32, 0, Vec::new());
    for digit in text.bytes() {
        let Some(value) = digits.iter().position(|known| *known == digit) else {
            break;
        };
        bits = (bits << 6 | value as u32) & 0xffff;
        n_bits += 6;
        if n_bits >= 8 {
            n_bits -= 8;
            bytes.push((bits >> n_bits) as u8);
        }
    }
    bytes
}
