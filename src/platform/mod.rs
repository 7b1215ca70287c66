//! The platform's APIs that the station calls.
