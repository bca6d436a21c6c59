//! The tests of backends.

use crate::place::Place;

highball_jobs::backend_conformance!(|| async {
    let place = Place::new();
    Some((place.open(), place))
});
