#![allow(unused)]

use highball::prelude::*;

struct Role;

impl Role {
    #[guard]
    fn check(&self) -> Result<(), StatusCode> {
        Ok(())
    }
}

fn main() {}
