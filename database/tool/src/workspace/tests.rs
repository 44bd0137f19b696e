use super::*;

fn parse(text: &str) -> Result<Workspace, WorkspaceError> {
    Workspace::parse(text, |folder| Ok(Files::Folder(folder.into())))
}

const TWO: &str = r#"
references = ["pshop.products.user_id -> shared.users.id", "pshop.sales.orders.user_id->shared.users.id"]

[[database]]
name = "shared"
url = "SHARED_DATABASE_URL"
migrations = "migrations/shared"
shared = true

[[database]]
name = "pshop"
url = "PSHOP_DATABASE_URL"
owner_url = "PSHOP_OWNER_URL"
migrations = "migrations/pshop"
seeds = "seeds/pshop"
schemas = ["sales", "stock"]
tables = ["public.products"]
depends_on = ["shared"]
connection_alert = 12
app_owns = true
"#;

#[test]
fn a_workspace_is_read_whole() {
    let workspace = parse(TWO).unwrap();
    let [shared, pshop] = workspace.databases.as_slice() else { panic!("{workspace:?}") };
    assert_eq!((shared.history.as_str(), shared.all_schemas()), ("public", vec!["public".to_owned()]));
    assert_eq!((&shared.app, shared.connection_alert), (&AppRole::Rows, DEFAULT_CONNECTION_ALERT));
    assert!(shared.shared && shared.owns("public", "users"));
    assert_eq!(pshop.all_schemas(), ["sales", "stock", "public"]);
    assert_eq!(pshop.app, AppRole::Owns);
    assert!(pshop.owns("sales", "orders") && pshop.owns("public", "products") && !pshop.owns("public", "users"));
    let written: Vec<String> = workspace.references.iter().map(ToString::to_string).collect();
    assert_eq!(written, ["pshop.products.user_id -> shared.users.id", "pshop.sales.orders.user_id -> shared.users.id"]);
    assert_eq!(workspace.chosen(&[]).unwrap().len(), 2);
    let chosen = workspace.chosen(&["pshop".to_owned(), "shared".to_owned()]).unwrap();
    assert_eq!(chosen.iter().map(|database| database.name.as_str()).collect::<Vec<_>>(), ["shared", "pshop"]);
    assert_eq!(workspace.chosen(&["psop".to_owned()]).unwrap_err().to_string(), "there is no database psop here; there are: shared, pshop");
}

#[test]
fn what_cannot_be_is_said() {
    let entry = |name: &str, more: &str| format!("[[database]]\nname = \"{name}\"\nurl = \"A\"\nmigrations = \"m\"\n{more}\n");
    for (text, sentence) in [
        (String::new(), "names no database"),
        (entry("a", "colour = 1"), "colour"),
        (entry("A b", ""), "has a database `A b`"),
        (entry("a", "") + &entry("a", ""), "names the database a twice"),
        (entry("a", "depends_on = [\"b\"]") + &entry("b", ""), "lists a before b"),
        (entry("a", "shared = true") + &entry("b", "shared = true"), "calls both a and b shared"),
        (entry("a", "tables = [\"users\"]"), "the table `users` for a"),
        (entry("a", "app_owns = true\nprivileges = \"p/a.sql\""), "both app_owns and privileges"),
        (entry("a", "privileges = \"nowhere/a.sql\""), "the script `nowhere/a.sql` as privileges of a"),
        (format!("references = [\"a.b.c -> d.e.f\"]\n{}", entry("a", "")), "the reference `a.b.c -> d.e.f`"),
    ] {
        let error = parse(&text).unwrap_err().to_string();
        assert!(error.starts_with("databases.toml ") && error.contains(sentence), "{text}: {error}");
    }
    assert!(Workspace::read(Path::new("/nowhere")).unwrap_err().to_string().starts_with("/nowhere/databases.toml cannot be read: "));
}
