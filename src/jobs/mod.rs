//! What the station does by itself, when nobody asks.

pub mod time;
pub mod uploads;
