//! What the API says of itself is true: every path is described and every description is served, what is shown as an
//! example works, and what comes back is what was promised.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Heard, call, get};
use crate::given::{NAV, Receipt, a_receipt_for};
use crate::massive;
use crate::station::Station;
use crate::tidy::sources;

const METHODS: [&str; 5] = ["get", "post", "put", "delete", "patch"];

/// An operation as the document has it.
struct Operation {
    path: String,
    method: String,
    says: Value,
}

impl Operation {
    fn id(&self) -> &str {
        self.says["operationId"].as_str().unwrap()
    }

    /// The parameters that are sent with the examples: all that have one.
    fn parameters(&self) -> impl Iterator<Item = (&str, &str, String)> {
        self.says["parameters"].as_array().into_iter().flatten().filter_map(|one| {
            let example = one.get("example").map(|example| example.as_str().map_or(example.to_string(), str::to_owned));
            let (name, place) = (one["name"].as_str().unwrap(), one["in"].as_str().unwrap());
            assert!(example.is_some() || one["required"] != true, "{} has no example of {name}", self.id());
            Some((name, place, example?))
        })
    }

    /// The path with its examples.
    fn url(&self) -> String {
        let mut url = self.path.clone();
        for (name, place, example) in self.parameters() {
            match place {
                "path" => url = url.replace(&format!("{{{name}}}"), &example),
                "query" => url += &format!("{}{name}={example}", if url.contains('?') { '&' } else { '?' }),
                other => panic!("an example in a {other}"),
            }
        }
        url
    }

    /// Whether it takes a file.
    fn is_form(&self) -> bool {
        self.says["requestBody"]["content"].get("multipart/form-data").is_some()
    }

    /// What is sent: the examples of the body, or nothing where there is none.
    fn bodies(&self) -> Vec<Option<Value>> {
        let Some(body) = self.says.get("requestBody") else { return vec![None] };
        if self.is_form() {
            return vec![None];
        }
        let json = &body["content"]["application/json"];
        let mut examples: Vec<Option<Value>> =
            json["examples"].as_object().into_iter().flatten().map(|(_, one)| Some(one["value"].clone())).collect();
        examples.extend(json.get("example").cloned().map(Some));
        assert!(!examples.is_empty(), "{} has no example of its body", self.id());
        examples
    }
}

fn document(station: &Station) -> Value {
    let heard = get(station, "/docs/openapi.json");
    assert_eq!((heard.status, heard.header("content-type")), (200, Some("application/json")));
    heard.json()
}

fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().iter().filter(|(method, _)| METHODS.contains(&method.as_str()));
        let one = |(method, says): (&String, &Value)| Operation {
            path: path.clone(),
            method: method.clone(),
            says: says.clone(),
        };
        methods.map(one).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// Whatever the source has that may be the path of a resource, also below the prefixes of versions.
fn paths_in_the_source() -> BTreeSet<String> {
    let sources = sources();
    let texts = sources.iter().filter(|source| source.path.starts_with("rest/")).map(|source| &source.text);
    let literals = texts.flat_map(|text| text.split('"')).filter(|text| {
        text.starts_with('/') && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/{}_-".contains(&b))
    });
    literals.flat_map(|path| ["", "/v2", "/v3"].map(|before| format!("{before}{path}"))).collect()
}

/// Whether something is there.
fn is_served(station: &Station, method: &str, path: &str) -> bool {
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "1" } else { segment });
    let url = segments.collect::<Vec<_>>().join("/");
    let heard = call(station, &method.to_uppercase(), &url, &[], Some("{}"));
    heard.status != 405
        && !(heard.status == 404 && (heard.text.is_empty() || heard.text.contains("No static resource")))
}

/// Whether a path is one of those of a template: `/a/{b}` has `/a/c`, and `/a/{c}` too.
fn is_of(template: &str, path: &str) -> bool {
    let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    let same = |(a, b): (&&str, &&str)| a.starts_with('{') || a == b;
    template.len() == path.len() && template.iter().zip(&path).all(same)
}

