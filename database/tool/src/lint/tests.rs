use super::rows::Rows;
use super::script::look;
use super::statement::Made;
use super::weigh::weigh;
use super::*;

/// What is said of a script: severities, lines and rules.
fn said(sql: &str, rows: Option<Rows>) -> Vec<String> {
    let transactional = crate::file::is_transactional(sql);
    let found = look(sql, transactional, &mut Made::default());
    let weighed = found.iter().map(|found| {
        let rows: Option<Vec<Rows>> = rows.map(|rows| vec![rows; found.subjects.len()]);
        weigh("f", found, rows.as_deref())
    });
    weighed.map(|finding| format!("{} {} {}", finding.line, finding.severity, finding.rule)).collect()
}

#[test]
fn dangerous_statements_are_found() {
    for (sql, finding) in [
        ("ALTER TABLE a ADD b uuid DEFAULT gen_random_uuid()", "1 error adding-field-with-default"),
        ("ALTER TABLE a ADD b int GENERATED ALWAYS AS (c + 1) STORED", "1 error adding-field-with-default"),
        ("ALTER TABLE a\nADD b int NOT NULL", "2 error adding-required-field"),
        ("ALTER TABLE a ALTER b SET NOT NULL", "1 error adding-not-nullable-field"),
        ("ALTER TABLE a ADD PRIMARY KEY (b)", "1 error adding-serial-primary-key-field"),
        ("ALTER TABLE a ADD CONSTRAINT u UNIQUE (b)", "1 error disallowed-unique-constraint"),
        ("ALTER TABLE a ALTER b TYPE bigint", "1 error changing-column-type"),
        ("ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0)", "1 warning constraint-missing-not-valid"),
        ("ALTER TABLE a ADD CONSTRAINT c FOREIGN KEY (b) REFERENCES d (e)", "1 warning adding-foreign-key-constraint"),
        ("ALTER TABLE a ADD b int REFERENCES d (e)", "1 warning adding-foreign-key-constraint"),
        ("CREATE INDEX i ON a (b)", "1 warning require-concurrent-index-creation"),
        ("DROP INDEX i", "1 warning require-concurrent-index-deletion"),
        ("REINDEX TABLE a", "1 error require-concurrent-reindex"),
        ("ALTER TABLE a DETACH PARTITION b", "1 warning require-concurrent-partition-detach"),
        ("ALTER TABLE a DROP b", "1 error ban-drop-column"),
        ("DROP TABLE a", "1 error ban-drop-table"),
        ("DROP SCHEMA a CASCADE", "1 error ban-drop-schema"),
        ("TRUNCATE a CASCADE", "1 error ban-truncate-cascade"),
        ("ALTER TABLE a RENAME b TO c", "1 warning renaming-column"),
        ("ALTER TABLE a RENAME TO c", "1 warning renaming-table"),
        ("ALTER VIEW a RENAME TO c", "1 warning renaming-object"),
        ("ALTER TABLE a SET SCHEMA b", "1 warning ban-set-schema"),
        ("DROP VIEW a", "1 warning ban-drop-view"),
        ("DROP FUNCTION a(int)", "1 warning ban-drop-function"),
        ("ALTER TABLE a ALTER b DROP DEFAULT", "1 warning ban-drop-default"),
        ("ALTER TABLE a DROP CONSTRAINT b", "1 note ban-drop-constraint"),
        ("ALTER TABLE a SET UNLOGGED", "1 error rewriting-table"),
        ("SELECT 1;\n\nCLUSTER a USING i", "3 error rewriting-table"),
        ("REFRESH MATERIALIZED VIEW a", "1 warning refreshing-view"),
        ("UPDATE a SET b = 1, b = 2", "1 error ban-duplicate-column-assignments"),
        ("SELECT 1;\nCREATE INDEX CONCURRENTLY i ON a (b)", "2 error ban-concurrent-index-creation-in-transaction"),
        ("CREATE TABLE a1234567890123456789012345678901234567890123456789012345678901234 ()", "1 error identifier-too-long"),
    ] {
        assert_eq!(said(sql, None), [finding], "{sql}");
    }
}

#[test]
fn harmless_statements_pass() {
    for sql in [
        "CREATE TABLE a (b varchar(10), c int, d timestamp, e char(2), PRIMARY KEY (b)); CREATE INDEX ON a (c)",
        "CREATE TABLE s.a (b int); ALTER TABLE s.a ADD c int NOT NULL, ADD UNIQUE (c); ALTER TABLE s.a ALTER b TYPE text; DROP TABLE s.a",
        "CREATE TABLE \"A\" (); ALTER TABLE \"A\" RENAME TO b; ALTER TABLE b ADD c int NOT NULL REFERENCES d",
        "CREATE TABLE a AS SELECT 1 AS b; ALTER TABLE a ADD PRIMARY KEY (b)",
        "CREATE MATERIALIZED VIEW v AS SELECT 1; REFRESH MATERIALIZED VIEW v; DROP MATERIALIZED VIEW v",
        "ALTER TABLE a ADD b int; ALTER TABLE a ADD c int NOT NULL DEFAULT 0; ALTER TABLE a ADD d timestamptz DEFAULT now()",
        "ALTER TABLE a ALTER b DROP NOT NULL",
        "ALTER TABLE a ADD CONSTRAINT c CHECK (b > 0) NOT VALID",
        "ALTER TABLE a ADD CONSTRAINT u UNIQUE USING INDEX i",
        "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON a (b);\nDROP INDEX CONCURRENTLY j;\nREINDEX INDEX CONCURRENTLY k;",
        "INSERT INTO a VALUES (1); UPDATE a SET b = 1; DELETE FROM a",
        "DO $$ BEGIN DROP TABLE a; END $$",
        "",
    ] {
        assert_eq!(said(sql, None), [""; 0], "{sql}");
    }
}

