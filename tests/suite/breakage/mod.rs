//! The store gone, slow or damaged: what the Node hears then, and that the same station answers again afterwards.

mod crowd;
mod damaged;
mod disk;
mod full_disk;
mod gone;
mod killed;
mod loader;
mod outage;
mod rivals;

use crate::station::{Station, agent};

const PROBE: &str = "000000000000000000";

fn health(station: &Station, path: &str) -> u16 {
    agent().get(format!("{}/health/{path}", station.url())).call().unwrap().status().as_u16()
}
