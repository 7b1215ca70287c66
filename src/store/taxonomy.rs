//! The official catalogue of collection services.
