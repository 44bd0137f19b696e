//! Every setting by a table: what is given, and what is made of it or the sentence that refuses it.

use std::ffi::OsString;

use super::*;

fn read(environment: &[(&str, &str)], file: Option<&str>) -> Result<Settings, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("handled.env");
    if let Some(text) = file {
        std::fs::write(&path, text).expect("an env file");
    }
    let environment: Vec<(OsString, OsString)> = environment.iter().map(|(name, text)| (name.into(), text.into())).collect();
    Source::new(environment, None, &path)
        .and_then(|source| Settings::from_source(&source))
        .map_err(|error| error.to_string().replace(&path.display().to_string(), "handled.env"))
}

fn refused(environment: &[(&str, &str)], file: Option<&str>) -> String {
    match read(environment, file) {
        Ok(settings) => panic!("accepted {environment:?} {file:?} as {settings:?}"),
        Err(sentence) => sentence,
    }
}

const ONE: &str = "postgres://app:hush@db.example:5432/one";
const OTHER: &str = "postgres://app:hush@db.example:5432/other";

#[test]
fn nothing_set_gives_the_defaults() {
    let settings = read(&[], None).expect("settings");
    assert!(matches!(settings.databases, Databases::Private));
    assert!(settings.split);
    assert_eq!((settings.host, settings.port, settings.data_dir.as_deref()), (None, None, None));
    assert_eq!(settings.session_cache_ttl, Duration::from_secs(30));
    assert_eq!(settings.log, LogSettings { level: None, format: LogFormat::Text, queries: false });
    assert!(settings.auth_secret.is_none() && settings.store.is_none());
    assert_eq!(settings.originals_kept, Duration::from_secs(90 * 24 * 3600));
    assert_eq!((settings.session_idle, settings.session_length), (Duration::from_secs(2 * 3600), Duration::from_secs(12 * 3600)));
    assert_eq!(settings.audit_kept, Duration::from_secs(400 * 24 * 3600));
    assert!(settings.trusted_proxies.is_empty() && settings.metrics_token.is_none());
}

#[test]
fn the_environment_wins_over_the_file_and_empty_is_unset() {
    let file = Some("# ours\nPORT=4000\nLOG_FORMAT=json\nSPLIT_DB_MODE='false'\n");
    assert_eq!(read(&[], file).expect("settings").port, Some(4000));
    assert_eq!(read(&[("PORT", "5000")], file).expect("settings").port, Some(5000));
    assert_eq!(read(&[("PORT", "")], file).expect("settings").port, Some(4000));
    let settings = read(&[("PORT", "0")], file).expect("settings");
    assert_eq!((settings.port, settings.split, settings.log.format), (Some(0), false, LogFormat::Json));
    assert_eq!(read(&[], Some("\u{feff}PORT=\n")).expect("settings").port, None);
}