#[test]
fn what_is_made_again_is_only_noted() {
    assert_eq!(said("DROP VIEW s.a; CREATE VIEW s.a AS SELECT 1", None), ["1 note ban-drop-view"]);
    assert_eq!(said("CREATE VIEW s.a AS SELECT 1;\nDROP VIEW s.b", None), ["2 warning ban-drop-view"]);
    assert_eq!(said("ALTER TABLE a RENAME TO b; CREATE VIEW a AS SELECT * FROM b", None), ["1 note renaming-table"]);
    // A table that is made again has lost its rows all the same, and is then a new one.
    assert_eq!(said("DROP TABLE a; CREATE TABLE a (b int); CREATE INDEX i ON a (b)", None), ["1 error ban-drop-table"]);
    // Without a transaction others see that it is not there.
    assert_eq!(said("-- no-transaction\nDROP VIEW a;\nCREATE VIEW a AS SELECT 1", None), ["2 warning ban-drop-view"]);
}

#[test]
fn rows_weigh() {
    let (index, required, rename) = ("CREATE INDEX i ON a (b)", "ALTER TABLE a ADD b int NOT NULL", "ALTER TABLE a RENAME TO b");
    for (sql, rows, severity) in [
        (index, Rows::Of(0), "note"),
        (index, Rows::Of(9_999), "note"),
        (index, Rows::Of(10_000), "warning"),
        (index, Rows::NoTable, "warning"),
        (index, Rows::Unknown, "warning"),
        (required, Rows::Of(0), "note"),
        (required, Rows::Of(1), "error"),
        (rename, Rows::Of(0), "warning"),
    ] {
        let found = said(sql, Some(rows));
        assert!(found.len() == 1 && found[0].starts_with(&format!("1 {severity} ")), "{sql} {rows:?}: {found:?}");
    }
    let found = look("DROP TABLE a, s.b", true, &mut Made::default());
    let finding = weigh("0002_a.up.sql", &found[0], Some(&[Rows::Of(3), Rows::Of(1_234_567)]));
    assert_eq!((finding.table.as_deref(), finding.rows), (Some("s.b"), Some(1_234_567)));
    assert!(finding.sentence.starts_with("s.b (1,234,567 rows): its rows are lost"), "{}", finding.sentence);
}

#[test]
fn what_pending_migrations_make_and_rename_is_known() {
    let mut before = Made::default();
    assert!(look("CREATE TABLE s.a (b int); ALTER TABLE s.old RENAME TO newer;", true, &mut before).len() == 1);
    let found = look("CREATE INDEX i ON s.a (b); CREATE INDEX j ON s.newer (b)", true, &mut before);
    let [on_new, on_renamed] = found.as_slice() else { panic!("{found:?}") };
    assert!(on_new.is_new && !on_renamed.is_new);
    assert_eq!(on_renamed.subjects[0].to_string(), "s.old");
    let finding = weigh("f", on_new, Some(&[Rows::NoTable]));
    assert_eq!((finding.severity, finding.rows), (Severity::Note, None));
    assert!(finding.sentence.starts_with("s.a (a pending migration makes it): "), "{}", finding.sentence);
}

#[test]
fn comments_silence() {
    for sql in [
        "-- squawk-ignore ban-drop-table -- nobody has used it for a year\nDROP TABLE a",
        "-- squawk-ignore ban-drop-table, ban-drop-view\nDROP TABLE a",
        "-- squawk-ignore rewriting-table -- it is locked anyway\nALTER TABLE a SET UNLOGGED",
        "-- squawk-ignore-file rewriting-table\n\n\nALTER TABLE a SET LOGGED",
        "-- squawk-ignore-file\nDROP TABLE a; CLUSTER b USING i",
        "ALTER TABLE a\n    -- squawk-ignore ban-drop-column\n    DROP b",
    ] {
        assert_eq!(said(sql, None), [""; 0], "{sql}");
    }
    assert_eq!(said("-- squawk-ignore ban-drop-view\nDROP TABLE a", None), ["2 error ban-drop-table"]);
    assert_eq!(said("-- squawk-ignore drop-table\nSELECT 1", None), ["1 note unused-ignore"]);
}

/// This product's own migrations, and the errors in them that are harmless where they stand: file, rule and why.
const HARMLESS: [(&str, &str, &str); 3] = [
    ("0005_versions.up.sql", "adding-not-nullable-field", "workspace.publications has a row for each import, some hundreds a year"),
    ("0008_rights.up.sql", "adding-field-with-default", "config.sessions has the sessions of the last hours alone, some hundreds"),
    ("0008_rights.up.sql", "disallowed-unique-constraint", "config.sessions has the sessions of the last hours alone, some hundreds"),
];

#[test]
fn our_own_migrations_have_no_errors() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let workspace = crate::Workspace::read(&root).unwrap();
    let is_harmless = |finding: &&LintFinding| HARMLESS.iter().any(|(file, rule, _)| finding.file == *file && finding.rule == *rule);
    let mut passed_over = std::collections::BTreeSet::new();
    for declaration in &workspace.databases {
        let lint = declaration.lint().unwrap();
        let errors: Vec<&LintFinding> = lint.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        let (harmless, bad): (Vec<&LintFinding>, Vec<&LintFinding>) = errors.into_iter().partition(is_harmless);
        assert!(lint.files > 5 && bad.is_empty(), "{bad:#?}");
        passed_over.extend(harmless.into_iter().map(|finding| (finding.file.clone(), finding.rule)));
    }
    assert_eq!(passed_over.len(), HARMLESS.len(), "what is not found any more need not be passed over");
}
