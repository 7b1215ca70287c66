//! The schemas of SQLite and PostgreSQL are one schema: the same tables, columns, keys and indexes, read from what the
//! engines themselves say of a migrated database and compared as text.

use std::collections::BTreeSet;
use std::fs;

use crate::database::{Database, Engine};

/// Truth values: SQLite keeps 0 and 1.
const FLAGS: &[&str] = &[
    "organization.active",
    "organization_station.broadcast",
    "debt_position.pay_stand_in",
    "payment_option.is_partial_payment",
    "payment_option.nameless_beneficiary",
    "payment_option.switch_to_expired",
    "receipt.listed",
    "receipt.told",
    "anomaly.told",
];

/// Days: SQLite keeps them as text.
const DAYS: &[&str] = &["taxonomy.valid_from", "taxonomy.valid_to"];

/// Instants: SQLite keeps them as text.
fn is_instant(column: &str) -> bool {
    column.ends_with("_at") || column.ends_with(".at") || column.ends_with("_date")
}

/// What a column holds, from its name and its type on an engine; a type that does not fit is shown as it is.
fn kind(engine: Engine, column: &str, declared: &str) -> String {
    let meant = match () {
        () if FLAGS.contains(&column) => ("flag", "INTEGER", "BOOLEAN"),
        () if DAYS.contains(&column) => ("day", "TEXT", "DATE"),
        () if is_instant(column) => ("instant", "TEXT", "TIMESTAMP WITH TIME ZONE"),
        () if ["INTEGER", "BIGINT"].contains(&declared) => ("number", "INTEGER", "BIGINT"),
        () if ["BLOB", "BYTEA"].contains(&declared) => ("bytes", "BLOB", "BYTEA"),
        () => ("text", "TEXT", "TEXT"),
    };
    let (kind, sqlite, postgres) = meant;
    let expected = if engine == Engine::Sqlite { sqlite } else { postgres };
    if declared == expected { kind.into() } else { format!("{declared}, and not {expected} on {engine:?}") }
}

