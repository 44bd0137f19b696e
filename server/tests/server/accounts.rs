//! Accounts by commands alone, beside a running server: the night in which no administrator can sign in.

use serde_json::Value;

use crate::place::{Place, Server, text};

const FIRST: &str = "admin@localhost";
const ANA: &str = "ana@example.com";
const BO: &str = "bo@example.com";
const CEM: &str = "cem@example.com";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn signs_in(server: &Server, email: &str, password: &str) -> bool {
    let form = format!("email={email}&password={}&next=", password.replace(' ', "+"));
    let answer = server.post("/api/sign-in", &form).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 303 "), "{answer}");
    answer.to_lowercase().contains("\r\nset-cookie: ")
}

/// The secret of a link that a command printed.
fn token(text: &str) -> String {
    let found = text.split("/set-password?token=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    assert!(found.len() >= 43, "256 bits: {found}");
    found.to_owned()
}

fn emails(users: &Value) -> Vec<&str> {
    users.as_array().expect("users").iter().filter_map(|user| user["email"].as_str()).collect()
}

fn create<'a>(email: &'a str, name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["user", "create", "--email", email, "--name", name][..], more].concat()
}

#[test]
fn administrators_come_back_in_the_night_by_commands_alone() {
    let place = Place::new();
    let mut server = Server::start(&place);
    let first_password = server.welcome.split("Password").nth(1).and_then(|rest| rest.lines().next()).expect("a password").to_owned();
    let first_password = first_password.split_whitespace().last().expect("a password");

    // Two users: one with a password, one who sets it with a link.
    let ana = json(&place.well(&create(ANA, "Ana", &["--role", "viewer", "--json"])));
    let password = ana["password"].as_str().expect("a password").to_owned();
    assert_eq!((&ana["roles"][0], &ana["link"]), (&"viewer".into(), &Value::Null));
    let bo = place.well(&create(BO, "Bo", &["--role", "Viewer", "--role", "data-analyst", "--link"]));
    println!("{bo}");
    assert!(bo.starts_with("Created bo@example.com as Viewer, Data analyst.\nLink, shown this once: /set-password?token="), "{bo}");
    let bo_token = token(&bo);
    assert!(place.refused(&create(BO, "Bo", &["--role", "viewer"]), &[], 1).contains("a user with the address bo@example.com already"));
    let from_stdin = |password: &str| {
        let stdin = std::fs::File::open(place.file("password.txt", password)).expect("a file");
        place.command(&create(CEM, "Cem", &["--role", "viewer", "--password-stdin"])).stdin(stdin).output().expect("run")
    };
    let short = from_stdin("short\n");
    assert_eq!((short.status.code(), text(&short.stdout).as_str()), (Some(1), ""));
    assert_eq!(text(&from_stdin("a phrase of my own\nand a line\n").stdout), "Created cem@example.com as Viewer.\n");
    assert!(signs_in(&server, CEM, "a phrase of my own"));
    let list = place.well(&["user", "list"]);
    println!("{list}");
    assert_eq!(list.lines().count(), 5, "{list}");
    assert_eq!(emails(&json(&place.well(&["user", "list", "--role", "Data analyst", "--state", "invited", "--json"]))), [BO]);
    assert_eq!(place.well(&["user", "list", "--state", "disabled"]), "There are no such users.\n");
    let roles = place.well(&["role", "list"]);
    assert!(roles.starts_with("Administrator: 1 user\n") && roles.contains("\nViewer: 3 users\n    identifier viewer\n"), "{roles}");
    let shown = place.well(&["user", "show", BO]);
    println!("{shown}");
    assert!(
        shown.starts_with("bo@example.com: invited\n") && shown.contains("imports:read            through Data analyst, Viewer\n"),
        "{shown}"
    );
    assert!(shown.contains("There is no password yet. A link to set one waits to be used"), "{shown}");

    // The last administrator stays; when there is another, the first can go.
    assert!(place.refused(&["user", "disable", FIRST], &[], 1).contains("Nobody would be left who may do everything."));
    assert!(place.well(&["user", "make-admin", "ANA@example.com"]).starts_with("ana@example.com is an administrator"));
    assert!(place.refused(&["user", "make-admin", ANA], &[], 1).contains("ana@example.com is an administrator already."));
    let shown = json(&place.well(&["user", "show", ANA, "--json"]));
    assert_eq!((shown["user"]["roles"].as_array().map(Vec::len), &shown["state"]), (Some(2), &"invited".into()));
    assert!(signs_in(&server, FIRST, first_password));
    assert!(place.well(&["user", "disable", FIRST]).starts_with("admin@localhost is disabled: "));
    assert!(!signs_in(&server, FIRST, first_password));
    assert!(place.refused(&["user", "disable", ANA], &[], 1).contains("Nobody would be left who may do everything."));

    // A forgotten password: the link opens a page, works once, and the old password is none any more.
    assert!(place.refused(&["user", "reset-password", FIRST], &[], 1).contains("admin@localhost is disabled."));
    place.well(&["user", "enable", FIRST]);
    assert!(place.refused(&["user", "enable", FIRST], &[], 1).contains("admin@localhost is enabled already."));
    let link = place.well(&["user", "reset-password", FIRST]);
    println!("{link}");
    let first_token = token(&link);
    assert!(server.get(&format!("/set-password?token={first_token}")).expect("a page").contains(FIRST));
    let form = format!("token={first_token}&password=another+long+enough+one");
    server.post("/api/set-password", &form).expect("an answer");
    assert!(!signs_in(&server, FIRST, first_password) && signs_in(&server, FIRST, "another long enough one"));
    let again = json(&place.well(&["user", "reset-password", FIRST, "--json"]));
    let again = token(again["link"]["path"].as_str().expect("a path"));

    // Too many wrong passwords.
    assert!(!signs_in(&server, ANA, "a wrong password"));
    let lock = "UPDATE config.sign_in_attempts SET failures = 20, counted_at = now(), blocked_until = now() + interval '15 minutes'
                WHERE account = sha256('ana@example.com') RETURNING failures";
    place.ask_primary::<(i32,)>(lock);
    assert!(!signs_in(&server, ANA, &password));
    assert!(place.well(&["user", "show", ANA]).contains("to lift it: handled user unlock ana@example.com\n"));
    assert!(place.well(&["user", "unlock", ANA]).contains("the right one is let in at once"));
    assert!(signs_in(&server, ANA, &password));
    assert!(place.refused(&["user", "remove-second-factor", ANA], &[], 1).contains("The user has no second factor."));

    // Who never did anything can go, and nobody else.
    assert!(place.refused(&["user", "delete", ANA, "--yes"], &[], 1).contains("ana@example.com has signed in or done something"));
    assert!(place.refused(&["user", "delete", BO], &[], 1).contains("say --yes if that is meant"));
    assert!(place.well(&["user", "delete", BO, "--yes"]).starts_with("bo@example.com is deleted"));
    for command in ["show", "reset-password", "disable", "enable", "make-admin", "unlock", "remove-second-factor"] {
        assert!(place.refused(&["user", command, BO], &[], 1).contains("There is no user with the address bo@example.com."), "{command}");
    }
    assert_eq!(emails(&json(&place.well(&["user", "list", "--json"]))), [FIRST, ANA, CEM]);

    // What was done is in the audit, under the name of whoever ran the commands, without any secret.
    let (actions, of_system): (String, bool) = place.ask_primary(
        "SELECT string_agg(action, ' ' ORDER BY id), bool_and(actor ~ '^system:[^ ]+$' AND user_id IS NULL)
         FROM config.audit WHERE resource = 'user' AND actor LIKE 'system:%'",
    );
    let expected = "create create create password-link create edit disable enable password-link password-link unlock delete";
    assert_eq!((actions.as_str(), of_system), (expected, true));
    let (audit,): (String,) = place.ask_primary("SELECT string_agg(a::text, ' ') FROM config.audit a");
    assert!(audit.contains(ANA));
    for secret in [password.as_str(), first_password, "another long enough one", "a phrase of my own", &bo_token, &first_token, &again] {
        assert!(!audit.contains(secret), "a secret in the audit");
    }
    server.signal("-TERM");
    assert_eq!(server.ended(), Some(0));
}
