//! A request and its reply as the journal keeps them: unchanged bytes, who called, how, when, and what was understood.

use std::time::Instant;

use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderMap};
use chrono::{DateTime, Utc};

use super::operation::Reply;
use crate::journal::{Entry, Exchange};

/// Words in the names of headers that hold secrets: they prove who calls and nothing about what was said.
const SECRETS: [&str; 6] = ["auth", "cookie", "key", "token", "secret", "password"];

/// Most bytes of headers that are kept; what comes behind is noise.
const MOST_HEADER_BYTES: usize = 8192;

/// A request as far as its bytes, and when they came.
pub(super) struct Incoming {
    received_at: DateTime<Utc>,
    pub(super) started: Instant,
    peer: String,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
}

impl Incoming {
    /// What is known before anything is read.
    pub(super) fn of(request: &HttpRequest, received_at: DateTime<Utc>) -> Incoming {
        Incoming {
            received_at,
            started: Instant::now(),
            peer: request.peer_addr().map(|peer| peer.to_string()).unwrap_or_default(),
            method: request.method().as_str().to_owned(),
            path: request.path().to_owned(),
            headers: kept(request.headers()),
        }
    }

    /// The path that was called.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// What its sender said it is.
    pub(super) fn content_type(&self) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(name, _)| name == header::CONTENT_TYPE.as_str()).map(|(_, value)| value.as_str())
    }

    /// The request and its reply as one entry. Without bodies where they are not to be kept.
    pub(super) fn entry(&self, reply: &Reply, request: Option<Vec<u8>>) -> Entry {
        let response = request.as_ref().map(|_| reply.body.as_bytes().to_vec());
        let content_type = (header::CONTENT_TYPE.as_str().to_owned(), super::CONTENT_TYPE.to_owned());
        Entry::Exchange(Box::new(Exchange {
            received_at: self.received_at,
            answered_in: self.started.elapsed(),
            peer: self.peer.clone(),
            method: self.method.clone(),
            path: self.path.clone(),
            request_headers: self.headers.clone(),
            request,
            status: reply.status,
            response_headers: if reply.body.is_empty() { vec![] } else { vec![content_type] },
            response,
            about: reply.about.clone(),
            outcome: reply.outcome,
            fault: reply.fault.map(str::to_owned),
            rule: reply.rule.map(str::to_owned),
            why: reply.why.clone(),
        }))
    }
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut bytes = 0;
    let shown = headers.iter().map(|(name, value)| {
        let secret = SECRETS.iter().any(|word| name.as_str().contains(word));
        let value = if secret { "(not kept)".into() } else { String::from_utf8_lossy(value.as_bytes()).into_owned() };
        (name.as_str().to_owned(), value)
    });
    let mut shown: Vec<(String, String)> = shown.collect();
    shown.sort_unstable();
    // One that is too long does not push out the others.
    shown.retain(|(name, value)| {
        let fits = bytes + name.len() + value.len() <= MOST_HEADER_BYTES;
        bytes += if fits { name.len() + value.len() } else { 0 };
        fits
    });
    shown
}
