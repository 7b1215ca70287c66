//! What is answered of uploads, in the names of either version.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::upload::{Outcome, Outcomes, Upload};

/// The form that brings a file.
#[derive(ToSchema)]
#[allow(dead_code)] // Read as a stream.
pub(super) struct FileForm {
    /// A ZIP with one JSON in it.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// How far an upload is, in version 1.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusV1 {
    #[serde(rename = "uploadID")]
    upload_id: String,
    processed_item: i64,
    submitted_item: i64,
    start_time: String,
}

/// How far an upload is, in version 2.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusV2 {
    file_id: String,
    processed_item: i64,
    submitted_item: i64,
    start_time: String,
    /// `IN_PROGRESS`, `COMPLETED`, `COMPLETED_WITH_WARNINGS` or `COMPLETED_UNSUCCESSFULLY`.
    operation_status: &'static str,
}

/// What became of the items of an upload so far, in version 1.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReportV1 {
    #[serde(rename = "uploadID")]
    upload_id: String,
    processed_item: i64,
    submitted_item: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    responses: Vec<ResponseV1>,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
}

/// Items that came to the same end.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ResponseV1 {
    status_code: i64,
    status_message: String,
    #[serde(rename = "requestIDs")]
    request_ids: Vec<String>,
}

/// What became of the items of an upload, in version 2.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReportV2 {
    file_id: String,
    processed_item: i64,
    submitted_item: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    responses: Vec<ResponseV2>,
    start_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_time: Option<String>,
}

/// Items that came to the same end.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct ResponseV2 {
    status_code: i64,
    status_message: String,
    iupds: Vec<String>,
}

/// The uploads of some days, the newest first.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Files {
    pub(super) size: usize,
    pub(super) file_ids: Vec<String>,
    /// Whether there are more: send `x-continuation-token` of this answer.
    pub(super) has_more: bool,
}

impl From<Upload> for StatusV1 {
    fn from(upload: Upload) -> StatusV1 {
        StatusV1 {
            start_time: second(upload.received_at),
            upload_id: upload.id,
            processed_item: upload.processed,
            submitted_item: upload.submitted,
        }
    }
}

impl From<Upload> for StatusV2 {
    fn from(upload: Upload) -> StatusV2 {
        StatusV2 {
            start_time: second(upload.received_at),
            operation_status: upload.status(),
            file_id: upload.id,
            processed_item: upload.processed,
            submitted_item: upload.submitted,
        }
    }
}

impl From<(Upload, Outcomes)> for ReportV1 {
    fn from((upload, outcomes): (Upload, Outcomes)) -> ReportV1 {
        let response = |(Outcome { status, message }, request_ids)| ResponseV1 {
            status_code: status.into(),
            status_message: message,
            request_ids,
        };
        ReportV1 {
            upload_id: upload.id,
            processed_item: upload.processed,
            submitted_item: upload.submitted,
            responses: outcomes.into_iter().map(response).collect(),
            start_time: moment(upload.received_at),
            end_time: upload.finished_at.map(moment),
        }
    }
}

impl From<(Upload, Outcomes)> for ReportV2 {
    fn from((upload, outcomes): (Upload, Outcomes)) -> ReportV2 {
        let response = |(Outcome { status, message }, iupds)| ResponseV2 {
            status_code: status.into(),
            status_message: message,
            iupds,
        };
        ReportV2 {
            file_id: upload.id,
            processed_item: upload.processed,
            submitted_item: upload.submitted,
            responses: outcomes.into_iter().map(response).collect(),
            start_time: moment(upload.received_at),
            end_time: upload.finished_at.map(moment),
        }
    }
}

fn second(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}