#[test]
fn every_path_is_described_and_every_description_is_served() {
    let station = Station::spawn();
    let described = operations(&document(&station));
    for one in &described {
        assert!(is_served(&station, &one.method, &one.path), "nothing is at {} {}", one.method, one.path);
    }
    // The pages themselves.
    let others = ["/", "/docs", "/docs/", "/docs/openapi.json"];
    let mut found = 0;
    for path in paths_in_the_source().iter().filter(|path| !others.contains(&path.as_str()) && !path.ends_with("/info"))
    {
        for method in METHODS.iter().filter(|method| is_served(&station, method, path)) {
            let known = described.iter().any(|one| one.method == **method && is_of(&one.path, path));
            assert!(known, "{method} {path} is not described");
            found += 1;
        }
    }
    assert!(found + 5 >= described.len(), "the source writes its paths in another way: {found} were found");
}

#[test]
fn operations_have_names_of_their_own() {
    let station = Station::spawn();
    let document = document(&station);
    let operations = operations(&document);
    let names: BTreeSet<&str> = operations.iter().map(Operation::id).collect();
    assert_eq!(names.len(), operations.len());
    for operation in &operations {
        assert!(operation.says["summary"].as_str().is_some_and(|text| !text.is_empty()), "{}", operation.id());
        let tag = &operation.says["tags"][0];
        assert!(
            document["tags"].as_array().unwrap().iter().any(|known| known["name"] == *tag),
            "{tag} is not described"
        );
    }
}

#[test]
fn the_pages_are_here_and_nowhere_else() {
    let station = Station::spawn();
    for path in ["/", "/docs", "/docs/", "/docs/index.html"] {
        let page = get(&station, path);
        assert_eq!(page.status, 200, "{path}");
        let told: Vec<&str> = page.text.split(['"', '\'']).filter(|part| part.contains("//")).collect();
        assert!(page.text.contains("swagger-ui-bundle.js"), "{path}: {}", page.text);
        assert_eq!(told, [] as [&str; 0], "{path} is made of what is elsewhere");
    }
    assert!(get(&station, "/docs/swagger-initializer.js").text.contains("openapi.json"));
    let script = get(&station, "/docs/swagger-ui-bundle.js");
    assert!(script.status == 200 && script.text.len() > 100_000);
}

#[test]
fn every_example_works_and_is_answered_as_described() {
    let described = document(&Station::spawn());
    for operation in operations(&described) {
        for body in operation.bodies() {
            let station = Station::spawn();
            let heard = match prepare(&station, &described, operation.id()) {
                None => send(&station, &operation, body),
                Some(upload) => get(&station, &operation.url().replace(EXAMPLE_UPLOAD, &upload)),
            };
            assert!((200..300).contains(&heard.status), "{}: {} {}", operation.id(), heard.status, heard.text);
            answered_as_described(&described, &operation, &heard);
        }
    }
}

/// The id of an upload in the examples; no station will ever give it.
const EXAMPLE_UPLOAD: &str = "99000001018_99000001018_00000000000000000000000000000000";

/// What must be there before the example of an operation works; gives the id of an upload if it is about one.
fn prepare(station: &Station, described: &Value, operation: &str) -> Option<String> {
    if ["createPosition", "createPositionV3", "createMultiplePositions", "removeOrganization"].contains(&operation) {
        return None;
    }
    create_example(station);
    match operation {
        _ if operation.starts_with("getFileStatus") || operation.starts_with("getFileReport") => {
            return Some(massive::worked_off(station.url(), "POST", &massive::positions([massive::position(1)])));
        }
        "getOrganizationReceipt" | "getReceipt" | "getReceiptAsItCame" | "printReceipt" => pay(station, "once"),
        "getAnomaly" | "resolveAnomaly" => ["once", "twice"].into_iter().for_each(|id| pay(station, id)),
        "invalidatePosition" | "printNotice" => succeeds(station, described, "publishPosition"),
        "reportTransfer" => succeeds(station, described, "payPaymentOption"),
        "getWebhook" | "deleteWebhook" => succeeds(station, described, "createWebhook"),
        "removeIban" => succeeds(station, described, "registerIban"),
        _ => {}
    }
    None
}