#[test]
fn malformed_values_are_named_with_what_is_accepted() {
    let table: &[(&str, &str, &str)] = &[
        ("PORT", "http", "PORT is \"http\" (in the environment); it takes a number from 1 to 65535, or 0 for any free port."),
        ("PORT", "65536", "PORT is \"65536\" (in the environment); it takes a number from 1 to 65535, or 0 for any free port."),
        ("HOST", "here", "HOST is \"here\" (in the environment); it takes an address of this machine, such as 127.0.0.1, or localhost."),
        ("SPLIT_DB_MODE", "yes", "SPLIT_DB_MODE is \"yes\" (in the environment); it takes true or false."),
        ("LOG_DB_QUERIES", "1", "LOG_DB_QUERIES is \"1\" (in the environment); it takes true or false."),
        ("APP_ENV", "staging", "APP_ENV is \"staging\" (in the environment); it takes production or development."),
        ("LOG_FORMAT", "xml", "LOG_FORMAT is \"xml\" (in the environment); it takes text or json."),
        (
            "LOG_LEVEL",
            "verbose",
            "LOG_LEVEL is \"verbose\" (in the environment); it takes off, error, warn, info, debug or trace, or a filter such as \
             info,platform=debug.",
        ),
        ("SESSION_CACHE_TTL", "-1", "SESSION_CACHE_TTL is \"-1\" (in the environment); it takes whole seconds from 0 to 3600."),
        ("SESSION_CACHE_TTL", "30s", "SESSION_CACHE_TTL is \"30s\" (in the environment); it takes whole seconds from 0 to 3600."),
        ("ORIGINALS_KEPT_DAYS", "0", "ORIGINALS_KEPT_DAYS is \"0\" (in the environment); it takes whole days from 1 to 3650."),
        ("ORIGINALS_KEPT_DAYS", "3651", "ORIGINALS_KEPT_DAYS is \"3651\" (in the environment); it takes whole days from 1 to 3650."),
        (
            "ORIGINALS_KEPT_DAYS",
            "3 months",
            "ORIGINALS_KEPT_DAYS is \"3 months\" (in the environment); it takes whole days from 1 to 3650.",
        ),
        ("SESSION_IDLE_MINUTES", "4", "SESSION_IDLE_MINUTES is \"4\" (in the environment); it takes whole minutes from 5 to 1440."),
        ("SESSION_IDLE_MINUTES", "1441", "SESSION_IDLE_MINUTES is \"1441\" (in the environment); it takes whole minutes from 5 to 1440."),
        ("SESSION_HOURS", "0", "SESSION_HOURS is \"0\" (in the environment); it takes whole hours from 1 to 168."),
        ("SESSION_HOURS", "8h", "SESSION_HOURS is \"8h\" (in the environment); it takes whole hours from 1 to 168."),
        ("AUDIT_RETENTION_DAYS", "399", "AUDIT_RETENTION_DAYS is \"399\" (in the environment); it takes whole days from 400 to 36500."),
        (
            "TRUSTED_PROXIES",
            "10.0.0.0/8, proxy.example",
            "TRUSTED_PROXIES is \"10.0.0.0/8, proxy.example\" (in the environment); it takes addresses or networks with commas between \
             them, such as 127.0.0.1, 10.0.0.0/8.",
        ),
        (
            "TRUSTED_PROXIES",
            "127.0.0.1, 0.0.0.0/0",
            "TRUSTED_PROXIES is \"127.0.0.1, 0.0.0.0/0\" (in the environment); it takes addresses or networks with commas between them, \
             such as 127.0.0.1, 10.0.0.0/8, not all addresses there are: anybody could then pretend to come from anywhere.",
        ),
        (
            "METRICS_TOKEN",
            "hush",
            "METRICS_TOKEN (in the environment) cannot be used; it takes at least 16 printable ASCII characters without blanks.",
        ),
        ("AUTH_SECRET", "short", "AUTH_SECRET (in the environment) has 5 bytes; it takes at least 32 random bytes."),
    ];
    for (name, value, sentence) in table {
        assert_eq!(refused(&[(name, value)], None), *sentence);
    }
}

#[test]
fn unknown_names_are_named_with_the_nearest() {
    assert_eq!(
        refused(&[("PRIMARY_DATABASE_URI", ONE)], None),
        "PRIMARY_DATABASE_URI (in the environment) is not a setting; did you mean PRIMARY_DATABASE_URL?"
    );
    assert!(refused(&[("HANDLED_DATADIR", "x")], None).contains("did you mean HANDLED_DATA_DIR?"));
    assert!(refused(&[], Some("DATABASE_URL=postgres://x\n")).starts_with("DATABASE_URL (in handled.env) is not a setting"));
    assert!(refused(&[], Some("port=1\n")).contains("did you mean PORT?"));
    assert!(refused(&[], Some("ZZZ=1\n")).ends_with("ZZZ (in handled.env) is not a setting."));
    assert!(read(&[("PGHOST", "x"), ("EDITOR", "vi"), ("LOG_DIR", "x"), ("DATA_DIR", "x")], None).is_ok(), "others' names are left alone");
}

