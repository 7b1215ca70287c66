//! Notices and receipts on paper: what the domain knows comes in, a PDF goes out. No store, no clock, no network.