/// The Node brings a receipt of the example.
fn pay(station: &Station, id: &str) {
    let receipt = Receipt { id: id.into(), ..a_receipt_for(NAV) };
    assert_eq!(station.post(receipt.v2()).outcome(), "OK");
}

/// Sends the first example of an operation.
fn succeeds(station: &Station, described: &Value, operation: &str) {
    let operations = operations(described);
    let operation = operations.iter().find(|one| one.id() == operation).unwrap();
    let heard = send(station, operation, operation.bodies().swap_remove(0));
    assert!((200..300).contains(&heard.status), "{}: {} {}", operation.id(), heard.status, heard.text);
}

fn send(station: &Station, operation: &Operation, body: Option<Value>) -> Heard {
    if operation.is_form() {
        let content = match operation.method.as_str() {
            "delete" => json!({ "paymentPositionIUPDs": ["TARI-1"] }),
            _ => massive::positions([massive::position(1)]),
        };
        let (method, file) = (operation.method.to_uppercase(), massive::zip_of(&content));
        return massive::upload(station.url(), &method, &operation.url(), "positions.zip", &file);
    }
    let body = body.map(|body| body.to_string());
    call(station, &operation.method.to_uppercase(), &operation.url(), &[], body.as_deref())
}

/// Creates the position of the examples.
pub fn create_example(station: &Station) {
    succeeds(station, &document(station), "createPosition");
}

/// Compares an answer with what is said of it.
fn answered_as_described(document: &Value, operation: &Operation, heard: &Heard) {
    let id = operation.id();
    let says = &operation.says["responses"][heard.status.to_string()];
    assert!(says.is_object(), "{id}: nothing is said of {}", heard.status);
    let kind = heard.header("content-type").unwrap_or_default();
    match says["content"].as_object() {
        // GPD says JSON there, and writes none.
        None if id == "deleteMultipleDebtPositions" => {}
        None => assert!(heard.text.is_empty(), "{id}: no body was promised: {}", heard.text),
        Some(content) => {
            let kind = kind.split(';').next().unwrap();
            let promised = content.get(kind).unwrap_or_else(|| panic!("{id}: {kind} was not promised"));
            if kind == "application/json" {
                let mut offences = Vec::new();
                compare(document, &promised["schema"], &heard.json(), "", &mut offences);
                assert!(offences.is_empty(), "{id}: {offences:#?}");
            }
        }
    }
    for (name, _) in says["headers"].as_object().into_iter().flatten() {
        let sometimes = name == "Idempotency-Replayed";
        assert!(sometimes || heard.header(name).is_some(), "{id}: {name} was promised");
    }
}

/// Compares a value with a schema: its type, and that it has the properties that are described and no other.
fn compare(document: &Value, schema: &Value, value: &Value, at: &str, offences: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let known = document.pointer(&reference[1..]).unwrap_or_else(|| panic!("{reference} is nowhere"));
        return compare(document, known, value, at, offences);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = |choice: &Value| {
            let mut offences = Vec::new();
            compare(document, choice, value, at, &mut offences);
            offences.is_empty()
        };
        if !choices.iter().any(fits) {
            offences.push(format!("{at} is none of {choices:?}"));
        }
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().unwrap()).collect(),
        kind => kind.as_str().into_iter().collect(),
    };
    if !kinds.contains(&kind) {
        return offences.push(format!("{at} is {kind}, and not {kinds:?}"));
    }
    match value {
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                compare(document, &schema["items"], item, &format!("{at}[{number}]"), offences);
            }
        }
        Value::Object(properties) => {
            // Where no property is described, any may be there.
            let Some(described) = schema["properties"].as_object() else { return };
            for (name, value) in properties {
                match described.get(name) {
                    Some(schema) => compare(document, schema, value, &format!("{at}.{name}"), offences),
                    None => offences.push(format!("{at}.{name} is not described")),
                }
            }
            for required in schema["required"].as_array().into_iter().flatten() {
                if !properties.contains_key(required.as_str().unwrap()) {
                    offences.push(format!("{at}.{required} is missing"));
                }
            }
        }
        _ => {}
    }
}
