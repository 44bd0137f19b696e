use super::{DatabaseUrl, DatabaseUrlError};
use sqlx::postgres::PgSslMode;

fn url(text: &str) -> DatabaseUrl {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(text: &str) -> String {
    let error = text.parse::<DatabaseUrl>().expect_err(text);
    format!("{error} {error:?}")
}

#[test]
fn takes_an_address_apart() {
    let url = url("postgresql://app%40corp:s%2Fe%3Fc%23ret@db.example.com:6432/handled?sslmode=require&pgbouncer=true&connection_limit=15");
    assert_eq!(url.user(), "app@corp");
    assert_eq!(url.database(), "handled");
    assert_eq!(url.connection_limit(), Some(15));
    assert!(url.pgbouncer());
    let options = url.connect_options();
    assert_eq!(options.get_host(), "db.example.com");
    assert_eq!(options.get_port(), 6432);
    assert_eq!(options.get_application_name(), Some("handled"));
    assert!(matches!(options.get_ssl_mode(), PgSslMode::Require));
}

#[test]
fn has_defaults() {
    let url = url("postgres://me@db/");
    assert_eq!(url.database(), "me");
    assert_eq!(url.connection_limit(), None);
    assert!(!url.pgbouncer());
}

#[test]
fn tolerates_the_parameters_of_other_programs() {
    url("postgres://me@db/x?schema=public&pool_timeout=20&connect_timeout=5&socket_timeout=9&statement_cache_size=0");
}

#[test]
fn honours_what_sqlx_knows() {
    let options = url("postgres://me@db/x?options=-c%20search_path%3Dworkspace&application_name=reports").connect_options();
    assert_eq!(options.get_options(), Some("-c search_path=workspace"));
    assert_eq!(options.get_application_name(), Some("reports"));
    let options = url("postgres:///x?host=/run/postgresql&port=5433&user=me").connect_options();
    assert_eq!(options.get_socket().map(|folder| folder.display().to_string()).as_deref(), Some("/run/postgresql"));
    assert_eq!((options.get_port(), options.get_username()), (5433, "me"));
}

#[test]
fn refuses_what_it_does_not_know_by_name() {
    assert!(refusal("postgres://me@db/x?pgbuoncer=true").contains("`pgbuoncer`"));
    assert!(refusal("postgres://me@db/x?connection_limit=none").contains("`connection_limit`"));
    assert!(refusal("postgres://me@db/x?connection_limit=0").contains("at least 1"));
    assert!(refusal("postgres://me@db/x?pgbouncer=yes").contains("true or false"));
    assert!(refusal("postgres://me@db/x?sslmode=on").contains("verify-full"));
    assert!(refusal("postgres://me@db/x?port=1&port=2").contains("more than once"));
    assert!(refusal("postgres://me@db/x?hostaddr=db").contains("an IP address"));
    for other in ["", "mysql://me@db/x", "db.example.com/x", "host=db dbname=x"] {
        assert_eq!(other.parse::<DatabaseUrl>().expect_err("not an address"), DatabaseUrlError::Scheme);
    }
}

#[test]
fn never_shows_the_password() {
    let plain = url("postgres://me:hunter2@db/x?sslmode=disable");
    assert_eq!(plain.redacted(), "postgres://me:***@db/x?sslmode=disable");
    assert_eq!(format!("{plain:?}"), "DatabaseUrl(\"postgres://me:***@db/x?sslmode=disable\")");
    let parameter = url("postgres:///x?host=/run&user=me&password=hunter2");
    assert!(!parameter.redacted().contains("hunter2"), "{}", parameter.redacted());
    assert!(!format!("{parameter:?}").contains("hunter2"));
}

/// Passwords whose characters end a part of the address too early, wherever in it the rest lands.
#[test]
fn never_shows_a_password_that_breaks_the_address() {
    for end in ["/", "?", "#", "/?", "?a=", "#a/", "%", "@", ":", "[", " ", "/b/", "?hunter2=", "?hunter2&x="] {
        for start in ["", "12", "hunter2"] {
            for user in ["me", "me@corp"] {
                let text = format!("postgres://{user}:{start}{end}hunter2@db.example.com:5432/x?sslmode=require");
                if let Err(error) = text.parse::<DatabaseUrl>() {
                    let shown = format!("{error} {error:?}");
                    assert!(!shown.contains("hunter2"), "{text}: {shown}");
                } else {
                    let url = url(&text);
                    assert!(
                        !format!("{} {} {} {url:?}", url.redacted(), url.user(), url.database()).contains("hunter2"),
                        "{text}: {url:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn knows_the_same_database_by_other_addresses() {
    let same = [
        ("postgres://a:1@localhost/x", "postgresql://b:2@127.0.0.1:5432/x?sslmode=require"),
        ("postgres://a@[::1]/x", "postgres://a@LOCALHOST/x"),
        ("postgres://a@DB.example.com./x", "postgres://a@db.example.com:5432/x"),
        ("postgres://a@%2Frun%2Fpg/x", "postgres:///x?host=/run/pg/&user=a"),
        ("postgres://a@%2Frun%2Fpg/x", "postgres://a@localhost/x"),
        ("postgres://x@db", "postgres://y@db/x"),
        ("postgres://a@db/y?dbname=x", "postgres://a@db/x"),
    ];
    for (one, two) in same {
        assert!(url(one).names_same_database(&url(two)), "{one} {two}");
        assert!(url(two).names_same_database(&url(one)), "{two} {one}");
    }
    let different = [
        ("postgres://a@db/x", "postgres://a@db/y"),
        ("postgres://a@db/x", "postgres://a@db:5433/x"),
        ("postgres://a@db/x", "postgres://a@localhost/x"),
        ("postgres://a@db1/x", "postgres://a@db2/x"),
        ("postgres:///x?host=/run/a", "postgres:///x?host=/run/b"),
    ];
    for (one, two) in different {
        assert!(!url(one).names_same_database(&url(two)), "{one} {two}");
    }
}

#[test]
fn an_ipv6_address_loses_its_brackets() {
    assert_eq!(url("postgres://a@[2001:db8::7]:6432/x").connect_options().get_host(), "2001:db8::7");
}

#[test]
fn the_password_is_the_one_in_the_address() {
    for (address, password) in [
        ("postgres://a:b@localhost/x", Some("b")),
        ("postgres://a:%2F%3f+%C3%A4@localhost/x", Some("/?+ä")),
        ("postgres:///x?user=a&password=b%26c", Some("b&c")),
        ("postgres://a:b@localhost/x?password=c", Some("c")),
        ("postgres://a@localhost/x", None),
    ] {
        assert_eq!(url(address).password(), password, "{address}");
    }
}