#[test]
fn the_databases_fit_the_mode() {
    let given = |environment: &[(&str, &str)]| matches!(read(environment, None), Ok(Settings { databases: Databases::Given(_), .. }));
    assert!(given(&[("PRIMARY_DATABASE_URL", ONE), ("DATA_DATABASE_URL", OTHER)]));
    assert!(given(&[("PRIMARY_DATABASE_URL", ONE), ("SPLIT_DB_MODE", "false")]));
    assert!(given(&[("PRIMARY_DATABASE_URL", ONE), ("DATA_DATABASE_URL", ONE), ("SPLIT_DB_MODE", "false")]));
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("PRIMARY_DATABASE_URL", ONE)], "PRIMARY_DATABASE_URL is set and DATA_DATABASE_URL is not"),
        (&[("DATA_DATABASE_URL", ONE)], "DATA_DATABASE_URL is set and PRIMARY_DATABASE_URL is not"),
        (&[("DATA_DATABASE_URL", ONE), ("SPLIT_DB_MODE", "false")], "DATA_DATABASE_URL is set and PRIMARY_DATABASE_URL is not"),
        (&[("PRIMARY_DATABASE_URL", ONE), ("DATA_DATABASE_URL", ONE)], "PRIMARY_DATABASE_URL and DATA_DATABASE_URL name the same database"),
        (
            &[("PRIMARY_DATABASE_URL", ONE), ("DATA_DATABASE_URL", OTHER), ("SPLIT_DB_MODE", "false")],
            "SPLIT_DB_MODE=false puts everything in PRIMARY_DATABASE_URL",
        ),
        (&[("DATA_OWNER_URL", ONE)], "DATA_OWNER_URL is set and PRIMARY_DATABASE_URL is not"),
    ];
    for (environment, beginning) in cases {
        let sentence = refused(environment, None);
        assert!(sentence.starts_with(beginning), "{sentence}");
    }
}

#[test]
fn no_sentence_and_no_debug_print_shows_a_secret() {
    let bad =
        ["postgres://app:hush@db:port/one", "mysql://app:hush@db/one", "app:hush@db", "postgres://app:hush@db/one?connection_limit=hush"];
    for url in bad {
        let sentence = refused(&[("PRIMARY_DATABASE_URL", url)], None);
        assert!(sentence.starts_with("PRIMARY_DATABASE_URL (in the environment) is not a database's URL"), "{sentence}");
        assert!(!sentence.contains(":hush"), "{sentence}");
    }
    assert!(!refused(&[], Some("PRIMARY_DATABASE_URL=hush hush 'hush\n")).contains("hush"));
    let settings =
        read(&[("PRIMARY_DATABASE_URL", ONE), ("DATA_DATABASE_URL", OTHER), ("AUTH_SECRET", "hush0123456789hush0123456789hush")], None);
    assert!(!format!("{settings:?}").contains("hush"));
    let settings = read(&[("METRICS_TOKEN", "hush0123456789hush")], None).expect("settings");
    assert!(!format!("{settings:?}").contains("hush"));
    let token = settings.metrics_token.expect("a token");
    assert!(token.is(b"hush0123456789hush"));
    for other in [&b""[..], b"hush0123456789hus", b"hush0123456789hush ", b"HUSH0123456789HUSH"] {
        assert!(!token.is(other), "{other:?}");
    }
}

#[test]
fn sessions_and_the_audit_last_as_long_as_is_said() {
    let settings = [("SESSION_IDLE_MINUTES", "5"), ("SESSION_HOURS", "168"), ("AUDIT_RETENTION_DAYS", "3650")];
    let settings = read(&settings, None).expect("settings");
    assert_eq!((settings.session_idle, settings.session_length), (Duration::from_secs(300), Duration::from_secs(7 * 24 * 3600)));
    assert_eq!(settings.audit_kept, Duration::from_secs(3650 * 24 * 3600));
    assert!(refused(&[("SESSION_IDLE", "5")], None).contains("did you mean SESSION_IDLE_MINUTES?"));
    assert!(refused(&[("TRUSTED_PROXY", "::1")], None).contains("did you mean TRUSTED_PROXIES?"));
}

