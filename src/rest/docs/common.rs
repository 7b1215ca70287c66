//! What is so of every operation, said once: who may call, what stands in the path, what is heard when it is declined.

use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::parameters::{self, IF_MATCH};
use crate::rest::idempotency;
use crate::rest::problem::{GatewayProblem, ProblemJson};

/// The name of the key's scheme in the document.
const SUBSCRIPTION_KEY: &str = "subscriptionKey";

/// What is said by its status alone: nobody has looked at the request yet.
const SILENT: &[&str] = &["408", "413", "415"];

/// Operations in which GPD declines what is out of bounds without a word.
const WORDLESS: &[&str] = &["getOrganizationReceipts"];

/// The tag of what anybody may ask.
const OPEN: &str = "station";

/// Says of every operation what is so of all of them.
pub(super) fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let key = ApiKeyValue::with_description(
        "Ocp-Apim-Subscription-Key",
        "The key that `ec-station key create` gave. A station that has no keys asks for none.",
    );
    components.add_security_scheme(SUBSCRIPTION_KEY, SecurityScheme::ApiKey(ApiKey::Header(key)));
    components.schemas.insert(ProblemJson::name().into(), ProblemJson::schema());
    components.schemas.insert(GatewayProblem::name().into(), GatewayProblem::schema());
    for (path, item) in &mut document.paths.paths {
        for operation in operations(item) {
            complete_operation(path, operation);
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn complete_operation(path: &str, operation: &mut Operation) {
    let given = operation.parameters.take().unwrap_or_default();
    let mut parameters: Vec<_> = parameters::of_path(path).into_iter().map(RefOr::T).collect();
    parameters.extend(given);
    if !is_open(operation) {
        operation.security = Some(vec![SecurityRequirement::new::<_, _, &str>(SUBSCRIPTION_KEY, [])]);
        if path.contains("{organization}") && !path.starts_with("/registry/") {
            parameters.push(RefOr::T(parameters::segregation_codes()));
        }
        decline(operation, "400", "What was sent cannot be read, or breaks a rule that the detail names.");
        gateway(operation, "401", "No key, or one that is not known.");
        forbidden(operation);
        gateway(operation, "429", "Too many calls with this key: try again after `Retry-After`.");
        decline(operation, "500", "It failed, and nothing was done: try again.");
    }
    let has = |name: &str| parameters.iter().any(|one| matches!(one, RefOr::T(one) if one.name == name));
    if has(IF_MATCH) {
        decline(operation, "412", "The position has changed since it was read.");
    }
    if has(idempotency::KEY) {
        decline(operation, "409", "A request with the same key is still on its way: try again after `Retry-After`.");
        decline(operation, "422", "The key was used for another request.");
    }
    if operation.request_body.is_some() {
        bare(operation, "408", "The body did not come in time.");
        bare(operation, "413", "The body is too large.");
    }
    let wordless = operation.operation_id.as_deref().is_some_and(|id| WORDLESS.contains(&id));
    let replayed = has(idempotency::KEY);
    operation.parameters = Some(parameters);
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        let silent = SILENT.contains(&status.as_str()) || wordless && status == "400";
        if status.as_str() >= "400" && response.content.is_empty() && !silent {
            *response = with_body(response.clone(), ProblemJson::name().as_ref());
        }
        if !operation.tags.iter().flatten().any(|tag| tag == OPEN) {
            response.headers.insert("X-Request-Id".into(), header("The id of the request, yours or a new one."));
        }
        if replayed {
            let meaning = "`true` where this is the kept answer to an earlier request.";
            response.headers.insert(idempotency::REPLAYED.into(), header(meaning));
        }
    }
}

fn is_open(operation: &Operation) -> bool {
    operation.tags.iter().flatten().any(|tag| tag == OPEN)
}

/// A "no" in GPD's words, unless the operation has its own for this status.
fn decline(operation: &mut Operation, status: &str, meaning: &str) {
    match operation.responses.responses.get_mut(status) {
        None => bare(operation, status, meaning),
        Some(RefOr::T(response)) if !response.description.contains(meaning) => {
            response.description = format!("{} {meaning}", response.description).trim().to_owned();
        }
        Some(_) => {}
    }
}

/// A "no" of the gate before the operations.
fn gateway(operation: &mut Operation, status: &str, meaning: &str) {
    let response = with_body(Response::new(meaning), GatewayProblem::name().as_ref());
    operation.responses.responses.entry(status.into()).or_insert(RefOr::T(response));
}

/// The gate says it of a key, GPD of segregation codes.
fn forbidden(operation: &mut Operation) {
    let either = utoipa::openapi::OneOfBuilder::new()
        .item(Ref::from_schema_name(ProblemJson::name()))
        .item(Ref::from_schema_name(GatewayProblem::name()));
    let content = ContentBuilder::new().schema(Some(either)).build();
    let meaning = "The key is not for this, or the segregation code is none of the caller's.";
    let response = ResponseBuilder::new().description(meaning).content("application/json", content).build();
    operation.responses.responses.entry("403".into()).or_insert(RefOr::T(response));
}

fn bare(operation: &mut Operation, status: &str, meaning: &str) {
    operation.responses.responses.entry(status.into()).or_insert_with(|| RefOr::T(Response::new(meaning)));
}

fn with_body(response: Response, schema: &str) -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(schema))).build();
    ResponseBuilder::from(response).content("application/json", content).build()
}

fn header(meaning: &str) -> RefOr<Header> {
    let schema = Object::with_type(Type::String);
    RefOr::T(HeaderBuilder::new().schema(Some(schema)).description(Some(meaning)).build())
}
