//! `handled db` on a workspace of applications, `examples/atriz`, from nothing to nothing.

use std::process::Output;
use std::time::SystemTime;

use serde_json::Value;

use crate::place::{Place, ask, text};

/// The four, in order of dependence.
const ALL: [&str; 4] = ["shared", "atriz", "mextrack", "pshop"];
/// A part of every password: none may be shown.
const SECRET: &str = "s3cret";

/// The example's folder, with databases and roles that no other test has.
struct Atriz {
    place: Place,
    env_file: String,
    server: String,
    suffix: String,
}

impl Atriz {
    fn new() -> Self {
        let administrator = std::env::var("TEST_POSTGRES_URL").expect("run this through scripts/with-postgres");
        let server = administrator.rsplit_once('@').expect("a user").1.split_once('/').expect("a database").0.to_owned();
        let now = SystemTime::UNIX_EPOCH.elapsed().expect("a time after 1970").as_micros();
        let suffix = format!("{}_{now:x}", std::process::id());
        let mut atriz = Self { place: Place::new(), env_file: String::new(), server, suffix };
        let mut variables = format!("ATRIZ_ADMIN_URL={administrator}\n");
        for name in ALL {
            for (variable, role) in [("DATABASE", "app"), ("OWNER", "owner"), ("READER", "reader")] {
                variables.push_str(&format!("{}_{variable}_URL={}\n", name.to_uppercase(), atriz.address(name, role)));
            }
        }
        atriz.env_file = atriz.place.file("atriz.env", &variables);
        atriz
    }

    /// An owner and an application's role for each, and one reader for all.
    fn address(&self, database: &str, role: &str) -> String {
        let Self { server, suffix, .. } = self;
        let role = if role == "reader" { format!("example_{role}") } else { format!("{database}_{role}") };
        format!("postgres://{role}_{suffix}:{SECRET}_{role}@{server}/{database}_{suffix}")
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/atriz");
        let all = [&["--env-file", &self.env_file, "db", "--workspace", folder], arguments].concat();
        let output = self.place.run(&all, &[]);
        let shown = text(&output.stdout) + &text(&output.stderr);
        assert!(!shown.contains(SECRET), "{arguments:?} shows a password: {shown}");
        output
    }

    /// What the command prints when it ends like this.
    fn ends(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    fn well(&self, arguments: &[&str]) -> String {
        self.ends(arguments, 0)
    }

    fn json(&self, arguments: &[&str], code: i32) -> Value {
        let printed = self.ends(&[arguments, &["--json"]].concat(), code);
        serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{arguments:?}: {error}: {printed}"))
    }

    /// The sentence that the command is refused with.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let sentence = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {sentence}");
        assert!(sentence.starts_with("handled: ") && sentence.trim_end().lines().count() == 1, "{arguments:?}: {sentence}");
        sentence
    }

    fn number(&self, database: &str, sql: &'static str) -> i64 {
        ask::<(i64,)>(&self.address(database, "owner"), sql).expect(sql).0
    }
}

/// The same arguments with `--yes` for each of the four.
fn yes<'a>(arguments: &[&'a str]) -> Vec<&'a str> {
    [arguments, &ALL.map(|name| ["--yes", name]).concat()].concat()
}

const USERS: &str = "SELECT count(*) FROM users";
const PRODUCTS: &str = "SELECT count(*) FROM products";

