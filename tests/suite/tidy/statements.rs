//! Every statement of the store, taken from its source, is looked at by a fresh database of either engine: a misspelt
//! column is found here, not by the Node.

use std::collections::BTreeMap;

use crate::database::{Database, Engine};
use crate::tidy::{Source, sources};

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

/// Every statement of the store that is for an engine: all but those whose name ends with the other's.
fn statements_for(engine: Engine) -> Vec<(String, String)> {
    let sources: Vec<_> = sources().into_iter().filter(|source| source.module() == "store").collect();
    let macros = sources.iter().flat_map(|source| macros(&source.text)).collect();
    let other = if engine == Engine::Sqlite { "_POSTGRES" } else { "_SQLITE" };
    let named = |source: &Source| {
        let path = source.path.clone();
        let found = statements(&source.text, &macros).into_iter().filter(|(name, _)| !name.ends_with(other));
        found.map(move |(name, text)| (format!("{name} of {path}"), text)).collect::<Vec<_>>()
    };
    let found: Vec<_> = sources.iter().flat_map(named).collect();
    assert!(found.len() >= 30, "only {} statements were found", found.len());
    found
}

/// Has each one looked at by a database with the schema; `look` makes of it what the engine does not yet run.
fn every_statement_fits_the_schema(engine: Engine, look: impl Fn(&str) -> String) {
    let database = Database::fresh_on(engine).filled_with(&[]);
    for (name, statement) in statements_for(engine) {
        let looked_at = database.neighbour().try_to(&look(&statement));
        looked_at.unwrap_or_else(|error| panic!("{name}: {error}\n{statement}"));
    }
}

mod on_sqlite {
    use super::*;

    #[test]
    fn every_statement_fits_the_schema() {
        super::every_statement_fits_the_schema(Engine::Sqlite, |statement| format!("EXPLAIN {statement}"));
    }
}

mod on_postgres {
    use super::*;

    #[test]
    fn every_statement_fits_the_schema() {
        super::every_statement_fits_the_schema(Engine::Postgres, |statement| {
            // The driver says of which type a value is. One that is only asked for its absence is a text.
            let typed =
                |text: String, n| text.replace(&format!("${n} IS NULL"), &format!("CAST(${n} AS TEXT) IS NULL"));
            format!("PREPARE looked_at AS {}", (1..=9).fold(statement.to_owned(), typed))
        });
    }
}

/// SQLite takes 32,766 parameters, PostgreSQL twice as many.
#[test]
fn rows_of_one_insert_fit_both_engines() {
    let sources = sources();
    let store = sources.iter().find(|source| source.path == "store/mod.rs").unwrap();
    let rows = store.text.split_once("const ROWS: usize = ").unwrap().1.split(';').next().unwrap();
    let rows: usize = rows.parse().unwrap();
    let columns = |text: &str| Some(text.rsplit_once(" VALUES (NULL")?.1.split(',').count());
    let widths: Vec<_> = statements_for(Engine::Sqlite).iter().filter_map(|(_, text)| columns(text)).collect();
    let widest = widths.iter().max().unwrap();
    assert!(*widest > 20, "the options' insert is among them: {widths:?}");
    assert!(widest * rows <= 32_766, "{widest} columns");
}

#[test]
fn statements_are_found_however_they_are_written() {
    let text = "
macro_rules! columns {
    (of = $t:literal) => {
        concat!($t, \".a, (\", $t, \".b)\", $crate::store::more!())
    };
}
macro_rules! more {
    () => {
        \", c\"
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
    assert_eq!(found, ["A: SELECT 1", "B: SELECT x.a, (x.b), c FROM x (y)"]);
}