#[test]
fn env_files_that_would_be_misread_are_refused() {
    assert_eq!(
        refused(&[], Some("PORT=1\nPRIMARY_DATABASE_URL=postgres://app:a$b@db/one\n")),
        "Line 2 of handled.env holds a $ that would be replaced by a variable; write the value in single quotes."
    );
    assert!(read(&[], Some("# costs 5$\nAUTH_SECRET='$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$$'\n")).is_ok());
    assert!(refused(&[], Some("PORT=1\nPORT=2\n")).starts_with("PORT is set twice in handled.env"));
    assert!(refused(&[], Some("PORT=1\nnonsense\n")).starts_with("Line 2 of handled.env is not NAME=value"));
    let missing = Source::new(Vec::new(), Some(Path::new("/nowhere/own.env")), Path::new("handled.env")).map(|_| ());
    assert!(missing.expect_err("no such file").to_string().starts_with("The env file /nowhere/own.env cannot be read"));
}

#[test]
fn production_needs_its_secret_and_no_mode_an_open_address() {
    assert!(refused(&[("APP_ENV", "production")], None).starts_with("AUTH_SECRET is required"));
    let secret = "0123456789abcdef0123456789abcdef";
    assert!(read(&[("APP_ENV", "production"), ("AUTH_SECRET", secret)], None).is_ok());
    assert!(read(&[("HOST", "localhost")], None).is_ok() && read(&[("HOST", "[::1]")], None).is_ok());
    assert!(refused(&[("HOST", "0.0.0.0")], None).starts_with("HOST=0.0.0.0 (in the environment) is refused: other machines"));
    let open = read(&[("HOST", "0.0.0.0"), ("TRUSTED_PROXIES", "10.1.2.3")], None).expect("a proxy is named");
    assert_eq!(open.host, Some(std::net::Ipv4Addr::UNSPECIFIED.into()));
}

#[test]
fn a_store_is_a_folder_or_a_bucket_with_credentials_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", folder.path().display());
    assert!(read(&[("STORE_URL", &url), ("ORIGINALS_KEPT_DAYS", "3650")], None).expect("a folder").store.is_some());
    let credentials = [("AWS_ACCESS_KEY_ID", "known"), ("AWS_SECRET_ACCESS_KEY", "hushkey"), ("AWS_REGION", "eu-central-1")];
    let bucket = [&[("STORE_URL", "s3://bucket/handled")], &credentials[..]].concat();
    let settings = read(&bucket, None).expect("a bucket");
    assert!(settings.store.is_some() && !format!("{settings:?}").contains("hush"), "{settings:?}");
    let file = "STORE_URL=s3://bucket\nAWS_ACCESS_KEY_ID=known\nAWS_SECRET_ACCESS_KEY=hushkey\nAWS_REGION=eu-central-1\n";
    assert!(read(&[("AWS_ENDPOINT", "https://store.example")], Some(file)).expect("a bucket elsewhere").store.is_some());
    for url in ["s3://", "ftp://hush@store.example/x", "store", "file://hush:hush@elsewhere/x"] {
        let sentence = refused(&[&[("STORE_URL", url)], &credentials[..]].concat(), None);
        assert!(sentence.starts_with("STORE_URL (in the environment) cannot be used. ") && sentence.ends_with('.'), "{sentence}");
        assert!(!sentence.contains("hush"), "{sentence}");
    }
    assert!(refused(&[("STORE_URI", "x")], None).contains("did you mean STORE_URL?"));
}

#[test]
fn exports_go_somewhere_at_a_time_of_day() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file://{}", folder.path().display());
    let settings = read(&[("EXPORT_DAILY_AT", "05:30"), ("EXPORTS_URL", &url)], None).expect("settings");
    assert_eq!(settings.export_daily, chrono::NaiveTime::from_hms_opt(5, 30, 0));
    assert!(settings.exports.is_some() && settings.store.is_none());
    assert_eq!(read(&[], None).expect("settings").export_daily, None);
    assert!(refused(&[("EXPORT_DAILY_AT", "5 o'clock")], None).contains("it takes a time of day in UTC, as 03:30"));
    assert!(
        refused(&[("EXPORTS_URL", "ftp://hush@store.example/x")], None).starts_with("EXPORTS_URL (in the environment) cannot be used. ")
    );
}
