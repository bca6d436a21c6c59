//! The tests of backends in brokers. Their documentation lists those that do not apply.

use crate::places::Place;

highball_jobs::broker_conformance!(|| async {
    let place = Place::new().await?;
    Some((place.amqp(), place))
});