/// The columns, each as `table.column|TYPE|the rest`, and sentences on keys and indexes.
const COLUMNS_SQLITE: &str = "
    SELECT t.name || '.' || c.name || '|' || c.type || '|' || iif(c.\"notnull\", 'not null', '')
           || coalesce(' default ' || c.dflt_value, '')
    FROM pragma_table_list t, pragma_table_info(t.name) c WHERE t.schema = 'main' AND t.type = 'table'";
const KEYS_SQLITE: &[&str] = &[
    "SELECT t.name || ': primary key (' || string_agg(c.name, ', ' ORDER BY c.pk) || ')'
     FROM pragma_table_list t, pragma_table_info(t.name) c
     WHERE t.schema = 'main' AND t.type = 'table' AND c.pk > 0 GROUP BY t.name",
    "SELECT t.name || ': ' || iif(i.origin = 'u', 'unique', iif(i.\"unique\", 'unique index ', 'index ') || i.name)
            || ' (' || string_agg(coalesce(x.name, '?') || iif(x.desc, ' desc', ''), ', ' ORDER BY x.seqno) || ')'
            || iif(i.partial, ' where ' || substr(m.sql, instr(m.sql, ' WHERE ') + 7), '')
     FROM pragma_table_list t, pragma_index_list(t.name) i, pragma_index_xinfo(i.name) x
     JOIN sqlite_master m ON m.type = 'index' AND m.name = i.name
     WHERE t.schema = 'main' AND t.type = 'table' AND i.origin <> 'pk' AND x.key GROUP BY t.name, i.name",
    "SELECT t.name || ': foreign key (' || string_agg(f.\"from\", ', ' ORDER BY f.seq) || ') of ' || f.\"table\" || ' ('
            || string_agg(f.\"to\", ', ' ORDER BY f.seq) || '), on delete ' || lower(f.on_delete)
     FROM pragma_table_list t, pragma_foreign_key_list(t.name) f WHERE t.schema = 'main' GROUP BY t.name, f.id",
    // Only a strict table keeps to the types of its columns.
    "SELECT t.name || ': not strict' FROM pragma_table_list t
     WHERE t.schema = 'main' AND t.type = 'table' AND NOT t.strict",
];

const COLUMNS_POSTGRES: &str = "
    SELECT table_name || '.' || column_name || '|' || upper(data_type) || '|'
           || CASE is_nullable WHEN 'NO' THEN 'not null' ELSE '' END || coalesce(' default ' || replace(column_default, '::text', ''), '')
    FROM information_schema.columns WHERE table_schema = 'public'";
const KEYS_POSTGRES: &[&str] = &[
    "SELECT r.relname || ': ' || CASE c.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' ELSE 'other' END
            || ' (' || string_agg(a.attname, ', ' ORDER BY k.at) || ')'
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
     CROSS JOIN unnest(c.conkey) WITH ORDINALITY k (number, at)
     JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number
     WHERE r.relnamespace = 'public'::regnamespace AND c.contype <> 'f' GROUP BY r.relname, c.oid",
    "SELECT r.relname || ': foreign key (' || string_agg(a.attname, ', ' ORDER BY k.at) || ') of ' || o.relname || ' ('
            || string_agg(b.attname, ', ' ORDER BY k.at) || '), on delete '
            || CASE c.confdeltype WHEN 'a' THEN 'no action' WHEN 'c' THEN 'cascade' ELSE c.confdeltype::text END
     FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
     CROSS JOIN unnest(c.conkey, c.confkey) WITH ORDINALITY k (number, other, at)
     JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number
     JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = k.other
     WHERE r.relnamespace = 'public'::regnamespace GROUP BY r.relname, o.relname, c.oid",
    "SELECT r.relname || ': ' || CASE WHEN i.indisunique THEN 'unique index ' ELSE 'index ' END || n.relname || ' ('
            || string_agg(coalesce(a.attname, '?') || CASE WHEN i.indoption[k.at - 1] & 1 = 1 THEN ' desc' ELSE '' END,
                          ', ' ORDER BY k.at)
            || ')' || coalesce(' where ' || btrim(replace(pg_get_expr(i.indpred, r.oid), '::text', ''), '()'), '')
     FROM pg_index i JOIN pg_class r ON r.oid = i.indrelid JOIN pg_class n ON n.oid = i.indexrelid
     CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY k (number, at)
     LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.number AND k.number > 0
     WHERE r.relnamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
     GROUP BY r.relname, r.oid, n.relname, i.indexrelid, i.indisunique, i.indpred",
];

/// Tables that serve the migrations and not the station.
fn is_ours(line: &str) -> bool {
    !["_sqlx_migrations", "migration_lock", "sqlite_"].iter().any(|other| line.starts_with(other))
}

/// A schema in sentences, in no order.
fn described(engine: Engine, columns: &str, keys: &[&str]) -> BTreeSet<String> {
    let database = Database::fresh_on(engine).filled_with(&[]);
    let mut catalogue = database.neighbour();
    let column = |line: String| {
        let [name, declared, rest] = line.splitn(3, '|').collect::<Vec<_>>()[..] else { panic!("{line}") };
        // The word for no where there are truth values.
        let rest = rest.replace("default false", "default 0").replace("default true", "default 1");
        format!("{name}: {} {rest}", kind(engine, name, declared))
    };
    let columns: Vec<String> = catalogue.rows::<String>(columns).into_iter().filter(|line| is_ours(line)).collect();
    let keys = keys.iter().flat_map(|sql| catalogue.rows::<String>(sql)).filter(|line| is_ours(line));
    // PostgreSQL puts parentheses around each of several conditions.
    let lines = keys.map(|line| line.replace(") AND (", " AND ")).collect::<Vec<_>>();
    columns.into_iter().map(column).chain(lines).collect()
}

#[test]
fn migrations_have_their_twins() {
    let files = |engine: &str| -> BTreeSet<String> {
        let folder = fs::read_dir(format!("{}/migrations/{engine}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        folder.map(|file| file.unwrap().file_name().into_string().unwrap()).collect()
    };
    assert!(!files("sqlite").is_empty());
    assert_eq!(files("postgres"), files("sqlite"));
}

mod on_sqlite {
    use super::*;

    /// The description is no empty one: what it should find is there.
    #[test]
    fn a_schema_in_sentences() {
        let schema = described(Engine::Sqlite, COLUMNS_SQLITE, KEYS_SQLITE);
        for sentence in [
            "organization.active: flag not null",
            "anomaly.closed_at: instant ",
            "taxonomy.valid_to: day ",
            "receipt.raw: bytes not null",
            "payment_option: primary key (id)",
            "payment_option: unique (organization, nav)",
            "payment_option: foreign key (position_id) of debt_position (id), on delete cascade",
            "anomaly: foreign key (refused_ref) of refused_receipt (id), on delete no action",
            "receipt: index receipt_by_notice (organization, nav)",
        ] {
            assert!(schema.contains(sentence), "{sentence} is not in {schema:#?}");
        }
    }
}

mod on_postgres {
    use super::*;

    #[test]
    fn both_engines_have_one_schema() {
        let sqlite = described(Engine::Sqlite, COLUMNS_SQLITE, KEYS_SQLITE);
        let postgres = described(Engine::Postgres, COLUMNS_POSTGRES, KEYS_POSTGRES);
        let only_sqlite: Vec<_> = sqlite.difference(&postgres).collect();
        let only_postgres: Vec<_> = postgres.difference(&sqlite).collect();
        assert!(
            only_sqlite.is_empty() && only_postgres.is_empty(),
            "only on SQLite: {only_sqlite:#?}\nonly on PostgreSQL: {only_postgres:#?}"
        );
    }
}
