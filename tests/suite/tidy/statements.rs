//! Every statement of the store, taken from its source, is explained by a fresh database: a misspelt column is found
//! here, not by the Node.

use std::collections::BTreeMap;

use ec_station::store::{DatabaseUrl, Pools, Store};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};

use crate::tidy::sources;

/// Macros of one literal argument, by name: what stands between their braces.
type Macros<'a> = BTreeMap<&'a str, &'a str>;

fn macros(text: &str) -> Macros<'_> {
    let definitions = text.split("macro_rules! ").skip(1);
    definitions
        .map(|item| {
            let (name, rest) = item.split_once(" {\n").unwrap();
            (name, rest.split("\n}\n").next().unwrap().split_once("=> {").unwrap().1)
        })
        .collect()
}

/// The text that an expression of literals, `concat!` and such macros stands for.
fn text_of(expression: &str, macros: &Macros<'_>, argument: &str) -> String {
    let mut text = String::new();
    let mut rest = expression;
    while let Some(at) = rest.find(['"', '$', '!']) {
        let (before, from) = rest.split_at(at);
        if let Some(literal) = from.strip_prefix('"') {
            let (literal, after) = literal.split_once('"').expect("a literal ends");
            text.push_str(literal);
            rest = after;
        } else if let Some(after) = from.strip_prefix("$crate") {
            rest = after;
        } else if let Some(after) = from.strip_prefix('$') {
            text.push_str(argument);
            rest = after;
        } else {
            let name = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
            let inside = parenthesis(from);
            let given = text_of(inside, macros, argument);
            text.push_str(&macros.get(name).map_or(given.clone(), |body| text_of(body, macros, &given)));
            rest = &from[from.find('(').unwrap() + inside.len() + 2..];
        }
    }
    text
}

/// What stands between the first parenthesis and its partner, parentheses in literals aside.
fn parenthesis(text: &str) -> &str {
    let start = text.find('(').expect("a macro is called") + 1;
    let (mut depth, mut quoted) = (1, false);
    for (at, c) in text[start..].char_indices() {
        match c {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &text[start..start + at];
        }
    }
    panic!("a parenthesis never closed in {text}")
}

/// The constants of a file that are statements.
fn statements(text: &str, macros: &Macros<'_>) -> Vec<(String, String)> {
    let constants = text.split("\nconst ").skip(1).filter_map(|item| item.split(";\n").next()?.split_once(": &str ="));
    let texts = constants.map(|(name, value)| (name.to_owned(), text_of(value, macros, "")));
    let texts = texts.map(|(name, text)| (name, with_rows(text)));
    let verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];
    texts.filter(|(_, text)| verbs.iter().any(|verb| text.trim_start().starts_with(verb))).collect()
}

/// An insert whose rows are added when their number is known gets one here.
fn with_rows(text: String) -> String {
    if let Some(list) = text.strip_suffix(" IN (") {
        return format!("{list} IN (VALUES (NULL, NULL))");
    }
    let begun = text.trim_start().starts_with("INSERT ") && text.trim_end().ends_with(')');
    if !begun || text.contains("VALUES") || text.contains("SELECT") {
        return text;
    }
    let columns = parenthesis(&text).split(',').count();
    format!("{text} VALUES ({})", vec!["NULL"; columns].join(", "))
}

#[test]
fn every_statement_fits_the_schema() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("fresh.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        Store::open(&DatabaseUrl::file(&file), &Pools::default()).await.unwrap().close().await;
        let options = SqliteConnectOptions::new().filename(&file);
        let mut database = SqliteConnection::connect_with(&options).await.unwrap();
        let mut seen = 0;
        let sources = sources();
        let store = || sources.iter().filter(|source| source.module() == "store");
        let macros = store().flat_map(|source| macros(&source.text)).collect();
        for source in store() {
            let all = statements(&source.text, &macros);
            for (name, statement) in all.into_iter().filter(|(name, _)| !name.ends_with("_POSTGRES")) {
                let explain = sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN {statement}")));
                let plan = explain.fetch_all(&mut database).await;
                let plan = plan.unwrap_or_else(|error| panic!("{} of {}: {error}\n{statement}", name, source.path));
                assert!(!plan.is_empty());
                seen += 1;
            }
        }
        assert!(seen >= 30, "only {seen} statements were found");
    });
}

#[test]
fn statements_are_found_however_they_are_written() {
    let text = "
macro_rules! columns {
    (of = $t:literal) => {
        concat!($t, \".a, (\", $t, \".b)\")
    };
}
const A: &str = \"SELECT 1\";
const B: &str =
    concat!(\"SELECT \", columns!(of = \"x\"), \" FROM x (y)\");
const C: &str = \"no statement\";
const D: u32 = 8;
";
    let found: Vec<_> =
        statements(text, &macros(text)).into_iter().map(|(name, text)| format!("{name}: {text}")).collect();
    assert_eq!(found, ["A: SELECT 1", "B: SELECT x.a, (x.b) FROM x (y)"]);
}