#[test]
fn a_workspace_of_applications_goes_all_the_way() {
    let atriz = Atriz::new();

    // Made once, with roles that are let in and nobody else.
    let made = atriz.json(&["create", "--mark", "test"], 0);
    let made: Vec<(&str, bool)> =
        made.as_array().expect("a list").iter().map(|one| (one["database"].as_str().expect("a name"), one["made"] == true)).collect();
    assert_eq!(made, ALL.map(|name| (name, true)));
    let again = atriz.well(&["create"]);
    assert_eq!(again.matches(" was there").count(), again.lines().count(), "{again}");
    assert_eq!(atriz.well(&["mark"]).matches(": test (since ").count(), 4);

    // Migrated and seeded, all is clean; the reader sees that as well.
    assert_eq!(atriz.json(&["status"], 2)[0]["verdict"], "pending");
    atriz.refused(&["seed"]);
    let migrated = atriz.well(&["migrate"]);
    assert_eq!(migrated.matches(": applied ").count(), 11, "{migrated}");
    atriz.well(&["status"]);
    let seeded = atriz.well(&["seed"]);
    assert!(
        seeded.contains("shared: 020_public.users.csv (5 rows)\n") && seeded.contains("pshop: 010_public.products.csv (4 rows)\n"),
        "{seeded}"
    );
    let again = atriz.well(&["seed"]);
    assert_eq!(again.matches("(nothing new)").count(), again.lines().count(), "{again}");
    assert!(atriz.well(&["status", "--json"]).matches("\"clean\": true").count() == 4);
    assert_eq!((atriz.number("shared", USERS), atriz.number("pshop", PRODUCTS)), (5, 4));

    // A user who is not there, put in by hand, is found, and nothing else is.
    atriz.well(&["refs", "check"]);
    let orphan = atriz.number("pshop", "UPDATE products SET user_id = 999999 WHERE sku = 'TEE-M' RETURNING id");
    let checked = atriz.json(&["refs", "check"], 3);
    let found: Vec<&Value> = checked.as_array().expect("a list").iter().filter(|one| one["clean"] != true).collect();
    let [found] = found.as_slice() else { panic!("{checked}") };
    assert_eq!(found["reference"], "pshop.products.user_id -> shared.users.id");
    assert_eq!((&found["orphans"]["rows"], found["rows"].as_array().map(Vec::len)), (&Value::from(1), Some(1)), "{checked}");
    assert_eq!((&found["rows"][0]["value"], &found["rows"][0]["key"]["id"]), (&Value::from("999999"), &Value::from(orphan.to_string())));

    // Emptied and seeded again. Production never is; nobody is here to type a name.
    assert!(atriz.refused(&["clean", "pshop"]).contains("nobody is at a terminal to type its name; say --yes pshop"));
    assert!(atriz.refused(&["clean", "pshop", "--yes", "shared"]).contains("--yes shared is not one of the databases"));
    atriz.well(&["mark", "production", "shared"]);
    assert!(atriz.refused(&yes(&["clean"])).contains("shared: it is marked production"));
    assert!(atriz.refused(&yes(&["drop"])).contains("shared: it is marked production"));
    assert!(atriz.refused(&yes(&["reset"])).contains("shared: it is marked production"));
    assert_eq!(atriz.well(&["seed", "shared"]).matches("left out").count(), 2);
    assert!(atriz.refused(&["mark", "test", "shared"]).contains("say --yes shared"));
    atriz.well(&["mark", "test", "shared", "--yes", "shared"]);
    let cleaned = atriz.well(&yes(&["clean"]));
    assert_eq!(cleaned, "pshop: 2 tables emptied\nmextrack: 2 tables emptied\natriz: 1 table emptied\nshared: 4 tables emptied\n");
    assert_eq!((atriz.number("shared", USERS), atriz.number("pshop", PRODUCTS)), (0, 0));
    atriz.well(&["seed"]);
    atriz.well(&["status"]);
    atriz.well(&["refs", "check"]);
    assert_eq!((atriz.number("shared", USERS), atriz.number("pshop", PRODUCTS)), (5, 4));
    assert_eq!(atriz.number("pshop", "SELECT min(id) FROM products"), 1);

    // One migration back in one database, and there again.
    assert!(atriz.refused(&["rollback"]).contains("There are 4 databases (shared, atriz, mextrack, pshop)"));
    assert_eq!(atriz.well(&["rollback", "mextrack"]), "mextrack: took back 0003 tracking_by_time\n");
    assert_eq!(atriz.number("mextrack", "SELECT count(*) FROM pg_class WHERE relname = 'tracking_data_recorded_at'"), 0);
    atriz.ends(&["status", "mextrack"], 2);
    atriz.well(&["migrate", "mextrack"]);
    atriz.well(&["status"]);

    // Made anew, and removed for good.
    let reset = atriz.json(&["reset", "mextrack", "--yes", "mextrack"], 0);
    assert_eq!((&reset[0]["marker"]["kind"], reset[0]["applied"].as_array().map(Vec::len)), (&Value::from("test"), Some(3)));
    assert_eq!(atriz.number("mextrack", "SELECT count(*) FROM tracking_data"), 12);
    let dropped = atriz.well(&yes(&["drop", "--roles"]));
    assert_eq!(dropped.matches(" removed\n").count(), 4 + 9, "{dropped}");
    let left = format!(
        "SELECT count(*) FROM pg_database WHERE datname LIKE '%{0}' UNION ALL SELECT count(*) FROM pg_roles WHERE rolname LIKE '%{0}'",
        atriz.suffix
    );
    let administrator = std::env::var("TEST_POSTGRES_URL").expect("set above");
    let (left,): (i64,) = ask(&administrator, Box::leak(format!("SELECT sum(count)::bigint FROM ({left}) AS left_over").into_boxed_str()))
        .expect("an answer");
    assert_eq!(left, 0);
}
