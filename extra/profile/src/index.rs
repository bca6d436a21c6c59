//! The page that lists the profiles.

use highball::{Response, prelude::get};

use crate::page::page;

const LIST: &str = "<ul>
<li><a href=\"profile?seconds=5\">profile</a>: the CPU, for <code>go tool pprof</code>; 5 seconds</li>
<li><a href=\"routes?seconds=5\">routes</a>: the CPU by route; 5 seconds</li>
<li><a href=\"heap\">heap</a>: the memory that is in use, by the place of its allocation</li>
<li><a href=\"cmdline\">cmdline</a>: the command line</li>
</ul>
<p><code>seconds</code> is 1 to 60, and 30 without it. <code>hz</code>, the samples in a second, is 1 to 1000, and 99 \
without it. One profile runs at a time.</p>
";

/// Responds with a page of links to the profiles.
#[get("/debug/pprof/", admin, slash = redirect)]
pub(crate) async fn index() -> Response {
    page("Profiles", LIST)
}
